"""Squared error and cross-entropy of one neuron, over its logit. The numbers behind lab 04's loss explorer."""

from dataclasses import dataclass

import numpy as np

from course.nn.activations import sigmoid, softplus
from course.show.tables import number

REACH = 8.0  # logits are shown from −REACH to REACH
LOSSES = ("squared error", "cross-entropy")


@dataclass(frozen=True)
class Reading:
    """One loss at one logit.

    Parameters
    ----------
    value, slope : float
        L and ∂L/∂z.
    """

    value: float
    slope: float


def value(loss: str, z: np.ndarray, y: int) -> np.ndarray:
    """Logits (n,) and a target 0 or 1 → losses (n,)."""
    if loss == "squared error":
        return (sigmoid(z) - y) ** 2
    return softplus(z) - y * z


def slope(loss: str, z: np.ndarray, y: int) -> np.ndarray:
    """Logits (n,) and a target 0 or 1 → ∂L/∂z (n,)."""
    p = sigmoid(z)
    if loss == "squared error":
        return 2 * (p - y) * p * (1 - p)
    return p - y


def read(loss: str, z: float, y: int) -> Reading:
    """Read one loss at one logit."""
    at = np.array([z])
    return Reading(float(value(loss, at, y)[0]), float(slope(loss, at, y)[0]))


def describe(z: float, y: int) -> str:
    """Say what the neuron thinks, and how hard each loss pulls."""
    p = float(sigmoid(np.array([z]))[0])
    squared, cross = (read(loss, z, y) for loss in LOSSES)
    pulls = f"The squared error pulls with {abs(squared.slope):.3f}, the cross-entropy with {abs(cross.slope):.3f}."
    sure = "sure, and wrong" if abs(p - y) > 0.9 else "sure, and right" if abs(p - y) < 0.1 else "undecided"
    return f"z = {number(z)}, so p = {p:.3f}, and the target is {y}: {sure}. {pulls}"
