"""The wheel is the whole workbook: in a folder far from the checkout, its commands do what they say."""

import json
import os
import sys
import zipfile
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from course.cli.hand_out import MANIFEST, hand_out
from tests.gates import LABS, ROOT, checks_of
from tests.patience import finished
from tests.submissions import answer_cell, solved

GIVEN = sorted(
    path.relative_to(ROOT / "labs").as_posix()
    for pattern in ("README.md", "contents.ipynb", "concepts.ipynb", "lab??_*.ipynb", "checks/*.json", "images/*")
    for path in (ROOT / "labs").glob(pattern)
)


pytestmark = pytest.mark.sandbox  # the doctor tries one, and pytest grades in one


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = finished(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, ROOT]
    )
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", folder, wheel]
    done = finished(command)
    assert done.returncode == 0, done.stderr
    return folder


def run(installed: Path, cwd: Path, *arguments: object) -> CompletedProcess[str]:
    """Run Python where `course` is the installed one, and nothing of the checkout is near."""
    hidden = ("COURSE_PROGRESS", "COURSE_STRICT", "PYTEST_ADDOPTS")
    environment = {k: v for k, v in os.environ.items() if k not in hidden} | {"PYTHONPATH": str(installed)}
    return finished([sys.executable, "-m", *arguments], cwd=cwd, env=environment)


@pytest.fixture
def started(installed: Path, tmp_path: Path) -> Path:
    done = run(installed, tmp_path, "course", "start", "mine", "--no-open")
    assert done.returncode == 0, done.stderr
    return tmp_path / "mine"


def test_it_has_what_students_are_given_and_no_more(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        inside = {n.removeprefix("course/labs/"): archive.read(n) for n in names if n.startswith("course/labs/")}
    assert sorted(inside) == GIVEN
    assert all(content == (ROOT / "labs" / name).read_bytes() for name, content in inside.items())
    assert not [n for n in names if {"solutions", "tests", "progress", "__pycache__"} & set(n.split("/"))]
    assert {n.split("/")[0].partition("-")[0] for n in names} == {"course", "nn_workbook"}


def test_start_writes_the_labs_and_the_other_commands_find_them(installed: Path, started: Path) -> None:
    assert sorted(p.relative_to(started).as_posix() for p in started.rglob("*") if p.is_file()) == sorted(
        [*GIVEN, MANIFEST]
    )
    shown = run(installed, started, "course", "progress").stdout.splitlines()
    assert [line[:2] for line in shown[1:-1]] == LABS
    put_back = run(installed, started, "course", "reset", "02", "dl_dp", "--yes")
    assert put_back.returncode == 0, put_back.stderr
    examined = run(installed, started, "course", "doctor", "--json")
    assert examined.returncode == 0, examined.stdout
    assert {row["name"]: row["status"] for row in json.loads(examined.stdout)}["jupyter"] in ("ok", "slow")


def test_what_needs_the_checkout_says_so(installed: Path, started: Path) -> None:
    for arguments in (("build",), ("release", "out"), ("grade", "lab02_learning.ipynb", "--lab", "02", "--out", "o")):
        done = run(installed, started, "course", *arguments)
        assert done.returncode == 2
        assert "this command needs the workbook's folder" in done.stderr
    assert run(installed, started.parents[3], "course", "progress").returncode == 2


def test_pytest_checks_a_notebook(installed: Path, started: Path) -> None:
    notebook = started / "lab02_learning.ipynb"
    blank = run(installed, started, "pytest", "-q", "-p", "no:cacheprovider", "--nbval-lax", notebook.name)
    assert f"{len(checks_of('02').exercises)} failed" in blank.stdout, blank.stdout + blank.stderr
    notebook.write_text(json.dumps(solved()), encoding="utf-8")
    right = run(installed, started, "pytest", "-q", "-p", "no:cacheprovider", "--nbval-lax", notebook.name)
    assert f"{len(checks_of('02').exercises)} passed" in right.stdout, right.stdout + right.stderr


def test_starting_again_keeps_what_was_changed_and_renews_what_was_not(tmp_path: Path) -> None:
    older, mine = tmp_path / "older", tmp_path / "mine"
    for name in GIVEN:
        (older / name).parent.mkdir(parents=True, exist_ok=True)
        (older / name).write_bytes((ROOT / "labs" / name).read_bytes().replace(b"Start here", b"Begin here"))
    assert hand_out(older, mine) == []
    changed = mine / "lab02_learning.ipynb"
    notebook = json.loads(changed.read_text(encoding="utf-8"))
    answer_cell(notebook, "dl_dp")["source"] = ["# mine"]
    changed.write_text(json.dumps(notebook), encoding="utf-8")
    (mine / "progress").mkdir()
    (mine / "progress" / "lab02.json").write_text("{}")
    assert hand_out(ROOT / "labs", mine) == ["lab02_learning.ipynb"]
    assert json.loads(changed.read_text(encoding="utf-8")) == notebook
    assert (mine / "lab00_start.ipynb").read_bytes() == (ROOT / "labs" / "lab00_start.ipynb").read_bytes()
    assert (older / "lab00_start.ipynb").read_bytes() != (mine / "lab00_start.ipynb").read_bytes()
    assert hand_out(ROOT / "labs", mine) == ["lab02_learning.ipynb"]
    assert (mine / "progress" / "lab02.json").read_text() == "{}"


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("two years of work")
    with pytest.raises(ValueError, match="holds other things"):
        hand_out(ROOT / "labs", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_student_needs_nothing_that_windows_lacks(installed: Path, tmp_path: Path) -> None:
    """Not Windows itself, but what is imported until a lab is open and its checks and widgets are there."""
    program = (
        "import sys\n"
        "for name in ('fcntl', 'grp', 'pwd', 'resource', 'termios'): sys.modules[name] = None\n"
        "import course.cli.hand_out, course.jupyter.start, course.widgets, course.checks.reset\n"
        "import course.doctor.students\n"
        "for name in course.__all__: getattr(course, name)\n"
        "course.open_lab('02', {})\n"
    )
    (tmp_path / "student.py").write_text(program)
    done = run(installed, tmp_path, "student")
    assert done.returncode == 0, done.stderr
