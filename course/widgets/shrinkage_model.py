"""How the weights of a linear model shrink as the penalty grows: ridge and lasso. Lab 11's numbers."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

FEATURES = ("age", "sex", "bmi", "pressure", "s1", "s2", "s3", "s4", "s5", "s6")
#: the strengths that are shown, weak to strong
STRENGTHS = {"L2": np.geomspace(1.0, 1e5, 41), "L1": np.geomspace(0.1, 50.0, 41)}

Ridge = Callable[[np.ndarray, np.ndarray, float], Any]
Threshold = Callable[[Any, float], Any]


@lru_cache(maxsize=1)
def _patients() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_diabetes

    X, y = load_diabetes(return_X_y=True)
    return (X - X.mean(axis=0)) / X.std(axis=0), y - y.mean()


def diabetes() -> tuple[np.ndarray, np.ndarray]:
    """Give ten measurements of 442 patients, and how far their disease went on in a year (Efron et al. 2004).

    Returns
    -------
    X : array, shape (442, 10)
        Each column with mean 0 and standard deviation 1.
    y : array, shape (442,)
        With mean 0.
    """
    X, y = _patients()
    return X.copy(), y.copy()


def ridge(X: np.ndarray, y: np.ndarray, lam: float) -> np.ndarray:
    """Minimise ‖y − Xw‖² + λ‖w‖²; returns w (n,)."""
    return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)


def threshold(z: float, t: float) -> float:
    """Move z towards 0 by t and stop there."""
    return float(np.sign(z)) * max(abs(z) - t, 0.0)


def lasso(
    X: np.ndarray, y: np.ndarray, lam: float, soft: Threshold = threshold, start: np.ndarray | None = None
) -> np.ndarray:
    """Minimise ‖y − Xw‖²/2N + λ‖w‖₁ by coordinates, until no weight moves by a thousandth; returns w (n,)."""
    N, n = X.shape
    gram, right = X.T @ X / N, X.T @ y / N
    w = np.zeros(n) if start is None else start.copy()
    for _ in range(2000):
        before = w.copy()
        for j in range(n):
            z = right[j] - gram[j] @ w + gram[j, j] * w[j]
            w[j] = float(soft(z, lam)) / gram[j, j]
        if np.abs(w - before).max() < 1e-3:
            break
    return w


def path(kind: str, ridge: Ridge = ridge, soft: Threshold = threshold) -> np.ndarray:
    """Compute the weights for every strength, with these functions.

    Parameters
    ----------
    kind : {"L2", "L1"}
    ridge : callable
        As the `ridge` of this module.
    soft : callable
        As `threshold`.

    Returns
    -------
    array, shape (strengths, n)

    Raises
    ------
    ValueError
        If a function returns something other than n weights.
    """
    X, y = diabetes()
    weights = []
    w: np.ndarray | None = None
    for lam in STRENGTHS[kind][::-1]:  # from strong to weak: each solution is a good start for the next
        w = lasso(X, y, lam, soft, w) if kind == "L1" else np.asarray(ridge(X, y, float(lam)), dtype=float)
        if w.shape != X.shape[1:]:
            raise ValueError(f"expected {X.shape[1]} weights, got an array of shape {w.shape}: check your function")
        weights.append(w)
    return np.array(weights[::-1])


@lru_cache(maxsize=128)
def peer(kind: str, lam: float) -> tuple[float, ...]:
    """Compute the weights for one strength with scikit-learn."""
    from sklearn.linear_model import Lasso
    from sklearn.linear_model import Ridge as PeerRidge

    model = Lasso(alpha=lam, fit_intercept=False) if kind == "L1" else PeerRidge(alpha=lam, fit_intercept=False)
    return tuple(map(float, model.fit(*diabetes()).coef_))


def quartered(kind: str, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Find the weights (n,) whose sum of squares is a quarter of that of least squares."""
    solve = lasso if kind == "L1" else ridge
    least = np.linalg.lstsq(X, y, rcond=None)[0]
    low, high = 1e-2, 1e4
    for _ in range(40):
        middle = float(np.sqrt(low * high))
        w = solve(X, y, middle)
        low, high = (middle, high) if w @ w > least @ least / 4 else (low, middle)
    return w
