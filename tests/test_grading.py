"""Twelve real submissions of lab 02 in one run of the real command, and what the run leaves behind."""

import csv
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from course.grading.sandbox.bubblewrap import why_not_bubblewrap
from course.grading.sandbox.choose import reason_against
from course.grading.sandbox.run import LANDLOCK
from tests.attacks import EVERYWHERE
from tests.gates import ROOT, checks_of
from tests.patience import finished
from tests.submissions import LAB, OTHERWISE, answer_cell, blank, points, save, solved, with_answers, with_cell

pytestmark = pytest.mark.sandbox

EXERCISES = [exercise.name for exercise in checks_of(LAB).exercises]
SCRIPT = "<script>alert('owned')</script>"


def course(*arguments: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "course", *map(str, arguments)]
    return finished(command, cwd=cwd)


#: without bubblewrap the command refuses to run unless it is told to: then these tests try it unprotected
SANDBOX = "none" if why_not_bubblewrap() else "auto"


def grade(folder: Path, out: Path) -> subprocess.CompletedProcess[str]:
    return course("grade", folder, "--lab", LAB, "--out", out, "--sandbox", SANDBOX)


def shuffled_and_doubled() -> dict[str, Any]:
    """Answer cells in another order, one of them twice: first wrong, then right, as when a student tries again."""
    notebook = solved()
    wrong = json.loads(json.dumps(answer_cell(notebook, "dl_dp")))
    wrong |= {"source": "def dl_dp(y, p):\n    return p - y", "id": "copy-of-a-cell"}
    cells = notebook["cells"]
    random.Random(0).shuffle(cells)
    cells.insert(cells.index(answer_cell(notebook, "dl_dp")), wrong)
    return notebook


def without_cell(exercise: str) -> dict[str, Any]:
    notebook = solved()
    notebook["cells"].remove(answer_cell(notebook, exercise))
    return notebook


def make_class(folder: Path) -> None:
    """Twelve submissions, each a way in which a class goes right or wrong."""
    save(folder, "01-perfect", solved())
    save(folder, "02-blank", blank())
    save(folder, "03-otherwise", with_answers(**OTHERWISE))
    save(
        folder,
        "04-sign",
        with_answers(**{**OTHERWISE, "dl_dp": f'def dl_dp(y, p):\n    """{SCRIPT}"""\n    return 2 * (y - p)'}),
    )
    save(folder, "05-sum", with_answers(batch_gradient=(
        "def batch_gradient(X, y, w, b):\n    p = sigmoid(X @ w + b)\n    d = 2 * (p - y) * p * (1 - p)\n"
        "    return X.T @ d, d.sum()"
    )))  # fmt: skip
    stubborn = "    while True:\n        try:\n            while True: pass\n        except BaseException: pass"
    save(folder, "06-loop", with_answers(update=f"def update(value, grad, lr):\n{stubborn}"))
    save(folder, "07-exit", with_answers(dh_dw="import os\ndef dh_dw(x):\n    os._exit(0)"))
    save(folder, "08-memory", with_answers(dp_dh="def dp_dh(p):\n    return np.ones(2**30).sum() * p"))
    save(folder, "09-deleted", without_cell("dh_dw"))
    save(folder, "10-shuffled", shuffled_and_doubled())
    (folder / "11-truncated.ipynb").write_text(json.dumps(solved())[:5000])
    save(folder, "12 lab02_learning (3) FINAL", solved())
    (folder / "notes.txt").write_text("not a notebook")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, out = tmp_path_factory.mktemp("class"), tmp_path_factory.mktemp("graded")
    make_class(folder)
    done = grade(folder, out)
    assert done.returncode == 0, done.stderr
    assert "12 submissions" in done.stdout
    assert ("in a sandbox" if SANDBOX == "auto" else "NO SANDBOX") in done.stderr
    return out


def rows(out: Path) -> dict[str, dict[str, str]]:
    with (out / "grades.csv").open(newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def result(out: Path, student: str, exercise: str) -> dict[str, Any]:
    lines = map(json.loads, (out / "results.jsonl").read_text().splitlines())
    return next(line for line in lines if (line["student"], line["exercise"]) == (student, exercise))


#: what each submission loses: exercise → points that are left (an answer that uses a broken one breaks with it)
LOST = {
    "01-perfect": {},
    "03-otherwise": {},
    "04-sign": {"dl_dp": 0},
    "05-sum": {"batch_gradient": 0, "train_neuron": 2},
    "06-loop": {"update": 0, "train_neuron": 0},
    "07-exit": {"dh_dw": 0, "gradient": 0},
    "08-memory": {"dp_dh": 0, "gradient": 0, "batch_gradient": 0, "train_neuron": 0},
    "09-deleted": {"dh_dw": 0, "gradient": 0},
    "10-shuffled": {},
    "12 lab02_learning (3) FINAL": {},
}


@pytest.mark.parametrize("student", LOST)
def test_points(graded: Path, student: str) -> None:
    row = rows(graded)[student]
    expected = {name: LOST[student].get(name, points(name)) for name in EXERCISES}
    if student == "05-sum":
        expected["train_neuron"] = 0  # its losses part follows the wrong weights
    assert {name: int(row[name]) for name in EXERCISES} == expected
    assert (int(row["score"]), row["max_score"], row["status"]) == (sum(expected.values()), "17", "graded")


def test_blank_and_unreadable(graded: Path) -> None:
    table = rows(graded)
    assert (table["02-blank"]["score"], table["02-blank"]["status"]) == ("0", "blank")
    assert (table["11-truncated"]["score"], table["11-truncated"]["status"]) == ("", "unreadable")
    assert len(table) == 12


def test_columns(graded: Path) -> None:
    header = (graded / "grades.csv").read_text().splitlines()[0].split(",")
    by_hand = ["friend", "total", "max_total"]
    assert header == ["student", "lab", "score", "max_score", "status", *EXERCISES, *by_hand, "repairs"]
    line = json.loads((graded / "results.jsonl").read_text().splitlines()[0])
    assert list(line) == [
        "student", "exercise", "outcome", "points", "max_points", "misconception", "diagnosis", "message", "seconds",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("student", "exercise", "outcome", "misconception"),
    [
        ("02-blank", "update", "not attempted", ""),
        ("04-sign", "dl_dp", "wrong", "sign"),
        ("05-sum", "batch_gradient", "wrong", "sum for mean"),
        ("06-loop", "update", "timeout", ""),
        ("07-exit", "dh_dw", "died", ""),
        ("08-memory", "dp_dh", "error", ""),
        ("09-deleted", "dh_dw", "not attempted", ""),
    ],
)
def test_what_was_seen(graded: Path, student: str, exercise: str, outcome: str, misconception: str) -> None:
    row = result(graded, student, exercise)
    assert (row["outcome"], row["misconception"]) == (outcome, misconception)


def test_an_answer_that_uses_a_broken_one_says_so(graded: Path) -> None:
    assert "uses `dh_dw`" in result(graded, "09-deleted", "gradient")["message"]


def test_page_shows_what_was_wrong_and_escapes(graded: Path) -> None:
    page = (graded / "feedback" / "04-sign.html").read_text()
    assert "The sign is swapped" in page
    assert "16 of 17 points" in page
    assert "<script" not in page
    assert "&lt;script&gt;alert(" in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_page_lists_repairs(graded: Path) -> None:
    page = (graded / "feedback" / "10-shuffled.html").read_text()
    assert "dl_dp is answered in 2 cells" in page
    assert "the cell of dh_dw is missing" in (graded / "feedback" / "09-deleted.html").read_text()


def test_unreadable_page_gives_the_reason_and_no_points(graded: Path) -> None:
    page = (graded / "feedback" / "11-truncated.html").read_text()
    assert "not JSON" in page
    assert "of 17 points" not in page


def test_a_second_run_grades_nothing_and_writes_the_same_bytes(graded: Path, tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    make_class(folder)
    before = {path: path.read_bytes() for path in graded.rglob("*") if path.is_file()}
    done = grade(folder, graded)
    assert "(0 graded now)" in done.stdout
    assert {path: path.read_bytes() for path in graded.rglob("*") if path.is_file()} == before


def test_memorised_public_answers_earn_nothing(tmp_path: Path) -> None:
    """Look up the public record's expected outputs: the grader's cases are others."""
    source = (
        "import json, pathlib, base64, numpy as np\n"
        f"RECORD = json.loads(pathlib.Path({str(ROOT / 'labs/checks/lab02.json')!r}).read_text())\n"
        "CALLS = iter(RECORD['exercises']['dp_dh']['expected'] * 9)\n"
        "def dp_dh(p):\n"
        "    e = next(CALLS)\n"
        "    return e if isinstance(e, float) else np.frombuffer(base64.b64decode(e['base64']))\n"
    )
    save(tmp_path, "clever", with_answers(dp_dh=source))
    out = tmp_path / "out"
    assert grade(tmp_path, out).returncode == 0
    assert rows(out)["clever"]["dp_dh"] == "0"


def test_real_world_edits_are_forgiven(tmp_path: Path) -> None:
    """Lost metadata, a plotting import, magics, a helper, a check inside the answer, notebook format 3."""
    notebook = solved()
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell.pop("id")
    save(tmp_path, "colab", notebook)
    busy = with_answers(
        update="%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\n!ls\n"
        "def update(value, grad, lr):\n    return value - helper(lr, grad)\n\ncheck('update')\nlab.progress()"
    )
    save(tmp_path, "busy", with_cell(busy, "def helper(a, b):\n    return a * b", at=3))
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [
        {"cell_type": "code", "language": "python", "input": "".join(c["source"]), "outputs": [], "metadata": {}}
        for c in notebook["cells"] if c["cell_type"] == "code"]}]}  # fmt: skip
    save(tmp_path, "old", old)
    out = tmp_path / "out"
    assert grade(tmp_path, out).returncode == 0
    assert {student: row["score"] for student, row in rows(out).items()} == {"colab": "17", "busy": "17", "old": "17"}


def test_an_import_that_is_not_listed_is_named(tmp_path: Path) -> None:
    borrowed = "from course.nn.perceptron import train_neuron as theirs\ndef train_neuron(*a):\n    return theirs(*a)"
    save(tmp_path, "borrower", with_answers(train_neuron=borrowed))
    out = tmp_path / "out"
    assert grade(tmp_path, out).returncode == 0
    row = result(out, "borrower", "train_neuron")
    assert row["points"] == 0
    assert "course.nn.perceptron" in row["message"]


def test_a_formula_for_a_name_stays_text(tmp_path: Path) -> None:
    save(tmp_path, "=cmd|' C calc'!A0", blank())
    out = tmp_path / "out"
    assert grade(tmp_path, out).returncode == 0
    assert list(rows(out)) == ["'=cmd|' C calc'!A0"]
    assert [path.parent for path in (out / "feedback").iterdir()] == [out / "feedback"]


@pytest.mark.skipif(bool(why_not_bubblewrap()), reason=f"no sandbox here: {why_not_bubblewrap()}")
def test_solutions_and_records_are_not_there(tmp_path: Path) -> None:
    """What a curious answer finds in the sandbox: neither this checkout nor a way out."""
    source = (
        f"{EVERYWHERE}"
        f"SEEN = [p for p in ({str(ROOT)!r}, {str(tmp_path)!r}) if os.path.exists(p)]\n"
        "SEEN += [p for p in everywhere() if p.endswith('/solutions') or os.path.basename(p)[:5] == 'lab02']\n"
        "def dl_dp(y, p):\n"
        "    raise ValueError(f'seen: {SEEN} uid {os.getuid()}')\n"
    )
    save(tmp_path, "curious", with_answers(dl_dp=source))
    out = tmp_path / "out"
    assert grade(tmp_path, out).returncode == 0
    message = result(out, "curious", "dl_dp")["message"]
    assert "seen: []" in message
    assert "uid 0" not in message


def test_without_a_sandbox_nothing_is_graded(tmp_path: Path) -> None:
    save(tmp_path, "someone", blank())
    environment = {**os.environ, "PATH": str(tmp_path)}
    arguments = ["grade", str(tmp_path), "--lab", LAB, "--out", str(tmp_path / "out"), "--sandbox", "bubblewrap"]
    command = [sys.executable, "-m", "course", *arguments]
    done = finished(command, cwd=ROOT, env=environment)
    assert done.returncode == 2
    assert "--sandbox none" in done.stderr.strip().splitlines()[-1]
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(bool(reason_against(LANDLOCK)), reason=f"no Landlock here: {reason_against(LANDLOCK)}")
def test_without_bubblewrap_landlock_takes_its_place(tmp_path: Path) -> None:
    save(tmp_path, "someone", solved())
    environment = {**os.environ, "PATH": str(tmp_path)}
    command = [sys.executable, "-m", "course", "grade", str(tmp_path), "--lab", LAB, "--out", str(tmp_path / "out")]
    done = finished(command, cwd=ROOT, env=environment)
    assert "Landlock" in done.stderr
    assert rows(tmp_path / "out")["someone"]["score"] == "17"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("grade", "nowhere", "--lab", "02", "--out", "out"), "nowhere"),
        (("grade", ".", "--lab", "99", "--out", "out"), "no lab '99'"),
        (("grade", ".", "--lab", "02", "--out", "out"), "no notebook"),
        (("grade", ".", "--lab", "02", "--out", "/usr/out"), "/usr, which student code can read"),
        (("grade", "."), "--lab"),
        (("grad",), "grad"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    (tmp_path / "labs").mkdir()
    done = course(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr.strip().splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_links_are_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "thief.ipynb").symlink_to(ROOT / "solutions" / "lab02_learning.ipynb")
    os.mkfifo(folder / "pipe.ipynb")
    out = tmp_path / "out"
    assert grade(folder, out).returncode == 0
    assert {row["status"] for row in rows(out).values()} == {"unreadable"}


def test_a_submission_that_arrives_later_meets_other_cases(tmp_path: Path) -> None:
    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    save(folder, "early", solved())
    grade(folder, out)
    save(folder, "late", blank())
    grade(folder, out)
    rounds = json.loads((out / "store" / "lab02-rounds.json").read_text())["rounds"]
    assert len({entry["seed"] for entry in rounds}) == 2
    assert (out / "store" / "lab02-rounds.json").stat().st_mode & 0o077 == 0


def test_two_with_the_same_notebook_both_count_as_graded(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    for student in ("ada", "alan"):
        save(tmp_path / "class", student, solved())
    assert grade(tmp_path / "class", tmp_path / "out").stdout.startswith("2 submissions (2 graded now): 2 graded.")
