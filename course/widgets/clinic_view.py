"""Lab 09's clinic: read a pair of learning curves, name the ailment, try a remedy."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.looks import AXIS, BLUE, GRID, INK, VERMILION
from course.show.tables import Table, number
from course.widgets import clinic_model as model
from course.widgets.base import LABEL, Card, button, buttons

TICKS = (0.01, 0.1, 1.0, 10.0, 100.0)
LEFT, TOP, WIDTH, HEIGHT = 60.0, 40.0, 380.0, 250.0


def place(epoch: np.ndarray | float, loss: np.ndarray | float, epochs: int) -> tuple[Any, Any]:
    """Turn epochs and losses into pixels; the losses on a logarithmic axis from 0.01 to 200."""
    share = (np.log10(np.clip(loss, TICKS[0], 200)) + 2) / (np.log10(200) + 2)
    return LEFT + WIDTH * np.asarray(epoch) / max(epochs, 1), TOP + HEIGHT * (1 - share)


def draw(curves: model.Curves, before: model.Curves | None, alt: str, shaded: bool = False) -> str:
    """Draw training (solid) and validation (dashed) losses; untreated ones in grey; shade the gap if asked."""
    longest = max(len(c.training) for c in (curves, before) if c)
    parts = []
    for tick in TICKS:
        _, y = place(0, tick, longest)
        parts.append(svg.path([(LEFT, y), (LEFT + WIDTH, y)], stroke=GRID, stroke_width=1))
        parts.append(svg.text(LEFT - 8, y, number(tick), "end", 12))
    if shaded:
        epochs = np.arange(1, len(curves.training) + 1)
        training, validation = (
            np.column_stack(place(epochs, c, longest)) for c in (curves.training, curves.validation)
        )
        parts.append(svg.path([*training, *validation[::-1]], closed=True, stroke="none", fill=GRID))
    for c, colours, width in ((before, (AXIS, AXIS), 1.2), (curves, (BLUE, VERMILION), 2.4)):
        for losses, colour, dashes in zip(
            (c.training, c.validation) if c else (), colours, ("none", "6 4"), strict=False
        ):
            points = np.column_stack(place(np.arange(1, len(losses) + 1), losses, longest))
            parts.append(svg.path(points, stroke=colour, stroke_width=width, stroke_dasharray=dashes))
    bottom = TOP + HEIGHT
    for epoch in (0, longest // 2, longest):
        x, _ = place(epoch, 1.0, longest)
        parts.append(svg.text(float(x), bottom + 14, str(epoch), size=12))
    parts.append(svg.path([(LEFT, TOP), (LEFT, bottom), (LEFT + WIDTH, bottom)], stroke=AXIS, stroke_width=1))
    parts.append(svg.text(LEFT + WIDTH / 2, bottom + 32, "epoch", font_style="italic"))
    parts.append(svg.text(16, TOP - 18, "loss", "start", font_style="italic"))
    return svg.card(470, 330, [*parts, KEY, UNTREATED if before else ""], alt)


KEY = "".join(
    [
        svg.path([(90, 18), (120, 18)], stroke=BLUE, stroke_width=2.4) + svg.text(128, 18, "training", "start"),
        svg.path([(196, 18), (226, 18)], stroke=VERMILION, stroke_width=2.4, stroke_dasharray="6 4"),
        svg.text(234, 18, "validation", "start", fill=INK),
    ]
)
UNTREATED = svg.path([(312, 18), (342, 18)], stroke=AXIS, stroke_width=1.2)
UNTREATED += svg.text(350, 18, "untreated", "start")


def table(curves: model.Curves) -> Table:
    """Give both curves at six epochs."""
    at = np.unique(np.linspace(0, len(curves.training) - 1, 6).round().astype(int))
    rows = [(str(i + 1), number(curves.training[i]), number(curves.validation[i])) for i in at]
    return Table("The curves in numbers", ("epoch", "training", "validation"), rows)


class CurveClinic(Card):
    """Four patients with learning curves: diagnose them, then treat them.

    Attributes
    ----------
    patient : ipywidgets.ToggleButtons
    ailment, remedy : ipywidgets.Dropdown
    treat_button, reset_button : ipywidgets.Button
    """

    def __init__(self) -> None:
        self.patient = widgets.ToggleButtons(
            options=[(p.name, p) for p in model.PATIENTS], description="patient", style={"button_width": "52px"}
        )
        self.ailment = widgets.Dropdown(options=["…", *model.AILMENTS], description="diagnosis", **LABEL)
        self.remedy = widgets.Dropdown(options=["…", *model.REMEDIES], description="remedy", **LABEL)
        self.treat_button = button("Treat", "Train again with this remedy", self.treat)
        self.reset_button = button("Reset", "Take the remedy away", self.reset)
        super().__init__(
            "Learning-curve clinic",
            "Digits, 64 inputs, one hidden layer. Training loss: solid. Validation loss: dashed.",
            [self.patient, self.ailment, self.remedy, buttons(self.treat_button, self.reset_button)],
        )
        self.patient.observe(self.reset, "value")
        self.ailment.observe(self._diagnose, "value")
        self.reset()

    def reset(self, change: Any = None) -> None:
        """Show the patient untreated."""
        self.ailment.value = self.remedy.value = "…"
        patient = self.patient.value
        self._show(model.examine(patient), None, f"Patient {patient.name}. What do the two curves tell you?")

    def treat(self) -> None:
        """Train again with the remedy, and say what it did."""
        patient, remedy = self.patient.value, self.remedy.value
        if remedy == "…":
            self.say("Choose a remedy first.")
            return
        treated = model.examine(model.REMEDIES[remedy](patient))
        self._show(treated, model.examine(patient), model.remedy_text(patient, remedy))

    def _diagnose(self, change: Any) -> None:
        if change["new"] != "…":
            self.say(model.diagnosis_text(self.patient.value, change["new"]))

    def _show(self, curves: model.Curves, before: model.Curves | None, status: str) -> None:
        alt = (
            f"Learning curves over {len(curves.training)} epochs. Training loss from {number(curves.training[0])} to "
            f"{number(curves.training[-1])}, validation loss from {number(curves.validation[0])} to "
            f"{number(curves.validation[-1])}."
        )
        self.show(draw(curves, before, alt), status, table(curves))
