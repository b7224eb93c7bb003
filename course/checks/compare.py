"""Compare data with data: what an answer gave on one case against what the record expects.

A comparison yields one `Fault` (or None) a component. Components are the members of a returned tuple or dictionary
that have names, the measured properties, or the leaves of a constant; a plain result has the one component ``""``.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from course.checks import constants
from course.checks.measures import MEASURES
from course.checks.record import ExerciseRecord
from course.inside.codec import decode
from course.inside.observe import Observation

WHOLE = ""
#: changed inputs and warnings that are taken over from one observation
MOST = 20


@dataclass(frozen=True)
class Fault:
    """Why one component of one case is not right.

    ``kind`` is one of attempt, error, structure, type, shape, nan, value, mutated, warned, low, high, constant.
    """

    kind: str
    text: str
    component: str = WHOLE


@dataclass(frozen=True)
class Seen:
    """One observation, decoded and measured by the trusted side."""

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
        What `course.inside.observe.observe` wrote, or anything else.

    Returns
    -------
    Seen
        Data that is not an observation is reported as an error, never raised.
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
    """Take over the fields that an error has; a line's text needs the line's number."""
    error = {"type": "Exception", "message": ""}
    error |= {key: str(told[key])[:500] for key in ("type", "message", "line", "code") if key in told}
    return error if "line" in error else {key: error[key] for key in ("type", "message")}


def components(exercise: ExerciseRecord, expected: Any) -> list[str]:
    """Name the components that are compared one by one."""
    if exercise.kind == "constant":
        return list(expected["leaves"])
    if exercise.kind == "bounds":
        return list(expected)
    if exercise.returns:
        return exercise.returns
    return sorted(expected) if isinstance(expected, dict) else [WHOLE]


def find_faults(exercise: ExerciseRecord, expected: Any, seen: Seen) -> dict[str, Fault | None]:
    """Compare one case.

    Parameters
    ----------
    exercise : ExerciseRecord
    expected : object
        The decoded expectation of this case.
    seen : Seen
        What came.

    Returns
    -------
    dict
        component → Fault, or None where it is right.
    """
    names = components(exercise, expected)
    whole = _whole_fault(exercise, expected, seen)
    if whole:
        return dict.fromkeys(names, whole)
    if exercise.kind == "constant":
        return {
            path: None if ok else Fault("constant", "is not it", path)
            for path, ok in constants.matches(seen.value, expected).items()
        }
    if exercise.kind == "bounds":
        faults = {name: _bound_fault(name, expected[name], seen.value.get(name)) for name in names}
    else:
        faults = {
            name: value_fault(select(exercise, expected, name), select(exercise, seen.value, name), exercise, name)
            for name in names
        }
    if not any(faults.values()):
        return dict.fromkeys(names, _side_effect(exercise, seen))
    return faults


def select(exercise: ExerciseRecord, value: Any, component: str) -> Any:
    """Take one component out of a result."""
    if component == WHOLE:
        return value
    return value[exercise.returns.index(component)] if exercise.returns else value[component]


def _whole_fault(exercise: ExerciseRecord, expected: Any, seen: Seen) -> Fault | None:
    """Find what makes the whole result useless: an exception, or another structure than asked for."""
    if not seen.attempted:
        return Fault("attempt", "still raises NotImplementedError here")
    if seen.error:
        return Fault("error", f"{seen.error['type']}: {seen.error['message']}")
    if exercise.kind == "bounds":
        return None if isinstance(seen.value, dict) else Fault("structure", "gave nothing that can be measured")
    if exercise.kind == "values" and exercise.returns:
        wanted = f"{len(exercise.returns)} things, ({', '.join(exercise.returns)})"
        if not isinstance(seen.value, tuple | list) or len(seen.value) != len(exercise.returns):
            return Fault("structure", f"expected {wanted}, got {describe(seen.value)}")
    elif exercise.kind == "values" and isinstance(expected, dict):
        keys = ", ".join(expected)
        if not isinstance(seen.value, dict) or not expected.keys() <= seen.value.keys():
            found = ", ".join(seen.value)[:200] if isinstance(seen.value, dict) else describe(seen.value)
            return Fault("structure", f"expected a dictionary with the keys {keys}; got {found}")
    return None


def _side_effect(exercise: ExerciseRecord, seen: Seen) -> Fault | None:
    if seen.mutated:
        return Fault("mutated", f"the numbers are right, but {' and '.join(seen.mutated)} came back changed")
    if exercise.quiet and seen.warned:
        return Fault("warned", f"the numbers are right, but NumPy warned: {seen.warned[0]}")
    return None


def value_fault(expected: Any, got: Any, exercise: ExerciseRecord, name: str = WHOLE) -> Fault | None:
    """Compare one component: right numbers in another container pass."""
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


def _bound_fault(name: str, interval: Any, got: Any) -> Fault | None:
    low, high = interval
    number = as_numbers(got)
    if number is None or number.shape != ():
        return Fault("structure", f"{name}: expected a number, got {describe(got)}", name)
    if np.isnan(number) or (low is not None and number < low):
        return Fault(
            "low",
            f"{name}: got {float(number):.4g}, expected at least {low:.4g}" if low is not None else f"{name}: NaN",
            name,
        )
    if high is not None and number > high:
        return Fault("high", f"{name}: got {float(number):.4g}, expected at most {high:.4g}", name)
    return None


def as_numbers(value: Any) -> np.ndarray | None:
    """Read a value as an array of numbers; None if it is not one."""
    try:
        array = np.asarray(value)
    except (ValueError, OverflowError):
        return None
    if array.dtype.kind not in "bif":
        return None
    return array.astype(float)


def same(exercise: ExerciseRecord, expected: Any, a: Seen, b: Seen, component: str) -> bool:
    """Tell whether two observations agree in one component: an answer's, and a misconception's."""
    if (a.error is None) != (b.error is None) or a.attempted != b.attempted or a.mutated != b.mutated:
        return False
    if a.error and b.error:
        return all(a.error[key] == b.error[key] for key in ("type", "message"))
    if exercise.quiet and bool(a.warned) != bool(b.warned):
        return False
    if exercise.kind == "bounds":
        kinds = [find_faults(exercise, expected, seen)[component] for seen in (a, b)]
        return [fault and fault.kind for fault in kinds] == [kinds[0] and kinds[0].kind] * 2
    wanted, given = _member(exercise, b.value, component), _member(exercise, a.value, component)
    if not (wanted and given):
        return wanted == given and describe(a.value) == describe(b.value)
    return value_fault(wanted[0], given[0], exercise) is None


def _member(exercise: ExerciseRecord, value: Any, component: str) -> tuple[Any, ...]:
    """Take one component out of a result that may not have it: a tuple of one, or of none."""
    try:
        return (select(exercise, value, component),)
    except (TypeError, KeyError, IndexError):
        return ()


def describe(value: Any) -> str:
    """Say in words what kind of thing a value is."""
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
