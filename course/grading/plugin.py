"""The pytest plugin: ``pytest --nbval-lax x.ipynb`` grades by hand, ``pytest --nbval solutions/`` tests the labs.

nbval runs a notebook's cells in one kernel and believes it. For lab notebooks that is not good enough: a submission
could redefine `check`, patch modules, or carry comments that make nbval skip a cell. So a check's verdict comes from
the grader, one sandboxed run a notebook, whatever the kernel says. Under ``--nbval-lax`` there is one item a check and
no kernel at all. Under ``--nbval``, meant for our own solved notebooks, cells are run too (unsandboxed, as nbval does)
and their outputs compared.
"""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

CELL_TIMEOUT = 60.0


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--lab``, for a notebook that no longer says which lab it is, and `course grade`'s ``--sandbox``."""
    group = parser.getgroup("course", "neural-network workbook")
    group.addoption("--lab", metavar="NN", help="Treat every notebook as a submission of this lab, such as 02.")
    group.addoption(
        "--sandbox",
        choices=["auto", "bubblewrap", "landlock", "none"],
        default="auto",
        help="How student code is kept in. Where no sandbox works nothing is graded, unless you say none.",
    )


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
    """Choose the sandbox, and fail closed; use the present environment's kernel and a one-minute limit."""
    if not _in_use(config.option):
        return
    from course.grading.sandbox.choose import choose

    try:
        config.option.sandbox = choose(config.option.sandbox)
    except ValueError as fault:
        raise pytest.UsageError(str(fault)) from None
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
    from course.grading.sandbox.choose import protection

    return protection(config.option.sandbox)


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
