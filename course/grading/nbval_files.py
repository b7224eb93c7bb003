"""Notebooks as pytest collects them, built on nbval's classes. Imported only when nbval is asked for."""

import json
import os
import re
import secrets
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbformat import from_dict
from nbval.plugin import IPyNbCell, IPyNbFile

from course.build import QUICK, clean_outputs, prepare_progress
from course.checks import LABS, find_record
from course.checks.handed_in import MIME
from course.grading.collect import read_submission
from course.grading.grade import grade
from course.grading.grade_class import material_for, public_material
from course.grading.sandbox.visible import PACKAGE, refuse_open

ROOT = Path(__file__).parents[2]


_TWO_DIGITS = re.compile(r"[0-9]{2}")


def lab_of(path: Path, content: bytes, forced: str | None) -> str:
    """Find out which lab a notebook belongs to: as told, else by its metadata, else by its name.

    Parameters
    ----------
    path : Path
    content : bytes
    forced : str or None
        What ``--course-lab`` said.

    Returns
    -------
    str
        Two digits, or ``""`` if nothing tells, or its name another one than its metadata.
    """
    if forced:
        return forced
    try:
        about = json.loads(content).get("metadata", {}).get("course", {})
        inside = about.get("lab", "")
    except (ValueError, AttributeError, RecursionError):
        inside = ""
    inside = inside if isinstance(inside, str) and _TWO_DIGITS.fullmatch(inside) else ""
    outside = path.name[3:5] if path.name.startswith("lab") and _TWO_DIGITS.fullmatch(path.name[3:5]) else ""
    return "" if inside and outside and inside != outside else inside or outside


class Grades:
    """The verdicts on one notebook, found when the first is asked for."""

    def __init__(self, path: Path, lab: str, sandbox: str):
        self.path, self.lab, self.sandbox = path, lab, sandbox
        #: the checks of the lab, as the workbook has them: a record beside the notebook is its author's
        self.exercises = list(find_record(lab, LABS).exercises)
        self._result: dict[str, Any] | None = None

    def message(self, name: str) -> str:
        """Say why a check is not passed; ``""`` if it is."""
        if self._result is None:
            self._result = self._grade()
        if self._result["status"] in ("unreadable", "grader error"):
            return f"{self._result['status']}: {self._result['reason']}"
        row = next(row for row in self._result["exercises"] if row["exercise"] == name)
        return "" if row["outcome"] == "pass" else str(row["message"])

    def _grade(self) -> dict[str, Any]:
        solved = any((ROOT / "solutions").glob(f"lab{self.lab}_*.py"))
        if solved:  # else nothing here is secret
            refuse_open(PACKAGE, ROOT)
        material = (
            material_for(ROOT, self.lab, secrets.randbits(62)) if solved else public_material(LABS.parent, self.lab)
        )
        return grade(read_submission(self.path), material, self.sandbox)


def refuse_unexecuted(notebook: dict[str, Any]) -> Iterator[int]:
    """Give the numbers of a reference's code cells that were never run: there is nothing to compare them with."""
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    yield from (i for i, cell in enumerate(code) if "".join(cell["source"]).strip() and cell["execution_count"] is None)


class KernelSettings:
    """The environment of a kernel that runs a solved notebook: quick, predictions answered, nothing kept."""

    def __init__(self, lab: str, folder: Path):
        self._scratch = tempfile.TemporaryDirectory()
        prepare_progress(find_record(lab, folder), Path(self._scratch.name))
        self.variables = {**QUICK, "COURSE_PROGRESS": self._scratch.name}

    def __enter__(self) -> None:
        self._before = {name: os.environ.get(name) for name in self.variables}
        os.environ.update(self.variables)

    def __exit__(self, *_: object) -> None:
        for name, value in self._before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value

    def close(self) -> None:
        """Remove what the kernel remembered."""
        self._scratch.cleanup()


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
        lab = lab_of(self.path, submission.content, self.config.getoption("--course-lab"))
        if not lab:
            why = "this notebook does not say which lab it is, or its name says another one: add --course-lab NN"
            yield Refused.from_parent(self, name="which lab", why=why)
            return
        try:
            self.grades = Grades(self.path, lab, self.config.getoption("--course-sandbox"))
        except FileNotFoundError:
            yield Refused.from_parent(self, name="which lab", why=f"it says that it is lab {lab}: there is no such lab")
            return
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
        lab = lab_of(self.path, content, self.config.getoption("--course-lab"))
        try:
            unrun = list(refuse_unexecuted(json.loads(content)))
            self.grades = Grades(self.path, lab, self.config.getoption("--course-sandbox")) if lab else None
        except (ValueError, LookupError, TypeError, RecursionError, FileNotFoundError) as fault:
            why = f"no solved notebook of this workbook ({type(fault).__name__}: {str(fault)[:120]})"
            yield Refused.from_parent(self, name="which lab", why=why)
            return
        if unrun or not lab:
            why = f"code cells {unrun} have not been executed, so there is nothing to compare with: run course build"
            self.grades = None
            yield Refused.from_parent(self, name="executed", why=why if unrun else "no lab: add --course-lab NN")
            return
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
