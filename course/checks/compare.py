"""Read what an answer returned, and compare one value with another.

A comparison gives one `Fault` or None for each component; `course.checks.kinds` says which components there are.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from course.checks.measures import MEASURES
from course.checks.record import ExerciseRecord
from course.inside.codec import decode
from course.inside.observe import Observation

WHOLE = ""
#: the largest number of changed inputs and warnings that are read from one observation
MOST = 20


@dataclass(frozen=True)
class Fault:
    """Why one component of one case is not right.

    ``kind`` is one of attempt, error, structure, type, shape, nan, value, mutated, warned, low, high, told, constant.
    """

    kind: str
    text: str
    component: str = WHOLE


@dataclass(frozen=True)
class Seen:
    """One observation, decoded and measured by the trusted process."""

    value: Any = None
    error: dict[str, Any] | None = None
    attempted: bool = True
    mutated: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()


def read(exercise: ExerciseRecord, inputs: Any, observation: Observation) -> Seen:
    """Decode and measure an observation, which may come from an untrusted process.

    Parameters
    ----------
    exercise : ExerciseRecord
    inputs : object
        The encoded case.
    observation : dict
        The result of `course.inside.observe.observe`, or any other data.

    Returns
    -------
    Seen
        Data that is not an observation becomes an error in the result; it is never raised.
    """
    try:
        if observation.get("attempted") is False:
            return Seen(attempted=False)
        if "error" in observation:
            return Seen(error=_read_error(dict(observation["error"])))
        value = decode(observation["value"])
        mutated = tuple(str(name)[:80] for name in list(observation.get("mutated", ()))[:MOST])
        warned = tuple(str(text)[:200] for text in list(observation.get("warned", ()))[:MOST])
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        return Seen(error={"type": "Unreadable", "message": f"the answer gave no readable data: {str(fault)[:400]}"})
    if exercise.measure:
        try:
            if value is None:
                raise ValueError("the result is None: is the last line missing its `return`?")
            value = MEASURES[exercise.measure](value, decode(inputs))
        except ValueError as fault:
            return Seen(error={"type": "ValueError", "message": str(fault)[:500]})
        except (ArithmeticError, AttributeError, LookupError, TypeError) as fault:
            message = f"the answer gave nothing that can be measured: {str(fault)[:400]}"
            return Seen(error={"type": "Unreadable", "message": message})
    return Seen(value=value, mutated=mutated, warned=warned)


def _read_error(told: dict[str, Any]) -> dict[str, Any]:
    """Read the fields of an error; a line's text counts only with the line's number."""
    error = {"type": "Exception", "message": ""}
    error |= {key: str(told[key])[:500] for key in ("type", "message", "line", "code") if key in told}
    return error if "line" in error else {key: error[key] for key in ("type", "message")}


def select(exercise: ExerciseRecord, value: Any, component: str) -> Any:
    """Return one component of a result."""
    if component == WHOLE:
        return value
    return value[exercise.returns.index(component)] if exercise.returns else value[component]


def value_fault(expected: Any, got: Any, exercise: ExerciseRecord, name: str = WHOLE) -> Fault | None:
    """Compare one component. Right numbers pass in any container."""
    if isinstance(expected, str) or expected is None:
        return None if type(got) is type(expected) and got == expected else Fault("value", "another answer", name)
    if isinstance(expected, list | tuple) and _is_ragged(expected):
        if not isinstance(got, list | tuple) or len(got) != len(expected):
            return Fault("structure", f"expected {len(expected)} arrays, got {describe(got)}", name)
        pairs = (value_fault(e, g, exercise, name) for e, g in zip(expected, got, strict=True))
        return next((fault for fault in pairs if fault), None)
    want = np.asarray(expected)
    have = as_numbers(got)
    if have is None:
        return Fault("type", f"expected {describe(expected)}, got {describe(got)}", name)
    if have.shape != want.shape:
        return Fault("shape", f"expected shape {want.shape}, got shape {have.shape}", name)
    if np.isnan(have).any() and not np.isnan(want).any():
        return Fault("nan", "got NaN (not a number)", name)
    close = np.isclose(have, want, rtol=exercise.rtol, atol=exercise.atol, equal_nan=True)
    return None if close.all() else Fault("value", "other numbers", name)


def _is_ragged(items: list[Any] | tuple[Any, ...]) -> bool:
    return any(isinstance(item, np.ndarray) and item.ndim for item in items)


def as_numbers(value: Any) -> np.ndarray | None:
    """Read a value as an array of numbers; None if it is not one."""
    try:
        array = np.asarray(value)
    except (ValueError, OverflowError):
        return None
    if array.dtype.kind not in "bif":
        return None
    return array.astype(float)


def describe(value: Any) -> str:
    """Describe in words what kind of value it is."""
    if value is None:
        return "None"
    if value is Ellipsis:
        return "..."
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, bool):
        return f"the truth value {value}"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    return f"a {type(value).__name__}"
