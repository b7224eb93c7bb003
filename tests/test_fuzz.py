"""Notebooks, archives and tables, damaged at random: each has its row or its reason, and none stops the others."""

import contextlib
import csv
import json
import random
import sys
import tempfile
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.build import WrittenQuestion
from course.grading import notebook
from course.grading.archive import read_zip
from course.grading.canvas import read_gradebook
from course.grading.collect import collect
from course.grading.grade import Unreadable, repair
from course.grading.grade_class import public_material
from course.grading.marks import read_marks, read_overrides
from course.grading.names import keys_for, pages_for
from course.grading.roster import read_roster
from course.grading.sandbox.choose import best
from tests.gates import ROOT
from tests.mutations import OF_BYTES, mutated
from tests.patience import finished
from tests.submissions import LAB, blank, save, solved

NOTEBOOKS, GRADED = 500, 20
HEADINGS = "student,friend,friend text,exercise,points,comment,ID,Section,Lab 02"


def write(folder: Path, numbers: range) -> None:
    for number in numbers:
        content = mutated(solved() if number % 4 else blank(), number)
        (folder / f"student {number:03}.ipynb").write_bytes(content)


@pytest.mark.sandbox
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


def test_outputs_that_are_cut_out_change_no_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large notebook's outputs are taken out of its bytes: what can be read with them is read the same without."""
    compared = cut = 0
    for number in range(150):
        content = mutated(solved(), number)
        monkeypatch.setattr(notebook, "MANY_BYTES", len(content))
        try:
            whole = notebook.read_notebook(content).cells
        except Unreadable:
            continue
        monkeypatch.setattr(notebook, "MANY_BYTES", 0)
        assert notebook.read_notebook(content).cells == whole, number
        compared += 1
        cut += len(notebook.without_outputs(content)) < len(content)
    assert min(compared, cut) > 50


def test_damaged_archives_are_refused_or_read_entry_by_entry(tmp_path: Path) -> None:
    archive, ends = tmp_path / "class.zip", Counter()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name in ("ada/lab02.ipynb", "zoë/lab02.ipynb", "zoë/notes.txt"):
            file.writestr(name, json.dumps(blank()))
    good = archive.read_bytes()
    for number in range(400):
        rng = random.Random(number)
        archive.write_bytes(OF_BYTES[number % len(OF_BYTES)](good, rng))
        try:
            entries, _ = read_zip(archive)
        except ValueError:
            ends["refused"] += 1
            continue
        for _, read in entries:
            content, fault = read()
            assert bool(content) != bool(fault)
            ends["unreadable" if fault else "read"] += 1
    assert min(ends["refused"], ends["unreadable"], ends["read"]) > 20, ends


@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(st.lists(st.text("ab;,\"'\n\r\0=7 ", max_size=6), max_size=5), max_size=5).map(
            lambda rows: "\n".join([HEADINGS, *map(",".join, rows)]).encode()
        ),
    )
)
def test_tables_that_come_back_from_a_spreadsheet_are_read_or_refused_with_a_reason(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(content)
        for read in (
            lambda: read_marks(path, [WrittenQuestion("friend", 4, "", "")], ["a"]),
            lambda: read_overrides(path, {"b": 1}, ["a"]),
            lambda: read_roster(path),
            lambda: read_gradebook(path, LAB, ""),
        ):
            with contextlib.suppress(ValueError):
                read()


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=6, unique=True))
def test_whatever_names_there_are_each_has_a_key_and_a_page_of_its_own(names: list[str]) -> None:
    keys = list(keys_for(names).values())
    pages = list(pages_for(keys).values())
    for made in (keys, pages):
        assert len({unicodedata.normalize("NFKC", one).casefold() for one in made}) == len(names)
        assert all(one.strip() and "C" not in {unicodedata.category(c)[0] for c in one} for one in made)
    assert all(Path(page).name == page for page in pages)


@pytest.mark.sandbox
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
