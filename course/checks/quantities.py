"""The quantities of a case: its inputs, their sizes and sums, and simple functions of them, each with a name.

The diagnosis compares the ratio and the difference of result and expected result with these.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from course.checks.compare import as_numbers

#: simple functions of an input, and their names
_FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "{}": lambda a: a,
    "1 − {}": lambda a: 1 - a,
    "1 + {}": lambda a: 1 + a,
    "{}²": lambda a: a**2,
    "√{}": np.sqrt,
    "|{}|": np.abs,
    "exp({})": np.exp,
    "log {}": np.log,
    "{}(1 − {})": lambda a: a * (1 - a),
    "2·{}": lambda a: 2 * a,
}
#: single numbers computed from an array
_SUMMARIES: dict[str, Callable[[np.ndarray], Any]] = {
    "the sum of {}": np.sum,
    "the mean of {}": np.mean,
    "the largest entry of {}": np.max,
    "the smallest entry of {}": np.min,
    "the sum of the squares of {}": lambda a: np.sum(a**2),
    "the length |{}|": lambda a: np.sqrt(np.sum(a**2)),
}


def quantities(inputs: dict[str, Any], shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Return the quantities of a case that fit an array of this shape, entry by entry.

    Parameters
    ----------
    inputs : dict
        The case, by the arguments' names; arrays inside dictionaries and lists count too.
    shape : tuple of int
        Shape of the result that they are compared with.

    Returns
    -------
    dict
        Name → array that broadcasts to `shape`.
    """
    found: dict[str, np.ndarray] = {}
    with np.errstate(all="ignore"):
        arrays = list(_arrays(inputs))
        for one, a in arrays:
            found |= {f"({one} − {other})": a - b for other, b in arrays if other != one and a.shape == b.shape}
        for name, array in arrays:
            if array.ndim:
                found |= {f"the number of rows of {name}": np.array(float(len(array)))}
                found |= {f"the size of {name}": np.array(float(array.size))}
            if array.ndim > 1:
                found |= {f"the number of columns of {name}": np.array(float(array.shape[1]))}
                for axis, line in enumerate(("column", "row")) if array.ndim == 2 else ():
                    for words, take in (("sum", np.sum), ("mean", np.mean), ("maximum", np.max)):
                        kept = take(array, axis=axis, keepdims=True)
                        found |= {f"the {words} of each {line} of {name}": kept}
                        if len(shape) == 1 and kept.size == shape[0]:
                            found |= {f"the {words} of each {line} of {name}": kept.ravel()}
            if array.size > 1:
                found |= {words.format(name): np.asarray(take(array)) for words, take in _SUMMARIES.items()}
            for fitting, told in _fitted(array, shape):
                for words, function in _FUNCTIONS.items():
                    found.setdefault(words.replace("{}", name) + told, function(fitting))
    return {
        name: array for name, array in found.items() if np.isfinite(array).all() and array.any() and _fits(array, shape)
    }


def _arrays(inputs: dict[str, Any]) -> Iterator[tuple[str, np.ndarray]]:
    for name, value in inputs.items():
        if isinstance(value, dict):
            yield from _arrays({f"{name}[{key!r}]": item for key, item in value.items()})
        elif isinstance(value, list | tuple) and any(isinstance(item, np.ndarray) for item in value):
            yield from _arrays({f"{name}[{i}]": item for i, item in enumerate(value[:4])})
        elif not isinstance(value, str | bool) and value is not None:
            array = as_numbers(value)
            if array is not None and array.size:
                yield f"`{name}`", array


def _fitted(array: np.ndarray, shape: tuple[int, ...]) -> Iterator[tuple[np.ndarray, str]]:
    """Yield an array in all forms that fit a shape, also with an entry for each row or column."""
    if _fits(array, shape):
        yield array, ", column by column" if array.ndim == 1 and len(shape) == 2 else ""
    if array.ndim == 1 and len(shape) == 2 and len(array) == shape[0]:
        yield array[:, None], ", row by row"
    if array.ndim == 2 and array.T.shape == shape and array.shape != shape:
        yield array.T, ", transposed"


def _fits(array: np.ndarray, shape: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(array.shape, shape) == shape
    except ValueError:
        return False
