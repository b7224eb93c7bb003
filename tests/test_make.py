"""The Makefile knows when .venv is no longer good: interrupted, moved, without its Python, or behind the lock.

`make --question` only asks, and where make acts, uv and pip are stand-ins: nothing is installed here.
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
    for name in ("requirements.lock", "developers.lock", "setup.lock", "pyproject.toml"):
        (folder / name).touch()
    for name in ("Makefile", "developers.mk"):
        shutil.copy(ROOT / name, folder)
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


INSTALLED = "pip install --python .venv/bin/python --compile-bytecode --require-hashes -r"
STAND_IN = """#!/bin/sh
echo "{name} $*" >> log
case "$*" in
  *setup.lock) mkdir -p .venv/uv/bin && cp stand-ins/fetched .venv/uv/bin/uv ;;
  *--editable*) ;;
  *{fails}*) exit 1 ;;
esac
"""


def acts(folder: Path, target: str, uv: str, fetched: str = "nothing") -> list[str]:
    """Let make act after a change of the students' lock; give the commands of uv and pip that install from a lock.

    `uv` and `fetched` say which arguments the uv on this machine, and the one that pip gets, refuse.
    """
    later = (folder / ".venv" / ".ready").stat().st_mtime + 10
    os.utime(folder / "requirements.lock", (later, later))
    (folder / "stand-ins").mkdir()
    (folder / ".venv" / "bin" / "python").unlink()
    programs = {"uv": uv, "fetched": fetched, "../.venv/bin/python": "nothing"}
    for name, fails in programs.items():
        program = folder / "stand-ins" / name
        program.write_text(STAND_IN.format(name=program.name, fails=fails))
        program.chmod(0o755)
    path = f"PATH={folder / 'stand-ins'}{os.pathsep}{os.environ['PATH']}"
    done = make(folder, "-e", target, path, f"PYTHON={sys.executable}")
    assert done.returncode == 0, done.stderr
    return [line for line in (folder / "log").read_text().splitlines() if ".lock" in line]


def test_uv_installs_where_there_is_one(workbook: Path) -> None:
    assert acts(workbook, "lab", uv="nothing") == [f"uv {INSTALLED} requirements.lock"]


def test_where_there_is_no_uv_pip_gets_one_that_does_not_stay(workbook: Path) -> None:
    fetching, installing = acts(workbook, "lab", uv="--version")
    assert fetching.startswith("python -m pip install")
    assert fetching.endswith("--require-hashes --no-compile --target .venv/uv -r setup.lock")
    assert installing == f"fetched {INSTALLED} requirements.lock"
    assert not (workbook / ".venv" / "uv").exists()


def test_pip_installs_where_uv_fails(workbook: Path) -> None:
    uv, pip = acts(workbook, "lab", uv="requirements")
    assert uv == f"uv {INSTALLED} requirements.lock"
    assert pip == "python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock"


def test_the_tests_tools_come_on_top_and_only_for_the_tests(workbook: Path) -> None:
    installed = [line.rpartition(" ")[2] for line in acts(workbook, "test", uv="nothing")]
    assert installed == ["requirements.lock", "developers.lock"]


@pytest.mark.parametrize("target", ["test", "fast"])
def test_a_test_run_keeps_bytecode_where_the_machine_forbids_it(
    workbook: Path, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    (workbook / ".venv" / ".tools").touch()
    (workbook / "pytest.py").write_text("import sys\nprint('forbidden:', sys.dont_write_bytecode)\n")
    assert "forbidden: False" in make(workbook, target).stdout


def test_a_failed_installation_is_not_called_ready(workbook: Path) -> None:
    (workbook / ".venv" / "bin" / "python").write_text(
        f'#!/bin/sh\ncase "$*" in *-r*) exit 1;; esac\nexec "{sys.executable}" "$@"\n'
    )
    later = (workbook / ".venv" / ".ready").stat().st_mtime + 10
    os.utime(workbook / "requirements.lock", (later, later))
    uv = workbook / "uv"
    uv.write_text("#!/bin/sh\nexit 1\n")
    uv.chmod(0o755)
    done = make(workbook, "-e", "setup", f"PATH={workbook}{os.pathsep}{os.environ['PATH']}")
    assert done.returncode == 2
    assert not (workbook / ".venv" / ".ready").exists()
