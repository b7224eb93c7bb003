"""Measures: named ways to turn what a student's answer returned into what is compared.

Where many answers are right (weights that separate OR), the answer's data is measured here, in the process that is
trusted, and the measurement is compared. Measures hold no answers either.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

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


MEASURES: dict[str, Measure] = {"neuron_labels": neuron_labels}
