"""A student's rehearsal: grade the saved notebook as the grader will, on the public cases, and say what differs."""

import hashlib
import json
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from course.checks import LabRecord, labels
from course.grading.collect import read_submission
from course.grading.grade import Material, grade
from course.grading.repair import Released
from course.grading.sandbox.choose import best
from course.grading.sandbox.run import NONE


@dataclass(frozen=True)
class Row:
    """One exercise: the grader's message, in full and in one line, and the last message of the notebook's own check.

    ``here`` is "" if the check was not run, or its output was not saved.
    """

    exercise: str
    outcome: str
    graded: str
    here: str

    @property
    def differs(self) -> bool:
        """Tell whether the two verdicts differ."""
        return bool(self.here) and self.here != self.graded.splitlines()[0]


@dataclass(frozen=True)
class Rehearsal:
    """The result that this notebook would get."""

    path: Path
    score: int
    max_score: int
    rows: list[Row]
    notes: list[str]

    @property
    def text(self) -> str:
        """Write the result in lines."""
        lines = [
            f"{self.path.name}: {self.score} of {self.max_score} points, as the grader sees it on the public cases"
        ]
        for row in self.rows:
            lines += [f"  {line}" for line in row.graded.splitlines()] if row.outcome != "pass" else []
            lines += [f"    the notebook's own check says: {row.here}"] if row.differs else []
        return "\n".join([*lines, *self.notes])


def rehearse(path: Path, record: LabRecord, answered: Collection[str], checked_at: float = 0.0) -> Rehearsal:
    """Grade a notebook on the student's machine; only a report is made.

    Parameters
    ----------
    path : Path
        The saved notebook.
    record : LabRecord
        The lab's record, as students have it.
    answered : collection of str
        The predictions that were made.
    checked_at : float
        The time of the last check, in seconds since 1970; 0 if it is unknown.

    Returns
    -------
    Rehearsal

    Raises
    ------
    ValueError
        If the file is not a notebook, or not one of this lab.
    """
    submission = read_submission(path)
    try:
        notebook = json.loads(submission.content)
        released, said = released_from(notebook, record), dict(_said_here(notebook["cells"]))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        released, said = Released(record.lab, {}, [], frozenset(), [], {}, {}, frozenset()), {}
    kind = best() if hasattr(os, "fork") else NONE
    result = grade(submission, Material(record, record, released), kind)
    if not released.others:  # without their ids our own cells look like the student's, and many stop in the grader
        result["stopped"] = []
    if result["status"] in ("unreadable", "grader error"):
        raise ValueError(f"{path}: {result['status']}: {result['reason']}")
    rows = [Row(r["exercise"], r["outcome"], r["message"], said.get(r["exercise"], "")) for r in result["exercises"]]
    notes = list(_notes(path, record, result, answered, checked_at))
    return Rehearsal(path, result["score"], result["max_score"], rows, notes)


def released_from(notebook: dict[str, Any], record: LabRecord) -> Released:
    """Find the released cells in a student's notebook, by the record and by the cells' ids.

    A cell's id holds the beginning of a digest of its text. If the text no longer fits, the student has edited it.
    """
    cells = []
    for cell in notebook["cells"]:
        about = labels(cell)
        name = about.get("exercise") or about.get("written")
        text = record.stubs[name] if name in record.stubs else "".join(cell["source"])
        digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:10]
        as_it_was = name or about.get("check") or str(cell.get("id", "")).startswith(f"lab{record.lab}-{digest}")
        if as_it_was:
            cells.append(cell | {"source": text})
    about = {"course": {"lab": record.lab}}
    found = Released.from_notebook({"cells": cells, "metadata": about})
    return replace(found, stubs={name: record.stubs[name] for name in record.exercises})


def _said_here(cells: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield the first line of each saved check's message."""
    for cell in cells:
        name = str(labels(cell).get("check", ""))
        for output in cell.get("outputs", ()) if name else ():
            text = output.get("data", {}).get("text/plain") or output.get("evalue", "")
            lines = "".join(text).strip().splitlines()
            if lines:
                yield name, lines[0]


def _notes(
    path: Path, record: LabRecord, result: dict[str, Any], answered: Collection[str], checked_at: float
) -> Iterator[str]:
    if checked_at > path.stat().st_mtime + 1:
        yield "A check ran after the file was saved: save the notebook (Ctrl+S), then run this command again."
    if blank := [row["exercise"] for row in result["exercises"] if row["outcome"] == "not attempted"]:
        yield f"Not answered: {', '.join(blank)}."
    if unwritten := [name for name, text in result["written"].items() if not text]:
        yield f"Not written yet: {', '.join(unwritten)}."
    if waiting := [name for name in record.predictions if name not in answered]:
        yield f"Predictions not made: {', '.join(waiting)}. They give no points."
    for line in result.get("stopped", []):
        yield f"When this is graded, {line}"
    for line in result["repairs"]:
        yield f"The grader will repair this: {line}."
    if any(row["outcome"] == "pass" for row in result["exercises"]):
        yield "The grader uses other cases. An answer that is right for every input passes there, too."
