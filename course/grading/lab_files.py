"""Submissions as pytest collects them: one item per check, judged by the grader. Nothing here needs nbval."""

import json
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from course.checks import LABS, find_record, labels
from course.grading.collect import read_submission
from course.grading.grade import grade
from course.grading.grade_class import material_for, public_material
from course.grading.sandbox.visible import PACKAGE, refuse_open

ROOT = Path(__file__).parents[2]


_TWO_DIGITS = re.compile(r"[0-9]{2}")


def lab_of(path: Path, content: bytes, forced: str | None) -> str:
    """Find out which lab a notebook belongs to: by the option, else by its metadata, else by its name.

    Parameters
    ----------
    path : Path
    content : bytes
    forced : str or None
        The value of ``--course-lab``.

    Returns
    -------
    str
        Two digits, or ``""`` if nothing says it, or if name and metadata differ.
    """
    if forced:
        return forced
    try:
        inside = labels(json.loads(content)).get("lab", "")
    except (ValueError, AttributeError, RecursionError):
        inside = ""
    inside = inside if isinstance(inside, str) and _TWO_DIGITS.fullmatch(inside) else ""
    outside = path.name[3:5] if path.name.startswith("lab") and _TWO_DIGITS.fullmatch(path.name[3:5]) else ""
    return "" if inside and outside and inside != outside else inside or outside


class Grades:
    """The verdicts on one notebook, computed when the first is needed."""

    def __init__(self, path: Path, lab: str, sandbox: str):
        self.path, self.lab, self.sandbox = path, lab, sandbox
        #: the lab's checks from the workbook, because a record beside the notebook is its author's
        self.exercises = list(find_record(lab, LABS).exercises)
        self._result: dict[str, Any] | None = None

    def message(self, name: str) -> str:
        """Say why a check does not pass; ``""`` if it does."""
        if self._result is None:
            self._result = self._grade()
        if self._result["status"] in ("unreadable", "grader error"):
            return f"{self._result['status']}: {self._result['reason']}"
        row = next(row for row in self._result["exercises"] if row["exercise"] == name)
        return "" if row["outcome"] == "pass" else str(row["message"])

    def _grade(self) -> dict[str, Any]:
        solved = any((ROOT / "solutions").glob(f"lab{self.lab}_*.py"))
        if solved:  # otherwise nothing here is secret
            refuse_open(PACKAGE, ROOT)
        material = (
            material_for(ROOT, self.lab, secrets.randbits(62)) if solved else public_material(LABS.parent, self.lab)
        )
        return grade(read_submission(self.path), material, self.sandbox)


class CheckFailure(Exception):
    """A check that does not pass; its text is the student's message."""


class Refused(pytest.Item):
    """Replaces a notebook that cannot be used: it fails and says why."""

    def __init__(self, *, why: str, **kwargs: Any):
        super().__init__(**kwargs)
        self.why = why

    def runtest(self) -> None:
        """Fail."""
        raise CheckFailure(self.why)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """Show only the reason."""
        return str(excinfo.value)


class CheckItem(pytest.Item):
    """One check of a submission, judged by the grader."""

    parent: "LabFile"

    def __init__(self, *, exercise: str, **kwargs: Any):
        super().__init__(**kwargs)
        self.exercise = exercise

    def runtest(self) -> None:
        """Fail unless the grader passes the answer."""
        message = self.parent.grades.message(self.exercise)
        if message:  # it may quote a student, who must not write "8 passed" over the instructor's terminal
            raise CheckFailure("".join(c if c.isprintable() or c == "\n" else "�" for c in message))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the student's message."""
        return str(excinfo.value) if isinstance(excinfo.value, CheckFailure) else super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the check in reports."""
        return self.path, 0, f"{self.path.name}::check {self.exercise}"


class LabFile(pytest.File):
    """A submission under ``--nbval-lax``: one item per check, no kernel."""

    grades: Grades

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the checks of the notebook's lab."""
        submission = read_submission(self.path)
        lab = lab_of(self.path, submission.content, self.config.getoption("--course-lab"))
        if not lab:
            why = "this notebook does not say which lab it is, or its name says another lab: add --course-lab NN"
            yield Refused.from_parent(self, name="which lab", why=why)
            return
        try:
            self.grades = Grades(self.path, lab, self.config.getoption("--course-sandbox"))
        except FileNotFoundError:
            yield Refused.from_parent(self, name="which lab", why=f"it says that it is lab {lab}: there is no such lab")
            return
        for exercise in self.grades.exercises:
            yield CheckItem.from_parent(self, name=f"check {exercise}", exercise=exercise)
