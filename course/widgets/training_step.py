"""One real training step of a network: lab 06's equations beside their code, with the shapes of this step."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from course.nn.activation_layers import Activation
from course.nn.layers import Layer, Linear
from course.nn.losses import Loss
from course.nn.network import Network
from course.show.tables import Table

#: a line of code with a tagged equation beside it
TAGGED = re.compile(r"\s*(?P<code>.*?)\s*# \((?P<tag>\d+\.\d+)\) (?P<equation>.*)")


@dataclass(frozen=True)
class Event:
    """One layer's computation, forward or backward: its input and output shapes; None if there is no output."""

    layer: Layer
    way: str
    given: tuple[int, ...]
    made: tuple[int, ...] | None


def tagged_lines(function: Callable[..., Any]) -> dict[str, tuple[str, str]]:
    """Read a function's source: tag → (equation, code)."""
    matches = map(TAGGED.fullmatch, inspect.getsource(function).splitlines())
    return {match["tag"]: (match["equation"], match["code"]) for match in matches if match}


def run_step(net: Network, loss: Loss, X: np.ndarray, y: np.ndarray) -> list[Event]:
    """Run one forward and one backward pass, layer by layer, and record every shape.

    Parameters
    ----------
    net : Network
        The network; its gradient is filled, its parameters are not changed.
    loss : Loss
    X : array of shape (N, n_in)
    y : array
        As the loss takes it.

    Returns
    -------
    list of Event
        In the order of the computation.
    """
    events, a = [], np.asarray(X, dtype=net.dtype)
    for layer in net.layers:
        z = layer.forward(a, train=True)
        events.append(Event(layer, "forward", a.shape, z.shape))
        a = z
    d = loss.grad(a, y)
    for layer in reversed(net.layers):
        dx = layer.backward(d)
        events.append(Event(layer, "backward", d.shape, None if dx is None else dx.shape))
        d = dx
    return events


def beside_the_code(net: Network, loss: Loss, X: np.ndarray, y: np.ndarray) -> Table:
    """Tabulate one training step: each line of the library beside its equation, with the shapes of this run.

    Parameters
    ----------
    net : Network
        Of Linear layers and element-wise activations.
    loss, X, y
        As in `run_step`.

    Returns
    -------
    Table

    Raises
    ------
    ValueError
        If a layer is neither Linear nor an activation: its equations belong to another lab.
    """
    for layer in net.layers:
        if not isinstance(layer, Linear | Activation):
            raise ValueError(f"expected Linear layers and activations, got {layer}: leave it out of this network")
    events = run_step(net, loss, X, y)
    half, rows = len(net.layers), []
    for event in events[:half]:
        rows += _rows(event)
    tag, (equation, code) = next(iter(tagged_lines(loss.grad).items()))
    out = events[half - 1].made
    rows.append([type(loss).__name__, f"({tag}) {equation}", code, f"z {out}, y {np.shape(y)} → ∂L/∂z {out}"])
    for event in events[half:]:
        rows += _rows(event)
    return Table("one training step, as it ran", ["layer", "equation", "line of the library", "shapes"], rows)


def _rows(event: Event) -> list[list[str]]:
    method = getattr(Activation if isinstance(event.layer, Activation) else type(event.layer), event.way)
    shapes = _shapes(event)
    lines = tagged_lines(method).items()
    return [[str(event.layer), f"({tag}) {equation}", code, shapes[tag]] for tag, (equation, code) in lines]


def _shapes(event: Event) -> dict[str, str]:
    """Return, for each tag, the shapes of its operands and of its result."""
    layer, given, made = event.layer, event.given, event.made
    if not isinstance(layer, Linear):
        return {"6.2": f"z {given} → a {made}", "6.4": f"∂L/∂a {given} ⊙ f′(z) {given} → ∂L/∂z {made}"}
    if event.way == "forward":
        return {"6.1": f"x {given} · W {layer.W.shape} + b {layer.b.shape} → z {made}"}
    x = layer.recall()
    handed = f"∂L/∂z {given} · Wᵀ {layer.W.T.shape} → ∂L/∂x {made}"
    return {
        "6.5": f"xᵀ {x.T.shape} · ∂L/∂z {given} → ∂L/∂W {layer.dW.shape}",
        "6.6": f"Σ over {given[0]} rows of ∂L/∂z {given} → ∂L/∂b {layer.db.shape}",
        "6.7": handed if made else "not computed: ∂L/∂x of the input is not needed",
    }


def count_flops(net: Network, X: np.ndarray) -> tuple[int, int, int]:
    """Count the cost of one training step.

    Parameters
    ----------
    net : Network
    X : array of shape (N, n_in)

    Returns
    -------
    forward, backward : int
        FLOPs of the matrix products, 2mkn each; a product that was not computed is not counted.
    kept : int
        Numbers that the layers keep between forward and backward.
    """
    flops = {"forward": 0, "backward": 0}
    for event in run_step(net, _NoGradient(), X, X):
        if isinstance(event.layer, Linear):
            one = 2 * event.given[0] * event.layer.W.size
            flops[event.way] += one if event.way == "forward" else one * (1 + (event.made is not None))
    return flops["forward"], flops["backward"], sum(layer.cache.size for layer in net.layers)


class _NoGradient(Loss):
    """A loss whose gradient is zero, because counting does not depend on the numbers."""

    def grad(self, output: Any, target: Any) -> Any:
        return 0 * output
