"""Grade one submission: repair, run in the sandbox, compare. A pure function from bytes to data."""

import json
import re
import sys
import time
from dataclasses import asdict, dataclass, replace
from typing import Any

from course.checks import (
    ERROR,
    GRADER_ERROR,
    NOT_ATTEMPTED,
    LabRecord,
    Verdict,
    as_text,
    built_on,
    meaning_of,
    without_result,
)
from course.grading.collect import Submission
from course.grading.compare import Ran, stopped
from course.grading.compare_process import verdicts as compared
from course.grading.notebook import Unreadable
from course.grading.pictures import shown
from course.grading.python_source import names_in, plain_python
from course.grading.repair import Released, Repaired, repair
from course.grading.sandbox.run import CheckRun, SandboxFailed, SubmissionRun, run_submission

GRADED, BLANK, UNREADABLE, FAILED = "graded", "blank", "unreadable", "grader error"

#: the most characters of an answer that a feedback page shows; a far longer answer was not typed
MOST_SHOWN = 20_000
#: control characters except tabs and line ends, and marks of direction
_STEERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Material:
    """What grading a lab needs, the same for every submission: plain data, which can be sent to a worker.

    ``secret`` holds the cases that count, drawn for this run; ``public`` holds those that students have.
    """

    secret: LabRecord
    public: LabRecord
    released: Released


def grade(submission: Submission, material: Material, sandbox: str) -> dict[str, Any]:
    """Grade one submission.

    Parameters
    ----------
    submission : Submission
    material : Material
    sandbox : str
        The result of `course.grading.sandbox.choose.choose`.

    Returns
    -------
    dict
        JSON data: ``overdue`` (a check was too slow by the clock), ``status``, ``reason``, ``repairs``, ``score``,
        ``max_score``, ``written`` (question: text), ``learnt``
        (the ten questions' rounds, as `course.checks.learnt` reads them), ``pictures``
        (question: small ones, as addresses), and ``exercises``, a list with exercise, outcome, points,
        max_points, misconception, diagnosis, message, verdict, seconds and answer; where code ran also ``seconds``,
        what went into the start of processes, student code and comparison, and ``stopped``, which cells stopped with an
        error.
    """
    try:
        return _grade(submission, material, sandbox)
    except Exception as error:  # no submission may stop the grading of a class, and our fault costs nobody points
        reason = f"{type(error).__name__}: {str(error)[:300]}"
        return _failed(material.secret, reason, Repaired([]))


def _failed(record: LabRecord, reason: str, repaired: Repaired) -> dict[str, Any]:
    verdicts = [stopped(exercise, GRADER_ERROR, record.seconds) for exercise in record.exercises.values()]
    return _result(record, FAILED, reason, repaired, verdicts, {})


def _grade(submission: Submission, material: Material, sandbox: str) -> dict[str, Any]:
    record = material.secret
    empty = Repaired([])
    if submission.fault:
        return _result(record, UNREADABLE, submission.fault, empty, [], {})
    try:
        repaired = repair(submission.content, material.released)
    except Unreadable as reason:
        return _result(record, UNREADABLE, str(reason), empty, [], {})
    try:
        run = run_submission(
            [plain_python(cell.source) for cell in repaired.cells],
            [_check(material, name, repaired) for name in record.exercises],
            record.imports,
            record.seconds,
            sandbox,
            sorted(material.released.others),
        )
    except SandboxFailed as failure:
        return _failed(record, str(failure), repaired)
    start = time.perf_counter()
    ran = {name: _ran(name, run, repaired) for name in record.exercises}
    verdicts = compared(record, material.public, ran)
    verdicts = [_of_a_newer_python(verdict, repaired.python) for verdict in verdicts]
    failing = [verdict.exercise for verdict in verdicts if not verdict.passed]
    verdicts = [built_on(verdict, names_in(repaired.answer(verdict.exercise)), failing) for verdict in verdicts]
    broken = [verdict.exercise for verdict in verdicts if verdict.outcome == GRADER_ERROR]
    if broken:  # our own fault costs no points: the whole score is withheld
        return _result(record, FAILED, f"while comparing {', '.join(broken)}", repaired, verdicts, run.checks)
    blank = all(verdict.outcome == NOT_ATTEMPTED for verdict in verdicts)
    computing = sum(check.seconds for check in run.checks.values())
    seconds = {
        "start": round(run.seconds - computing, 4),
        "student code": round(computing, 4),
        "comparison": round(time.perf_counter() - start, 4),
    }
    more = {"seconds": seconds, "stopped": _printable(_stopped(run, repaired, verdicts))}
    return _result(record, BLANK if blank else GRADED, "", repaired, verdicts, run.checks) | more


def _check(material: Material, name: str, repaired: Repaired) -> dict[str, Any]:
    """Describe a check for the supervisor: the public cases first, then the secret ones."""
    secret, public = material.secret.exercises[name], material.public.exercises[name]
    cells = [i for i, cell in enumerate(repaired.cells) if name in cell.exercises]
    return {
        "exercise": name,
        "probe": secret.probe,
        "cases": public.cases + secret.cases,
        "cell": cells[-1] if cells else None,
    }


def _ran(name: str, run: SubmissionRun, repaired: Repaired) -> Ran:
    lost = [why for index, why in run.dropped.items() if name in repaired.cells[index].exercises]
    return Ran(run.checks[name].status, run.checks[name].data, lost[-1] if lost else "")


def _stopped(run: SubmissionRun, repaired: Repaired, verdicts: list[Verdict]) -> list[str]:
    """Name the cells that stopped with an error, but for answers of which the verdict says so."""
    told = {number: text for check in run.checks.values() for number, text in check.stopped.items()}
    said = {verdict.exercise for verdict in verdicts if verdict.outcome == ERROR}
    cells = range(len(repaired.cells))
    shown = [told[n] for n in sorted(told) if n in cells and not said.intersection(repaired.cells[n].exercises)]
    return [f"{text.removesuffix('.')}. {meaning_of(text)}".strip() for text in shown]


def _of_a_newer_python(verdict: Verdict, version: str) -> Verdict:
    """Add to a syntax error that the notebook ran on a newer Python than the grader has."""
    theirs = re.match(r"(\d{1,3})\.(\d{1,3})(?!\d)", version)
    unread = verdict.example is not None and re.search(
        r"^(Syntax|Indentation)Error:", verdict.example.got, re.MULTILINE
    )
    if not theirs or not unread or (int(theirs[1]), int(theirs[2])) <= sys.version_info[:2]:
        return verdict
    ours = f"{sys.version_info[0]}.{sys.version_info[1]}"
    note = f"The notebook ran on Python {theirs[0]}, the grader has {ours}: newer syntax is an error there."
    return replace(verdict, diagnosis=f"{note} {verdict.diagnosis}".strip())


def _printable(value: Any) -> Any:
    """Replace, in all texts, characters that control a terminal or change the writing direction."""
    if isinstance(value, str):
        return _STEERS.sub("�", value.replace("\r\n", "\n"))
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    return [_printable(item) for item in value] if isinstance(value, list) else value


def _beginning(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "…"


def _result(
    record: LabRecord,
    status: str,
    reason: str,
    repaired: Repaired,
    verdicts: list[Verdict],
    checks: dict[str, CheckRun],
) -> dict[str, Any]:
    verdicts = verdicts or [without_result(e, NOT_ATTEMPTED, "") for e in record.exercises.values()]
    rows = [
        {
            "exercise": verdict.exercise,
            "outcome": verdict.outcome,
            "points": verdict.points,
            "max_points": verdict.max_points,
            "misconception": verdict.misconception,
            "diagnosis": verdict.diagnosis,
            "message": as_text(verdict),
            "seconds": checks[verdict.exercise].seconds if verdict.exercise in checks else 0.0,
            "verdict": asdict(verdict),
            "answer": _beginning(repaired.answer(verdict.exercise)),
        }
        for verdict in verdicts
    ]
    result = {
        "overdue": any(check.status == "overdue" for check in checks.values()),
        "status": status,
        "reason": reason,
        "repairs": repaired.repairs,
        "score": sum(verdict.points for verdict in verdicts),
        "max_score": record.points,
        "exercises": rows,
        "written": repaired.written,
        "learnt": repaired.learnt,
        "pictures": {question: [shown(one) for one in files] for question, files in repaired.pictures.items()},
    }
    as_stored: dict[str, Any] = _printable(json.loads(json.dumps(result)))
    return as_stored
