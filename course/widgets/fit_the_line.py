"""Lab 03's fit-the-line: two knobs, three houses, and gradient descent as a competitor."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import ipywidgets as widgets
import numpy as np

from course.data.toy import houses
from course.show import svg
from course.show.axes import Axes
from course.show.landscape import contours, key_of_paths, path_on
from course.show.looks import BLUE, INK, ORANGE, VERMILION
from course.show.tables import Table, number
from course.widgets.base import Card, Knobs, button, buttons, slider

LR = 0.05  # PyCon17's learning rate
_X, _PRICES = houses()
AREA = _X[:, 0] / 1000  # thousand square feet
PRICE = _PRICES / 1e5  # hundred thousand dollars
#: the feature on the horizontal axis
FEATURES = {"area": AREA, "standardised area": (AREA - AREA.mean()) / AREA.std()}


@dataclass(frozen=True)
class Fit:
    """The predictions of a line for the houses.

    Parameters
    ----------
    x, y, y_hat : array, shape (3,)
        Feature, price and predicted price.
    """

    x: np.ndarray
    y: np.ndarray
    y_hat: np.ndarray

    @property
    def delta(self) -> np.ndarray:
        """Errors y − ŷ; shape (3,)."""
        return self.y - self.y_hat

    @property
    def cost(self) -> float:
        """Sum of the squared errors."""
        return float(np.sum(self.delta**2))

    @property
    def gradient(self) -> tuple[float, float]:
        """Derivatives of the cost with respect to slope and intercept."""
        return float(-2 * self.delta @ self.x), float(-2 * self.delta.sum())


def fit(feature: str, w: float, b: float) -> Fit:
    """Predict the prices with the line w·x + b.

    Parameters
    ----------
    feature : str
        One of `FEATURES`.
    w, b : float
        Slope and intercept.

    Raises
    ------
    ValueError
        If there is no such feature.
    """
    if feature not in FEATURES:
        raise ValueError(f"expected one of {', '.join(FEATURES)}, got {feature!r}: choose one of these")
    x = FEATURES[feature]
    return Fit(x, PRICE, w * x + b)


def descend(feature: str, w: float, b: float, steps: int, lr: float = LR) -> tuple[float, float]:
    """Take steps of gradient descent on the cost; returns the new slope and intercept."""
    w, b = walk(feature, w, b, steps, lr)[-1].tolist()
    return w, b


def walk(feature: str, w: float, b: float, steps: int, lr: float = LR) -> np.ndarray:
    """Take steps of gradient descent on the cost; returns slope and intercept after each, (steps + 1, 2)."""
    places = [(w, b)]
    for _ in range(steps):
        dw, db = fit(feature, *places[-1]).gradient
        places.append((places[-1][0] - lr * dw, places[-1][1] - lr * db))
    return np.array(places)


def wander(feature: str, w: float, b: float, epochs: int, rng: np.random.Generator, lr: float = LR) -> np.ndarray:
    """Take a step for each house alone, in a new random order every epoch; returns all places, (3·epochs + 1, 2)."""
    x, places = fit(feature, w, b).x, [(w, b)]
    for i in (int(i) for _ in range(epochs) for i in rng.permutation(len(x))):
        w, b = places[-1]
        delta = PRICE[i] - (w * x[i] + b)
        places.append((w + lr * 2 * delta * x[i], b + lr * 2 * delta))
    return np.array(places)


@lru_cache
def cost_over(feature: str) -> Callable[[np.ndarray], np.ndarray]:
    """Return the cost as a function of slope and intercept: (..., 2) → (...)."""
    x = fit(feature, 0.0, 0.0).x
    return lambda at: np.sum((PRICE - at[..., :1] * x - at[..., 1:]) ** 2, axis=-1)


def best(feature: str) -> tuple[float, float]:
    """Return slope and intercept of the line with the least cost."""
    x = FEATURES[feature]
    w = float((x - x.mean()) @ (PRICE - PRICE.mean()) / np.sum((x - x.mean()) ** 2))
    return w, float(PRICE.mean() - w * x.mean())


def status(feature: str, result: Fit, steps: int) -> str:
    """Say how good the line is, and how far it is from the best one."""
    least = fit(feature, *best(feature)).cost
    walked = f"After {steps} step{'' if steps == 1 else 's'} of gradient descent: c" if steps else "C"
    said = f"{walked}ost {number(result.cost)}; the best line has {number(least)}."
    if result.cost < 1.01 * least:
        return f"{said} You have reached it."
    return f"{said} Which knob would you turn?"


START = {"w": 0.0, "b": 4.0}
REACH, STOP = 10.0, 0.05  # range and step of the sliders
RUN = 20  # steps that one press of Run takes
#: the visible rectangle and the ticks of the horizontal axis, by feature
BOXES = {"area": (1.1, 1.9, 2.0, 7.0), "standardised area": (-2.0, 2.0, 2.0, 7.0)}
TICKS = {"area": (1.2, 1.4, 1.6, 1.8), "standardised area": (-2, -1, 0, 1, 2)}
LABELS = {"area": "x, area in thousand square feet", "standardised area": "x, standardised area"}
MAP = Axes((-4.0, 8.0, -6.0, 8.0), left=420.0, top=42.0, width=280.0, height=280.0)
MAP_FRAME = MAP.frame("w", "b", range(-4, 9, 4), range(-4, 9, 4)) + key_of_paths(338)
KEY = "".join(
    [
        svg.dot((62, 20), 7, fill=ORANGE, stroke=INK, stroke_width=1.5),
        svg.text(76, 20, "house", "start"),
        svg.key(128, 20, "ŷ = w·x + b", stroke=BLUE, stroke_width=2.5),
        svg.key(264, 20, "δ", stroke=VERMILION, stroke_dasharray="5 3"),
    ]
)


def table(w: float, b: float, result: Fit) -> Table:
    """Write the line, the houses, their predicted prices and errors as a table."""
    rows = [
        (str(i), *map(number, (x, y, y_hat, y - y_hat, (y - y_hat) ** 2)))
        for i, (x, y, y_hat) in enumerate(zip(result.x, result.y, result.y_hat, strict=True))
    ]
    dw, db = result.gradient
    slopes = f"its gradient {number(dw)} for w, {number(db)} for b"
    caption = f"w = {number(w)}, b = {number(b)}: cost {number(result.cost)}, {slopes}"
    return Table(caption, ("house", "x", "y", "ŷ", "δ = y − ŷ", "δ²"), rows)


def draw(feature: str, path: np.ndarray, result: Fit, alt: str) -> str:
    """Draw the houses, the line and its errors; beside them the cost over w and b, and the path of the steps."""
    box = BOXES[feature]
    axes, ends, (w, b) = Axes(box, left=52.0, top=42.0, width=300.0, height=280.0), np.array(box[:2]), path[-1]
    parts = [svg.path(axes.pixels(np.column_stack([ends, w * ends + b])), stroke=BLUE, stroke_width=2.5)]
    for x, y, y_hat in zip(result.x, result.y, result.y_hat, strict=True):
        parts.append(svg.path(axes.pixels([(x, y), (x, y_hat)]), stroke=VERMILION, stroke_dasharray="5 3"))
    for i, (x, y) in enumerate(axes.pixels(np.column_stack([result.x, result.y]))):
        parts += [svg.dot((x, y), 7, fill=ORANGE, stroke=INK, stroke_width=1.5), svg.text(x - 13, y, str(i), "end")]
    frame = axes.frame(LABELS[feature], "y", TICKS[feature], range(int(box[2]), int(box[3]) + 1))
    ground = [contours(cost_over(feature), MAP, 3.0), path_on(MAP, path)]
    return svg.card(716, 374, [axes.window(parts), frame, KEY, MAP.window(ground), MAP_FRAME], alt, wide=True)


class FitTheLine(Card):
    """Sliders for slope and intercept, and steps of gradient descent.

    Attributes
    ----------
    feature : ipywidgets.ToggleButtons
    w, b : ipywidgets.FloatSlider
    step_button, run_button, best_button, reset_button : ipywidgets.Button
    held : (float, float)
        Slope and intercept; the sliders show the nearest values that they have.
    path : array, shape (steps + 1, 2)
        Where slope and intercept have been since the last change by hand.
    """

    def __init__(self) -> None:
        self.path = np.array([[START["w"], START["b"]]])
        style = {"description_width": "64px", "button_width": "150px"}
        self.feature = widgets.ToggleButtons(options=list(FEATURES), description="x is", style=style)
        self.w, self.b = (slider(name, START[name], -REACH, REACH, STOP) for name in ("w", "b"))
        self.knobs = Knobs(self.w, self.b)
        self.step_button = button("Step", "Take one step of gradient descent", lambda: self.go(1))
        self.run_button = button(f"Run {RUN}", f"Take {RUN} steps of gradient descent", lambda: self.go(RUN))
        self.best_button = button("Best line", "Jump to the line with the least cost", self.jump)
        self.reset_button = button("Reset", "Back to the start", self.reset)
        row = buttons(self.step_button, self.run_button, self.best_button, self.reset_button)
        lead = f"Prices y in hundred thousand dollars. Make the dashed errors short. Learning rate {LR}."
        super().__init__("Fit the line", lead, [self.feature, self.w, self.b, row], beside=False)

    @property
    def held(self) -> tuple[float, float]:
        """Slope and intercept."""
        w, b = self.knobs.held
        return w, b

    @property
    def steps(self) -> int:
        """Steps of gradient descent since the last change by hand."""
        return len(self.path) - 1

    def changed(self, control: widgets.Widget) -> None:
        """Start again with another feature; forget the path if the user moved the line."""
        if control is self.feature:
            self.reset()
        elif self.knobs.turned(control):
            self.path = np.array([self.held])
            self.refresh()

    def go(self, steps: int) -> None:
        """Take steps of gradient descent from where the line is."""
        self.move(np.vstack([self.path, walk(self.feature.value, *self.held, steps)[1:]]))

    def jump(self) -> None:
        """Go to the best line at once."""
        self.move(np.array([best(self.feature.value)]))

    def reset(self) -> None:
        """Go back to a flat line."""
        self.move(np.array([[START["w"], START["b"]]]))

    def move(self, path: np.ndarray) -> None:
        """Add a path, (steps + 1, 2), and move the line to its end."""
        self.path = path
        with self.quietly():
            self.knobs.move(*path[-1].tolist())
        self.refresh()

    def refresh(self) -> None:
        """Show line, errors, cost and path."""
        feature, (w, b) = self.feature.value, self.held
        result = fit(feature, w, b)
        said = status(feature, result, self.steps)
        alt = (
            f"Three houses, price over {feature}, and the line ŷ = {number(w)}·x + {number(b)}; beside it contours of "
            f"the cost over w and b, with a path of {self.steps} steps. {said}"
        )
        self.show(draw(feature, self.path, result, alt), said, table(w, b, result))
