"""Dropout at work on a small network: who is absent in which update. Lab 12's mask animation in numbers."""

from dataclasses import dataclass

import numpy as np

SIZES = (3, 5, 4, 2)  # units a layer; the two in the middle are hidden, and drop


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
        At test time everybody is present.
    seed : int
        Draws another history.

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
    """Count in how many of the first updates each hidden unit was present, and how many networks there were."""
    history = [update(k, p_drop, seed=seed) for k in range(1, updates + 1)]
    times = np.sum([u.hidden for u in history], axis=0) if history else np.zeros(sum(SIZES[1:-1]), int)
    return times, len({u.network for u in history})


def status(now: Update, p_drop: float, training: bool) -> str:
    """Say in words who is there."""
    units = len(now.hidden)
    if not training:
        return f"Test time: all {units} hidden units are present, and nothing is scaled."
    _, different = attendance(now.number, p_drop)
    return (
        f"Update {now.number}: {int(now.hidden.sum())} of {units} hidden units are present, each speaking "
        f"{1 / (1 - p_drop):.3g} times as loud. This is thinned network {now.network} of {2**units}; different "
        f"ones so far: {different}."
    )
