"""Compare what came back from the sandbox with what is expected: data with data, never code."""

from dataclasses import dataclass, replace
from typing import Any

from course.checks import DIED, GRADER_ERROR, NOT_ATTEMPTED, TIMEOUT, ExerciseRecord, Verdict, judge, without_result

#: endings of a check that mean that it took too long
SLOW = ("timeout", "overdue")

#: what the student reads when there is nothing to compare
STOPPED = {
    TIMEOUT: "Running this did not end within {seconds:g} seconds of computing. Is there a loop that never stops?",
    DIED: "Running this ended the whole process (`exit`, `os._exit`, a crash, or output without end): there was "
    "nothing to look at.",
    GRADER_ERROR: "The grader failed here, not you. This is reported, and your points are not final.",
}


@dataclass(frozen=True)
class Ran:
    """How a check ended in the sandbox.

    ``status`` and ``observations`` as `course.grading.sandbox.run.CheckRun` has them, the public cases first;
    ``left_out`` says why the answer's own cell was left out (timeout, overdue or died), "" if it was not.
    """

    status: str
    observations: list[Any]
    left_out: str = ""


def verdict_on(secret: ExerciseRecord, public: ExerciseRecord, ran: Ran, seconds: float) -> Verdict:
    """Judge one exercise. The secret cases give the points; a public case that fails too is the one quoted.

    Parameters
    ----------
    secret, public : ExerciseRecord
        The cases that count, and those that students have.
    ran : Ran
        What the sandbox gave back.
    seconds : float
        CPU seconds that the check was given.

    Returns
    -------
    Verdict
    """
    split = len(public.cases)
    if ran.status in SLOW:
        return stopped(secret, TIMEOUT, seconds)
    if ran.status != "done" or len(ran.observations) != split + len(secret.cases):
        return stopped(secret, DIED, seconds)
    try:
        verdict = judge(secret, ran.observations[split:])
        if verdict.outcome == NOT_ATTEMPTED and ran.left_out:
            return stopped(secret, TIMEOUT if ran.left_out in SLOW else DIED, seconds)
        if verdict.passed:
            return verdict
        seen = judge(public, ran.observations[:split])
    except Exception as error:  # the comparison met data it does not understand: our fault, and it is said
        return without_result(secret, GRADER_ERROR, f"{STOPPED[GRADER_ERROR]} ({type(error).__name__})")
    if seen.passed:
        return verdict
    return replace(
        verdict,
        misconception=seen.misconception or verdict.misconception,
        diagnosis=seen.diagnosis if seen.misconception or not verdict.misconception else verdict.diagnosis,
        example=seen.example,
    )


def stopped(exercise: ExerciseRecord, outcome: str, seconds: float) -> Verdict:
    """Give the verdict on an answer that left nothing to compare: timeout, died, grader error."""
    return without_result(exercise, outcome, STOPPED[outcome].format(seconds=seconds))
