"""Cut a data set into parts: training, validation and test sets once, minibatches in every epoch."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from course.gpu import Array, array_module


def split(X: np.ndarray, y: np.ndarray, fractions: tuple[float, ...], rng: Generator) -> list[np.ndarray]:
    """Shuffle the examples and deal them out in parts.

    Parameters
    ----------
    X : ndarray, shape (N, …)
        Inputs.
    y : ndarray, shape (N, …)
        Targets; pairs stay together.
    fractions : tuple of float
        The share of each part, adding up to 1: (0.6, 0.2, 0.2) for training, validation and test.
    rng : Generator
        Source of randomness.

    Returns
    -------
    list of ndarray
        X₁, y₁, X₂, y₂, … one pair a part.

    Raises
    ------
    ValueError
        X and y differ in length, a fraction is not positive, they do not add up to 1, or a part is empty.
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


def minibatches(X: Array, y: Array, size: int, rng: Generator) -> Iterator[tuple[Array, Array]]:
    """Deal out the examples in random order, `size` at a time; the last batch may be short.

    Only a batch is copied at a time, never the data set.

    Parameters
    ----------
    X : array, shape (N, …)
        Inputs.
    y : array, shape (N, …)
        Targets, on the same device.
    size : int
        Examples in a batch.
    rng : Generator
        Source of randomness, on the CPU for data on either device.

    Yields
    ------
    X_batch, y_batch : array
        Shapes (size, …); pairs stay together, each example comes once.

    Raises
    ------
    ValueError
        Different lengths, no examples, or a size below 1.
    TypeError
        X and y on different devices.
    """
    xp = array_module(X=X, y=y)
    if len(X) != len(y) or len(X) == 0:
        raise ValueError(f"expected as many targets as examples, at least one, got {len(X)} and {len(y)}.")
    if size < 1:
        raise ValueError(f"size: expected at least 1 example in a batch, got {size}. Try 128.")
    order = xp.asarray(rng.permutation(len(X)))
    for start in range(0, len(X), size):
        batch = order[start : start + size]
        yield X.take(batch, axis=0), y.take(batch, axis=0)
