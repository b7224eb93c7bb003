"""Measures: named ways to turn the result of a student's answer into what is compared.

Where many answers are right (such as weights that separate OR), the trusted process measures the answer's data here,
and compares the measurement. Measures hold no answers either.
"""

from collections.abc import Callable
from itertools import chain
from typing import Any

import numpy as np

from course.inside.graphs import ordered

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
    """Count what is right in the minibatches that `probes.deal_batches` collected.

    The last of the input ``seeds`` repeats the first, so it must give the same order.
    """
    X, y, size = inputs["X"], inputs["y"], int(inputs["size"])
    number = {row.tobytes(): i for i, row in enumerate(X)}
    rounds = [[_example_numbers(batch, X, y, number) for batch in batches] for batches in value]
    decks = [list(chain.from_iterable(batches)) for batches in rounds]
    orders = [tuple(i for i, _ in deck) for deck in decks]
    sizes = [min(size, len(X) - start) for start in range(0, len(X), size)]
    return {
        "examples dealt exactly once": min(sum(order.count(i) == 1 for i in range(len(X))) for order in orders),
        "share of rows beside their own y": min(
            sum(paired for _, paired in deck) / max(len(deck), 1) for deck in decks
        ),
        "batches of the right size": min(
            sum(len(batch) == n for batch, n in zip(batches, sizes, strict=False)) for batches in rounds
        ),
        "batches": max(map(len, rounds)),
        "rounds in the order of X": sum(order == tuple(range(len(X))) for order in orders),
        "different orders": len(set(orders[:-1])),
        "orders that an equal rng repeats": int(orders[0] == orders[-1]),
    }


def _example_numbers(batch: Any, X: np.ndarray, y: np.ndarray, number: dict[bytes, int]) -> list[tuple[int, bool]]:
    """Tell, for each row of a batch, which example it is and whether it has its own y."""
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


def drawn(value: Any, inputs: dict[str, Any]) -> dict[str, float]:
    """Name what `probes.draw_weights` measured, in units that do not depend on the layer's size."""
    shape, wanted = tuple(int(n) for n in value[0]), (int(inputs["fan_in"]), int(inputs["fan_out"]))
    mean, std, reach, distinct = (float(number) for number in value[1])
    same, equal, touched = (int(answer) for answer in value[2])
    if shape != wanted:
        raise ValueError(f"expected weights of shape (fan_in, fan_out) = {wanted}, got {shape}")
    if not np.isfinite([mean, std, reach]).all():
        raise ValueError("expected finite weights, got NaN or infinity among them")
    unit = std or 1.0
    return {
        "standard deviation × √fan_in": std * float(np.sqrt(wanted[0])),
        "mean / standard deviation": mean / unit,
        "largest distance from the mean / standard deviation, 2.5 at most": min(2.5, reach / unit),
        "share of weights that differ": distinct,
        "two calls give the same weights": same,
        "an equal rng gives the same weights": equal,
        "NumPy's global generator is used": touched,
    }


def hidden_labels(value: Any, inputs: dict[str, Any]) -> np.ndarray:
    """Label the rows of ``X`` with the network that the answer returned: 1 where p ≥ 0.5, tanh in the hidden layer.

    The input ``hidden_units`` says how many are allowed: (from, to).
    """
    X, (fewest, most) = np.asarray(inputs["X"], dtype=float), inputs["hidden_units"]
    names = ("W1", "b1", "W2", "b2")
    if not isinstance(value, dict) or not set(names) <= value.keys():
        raise ValueError('expected a dictionary with the keys "W1", "b1", "W2" and "b2"')
    try:
        W1, b1, W2, b2 = (np.asarray(value[name], dtype=float) for name in names)
    except (TypeError, ValueError):
        raise ValueError("expected arrays of numbers for W1, b1, W2 and b2") from None
    h = W1.shape[-1] if W1.ndim else 0
    for name, array, shape in (("W1", W1, (X.shape[1], h)), ("b1", b1, (h,)), ("W2", W2, (h, 1)), ("b2", b2, (1,))):
        if array.shape != shape:
            raise ValueError(f"expected {name} of shape {shape} for {h} hidden units, got {array.shape}")
    if not fewest <= h <= most:
        raise ValueError(f"expected {fewest} to {most} hidden units, got {h}")
    return ((np.tanh(X @ W1 + b1) @ W2 + b2)[:, 0] >= 0).astype(np.int64)


def reads_digits(value: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    """Measure how far a handed-in network's accuracy exceeds the required one; see `course.checks.handed_in`.

    The input ``digits`` says on which digits: validation digits in a notebook, test digits in the grader.
    """
    from course.checks.handed_in import reads_digits as read

    return read(value, inputs["digits"])


def _largest_correlation(rows: np.ndarray) -> float:
    """Return the largest |correlation| of two rows; a constant row has none."""
    moving = rows[rows.std(axis=1) > 0]
    return float(np.abs(np.corrcoef(moving) - np.eye(len(moving))).max()) if len(moving) > 1 else 0.0


def hyperparameters(value: Any, inputs: dict[str, Any]) -> dict[str, float]:
    """Measure what `probes.draw_settings` collected from a sampler of hyperparameters."""
    rates, hidden, dropped, ends, equal = (np.asarray(part, dtype=float) for part in value)
    if (rates <= 0).any():
        raise ValueError("a learning rate is 0 or negative")
    powers = np.log10(rates)
    return {
        "smallest power of ten of the learning rate": float(powers.min()),
        "largest power of ten of the learning rate": float(powers.max()),
        "share of learning rates below 0.001": float((powers < -3).mean()),
        "share of learning rates below 0.01": float((powers < -2).mean()),
        "different learning rates": len(np.unique(rates)),
        "hidden that are whole numbers": int((hidden == np.rint(hidden)).sum()),
        "smallest hidden": float(ends[0]),
        "largest hidden": float(ends[1]),
        "mean of hidden": float(hidden.mean()),
        "smallest p_drop": float(dropped.min()),
        "largest p_drop": float(dropped.max()),
        "mean of p_drop": float(dropped.mean()),
        "different p_drop": len(np.unique(dropped)),
        "largest correlation of two of the three": _largest_correlation(np.stack([powers, hidden, dropped])),
        "settings drawn with the rng that is given": int(equal),
    }


MEASURES: dict[str, Measure] = {
    measure.__name__: measure
    for measure in (neuron_labels, dealt, dropped, drawn, hidden_labels, ordered, reads_digits, hyperparameters)
}
