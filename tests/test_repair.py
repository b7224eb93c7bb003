"""What editors, learning platforms and hurried hands do to a notebook, put right and said: one test each."""

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from course.grading.notebook import MANY_BYTES, Unreadable, without_outputs
from course.grading.python_source import definitions, names_in, plain_python
from course.grading.repair import Released, Repaired, repair
from tests.gates import checks_of, read_notebook
from tests.submissions import LAB, answer_cell, blank, save, solved, with_answers
from tests.test_grading import SANDBOX, course, rows

RELEASED = Released.from_notebook(read_notebook("labs", LAB))
EXERCISES = [exercise.name for exercise in checks_of(LAB).exercises]
UNLABELLED = f"cells had lost their labels and were recognised by what they define: {', '.join(EXERCISES)}"
Notebook = dict[str, Any]


def repaired(notebook: Notebook) -> Repaired:
    return repair(json.dumps(notebook).encode(), RELEASED)


def at(notebook: Notebook, exercise: str) -> int:
    return notebook["cells"].index(answer_cell(notebook, exercise))


def text_of(cell: Notebook) -> str:
    return "".join(cell["source"])


def written_cell(notebook: Notebook) -> Notebook:
    return next(c for c in notebook["cells"] if c["metadata"].get("course", {}).get("written"))


def code(source: str, **more: Any) -> Notebook:
    return {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": 1, "source": source, **more}


def retyped(kind: str) -> Callable[[Notebook], str]:
    def change(notebook: Notebook) -> str:
        cell = answer_cell(notebook, "dl_dp")
        cell["cell_type"] = kind
        for key in ("outputs", "execution_count"):
            cell.pop(key)
        return "the cell of dl_dp had become text: used as code again"

    return change


def retyped_and_fenced(notebook: Notebook) -> str:
    retyped("markdown")(notebook)
    cell = answer_cell(notebook, "dl_dp")
    cell.update(source=f"```python\n{text_of(cell)}\n```", metadata={})
    return "the cell of dl_dp had become text: used as code again"


def split_in_a_function(notebook: Notebook) -> str:
    where = at(notebook, "batch_gradient")
    lines = text_of(notebook["cells"][where]).splitlines(keepends=True)
    cut = next(i for i, line in enumerate(lines) if line.startswith("    ") and i > 1)
    notebook["cells"][where]["source"] = "".join(lines[:cut])
    notebook["cells"].insert(where + 1, code("".join(lines[cut:])))
    return "the cell of batch_gradient was split: joined again"


def split_after_the_header(notebook: Notebook) -> str:
    cell = answer_cell(notebook, "dh_dw")
    where = at(notebook, "dh_dw")
    cell["source"] = "def dh_dw(x):"
    notebook["cells"].insert(where + 1, code("    # the inputs themselves\n    return x"))
    return "the cell of dh_dw was split: joined again"


def merged_answers(notebook: Notebook) -> str:
    first, second = answer_cell(notebook, "dl_dp"), answer_cell(notebook, "dp_dh")
    first["source"] = text_of(first) + "\n\n" + text_of(second)
    notebook["cells"].remove(second)
    return "dl_dp and dp_dh are answered in one cell"


def merged_with_everything_around(notebook: Notebook) -> str:
    """Put the answer into one cell with every released code cell from the top: lab opening, plots, its own check."""
    where = at(notebook, "dl_dp")
    cells = notebook["cells"]
    code_above = [text_of(c) for c in cells[:where] if c["cell_type"] == "code"]
    answer_cell(notebook, "dl_dp")["source"] = "\n".join([*code_above, text_of(cells[where]), 'check("dl_dp")'])
    notebook["cells"] = [c for c in cells[:where] if c["cell_type"] != "code"] + cells[where:]
    check = next(c for c in notebook["cells"] if c["metadata"].get("course", {}).get("check") == "dl_dp")
    notebook["cells"].remove(check)
    return "released cells had been merged into the cell of dl_dp: left out of it"


def untouched_copy_below(notebook: Notebook) -> str:
    notebook["cells"].append(copy.deepcopy(answer_cell(blank(), "update")))
    return "an untouched copy of the cell of update was left out"


def answered_elsewhere(notebook: Notebook) -> str:
    """Leave the stub where it was, and answer in a cell of one's own above it."""
    where = at(notebook, "update")
    notebook["cells"].insert(where, code(text_of(notebook["cells"][where])))
    notebook["cells"][where + 1] = copy.deepcopy(answer_cell(blank(), "update"))
    return "an untouched copy of the cell of update was left out"


def duplicated(notebook: Notebook) -> str:
    notebook["cells"].insert(at(notebook, "dl_dp"), code("def dl_dp(y, p):\n    return 0"))
    return "dl_dp is answered in 2 cells: all are run, in order, and the last definition counts"


def shuffled(notebook: Notebook) -> str:
    random.Random(1).shuffle(notebook["cells"])
    return "answer cells are in another order; they are run in that order"


def checks_deleted(notebook: Notebook) -> str:
    notebook["cells"] = [c for c in notebook["cells"] if not c["metadata"].get("course", {}).get("check")]
    return f"restored deleted checks: {', '.join(EXERCISES)}"


def metadata_lost(notebook: Notebook) -> str:
    """Convert to a script and back, as Jupytext does without its own header: no metadata, no ids."""
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell.pop("id")
    notebook["metadata"] = {}
    return "the written answer friend had lost its label and was found by its place"


def saved_by_colab(notebook: Notebook) -> str:
    """Save as Colab does: format 4.0, an id of its own in the metadata, and a badge on top."""
    notebook.update(nbformat_minor=0, metadata={"colab": {"provenance": []}, "kernelspec": {"name": "python3"}})
    for i, cell in enumerate(notebook["cells"]):
        cell["metadata"] = {"id": f"a1B2c3_{i}"}
        cell.pop("id")
        if cell["cell_type"] == "code":
            cell["source"] = text_of(cell).splitlines(keepends=True)
            cell["metadata"]["outputId"] = "42"
    badge = {"cell_type": "markdown", "metadata": {"id": "view-in-github"}, "source": ["<a href='x'>Open</a>"]}
    notebook["cells"].insert(0, badge)
    return UNLABELLED


def saved_by_vscode(notebook: Notebook) -> str:
    notebook["metadata"] = {"language_info": {"name": "python"}, "orig_nbformat": 4}
    for i, cell in enumerate(notebook["cells"]):
        cell["id"] = f"{i:08x}"
        cell["metadata"] = {"vscode": {"languageId": "python"}} if cell["cell_type"] == "code" else {}
    return UNLABELLED


def saved_in_format_3(notebook: Notebook) -> str:
    """Convert with nbformat itself."""
    old = json.loads(nbformat.v3.writes_json(nbformat.convert(nbformat.reads(json.dumps(notebook), 4), 3)))
    notebook.clear()
    notebook.update(old)
    return "" if "worksheets" in old else "it is not format 3"


def saved_in_format_4_0(notebook: Notebook) -> str:
    notebook["nbformat_minor"] = 0
    for cell in notebook["cells"]:
        cell.pop("id")
    return ""


CHANGES = [
    retyped("markdown"), retyped("raw"), retyped_and_fenced, split_in_a_function, split_after_the_header,
    merged_answers, merged_with_everything_around, untouched_copy_below, answered_elsewhere, duplicated, shuffled,
    checks_deleted, metadata_lost, saved_by_colab, saved_by_vscode, saved_in_format_3, saved_in_format_4_0,
]  # fmt: skip
NAMES = [f"{i:02}-{getattr(change, '__name__', 'x')}" for i, change in enumerate(CHANGES)]


def changed(change: Callable[[Notebook], str]) -> tuple[Notebook, str]:
    notebook = solved()
    written_cell(notebook)["source"] = "In my own words."
    return notebook, change(notebook)


@pytest.mark.parametrize("change", CHANGES, ids=NAMES)
def test_repair_says_what_it_did_and_finds_every_answer(change: Callable[[Notebook], str]) -> None:
    notebook, says = changed(change)
    result = repaired(notebook)
    assert says in result.repairs if says else not result.repairs
    assert not [line for line in result.repairs if "missing" in line]
    assert all(result.answer(name) for name in EXERCISES)
    assert not [cell for cell in result.cells if cell.source in RELEASED.stubs.values()]
    if change is not shuffled:
        assert result.written == {"friend": "In my own words."}


@pytest.mark.sandbox
def test_every_change_scores_full_marks_by_the_real_command(tmp_path: Path) -> None:
    """And the repairs stand in grades.csv and on the student's page."""
    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    said = {}
    for name, change in zip(NAMES, CHANGES, strict=True):
        notebook, said[name] = changed(change)
        save(folder, name, notebook)
    done = course("grade", folder, "--lab", LAB, "--out", out, "--sandbox", SANDBOX)
    assert done.returncode == 0, done.stderr
    table = rows(out)
    assert {name: row["score"] for name, row in table.items()} == dict.fromkeys(NAMES, "17")
    assert all(said[name] in table[name]["repairs"] for name in NAMES)
    assert all(said[name] in (out / "feedback" / f"{name}.html").read_text() for name in NAMES)


def test_an_untouched_notebook_needs_no_repair() -> None:
    assert repaired(solved()).repairs == []
    assert repaired(blank()).repairs == []


def test_released_statements_that_the_student_uses_too_are_left_alone() -> None:
    """One line of a released cell, alone, is the student's own."""
    ours = next(t for t in sorted(RELEASED.others) if len(t.splitlines()) > 2 and t.splitlines()[0].count("=") == 1)
    line = ours.splitlines()[0]
    notebook = with_answers(dl_dp=f"{line}\ndef dl_dp(y, p):\n    return 2 * (p - y)")
    assert line in repaired(notebook).answer("dl_dp")


def test_notes_about_an_answer_are_not_taken_for_it() -> None:
    notebook = solved()
    wrong = "def dl_dp(y, p):\n    return 0"
    notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": wrong})
    assert wrong not in repaired(notebook).answer("dl_dp")


def test_a_written_answer_that_became_code_is_read_and_not_run() -> None:
    notebook = solved()
    written_cell(notebook).update(cell_type="code", source="It goes uphill.", outputs=[], execution_count=None)
    result = repaired(notebook)
    assert result.written == {"friend": "It goes uphill."}
    assert "the written answer friend had become a code cell: it was read, not run" in result.repairs
    assert "It goes uphill." not in [cell.source for cell in result.cells]


def test_a_written_answer_in_several_cells_is_joined() -> None:
    notebook = solved()
    cell = written_cell(notebook)
    cell["source"] = "First."
    notebook["cells"].insert(notebook["cells"].index(cell) + 1, {**copy.deepcopy(cell), "source": "Second."})
    assert repaired(notebook).written == {"friend": "First.\n\nSecond."}


def test_a_written_answer_that_is_gone_is_said() -> None:
    notebook = solved()
    cell = written_cell(notebook)
    where = notebook["cells"].index(cell)
    del notebook["cells"][where - 1 : where + 1]
    assert "the written answer friend was not found" in repaired(notebook).repairs


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b" \n\t ", "the file is empty"),
        (b"<!DOCTYPE html><html>", "a web page, not the notebook"),
        (b"PK\x03\x04rest", "a zip archive"),
        (b"%PDF-1.7", "a PDF"),
        (b"import numpy as np\n", "Python text"),
        (b'{"cells": [\n<<<<<<< HEAD\n{}\n=======\n>>>>>>> theirs\n]}', "conflict marks"),
        (b'{"cells": [', "not JSON"),
        (b"[1, 2]", "a list"),
        (b'{"a": 1}', "no list of cells"),
        (json.dumps(read_notebook("solutions", "01")).encode(), "a notebook of lab 01, not of lab 02"),
        (b'{"cells": [{"cell_type": "code", "source": "print(1)"}]}', "without an answer or a check of lab 02"),
        (b'{"cells": [{"cell_type": "code", "source": null}, 3, null]}', "without an answer or a check of lab 02"),
    ],
)
def test_what_is_no_notebook_of_the_lab_says_what_it_is(content: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        repair(content, RELEASED)


@pytest.mark.parametrize("tail", [b"\n}\n", b"\0" * 4096, b"]}", b"<html>", json.dumps(solved()).encode()])
def test_what_stands_behind_the_last_brace_is_left_out_and_said(tail: bytes) -> None:
    found = repair(json.dumps(solved()).encode() + tail, RELEASED)
    assert found.cells == repaired(solved()).cells
    assert [line for line in found.repairs if "behind the notebook's end" in line] == found.repairs


LINE = 'step \\ "quoted" ]}[ "outputs": [\n'


@pytest.mark.parametrize("text", [LINE * 800_000, [LINE] * 800_000], ids=["one text", "lines"])
def test_outputs_of_many_megabytes_are_passed_over(text: Any) -> None:
    notebook = solved()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
    lean = repaired(notebook)
    answer_cell(notebook, "dl_dp")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
    content = json.dumps(notebook).encode()
    assert len(content) > 20_000_000
    assert len(without_outputs(content)) < MANY_BYTES
    assert repair(content, RELEASED) == lean


def test_other_encodings_are_read() -> None:
    text = json.dumps(solved(), ensure_ascii=False)
    for content in (text.encode("utf-8-sig"), text.encode("utf-16"), text.replace("\n", "\r\n").encode()):
        assert repair(content, RELEASED).repairs == []


@pytest.mark.parametrize(
    "text", ["%%time\n" * 2_000, "%x\n" * 30_000 + "(", "!a\n" * 5_000, "x?\n" * 9_000, "In [1]: " * 900]
)
def test_magics_without_end_are_taken_as_they_are(text: str) -> None:
    assert isinstance(plain_python(text), str)


def test_magics_in_ever_new_cells_are_not_read() -> None:
    """Each magic costs IPython another look at its whole cell: fifty such cells would take ten minutes."""
    notebook = solved()
    cell = answer_cell(notebook, "dl_dp")
    work = {**cell, "metadata": {}, "id": "mine", "source": "%x\n" * 55 + "x = 1\n" * 3_200}
    notebook["cells"] += [work] * 50
    with pytest.raises(Unreadable, match="too many magics"):
        repaired(notebook)


@pytest.mark.parametrize("branches", [3, 300, 2_000])
def test_a_long_chain_of_conditions_is_read_to_its_end(branches: int) -> None:
    """Python nests each ``elif`` in the one before it; the chain may be deeper than functions can call themselves."""
    text = "if a:\n    first = 1\n" + "elif a:\n    pass\n" * branches + "else:\n    last = 1\nbelow = 1"
    assert definitions(text) == ("first", "last", "below")


def test_what_python_says_about_style_is_not_heard() -> None:
    """An escape that Python warns about is no reason to stop reading, and warnings are errors in this test."""
    assert names_in('path = "\\d" + other') == ["other"]
    assert definitions("def f(x):\n    return 1if x else 0x1for x in ()") == ("f",)
