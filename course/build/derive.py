"""Derived slips: the results of small changes to the right answers on the cases, found by running them.

Each mutant of a solution runs in a child process with limits, in the lab's namespace. Its budget is a number of
executed lines, not of seconds, so that the same mutants are kept on every machine. A mutant is kept if its results
differ from the right answer, from every foreseen slip, from constants and from inputs, are finite, and do not depend on
the last digits.
"""

import ast
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import course
from course.build.declare import Exercise, LabChecks
from course.build.faults import SourceFault
from course.build.slips import Solution, is_given, watched
from course.build.source import BEGIN, END, LabSource, with_solution, with_stub
from course.checks import ExerciseRecord, LabRecord
from course.checks.fingerprints import alike, unpack
from course.checks.kinds import Values
from course.inside.codec import decode, encode
from course.mutants.budget import Budget, OutOfBudget
from course.mutants.operators import Mutant, is_short, mutants

#: further draws of the cases, to distinguish mutants from one another and from the right answer
SEEDS = (1, 2)
#: lines and calls that a mutant may execute on one case: far more than any solution needs
LINES = 60_000
#: the most derived slips in the record of one exercise
MOST = 100
#: memory and CPU seconds of the child process that runs a lab's mutants
MEMORY, SECONDS = 4 << 30, 900

#: the modules of `course.inside` that determine an answer's result on a case; the others start, limit and end processes
_ANSWERING = tuple(
    f"inside/{name}.py" for name in ["codec", "fake_cupy", "fake_gpu", "graphs", "observe", "probes", "searches"]
)
#: the files that decide which mutants are kept: records that were made from the same files hold the same mutants
_CHANGING = tuple(f"mutants/{name}.py" for name in ["budget", "inputs", "operators", "tree"])
_DECIDING = (*_CHANGING, *_ANSWERING, "build/derive.py", "build/slips.py", "checks/fingerprints.py")


@dataclass
class Found:
    """The results of one exercise's mutants.

    ``derived``: change → trace. ``passing``: changes of the solution that every case accepts as right. ``silent``
    counts the mutants whose description would use names that only the solution has; ``alike`` those that give the same
    as another mutant; ``known`` those that give the same as a foreseen slip; ``tried`` all of them.
    """

    derived: dict[str, str] = field(default_factory=dict)
    outlines: list[list[str]] = field(default_factory=list)
    passing: list[str] = field(default_factory=list)
    tried: int = 0
    known: int = 0
    alike: int = 0
    silent: int = 0


def add_derived(source: LabSource, checks: LabChecks, exercises: Mapping[str, ExerciseRecord]) -> str:
    """Fill in the derived slips of a lab's records, and return the digest of what they were made from.

    If the record in the checkout has the same digest, its derived slips are used; otherwise they are computed again.

    Raises
    ------
    SourceFault
        If a mutant passes but is not listed as equivalent, or a listed one does not pass.
    """
    digest = made_from(source)
    standing = _standing(source, digest)
    for name, record in exercises.items():
        if standing and name in standing.exercises:
            record.derived.update(standing.exercises[name].derived)
            record.outlines[:] = standing.exercises[name].outlines
    if not standing:
        derived = derive(source)
        if faults := [fault for e in checks.exercises for fault in wrongly_listed(e, derived.get(e.name, Found()))]:
            raise SourceFault(source.path.parent / "checks" / f"lab{source.lab}.py", "\n".join(faults))
        for name, found in derived.items():
            exercises[name].derived.update(found.derived)
            exercises[name].outlines[:] = found.outlines
    for record in exercises.values():  # one change explains more than two do
        explained = list(record.derived.values())
        for names in [names for names, trace in record.pairs.items() if trace in explained]:
            del record.pairs[names]
    return digest


def wrongly_listed(exercise: Exercise, found: Found) -> Iterator[str]:
    """Name each mutant that passes for right and is not listed as equivalent, and each entry that names none."""
    listed = [words for why in exercise.equivalent.values() for words in why]
    for change in sorted(set(found.passing)):
        if not any(words in change for words in listed):
            yield f"{exercise.name}: right in every case if {change}. Draw a case that tells, or list it as equivalent"
    for words in listed:
        if not any(words in change for change in found.passing):
            yield f"{exercise.name}: {words!r} is listed as equivalent, and names no change that is right in every case"


def made_from(source: LabSource) -> str:
    """Return a digest of a lab's source, its checks, and the modules that decide what is derived from them."""
    home = Path(course.__file__).parent
    files = [home / part for part in _DECIDING]
    files += [source.path, source.path.parent / "checks" / f"lab{source.lab}.py"]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _standing(source: LabSource, digest: str) -> LabRecord | None:
    path = source.path.parents[1] / "labs" / "checks" / f"lab{source.lab}.json"
    try:
        record = LabRecord.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if record.made_from == digest else None


def derive(source: LabSource) -> dict[str, Found]:
    """Run the mutants of all exercises of a lab in a child process with limits.

    Raises
    ------
    SourceFault
        If the child died.
    """
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    child = subprocess.run(
        [sys.executable, "-m", "course.build.derive", str(source.path)], capture_output=True, text=True, env=environment
    )
    if child.returncode:
        raise SourceFault(
            source.path, f"the run of the solutions' mutants ended with {child.returncode}: {child.stderr[-800:]}"
        )
    return {name: Found(**found) for name, found in json.loads(child.stdout).items()}


class Deriver:
    """Runs the mutants of one exercise."""

    def __init__(self, source: LabSource, checks: LabChecks, exercise: Exercise, namespace: dict[str, Any]):
        from course.build.records import build_exercise, solution_of

        self.exercise = exercise
        self.solution: Solution = solution_of(source, exercise.name, namespace)
        self.record = build_exercise(source, checks, exercise, namespace)
        others = [build_exercise(source, checks, exercise, namespace, seed, False) for seed in SEEDS]
        self.draws = [self.record, *others]
        self.kinds = [Values(record) for record in self.draws]
        self.expected = [[kind.expectation(e) for e in kind.exercise.expected] for kind in self.kinds]
        self.shown = _words_shown(source, exercise.name)
        self.nudged = [_nudged(case) for case in self.record.cases]

    def find(self) -> Found:
        """Run all mutants, and keep the useful ones."""
        found = Found(outlines=self.record.outlines)
        known = {slip.trace for slip in self.record.slips}
        foreseen = len(found.outlines)
        groups: dict[str, list[tuple[Mutant, Any]]] = {}
        for mutant, is_of_solution in self._mutants():
            found.tried += 1
            try:
                answer = self.solution.run(mutant.text)
            except Exception:  # after this change there is no answer to run
                continue
            before = len(found.outlines)
            trace, verdict = self._try(answer)
            if verdict == "right":
                if is_of_solution and not mutant.is_harmless and self._right_elsewhere(answer):
                    found.passing.append(mutant.change)
            elif verdict == "wrong" and trace in known:
                found.known += 1
            elif verdict == "wrong":
                groups.setdefault(trace, []).append((mutant, answer))
                continue
            del found.outlines[before:]
        kept = []
        for trace, members in groups.items():
            found.alike += len(members) - 1
            tellable = [(m, answer) for m, answer in members if self._may_be_told(m)]
            if not tellable:
                found.silent += 1
            elif self._is_one_meaning([answer for _, answer in members]):
                kept.append((min((m for m, _ in tellable), key=_rank), trace))
        kept.sort(key=lambda pair: _rank(pair[0]))
        given, found.outlines = found.outlines, found.outlines[:foreseen]
        for mutant, trace in kept[:MOST]:
            number, _, numbers = trace.partition(" ")
            outline = given[int(number)]
            if outline not in found.outlines:
                found.outlines.append(outline)
            found.derived.setdefault(self._told(mutant), f"{found.outlines.index(outline)} {numbers}")
        return found

    def _mutants(self) -> Iterator[tuple[Mutant, bool]]:
        """Give the mutants of the solution, then those of its alternatives, and tell which they are.

        What stands outside the solution's marks is given, and stays as it is.
        """
        above, _, rest = self.solution.text.partition(BEGIN)
        above, below = _code_alone(above), _code_alone(rest.rpartition(END)[2])
        edited = [edits for edits in self.exercise.alternatives if _is_edits(edits)]
        others = [self.solution.edited(edits, "alternative") for edits in edited]
        for text in (self.solution.text, *others):
            for mutant in mutants(_code_alone(text), with_names=text is self.solution.text):
                if mutant.text.startswith(above) and mutant.text.endswith(below):
                    yield mutant, text is self.solution.text

    def _try(self, answer: Any) -> tuple[str, str]:
        """Run a mutant on the public cases; return its trace, and whether it is right, wrong, or not to be kept."""
        kind, expected = self.kinds[0], self.expected[0]
        try:
            seen = self._watched(answer, self.record, self.record.cases)
        except OutOfBudget:
            return "", "nothing"
        if any(s.error or not s.attempted or s.mutated for s in seen):
            return "", "nothing"
        faults = [kind.faults(e, s) for e, s in zip(expected, seen, strict=True)]
        if not any(fault for case in faults for fault in case.values()):
            return "", "right"
        trace = kind.trace(expected, seen, self.record.outlines)
        marks = kind.marks(expected, seen)
        if any("nan" in m.outline or "inf" in m.outline for m in marks) or is_given(self.record, seen):
            return "", "nothing"
        again = self._watched(answer, self.record, self.nudged)
        if (
            any(s.error for s in again)
            or not alike(kind.marks(expected, again), unpack(trace.partition(" ")[2]), 1e-6, 1e-9).all()
        ):
            return "", "nothing"
        return trace, "wrong"

    def _watched(self, answer: Any, record: ExerciseRecord, cases: list[Any]) -> list[Any]:
        """Run a mutant case by case.

        Raises
        ------
        OutOfBudget
            If it runs for too long on one of them.
        """
        seen = []
        for case in cases:
            with Budget(f"<{self.exercise.name} edited>", LINES):
                seen += watched(record, answer, [case])
        return seen

    def _right_elsewhere(self, answer: Any) -> bool:
        """Tell whether the other draws accept a mutant as right, too."""
        for kind, expected in zip(self.kinds[1:], self.expected[1:], strict=True):
            try:
                seen = self._watched(answer, kind.exercise, kind.exercise.cases)
            except OutOfBudget:
                return False
            if any(fault for e, s in zip(expected, seen, strict=True) for fault in kind.faults(e, s).values()):
                return False
        return True

    def _is_one_meaning(self, answers: list[Any]) -> bool:
        """Tell whether mutants that agree on the public cases also agree on other draws."""
        for kind, expected in zip(self.kinds[1:], self.expected[1:], strict=True) if len(answers) > 1 else ():
            outlines: list[list[str]] = []
            traces = {
                kind.trace(expected, self._watched(answer, kind.exercise, kind.exercise.cases), outlines)
                for answer in answers[:6]
            }
            if len({trace.partition(" ")[0] for trace in traces}) > 1:
                return False
            first = unpack(next(iter(traces)).partition(" ")[2])
            if not all(np.allclose(unpack(trace.partition(" ")[2]), first, 1e-4, 1e-6) for trace in traces):
                return False
        return True

    def _may_be_told(self, mutant: Mutant) -> bool:
        return is_short(mutant.change) and all(
            name in self.shown or name in self.exercise.words for name in mutant.names
        )

    def _told(self, mutant: Mutant) -> str:
        told = mutant.change
        for name in mutant.names & self.exercise.words.keys():
            told = re.sub(rf"`{name}`|\b{name}\b", self.exercise.words[name], told)
        return told


def _rank(mutant: Mutant) -> tuple[bool, bool, int]:
    return mutant.is_swap, mutant.of_input, len(mutant.change)


def _is_edits(alternative: Any) -> bool:
    return isinstance(alternative, dict) and all(isinstance(key, str) for key in alternative)


def _code_alone(text: str) -> str:
    """Remove the marks and the comments of a solution, because only its code is changed."""
    return "\n".join(
        line.partition("  # ")[0].rstrip() for line in text.splitlines() if line.strip() not in (BEGIN, END)
    )


def _words_shown(source: LabSource, name: str) -> set[str]:
    """List the words that a student has read before the check of the exercise, also those in the notebook's code."""
    text = ""
    for cell in source.cells:
        text += " " + with_stub(cell)
        if cell.exercise and cell.exercise != name:
            text += " " + cell.exercise
        if cell.exercise == name:
            arguments = [node.arg for node in ast.walk(ast.parse(with_solution(cell))) if isinstance(node, ast.arg)]
            return set(re.findall(r"[A-Za-z_]\w*", text)) | {*arguments}
    return set()


def _nudged(case: Any) -> Any:
    """Change every number of a case by a billionth."""
    return encode({name: _moved(value) for name, value in decode(case).items()})


def _moved(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value * (1 + 1e-9)
    if isinstance(value, float):
        return value * (1 + 1e-9)
    if isinstance(value, list | tuple):
        return type(value)(_moved(item) for item in value)
    if isinstance(value, dict):
        return {key: _moved(item) for key, item in value.items()}
    return value


def derive_here(path: Path) -> dict[str, Any]:
    """Run a lab's mutants in this process, which is the child."""
    from course.build.records import load_checks, reference_namespace
    from course.build.source import load_source

    source = load_source(path)
    checks = load_checks(source)
    namespace = reference_namespace(source)
    return {
        e.name: vars(Deriver(source, checks, e, namespace).find())
        for e in checks.exercises
        if e.kind == "values" and e.derived and not e.measure and namespace[e.name] is not None
    }


if __name__ == "__main__":
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    out = os.dup(1)
    os.dup2(2, 1)  # what a mutant prints must not mix with the results
    with os.fdopen(out, "w") as file:
        json.dump(derive_here(Path(sys.argv[1])), file)
