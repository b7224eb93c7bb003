"""From observations to a verdict: which parts are right, and which misunderstanding explains the first wrong one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from course.checks.compare import Fault, Seen, as_numbers, describe, read, select
from course.checks.constants import leaves
from course.checks.formatting import format_inputs, format_named, format_value
from course.checks.kinds import Faults, kind_of
from course.checks.recognise import first_fault, recognise
from course.checks.record import ExerciseRecord, PartRecord
from course.inside.codec import decode
from course.inside.observe import Observation

#: how the hint of a slip begins if the answer's results tell little, so that other mistakes may give them, too
CAUSE = "A frequent cause of this"

PASS, PARTIAL, WRONG, NOT_ATTEMPTED, ERROR = "pass", "partial", "wrong", "not attempted", "error"
TIMEOUT, DIED, GRADER_ERROR = "timeout", "died", "grader error"
OUTCOMES = (PASS, PARTIAL, WRONG, NOT_ATTEMPTED, ERROR, TIMEOUT, DIED, GRADER_ERROR)


@dataclass(frozen=True)
class PartVerdict:
    """One part: whether it is right, and its points."""

    name: str
    points: int
    max_points: int


@dataclass(frozen=True)
class Example:
    """The first case that failed, in words: the inputs, the result, the expected result ('' if it is not shown)."""

    inputs: str
    got: str
    expected: str = ""


@dataclass(frozen=True)
class Verdict:
    """The result of a check.

    ``outcome`` is one of `OUTCOMES`. ``misconception`` names the recognised misunderstanding, and ``diagnosis`` is
    its hint, or the general diagnosis, or ``""``. ``is_recognised`` tells whether the results prove the slip of this
    hint; it may be a derived one, which has no name. ``first`` names other answers that this one uses and that do not
    pass either; they must be corrected first.
    """

    exercise: str
    outcome: str
    points: int
    max_points: int
    parts: tuple[PartVerdict, ...] = ()
    misconception: str = ""
    diagnosis: str = ""
    example: Example | None = None
    first: tuple[str, ...] = ()
    is_recognised: bool = False

    @property
    def passed(self) -> bool:
        """Tell whether every part is right."""
        return self.outcome == PASS


def judge(exercise: ExerciseRecord, observations: Sequence[Observation], explained: bool = True) -> Verdict:
    """Compare an answer's results on every case with those that the record expects.

    A part earns its points only if all of its cases are right. There is one exception: if all numbers are right and
    only an input was changed, the answer loses one point.

    Parameters
    ----------
    exercise : ExerciseRecord
    observations : sequence of dict
        One for each case, from `observe_all`; they may come from an untrusted process.
    explained : bool
        Whether to look for what explains a wrong answer. That takes most of the time.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If the number of observations is not the number of cases.
    """
    if len(observations) != len(exercise.cases):
        raise ValueError(
            f"{exercise.name}: expected {len(exercise.cases)} observations, one for each case, got {len(observations)}"
        )
    seen = [read(exercise, case, o) for case, o in zip(exercise.cases, observations, strict=True)]
    if not any(s.attempted for s in seen):
        return without_result(exercise, NOT_ATTEMPTED, "")
    kind = kind_of(exercise)
    expected = [kind.expectation(stored) for stored in exercise.expected]
    faults = [kind.faults(e, s) for e, s in zip(expected, seen, strict=True)]
    failed = [part for part in exercise.parts if first_fault(part, faults)]
    parts = _in_place(exercise, failed, faults) or tuple(
        PartVerdict(part.name, 0 if part in failed else part.points, part.points) for part in exercise.parts
    )
    points = sum(part.points for part in parts)
    if not failed:
        return Verdict(exercise.name, PASS, points, points, parts)
    index, component, fault = first_fault(failed[0], faults)  # type: ignore[misc]
    slip = recognise(kind, expected, seen, faults, (index, component)) if explained else None
    outcome = PARTIAL if points else ERROR if fault.kind == "error" and not slip else WRONG
    if not explained:
        return Verdict(exercise.name, outcome, points, exercise.points, parts)
    doubt = _doubt(fault, faults, seen) if slip else ""
    if slip:
        diagnosis = f"{CAUSE} {doubt}: {slip.hint}" if doubt else slip.hint
    else:
        diagnosis = kind.explain(expected, seen, faults, failed[0], fault)
    return Verdict(
        exercise.name,
        outcome,
        points,
        exercise.points,
        parts,
        slip.name if slip else "",
        diagnosis,
        example_of(exercise, index, expected[index], seen[index], fault),
        is_recognised=slip is not None and not doubt,
    )


def _doubt(fault: Fault, faults: Faults, seen: Sequence[Seen]) -> str:
    """Name what other mistakes may give, too: an error of Python or NumPy, or 0, inf or NaN everywhere; else ""."""
    if fault.kind == "error":  # one that a probe raises names its cause itself
        return "" if ": expected " in fault.text else "error"
    wrong = [as_numbers(s.value) for case, s in zip(faults, seen, strict=True) if any(case.values())]
    numbers = np.unique(np.concatenate([value.ravel() for value in wrong if value is not None] or [np.zeros(0)]))
    is_nothing = numbers.size == 1 and (numbers[0] == 0 or not np.isfinite(numbers[0]))
    return "result" if is_nothing else ""


def _in_place(exercise: ExerciseRecord, failed: Sequence[PartRecord], faults: Faults) -> tuple[PartVerdict, ...]:
    """Give right numbers that overwrote an input all points except one; () if anything else is wrong."""
    if not failed or {fault.kind for case in faults for fault in case.values() if fault} != {"mutated"}:
        return ()
    loses = max(failed, key=lambda part: part.points)
    return tuple(PartVerdict(part.name, part.points - (part is loses), part.points) for part in exercise.parts)


def without_result(exercise: ExerciseRecord, outcome: str, diagnosis: str) -> Verdict:
    """Return the verdict on an answer that gave no result: not attempted, timeout, died, grader error."""
    parts = tuple(PartVerdict(part.name, 0, part.points) for part in exercise.parts)
    return Verdict(exercise.name, outcome, 0, exercise.points, parts, diagnosis=diagnosis)


def built_on(verdict: Verdict, used: Iterable[str], failing: Iterable[str]) -> Verdict:
    """Add to a verdict the names of other answers that the answer uses and that do not pass."""
    first = tuple(name for name in used if name in set(failing) and name != verdict.exercise)
    return verdict if verdict.passed or not first else replace(verdict, first=first)


def placed(verdict: Verdict, place: str) -> Verdict:
    """Add to a verdict the sentence that says where the mistake is."""
    return replace(verdict, diagnosis=f"{verdict.diagnosis} {place}".strip()) if place else verdict


def example_of(exercise: ExerciseRecord, index: int, expected: Any, seen: Seen, fault: Fault) -> Example | None:
    """Describe the first failing case: inputs, result, expected result; None if the diagnosis says it already."""
    if fault.kind == "told":
        return None
    if exercise.kind == "constant":
        place = exercise.labels.get(fault.component, fault.component)
        return Example(place, describe(seen.value) if seen.error else _leaf_text(seen.value, fault.component))
    inputs = format_inputs(decode(exercise.cases[index]))
    if seen.error:
        return Example(inputs, _error_text(seen.error))
    if exercise.kind == "bounds":
        return Example(inputs, fault.text)
    if not seen.attempted:
        return Example(inputs, fault.text)
    if fault.kind == "structure":
        return Example(inputs, format_value(seen.value), format_value(expected))
    if fault.kind in ("mutated", "warned"):
        return Example(
            inputs, f"{format_value(seen.value)}, and {fault.text.split(', but ')[-1]}", format_value(expected)
        )
    got, want = (select(exercise, value, fault.component) for value in (seen.value, expected))
    digits = next((d for d in (4, 8, 12) if format_value(got, d) != format_value(want, d)), 16)
    return Example(inputs, *(format_named(fault.component, value, digits) for value in (got, want)))


def _leaf_text(value: Any, path: str) -> str:
    found = leaves(value)
    return format_value(found.get(path, value)) if path in found or not path else "nothing there"


def _error_text(error: dict[str, Any]) -> str:
    where = f"line {error['line']}: {error['code']}\n" if error.get("code") else ""
    return f"{where}{error['type']}: {error['message']}"
