"""Split a data set once: into training, validation and test set."""

import numpy as np
from numpy.random import Generator


def split(X: np.ndarray, y: np.ndarray, fractions: tuple[float, ...], rng: Generator) -> list[np.ndarray]:
    """Shuffle the examples and split them into parts.

    Parameters
    ----------
    X : ndarray, shape (N, …)
        Inputs.
    y : ndarray, shape (N, …)
        Targets; each stays with its input.
    fractions : tuple of float
        The share of each part, for example (0.6, 0.2, 0.2) for training, validation and test. Shares must sum to 1.
    rng : Generator
        Source of randomness.

    Returns
    -------
    list of ndarray
        X₁, y₁, X₂, y₂ …, one pair for each part.

    Raises
    ------
    ValueError
        X and y differ in length, a fraction is not positive, the fractions do not sum to 1, or a part is empty.
    """
    if len(X) != len(y):
        raise ValueError(f"expected as many rows in X as in y, got {len(X)} and {len(y)}.")
    if min(fractions) <= 0 or abs(sum(fractions) - 1) > 1e-9:
        raise ValueError(f"fractions: expected positive shares that add up to 1, got {fractions}.")
    ends = np.rint(np.cumsum(fractions) * len(X)).astype(int)
    parts = np.split(rng.permutation(len(X)), ends[:-1])
    if min(len(part) for part in parts) == 0:
        raise ValueError(f"fractions {fractions} of {len(X)} examples leave a part empty: use fewer parts.")
    return [array[part] for part in parts for array in (X, y)]
