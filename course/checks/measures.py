"""Measures: named ways to turn what a student's answer returned into what is compared.

Where many answers are right (weights that separate OR), the answer's data is measured here, in the process that is
trusted, and the measurement is compared. Measures hold no answers either.
"""

from collections.abc import Callable
from itertools import chain
from typing import Any

import numpy as np

from course.checks.graphs import ordered

Measure = Callable[[Any, dict[str, Any]], Any]


def neuron_labels(value: Any, inputs: dict[str, Any]) -> np.ndarray:
    """Label the rows of the input ``X`` with the neuron (w, b) that the answer returned: 1 where w·x + b ≥ 0."""
    X = np.asarray(inputs["X"], dtype=float)
    try:
        w, b = value
        w, b = np.asarray(w, dtype=float), float(b)
    except (TypeError, ValueError):
        raise ValueError("expected a pair (w, b): two weights and a number, such as ((1.0, -1.0), 0.5)") from None
    if w.shape != X.shape[1:]:
        raise ValueError(f"expected {X.shape[1]} weights, got an array of shape {w.shape}")
    return (X @ w + b >= 0).astype(np.int64)


def dealt(value: Any, inputs: dict[str, Any]) -> dict[str, float]:
    """Count what is right in the mini-batches that `probes.deal_batches` collected.

    The last of the input ``seeds`` repeats the first: from it the same order must come.
    """
    X, y, size = inputs["X"], inputs["y"], int(inputs["size"])
    number = {row.tobytes(): i for i, row in enumerate(X)}
    rounds = [[_example_numbers(batch, X, y, number) for batch in batches] for batches in value]
    decks = [list(chain.from_iterable(batches)) for batches in rounds]
    orders = [tuple(i for i, _ in deck) for deck in decks]
    sizes = [min(size, len(X) - start) for start in range(0, len(X), size)]
    return {
        "examples dealt exactly once": min(sum(order.count(i) == 1 for i in range(len(X))) for order in orders),
        "rows of X beside their own y": min(sum(paired for _, paired in deck) for deck in decks),
        "batches of the right size": min(
            sum(len(batch) == n for batch, n in zip(batches, sizes, strict=False)) for batches in rounds
        ),
        "batches": max(map(len, rounds)),
        "rounds in the order of X": sum(order == tuple(range(len(X))) for order in orders),
        "different orders": len(set(orders[:-1])),
        "orders that an equal rng repeats": int(orders[0] == orders[-1]),
    }


def _example_numbers(batch: Any, X: np.ndarray, y: np.ndarray, number: dict[bytes, int]) -> list[tuple[int, bool]]:
    """Tell for each row of a batch which example it is, and whether it stands beside its own y."""
    X_batch, y_batch = (np.asarray(part, dtype=float) for part in batch)
    if X_batch.ndim != 2 or X_batch.shape[1:] != X.shape[1:] or y_batch.shape != X_batch.shape[:1]:
        raise ValueError(
            f"expected batches X_batch (n, {X.shape[1]}) and y_batch (n,), got {X_batch.shape} and {y_batch.shape}"
        )
    found = [number.get(row.tobytes(), -1) for row in X_batch]
    if -1 in found:
        raise ValueError("a batch holds a row that is not a row of X")
    return [(i, bool(target == y[i])) for i, target in zip(found, y_batch, strict=True)]


def dropped(value: Any, inputs: dict[str, Any]) -> dict[str, float]:
    """Measure what `probes.drop_repeatedly` collected from a dropout layer."""
    a = inputs["a"]
    outs, masks = ([np.asarray(pair[i], dtype=float) for pair in value] for i in (0, 1))
    for out, mask in zip(outs, masks, strict=True):
        if out.shape != a.shape or mask.shape != a.shape:
            raise ValueError(
                f"expected out and mask of the shape {a.shape} of a, got {out.shape} and {mask.shape}: "
                "every unit of every example has its own entry"
            )
    kept = [mask != 0 for mask in masks]
    grown = np.concatenate([(out / a)[keep] for out, keep in zip(outs, kept, strict=True)])
    return {
        "share kept": float(np.mean(kept)),
        "largest value where the mask drops": max(
            float(abs(out[~keep]).max(initial=0)) for out, keep in zip(outs, kept, strict=True)
        ),
        "smallest factor on what is kept": float(grown.min(initial=np.inf)),
        "largest factor on what is kept": float(grown.max(initial=-np.inf)),
        "different rows in the mask": len({row.tobytes() for row in kept[0]}),
        "different masks in two calls": len({keep.tobytes() for keep in kept[:2]}),
        "masks that an equal rng repeats": int(np.array_equal(kept[0], kept[2])),
        "largest entry of the mask": max(float(mask.max()) for mask in masks),
    }


MEASURES: dict[str, Measure] = {measure.__name__: measure for measure in (neuron_labels, dealt, dropped, ordered)}
