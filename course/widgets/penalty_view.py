"""Lab 11's penalty contours: loss and price on one map, and where their sum is lowest."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.axes import Axes
from course.show.looks import AXIS, INK, PAPER, VERMILION
from course.show.tables import Table, number
from course.widgets import penalty_model as model
from course.widgets.base import LABEL, Card, slider
from course.widgets.surface_view import contours, now_mark

HIGHEST = 2.0  # of λ


def cross(x: float, y: float) -> str:
    """Draw the mark of the smallest loss."""
    arms = [[(x - 7, y - 7), (x + 7, y + 7)], [(x - 7, y + 7), (x + 7, y - 7)]]
    return "".join(svg.path(arm, stroke=INK, stroke_width=2.5) for arm in arms)


KEY = "".join(
    [
        cross(70, 20) + svg.text(84, 20, "smallest loss", "start"),
        now_mark(190, 20) + svg.text(205, 20, "smallest sum", "start"),
        svg.path([(298, 20), (324, 20)], stroke=INK, stroke_width=2, stroke_dasharray="6 4"),
        svg.text(332, 20, "equal price", "start"),
    ]
)


def draw(axes: Axes, ground: str, bowl: model.Bowl, kind: str, walk: np.ndarray, alt: str) -> str:
    """Draw contours, the outline of equal price through the best weights, and their way from λ = 0."""
    size = float(model.penalty(kind, walk[-1]))
    zero = axes.pixels(np.array([[-model.REACH, 0], [model.REACH, 0], [0, -model.REACH], [0, model.REACH]]))
    parts = [ground, *(svg.path(zero[i : i + 2], stroke=AXIS, stroke_width=1) for i in (0, 2))]
    outline = axes.pixels(model.ball(kind, size))
    parts.append(svg.path(outline, closed=True, stroke_dasharray="6 4", fill=PAPER, fill_opacity=0.45))
    places = axes.pixels(walk)
    parts.append(svg.haloed(places, stroke=VERMILION, stroke_width=2.5))
    low, now = axes.pixels(np.array([bowl.lowest]))[0], places[-1]
    parts += [cross(float(low[0]), float(low[1])), now_mark(float(now[0]), float(now[1]))]
    frame = axes.frame("w₁", "w₂", [-2, -1, 0, 1, 2])
    return svg.card(440, 446, [axes.window(parts), frame, KEY], alt)


def table(bowl: model.Bowl, kind: str, lam: float) -> Table:
    """Write the best weights for some strengths up to the one chosen."""
    rows = []
    for at in np.unique([0.0, 0.25 * lam, 0.5 * lam, 0.75 * lam, lam]):
        w = model.best(bowl, kind, at)
        loss, price = float(bowl.loss(w)), float(model.penalty(kind, w))
        rows.append([number(v) for v in (at, w[0], w[1], loss, price, loss + at * price)])
    return Table("On the way here", ("λ", "w₁", "w₂", "loss L", "R", "L + λR"), rows, current=len(rows) - 1)


class PenaltyContours(Card):
    """Contours of a loss under a penalty whose strength grows.

    Attributes
    ----------
    bowl : ipywidgets.Dropdown
    kind : ipywidgets.ToggleButtons
    lam : ipywidgets.FloatSlider
    """

    def __init__(self) -> None:
        self.axes = Axes((-model.REACH, model.REACH) * 2, left=60.0, top=40.0, width=352.0, height=352.0)
        self.bowl = widgets.Dropdown(options=[(b.name, b) for b in model.BOWLS], description="loss", **LABEL)
        self.kind = widgets.ToggleButtons(options=model.KINDS, description="penalty", style={"button_width": "64px"})
        self.lam = slider("λ", 0.3, 0, HIGHEST, 0.05)
        super().__init__(
            "Penalty contours",
            "Darker is a smaller loss. Inside the dashed line weights are cheaper than the best ones are now.",
            [self.bowl, self.kind, self.lam],
        )
        for control in (self.bowl, self.kind, self.lam):
            control.observe(self._refresh, "value")
        self._refresh()

    def _refresh(self, change: Any = None) -> None:
        bowl, kind, lam = self.bowl.value, self.kind.value, self.lam.value
        if change is None or change["owner"] is self.bowl:
            self.ground = contours(bowl.surface, self.axes)  # drawn once a loss
        walk = np.array([model.best(bowl, kind, at) for at in np.linspace(0, lam, 41)])
        status = model.describe(kind, lam, walk[-1])
        shape = "diamond" if kind == "L1" else "circle"
        alt = f"Elliptic contours of the loss {bowl.name}, with a {shape} of equal price around the origin. {status}"
        self.show(draw(self.axes, self.ground, bowl, kind, walk, alt), status, table(bowl, kind, lam))
