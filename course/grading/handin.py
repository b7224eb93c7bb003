"""A student's rehearsal: grade the saved notebook as the grader will, on the public cases, and say what differs."""

import hashlib
import json
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from course.checks import LabRecord
from course.grading.collect import read_submission
from course.grading.grade import Material, grade
from course.grading.repair import Released
from course.grading.sandbox.choose import best
from course.grading.sandbox.run import NONE


@dataclass(frozen=True)
class Row:
    """One exercise: what the grader says, in full and in a line, and what the notebook's own check said last.

    ``here`` is "" where the check was not run, or its output was not saved.
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
    """What a hand-in of this notebook would come to."""

    path: Path
    score: int
    max_score: int
    rows: list[Row]
    notes: list[str]

    @property
    def text(self) -> str:
        """Say it in lines."""
        lines = [
            f"{self.path.name}: {self.score} of {self.max_score} points, as the grader sees it on the public cases"
        ]
        for row in self.rows:
            lines += [f"  {line}" for line in row.graded.splitlines()] if row.outcome != "pass" else []
            lines += [f"    the notebook's own check says: {row.here}"] if row.differs else []
        return "\n".join([*lines, *self.notes])


def rehearse(path: Path, record: LabRecord, answered: Collection[str], checked_at: float = 0.0) -> Rehearsal:
    """Grade a notebook where it was written; nothing but the report is made.

    Parameters
    ----------
    path : Path
        The saved notebook.
    record : LabRecord
        The lab's, as students have it.
    answered : collection of str
        The predictions that were made.
    checked_at : float
        When a check ran last, in seconds since 1970; 0 if that is not known.

    Returns
    -------
    Rehearsal

    Raises
    ------
    ValueError
        If the file is no notebook, or none of this lab.
    """
    submission = read_submission(path)
    try:
        notebook = json.loads(submission.content)
        released = released_from(notebook, record)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        notebook, released = {"cells": []}, Released(record.lab, {}, [], frozenset(), [], {}, {}, frozenset())
    kind = best() if hasattr(os, "fork") else NONE
    result = grade(submission, Material(record, record, released), kind)
    if not released.others:  # without their ids our own cells look like the student's, and many stop in the grader
        result["stopped"] = []
    if result["status"] in ("unreadable", "grader error"):
        raise ValueError(f"{path}: {result['status']}: {result['reason']}")
    said = dict(_said_here(notebook["cells"]))
    rows = [Row(r["exercise"], r["outcome"], r["message"], said.get(r["exercise"], "")) for r in result["exercises"]]
    notes = list(_notes(path, record, result, answered, checked_at))
    return Rehearsal(path, result["score"], result["max_score"], rows, notes)


def released_from(notebook: dict[str, Any], record: LabRecord) -> Released:
    """Tell from a student's own notebook, by the record and by its cells' ids, what it was when it was released.

    A cell's id holds the beginning of a digest of its text; one that was edited no longer fits, and is the student's.
    """
    cells = []
    for cell in notebook["cells"]:
        about = cell.get("metadata", {}).get("course", {})
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
    """Give the first line that each saved check showed."""
    for cell in cells:
        name = cell.get("metadata", {}).get("course", {}).get("check")
        for output in cell.get("outputs", ()) if name else ():
            text = output.get("data", {}).get("text/plain") or output.get("evalue", "")
            lines = "".join(text).strip().splitlines()
            if lines:
                yield name, lines[0]


def _notes(
    path: Path, record: LabRecord, result: dict[str, Any], answered: Collection[str], checked_at: float
) -> Iterator[str]:
    if checked_at > path.stat().st_mtime + 1:
        yield "A check ran after the file was saved: save the notebook (Ctrl+S), then ask again."
    if blank := [row["exercise"] for row in result["exercises"] if row["outcome"] == "not attempted"]:
        yield f"Not answered: {', '.join(blank)}."
    if unwritten := [name for name, text in result["written"].items() if not text]:
        yield f"Nothing written yet: {', '.join(unwritten)}."
    if waiting := [name for name in record.predictions if name not in answered]:
        yield f"Predictions not made: {', '.join(waiting)}. They carry no points."
    for line in result.get("stopped", []):
        yield f"When this is graded, {line}"
    for line in result["repairs"]:
        yield f"The grader will put this right: {line}."
    if any(row["outcome"] == "pass" for row in result["exercises"]):
        yield "The grader draws other cases than these: an answer that is right for any input passes there, too."
