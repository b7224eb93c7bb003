"""Moodle's offline grading worksheet, filled in.

mod/assign/feedback/offline/importgradeslib.php needs the columns Identifier, Grade and Last modified (grade). Of the
identifier it reads the number at the end. It does not read other columns.
"""

import csv
import io
import re

from course.grading.results import ClassResults
from course.grading.roster import Matched, Roster
from course.grading.table import neutral

HEADER = ("Identifier", "Full name", "Grade", "Maximum grade", "Last modified (grade)")
_GRADE = re.compile(r"grade|bewertung|note|calificación|valutazione|cijfer", re.IGNORECASE)
_MOST = re.compile(r"maximum grade|bestwertung|note maximale|calificación máxima", re.IGNORECASE)


def moodle_csv(results: ClassResults, roster: Roster | None, matched: Matched | None) -> tuple[str, str]:
    """Write the worksheet to import.

    Parameters
    ----------
    results : ClassResults
    roster : Roster, optional
        A worksheet that Moodle exported: its rows are kept, with the grades filled in.
    matched : Matched, optional
        Which student each row belongs to.

    Returns
    -------
    str, str
        The file, or "" if Moodle knows none of the students; and a note about it. A student without a total keeps the
        grade in the worksheet.
    """
    totals = {student: results.total(student, result) for student, result in results.graded}
    grade = _place(roster, _GRADE)
    if roster and matched and roster.platform == "Moodle" and grade is not None:
        most = _place(roster, _MOST)
        row_of = {id(member): student for student, member in (matched.known | matched.missing).items()}
        rows, limits = [], set()
        for member in roster.members:
            cells = [*member.row, *[""] * (len(roster.header) - len(member.row))]
            total = totals.get(row_of.get(id(member), ""))
            cells[grade] = cells[grade] if total is None else f"{total:g}"
            limits |= {cells[most]} if most is not None else set()
            rows.append(cells)
        numbers = [limit.replace(",", ".") for limit in limits if re.fullmatch(r"\d+([.,]\d+)?", limit)]
        other = [limit for limit in numbers if float(limit) != results.max_total]
        note = f"Moodle's maximum grade is {other[0]}, this lab's {results.max_total}: change it there" if other else ""
        return _table(roster.header, rows), note
    there = {student: owner for student, owner in results.owners.items() if owner.platform == "Moodle"}
    known = [(owner, total) for student, owner in there.items() if (total := totals.get(student)) is not None]
    made = [[f"Participant {o.number}", o.student, f"{total:g}", str(results.max_total), "-"] for o, total in known]
    return _table(HEADER, made) if made else "", ""


def _place(roster: Roster | None, form: re.Pattern[str]) -> int | None:
    found = [at for at, heading in enumerate(roster.header) if form.fullmatch(heading)] if roster else []
    return found[0] if found else None


def _table(header: tuple[str, ...], rows: list[list[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([cell if len(cell) < 2 else neutral(cell) for cell in row] for row in rows)
    return text.getvalue()
