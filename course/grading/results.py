"""The results of a class, in the form that all reports use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from course.build import WrittenQuestion
from course.checks import ERROR, NOT_ATTEMPTED, Example, PartVerdict, Verdict
from course.grading.marks import MarkBook, Override
from course.grading.names import pages_for
from course.grading.platforms import Owner

#: student, and the result of `course.grading.grade.grade`
Graded = tuple[str, dict[str, Any]]
#: statuses without a score: nobody gets zero points because a file or the grader failed
MISSING = "missing"
NO_SCORE = ("unreadable", "grader error", MISSING)
#: words for an answer in tables and in the class report
_OF_A_CLASS = (
    "exercise",
    "outcome",
    "points",
    "max_points",
    "misconception",
    "diagnosis",
    "seconds",
    "by_hand",
    "checks",
)


@dataclass(frozen=True)
class ClassResults:
    """The results of a run for a class.

    Parameters
    ----------
    lab, title : str
        Two digits, and the lab's title.
    graded : sequence of (str, dict)
        In the order of the reports; `brief` results are enough.
    questions : sequence of WrittenQuestion
        The written answers, marked by hand.
    book : MarkBook
        The marks given so far.
    owners : mapping of str to Owner
        Student → the platform's data about the student.
    names : mapping of str to str
        Student → the name in the roster, if there is a roster.
    asks : mapping of str to sequence of str
        Student → what the instructor should look at.
    doubts : sequence of str
        The same of the class as a whole.
    """

    lab: str
    title: str
    graded: Sequence[Graded]
    questions: Sequence[WrittenQuestion] = ()
    book: MarkBook = field(default_factory=MarkBook)
    owners: Mapping[str, Owner] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    asks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    doubts: Sequence[str] = ()

    @cached_property
    def pages(self) -> dict[str, str]:
        """Student → the name of the page, without its suffix."""
        return pages_for(student for student, _ in self.graded)

    def called(self, student: str) -> str:
        """Return the student's name, followed by the key if the roster has another name."""
        name = self.names.get(student, student)
        return student if name == student else f"{name} ({student})"

    @property
    def written(self) -> dict[str, dict[str, str]]:
        """Student → question → the written answer."""
        return {student: result["written"] for student, result in self.graded}

    @property
    def max_total(self) -> int:
        """The highest possible total. The written answers count as soon as one answer of the class is marked."""
        coded = self.graded[0][1]["max_score"] if self.graded else 0
        return int(coded) + (sum(q.points for q in self.questions) if self.book.begun else 0)

    def mark(self, student: str, question: WrittenQuestion) -> float | None:
        """Return a student's mark; None if there is none yet."""
        return self.book.marks.get(student, {}).get(question.name)

    def total(self, student: str, result: dict[str, Any]) -> float | None:
        """Add up a student's points; None if there is no score, or if a written answer is not marked yet."""
        if result["status"] in NO_SCORE:
            return None
        marks = [self.mark(student, question) for question in self.questions] if self.book.begun else []
        given = [mark for mark in marks if mark is not None]
        return result["score"] + sum(given) if len(given) == len(marks) else None


def brief(result: dict[str, Any]) -> dict[str, Any]:
    """Leave out what only a student's page and results.jsonl show: answers, messages, most of the verdicts.

    For lab 02, a student then takes 8 KiB of memory instead of 28.
    """
    rows = []
    for row in result["exercises"]:
        example = row["verdict"]["example"] if row["outcome"] == ERROR else None
        verdict = {"first": row["verdict"]["first"], "example": example}
        rows.append({**{name: row[name] for name in _OF_A_CLASS if name in row}, "verdict": verdict})
    return {name: value for name, value in result.items() if name not in ("pictures", "stopped")} | {"exercises": rows}


def with_overrides(result: dict[str, Any], overrides: Mapping[str, Override]) -> dict[str, Any]:
    """Replace the grader's points by points that were given by hand.

    Parameters
    ----------
    result : dict
        The stored result; it is not changed.
    overrides : mapping of str to Override
        Exercise → points and comment.

    Returns
    -------
    dict
        Each changed row has ``by_hand``: the grader's points (None if there was no score), and the comment. A result
        without a score now has one, because a person has looked at it; after a grader error, only if all exercises
        have points by hand.
    """
    if not overrides:
        return result
    unread = result["status"] in NO_SCORE
    rows = []
    for row in result["exercises"]:
        given = overrides.get(row["exercise"])
        by_hand = {"was": None if unread else row["points"], "comment": given.comment} if given else None
        points = round(given.points) if given and given.points.is_integer() else given and given.points
        rows.append(row | {"points": points, "by_hand": by_hand} if given else row)
    score = sum(row["points"] for row in rows)
    looked_at = unread and (result["status"] != "grader error" or len(overrides) == len(rows))
    status = "graded" if looked_at else result["status"]
    return result | {"exercises": rows, "score": score, "status": status}


def changed_by_hand(result: dict[str, Any]) -> list[str]:
    """Say which points were changed by hand, and why."""
    rows = [row for row in result["exercises"] if "by_hand" in row]
    return [
        f"points of {row['exercise']} by hand: {row['points']:g}"
        + ("" if row["by_hand"]["was"] is None else f" instead of {row['by_hand']['was']:g}")
        + f": {row['by_hand']['comment']}"
        for row in rows
    ]


def nothing_handed_in(like: dict[str, Any]) -> dict[str, Any]:
    """Make the result of a student in the class list who handed in nothing; `like` is another result of the lab."""
    blank = {"outcome": NOT_ATTEMPTED, "points": 0, "misconception": "", "diagnosis": "", "seconds": 0.0}
    verdict: dict[str, Any] = {"first": [], "example": None}
    rows = [
        {"exercise": row["exercise"], "max_points": row["max_points"], **blank, "verdict": verdict}
        for row in like["exercises"]
    ]
    empty = {"reason": "handed in nothing", "repairs": [], "score": 0, "written": {}}
    return {"status": MISSING, "max_score": like["max_score"], "exercises": rows, **empty}


def verdict_of(data: dict[str, Any]) -> Verdict:
    """Rebuild a verdict from stored data."""
    parts = tuple(PartVerdict(**part) for part in data["parts"])
    example = Example(**data["example"]) if data["example"] else None
    return Verdict(**{**data, "parts": parts, "first": tuple(data["first"]), "example": example})
