"""Lab 03's fit-the-line: two knobs, three houses, and gradient descent to compete with."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.axes import Axes
from course.show.looks import AXIS, BLUE, INK, ORANGE, VERMILION
from course.show.tables import Table, number
from course.widgets import line_model as model
from course.widgets.base import Card, button, buttons, slider

START = {"w": 0.0, "b": 4.0}
REACH, STOP = 10.0, 0.05  # how far the sliders go, and how finely
RUN = 20  # steps that one press of Run takes
#: the visible rectangle and the ticks of the horizontal axis, by feature
BOXES = {"area": (1.1, 1.9, 2.0, 7.0), "standardised area": (-2.0, 2.0, 2.0, 7.0)}
TICKS = {"area": (1.2, 1.4, 1.6, 1.8), "standardised area": (-2, -1, 0, 1, 2)}
LABELS = {"area": "x, area in thousand square feet", "standardised area": "x, standardised area"}
KEY = "".join(
    [
        svg.tag("circle", cx=62, cy=20, r=7, fill=ORANGE, stroke=INK, stroke_width=1.5),
        svg.text(76, 20, "house", "start"),
        svg.path([(128, 20), (154, 20)], stroke=BLUE, stroke_width=2.5) + svg.text(162, 20, "ŷ = w·x + b", "start"),
        svg.path([(258, 20), (284, 20)], stroke=VERMILION, stroke_dasharray="5 3") + svg.text(292, 20, "δ", "start"),
    ]
)


def table(result: model.Fit) -> Table:
    """Write the houses, their predicted prices and errors as a table."""
    rows = [
        (str(i), *map(number, (x, y, y_hat, y - y_hat, (y - y_hat) ** 2)))
        for i, (x, y, y_hat) in enumerate(zip(result.x, result.y, result.y_hat, strict=True))
    ]
    dw, db = result.gradient
    caption = f"Cost {number(result.cost)}, its gradient: {number(dw)} for w, {number(db)} for b"
    return Table(caption, ("house", "x", "y", "ŷ", "δ = y − ŷ", "δ²"), rows)


def scales(axes: Axes, feature: str) -> str:
    """Draw the frame with ticks of its own on each axis."""
    low, _, bottom, top = axes.box
    floor = axes.top + axes.height
    drawn = [axes.frame(LABELS[feature], "y", [])]
    for value in TICKS[feature]:
        x = axes.left + float(axes.pixels(np.array([[value, top]]))[0, 0])
        drawn += [svg.path([(x, floor), (x, floor + 4)], stroke=AXIS), svg.text(x, floor + 14, number(value))]
    for value in range(int(bottom), int(top) + 1):
        y = axes.top + float(axes.pixels(np.array([[low, value]]))[0, 1])
        drawn += [svg.path([(axes.left - 4, y), (axes.left, y)], stroke=AXIS)]
        drawn += [svg.text(axes.left - 8, y, number(value), "end")]
    return "".join(drawn)


def draw(feature: str, w: float, b: float, result: model.Fit, alt: str) -> str:
    """Draw the houses, the line, and a dashed error from each house to the line."""
    axes = Axes(BOXES[feature], left=52.0, top=42.0, width=340.0, height=320.0)
    ends = np.array(BOXES[feature][:2])
    parts = [svg.path(axes.pixels(np.column_stack([ends, w * ends + b])), stroke=BLUE, stroke_width=2.5)]
    for x, y, y_hat in zip(result.x, result.y, result.y_hat, strict=True):
        error = axes.pixels(np.array([[x, y], [x, y_hat]]))
        parts.append(svg.path(error, stroke=VERMILION, stroke_dasharray="5 3"))
    for i, (x, y) in enumerate(axes.pixels(np.column_stack([result.x, result.y]))):
        parts.append(svg.tag("circle", cx=float(x), cy=float(y), r=7, fill=ORANGE, stroke=INK, stroke_width=1.5))
        parts.append(svg.text(x - 13, y, str(i), "end"))
    return svg.card(410, 414, [axes.window(parts), scales(axes, feature), KEY], alt)


class FitTheLine(Card):
    """Sliders for slope and intercept, and steps of gradient descent.

    Attributes
    ----------
    feature : ipywidgets.ToggleButtons
    w, b : ipywidgets.FloatSlider
    step_button, run_button, best_button, reset_button : ipywidgets.Button
    held : (float, float)
        Slope and intercept; the sliders show the nearest values that they have.
    steps : int
        Steps of gradient descent since the last change by hand.
    """

    def __init__(self) -> None:
        self.held, self.steps, self.walking = (START["w"], START["b"]), 0, False
        style = {"description_width": "64px", "button_width": "150px"}
        self.feature = widgets.ToggleButtons(options=list(model.FEATURES), description="x is", style=style)
        self.w, self.b = (slider(name, START[name], -REACH, REACH, STOP) for name in ("w", "b"))
        self.step_button = button("Step", "Take one step of gradient descent", lambda: self.go(1))
        self.run_button = button(f"Run {RUN}", f"Take {RUN} steps of gradient descent", lambda: self.go(RUN))
        self.best_button = button("Best line", "Jump to the line with the least cost", self.jump)
        self.reset_button = button("Reset", "Back to the start", self.reset)
        row = buttons(self.step_button, self.run_button, self.best_button, self.reset_button)
        lead = f"Prices y in hundred thousand dollars. Make the dashed errors short. Learning rate {model.LR}."
        super().__init__("Fit the line", lead, [self.feature, self.w, self.b, row])
        self.feature.observe(self.reset, "value")
        for control in (self.w, self.b):
            control.observe(self._by_hand, "value")
        self._refresh()

    def go(self, steps: int) -> None:
        """Take steps of gradient descent from where the line is."""
        taken = self.steps + steps
        self.move(*model.descend(self.feature.value, *self.held, steps), taken)

    def jump(self) -> None:
        """Go to the best line at once."""
        self.move(*model.best(self.feature.value), 0)

    def reset(self, change: Any = None) -> None:
        """Go back to a flat line."""
        self.move(START["w"], START["b"], 0)

    def move(self, w: float, b: float, steps: int) -> None:
        """Put the line somewhere, after so many steps."""
        self.held, self.walking = (w, b), True
        self.w.value, self.b.value = w, b
        self.walking, self.steps = False, steps
        self._refresh()

    def _by_hand(self, change: Any) -> None:
        turned = (self.w.value, self.b.value)
        # a browser answers a value between two stops of a slider with the nearer stop: that is no change by hand
        if not self.walking and np.abs(turned - np.clip(self.held, -REACH, REACH)).max() > STOP / 2:
            self.held, self.steps = turned, 0
            self._refresh()

    def _refresh(self) -> None:
        feature, (w, b) = self.feature.value, self.held
        result = model.fit(feature, w, b)
        status = model.status(feature, result, self.steps)
        alt = f"Three houses, price over {feature}, and the line ŷ = {number(w)}·x + {number(b)}. {status}"
        self.show(draw(feature, w, b, result, alt), status, table(result))
