"""Which of the foreseen misunderstandings gives just these wrong results."""

from typing import Any

from course.checks.compare import Fault, Seen, components, find_faults, read, same
from course.checks.constants import matches
from course.checks.record import ExerciseRecord, MisconceptionRecord, PartRecord

#: for each case, what is wrong with each of its components
Faults = list[dict[str, Fault | None]]


def first_fault(part: PartRecord, faults: Faults) -> tuple[int, str, Fault] | None:
    """Find what the message about a part shows: the case, the component, and what is wrong with it."""
    for index in part.cases:
        for component, fault in faults[index].items():
            if fault and part.component in (None, component):
                return index, component, fault
    return None


def recognise(
    exercise: ExerciseRecord,
    expected: list[Any],
    seen: list[Seen],
    faults: Faults,
    part: PartRecord,
    shown: tuple[int, str],
) -> MisconceptionRecord | None:
    """Find the misconception that gives the same wrong results in the part that failed.

    It must explain what the message shows, a case and a component. A misconception that explains everything the answer
    returned goes before one that explains this part alone, and that before one that explains only the component shown.
    """
    constant = exercise.kind == "constant"
    levels = [
        _constant_matches(m, seen[0], faults[0])
        if constant
        else _matches(exercise, expected, seen, faults, part, shown, m)
        for m in exercise.misconceptions
    ]
    best = max(levels, default=0)
    return exercise.misconceptions[levels.index(best)] if best else None


def _matches(
    exercise: ExerciseRecord,
    expected: list[Any],
    seen: list[Seen],
    faults: Faults,
    part: PartRecord,
    shown: tuple[int, str],
    misconception: MisconceptionRecord,
) -> int:
    """Match what an answer gave: 0 it is something else, 1 the component that is shown, 2 this part, 3 everything.

    What both get wrong in some case of the part has to be the same in all of them. Most differ in the first already.
    """
    index, component = shown

    def compare(i: int) -> tuple[Seen, set[str]]:
        """Read what the misconception gives on a case, and name the components that differ."""
        other = read(exercise, exercise.cases[i], misconception.observations[i])
        names = components(exercise, expected[i])
        return other, {name for name in names if not same(exercise, expected[i], seen[i], other, name)}

    differ: set[str] = set()
    wrong: set[str] = set()
    for i in part.cases:
        other, differ_here = compare(i)
        if component in differ_here:
            return 0
        other_faults = find_faults(exercise, expected[i], other)
        wrong_there = {name for name, fault in other_faults.items() if fault and part.component in (None, name)}
        both = {name for name in wrong_there if faults[i].get(name)}
        if exercise.kind == "bounds" and wrong_there != both:
            return 0  # too low in one property is not enough: what else it does is not seen here
        if i == index and component not in both:
            return 0
        wrong |= both
        differ |= differ_here
    if wrong & differ:
        return 1
    return 2 if any(compare(i)[1] for i in range(len(expected))) else 3


def _constant_matches(misconception: MisconceptionRecord, seen: Seen, faults: dict[str, Fault | None]) -> bool:
    """Match a fixed answer: every leaf that the misconception gets wrong is wrong here in the same way.

    A leaf that the right answer does not have, in a table on its side, is wrong wherever it appears.
    """
    if seen.error or not seen.attempted:
        return False
    hits = matches(seen.value, misconception.observations[0])
    return bool(hits) and all(hit and faults.get(path, True) for path, hit in hits.items())
