"""The Makefile knows when .venv is no longer good: interrupted, moved, without its Python, or behind the lock.

`make --question` only asks; nothing is installed here.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gates import ROOT
from tests.patience import finished

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", *arguments]
    return finished(command, cwd=folder, env=environment)


def is_ready(folder: Path) -> bool:
    return make(folder, "--question", "setup").returncode == 0


def is_made_anew(folder: Path) -> bool:
    return "--clear" in make(folder, "--dry-run", "setup").stdout


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Set up a folder as a finished installation leaves it; its Python is the one that runs the tests."""
    folder = tmp_path / "a path with spaces"
    (folder / ".venv" / "bin").mkdir(parents=True)
    for name in ("requirements.lock", "pyproject.toml"):
        (folder / name).touch()
    shutil.copy(ROOT / "Makefile", folder)
    python = folder / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (folder / ".venv" / ".ready").write_text(f"{folder.resolve()}\n")
    return folder


def test_nothing_is_installed_a_second_time(workbook: Path) -> None:
    assert is_ready(workbook)


def test_an_interrupted_installation_is_begun_anew(workbook: Path) -> None:
    (workbook / ".venv" / ".ready").unlink()
    assert not is_ready(workbook)
    assert is_made_anew(workbook)


def test_a_python_that_is_gone_is_noticed(workbook: Path) -> None:
    python = workbook / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert not is_ready(workbook)
    assert is_made_anew(workbook)


def test_a_python_that_lost_its_packages_is_noticed(workbook: Path) -> None:
    python = workbook / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n')
    assert not is_ready(workbook)
    assert is_made_anew(workbook)


def test_a_moved_workbook_is_noticed(workbook: Path) -> None:
    moved = workbook.rename(workbook.with_name("moved"))
    assert not is_ready(moved)
    assert is_made_anew(moved)


def test_a_new_lock_is_installed_into_what_stands(workbook: Path) -> None:
    later = (workbook / ".venv" / ".ready").stat().st_mtime + 10
    os.utime(workbook / "requirements.lock", (later, later))
    assert not is_ready(workbook)
    assert not is_made_anew(workbook)
