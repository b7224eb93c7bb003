"""Start a submission's supervisor, in the sandbox, and bring back what it says."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from course.grading.isolation import bubblewrap, why_not

BUBBLEWRAP, NONE = "bubblewrap", "none"
#: bytes of address space for one check
MEMORY = 2 << 30
FIRST_UID, UIDS = 200_000, 1_000_000


@dataclass(frozen=True)
class CheckRun:
    """How the run of one check ended.

    ``status`` is done, timeout (CPU seconds used up), overdue (too slow by the clock) or died; ``observations`` is what
    came back, unverified, where it is done.
    """

    status: str
    observations: list[Any]
    seconds: float


@dataclass(frozen=True)
class SubmissionRun:
    """The runs of all checks of a submission; ``dropped`` holds (number of the cell, timeout or died)."""

    checks: dict[str, CheckRun]
    dropped: dict[int, str]


class SandboxFailed(RuntimeError):
    """The supervisor itself did not do its work: the grader's fault, never the student's."""


def command(kind: str, imports: list[str]) -> list[str]:
    """Give the command that starts a supervisor: in a sandbox, or as a plain process (``none``)."""
    if kind == BUBBLEWRAP:
        return bubblewrap(imports)
    return [sys.executable, "-I", "-B", "-m", "course.grading.supervisor"]


def choose(wanted: str = "auto") -> str:
    """Choose the sandbox, and fail closed.

    Parameters
    ----------
    wanted : str
        ``auto``, ``bubblewrap``, or ``none`` for those who know what that means.

    Returns
    -------
    str
        ``bubblewrap`` or ``none``; the latter only if it was asked for.

    Raises
    ------
    ValueError
        If the sandbox does not work here.
    """
    reason = "" if wanted == NONE else why_not()
    if reason:
        raise ValueError(
            f"no sandbox: {reason}. Install bubblewrap, or say --sandbox none on a machine that holds nothing private"
        )
    return NONE if wanted == NONE else BUBBLEWRAP


def protection(kind: str) -> str:
    """Say what student code can and cannot do."""
    if kind == BUBBLEWRAP:
        return (
            "Student code runs in a sandbox: no network, no files but the system's and a small scratch folder, limits "
            "on time, memory, processes and output. What is left is a fault in the kernel itself."
        )
    who = "as an unprivileged user" if os.geteuid() == 0 else "with your rights"
    return (
        f"NO SANDBOX: student code runs in disposable processes with limits on time, memory and files, {who}; "
        "it can still read what that user can read, and reach the network. Grade where nothing private lies."
    )


def run_submission(
    cells: Sequence[str], checks: Sequence[dict[str, Any]], imports: list[str], seconds: float, kind: str
) -> SubmissionRun:
    """Run a submission's cells and checks under a supervisor of its own.

    Parameters
    ----------
    cells : sequence of str
        What to run, in order.
    checks : sequence of dict
        ``exercise``, ``probe``, ``cases`` (encoded) and ``cell`` (the number of the answer's cell, or None).
    imports : list of str
        Modules that answers may import.
    seconds : float
        CPU seconds for a check; five times that by the clock.
    kind : str
        The sandbox, as `choose` gives it.

    Returns
    -------
    SubmissionRun

    Raises
    ------
    SandboxFailed
        If the supervisor does not start, dies or says nothing sensible.
    """
    job = {"cells": list(cells), "checks": list(checks), "imports": imports, "seconds": seconds, "memory": MEMORY}
    job["uid"] = FIRST_UID + secrets.randbelow(
        UIDS
    )  # as root: nobody else's, so that its limit on processes is its own
    # each cell can be dropped once for each check that meets it first, and each check can time out once
    patience = 30 + 5 * seconds * (len(checks) + len(cells))
    with tempfile.TemporaryDirectory(prefix="grade-") as scratch:
        environment = {
            "OPENBLAS_NUM_THREADS": "1",
            "PATH": os.defpath,
            "HOME": scratch,
            "TMPDIR": scratch,
            "LC_ALL": "C.UTF-8",
        }
        try:
            done = subprocess.run(
                command(kind, imports),
                input=json.dumps(job).encode(),
                capture_output=True,
                cwd=scratch,
                env=environment,
                timeout=patience,
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise SandboxFailed(f"the supervisor did not finish in {patience:.0f} seconds") from None
    try:
        reply = json.loads(done.stdout)
        results = {name: _read(result) for name, result in reply["results"].items()}
        return SubmissionRun(results, {int(index): str(why) for index, why in reply["dropped"]})
    except (ValueError, KeyError, TypeError) as error:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise SandboxFailed(f"the supervisor ended with {done.returncode}: {last or error}") from None


def _read(result: dict[str, Any]) -> CheckRun:
    """Take a check's data apart; what is not a list of observations counts as a process that died."""
    if result["status"] == "done":
        try:
            observations = json.loads(result["data"])
        except (ValueError, RecursionError):
            observations = None
        if isinstance(observations, list):
            return CheckRun("done", observations, float(result["seconds"]))
        return CheckRun("died", [], float(result["seconds"]))
    return CheckRun(str(result["status"]), [], float(result["seconds"]))
