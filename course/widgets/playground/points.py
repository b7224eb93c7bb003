"""The playground's points: data sets in the plane, features of a point, the grid of a picture."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from course.data import blobs, circles, spirals, xor_gate
from course.widgets.playground.settings import DATA, OWN, Settings

POINTS = 300
RADIUS = 3.0  # of the data sets: one whole wave of sin x₁ lies in −π … π
MOST_POINTS = 2000  # of the user's own: all of them are drawn, and measured after every picture


@dataclass(frozen=True, eq=False)
class OwnPoints:
    """The user's own points, moved and stretched to fit the picture: each coordinate from −3 to 3.

    Parameters
    ----------
    X : array-like, shape (N, 2)
        The points, on any scale, N from 2 to 2000.
    y : array-like, shape (N,)
        Their classes, 0 or 1.

    Raises
    ------
    ValueError
        If the shapes do not fit, a number is not finite, or a class is neither 0 nor 1.
    """

    X: np.ndarray
    y: np.ndarray

    def __post_init__(self) -> None:
        X, y = _numbers("X", self.X), _numbers("y", self.y)
        if X.ndim != 2 or X.shape[1] != 2 or not 2 <= len(X) <= MOST_POINTS:
            raise ValueError(
                f"X: expected shape (N, 2), N from 2 to {MOST_POINTS}, got {X.shape}. Give one point a row, and choose "
                "two columns, such as X[:, :2]."
            )
        if y.shape != X.shape[:1]:
            raise ValueError(
                f"y: expected shape {X.shape[:1]}, one class for each point, got {y.shape}. Try y.ravel()."
            )
        if others := sorted(set(y.tolist()) - {0.0, 1.0}):
            raise ValueError(
                f"y: expected the classes 0 and 1, got {others[0]:g}. For one class against the rest: "
                f"y = (y == {others[0]:g}).astype(int)."
            )
        middle, half = (X.max(axis=0) + X.min(axis=0)) / 2, np.ptp(X, axis=0) / 2
        object.__setattr__(self, "X", RADIUS * (X - middle) / np.where(half == 0, 1, half))  # the class is frozen
        object.__setattr__(self, "y", y.astype(int))


def _numbers(name: str, values: Any) -> np.ndarray:
    """Read an array of finite numbers."""
    try:
        numbers = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name}: expected an array of numbers, got {type(values).__name__}. Convert it first."
        ) from None
    if not np.isfinite(numbers).all():
        raise ValueError(f"{name}: expected finite numbers, got NaN or infinity. Leave these rows out.")
    return numbers


def draw_points(settings: Settings, own: OwnPoints | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Draw the data set: X (N, 2) in random order, y (N,) of 0 and 1.

    Raises
    ------
    ValueError
        If the settings ask for the user's own points and there are none.
    """
    rng, noise = np.random.default_rng([settings.seed, 0]), settings.noise
    if settings.data == OWN:
        if own is None:
            raise ValueError(
                f"data: expected one of {', '.join(DATA)}, got 'own' and no points. Give them as Playground(X, y), or "
                "choose another data set."
            )
        order = rng.permutation(len(own.X))
        return own.X[order], own.y[order]
    if settings.data == "corners":
        return xor_gate()
    if settings.data == "circles":
        X, y = circles(POINTS, noise, rng)
    elif settings.data == "spirals":
        X, y = spirals(POINTS, noise, rng, turns=1.5)
    elif settings.data == "blobs":
        X, y = blobs(POINTS, np.array([[-0.6, -0.6], [0.6, 0.6]]), 0.15 + noise, rng)
    else:
        X = rng.uniform(-1, 1, (POINTS, 2))
        y = ((X[:, 0] > 0) != (X[:, 1] > 0)).astype(int)
        X += 0.06 * np.sign(X) + rng.normal(0, noise, X.shape)  # a gap along the axes, as wide as the noise leaves it
    return RADIUS * X, y


def box(settings: Settings) -> tuple[float, float]:
    """Return the visible range, the same on both axes."""
    return (-0.5, 1.5) if settings.data == "corners" else (-4.0, 4.0)


def look(X: np.ndarray, features: tuple[str, ...]) -> np.ndarray:
    """Compute the chosen features, (N, n), of points X (N, 2)."""
    x1, x2 = X[:, 0], X[:, 1]
    columns = {
        "x1": x1, "x2": x2, "x1^2": x1**2, "x2^2": x2**2, "x1*x2": x1 * x2, "sin x1": np.sin(x1), "sin x2": np.sin(x2),
    }  # fmt: skip
    return np.stack([columns[name] for name in features], axis=1)


def grid(low: float, high: float, side: int) -> np.ndarray:
    """Give the middles of side × side pixels, row by row from the top, (side², 2)."""
    half = (high - low) / side / 2
    x = np.linspace(low + half, high - half, side)
    return np.stack(np.meshgrid(x, x[::-1]), axis=-1).reshape(-1, 2)
