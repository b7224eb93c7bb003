"""Losses over two parameters as maps: contours, and the paths of gradient descents on them."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from contourpy import contour_generator  # comes with matplotlib, which draws its contours with it

from course.show import svg
from course.show.axes import Axes
from course.show.looks import AXIS, CONTOUR, INK, PAPER, VERMILION
from course.show.picture import Drawing
from course.show.tables import Table, number

Loss = Callable[[np.ndarray], np.ndarray]
LEVELS = 15
SIDE = 280.0  # pixels of one map


@lru_cache(maxsize=32)  # a path on a map changes often, its contours do not
def contours(loss: Loss, axes: Axes, power: float = 2.0) -> str:
    """Draw the lines of equal loss in a window; darker means lower.

    Parameters
    ----------
    loss : callable
        Parameters (..., 2) → losses (...).
    axes : Axes
        The window.
    power : float
        How much closer together the levels are near the bottom; 1 for even steps.
    """
    x_low, x_high, y_low, y_high = axes.box
    x, y = np.linspace(x_low, x_high, 61), np.linspace(y_low, y_high, 61)
    losses = loss(np.stack(np.meshgrid(x, y), axis=-1))
    low, high = losses.min(), losses.max()
    levels = low + (high - low) * np.linspace(0, 1, LEVELS)[:-1] ** power
    lines: Any = contour_generator(x, y, losses)
    drawn = [svg.tag("rect", width=axes.width, height=axes.height, fill=depth(0))]
    for i, level in enumerate(levels[::-1]):
        filled, offsets = lines.filled(-np.inf, float(level)) if i else ([], [])
        for points, holes in zip(filled, offsets, strict=True):
            rings = [axes.pixels(points[a:z]) for a, z in pairwise(holes)]
            d = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in rings)
            drawn.append(svg.tag("path", d=d, fill=depth(i / len(levels)), stroke=CONTOUR, stroke_width=0.7))
    return "".join(drawn)


def depth(share: float) -> str:
    """Return the colour of an area: blue where the loss is low, the paper's colour where it is high."""
    high, low = np.array([252, 252, 250]), np.array([132, 179, 215])
    return "rgb({:.0f},{:.0f},{:.0f})".format(*(high + share * (low - high)))


def start_mark(x: float, y: float) -> str:
    """Draw where a path begins."""
    return svg.tag("rect", x=float(x - 5), y=float(y - 5), width=10, height=10, fill=PAPER, stroke=INK, stroke_width=2)


def now_mark(x: float, y: float) -> str:
    """Draw the current end of a path."""
    return svg.dot((x, y), 8, fill="none", stroke=INK, stroke_width=2.5) + svg.dot((x, y), 3.5, fill=VERMILION)


def path_on(axes: Axes, places: np.ndarray) -> str:
    """Draw a path in a window: a square at its beginning, a dot for each step, a ring around the last dot."""
    low, high = np.reshape(axes.box, (2, 2)).T
    at = axes.pixels(np.clip(places, low - 4 * (high - low), high + 4 * (high - low)))  # farther out is never visible
    drawn = svg.haloed(at, stroke=VERMILION, stroke_width=2)
    drawn += "".join(svg.dot(place, 3, fill=VERMILION) for place in at[1:-1])
    return drawn + start_mark(*at[0]) + now_mark(*at[-1])


def key_of_paths(left: float, y: float = 20.0) -> str:
    """Explain the marks of a path, and the colours of the map."""
    drawn = start_mark(left + 9, y) + svg.text(left + 22, y, "start", "start")
    drawn += svg.path([(left + 70, y), (left + 98, y)], stroke=VERMILION) + svg.dot((left + 84, y), 3, fill=VERMILION)
    drawn += svg.text(left + 106, y, "steps", "start") + now_mark(left + 162, y)
    drawn += svg.text(left + 177, y, "now", "start")
    drawn += svg.tag("rect", x=left + 224, y=y - 7, width=22, height=14, fill=depth(1), stroke=AXIS)
    return drawn + svg.text(left + 254, y, "darker is lower", "start")


def plot_paths(
    cost: Loss | Mapping[str, Loss],
    paths: Mapping[str, Sequence[Any] | np.ndarray],
    title: str = "Paths downhill",
    names: tuple[str, str] = ("w", "b"),
    box: tuple[float, float, float, float] | None = None,
    power: float = 3.0,
) -> Drawing:
    """Draw paths over two parameters side by side, each on the contours of its cost.

    Parameters
    ----------
    cost : callable, or mapping from a label to one
        Parameters (..., 2) → costs (...). One for all paths, or one for each.
    paths : mapping from a label to array_like, shape (K + 1, 2)
        One to three paths: row k is the place after k steps.
    title : str
        What the drawing is called.
    names : (str, str)
        What the two parameters are called.
    box : (x_low, x_high, y_low, y_high), optional
        The visible rectangle; by default one that holds all paths.
    power : float
        How much closer together the contours are near the bottom.

    Returns
    -------
    Drawing
        Its table gives, for each path, the number of steps, where it begins and ends, and the costs there.

    Raises
    ------
    ValueError
        If there is no path or more than three, if a path does not have the shape (K + 1, 2), or if one has no cost.
    """
    walks = {label: np.asarray(walk, float) for label, walk in paths.items()}
    costs = dict(cost) if isinstance(cost, Mapping) else dict.fromkeys(walks, cost)
    fits = all(walk.ndim == 2 and walk.shape[1] == 2 and len(walk) for walk in walks.values())
    if not 1 <= len(walks) <= 3 or not fits:
        shapes = {label: walk.shape for label, walk in walks.items()}
        raise ValueError(f"expected one to three paths of shape (K + 1, 2), got {shapes}: give one row per place")
    if costs.keys() != walks.keys():
        raise ValueError(f"expected a cost for each of {', '.join(walks)}, got {', '.join(costs)}: use the same labels")
    box = box or _around(np.vstack([*walks.values()]))
    parts, rows = [], []
    for k, (label, walk) in enumerate(walks.items()):
        axes = Axes(box, left=62.0 + (SIDE + 76) * k, top=72.0, width=SIDE, height=SIDE)
        parts.append(axes.window([contours(costs[label], axes, power), path_on(axes, walk)]))
        parts.append(axes.frame(names[0], names[1] if k == 0 else "", _ticks(*box[:2]), _ticks(*box[2:])))
        parts.append(svg.text(axes.left + SIDE / 2, 54, label, font_weight=600))
        first, last = (float(costs[label](place)) for place in walk[[0, -1]])
        ends = (f"({number(a)}, {number(b)})" for a, b in walk[[0, -1]])
        rows.append((label, str(len(walk) - 1), *ends, number(first), number(last)))
    said = "; ".join(f"{row[0]}: {row[1]} steps, cost from {row[4]} to {row[5]}" for row in rows) + "."
    table = Table(title, ("walk", "steps", "from", "to", "cost at start", "cost at end"), rows)
    width = max(62 + (SIDE + 76) * len(walks) - 56, 440.0)
    return Drawing(svg.card(width, SIDE + 116, [key_of_paths(60), *parts], f"{title}. {said}"), table, said)


def _around(places: np.ndarray) -> tuple[float, float, float, float]:
    """Return a rectangle that holds all places, with a margin."""
    low, high = places.min(axis=0), places.max(axis=0)
    room = 0.15 * np.maximum(high - low, 1e-6) + 0.05 * (high - low).max()
    (x_low, y_low), (x_high, y_high) = low - room, high + room
    return float(x_low), float(x_high), float(y_low), float(y_high)


def _ticks(low: float, high: float) -> list[float]:
    """Return three to seven round numbers between two bounds."""
    step = 10.0 ** np.floor(np.log10((high - low) / 3))
    while (high - low) / step > 7:
        step *= 2 if round(np.log10(step) % 1, 6) in (0.0, 1.0) or (high - low) / step > 14 else 2.5
    return [float(round(k * step, 12)) for k in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)]
