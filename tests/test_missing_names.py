"""What a kernel has and the grader has not is said by the check, in the grader's words."""

from typing import Any

import pytest

from course.checks import Lab
from course.grading.sandbox.choose import best
from course.grading.sandbox.run import run_submission
from course.inside.missing_names import bound_at, lost_when_graded, refused_import
from tests.gates import record_of
from tests.submissions import LAB

RECORD = record_of(LAB)
RIGHT = "def dl_dp(y, p):\n    return 2 * (p - y)"
#: stands for a library that this machine has and no lab lists
FOREIGN = "yaml"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("f = 1", [1]),
        ("a, (f, *b) = c", [1]),
        ("f: int = 3", [1]),
        ("import x.y as f", [1]),
        ("import f.g", [1]),
        ("\nfrom m import f", [2]),
        ("if a:\n    def f(): pass\nelse:\n    f = None", [2, 4]),
        ("for f in range(3): pass", [1]),
        ("with open('x') as f: pass", [1]),
        ("def g():\n    f = 1", []),
        ("f(3); f.x = 2; print(f)", []),
        ("not python", []),
    ],
)
def test_what_a_cell_gives_a_value_to(text: str, lines: list[int]) -> None:
    assert bound_at(text, "f") == lines


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("import numpy as np, math, statistics", ""),
        ("import matplotlib.pyplot as plt\nfrom tqdm.auto import tqdm", ""),
        ("import numpy\nfrom scipy.special import expit", "scipy"),
        ("from course import sigmoid", ""),
        ("from course import activations", ""),
        ("from course import sigmoid_grad", "course.nn.activations.sigmoid_grad"),
        ("from course.nn.activations import sigmoid, sigmoid_grad", "course.nn.activations.sigmoid_grad"),
        ("from course import train", "course.nn.training"),
        ("def other():\n    import scipy", ""),
        ("def f():\n    import scipy", "scipy"),
        ("try:\n    import torch\nexcept ImportError: pass", "torch"),
    ],
)
def test_an_import_is_refused_in_the_graders_words(text: str, named: str) -> None:
    error = refused_import(text, RECORD.imports, in_function="f")
    assert error.get("message", "").endswith(f"not {named!r}" if named else "")


def by_the_grader(cells: list[str]) -> dict[str, Any]:
    exercise = RECORD.exercises["dl_dp"]
    check = {"exercise": "dl_dp", "probe": exercise.probe, "cases": exercise.cases, "cell": len(cells) - 1}
    found = run_submission(cells, [check], RECORD.imports, 4.0, best()).checks["dl_dp"].observations[0]
    return dict(found.get("error", {}))


CELLS = {
    "the answer's own cell": [f"import {FOREIGN}\n{RIGHT}"],
    "in the answer": [f"def dl_dp(y, p):\n    import {FOREIGN}\n    return 2 * (p - y)"],
    "a cell of the student's own": [f"import {FOREIGN}\nfactor = 2", "def dl_dp(y, p):\n    return factor * (p - y)"],
    "by way of a helper": [
        f"import {FOREIGN}\nfactor = 2",
        "def helper(d):\n    return factor * d",
        "def dl_dp(y, p):\n    return helper(p - y)",
    ],
    "the value came before the import": [
        f"factor = 2\nimport {FOREIGN}",
        "def dl_dp(y, p):\n    return factor * (p - y)",
    ],
    "another cell gives it, too": [
        f"import {FOREIGN}\nfactor = 2",
        "factor = 2",
        "def dl_dp(y, p):\n    return factor * (p - y)",
    ],
    "not used": [f"import {FOREIGN}\nfactor = 2", RIGHT],
    "a function of ours that is not listed": ["from course import sigmoid_grad", RIGHT],
}


@pytest.mark.sandbox
@pytest.mark.parametrize("name", CELLS)
def test_check_and_grader_say_the_same(name: str, tmp_path: Any) -> None:
    cells = CELLS[name]
    namespace: dict[str, Any] = {"In": ["", *cells]}
    for text in cells:
        exec(text, namespace)
    verdict = Lab(RECORD, namespace, tmp_path)._verdict(RECORD.exercises["dl_dp"])
    graded = by_the_grader(cells)
    assert verdict.passed == (not graded)
    if graded:
        assert verdict.example
        assert f"{graded['type']}: {graded['message']}" in verdict.example.got


def test_the_last_version_of_a_cell_counts() -> None:
    cells = ["import scipy\ndef dl_dp(y, p): pass", "def dl_dp(y, p): pass"]
    assert lost_when_graded("dl_dp", [], cells, RECORD.imports) == {}
    assert lost_when_graded("dl_dp", [], cells[::-1], RECORD.imports)


@pytest.mark.sandbox
@pytest.mark.parametrize("before", [RIGHT, "def dl_dp(y, p):\n    raise NotImplementedError"], ids=["right", "stub"])
def test_a_last_version_that_is_no_python_is_an_error_in_the_graders_words(before: str, tmp_path: Any) -> None:
    broken = RIGHT.replace(")", "", 1)
    namespace: dict[str, Any] = {"In": ["", before, broken]}
    exec(before, namespace)
    verdict = Lab(RECORD, namespace, tmp_path)._verdict(RECORD.exercises["dl_dp"])
    graded = by_the_grader([broken])
    assert (verdict.outcome, graded["type"]) == ("error", "SyntaxError")
    assert verdict.example
    assert f"SyntaxError: {graded['message']}" in verdict.example.got
    namespace["In"].append(RIGHT)
    exec(RIGHT, namespace)
    assert Lab(RECORD, namespace, tmp_path)._verdict(RECORD.exercises["dl_dp"]).passed


@pytest.mark.sandbox
def test_a_name_from_a_cell_that_is_no_python_is_not_said_to_be_in_memory_only() -> None:
    broken = "# mine\ndef twice(d):\n    return 2 \u2212 d"
    message = by_the_grader([broken, "def dl_dp(y, p):\n    return twice(p - y)"])["message"]
    assert "the cell that begins with `def twice(d):` stopped with SyntaxError: invalid character" in message
    assert "memory" not in message


@pytest.mark.sandbox
def test_what_only_the_kernels_memory_had_is_named() -> None:
    message = by_the_grader(["def dl_dp(y, p):\n    return FACTOR * (p - y)"])["message"]
    assert "no cell defines it" in message
    assert "Restart Kernel" in message
