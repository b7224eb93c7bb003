"""Training and validation loss over epochs, for the clinic, the gap monitor and the training monitor."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course.show import svg
from course.show.axes import Axes
from course.show.looks import AXIS, BLUE, GRID, VERMILION
from course.show.tables import Table, number

FIXED = (0.01, 200.0)  # the losses that are shown, unless the axis follows the data
KEY = "".join(
    [
        svg.key(90, 18, "training", stroke=BLUE, stroke_width=2.4),
        svg.key(196, 18, "validation", stroke=VERMILION, stroke_width=2.4, stroke_dasharray="6 4"),
    ]
)
UNTREATED = svg.key(312, 18, "untreated", stroke=AXIS, stroke_width=1.2)


@dataclass(frozen=True)
class Curves:
    """Losses after each epoch, and the network's accuracy at the end.

    Parameters
    ----------
    training, validation : array, shape (epochs,)
        Mean cross-entropies.
    accuracy : float
        Share of the validation digits that the final network reads correctly.
    """

    training: np.ndarray
    validation: np.ndarray
    accuracy: float = float("nan")


def loss_axes(epochs: int, limits: tuple[float, float] = FIXED, height: float = 250.0) -> Axes:
    """Return axes from the start to an epoch, with losses on a logarithmic scale."""
    return Axes((0.0, max(epochs, 1), *limits), left=60.0, top=40.0, width=380.0, height=height, log="y")


def loss_ticks(axes: Axes) -> list[float]:
    """Return the powers of ten on an axis of losses; if there are fewer than two, also numbers between them."""
    low, high = axes.box[2:]
    powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    for steps in ((1,), (1, 3), (1, 2, 5), range(1, 10)):
        ticks = [float(step * power) for power in powers for step in steps if low <= step * power <= high * (1 + 1e-9)]
        if len(ticks) >= 2:
            break
    return ticks


def drawn_losses(axes: Axes, curves: Curves, colours: Sequence[str] = (BLUE, VERMILION), width: float = 2.4) -> str:
    """Draw training (solid) and validation (dashed) losses."""
    return "".join(
        axes.line(np.arange(1, len(losses) + 1), losses, stroke=colour, stroke_width=width, stroke_dasharray=dashes)
        for losses, colour, dashes in zip((curves.training, curves.validation), colours, ("none", "6 4"), strict=True)
    )


def draw(curves: Curves, before: Curves | None, alt: str, shaded: bool = False) -> str:
    """Draw the losses on a fixed scale, and those without a remedy in grey; shade the gap if asked."""
    longest = max(len(c.training) for c in (curves, before) if c)
    axes, epochs = loss_axes(longest), np.arange(1, len(curves.training) + 1)
    parts = [KEY, UNTREATED if before else "", axes.grid(loss_ticks(axes))]
    if shaded:
        gap = [*axes.place(epochs, curves.training), *axes.place(epochs, curves.validation)[::-1]]
        parts.append(svg.path(gap, closed=True, stroke="none", fill=GRID))
    parts += [drawn_losses(axes, before, (AXIS, AXIS), 1.2)] if before else []
    parts += [drawn_losses(axes, curves), axes.corner(), axes.below((0, longest // 2, longest), "epoch")]
    parts.append(svg.text(16, axes.top - 18, "loss", "start", font_style="italic"))
    return svg.card(470, 330, parts, alt)


def table(curves: Curves) -> Table:
    """Return a table of both curves at six epochs."""
    at = np.unique(np.linspace(0, len(curves.training) - 1, 6).round().astype(int))
    rows = [(str(i + 1), number(curves.training[i]), number(curves.validation[i])) for i in at]
    return Table("The curves in numbers", ("epoch", "training", "validation"), rows)
