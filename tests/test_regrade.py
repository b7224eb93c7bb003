"""Grading again what is asked for and nothing else; the grader's own faults are said, tried again, and cost nothing."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from course.checks import LabRecord
from course.grading.collect import Submission, collect
from course.grading.grade import Material, grade
from course.grading.grade_class import material_for
from course.grading.regrade import prepare, select
from course.grading.report import grades_csv, results_jsonl
from course.grading.results import ClassResults
from course.grading.store import ResultStore
from tests.gates import ROOT
from tests.submissions import LAB, OTHERWISE, save, solved, with_answers
from tests.test_grading import SANDBOX, course, result, rows

pytestmark = pytest.mark.sandbox

KIND = "none" if SANDBOX == "none" else "bubblewrap"
WRONG = "def dl_dp(y, p):\n    return 2 * (y - p)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    save(folder, "ada", solved())
    save(folder, "alan", with_answers(dl_dp=WRONG))
    save(folder, "emmy", with_answers(**OTHERWISE))
    return folder


@pytest.fixture(scope="module")
def graded(folder: Path) -> Path:
    assert again(folder, folder / "out").returncode == 0
    return folder / "out"


@pytest.fixture
def out(graded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(graded, tmp_path / "out"))


def again(folder: Path, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return course("grade", folder, "--lab", LAB, "--out", out, "--sandbox", SANDBOX, *more)


def change(folder: Path, out: Path, student: str, edit: Callable[[dict[str, Any]], None]) -> None:
    """Edit a stored result: what an earlier, faulty version of the checks might have left."""
    digest = next(s.digest for s in collect(folder, LAB) if s.student == student)
    path = next((out / "store").glob(f"lab{LAB}-{digest}-*.json"))
    stored = json.loads(path.read_text())
    edit(stored)
    path.write_text(json.dumps(stored))


def row_of(stored: dict[str, Any], exercise: str) -> dict[str, Any]:
    return next(row for row in stored["exercises"] if row["exercise"] == exercise)


def spoil(stored: dict[str, Any]) -> None:
    """Give no points for two exercises, and mark the rows."""
    for name in ("dl_dp", "dp_dh"):
        row_of(stored, name).update(points=0, outcome="wrong", diagnosis="an old mistake")
    stored["score"] = 15


def test_one_exercise_of_everybody(folder: Path, out: Path) -> None:
    for student in ("ada", "emmy"):
        change(folder, out, student, spoil)
    done = again(folder, out, "--regrade", "dl_dp")
    assert "(3 graded now)" in done.stdout
    table = rows(out)
    assert [(table[s]["dl_dp"], table[s]["dp_dh"], table[s]["score"]) for s in ("ada", "emmy")] == [
        ("1", "0", "16")
    ] * 2
    assert table["alan"]["dl_dp"] == "0"
    assert result(out, "ada", "dp_dh")["diagnosis"] == "an old mistake"
    assert "(0 graded now)" in again(folder, out).stdout


def test_points_that_changed_since_are_said_until_all_are_graded_again(folder: Path, out: Path) -> None:
    change(folder, out, "ada", lambda stored: stored.update(max_score=16))
    said = "some were graded when the lab had other points"
    assert said in again(folder, out).stderr
    assert said not in again(folder, out, "--regrade", "dl_dp").stderr


def test_one_student(folder: Path, out: Path) -> None:
    for student in ("ada", "emmy"):
        change(folder, out, student, spoil)
    assert "(1 graded now)" in again(folder, out, "--regrade", "ada").stdout
    assert (rows(out)["ada"]["score"], rows(out)["emmy"]["score"]) == ("17", "15")


def test_one_exercise_of_one_student(folder: Path, out: Path) -> None:
    for student in ("ada", "emmy"):
        change(folder, out, student, spoil)
    assert "(1 graded now)" in again(folder, out, "--regrade", "student=ada", "--regrade", "exercise=dp_dh").stdout
    table = rows(out)
    assert [table["ada"][name] for name in ("dl_dp", "dp_dh", "score")] == ["0", "1", "16"]
    assert table["emmy"]["score"] == "15"


def test_what_depends_on_a_fresh_verdict_says_so(folder: Path, out: Path) -> None:
    """Alan's `dl_dp` was once passed; now it is not, and his `gradient`, which uses it, must point there."""
    change(folder, out, "alan", lambda stored: row_of(stored, "gradient")["verdict"].update(first=[]))
    again(folder, out, "--regrade", "dl_dp")
    assert "uses `dl_dp`" in result(out, "alan", "gradient")["message"]
    assert result(out, "alan", "dl_dp")["misconception"] == "sign"


def test_a_stopped_regrade_goes_on(folder: Path, out: Path) -> None:
    """What is to be graded again is noted first; the command is then stopped, and run again without the option."""
    change(folder, out, "ada", spoil)
    selection = select(["ada", "dl_dp"], ["ada", "alan", "emmy"], ["dl_dp"])
    prepare(ResultStore(out, LAB), collect(folder, LAB), selection)
    assert "(1 graded now)" in again(folder, out).stdout
    assert [rows(out)["ada"][name] for name in ("dl_dp", "dp_dh")] == ["1", "0"]


def test_an_unknown_name_is_refused_before_anything_changes(folder: Path, out: Path) -> None:
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    done = again(folder, out, "--regrade", "dl_pd")
    assert done.returncode == 2
    assert "nothing here is called 'dl_pd'" in done.stderr
    assert "dl_dp" in done.stderr.strip().splitlines()[-1]
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_a_student_called_like_an_exercise() -> None:
    with pytest.raises(ValueError, match="say student=update or exercise=update"):
        select(["update"], ["update"], ["update"])
    assert select(["exercise=update"], ["update"], ["update"]).exercises == {"update"}
    assert select(["a=b"], ["a=b"], []).students == {"a=b"}


@pytest.fixture(scope="module")
def broken() -> Material:
    """Build a record in which what is expected of one exercise is not readable: the grader's own fault."""
    material = material_for(ROOT, LAB, 1)
    record = LabRecord.from_json(material.secret.to_json())
    exercises = dict(record.exercises)
    exercises["dl_dp"] = replace(exercises["dl_dp"], expected=[{"nonsense": 1}] * len(exercises["dl_dp"].expected))
    return replace(material, secret=replace(record, exercises=exercises))


def test_a_fault_of_the_comparison_costs_no_points(folder: Path, broken: Material) -> None:
    handed_in = next(one for one in collect(folder, LAB) if one.student == "ada")
    stored = grade(handed_in.submission(), broken, KIND)
    assert stored["status"] == "grader error"
    assert "dl_dp" in stored["reason"]
    results = ClassResults(LAB, "Lab 02", [("ada", stored)])
    assert grades_csv(results).splitlines()[1].startswith("ada,02,,17,grader error,,,")
    lines = [json.loads(line) for line in results_jsonl(results.graded)]
    assert {line["exercise"]: line["points"] for line in lines}["dl_dp"] is None
    assert results.total("ada", stored) is None


def test_a_fault_of_the_grader_ends_no_run(broken: Material) -> None:
    """A released notebook that cannot be compared with breaks the repair."""
    stored = grade(Submission("ada", json.dumps(solved()).encode()), replace(broken, released=None), KIND)  # type: ignore[arg-type]
    assert stored["status"] == "grader error"
    assert {row["outcome"] for row in stored["exercises"]} == {"grader error"}
    assert "AttributeError" in stored["reason"]


def test_what_the_grader_spoiled_is_tried_again(folder: Path, out: Path) -> None:
    change(folder, out, "ada", lambda stored: stored.update(status="grader error", reason="the disk was full"))
    done = again(folder, out)
    assert "(1 graded now)" in done.stdout
    assert rows(out)["ada"]["score"] == "17"
