"""What platforms and teachers hand over, as zips and as folders: who handed in, and which notebook counts."""

import copy
import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from course.grading.archive import read_zip
from course.grading.collect import Class, look
from course.grading.encodings import decode
from course.grading.platforms import owner_of
from tests.submissions import LAB, blank, solved, with_answers
from tests.test_grading import SANDBOX, course

FULL, NOTHING = json.dumps(solved()).encode(), json.dumps(blank()).encode()
HALF = json.dumps(with_answers(blank(), dl_dp="def dl_dp(y, p):\n    return 2 * (p - y)")).encode()
NB = "lab02_learning.ipynb"
KNOWN = {FULL: "full", NOTHING: "blank", HALF: "half", b"": "none"}

#: layout → (entries, student → which of the notebooks above counts)
LAYOUTS: dict[str, tuple[dict[str, bytes], dict[str, str]]] = {
    "folders in folders in folders": (
        {f"2026/Winter/lab02/{who}/{NB}": FULL for who in ("bo", "cy", "di")},
        dict.fromkeys(("bo", "cy", "di"), "full"),
    ),
    "parts of a class": (
        {f"Section A/bo/{NB}": FULL, f"Section A/cy/{NB}": HALF, f"Section B/di/{NB}": FULL},
        {"bo": "full", "cy": "half", "di": "full"},
    ),
    "parts of a class that are not called so": (
        {f"monday/{who}/{NB}": FULL for who in ("bo", "cy")} | {f"tuesday/{who}/{NB}": HALF for who in ("di", "ed")},
        {"bo": "full", "cy": "full", "di": "half", "ed": "half"},
    ),
    "a lab a folder, the students in each": (
        {f"lab0{n}/{who}/lab0{n}_x.ipynb": FULL if n == 2 else NOTHING for n in (1, 2) for who in ("bo", "cy")},
        {"bo": "full", "cy": "full"},
    ),
    "the whole workbook of each": (
        {f"class/{who}/labs/{name}": HALF if name == NB else NOTHING
         for who in ("bo", "cy") for name in (NB, "lab01_neuron.ipynb", "lab05_backprop.ipynb")},
        {"bo": "half", "cy": "half"},
    ),
    "a folder that everybody was given": (
        {f"{who}/perceptrons/{NB}": FULL for who in ("bo", "cy", "di", "ed")},
        dict.fromkeys(("bo", "cy", "di", "ed"), "full"),
    ),
    "folders named after their students": (
        {f"{who}/{who} homework two/{NB}": FULL for who in ("bo", "cy")}, {"bo": "full", "cy": "full"},
    ),
    "one student, the whole workbook": (
        {f"bo/labs/{name}": HALF if name == NB else NOTHING for name in (NB, "lab01_neuron.ipynb", "lab03_x.ipynb")},
        {"bo": "half"},
    ),
    "logins of a letter and a number": (
        {f"s001/{NB}": FULL, f"v123/{NB}": FULL, f"nb77777/{NB}": FULL},
        {"s001": "full", "v123": "full", "nb77777": "full"},
    ),
    "logins below a folder of their platform": (
        {f"submitted/{who}/lab02/{NB}": FULL for who in ("s001", "s002")}, dict.fromkeys(("s001", "s002"), "full"),
    ),
    "numbers of students": (
        {f"4711/{NB}": FULL, f"4712/{NB}": HALF}, {"4711": "full", "4712": "half"},
    ),
    "one file a student, and other files": (
        {"bo.ipynb": FULL, "cy lab02.ipynb": HALF, "read me.txt": b"hello", "data/x.csv": b"1"},
        {"bo": "full", "cy lab02": "half"},
    ),
    "a student's folder without a notebook": (
        {f"bo/{NB}": FULL, "cy/report.pdf": b"%PDF", f"di/{NB}": HALF}, {"bo": "full", "cy": "none", "di": "half"},
    ),
    "attempts in folders": (
        {f"bo/Attempt 2/{NB}": HALF, f"bo/Attempt 10/{NB}": FULL, f"cy/Attempt 1/{NB}": HALF},
        {"bo": "full", "cy": "half"},
    ),
    "a class of files with numbers": ({f"class/{n}.ipynb": FULL for n in (1, 2, 3)}, dict.fromkeys("123", "full")),
    "groups that hand in together": (
        {f"Group {n}/{NB}": content for n, content in ((1, FULL), (2, HALF))}, {"Group 1": "full", "Group 2": "half"},
    ),
    # Canvas, lib/content_zipper.rb, add_text_or_url: a text and a link have no number of a file
    "Canvas, a text and a link": (
        {"bobo_1_900_" + NB: FULL, "cycy_LATE_2_text.html": b"<p>", "didi_3_link.html": b"<p>"},
        {"bobo": "full", "cycy": "none", "didi": "none"},
    ),
    # Moodle, mod/assign/feedback/file/importziplib.php: a folder a plugin, since 4.1 without the last underscore
    "Moodle 4.1, file and text of one": (
        {f"Bo Ek_11_assignsubmission_file/{NB}": FULL, "Bo Ek_11_assignsubmission_onlinetext/onlinetext.html": b"<p>",
         f"Bo Ek_12_assignsubmission_file/{NB}": HALF},
        {"Bo Ek_11": "full", "Bo Ek_12": "half"},
    ),
    # github.com/kwurst/bb-file-cleanup, README: assignmentname_username_attempt_datetime_filename.ext
    "Blackboard, underscores in title and user names": (
        {f"Lab_02_b_o_attempt_2026-11-{day}-10-00-00_{NB}": content for day, content in (("08", HALF), ("10", FULL))}
        | {"Lab_02_b_o_attempt_2026-11-10-10-00-00.txt": b"Name: B. O. (b_o)",
           f"Lab_02_cy_attempt_2026-11-09-10-00-00_{NB}": HALF,
           "Lab_02_di_attempt_2026-11-09-10-00-00.txt": b"Name: Di (di)"},
        {"b_o": "full", "cy": "half", "di": "none"},
    ),
    # nbgrader, docs/source/user_guide/philosophy.rst: {step}/{student_id}/{assignment_id}/{notebook_id}.ipynb
    "nbgrader": (
        {f"submitted/{who}/{lab}/{lab}_x.ipynb": FULL if lab == "lab02" else NOTHING
         for who in ("bo", "cy") for lab in ("lab01", "lab02", "lab03")}
        | {f"submitted/{who}/lab02/timestamp.txt": b"2026-11-29 12:00:00 UTC" for who in ("bo", "cy")},
        {"bo": "full", "cy": "full"},
    ),
    # Sakai, assignment/impl/.../AssignmentServiceImpl.java, zipWithFolders: sortName(eid)/Submission attachment(s)/
    "Sakai": (
        {f"Lab 02/{who}/Submission attachment(s)/{NB}": FULL for who in ("Ek, Bo(bo)", "Oh, Cy(cy)")}
        | {f"Lab 02/Ek, Bo(bo)/Feedback Attachment(s)/{NB}": HALF, "Lab 02/grades.csv": b"x"}
        | {f"Lab 02/{who}/timestamp.txt": b"2026" for who in ("Ek, Bo(bo)", "Oh, Cy(cy)", "Xu, Di(di)")},
        {"Ek, Bo(bo)": "full", "Oh, Cy(cy)": "full", "Xu, Di(di)": "none"},
    ),
    # ILIAS: github.com/ilifau/ExerciseStatusFile, README: Lastname_Firstname_Login_ID/; a time before each file
    # (ILIAS, Modules/Exercise/dev.txt: <TIMESTAMP>_filename)
    "ILIAS": (
        {f"Lab 02/Abgaben/Ek_Bo_bek_301/20261128100500_{NB}": FULL,
         "Lab 02/Abgaben/Ek_Bo_bek_301/20261129100500_lab02_learning-1.ipynb": HALF,
         f"Lab 02/Abgaben/Oh_Cy_coh_302/20261128100500_{NB}": FULL, "Lab 02/status.csv": b"x"},
        {"Ek_Bo_bek_301": "half", "Oh_Cy_coh_302": "full"},
    ),
    # GitHub Classroom CLI, docs.github.com, "Using GitHub Classroom with GitHub CLI": a folder of repositories
    "GitHub Classroom": (
        {f"lab-02-submissions/lab-02-{who}/{path}": content for who in ("bo", "cy") for path, content in
         {f"labs/{NB}": FULL, "README.md": b"x", "labs/lab03_x.ipynb": NOTHING}.items()},
        {"lab-02-bo": "full", "lab-02-cy": "full"},
    ),
    # Brightspace: D2L's folder is <student id>-<submission id> - <name> - <month> <day>, <year> <time> <AM/PM>
    "Brightspace": (
        {f"7001-55 - Bo Ek - Nov 9, 2026 1130 PM/{NB}": FULL, f"7001-56 - Bo Ek - Nov 10, 2026 105 AM/{NB}": HALF,
         f"7002-55 - Cy Oh - Oct 30, 2026 1205 PM/{NB}": FULL, "index.html": b"<html>"},
        {"Bo Ek": "half", "Cy Oh": "full"},
    ),
    # Teams: the library "Student Work" of a class, learn.microsoft.com, "Assignments Admin Documentation"
    "Teams": (
        {f"Student Work/Submitted files/Bo Ek/Lab 02/Version {n}/{NB}": c for n, c in ((2, HALF), (10, FULL))}
        | {f"Student Work/Submitted files/Cy Oh/Lab 02/{NB}": FULL,
           f"Student Work/Working files/Cy Oh/Lab 02/{NB}": NOTHING},
        {"Bo Ek": "full", "Cy Oh": "full"},
    ),
    "Gradescope, names of numbers": (
        {f"assignment_7_export/submission_{n}/{NB}": FULL for n in (91, 92)}
        | {"assignment_7_export/submission_metadata.yml": b":a: 1"},
        {"submission_91": "full", "submission_92": "full"},
    ),
}  # fmt: skip


def zipped(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def unpacked(path: Path, entries: dict[str, bytes]) -> Path:
    for name, content in entries.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


FORMS = {"zip": zipped, "folder": unpacked}
Make = Callable[[Path, dict[str, bytes]], Path]


@pytest.fixture(params=FORMS)
def make(request: pytest.FixtureRequest) -> Make:
    return FORMS[request.param]


def rows(found: Class) -> dict[str, str]:
    assert len({one.student for one in found.students}) == len(found.students)
    return {one.student: KNOWN[one.submission().content] for one in found.students}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout(tmp_path: Path, make: Make, layout: str) -> None:
    entries, students = LAYOUTS[layout]
    assert rows(look(make(tmp_path / "class", entries), LAB)) == students


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        # one name in sibling folders: one student, or two?
        ([f"{day}/{who}/{NB}" for day in ("mon", "tue") for who in ("bo", "cy")], "'bo' owns notebooks in 2 folders"),
        ([f"Section {part}/bo/{NB}" for part in "AB"], "'bo' owns notebooks in 2 folders"),
        ([f"Section {part}/{who}.ipynb" for part in "AB" for who in ("bo", "cy")], "'bo' owns notebooks in 2 folders"),
        # each folder has one folder, all called otherwise: which of the two is the student?
        ([f"north/bo/{NB}", f"south/cy/{NB}"], "level 1 (north, south) or the folders below (bo, cy)"),
        (["mon/bo.ipynb", "mon/cy.ipynb", "tue/di.ipynb", "tue/ed.ipynb"], "or the files below"),
        # one name in both: a student in two parts of the class, or a folder that both students have?
        ([f"{part}/bo/{NB}" for part in ("monday", "tuesday")], "level 1 (monday, tuesday) or the folders below (bo)"),
        # a template beside the students of each part
        ([f"{day}/{path}" for day in "mt" for path in (NB, f"{day}ab/{NB}", f"{day}bo/{NB}")], "or the folders below"),
        # downloads from letters, packed into one folder
        ([f"winter term/lab02_learning ({n}).ipynb" for n in range(5)], "5 notebooks of one lab, all of one student"),
    ],
)  # fmt: skip
def test_where_students_cannot_be_told_apart_it_stops(
    tmp_path: Path, make: Make, entries: list[str], says: str
) -> None:
    contents = {name: FULL + b" " * number for number, name in enumerate(entries)}
    with pytest.raises(ValueError, match="--student-is") as stopped:
        look(make(tmp_path / "class", contents), LAB)
    assert says in str(stopped.value)


def test_the_same_name_from_a_platform_and_from_a_teacher_is_two_students(tmp_path: Path, make: Make) -> None:
    entries = {f"bo_4_9_{NB}": FULL, f"bo_5_9_{NB}": HALF, "bo_4.ipynb": NOTHING, "bo.ipynb": FULL}
    found = look(make(tmp_path / "class", entries), LAB)
    assert rows(found) == {"bo_4 (Canvas)": "full", "bo_5": "half", "bo_4": "blank", "bo": "full"}


@pytest.mark.parametrize(
    ("level", "students"),
    [
        ("1", {"mon": "half", "tue": "full"}),
        ("2", {"bo": "full", "cy": "half"}),
        ("1+2", {"mon, bo": "full", "mon, cy": "half", "tue, bo": "full"}),
        ("file", {"x": "half", "y": "full", "lab02_learning": "full"}),
    ],
)
def test_the_level_can_be_said(tmp_path: Path, make: Make, level: str, students: dict[str, str]) -> None:
    entries = {f"mon/bo/{NB}": FULL, "mon/cy/x.ipynb": HALF, "tue/bo/y.ipynb": FULL}
    assert rows(look(make(tmp_path / "class", entries), LAB, student_is=level)) == students


@pytest.mark.parametrize("level", ["0", "two", "1+", "5"])
def test_a_level_that_there_is_not_is_refused(tmp_path: Path, level: str) -> None:
    with pytest.raises(ValueError, match="--student-is"):
        look(zipped(tmp_path / "z.zip", {f"bo/{NB}": FULL}), LAB, student_is=level)


def test_a_blank_copy_does_not_beat_the_answered_notebook_and_that_is_said(tmp_path: Path, make: Make) -> None:
    entries = {
        f"bo/{NB}": HALF, "bo/lab02_learning-Copy1.ipynb": NOTHING,
        f"cy/Attempt 1/{NB}": FULL, f"cy/Attempt 2/{NB}": NOTHING,
        f"di/{NB}": HALF, "di/lab02_learning (1).ipynb": FULL,
    }  # fmt: skip
    found = look(make(tmp_path / "class", entries), LAB)
    assert rows(found) == {"bo": "half", "cy": "blank", "di": "full"}
    asks = {one.student: " ".join(one.asks) for one in found.students}
    assert "the answered one counts, lab02_learning.ipynb, not lab02_learning-Copy1.ipynb" in asks["bo"]
    assert "the latest notebook is not answered, an earlier one is" in asks["cy"]
    assert asks["di"] == ""


def test_a_notebook_with_fewer_cells_is_answered_all_the_same(tmp_path: Path) -> None:
    """Who deletes what is not needed has fewer cells than the blank notebook has."""
    short = copy.deepcopy(json.loads(HALF))
    short["cells"] = [c for c in short["cells"] if c["metadata"].get("course", {}).get("exercise") == "dl_dp"]
    content = json.dumps(short).encode()
    (one,) = look(zipped(tmp_path / "z.zip", {"bo/lab02.ipynb": content, "bo/lab02-1.ipynb": NOTHING}), LAB).students
    assert one.submission().content == content


def test_the_content_decides_and_not_the_suffix(tmp_path: Path, make: Make) -> None:
    entries = {
        "bo.ipynb.txt": FULL,
        "cy.IPYNB": FULL,
        "di.json": FULL,
        "ed.txt": b"\xef\xbb\xbf" + HALF,
        "data.json": b'{"cells": 3}',
    }
    found = look(make(tmp_path / "class", entries), LAB)
    assert [one.student for one in found.students] == ["bo", "cy", "di", "ed"]
    assert found.left_alone == ["data.json"]


NAMES = ["Müller Zoë", "Lovelace Ada", "Åsa Öberg"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "cp850", "cp437"])
def test_western_names_are_read_in_any_encoding(encoding: str) -> None:
    assert decode([name.encode(encoding) for name in NAMES]) == (NAMES, "")


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "utf-8"])
def test_cyrillic_names(encoding: str) -> None:
    names = ["Иван Петров", "Ольга"]
    assert decode([name.encode(encoding) for name in names]) == (names, "")


def test_what_cannot_be_guessed_is_said_and_can_be_given() -> None:
    raw = ["李明".encode("gb18030"), "王芳".encode("gb18030")]
    assert "--encoding" in decode(raw)[1]
    assert decode(raw, "gb18030") == (["李明", "王芳"], "")
    for encoding, says in (("klingon", "expected an encoding"), ("ascii", "not every file name is in ascii")):
        with pytest.raises(ValueError, match=says):
            decode(raw, encoding)


class Raw(zipfile.ZipInfo):
    """An entry whose name is written as these bytes, without the mark of UTF-8."""

    raw = b""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        return self.raw, 0


@pytest.mark.parametrize("form", ["zip", "folder"])
def test_names_in_another_encoding(tmp_path: Path, form: str) -> None:
    names = [f"{name}/{NB}".encode("cp1252") for name in NAMES]
    if form == "zip":
        with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
            for number, name in enumerate(names):
                entry = Raw(f"entry{number}")
                entry.raw = name
                archive.writestr(entry, FULL)
    else:
        for name in names:
            path = tmp_path / "z.zip" / name.decode("utf-8", "surrogateescape")
            path.parent.mkdir(parents=True)
            path.write_bytes(FULL)
    assert {one.student for one in look(tmp_path / "z.zip", LAB).students} == set(NAMES)
    other = look(tmp_path / "z.zip", LAB, encoding="cp850").students
    assert len(other) == 3
    assert {one.student for one in other} != set(NAMES)


def test_a_name_in_infozips_extra_field(tmp_path: Path) -> None:
    entry = Raw("x")
    entry.raw = b"M?ller.ipynb\x81"
    name = "Müller.ipynb".encode()
    entry.extra = b"\x75\x70" + (5 + len(name)).to_bytes(2, "little") + b"\x01" + bytes(4) + name
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr(entry, FULL)
    assert [parts for parts, _ in read_zip(tmp_path / "z.zip")[0]] == [("Müller.ipynb",)]


@pytest.mark.sandbox
def test_the_command_says_who_handed_in_before_it_grades(tmp_path: Path) -> None:
    """Each option reaches the grader: the level, the encoding, and the list of the class."""
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        for number, name in enumerate(("mon/Müller", "tue/Müller", "tue/Bo")):
            entry = Raw(f"entry{number}")
            entry.raw = f"{name}/{NB}".encode("cp850")
            archive.writestr(entry, NOTHING)
    (tmp_path / "list.csv").write_text("Full name,Login\nZoë Müller,Müller\nBo Ek,bo\nCy Oh,cy\n")
    where = ("grade", tmp_path / "in.zip", "--lab", LAB, "--out", tmp_path / "out", "--sandbox", SANDBOX)
    stopped = course(*where)
    assert stopped.returncode == 2
    assert "--student-is" in stopped.stderr.strip().splitlines()[-1]
    assert not (tmp_path / "out").exists()
    done = course(*where, "--student-is", "2", "--encoding", "cp850", "--roster", tmp_path / "list.csv")
    assert done.returncode == 0, done.stderr
    said, _, graded = done.stderr.partition("grading:")
    assert "2 students, Bo … Müller" in said
    assert "in the list, but handed in nothing: Cy Oh" in said
    assert graded
    rows = csv.DictReader(io.StringIO((tmp_path / "out" / "grades.csv").read_text(encoding="utf-8")))
    assert [(row["student"], row["name"], row["status"]) for row in rows] == [
        ("Bo", "Bo Ek", "blank"), ("Cy Oh", "", "missing"), ("Müller", "Zoë Müller", "blank"),
    ]  # fmt: skip


def test_one_name_of_thousands_of_digits_costs_itself(tmp_path: Path, make: Make) -> None:
    digits = "9" * (5_000 if make is zipped else 200)
    entries = {f"bo_1_{digits}_{NB}"[:60_000]: FULL, f"cy_2_7_{NB}": FULL, f"cy_2_8_{digits[:100]}_{NB}": HALF}
    found = look(make(tmp_path / "class", entries), LAB)
    assert len(found.students) == 2
    assert KNOWN[found.students[-1].submission().content] == "half"
    numbered = {f"bo/{digits[:200]}/{NB}": FULL, f"bo/lab02-{digits[:200]}.ipynb": FULL, f"cy/{NB}": FULL}
    assert len(look(make(tmp_path / "other", numbered), LAB).students) == 2


@pytest.mark.parametrize("name", ["1-1 - a- " + "1234 " * 12_000 + "-", "a_1_2_" + "x" * 60_000])
def test_no_pattern_is_tried_on_a_name_that_no_platform_writes(name: str) -> None:
    """The first would take Brightspace's pattern minutes."""
    assert owner_of(name) is None
