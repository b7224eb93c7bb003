"""Checks: what a notebook calls, and what the grader shares with it. This package holds no answers.

`open_lab` is for notebooks. `judge` compares data with data in a trusted process. The code in `course.inside` runs
beside student code and gathers these data.
"""

from course.checks.error_meanings import meaning_of
from course.checks.judge import (
    DIED,
    ERROR,
    GRADER_ERROR,
    NOT_ATTEMPTED,
    OUTCOMES,
    PARTIAL,
    PASS,
    TIMEOUT,
    WRONG,
    Example,
    PartVerdict,
    Verdict,
    built_on,
    judge,
    without_result,
)
from course.checks.lab import CheckFailed, Lab, open_lab, strict
from course.checks.labels import labels
from course.checks.learnt import LEARNT, ROUNDS, Rounds, learnt_in
from course.checks.messages import HEADINGS, as_text, code_spans, heading, paragraphs
from course.checks.overview import LabProgress, as_table, contents, overview
from course.checks.record import (
    LABS,
    ExerciseRecord,
    LabRecord,
    PartRecord,
    QuestionRecord,
    SlipRecord,
    find_record,
)
from course.checks.store import write_atomically

__all__ = [
    "DIED",
    "ERROR",
    "GRADER_ERROR",
    "HEADINGS",
    "LABS",
    "LEARNT",
    "NOT_ATTEMPTED",
    "OUTCOMES",
    "PARTIAL",
    "PASS",
    "ROUNDS",
    "TIMEOUT",
    "WRONG",
    "CheckFailed",
    "Example",
    "ExerciseRecord",
    "Lab",
    "LabProgress",
    "LabRecord",
    "PartRecord",
    "PartVerdict",
    "QuestionRecord",
    "Rounds",
    "SlipRecord",
    "Verdict",
    "as_table",
    "as_text",
    "built_on",
    "code_spans",
    "contents",
    "find_record",
    "heading",
    "judge",
    "labels",
    "learnt_in",
    "meaning_of",
    "open_lab",
    "overview",
    "paragraphs",
    "strict",
    "without_result",
    "write_atomically",
]
