"""The playground's points: data sets in the plane, features of a point, the grid of a picture."""

import numpy as np

from course.data import blobs, circles, spirals, xor_gate
from course.widgets.playground.settings import Settings

POINTS = 300
RADIUS = 3.0  # of the data sets: one whole wave of sin x₁ lies in −π … π


def draw_points(settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """Draw the data set: X (N, 2) in random order, y (N,) of 0 and 1."""
    rng, noise = np.random.default_rng([settings.seed, 0]), settings.noise
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
    """Give the visible stretch, the same on both axes."""
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
