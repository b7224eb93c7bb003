"""Small data sets for figures and exercises: logic gates, points in the plane, three houses. Rows are examples."""

import numpy as np
from numpy.random import Generator

_CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def or_gate() -> tuple[np.ndarray, np.ndarray]:
    """Return the four corners of the unit square, shape (4, 2), and their OR, shape (4,) of 0 and 1."""
    return _CORNERS.copy(), np.array([0, 1, 1, 1])


def and_gate() -> tuple[np.ndarray, np.ndarray]:
    """Return the four corners of the unit square, shape (4, 2), and their AND, shape (4,) of 0 and 1."""
    return _CORNERS.copy(), np.array([0, 0, 0, 1])


def xor_gate() -> tuple[np.ndarray, np.ndarray]:
    """Return the four corners of the unit square, shape (4, 2), and their XOR, shape (4,), which no line separates."""
    return _CORNERS.copy(), np.array([0, 1, 1, 0])


def houses() -> tuple[np.ndarray, np.ndarray]:
    """Return three houses with three features each, and their prices in dollars.

    Returns
    -------
    X : ndarray, shape (3, 3)
    y : ndarray, shape (3,)

    Notes
    -----
    Fullwood, "A gentle introduction to deep learning" (PyCon 2017).
    """
    X = np.array([[1250.0, 350.0, 3.0], [1700.0, 900.0, 6.0], [1400.0, 600.0, 3.0]])
    return X, np.array([345000.0, 580000.0, 360000.0])


def circles(n: int, noise: float, rng: Generator, inner: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """Draw points on two circles with the same centre: class 0 at radius 1, class 1 at radius `inner`.

    Parameters
    ----------
    n : int
        Number of points. The sizes of the classes differ by at most one.
    noise : float
        Standard deviation of the normal noise on each coordinate.
    rng : Generator
        Source of randomness.
    inner : float
        Radius of the inner circle, between 0 and 1.

    Returns
    -------
    X : ndarray, shape (n, 2)
    y : ndarray of int, shape (n,)

    Raises
    ------
    ValueError
        n < 2, noise < 0, or `inner` outside (0, 1).
    """
    _check(n, noise, 2)
    if not 0 < inner < 1:
        raise ValueError(f"inner: expected a radius between 0 and 1, got {inner}. Try 0.5.")
    y = _alternating_labels(n, 2, rng)
    angle = rng.uniform(0, 2 * np.pi, n)
    radius = np.where(y == 1, inner, 1.0)
    X = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return X + rng.normal(0, noise, X.shape), y


def moons(n: int, noise: float, rng: Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw points on two interleaving half circles.

    Parameters, returns and errors as in `circles`.
    """
    _check(n, noise, 2)
    y = _alternating_labels(n, 2, rng)
    angle = rng.uniform(0, np.pi, n)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    X = np.where(y[:, None] == 0, upper, lower)
    return X + rng.normal(0, noise, X.shape), y


def spirals(n: int, noise: float, rng: Generator, arms: int = 2, turns: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Draw points on spiral arms that wind around each other, one class per arm.

    Parameters
    ----------
    n, noise, rng
        As in `circles`.
    arms : int
        Number of arms, at least 2.
    turns : float
        How many times an arm goes round.

    Returns
    -------
    X : ndarray, shape (n, 2)
        Within the unit circle, apart from the noise.
    y : ndarray of int, shape (n,)
        0 … arms − 1.
    """
    _check(n, noise, arms)
    y = _alternating_labels(n, arms, rng)
    radius = np.sqrt(rng.uniform(0.01, 1, n))  # the root spreads the points evenly along the arm
    angle = 2 * np.pi * (turns * radius + y / arms)
    X = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return X + rng.normal(0, noise, X.shape), y


def blobs(n: int, centers: np.ndarray, spread: float, rng: Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw normally distributed points around each centre, one class per centre.

    Parameters
    ----------
    n : int
        Number of points.
    centers : array_like, shape (classes, features)
        The centres.
    spread : float
        Standard deviation around a centre, in every direction.
    rng : Generator
        Source of randomness.

    Returns
    -------
    X : ndarray, shape (n, features)
    y : ndarray of int, shape (n,)

    Raises
    ------
    ValueError
        `centers` is not two-dimensional, n is smaller than their number, or spread < 0.
    """
    centers = np.asarray(centers, dtype=float)
    if centers.ndim != 2:
        raise ValueError(f"centers: expected shape (classes, features), got {centers.shape}. One row per centre.")
    _check(n, spread, len(centers))
    y = _alternating_labels(n, len(centers), rng)
    return centers[y] + rng.normal(0, spread, (n, centers.shape[1])), y


def _alternating_labels(n: int, classes: int, rng: Generator) -> np.ndarray:
    """Return n labels in random order, with class sizes that differ by at most one."""
    return rng.permutation(np.arange(n) % classes)


def _check(n: int, noise: float, classes: int) -> None:
    """Refuse a number of points or a noise that makes no sense."""
    if classes < 2:
        raise ValueError(f"classes: expected at least 2, got {classes}.")
    if n < classes:
        raise ValueError(f"n: expected at least one point per class, so n ≥ {classes}, got {n}.")
    if noise < 0:
        raise ValueError(f"noise: expected a standard deviation ≥ 0, got {noise}.")
