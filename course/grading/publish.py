"""Before and after the grading of a class: read the instructor's files, and write the reports."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.build import LabSource, WrittenQuestion
from course.checks import write_atomically
from course.grading.canvas import Gradebook, canvas_csv, read_gradebook
from course.grading.collect import Class, HandedIn
from course.grading.hand_back import write_zips
from course.grading.marks import MarkBook, Overrides, changed, read_marks, read_overrides
from course.grading.moodle import moodle_csv
from course.grading.report import write_reports
from course.grading.results import NO_SCORE, ClassResults, Graded, brief, nothing_handed_in, with_overrides
from course.grading.roster import Matched, Roster, match, read_roster


@dataclass(frozen=True)
class Inputs:
    """What the instructor gave besides the submissions, read and checked."""

    questions: list[WrittenQuestion]
    book: MarkBook
    overrides: Overrides
    gradebook: Gradebook | None
    assignment: str
    roster: Roster | None
    matched: Matched | None


def read_inputs(
    out: Path,
    source: LabSource,
    points: Mapping[str, int],
    handed_in: Sequence[HandedIn],
    gradebook: Path | None,
    assignment: str,
    roster: Path | None = None,
) -> Inputs:
    """Read ``OUT/marks.csv`` and ``OUT/overrides.csv``, an exported Canvas gradebook and the class list.

    Parameters
    ----------
    out : Path
    source : LabSource
    points : mapping of str to int
        Exercise → the most points it can earn.
    handed_in : sequence of HandedIn
    gradebook, roster : Path, optional
    assignment : str
        The assignment's title in Canvas.

    Raises
    ------
    ValueError
        If one of them cannot be used. This is before anything is graded.
    """
    questions = source.written
    people = read_roster(roster) if roster else None
    matched = match(people, handed_in) if people else None
    students = [one.student for one in handed_in]
    book = read_marks(out / "marks.csv", questions, students)
    overrides = read_overrides(out / "overrides.csv", points, students)
    known = read_gradebook(gradebook, source.lab, assignment) if gradebook else None
    if roster and people and people.platform == "Canvas" and not known:
        with suppress(ValueError):  # it is needed for the names, and may have no column for this lab
            known = read_gradebook(roster, source.lab, assignment)
    return Inputs(questions, book, overrides, known, assignment, people, matched)


def said_of(found: Class, matched: Matched | None) -> list[str]:
    """Say who handed in, before anything is graded."""
    names = [one.student for one in found.students]
    span = names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}"
    lines = [f"{len(names)} student{'s' * (len(names) > 1)}, {span}", *found.doubts]
    lines += [f"{one.student}: {ask}" for one in found.students for ask in one.asks]
    if matched and matched.missing:
        lines.append(f"in the list, but handed in nothing: {list_names(list(matched.missing))}")
    if matched and matched.strangers:
        lines.append(f"handed in, but not in the list: {list_names(matched.strangers)}")
    if found.left_alone:
        lines.append(f"ignored, because there is no notebook: {list_names(found.left_alone)}")
    return lines


def publish(
    out: Path,
    source: LabSource,
    found: Class,
    load: Callable[[str], dict[str, Any] | None],
    inputs: Inputs,
    fingerprints: Mapping[str, str],
) -> tuple[ClassResults, list[str]]:
    """Write every report from stored results.

    Parameters
    ----------
    out : Path
    source : LabSource
    found : Class
    load : callable
        Content's digest → its stored result.
    inputs : Inputs
    fingerprints : mapping of str to str
        Exercise → what its checks are now.

    Returns
    -------
    ClassResults, list of str
        The results, and notes for the instructor.
    """
    handed_in = found.students

    def graded() -> Iterator[Graded]:
        """Read the full results from the store one by one: only brief results of a whole class fit into memory."""
        for s in handed_in:
            if (result := load(s.digest)) is not None:
                noted = result | {"repairs": [*s.notes, *result["repairs"]]}
                yield s.student, with_overrides(noted, inputs.overrides.get(s.student, {}))

    in_brief = [(student, brief(result)) for student, result in graded()]
    outdated = _outdated(in_brief, fingerprints)
    if in_brief and inputs.matched:
        nothing = nothing_handed_in(in_brief[0][1])
        in_brief += [(key, nothing) for key in inputs.matched.missing]
        in_brief.sort(key=lambda one: one[0])
    results = ClassResults(
        source.lab,
        source.title,
        in_brief,
        inputs.questions,
        inputs.book,
        owners={s.student: s.owner for s in handed_in},
        names={key: m.name for key, m in inputs.matched.known.items()} if inputs.matched else {},
        asks={s.student: s.asks for s in handed_in if s.asks},
        doubts=found.doubts,
    )
    write_reports(out, results, graded)
    notes = list(_notes(results, outdated))
    text, strangers = canvas_csv(results, inputs.gradebook, inputs.assignment)
    write_atomically(out / "canvas.csv", text)
    if strangers:
        notes.append(f"not in the Canvas gradebook, so not in canvas.csv: {list_names(strangers)}")
    text, note = moodle_csv(results, inputs.roster, inputs.matched)
    if text:
        write_atomically(out / "moodle.csv", text)
    lost = write_zips(out, results.owners, results.pages)
    if lost:
        notes.append(f"no file to send feedback back to, so not in the zip: {list_names(lost)}")
    return results, [*notes, *filter(None, [note])]


def _outdated(graded: Sequence[Graded], fingerprints: Mapping[str, str]) -> list[str]:
    """List the exercises in which somebody was graded with other checks than the present ones."""
    seen = {(row["exercise"], row["checks"]) for _, result in graded for row in result["exercises"] if "checks" in row}
    return [name for name, now in fingerprints.items() if any(name == known and now != was for known, was in seen)]


def _notes(results: ClassResults, outdated: list[str]) -> Iterator[str]:
    """Say what the instructor has to do."""
    for student, question in changed(results.written, results.book):
        yield f"{student}: the written answer {question} has changed since it was marked"
    scored = [(student, result) for student, result in results.graded if result["status"] not in NO_SCORE]
    waiting = [student for student, result in scored if results.total(student, result) is None]
    if waiting:
        yield f"without a mark for the written answer, so without a total: {list_names(waiting)}; see written.html"
    if len({result["max_score"] for _, result in results.graded}) > 1:
        yield "some were graded when the lab had other points: add --regrade with each exercise that has changed"
    if outdated:
        again = " ".join(f"--regrade {name}" for name in outdated)
        changed_checks = list_names(outdated)
        yield f"the checks of {changed_checks} have changed since results were stored; to grade these again: {again}"


def list_names(names: list[str], most: int = 10) -> str:
    """Write a list of names in one line."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
