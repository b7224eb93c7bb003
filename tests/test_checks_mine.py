"""lab.mine(): a student's own passing pieces from the other notebooks, and the library's for the rest."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course import pieces
from course.checks.mine import ANSWERS, find_mine, taken

OWN_RELU = "def relu(z):\n    relu.called = True\n    return z * (z > 0)"
WRONG_STEP = "def adam_step(theta, grad, state, lr, beta1, beta2, eps):\n    return theta, state"


@pytest.fixture
def labs(tmp_path: Path) -> Path:
    write(tmp_path, "08", {"relu": f"%matplotlib inline\n{OWN_RELU}"})
    write(
        tmp_path,
        "09",
        {"adam_step": WRONG_STEP, "minibatches": "def minibatches(X, y, size, rng):\n    raise NotImplementedError"},
    )
    return tmp_path


def write(folder: Path, lab: str, answers: dict[str, str]) -> None:
    cells: list[Any] = [{"cell_type": "code", "metadata": {"tags": ["setup"]}, "source": "import numpy as np"}]
    for name, source in answers.items():
        about = {"course": {"exercise": name}}
        cells.append({"cell_type": "code", "metadata": about, "source": source.splitlines(keepends=True)})
    cells.append({"cell_type": "code", "metadata": {}, "source": "raise SystemExit"})
    (folder / f"lab{lab}_x.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")


def forward(X: Any, *, scale: float = 1.0) -> Any:
    return scale * relu(X)


def step(X: Any) -> Any:
    return forward(X, scale=2.0)


relu = pieces.relu


def test_what_passes_is_the_students_and_the_rest_the_librarys(labs: Path) -> None:
    mine = find_mine(labs, ["relu", "adam_step", "minibatches", "dropout_forward"], {}, "13")
    assert mine["relu"] is not pieces.relu
    assert [mine[name] is getattr(pieces, name) for name in ("adam_step", "minibatches", "dropout_forward")] == [
        True
    ] * 3
    assert {row[0]: row[2] for row in mine.table.rows} == {
        "relu": "yours",
        "adam_step": "the library's (yours does not pass)",
        "minibatches": "the library's (not answered)",
        "dropout_forward": "the library's (no notebook of that lab here)",
    }


def test_the_answers_run_on_these_pieces_and_the_notebooks_own_stay(labs: Path) -> None:
    mine = find_mine(labs, ["relu"], {"forward": forward, "step": step}, "13")
    assert mine["step"](np.array([-1.0, 3.0])).tolist() == [0.0, 6.0]
    assert mine["relu"].called
    assert relu is pieces.relu
    assert not hasattr(pieces.relu, "called")


def test_answers_that_do_not_all_pass_are_not_used(labs: Path) -> None:
    mine = find_mine(labs, ["relu"], {"forward": forward, "step": None}, "13")
    assert mine.answers == {}
    assert "forward" not in mine
    assert {row[0]: row[2] for row in mine.table.rows if row[1] == "13"} == {
        "forward": "yours, but others do not pass yet",
        "step": "the library's Network (does not pass yet)",
    }


def test_a_notebook_that_cannot_be_read_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "lab08_x.ipynb").write_text("{", encoding="utf-8")
    assert find_mine(tmp_path, ["relu"], {}, "13")["relu"] is pieces.relu


def test_the_pieces_are_those_that_the_notebook_imported() -> None:
    names = taken({"relu": pieces.relu, "adam_step": print})
    assert sorted(names) == ["he_normal", "relative_error", "relu"]
    assert len(ANSWERS) == 3
