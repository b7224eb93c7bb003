"""Pages from templates: they have no scripts, load nothing, and escape everything that a student wrote."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from course.build import WrittenQuestion
from course.checks import HEADINGS, code_spans, heading, paragraphs
from course.grading.marks import changed
from course.grading.results import MISSING, ClassResults, Graded, verdict_of
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
    """Fill in a template; lone surrogates, which no file can hold, are replaced."""
    page = templates().get_template(template).render(**values)
    return page.encode("utf-8", "replace").decode("utf-8")


def feedback_page(results: ClassResults, student: str, result: dict[str, Any]) -> str:
    """Write one student's page."""
    by_hand = [(q, results.mark(student, q), result["written"].get(q.name)) for q in results.questions]
    rows = [_exercise(row) for row in result["exercises"]]
    return render(
        "feedback.html",
        lab=results.lab,
        title=results.title,
        student=results.names.get(student, student),
        result=result,
        rows=rows,
        next_step=_next_step(rows),
        stopped=result.get("stopped", []),
        by_hand=by_hand,
        total=results.total(student, result) if results.book.begun else None,
        max_total=results.max_total,
    )


def _exercise(row: dict[str, Any]) -> dict[str, Any]:
    """Return what the student's page shows about one exercise."""
    verdict = replace(verdict_of(row["verdict"]), points=row["points"])
    sign, words = HEADINGS[verdict.outcome]
    return {
        "by_hand": row.get("by_hand"),
        "name": verdict.exercise,
        "sign": sign,
        "words": words,
        "outcome": verdict.outcome.replace(" ", "-"),
        "points": row["points"],
        "lost": row["max_points"] - row["points"],
        "max_points": verdict.max_points,
        "first": verdict.first,
        "heading": heading(verdict),
        "paragraphs": paragraphs(verdict),
        "answer": row["answer"],
    }


def _next_step(rows: list[dict[str, Any]]) -> dict[str, str] | None:
    """Choose where to begin: the first exercise that does not pass and uses no other failing answer."""
    open_ones = [row for row in rows if row["outcome"] != "pass" and row["lost"]]
    return next((row for row in open_ones if not row["first"]), open_ones[0] if open_ones else None)


def written_page(results: ClassResults, graded: Callable[[], Iterable[Graded]]) -> Iterator[str]:
    """Write the page to read beside marks.csv, piece by piece: every written answer, one student after the other.

    Parameters
    ----------
    results : ClassResults
    graded : callable
        Yields the full results, with the pictures, one after the other.
    """
    stale = changed(results.written, results.book)

    def answers(question: WrittenQuestion) -> Iterator[dict[str, Any]]:
        for student, result in graded():
            if text := result["written"].get(question.name):
                yield {
                    "student": results.called(student),
                    "page": quote(results.pages[student]),
                    "text": text,
                    "mark": results.mark(student, question),
                    "changed": (student, question.name) in stale,
                    "pictures": result.get("pictures", {}).get(question.name, []),
                }

    def silent(question: WrittenQuestion) -> list[str]:
        return [
            results.called(student)
            for student, result in results.graded
            if result["status"] not in (MISSING, "unreadable") and not result["written"].get(question.name)
        ]

    page = templates().get_template("written.html")
    for piece in page.generate(
        lab=results.lab, title=results.title, questions=results.questions, answers=answers, silent=silent
    ):
        yield piece.encode("utf-8", "replace").decode("utf-8")
