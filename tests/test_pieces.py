"""course.pieces: what labs 04 to 12 graded passes the labs' own checks, and fits lab 13's network."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from course import pieces
from course.checks.judge import judge
from course.checks.record import LabRecord
from course.inside.observe import observe_all

RECORDS = sorted((Path(__file__).parents[1] / "labs" / "checks").glob("lab*.json"))
LABS = [LabRecord.from_json(path.read_text(encoding="utf-8")) for path in RECORDS]
GRADED = {name: exercise for lab in LABS if "04" <= lab.lab <= "12" for name, exercise in lab.exercises.items()}


@pytest.mark.parametrize("name", pieces.__all__)
def test_every_piece_answers_its_lab(name: str) -> None:
    exercise = GRADED[name]
    verdict = judge(exercise, observe_all(exercise.probe, vars(pieces), name, exercise.cases))
    assert verdict.passed, verdict


@pytest.mark.parametrize("name", pieces.__all__)
def test_every_piece_says_what_it_does(name: str) -> None:
    assert getattr(pieces, name).__doc__


def test_float32_stays_float32_through_a_step() -> None:
    rng = np.random.default_rng(0)
    X, W = rng.normal(size=(6, 4)).astype(np.float32), rng.normal(size=(4, 3)).astype(np.float32)
    hidden, mask = pieces.dropout_forward(pieces.relu(X), 0.5, rng, True)
    d = pieces.softmax_cross_entropy_grad(hidden @ W, rng.integers(0, 3, 6))
    back = pieces.dropout_backward(d @ W.T, mask, 0.5) * pieces.relu_grad(X)
    theta, state = pieces.adam_step(W, hidden.T @ d, {}, 0.01, 0.9, 0.999, 1e-8)
    mean, std = pieces.fit_scaler(X)
    assert {a.dtype for a in (hidden, d, back, theta, state["m"], state["v"], mean, std)} == {np.dtype(np.float32)}


def test_the_pieces_enter_a_sandbox_by_themselves() -> None:
    program = "import sys, course.pieces; print(*sorted(m for m in sys.modules if m.startswith('course.')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["course.pieces"]
