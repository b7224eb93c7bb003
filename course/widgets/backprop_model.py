"""One hidden layer and a few examples, forward and back, array by array: the numbers behind lab 06's stepper."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course.data.toy import xor_gate
from course.nn.activations import sigmoid, sigmoid_grad, tanh, tanh_grad
from course.nn.losses import SigmoidCrossEntropy

MOST = 4  # examples, and hidden units: more would not fit on the card
ACTIVATIONS: dict[str, tuple[Callable[..., np.ndarray], Callable[..., np.ndarray]]] = {
    "tanh": (tanh, tanh_grad),
    "sigmoid": (sigmoid, sigmoid_grad),
}
_W1 = np.array([[1.0, -0.5, 0.8, -1.2], [-1.0, 1.5, 0.6, 0.4]])
_B1 = np.array([0.2, 0.5, -0.4, 0.1])
_W2 = np.array([[1.2], [-0.8], [0.5], [0.9]])


@dataclass(frozen=True)
class Step:
    """One array of the calculation.

    Parameters
    ----------
    way : {"given", "forward", "backward"}
        Values flow forward, gradients flow back; inputs and parameters are given.
    name : str
        As the lab writes it.
    rule : str
        The equation.
    shapes : str
        The same equation with shapes for arrays.
    value : array
    """

    way: str
    name: str
    rule: str
    shapes: str
    value: np.ndarray


def given(N: int = MOST, h: int = 3) -> dict[str, np.ndarray]:
    """Give the first N corners of XOR, and parameters for h hidden units.

    Returns
    -------
    dict
        X (N, 2), y (N, 1), W₁ (2, h), b₁ (h,), W₂ (h, 1), b₂ (1,).

    Raises
    ------
    ValueError
        If N or h is not between 1 and 4.
    """
    if not (1 <= N <= MOST and 1 <= h <= MOST):
        raise ValueError(f"expected 1 to {MOST} examples and hidden units, got {N} and {h}: choose smaller ones")
    X, y = xor_gate()
    arrays = (X[:N], y[:N, None].astype(float), _W1[:, :h], _B1[:h], _W2[:h], np.array([-0.3]))
    return dict(zip(("X", "y", "W₁", "b₁", "W₂", "b₂"), arrays, strict=True))


def calculate(arrays: dict[str, np.ndarray], activation: str = "tanh") -> tuple[Step, ...]:
    """Compute the mean cross-entropy of a network with one hidden layer and all its gradients, array by array.

    Parameters
    ----------
    arrays : dict
        As `given` makes it.
    activation : {"tanh", "sigmoid"}
        Of the hidden layer; the output is a sigmoid.

    Returns
    -------
    tuple of Step
        Five steps forward (Z₁, A₁, Z₂, p, L), then seven back.

    Raises
    ------
    ValueError
        If there is no such activation.
    """
    if activation not in ACTIVATIONS:
        raise ValueError(f"expected one of {', '.join(ACTIVATIONS)}, got {activation!r}: choose one of them")
    f, f_grad = ACTIVATIONS[activation]
    X, y, W1, b1, W2, b2 = arrays.values()
    N, (Z1, loss) = len(X), (X @ W1 + b1, SigmoidCrossEntropy())  # (6.1), and the loss
    A1 = f(Z1)  # (6.5), the hidden layer
    Z2 = A1 @ W2 + b2
    dZ2 = loss.grad(Z2, y)
    dA1 = dZ2 @ W2.T  # (6.4), for the output layer
    dZ1 = dA1 * f_grad(Z1)  # (6.6), the hidden layer
    x, w1, w2, z1, z2 = (str(array.shape) for array in (X, W1, W2, Z1, Z2))
    rows = [
        ("forward", "Z₁", "X W₁ + b₁", f"{x} · {w1} + {b1.shape}", Z1),
        ("forward", "A₁", f"{activation}(Z₁)", f"{activation} of {z1}", A1),
        ("forward", "Z₂", "A₁ W₂ + b₂", f"{z1} · {w2} + {b2.shape}", Z2),
        ("forward", "p", "σ(Z₂)", f"σ of {z2}", sigmoid(Z2)),
        ("forward", "L", "−mean(y log p + (1 − y) log(1 − p))", f"mean over {N} rows", np.array(loss.value(Z2, y))),
        ("backward", "∂L/∂Z₂", "(p − y) / N", f"({z2} − {z2}) / {N}", dZ2),
        ("backward", "∂L/∂W₂", "A₁ᵀ ∂L/∂Z₂", f"{A1.T.shape} · {z2}", A1.T @ dZ2),
        ("backward", "∂L/∂b₂", "Σₙ ∂L/∂Z₂", f"sum of {z2} over its rows", dZ2.sum(axis=0)),
        ("backward", "∂L/∂A₁", "∂L/∂Z₂ W₂ᵀ", f"{z2} · {W2.T.shape}", dA1),
        ("backward", "∂L/∂Z₁", "∂L/∂A₁ ⊙ f′(Z₁)", f"{z1} ⊙ {z1}", dZ1),
        ("backward", "∂L/∂W₁", "Xᵀ ∂L/∂Z₁", f"{X.T.shape} · {z1}", X.T @ dZ1),
        ("backward", "∂L/∂b₁", "Σₙ ∂L/∂Z₁", f"sum of {z1} over its rows", dZ1.sum(axis=0)),
    ]
    return tuple(Step(*row) for row in rows)


def shape_text(array: np.ndarray) -> str:
    """Write an array's shape; a number has none."""
    return str(array.shape) if array.ndim else "one number"


def status(steps: tuple[Step, ...], done: int) -> str:
    """Say where the calculation stands after `done` steps, and ask for the next shape.

    Raises
    ------
    ValueError
        If `done` is not between 0 and the number of steps.
    """
    if not 0 <= done <= len(steps):
        raise ValueError(f"expected 0 to {len(steps)} steps, got {done}: take one step at a time")
    if done == len(steps):
        return "Done. Each gradient has the shape of the thing itself: compare the boxes above and below one another."
    ask = f"{steps[done].name} = {steps[done].rule}. Which shape will it have?"
    if done == 0:
        return f"Nothing computed yet. First {ask}"
    last = steps[done - 1]
    turn = " Now turn round." if steps[done].way != last.way else ""
    return f"{last.name}: {last.shapes} → {shape_text(last.value)}.{turn} Next {ask}"
