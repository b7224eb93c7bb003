"""Lab 03's graph stepper: values forward, local gradient times gradient so far on the way back."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from course.show.looks import AXIS, BLUE, EMPTY_BOX, INK, RED_WORDS, VERMILION, WHITE
from course.show.tables import Table, number
from course.widgets import svg
from course.widgets.chain_model import Step
from course.widgets.chain_view import FIELD
from course.widgets.graph_model import graph, status
from course.widgets.stepper import Stepper

START = {"x0": 2.0, "x1": 1.0, "y": 4.0, "w0": 3.0, "w1": -1.0, "b": 0.5}
NAMES = {"x0": "x₀", "x1": "x₁", "y": "y", "w0": "w₀", "w1": "w₁", "b": "b"}
#: where each node stands: the middle of its box
PLACES = {"x₀": (72, 96), "w₀": (72, 182), "x₁": (72, 268), "w₁": (72, 354), "b": (290, 354)}
PLACES |= {"ŷ": (290, 225), "δ": (458, 225), "y": (458, 354), "ε": (626, 225)}
HALF_WIDTH, HALF_HEIGHT = 50, 27
ENTRY = {"x₀": -18, "w₀": -6, "x₁": 6, "w₁": 18}  # where arrows touch the side of ŷ, from its middle
EDGES = {"x₀": "ŷ", "w₀": "ŷ", "x₁": "ŷ", "w₁": "ŷ", "b": "ŷ", "ŷ": "δ", "y": "δ", "δ": "ε"}


def table(steps: tuple[Step, ...], done: int) -> Table:
    """Write the calculation so far; what is still to come shows its rule, not its number."""
    rows = [
        (step.name, step.rule, step.filled if k < done else "?", number(step.value) if k < done else "?")
        for k, step in enumerate(steps)
    ]
    caption = f"Forward, then back: {done} of {len(steps)} steps done"
    return Table(caption, ("quantity", "rule", "with numbers", "value"), rows, current=done - 1 if done else None)


def node(name: str, value: str, gradient: str, now: bool) -> str:
    """Draw one node: its name and value, beside it ∂ε/∂ it once known; ▶ marks the one just computed."""
    x, y = PLACES[name]
    look: dict[str, Any] = {"stroke": INK, "stroke_width": 3} if now else {"stroke": AXIS, "stroke_width": 1.2}
    size: dict[str, Any] = {"width": 2 * HALF_WIDTH, "height": 2 * HALF_HEIGHT, "rx": 8}
    paper = WHITE if value else EMPTY_BOX
    drawn = svg.tag("rect", x=x - HALF_WIDTH, y=y - HALF_HEIGHT, fill=paper, **size, **look)
    drawn += svg.text(x, y - 10, name, size=14, font_weight=600) + svg.text(x, y + 11, value or "?", fill=BLUE)
    if now:
        drawn += svg.text(x - HALF_WIDTH + 12, y - 11, "▶")
    if gradient:
        side = 1 if name == "b" else -1  # arrows leave b through its upper edge
        drawn += svg.text(x, y + side * (HALF_HEIGHT + 12), gradient, fill=RED_WORDS)
    return drawn


def edge(start: str, back: bool) -> str:
    """Draw the arrow from a node to the next: forward solid and blue; backward dashed and red, beside it."""
    (x0, y0), (x1, y1) = PLACES[start], PLACES[EDGES[start]]
    lift = -4 if back else 4
    if x0 == x1:  # the first node stands below the second
        ends = (x0 + 3 * lift - 30, y0 - HALF_HEIGHT), (x1 + 3 * lift - 30, y1 + HALF_HEIGHT)
    else:
        ends = (x0 + HALF_WIDTH, y0 + lift), (x1 - HALF_WIDTH, y1 + lift + ENTRY.get(start, 0))
    if back:
        return svg.arrow(ends[1], ends[0], VERMILION, stroke_dasharray="6 4")
    return svg.arrow(*ends, BLUE)


def draw(values: dict[str, float], steps: tuple[Step, ...], done: int, alt: str) -> str:
    """Draw the graph, filled in as far as the calculation has come."""
    known = {step.name: step.value for step in steps[:done]}
    now = steps[done - 1].name if done else ""
    parts = [edge(name, back=False) for name in EDGES]
    parts += [edge(name, back=True) for name in EDGES if f"∂ε/∂{name}" in known]
    for name in PLACES:
        value = (values | known).get(name)
        back = known.get(f"∂ε/∂{name}")
        gradient = "" if back is None else f"∂ε/∂{name} = {number(back)}"
        parts.append(node(name, "" if value is None else number(value), gradient, now in (name, f"∂ε/∂{name}")))
    key = svg.arrow((20, 24), (54, 24), BLUE) + svg.text(62, 24, "values forward", "start")
    key += svg.arrow((216, 24), (182, 24), VERMILION, stroke_dasharray="6 4")
    key += svg.text(224, 24, "gradients back", "start") + svg.text(346, 24, "▶ just computed", "start")
    return svg.card(700, 412, [*parts, key], alt, wide=True)


class GraphStepper(Stepper):
    """Linear regression on one house, as a computation graph.

    Attributes
    ----------
    x0, x1, w0, w1, b, y : ipywidgets.BoundedFloatText
    """

    def __init__(self) -> None:
        for name, label in NAMES.items():
            field = widgets.BoundedFloatText(START[name], min=-1000, max=1000, step=0.5, description=label, **FIELD)
            setattr(self, name, field)
        fields = [getattr(self, name) for name in NAMES]
        columns = "repeat(3, minmax(90px, 170px))"
        grid = widgets.GridBox(fields, layout=widgets.Layout(grid_template_columns=columns, grid_gap="6px 18px"))
        lead = "Work each number out on paper, then step. On the way back: local gradient × gradient so far."
        super().__init__("Graph stepper", lead, fields, grid, "number", "the first numbers", START)

    def _refresh(self, change: Any = None) -> None:
        values = {label: float(getattr(self, name).value) for name, label in NAMES.items()}
        x, w = np.array([values["x₀"], values["x₁"]]), np.array([values["w₀"], values["w₁"]])
        self.steps = graph(x, values["y"], w, values["b"])
        self._at_the_ends()
        said = status(self.steps, self.done)
        alt = f"A graph: inputs, weights and intercept to ŷ, with y to δ, to the squared error ε. {said}"
        self.show(draw(values, self.steps, self.done, alt), said, table(self.steps, self.done))
