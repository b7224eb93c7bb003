"""A lab as a text to read, on paper or as a page: its open questions, and their explanations at the end.

In a notebook, a question is explained once it is answered. The reader of a page cannot answer, so the page has an
appendix, with a link from each question to its explanation and a link back. No notebook is changed.
"""

import re
from collections.abc import Iterator
from typing import Any

from course.checks.messages import code_spans
from course.checks.record import LabRecord, QuestionRecord

WIDGET = "application/vnd.jupyter.widget-view+json"
_PREDICTS = re.compile(r'\blab\.predict\("(\w+)"')
_RECALLS = re.compile(r"\blab\.recall\(")


def with_appendix(notebook: dict[str, Any], record: LabRecord) -> dict[str, Any]:
    """Add to a lab's notebook the text and links of its open questions, and an appendix with their explanations.

    An answered question stays as it is: its explanation is already below it.

    Parameters
    ----------
    notebook : dict
        A notebook in format 4.5, run or not. It is not changed.
    record : LabRecord
        The record of the same lab.

    Returns
    -------
    dict
        The notebook to be shown; the same object if no question is open.
    """
    cells: list[dict[str, Any]] = []
    explained: list[str] = []
    for cell in notebook["cells"]:
        cells.append(cell)
        for question in _asked(cell, record):
            if not _is_answered(cell, question):
                number = len(explained) + 1
                cells.append(_text(f"question-{number}", _pointer(number, question, bool(_shown(cell, question)))))
                explained.append(_explanation(number, question))
    if not explained:
        return notebook
    cells.append(
        _text("appendix", "## Appendix: what happens, and why\n\nEach question that is open, and its explanation.")
    )
    cells += [_text(f"answer-{number}", text) for number, text in enumerate(explained, 1)]
    return {**notebook, "cells": cells}


def _text(name: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}


def _asked(cell: dict[str, Any], record: LabRecord) -> Iterator[QuestionRecord]:
    """List the questions that a cell asks."""
    if cell["cell_type"] == "code":
        source = "".join(cell["source"])
        yield from (record.predictions[name] for name in _PREDICTS.findall(source) if name in record.predictions)
        if _RECALLS.search(source):
            yield from record.recall


def _shown(cell: dict[str, Any], question: QuestionRecord) -> list[dict[str, Any]]:
    """List the data of a cell's outputs that show the question."""
    shown = [output.get("data", {}) for output in cell.get("outputs", ())]
    return [data for data in shown if question.question in "".join(data.get("text/plain", ""))]


def _is_answered(cell: dict[str, Any], question: QuestionRecord) -> bool:
    """Tell whether the explanation is shown: a prediction's as Markdown, a recall question's in its own output."""
    if question.correct is None:
        return any("".join(output.get("data", {}).get("text/markdown", "")) for output in cell.get("outputs", ()))
    return any(WIDGET not in data for data in _shown(cell, question))


def _pointer(number: int, question: QuestionRecord, shown: bool) -> str:
    """Write the question, unless it is already shown, and a link to its explanation."""
    asked = "" if shown else "".join(f"<div>{words}</div>" for words in _words(number, question))
    return f'<div id="question-{number}">{asked}<a href="#answer-{number}">Explanation {number} is at the end</a></div>'


def _words(number: int, question: QuestionRecord) -> Iterator[str]:
    yield f"<b>Question {number}.</b> {code_spans(question.question)}"
    yield from (f"○ {code_spans(option)}" for option in question.options)


def _explanation(number: int, question: QuestionRecord) -> str:
    title = f'<p id="answer-{number}"><b>{number}. {code_spans(question.question)}</b></p>'
    back = f'<p><a href="#question-{number}">Back to question {number}</a></p>'
    if question.correct is None:
        return f"{title}\n\n{question.why}\n\n{back}"
    source = f" (lab {question.lab})" if question.lab else ""
    right = code_spans(f"{question.options[question.correct]}: {question.why}{source}")
    return f"{title}\n\n<p>{right}</p>\n\n{back}"
