"""Solved notebooks as pytest collects them, based on nbval's classes: run, compared, and judged by the grader."""

import json
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbformat import from_dict
from nbval.plugin import IPyNbCell, IPyNbFile

from course.build import QUICK, clean_outputs, prepare_progress
from course.checks import find_record
from course.checks.handed_in import MIME
from course.grading.lab_files import Grades, Refused, lab_of


def refuse_unexecuted(notebook: dict[str, Any]) -> Iterator[int]:
    """Yield the numbers of a reference's code cells that were never run, so that there is nothing to compare with."""
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    yield from (i for i, cell in enumerate(code) if "".join(cell["source"]).strip() and cell["execution_count"] is None)


class KernelSettings:
    """The environment of a kernel that runs a solved notebook: quick, with predictions answered, nothing stored."""

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
        """Remove what the kernel stored."""
        self._scratch.cleanup()


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
        """Compare the stored text; pictures are removed from new outputs, as from the stored ones.

        The grader judges a handed-in network instead, because its last digits depend on the processor.
        """
        new = [from_dict(output) for output in clean_outputs(test)]
        return bool(super().compare_outputs(new, ref, (*(skip_compare or self.parent.skip_compare), MIME)))


class ReferenceFile(IPyNbFile):
    """A solved notebook under ``--nbval``; comments and tags that would make nbval skip a cell are ignored."""

    grades: Grades | None = None
    settings: KernelSettings | None = None

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one item per code cell, or one that says why there are none."""
        content = self.path.read_bytes()
        lab = lab_of(self.path, content, self.config.getoption("--course-lab"))
        try:
            unrun = list(refuse_unexecuted(json.loads(content)))
            self.grades = Grades(self.path, lab, self.config.getoption("--course-sandbox")) if lab else None
        except (ValueError, LookupError, TypeError, RecursionError, FileNotFoundError) as fault:
            why = f"not a solved notebook of this workbook ({type(fault).__name__}: {str(fault)[:120]})"
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
