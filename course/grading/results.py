"""The results of a class, in the one form that every report is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from course.build import WrittenQuestion
from course.checks import ERROR, NOT_ATTEMPTED, Example, PartVerdict, Verdict
from course.grading.marks import MarkBook, Override
from course.grading.names import pages_for
from course.grading.platforms import Owner

#: student and result, as `course.grading.grade.grade` gives it
Graded = tuple[str, dict[str, Any]]
#: statuses without a score: nobody is given zero points for a file or a grader that failed
MISSING = "missing"
NO_SCORE = ("unreadable", "grader error", MISSING)
#: what tables and the class report say of an answer
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
    """What a run knows about a class.

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
        Student → what the platform says of them.
    names : mapping of str to str
        Student → the name in the roster, where one was given.
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
        """Give the student's name, with the key where the roster has another."""
        name = self.names.get(student, student)
        return student if name == student else f"{name} ({student})"

    @property
    def written(self) -> dict[str, dict[str, str]]:
        """Student → question → what was written."""
        return {student: result["written"] for student, result in self.graded}

    @property
    def max_total(self) -> int:
        """The most points there are; the written answers count as soon as the first of the class is marked."""
        coded = self.graded[0][1]["max_score"] if self.graded else 0
        return int(coded) + (sum(q.points for q in self.questions) if self.book.begun else 0)

    def mark(self, student: str, question: WrittenQuestion) -> float | None:
        """Give a student's mark; None while there is none."""
        return self.book.marks.get(student, {}).get(question.name)

    def total(self, student: str, result: dict[str, Any]) -> float | None:
        """Add up a student's points; None where there is no score, or while a written answer waits for its mark."""
        if result["status"] in NO_SCORE:
            return None
        marks = [self.mark(student, question) for question in self.questions] if self.book.begun else []
        given = [mark for mark in marks if mark is not None]
        return result["score"] + sum(given) if len(given) == len(marks) else None


def brief(result: dict[str, Any]) -> dict[str, Any]:
    """Leave out what only a student's own page and results.jsonl show: answers, messages, most of the verdicts.

    Of lab 02 that takes 8 KiB of memory a student instead of 28.
    """
    rows = []
    for row in result["exercises"]:
        example = row["verdict"]["example"] if row["outcome"] == ERROR else None
        verdict = {"first": row["verdict"]["first"], "example": example}
        rows.append({**{name: row[name] for name in _OF_A_CLASS if name in row}, "verdict": verdict})
    return {name: value for name, value in result.items() if name not in ("pictures", "stopped")} | {"exercises": rows}


def with_overrides(result: dict[str, Any], overrides: Mapping[str, Override]) -> dict[str, Any]:
    """Put points by hand in the place of the grader's.

    Parameters
    ----------
    result : dict
        As it is stored; what was stored stays.
    overrides : mapping of str to Override
        Exercise → points and comment.

    Returns
    -------
    dict
        With a ``by_hand`` in each row that was changed: what the grader gave (None where there was no score), and the
        comment. A result without a score has one now, since a person has looked at it; where the grader failed, only if
        all exercises have points by hand.
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
    """Say which points a person has changed, and why."""
    rows = [row for row in result["exercises"] if "by_hand" in row]
    return [
        f"points of {row['exercise']} by hand: {row['points']:g}"
        + ("" if row["by_hand"]["was"] is None else f" instead of {row['by_hand']['was']:g}")
        + f": {row['by_hand']['comment']}"
        for row in rows
    ]


def nothing_handed_in(like: dict[str, Any]) -> dict[str, Any]:
    """Make the result of somebody who is in the list and handed in nothing; `like` is a result of the lab."""
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
