"""Lab 06's backprop stepper: every array with its shape and its numbers, forward and then back."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from course.show.looks import AXIS, BLUE, EMPTY_BOX, INK, RED_WORDS, VERMILION, WHITE
from course.show.tables import Table
from course.widgets import backprop_model as model
from course.widgets import svg
from course.widgets.stepper import Stepper

CELL, LINE = 42, 17  # of a matrix on the card: width and height of one number
COLUMNS = {"X": 62, "Z₁": 222, "A₁": 418, "Z₂": 560, "p": 668, "L": 762}
#: where each array stands: its middle, and the upper edge of its box
PLACES = {name: (COLUMNS[name], 216) for name in COLUMNS}
PLACES |= {"W₁": (COLUMNS["Z₁"], 50), "b₁": (COLUMNS["Z₁"], 148), "W₂": (COLUMNS["Z₂"], 50), "b₂": (COLUMNS["Z₂"], 148)}
PLACES |= {f"∂L/∂{name}": (COLUMNS[name], 332) for name in ("Z₁", "A₁", "Z₂")} | {"y": (COLUMNS["p"], 332)}
PLACES |= {"∂L/∂W₁": (COLUMNS["Z₁"], 448), "∂L/∂W₂": (COLUMNS["Z₂"], 448)}
PLACES |= {"∂L/∂b₁": (COLUMNS["Z₁"], 548), "∂L/∂b₂": (COLUMNS["Z₂"], 548)}
ARROWS = (("X", "Z₁"), ("Z₁", "A₁"), ("A₁", "Z₂"), ("Z₂", "p"), ("p", "L"))
#: gradient → where its arrow comes from
RETURNS = {"∂L/∂A₁": "∂L/∂Z₂", "∂L/∂Z₁": "∂L/∂A₁"}
START = {"examples": 4, "hidden": 3, "f": "tanh"}


def cell_text(value: float) -> str:
    """Write a number with two decimals and a true minus sign; no negative zero."""
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text.replace("-", "−")


def numbers(array: np.ndarray) -> str:
    """Write an array in a line, its rows separated by semicolons."""
    rows = np.atleast_2d(array)
    return "; ".join(" ".join(cell_text(v) for v in row) for row in rows)


def table(given: dict[str, np.ndarray], steps: tuple[model.Step, ...], done: int) -> Table:
    """Write the calculation so far; what is still to come shows its rule, and neither shape nor numbers."""
    rows = [(name, "given", model.shape_text(array), numbers(array)) for name, array in given.items()]
    rows += [
        (s.name, s.rule, model.shape_text(s.value) if k < done else "?", numbers(s.value) if k < done else "?")
        for k, s in enumerate(steps)
    ]
    caption = f"Forward, then back: {done} of {len(steps)} steps done"
    return Table(caption, ("array", "rule", "shape", "numbers"), rows, len(given) + done - 1 if done else None)


def matrix(name: str, array: np.ndarray | None, now: bool) -> str:
    """Draw one array: name and shape, and below them its numbers in a box; a ? where it is not yet known."""
    x, top = PLACES[name]
    colour = RED_WORDS if name.startswith("∂") else INK if name in ("X", "y") else BLUE
    rows = np.atleast_2d(np.zeros(1) if array is None else array)
    width, height = max(CELL * rows.shape[1], CELL) + 8, LINE * rows.shape[0] + 6
    look: dict[str, Any] = {"stroke": INK, "stroke_width": 3} if now else {"stroke": AXIS, "stroke_width": 1.2}
    label = name if array is None else f"{name} {array.shape if array.ndim else ''}".strip()
    drawn = svg.text(x, top - 11, f"{'▶ ' if now else ''}{label}", size=14, font_weight=600)
    paper = EMPTY_BOX if array is None else WHITE
    drawn += svg.tag("rect", x=x - width / 2, y=top, width=width, height=height, rx=5, fill=paper, **look)
    if array is None:
        return drawn + svg.text(x, top + height / 2, "?", fill=AXIS)
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            place = x + CELL * (j - (len(row) - 1) / 2)
            drawn += svg.text(place, top + 3 + LINE * (i + 0.5), cell_text(value), fill=colour)
    return drawn


def edge(start: str, end: str, arrays: dict[str, np.ndarray]) -> str:
    """Draw the arrow from one array to the next: to the right solid and blue, back dashed and red."""
    (x0, y0), (x1, _) = PLACES[start], PLACES[end]
    half = [max(np.atleast_2d(arrays[n]).shape[1] if n in arrays else 1, 1) * CELL / 2 + 8 for n in (start, end)]
    way, y = (1 if x1 > x0 else -1), y0 + 12
    ends = (x0 + way * half[0], y), (x1 - way * half[1], y)
    return svg.arrow(*ends, BLUE) if way > 0 else svg.arrow(*ends, VERMILION, stroke_dasharray="6 4")


def draw(given: dict[str, np.ndarray], steps: tuple[model.Step, ...], done: int, alt: str) -> str:
    """Draw the network's arrays where they belong, filled in as far as the calculation has come."""
    known = given | {step.name: step.value for step in steps[:done]}
    now = steps[done - 1].name if done else ""
    parts = [edge(*pair, known) for pair in ARROWS]
    parts += [edge(RETURNS[name], name, known) for name in known if name in RETURNS]
    if "∂L/∂Z₂" in known:
        left = PLACES["y"][0] - CELL / 2 - 8, PLACES["y"][1] + 12
        parts.append(svg.arrow(left, (PLACES["∂L/∂Z₂"][0] + CELL / 2 + 8, left[1]), VERMILION, stroke_dasharray="6 4"))
    parts += [matrix(name, known.get(name), name == now) for name in PLACES]
    for words, top in (("parameters", 62), ("forward", 180), ("handed back", 344), ("picked up", 460)):
        parts.append(svg.text(14, top, words, "start", fill=AXIS, font_style="italic"))
    return svg.card(804, 590, parts, alt, wide=True)


class BackpropStepper(Stepper):
    """Backpropagation through one hidden layer, for a few examples at once.

    Attributes
    ----------
    examples, hidden, f : ipywidgets.Dropdown
    """

    def __init__(self) -> None:
        look: dict[str, Any] = {"style": {"description_width": "initial"}, "layout": widgets.Layout(width="auto")}
        sizes = list(range(1, model.MOST + 1))
        self.examples = widgets.Dropdown(options=sizes, value=START["examples"], description="examples N", **look)
        self.hidden = widgets.Dropdown(options=sizes, value=START["hidden"], description="hidden units", **look)
        self.f = widgets.Dropdown(options=list(model.ACTIVATIONS), value=START["f"], description="hidden f", **look)
        fields = [self.examples, self.hidden, self.f]
        grid = widgets.HBox(fields, layout=widgets.Layout(flex_flow="row wrap", grid_gap="6px 24px"))
        lead = "Say the shape aloud, then step. Values flow right, gradients flow left, below the array they belong to."
        super().__init__("Backprop stepper", lead, fields, grid, "array", "the first network", START)

    def _refresh(self, change: Any = None) -> None:
        given = model.given(self.examples.value, self.hidden.value)
        self.steps = model.calculate(given, self.f.value)
        self._at_the_ends()
        said = model.status(self.steps, self.done)
        alt = f"The arrays of a network with one hidden layer, values above and gradients below. {said}"
        self.show(draw(given, self.steps, self.done, alt), said, table(given, self.steps, self.done))
