"""Make the student notebook and the solved notebook from a lab's source, the same bytes each time."""

import hashlib
import json
import math
import re
from collections import Counter
from pathlib import Path
from typing import Any

from course.build.declare import LabChecks
from course.build.faults import SourceFault
from course.build.source import Cell, LabSource, with_solution, with_stub
from course.checks.handed_in import MIME

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
WIDGET = "application/vnd.jupyter.widget-view+json"
_FIELD = re.compile(r"\{\{\s*(\w+)(?::(\w+))?\s*\}\}")
#: a comment for our formatter, which notebooks leave out
_TO_FORMATTER = re.compile(r"  # fmt: skip\b")


def student_notebook(source: LabSource, checks: LabChecks) -> dict[str, Any]:
    """Build the student notebook: stubs instead of solutions, and no outputs.

    Parameters
    ----------
    source : LabSource
    checks : LabChecks

    Returns
    -------
    dict
        A notebook in format 4.5.
    """
    return _notebook(source, checks, "student")


def solved_notebook(source: LabSource, checks: LabChecks) -> dict[str, Any]:
    """Build the notebook with the answers; it is not run here."""
    return _notebook(source, checks, "solved")


def to_text(notebook: dict[str, Any]) -> str:
    """Write a notebook as JSON text with sorted keys."""
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _notebook(source: LabSource, checks: LabChecks, kind: str) -> dict[str, Any]:
    points = {exercise.name: sum(part.points for part in exercise.parts) for exercise in checks.exercises}
    known = {
        "points": str(sum(points.values())),
        "exercises": str(len(points)),
        "minutes": str(minutes(source, checks)),
    }
    seen: Counter[str] = Counter()
    cells = []
    for cell in source.cells:
        if cell.afterwards:
            continue
        stubbed, answered = (
            _TO_FORMATTER.sub("", _fill_in(source.path, text, known, points))
            for text in (with_stub(cell), with_solution(cell))
        )
        text = answered if kind == "solved" else stubbed
        cells.append(_cell(source, cell, text, _cell_id(source, cell, stubbed, seen), points))
    return {
        "cells": cells,
        "metadata": {
            "course": {"kind": kind, "lab": source.lab},
            "kernelspec": KERNEL,
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cell(source: LabSource, cell: Cell, text: str, cell_id: str, points: dict[str, int]) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    name = cell.exercise or cell.check or cell.written
    if name:
        role = "exercise" if cell.exercise else "check" if cell.check else "written"
        metadata["course"] = {role: name}
        metadata["nbgrader"] = {
            "grade": bool(cell.check or cell.written),
            "grade_id": f"check-{name}" if cell.check else name,
            "locked": bool(cell.check),
            "schema_version": 3,
            "solution": bool(cell.exercise or cell.written),
            "task": False,
        }
        if cell.check:
            metadata["nbgrader"]["points"] = points[name]
            metadata |= {"deletable": False, "editable": False}
        elif cell.written:
            metadata["nbgrader"]["points"] = 0
    if cell.tags:
        metadata["tags"] = list(cell.tags)
    if cell.hidden:
        metadata["jupyter"] = {"source_hidden": True}
    result = {
        "cell_type": cell.kind,
        "id": cell_id,
        "metadata": metadata,
        "source": text.splitlines(keepends=True),
    }
    return result | {"execution_count": None, "outputs": []} if cell.kind == "code" else result


def _cell_id(source: LabSource, cell: Cell, text: str, seen: Counter[str]) -> str:
    """Return a stable id for a cell, from its exercise or else its content; edits elsewhere do not change it."""
    if cell.exercise or cell.written:
        return f"lab{source.lab}-{cell.exercise or cell.written}"
    if cell.check:
        return f"lab{source.lab}-check-{cell.check}"
    base = hashlib.sha256(text.encode()).hexdigest()[:10]
    seen[base] += 1
    return f"lab{source.lab}-{base}" + (f"-{seen[base]}" if seen[base] > 1 else "")


def minutes(source: LabSource, checks: LabChecks) -> int:
    """Estimate how long a lab takes, rounded up to five minutes.

    One minute for every 120 words, four for every coded exercise, two for every question: predictions, recall,
    constants, answers in words.
    """
    words = sum(len(with_stub(cell).split()) for cell in source.cells if cell.kind == "markdown")
    coded = sum(exercise.kind != "constant" for exercise in checks.exercises)
    questions = len(checks.predictions) + len(checks.recall) + len(checks.exercises) - coded + len(source.written)
    return 5 * math.ceil((words / 120 + 4 * coded + 2 * questions) / 5)


def _fill_in(path: Path, text: str, known: dict[str, str], points: dict[str, int]) -> str:
    """Fill in the fields from the checks: {{points}} of the lab, {{points:gradient}}, {{exercises}}, {{minutes}}."""

    def value(match: re.Match[str]) -> str:
        field, name = match.groups()
        if field == "points" and name in points:
            return f"{points[name]} point" + ("" if points[name] == 1 else "s")
        if field in known and name is None:
            return known[field]
        fields = ", ".join(f"{{{{{name}}}}}" for name in ("points", "points:NAME", "exercises", "minutes"))
        raise SourceFault(path, f"unknown field {match[0]}: known are {fields}")

    return _FIELD.sub(value, text)


def clean_outputs(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep the text of a cell's outputs: pictures and widgets are dropped, but their plain text stays.

    Pixels and positions in a drawing may differ between CPUs; the four digits of a text do not.

    Parameters
    ----------
    outputs : list of dict
        Outputs in notebook format 4.

    Returns
    -------
    list of dict
        New outputs with at most text/plain, text/html, text/markdown and a handed-in network; consecutive stream texts
        are joined.
    """
    cleaned: list[dict[str, Any]] = []
    for output in outputs:
        if output["output_type"] == "stream":
            last = cleaned[-1] if cleaned else {}
            if last.get("output_type") == "stream" and last["name"] == output["name"]:
                last["text"] += output["text"]
            else:
                cleaned.append({"output_type": "stream", "name": output["name"], "text": output["text"]})
        elif output["output_type"] in ("display_data", "execute_result"):
            kept = (
                ("text/plain", MIME) if _draws(output["data"]) else ("text/html", "text/markdown", "text/plain", MIME)
            )
            data = {mime: output["data"][mime] for mime in kept if mime in output["data"]}
            if data:
                cleaned.append({**output, "data": data, "metadata": {}})
        else:
            cleaned.append(dict(output))
    return cleaned


def _draws(data: dict[str, Any]) -> bool:
    """Tell whether an output's HTML shows a picture or replaces a widget."""
    return WIDGET in data or "data:image/" in data.get("text/html", "")
