"""Lab 02's loss surface: choose a start and a learning rate, and walk downhill."""

from collections.abc import Sequence

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.axes import Axes
from course.show.landscape import contours, key_of_paths, path_on
from course.show.tables import Table, number
from course.widgets.base import LABEL, Card, button, buttons, slider
from course.widgets.loss_surface import model

RUN = 50  # steps that one press of Run takes
SHOWN = 8  # rows of the table: the first, and the latest


def table(walk: model.Descent) -> Table:
    """Write the steps of a walk: the first one and the latest."""
    last = len(walk.loss) - 1
    steps = [0, *range(max(1, last - SHOWN + 2), last + 1)]
    rows = [
        (str(k), number(walk.w[k, 0]), number(walk.w[k, 1]), number(walk.loss[k]), number(walk.slope[k])) for k in steps
    ]
    caption = "The steps" if len(steps) == last + 1 else "The first step and the latest"
    return Table(caption, ("step", "w₁", "w₂", "loss", "|gradient|"), rows, current=len(rows) - 1)


def draw(axes: Axes, ground: str, surface: model.Surface, walk: model.Descent, alt: str) -> str:
    """Draw the walk on the contours."""
    outside = np.abs(walk.w[-1]).max() > surface.reach
    note = svg.text(axes.width - 10, 16, "outside this window", "end", font_weight=600) if outside else ""
    half = surface.reach / 2
    frame = axes.frame("w₁", "w₂", [-2 * half, -half, 0, half, 2 * half])
    return svg.card(440, 446, [axes.window([ground, path_on(axes, walk.w), note]), frame, key_of_paths(60)], alt)


class LossSurface(Card):
    """Gradient descent on a surface of two weights, step by step.

    Parameters
    ----------
    surfaces : sequence of Surface
        The surfaces to choose from; the first one is shown first. With only one, there is no choice to make.

    Attributes
    ----------
    surface : ipywidgets.Dropdown
    start_w1, start_w2 : ipywidgets.FloatSlider
    lr : ipywidgets.FloatLogSlider
    step_button, run_button, reset_button : ipywidgets.Button
    walk : Descent
        The walk on display.
    """

    def __init__(self, surfaces: Sequence[model.Surface] = (model.VALLEYS, model.OR_NEURON, model.AND_NEURON)) -> None:
        self.surface = widgets.Dropdown(options=[(s.name, s) for s in surfaces], description="surface", **LABEL)
        self.start_w1, self.start_w2 = slider("start w₁", 0, -1, 1), slider("start w₂", 0, -1, 1)
        self.lr = widgets.FloatLogSlider(
            value=0.1, min=-3, max=2, step=0.05, description="η", readout_format=".2g", **LABEL
        )
        self.step_button = button("Step", "Take one step downhill", lambda: self.go(1))
        self.run_button = button(f"Run {RUN}", f"Take up to {RUN} steps", lambda: self.go(RUN))
        self.reset_button = button("Reset", "Back to the start, with this surface's own settings", self.reset)
        row = buttons(self.step_button, self.run_button, self.reset_button)
        self.begin()
        super().__init__(
            "Loss surface",
            "Each step goes downhill. Its length is η, the learning rate, times the length of the gradient.",
            [*([self.surface] if len(surfaces) > 1 else []), self.start_w1, self.start_w2, self.lr, row],
        )

    def changed(self, control: widgets.Widget) -> None:
        """Start again on another surface; walk again from another start or at another rate."""
        if control is self.surface:
            self.reset()
        else:
            self.refresh()

    def go(self, steps: int) -> None:
        """Take more steps."""
        self.steps = len(self.walk.loss) - 1 + steps
        self.refresh()

    def reset(self) -> None:
        """Go back to the start that belongs to the surface."""
        with self.quietly():
            self.begin()
        self.refresh()

    def begin(self) -> None:
        """Draw the ground of the chosen surface, and set the controls to its own start and rate."""
        surface, self.steps = self.surface.value, 0
        self.axes = Axes((-surface.reach, surface.reach) * 2, 60.0, 40.0, 352.0, 352.0)
        self.ground = contours(surface.loss, self.axes)
        for control, value in zip((self.start_w1, self.start_w2), surface.start, strict=True):
            with control.hold_trait_notifications():
                control.min, control.max, control.value = -surface.reach, surface.reach, value
        self.lr.value = surface.lr

    def refresh(self) -> None:
        """Walk, and show where that leads."""
        surface = self.surface.value
        start = (self.start_w1.value, self.start_w2.value)
        self.walk: model.Descent = model.descend(surface, start, self.lr.value, self.steps)
        status = model.status(self.walk)
        alt = (
            f"Contours of the loss {surface.formula}, called {surface.name}, and a walk of "
            f"{len(self.walk.loss) - 1} steps with learning rate {number(self.lr.value)}. {status}"
        )
        self.show(draw(self.axes, self.ground, surface, self.walk, alt), status, table(self.walk))
