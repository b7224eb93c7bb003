"""A digit turned on its side, and how sure a dropout network is of it: lab 12's numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.ndimage import rotate

from course.nn import dropout
from course.nn.activations import softmax
from course.nn.network import Network

T = 50  # stochastic passes for one picture

#: mean and spread of T calls of a noisy predictor: the student's mc_dropout
Spread = Callable[[Callable[[np.ndarray], np.ndarray], np.ndarray, int], tuple[Any, Any]]


@dataclass(frozen=True)
class Opinion:
    """What the network says of one picture.

    Parameters
    ----------
    image : array, shape (h, w)
        The turned picture, from 0 to 1.
    plain : array, shape (K,)
        Softmax of one pass with nothing dropped.
    mean, std : array, shape (K,)
        Over `T` passes with dropout on.
    """

    image: np.ndarray
    plain: np.ndarray
    mean: np.ndarray
    std: np.ndarray


def turned(image: np.ndarray, angle: float) -> np.ndarray:
    """Turn a picture by degrees, counter-clockwise, in its own frame; between pixels it interpolates linearly."""
    return rotate(image, angle, reshape=False, order=1)


def ask(net: Network, image: np.ndarray, angle: float, spread: Spread | None = None) -> Opinion:
    """Turn a picture and ask the network, once plainly and `T` times with dropout.

    Parameters
    ----------
    net : Network
        A classifier with at least one Dropout layer; its generator is left as it was.
    image : array, shape (h, w)
        Grey values from 0 to 1.
    angle : float
        Degrees.
    spread : callable, optional
        A student's mc_dropout; the library's where there is none.
    """
    picture = turned(image, angle)
    X = picture.reshape(1, -1)
    before = net.rng.bit_generator.state
    net.rng.bit_generator.state = np.random.default_rng(0).bit_generator.state  # the same picture, the same numbers
    try:
        if spread is None:
            mean, std = dropout.mc_dropout(net, X, T, softmax)
        else:
            mean, std = spread(lambda X: softmax(net.forward(X, train=True)), X, T)
    finally:
        net.rng.bit_generator.state = before
    return Opinion(picture, softmax(net.predict(X))[0], np.asarray(mean)[0], np.asarray(std)[0])


def status(opinion: Opinion, angle: float, whose: str) -> str:
    """Say in words how sure it is."""
    best, plain = int(opinion.mean.argmax()), int(opinion.plain.argmax())
    return (
        f"Turned by {angle:g}°. Plain softmax: a {plain}, {opinion.plain[plain]:.2f}. {T} passes with dropout "
        f"({whose} mc_dropout): a {best}, {opinion.mean[best]:.2f} ± {opinion.std[best]:.2f}."
    )
