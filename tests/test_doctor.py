"""The doctor tries each thing: what works is seen to work, what does not is said with what to do."""

import ctypes
import json
import os
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from course.doctor import examine, finding, students
from course.doctor import grading as trials
from course.grading.sandbox.choose import best
from course.grading.sandbox.run import BUBBLEWRAP
from tests.gates import ROOT
from tests.patience import finished

pytestmark = pytest.mark.sandbox

NAMES = [
    "python", "packages", "jupyter", "writing", "processors", "memory", "data", "gpu", "browser tests",
    "sandbox", "fallback", "grading",
]  # fmt: skip


def doctor(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "course", "doctor", *arguments]
    everything = {**os.environ, **environment}
    return finished(command, cwd=ROOT, env=everything)


def test_the_command_tries_everything() -> None:
    done = doctor("--json")
    assert done.returncode == 0, done.stderr
    found = {row["name"]: row for row in json.loads(done.stdout)}
    assert list(found) == NAMES
    assert not [row for row in found.values() if "could not be tried" in row["seen"]]
    assert found["python"]["seen"].startswith(sys.version.split()[0])
    assert "a kernel with NumPy, pyplot and widgets in" in found["jupyter"]["seen"]
    assert "points in" in found["grading"]["seen"]
    assert (best() == BUBBLEWRAP) == found["sandbox"]["seen"].startswith("bubblewrap; tried from inside")
    assert found["grading"]["status"] == "ok"


def test_without_bubblewrap_students_are_well_and_the_instructor_is_told(tmp_path: Path) -> None:
    """What is left is said: Landlock where there is one, else that nothing should be graded here."""
    done = doctor("--json", PATH=str(tmp_path))
    assert done.returncode == 0
    found = {row["name"]: row for row in json.loads(done.stdout)}
    if found["sandbox"]["status"] == "ok":
        assert found["sandbox"]["seen"].startswith("landlock; tried from inside")
    else:
        assert "apt-get install bubblewrap" in found["sandbox"]["advice"]


def test_what_students_need_and_is_not_there_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["numpy>=99", "nowhere-to-be-had>=1"]\n')
    found = students.packages(tmp_path)
    assert (found.status, found.seen) == ("fails", "missing or too old: numpy>=99, nowhere-to-be-had>=1")
    assert found.advice == finding.how_to_install("numpy>=99", "nowhere-to-be-had>=1")
    (tmp_path / "Makefile").touch()
    assert students.packages(tmp_path).advice == f"run make setup in {tmp_path}"
    (tmp_path / "a file").touch()
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "a file" / "progress"))
    assert students.writing(tmp_path).status == "fails"


def test_other_versions_than_the_lock_are_noted(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["numpy>=1"]\n')
    lock = "numpy==0.1 ; python_version >= '3' \\\n    --hash=sha256:00\nnumpy==0.2 ; python_version < '3' \\\n"
    (tmp_path / "requirements.lock").write_text(lock)
    found = students.packages(tmp_path)
    assert found.status == "note"
    assert "numpy 2" in found.seen
    (tmp_path / "requirements.lock").write_text("numpy==0.2 ; python_version < '3' \\\n")
    assert students.packages(tmp_path).status == "ok"


def test_a_trial_that_breaks_is_a_finding(tmp_path: Path) -> None:
    """In a folder that is not there a kernel cannot start, and everything else is tried all the same."""
    found = {finding.name: finding for finding in examine(tmp_path / "nowhere")}
    assert found["kernel"].status == "fails"
    assert "could not be tried: FileNotFoundError" in found["kernel"].seen
    assert "student's copy" in found["grading"].seen


def test_grading_is_not_called_ready_where_its_command_would_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course.doctor.grading.find_spec", lambda name: None if name == "nbval" else name)
    found = trials.grading(ROOT)
    assert (found.status, found.seen, found.advice) == ("note", "needs nbval", f"to grade: run make tools in {ROOT}")


def test_mnist_is_found_where_it_lies_and_damage_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert students.mnist(ROOT).status == "note"
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(b"half")
    with pytest.raises(ValueError, match="damaged"):
        students.mnist(ROOT)


@pytest.mark.parametrize(
    ("driver", "wanted"),
    [
        (0, "install its driver"),
        (11, "install a newer NVIDIA driver"),
        (12, "'cupy-cuda12x[ctk]>=14'"),
        (13, "'cupy-cuda13x[ctk]>=14'"),
        (14, "'cupy-cuda13x[ctk]>=14'"),
    ],
)
def test_the_driver_decides_which_cupy(driver: int, wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Library:
        """libcuda as far as it is asked."""

        def cuDriverGetVersion(self, version: object) -> int:  # noqa: N802
            version._obj.value = 1000 * driver + 20  # type: ignore[attr-defined]
            return 0

    def load(name: str) -> Library:
        if not driver:
            raise OSError(name)
        return Library()

    monkeypatch.setattr(ctypes, "CDLL", load)
    monkeypatch.setattr("course.nn.gpu.gpu_available", lambda: False)
    found = students.gpu(ROOT)
    assert found.status == "note"
    assert wanted in found.advice


def test_cupy_is_what_the_extras_say() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert {13: extras["gpu"], 12: extras["gpu-cuda12"]} == {cuda: [wanted] for cuda, wanted in students.CUPY.items()}


def test_what_it_says_how_to_install_installs_into_this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Typed as it stands, from any folder; `--help` in place of a package installs nothing."""
    done = subprocess.run(shlex.split(finding.how_to_install("--help")), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "install" in done.stdout
    monkeypatch.setattr(finding, "find_spec", lambda name: None)
    assert finding.how_to_install("a>=1").startswith(f"uv pip install --python {shlex.quote(sys.executable)} ")


def test_slow_is_said_and_fails_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(students, "SLOW_KERNEL", 0)
    slow = students.kernel(ROOT)
    assert slow.status == "slow"
    assert slow.advice
    if hasattr(os, "sched_getaffinity"):
        monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0})
        assert students.processors(ROOT).status == "slow"
