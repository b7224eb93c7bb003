"""Find the place of a mistake that no slip explains: the one change of an answer that makes every case right.

The changed answers run in the notebook's kernel, as the answer does; the grader has no use for them. Each may execute a
limited number of lines, so that the same place is found on every machine. The limit by the clock is for what sleeps.
"""

import ast
import re
import sys
import time
import warnings
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from course.checks.compare import read
from course.checks.kinds import kind_of
from course.checks.record import ExerciseRecord
from course.inside.observe import observe_all
from course.mutants.budget import Budget, OutOfBudget
from course.mutants.corrections import CHANGED, MOVED, REMOVED, Correction, corrections

#: changes that are tried, the lines and calls that one of them may execute, and those of all together
MOST, LINES, IN_ALL = 300, 100_000, 300_000
#: seconds after which no further change is tried
SECONDS = 3
_NAME = "<changed answer>"
_EMPTY = re.compile(r"\bempty(?=\(|_like\()")


def locate(exercise: ExerciseRecord, namespace: Mapping[str, Any], cells: Sequence[str]) -> str:
    """Say where one change makes a wrong answer right in every case.

    Parameters
    ----------
    exercise : ExerciseRecord
    namespace : mapping
        The notebook's names.
    cells : sequence of str
        The executed cells, in order.

    Returns
    -------
    str
        A sentence; "" if the answer is no function or class, if no change was found, or under a debugger.
    """
    if exercise.kind == "constant" or sys.gettrace():  # a debugger is at work
        return ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of odd code whenever it reads it
        text = _definitions(exercise.name, cells)
        if not text:
            return ""
        trial, end = _Trial(exercise, namespace), time.monotonic() + SECONDS
        for correction in islice(corrections(text), MOST):
            if trial.is_right(correction.text):
                is_luck = trial.is_right(text) or not trial.is_right(correction.text)
                return "" if is_luck else _sentence(correction, text)
            if trial.left <= 0 or time.monotonic() > end:
                break
    return ""


def _definitions(name: str, cells: Sequence[str]) -> str:
    """Return the functions and classes of the last cell that defines a name, each in its lines; "" if there is none.

    A cell that catches errors could go on after its budget; it is left alone.
    """
    for text in reversed(cells):
        try:
            tree = ast.parse(text) if name in text else ast.Module([], [])
        except (SyntaxError, ValueError):
            if re.search(rf"^(def|class)\s+{name}\b", text, re.MULTILINE):
                return ""  # what an earlier cell defined is no longer the answer
            continue
        defined = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        if name in [node.name for node in defined]:
            kept = {line for node in defined for line in range(_first_line(node), (node.end_lineno or 0) + 1)}
            lines = [line if i in kept else "" for i, line in enumerate(text.splitlines(), start=1)]
            catches = any(isinstance(node, ast.Try | ast.TryStar) for node in ast.walk(tree))
            return "" if catches else "\n".join(lines)
    return ""


def _first_line(node: ast.FunctionDef | ast.ClassDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


class _Trial:
    """Runs changed answers, first on a case that the answer fails."""

    def __init__(self, exercise: ExerciseRecord, namespace: Mapping[str, Any]):
        self.exercise, self.namespace, self.kind = exercise, namespace, kind_of(exercise)
        self.order = sorted(range(len(exercise.cases)), key=lambda case: self._passes(namespace, case))
        self.left = IN_ALL

    def is_right(self, text: str) -> bool:
        """Tell whether an answer passes every case within its budget.

        Arrays begin with zeros: what `np.empty` happens to find in memory may be the right result.
        """
        budget = Budget(_NAME, LINES)
        try:
            with budget:
                changed = dict(self.namespace)
                exec(compile(_EMPTY.sub("zeros", text), _NAME, "exec", dont_inherit=True), changed)
                return all(self._passes(changed, case) for case in self.order)
        except (Exception, OutOfBudget):  # this change gives no answer
            return False
        finally:
            self.left -= budget.used

    def _passes(self, namespace: Mapping[str, Any], case: int) -> bool:
        exercise, stored = self.exercise, self.exercise.cases[case]
        (seen,) = observe_all(exercise.probe, namespace, exercise.name, [stored])
        result, expected = read(exercise, stored, seen), self.kind.expectation(exercise.expected[case])
        return result.attempted and not any(self.kind.faults(expected, result).values())


#: what is said of the place, by what makes the answer right
_CLAIMS = {
    CHANGED: "one change there makes every case right",
    REMOVED: "without it, every case is right",
    MOVED: "in another place, it makes every case right",
}


def _sentence(found: Correction, text: str) -> str:
    line = text.splitlines()[found.line - 1].strip()
    place = f"line {found.line}, `{line}`" if found.piece == line else f"`{found.piece}` in line {found.line}, `{line}`"
    return f"Look at {place}: {_CLAIMS[found.how]}."
