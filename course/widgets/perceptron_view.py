"""Lab 01's explorer: move the weights and see line, table and error follow."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.axes import Axes
from course.show.looks import VERMILION
from course.show.plane import line_ends
from course.show.tables import Table, number, signed
from course.widgets import perceptron_model as model
from course.widgets.base import Card, button, buttons, slider

BOX = (-0.5, 1.5, -0.5, 1.5)
START = {"w1": 1.0, "w2": -1.0, "b": -0.5}
#: the lab's weights already get three of four examples of XOR right; these get one
START_XOR = {"w1": -1.0, "w2": -1.0, "b": 0.5}
#: pale blue where p is near 0, paper at 0.5, pale orange near 1
TINTS = np.array([[178, 213, 238], [252, 252, 250], [252, 217, 150]])
KEY = "".join(
    [
        svg.example(66, 24, 0, 6) + svg.text(80, 24, "y = 0", "start"),
        svg.example(141, 24, 1, 6) + svg.text(155, 24, "y = 1", "start"),
        svg.path([(207, 24), (231, 24)], stroke_width=2.5) + svg.text(239, 24, "p = 0.5", "start"),
        svg.tag(
            "circle",
            cx=316,
            cy=24,
            r=9,
            fill="none",
            stroke=VERMILION,
            stroke_width=2,
            stroke_dasharray="4 3",
        ),
        svg.text(333, 24, "wrong", "start"),
    ]
)


def table(result: model.Answers) -> Table:
    """Write the neuron's answers as a table."""
    rows = [
        (
            f"({x1}, {x2})",
            number(y),
            number(h),
            number(p),
            number(y_hat),
            "✓ right" if y == y_hat else "✗ wrong",
        )
        for (x1, x2), y, h, p, y_hat in zip(model.X, result.y, result.h, result.p, result.y_hat, strict=True)
    ]
    caption = f"Squared error, summed: {number(result.squared_error)}"
    return Table(caption, ("x", "y", "h", "p", "ŷ", "right?"), rows)


def shade(axes: Axes, w: np.ndarray, b: float, name: str) -> str:
    """Colour the plane by p, with one gradient that runs along w; `name` keeps its id apart from others'."""
    low, high, _, top = axes.box
    scale = axes.width / (high - low)  # pixels a unit, the same on both axes
    slope = np.array([w[0], -w[1]]) / scale  # how h changes with each pixel
    everywhere: dict[str, Any] = {"width": axes.width, "height": axes.height}
    if not slope.any():
        return svg.tag("rect", fill=tint(float(model.sigmoid(b))), **everywhere)
    h_here = float(np.array([low, top]) @ w + b)  # h in the upper left corner, pixel (0, 0)
    ends = [(h - h_here) * slope / (slope @ slope) for h in (-5, 5)]
    stops = "".join(
        svg.tag("stop", offset=f"{10 * i}%", stop_color=tint(float(model.sigmoid(i - 5.0)))) for i in range(11)
    )
    (x1, y1), (x2, y2) = ends
    place: dict[str, Any] = {"x1": float(x1), "y1": float(y1), "x2": float(x2), "y2": float(y2)}
    gradient = svg.tag("linearGradient", stops, id=name, gradientUnits="userSpaceOnUse", **place)
    return gradient + svg.tag("rect", fill=f"url(#{name})", **everywhere)


def tint(p: float) -> str:
    """Give the colour of the plane where the neuron says p."""
    low, middle, high = TINTS
    mixed = low + 2 * p * (middle - low) if p < 0.5 else middle + (2 * p - 1) * (high - middle)
    return "rgb({:.0f},{:.0f},{:.0f})".format(*mixed)


def draw(data: str, w: np.ndarray, b: float, alt: str, name: str) -> str:
    """Draw the examples, the line, and how p shades from one side to the other."""
    result = model.answers(data, w, b)
    axes = Axes(BOX, left=56.0, top=44.0, width=330.0, height=330.0)
    parts = [shade(axes, w, b, name)]
    ends = line_ends(w, b, BOX)
    if ends is not None:
        parts.append(svg.path(axes.pixels(ends), stroke_width=2.5))
    for (x, y), label, right in zip(axes.pixels(model.X), result.y, result.right, strict=True):
        parts.append(svg.example(x, y, label))
        if not right:
            ring: dict[str, Any] = {
                "fill": "none",
                "stroke": VERMILION,
                "stroke_width": 2.5,
                "stroke_dasharray": "5 3",
            }
            parts.append(svg.tag("circle", cx=float(x), cy=float(y), r=16, **ring))
    for corner in ([-0.5, 1.5], [1.5, -0.5]):
        side = "ŷ = 1 here" if np.array(corner) @ w + b >= 0 else "ŷ = 0 here"
        x, y = axes.pixels(np.array([corner]))[0]
        anchor, inward = ("start", 10) if x == 0 else ("end", -10)
        parts.append(svg.text(x + inward, y + (16 if y == 0 else -16), side, anchor))
    return svg.card(410, 424, [axes.window(parts), axes.frame("x₁", "x₂", [0, 1]), KEY], alt)


class PerceptronExplorer(Card):
    """Sliders for w₁, w₂ and b; the line, the table and the squared error move together.

    Parameters
    ----------
    data : {"OR", "AND", "XOR"}
        The data set shown first.

    Attributes
    ----------
    w1, w2, b : ipywidgets.FloatSlider
    data : ipywidgets.ToggleButtons
    """

    def __init__(self, data: str = "OR") -> None:
        self.first = data
        self.start = START_XOR if data == "XOR" else START
        style = {"description_width": "64px", "button_width": "64px"}
        self.data = widgets.ToggleButtons(options=list(model.LABELS), value=data, description="data", style=style)
        self.w1 = slider("w₁", self.start["w1"], -8, 8)
        self.w2 = slider("w₂", self.start["w2"], -8, 8)
        self.b = slider("b", self.start["b"], -8, 8)
        controls = [self.data, self.w1, self.w2, self.b]
        super().__init__(
            "Perceptron explorer",
            "One neuron, four examples. Move the weights until every example lies on its side of the line.",
            [*controls, buttons(button("Reset", "Back to the first weights and data", self.reset))],
        )
        for control in controls:
            control.observe(self._refresh, "value")
        self._refresh()

    def reset(self) -> None:
        """Go back to the weights and the data that were there first."""
        self.data.value = self.first
        for name, value in self.start.items():
            getattr(self, name).value = value

    def _refresh(self, change: Any = None) -> None:
        w, b, data = np.array([self.w1.value, self.w2.value]), self.b.value, self.data.value
        result = model.answers(data, w, b)
        status = model.status(data, result)
        alt = (
            f"The four examples of {data} and the line where p = 0.5: "
            f"{signed(w[0])}·x₁ + {signed(w[1])}·x₂ + {signed(b)} = 0. {status}"
        )
        self.show(draw(data, w, b, alt, f"shade-{self.model_id}"), status, table(result))
