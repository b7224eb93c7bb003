"""A small graph forward and back, one number at a time: what lab 07's graph inspector shows."""

from dataclasses import dataclass

import numpy as np

from course.nn.flowgraph import Add, Multiply, Node, Operation, Sigmoid, evaluate, topological_order
from course.show.tables import number, signed

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
    """A graph without numbers: nodes, inputs first, and the leaves' first values."""

    title: str
    spots: tuple[Spot, ...]
    values: tuple[tuple[str, float], ...]


BLUEPRINTS = (
    Blueprint(
        "two ways: z = x·y + x",
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
    """One number more.

    ``way`` is forward or backward; ``name`` the node that gets it; ``source`` the node that hands it down ("" in the
    forward pass and at the beginning of the way back); ``said`` the calculation in words.
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
        Values, inputs first; then ∂z/∂z = 1; then, node by node from the end, what each hands down to its inputs.
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
            "backward", child, source, f"{source} hands {number(grad)} down to {child}: {name} = {number(grad)}", grad
        )
    total = f"{name} = {signed(before)} + {signed(grad)} = {number(before + grad)}"
    return Step(
        "backward", child, source, f"{source} hands {number(grad)} down to {child}, where it is added: {total}", grad
    )


def status(taken: tuple[Step, ...], done: int) -> str:
    """Say what the last of `done` steps did, and whether it is time to turn round."""
    if done == 0:
        return "A blueprint: nothing is computed yet. What comes first?"
    last = taken[done - 1]
    said = f"{last.said} = {number(last.value)}." if last.way == "forward" else f"{last.said}."
    if done == len(taken):
        return f"{said} Every node has its gradient."
    if last.way == "forward" and taken[done].way == "backward":
        return f"{said} Now turn round."
    return said
