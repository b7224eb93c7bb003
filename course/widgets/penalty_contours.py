"""Lab 11's penalty contours: a loss and a penalty on one map of two weights, and where their sum is lowest."""

from dataclasses import dataclass

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.axes import Axes
from course.show.landscape import contours, now_mark
from course.show.looks import AXIS, INK, PAPER, VERMILION
from course.show.tables import Table, number
from course.widgets.base import LABEL, Card, slider
from course.widgets.shrinkage_path import threshold

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


BOWLS = (
    Bowl("upright", ((1.0, 0.0), (0.0, 2.0)), (1.5, 0.5)),
    Bowl("tilted", ((1.0, 0.6), (0.6, 0.8)), (1.2, 0.9)),
    Bowl("two similar weights", ((1.0, 0.9), (0.9, 1.0)), (0.8, 0.7)),
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
    """Say where the minimum is, and which weights are exactly zero."""
    zero = [name for name, value in zip(("w₁", "w₂"), w, strict=True) if value == 0]
    end = f" Exactly 0: {' and '.join(zero)}." if zero else " No weight is exactly 0."
    return f"{kind}, λ = {lam:.2f}: the objective is lowest at ({w[0]:.3f}, {w[1]:.3f}).{end}"


HIGHEST = 2.0  # of λ


def cross(x: float, y: float) -> str:
    """Draw the mark of the smallest loss."""
    arms = [[(x - 7, y - 7), (x + 7, y + 7)], [(x - 7, y + 7), (x + 7, y - 7)]]
    return "".join(svg.path(arm, stroke=INK, stroke_width=2.5) for arm in arms)


KEY = "".join(
    [
        cross(70, 20) + svg.text(84, 20, "smallest loss", "start"),
        now_mark(190, 20) + svg.text(205, 20, "smallest sum", "start"),
        svg.key(304, 20, "equal R", stroke=INK, stroke_width=2, stroke_dasharray="6 4"),
    ]
)


def draw(axes: Axes, ground: str, bowl: Bowl, kind: str, walk: np.ndarray, alt: str) -> str:
    """Draw contours, the outline of equal penalty through the best weights, and their path from λ = 0."""
    size = float(penalty(kind, walk[-1]))
    zero = axes.pixels(np.array([[-REACH, 0], [REACH, 0], [0, -REACH], [0, REACH]]))
    parts = [ground, *(svg.path(zero[i : i + 2], stroke=AXIS, stroke_width=1) for i in (0, 2))]
    outline = axes.pixels(ball(kind, size))
    parts.append(svg.path(outline, closed=True, stroke_dasharray="6 4", fill=PAPER, fill_opacity=0.45))
    places = axes.pixels(walk)
    parts.append(svg.haloed(places, stroke=VERMILION, stroke_width=2.5))
    low, now = axes.pixels(np.array([bowl.lowest]))[0], places[-1]
    parts += [cross(float(low[0]), float(low[1])), now_mark(float(now[0]), float(now[1]))]
    frame = axes.frame("w₁", "w₂", [-2, -1, 0, 1, 2])
    return svg.card(440, 446, [axes.window(parts), frame, KEY], alt)


def table(bowl: Bowl, kind: str, lam: float) -> Table:
    """Write the best weights for some strengths up to the one chosen."""
    rows = []
    for at in np.unique([0.0, 0.25 * lam, 0.5 * lam, 0.75 * lam, lam]):
        w = best(bowl, kind, at)
        loss, price = float(bowl.loss(w)), float(penalty(kind, w))
        rows.append([number(v) for v in (at, w[0], w[1], loss, price, loss + at * price)])
    return Table("From λ = 0 to here", ("λ", "w₁", "w₂", "loss L", "R", "L + λR"), rows, current=len(rows) - 1)


class PenaltyContours(Card):
    """Contours of a loss under a penalty whose strength grows.

    Attributes
    ----------
    bowl : ipywidgets.Dropdown
    kind : ipywidgets.ToggleButtons
    lam : ipywidgets.FloatSlider
    """

    def __init__(self) -> None:
        self.axes = Axes((-REACH, REACH) * 2, left=60.0, top=40.0, width=352.0, height=352.0)
        self.bowl = widgets.Dropdown(options=[(b.name, b) for b in BOWLS], description="loss", **LABEL)
        self.kind = widgets.ToggleButtons(options=KINDS, description="penalty", style={"button_width": "64px"})
        self.lam = slider("λ", 0.3, 0, HIGHEST, 0.05)
        super().__init__(
            "Penalty contours",
            "Darker: smaller loss. On the dashed line, R is as large as at the smallest sum; inside it, R is smaller.",
            [self.bowl, self.kind, self.lam],
        )

    def refresh(self) -> None:
        """Compute and show what the controls ask for."""
        bowl, kind, lam = self.bowl.value, self.kind.value, self.lam.value
        self.ground = contours(bowl.loss, self.axes)
        walk = np.array([best(bowl, kind, at) for at in np.linspace(0, lam, 41)])
        said = describe(kind, lam, walk[-1])
        shape = "diamond" if kind == "L1" else "circle"
        alt = f"Elliptic contours of a loss ({bowl.name}), with a {shape} of equal penalty around the origin. {said}"
        self.show(draw(self.axes, self.ground, bowl, kind, walk, alt), said, table(bowl, kind, lam))
