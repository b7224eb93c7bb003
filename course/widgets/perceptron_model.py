"""One neuron on four examples: the numbers behind lab 01's explorer."""

from dataclasses import dataclass

import numpy as np

from course.nn.activations import sigmoid

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
LABELS = {"OR": np.array([0, 1, 1, 1]), "AND": np.array([0, 0, 0, 1]), "XOR": np.array([0, 1, 1, 0])}


@dataclass(frozen=True)
class Answers:
    """What the neuron says about each of the four examples.

    Parameters
    ----------
    y : array, shape (4,)
        Labels.
    h : array, shape (4,)
        Weighted sums.
    p : array, shape (4,)
        Probabilities of label 1.
    y_hat : array, shape (4,)
        Predicted labels.
    """

    y: np.ndarray
    h: np.ndarray
    p: np.ndarray
    y_hat: np.ndarray

    @property
    def right(self) -> np.ndarray:
        """Tell for every example whether the prediction is right; shape (4,)."""
        return self.y_hat == self.y

    @property
    def wrong(self) -> int:
        """Count the wrong predictions."""
        return int(np.sum(~self.right))

    @property
    def squared_error(self) -> float:
        """Add up the squared errors of the four probabilities."""
        return float(np.sum((self.y - self.p) ** 2))


def answers(data: str, w: np.ndarray, b: float) -> Answers:
    """Compute h, p and ŷ for OR, AND or XOR.

    Parameters
    ----------
    data : {"OR", "AND", "XOR"}
        Which labels.
    w : array, shape (2,)
        Weights.
    b : float
        Bias.

    Raises
    ------
    ValueError
        If `data` is none of the three.
    """
    if data not in LABELS:
        raise ValueError(f"expected one of {', '.join(LABELS)}, got {data!r}: choose one of these")
    h = X @ w + b
    p = sigmoid(h)
    return Answers(LABELS[data], h, p, (p >= 0.5).astype(int))  # the tie p = 0.5 counts as 1


def status(data: str, result: Answers) -> str:
    """Say in words how well the neuron does."""
    error = result.squared_error
    if result.wrong:
        places = ", ".join(f"({a}, {b})" for a, b in X[~result.right])
        return f"{result.wrong} of 4 wrong: {places}. Can you get it to 0?"
    if error > 0.1:
        return f"All four of {data} are right, but p hesitates. Can you push the squared error below 0.1?"
    return f"All four of {data} are right, and the neuron is sure of it."
