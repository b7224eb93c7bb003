"""Fixed answers as salted digests: the record can tell right from wrong without showing the right answer.

An answer is split into its leaves (a table has one per cell). Each leaf is normalised (numbers to a grid, text to lower
case) and hashed on its own, so that a message can say which cell is wrong.
"""

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np

#: scrypt's cost: about 3 ms per leaf, so a table of twelve cells is checked in a twentieth of a second. A higher
#: cost would not stop a student who tries all two-digit numbers. The digests only prevent reading an answer by chance.
COST = {"n": 2**10, "r": 8, "p": 1, "dklen": 16}
EXACT = 1e-6
#: limits on the leaves of an answer and on the length of a name in it; the labs' tables are far smaller
MOST_LEAVES, LONGEST_KEY = 10_000, 100


def leaves(value: Any) -> dict[str, Any]:
    """Split a nested answer into path → leaf; a path is written like Python's indexing: ``[2][1]``.

    Only the first leaves of a huge answer are read, so that its paths cannot fill the grader's memory.
    """
    return dict(islice(_walk(value, ""), MOST_LEAVES))


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, dict):
        for key in sorted(value):
            yield from _walk(value[key], f"{path}[{str(key)[:LONGEST_KEY]!r}]")
    elif isinstance(value, list | tuple):
        for i, item in enumerate(value):
            yield from _walk(item, f"{path}[{i}]")
    else:
        yield path, value


def digest(path: str, leaf: Any, grid: float, salt: str) -> str:
    """Hash one normalised leaf.

    Parameters
    ----------
    path : str
        The leaf's place in the answer.
    leaf : object
        A number, a truth value, text; anything else counts as its type's name.
    grid : float
        Numbers are rounded to whole multiples of this.
    salt : str
        Different for each exercise and record.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    if isinstance(leaf, bool | int | float):
        text = f"number {_on_grid(leaf, grid)}"
    elif isinstance(leaf, str):
        text = f"text {' '.join(leaf.casefold().split())}"
    else:
        text = f"other {type(leaf).__name__}"
    return hashlib.scrypt(f"{path}|{text}".encode("utf-8", "replace"), salt=salt.encode(), **COST).hex()


def _on_grid(number: float, grid: float) -> int | str:
    """Round to whole multiples of the grid; a number that cannot be rounded gives its name."""
    try:
        return round(number / grid) if math.isfinite(number) else str(number)
    except OverflowError:
        return "too large"


def seal(
    value: Any, salt: str, tolerance: float = 0.0, also: Mapping[str, Iterable[Any]] | None = None
) -> dict[str, Any]:
    """Describe the right answer by the digests of all accepted leaves.

    Parameters
    ----------
    value : object
        The right answer.
    salt : str
        See `digest`.
    tolerance : float
        How far a number may differ; 0 for exact (to 1e-6).
    also : mapping, optional
        Path of a leaf → further right values.

    Returns
    -------
    dict
        ``salt``, and ``leaves``: path → ``grid`` and the list ``accepted``.
    """
    sealed = {path: seal_leaf(path, leaf, salt, tolerance) for path, leaf in leaves(value).items()}
    for path, others in (also or {}).items():
        for other in others:
            sealed[path]["accepted"] += seal_leaf(path, other, salt, tolerance)["accepted"]
    return {"salt": salt, "leaves": sealed}


def seal_leaf(path: str, leaf: Any, salt: str, tolerance: float = 0.0) -> dict[str, Any]:
    """Describe one leaf by its ``grid`` and the digests ``accepted``; arguments as in `digest` and `seal`."""
    if not (tolerance and isinstance(leaf, float)):
        return {"grid": EXACT, "accepted": [digest(path, leaf, EXACT, salt)]}
    grid = tolerance / 5
    low, high = math.ceil((leaf - tolerance) / grid), math.floor((leaf + tolerance) / grid)
    near = {digest(path, k * grid, grid, salt) for k in range(low, high + 1)}
    return {"grid": grid, "accepted": sorted(near)}


def matches(value: Any, sealed: dict[str, Any]) -> dict[str, bool]:
    """Compare an answer with a sealed one, leaf by leaf; a missing leaf is False."""
    given = leaves(value)
    return {
        path: path in given and digest(path, given[path], entry["grid"], sealed["salt"]) in entry["accepted"]
        for path, entry in sealed["leaves"].items()
    }
