"""The one change that makes a wrong answer right: found, told as a place, and never at the kernel's expense."""

import sys
import warnings
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course.build.source import load_source, with_solution
from course.checks.lab import Lab
from course.checks.locate import locate
from course.mutants.budget import Budget, OutOfBudget
from course.mutants.corrections import corrections
from tests.gates import ROOT, record_of

TOTAL_OUTSIDE = """\
def row_sums(X):
    sums = []
    total = 0.0
    for row in X:
        for value in row:
            total += value
        sums.append(total)
    return np.array(sums)
"""
GRAPH_BACKWARD = """\
def graph_backward(x, w, b, y):
    delta = y - (w @ x + b)
    d_delta = 2 * delta
    d_x, d_w = w * d_y_hat, x * d_y_hat
    d_y_hat = -1 * d_delta
    return {'x': d_x, 'w': d_w, 'b': d_y_hat, 'y_hat': d_y_hat, 'delta': d_delta, 'error': 1.0}
"""
SOFTMAX_JACOBIAN = """\
def softmax_jacobian(z):
    e = np.exp(z - z.max())
    p = e / e.sum()
    K = len(p)
    J = np.empty((K, K))
    for i in range(K):
        for j in range(K):
            J[i, j] = p[i] * (1 - p[j])
    return J
"""
EXCHANGED_BRANCHES = """\
def early_stopping(valid_losses, patience):
    best, best_epoch, waited = np.inf, 0, 0
    for epoch, loss in enumerate(valid_losses):
        if loss >= best:
            best, best_epoch, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return best_epoch
"""
#: lab, exercise, cell, what the message says of the place
PLACES = {
    "an operator": (
        "11",
        "l2_grad",
        "def l2_grad(w, lam):\n    return 2 * lam // w\n",
        "Look at `2 * lam // w` in line 2, `return 2 * lam // w`: one change there makes every case right.",
    ),
    "a number": (
        "03",
        "cost",
        "import math\n\ndef cost(y_hat, y):\n    e = (y_hat - y) ** 4\n    return e.sum()\n",
        "Look at `4` in line 4, `e = (y_hat - y) ** 4`: one change there makes every case right.",
    ),
    "a line in the wrong place": (
        "00",
        "row_sums",
        TOTAL_OUTSIDE,
        "Look at line 3, `total = 0.0`: in another place, it makes every case right.",
    ),
    "a line too much": (
        "00",
        "row_sums",
        "def row_sums(X):\n    s = X.sum(axis=1)\n    s.sort()\n    return s\n",
        "Look at line 3, `s.sort()`: without it, every case is right.",
    ),
    "a helper in the same cell": (
        "00",
        "row_sums",
        "def add(row):\n    return sum(row) + 1\n\ndef row_sums(X):\n    return np.array([add(row) for row in X])\n",
        "Look at `sum(row) + 1` in line 2, `return sum(row) + 1`: one change there makes every case right.",
    ),
    "two mistakes": ("00", "mean_squared", "def mean_squared(a, b):\n    return np.mean(a + b) * len(a)\n", ""),
    "another function": (
        "08",
        "relu",
        "def relu(z):\n    return np.logaddexp(z, 0)\n",
        "Look at `np.logaddexp(z, 0)` in line 2, `return np.logaddexp(z, 0)`: one change there makes every case right.",
    ),
    "outside of a call, not inside": (
        "00",
        "mean_squared",
        "def mean_squared(a, b):\n    return np.mean(a - b) ** 2\n",
        "Look at `np.mean(a - b) ** 2` in line 2, `return np.mean(a - b) ** 2`: one change there makes every case "
        "right.",
    ),
    "a line that comes too early": (
        "03",
        "graph_backward",
        GRAPH_BACKWARD,
        "Look at line 4, `d_x, d_w = w * d_y_hat, x * d_y_hat`: in another place, it makes every case right.",
    ),
    "what may be right only in the leftovers of memory": ("06", "softmax_jacobian", SOFTMAX_JACOBIAN, ""),
    "an error that would be caught": (
        "00",
        "row_sums",
        "def row_sums(X):\n    try:\n        return X.sum(axis=1) + 1\n    except ValueError:\n        return X\n",
        "",
    ),
    "odd code, of which Python warns": (
        "00",
        "row_sums",
        "def row_sums(X):\n    s = 1 if 0 is not 1.5 else 0\n    return X.sum(axis=1) + s\n",
        "Look at `1 if 0 is not 1.5 else 0` in line 2, `s = 1 if 0 is not 1.5 else 0`: one change there makes every "
        "case right.",
    ),
    "no function": ("00", "row_sums", "row_sums = lambda X: X.sum(axis=1) + 1\n", ""),
    "a magic": ("00", "row_sums", "%time\ndef row_sums(X):\n    return X.sum(axis=1) + 1\n", ""),
}


def said(lab: str, name: str, cell: str, **more: Any) -> str:
    """Give what `locate` says of a cell that was run."""
    namespace: dict[str, Any] = {"np": np, **more}
    with warnings.catch_warnings(action="ignore"):
        exec(compile(cell.removeprefix("%time\n"), "<cell>", "exec"), namespace)
    return locate(record_of(lab).exercises[name], namespace, [cell])


@pytest.mark.parametrize("what", PLACES)
def test_the_place_is_told_only_if_one_change_is_enough(what: str) -> None:
    *answer, place = PLACES[what]
    assert said(*answer) == place


def test_the_last_cell_that_defines_an_answer_counts() -> None:
    wrong, right = ("def row_sums(X):\n    return X.sum(axis=1) + 1\n", "def row_sums(X):\n    return X.sum(axis=1)\n")
    namespace: dict[str, Any] = {"np": np}
    exec(wrong, namespace)
    exercise = record_of("00").exercises["row_sums"]
    assert "+ 1" in locate(exercise, namespace, [right, wrong, "row_sums(np.eye(2))"])
    assert not locate(exercise, namespace, ["row_sums = other"])
    assert not locate(exercise, namespace, [wrong, "def row_sums(X)\n    return X"]), "a later version is no Python"


#: answers of which some change never ends: a counter that stays, a list that grows, a recursion without an end
ENDLESS = [
    """\
    i, sums = 0, []
    while i < len(X):
        sums.append(X[i].sum() + i)
        i += 1
    return np.array(sums)
""",
    """\
    sums, rows = [], list(X)
    for row in rows:
        sums.append(sum(row) * 3)
    return np.array(sums)
""",
    """\
    def add(n):
        return 0.0 if n == 0 else X[:, n - 1] + 2 * add(n - 1)
    return add(X.shape[1])
""",
]


@pytest.mark.parametrize("body", ENDLESS)
def test_a_change_that_never_ends_is_stopped(body: str) -> None:
    said("00", "row_sums", f"def row_sums(X):\n{body}")
    assert sys.gettrace() is None


def test_what_is_right_by_luck_is_no_place() -> None:
    """An answer that is wrong when it is tried first, and right for a while after that, whatever is changed."""
    runs, wrong = count(), len(record_of("00").exercises["row_sums"].cases)

    def noise(X: np.ndarray) -> Any:
        return X.sum(axis=1) + (not wrong <= next(runs) < 10 * wrong)

    assert said("00", "row_sums", "def row_sums(X):\n    s = noise(X)\n    s = s\n    return s\n", noise=noise) == ""
    assert next(runs) == 3 * wrong, "tried as it is, changed, and as it is"


def test_what_stands_beside_the_answer_does_not_run_again() -> None:
    runs: list[int] = []
    cell = "runs.append(1)\ndef row_sums(X):\n    return X.sum(axis=1) + 1\nruns.append(2)\n"
    assert said("00", "row_sums", cell, runs=runs)
    assert runs == [1, 2]


def test_a_debugger_keeps_its_place() -> None:
    def debugger(*_: Any) -> None:
        return None

    sys.settrace(debugger)
    try:
        assert not said(*PLACES["an operator"][:3])
        assert sys.gettrace() is debugger
    finally:
        sys.settrace(None)


def test_check_tells_the_place_after_what_it_says_of_the_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_STRICT", "0")
    answers = {
        "wrong": "def dl_dp(y, p):\n    return (p - y) / 3\n",
        "foreseen": "def dl_dp(y, p):\n    return 2 * (y - p)\n",
        "derived": "def dl_dp(y, p):\n    return p - y\n",
        "two mistakes": "def dl_dp(y, p):\n    return np.sin(50 * p + y)\n",
    }
    texts = {}
    for what, cell in answers.items():
        namespace: dict[str, Any] = {"np": np, "In": ["", cell]}
        exec(cell, namespace)
        report = Lab(record_of("02"), namespace, tmp_path).check("dl_dp")
        assert ("<code>return (p - y) / 3</code>" in report.html) == (what == "wrong")
        texts[what] = report.text
    assert "1/6" in texts["wrong"]
    assert texts["wrong"].endswith("`return (p - y) / 3`: one change there makes every case right.")
    assert not any("Look at" in texts[what] for what in ("foreseen", "derived", "two mistakes"))
    assert "No well-known slip" in texts["two mistakes"]


def test_a_frequent_cause_does_not_hide_the_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_STRICT", "0")
    namespace: dict[str, Any] = {"np": np, "In": ["", EXCHANGED_BRANCHES]}
    exec(EXCHANGED_BRANCHES, namespace)
    diagnosis = Lab(record_of("09"), namespace, tmp_path).check("early_stopping").verdict.diagnosis
    assert diagnosis.startswith("A frequent cause of this result: You always return 0:")
    assert diagnosis.endswith(
        "Look at `loss >= best` in line 4, `if loss >= best:`: one change there makes every case right."
    )


@pytest.mark.parametrize("path", sorted((ROOT / "solutions").glob("lab*.py")), ids=lambda path: path.stem[:5])
def test_every_change_of_a_solution_has_a_place(path: Path) -> None:
    for cell in load_source(path).cells:
        text = with_solution(cell) if cell.exercise else ""
        if "def " not in text:
            continue
        lines, texts = text.splitlines(), [text]
        for correction in corrections(text):
            texts.append(correction.text)
            assert correction.piece
            assert correction.piece in lines[correction.line - 1]
        assert len(set(texts)) == len(texts) > 10


def test_a_budget_counts_lines_and_calls_and_stops_after_too_many() -> None:
    text = "def loop(n):\n    for i in range(n):\n        abs(i)\n"
    namespace: dict[str, Any] = {}
    exec(compile(text, "<changed>", "exec"), namespace)
    used = []
    for rounds in (10, 20):
        with Budget("<changed>", 1000) as budget:
            namespace["loop"](rounds)
        used.append(budget.used)
    assert used[1] - used[0] == 20, "two lines a round"
    with pytest.raises(OutOfBudget), Budget("<changed>", 1000):
        namespace["loop"](10**9)
    with pytest.raises(OutOfBudget), Budget("<another>", 1000):
        list(map(Path, map(str, range(10**9))))  # calls count, wherever they lead
