"""Plots of the plane: examples with two features, the line of a neuron, the regions of a network."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from course.show.looks import AXIS, BLUE, INK, ORANGE, ORANGE_AREA, PAPER
from course.show.picture import Picture
from course.show.plots import new_figure
from course.show.tables import Table, number, signed


def draw_classes(axes: Axes, X: np.ndarray, y: np.ndarray) -> None:
    """Draw examples of two classes: squares for 0, circles for 1, so that colour is not needed to tell them apart."""
    for label, marker, colour in ((0, "s", BLUE), (1, "o", ORANGE)):
        points = X[y == label]
        look: dict[str, Any] = {"c": colour, "edgecolors": INK, "linewidths": 1.2, "zorder": 4}
        axes.scatter(points[:, 0], points[:, 1], s=90, marker=marker, label=f"y = {label}", **look)


def line_ends(w: np.ndarray, b: float, box: tuple[float, float, float, float]) -> np.ndarray | None:
    """Find where the line w·x + b = 0 enters and leaves a box.

    Parameters
    ----------
    w : array, shape (2,)
        Weights.
    b : float
        Bias.
    box : (x1_low, x1_high, x2_low, x2_high)
        The visible rectangle.

    Returns
    -------
    array, shape (2, 2), or None
        The two end points as rows; None if no part of the line is visible.
    """
    x_low, x_high, y_low, y_high = box
    corners = np.array([[x_low, y_low], [x_high, y_low], [x_high, y_high], [x_low, y_high]])
    h = corners @ w + b
    ends = []
    for i in range(4):
        j = (i + 1) % 4
        if (h[i] < 0) != (h[j] < 0):  # the sign changes along this edge, so the line crosses it
            ends.append(corners[i] + h[i] / (h[i] - h[j]) * (corners[j] - corners[i]))
    return np.array(ends[:2]) if len(ends) >= 2 else None


def plot_line(w: Sequence[float] | np.ndarray, b: float, X: np.ndarray, y: np.ndarray) -> Picture:
    """Plot two-dimensional examples and the decision boundary of a neuron.

    Parameters
    ----------
    w : array_like, shape (2,)
        Weights.
    b : float
        Bias.
    X : array_like, shape (N, 2)
        Examples, one per row.
    y : array_like, shape (N,)
        Labels, 0 or 1.

    Returns
    -------
    Picture
        Its table gives h = w·x + b and the side of the line for every example.

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """
    w, X, y = np.asarray(w, float), np.asarray(X, float), np.asarray(y)
    if X.ndim != 2 or X.shape[1] != 2 or w.shape != (2,) or y.shape != X.shape[:1]:
        raise ValueError(
            f"expected w (2,), X (N, 2) and y (N,), got w {w.shape}, X {X.shape} and y {y.shape}: "
            "this plot shows examples with two features"
        )
    (x1_low, x2_low), (x1_high, x2_high) = X.min(axis=0) - 0.5, X.max(axis=0) + 0.5
    box = (float(x1_low), float(x1_high), float(x2_low), float(x2_high))
    figure, axes = new_figure()
    draw_classes(axes, X, y)
    ends = line_ends(w, b, box)
    if ends is not None:
        axes.plot(*ends.T, color=INK, linewidth=1.8, label="w·x + b = 0")
    axes.set(xlim=box[:2], ylim=box[2:], xlabel="x₁", ylabel="x₂")
    axes.legend(frameon=False, labelcolor=INK, fontsize=9, loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
    axes.locator_params(nbins=6)
    h = X @ w + b
    rows = [
        (str(tuple(map(number, x))).replace("'", ""), number(label), number(z), "0" if z < 0 else "1")
        for x, label, z in zip(X, y, h, strict=True)
    ]
    caption = f"Examples and the line {signed(w[0])}·x₁ + {signed(w[1])}·x₂ + {signed(b)} = 0"
    right = int(np.sum((h >= 0) == y))
    summary = f"{right} of {len(y)} examples lie on their side of the line"
    summary += "." if ends is not None else ", which is out of view."
    return Picture(figure, Table(caption, ("x", "y", "h", "side"), rows), summary)


def plot_regions(
    networks: Mapping[str, Callable[[np.ndarray], np.ndarray]], X: np.ndarray, y: np.ndarray, title: str = "Boundaries"
) -> Picture:
    """Plot, side by side, the regions where networks say 1, with two-dimensional examples of two classes.

    Parameters
    ----------
    networks : mapping from a label to a function
        Each turns points (N, 2) into probabilities (N,).
    X : array, shape (N, 2)
        Examples, one per row.
    y : array, shape (N,)
        Labels, 0 or 1.
    title : str
        What the picture is called.

    Returns
    -------
    Picture
        Its table gives, for each network, the share of examples that it gets right and the share of the plane where it
        says 1.

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
        axes.contourf(ticks, ticks, ones, levels=[0.5, 2], colors=[ORANGE_AREA])
        axes.contour(ticks, ticks, ones, levels=[0.5], colors=[INK], linewidths=1.5)
        for value, marker, colour in ((0, "s", BLUE), (1, "o", ORANGE)):
            points = X[y == value]
            axes.scatter(points[:, 0], points[:, 1], s=9, marker=marker, c=colour, edgecolors=INK, linewidths=0.3)
        axes.set_title(label, color=INK, fontsize=10.5)
        axes.tick_params(colors=AXIS, labelcolor=INK, labelsize=8, length=3)
        right, plane = np.mean((p_of(X) >= 0.5) == y), np.mean(ones >= 0.5)
        rows.append((label, f"{right:.2f}", f"{plane:.2f}"))
    said = "; ".join(
        f"{label} calls {plane} of the plane 1 and gets {right} of the examples right" for label, right, plane in rows
    )
    return Picture(figure, Table(title, ("network", "examples right", "share of the plane called 1"), rows), f"{said}.")
