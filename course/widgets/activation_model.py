"""The activations, their slopes, and where they stop listening. Lab 08's explorer in numbers."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course.nn import activations

FLAT = 0.05  # a slope smaller than this in size counts as flat: twenty such layers in a row leave nothing
REACH = 5.0  # the explorer shows z from −REACH to REACH
PIECES = ((-1.0, -1.5), (0.2, 0.0), (1.0, -1.0))  # slope and height of the maxout unit's three lines


def _maxout(z: np.ndarray) -> np.ndarray:
    return np.max([slope * z + height for slope, height in PIECES], axis=0)


def _maxout_grad(z: np.ndarray) -> np.ndarray:
    winner = np.argmax([slope * z + height for slope, height in PIECES], axis=0)
    return np.array([slope for slope, _ in PIECES])[winner]


@dataclass(frozen=True)
class Bend:
    """An activation on display.

    Parameters
    ----------
    name : str
        What it is called.
    f, f_grad : callable
        The function and its slope: (z, knob) → array.
    knob : str
        What its parameter is called; empty if it has none.
    """

    name: str
    f: Callable[[np.ndarray, float], np.ndarray]
    f_grad: Callable[[np.ndarray, float], np.ndarray]
    knob: str = ""


def _plain(name: str, f: Callable, f_grad: Callable) -> Bend:
    return Bend(name, lambda z, knob: f(z), lambda z, knob: f_grad(z))


BENDS = (
    _plain("sigmoid", activations.sigmoid, activations.sigmoid_grad),
    _plain("tanh", activations.tanh, activations.tanh_grad),
    _plain("relu", activations.relu, activations.relu_grad),
    Bend("leaky relu", activations.leaky_relu, activations.leaky_relu_grad, "slope"),
    Bend("elu", activations.elu, activations.elu_grad, "α"),
    _plain("softplus", activations.softplus, activations.softplus_grad),
    _plain("|z|", activations.absolute, activations.absolute_grad),
    _plain("maxout of 3", _maxout, _maxout_grad),
)


def flat_stretches(bend: Bend, knob: float, points: int = 1001) -> list[tuple[float, float]]:
    """Find where the slope is less than `FLAT` in size: intervals of z, from left to right."""
    z = np.linspace(-REACH, REACH, points)
    flat = np.concatenate([[False], np.abs(bend.f_grad(z, knob)) < FLAT, [False]])
    starts, ends = np.flatnonzero(~flat[:-1] & flat[1:]), np.flatnonzero(flat[:-1] & ~flat[1:]) - 1
    # a corner, where the slope is set to 0 by convention, is no stretch
    return [(float(z[i]), float(z[j])) for i, j in zip(starts, ends, strict=True) if j > i]


def status(bend: Bend, knob: float, z: float) -> str:
    """Say in words what a unit at z hears, and what ten such layers would leave."""
    slope = float(bend.f_grad(np.array(z), knob))
    if abs(slope) < FLAT:
        heard = "It is saturated: next to nothing of the gradient gets through."
    elif abs(slope) < 0.5:
        heard = "It passes less than half of the gradient on."
    else:
        heard = "It passes the gradient on."
    return f"At z = {z:.2f} the slope of {bend.name} is {slope:.3g}. {heard}"
