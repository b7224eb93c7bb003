"""Lab 12's rotated digit: turn it, and watch the spread of a dropout network's predictions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np
from scipy.ndimage import rotate

from course.nn import dropout
from course.nn.activations import softmax
from course.nn.network import Network
from course.show import svg
from course.show.axes import Axes
from course.show.looks import BLUE, INK, VERMILION, WHITE
from course.show.tables import Table
from course.widgets.base import LABEL, Card
from course.widgets.pixels import embed, grey

T = 50  # stochastic passes for one picture

#: mean and spread of T calls of a noisy predictor: the student's mc_dropout
Spread = Callable[[Callable[[np.ndarray], np.ndarray], np.ndarray, int], tuple[Any, Any]]


@dataclass(frozen=True)
class Opinion:
    """The network's opinion of one picture.

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
    """Turn a picture counter-clockwise by degrees, within its frame, with linear interpolation between pixels."""
    return rotate(image, angle, reshape=False, order=1)


def ask(net: Network, image: np.ndarray, angle: float, spread: Spread | None = None) -> Opinion:
    """Turn a picture and apply the network to it, once without dropout and `T` times with it.

    Parameters
    ----------
    net : Network
        A classifier; its generator is left as it was. Without a Dropout layer, it has one opinion and no spread.
    image : array, shape (h, w)
        Grey values from 0 to 1.
    angle : float
        Degrees.
    spread : callable, optional
        A student's mc_dropout; by default the library's.
    """
    picture = turned(image, angle)
    X = picture.reshape(1, -1)
    before = net.rng.bit_generator.state
    net.rng.bit_generator.state = np.random.default_rng(0).bit_generator.state  # the same picture, the same numbers
    try:
        if not any(isinstance(layer, dropout.Dropout) for layer in net.layers):
            mean = softmax(net.predict(X))
            std = np.zeros_like(mean)
        elif spread is None:
            mean, std = dropout.mc_dropout(net, X, T, softmax)
        else:
            mean, std = spread(lambda X: softmax(net.forward(X, train=True)), X, T)
    finally:
        net.rng.bit_generator.state = before
    return Opinion(picture, softmax(net.predict(X))[0], np.asarray(mean)[0], np.asarray(std)[0])


def status(opinion: Opinion, angle: float, whose: str) -> str:
    """Say in words how certain the network is."""
    best, plain = int(opinion.mean.argmax()), int(opinion.plain.argmax())
    return (
        f"Turned by {angle:g}°. Plain softmax: a {plain}, {opinion.plain[plain]:.2f}. {T} passes with dropout "
        f"({whose} mc_dropout): a {best}, {opinion.mean[best]:.2f} ± {opinion.std[best]:.2f}."
    )


AXES = Axes((0.0, 10.0, 0.0, 1.0), left=240.0, top=50.0, width=270.0, height=200.0)


def draw(opinion: Opinion, alt: str) -> str:
    """Draw the digit, and for each class a bar (mean), its spread, and the plain softmax as a diamond."""
    parts = [embed(grey(opinion.image), 24.0, 56.0, 180.0)]
    parts.append(AXES.grid((0.0, 0.5, 1.0)))
    for k, (plain, mean, std) in enumerate(zip(opinion.plain, opinion.mean, opinion.std, strict=True)):
        x, top = AXES.place(k + 0.5, float(mean))
        parts.append(svg.tag("rect", x=x - 8, y=top, width=16, height=AXES.bottom - top, fill=BLUE, stroke=INK))
        parts.append(svg.haloed(AXES.place(k + 0.5, [mean - std, mean + std]), stroke=VERMILION, stroke_width=3))
        _, y = AXES.place(k + 0.5, float(plain))
        diamond = [(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)]
        parts.append(svg.path(diamond, closed=True, fill=WHITE, stroke=INK, stroke_width=1.5))
        parts.append(svg.text(x, AXES.bottom + 15, str(k), size=12))
    return svg.card(530, 285, [*parts, KEY], alt)


KEY = "".join(
    [
        svg.tag("rect", x=250, y=14, width=12, height=14, fill=BLUE, stroke=INK) + svg.text(270, 21, "mean", "start"),
        svg.path([(326, 12), (326, 30)], stroke=VERMILION, stroke_width=3) + svg.text(336, 21, "± spread", "start"),
        svg.path([(420, 15), (426, 21), (420, 27), (414, 21)], closed=True, fill=WHITE, stroke_width=1.5),
        svg.text(434, 21, "plain softmax", "start"),
    ]
)


def table(opinion: Opinion) -> Table:
    """Write the opinions class by class."""
    rows = [
        (str(k), f"{plain:.2f}", f"{mean:.2f}", f"{std:.2f}")
        for k, (plain, mean, std) in enumerate(zip(opinion.plain, opinion.mean, opinion.std, strict=True))
    ]
    return Table("How sure it is", ("class", "plain softmax", "mean", "spread"), rows)


class RotatedDigit(Card):
    """A digit to turn, and a network's opinion of it.

    Parameters
    ----------
    net : Network
        A classifier with at least one Dropout layer.
    images : array, shape (N, h, w)
        Pictures to choose from; their largest value counts as ink.
    labels : array of int, shape (N,)
        What they show; the first picture of each class is offered.
    spread : callable, optional
        A student's mc_dropout.

    Attributes
    ----------
    digit : ipywidgets.Dropdown
    angle : ipywidgets.IntSlider
    opinion : Opinion
        What is on display.
    """

    def __init__(self, net: Network, images: np.ndarray, labels: np.ndarray, spread: Spread | None = None) -> None:
        self.net, self.spread = net, spread
        self.images = np.asarray(images, float) / np.max(images)
        first = [(f"a {k}", int(np.flatnonzero(labels == k)[0])) for k in np.unique(labels)]
        self.digit = widgets.Dropdown(options=first, value=first[-3][1], description="digit", **LABEL)
        self.angle = widgets.IntSlider(value=0, min=-180, max=180, description="angle", **LABEL)
        super().__init__(
            "A rotated digit",
            "Turn it. When should the network begin to doubt?",
            [self.digit, self.angle],
        )

    def refresh(self) -> None:
        """Compute and show the numbers for the controls' values."""
        image, angle = self.images[self.digit.value], self.angle.value
        try:
            self.opinion = ask(self.net, image, angle, self.spread)
        except Exception as error:  # a student's function failed: show its error, and keep the widget working
            self.say(f"Your mc_dropout raised {type(error).__name__}: {error}")
            return
        said = status(self.opinion, angle, "the library's" if self.spread is None else "your")
        self.show(draw(self.opinion, f"A turned digit, and bars of probability for ten classes. {said}"), said,
                  table(self.opinion))  # fmt: skip
