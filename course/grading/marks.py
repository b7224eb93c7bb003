"""What an instructor decides: marks for written answers (marks.csv), and points of any exercise (overrides.csv)."""

import csv
import hashlib
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from course.build import WrittenQuestion
from course.checks import write_atomically
from course.grading.table import BOM, neutral, read_table

#: student → question → a mark
Marks = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class MarkBook:
    """The contents of marks.csv: the marks, and the digest of the text that each mark was given for."""

    marks: dict[str, dict[str, float]] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def begun(self) -> bool:
        """Tell whether there is a mark yet: with the first one, the written answers begin to count."""
        return any(self.marks.values())


@dataclass(frozen=True)
class Override:
    """Points that an instructor gives for an exercise, instead of the grader's; the student reads the comment."""

    points: float
    comment: str


#: student → exercise → points by hand
Overrides = Mapping[str, Mapping[str, Override]]
OVERRIDES = ("student", "exercise", "points", "comment")


def digest(text: str) -> str:
    """Return a digest of a text, in a form that no spreadsheet reads as a number."""
    return "t" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8] if text else ""


def read_marks(path: Path, questions: Sequence[WrittenQuestion], students: Sequence[str]) -> MarkBook:
    """Read the marks that the instructor filled in.

    Parameters
    ----------
    path : Path
        ``marks.csv``; it need not exist.
    questions : sequence of WrittenQuestion
    students : sequence of str
        The class, by the keys in grades.csv.

    Returns
    -------
    MarkBook

    Raises
    ------
    ValueError
        If a mark is not a number, too large, or for somebody who handed in nothing; the message names the row.
    """
    book = MarkBook()
    if not path.is_file():
        return book
    for number, row in read_table(path, ["student", *(q.name for q in questions)]):
        student = row["student"]
        given = {
            q.name: _number(path, number, student, q.name, q.points, row[q.name]) for q in questions if row[q.name]
        }
        if given and student not in students:
            raise ValueError(
                f"{path}, row {number}: no student who handed in is called {student!r}: correct the name, delete the "
                "mark, or grade the whole class at once"
            )
        if given and student in book.marks:
            raise ValueError(f"{path}, row {number}: {student!r} has two rows; leave one")
        if given:
            book.marks[student] = given
            book.texts[student] = {q.name: row.get(f"{q.name} text", "") for q in questions}
    return book


def read_overrides(path: Path, exercises: Mapping[str, int], students: Sequence[str]) -> Overrides:
    """Read the points that an instructor gives instead of the grader's; write an empty list if there is none.

    Parameters
    ----------
    path : Path
        ``overrides.csv``, with the columns student, exercise, points and comment.
    exercises : mapping of str to int
        Exercise → the most points it can earn.
    students : sequence of str
        The class, by the keys in grades.csv.

    Returns
    -------
    mapping
        student → exercise → `Override`.

    Raises
    ------
    ValueError
        If a name is unknown, the points are not a number or too many, a comment is missing, or there are two rows; the
        message names the row.
    """
    found: dict[str, dict[str, Override]] = {}
    if not path.is_file():
        return found
    for number, row in read_table(path, OVERRIDES):
        student, exercise, where = row["student"], row["exercise"], f"{path}, row {number}"
        if student not in students:
            raise ValueError(
                f"{where}: no student who handed in is called {student!r}: correct the name, or remove the row"
            )
        if exercise not in exercises:
            raise ValueError(f"{where}: expected an exercise ({', '.join(exercises)}), got {exercise!r}")
        if not row["comment"]:
            raise ValueError(f"{where}: expected a comment on the points of {student!r}: the student reads it")
        if exercise in found.get(student, {}):
            raise ValueError(f"{where}: {exercise!r} of {student!r} has two rows; leave one")
        points = _number(path, number, student, "points", exercises[exercise], row["points"])
        found.setdefault(student, {})[exercise] = Override(points, row["comment"])
    return found


def overrides_csv(rows: Iterable[Sequence[object]]) -> str:
    """Write rows in the form of ``overrides.csv``."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([neutral(cell) for cell in row] for row in rows)
    return text.getvalue()


def _number(path: Path, number: int, student: str, column: str, most: int, text: str) -> float:
    try:
        mark = float(text.replace(",", "."))
    except ValueError:
        mark = math.nan
    if not 0 <= mark <= most:
        raise ValueError(
            f"{path}, row {number}: expected for {student!r} a mark from 0 to {most} in the column {column!r}, got "
            f"{text!r}"
        )
    return mark


def write_marks(
    path: Path, questions: Sequence[WrittenQuestion], written: Mapping[str, Mapping[str, str]], book: MarkBook
) -> None:
    """Write marks.csv with a row for every student; given marks stay, with the digest of the text they were given for.

    Parameters
    ----------
    path : Path
    questions : sequence of WrittenQuestion
    written : mapping
        student → question → the written answer.
    book : MarkBook
        The file's previous contents.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["student", *(column for q in questions for column in (q.name, f"{q.name} text"))])
    for student, texts in written.items():
        row = [student]
        for q in questions:
            mark = book.marks.get(student, {}).get(q.name)
            marked = book.texts.get(student, {}).get(q.name) if mark is not None else ""
            row += ["" if mark is None else f"{mark:g}", marked or digest(texts.get(q.name, ""))]
        writer.writerow([neutral(value) for value in row])
    if not path.is_file() or path.read_text(encoding="utf-8-sig") != text.getvalue():
        write_atomically(path, BOM + text.getvalue())


def changed(written: Mapping[str, Mapping[str, str]], book: MarkBook) -> list[tuple[str, str]]:
    """List (student, question) if the text has changed since the mark was given."""
    return [
        (student, question)
        for student, marks in book.marks.items()
        for question in marks
        if book.texts[student][question] not in ("", digest(written.get(student, {}).get(question, "")))
    ]
