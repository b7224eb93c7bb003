"""A gradebook for import into Canvas: its columns and its row of points. It never removes a grade.

The columns are those of Canvas's export and import (canvas-lms, lib/gradebook_exporter.rb and gradebook_importer.rb).
Canvas finds a student by ID, else by SIS ID, else by login, else by name.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from course.grading.results import ClassResults
from course.grading.table import neutral, original, read_rows

ABOUT = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_OTHERS = ("LastName", "FirstName", "Integration ID", "Root Account")


@dataclass(frozen=True)
class Gradebook:
    """An exported gradebook: the columns about students, one row per student, and the assignment's column."""

    columns: list[str]
    students: list[dict[str, str]]
    assignment: str


def read_gradebook(path: Path, lab: str, assignment: str = "") -> Gradebook:
    """Read a gradebook that Canvas exported.

    Parameters
    ----------
    path : Path
    lab : str
        Two digits. Without `assignment`, the only column that names this lab is used.
    assignment : str
        The assignment's title, with or without the number that Canvas adds.

    Returns
    -------
    Gradebook

    Raises
    ------
    ValueError
        If it is not an exported gradebook, or if not exactly one column fits.
    """
    rows = read_rows(path)
    header = [cell.strip() for cell in next(rows, [])]
    about = [name for name in header if name in (*ABOUT, *_OTHERS)]
    if "ID" not in about or "Section" not in about:
        raise ValueError(f"{path} is not a gradebook from Canvas: expected {', '.join(ABOUT)}, got {header[:6]}")
    titles = [name for name in header if name not in about]
    students = [dict(zip(header, row, strict=False)) for row in rows]
    students = [{name: row.get(name, "") for name in about} for row in students if row.get("ID", "").strip()]
    return Gradebook(about, students, _choose(path, titles, lab, assignment))


def _choose(path: Path, titles: Sequence[str], lab: str, wanted: str) -> str:
    if wanted:
        found = [title for title in titles if wanted in (title, re.sub(r" \(\d+\)$", "", title))]
    else:
        found = [title for title in titles if re.search(rf"\blab[\s_-]*0*{int(lab)}\b", title, re.IGNORECASE)]
    if len(found) != 1:
        what = "no column" if not found else f"{len(found)} columns"
        known = ", ".join(repr(title) for title in titles[:20])
        raise ValueError(
            f"{path} has {what} for {wanted or 'lab ' + lab!r}: add --canvas-assignment; there are {known}"
        )
    return found[0]


def canvas_csv(results: ClassResults, gradebook: Gradebook | None, assignment: str = "") -> tuple[str, list[str]]:
    """Write the gradebook to import.

    Parameters
    ----------
    results : ClassResults
    gradebook : Gradebook, optional
        Without it, the students' numbers come from Canvas's file names.
    assignment : str
        The title to use without a gradebook; the lab's by default.

    Returns
    -------
    str, list of str
        The file, and the students with a score who are not in the gradebook. A student without a score gets no row,
        because an empty cell would delete the grade in Canvas.
    """
    columns = gradebook.columns if gradebook else list(ABOUT)
    title = gradebook.assignment if gradebook else assignment or results.title
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([neutral(cell) for cell in (*columns, title)])
    writer.writerow(["    Points Possible", *[""] * (len(columns) - 1), results.max_total])
    strangers = []
    for student, result in results.graded:
        total = results.total(student, result)
        if total is None:
            continue
        row = _row_of(student, results, gradebook)
        if row is None:
            strangers.append(student)
        else:
            writer.writerow([*(neutral(row[name]) for name in columns), f"{total:g}"])
    return text.getvalue(), strangers


def _row_of(student: str, results: ClassResults, gradebook: Gradebook | None) -> dict[str, str] | None:
    """Return Canvas's row for a student; None unless exactly one row fits."""
    owner = results.owners.get(student)
    canvas_id = owner.canvas_id if owner else ""
    if gradebook is None:
        name = owner.student if owner and canvas_id else student
        login = "" if canvas_id else student
        return {"Student": name, "ID": canvas_id, "SIS User ID": "", "SIS Login ID": login, "Section": ""}
    if canvas_id:
        found = [row for row in gradebook.students if row["ID"].strip() == canvas_id]
    else:
        names = {student.casefold(), results.names.get(student, student).casefold()}
        found = [row for row in gradebook.students if names & _called(row)]
    return found[0] if len(found) == 1 else None


def _called(row: dict[str, str]) -> set[str]:
    """List the possible names of a student in the gradebook."""
    name = original(row.get("Student", "")) or f"{row.get('LastName', '')}, {row.get('FirstName', '')}"
    last, _, first = (part.strip() for part in name.partition(","))
    names = [row.get(column, "") for column in ("ID", "SIS User ID", "SIS Login ID")]
    return {one.strip().casefold() for one in (*names, name, f"{first} {last}") if one.strip()}
