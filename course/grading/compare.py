"""Compare the data from the sandbox with the expected data; no code is run."""

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

#: statuses of a check that took too long
SLOW = ("timeout", "overdue")
#: limit on the items of a list times the characters of its longest text, for which NumPy would allocate memory
MOST_TEXT = 1_000_000
#: the student's message if comparing took more time or memory than any right answer does
TOO_MUCH = "Your answer's result is too large to compare: look at its shape and its contents."

#: the student's message if there is nothing to compare
STOPPED = {
    TIMEOUT: "Running this did not end within {seconds:g} seconds of computing. Is there a loop that never stops?",
    DIED: "Running this ended the whole process (`exit`, `os._exit`, a crash, or output without end), so there was "
    "no result to check.",
    GRADER_ERROR: "The grader failed here, not you. This is reported, and your points are not final.",
}


@dataclass(frozen=True)
class Ran:
    """The result of a check in the sandbox.

    ``status`` and ``data`` are those of `course.grading.sandbox.run.CheckRun`, with the public cases first.
    ``left_out`` says why the answer's own cell was left out (timeout, overdue or died), or is "".
    """

    status: str
    data: str
    left_out: str = ""


def verdict_on(secret: ExerciseRecord, public: ExerciseRecord, ran: Ran, seconds: float) -> Verdict:
    """Judge one exercise. The secret cases give the points; if a public case fails too, the message quotes that one.

    Parameters
    ----------
    secret, public : ExerciseRecord
        The cases that count, and those that students have.
    ran : Ran
        The sandbox's result.
    seconds : float
        The check's limit in CPU seconds.

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
    except Exception as error:  # the comparison could not handle the data: our fault, which the message says
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
    """Parse a check's data; return no observations if they are not a list of them."""
    try:
        observations = json.loads(data)
    except (ValueError, RecursionError):
        return []
    return [_without_long_texts(one) for one in observations] if isinstance(observations, list) else []


def _without_long_texts(observation: Any) -> Any:
    """Refuse a list with long texts: NumPy gives each text the room of the longest, which may take much memory."""
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
    """Return the verdict on an answer without a result to compare: timeout, died, grader error."""
    return without_result(exercise, outcome, STOPPED[outcome].format(seconds=seconds))
