"""Gradient checks: they test whether the derivative in the code belongs to the function in the code.

Run them in float64, away from kinks, and with random biases: at zero biases, a wrong bias gradient may go unnoticed.
"""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from course.nn.gpu import Array, array_module, to_cpu
from course.nn.losses import Loss
from course.nn.network import Network
from course.nn.regularizers import Regularizer, objective


def numeric_gradient(f: Callable[[Array], Any], theta: Array, eps: float = 1e-6) -> np.ndarray:
    """Differentiate f by central differences, one element at a time.

    Parameters
    ----------
    f : callable
        Takes an array like theta, returns a scalar.
    theta : array of any shape
        Where to differentiate; restored afterwards.
    eps : float
        Half the distance between the two evaluations. Rounding errors grow as 1/eps, truncation errors as eps².

    Returns
    -------
    array of theta's shape
    """
    values = np.array(theta, dtype=float)
    gradient = np.zeros_like(values)
    for i in np.ndindex(values.shape):
        middle = values[i]
        values[i] = middle + eps
        above = float(f(values))
        values[i] = middle - eps
        below = float(f(values))
        values[i] = middle
        gradient[i] = (above - below) / (2 * eps)  # (2.8) ∂f/∂θᵢ ≈ (f(θ + εeᵢ) − f(θ − εeᵢ)) / 2ε
    return gradient


def relative_error(analytic: Array, numeric: Array) -> float:
    """Compare two gradients by their largest relative difference.

    Two zeros agree. An error of 1 means that one value is zero or has the wrong sign.
    """
    a, n = np.asarray(analytic, dtype=float), np.asarray(numeric, dtype=float)
    if a.shape != n.shape:
        raise ValueError(f"expected two gradients of one shape, got {a.shape} and {n.shape}: which is transposed?")
    if a.size == 0:
        return 0.0
    errors = abs(a - n) / np.maximum(1e-8, abs(a) + abs(n))
    return float(errors.max())  # (7.7) max |a − n| / max(10⁻⁸, |a| + |n|)


def relative_errors(gaps: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Divide each gap between an analytic and a numeric derivative by the derivatives' size.

    Parameters
    ----------
    gaps : array of any shape
        ``|analytic − numeric|``, of elements or of whole gradients.
    sizes : array of gaps' shape
        ``|analytic| + |numeric|``. A size below a thousandth of the largest is raised to that thousandth: below it,
        central differences have too few correct digits.

    Returns
    -------
    array of gaps' shape
    """
    return gaps / np.maximum(sizes, max(1e-8, 1e-3 * sizes.max(initial=0)))


class GradientError(ValueError):
    """An analytic and a numeric gradient differ; the message says where, and gives both values."""


def check_gradient(
    net: Network,
    loss: Loss,
    X: Array,
    y: Array,
    regularizer: Regularizer | None = None,
    *,
    eps: float = 1e-5,
    tolerance: float = 1e-6,
    directions: int | None = None,
) -> float:
    """Compare ∂J/∂θ from backward with central differences of J.

    The network's generator is restored before every evaluation, so that all evaluations use the same dropout masks.
    θ, state and generator are restored at the end.

    Parameters
    ----------
    net : Network
        A network of dtype float64.
    loss, X, y, regularizer
        As in `objective`.
    eps : float
        Half the distance between two evaluations.
    tolerance : float
        The largest relative error that is allowed.
    directions : int, optional
        For large networks: compare along this many random directions, with two evaluations each, instead of
        element by element. An error in few elements is then easier to miss.

    Returns
    -------
    float
        The largest relative error found.

    Raises
    ------
    GradientError
        If it exceeds the tolerance; the message names the parameter, the analytic and the numeric value.
    ValueError
        If the network is not float64.
    """
    if net.dtype != np.float64:
        raise ValueError(f"expected a float64 network, got {net.dtype}: build it with dtype=np.float64")
    checkpoint, generator = net.checkpoint(), net.rng.bit_generator.state
    xp, theta = array_module(net.theta), to_cpu(net.theta).copy()

    def objective_at(values: np.ndarray) -> float:
        net.rng.bit_generator.state = generator
        net.theta = xp.asarray(values)
        return float(objective(net, loss, X, y, regularizer))

    try:
        objective_at(theta)
        analytic = to_cpu(net.grad).copy()
        if directions is None:
            numeric, places = numeric_gradient(objective_at, theta, eps), _names(net)
        else:
            V = copy.deepcopy(net.rng).standard_normal((directions, len(theta)))
            V /= np.linalg.norm(V, axis=1, keepdims=True)
            analytic, numeric = V @ analytic, _slopes(objective_at, theta, V, eps)
            places = [f"random direction {i}" for i in range(directions)]
    finally:
        net.restore(checkpoint)
        net.rng.bit_generator.state = generator
    return _worst(analytic, numeric, places, tolerance)


def _slopes(f: Callable[[np.ndarray], float], theta: np.ndarray, V: np.ndarray, eps: float) -> np.ndarray:
    """Differentiate f at theta along each row of V, by central differences."""
    return np.array([(f(theta + eps * v) - f(theta - eps * v)) / (2 * eps) for v in V])


def _worst(analytic: np.ndarray, numeric: np.ndarray, places: list[str], tolerance: float) -> float:
    """Return the largest of the relative errors, or raise a GradientError for it."""
    errors = relative_errors(abs(analytic - numeric), abs(analytic) + abs(numeric))
    i = int(np.nan_to_num(errors, nan=np.inf).argmax()) if errors.size else 0
    worst = float(errors[i]) if errors.size else 0.0
    if not worst <= tolerance:
        raise GradientError(
            f"{places[i]}: backward gives {analytic[i]:.10g}, central differences give {numeric[i]:.10g}, "
            f"relative error {worst:.2g} where {tolerance:.2g} is allowed ({(errors > tolerance).sum()} of "
            f"{errors.size} exceed it): look at this layer's backward, or move away from kinks"
        )
    return worst


def _names(net: Network) -> list[str]:
    """Name every element of θ: layer, parameter, index."""
    return [
        f"layer {i} {layer}, {name}[{', '.join(map(str, index))}]"
        for i, layer in enumerate(net.layers)
        for name, shape in [*layer.weights.items(), *layer.offsets.items()]
        for index in np.ndindex(shape)
    ]
