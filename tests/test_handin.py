"""The student's rehearsal: the grader's verdicts on the saved notebook, and nothing written."""

import json
import os
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from course.cli import main
from course.grading.collect import read_submission
from course.grading.grade import Material, grade
from course.grading.handin import rehearse, released_from
from course.grading.pages import feedback_page
from course.grading.repair import Released
from course.grading.results import ClassResults
from course.grading.sandbox.choose import best
from tests.gates import read_notebook, record_of
from tests.submissions import LAB, blank, save, solved, with_answers, with_cell

RECORD = record_of(LAB)
PREDICTIONS = list(RECORD.predictions)


@pytest.mark.parametrize(
    "notebook", [blank(), solved(), with_cell(solved(), "mine = 1")], ids=["blank", "solved", "own cell"]
)
def test_what_was_released_is_known_from_the_students_own_notebook(notebook: dict[str, Any]) -> None:
    found, released = released_from(notebook, RECORD), Released.from_notebook(read_notebook("labs", LAB))
    assert (found.stubs, found.setup, found.checks) == (released.stubs, released.setup, released.checks)
    assert found.others == released.others


@pytest.mark.sandbox
def test_a_right_notebook_has_full_marks_and_what_is_open_is_said(tmp_path: Path) -> None:
    path = save(tmp_path, "lab02_mine", solved())
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    found = rehearse(path, RECORD, PREDICTIONS[1:])
    assert (found.score, found.max_score) == (RECORD.points, RECORD.points)
    assert not any(row.differs for row in found.rows)
    assert f"Predictions not made: {PREDICTIONS[0]}." in found.text
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before


@pytest.mark.sandbox
def test_what_differs_from_the_notebooks_own_verdict_is_said_with_the_reason(tmp_path: Path) -> None:
    """The check passed in the kernel, and the name that the answer uses was in its memory only."""
    path = save(tmp_path, "lab02_mine", with_answers(dl_dp="def dl_dp(y, p):\n    return FACTOR * (p - y)"))
    text = rehearse(path, RECORD, PREDICTIONS).text
    assert "no cell defines it" in text
    assert "the notebook's own check says: ✔ dl_dp" in text


OPENED = 'factor = float(open("mine.txt").read())'
USED = "def dl_dp(y, p):\n    return factor * (p - y)"


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("above", "answer", "says"),
    [
        (OPENED, USED, f"name 'factor' is not defined: the cell that begins with `{OPENED}` stopped with FileNotFound"),
        (f"factor = 1.0\n{OPENED}", USED, "the cell that begins with `factor = 1.0` stopped with FileNotFoundError: "),
        ("", f"{OPENED}\n{USED}", 'line 1: factor = float(open("mine.txt").read())'),
        ("", f"def dl_dp(y, p):\n    {OPENED}\n    return factor * (p - y)", "line 2: factor = float(open("),
    ],
    ids=["a cell above", "an older value is left", "the answer's cell", "the answer itself"],
)
def test_a_file_that_is_not_there_is_named_with_its_cell(tmp_path: Path, above: str, answer: str, says: str) -> None:
    (tmp_path / "mine.txt").write_text("2.0")
    path = save(tmp_path, "lab02_mine", with_cell(with_answers(dl_dp=answer), above, 3))
    text = rehearse(path, RECORD, PREDICTIONS).text
    result = grade(
        read_submission(path), Material(RECORD, RECORD, released_from(json.loads(path.read_text()), RECORD)), best()
    )
    page = unescape(feedback_page(ClassResults(LAB, "", [("ada", result)]), "ada", result))
    for shown in (text, re.sub("</?code>", "`", page)):
        assert says in shown
        assert "No such file or directory: 'mine.txt'" in shown
        assert "Your own files are missing when this is graded" in shown


@pytest.mark.sandbox
@pytest.mark.parametrize("mine", ["", 'if ready("dp_dh"):\n    y_and = 1.0'])
def test_a_name_from_a_cell_that_is_not_run_is_not_said_to_be_in_memory_only(tmp_path: Path, mine: str) -> None:
    """`y_and` is given its value where the lab shows what training does, under `if ready(…)`."""
    answers = with_answers(dl_dp="def dl_dp(y, p):\n    return y_and[3] * 2 * (p - y)")
    text = rehearse(save(tmp_path, "lab02_mine", with_cell(answers, mine, 3)), RECORD, []).text
    first = mine.partition("\n")[0] or 'if ready("train_neuron"):'
    assert f"name 'y_and' is not defined: the cell that begins with `{first}` shows what an answer does" in text
    assert "memory" not in text


@pytest.mark.sandbox
def test_what_a_widget_gives_is_no_number_for_an_answer(tmp_path: Path) -> None:
    slider = "import ipywidgets\nfactor = 2 * ipywidgets.FloatSlider(value=1).value"
    text = rehearse(save(tmp_path, "lab02_mine", with_cell(with_answers(dl_dp=USED), slider, 3)), RECORD, []).text
    assert "The result of a plot, a widget or a progress bar is missing when this is graded" in text


@pytest.mark.sandbox
def test_blank_answers_and_a_file_that_was_not_saved_are_said(tmp_path: Path) -> None:
    path = save(tmp_path, "lab02_mine", blank())
    text = rehearse(path, RECORD, [], path.stat().st_mtime + 60).text
    assert f"Not answered: {', '.join(RECORD.exercises)}." in text
    assert "save the notebook" in text


@pytest.mark.sandbox
def test_the_command(tmp_path: Path) -> None:
    save(tmp_path, "lab02_mine", solved())
    done = CliRunner().invoke(main, ["handin", "2", "--folder", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert f"{RECORD.points} of {RECORD.points} points" in done.output


def test_a_file_that_is_no_notebook_is_refused_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "torn.ipynb").write_text("{")
    done = CliRunner().invoke(main, ["handin", LAB, "--notebook", str(tmp_path / "torn.ipynb")])
    assert done.exit_code == 1
    assert "not JSON" in done.output


@pytest.mark.sandbox
@pytest.mark.parametrize("odd", [{"outputs": None}, {"outputs": [7]}, {"metadata": None}, {"metadata": {"course": 7}}])
def test_a_notebook_that_another_program_mangled_is_still_rehearsed(tmp_path: Path, odd: dict[str, Any]) -> None:
    notebook = solved()
    check = next(cell for cell in notebook["cells"] if cell["metadata"].get("course", {}).get("check"))
    check |= odd
    assert rehearse(save(tmp_path, "lab02_mine", notebook), RECORD, PREDICTIONS).score == RECORD.points


def test_where_a_process_cannot_fork_each_check_has_a_plain_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "fork")
    path = save(tmp_path, "lab02_mine", with_answers(dh_dw="def dh_dw(x):\n    return 2 * x"))
    found = rehearse(path, RECORD, PREDICTIONS)
    assert {row.exercise for row in found.rows if row.outcome != "pass"} == {"dh_dw", "gradient"}


@pytest.mark.sandbox
def test_what_only_a_newer_python_reads_is_named_as_that(tmp_path: Path) -> None:
    notebook = with_answers(dl_dp="def dl_dp(y, p):\n    newer syntax")
    for version, named in (("99.1.0", True), ("3.0.0", False), ("9" * 5_000 + ".1", False)):
        notebook["metadata"]["language_info"] = {"name": "python", "version": version}
        row = rehearse(save(tmp_path, "lab02_mine", json.loads(json.dumps(notebook))), RECORD, []).rows[0]
        assert ("The notebook ran on Python 99.1" in row.graded) == named
