"""Lab 11's shrinkage path: ten weights of a linear model, ridge and lasso, as the penalty grows."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.axes import Axes
from course.show.looks import AXIS, BLUE, GREEN, INK, PURPLE, VERMILION
from course.show.tables import Table
from course.widgets.base import LABEL, Card

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
    """Give ten measurements of 442 patients, and how far their disease progressed in a year (Efron et al. 2004).

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
    """Minimise ‖y − Xw‖²/2N + λ‖w‖₁ one weight at a time, until none moves by a thousandth; returns w (n,)."""
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


BOTTOM = 324.0  # pixels
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, INK)
PEERS = slice(0, None, 5)  # strengths at which scikit-learn's weights are drawn
NAMES = {"L2": "ridge", "L1": "lasso"}


def spread(heights: np.ndarray, gap: float = 14.0) -> np.ndarray:
    """Move labels apart so that none covers another nor lies below the axes, keeping their order."""
    order = np.argsort(heights)
    moved = heights[order].copy()
    for i in range(1, len(moved)):
        moved[i] = max(moved[i], moved[i - 1] + gap)
    moved -= max(0.0, moved[-1] - BOTTOM)
    for i in range(len(moved) - 2, -1, -1):
        moved[i] = min(moved[i], moved[i + 1] - gap)
    result = np.empty_like(moved)
    result[order] = moved
    return result


def draw(paths: np.ndarray, peers: np.ndarray, kind: str, chosen: int, alt: str) -> str:
    """Draw a line for each weight, dots for scikit-learn's, and a bar at the chosen strength."""
    strengths = STRENGTHS[kind]
    axes = Axes((float(strengths[-1]), float(strengths[0]), -40.0, 40.0), left=56.0, top=24.0, width=400.0,
                height=BOTTOM - 24.0, log="x")  # fmt: skip
    parts = [axes.grid((-40, -20, 0, 20, 40)), axes.line(axes.box[:2], 0, stroke=AXIS, stroke_width=1)]
    parts.append(axes.line(strengths[chosen], axes.box[2:], stroke=AXIS, stroke_width=6, stroke_opacity=0.35))
    names = spread(axes.place(strengths[0], paths[0])[:, 1])
    for j, (name, height) in enumerate(zip(FEATURES, names, strict=True)):
        colour, dashes = COLOURS[j % len(COLOURS)], "none" if j < len(COLOURS) else "6 4"
        line = axes.place(strengths, paths[:, j])  # begins on the right, where its name is
        look: dict[str, Any] = {"stroke": colour, "stroke_width": 2, "stroke_dasharray": dashes}
        parts.append(svg.path([(axes.right + 20, height), *line], **look))
        parts += [svg.dot(at, 2.6, fill=colour) for at in axes.place(strengths[PEERS], peers[:, j])]
        parts.append(svg.text(axes.right + 26, float(height), name, "start", 12))
    ticks = [lam for lam in (0.1, 1, 10, 100, 1000, 10_000, 100_000) if strengths[0] <= lam <= strengths[-1]]
    parts.append(axes.below(ticks, "λ, growing to the left"))
    parts.append(svg.text(axes.left, 10, "weight", "middle", font_style="italic"))
    return svg.card(556, axes.bottom + 48, parts, alt)


class ShrinkagePath(Card):
    """Ridge and lasso paths of ten weights, by the student's functions or the library's.

    Parameters
    ----------
    ridge, soft_threshold : callable, optional
        Lab 11's answers; by default the library's.

    Attributes
    ----------
    kind : ipywidgets.ToggleButtons
    strength : ipywidgets.SelectionSlider
        Its value is an index into the strengths.
    """

    def __init__(self, ridge: Ridge | None = None, soft_threshold: Threshold | None = None) -> None:
        self.paths = {
            "L2": path("L2", ridge=ridge) if ridge else path("L2"),
            "L1": path("L1", soft=soft_threshold or threshold),
        }
        self.peers = {
            kind: np.array([peer(kind, float(lam)) for lam in strengths[PEERS]])
            for kind, strengths in STRENGTHS.items()
        }
        self.whose = {
            "L2": "Your ridge" if ridge else "The library's ridge",
            "L1": "Lasso with your soft_threshold" if soft_threshold else "Lasso with the library's soft threshold",
        }
        self.kind = widgets.ToggleButtons(
            options=[(NAMES[kind], kind) for kind in STRENGTHS],
            description="penalty",
            style={"button_width": "64px"},
        )
        self.strength = widgets.IntSlider(value=10, min=0, max=40, description="strength", readout=False, **LABEL)
        super().__init__(
            "Shrinkage path",
            "Lines: computed here. Dots: scikit-learn. Grey bar: the strength that you choose.",
            [self.kind, self.strength],
        )

    def refresh(self) -> None:
        """Compute and show what the controls ask for."""
        kind, chosen = self.kind.value, self.strength.value
        lam, w = float(STRENGTHS[kind][chosen]), self.paths[kind][chosen]
        theirs = np.array(peer(kind, lam))
        zeros = int((w == 0).sum())
        said = (
            f"{self.whose[kind]}, λ = {lam:.3g}: {zeros} of {w.size} weights are exactly 0. "
            f"Largest difference from scikit-learn: {np.abs(w - theirs).max():.2f}."
        )
        rows = [(name, f"{a:.2f}", f"{b:.2f}") for name, a, b in zip(FEATURES, w, theirs, strict=True)]
        alt = f"Ten lines, the weights of ten measurements, which approach zero as λ grows to the left. {said}"
        figure = draw(self.paths[kind], self.peers[kind], kind, chosen, alt)
        self.show(figure, said, Table("Weights at this strength", ("measurement", "here", "scikit-learn"), rows))
