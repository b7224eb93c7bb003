"""Wrong answers of a lab: from edits of the right answer to their traces on an exercise's cases."""

import linecache
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from course.build.declare import Case, Exercise, Slip
from course.build.faults import SourceFault
from course.build.source import BEGIN, END
from course.checks import ExerciseRecord, SlipRecord
from course.checks.compare import Seen, as_numbers, read
from course.checks.constants import leaves, seal_leaf
from course.checks.kinds import Bounds, Values
from course.checks.shorthand import JOINT
from course.inside.codec import decode, encode
from course.inside.observe import observe

#: how often a slip is measured if properties have intervals, and how often two slips at once, of which there are many
DRAWS, DRAWS_OF_TWO = 12, 4


@dataclass(frozen=True)
class Solution:
    """The right answer of one exercise: its text, and the namespace in which it runs.

    Parameters
    ----------
    name : str
        The exercise.
    text : str
        The text of its cell, with the solution.
    namespace : mapping
        The names that the lab's setup and solution cells define.
    path : Path
        The file of the checks, for messages.
    """

    name: str
    text: str
    namespace: Mapping[str, Any]
    path: Path

    def edited(self, edits: Mapping[str, str], what: str) -> str:
        """Return the cell's text with every `old` of the solution replaced by its `new`.

        Raises
        ------
        SourceFault
            If an edit finds nothing to replace, because the solution has changed since it was written.
        """
        start, end = self.text.index(BEGIN), self.text.rindex(END)
        solution = self.text[start:end]
        for old, new in edits.items():
            if old not in solution:
                raise SourceFault(
                    self.path, f"{self.name}, {what}: the solution holds no {old!r}; it is now\n{solution}"
                )
            solution = solution.replace(old, new)
        return self.text[:start] + solution + self.text[end:]

    def run(self, text: str) -> Any:
        """Run another text of the cell in the lab's namespace, and return the answer that it defines."""
        filename = f"<{self.name} edited>"
        linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
        namespace = dict(self.namespace)
        exec(compile(text, filename, "exec"), namespace)
        return namespace[self.name]

    def variant(self, wrong: Any, what: str) -> Any:
        """Return an answer that is declared by edits or in full."""
        if not (isinstance(wrong, dict) and wrong and all(isinstance(part, str) for part in (*wrong, *wrong.values()))):
            return wrong
        try:
            return self.run(self.edited(wrong, what))
        except SourceFault:
            raise
        except Exception as error:
            raise SourceFault(self.path, f"{self.name}, {what}: the edited solution does not run: {error}") from None


def watched(record: ExerciseRecord, answer: Any, cases: Sequence[Any] | None = None) -> list[Seen]:
    """Run an answer on the cases, and read the results."""
    cases = record.cases if cases is None else cases
    return [read(record, case, observe(record.probe, answer, case)) for case in cases]


def is_given(record: ExerciseRecord, seen: Sequence[Seen]) -> bool:
    """Tell whether a result is an input, or the same in every case; the general diagnosis finds that."""
    values = [value for value in (as_numbers(s.value) for s in seen) if value is not None]
    if len(values) < len(seen):
        return False
    given = [[as_numbers(value) for value in decode(case).values()] for case in record.cases]
    columns = zip(*given, strict=True) if len({len(inputs) for inputs in given}) == 1 else ()
    unchanged = any(
        all(g is not None and np.array_equal(v, g) for v, g in zip(values, column, strict=True)) for column in columns
    )
    return unchanged or all(np.array_equal(values[0], value) for value in values)


def trace_of(record: ExerciseRecord, answer: Any, draws: int = DRAWS) -> Any:
    """Return the trace of a wrong answer on the cases of a record."""
    if record.kind == "bounds":
        return Bounds(record).trace([watched(record, answer, cases) for cases in _redrawn(record, draws)])
    values = Values(record)
    expected = [values.expectation(stored) for stored in record.expected]
    return values.trace(expected, watched(record, answer), record.outlines)


def _redrawn(record: ExerciseRecord, draws: int) -> list[list[Any]]:
    """Return the cases unchanged, and again with other seeds in them."""
    rng = np.random.default_rng([len(record.name), record.position])
    return [record.cases, *([_reseeded(case, rng) for case in record.cases] for _ in range(draws - 1))]


def _reseeded(case: Any, rng: np.random.Generator) -> Any:
    inputs: Case = decode(case)
    for name in ("seed", "seeds"):
        if name in inputs:
            old = np.asarray(inputs[name])
            fresh = {seed: int(rng.integers(2**31)) for seed in np.unique(old).tolist()}
            new = np.array([fresh[seed] for seed in old.ravel().tolist()], dtype=np.int64).reshape(old.shape)
            inputs[name] = new if isinstance(inputs[name], np.ndarray) else new.tolist()
    return encode(inputs)


def add_slips(record: ExerciseRecord, exercise: Exercise, solution: Solution | None) -> None:
    """Fill in a record's foreseen slips, and two of them at once."""
    for slip in exercise.slips:
        answer = solution.variant(slip.wrong, slip.name) if solution else slip.wrong
        trace = trace_of(record, answer)
        record.slips.append(SlipRecord(slip.name, slip.hint, trace))
        if solution and (missing := _missing_names(record, trace) - set(re.findall(r"\w+", slip.hint))):
            raise SourceFault(solution.path, f"{exercise.name}, {slip.name}: {min(missing)!r} is not defined there")
    if solution:
        known = [slip.trace for slip in record.slips]
        for one, two in combinations(exercise.slips, 2):
            answer = _both(solution, one, two)
            trace = answer and trace_of(record, answer, DRAWS_OF_TWO)
            if not trace or trace in known:
                continue
            if record.kind == "bounds" or not is_given(record, watched(record, answer)):
                record.pairs[f"{one.name}{JOINT}{two.name}"] = trace
                known.append(trace)


def _missing_names(record: ExerciseRecord, trace: Any) -> set[str]:
    """List the names that a slip uses and that its lab does not have: a slip that ends so is another one than meant."""
    if record.kind == "values":
        ends = record.outlines[int(trace.partition(" ")[0])]
    else:
        ends = [end for end in trace if isinstance(end, str)]
    return {end.split("'")[1] for end in ends if end.startswith("NameError: name '")}


def _both(solution: Solution, one: Slip, two: Slip) -> Any:
    """Make both edits; None if one leaves nothing for the other to edit, or if the result does not run."""
    if not (isinstance(one.wrong, dict) and isinstance(two.wrong, dict)):
        return None
    try:
        both = solution.edited({**one.wrong, **two.wrong}, "both")
        other = solution.edited({**two.wrong, **one.wrong}, "both")
        return solution.run(both) if both == other else None
    except Exception:  # two edits that do not work together are not a slip
        return None


def sealed_slip(reference: Any, slip: Slip, salt: str, tolerance: float) -> SlipRecord:
    """Seal a wrong constant: only the leaves in which it differs from the right one."""
    right = leaves(reference)
    differing = [(path, leaf) for path, leaf in leaves(slip.wrong).items() if path not in right or right[path] != leaf]
    sealed = {path: seal_leaf(path, leaf, salt, tolerance) for path, leaf in differing}
    return SlipRecord(slip.name, slip.hint, {"salt": salt, "leaves": sealed})
