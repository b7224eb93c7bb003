"""Lab 03's graph stepper: one house through a computation graph, values forward and gradients back."""

from collections.abc import Sequence

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.looks import BLUE, RED_WORDS
from course.show.tables import Table, number, signed
from course.widgets.chain_rule_stepper import Step
from course.widgets.stepper import FIELD, KEY, Stepper, arrow, check_steps, fields_in_columns, paper, table


def graph(x: np.ndarray, y: float, w: np.ndarray, b: float) -> tuple[Step, ...]:
    """Compute ε = δ², δ = y − ŷ, ŷ = w₀x₀ + w₁x₁ + b, and its gradient at every node, one step at a time.

    Parameters
    ----------
    x, w : array, shape (2,)
        Inputs and weights.
    y : float
        Right price.
    b : float
        Intercept.

    Returns
    -------
    tuple of Step
        Three steps forward (ŷ, δ, ε), then eight back (ε, δ, ŷ, w₀, x₀, w₁, x₁, b).
    """
    y_hat = float(x @ w + b)
    delta = y - y_hat
    d_delta = 2 * delta
    d_y_hat = -d_delta
    x0, x1, w0, w1 = (signed(v) for v in (*x, *w))
    leaves = (("w₀", "x₀", x[0]), ("x₀", "w₀", w[0]), ("w₁", "x₁", x[1]), ("x₁", "w₁", w[1]), ("b", "1", 1.0))
    return (
        Step("forward", "ŷ", "w₀·x₀ + w₁·x₁ + b", f"{w0}·{x0} + {w1}·{x1} + {signed(b)}", y_hat),
        Step("forward", "δ", "y − ŷ", f"{number(y)} − {signed(y_hat)}", delta),
        Step("forward", "ε", "δ²", f"{signed(delta)}²", delta**2),
        Step("backward", "∂ε/∂ε", "1", "1", 1.0),
        Step("backward", "∂ε/∂δ", "2δ · ∂ε/∂ε", f"{signed(d_delta)} · 1", d_delta),
        Step("backward", "∂ε/∂ŷ", "∂δ/∂ŷ · ∂ε/∂δ = (−1) · ∂ε/∂δ", f"(−1) · {signed(d_delta)}", d_y_hat),
        *(
            Step(
                "backward",
                f"∂ε/∂{name}",
                f"∂ŷ/∂{name} · ∂ε/∂ŷ = {partner} · ∂ε/∂ŷ",
                f"{signed(float(value))} · {signed(d_y_hat)}",
                float(value) * d_y_hat,
            )
            for name, partner, value in leaves
        ),
    )


def status(steps: Sequence[Step], done: int) -> str:
    """Describe the last of `done` steps, and name the next one."""
    check_steps(steps, done)
    if done == 0:
        return "Nothing computed yet. What will ŷ be? Work it out, then step."
    last = steps[done - 1]
    said = f"{last.name} = {number(last.value)}."
    if done == len(steps):
        return f"{said} Every node has its gradient: one pass forward, one pass back."
    turn = " Now the backward pass begins." if steps[done].way != last.way else ""
    ask = "What is the local gradient?" if steps[done].way == "backward" else "What will it be?"
    return f"{said}{turn} Next: {steps[done].name}. {ask}"


START = {"x0": 2.0, "x1": 1.0, "y": 4.0, "w0": 3.0, "w1": -1.0, "b": 0.5}
NAMES = {"x0": "x₀", "x1": "x₁", "y": "y", "w0": "w₀", "w1": "w₁", "b": "b"}
#: each node's place: the middle of its box
PLACES = {"x₀": (72, 96), "w₀": (72, 182), "x₁": (72, 268), "w₁": (72, 354), "b": (290, 354)}
PLACES |= {"ŷ": (290, 225), "δ": (458, 225), "y": (458, 354), "ε": (626, 225)}
HALF_WIDTH, HALF_HEIGHT = 50, 27
ENTRY = {"x₀": -18, "w₀": -6, "x₁": 6, "w₁": 18}  # where arrows touch the side of ŷ, from its middle
EDGES = {"x₀": "ŷ", "w₀": "ŷ", "x₁": "ŷ", "w₁": "ŷ", "b": "ŷ", "ŷ": "δ", "y": "δ", "δ": "ε"}


def node(name: str, value: str, gradient: str, now: bool) -> str:
    """Draw one node: its name and value, and beside it its gradient, once known; ▶ marks what was just computed."""
    x, y = PLACES[name]
    drawn = paper(x - HALF_WIDTH, y - HALF_HEIGHT, 2 * HALF_WIDTH, 2 * HALF_HEIGHT, bool(value), now)
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
    if x0 == x1:  # the first node is below the second
        ends = (x0 + 3 * lift - 30, y0 - HALF_HEIGHT), (x1 + 3 * lift - 30, y1 + HALF_HEIGHT)
    else:
        ends = (x0 + HALF_WIDTH, y0 + lift), (x1 - HALF_WIDTH, y1 + lift + ENTRY.get(start, 0))
    return arrow(*ends, back)


def draw(values: dict[str, float], steps: Sequence[Step], done: int, alt: str) -> str:
    """Draw the graph, filled in up to the current step."""
    known = {step.name: step.value for step in steps[:done]}
    now = steps[done - 1].name if done else ""
    parts = [edge(name, back=False) for name in EDGES]
    parts += [edge(name, back=True) for name in EDGES if f"∂ε/∂{name}" in known]
    for name in PLACES:
        value = (values | known).get(name)
        back = known.get(f"∂ε/∂{name}")
        gradient = "" if back is None else f"∂ε/∂{name} = {number(back)}"
        parts.append(node(name, "" if value is None else number(value), gradient, now in (name, f"∂ε/∂{name}")))
    return svg.card(700, 412, [*parts, KEY], alt, wide=True)


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
        lead = "Work out each number on paper, then step. On the way back: local gradient × gradient so far."
        super().__init__("Graph stepper", lead, fields_in_columns(fields), "number", "the first numbers")

    @property
    def values(self) -> dict[str, float]:
        """The numbers in the fields, by their names in the drawing."""
        return {label: float(getattr(self, name).value) for name, label in NAMES.items()}

    def calculate(self) -> tuple[Step, ...]:
        """Compute the graph for the house in the fields."""
        x0, x1, y, w0, w1, b = self.values.values()
        return graph(np.array([x0, x1]), y, np.array([w0, w1]), b)

    def describe(self) -> tuple[str, str, Table]:
        """Make figure, status and table of the first `done` steps."""
        said = status(self.steps, self.done)
        alt = f"A graph: inputs, weights and intercept to ŷ, with y to δ, to the squared error ε. {said}"
        return draw(self.values, self.steps, self.done, alt), said, table(self.steps, self.done, rules=False)
