"""Lab 08's activation explorer: the activations, their slopes, and where they saturate."""

from collections.abc import Callable
from dataclasses import dataclass

import ipywidgets as widgets
import numpy as np

from course.nn import activations
from course.show import svg
from course.show.axes import Axes
from course.show.looks import AXIS, BLUE, GRID, INK, VERMILION
from course.show.tables import Table, number
from course.widgets.base import LABEL, Card, slider

FLAT = 0.05  # smaller slopes count as flat: after twenty such layers almost nothing of the gradient is left
REACH = 5.0  # the explorer shows z from −REACH to REACH
PIECES = ((-1.0, -1.5), (0.2, 0.0), (1.0, -1.0))  # slope and height of the maxout unit's three lines


def _maxout(z: np.ndarray) -> np.ndarray:
    return np.max([slope * z + height for slope, height in PIECES], axis=0)


def _maxout_grad(z: np.ndarray) -> np.ndarray:
    winner = np.argmax([slope * z + height for slope, height in PIECES], axis=0)
    return np.array([slope for slope, _ in PIECES])[winner]


@dataclass(frozen=True)
class Bend:
    """An activation to show.

    Parameters
    ----------
    name : str
        Its name.
    f, f_grad : callable
        The function and its slope: (z, knob) → array.
    knob : str
        Name of its parameter; empty if it has none.
    """

    name: str
    f: Callable[[np.ndarray, float], np.ndarray]
    f_grad: Callable[[np.ndarray, float], np.ndarray]
    knob: str = ""


def _plain(name: str, f: Callable, f_grad: Callable) -> Bend:
    return Bend(name, lambda z, knob: f(z), lambda z, knob: f_grad(z))


BENDS = (
    _plain("sigmoid", activations.sigmoid, activations.sigmoid_grad),
    _plain("tanh", activations.tanh, activations.tanh_grad),
    _plain("relu", activations.relu, activations.relu_grad),
    Bend("leaky relu", activations.leaky_relu, activations.leaky_relu_grad, "slope"),
    Bend("elu", activations.elu, activations.elu_grad, "α"),
    _plain("softplus", activations.softplus, activations.softplus_grad),
    _plain("|z|", activations.absolute, activations.absolute_grad),
    _plain("maxout of 3", _maxout, _maxout_grad),
)


def flat_stretches(bend: Bend, knob: float, points: int = 1001) -> list[tuple[float, float]]:
    """Find where the slope is less than `FLAT` in size: intervals of z, from left to right."""
    z = np.linspace(-REACH, REACH, points)
    flat = np.concatenate([[False], np.abs(bend.f_grad(z, knob)) < FLAT, [False]])
    starts, ends = np.flatnonzero(~flat[:-1] & flat[1:]), np.flatnonzero(flat[:-1] & ~flat[1:]) - 1
    # a corner, where the slope is 0 only by convention, is not a flat stretch
    return [(float(z[i]), float(z[j])) for i, j in zip(starts, ends, strict=True) if j > i]


def status(bend: Bend, knob: float, z: float) -> str:
    """Say in words how much of the gradient a unit at z passes on."""
    slope = float(bend.f_grad(np.array(z), knob))
    if abs(slope) < FLAT:
        effect = "It is saturated: almost nothing of the gradient gets through."
    elif abs(slope) < 0.5:
        effect = "It passes on less than half of the gradient."
    else:
        effect = "It passes on the gradient."
    return f"At z = {z:.2f} the slope of {bend.name} is {slope:.3g}. {effect}"


AXES = Axes((-REACH, REACH, -2.5, 4.5), left=48.0, top=30.0, width=372.0, height=322.0)
KEY = "".join(
    [
        svg.key(64, 14, "f(z)", stroke=BLUE, stroke_width=2.6),
        svg.key(150, 14, "its slope f′(z)", stroke=VERMILION, stroke_dasharray="7 4"),
    ]
)


def draw(bend: Bend, knob: float, z: float, alt: str) -> str:
    """Draw f and f′ over z, the flat stretches in grey, and the current z."""
    parts = []
    for low, high in flat_stretches(bend, knob):
        left, right = AXES.pixels([(low, 0), (high, 0)])[:, 0]
        parts.append(svg.tag("rect", x=left, y=0, width=right - left, height=AXES.height, fill=GRID, opacity=0.7))
        if right - left > 60:
            parts.append(svg.text((left + right) / 2, AXES.height - 14, "flat", size=12, fill=AXIS))
    parts.append(svg.path(AXES.pixels([(-REACH, 0), (REACH, 0)]), stroke=AXIS, stroke_width=1))
    parts.append(svg.path(AXES.pixels([(z, -99), (z, 99)]), stroke=INK, stroke_width=1.2, stroke_dasharray="2 3"))
    x, at = np.linspace(-REACH, REACH, 401), np.array([z])
    curves = (
        (bend.f_grad, {"stroke": VERMILION, "stroke_dasharray": "7 4"}),
        (bend.f, {"stroke": BLUE, "stroke_width": 2.6}),
    )
    parts += [svg.path(AXES.pixels(np.column_stack([x, f(x, knob)])), **look) for f, look in curves]
    for f, look in curves:
        (place,) = AXES.pixels(np.column_stack([at, f(at, knob)]))
        parts.append(svg.dot(place, 5, fill=look["stroke"], stroke=INK, stroke_width=1.2))
    return svg.card(440, 400, [KEY, AXES.window(parts), AXES.frame("z", "", [-2, 0, 2, 4])], alt)


def table(bend: Bend, knob: float, z: float) -> Table:
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
        The unit's input; the activation's parameter, shown if it has one.
    """

    def __init__(self) -> None:
        self.bend = widgets.Dropdown(options=[(b.name, b) for b in BENDS], description="function", **LABEL)
        self.z = slider("z", 1.0, -REACH, REACH)
        self.knob = slider("slope", 0.1, 0.0, 2.0, 0.05)
        self.knob.layout = widgets.Layout(width="auto")  # its own layout, because it can be hidden separately
        super().__init__(
            "Which slope does the gradient meet?",
            "Choose an activation and move z. Grey: the slope is between −0.05 and 0.05, and the unit hardly learns.",
            [self.bend, self.z, self.knob],
        )

    def refresh(self) -> None:
        """Compute and show the numbers for the controls' values."""
        bend, z = self.bend.value, self.z.value
        self.knob.disabled, self.knob.description = not bend.knob, bend.knob or "no knob"
        self.knob.layout.display = "flex" if bend.knob else "none"
        said = status(bend, self.knob.value, z)
        flat = [f"from {low:.1f} to {high:.1f}" for low, high in flat_stretches(bend, self.knob.value)]
        alt = f"The curve of {bend.name} and its slope; flat {' and '.join(flat) or 'nowhere'}. {said}"
        figure = draw(bend, self.knob.value, z, alt)
        self.show(figure, said, table(bend, self.knob.value, z))
