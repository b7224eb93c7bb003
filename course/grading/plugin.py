"""The pytest plugin: ``pytest --nbval-lax x.ipynb`` grades by hand, ``pytest --nbval solutions/`` tests the labs.

nbval runs a notebook's cells in one kernel and trusts it. For lab notebooks that is not enough: a submission could
redefine `check`, patch modules, or contain comments that make nbval skip a cell. So a check's verdict comes from the
grader, from one sandboxed run per notebook, whatever the kernel says. Under ``--nbval-lax`` there is one item per
check, no kernel, and no need for nbval. Under ``--nbval``, meant for our own solved notebooks, the cells also run
(without a sandbox, as in nbval), and their outputs are compared.
"""

import os
from collections.abc import Generator, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

CELL_TIMEOUT = 60.0
#: whether this run is about the course; if not, pytest, nbval and other people's notebooks are not affected
OURS = pytest.StashKey[bool]()
#: what marks a notebook of this course, with or without labels: the metadata's key, or the cell that opens a lab
MARKS = (b'"course": {', b'"course":{', b"open_lab(")


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add ``--course-lab``, for a notebook that no longer says which lab it is, and ``--course-sandbox``.

    If nbval is missing, or switched off because it does not support this pytest, we define ``--nbval-lax`` ourselves.
    """
    group = parser.getgroup("course", "neural-network workbook")
    group.addoption("--course-lab", metavar="NN", help="Treat every notebook as a submission of this lab, such as 02.")
    group.addoption(
        "--course-sandbox",
        choices=["auto", "bubblewrap", "landlock", "none"],
        default="auto",
        help="How student code is isolated. If no sandbox works, nothing is graded unless you say none.",
    )
    if find_spec("nbval") is None or pluginmanager.is_blocked("nbval"):
        group.addoption("--nbval-lax", action="store_true", help="Let the grader judge the answers in notebooks.")


def _in_use(config: pytest.Config) -> bool:
    return config.stash.get(OURS, False)


def in_workbook(path: Path) -> bool:
    """Tell whether a file or folder is inside a workbook, or inside a student's labs."""
    return any(
        (folder / "course" / "grading").is_dir()
        or ((folder / "contents.ipynb").is_file() and (folder / "checks").is_dir())
        for folder in (path, *path.parents)
    )


def of_the_course(path: Path) -> bool:
    """Tell from its content whether a notebook is of this course."""
    try:
        content = path.read_bytes()
    except OSError:
        return False
    return any(mark in content for mark in MARKS)


def _notebooks(path: Path) -> Iterator[Path]:
    """List what pytest would find below a path."""
    if path.is_file():
        yield path
    for folder, below, names in os.walk(path):
        below[:] = [name for name in below if not name.startswith(".")]
        yield from (Path(folder, name) for name in names if name.endswith(".ipynb"))


def _is_ours(config: pytest.Config) -> bool:
    """Tell whether nbval is used for notebooks of this course, or inside a workbook."""
    options = config.known_args_namespace
    if not (getattr(options, "nbval", False) or getattr(options, "nbval_lax", False)):
        return False
    if options.course_lab or _from_workbook(config):
        return True
    here = config.invocation_params.dir
    asked = [here / argument.partition("::")[0] for argument in options.file_or_dir or ["."]]
    return any(in_workbook(path) or any(map(of_the_course, _notebooks(path))) for path in asked)


def _from_workbook(config: pytest.Config) -> bool:
    """Tell whether pytest was started in a workbook, or with a workbook's settings."""
    return any(in_workbook(path) for path in (config.invocation_params.dir, config.inipath) if path)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, Any]:
    """Load no conftest.py and no settings from beside a submission, because they are its author's.

    This happens before pytest applies the settings, because some of them write files.
    """
    early_config.stash[OURS] = _is_ours(early_config)
    if _in_use(early_config):
        ini = early_config.inipath
        if ini and not (ini.parent / "course" / "grading").is_dir():
            raise pytest.UsageError(
                f"{ini} would set options for this run, but it is not the workbook's; a submission's folder must not "
                "set any. Give your own with -c FILE, such as the workbook's pyproject.toml, or move that file away."
            )
        early_config.known_args_namespace.noconftest = True
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    """Choose the sandbox, and refuse if none works; use this environment's kernel and a one-minute limit."""
    if not _in_use(config):
        return
    from course.grading.sandbox.choose import choose

    try:
        config.option.course_sandbox = choose(config.option.course_sandbox)
    except ValueError as fault:
        raise pytest.UsageError(str(fault).replace("--sandbox", "--course-sandbox")) from None
    config.option.nbval_current_env = True
    if getattr(config.option, "nbval_cell_timeout", None) == 2000:  # nbval's default, half an hour per cell
        config.option.nbval_cell_timeout = CELL_TIMEOUT


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Collect only notebooks: pytest would import a ``test_x.py`` and run a ``test.txt`` beside a submission."""
    return True if _in_use(config) and collection_path.suffix != ".ipynb" and collection_path.is_file() else None


@pytest.hookimpl(tryfirst=True)
def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Treat a folder with an ``__init__.py`` as a plain folder, because pytest would import that file, too."""
    return pytest.Dir.from_parent(parent, path=path) if _in_use(parent.config) else None


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say in the header how student code is run."""
    if not _in_use(config):
        return None
    from course.grading.sandbox.choose import protection

    return protection(config.option.course_sandbox)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Generator[None, Any, Any]:
    """Take the course's notebooks over from nbval; inside a workbook take all, because labels can be lost."""
    found = yield
    config = parent.config
    if not _in_use(config) or file_path.suffix != ".ipynb":
        return found
    inside = config.option.course_lab or _from_workbook(config) or in_workbook(file_path)
    if not inside and not of_the_course(file_path):
        return found
    if file_path.name == "contents.ipynb":
        return []  # it has no checks; run as a plain notebook, a submission of that name would pass unchecked
    if getattr(config.option, "nbval", False):
        from course.grading.reference_files import ReferenceFile

        return [ReferenceFile.from_parent(parent, path=file_path)]
    from course.grading.lab_files import LabFile

    return [LabFile.from_parent(parent, path=file_path)]
