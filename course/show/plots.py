"""The workbook's common look for figures, and the small plots that labs draw outside widgets.

Every plot is a `Picture`: an image and a table of the numbers that it shows.
Figures use matplotlib's object interface, so nothing here touches pyplot or the global settings.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import LogFormatter

from course.show.looks import AXIS, BLUE, GREEN, GRID, INK, PAPER, PURPLE, VERMILION
from course.show.picture import Picture
from course.show.tables import Table, number

SERIES = ((BLUE, "-", "o"), (VERMILION, "--", "s"), (GREEN, "-.", "^"), (PURPLE, ":", "D"), (INK, "-", "v"))
DPI = 192  # twice the 96 dots of a CSS inch: sharp on high-resolution screens


class PlainLog(LogFormatter):
    """Labels a logarithmic axis where matplotlib would, but writes numbers as the tables do."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Write the label at x, or none."""
        return number(x) if super().__call__(x, pos) else ""


def new_figure(width: float = 5.2, height: float = 4.0) -> tuple[Figure, Axes]:
    """Make a figure with one axes, in the workbook's look.

    Parameters
    ----------
    width, height : float
        Size in inches of 96 CSS pixels.

    Returns
    -------
    figure, axes
        pyplot has no reference to them, so they are freed with their last one.
    """
    margins = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.12)
    figure = Figure(figsize=(width, height), dpi=DPI, facecolor=PAPER, layout=margins)
    axes = figure.add_subplot(facecolor=PAPER)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(AXIS)
    axes.tick_params(which="both", colors=AXIS, labelcolor=INK, labelsize=9)
    axes.tick_params(length=3)
    for label in (axes.xaxis.label, axes.yaxis.label, axes.title):
        label.set(color=INK, fontsize=10.5)
    axes.set_axisbelow(True)
    return figure, axes


def plot_losses(
    losses: Sequence[float] | np.ndarray | Mapping[str, Sequence[float] | np.ndarray],
    title: str = "Loss while learning",
    xlabel: str = "step",
    ylabel: str = "loss",
    log: bool = False,
) -> Picture:
    """Plot one learning curve, or several in one plot.

    Parameters
    ----------
    losses : sequence of float, or mapping from a label to one
        The curves; each may have its own length.
    title, xlabel, ylabel : str
        What the picture is called and what its axes are.
    log : bool
        Whether the axis of the losses is logarithmic.

    Returns
    -------
    Picture
        Its table gives the curves at about nine steps.

    Raises
    ------
    ValueError
        If there is no curve, or a curve is empty or not one-dimensional.
    """
    curves = losses if isinstance(losses, Mapping) else {ylabel: losses}
    longest = max((np.size(curve) for curve in curves.values()), default=0)
    return plot_curves(np.arange(longest), curves, title, xlabel, ylabel, log)


def plot_curves(
    x: Sequence[float] | np.ndarray,
    curves: Mapping[str, Sequence[float] | np.ndarray],
    title: str,
    xlabel: str,
    ylabel: str = "",
    log: bool = False,
) -> Picture:
    """Plot curves over a shared axis. Dashes and markers distinguish them, not only colour.

    Parameters
    ----------
    x : array_like, shape (n,)
        The shared axis.
    curves : mapping from a label to array_like, shape (m,) with m ≤ n
        A shorter curve ends earlier.
    title, xlabel, ylabel : str
        What the picture is called and what its axes are.
    log : bool
        Whether the vertical axis is logarithmic.

    Returns
    -------
    Picture
        Its table gives the curves at about nine places.

    Raises
    ------
    ValueError
        If there is no curve, or a curve is empty, not one-dimensional or longer than `x`.
    """
    x = np.asarray(x, float)
    drawn = {label: np.asarray(curve, float) for label, curve in curves.items()}
    if not drawn or any(curve.ndim != 1 or not 0 < curve.size <= x.size for curve in drawn.values()):
        shapes = {label: curve.shape for label, curve in drawn.items()}
        raise ValueError(f"expected curves of up to {x.size} numbers, got shapes {shapes}: give one list per curve")
    figure, axes = new_figure()
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    for i, (label, curve) in enumerate(drawn.items()):
        colour, dashes, marker = SERIES[i % len(SERIES)]
        look: dict[str, Any] = {"color": colour, "linestyle": dashes, "marker": marker}
        axes.plot(
            x[: curve.size], curve, **look, markevery=max(1, x.size // 8), markersize=5, linewidth=1.8, label=label
        )
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title, yscale="log" if log else "linear")
    if log:
        axes.yaxis.set_major_formatter(PlainLog())
        axes.yaxis.set_minor_formatter(PlainLog())
    if (x == x.round()).all():  # epochs, steps and layers are whole numbers
        axes.locator_params(axis="x", integer=True)
    if len(drawn) > 1:
        columns = max(1, min(3, 60 // (max(map(len, drawn)) + 8)))  # below the plot, so that it covers no curve
        figure.legend(frameon=False, labelcolor=INK, fontsize=9, loc="outside lower left", ncols=columns)
    places = np.unique(np.linspace(0, x.size - 1, min(x.size, 9)).round().astype(int))
    rows = [(number(x[k]), *(number(curve[k]) if k < curve.size else "–" for curve in drawn.values())) for k in places]
    said = "; ".join(f"{label} {_course(x, curve)}" for label, curve in drawn.items())
    summary = f"Over {xlabel} {number(x[0])} to {number(x[-1])}: {said}."
    return Picture(figure, Table(title, (xlabel, *drawn), rows), summary)


def _course(x: np.ndarray, curve: np.ndarray) -> str:
    """Say where a curve begins and ends, and where it is lowest and highest if that is in between."""
    said = f"from {number(curve[0])} to {number(curve[-1])}"
    if not np.isnan(curve).all():
        for word, k in (("lowest", np.nanargmin(curve)), ("highest", np.nanargmax(curve))):
            if curve[k] not in (curve[0], curve[-1]):
                said += f", {word} {number(curve[k])} at {number(x[k])}"
    return said
