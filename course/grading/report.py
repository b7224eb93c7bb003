"""Write what people read: grades.csv, results.jsonl and a feedback page for each student, all from stored results."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from course.checks import HEADINGS, Example, PartVerdict, Verdict, code_spans, heading, paragraphs, write_atomically

Graded = tuple[str, dict[str, Any]]


def write_reports(folder: Path, lab: str, title: str, graded: Sequence[Graded]) -> None:
    """Write all reports of a run; the same results give the same bytes.

    Parameters
    ----------
    folder : Path
        The output folder.
    lab, title : str
        Two digits, and the lab's title.
    graded : sequence of (str, dict)
        Student and result, as `course.grading.grade.grade` gives it.
    """
    write_atomically(folder / "grades.csv", grades_csv(lab, graded))
    write_atomically(folder / "results.jsonl", results_jsonl(graded))
    for student, result in graded:
        write_atomically(folder / "feedback" / f"{page_name(student)}.html", feedback_page(lab, title, student, result))


def grades_csv(lab: str, graded: Sequence[Graded]) -> str:
    """Write one row a student: student, lab, score, max_score, status, then the points of each exercise."""
    exercises = [row["exercise"] for row in graded[0][1]["exercises"]] if graded else []
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["student", "lab", "score", "max_score", "status", *exercises])
    for student, result in graded:
        points = [row["points"] for row in result["exercises"]]
        unread = result["status"] in ("unreadable", "grader error")
        score = "" if unread else result["score"]
        row = [student, lab, score, result["max_score"], result["status"], *([""] * len(points) if unread else points)]
        writer.writerow([neutral(value) for value in row])
    return text.getvalue()


def neutral(value: Any) -> Any:
    """Keep a spreadsheet from taking a text for a formula."""
    return "'" + value if isinstance(value, str) and value[:1] in tuple("=+-@\t\r\n") else value


def results_jsonl(graded: Sequence[Graded]) -> str:
    """Write one line for each student and exercise."""
    fields = ("exercise", "outcome", "points", "max_points", "misconception", "diagnosis", "message", "seconds")
    lines = [
        json.dumps({"student": student, **{name: row[name] for name in fields}}, ensure_ascii=False)
        for student, result in graded
        for row in result["exercises"]
    ]
    return "".join(line + "\n" for line in lines)


def page_name(student: str) -> str:
    """Make a file name of a student's name; one that had to be changed gets a mark of its own."""
    safe = re.sub(r"[^\w.@ -]", "_", student).strip(". ")[:80]
    if safe == student:
        return safe
    return f"{safe or 'student'}-{hashlib.sha256(student.encode('utf-8', 'surrogateescape')).hexdigest()[:6]}"


def feedback_page(lab: str, title: str, student: str, result: dict[str, Any]) -> str:
    """Write one student's page: no scripts, nothing loaded, everything that a student wrote escaped."""
    rows = []
    for row in result["exercises"]:
        verdict = _verdict(row["verdict"])
        sign, words = HEADINGS[verdict.outcome]
        rows.append(
            {
                "name": verdict.exercise,
                "sign": sign,
                "words": words,
                "outcome": verdict.outcome.replace(" ", "-"),
                "points": verdict.points,
                "max_points": verdict.max_points,
                "heading": heading(verdict),
                "paragraphs": paragraphs(verdict),
                "answer": row["answer"],
            }
        )
    environment = Environment(
        loader=PackageLoader("course.grading"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["spans"] = lambda text: Markup(code_spans(text))  # escapes, then sets `code` and *stress*
    page = environment.get_template("feedback.html").render(
        lab=lab, title=title, student=student, result=result, rows=rows
    )
    return page.encode("utf-8", "replace").decode("utf-8")


def _verdict(data: dict[str, Any]) -> Verdict:
    """Rebuild a verdict from stored data."""
    parts = tuple(PartVerdict(**part) for part in data["parts"])
    return Verdict(
        **{
            **data,
            "parts": parts,
            "first": tuple(data["first"]),
            "example": Example(**data["example"]) if data["example"] else None,
        }
    )
