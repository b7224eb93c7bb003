"""Pages from templates: no scripts, nothing loaded, everything that a student wrote escaped."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from course.checks import HEADINGS, code_spans, heading, paragraphs
from course.grading.marks import changed
from course.grading.results import ClassResults, verdict_of
from course.show import looks


@cache
def templates() -> Environment:
    """Make the templates' environment; an unknown name in a template is an error."""
    environment = Environment(
        loader=PackageLoader("course.grading"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["spans"] = lambda text: Markup(code_spans(text))  # escapes, then sets `code` and *stress*
    environment.globals["looks"] = looks
    environment.filters["number"] = lambda number: f"{number:g}"
    return environment


def render(template: str, **values: Any) -> str:
    """Fill in a template; half characters, which no file can hold, are replaced."""
    page = templates().get_template(template).render(**values)
    return page.encode("utf-8", "replace").decode("utf-8")


def feedback_page(results: ClassResults, student: str, result: dict[str, Any]) -> str:
    """Write one student's page."""
    by_hand = [
        {"name": q.name, "points": q.points, "mark": results.mark(student, q), "text": result["written"].get(q.name)}
        for q in results.questions
    ]
    return render(
        "feedback.html",
        lab=results.lab,
        title=results.title,
        student=student,
        result=result,
        rows=[_exercise(row) for row in result["exercises"]],
        by_hand=by_hand,
        total=results.total(student, result) if results.book.begun else None,
        max_total=results.max_total,
    )


def _exercise(row: dict[str, Any]) -> dict[str, Any]:
    """Give what the student's page shows of one exercise."""
    verdict = verdict_of(row["verdict"])
    sign, words = HEADINGS[verdict.outcome]
    return {
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


def written_page(results: ClassResults) -> str:
    """Write the page to read beside marks.csv: every written answer, one student after the other."""
    stale = changed(results.written, results.book)
    answers = {
        q.name: [
            (student, result["written"].get(q.name, ""), results.mark(student, q), (student, q.name) in stale)
            for student, result in results.graded
            if result["status"] != "unreadable"
        ]
        for q in results.questions
    }
    return render("written.html", lab=results.lab, title=results.title, questions=results.questions, answers=answers)
