"""Lab 07's ward: loss, gradient in each layer, gradient check. No diagnosis: that is the exercise."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.looks import AXIS, BLUE, GREEN, GRID, INK, VERMILION
from course.show.tables import Table, number
from course.widgets import ward_model as model
from course.widgets.base import Card

AGREES = 1e-5
LOSS_RANGE, NORM_RANGE = (0.05, 100.0), (1e-6, 1e3)
TOP, HEIGHT = 46.0, 210.0
CURVE, BARS = (58.0, 300.0), (450.0, 240.0)  # left edge and width


def height(value: np.ndarray | float, low: float, high: float) -> Any:
    """Turn values into pixels on a logarithmic axis; what lies beyond it is drawn at its end."""
    share = np.log(np.clip(value, low, high) / low) / np.log(high / low)
    return TOP + HEIGHT * (1 - share)


def axis(left: float, width: float, ticks: tuple[float, ...], limits: tuple[float, float]) -> str:
    """Draw a logarithmic axis with a thin line at each tick."""
    drawn = ""
    for tick in ticks:
        y = float(height(tick, *limits))
        drawn += svg.path([(left, y), (left + width, y)], stroke=GRID, stroke_width=1)
        drawn += svg.text(left - 8, y, number(tick), "end", 12)
    return drawn


def curve(found: model.Findings) -> str:
    """Draw the loss before the first step and in each epoch, and the line of a guesser."""
    left, width = CURVE
    losses = np.append(found.before, found.losses)
    x = left + width * np.arange(len(losses)) / (len(losses) - 1)
    guess = float(height(model.GUESSING, *LOSS_RANGE))
    drawn = axis(left, width, (0.1, 1.0, 10.0, 100.0), LOSS_RANGE)
    drawn += svg.path([(left, guess), (left + width, guess)], stroke=AXIS, stroke_width=1.4, stroke_dasharray="2 4")
    drawn += svg.text(left + width, guess - 10, "ln 10: a guesser", "end", 12, fill=AXIS)
    y = height(losses, *LOSS_RANGE)
    drawn += svg.path(np.column_stack([x, y]), stroke=BLUE, stroke_width=2.4)
    drawn += svg.tag("circle", cx=float(x[0]), cy=float(y[0]), r=5, fill=BLUE)
    for epoch in (0, 10, 20):
        place = left + width * epoch / (len(losses) - 1)
        drawn += svg.text(place, TOP + HEIGHT + 16, "start" if epoch == 0 else str(epoch), size=12)
    drawn += svg.text(left + width / 2, TOP + HEIGHT + 36, "epoch", font_style="italic")
    return drawn + svg.text(left - 30, TOP - 22, "training loss", "start", font_weight=600)


def verdict(error: float) -> str:
    """Say what the gradient check found in one layer."""
    return "agrees" if error < AGREES else f"off by {error:.2f}"


def bars(found: model.Findings) -> str:
    """Draw the length of each layer's gradient, and under it what the gradient check says."""
    left, width = BARS
    bottom = TOP + HEIGHT
    drawn = axis(left, width, (1e-6, 1e-3, 1.0, 1e3), NORM_RANGE)
    for i, (name, norm, error) in enumerate(zip(model.LAYERS, found.norms, found.errors, strict=True)):
        x, y = left + width * (i + 0.5) / 3, float(height(norm, *NORM_RANGE))
        drawn += svg.tag("rect", x=x - 24, y=y, width=48, height=bottom - y, fill=GREEN, stroke=INK)
        drawn += svg.text(x, y - 10, f"{norm:.2g}", size=12)
        drawn += svg.text(x, bottom + 16, name, size=12)
        guilty = error >= AGREES
        drawn += svg.text(x, bottom + 36, f"{'✘' if guilty else '✔'} {verdict(error)}", size=12,
                          fill=VERMILION if guilty else INK, font_weight=600 if guilty else 400)  # fmt: skip
    return drawn + svg.text(left - 44, TOP - 22, "gradient before the first step", "start", font_weight=600)


def table(found: model.Findings) -> Table:
    """Give the instruments' readings."""
    epochs = (1, 2, 5, 10, 20)
    rows = [
        ("loss before the first step", number(found.before)),
        (f"loss in epochs {', '.join(map(str, epochs))}", ", ".join(number(found.losses[e - 1]) for e in epochs)),
        ("length of the gradient, layers 1, 2, 3", ", ".join(f"{norm:.2g}" for norm in found.norms)),
        ("gradient check, layers 1, 2, 3", ", ".join(map(verdict, found.errors))),
    ]
    return Table("The instruments' readings", ("instrument", "reading"), rows)


class NetworkWard(Card):
    """Five networks, one fault each, and three instruments to tell which.

    Attributes
    ----------
    patient : ipywidgets.ToggleButtons
    """

    def __init__(self) -> None:
        names = list(model.PATIENTS)
        self.patient = widgets.ToggleButtons(options=names, description="network", style={"button_width": "52px"})
        lead = "600 digits, 64–32–32–10, batches of 32. Each network has one fault. Look at all five before you decide."
        super().__init__("The ward", lead, [self.patient], beside=False)
        self.patient.observe(self._refresh, "value")
        self._refresh()

    def _refresh(self, change: Any = None) -> None:
        patient = model.PATIENTS[self.patient.value]
        found = model.examine(patient)
        said = f"Network {patient.name}, hidden units {patient.hidden.__name__.lower()}."
        alt = (
            f"{said} Training loss from {number(found.before)} to {number(found.losses[-1])}; lengths of the gradient, "
            f"layer by layer, {', '.join(f'{norm:.2g}' for norm in found.norms)}; gradient check "
            f"{', '.join(map(verdict, found.errors))}."
        )
        self.show(svg.card(710, 312, [curve(found), bars(found)], alt, wide=True), said, table(found))
