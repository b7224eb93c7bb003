"""Grade one submission: repair, run in the sandbox, compare in this process. A pure function from bytes to data."""

import json
import time
from dataclasses import asdict, dataclass
from typing import Any

from course.checks import (
    DIED,
    GRADER_ERROR,
    NOT_ATTEMPTED,
    TIMEOUT,
    ExerciseRecord,
    LabRecord,
    Verdict,
    as_text,
    built_on,
    judge,
    without_result,
)
from course.grading.collect import Submission
from course.grading.notebook import Unreadable
from course.grading.python_text import names_in, plain_python
from course.grading.repair import Released, Repaired, repair
from course.grading.sandbox import CheckRun, SandboxFailed, SubmissionRun, run_submission
from course.grading.screen import too_large

GRADED, BLANK, UNREADABLE, FAILED = "graded", "blank", "unreadable", "grader error"

SLOW = ("timeout", "overdue")
#: characters of an answer that its author's page shows: one that is far longer was not typed
MOST_SHOWN = 20_000

#: what the student reads when there is nothing to compare
STOPPED = {
    TIMEOUT: "Running this did not end within {seconds:g} seconds of computing. Is there a loop that never stops?",
    DIED: "Running this ended the whole process (`exit`, `os._exit`, a crash, or output without end): there was "
    "nothing to look at.",
    GRADER_ERROR: "The grader failed here, not you. This is reported, and your points are not final.",
}


@dataclass(frozen=True)
class Material:
    """What grading a lab needs, the same for every submission: plain data, so that it can travel to a worker.

    ``secret`` holds the cases that count, drawn for this run; ``public`` the ones that students have.
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
        As `course.grading.choice.choose` gives it.

    Returns
    -------
    dict
        JSON data: ``overdue`` (a check was too slow by the clock), ``status``, ``reason``, ``repairs``, ``score``,
        ``max_score``, ``written`` (question: text), and ``exercises``, a list with exercise, outcome, points,
        max_points, misconception, diagnosis, message, verdict, seconds and answer; where code ran also ``seconds``,
        what went into the start of processes, student code and comparison.
    """
    try:
        return _grade(submission, material, sandbox)
    except Exception as error:  # nobody may stop the grading of a class, and nobody loses points to a fault of ours
        reason = f"{type(error).__name__}: {str(error)[:300]}"
        return _failed(material.secret, reason, Repaired([]))


def _failed(record: LabRecord, reason: str, repaired: Repaired) -> dict[str, Any]:
    verdicts = [_stopped(record, exercise, GRADER_ERROR) for exercise in record.exercises.values()]
    return _result(record, FAILED, reason, repaired, verdicts, {})


def _grade(submission: Submission, material: Material, sandbox: str) -> dict[str, Any]:
    record = material.secret
    empty = Repaired([])
    if fault := submission.fault or too_large(submission.content):
        return _result(record, UNREADABLE, fault, empty, [], {})
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
        )
    except SandboxFailed as failure:
        return _failed(record, str(failure), repaired)
    start = time.perf_counter()
    verdicts = [_verdict(material, name, run, repaired) for name in record.exercises]
    failing = [verdict.exercise for verdict in verdicts if not verdict.passed]
    verdicts = [built_on(verdict, names_in(repaired.answer(verdict.exercise)), failing) for verdict in verdicts]
    broken = [verdict.exercise for verdict in verdicts if verdict.outcome == GRADER_ERROR]
    if broken:  # no points are taken for what is our own fault: the whole score waits
        return _result(record, FAILED, f"while comparing {', '.join(broken)}", repaired, verdicts, run.checks)
    blank = all(verdict.outcome == NOT_ATTEMPTED for verdict in verdicts)
    computing = sum(check.seconds for check in run.checks.values())
    seconds = {
        "start": round(run.seconds - computing, 4),
        "student code": round(computing, 4),
        "comparison": round(time.perf_counter() - start, 4),
    }
    return _result(record, BLANK if blank else GRADED, "", repaired, verdicts, run.checks) | {"seconds": seconds}


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


def _verdict(material: Material, name: str, run: SubmissionRun, repaired: Repaired) -> Verdict:
    """Judge one exercise. The secret cases give the points; a public case that fails too is the one quoted."""
    secret, public = material.secret.exercises[name], material.public.exercises[name]
    check = run.checks[name]
    lost = [why for index, why in run.dropped.items() if name in repaired.cells[index].exercises]
    if check.status != "done":
        return _stopped(material.secret, secret, TIMEOUT if check.status in SLOW else DIED)
    try:
        split = len(public.cases)
        if len(check.observations) != split + len(secret.cases):
            return _stopped(material.secret, secret, DIED)
        verdict = judge(secret, check.observations[split:])
        if verdict.outcome == NOT_ATTEMPTED and lost:
            return _stopped(material.secret, secret, TIMEOUT if lost[-1] in SLOW else DIED)
        if verdict.passed:
            return verdict
        seen = judge(public, check.observations[:split])
    except Exception as error:  # the comparison met data it does not understand: our fault, and it is said
        return without_result(secret, GRADER_ERROR, f"{STOPPED[GRADER_ERROR]} ({type(error).__name__})")
    if seen.passed:
        return verdict
    return Verdict(
        name,
        verdict.outcome,
        verdict.points,
        verdict.max_points,
        verdict.parts,
        seen.misconception or verdict.misconception,
        seen.diagnosis if seen.misconception or not verdict.misconception else verdict.diagnosis,
        seen.example,
    )


def _stopped(record: LabRecord, exercise: ExerciseRecord, outcome: str) -> Verdict:
    return without_result(exercise, outcome, STOPPED[outcome].format(seconds=record.seconds))


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
    }
    as_stored: dict[str, Any] = json.loads(json.dumps(result))
    return as_stored
