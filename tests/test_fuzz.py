"""Five hundred notebooks, damaged at random: each has its row, and none stops the others."""

import csv
import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from course.grading.collect import collect
from course.grading.grade import Unreadable, repair
from course.grading.grade_class import public_material
from course.grading.sandbox.choose import best
from tests.gates import ROOT
from tests.mutations import mutated
from tests.patience import finished
from tests.submissions import LAB, blank, save, solved

pytestmark = pytest.mark.sandbox

NOTEBOOKS, GRADED = 500, 20


def write(folder: Path, numbers: range) -> None:
    for number in numbers:
        content = mutated(solved() if number % 4 else blank(), number)
        (folder / f"student {number:03}.ipynb").write_bytes(content)


def test_five_hundred_are_read_or_refused_with_a_reason(tmp_path: Path) -> None:
    write(tmp_path, range(NOTEBOOKS))
    released = public_material(ROOT, LAB).released
    handed_in = collect(tmp_path)
    assert len(handed_in) == NOTEBOOKS
    ends: Counter[str] = Counter()
    for submission in (one.submission() for one in handed_in):
        reason = submission.fault
        if not reason:
            try:
                repaired = repair(submission.content, released)
            except Unreadable as fault:
                reason = str(fault)
                assert reason
        if not reason:
            json.dumps([cell.source for cell in repaired.cells])  # it can travel to the sandbox
        ends["unreadable" if reason else "repaired" if repaired.repairs else "as it was"] += 1
    assert min(ends["unreadable"], ends["repaired"], ends["as it was"]) > 20, ends


def test_twenty_of_them_by_the_command(tmp_path: Path) -> None:
    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    write(folder, range(GRADED))
    save(folder, "perfect", solved())
    command = [sys.executable, "-m", "course", "grade", folder, "--lab", LAB, "--out", out, "--sandbox", best()]
    done = finished(command, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    with (out / "grades.csv").open(newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert len(rows) == GRADED + 1
    assert rows["perfect"]["score"] == "17"
    assert {row["status"] for row in rows.values()} <= {"graded", "blank", "unreadable"}
    scored = [int(row["score"]) for row in rows.values() if row["status"] != "unreadable"]
    assert 0 <= min(scored) <= max(scored) == 17
