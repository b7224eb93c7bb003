"""A line through three houses: the numbers behind lab 03's fit-the-line."""

from dataclasses import dataclass

import numpy as np

from course.data.toy import houses
from course.show.tables import number

LR = 0.05  # PyCon17's learning rate
_X, _PRICES = houses()
AREA = _X[:, 0] / 1000  # thousand square feet
PRICE = _PRICES / 1e5  # hundred thousand dollars
#: what stands on the horizontal axis
FEATURES = {"area": AREA, "standardised area": (AREA - AREA.mean()) / AREA.std()}


@dataclass(frozen=True)
class Fit:
    """What a line says about the houses.

    Parameters
    ----------
    x, y, y_hat : array, shape (3,)
        Feature, price and predicted price.
    """

    x: np.ndarray
    y: np.ndarray
    y_hat: np.ndarray

    @property
    def delta(self) -> np.ndarray:
        """Errors y − ŷ; shape (3,)."""
        return self.y - self.y_hat

    @property
    def cost(self) -> float:
        """Sum of the squared errors."""
        return float(np.sum(self.delta**2))

    @property
    def gradient(self) -> tuple[float, float]:
        """Derivatives of the cost with respect to slope and intercept."""
        return float(-2 * self.delta @ self.x), float(-2 * self.delta.sum())


def fit(feature: str, w: float, b: float) -> Fit:
    """Predict the prices with the line w·x + b.

    Parameters
    ----------
    feature : str
        One of `FEATURES`.
    w, b : float
        Slope and intercept.

    Raises
    ------
    ValueError
        If there is no such feature.
    """
    if feature not in FEATURES:
        raise ValueError(f"expected one of {', '.join(FEATURES)}, got {feature!r}: choose one of these")
    x = FEATURES[feature]
    return Fit(x, PRICE, w * x + b)


def descend(feature: str, w: float, b: float, steps: int, lr: float = LR) -> tuple[float, float]:
    """Take steps of gradient descent on the cost; returns the new slope and intercept."""
    for _ in range(steps):
        dw, db = fit(feature, w, b).gradient
        w, b = w - lr * dw, b - lr * db
    return w, b


def best(feature: str) -> tuple[float, float]:
    """Give slope and intercept of the line with the least cost."""
    x = FEATURES[feature]
    w = float((x - x.mean()) @ (PRICE - PRICE.mean()) / np.sum((x - x.mean()) ** 2))
    return w, float(PRICE.mean() - w * x.mean())


def status(feature: str, result: Fit, steps: int) -> str:
    """Say how good the line is, and how far it is from the best one."""
    least = fit(feature, *best(feature)).cost
    walked = f"After {steps} step{'' if steps == 1 else 's'} of gradient descent: c" if steps else "C"
    said = f"{walked}ost {number(result.cost)}; the best line has {number(least)}."
    if result.cost < 1.01 * least:
        return f"{said} You are there."
    return f"{said} Which knob would you turn?"
