"""Lab 08's gradient by depth: what reaches each layer of an untrained network."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.looks import AXIS, BLUE, GRID, INK, VERMILION
from course.show.tables import Table
from course.widgets import depth_model as model
from course.widgets.base import LABEL, Card

LOW, HIGH = -12, 6  # powers of ten on display
LEFT, TOP, WIDTH, HEIGHT = 64.0, 34.0, 390.0, 288.0
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def height(values: np.ndarray) -> np.ndarray:
    """Turn sizes into y on the card, on a scale of powers of ten, held inside the frame."""
    powers = np.log10(np.maximum(values, 10.0**LOW))
    return TOP + HEIGHT * (HIGH - np.clip(powers, LOW, HIGH)) / (HIGH - LOW)


def draw(signals: model.Signals, alt: str) -> str:
    """Draw gradient (circles, solid) and signal (squares, dashed) layer by layer."""
    n = len(signals.backward)
    x = LEFT + WIDTH * (np.arange(n) + 0.5) / n
    parts = []
    for power in range(LOW, HIGH + 1, 3):
        y = float(height(np.array(10.0**power)))
        parts.append(svg.path([(LEFT, y), (LEFT + WIDTH, y)], stroke=GRID, stroke_width=1))
        parts.append(svg.text(LEFT - 8, y, "10" + str(power).translate(SUPERSCRIPT), anchor="end", size=12))
    for k in {0, n // 2, n - 1}:
        parts.append(svg.text(x[k], TOP + HEIGHT + 16, str(k + 1), size=12))
    parts.append(svg.text(LEFT + WIDTH / 2, TOP + HEIGHT + 36, "hidden layer", font_style="italic"))
    forward, backward = height(signals.forward), height(signals.backward)
    parts.append(svg.path(zip(x, forward, strict=True), stroke=BLUE, stroke_dasharray="6 4"))
    parts.append(svg.path(zip(x, backward, strict=True), stroke=VERMILION, stroke_width=2.4))
    look: dict[str, Any] = {"stroke": INK, "stroke_width": 1}
    for at, f, b in zip(x, forward, backward, strict=True):
        parts.append(svg.tag("rect", x=float(at - 4), y=float(f - 4), width=8, height=8, fill=BLUE, **look))
        parts.append(svg.tag("circle", cx=float(at), cy=float(b), r=4.5, fill=VERMILION, **look))
    legend = [
        svg.tag("circle", cx=LEFT + 6, cy=14, r=4.5, fill=VERMILION, **look),
        svg.text(LEFT + 16, 14, "gradient of the weights", anchor="start"),
        svg.tag("rect", x=LEFT + 206, y=10, width=8, height=8, fill=BLUE, **look),
        svg.text(LEFT + 220, 14, "signal (std)", anchor="start", fill=AXIS),
    ]
    return svg.card(480, 376, [*legend, *parts], alt)


def table(signals: model.Signals) -> Table:
    """Write signal and gradient of about eight layers."""
    n = len(signals.backward)
    shown = np.unique(np.linspace(0, n - 1, min(n, 8)).round().astype(int))
    rows = [(str(k + 1), f"{signals.forward[k]:.1e}", f"{signals.backward[k]:.1e}") for k in shown]
    return Table("Before the first step", ("layer", "signal (std)", "gradient (norm)"), rows)


class GradientDepth(Card):
    """Signal and gradient in each layer of an untrained network.

    Attributes
    ----------
    activation, start : ipywidgets.Dropdown
        What bends, and how the weights start.
    depth : ipywidgets.IntSlider
        Hidden layers.
    signals : Signals
        What is on display.
    """

    def __init__(self) -> None:
        self.activation = widgets.Dropdown(options=list(model.ACTIVATIONS), description="function", **LABEL)
        self.start = widgets.Dropdown(
            options=list(model.STARTS), value="Glorot uniform", description="weights", **LABEL
        )
        self.depth = widgets.IntSlider(value=10, min=1, max=30, description="depth", **LABEL)
        super().__init__(
            "What reaches layer 1?",
            "Digits run forwards, their gradient back, before any training. From line to line it is a factor of 1000.",
            [self.activation, self.start, self.depth],
        )
        for control in (self.activation, self.start, self.depth):
            control.observe(self._refresh, "value")
        self._refresh()

    def _refresh(self, change: Any = None) -> None:
        activation, start, depth = self.activation.value, self.start.value, self.depth.value
        self.signals = model.measure(activation, start, depth)
        status = model.status(self.signals)
        alt = f"{depth} hidden layers, {activation}, weights {start}: gradient and signal by layer. {status}"
        self.show(draw(self.signals, alt), status, table(self.signals))
