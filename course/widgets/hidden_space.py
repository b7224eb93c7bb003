"""Lab 05's hidden space: the inputs with two lines, and the same points as two hidden units represent them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np

from course.nn.activations import sigmoid
from course.show import svg
from course.show.axes import Axes
from course.show.looks import GREEN, INK, ORANGE_AREA, PURPLE, VERMILION
from course.show.plane import line_ends
from course.show.tables import Table, number
from course.widgets.base import Card, Knobs, button, buttons, slider

LR = 0.5
#: parameters of a 2–2–1 network, by the part that they belong to: unit 1, unit 2, output
Parameters = dict[str, tuple[float, float, float]]
PARTS = ("unit 1", "unit 2", "output")
START: Parameters = {"unit 1": (2.0, 1.0, -1.5), "unit 2": (1.0, 2.0, -1.5), "output": (2.0, -1.5, 0.0)}

_TURN = 2 * np.pi * np.arange(10) / 10
_RING = np.column_stack([np.cos(_TURN), np.sin(_TURN)]) * 0.6 + 0.5  # so dense that no strip fits between
_CORE = np.array([[0.2, 0.5], [0.8, 0.5], [0.5, 0.2], [0.5, 0.8]])
#: examples (N, 2) and labels (N,)
DATA = {
    "XOR": (np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])),
    "ring": (np.vstack([_RING, _CORE]), np.repeat([0, 1], [10, 4])),
}


@dataclass(frozen=True)
class Seen:
    """A network's results for the points.

    Parameters
    ----------
    a : array, shape (N, 2)
        Their positions in the hidden space.
    p : array, shape (N,)
        Probability of class 1.
    """

    a: np.ndarray
    p: np.ndarray


def hidden(knobs: Parameters, X: np.ndarray) -> np.ndarray:
    """Map points (N, 2) to the activations of the two hidden units, (N, 2)."""
    W = np.array([knobs[part] for part in PARTS[:2]]).T  # (3, 2): two weights and a bias a column
    return np.tanh(X @ W[:2] + W[2])


def output(knobs: Parameters, a: np.ndarray) -> np.ndarray:
    """Return p for points of the hidden space, (N,)."""
    v1, v2, b = knobs["output"]
    return sigmoid(a @ np.array([v1, v2]) + b)


def look(knobs: Parameters, X: np.ndarray) -> Seen:
    """Compute the network for points (N, 2)."""
    a = hidden(knobs, X)
    return Seen(a, output(knobs, a))


def learn(knobs: Parameters, data: str, steps: int) -> Parameters:
    """Take steps of gradient descent on the mean cross-entropy over one of `DATA`."""
    X, y = DATA[data]
    W = np.array([knobs[part] for part in PARTS[:2]]).T
    v = np.array(knobs["output"])
    ones = np.ones((len(X), 1))
    for _ in range(steps):
        a = np.tanh(X @ W[:2] + W[2])
        dz = (sigmoid(a @ v[:2] + v[2]) - y) / len(y)
        dz_hidden = dz[:, None] * v[:2] * (1 - a**2)
        v = v - LR * np.hstack([a, ones]).T @ dz
        W = W - LR * np.hstack([X, ones]).T @ dz_hidden
    return {"unit 1": _knobs(W[:, 0]), "unit 2": _knobs(W[:, 1]), "output": _knobs(v)}


def scatter(rng: np.random.Generator) -> Parameters:
    """Draw a random start."""
    return {part: _knobs(rng.normal(0, 1, 3).round(2)) for part in PARTS}


def _knobs(values: np.ndarray) -> tuple[float, float, float]:
    w1, w2, b = (float(value) for value in values)
    return w1, w2, b


def status(seen: Seen, y: np.ndarray, steps: int) -> str:
    """Say how many are right, and what that means on the right-hand map."""
    right = int(np.sum((seen.p >= 0.5) == y))
    walked = f"After {steps} steps of learning: " if steps else ""
    said = f"{walked}{right} of {len(y)} points right."
    return f"{said} In hidden space, one line is enough." if right == len(y) else f"{said} Move a line, or the output."


RUN = 10  # steps that one press of Learn takes
INPUT_BOX, HIDDEN_BOX = (-0.4, 1.4, -0.4, 1.4), (-1.25, 1.25, -1.25, 1.25)
LOOKS: dict[str, dict[str, Any]] = {
    "unit 1": {"stroke": GREEN, "stroke_width": 2.5},
    "unit 2": {"stroke": PURPLE, "stroke_width": 2.5, "stroke_dasharray": "7 4"},
    "output": {"stroke": VERMILION, "stroke_width": 2.5, "stroke_dasharray": "2 3"},
}
REACH, STOP = 12.0, 0.25  # range and step of the sliders
CELLS = 130  # cells of the shading along each axis, two pixels each


def shade(axes: Axes, p: Callable[[np.ndarray], np.ndarray]) -> str:
    """Shade the area where p ≥ 0.5, one row of cells at a time."""
    x_low, x_high, y_low, y_high = axes.box
    side = axes.width / CELLS
    middles = (np.arange(CELLS) + 0.5) / CELLS
    x, y = np.meshgrid(x_low + middles * (x_high - x_low), y_high + middles * (y_low - y_high))
    ones_here = (p(np.column_stack([x.ravel(), y.ravel()])) >= 0.5).reshape(CELLS, CELLS)
    drawn = []
    for row, here in enumerate(ones_here):
        ones = np.flatnonzero(np.diff(here, prepend=False, append=False))
        for start, end in ones.reshape(-1, 2):
            place: dict[str, Any] = {"x": float(start * side), "width": float((end - start) * side)}
            drawn.append(svg.tag("rect", y=float(row * side), height=float(side + 0.3), fill=ORANGE_AREA, **place))
    return "".join(drawn)


def line(axes: Axes, knobs: tuple[float, float, float], part: str) -> str:
    """Draw the line where a unit is undecided; nothing if it is out of view."""
    ends = line_ends(np.array(knobs[:2]), knobs[2], axes.box)
    return "" if ends is None else svg.path(axes.pixels(ends), **LOOKS[part])


def key() -> str:
    """Explain lines and marks."""
    drawn = [svg.example(22, 20, 0, 6), svg.text(34, 20, "y = 0", "start")]
    drawn += [svg.example(90, 20, 1, 6), svg.text(102, 20, "y = 1", "start")]
    for x, part, words in ((160, "unit 1", "unit 1"), (260, "unit 2", "unit 2"), (360, "output", "output undecided")):
        drawn.append(svg.key(x, 20, words, **LOOKS[part]))
    drawn += [svg.tag("rect", x=534, y=12, width=16, height=16, fill=ORANGE_AREA, stroke=INK, stroke_width=0.5)]
    return "".join([*drawn, svg.text(558, 20, "p ≥ 0.5", "start")])


def draw(knobs: Parameters, X: np.ndarray, y: np.ndarray, seen: Seen, alt: str) -> str:
    """Draw both maps side by side."""
    left = Axes(INPUT_BOX, left=52.0, top=70.0, width=260.0, height=260.0)
    right = Axes(HIDDEN_BOX, left=380.0, top=70.0, width=260.0, height=260.0)
    inputs = [shade(left, lambda points: look(knobs, points).p)]
    inputs += [line(left, knobs[part], part) for part in PARTS[:2]]
    mapped = [shade(right, lambda a: output(knobs, a)), line(right, knobs["output"], "output")]
    for points, axes, drawn in ((X, left, inputs), (seen.a, right, mapped)):
        drawn += [svg.example(px, py, int(label), 7) for (px, py), label in zip(axes.pixels(points), y, strict=True)]
    parts = [left.window(inputs), left.frame("x₁", "x₂", (0, 1))]
    parts += [right.window(mapped), right.frame("a₁", "a₂", (-1, 0, 1))]
    titles = [svg.text(182, 54, "inputs", font_weight=600), svg.text(510, 54, "hidden space", font_weight=600)]
    return svg.card(660, 380, [*parts, *titles, key()], alt)


def table(X: np.ndarray, y: np.ndarray, seen: Seen) -> Table:
    """Write the position of every point on both maps."""
    rows = [
        (f"({number(x[0])}, {number(x[1])})", number(a[0]), number(a[1]), number(p), str(label))
        for x, a, p, label in zip(X.round(2), seen.a.round(3), seen.p.round(3), y, strict=True)
    ]
    return Table("The same points, on both maps", ("x", "a₁", "a₂", "p", "y"), rows)


class HiddenSpace(Card):
    """Three knobs for each of two hidden units and the output, and gradient descent to watch.

    Attributes
    ----------
    data, part : ipywidgets.ToggleButtons
        Which points; which part's parameters the sliders show.
    w1, w2, b : ipywidgets.FloatSlider
    learn_button, start_button, reset_button : ipywidgets.Button
    knobs : dict
        The nine parameters, by part.
    steps : int
        Steps of gradient descent since the last change by hand.
    """

    def __init__(self) -> None:
        self.knobs, self.steps = dict(START), 0
        self.starts = np.random.default_rng(5)  # its own generator: the starts come in the same order every time
        style = {"description_width": "64px", "button_width": "90px"}
        self.data = widgets.ToggleButtons(options=list(DATA), description="data", style=style)
        self.part = widgets.ToggleButtons(options=list(PARTS), description="knobs of", style=style)
        self.w1, self.w2, self.b = (slider(name, 0.0, -REACH, REACH, STOP) for name in ("w₁", "w₂", "b"))
        self.sliders = Knobs(self.w1, self.w2, self.b)
        self.sliders.move(*self.knobs[self.part.value])
        self.learn_button = button("Learn", f"Take {RUN} steps of gradient descent", self.learn)
        self.start_button = button("Another start", "Draw random parameters", self.another)
        self.reset_button = button("Reset", "Back to the first parameters", self.reset)
        row = buttons(self.learn_button, self.start_button, self.reset_button)
        lead = "Separate circles from squares by hand, then let gradient descent try."
        controls = [self.data, self.part, self.w1, self.w2, self.b, row]
        super().__init__("Hidden space", lead, controls, beside=False)

    def changed(self, control: widgets.Widget) -> None:
        """Show other points or the knobs of another part; take the values that the user has set."""
        if control is self.data:
            self.set(self.knobs, 0)
        elif control is self.part:
            self.set(self.knobs, self.steps)
        elif self.sliders.turned(control):
            w1, w2, b = self.sliders.held
            self.knobs, self.steps = {**self.knobs, self.part.value: (w1, w2, b)}, 0
            self.refresh()

    def learn(self) -> None:
        """Take steps of gradient descent from the knobs' values."""
        self.set(learn(self.knobs, self.data.value, RUN), self.steps + RUN)

    def another(self) -> None:
        """Begin at another random start."""
        self.set(scatter(self.starts), 0)

    def reset(self) -> None:
        """Go back to the first parameters."""
        self.set(dict(START), 0)

    def set(self, knobs: Parameters, steps: int) -> None:
        """Take parameters, and show those of the chosen part on the sliders (within their range)."""
        self.knobs, self.steps = knobs, steps
        with self.quietly():
            self.sliders.move(*knobs[self.part.value])
        self.refresh()

    def refresh(self) -> None:
        """Show both maps."""
        X, y = DATA[self.data.value]
        seen = look(self.knobs, X)
        said = status(seen, y, self.steps)
        weights = "; ".join(f"{part}: {', '.join(map(number, self.knobs[part]))}" for part in PARTS)
        alt = f"Points of {self.data.value} in input space and in hidden space. Weights and bias of {weights}. {said}"
        self.show(draw(self.knobs, X, y, seen, alt), said, table(X, y, seen))
