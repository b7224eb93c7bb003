"""Lab 01's explorer: one neuron on four examples; line, table and error follow the weights."""

from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np

from course.nn.activations import sigmoid
from course.show import svg
from course.show.axes import Axes
from course.show.looks import VERMILION
from course.show.plane import line_ends
from course.show.tables import Table, number, signed
from course.widgets.base import Card, button, buttons, slider

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
LABELS = {"OR": np.array([0, 1, 1, 1]), "AND": np.array([0, 0, 0, 1]), "XOR": np.array([0, 1, 1, 0])}


@dataclass(frozen=True)
class Answers:
    """The neuron's results for each of the four examples.

    Parameters
    ----------
    y : array, shape (4,)
        Labels.
    h : array, shape (4,)
        Weighted sums.
    p : array, shape (4,)
        Probabilities of label 1.
    y_hat : array, shape (4,)
        Predicted labels.
    """

    y: np.ndarray
    h: np.ndarray
    p: np.ndarray
    y_hat: np.ndarray

    @property
    def right(self) -> np.ndarray:
        """Tell for every example whether the prediction is right; shape (4,)."""
        return self.y_hat == self.y

    @property
    def wrong(self) -> int:
        """Count the wrong predictions."""
        return int(np.sum(~self.right))

    @property
    def squared_error(self) -> float:
        """Add up the squared errors of the four probabilities."""
        return float(np.sum((self.y - self.p) ** 2))


def answers(data: str, w: np.ndarray, b: float) -> Answers:
    """Compute h, p and ŷ for OR, AND or XOR.

    Parameters
    ----------
    data : {"OR", "AND", "XOR"}
        Which labels.
    w : array, shape (2,)
        Weights.
    b : float
        Bias.

    Raises
    ------
    ValueError
        If `data` is none of the three.
    """
    if data not in LABELS:
        raise ValueError(f"expected one of {', '.join(LABELS)}, got {data!r}: choose one of these")
    h = X @ w + b
    p = sigmoid(h)
    return Answers(LABELS[data], h, p, (p >= 0.5).astype(int))  # the tie p = 0.5 counts as 1


def status(data: str, result: Answers) -> str:
    """Describe the neuron's errors in words."""
    error = result.squared_error
    if result.wrong:
        places = ", ".join(f"({a}, {b})" for a, b in X[~result.right])
        return f"{result.wrong} of 4 wrong: {places}. Can you get it to 0?"
    if error > 0.1:
        return f"All four of {data} are right, but the neuron is not sure. Can you push the squared error below 0.1?"
    return f"All four of {data} are right, and the neuron is sure."


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
        svg.key(204, 24, "p = 0.5", stroke_width=2.5),
        svg.dot((316, 24), 9, fill="none", stroke=VERMILION, stroke_width=2, stroke_dasharray="4 3"),
        svg.text(333, 24, "wrong", "start"),
    ]
)


def table(result: Answers) -> Table:
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
        for (x1, x2), y, h, p, y_hat in zip(X, result.y, result.h, result.p, result.y_hat, strict=True)
    ]
    caption = f"Squared error, summed: {number(result.squared_error)}"
    return Table(caption, ("x", "y", "h", "p", "ŷ", "right?"), rows)


def shade(axes: Axes, w: np.ndarray, b: float, name: str) -> str:
    """Colour the plane by p, with one colour gradient along w; `name` makes its id unique."""
    low, high, _, top = axes.box
    scale = axes.width / (high - low)  # pixels a unit, the same on both axes
    slope = np.array([w[0], -w[1]]) / scale  # how h changes with each pixel
    everywhere: dict[str, Any] = {"width": axes.width, "height": axes.height}
    if not slope.any():
        return svg.tag("rect", fill=tint(float(sigmoid(b))), **everywhere)
    h_here = float(np.array([low, top]) @ w + b)  # h in the upper left corner, pixel (0, 0)
    ends = [(h - h_here) * slope / (slope @ slope) for h in (-5, 5)]
    stops = "".join(svg.tag("stop", offset=f"{10 * i}%", stop_color=tint(float(sigmoid(i - 5.0)))) for i in range(11))
    (x1, y1), (x2, y2) = ends
    place: dict[str, Any] = {"x1": float(x1), "y1": float(y1), "x2": float(x2), "y2": float(y2)}
    gradient = svg.tag("linearGradient", stops, id=name, gradientUnits="userSpaceOnUse", **place)
    return gradient + svg.tag("rect", fill=f"url(#{name})", **everywhere)


def tint(p: float) -> str:
    """Return the colour of the plane where the neuron's output is p."""
    low, middle, high = TINTS
    mixed = low + 2 * p * (middle - low) if p < 0.5 else middle + (2 * p - 1) * (high - middle)
    return "rgb({:.0f},{:.0f},{:.0f})".format(*mixed)


def draw(data: str, w: np.ndarray, b: float, alt: str, name: str) -> str:
    """Draw the examples, the line, and how p shades from one side to the other."""
    result = answers(data, w, b)
    axes = Axes(BOX, left=56.0, top=44.0, width=330.0, height=330.0)
    parts = [shade(axes, w, b, name)]
    ends = line_ends(w, b, BOX)
    if ends is not None:
        parts.append(svg.path(axes.pixels(ends), stroke_width=2.5))
    for (x, y), label, right in zip(axes.pixels(X), result.y, result.right, strict=True):
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
        start = START_XOR if data == "XOR" else START
        style = {"description_width": "64px", "button_width": "64px"}
        self.data = widgets.ToggleButtons(options=list(LABELS), value=data, description="data", style=style)
        self.w1 = slider("w₁", start["w1"], -8, 8)
        self.w2 = slider("w₂", start["w2"], -8, 8)
        self.b = slider("b", start["b"], -8, 8)
        controls = [self.data, self.w1, self.w2, self.b]
        super().__init__(
            "Perceptron explorer",
            "One neuron, four examples. Move the weights until every example lies on its side of the line.",
            [*controls, buttons(button("Reset", "Back to the first weights and data", self.reset))],
        )

    def refresh(self) -> None:
        """Compute and show the numbers for the controls' values."""
        w, b, data = np.array([self.w1.value, self.w2.value]), self.b.value, self.data.value
        result = answers(data, w, b)
        said = status(data, result)
        alt = (
            f"The four examples of {data} and the line where p = 0.5: "
            f"{signed(w[0])}·x₁ + {signed(w[1])}·x₂ + {signed(b)} = 0. {said}"
        )
        self.show(draw(data, w, b, alt, f"shade-{self.model_id}"), said, table(result))
