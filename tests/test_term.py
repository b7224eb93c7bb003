"""An instructor's term: 150 students, three labs from three platforms, marks, points by hand, and everything back.

A generator makes what students hand in, and says of each what every table must hold.
"""

import csv
import io
import json
import random
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import pytest

from course.grading.grade_class import Summary, grade_class
from tests.gates import ROOT, checks_of, read_notebook
from tests.submissions import answer_cell
from tests.test_grading import SANDBOX

pytestmark = pytest.mark.sandbox
STUDENTS = 150
#: lab → (the platform it is handed in on, an exercise that no other uses, its name in the list)
LABS = {"01": ("Canvas", "squared_error"), "02": ("Moodle", "train_neuron"), "03": ("nbgrader", "rmse")}
FIRST = [
    "Ada",
    "Björn",
    "Chloé",
    "Đorđe",
    "Eve",
    "Fatma",
    "Grace",
    "Håkon",
    "Inês",
    "João",
    "Kai",
    "Łucja",
    "Mehmet",
    "Nia",
    "Zoë",
]
LAST = ["Ångström", "Bell", "Curie", "D'Arcy", "Euler", "Franklin", "Gauß", "Hopper", "Ito", "Noether"]
FATES = (
    "right",
    "unanswered",
    "wrong",
    "blank",
    "missing",
    "late",
    "renamed",
    "doubled",
    "copied",
    "broken",
    "no notebook",
)


@dataclass
class Student:
    """Somebody, and what happens to their work in each lab."""

    number: int
    first: str
    last: str
    fates: dict[str, str]
    key: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def login(self) -> str:
        return f"s{self.number:03}"

    def participant(self) -> int:
        """Number the student anew, as Moodle does for each assignment."""
        return 90_000 + (self.number * 37) % 1_000


def make_students() -> list[Student]:
    """Draw names and fates; two students are called the same."""
    rng = random.Random(7)
    names = [(first, last) for first in FIRST for last in LAST]
    rng.shuffle(names)
    names[1] = names[0]
    fates = {lab: [FATES[i] if i < len(FATES) else rng.choice(FATES) for i in range(STUDENTS)] for lab in LABS}
    for one in fates.values():
        rng.shuffle(one)
        one[0], one[1] = "right", "wrong"
    return [Student(i, *names[i], {lab: fates[lab][i] for lab in LABS}) for i in range(STUDENTS)]


def contents(lab: str) -> dict[str, bytes]:
    """Make the few notebooks that a class has between them."""
    solved, blank = read_notebook("solutions", lab), read_notebook("labs", lab)
    name = LABS[lab][1]
    found = {"right": solved, "blank": blank}
    for kind in ("unanswered", "wrong"):
        found[kind] = json.loads(json.dumps(solved))
        stub = answer_cell(blank, name)["source"]
        answer_cell(found[kind], name)["source"] = stub if kind == "unanswered" else f"def {name}(*given): return 0.123"
    return {kind: json.dumps(notebook).encode() for kind, notebook in found.items()} | {
        "broken": b'{"cells": [',
        "no notebook": b"%PDF",
    }


def files_of(student: Student, lab: str, made: dict[str, bytes]) -> list[tuple[str, bytes, int]]:
    """List what a student hands in: own file name, content, and the attempt's number."""
    stem, fate = next((ROOT / "labs").glob(f"lab{lab}_*.ipynb")).stem, student.fates[lab]
    if fate == "missing":
        return []
    if fate == "renamed":
        return [("my work (final).ipynb.txt", made["right"], 1)]
    if fate == "doubled":
        return [(f"{stem}.ipynb", made["wrong"], 1), (f"{stem}-2.ipynb", made["right"], 2)]
    if fate == "copied":  # the same attempt, as far as anybody can tell
        return [(f"{stem}.ipynb", made["right"], 1), (f"{stem}-Copy1.ipynb", made["blank"], 1)]
    if fate == "no notebook":
        return [("work.pdf", made[fate], 1)]
    return [(f"{stem}.ipynb", made["right" if fate == "late" else fate], 1)]


def handed_in(students: list[Student], lab: str) -> Iterator[tuple[str, bytes]]:
    """Name the files as the lab's platform does, and note the key that each student's row must have."""
    made, platform = contents(lab), LABS[lab][0]
    for student in students:
        namesake = student.number < 2
        squeezed = re.sub(r"\W", "", f"{student.last}{student.first}").lower()
        student.key[lab] = {
            "Canvas": f"{squeezed}_{4000 + student.number}" if namesake else squeezed,
            "Moodle": f"{student.name}_{student.participant()}" if namesake else student.name,
            "nbgrader": student.login,
        }[platform]
        for own, content, attempt in files_of(student, lab, made):
            if platform == "Canvas":
                late = "LATE_" if student.fates[lab] == "late" else ""
                copied = student.fates[lab] == "copied"
                number = 900_000 + 10 * student.number + (0 if copied else attempt)
                yield f"{squeezed}_{late}{4000 + student.number}_{number}_{own}", content
            elif platform == "Moodle":
                yield f"{student.name}_{student.participant()}_assignsubmission_file/{own}", content
            else:
                yield f"submitted/{student.login}/lab{lab}/{own}", content


def lists(students: list[Student]) -> dict[str, str]:
    """Write the list of the class as each platform exports it."""
    canvas, moodle, plain = io.StringIO(), io.StringIO(), io.StringIO()
    write = csv.writer(canvas).writerow
    write(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lab 01: Start (5)", "Current Score"])
    write(["    Points Possible", "", "", "", "", "16", "(read only)"])
    for s in students:
        write([f"{s.last}, {s.first}", 4000 + s.number, s.login, f"{s.login}@uni", "A", "", ""])
    write(["Student, Test", 9999, "", "x", "A", "", ""])
    write = csv.writer(moodle).writerow
    write(["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade", "Last modified (grade)"])
    for s in students:
        write([f"Participant {s.participant()}", s.name, f"{s.login}@uni", "Submitted", "", "100.00", "-"])
    write = csv.writer(plain, delimiter=";").writerow
    write(["Nachname", "Vorname", "Anmeldename"])
    for s in students:
        write([s.last, s.first, s.login])
    return {"Canvas": canvas.getvalue(), "Moodle": moodle.getvalue(), "nbgrader": plain.getvalue()}


def points_of(lab: str) -> dict[str, int]:
    return {exercise.name: sum(part.points for part in exercise.parts) for exercise in checks_of(lab).exercises}


def expected_points(fate: str, lab: str) -> dict[str, int] | None:
    """Say what each exercise earns; None where there is no score."""
    most, broken = points_of(lab), LABS[lab][1]
    if fate in ("missing", "broken", "no notebook"):
        return None
    if fate == "blank":
        return dict.fromkeys(most, 0)
    return most | ({broken: 0} if fate in ("unanswered", "wrong") else {})


def read(path: Path, key: str, text: str = "") -> dict[str, dict[str, str]]:
    rows = list(csv.DictReader(io.StringIO(text or path.read_text(encoding="utf-8-sig"))))
    assert len({row[key] for row in rows}) == len(rows)
    return {row[key]: row for row in rows}


@dataclass
class Term:
    """The class, and of each lab the folder with the results, the number of lines said, and the summaries."""

    students: list[Student]
    out: dict[str, Path]
    said: dict[str, list[str]]
    first: dict[str, Summary]
    second: dict[str, Summary]
    mark: dict[str, dict[str, float]]
    changed: dict[str, dict[str, tuple[str, float]]]


def run(folder: Path, lab: str, said: list[str], *regrade: str) -> Summary:
    return grade_class(
        folder / f"lab{lab}.zip", lab, folder / f"graded{lab}", ROOT, SANDBOX, regrade=regrade,
        roster=folder / f"{LABS[lab][0]}.csv", say=said.append,
    )  # fmt: skip


@pytest.fixture(scope="module")
def term(tmp_path_factory: pytest.TempPathFactory) -> Term:
    """Grade each lab, fill marks and overrides in, and grade one exercise and one student again."""
    folder = tmp_path_factory.mktemp("term")
    students = make_students()
    for platform, text in lists(students).items():
        (folder / f"{platform}.csv").write_text(text, encoding="utf-8-sig")
    term = Term(students, {}, {}, {}, {}, {}, {})
    for lab, (_, exercise) in LABS.items():
        with zipfile.ZipFile(folder / f"lab{lab}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in handed_in(students, lab):
                archive.writestr(name, content)
        term.out[lab], term.said[lab] = folder / f"graded{lab}", []
        term.first[lab] = run(folder, lab, term.said[lab])
        scored = [s for s in students if expected_points(s.fates[lab], lab)]
        term.mark[lab] = {s.key[lab]: (s.number % 5) / 2 for s in scored}
        some = [*scored[:3], next(s for s in students if s.fates[lab] == "no notebook")]
        term.changed[lab] = {s.key[lab]: (exercise, 0.5) for s in some}
        fill_in(term, lab)
        term.second[lab] = run(folder, lab, [], f"exercise={exercise}")
    return term


def fill_in(term: Term, lab: str) -> None:
    """Write marks and overrides as a spreadsheet does."""
    out = term.out[lab]
    rows = list(csv.reader(io.StringIO((out / "marks.csv").read_text(encoding="utf-8-sig"))))
    for row in rows[1:]:
        row[1] = str(term.mark[lab].get(row[0], "")).replace(".", ",")
    with (out / "marks.csv").open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    assert (out / "overrides.csv").read_text(encoding="utf-8-sig") == "student,exercise,points,comment\n"
    with (out / "overrides.csv").open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=";").writerows(
            [["student", "exercise", "points", "comment"]]
            + [[student, exercise, "0,5", "half right, see me"] for student, (exercise, _) in term.changed[lab].items()]
        )


@pytest.fixture(params=LABS)
def lab(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def score_of(term: Term, student: Student, lab: str) -> dict[str, float] | None:
    """Say what each exercise earns in the end."""
    points: dict[str, float] | None = expected_points(student.fates[lab], lab)  # type: ignore[assignment]
    if student.key[lab] in term.changed[lab]:
        exercise, given = term.changed[lab][student.key[lab]]
        points = (points or dict.fromkeys(points_of(lab), 0)) | {exercise: given}
    return points


def total_of(term: Term, student: Student, lab: str) -> float | None:
    points = score_of(term, student, lab)
    mark = term.mark[lab].get(student.key[lab])
    return None if points is None or mark is None else sum(points.values()) + mark


def test_who_handed_in_was_said_before(term: Term, lab: str) -> None:
    there = sorted(s.key[lab] for s in term.students if s.fates[lab] != "missing")
    assert term.said[lab][0] == f"{len(there)} students, {there[0]} … {there[-1]}"
    missing = [line for line in term.said[lab] if line.startswith("in the list, but handed in nothing: ")]
    assert len(missing) == 1
    assert not any("not in the list" in line for line in term.said[lab])
    copied = [line for line in term.said[lab] if "the answered one counts" in line]
    assert len(copied) == sum(s.fates[lab] == "copied" for s in term.students)
    assert any("doubled" in s.fates[lab] for s in term.students)


def test_every_row_of_the_grades(term: Term, lab: str) -> None:
    rows = read(term.out[lab] / "grades.csv", "student")
    assert len(rows) == STUDENTS
    question = (term.out[lab] / "marks.csv").read_text(encoding="utf-8-sig").split(",")[1]
    for s in term.students:
        fate = s.fates[lab]
        in_list = f"{s.last}, {s.first}" if lab == "01" else s.name
        row = rows[in_list if fate == "missing" else s.key[lab]]
        assert row["name"] == ("" if fate == "missing" else in_list)
        points, total = score_of(term, s, lab), total_of(term, s, lab)
        changed = s.key[lab] in term.changed[lab]
        status = {"missing": "missing", "broken": "unreadable", "no notebook": "unreadable", "blank": "blank"}.get(
            fate, "graded"
        )
        assert row["status"] == ("graded" if changed and status == "unreadable" else status), (s, row)
        assert row["score"] == ("" if points is None else f"{sum(points.values()):g}"), (s, row)
        assert {name: row[name] for name in points_of(lab)} == {
            name: "" if points is None else f"{points[name]:g}" for name in points_of(lab)
        }, (s, row)
        mark = term.mark[lab].get(s.key[lab])
        assert row[question] == ("" if mark is None else f"{mark:g}")
        assert row["total"] == ("" if total is None else f"{total:g}")
        assert ("half right, see me" in row["repairs"]) == changed
        assert ("handed in late" in row["repairs"]) == (fate == "late" and lab == "01")
        assert ("skipped an earlier attempt" in row["repairs"]) == (fate in ("doubled", "copied"))


def test_nothing_was_graded_twice_but_what_was_asked_for(term: Term, lab: str) -> None:
    there = sum(s.fates[lab] != "missing" for s in term.students)
    unread = sum(s.fates[lab] in ("broken", "no notebook") for s in term.students)
    assert term.first[lab].fresh == there
    assert term.second[lab].fresh == there
    assert term.second[lab].by_status["missing"] == STUDENTS - there
    assert term.second[lab].by_status["unreadable"] == unread - 1
    lines = [json.loads(line) for line in (term.out[lab] / "results.jsonl").read_text().splitlines()]
    assert len(lines) == there * len(points_of(lab))


def test_canvas_gets_every_score(term: Term) -> None:
    rows = list(csv.reader(io.StringIO((term.out["01"] / "canvas.csv").read_text())))
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lab 01: Start (5)"]
    got = {row[1]: row[-1] for row in rows[2:]}
    totals = {str(4000 + s.number): total_of(term, s, "01") for s in term.students}
    assert got == {number: f"{total:g}" for number, total in totals.items() if total is not None}


def test_moodle_gets_every_grade_and_keeps_its_rows(term: Term) -> None:
    rows = read(term.out["02"] / "moodle.csv", "Identifier")
    totals = {f"Participant {s.participant()}": total_of(term, s, "02") for s in term.students}
    assert {name: row["Grade"] for name, row in rows.items()} == {
        name: "" if total is None else f"{total:g}" for name, total in totals.items()
    }
    assert {row["Last modified (grade)"] for row in rows.values()} == {"-"}
    assert any("Moodle's maximum grade is 100.00" in note for note in term.second["02"].notes)


def taken_by_canvas(name: str) -> tuple[str, str] | None:
    """Find student and file as Canvas does (app/models/assignment.rb, infer_comment_context_from_filename)."""
    base = name.rpartition("/")[2]
    words = base.split("_")
    numbers = [word for word in words if re.fullmatch(r"\d+", word)]
    if len(numbers) < 2 or words[-1].startswith("link") or base.startswith("._"):
        return None
    return numbers[0], numbers[1]


def taken_by_moodle(path: str) -> tuple[int, str, str] | None:
    """Find participant, plugin and file as Moodle does (mod/assign/feedback/file/importziplib.php)."""
    parts = path.split("/")
    if parts[-1].startswith((".", "~")):
        return None
    while parts:
        info = parts.pop(0).split("_", 4)
        if len(info) >= 4 and re.fullmatch(r"\d+", info[1]) and (info[2], info[3]) == ("assignsubmission", "file"):
            return int(info[1]), f"{info[2]}_{info[3]}", "/".join([info[4] if len(info) > 4 else "", *parts]).strip("/")
    return None


def test_canvas_takes_every_page(term: Term) -> None:
    with zipfile.ZipFile(term.out["01"] / "feedback-canvas.zip") as archive:
        pages = {taken_by_canvas(name): archive.read(name).decode() for name in archive.namelist()}
        assert len(pages) == len(archive.namelist())
    handed = {(str(4000 + s.number), last_file(s)): s for s in term.students if s.fates["01"] != "missing"}
    assert set(pages) == set(handed)
    for place, student in handed.items():
        check_page(term, student, "01", pages[place])


def last_file(student: Student) -> str:
    attempt = {"doubled": 2, "copied": 0}.get(student.fates["01"], 1)
    return str(900_000 + 10 * student.number + attempt)


def test_moodle_takes_every_page(term: Term) -> None:
    with zipfile.ZipFile(term.out["02"] / "feedback-moodle.zip") as archive:
        pages = {taken_by_moodle(name): archive.read(name).decode() for name in archive.namelist()}
        assert len(pages) == len(archive.namelist())
    handed = {
        (s.participant(), "assignsubmission_file", "feedback.html"): s
        for s in term.students
        if s.fates["02"] != "missing"
    }
    assert set(pages) == set(handed)
    for place, student in handed.items():
        check_page(term, student, "02", pages[place])


def test_each_page_is_its_students_own(term: Term) -> None:
    folder = term.out["03"] / "feedback"
    there = {s.key["03"]: s for s in term.students if s.fates["03"] != "missing"}
    assert {path.stem for path in folder.iterdir()} == set(there)
    for key, student in there.items():
        check_page(term, student, "03", (folder / f"{key}.html").read_text(encoding="utf-8"))
    assert not list(term.out["03"].glob("*.zip"))
    assert not (term.out["03"] / "moodle.csv").exists()


def check_page(term: Term, student: Student, lab: str, page: str) -> None:
    """Check that a page is the student's, says the points, what was changed by hand, and what to do next."""
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))
    assert student.name in text or f"{student.last}, {student.first}" in text
    total, points = total_of(term, student, lab), score_of(term, student, lab)
    if total is not None:
        assert f"{total:g} of " in text
    elif points is not None:
        assert f"{sum(points.values()):g} of " in text
    else:
        assert "could not be read" in text
    assert ("half right, see me" in text) == (student.key[lab] in term.changed[lab])
    assert ("Next:" in text) == (points is not None)


def test_the_class_report_leads_to_the_students(term: Term, lab: str) -> None:
    page = (term.out[lab] / "class.html").read_text(encoding="utf-8")
    links = re.findall(r'href="feedback/([^"#]+)\.html#(\w+)"', page)
    fates = ("blank", "unanswered", "wrong", "no notebook")
    exercise = LABS[lab][1]
    not_right = {s.key[lab] for s in term.students if s.fates[lab] in fates and score_of(term, s, lab) is not None}
    assert len(links) == len(set(links))
    assert len([link for link in links if link[1] == exercise]) == len(not_right)
    assert all((term.out[lab] / "feedback" / f"{unquoted(name)}.html").is_file() for name, _ in links)
    text = unescape(re.sub(r"<[^>]+>", " ", page))
    assert text.count("the answered one counts") == sum(s.fates[lab] == "copied" for s in term.students)
    assert text.count("half right, see me") == len(term.changed[lab])
    missing = [s for s in term.students if s.fates[lab] == "missing"]
    assert f"submissions {STUDENTS - len(missing)}" in re.sub(r"\s+", " ", text)
    assert f"missing {len(missing)}" in re.sub(r"\s+", " ", text)


def unquoted(name: str) -> str:
    from urllib.parse import unquote

    return unquote(name)
