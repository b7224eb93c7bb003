"""Lab 02's loss surface: choose a start and a learning rate, and walk downhill."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import ipywidgets as widgets
import numpy as np
from contourpy import contour_generator  # comes with matplotlib, which draws its contours with it

from course.show import svg
from course.show.axes import Axes
from course.show.looks import AXIS, CONTOUR, INK, PAPER, VERMILION
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


@lru_cache(maxsize=16)  # only the walk on a surface changes, not the ground
def contours(surface: model.Surface, axes: Axes) -> str:
    """Draw the lines of equal loss, closer together near the bottom; darker is lower."""
    ticks = np.linspace(-surface.reach, surface.reach, 61)
    losses = surface.loss(np.stack(np.meshgrid(ticks, ticks), axis=-1))
    low, high = losses.min(), losses.max()
    levels = low + (high - low) * np.linspace(0, 1, 15)[:-1] ** 2
    lines: Any = contour_generator(ticks, ticks, losses)
    drawn = [svg.tag("rect", width=axes.width, height=axes.height, fill=depth(0))]
    for i, level in enumerate(levels[::-1]):
        filled, offsets = lines.filled(-np.inf, float(level)) if i else ([], [])
        for points, holes in zip(filled, offsets, strict=True):
            rings = [axes.pixels(points[a:z]) for a, z in pairwise(holes)]
            d = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in rings)
            drawn.append(svg.tag("path", d=d, fill=depth(i / len(levels)), stroke=CONTOUR, stroke_width=0.7))
    return "".join(drawn)


def depth(share: float) -> str:
    """Give the colour of the ground: paper on the heights, blue in the valleys."""
    high, low = np.array([252, 252, 250]), np.array([132, 179, 215])
    return "rgb({:.0f},{:.0f},{:.0f})".format(*(high + share * (low - high)))


def draw(axes: Axes, ground: str, surface: model.Surface, walk: model.Descent, alt: str) -> str:
    """Draw the walk on its ground: start square, a dot a step, a ring around the last."""
    places = axes.pixels(np.clip(walk.w, -9 * surface.reach, 9 * surface.reach))
    parts = [ground, svg.haloed(places, stroke=VERMILION, stroke_width=2)]
    parts += [svg.tag("circle", cx=float(x), cy=float(y), r=3, fill=VERMILION) for x, y in places[1:-1]]
    (x0, y0), (x, y) = places[0], places[-1]
    parts += [start_mark(float(x0), float(y0)), now_mark(float(x), float(y))]
    outside = np.abs(walk.w[-1]).max() > surface.reach
    note = svg.text(axes.width - 10, 16, "outside this window", "end", font_weight=600) if outside else ""
    half = surface.reach / 2
    frame = axes.frame("w₁", "w₂", [-2 * half, -half, 0, half, 2 * half])
    return svg.card(440, 446, [axes.window([*parts, note]), frame, KEY], alt)


def start_mark(x: float, y: float) -> str:
    """Draw where the walk began."""
    return svg.tag("rect", x=x - 5, y=y - 5, width=10, height=10, fill=PAPER, stroke=INK, stroke_width=2)


def now_mark(x: float, y: float) -> str:
    """Draw where the walk has come to."""
    ring = svg.tag("circle", cx=x, cy=y, r=8, fill="none", stroke=INK, stroke_width=2.5)
    return ring + svg.tag("circle", cx=x, cy=y, r=3.5, fill=VERMILION)


KEY = "".join(
    [
        start_mark(69, 20) + svg.text(82, 20, "start", "start"),
        svg.path([(130, 20), (158, 20)], stroke=VERMILION) + svg.tag("circle", cx=144, cy=20, r=3, fill=VERMILION),
        svg.text(166, 20, "steps", "start"),
        now_mark(222, 20) + svg.text(237, 20, "now", "start"),
        svg.tag("rect", x=284, y=13, width=22, height=14, fill=depth(1), stroke=AXIS),
        svg.text(314, 20, "darker is lower", "start"),
    ]
)


class LossSurface(Card):
    """Gradient descent on a surface of two weights, step by step.

    Parameters
    ----------
    surfaces : sequence of Surface
        The surfaces to choose from; the first one is shown first.

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
            "Each step goes downhill, η times as far as the ground is steep. η is the learning rate.",
            [self.surface, self.start_w1, self.start_w2, self.lr, row],
        )

    def changed(self, control: widgets.Widget) -> None:
        """Begin anew on another surface; walk anew from another start or at another rate."""
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
        self.ground = contours(surface, self.axes)
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
