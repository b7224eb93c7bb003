"""Lab 08's activation explorer: a curve, its slope, and the stretches where it is flat."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.axes import Axes
from course.show.looks import AXIS, BLUE, GRID, INK, VERMILION
from course.show.tables import Table, number
from course.widgets import activation_model as model
from course.widgets.base import LABEL, Card, slider


def draw(axes: Axes, bend: model.Bend, knob: float, z: float, alt: str) -> str:
    """Draw f and f′ over z, the flat stretches grey, and where z stands."""
    x = np.linspace(-model.REACH, model.REACH, 401)
    f, f_grad = bend.f(x, knob), bend.f_grad(x, knob)
    parts = []
    for low, high in model.flat_stretches(bend, knob):
        (left, _), (right, _) = axes.pixels(np.array([[low, 0], [high, 0]]))
        width = float(right - left)
        parts.append(svg.tag("rect", x=float(left), y=0, width=width, height=axes.height, fill=GRID, opacity=0.7))
        if width > 60:
            parts.append(svg.text((left + right) / 2, axes.height - 14, "flat", size=12, fill=AXIS))
    zero = axes.pixels(np.array([[-model.REACH, 0], [model.REACH, 0]]))
    here = axes.pixels(np.array([[z, -99], [z, 99]]))
    parts.append(svg.path(zero, stroke=AXIS, stroke_width=1))
    parts.append(svg.path(here, stroke=INK, stroke_width=1.2, stroke_dasharray="2 3"))
    parts.append(svg.path(axes.pixels(np.column_stack([x, f_grad])), stroke=VERMILION, stroke_dasharray="7 4"))
    parts.append(svg.path(axes.pixels(np.column_stack([x, f])), stroke=BLUE, stroke_width=2.6))
    at = np.array(z)
    for height, colour in ((bend.f_grad(at, knob), VERMILION), (bend.f(at, knob), BLUE)):
        cx, cy = axes.pixels(np.array([[z, height]]))[0]
        parts.append(svg.tag("circle", cx=float(cx), cy=float(cy), r=5, fill=colour, stroke=INK, stroke_width=1.2))
    legend = [
        svg.path([(64, 14), (94, 14)], stroke=BLUE, stroke_width=2.6),
        svg.text(100, 14, "f(z)", anchor="start"),
        svg.path([(150, 14), (180, 14)], stroke=VERMILION, stroke_dasharray="7 4"),
        svg.text(186, 14, "its slope f′(z)", anchor="start"),
    ]
    frame = axes.frame("z", "", [-2, 0, 2, 4])
    return svg.card(440, 400, [*legend, axes.window(parts), frame], alt)


def table(bend: model.Bend, knob: float, z: float) -> Table:
    """Write function and slope at a few places, and at z."""
    places = [-4.0, -2.0, -0.5, 0.5, 2.0, 4.0, z]
    rows = [
        (number(place), number(float(bend.f(np.array(place), knob))), number(float(bend.f_grad(np.array(place), knob))))
        for place in places
    ]
    return Table(bend.name, ("z", "f(z)", "slope"), rows, current=len(rows) - 1)


class ActivationExplorer(Card):
    """Eight activations: the function, its slope, and where it is flat.

    Attributes
    ----------
    bend : ipywidgets.Dropdown
        Which activation.
    z, knob : ipywidgets.FloatSlider
        Where the unit stands; the activation's parameter, if it has one.
    """

    def __init__(self) -> None:
        self.axes = Axes((-model.REACH, model.REACH, -2.5, 4.5), left=48.0, top=30.0, width=372.0, height=322.0)
        self.bend = widgets.Dropdown(options=[(b.name, b) for b in model.BENDS], description="function", **LABEL)
        self.z = slider("z", 1.0, -model.REACH, model.REACH)
        self.knob = slider("slope", 0.1, 0.0, 2.0, 0.05)
        super().__init__(
            "Which slope does the gradient meet?",
            "Choose an activation and move z. Grey: the slope is below 0.05, the unit hardly learns.",
            [self.bend, self.z, self.knob],
        )
        for control in (self.bend, self.z, self.knob):
            control.observe(self._refresh, "value")
        self._refresh()

    def _refresh(self, change: Any = None) -> None:
        bend, z = self.bend.value, self.z.value
        self.knob.disabled = not bend.knob
        self.knob.description = bend.knob or "no knob"
        status = model.status(bend, self.knob.value, z)
        flat = [f"from {low:.1f} to {high:.1f}" for low, high in model.flat_stretches(bend, self.knob.value)]
        alt = f"The curve of {bend.name} and its slope; flat {' and '.join(flat) or 'nowhere'}. {status}"
        figure = draw(self.axes, bend, self.knob.value, z, alt)
        self.show(figure, status, table(bend, self.knob.value, z))
