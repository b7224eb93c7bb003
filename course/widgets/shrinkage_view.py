"""Lab 11's shrinkage path: ten weights of a linear model as the penalty grows."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.looks import AXIS, BLUE, GREEN, GRID, INK, PURPLE, VERMILION
from course.show.tables import Table, number
from course.widgets import shrinkage_model as model
from course.widgets.base import LABEL, Card

LEFT, TOP, WIDTH, HEIGHT, REACH = 56.0, 24.0, 400.0, 300.0, 40.0
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, INK)
PEERS = slice(0, None, 5)  # strengths at which scikit-learn is asked
NAMES = {"L2": "ridge", "L1": "lasso"}


def place(index: np.ndarray | float, w: np.ndarray | float) -> tuple[Any, Any]:
    """Turn the index of a strength and a weight into pixels; weak penalties stand on the right."""
    last = len(model.STRENGTHS["L2"]) - 1
    across = LEFT + WIDTH * (1 - np.asarray(index) / last)
    return across, TOP + HEIGHT * (0.5 - np.clip(np.asarray(w) / REACH, -1, 1) / 2)


def spread(heights: np.ndarray, gap: float = 14.0) -> np.ndarray:
    """Move labels apart so that none covers another, keeping their order."""
    order = np.argsort(heights)
    moved = heights[order].copy()
    for i in range(1, len(moved)):
        moved[i] = max(moved[i], moved[i - 1] + gap)
    moved -= max(0.0, moved[-1] - (TOP + HEIGHT))
    for i in range(len(moved) - 2, -1, -1):
        moved[i] = min(moved[i], moved[i + 1] - gap)
    result = np.empty_like(moved)
    result[order] = moved
    return result


def draw(paths: np.ndarray, peers: np.ndarray, kind: str, chosen: int, alt: str) -> str:
    """Draw a line for each weight, dots for scikit-learn's, and a bar at the chosen strength."""
    strengths, at = model.STRENGTHS[kind], np.arange(len(paths))
    parts = []
    for tick in (-40, -20, 0, 20, 40):
        _, y = place(0.0, float(tick))
        look: dict[str, Any] = {"stroke": AXIS if tick == 0 else GRID, "stroke_width": 1}
        parts += [svg.path([(LEFT, y), (LEFT + WIDTH, y)], **look), svg.text(LEFT - 8, y, number(tick), "end", 12)]
    x, _ = place(float(chosen), 0.0)
    parts.append(svg.path([(x, TOP), (x, TOP + HEIGHT)], stroke=AXIS, stroke_width=6, stroke_opacity=0.35))
    heights = spread(place(0.0, paths[0])[1])
    for j, (name, height) in enumerate(zip(model.FEATURES, heights, strict=True)):
        colour, dashes = COLOURS[j % len(COLOURS)], "none" if j < len(COLOURS) else "6 4"
        line = np.column_stack(place(at, paths[:, j]))  # begins on the right, and goes on to its name
        look = {"stroke": colour, "stroke_width": 2, "stroke_dasharray": dashes}
        parts.append(svg.path([(LEFT + WIDTH + 20, height), *line], **look))
        for px, py in np.column_stack(place(at[PEERS], peers[:, j])):
            parts.append(svg.tag("circle", cx=float(px), cy=float(py), r=2.6, fill=colour))
        parts.append(svg.text(LEFT + WIDTH + 26, float(height), name, "start", 12))
    for lam in (0.1, 1, 10, 100, 1000, 10_000, 100_000):
        if strengths[0] <= lam <= strengths[-1]:
            px, _ = place(float(np.interp(np.log(lam), np.log(strengths), at)), 0.0)
            parts.append(svg.text(px, TOP + HEIGHT + 16, number(lam), size=12))
    parts.append(svg.text(LEFT + WIDTH / 2, TOP + HEIGHT + 36, "λ, growing to the left", font_style="italic"))
    parts.append(svg.text(LEFT, 10, "weight", "middle", font_style="italic"))
    return svg.card(556, TOP + HEIGHT + 52, parts, alt)


class ShrinkagePath(Card):
    """Ridge and lasso paths of ten weights, by the student's functions or the library's.

    Parameters
    ----------
    ridge, soft_threshold : callable, optional
        Lab 11's answers; the library's are used without.

    Attributes
    ----------
    kind : ipywidgets.ToggleButtons
    strength : ipywidgets.SelectionSlider
        Its value is an index into the strengths.
    """

    def __init__(self, ridge: model.Ridge | None = None, soft_threshold: model.Threshold | None = None) -> None:
        self.paths = {
            "L2": model.path("L2", ridge=ridge or model.ridge),
            "L1": model.path("L1", soft=soft_threshold or model.threshold),
        }
        self.peers = {
            kind: np.array([model.peer(kind, float(lam)) for lam in strengths[PEERS]])
            for kind, strengths in model.STRENGTHS.items()
        }
        self.whose = {
            "L2": "Your ridge" if ridge else "The library's ridge",
            "L1": "Lasso with your soft_threshold" if soft_threshold else "Lasso with the library's soft threshold",
        }
        self.kind = widgets.ToggleButtons(
            options=[(NAMES[kind], kind) for kind in model.STRENGTHS],
            description="penalty",
            style={"button_width": "64px"},
        )
        self.strength = widgets.IntSlider(value=10, min=0, max=40, description="strength", readout=False, **LABEL)
        super().__init__(
            "Shrinkage path",
            "Lines: computed here. Dots: scikit-learn. The grey bar is the strength you choose.",
            [self.kind, self.strength],
        )
        for control in (self.kind, self.strength):
            control.observe(self._refresh, "value")
        self._refresh()

    def _refresh(self, change: Any = None) -> None:
        kind, chosen = self.kind.value, self.strength.value
        lam, w = float(model.STRENGTHS[kind][chosen]), self.paths[kind][chosen]
        peer = np.array(model.peer(kind, lam))
        zeros = int((w == 0).sum())
        status = (
            f"{self.whose[kind]}, λ = {lam:.3g}: {zeros} of {w.size} weights are exactly 0. "
            f"Largest difference from scikit-learn: {np.abs(w - peer).max():.2f}."
        )
        rows = [(name, f"{a:.2f}", f"{b:.2f}") for name, a, b in zip(model.FEATURES, w, peer, strict=True)]
        alt = f"Ten lines, the weights of ten measurements, running to zero as λ grows to the left. {status}"
        figure = draw(self.paths[kind], self.peers[kind], kind, chosen, alt)
        self.show(figure, status, Table("Weights at this strength", ("measurement", "here", "scikit-learn"), rows))
