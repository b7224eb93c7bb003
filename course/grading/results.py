"""The results of a class, in the one form that every report is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from course.checks import ERROR, Example, PartVerdict, Verdict
from course.grading.marks import MarkBook, Question
from course.grading.names import pages_for

#: student and result, as `course.grading.grade.grade` gives it
Graded = tuple[str, dict[str, Any]]
#: statuses without a score: nobody is given zero points for a file or a grader that failed
NO_SCORE = ("unreadable", "grader error")
#: what tables and the class report say of an answer
_OF_A_CLASS = ("exercise", "outcome", "points", "max_points", "misconception", "diagnosis", "seconds")


@dataclass(frozen=True)
class ClassResults:
    """What a run knows about a class.

    Parameters
    ----------
    lab, title : str
        Two digits, and the lab's title.
    graded : sequence of (str, dict)
        In the order of the reports; `brief` results are enough.
    questions : sequence of Question
        The written answers, marked by hand.
    book : MarkBook
        The marks given so far.
    canvas_ids : mapping of str to str
        Student → the number that Canvas knows them by, "" if unknown.
    """

    lab: str
    title: str
    graded: Sequence[Graded]
    questions: Sequence[Question] = ()
    book: MarkBook = field(default_factory=MarkBook)
    canvas_ids: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def pages(self) -> dict[str, str]:
        """Student → the name of the page, without its suffix."""
        return pages_for(student for student, _ in self.graded)

    @property
    def written(self) -> dict[str, dict[str, str]]:
        """Student → question → what was written."""
        return {student: result["written"] for student, result in self.graded}

    @property
    def max_total(self) -> int:
        """The most points there are; the written answers count as soon as the first of the class is marked."""
        coded = self.graded[0][1]["max_score"] if self.graded else 0
        return int(coded) + (sum(q.points for q in self.questions) if self.book.begun else 0)

    def mark(self, student: str, question: Question) -> float | None:
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
        rows.append({**{name: row[name] for name in _OF_A_CLASS}, "verdict": verdict})
    return result | {"exercises": rows}


def verdict_of(data: dict[str, Any]) -> Verdict:
    """Rebuild a verdict from stored data."""
    parts = tuple(PartVerdict(**part) for part in data["parts"])
    example = Example(**data["example"]) if data["example"] else None
    return Verdict(**{**data, "parts": parts, "first": tuple(data["first"]), "example": example})
