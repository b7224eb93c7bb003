"""Lab 08's gradient by depth: what reaches each layer of an untrained network, by depth, activation and weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import ipywidgets as widgets
import numpy as np

from course.data import load_digits
from course.nn import initializers
from course.nn.activation_layers import ELU, LeakyReLU, ReLU, Sigmoid, Tanh
from course.nn.layers import Layer, Linear
from course.nn.losses import SoftmaxCrossEntropy
from course.nn.network import Network
from course.show import svg
from course.show.axes import Axes
from course.show.looks import BLUE, INK, PAPER, VERMILION
from course.show.signals import layer_signals
from course.show.tables import Table, number, power_of_ten
from course.widgets.base import LABEL, Card

UNITS, EXAMPLES = 64, 200
MUCH = 100.0  # gradients that differ by more than this factor vanish or explode

#: name → the layer; leaky and elu with their usual parameters
ACTIVATIONS: dict[str, type[Layer]] = {
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "relu": ReLU,
    "leaky relu, 0.01": LeakyReLU,
    "elu, α = 1": ELU,
}

#: name → how the weights start
STARTS: dict[str, initializers.Initializer] = {
    "zeros": initializers.zeros,
    "constant 0.1": initializers.constant,
    "normal, std 0.01": partial(initializers.normal, std=0.01),
    "normal, std 1": initializers.normal,
    "truncated normal, std 0.1": initializers.truncated_normal,
    "uniform ±1/√fan_in": initializers.uniform_fan_in,
    "Glorot uniform": initializers.glorot_uniform,
    "He normal": initializers.he_normal,
    "orthogonal": initializers.orthogonal,
}


@dataclass(frozen=True)
class Signals:
    """What runs through an untrained network.

    Parameters
    ----------
    forward : (depth,) array
        Standard deviation of each hidden layer's activations.
    backward : (depth,) array
        Norm of the gradient of each hidden layer's weights.
    """

    forward: np.ndarray
    backward: np.ndarray


@lru_cache(maxsize=1)
def _digits() -> tuple[np.ndarray, np.ndarray]:
    X, y, _, _ = load_digits().rows(np.float64)
    return X[:EXAMPLES], y[:EXAMPLES]


@lru_cache(maxsize=256)
def measure(activation: str, start: str, depth: int) -> Signals:
    """Send digits forward and their gradient back, once.

    Parameters
    ----------
    activation, start : str
        Names in `ACTIVATIONS` and `STARTS`.
    depth : int
        Hidden layers of 64 units. The output layer is always Glorot's.

    Raises
    ------
    ValueError
        If there is no hidden layer.
    """
    if depth < 1:
        raise ValueError(f"expected depth >= 1, got {depth}: a network without hidden layers has nothing to show")
    X, y = _digits()
    act, init = ACTIVATIONS[activation], STARTS[start]
    hidden = [layer for _ in range(depth) for layer in (Linear(UNITS, UNITS, init=init), act())]
    net = Network(
        [*hidden, Linear(UNITS, 10, init=initializers.glorot_uniform)], rng=np.random.default_rng(0), dtype=np.float64
    )
    found = layer_signals(net, X, y, SoftmaxCrossEntropy())
    forward, backward = map(np.std, found.activations), map(np.linalg.norm, found.gradients)
    return Signals(np.array([*forward]), np.array([*backward]))


def rounded(value: float) -> str:
    """Write a size with two digits: the others change with the start."""
    return number(float(f"{value:.2g}"))


def status(signals: Signals) -> str:
    """Say in words what reaches the first layer."""
    first, last, largest = signals.backward[0], signals.backward[-1], signals.backward.max()
    if largest == 0:
        return "No hidden weight gets any gradient."
    if first == 0:
        return "No gradient reaches layer 1."
    if largest > MUCH:
        return f"Exploding: a gradient has norm {rounded(largest)}. The first step would be far too large."
    if len(signals.backward) == 1:
        return f"One hidden layer, with a gradient of norm {rounded(first)}."
    if first < last / MUCH:
        return f"Vanishing: layer 1 gets {rounded(first / last)} of what the last hidden layer gets."
    if first > last * MUCH:
        return f"Exploding: layer 1 gets {rounded(first / last)} times what the last hidden layer gets."
    if largest < 1 / MUCH:
        return f"Faded: no layer's gradient is larger than {rounded(largest)}."
    return f"Neither vanishing nor exploding: layer 1 gets {rounded(first / last)} times what the last hidden one gets."


LOW, HIGH = -12, 6  # powers of ten on display


def axes(layers: int) -> Axes:
    """Return axes with a place for each layer, over powers of ten; values beyond them are drawn at the edge."""
    return Axes((0.5, layers + 0.5, 10.0**LOW, 10.0**HIGH), left=64.0, top=34.0, width=390.0, height=288.0, log="y")


def draw(signals: Signals, alt: str) -> str:
    """Draw gradient (circles, solid) and signal (squares, dashed) layer by layer; hollow where it is off the scale."""
    n = len(signals.backward)
    place, layers = axes(n), np.arange(1, n + 1)
    parts = [place.grid(10.0 ** np.arange(LOW, HIGH + 1, 3), power_of_ten)]
    named = [k for k in range(1, n + 1) if n <= 15 or k in (1, n) or (k % 5 == 0 and n - k > 1)]
    parts.append(place.below(named, "hidden layer"))
    parts.append(place.line(layers, signals.forward, stroke=BLUE, stroke_dasharray="6 4"))
    parts.append(place.line(layers, signals.backward, stroke=VERMILION, stroke_width=2.4))
    for layer, f, b in zip(layers, signals.forward, signals.backward, strict=True):
        parts.append(square(place.place(layer, f), on_scale(f)) + disc(place.place(layer, b), on_scale(b)))
    key = [disc((70, 14)), svg.text(80, 14, "gradient of the weights", "start")]
    key += [square((274, 14)), svg.text(284, 14, "signal (std)", "start")]
    if not all(map(on_scale, [*signals.forward, *signals.backward])):
        key += [disc((378, 14), False), svg.text(388, 14, "off the scale", "start")]
    return svg.card(480, 376, [*key, *parts], alt)


def on_scale(value: float) -> bool:
    """Tell whether a size lies between the lowest and the highest power of ten on display."""
    return bool(10.0**LOW <= value <= 10.0**HIGH)


def disc(at: Sequence[float] | np.ndarray, full: bool = True) -> str:
    """Draw the mark of a gradient."""
    return svg.dot(at, 4.5, fill=VERMILION if full else PAPER, stroke=INK if full else VERMILION, stroke_width=1)


def square(at: Sequence[float] | np.ndarray, full: bool = True) -> str:
    """Draw the mark of a signal."""
    look: dict[str, Any] = {"fill": BLUE if full else PAPER, "stroke": INK if full else BLUE, "stroke_width": 1}
    return svg.tag("rect", x=float(at[0] - 4), y=float(at[1] - 4), width=8, height=8, **look)


def table(signals: Signals) -> Table:
    """Write signal and gradient of every layer."""
    both = zip(signals.forward, signals.backward, strict=True)
    rows = [(str(k), f"{forward:.1e}", f"{backward:.1e}") for k, (forward, backward) in enumerate(both, 1)]
    return Table("Before the first step", ("layer", "signal (std)", "gradient (norm)"), rows)


class GradientDepth(Card):
    """Signal and gradient in each layer of an untrained network.

    Attributes
    ----------
    activation, start : ipywidgets.Dropdown
        The activation, and the initial weights.
    depth : ipywidgets.IntSlider
        Hidden layers.
    signals : Signals
        What is on display.
    """

    def __init__(self) -> None:
        self.activation = widgets.Dropdown(options=list(ACTIVATIONS), description="function", **LABEL)
        self.start = widgets.Dropdown(options=list(STARTS), value="Glorot uniform", description="weights", **LABEL)
        self.depth = widgets.IntSlider(value=10, min=1, max=30, description="depth", **LABEL)
        super().__init__(
            "What reaches layer 1?",
            "Before training, digits go forward and their gradient goes back. Grid lines are a factor of 1000 apart.",
            [self.activation, self.start, self.depth],
        )

    def refresh(self) -> None:
        """Compute and show what the controls ask for."""
        activation, start, depth = self.activation.value, self.start.value, self.depth.value
        self.signals = measure(activation, start, depth)
        said = status(self.signals)
        alt = f"{depth} hidden layers, {activation}, weights {start}: gradient and signal by layer. {said}"
        self.show(draw(self.signals, alt), said, table(self.signals))
