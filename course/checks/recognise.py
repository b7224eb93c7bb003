"""Which of the wrong answers that a record knows gives just these results; no slip that anything observed rules out."""

from dataclasses import dataclass

import numpy as np

from course.checks.compare import Fault, Seen
from course.checks.kinds import Faults, Kind, Place, Values, listed, verb
from course.checks.record import JOINT, PartRecord

#: how the hint of a derived slip begins
EFFECT = "This is what comes out if"


@dataclass(frozen=True)
class Recognised:
    """A slip that explains an answer: its name as the class report shows it ("" for a derived one), and its hint."""

    name: str
    hint: str


def first_fault(part: PartRecord, faults: Faults) -> tuple[int, str, Fault] | None:
    """Find what the message about a part shows: the case, the component, and what is wrong with it."""
    for index in part.cases:
        for component, fault in faults[index].items():
            if fault and part.looks_at(component):
                return index, component, fault
    return None


def recognise(kind: Kind, expected: list[object], seen: list[Seen], faults: Faults, shown: Place) -> Recognised | None:
    """Find the slip that gives what an answer gave.

    A slip that gives the same everywhere is named: a foreseen one, else two of them at once, else a derived one. A
    slip that gives the same in the component that is shown, and is right in all others, is named too: what is wrong in
    these has another cause, which is said. A slip that gets anything wrong that the answer has right, or has got wrong
    in another way, is not named.

    Parameters
    ----------
    kind : Kind
        Of the exercise.
    expected : list
        The expectation of each case.
    seen : list of Seen
        What the answer gave.
    faults : list of dict
        What is wrong, case by case.
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
    apart = np.array([right[:, whose == k].all(axis=1) & (name in wrong) for k, name in enumerate(names)])
    able = np.flatnonzero((explained | apart).all(axis=0)).tolist()
    own = names.index(shown[1])
    for s in able:
        if explained[own, s]:
            left = [n for k, n in enumerate(names) if n in wrong and not explained[k, s]]
            return _with_the_rest(known, s, left, [t for t in able if all(explained[names.index(n), t] for n in left)])
    return None


def _known(kind: Kind) -> list[tuple[Recognised, object]]:
    """List all wrong answers of a record with their traces: the foreseen, two at once, the derived."""
    exercise = kind.exercise
    hints = {slip.name: slip.hint for slip in exercise.slips}
    pairs = [
        (Recognised(joint, _two(*(hints[name] for name in joint.split(JOINT)))), trace)
        for joint, trace in exercise.pairs.items()
    ]
    derived = [(Recognised("", f"{EFFECT} {change}."), trace) for change, trace in exercise.derived.items()]
    return [*((Recognised(slip.name, slip.hint), slip.trace) for slip in exercise.slips), *pairs, *derived]


def _with_the_rest(known: list[tuple[Recognised, object]], s: int, left: list[str], others: list[int]) -> Recognised:
    """Add to a slip what explains the components that it leaves, or that something else is wrong with them."""
    first = known[s][0]
    if others:
        second = known[others[0]][0]
        both = JOINT.join(filter(None, [first.name, second.name]))
        return Recognised(both, _two(first.hint, second.hint))
    rest = f"Besides, {listed(left)} {verb(left)} off for another reason."
    return Recognised(first.name, f"{first.hint} That is told as if nothing else were wrong. {rest}")


def _two(first: str, second: str) -> str:
    """Word two slips at once: a hint may say that all the rest is right, and here it is not."""
    return f"Two things at once, each told as if it were the only one. One: {first} The other: {second}"
