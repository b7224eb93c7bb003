"""Build a lab's check record: run the reference and each well-known wrong answer on drawn cases, and keep the data."""

import hashlib
import importlib.util
import linecache
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from course.build.declare import Case, Exercise, LabChecks
from course.build.derive import add_derived
from course.build.faults import SourceFault
from course.build.slips import Solution, add_slips, sealed_slip
from course.build.source import Cell, LabSource, with_solution, with_stub
from course.checks import (
    ExerciseRecord,
    LabRecord,
    PartRecord,
    QuestionRecord,
    SlipRecord,
)
from course.checks.constants import seal
from course.inside.codec import encode
from course.inside.observe import observe


def load_checks(source: LabSource) -> LabChecks:
    """Import ``checks/labNN.py`` beside a lab's source and return its ``LAB``.

    Raises
    ------
    SourceFault
        If the file is missing, has no LAB, or does not declare the source's exercises; or if a prediction has no text
        that explains it, or a text has no prediction.
    """
    path = source.path.parent / "checks" / f"lab{source.lab}.py"
    checks = _import_lab(path)
    declared, written = [exercise.name for exercise in checks.exercises], source.exercises
    for name in sorted({*declared} ^ {*written}):
        where = "has no entry for" if name in written else f"declares {name!r}, but {source.path.name} has no"
        raise SourceFault(path, f"{where} exercise {name!r}" if name in written else f"{where} such exercise")
    if declared != written:
        raise SourceFault(path, f"expected the exercises in the order of the lab, {written}, got {declared}")
    predicted = [prediction.name for prediction in checks.predictions]
    for name in sorted({*predicted} ^ {*source.why}):
        raise SourceFault(source.path, f'expected a text cell marked why="…" for each of {predicted}: correct {name!r}')
    for name in sorted({*source.buys} - {*declared}):
        raise SourceFault(source.path, f'there is no exercise {name!r}, which a text cell marked buys="…" names')
    return checks


def _import_lab(path: Path) -> LabChecks:
    if not path.is_file():
        raise SourceFault(path, "this file with the lab's checks is missing")
    spec = importlib.util.spec_from_file_location(f"_checks_of_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    if not isinstance(getattr(module, "LAB", None), LabChecks):
        raise SourceFault(path, "expected a LabChecks named LAB")
    return module.LAB


def reference_namespace(source: LabSource, replaced: dict[str, str] | None = None) -> dict[str, Any]:
    """Run only a lab's setup and solution cells.

    Parameters
    ----------
    source : LabSource
    replaced : dict, optional
        exercise → other source text for its cell, to test the checks with it.

    Returns
    -------
    dict
        The names that the cells define; None for an answer that is handed in instead of run.
    """
    namespace: dict[str, Any] = {"__name__": f"lab{source.lab}"}
    for cell in source.cells:
        if "handed_in" in cell.tags:
            namespace[cell.exercise] = None  # it takes minutes; the solved notebook shows that it passes
        elif "setup" in cell.tags or cell.exercise:
            _run(cell, (replaced or {}).get(cell.exercise, with_solution(cell)), source.lab, namespace)
    return namespace


def _run(cell: Cell, text: str, lab: str, namespace: dict[str, Any]) -> None:
    name = f"<lab {lab}: {cell.exercise or 'setup'}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(text, name, "exec"), namespace)


def build_record(source: LabSource, checks: LabChecks, seed: int | None = None) -> LabRecord:
    """Build the check record of a lab.

    Parameters
    ----------
    source : LabSource
    checks : LabChecks
    seed : int, optional
        Seed of the cases. By default it is the lab's number; this gives the students' record, with all known wrong
        answers. The grader draws its own seed and keeps it secret. Its record needs no slips, because the public cases
        show which slip an answer makes.

    Returns
    -------
    LabRecord

    Raises
    ------
    SourceFault
        If a reference raises an error, changes its inputs or warns, or if a slip's edit finds nothing to replace.
    """
    namespace = reference_namespace(source)
    exercises = {e.name: build_exercise(source, checks, e, namespace, seed, seed is None) for e in checks.exercises}
    if seed is None:
        made_from = add_derived(source, checks, exercises)
    return LabRecord(
        source.lab,
        source.title,
        list(checks.imports),
        checks.seconds,
        exercises,
        {
            p.name: QuestionRecord(p.name, p.question, list(p.options), source.why[p.name], reason=p.reason)
            for p in checks.predictions
        },
        [_recall(source, name) for name in checks.recall],
        stubs={
            cell.exercise or cell.written: with_stub(cell) for cell in source.cells if cell.exercise or cell.written
        },
        made_from=made_from if seed is None else "",
    )


def build_exercise(
    source: LabSource,
    checks: LabChecks,
    exercise: Exercise,
    namespace: Mapping[str, Any],
    seed: int | None = None,
    with_slips: bool = True,
) -> ExerciseRecord:
    """Build the record of one of a lab's exercises; every exercise has its own generator and salt."""
    entropy = [int(source.lab)] if seed is None else [int(source.lab), seed]
    position = list(checks.exercises).index(exercise)
    rng = np.random.default_rng([*entropy, position])
    salt = hashlib.sha256(repr((entropy, exercise.name)).encode()).hexdigest()[:16]
    solution = solution_of(source, exercise.name, namespace)
    record = exercise_record(
        source, exercise, position, namespace[exercise.name], rng, salt, solution, with_slips, secret=seed is not None
    )
    return replace(record, buys=source.buys.get(exercise.name, ""))


def solution_of(source: LabSource, name: str, namespace: Mapping[str, Any]) -> Solution:
    """Return the right answer of an exercise as a text that can be edited and run."""
    cell = next(cell for cell in source.cells if cell.exercise == name)
    path = source.path.parent / "checks" / f"lab{source.lab}.py"
    return Solution(name, with_solution(cell), namespace, path)


def _recall(source: LabSource, name: str) -> QuestionRecord:
    """Find a question that this or another lab declares, by a name such as ``01.tie``."""
    lab, _, short = name.partition(".")
    path = source.path.parent / "checks" / f"lab{lab}.py"
    for q in _import_lab(path).questions:
        if q.name == short:
            earlier = lab if lab != source.lab else ""
            return QuestionRecord(q.name, q.question, list(q.options), q.why, q.correct, earlier)
    raise SourceFault(path, f"lab {source.lab} asks the question {short!r}, which is not declared here")


def exercise_record(
    source: LabSource,
    exercise: Exercise,
    position: int,
    reference: Any,
    rng: np.random.Generator,
    salt: str,
    solution: Solution | None = None,
    with_slips: bool = True,
    secret: bool = False,
) -> ExerciseRecord:
    """Build the record of one exercise from its reference answer; edits need the text of the solution.

    If the cases are `secret`, their order is drawn, too, so that the number of a call says nothing about its result.
    """
    slips: list[SlipRecord] = []
    if exercise.kind == "constant":
        cases = [encode({})]
        groups: dict[str | None, list[int]] = {None: [0]}
        expected = [seal(reference, salt, exercise.tolerance, exercise.also)]
        for slip in exercise.slips if with_slips else ():
            slips.append(sealed_slip(reference, slip, salt, exercise.tolerance))
    else:
        inputs, groups = _draw(exercise, rng, secret)
        cases = [encode(case) for case in inputs]
        expected = [_expect(source, exercise, reference, case, data) for case, data in zip(inputs, cases, strict=True)]
    parts = [
        PartRecord(
            part.name,
            part.points,
            groups[part.group],
            list(part.component) if isinstance(part.component, tuple) else part.component,
        )
        for part in exercise.parts
    ]
    record = ExerciseRecord(
        exercise.name,
        position,
        exercise.kind,
        "constant" if exercise.kind == "constant" else exercise.probe,
        exercise.measure,
        list(exercise.returns) if exercise.returns else None,
        exercise.rtol,
        exercise.atol,
        exercise.quiet,
        parts,
        cases,
        expected,
        slips,
        list(exercise.hints),
        exercise.labels,
        choices=list(exercise.choices),
        steps=exercise.steps,
    )
    if with_slips and exercise.kind != "constant":
        add_slips(record, exercise, solution)
    return record


def _draw(exercise: Exercise, rng: np.random.Generator, secret: bool) -> tuple[list[Case], dict[str | None, list[int]]]:
    """Draw the cases and number them; the order of secret ones is drawn, too. Group None holds all cases."""
    cases_of = (secret and exercise.secret_cases) or exercise.cases
    drawn = cases_of(rng) if cases_of else []
    groups = drawn if isinstance(drawn, dict) else {"": drawn}
    cases: list[Case] = []
    numbers: dict[str | None, list[int]] = {}
    for name, group in groups.items():
        numbers[name] = list(range(len(cases), len(cases) + len(group)))
        cases += group
    numbers[None] = list(range(len(cases)))
    order = [int(old) for old in rng.permutation(len(cases))] if secret else numbers[None]
    place = {old: new for new, old in enumerate(order)}
    return [cases[old] for old in order], {name: sorted(place[old] for old in olds) for name, olds in numbers.items()}


def _expect(source: LabSource, exercise: Exercise, reference: Any, inputs: Case, case: Any) -> Any:
    """Run the reference on a case. It must raise no error, change no input and give no warning."""
    seen = observe(exercise.probe, reference, case) if reference is not None else {"value": None}
    if seen.keys() != {"value"}:
        with np.printoptions(threshold=20):
            raise SourceFault(source.path, f"the solution of {exercise.name!r} on {inputs}: {seen}")
    if exercise.bounds:
        return {name: list(interval) for name, interval in exercise.bounds(inputs).items()}
    if exercise.measure:
        from course.checks.measures import MEASURES
        from course.inside.codec import decode

        return encode(MEASURES[exercise.measure](decode(seen["value"]), inputs))
    return seen["value"]
