"""Lab 07's ward: loss, gradient in each layer, gradient check. No diagnosis: that is the exercise."""

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.axes import Axes
from course.show.looks import AXIS, BLUE, GREEN, INK, VERMILION
from course.show.tables import Table, number
from course.widgets.base import Card
from course.widgets.network_ward import model

AGREES = 1e-5
CURVE = Axes((0.0, model.EPOCHS, 0.05, 100.0), left=58.0, top=46.0, width=300.0, height=210.0, log="y")
BARS = Axes((0.0, 3.0, 1e-6, 1e3), left=450.0, top=46.0, width=240.0, height=210.0, log="y")


def curve(found: model.Findings) -> str:
    """Draw the loss before the first step and in each epoch, and the loss of guessing as a line."""
    losses = np.append(found.before, found.losses)
    drawn = CURVE.grid((0.1, 1.0, 10.0, 100.0))
    drawn += CURVE.line(CURVE.box[:2], model.GUESSING, stroke=AXIS, stroke_width=1.4, stroke_dasharray="2 4")
    _, guess = CURVE.place(0, model.GUESSING)
    drawn += svg.text(CURVE.right, guess - 10, "ln 10: guessing", "end", 12, fill=AXIS)
    drawn += CURVE.line(np.arange(len(losses)), losses, stroke=BLUE, stroke_width=2.4)
    drawn += svg.dot(CURVE.place(0, losses[0]), 5, fill=BLUE)
    drawn += CURVE.below((0, 10, 20), "epoch", lambda epoch: str(epoch) if epoch else "start")
    return drawn + svg.text(CURVE.left - 30, CURVE.top - 22, "training loss", "start", font_weight=600)


def verdict(error: float) -> str:
    """Say what the gradient check found in one layer."""
    return "agrees" if error < AGREES else f"off by {error:.2f}"


def bars(found: model.Findings) -> str:
    """Draw the length of each layer's gradient, and under it what the gradient check says."""
    drawn = BARS.grid((1e-6, 1e-3, 1.0, 1e3))
    for i, (name, norm, error) in enumerate(zip(model.LAYERS, found.norms, found.errors, strict=True)):
        x, y = BARS.place(i + 0.5, norm)
        drawn += svg.tag("rect", x=x - 24, y=y, width=48, height=BARS.bottom - y, fill=GREEN, stroke=INK)
        drawn += svg.text(x, y - 10, f"{norm:.2g}", size=12)
        drawn += svg.text(x, BARS.bottom + 16, name, size=12)
        is_off = error >= AGREES
        drawn += svg.text(x, BARS.bottom + 36, f"{'✘' if is_off else '✔'} {verdict(error)}", size=12,
                          fill=VERMILION if is_off else INK, font_weight=600 if is_off else 400)  # fmt: skip
    return drawn + svg.text(BARS.left - 44, BARS.top - 22, "gradient before the first step", "start", font_weight=600)


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
    """Five networks with one fault each, and three instruments to find it.

    Attributes
    ----------
    patient : ipywidgets.ToggleButtons
    """

    def __init__(self) -> None:
        names = list(model.PATIENTS)
        self.patient = widgets.ToggleButtons(options=names, description="network", style={"button_width": "52px"})
        lead = "600 digits, 64–32–32–10, batches of 32. Each network has one fault. Look at all five before you decide."
        super().__init__("The ward", lead, [self.patient], beside=False)

    def refresh(self) -> None:
        """Show the instruments' readings of the chosen network."""
        patient = model.PATIENTS[self.patient.value]
        found = model.examine(patient)
        said = f"Network {patient.name}, with {patient.hidden.__name__.lower()} in the hidden layers."
        alt = (
            f"{said} Training loss from {number(found.before)} to {number(found.losses[-1])}; lengths of the gradient, "
            f"layer by layer, {', '.join(f'{norm:.2g}' for norm in found.norms)}; gradient check "
            f"{', '.join(map(verdict, found.errors))}."
        )
        self.show(svg.card(710, 312, [curve(found), bars(found)], alt, wide=True), said, table(found))
