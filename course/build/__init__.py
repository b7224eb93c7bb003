"""Build each lab's student notebook, solved notebook and check record from its text file."""

from course.build.builder import QUICK, build_all, check_all, prepare_progress
from course.build.declare import (
    Exercise,
    LabChecks,
    Part,
    Prediction,
    Question,
    Slip,
)
from course.build.faults import SourceFault
from course.build.notebooks import clean_outputs, solved_notebook, student_notebook
from course.build.records import build_record, load_checks, reference_namespace
from course.build.release import release
from course.build.slip_report import slip_report
from course.build.source import LabSource, WrittenQuestion, load_source

__all__ = [
    "QUICK",
    "Exercise",
    "LabChecks",
    "LabSource",
    "Part",
    "Prediction",
    "Question",
    "Slip",
    "SourceFault",
    "WrittenQuestion",
    "build_all",
    "build_record",
    "check_all",
    "clean_outputs",
    "load_checks",
    "load_source",
    "prepare_progress",
    "reference_namespace",
    "release",
    "slip_report",
    "solved_notebook",
    "student_notebook",
]
