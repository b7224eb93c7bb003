"""Lab 12's rotated digit: turn it, and watch how far the network's opinions spread."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from course.nn.network import Network
from course.show import svg
from course.show.looks import BLUE, GRID, INK, VERMILION, WHITE
from course.show.tables import Table
from course.widgets import rotation_model as model
from course.widgets.base import LABEL, Card
from course.widgets.pixels import embed, grey

LEFT, BASE, HEIGHT, STEP = 240.0, 250.0, 200.0, 27.0


def draw(opinion: model.Opinion, alt: str) -> str:
    """Draw the digit, and for each class a bar (mean), its spread, and the plain softmax as a diamond."""
    parts = [embed(grey(opinion.image), 24.0, 56.0, 180.0)]
    for tick in (0.0, 0.5, 1.0):
        y = BASE - HEIGHT * tick
        parts.append(svg.path([(LEFT - 6, y), (LEFT + 10 * STEP, y)], stroke=GRID, stroke_width=1))
        parts.append(svg.text(LEFT - 10, y, f"{tick:g}", "end", 12))
    for k, (plain, mean, std) in enumerate(zip(opinion.plain, opinion.mean, opinion.std, strict=True)):
        x, top = LEFT + STEP * (k + 0.5), BASE - HEIGHT * float(mean)
        parts.append(svg.tag("rect", x=x - 8, y=top, width=16, height=BASE - top, fill=BLUE, stroke=INK))
        ends = [BASE - HEIGHT * float(np.clip(mean + sign * std, 0, 1)) for sign in (-1, 1)]
        parts.append(svg.haloed([(x, ends[0]), (x, ends[1])], stroke=VERMILION, stroke_width=3))
        y = BASE - HEIGHT * float(plain)
        diamond = [(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)]
        parts.append(svg.path(diamond, closed=True, fill=WHITE, stroke=INK, stroke_width=1.5))
        parts.append(svg.text(x, BASE + 15, str(k), size=12))
    return svg.card(530, 285, [*parts, KEY], alt)


KEY = "".join(
    [
        svg.tag("rect", x=250, y=14, width=12, height=14, fill=BLUE, stroke=INK) + svg.text(270, 21, "mean", "start"),
        svg.path([(326, 12), (326, 30)], stroke=VERMILION, stroke_width=3) + svg.text(336, 21, "± spread", "start"),
        svg.path([(420, 15), (426, 21), (420, 27), (414, 21)], closed=True, fill=WHITE, stroke_width=1.5),
        svg.text(434, 21, "plain softmax", "start"),
    ]
)


def table(opinion: model.Opinion) -> Table:
    """Write the opinions class by class."""
    rows = [
        (str(k), f"{plain:.2f}", f"{mean:.2f}", f"{std:.2f}")
        for k, (plain, mean, std) in enumerate(zip(opinion.plain, opinion.mean, opinion.std, strict=True))
    ]
    return Table("How sure it is", ("class", "plain softmax", "mean", "spread"), rows)


class RotatedDigit(Card):
    """A digit on a turntable, and a network's opinion of it.

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

    def __init__(
        self, net: Network, images: np.ndarray, labels: np.ndarray, spread: model.Spread | None = None
    ) -> None:
        self.net, self.spread = net, spread
        self.images = np.asarray(images, float) / np.max(images)
        first = [(f"a {k}", int(np.flatnonzero(labels == k)[0])) for k in np.unique(labels)]
        self.digit = widgets.Dropdown(options=first, value=first[-3][1], description="digit", **LABEL)
        self.angle = widgets.IntSlider(value=0, min=-180, max=180, description="angle", **LABEL)
        super().__init__(
            "A digit on a turntable",
            "Turn it. When should the network begin to doubt?",
            [self.digit, self.angle],
        )
        self.digit.observe(self._refresh, "value")
        self.angle.observe(self._refresh, "value")
        self._refresh()

    def _refresh(self, change: Any = None) -> None:
        image, angle = self.images[self.digit.value], self.angle.value
        try:
            self.opinion = model.ask(self.net, image, angle, self.spread)
        except Exception as error:  # a student's function: say what it raised, and stay alive
            self.say(f"Your mc_dropout raised {type(error).__name__}: {error}")
            return
        status = model.status(self.opinion, angle, "the library's" if self.spread is None else "your")
        self.show(draw(self.opinion, f"A turned digit, and bars of probability for ten classes. {status}"), status,
                  table(self.opinion))  # fmt: skip
