"""Lab 09's optimizer race: choose a surface and who runs, then let them walk."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.axes import Axes
from course.show.looks import BLUE, GREEN, INK, PAPER, PURPLE, VERMILION
from course.show.tables import Table, number
from course.widgets import race_model as model
from course.widgets.base import LABEL, Card, button, buttons
from course.widgets.surface_model import Descent
from course.widgets.surface_view import contours, start_mark

#: a colour and a dash pattern for each racer; the number at the end of the path says it without either
LOOKS = dict(
    zip(
        (racer.name for racer in model.RACERS),
        ((INK, ""), (BLUE, ""), (BLUE, "7 4"), (GREEN, ""), (GREEN, "7 4"), (VERMILION, ""), (PURPLE, "")),
        strict=True,
    )
)
NUMBERS = {racer.name: str(i) for i, racer in enumerate(model.RACERS, 1)}
AT_START = ("SGD", "Momentum", "Adam")


def table(surface: model.Surface, walks: dict[str, Descent], factor: float) -> Table:
    """Write who is where."""
    rates = {racer.name: racer.lr * factor for racer in model.RACERS}
    rows = [
        (NUMBERS[name], name, number(rates[name]), number(walk.w[-1, 0]), number(walk.w[-1, 1]), number(walk.loss[-1]))
        for name, walk in walks.items()
    ]
    return Table("Where they are now", ("no.", "optimizer", "η", "w₁", "w₂", "loss"), rows)


def end_mark(x: float, y: float, name: str) -> str:
    """Draw a racer's number where it has come to."""
    disc = svg.tag("circle", cx=x, cy=y, r=9.5, fill=PAPER, stroke=LOOKS[name][0], stroke_width=2)
    return disc + svg.text(x, y, NUMBERS[name], size=12, font_weight=600)


def draw(axes: Axes, ground: str, surface: model.Surface, walks: dict[str, Descent], alt: str) -> str:
    """Draw the paths on their ground, each with its number at the end."""
    parts, ends = [ground], []
    for name, walk in walks.items():
        colour, dashes = LOOKS[name]
        places = axes.pixels(np.clip(walk.w, -9 * surface.reach, 9 * surface.reach))
        parts.append(svg.haloed(places, stroke=colour, stroke_width=2.2, stroke_dasharray=dashes or "none"))
        x, y = np.clip(places[-1], 11, np.array([axes.width, axes.height]) - 11)
        ends.append(end_mark(float(x), float(y), name))
    x0, y0 = axes.pixels(np.array([surface.start]))[0]
    half = surface.reach / 2
    frame = axes.frame("w₁", "w₂", [-2 * half, -half, 0, half, 2 * half])
    return svg.card(440, 426, [axes.window([*parts, start_mark(float(x0), float(y0)), *ends]), frame], alt)


class OptimizerRace(Card):
    """Seven optimizers on three surfaces, from the same start.

    Attributes
    ----------
    surface : ipywidgets.Dropdown
    runs : dict of str to ipywidgets.Checkbox
        Who takes part.
    steps : ipywidgets.IntSlider
    factor : ipywidgets.FloatLogSlider
        Multiplies everybody's learning rate.
    more_button, reset_button : ipywidgets.Button
    walks : dict of str to Descent
        The walks on display.
    """

    def __init__(self) -> None:
        self.axes = Axes((-2, 2, -2, 2), left=60.0, top=20.0, width=352.0, height=352.0)
        self.surface = widgets.Dropdown(options=[(s.name, s) for s in model.SURFACES], description="surface", **LABEL)
        self.runs = {
            racer.name: widgets.Checkbox(
                value=racer.name in AT_START,
                description=f"{NUMBERS[racer.name]} {racer.name}",
                indent=False,
                layout=widgets.Layout(width="118px"),
            )
            for racer in model.RACERS
        }
        self.steps = widgets.IntSlider(value=20, min=0, max=300, description="steps", **LABEL)
        self.factor = widgets.FloatLogSlider(
            value=1.0, min=-1, max=1.5, step=0.1, description="rates ×", readout_format=".2g", **LABEL
        )
        self.more_button = button("10 more steps", "Let everybody walk on for ten steps", self.more)
        self.reset_button = button("Reset", "Back to the start, with the usual rates", self.reset)
        who = widgets.HBox([*self.runs.values()], layout=widgets.Layout(flex_flow="row wrap"))
        super().__init__(
            "Optimizer race",
            "Everybody starts at the square. Each has a learning rate that suits it; one slider multiplies them all.",
            [self.surface, who, self.steps, self.factor, buttons(self.more_button, self.reset_button)],
        )
        for control in (self.surface, self.steps, self.factor, *self.runs.values()):
            control.observe(self._refresh, "value")
        self._refresh()

    def more(self) -> None:
        """Take ten steps more."""
        self.steps.value += 10

    def reset(self) -> None:
        """Go back to the start."""
        self.factor.value, self.steps.value = 1.0, 0

    def _refresh(self, change: Any = None) -> None:
        surface = self.surface.value
        racers = [racer for racer in model.RACERS if self.runs[racer.name].value]
        if change is None or change["owner"] is self.surface:
            self.ground = contours(surface, self.axes)  # drawn once a surface: only the walks change from then on
        self.walks = model.race(surface, racers, self.factor.value, self.steps.value)
        status = f"After {self.steps.value} steps: {model.status(self.walks)}"
        alt = f"Contours of the loss {surface.formula}, the {surface.name}, with one path for each optimizer. {status}"
        figure = draw(self.axes, self.ground, surface, self.walks, alt)
        self.show(figure, status, table(surface, self.walks, self.factor.value))
