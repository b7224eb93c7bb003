"""Compare what came back from the sandbox with what is expected: data with data, never code."""

import json
from dataclasses import dataclass, replace
from typing import Any

from course.checks import (
    DIED,
    GRADER_ERROR,
    NOT_ATTEMPTED,
    TIMEOUT,
    WRONG,
    ExerciseRecord,
    Verdict,
    judge,
    without_result,
)

#: endings of a check that mean that it took too long
SLOW = ("timeout", "overdue")
#: items of a list times the characters of its longest text: what NumPy would make room for
MOST_TEXT = 1_000_000
#: what the student reads when comparing took more time or memory than anything right does
TOO_MUCH = "What your answer gave is too much to compare: look at its shape and at what is in it."

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

    ``status`` and ``data`` as `course.grading.sandbox.run.CheckRun` has them, the public cases first; ``left_out`` says
    why the answer's own cell was left out (timeout, overdue or died), "" if it was not.
    """

    status: str
    data: str
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
    observations = _read(ran.data) if ran.status == "done" else []
    if len(observations) != split + len(secret.cases):
        return stopped(secret, DIED, seconds)
    try:
        verdict = judge(secret, observations[split:])
        if verdict.outcome == NOT_ATTEMPTED and ran.left_out:
            return stopped(secret, TIMEOUT if ran.left_out in SLOW else DIED, seconds)
        if verdict.passed:
            return verdict
        seen = judge(public, observations[:split])
    except (MemoryError, RecursionError):
        return without_result(secret, WRONG, TOO_MUCH)
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


def _read(data: str) -> list[Any]:
    """Take a check's data apart; none if they are not a list of observations."""
    try:
        observations = json.loads(data)
    except (ValueError, RecursionError):
        return []
    return [_without_long_texts(one) for one in observations] if isinstance(observations, list) else []


def _without_long_texts(observation: Any) -> Any:
    """Refuse a list with texts that NumPy, which gives each the room of the longest, would need much memory for."""
    value = observation.get("value") if isinstance(observation, dict) else None
    leaves, longest, waiting = 0, 0, [value] if isinstance(value, dict) and value.keys() & {"list", "tuple"} else []
    while waiting:
        one = waiting.pop()
        inner = one if isinstance(one, list) else one.values() if isinstance(one, dict) else ()
        waiting.extend(inner)
        leaves += not isinstance(one, dict | list)
        longest = max(longest, len(one) if isinstance(one, str) else 0)
    if leaves * longest <= MOST_TEXT:
        return observation
    message = f"the answer gave a list of {leaves} items with texts of up to {longest} characters, expected numbers"
    return {"error": {"type": "Unreadable", "message": message}}


def stopped(exercise: ExerciseRecord, outcome: str, seconds: float) -> Verdict:
    """Give the verdict on an answer that left nothing to compare: timeout, died, grader error."""
    return without_result(exercise, outcome, STOPPED[outcome].format(seconds=seconds))
