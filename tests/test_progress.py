"""How far the labs have come, from real records and real memories, whole and damaged."""

import json
import re
import shutil
from dataclasses import asdict
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient

from course import contents
from course.checks import overview
from course.cli import main
from tests.gates import LABS, ROOT, record_of
from tests.patience import patience

DONE = {
    "checks": {
        "dl_dp": {"outcome": "pass", "points": 1},
        "gradient": {"outcome": "partial", "points": 2},
        "update": {"outcome": "wrong", "points": 0},
        "of_an_older_release": {"outcome": "pass", "points": 50},
    },
    "predictions": {"direction": "It falls", "eps": {"skipped": True}, "of_an_older_release": 3},
    "recall": {"tie": "It counts as 1", "of_an_older_release": "yes"},
}


@pytest.fixture
def labs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COURSE_PROGRESS")
    return Path(shutil.copytree(ROOT / "labs", tmp_path / "labs", ignore=shutil.ignore_patterns("progress", ".*")))


def remember(labs: Path, lab: str, text: str) -> Path:
    path = labs / "progress" / f"lab{lab}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def run(labs: Path, *options: str) -> str:
    result = CliRunner().invoke(main, ["progress", "--folder", str(labs), *options])
    assert result.exit_code == 0, result.output
    return result.output


def row(output: str, lab: str) -> str:
    return next(line for line in output.splitlines() if line.startswith(lab))


def test_nothing_done_is_said_and_makes_no_file(labs: Path) -> None:
    output = run(labs)
    assert [line[:2] for line in output.splitlines()[1:-1]] == LABS
    assert output.splitlines()[-1] == "Nothing is done yet. Begin with lab 00."
    assert not (labs / "progress").exists()


def test_one_row_a_lab_by_its_last_results(labs: Path) -> None:
    remember(labs, "02", json.dumps(DONE))
    record = record_of("02")
    counts = [f"1 of {len(record.exercises)}", f"3 of {record.points}", f"1 of {len(record.predictions)} (1 skipped)"]
    assert re.split(r"\s{2,}", row(run(labs), "02"))[2:] == [*counts, "1 of 3", "open"]
    assert "Nothing is done" not in run(labs)
    listed = json.loads(run(labs, "--json"))
    assert [entry["lab"] for entry in listed] == LABS
    assert (listed[2]["passed"], listed[2]["points"], listed[2]["predicted"]) == (1, 3, 1)
    assert listed == [asdict(entry) for entry in overview(labs)]


def test_an_answer_in_words_counts_as_it_was_saved_last(labs: Path) -> None:
    path = labs / "lab02_learning.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(cell for cell in notebook["cells"] if cell["metadata"].get("course", {}).get("written"))
    cell["source"] = ["The sign is wrong."]
    path.write_text(json.dumps(notebook))
    assert [entry.written for entry in overview(labs)[1:4]] == [0, 1, 0]
    assert row(run(labs), "02").endswith("done")
    cell["metadata"], cell["id"] = {}, "pasted"
    path.write_text(json.dumps(notebook))
    assert row(run(labs), "02").endswith("?"), "the cell is gone"


def test_more_points_than_there_are_do_not_count(labs: Path) -> None:
    remember(labs, "02", json.dumps({"checks": {"dl_dp": {"outcome": "pass", "points": 1000}, "update": "pass"}}))
    assert (overview(labs)[2].passed, overview(labs)[2].points) == (1, 1)


@pytest.mark.parametrize("text", ["{", "[1]", '{"checks": 3}', "", "[" * 100_000])
def test_a_damaged_memory_is_unknown_not_nothing_and_is_left_alone(labs: Path, text: str) -> None:
    path = remember(labs, "02", text)
    output = run(labs)
    assert f"? of {len(record_of('02').exercises)}" in row(output, "02")
    assert f"Lab 02: {path} cannot be read" in output
    assert "Nothing is done" not in output
    assert path.read_text() == text
    assert [file.name for file in path.parent.iterdir()] == ["lab02.json"]


def test_a_memory_that_was_set_aside_is_named(labs: Path) -> None:
    remember(labs, "02", json.dumps(DONE))
    remember(labs, "02.unreadable1", "{")
    output = run(labs)
    assert "1 of 8" in row(output, "02")
    assert "lab02.unreadable1.json could not be read and was kept" in output


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 1}', '{"format": 1, "exercises": []}'])
def test_a_damaged_record_leaves_the_other_labs(labs: Path, text: str) -> None:
    (labs / "checks" / "lab01.json").write_text(text)
    remember(labs, "02", json.dumps(DONE))
    output = run(labs)
    assert re.split(r"\s{2,}", row(output, "01")) == ["01", *["? of ?"] * 4, "?"]
    assert "lab01.json cannot be read: get it again" in output
    assert "1 of 8" in row(output, "02")


def test_a_folder_without_labs_is_one_clear_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["progress", "--folder", str(tmp_path)])
    assert result.exit_code == 2
    assert "expected the labs' folder, with checks/lab00.json" in " ".join(result.output.split())


def test_contents_has_the_same_words_and_links_that_lead_somewhere(labs: Path) -> None:
    remember(labs, "02", json.dumps(DONE))
    (labs / "lab05_hidden.ipynb").unlink()
    message = contents(labs)
    assert message.text == run(labs).rstrip("\n")
    links = [part.partition('"')[0] for part in message.html.split('href="')[1:]]
    assert len(links) == len(LABS) - 1
    assert all((labs / link).is_file() for link in links)
    assert "3 of 17" in message.html


def test_contents_escapes_what_it_shows(labs: Path) -> None:
    record = json.loads((labs / "checks" / "lab00.json").read_text()) | {"title": "<b>x</b>"}
    (labs / "checks" / "lab00.json").write_text(json.dumps(record))
    assert "&lt;b&gt;x" in contents(labs).html
    assert "<b>" not in contents(labs).html


@pytest.mark.kernel
def test_the_contents_page_runs_where_the_labs_are(labs: Path) -> None:
    remember(labs, "02", json.dumps(DONE))
    page = nbformat.read(labs / "contents.ipynb", as_version=4)
    assert [cell.get("outputs", []) for cell in page.cells] == [[]] * len(page.cells), "released without outputs"
    NotebookClient(page, timeout=int(patience(60)), resources={"metadata": {"path": str(labs)}}).execute()
    shown = page.cells[-1].outputs[0].data
    assert shown["text/plain"] == contents(labs).text.replace(str(labs) + "/", "")
    assert 'href="lab02_learning.ipynb"' in shown["text/html"]
