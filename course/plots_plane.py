"""Where networks of two inputs say 1: plots of the plane."""

from collections.abc import Callable, Mapping

import numpy as np

from course.looks import BLUE, INK, ORANGE, PALE_ORANGE, PAPER, SOFT_INK
from course.picture import Picture
from course.plots import new_figure
from course.tables import Table


def plot_regions(
    networks: Mapping[str, Callable[[np.ndarray], np.ndarray]], X: np.ndarray, y: np.ndarray, title: str = "Boundaries"
) -> Picture:
    """Plot side by side where networks say 1, over two-dimensional examples of two classes.

    Parameters
    ----------
    networks : mapping from a label to a function
        Each turns points (N, 2) into probabilities (N,).
    X : array, shape (N, 2)
        Examples, one a row.
    y : array, shape (N,)
        Labels, 0 or 1.
    title : str
        What the picture is called.

    Returns
    -------
    Picture
        Its table gives the share of examples that each network gets right, and of the plane where it says 1.

    Raises
    ------
    ValueError
        If there is no network, or X is not (N, 2).
    """
    if not networks or X.ndim != 2 or X.shape[1] != 2:
        raise ValueError(
            f"expected a network or more and X (N, 2), got {len(networks)} and X {X.shape}: "
            "give a dictionary of label → function, and examples with two features"
        )
    reach = 1.15 * float(np.abs(X).max())
    ticks = np.linspace(-reach, reach, 101)
    grid = np.stack(np.meshgrid(ticks, ticks), axis=-1)
    figure, first = new_figure(2.9 * len(networks), 3.1)
    first.remove()
    rows = []
    for i, (label, p_of) in enumerate(networks.items()):
        axes = figure.add_subplot(1, len(networks), i + 1, aspect="equal", facecolor=PAPER)
        ones = p_of(grid.reshape(-1, 2)).reshape(101, 101)
        axes.contourf(ticks, ticks, ones, levels=[0.5, 2], colors=[PALE_ORANGE])
        axes.contour(ticks, ticks, ones, levels=[0.5], colors=[INK], linewidths=1.5)
        for value, marker, colour in ((0, "s", BLUE), (1, "o", ORANGE)):
            points = X[y == value]
            axes.scatter(points[:, 0], points[:, 1], s=9, marker=marker, c=colour, edgecolors=INK, linewidths=0.3)
        axes.set_title(label, color=INK, fontsize=10.5)
        axes.tick_params(colors=SOFT_INK, labelcolor=INK, labelsize=8, length=3)
        right, plane = np.mean((p_of(X) >= 0.5) == y), np.mean(ones >= 0.5)
        rows.append((label, f"{right:.2f}", f"{plane:.2f}"))
    said = "; ".join(
        f"{label} calls {plane} of the plane 1 and has {right} of the examples right" for label, right, plane in rows
    )
    return Picture(figure, Table(title, ("network", "examples right", "share of the plane called 1"), rows), f"{said}.")
