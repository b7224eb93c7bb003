"""Find the wrong answer in a record that gives exactly these results. Nothing observed may contradict it."""

from dataclasses import dataclass

import numpy as np

from course.checks.compare import Fault, Seen
from course.checks.kinds import Faults, Kind, Place, Values
from course.checks.record import PartRecord
from course.checks.shorthand import JOINT

#: how the hint of a derived slip begins
EFFECT = "This is what comes out if"


@dataclass(frozen=True)
class Recognised:
    """A slip that explains an answer: its name in the class report ("" for a derived slip), and its hint."""

    name: str
    hint: str


def first_fault(part: PartRecord, faults: Faults) -> tuple[int, str, Fault] | None:
    """Find what the message about a part shows: the case, the component, and its fault."""
    for index in part.cases:
        for component, fault in faults[index].items():
            if fault and part.looks_at(component):
                return index, component, fault
    return None


def recognise(kind: Kind, expected: list[object], seen: list[Seen], faults: Faults, shown: Place) -> Recognised | None:
    """Find the slip that gives an answer's results.

    A slip that gives the same everywhere is named: first a foreseen one, then a derived one, then two foreseen ones at
    once. Where several components are wrong, two slips may explain them together: each gives the same in some of them,
    and is right in all others. A slip is not named if it is wrong where the answer is right, or wrong in another way,
    or if it leaves anything unexplained.

    Parameters
    ----------
    kind : Kind
        The exercise's kind.
    expected : list
        The expectation of each case.
    seen : list of Seen
        The answer's results.
    faults : list of dict
        The faults, case by case.
    shown : tuple
        The case and the component that the message shows.
    """
    known = _known(kind)
    if not known:
        return None
    places = [(i, name) for i, case in enumerate(faults) for name in case]
    same = kind.agreement([trace for _, trace in known], expected, seen, places)
    everywhere = np.flatnonzero(same.all(axis=1))
    if everywhere.size:
        return known[everywhere[0]][0]
    if not isinstance(kind, Values) or kind.exercise.measure:
        return None
    names = list(dict.fromkeys(name for _, name in places))
    wrong = {name for i, name in places if faults[i][name]}
    whose = np.array([names.index(name) for _, name in places])
    right = kind.agreement([trace for _, trace in known], expected, [Seen(value) for value in expected], places)
    explained = np.array([same[:, whose == k].all(axis=1) for k in range(len(names))])
    if wrong and wrong == kind.exchanged(expected, seen, faults, range(len(seen))).keys():
        return None
    apart = np.array([right[:, whose == k].all(axis=1) & (name in wrong) for k, name in enumerate(names)])
    able = np.flatnonzero((explained | apart).all(axis=0)).tolist()
    own = names.index(shown[1])
    for s in able:
        if explained[own, s]:
            left = [n for k, n in enumerate(names) if n in wrong and not explained[k, s]]
            others = [t for t in able if all(explained[names.index(n), t] for n in left)]
            if others:
                return _both(known[s][0], known[others[0]][0])
    return None


def _known(kind: Kind) -> list[tuple[Recognised, object]]:
    """List all wrong answers of a record with their traces: foreseen slips, derived ones, two foreseen ones at once."""
    exercise = kind.exercise
    hints = {slip.name: slip.hint for slip in exercise.slips}
    pairs = [
        (Recognised(joint, _two(*(hints[name] for name in joint.split(JOINT)))), trace)
        for joint, trace in exercise.pairs.items()
    ]
    derived = [(Recognised("", f"{EFFECT} {change}."), trace) for change, trace in exercise.derived.items()]
    return [*((Recognised(slip.name, slip.hint), slip.trace) for slip in exercise.slips), *derived, *pairs]


def _both(first: Recognised, second: Recognised) -> Recognised:
    return Recognised(JOINT.join(filter(None, [first.name, second.name])), _two(first.hint, second.hint))


def _two(first: str, second: str) -> str:
    """Word two slips at once: a hint may say that all the rest is right, which is not so here."""
    return f"Two slips together give this; each hint assumes that it is the only one. First: {first} Second: {second}"
