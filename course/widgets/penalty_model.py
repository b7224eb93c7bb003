"""Two weights, a loss and a penalty: where the objective is lowest. The numbers behind lab 11's contours."""

from dataclasses import dataclass

import numpy as np

from course.widgets.shrinkage_model import threshold
from course.widgets.surface_model import Surface

KINDS = ("L2", "L1")
REACH = 2.0


@dataclass(frozen=True)
class Bowl:
    """A quadratic loss ½(w − w*)ᵀA(w − w*).

    Parameters
    ----------
    name : str
    A : tuple of tuples
        Curvature, symmetric with positive eigenvalues.
    lowest : tuple of float
        w*, the weights with the smallest loss.
    """

    name: str
    A: tuple[tuple[float, float], tuple[float, float]]
    lowest: tuple[float, float]

    def loss(self, w: np.ndarray) -> np.ndarray:
        """Weights (..., 2) → losses (...)."""
        d = w - np.array(self.lowest)
        return 0.5 * np.einsum("...i,ij,...j", d, np.array(self.A), d)

    def gradient(self, w: np.ndarray) -> np.ndarray:
        """Weights (2,) → gradient (2,)."""
        return np.array(self.A) @ (w - np.array(self.lowest))

    @property
    def surface(self) -> Surface:
        """The bowl as the contour drawing takes it."""
        return Surface(self.name, "½(w − w*)ᵀA(w − w*)", self.loss, self.gradient, REACH, (0.0, 0.0), 0.1)


BOWLS = (
    Bowl("upright", ((1.0, 0.0), (0.0, 2.0)), (1.5, 0.5)),
    Bowl("tilted", ((1.0, 0.6), (0.6, 0.8)), (1.2, 0.9)),
    Bowl("two that help alike", ((1.0, 0.9), (0.9, 1.0)), (0.8, 0.7)),
)


def penalty(kind: str, w: np.ndarray) -> np.ndarray:
    """Weights (..., 2) → R (...), the penalty without its λ."""
    return np.abs(w).sum(axis=-1) if kind == "L1" else (w**2).sum(axis=-1)


def best(bowl: Bowl, kind: str, lam: float) -> np.ndarray:
    """Find the weights (2,) with the smallest L + λR.

    Raises
    ------
    ValueError
        If λ is negative, or the kind is none of KINDS.
    """
    if kind not in KINDS or not lam >= 0:
        raise ValueError(f"expected one of {', '.join(KINDS)} and λ at least 0, got {kind!r} and {lam}")
    A, lowest = np.array(bowl.A), np.array(bowl.lowest)
    if kind == "L2":
        return np.linalg.solve(A + 2 * lam * np.eye(2), A @ lowest)  # A(w − w*) + 2λw = 0
    w = np.zeros(2)
    for _ in range(200):  # coordinate descent; each round shrinks the error by at least a fifth for these bowls
        for j in range(2):
            z = A[j] @ lowest - A[j, 1 - j] * w[1 - j]
            w[j] = threshold(z, lam) / A[j, j]
    return w


def ball(kind: str, size: float) -> np.ndarray:
    """Give the outline (n, 2) of all weights with R = size: a circle or a diamond."""
    if kind == "L1":
        return size * np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0], [1.0, 0.0]])
    angles = np.linspace(0, 2 * np.pi, 73)
    return np.sqrt(size) * np.column_stack([np.cos(angles), np.sin(angles)])


def describe(kind: str, lam: float, w: np.ndarray) -> str:
    """Say where the minimum is, and who is exactly zero."""
    zero = [name for name, value in zip(("w₁", "w₂"), w, strict=True) if value == 0]
    end = f" Exactly 0: {' and '.join(zero)}." if zero else " No weight is exactly 0."
    return f"{kind}, λ = {lam:.2f}: the objective is lowest at ({w[0]:.3f}, {w[1]:.3f}).{end}"
