"""Write tables, a feedback page for each student and the class report, all from stored results."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from course.checks import GRADER_ERROR, write_atomically
from course.grading.class_page import class_page
from course.grading.marks import OVERRIDES, overrides_csv, write_marks
from course.grading.pages import feedback_page, written_page
from course.grading.results import NO_SCORE, ClassResults, Graded, changed_by_hand
from course.grading.table import BOM, neutral


def write_reports(folder: Path, results: ClassResults, graded: Callable[[], Iterable[Graded]]) -> None:
    """Write all reports of a run; the same results give the same bytes.

    Parameters
    ----------
    folder : Path
        The output folder.
    results : ClassResults
    graded : callable
        Yields the full results, one after the other.
    """
    write_atomically(folder / "grades.csv", grades_csv(results))
    write_atomically(folder / "results.jsonl", results_jsonl(graded()))
    write_atomically(folder / "class.html", class_page(results))
    if not (folder / "overrides.csv").exists():
        write_atomically(folder / "overrides.csv", BOM + overrides_csv([OVERRIDES]))
    if results.questions:
        write_marks(folder / "marks.csv", results.questions, results.written, results.book)
        write_atomically(folder / "written.html", written_page(results, graded))
    for student, result in graded():
        page = feedback_page(results, student, result)
        write_atomically(folder / "feedback" / f"{results.pages[student]}.html", page)


def grades_csv(results: ClassResults) -> str:
    """Write one row per student: points, marks by hand, the total, repairs, and what was changed by hand."""
    exercises = [row["exercise"] for row in results.graded[0][1]["exercises"]] if results.graded else []
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    by_hand = [question.name for question in results.questions]
    last = ["total", "max_total", "repairs"]
    name = ["name"] if results.names else []
    writer.writerow(["student", *name, "lab", "score", "max_score", "status", *exercises, *by_hand, *last])
    for student, result in results.graded:
        unread = result["status"] in NO_SCORE
        row: list[Any] = [student, *([results.names.get(student, "")] if name else []), results.lab]
        row += ["" if unread else f"{result['score']:g}", result["max_score"], result["status"]]
        row += ["" if unread else f"{line['points']:g}" for line in result["exercises"]]
        marks = [results.mark(student, question) for question in results.questions]
        numbers = ["" if number is None else f"{number:g}" for number in (*marks, results.total(student, result))]
        row += [*numbers, results.max_total, "; ".join([*changed_by_hand(result), *result["repairs"]])]
        writer.writerow([neutral(value) for value in row])
    return text.getvalue()


def results_jsonl(graded: Iterable[Graded]) -> Iterator[str]:
    """Yield one line for each student and exercise; if the grader failed, the points are null, not zero."""
    fields = ("exercise", "outcome", "points", "max_points", "misconception", "diagnosis", "message", "seconds")
    for student, result in graded:
        for row in result["exercises"]:
            line = {"student": student, **{name: row[name] for name in fields}}
            line |= {"points": None} if row["outcome"] == GRADER_ERROR and "by_hand" not in row else {}
            line |= {"by_hand": row["by_hand"]} if "by_hand" in row else {}
            yield json.dumps(line, ensure_ascii=False) + "\n"
