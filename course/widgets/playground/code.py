"""The code that the playground runs: the library's, or a student's functions from labs 05 and 06."""

import linecache
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from course.nn.activations import sigmoid
from course.nn.losses import BinaryCrossEntropy, SigmoidCrossEntropy
from course.nn.network import Network
from course.nn.regularizers import Regularizer, objective
from course.widgets.playground.settings import Settings

Forward = Callable[[np.ndarray, dict[str, np.ndarray]], Any]
Backward = Callable[[np.ndarray, np.ndarray, dict[str, np.ndarray]], Any]

LIMIT = 5.0  # seconds that one call of a student's function may take

#: lab 05's names for the parameters of the network with one hidden layer
PARAMS = ("W1", "b1", "W2", "b2")
#: setting that has no effect on a student's function → the reason
FIXED = {
    "activation": "your code uses tanh",
    "dropout": "your code drops nothing",
}


class StudentError(ValueError):
    """A student's function failed, or returned something that does not fit."""


@dataclass(frozen=True)
class Code:
    """The forward and backward passes that an experiment uses.

    Parameters
    ----------
    forward : callable, optional
        Lab 05's ``mlp_forward(X, params) -> (p, cache)``; by default the library's.
    backward : callable, optional
        Lab 06's ``mlp_backward(X, y, params) -> grads``; by default the library's.

    Raises
    ------
    TypeError
        If one of them cannot be called.
    """

    forward: Forward | None = None
    backward: Backward | None = None

    def __post_init__(self) -> None:
        for name in ("forward", "backward"):
            function = getattr(self, name)
            if function is not None and not callable(function):
                raise TypeError(f"{name}: expected a function or None, got {function!r}. Pass it without parentheses.")

    @property
    def is_students(self) -> bool:
        """Whether any of it is the student's: then there is one hidden layer of tanh units."""
        return self.forward is not None or self.backward is not None

    @property
    def whose(self) -> str:
        """Say in words whose code runs."""
        passes = {"forward": self.forward, "backward": self.backward}
        yours = [name for name, function in passes.items() if function is not None]
        if len(yours) == 1:
            return f"your {yours[0]}, the library's {'backward' if yours == ['forward'] else 'forward'}"
        return "your forward and backward" if yours else "the library's forward and backward"

    def check(self, settings: Settings) -> None:
        """Raise a ValueError if a student's function cannot do what the settings need."""
        fits = len(settings.layers) == 1 and settings.activation == "tanh" and not settings.dropout
        if self.is_students and not fits:
            raise ValueError(
                "with your own functions, expected one hidden layer, activation tanh and dropout 0, got "
                f"layers {settings.layers}, activation {settings.activation} and dropout {settings.dropout:g}. "
                "Change these settings, or leave forward and backward out."
            )

    def probabilities(self, net: Network, X: np.ndarray) -> np.ndarray:
        """Compute p, shape (N,), for X (N, n)."""
        if self.forward is None:
            return sigmoid(net.forward(X))[:, 0]
        name = _name(self.forward)
        answer = _call(self.forward, X.copy(), _params(net))
        if not isinstance(answer, tuple) or len(answer) != 2:
            raise StudentError(f"Your {name} should return (p, cache), got {_kind(answer)}. Return both.")
        return _array(answer[0], X.shape[:1], f"{name}'s p")

    def loss(self, net: Network, X: np.ndarray, y: np.ndarray) -> tuple[float, float]:
        """Compute the mean cross-entropy without penalty, and the accuracy."""
        if self.forward is None:
            output, loss = net.forward(X), SigmoidCrossEntropy()
            return float(loss.value(output, y)), float(((output[:, 0] >= 0) == y).mean())
        p = self.probabilities(net, X)
        if ((p < 0) | (p > 1)).any():
            raise StudentError(
                f"Your {_name(self.forward)} gave p from {p.min():.4g} to {p.max():.4g}, expected "
                "probabilities between 0 and 1. Does it end with the sigmoid?"
            )
        return float(BinaryCrossEntropy().value(p, y)), float(((p >= 0.5) == y).mean())

    def gradient(self, net: Network, X: np.ndarray, y: np.ndarray, regularizer: Regularizer | None) -> None:
        """Write ∂J/∂θ of one minibatch into net.grad."""
        if self.backward is None:
            objective(net, SigmoidCrossEntropy(), X, y, regularizer)
            return
        name = _name(self.backward)
        grads = _call(self.backward, X.copy(), y.copy(), _params(net))
        if not isinstance(grads, dict) or not set(PARAMS) <= set(grads):
            raise StudentError(f"Your {name} should return a dict with {', '.join(PARAMS)}, got {_kind(grads)}.")
        for key, layer in zip(PARAMS, (0, 0, -1, -1), strict=True):
            view = getattr(net.layers[layer], "d" + key[0])
            view[...] = _array(grads[key], view.shape, f"{name}'s grads[{key!r}]")
        if regularizer is not None:
            grad = net.grad
            grad += regularizer.grad(net.theta, net.is_weight)  # (11.2)


def _params(net: Network) -> dict[str, np.ndarray]:
    """Return copies, so that a function that changes its arguments does not change the weights."""
    first, last = net.layers[0], net.layers[-1]
    return {key: getattr(layer, key[0]).copy() for key, layer in zip(PARAMS, (first, first, last, last), strict=True)}


def _array(value: Any, shape: tuple[int, ...], what: str) -> np.ndarray:
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise StudentError(f"Your {what} should be an array of shape {shape}, got {_kind(value)}.") from None
    if array.shape != shape:
        raise StudentError(f"Your {what} should have shape {shape}, got {array.shape}. Print the shapes on the way.")
    return array


def _call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a student's function; an error becomes a message with the line where it happened."""
    try:
        return _timed(function, *arguments)
    except Exception as error:
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        end = "" if what.endswith((".", "?", "!")) else "."
        raise StudentError(f"Your {_name(function)} raised {what}{end} {_where(function, error)}".rstrip()) from error


def _timed(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function, and raise a TimeoutError in it if it takes too long.

    JupyterLab's kernel answers widgets in a thread of its own, where the button that interrupts the kernel has no
    effect. So the clock is read at every line that runs.
    """
    end, before = time.monotonic() + LIMIT, sys.gettrace()

    def watch(frame: FrameType, event: str, argument: Any) -> Any:
        if time.monotonic() > end:
            raise TimeoutError(f"it took more than {LIMIT:g} seconds. Does its loop end?")
        return watch

    sys.settrace(watch)
    try:
        return function(*arguments)
    finally:
        sys.settrace(before)


def _where(function: Callable[..., Any], error: Exception) -> str:
    """Quote the deepest line of the traceback that is in the student's own file or cell."""
    code = getattr(function, "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if code is not None and frame.filename == code.co_filename]
    if not own or own[-1].lineno is None:
        return ""
    frame = own[-1]
    line = linecache.getline(frame.filename, frame.lineno or 0).strip()
    place = f"Line {frame.lineno} of its cell" if "ipykernel" in frame.filename else (
        f"Line {frame.lineno} of {Path(frame.filename).name}"
    )  # fmt: skip
    return f"{place}: {line}"


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", "function")


def _kind(value: Any) -> str:
    """Describe a value in a few words."""
    if value is None:
        return "nothing (is there a return?)"
    if isinstance(value, dict):
        return f"a dict with {', '.join(map(str, value)) or 'nothing in it'}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    shape = getattr(value, "shape", None)
    return type(value).__name__ if shape is None else f"{type(value).__name__} of shape {shape}"
