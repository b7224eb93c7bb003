"""Two hidden units and what they do to the points: the numbers behind lab 05's hidden space."""

from dataclasses import dataclass

import numpy as np

from course.nn.activations import sigmoid

LR = 0.5
#: parameters of a 2–2–1 network, by the part that they belong to: unit 1, unit 2, output
Knobs = dict[str, tuple[float, float, float]]
PARTS = ("unit 1", "unit 2", "output")
START: Knobs = {"unit 1": (2.0, 1.0, -1.5), "unit 2": (1.0, 2.0, -1.5), "output": (2.0, -1.5, 0.0)}

_TURN = 2 * np.pi * np.arange(10) / 10
_RING = np.column_stack([np.cos(_TURN), np.sin(_TURN)]) * 0.6 + 0.5  # so dense that no strip slips through
_CORE = np.array([[0.2, 0.5], [0.8, 0.5], [0.5, 0.2], [0.5, 0.8]])
#: examples (N, 2) and labels (N,)
DATA = {
    "XOR": (np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])),
    "ring": (np.vstack([_RING, _CORE]), np.repeat([0, 1], [10, 4])),
}


@dataclass(frozen=True)
class Seen:
    """What a network makes of the points.

    Parameters
    ----------
    a : array, shape (N, 2)
        Where the hidden layer puts them.
    p : array, shape (N,)
        Probability of class 1.
    """

    a: np.ndarray
    p: np.ndarray


def hidden(knobs: Knobs, X: np.ndarray) -> np.ndarray:
    """Put points (N, 2) where the two hidden units see them, (N, 2)."""
    W = np.array([knobs[part] for part in PARTS[:2]]).T  # (3, 2): two weights and a bias a column
    return np.tanh(X @ W[:2] + W[2])


def output(knobs: Knobs, a: np.ndarray) -> np.ndarray:
    """Give p for points of the hidden space, (N,)."""
    v1, v2, b = knobs["output"]
    return sigmoid(a @ np.array([v1, v2]) + b)


def look(knobs: Knobs, X: np.ndarray) -> Seen:
    """Send points (N, 2) through the network."""
    a = hidden(knobs, X)
    return Seen(a, output(knobs, a))


def learn(knobs: Knobs, data: str, steps: int) -> Knobs:
    """Take steps of gradient descent on the mean cross-entropy over one of `DATA`."""
    X, y = DATA[data]
    W = np.array([knobs[part] for part in PARTS[:2]]).T
    v = np.array(knobs["output"])
    ones = np.ones((len(X), 1))
    for _ in range(steps):
        a = np.tanh(X @ W[:2] + W[2])
        dz = (sigmoid(a @ v[:2] + v[2]) - y) / len(y)
        dz_hidden = dz[:, None] * v[:2] * (1 - a**2)
        v = v - LR * np.hstack([a, ones]).T @ dz
        W = W - LR * np.hstack([X, ones]).T @ dz_hidden
    return {"unit 1": _knobs(W[:, 0]), "unit 2": _knobs(W[:, 1]), "output": _knobs(v)}


def scatter(rng: np.random.Generator) -> Knobs:
    """Draw a random start."""
    return {part: _knobs(rng.normal(0, 1, 3).round(2)) for part in PARTS}


def _knobs(values: np.ndarray) -> tuple[float, float, float]:
    w1, w2, b = (float(value) for value in values)
    return w1, w2, b


def status(seen: Seen, y: np.ndarray, steps: int) -> str:
    """Say how many are right, and what that means on the right-hand map."""
    right = int(np.sum((seen.p >= 0.5) == y))
    walked = f"After {steps} steps of learning: " if steps else ""
    said = f"{walked}{right} of {len(y)} points right."
    return f"{said} In hidden space one line will do." if right == len(y) else f"{said} Move a line, or the output."
