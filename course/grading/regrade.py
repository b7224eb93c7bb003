"""Grade again: one student, one exercise, or one exercise of one student; all other results stay as they are."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from difflib import get_close_matches
from typing import Any

from course.checks import PASS, as_text, built_on
from course.grading.collect import HandedIn, Submission
from course.grading.grade import BLANK, GRADED, Material, grade
from course.grading.python_source import names_in
from course.grading.results import verdict_of
from course.grading.store import ResultStore


@dataclass(frozen=True)
class Selection:
    """What to grade again: these exercises of these students; if none are named, all of them."""

    students: frozenset[str]
    exercises: frozenset[str]


def select(wanted: Sequence[str], students: Iterable[str], exercises: Iterable[str]) -> Selection:
    """Find the students and exercises that are named.

    Parameters
    ----------
    wanted : sequence of str
        Names of students or exercises in grades.csv; ``student=NAME`` and ``exercise=NAME`` say which of the two.
    students, exercises : iterable of str
        All names.

    Returns
    -------
    Selection

    Raises
    ------
    ValueError
        If a name is unknown, or both a student's and an exercise's.
    """
    known = {"student": set(students), "exercise": set(exercises)}
    chosen: dict[str, set[str]] = {"student": set(), "exercise": set()}
    for text in wanted:
        said, _, rest = text.partition("=")
        kinds, name = ([said], rest) if said in known and rest else (list(known), text)
        fitting = [kind for kind in kinds if name in known[kind]]
        if not fitting:
            close = get_close_matches(name, [one for kind in kinds for one in known[kind]], n=3)
            near = f"; did you mean {' or '.join(close)}?" if close else ""
            raise ValueError(f"nothing here is called {name!r}: expected a student or an exercise of grades.csv{near}")
        if len(fitting) > 1:
            raise ValueError(f"{name!r} is a student and an exercise: say student={name} or exercise={name}")
        chosen[fitting[0]].add(name)
    return Selection(frozenset(chosen["student"]), frozenset(chosen["exercise"]))


def prepare(store: ResultStore, handed_in: Iterable[HandedIn], selection: Selection) -> None:
    """Note in the store what is to be graded again, so that a run that is stopped later continues with it."""
    for submission in handed_in:
        if selection.students and submission.student not in selection.students:
            continue
        if selection.exercises:
            store.mark_stale(submission.digest, selection.exercises)
        else:
            store.forget(submission.digest)


def grade_or_regrade(
    submission: Submission, material: Material, sandbox: str, before: dict[str, Any] | None
) -> dict[str, Any]:
    """Grade a submission; if `before` is a result with some stale exercises, grade only these exercises."""
    if not before or not before.get("stale") or before["status"] not in (GRADED, BLANK):
        return grade(submission, material, sandbox)
    stale = set(before["stale"])
    exercises = {name: record for name, record in material.secret.exercises.items() if name in stale}
    after = grade(submission, replace(material, secret=replace(material.secret, exercises=exercises)), sandbox)
    if after["status"] not in (GRADED, BLANK):
        return after
    return _merge(before, after, material)


def _merge(before: dict[str, Any], after: dict[str, Any], material: Material) -> dict[str, Any]:
    """Replace the old rows by the new ones, and determine again which answers use one that does not pass."""
    rows = {row["exercise"]: row for row in (*before["exercises"], *after["exercises"])}
    ordered = [rows[name] for name in material.secret.exercises if name in rows]
    failing = [row["exercise"] for row in ordered if row["outcome"] != PASS]
    for row in ordered:
        verdict = built_on(replace(verdict_of(row["verdict"]), first=()), names_in(row["answer"]), failing)
        row |= {"verdict": {**asdict(verdict), "parts": row["verdict"]["parts"]}, "message": as_text(verdict)}
    blank = all(row["outcome"] == "not attempted" for row in ordered)
    return after | {
        "status": BLANK if blank else GRADED,
        "score": sum(row["points"] for row in ordered),
        "max_score": material.secret.points,
        "exercises": ordered,
    }
