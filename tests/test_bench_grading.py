"""The benchmark of grading measures real grading: shares that add up, half the class right."""

import csv
import json
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from course.bench.grading import bench_grade, write_class
from course.cli import main
from course.grading.grade_class import grade_class
from course.grading.sandbox.choose import best
from tests.gates import ROOT

pytestmark = pytest.mark.sandbox


def test_half_of_its_class_is_right(tmp_path: Path) -> None:
    write_class(ROOT, tmp_path / "class", 4)
    grade_class(tmp_path / "class", "02", tmp_path / "out", ROOT, best())
    with (tmp_path / "out" / "grades.csv").open(newline="") as file:
        scores = [int(row["score"]) for row in csv.DictReader(file)]
    assert (scores[0], scores[2]) == (17, 17)
    assert max(scores[1], scores[3]) < 17


def test_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course.bench.grading.find_spec", lambda name: None)
    (row,) = bench_grade(ROOT, copies=3, sandbox=best())
    assert row["seconds_per_submission"] > 0
    assert row["cpu_seconds_per_submission"] > 0
    assert row["ratio_to_nbgrader"] is None
    assert set(row["shares"]) == {"start", "student code", "comparison", "rest"}
    assert sum(row["shares"].values()) == pytest.approx(1, abs=0.01)
    assert min(row["shares"].values()) > 0


@pytest.mark.skipif(not find_spec("nbgrader"), reason="nbgrader is not installed")
def test_nbgrader_is_timed_in_the_same_run() -> None:
    (row,) = bench_grade(ROOT, copies=2, sandbox=best())
    assert row["ratio_to_nbgrader"] == row["nbgrader_seconds_per_submission"] / row["seconds_per_submission"]


def test_the_command_prints_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(
        "course.bench.grading.bench_grade", lambda root, copies, jobs: [{"copies": copies, "jobs": jobs}]
    )
    done = CliRunner().invoke(main, ["bench", "grade", "--copies", "4", "--json"])
    assert json.loads(done.output) == [{"copies": 4, "jobs": 1}]
