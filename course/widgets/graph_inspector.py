"""Lab 07's graph inspector: a small graph forward and back, value and gradient on each node, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np

from course.nn.flowgraph import Add, Multiply, Node, Operation, Sigmoid, evaluate, topological_order
from course.show import svg
from course.show.looks import BLUE, RED_WORDS
from course.show.tables import Table, number, signed
from course.widgets.base import LABEL
from course.widgets.stepper import FIELD, KEY, Stepper, arrow, paper

OPERATIONS: dict[str, type[Operation]] = {"+": Add, "·": Multiply, "σ": Sigmoid}


@dataclass(frozen=True)
class Spot:
    """One node on the drawing: its name, its operation ("" for a leaf), its inputs' names, column and row."""

    name: str
    op: str
    inputs: tuple[str, ...]
    column: float
    row: float

    @property
    def rule(self) -> str:
        """The node's formula, such as ``x · y``."""
        if not self.op:
            return "given"
        return f"σ({self.inputs[0]})" if self.op == "σ" else f" {self.op} ".join(self.inputs)


@dataclass(frozen=True)
class Blueprint:
    """A graph to be computed: its nodes, inputs first, and the leaves' first values."""

    title: str
    spots: tuple[Spot, ...]
    values: tuple[tuple[str, float], ...]


BLUEPRINTS = (
    Blueprint(
        "two paths: z = x·y + x",
        (Spot("x", "", (), 0, 0), Spot("y", "", (), 0, 1), Spot("u", "·", ("x", "y"), 1.2, 0.75),
         Spot("z", "+", ("u", "x"), 2.4, 0.3)),
        (("x", 3.0), ("y", 2.0)),
    ),
    Blueprint(
        "a diamond: z = (x + y)·(x·y)",
        (Spot("x", "", (), 0, 0), Spot("y", "", (), 0, 1), Spot("s", "+", ("x", "y"), 1.2, 0),
         Spot("u", "·", ("x", "y"), 1.2, 1), Spot("z", "·", ("s", "u"), 2.4, 0.5)),
        (("x", 2.0), ("y", -3.0)),
    ),
    Blueprint(
        "a neuron: p = σ(w·x + b)",
        (Spot("w", "", (), 0, 0), Spot("x", "", (), 0, 1), Spot("b", "", (), 1.2, 1),
         Spot("u", "·", ("w", "x"), 1.2, 0.2), Spot("h", "+", ("u", "b"), 2.4, 0.5), Spot("p", "σ", ("h",), 3.6, 0.5)),
        (("w", 2.0), ("x", 0.0), ("b", -1.0)),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One more number.

    ``way`` is forward or backward; ``name`` the node that gets it; ``source`` the node that passes it back ("" in the
    forward pass and at the start of the backward pass); ``said`` the calculation in words.
    """

    way: str
    name: str
    source: str
    said: str
    value: float


def steps(blueprint: Blueprint, values: dict[str, float]) -> tuple[Step, ...]:
    """Execute a blueprint and write down every number in the order in which it appears.

    Parameters
    ----------
    blueprint : Blueprint
    values : dict
        Of the leaves.

    Returns
    -------
    tuple of Step
        Values, inputs first; then ∂z/∂z = 1; then, node by node from the end, what each passes back to its inputs.
    """
    nodes: dict[str, Node] = {}
    for spot in blueprint.spots:
        op = OPERATIONS[spot.op]() if spot.op else None
        leaf = None if op else np.array(values[spot.name])
        nodes[spot.name] = Node(op, *(nodes[name] for name in spot.inputs), value=leaf)
    end = nodes[blueprint.spots[-1].name]
    evaluate(end)
    spots = {id(nodes[spot.name]): spot for spot in blueprint.spots}
    order = [(node, spots[id(node)]) for node in topological_order(end)]
    taken = [_forward(node, spot) for node, spot in order if node.op]
    last = blueprint.spots[-1].name
    taken.append(Step("backward", last, "", f"∂{last}/∂{last} = 1", 1.0))
    grads = {last: 1.0}
    for node, spot in reversed(order):
        handed = node.op.bprop(np.array(grads[spot.name])) if node.op else ()
        for child, grad in zip(spot.inputs, handed, strict=True):
            before, grads[child] = grads.get(child), grads.get(child, 0.0) + float(grad)
            taken.append(_back(spot.name, child, last, before, float(grad)))
    return tuple(taken)


def _forward(node: Node, spot: Spot) -> Step:
    filled = [signed(float(child.value)) for child in node.inputs]
    shown = f"σ({filled[0].strip('()')})" if spot.op == "σ" else f" {spot.op} ".join(filled)
    return Step("forward", spot.name, "", f"{spot.name} = {spot.rule} = {shown}", float(node.value))


def _back(source: str, child: str, last: str, before: float | None, grad: float) -> Step:
    name = f"∂{last}/∂{child}"
    if before is None:
        return Step(
            "backward", child, source, f"{source} passes {number(grad)} back to {child}: {name} = {number(grad)}", grad
        )
    total = f"{name} = {signed(before)} + {signed(grad)} = {number(before + grad)}"
    return Step(
        "backward", child, source, f"{source} passes {number(grad)} back to {child}, where it is added: {total}", grad
    )


def status(taken: Sequence[Step], done: int) -> str:
    """Say what the last of `done` steps did, and whether the backward pass begins."""
    if done == 0:
        return "A blueprint: nothing is computed yet. What comes first?"
    last = taken[done - 1]
    said = f"{last.said} = {number(last.value)}." if last.way == "forward" else f"{last.said}."
    if done == len(taken):
        return f"{said} Every node has its gradient."
    if last.way == "forward" and taken[done].way == "backward":
        return f"{said} Now the backward pass begins."
    return said


HALF_WIDTH, HALF_HEIGHT = 54, 36


def place(spot: Spot) -> tuple[float, float]:
    """Return the middle of a node's box."""
    return 80 + 146 * spot.column, 96 + 138 * spot.row


def gradient_text(parts: list[float]) -> str:
    """Write a node's gradient as the sum that it is."""
    if len(parts) < 2:
        return number(parts[0]) if parts else ""
    return f"{' + '.join(map(signed, parts))} = {number(sum(parts))}"


def node(spot: Spot, value: str, gradient: str, now: bool) -> str:
    """Draw a node: name and operation, value, and under the box the gradient; ▶ marks the one just computed."""
    x, y = place(spot)
    drawn = paper(x - HALF_WIDTH, y - HALF_HEIGHT, 2 * HALF_WIDTH, 2 * HALF_HEIGHT, bool(value), now)
    head = f"{spot.name} = {spot.rule}" if spot.op else spot.name
    drawn += svg.text(x, y - 17, head, size=13.5, font_weight=600) + svg.text(
        x, y + 9, value or "?", fill=BLUE, size=16
    )
    if now:
        drawn += svg.text(x - HALF_WIDTH - 10, y, "▶")
    if gradient:
        drawn += svg.text(x, y + HALF_HEIGHT + 14, gradient, fill=RED_WORDS, font_weight=600)
    return drawn


def edge(start: Spot, end: Spot, back: bool, nudge: float) -> str:
    """Draw the arrow between two nodes: forward solid and blue; backward dashed and red, beside it."""
    (x0, y0), (x1, y1) = place(start), place(end)
    lift = nudge + (-5 if back else 5)
    tail, head = (x0 + HALF_WIDTH, y0 + lift), (x1 - HALF_WIDTH, y1 + lift)
    if x0 == x1:  # one is below the other
        tail, head = (x0 + lift, y0 - HALF_HEIGHT), (x1 + lift, y1 + HALF_HEIGHT)
    return arrow(tail, head, back)


class GraphInspector(Stepper):
    """A graph that fills with values from the left and with gradients from the right.

    Attributes
    ----------
    graph : ipywidgets.Dropdown
    fields : list of ipywidgets.BoundedFloatText
        The leaves' values, as many as the graph has leaves.
    """

    def __init__(self) -> None:
        options = [(blueprint.title, blueprint) for blueprint in BLUEPRINTS]
        self.graph = widgets.Dropdown(options=options, description="graph", **LABEL)
        size: dict[str, Any] = {"style": FIELD["style"], "min": -100, "max": 100, "step": 0.5}
        layouts = [widgets.Layout(width="130px") for _ in range(3)]  # one each: some are hidden
        self.fields = [widgets.BoundedFloatText(0.0, layout=layout, **size) for layout in layouts]
        self.lay_out()
        row = widgets.HBox(self.fields, layout=widgets.Layout(flex_flow="row wrap", grid_gap="8px"))
        lead = "Say the next number before you step. In the boxes: values. Under them: gradients."
        controls = widgets.VBox([self.graph, row], layout=widgets.Layout(grid_gap="6px"))
        super().__init__("Graph inspector", lead, controls, "number", "the blueprint and its first numbers")

    @property
    def values(self) -> dict[str, float]:
        """The leaves' values, by name."""
        names = (name for name, _ in self.graph.value.values)
        return {name: float(field.value) for name, field in zip(names, self.fields, strict=False)}

    def changed(self, control: widgets.Widget) -> None:
        """Start again with another graph; calculate again with another number."""
        if control is self.graph:
            self.reset()
        else:
            self.refresh()

    def reset(self) -> None:
        """Show the blueprint with its first numbers, nothing computed."""
        self.done = 0
        with self.quietly():
            self.lay_out()
        self.refresh()

    def lay_out(self) -> None:
        """Give each leaf of the graph a field with its first number, and hide the remaining fields."""
        leaves = self.graph.value.values
        for i, field in enumerate(self.fields):
            field.layout.display = "flex" if i < len(leaves) else "none"
            field.description, field.value = leaves[i] if i < len(leaves) else ("–", 0.0)

    def calculate(self) -> tuple[Step, ...]:
        """Execute the chosen graph on the numbers in the fields."""
        return steps(self.graph.value, self.values)

    def describe(self) -> tuple[str, str, Table]:
        """Make figure, status and table of the first `done` steps."""
        said = status(self.steps, self.done)
        return self._draw(said), said, self._table()

    def _known(self) -> tuple[dict[str, float], dict[str, list[float]]]:
        """Collect the values and the parts of each gradient that are on display."""
        values = dict(self.values)
        grads: dict[str, list[float]] = {spot.name: [] for spot in self.graph.value.spots}
        for step in self.steps[: self.done]:
            if step.way == "forward":
                values[step.name] = step.value
            else:
                grads[step.name].append(step.value)
        return values, grads

    def _draw(self, said: str) -> str:
        spots = {spot.name: spot for spot in self.graph.value.spots}
        values, grads = self._known()
        now = self.steps[self.done - 1].name if self.done else ""
        handed = {(step.name, step.source) for step in self.steps[: self.done] if step.source}
        parts = []
        for spot in spots.values():
            downwards = sorted(spot.inputs, key=lambda name: place(spots[name])[1])  # so that arrows do not cross
            for k, name in enumerate(downwards):
                nudge = 16 * (k - (len(spot.inputs) - 1) / 2)
                parts.append(edge(spots[name], spot, False, nudge))
                parts += [edge(spots[name], spot, True, nudge)] if (name, spot.name) in handed else []
        for name, spot in spots.items():
            value = number(values[name]) if name in values else ""
            parts.append(node(spot, value, gradient_text(grads[name]), name == now))
        alt = f"A graph of {len(spots)} nodes, {self.graph.value.title}: values forward, gradients back. {said}"
        return svg.card(700, 310, [*parts, KEY], alt, wide=True)

    def _table(self) -> Table:
        values, grads = self._known()
        last = self.graph.value.spots[-1].name
        rows = [
            (spot.name, spot.rule, number(values[spot.name]) if spot.name in values else "?",
             gradient_text(grads[spot.name]) or "?")
            for spot in self.graph.value.spots
        ]  # fmt: skip
        here = [spot.name for spot in self.graph.value.spots]
        current = here.index(self.steps[self.done - 1].name) if self.done else None
        caption = f"{self.done} of {len(self.steps)} steps done"
        return Table(caption, ("node", "operation", "value", f"gradient of {last}"), rows, current=current)
