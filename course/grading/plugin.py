"""The pytest plugin: ``pytest --nbval-lax x.ipynb`` grades by hand, ``pytest --nbval solutions/`` tests the labs.

nbval runs a notebook's cells in one kernel and believes it. For lab notebooks that is not good enough: a submission
could redefine `check`, patch modules, or carry comments that make nbval skip a cell. So a check's verdict comes from
the grader, one sandboxed run a notebook, whatever the kernel says. Under ``--nbval-lax`` there is one item a check and
no kernel at all, and no need of nbval. Under ``--nbval``, meant for our own solved notebooks, cells are run too
(unsandboxed, as nbval does) and their outputs compared.
"""

import os
from collections.abc import Generator, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

CELL_TIMEOUT = 60.0
#: whether this run is about the course; pytest, nbval and notebooks of anybody else's are left alone where it is not
OURS = pytest.StashKey[bool]()
#: what stands in a notebook of this course, with labels or without: the metadata's key, or the cell that opens a lab
MARKS = (b'"course": {', b'"course":{', b"open_lab(")


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add ``--course-lab``, for a notebook that no longer says which lab it is, and ``--course-sandbox``.

    Where nbval is not there, or is switched off because it does not know this pytest, ``--nbval-lax`` is ours alone.
    """
    group = parser.getgroup("course", "neural-network workbook")
    group.addoption("--course-lab", metavar="NN", help="Treat every notebook as a submission of this lab, such as 02.")
    group.addoption(
        "--course-sandbox",
        choices=["auto", "bubblewrap", "landlock", "none"],
        default="auto",
        help="How student code is kept in. Where no sandbox works nothing is graded, unless you say none.",
    )
    if find_spec("nbval") is None or pluginmanager.is_blocked("nbval"):
        group.addoption("--nbval-lax", action="store_true", help="Let the grader judge the answers in notebooks.")


def _in_use(config: pytest.Config) -> bool:
    return config.stash.get(OURS, False)


def in_workbook(path: Path) -> bool:
    """Say whether a file or folder lies in a workbook, or in labs that a student was given."""
    return any(
        (folder / "course" / "grading").is_dir()
        or ((folder / "contents.ipynb").is_file() and (folder / "checks").is_dir())
        for folder in (path, *path.parents)
    )


def of_the_course(path: Path) -> bool:
    """Say whether a notebook is of this course, going by what stands in it."""
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
    """Say whether nbval is asked for, and for notebooks of this course, or inside a workbook."""
    options = config.known_args_namespace
    if not (getattr(options, "nbval", False) or getattr(options, "nbval_lax", False)):
        return False
    if options.course_lab or _from_workbook(config):
        return True
    here = config.invocation_params.dir
    asked = [here / argument.partition("::")[0] for argument in options.file_or_dir or ["."]]
    return any(in_workbook(path) or any(map(of_the_course, _notebooks(path))) for path in asked)


def _from_workbook(config: pytest.Config) -> bool:
    """Say whether pytest was started in a workbook, or with a workbook's settings."""
    return any(in_workbook(path) for path in (config.invocation_params.dir, config.inipath) if path)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, Any]:
    """Load no conftest.py and take no settings that lie beside a submission: they belong to its author.

    This comes before the settings are acted upon; some of them write files.
    """
    early_config.stash[OURS] = _is_ours(early_config)
    if _in_use(early_config):
        ini = early_config.inipath
        if ini and not (ini.parent / "course" / "grading").is_dir():
            raise pytest.UsageError(
                f"{ini} would set options for this run, and it is not the workbook's: a submission's folder must not. "
                "Give your own with -c FILE, such as the workbook's pyproject.toml, or move it away."
            )
        early_config.known_args_namespace.noconftest = True
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    """Choose the sandbox, and fail closed; use the present environment's kernel and a one-minute limit."""
    if not _in_use(config):
        return
    from course.grading.sandbox.choose import choose

    try:
        config.option.course_sandbox = choose(config.option.course_sandbox)
    except ValueError as fault:
        raise pytest.UsageError(str(fault).replace("--sandbox", "--course-sandbox")) from None
    config.option.nbval_current_env = True
    if getattr(config.option, "nbval_cell_timeout", None) == 2000:  # nbval's default, half an hour a cell
        config.option.nbval_cell_timeout = CELL_TIMEOUT


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Look at notebooks alone: pytest would import a ``test_x.py`` and run a ``test.txt`` beside a submission."""
    return True if _in_use(config) and collection_path.suffix != ".ipynb" and collection_path.is_file() else None


@pytest.hookimpl(tryfirst=True)
def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take a folder with an ``__init__.py`` for a plain one: pytest would import that, too."""
    return pytest.Dir.from_parent(parent, path=path) if _in_use(parent.config) else None


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say how student code is run."""
    if not _in_use(config):
        return None
    from course.grading.sandbox.choose import protection

    return protection(config.option.course_sandbox)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Generator[None, Any, Any]:
    """Take the course's notebooks over from nbval, and inside a workbook all of them: labels can be lost."""
    found = yield
    config = parent.config
    if not _in_use(config) or file_path.suffix != ".ipynb":
        return found
    inside = config.option.course_lab or _from_workbook(config) or in_workbook(file_path)
    if not inside and not of_the_course(file_path):
        return found
    if file_path.name == "contents.ipynb":
        return []  # it has no checks; run as any other notebook, a submission of that name would pass for nothing
    if getattr(config.option, "nbval", False):
        from course.grading.reference_files import ReferenceFile

        return [ReferenceFile.from_parent(parent, path=file_path)]
    from course.grading.lab_files import LabFile

    return [LabFile.from_parent(parent, path=file_path)]
