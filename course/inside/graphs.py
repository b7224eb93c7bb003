"""Probes for flow graphs: they run students' operations, topological orders, backpropagation, and a test of a learner.

A graph is written as a text, node by node, inputs first: ``a; b; c = 2*a + -1*b; z = 3*c + 1*a``. Bare names are
leaves. The numbers are slopes: they play the part of an operation's derivative. If a case asks for it, a chain of
nodes with one input each follows the last node.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

#: the nodes whose gradients are returned; every graph of a case has them
WATCHED = ("a", "b", "c", "z")
LEFT_OVER = 5.0


class Weighted:
    """An operation with given slopes, whose bprop may be called only once."""

    def __init__(self, name: str, slopes: list[float]) -> None:
        self.name, self.slopes, self.done = name, slopes, False

    def fprop(self, *inputs: Any) -> Any:
        """Add up the inputs, each times its slope."""
        return sum(slope * value for slope, value in zip(self.slopes, inputs, strict=True))

    def bprop(self, grad: Any) -> tuple[Any, ...]:
        """Return one gradient for each input; for a slope of 1 it is the same array object that came in."""
        if grad is None:
            raise TypeError(f"bprop of {self.name} was given None: {self.name} has no gradient yet")
        if self.done:
            raise RuntimeError(f"bprop of {self.name} was called twice: once is enough, with the whole gradient")
        self.done = True
        return tuple(grad if slope == 1 else slope * grad for slope in self.slopes)


class Patience:
    """Counts how often the answer asks for the inputs of nodes, and raises an error if a search does not end."""

    def __init__(self, limit: int) -> None:
        self.asked, self.limit = 0, limit

    def ask(self) -> None:
        """Count one more request."""
        self.asked += 1
        if self.asked > self.limit:
            raise RuntimeError(
                f"the inputs of the graph's nodes were asked for {self.limit} times: does this ever end?"
            )


class Place:
    """A node as the lab describes it: an operation (None for a leaf), inputs, a value, a gradient."""

    def __init__(
        self, name: str, op: Weighted | None, terms: tuple["Place", ...], value: Any, patience: Patience
    ) -> None:
        self.name, self.op, self.terms, self.value, self.patience = name, op, terms, value, patience
        self.grad: Any = None

    @property
    def inputs(self) -> tuple["Place", ...]:
        """The operation's input nodes; empty for a leaf."""
        self.patience.ask()
        return self.terms

    def __repr__(self) -> str:
        return f"node {self.name}"


def build(graph: str, chain: int = 0, shape: tuple[int, ...] = ()) -> dict[str, Place]:
    """Build a graph from its text, with values. No other node uses the last node.

    Parameters
    ----------
    graph : str
        As described at the top of this module.
    chain : int
        Number of nodes to append to the last one.
    shape : tuple of int
        Shape of every value.

    Returns
    -------
    dict
        Name → node, inputs first.
    """
    lines = _lines(graph, chain)
    nodes: dict[str, Place] = {}
    patience = Patience(100 * len(lines) + 1000)
    for number, (name, terms) in enumerate(lines, start=2):
        inputs, slopes = tuple(nodes[child] for _, child in terms), [slope for slope, _ in terms]
        op = Weighted(name, slopes) if terms else None
        value = op.fprop(*(child.value for child in inputs)) if op else np.full(shape, 0.3 * number)
        nodes[name] = Place(name, op, inputs, value, patience)
    return nodes


@lru_cache(maxsize=16)
def _lines(graph: str, chain: int) -> list[tuple[str, list[tuple[float, str]]]]:
    """Read a graph: name and terms of each node, with the nodes of the chain at the end."""
    lines = [_read(text) for text in graph.split(";")]
    below = [lines[-1][0], *(f"link {i}" for i in range(1, chain))]
    return lines + [(f"link {i}", [(1.0, name)]) for i, name in enumerate(below[:chain], start=1)]


def _read(text: str) -> tuple[str, list[tuple[float, str]]]:
    """Read one node: its name, and slope and name of each input."""
    name, _, right = (part.strip() for part in text.partition("="))
    terms = [term.split("*") for term in right.split(" + ")] if right else []
    return name, [(float(slope), child.strip()) for slope, child in terms]


def _called(answer: Callable[..., Any], nodes: dict[str, Place]) -> Any:
    """Call an answer with the last node; explain a RecursionError."""
    try:
        return answer(list(nodes.values())[-1])
    except RecursionError:
        raise RecursionError(f"{len(nodes)} nodes deep is too deep for a function that calls itself") from None


def run_operation(answer: Any, inputs: dict[str, Any]) -> Any:
    """Run fprop and bprop of one operation, and in between fprop of another object of its class.

    The last input is the gradient of the output. Returns the output and then each input's gradient.
    """
    *values, grad = inputs.values()
    op, other = answer(), answer()
    op.fprop(*(value - 1 for value in values))
    out = op.fprop(*values)
    other.fprop(*(value + 1 for value in values))
    grads = op.bprop(grad)
    if not isinstance(grads, tuple | list) or len(grads) != len(values):
        count = f"{len(values)} gradients" if len(values) > 1 else "one gradient, as in (grad,)"
        got = f"{len(grads)}" if isinstance(grads, tuple | list) else f"no tuple but {type(grads).__name__}"
        raise TypeError(f"expected bprop to return a tuple of {count}, one for each input; got {got}")
    return (out, *grads)


def order_nodes(answer: Any, inputs: dict[str, Any]) -> Any:
    """Let an answer list a graph's nodes; return their numbers, counted from 0 in the order of the text."""
    nodes = build(*inputs.values())
    order = _called(answer, nodes)
    number = {id(node): i for i, node in enumerate(nodes.values())}
    if not isinstance(order, list | tuple) or any(id(node) not in number for node in order):
        raise TypeError(f"expected a list of the graph's nodes, got {order!r}"[:120])
    return np.array([number[id(node)] for node in order], dtype=np.int64)


def ordered(value: Any, inputs: dict[str, Any]) -> dict[str, float]:
    """Measure what `order_nodes` collected."""
    lines = _lines(*inputs.values())
    number = {name: i for i, (name, _) in enumerate(lines)}
    listed = np.asarray(value)
    if listed.ndim != 1 or listed.dtype.kind not in "iu" or any(not 0 <= i < len(lines) for i in listed):
        raise ValueError(f"expected numbers of nodes, 0 to {len(lines) - 1}, got something else")
    order = listed.tolist()
    place = {i: k for k, i in reversed(list(enumerate(order)))}  # where a node is listed for the first time
    early = sum(any(place.get(number[child], -1) > k for _, child in lines[i][1]) for i, k in place.items())
    return {
        "nodes in the list": len(place),
        "nodes listed again": len(order) - len(place),
        "nodes listed before one of their inputs": early,
        "the node itself stands last (1 is yes)": int(bool(order) and order[-1] == len(lines) - 1),
    }


def send_back(answer: Any, inputs: dict[str, Any]) -> Any:
    """Let an answer propagate gradients back through a graph; return those of the watched nodes by name."""
    graph, chain, shape, left_over = inputs.values()
    nodes = build(graph, chain, tuple(shape))
    for node in nodes.values() if left_over else ():
        node.grad = np.full(tuple(shape), LEFT_OVER)
    _called(answer, nodes)
    missing = [name for name in WATCHED if nodes[name].grad is None]
    if missing:
        raise RuntimeError(f"after backprop, the grad of node {missing[0]} is still None")
    return {name: np.array(nodes[name].grad) for name in WATCHED}


def call_on_learner(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call the answer with a learner that memorises up to ``capacity`` examples, but never the rows ``hard`` of X."""
    capacity, hard, *rest = inputs.values()
    never = {np.asarray(rest[0][int(i)]).tobytes() for i in hard}

    def fit(X: Any, y: Any) -> Callable[[Any], np.ndarray]:
        if len(X) != len(y):
            raise ValueError(f"fit was given {len(X)} examples and {len(y)} labels")
        rows = [np.asarray(row).tobytes() for row in X]
        known = dict(zip(rows, map(int, y), strict=True)) if len(X) <= capacity else {}
        known = {row: label for row, label in known.items() if row not in never}
        return lambda X: np.array([known.get(np.asarray(row).tobytes(), -1) for row in X])

    return answer(fit, *rest)
