"""How large the gradient is in each layer before the first step, by depth, activation and initial weights. Lab 08."""

from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from course.data import load_digits
from course.nn import initializers
from course.nn.activation_layers import ELU, LeakyReLU, ReLU, Sigmoid, Tanh
from course.nn.layers import Layer, Linear
from course.nn.losses import SoftmaxCrossEntropy
from course.nn.network import Network
from course.show.tables import number

UNITS, EXAMPLES = 64, 200
MUCH = 100.0  # from this factor on a layer is not heard, or deafens the others

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
    """Send digits forwards and their gradient back, once.

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
    linear = [Linear(UNITS, UNITS, init=init) for _ in range(depth)]
    hidden = [layer for part in linear for layer in (part, act())]
    net = Network(
        [*hidden, Linear(UNITS, 10, init=initializers.glorot_uniform)], rng=np.random.default_rng(0), dtype=np.float64
    )
    signal, spread = X, []
    for layer in net.layers:
        signal = layer.forward(signal, train=True)
        spread.append(float(signal.std()))
    net.backward(SoftmaxCrossEntropy().grad(signal, y))
    return Signals(np.array(spread[1:-1:2]), np.array([np.linalg.norm(layer.dW) for layer in linear]))


def rounded(value: float) -> str:
    """Write a size with two digits: more would promise what another start does not keep."""
    return number(float(f"{value:.2g}"))


def status(signals: Signals) -> str:
    """Say in words what reaches the first layer."""
    first, last, loudest = signals.backward[0], signals.backward[-1], signals.backward.max()
    if loudest == 0:
        return "No hidden weight gets any gradient."
    if first == 0:
        return "Nothing at all reaches layer 1."
    if loudest > MUCH:
        return f"Exploding: gradients of norm {rounded(loudest)}. The first step throws the weights out of the window."
    if len(signals.backward) == 1:
        return f"One hidden layer, with a gradient of norm {rounded(first)}."
    if first < last / MUCH:
        return f"Vanishing: layer 1 gets {rounded(first / last)} of what the last hidden layer gets."
    if first > last * MUCH:
        return f"Exploding: layer 1 gets {rounded(first / last)} times what the last hidden layer gets."
    if loudest < 1 / MUCH:
        return f"Silence: the signal has faded, and no gradient is larger than {rounded(loudest)}."
    return f"Audible: layer 1 gets {rounded(first / last)} times what the last hidden layer gets."
