"""The pytest plugin: ``pytest --nbval-lax x.ipynb`` grades by hand, ``pytest --nbval solutions/`` tests the labs.

nbval runs a notebook's cells in one kernel and believes it. For lab notebooks that is not good enough: a submission
could redefine `check`, patch modules, or carry comments that make nbval skip a cell. So a check's verdict comes from
the grader, one sandboxed run a notebook, whatever the kernel says. Under ``--nbval-lax`` there is one item a check and
no kernel at all. Under ``--nbval``, meant for our own solved notebooks, cells are run too (unsandboxed, as nbval does)
and their outputs compared.
"""

import json
import os
import secrets
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

CELL_TIMEOUT = 60.0
ROOT = Path(__file__).parents[2]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--lab``, for a notebook that no longer says which lab it is."""
    group = parser.getgroup("course", "neural-network workbook")
    group.addoption("--lab", metavar="NN", help="Treat every notebook as a submission of this lab, such as 02.")


def _in_use(option: Any) -> bool:
    return bool(getattr(option, "nbval", False) or getattr(option, "nbval_lax", False))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, Any]:
    """Load no conftest.py and take no settings that lie beside a submission: they belong to its author.

    This comes before the settings are acted upon; some of them write files.
    """
    if _in_use(early_config.known_args_namespace):
        ini = early_config.inipath
        if ini and not (ini.parent / "course" / "grading").is_dir():
            raise pytest.UsageError(
                f"{ini} would set options for this run, and it is not the workbook's: a submission's folder must not. "
                "Give your own with -c FILE, such as the workbook's pyproject.toml, or move it away."
            )
        early_config.known_args_namespace.noconftest = True
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    """Use the present environment's kernel and a one-minute limit."""
    if not _in_use(config.option):
        return
    config.option.nbval_current_env = True
    if config.option.nbval_cell_timeout == 2000:  # nbval's default, half an hour a cell
        config.option.nbval_cell_timeout = CELL_TIMEOUT


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Look at notebooks alone: pytest would import a ``test_x.py`` and run a ``test.txt`` beside a submission."""
    return True if _in_use(config.option) and collection_path.suffix != ".ipynb" and collection_path.is_file() else None


@pytest.hookimpl(tryfirst=True)
def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take a folder with an ``__init__.py`` for a plain one: pytest would import that, too."""
    return pytest.Dir.from_parent(parent, path=path) if _in_use(parent.config.option) else None


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say how student code is run."""
    if not _in_use(config.option):
        return None
    from course.grading.choice import best, protection

    return protection(best())


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Generator[None, Any, Any]:
    """Take lab notebooks over from nbval."""
    found = yield
    if not _in_use(parent.config.option) or file_path.suffix != ".ipynb":
        return found
    if file_path.name == "contents.ipynb":
        return []  # it has no checks; run as any other notebook, a submission of that name would pass for nothing
    from course.grading.nbval_files import LabFile, ReferenceFile

    kind = ReferenceFile if parent.config.option.nbval else LabFile
    return [kind.from_parent(parent, path=file_path)]


def lab_of(path: Path, content: bytes, forced: str | None) -> str:
    """Find out which lab a notebook belongs to: as told, else by its metadata, else by its name.

    Parameters
    ----------
    path : Path
    content : bytes
    forced : str or None
        What ``--lab`` said.

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
    inside = inside if isinstance(inside, str) and len(inside) == 2 and inside.isdigit() else ""
    outside = path.name[3:5] if path.name.startswith("lab") and path.name[3:5].isdigit() else ""
    return "" if inside and outside and inside != outside else inside or outside


class Grades:
    """The verdicts on one notebook, found when the first is asked for."""

    def __init__(self, path: Path, lab: str):
        self.path, self.lab = path, lab
        self._result: dict[str, Any] | None = None

    @property
    def exercises(self) -> list[str]:
        """The checks of the lab, as the workbook has them: a record beside the notebook is its author's."""
        from course.checks import find_record

        return list(find_record(self.lab, ROOT / "labs").exercises)

    def message(self, name: str) -> str:
        """Say why a check is not passed; ``""`` if it is."""
        if self._result is None:
            self._result = self._grade()
        if self._result["status"] in ("unreadable", "grader error"):
            return f"{self._result['status']}: {self._result['reason']}"
        row = next(row for row in self._result["exercises"] if row["exercise"] == name)
        return "" if row["outcome"] == "pass" else str(row["message"])

    def _grade(self) -> dict[str, Any]:
        from course.grading.choice import best
        from course.grading.collect import read_submission
        from course.grading.grade import grade
        from course.grading.isolation import PACKAGE, refuse_open
        from course.grading.run import material_for, public_material

        refuse_open(PACKAGE, ROOT)
        solved = any((ROOT / "solutions").glob(f"lab{self.lab}_*.py"))
        material = material_for(ROOT, self.lab, secrets.randbits(62)) if solved else public_material(ROOT, self.lab)
        return grade(read_submission(self.path), material, best())


def refuse_unexecuted(notebook: dict[str, Any]) -> Iterator[int]:
    """Give the numbers of a reference's code cells that were never run: there is nothing to compare them with."""
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    yield from (i for i, cell in enumerate(code) if "".join(cell["source"]).strip() and cell["execution_count"] is None)


class KernelSettings:
    """The environment of a kernel that runs a solved notebook: quick, predictions answered, nothing kept."""

    def __init__(self, lab: str, folder: Path):
        from course.build import QUICK, prepare_progress
        from course.checks import find_record

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
