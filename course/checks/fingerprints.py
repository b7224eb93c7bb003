"""Short fingerprints of results: enough to tell whether two answers gave the same, too little to read a result.

The mark of a result has, for each component, an outline (shapes, texts, an error's words) and two fixed random
projections of its numbers. A record holds the marks of wrong answers: eight bytes for each component and case.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

#: two projections are the same if they differ by less than this part of the largest sum that is possible
RELATIVE = 2e-6


@dataclass(frozen=True)
class Mark:
    """One component of one result.

    ``numbers`` are its two projections, ``scales`` the largest that they could be with these magnitudes, ``weights``
    what both would be if every number were 1.
    """

    outline: str
    numbers: tuple[float, float] = (0.0, 0.0)
    scales: tuple[float, float] = (0.0, 0.0)
    weights: tuple[float, float] = (0.0, 0.0)


def mark(value: Any) -> Mark:
    """Mark a result: an array, a number, a text, None, or these in lists and dictionaries.

    Parameters
    ----------
    value : object
        The result of `course.inside.codec.decode`.

    Returns
    -------
    Mark
    """
    found: list[np.ndarray] = []
    outline = _outline(value, found)
    flat = np.concatenate(found) if found else np.zeros(0)
    finite = np.isfinite(flat)
    if not finite.all():
        strange = {"nan": np.isnan(flat), "+inf": flat == np.inf, "-inf": flat == -np.inf}
        outline += "".join(f" {name}{np.flatnonzero(where)[:20].tolist()}" for name, where in strange.items())
        flat = np.where(finite, flat, 0.0)
    k = np.arange(1, flat.size + 1)
    with np.errstate(over="ignore"):
        directions = 0.5 + np.stack([k * 0.6180339887498949 % 1, k * 0.4142135623730951 % 1])
        return Mark(outline, *(_pair(directions @ weighed) for weighed in (flat, np.abs(flat), np.ones(flat.size))))


def _pair(numbers: np.ndarray) -> tuple[float, float]:
    return float(numbers[0]), float(numbers[1])


def _outline(value: Any, found: list[np.ndarray]) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key[:40]}: {_outline(value[key], found)}" for key in sorted(value)) + "}"
    array = _numbers(value)
    if array is not None:
        found.append(array.ravel())
        return str(array.shape).replace(" ", "")
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_outline(item, found) for item in value) + "]"
    return f"{type(value).__name__} {str(value)[:60]}"


def _numbers(value: Any) -> np.ndarray | None:
    if isinstance(value, str) or value is None:
        return None
    try:
        array = np.asarray(value)
    except (ValueError, OverflowError):
        return None
    return array.astype(float) if array.dtype.kind in "bif" else None


def alike(marks: Sequence[Mark], numbers: np.ndarray, rtol: float, atol: float) -> np.ndarray:
    """Compare the numbers of an answer's marks with those of wrong answers.

    Parameters
    ----------
    marks : sequence of Mark
        The answer's marks, one for each place.
    numbers : array of shape (..., places, 2), float32
        The wrong answers' numbers, from `unpack`.
    rtol, atol : float
        The exercise's own tolerances.

    Returns
    -------
    bool array of shape (..., places)
    """
    with np.errstate(over="ignore", invalid="ignore"):
        own = np.array([m.numbers for m in marks], dtype=np.float32).reshape(-1, 2)
        scales = np.array([m.scales for m in marks]).reshape(-1, 2)
        weights = np.array([m.weights for m in marks]).reshape(-1, 2)
        room = max(rtol, RELATIVE) * scales + atol * weights
        return np.asarray(((own == numbers) | (np.abs(own - numbers) <= room)).all(axis=-1))


def pack(marks: Sequence[Mark]) -> str:
    """Write the numbers of marks as text."""
    with np.errstate(over="ignore"):
        numbers = np.array([m.numbers for m in marks], dtype="<f4")
    return base64.b64encode(numbers.tobytes()).decode("ascii")


def unpack(text: str) -> np.ndarray:
    """Read what `pack` wrote: float32, shape (places, 2)."""
    return np.frombuffer(base64.b64decode(text), dtype="<f4").reshape(-1, 2)
