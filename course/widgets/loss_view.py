"""Lab 04's loss explorer: move a logit, and compare two losses and their slopes."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.looks import AXIS, BLUE, GRID, INK, VERMILION
from course.show.tables import Table, number
from course.widgets import loss_model as model
from course.widgets.base import Card, slider

LOOKS = {"squared error": (BLUE, "7 4"), "cross-entropy": (VERMILION, "none")}
HEIGHT, WIDTH, LEFT = 150.0, 360.0, 52.0
#: title, top edge, range of the axis, ticks
PANELS = (("loss", 46.0, (0.0, 8.0), (0, 4, 8)), ("slope ∂L/∂z", 236.0, (-1.0, 1.0), (-1, 0, 1)))


def place(z: Any, v: Any, top: float, low: float, high: float) -> tuple[Any, Any]:
    """Turn a logit and a value into pixels of a panel."""
    across = LEFT + WIDTH * (np.asarray(z) + model.REACH) / (2 * model.REACH)
    return across, top + HEIGHT * (high - np.clip(v, low, high)) / (high - low)


def draw(z: float, y: int, alt: str) -> str:
    """Draw losses above, slopes below, and a mark on each curve at the logit."""
    zs = np.linspace(-model.REACH, model.REACH, 97)
    parts = []
    for (title, top, (low, high), ticks), curve in zip(PANELS, (model.value, model.slope), strict=True):
        parts.append(svg.text(LEFT, top - 12, title, "start", font_style="italic"))
        for tick in ticks:
            _, h = place(0, tick, top, low, high)
            parts.append(svg.path([(LEFT, h), (LEFT + WIDTH, h)], stroke=GRID, stroke_width=1))
            parts.append(svg.text(LEFT - 8, h, number(tick), "end", 12))
        x, _ = place(z, 0, top, low, high)
        parts.append(svg.path([(x, top), (x, top + HEIGHT)], stroke=AXIS, stroke_width=1))
        for loss, (colour, dashes) in LOOKS.items():
            points = np.column_stack(place(zs, curve(loss, zs, y), top, low, high))
            parts.append(svg.path(points, stroke=colour, stroke_width=2.4, stroke_dasharray=dashes))
            mark = place(z, curve(loss, np.array([z]), y)[0], top, low, high)
            parts.append(svg.tag("circle", cx=float(mark[0]), cy=float(mark[1]), r=5, fill=colour, stroke=INK))
    for tick in (-8, -4, 0, 4, 8):
        x, h = place(tick, -1, *PANELS[1][1:2], *PANELS[1][2])
        parts.append(svg.text(float(x), float(h) + 14, number(tick), size=12))
    parts.append(svg.text(LEFT + WIDTH / 2, 420, "logit z", font_style="italic"))
    key = 150.0
    for loss, (colour, dashes) in LOOKS.items():
        parts.append(svg.path([(key, 14), (key + 30, 14)], stroke=colour, stroke_width=2.4, stroke_dasharray=dashes))
        parts.append(svg.text(key + 38, 14, loss, "start"))
        key += 146
    return svg.card(440, 436, parts, alt)


class LossExplorer(Card):
    """Squared error against cross-entropy for one neuron.

    Attributes
    ----------
    z : ipywidgets.FloatSlider
    y : ipywidgets.ToggleButtons
    """

    def __init__(self) -> None:
        self.z = slider("logit z", -5.0, -model.REACH, model.REACH)
        self.y = widgets.ToggleButtons(
            options=[("1", 1), ("0", 0)], description="target", style={"button_width": "52px"}
        )
        super().__init__(
            "Loss explorer",
            "Above: what a logit costs. Below: how hard the loss pulls at it.",
            [self.z, self.y],
        )
        for control in (self.z, self.y):
            control.observe(self._refresh, "value")
        self._refresh()

    def _refresh(self, change: Any = None) -> None:
        z, y = self.z.value, self.y.value
        readings = {loss: model.read(loss, z, y) for loss in model.LOSSES}
        rows = [(loss, f"{r.value:.4f}", f"{r.slope:.4f}".replace("-", "−")) for loss, r in readings.items()]
        status = model.describe(z, y)
        alt = f"Two losses and their slopes over the logit from −8 to 8. {status}"
        self.show(draw(z, y, alt), status, Table("At this logit", ("loss", "value", "slope"), rows))
