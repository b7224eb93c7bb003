"""Lab 12's mask animation: a small network that loses other units at every update."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.looks import AXIS, BLUE, GRID, INK, VERMILION, WHITE
from course.show.tables import Table
from course.widgets import mask_model as model
from course.widgets.base import LABEL, Card, slider

#: x of each layer, and y of each unit in it
COLUMNS = (60.0, 180.0, 300.0, 420.0)
ROWS = [[170 + 62 * (k - (n - 1) / 2) for k in range(n)] for n in model.SIZES]
NAMES = ("inputs", "hidden 1", "hidden 2", "outputs")


def unit(x: float, y: float, present: bool) -> str:
    """Draw a unit: a filled circle, or a dashed one with a cross where it is absent."""
    if present:
        return svg.tag("circle", cx=x, cy=y, r=15, fill=BLUE, stroke=INK, stroke_width=1.5)
    ring = svg.tag("circle", cx=x, cy=y, r=15, fill=WHITE, stroke=AXIS, stroke_width=1.5, stroke_dasharray="4 3")
    strokes = [((x - 6, y - 6), (x + 6, y + 6)), ((x - 6, y + 6), (x + 6, y - 6))]
    return ring + "".join(svg.path(ends, stroke=VERMILION, stroke_width=2) for ends in strokes)


def draw(now: model.Update, alt: str) -> str:
    """Draw the network; only present units are connected."""
    lines, units = [], []
    for layer, (x, ys) in enumerate(zip(COLUMNS, ROWS, strict=True)):
        units.append(svg.text(x, 15, NAMES[layer], size=12))
        for k, y in enumerate(ys):
            units.append(unit(x, y, bool(now.present[layer][k])))
            if layer == 0:
                continue
            for j, y_before in enumerate(ROWS[layer - 1]):
                both = now.present[layer][k] and now.present[layer - 1][j]
                look: dict[str, Any] = {"stroke": AXIS if both else GRID, "stroke_width": 1.6 if both else 0.6}
                lines.append(svg.path([(COLUMNS[layer - 1], y_before), (x, y)], **look))
    return svg.card(480, 340, [*lines, *units], alt)


def table(now: model.Update, p_drop: float) -> Table:
    """Write for each hidden unit whether it is there now, and how often it was."""
    times, _ = model.attendance(now.number, p_drop)
    names = [f"{layer}.{k + 1}" for layer in (1, 2) for k in range(model.SIZES[layer])]
    rows = [
        (name, "present" if here else "absent", f"{count} of {now.number}")
        for name, here, count in zip(names, now.hidden, times, strict=True)
    ]
    return Table("The hidden units", ("unit", "now", "present in training so far"), rows)


class MaskAnimation(Card):
    """Dropout's masks, update by update.

    Attributes
    ----------
    update : ipywidgets.IntSlider
    play : ipywidgets.Play
        Walks through the updates.
    p_drop : ipywidgets.FloatSlider
    phase : ipywidgets.ToggleButtons
        Training or test.
    now : Update
        The masks on display.
    """

    def __init__(self) -> None:
        self.phase = widgets.ToggleButtons(options=["training", "test"], description="phase")
        self.update = widgets.IntSlider(value=1, min=1, max=60, description="update", **LABEL)
        self.play = widgets.Play(value=1, min=1, max=60, interval=700)
        widgets.link((self.play, "value"), (self.update, "value"))
        self.p_drop = slider("p_drop", 0.5, 0.0, 0.95, 0.05)
        super().__init__(
            "Who is absent today?",
            "Every update drops other units. Play, or move the slider.",
            [self.phase, self.update, self.play, self.p_drop],
        )
        for control in (self.phase, self.update, self.p_drop):
            control.observe(self._refresh, "value")
        self._refresh()

    def _refresh(self, change: Any = None) -> None:
        training, p_drop = self.phase.value == "training", self.p_drop.value
        self.now = model.update(self.update.value, p_drop, training)
        status = model.status(self.now, p_drop, training)
        absent = int(np.sum(~self.now.hidden))
        alt = f"A network of {' – '.join(map(str, model.SIZES))} units; {absent} hidden units are crossed out. {status}"
        self.show(draw(self.now, alt), status, table(self.now, p_drop))
