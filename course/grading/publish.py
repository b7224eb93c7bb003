"""Around the grading of a class: read what the instructor gave before it begins, write the reports when it is done."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.build import LabSource, written_solution
from course.checks import write_atomically
from course.grading.canvas import Gradebook, canvas_csv, read_gradebook
from course.grading.collect import HandedIn
from course.grading.marks import MarkBook, Question, changed, read_marks
from course.grading.report import write_reports
from course.grading.results import NO_SCORE, ClassResults, Graded, brief


@dataclass(frozen=True)
class Inputs:
    """What the instructor gave besides the submissions, read and found good."""

    questions: list[Question]
    book: MarkBook
    gradebook: Gradebook | None
    assignment: str


def read_inputs(
    out: Path, source: LabSource, handed_in: Sequence[HandedIn], gradebook: Path | None, assignment: str
) -> Inputs:
    """Read the marks in ``OUT/marks.csv`` and an exported Canvas gradebook.

    Raises
    ------
    ValueError
        If one of them is not what it should be: said before anything is graded.
    """
    questions = [Question(name, points, written_solution(source, name)) for name, points in source.written.items()]
    book = read_marks(out / "marks.csv", questions, [s.student for s in handed_in])
    known = read_gradebook(gradebook, source.lab, assignment) if gradebook else None
    return Inputs(questions, book, known, assignment)


def publish(
    out: Path,
    source: LabSource,
    handed_in: Sequence[HandedIn],
    load: Callable[[str], dict[str, Any] | None],
    inputs: Inputs,
) -> tuple[ClassResults, list[str]]:
    """Write every report from stored results.

    Parameters
    ----------
    out : Path
    source : LabSource
    handed_in : sequence of HandedIn
    load : callable
        Content's digest → its stored result.
    inputs : Inputs

    Returns
    -------
    ClassResults, list of str
        And what the instructor should know.
    """

    def graded() -> Iterator[Graded]:
        """Read each result from the store when it is its turn: the memory holds a class only in brief."""
        for s in handed_in:
            if (result := load(s.digest)) is not None:
                yield s.student, result | {"repairs": [*s.notes, *result["repairs"]]}

    ids = {s.student: s.canvas_id for s in handed_in}
    in_brief = [(student, brief(result)) for student, result in graded()]
    results = ClassResults(source.lab, source.title, in_brief, inputs.questions, inputs.book, ids)
    write_reports(out, results, graded)
    text, strangers = canvas_csv(results, inputs.gradebook, inputs.assignment)
    write_atomically(out / "canvas.csv", text)
    return results, list(_notes(results, strangers))


def _notes(results: ClassResults, strangers: list[str]) -> list[str]:
    """Say what waits for the instructor."""
    notes = [
        f"{student}: the written answer {question} has changed since it was marked"
        for student, question in changed(results.written, results.book)
    ]
    scored = [(student, result) for student, result in results.graded if result["status"] not in NO_SCORE]
    waiting = [student for student, result in scored if results.total(student, result) is None]
    if waiting:
        notes.append(f"without a mark for the written answer, so without a total: {some(waiting)}; see written.html")
    if len({result["max_score"] for _, result in results.graded}) > 1:
        notes.append(
            "some were graded when the lab had other points: add --regrade with each exercise that has changed"
        )
    if strangers:
        notes.append(f"not in the Canvas gradebook, so not in canvas.csv: {some(strangers)}")
    return notes


def some(names: list[str], most: int = 10) -> str:
    """List names for a line on the screen."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
