"""Lab 12's mask animation: dropout in a small network, with new masks at every update."""

from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.looks import AXIS, BLUE, GRID, INK, VERMILION, WHITE
from course.show.tables import Table
from course.widgets.base import LABEL, Card, slider

SIZES = (3, 5, 4, 2)  # units in each layer; the two layers in the middle are hidden, and have dropout


@dataclass(frozen=True)
class Update:
    """One update of the training.

    Parameters
    ----------
    number : int
        1 for the first.
    present : tuple of arrays of bool
        For each layer, which units take part; inputs and outputs always do.
    """

    number: int
    present: tuple[np.ndarray, ...]

    @property
    def hidden(self) -> np.ndarray:
        """Which hidden units are present, all layers in one row."""
        return np.concatenate(self.present[1:-1])

    @property
    def network(self) -> int:
        """The number of this thinned network: the mask read as a binary number."""
        return int("".join("01"[int(unit)] for unit in self.hidden), 2)


def update(number: int, p_drop: float, training: bool = True, seed: int = 0) -> Update:
    """Draw the masks of one update; the same number gives the same masks.

    Parameters
    ----------
    number : int
        Which update, from 1.
    p_drop : float
        Probability of dropping, 0 ≤ p_drop < 1.
    training : bool
        At test time every unit is present.
    seed : int
        Another seed draws other masks.

    Raises
    ------
    ValueError
        If p_drop is not a probability below 1.
    """
    if not 0 <= p_drop < 1:
        raise ValueError(f"expected 0 <= p_drop < 1, got {p_drop}: it is the probability of dropping")
    rng = np.random.default_rng([seed, number])
    present = [rng.random(n) >= p_drop if training else np.ones(n, bool) for n in SIZES]
    present[0][:] = present[-1][:] = True
    return Update(number, tuple(present))


def attendance(updates: int, p_drop: float, seed: int = 0) -> tuple[np.ndarray, int]:
    """Count in how many of the first updates each hidden unit was present, and how many different networks they had."""
    history = [update(k, p_drop, seed=seed) for k in range(1, updates + 1)]
    times = np.sum([u.hidden for u in history], axis=0) if history else np.zeros(sum(SIZES[1:-1]), int)
    return times, len({u.network for u in history})


def status(now: Update, p_drop: float, training: bool) -> str:
    """Say in words how many units are present, and how their outputs are scaled."""
    units = len(now.hidden)
    if not training:
        return f"Test time: all {units} hidden units are present, and nothing is scaled."
    _, different = attendance(now.number, p_drop)
    return (
        f"Update {now.number}: {int(now.hidden.sum())} of {units} hidden units are present, their outputs multiplied "
        f"by {1 / (1 - p_drop):.3g}. This is thinned network {now.network} of {2**units}. Different networks so "
        f"far: {different}."
    )


#: x of each layer, and y of each unit in it
COLUMNS = (60.0, 180.0, 300.0, 420.0)
ROWS = [[170 + 62 * (k - (n - 1) / 2) for k in range(n)] for n in SIZES]
NAMES = ("inputs", "hidden 1", "hidden 2", "outputs")


def unit(x: float, y: float, present: bool) -> str:
    """Draw a unit: a filled circle, or a dashed one with a cross where it is absent."""
    if present:
        return svg.tag("circle", cx=x, cy=y, r=15, fill=BLUE, stroke=INK, stroke_width=1.5)
    ring = svg.tag("circle", cx=x, cy=y, r=15, fill=WHITE, stroke=AXIS, stroke_width=1.5, stroke_dasharray="4 3")
    strokes = [((x - 6, y - 6), (x + 6, y + 6)), ((x - 6, y + 6), (x + 6, y - 6))]
    return ring + "".join(svg.path(ends, stroke=VERMILION, stroke_width=2) for ends in strokes)


def draw(now: Update, alt: str) -> str:
    """Draw the network; only present units are connected."""
    lines, units = [], []
    for layer, (x, ys) in enumerate(zip(COLUMNS, ROWS, strict=True)):
        units.append(svg.text(x, 15, NAMES[layer], size=12))
        for k, y in enumerate(ys):
            units.append(unit(x, y, bool(now.present[layer][k])))
            if layer == 0:
                continue
            for j, y_before in enumerate(ROWS[layer - 1]):
                both = now.present[layer][k] and now.present[layer - 1][j]
                look: dict[str, Any] = {"stroke": AXIS if both else GRID, "stroke_width": 1.6 if both else 0.6}
                lines.append(svg.path([(COLUMNS[layer - 1], y_before), (x, y)], **look))
    return svg.card(480, 340, [*lines, *units], alt)


def table(now: Update, p_drop: float) -> Table:
    """Write for each hidden unit whether it is present now, and how often it was."""
    times, _ = attendance(now.number, p_drop)
    names = [f"{layer}.{k + 1}" for layer in (1, 2) for k in range(SIZES[layer])]
    rows = [
        (name, "present" if here else "absent", f"{count} of {now.number}")
        for name, here, count in zip(names, now.hidden, times, strict=True)
    ]
    return Table("The hidden units", ("unit", "now", "present in training so far"), rows)


class MaskAnimation(Card):
    """Dropout's masks, update by update.

    Attributes
    ----------
    update : ipywidgets.IntSlider
    play : ipywidgets.Play
        Walks through the updates.
    p_drop : ipywidgets.FloatSlider
    phase : ipywidgets.ToggleButtons
        Training or test.
    now : Update
        The masks on display.
    """

    def __init__(self) -> None:
        self.phase = widgets.ToggleButtons(options=["training", "test"], description="phase")
        self.update = widgets.IntSlider(value=1, min=1, max=60, description="update", **LABEL)
        self.play = widgets.Play(value=1, min=1, max=60, interval=700)
        widgets.link((self.play, "value"), (self.update, "value"))
        self.p_drop = slider("p_drop", 0.5, 0.0, 0.95, 0.05)
        super().__init__(
            "Which units are absent?",
            "In training, every update draws new masks. Play, or move the slider.",
            [self.phase, self.update, self.play, self.p_drop],
        )

    def refresh(self) -> None:
        """Compute and show what the controls ask for."""
        training, p_drop = self.phase.value == "training", self.p_drop.value
        self.now = update(self.update.value, p_drop, training)
        said = status(self.now, p_drop, training)
        absent = int(np.sum(~self.now.hidden))
        alt = f"A network of {' – '.join(map(str, SIZES))} units; {absent} hidden units are crossed out. {said}"
        self.show(draw(self.now, alt), said, table(self.now, p_drop))
