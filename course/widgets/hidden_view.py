"""Lab 05's hidden space: the inputs with two lines, and the same points where the hidden units put them."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.axes import Axes
from course.show.looks import GREEN, INK, ORANGE_AREA, PURPLE, VERMILION
from course.show.plane import line_ends
from course.show.tables import Table, number
from course.widgets import hidden_model as model
from course.widgets.base import Card, button, buttons, slider

RUN = 10  # steps that one press of Learn takes
INPUT_BOX, HIDDEN_BOX = (-0.4, 1.4, -0.4, 1.4), (-1.25, 1.25, -1.25, 1.25)
LOOKS: dict[str, dict[str, Any]] = {
    "unit 1": {"stroke": GREEN, "stroke_width": 2.5},
    "unit 2": {"stroke": PURPLE, "stroke_width": 2.5, "stroke_dasharray": "7 4"},
    "output": {"stroke": VERMILION, "stroke_width": 2.5, "stroke_dasharray": "2 3"},
}
REACH, STOP = 12.0, 0.25  # how far the sliders go, and how finely
CELLS = 130  # of the shading, along each axis: two pixels each


def shade(axes: Axes, p: Callable[[np.ndarray], np.ndarray]) -> str:
    """Tint where p ≥ 0.5, a row of cells at a time."""
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
    """Draw where a unit is undecided; nothing where that is out of view."""
    ends = line_ends(np.array(knobs[:2]), knobs[2], axes.box)
    return "" if ends is None else svg.path(axes.pixels(ends), **LOOKS[part])


def key() -> str:
    """Explain lines and marks."""
    drawn = [svg.example(22, 20, 0, 6), svg.text(34, 20, "y = 0", "start")]
    drawn += [svg.example(90, 20, 1, 6), svg.text(102, 20, "y = 1", "start")]
    for x, part, words in ((160, "unit 1", "unit 1"), (260, "unit 2", "unit 2"), (360, "output", "output undecided")):
        drawn += [svg.path([(x, 20), (x + 30, 20)], **LOOKS[part]), svg.text(x + 38, 20, words, "start")]
    drawn += [svg.tag("rect", x=534, y=12, width=16, height=16, fill=ORANGE_AREA, stroke=INK, stroke_width=0.5)]
    return "".join([*drawn, svg.text(558, 20, "p ≥ 0.5", "start")])


def draw(knobs: model.Knobs, X: np.ndarray, y: np.ndarray, seen: model.Seen, alt: str) -> str:
    """Draw both maps side by side."""
    left = Axes(INPUT_BOX, left=52.0, top=70.0, width=260.0, height=260.0)
    right = Axes(HIDDEN_BOX, left=380.0, top=70.0, width=260.0, height=260.0)
    inputs = [shade(left, lambda points: model.look(knobs, points).p)]
    inputs += [line(left, knobs[part], part) for part in model.PARTS[:2]]
    mapped = [shade(right, lambda a: model.output(knobs, a)), line(right, knobs["output"], "output")]
    for points, axes, drawn in ((X, left, inputs), (seen.a, right, mapped)):
        drawn += [svg.example(px, py, int(label), 7) for (px, py), label in zip(axes.pixels(points), y, strict=True)]
    parts = [left.window(inputs), left.frame("x₁", "x₂", (0, 1))]
    parts += [right.window(mapped), right.frame("a₁", "a₂", (-1, 0, 1))]
    titles = [svg.text(182, 54, "inputs", font_weight=600), svg.text(510, 54, "hidden space", font_weight=600)]
    return svg.card(660, 380, [*parts, *titles, key()], alt)


def table(X: np.ndarray, y: np.ndarray, seen: model.Seen) -> Table:
    """Write where every point lies on both maps."""
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
        Which points; whose knobs the sliders are.
    w1, w2, b : ipywidgets.FloatSlider
    learn_button, start_button, reset_button : ipywidgets.Button
    knobs : dict
        The nine parameters, by part.
    steps : int
        Steps of gradient descent since the last change by hand.
    """

    def __init__(self) -> None:
        self.knobs, self.steps, self.moving = dict(model.START), 0, False
        self.starts = np.random.default_rng(5)  # of this widget: its starts come in the same order every time
        style = {"description_width": "64px", "button_width": "90px"}
        self.data = widgets.ToggleButtons(options=list(model.DATA), description="data", style=style)
        self.part = widgets.ToggleButtons(options=list(model.PARTS), description="knobs of", style=style)
        self.w1, self.w2, self.b = (slider(name, 0.0, -REACH, REACH, STOP) for name in ("w₁", "w₂", "b"))
        self.learn_button = button("Learn", f"Take {RUN} steps of gradient descent", self.learn)
        self.start_button = button("Another start", "Draw random parameters", self.another)
        self.reset_button = button("Reset", "Back to the first parameters", self.reset)
        row = buttons(self.learn_button, self.start_button, self.reset_button)
        lead = "Separate circles from squares by hand, then let gradient descent try."
        controls = [self.data, self.part, self.w1, self.w2, self.b, row]
        super().__init__("Hidden space", lead, controls, beside=False)
        self.data.observe(lambda change: self.set(self.knobs, 0), "value")
        self.part.observe(lambda change: self.set(self.knobs, self.steps), "value")
        for control in (self.w1, self.w2, self.b):
            control.observe(self._by_hand, "value")
        self.set(self.knobs, 0)

    def learn(self) -> None:
        """Take steps of gradient descent from where the knobs are."""
        self.set(model.learn(self.knobs, self.data.value, RUN), self.steps + RUN)

    def another(self) -> None:
        """Begin somewhere else."""
        self.set(model.scatter(self.starts), 0)

    def reset(self) -> None:
        """Go back to the first parameters."""
        self.set(dict(model.START), 0)

    def set(self, knobs: model.Knobs, steps: int) -> None:
        """Take over parameters, and let the sliders show those of the chosen part (as far as they reach)."""
        self.knobs, self.steps, self.moving = knobs, steps, True
        for control, value in zip((self.w1, self.w2, self.b), knobs[self.part.value], strict=True):
            control.value = value
        self.moving = False
        self._refresh()

    def _by_hand(self, change: Any) -> None:
        turned = (self.w1.value, self.w2.value, self.b.value)
        held = np.clip(self.knobs[self.part.value], -REACH, REACH)
        # a browser answers a value between two stops of a slider with the nearer stop: that is no turn by hand
        if not self.moving and np.abs(turned - held).max() > STOP / 2:
            self.knobs = {**self.knobs, self.part.value: turned}
            self.steps = 0
            self._refresh()

    def _refresh(self) -> None:
        X, y = model.DATA[self.data.value]
        seen = model.look(self.knobs, X)
        status = model.status(seen, y, self.steps)
        weights = "; ".join(f"{part}: {', '.join(map(number, self.knobs[part]))}" for part in model.PARTS)
        alt = (
            f"Points of {self.data.value} among the inputs and in hidden space. Weights and bias of {weights}. {status}"
        )
        self.show(draw(self.knobs, X, y, seen, alt), status, table(X, y, seen))
