"""Axes of a drawing: from data to pixels on linear or logarithmic scales, with ticks, frames and grid lines."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course.show.looks import AXIS, GRID
from course.show.svg import path, tag, text
from course.show.tables import number

Write = Callable[[float], str]


@dataclass(frozen=True)
class Axes:
    """Two axes on a drawing.

    Parameters
    ----------
    box : (x_low, x_high, y_low, y_high)
        The visible rectangle, in data coordinates; an axis may run backwards.
    left, top, width, height : float
        Its place on the card, in pixels.
    log : {"", "x", "y", "xy"}
        Which axes are logarithmic.
    """

    box: tuple[float, float, float, float]
    left: float
    top: float
    width: float
    height: float
    log: str = ""

    @property
    def right(self) -> float:
        """The right edge, in pixels."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge, in pixels."""
        return self.top + self.height

    def pixels(self, points: Any) -> np.ndarray:
        """Turn data points (..., 2) into positions in the window's pixels; a point outside the box stays outside."""
        x, y = np.moveaxis(np.asarray(points, float), -1, 0)
        x_low, x_high, y_low, y_high = self.box
        across, up = _share(x, x_low, x_high, "x" in self.log), _share(y, y_low, y_high, "y" in self.log)
        return np.stack([self.width * across, self.height * (1 - up)], axis=-1)

    def place(self, x: Any, y: Any) -> np.ndarray:
        """Turn data into positions (..., 2) on the card; a point beyond an edge is moved to that edge."""
        (x_low, x_high), (y_low, y_high) = sorted(self.box[:2]), sorted(self.box[2:])
        held = np.broadcast_arrays(np.clip(x, x_low, x_high), np.clip(y, y_low, y_high))
        return self.pixels(np.stack(held, axis=-1)) + np.array([self.left, self.top])

    def window(self, parts: Iterable[str]) -> str:
        """Draw parts that were positioned with `pixels`, and clip them to the window."""
        return tag("svg", "".join(parts), x=self.left, y=self.top, width=self.width, height=self.height)

    def line(self, x: Any, y: Any, **look: Any) -> str:
        """Draw a line through data; points beyond an edge are moved to it."""
        return path(self.place(x, y), **look)

    def frame(self, xlabel: str, ylabel: str, ticks: Sequence[float], yticks: Sequence[float] | None = None) -> str:
        """Draw a frame, ticks on both axes, and their labels. The axes have the same ticks unless `yticks` is given."""
        box: dict[str, Any] = {"x": self.left, "y": self.top, "width": self.width, "height": self.height}
        drawn = tag("rect", fill="none", stroke=AXIS, **box)
        x_low, _, y_low, _ = self.box
        for value in ticks:
            x, _ = self.place(value, y_low)
            drawn += path([(x, self.bottom), (x, self.bottom + 4)], stroke=AXIS, stroke_width=1)
        for value in ticks if yticks is None else yticks:
            _, y = self.place(x_low, value)
            drawn += path([(self.left - 4, y), (self.left, y)], stroke=AXIS, stroke_width=1)
            drawn += text(self.left - 8, y, number(value), anchor="end", size=12)
        drawn += text(self.left - 32, self.top + self.height / 2, ylabel, font_style="italic") if ylabel else ""
        return drawn + self.below(ticks, xlabel)

    def grid(self, ticks: Iterable[float], write: Write = number) -> str:
        """Draw a thin horizontal line at each tick of the y axis, with its number on the left."""
        drawn = ""
        for value in ticks:
            _, y = self.place(self.box[0], value)
            drawn += path([(self.left, y), (self.right, y)], stroke=GRID, stroke_width=1)
            drawn += text(self.left - 8, y, write(value), "end", 12)
        return drawn

    def below(self, ticks: Iterable[float], label: str = "", write: Write = number) -> str:
        """Write the numbers of the x axis, and its label."""
        drawn = ""
        for value in ticks:
            x, _ = self.place(value, self.box[2])
            drawn += text(x, self.bottom + 14, write(value), size=12)
        named = text(self.left + self.width / 2, self.bottom + 32, label, font_style="italic") if label else ""
        return drawn + named

    def corner(self) -> str:
        """Draw the two axes as lines that meet in the lower left corner."""
        return path([(self.left, self.top), (self.left, self.bottom), (self.right, self.bottom)], stroke=AXIS,
                    stroke_width=1)  # fmt: skip


def _share(values: np.ndarray, low: float, high: float, log: bool) -> np.ndarray:
    """Return how far along an axis values lie: 0 at its low end, 1 at its high end."""
    return np.log(values / low) / np.log(high / low) if log else (values - low) / (high - low)
