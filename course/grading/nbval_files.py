"""Notebooks as pytest collects them, built on nbval's classes. Imported only when nbval is asked for."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbformat import from_dict
from nbval.plugin import IPyNbCell, IPyNbFile

from course.build import clean_outputs
from course.checks.handed_in import MIME
from course.grading.collect import read_submission
from course.grading.plugin import Grades, KernelSettings, lab_of, refuse_unexecuted


class CheckFailure(Exception):
    """A check that is not passed; its text is what a student would read."""


class Refused(pytest.Item):
    """Stands in for a notebook that cannot be taken: fails, and says why."""

    def __init__(self, *, why: str, **kwargs: Any):
        super().__init__(**kwargs)
        self.why = why

    def runtest(self) -> None:
        """Fail."""
        raise CheckFailure(self.why)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """Show the reason alone."""
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
        """Show what a student would read."""
        return str(excinfo.value) if isinstance(excinfo.value, CheckFailure) else super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the check in reports."""
        return self.path, 0, f"{self.path.name}::check {self.exercise}"


class LabFile(pytest.File):
    """A submission under ``--nbval-lax``: one item a check, no kernel."""

    grades: Grades

    def collect(self) -> Iterator[pytest.Item]:
        """Give the checks of the notebook's lab."""
        submission = read_submission(self.path)
        lab = lab_of(self.path, submission.content, self.config.getoption("--lab"))
        if not lab:
            why = "this notebook does not say which lab it is, or its name says another one: add --lab NN"
            yield Refused.from_parent(self, name="which lab", why=why)
            return
        self.grades = Grades(self.path, lab)
        for exercise in self.grades.exercises:
            yield CheckItem.from_parent(self, name=f"check {exercise}", exercise=exercise)


class ReferenceCell(IPyNbCell):
    """A cell of a solved notebook: run, compared, and, if it is a check, judged by the grader as well."""

    def runtest(self) -> None:
        """Run the cell; a kernel that is gone fails it at once."""
        super().runtest()
        exercise = self.cell.metadata.get("course", {}).get("check")
        message = self.parent.grades.message(exercise) if exercise else ""
        if message:
            self.raise_cell_error(message)

    def compare_outputs(self, test: Any, ref: Any, skip_compare: Any = None) -> bool:
        """Compare what is stored, which is text: new outputs are stripped of pictures as the stored ones were.

        A network handed in is judged by the grader; its last digits hang on the processor.
        """
        new = [from_dict(output) for output in clean_outputs(test)]
        return bool(super().compare_outputs(new, ref, (*(skip_compare or self.parent.skip_compare), MIME)))


class ReferenceFile(IPyNbFile):
    """A solved notebook under ``--nbval``; comments and tags that would make nbval look away are not heeded."""

    grades: Grades | None = None
    settings: KernelSettings | None = None

    def collect(self) -> Iterator[pytest.Item]:
        """Give one item a code cell, or one that says why not."""
        content = self.path.read_bytes()
        lab = lab_of(self.path, content, self.config.getoption("--lab"))
        unrun = list(refuse_unexecuted(json.loads(content)))
        if unrun or not lab:
            why = f"code cells {unrun} have not been executed, so there is nothing to compare with: run course build"
            yield Refused.from_parent(self, name="executed", why=why if unrun else "no lab: add --lab NN")
            return
        self.grades = Grades(self.path, lab)
        for item in super().collect():
            options = defaultdict(bool, check=True)
            yield ReferenceCell.from_parent(
                self, name=item.name, cell_num=item.cell_num, cell=item.cell, options=options
            )

    def setup(self) -> None:
        """Start the kernel with predictions answered and quick settings."""
        if self.grades:  # a refused notebook needs no kernel
            self.settings = KernelSettings(self.grades.lab, self.path.parent)
            with self.settings:
                super().setup()

    def teardown(self) -> None:
        """Stop the kernel."""
        super().teardown()
        if self.settings:
            self.settings.close()
