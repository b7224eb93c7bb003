"""``course build --slips NN``: the wrong answers that a lab knows, for its author."""

import ast
from collections.abc import Iterator
from pathlib import Path

from course.build.builder import sources
from course.build.derive import derive, wrongly_listed
from course.build.records import build_exercise, load_checks, reference_namespace
from course.build.source import load_source


def slip_report(root: Path, lab: str) -> Iterator[str]:
    """Describe a lab's slips, exercise by exercise.

    Parameters
    ----------
    root : Path
        The checkout.
    lab : str
        Two digits.

    Yields
    ------
    str
        A line for each exercise: its lines of declaration; the numbers of slips foreseen, two at once, and derived; and
        of mutants that give the same as a foreseen slip or another mutant, or that only the solution's own names could
        describe. Below it each change that every case accepts as right and that is not listed as equivalent, and each
        entry of that list that names no such change.

    Raises
    ------
    SourceFault
        If the lab cannot be built.
    ValueError
        If there is no such lab.
    """
    path = next((path for path in sources(root) if path.name.startswith(f"lab{lab}_")), None)
    if path is None:
        raise ValueError(f"expected the two digits of a lab, such as 02, got {lab!r}")
    source = load_source(path)
    checks = load_checks(source)
    namespace, found = reference_namespace(source), derive(source)
    lines = _lines(path.parent / "checks" / f"lab{lab}.py")
    for exercise in checks.exercises:
        known = build_exercise(source, checks, exercise, namespace)
        text = f"{exercise.name}: {lines.get(exercise.name, 0)} lines, {len(known.slips)} foreseen"
        if exercise.name not in found:
            yield f"{text}; nothing is derived for this kind"
            continue
        mutants = found[exercise.name]
        yield (
            f"{text}, {len(known.pairs)} two at once, {len(mutants.derived)} derived; of {mutants.tried} mutants "
            f"{mutants.known} give what a foreseen slip gives, {mutants.alike} what another mutant gives, "
            f"{mutants.silent} cannot be told, {len(mutants.passing)} pass for right"
        )
        yield from (f"    {fault}" for fault in wrongly_listed(exercise, mutants))


def _lines(path: Path) -> dict[str, int]:
    """Count the lines of each exercise's declaration in a file of checks."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    found = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Exercise"]
    return {
        str(call.args[0].value): (call.end_lineno or 0) - call.lineno + 1
        for call in found
        if call.args and isinstance(call.args[0], ast.Constant)
    }
