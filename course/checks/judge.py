"""From observations to a verdict: which parts are right, and which misunderstanding explains the first that is not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from course.checks.codec import decode
from course.checks.compare import Fault, Seen, components, describe, find_faults, read, same, select
from course.checks.diagnose import Trial, diagnose
from course.checks.observe import Observation
from course.checks.record import ExerciseRecord, MisconceptionRecord, PartRecord
from course.checks.show import show, show_inputs, show_named

PASS, PARTIAL, WRONG, NOT_ATTEMPTED, ERROR = "pass", "partial", "wrong", "not attempted", "error"
TIMEOUT, DIED, GRADER_ERROR = "timeout", "died", "grader error"
OUTCOMES = (PASS, PARTIAL, WRONG, NOT_ATTEMPTED, ERROR, TIMEOUT, DIED, GRADER_ERROR)


@dataclass(frozen=True)
class PartVerdict:
    """One part: right or not, and what it earned."""

    name: str
    points: int
    max_points: int


@dataclass(frozen=True)
class Example:
    """The first case that failed, in words: what went in, what came back, what was expected ('' where not told)."""

    inputs: str
    got: str
    expected: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    ``outcome`` is one of `OUTCOMES`. ``misconception`` names the recognised misunderstanding, and ``diagnosis`` is
    its hint, or the general diagnosis, or ``""``. ``first`` names other answers that this one uses and that do not
    pass either: they want mending first.
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

    @property
    def passed(self) -> bool:
        """True if every part is right."""
        return self.outcome == PASS


def judge(exercise: ExerciseRecord, observations: Sequence[Observation]) -> Verdict:
    """Compare what an answer gave on every case with what the record expects.

    Parameters
    ----------
    exercise : ExerciseRecord
    observations : sequence of dict
        One for each case, from `observe_all`; may come from an untrusted process.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If there is not one observation a case.
    """
    if len(observations) != len(exercise.cases):
        raise ValueError(
            f"{exercise.name}: expected {len(exercise.cases)} observations, one a case, got {len(observations)}"
        )
    seen = [read(exercise, case, o) for case, o in zip(exercise.cases, observations, strict=True)]
    if not any(s.attempted for s in seen):
        return without_result(exercise, NOT_ATTEMPTED, "")
    expected = [decode_expected(exercise, e) for e in exercise.expected]
    faults = [find_faults(exercise, e, s) for e, s in zip(expected, seen, strict=True)]
    parts = tuple(
        PartVerdict(part.name, 0 if _first_fault(part, faults) else part.points, part.points) for part in exercise.parts
    )
    failed = [part for part in exercise.parts if _first_fault(part, faults)]
    points = sum(part.points for part in parts)
    if not failed:
        return Verdict(exercise.name, PASS, points, points, parts)
    index, fault = _first_fault(failed[0], faults)  # type: ignore[misc]
    misunderstood = recognise(exercise, expected, seen, faults, failed[0])
    outcome = ERROR if fault.kind == "error" and not misunderstood else WRONG
    return Verdict(
        exercise.name,
        PARTIAL if points else outcome,
        points,
        exercise.points,
        parts,
        misunderstood.name if misunderstood else "",
        misunderstood.hint if misunderstood else explain(exercise, expected, seen, faults, failed[0], fault),
        example_of(exercise, index, expected[index], seen[index], fault),
    )


def without_result(exercise: ExerciseRecord, outcome: str, diagnosis: str) -> Verdict:
    """Give the verdict of an answer that could not be looked at: not attempted, timeout, died, grader error."""
    parts = tuple(PartVerdict(part.name, 0, part.points) for part in exercise.parts)
    return Verdict(exercise.name, outcome, 0, exercise.points, parts, diagnosis=diagnosis)


def built_on(verdict: Verdict, used: Iterable[str], failing: Iterable[str]) -> Verdict:
    """Add to a verdict which of the other answers that it uses do not pass."""
    first = tuple(name for name in used if name in set(failing) and name != verdict.exercise)
    return verdict if verdict.passed or not first else replace(verdict, first=first)


def decode_expected(exercise: ExerciseRecord, expected: Any) -> Any:
    """Decode an expectation; intervals and digests are plain JSON already."""
    return decode(expected) if exercise.kind == "values" else expected


Faults = list[dict[str, Fault | None]]


def _first_fault(part: PartRecord, faults: Faults) -> tuple[int, Fault] | None:
    for index in part.cases:
        for component, fault in faults[index].items():
            if fault and part.component in (None, component):
                return index, fault
    return None


def recognise(
    exercise: ExerciseRecord, expected: list[Any], seen: list[Seen], faults: Faults, part: PartRecord
) -> MisconceptionRecord | None:
    """Find the misconception that gives the same wrong results in the part that failed.

    A misconception that explains everything the answer returned goes before one that explains this part alone.
    """
    matching = []
    for misconception in exercise.misconceptions:
        if exercise.kind == "constant":
            explains = _constant_matches(misconception, seen[0], faults[0])
            matching += [(not explains, misconception)] if explains else []
            continue
        other = [read(exercise, c, o) for c, o in zip(exercise.cases, misconception.observations, strict=True)]
        other_faults = [find_faults(exercise, e, o) for e, o in zip(expected, other, strict=True)]
        agrees = [
            {name: same(exercise, e, s, o, name) for name in components(exercise, e)}
            for e, s, o in zip(expected, seen, other, strict=True)
        ]
        names = [(i, name) for i in part.cases for name in agrees[i] if part.component in (None, name)]
        hit = [(i, name) for i, name in names if other_faults[i].get(name) and faults[i].get(name)]
        if exercise.kind == "bounds" and any(
            other_faults[i].get(name) and not faults[i].get(name) for i, name in names
        ):
            continue  # too low in one property is not enough: what else it does is not seen here
        components_hit = {name for _, name in hit}
        if hit and all(agrees[i][name] for i, name in names if name in components_hit):
            everywhere = all(all(row.values()) for row in agrees)
            matching.append((not everywhere, misconception))
    matching.sort(key=lambda pair: pair[0])
    return matching[0][1] if matching else None


def _constant_matches(misconception: MisconceptionRecord, seen: Seen, faults: dict[str, Fault | None]) -> bool:
    """Match a fixed answer: every leaf that the misconception gets wrong is wrong here in the same way.

    A leaf that the right answer does not have, in a table on its side, is wrong wherever it appears.
    """
    from course.checks.constants import matches

    if seen.error or not seen.attempted:
        return False
    hits = matches(seen.value, misconception.observations[0])
    return bool(hits) and all(hit and faults.get(path, True) for path, hit in hits.items())


def explain(
    exercise: ExerciseRecord,
    expected: list[Any],
    seen: list[Seen],
    faults: Faults,
    part: PartRecord,
    fault: Fault,
) -> str:
    """Diagnose a part that no misconception explains."""
    if fault.kind == "mutated":
        return (
            "Your answer changes its inputs in place (`x -= …`, `x[i] = …`, `x.sort()` do that). "
            "Whoever called you still needs them: work on a new array, `x = x - …`."
        )
    if fault.kind in ("warned", "structure", "low", "high"):
        return sentence(fault.text)
    if fault.kind == "constant":
        places = [path for path, found in faults[0].items() if found]
        named = ", ".join(exercise.labels.get(path, path) for path in places if path)
        return f"Look again at: {named}." if named and len(places) < len(faults[0]) else ""
    if fault.kind not in ("type", "shape", "nan", "value"):
        return ""
    name = fault.component
    stopped = next((s.error for s in (seen[i] for i in part.cases) if s.error), None)
    if stopped:
        return f"This case runs, with {fault.text}; another one stops with {stopped['type']}: {stopped['message']}."
    if any(not seen[i].attempted for i in part.cases):
        return f"Some cases are right; this one is not: {fault.text}."
    trials = [
        Trial(
            decode(exercise.cases[i]),
            select(exercise, expected[i], name),
            _try_select(exercise, seen[i].value, name),
            not faults[i].get(name),
        )
        for i in part.cases
    ]
    return diagnose(trials, name) or (sentence(fault.text) if fault.kind == "type" else "")


def sentence(text: str) -> str:
    """Make a sentence of a fault's text."""
    return f"{text[0].upper()}{text[1:]}."


def _try_select(exercise: ExerciseRecord, value: Any, name: str) -> Any:
    try:
        return select(exercise, value, name)
    except (TypeError, KeyError, IndexError):
        return value


def example_of(exercise: ExerciseRecord, index: int, expected: Any, seen: Seen, fault: Fault) -> Example:
    """Describe the first failing case: inputs, what came back, what was expected."""
    if exercise.kind == "constant":
        place = exercise.labels.get(fault.component, fault.component)
        return Example(place, describe(seen.value) if seen.error else _leaf_text(seen.value, fault.component))
    inputs = show_inputs(decode(exercise.cases[index]))
    if seen.error:
        return Example(inputs, _error_text(seen.error))
    if exercise.kind == "bounds":
        return Example(inputs, fault.text)
    if not seen.attempted:
        return Example(inputs, fault.text)
    if fault.kind == "structure":
        return Example(inputs, show(seen.value), show(expected))
    if fault.kind in ("mutated", "warned"):
        return Example(inputs, f"{show(seen.value)}, and {fault.text.split(', but ')[-1]}", show(expected))
    got, want = (select(exercise, value, fault.component) for value in (seen.value, expected))
    digits = next((d for d in (4, 8, 12) if show(got, d) != show(want, d)), 16)
    return Example(inputs, *(show_named(fault.component, value, digits) for value in (got, want)))


def _leaf_text(value: Any, path: str) -> str:
    from course.checks.constants import leaves

    found = dict(leaves(value))
    return show(found.get(path, value)) if path in found or not path else "nothing there"


def _error_text(error: dict[str, Any]) -> str:
    where = f"line {error['line']}: {error['code']}\n" if error.get("code") else ""
    return f"{where}{error['type']}: {error['message']}"
