"""Lab 02's chain-rule stepper: values forward, gradients back, one number at a time."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from course.show.looks import AXIS, BLUE, EMPTY_BOX, INK, RED_WORDS, VERMILION, WHITE
from course.show.tables import Table, number
from course.widgets import chain_model as model
from course.widgets import svg
from course.widgets.stepper import Stepper

START = {"x1": 1.0, "x2": 1.0, "y": 1, "w1": 1.0, "w2": -1.0, "b": -0.5}
#: where each quantity stands: the middle of its box
PLACES = {"x₁": (66, 96), "x₂": (66, 216), "w₁": (204, 96), "w₂": (204, 216)}
PLACES |= {"h": (358, 156), "p": (496, 156), "ℓ": (634, 156), "b": (358, 290), "y": (634, 290)}
SHOWN = {"w₁": "× w₁", "w₂": "× w₂", "b": "+ b"}  # how a quantity enters the sum h
ENTRY = {"w₁": -12, "w₂": 12}  # where arrows touch the side of h, from its middle
HALF = {"w": 47, "h": 27}  # half the width and half the height of a box
EDGES = (("x₁", "w₁"), ("x₂", "w₂"), ("w₁", "h"), ("w₂", "h"), ("b", "h"), ("h", "p"), ("p", "ℓ"), ("y", "ℓ"))
#: the arrow that each gradient travels back along
RETURNS = {"∂ℓ/∂p": ("p", "ℓ"), "∂ℓ/∂h": ("h", "p")}
RETURNS |= {f"∂ℓ/∂{name}": (name, "h") for name in ("w₁", "w₂", "b")}


def table(steps: tuple[model.Step, ...], done: int) -> Table:
    """Write the calculation so far; what is still to come shows its rule, not its number."""
    rows = [
        (step.name, step.rule, step.filled if k < done else "?", number(step.value) if k < done else "?")
        for k, step in enumerate(steps)
    ]
    caption = f"Forward, then back: {done} of {len(steps)} steps done"
    return Table(caption, ("quantity", "rule", "with numbers", "value"), rows, current=done - 1 if done else None)


def box(name: str, value: str, gradient: str, now: bool) -> str:
    """Draw one quantity: its name and value, below it ∂ℓ/∂ it once known; ▶ marks the one just computed."""
    x, y = PLACES[name]
    w, h = HALF["w"], HALF["h"]
    edge_look: dict[str, Any] = {"stroke": INK, "stroke_width": 3} if now else {"stroke": AXIS, "stroke_width": 1.2}
    paper = WHITE if value else EMPTY_BOX
    drawn = svg.tag("rect", x=x - w, y=y - h, width=2 * w, height=2 * h, rx=8, fill=paper, **edge_look)
    drawn += svg.text(x, y - 10, SHOWN.get(name, name), size=14, font_weight=600)
    drawn += svg.text(x, y + 11, value or "?", fill=BLUE)
    if now:
        drawn += svg.text(x - w + 12, y - 11, "▶", size=13)
    if gradient:
        drawn += svg.text(x, y - h - 13, gradient, size=13, fill=RED_WORDS)
    return drawn


def edge(start: str, end: str, back: bool = False) -> str:
    """Draw the arrow between two boxes: forward solid and blue; backward dashed and red, beside it."""
    (x0, y0), (x1, y1) = PLACES[start], PLACES[end]
    lift = (-6 if back else 6) * (-1 if start == "w₂" else 1)
    if x0 == x1:  # the first box stands below the second
        ends = (x0 + lift, y0 - HALF["h"]), (x1 + lift, y1 + HALF["h"])
    else:
        ends = (x0 + HALF["w"], y0 + lift), (x1 - HALF["w"], y1 + lift + ENTRY.get(start, 0) * (end == "h"))
    if back:
        return svg.arrow(ends[1], ends[0], VERMILION, stroke_dasharray="6 4")
    return svg.arrow(*ends, BLUE)


def draw(values: dict[str, float], steps: tuple[model.Step, ...], done: int, alt: str) -> str:
    """Draw the neuron as a chain of boxes, filled in as far as the calculation has come."""
    known = {step.name: step for step in steps[:done]}
    parts = [edge(*pair) for pair in EDGES]
    parts += [edge(*RETURNS[name], back=True) for name in known if name in RETURNS]
    now = steps[done - 1].name if done else ""
    for name in PLACES:
        value = values[name] if name in values else known[name].value if name in known else None
        back = known.get(f"∂ℓ/∂{name}")
        gradient = f"∂ℓ/∂{name} = {number(back.value)}" if back else ""
        parts.append(box(name, "" if value is None else number(value), gradient, now in (name, f"∂ℓ/∂{name}")))
    key = svg.arrow((20, 24), (54, 24), BLUE) + svg.text(62, 24, "values forward", "start")
    key += svg.arrow((216, 24), (182, 24), VERMILION, stroke_dasharray="6 4")
    key += svg.text(224, 24, "gradients back", "start") + svg.text(346, 24, "▶ just computed", "start")
    return svg.card(700, 340, [*parts, key], alt, wide=True)


#: a short field with its label close to it
FIELD: dict[str, Any] = {"style": {"description_width": "24px"}, "layout": widgets.Layout(width="auto")}


class ChainRuleStepper(Stepper):
    """The chain rule through one neuron and one example.

    Attributes
    ----------
    x1, x2, w1, w2, b : ipywidgets.FloatText
    y : ipywidgets.Dropdown
    """

    def __init__(self) -> None:
        for name, label in (("x1", "x₁"), ("x2", "x₂"), ("w1", "w₁"), ("w2", "w₂"), ("b", "b")):
            setattr(self, name, widgets.BoundedFloatText(START[name], min=-1000, max=1000, step=0.5,
                                                         description=label, **FIELD))  # fmt: skip
        self.y = widgets.Dropdown(options=[0, 1], value=START["y"], description="y", **FIELD)
        fields = [getattr(self, name) for name in ("x1", "x2", "y", "w1", "w2", "b")]
        columns = "repeat(3, minmax(90px, 170px))"
        grid = widgets.GridBox(fields, layout=widgets.Layout(grid_template_columns=columns, grid_gap="6px 18px"))
        lead = "Work each number out on paper, then step. A gradient is a local derivative times the one before."
        super().__init__("Chain-rule stepper", lead, fields, grid, "number", "the lab's numbers", START)

    def _refresh(self, change: Any = None) -> None:
        x = np.array([self.x1.value, self.x2.value])
        w = np.array([self.w1.value, self.w2.value])
        self.steps = model.chain(x, self.y.value, w, self.b.value)
        values = {"x₁": x[0], "x₂": x[1], "w₁": w[0], "w₂": w[1], "b": self.b.value, "y": self.y.value}
        self._at_the_ends()
        status = model.status(self.steps, self.done)
        alt = f"The neuron as a chain: inputs and weights to h, to p, to the loss ℓ. {status}"
        self.show(draw(values, self.steps, self.done, alt), status, table(self.steps, self.done))
