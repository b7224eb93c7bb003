"""Start a submission's supervisor in the sandbox, and return its results."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from typing import Any

from course.grading.sandbox.bubblewrap import bubblewrap_command
from course.grading.sandbox.users import own_uid, python_is_open
from course.grading.sandbox.visible import libraries, own_copy, readable, start_supervisor
from course.inside.seccomp import supported

BUBBLEWRAP, LANDLOCK, NONE = "bubblewrap", "landlock", "none"
#: bytes of address space for one check
MEMORY = 2 << 30
#: the most cells that may be left out because they do not end; with one more, the remaining checks are not run
MAX_DROPPED = 3


@dataclass(frozen=True)
class CheckRun:
    """The result of one check's run.

    ``status`` is done, timeout (CPU seconds used up), overdue (too slow by the clock) or died. ``data`` is the result
    if it is done: text from an untrusted process, which must be parsed in a process with limits. ``stopped`` holds the
    numbers and errors of the cells that stopped with an error, also from the untrusted process.
    """

    status: str
    data: str
    seconds: float
    stopped: Mapping[int, str] = field(default_factory=dict)

    @property
    def observations(self) -> list[Any]:
        """Parse the data of a trial; return no observations if it is not a list."""
        found = json.loads(self.data) if self.status == "done" else []
        return found if isinstance(found, list) else []


@dataclass(frozen=True)
class SubmissionRun:
    """The runs of all checks of a submission.

    ``dropped`` holds (number of the cell, timeout or died); ``seconds`` is the whole time with the sandbox's start.
    """

    checks: dict[str, CheckRun]
    dropped: dict[int, str]
    seconds: float = 0.0


class SandboxFailed(RuntimeError):
    """The supervisor failed: this is the grader's fault, never the student's."""


def command(kind: str, imports: list[str]) -> list[str]:
    """Return the command that starts a supervisor, in its own namespaces or as a plain process."""
    if kind == BUBBLEWRAP:
        return bubblewrap_command(imports)
    return start_supervisor([own_copy(tuple(imports)), *dict.fromkeys(path.parent for path in libraries(imports))])


def most_tasks(kind: str) -> int | None:
    """Return the limit on processes and threads of the check's user; None if it would count all of your own.

    With Landlock, the filter for system calls allows only threads, and the limit on address space limits these.
    """
    alone = kind == BUBBLEWRAP or os.geteuid() == 0
    return 64 if alone else None if kind == LANDLOCK else 256


def run_submission(
    cells: Sequence[str],
    checks: Sequence[dict[str, Any]],
    imports: list[str],
    seconds: float,
    kind: str,
    not_run: Sequence[str] = (),
) -> SubmissionRun:
    """Run a submission's cells and checks under a supervisor of its own.

    Parameters
    ----------
    cells : sequence of str
        The cells to run, in order.
    checks : sequence of dict
        ``exercise``, ``probe``, ``cases`` (encoded) and ``cell`` (the number of the answer's cell, or None).
    imports : list of str
        Modules that answers may import.
    seconds : float
        CPU seconds for a check; the limit by the clock is five times that.
    kind : str
        The sandbox, from `course.grading.sandbox.choose.choose`.
    not_run : sequence of str
        The lab's own cells that are left out: an answer that uses one of their names is told so.

    Returns
    -------
    SubmissionRun

    Raises
    ------
    SandboxFailed
        If the supervisor does not start, dies or returns no readable result.
    """
    # every check may use all of its time, and the clock may run twice that long before the remaining checks are skipped
    patience = 2 * seconds * len(checks) + 5 * seconds
    job = {
        "cells": list(cells),
        "checks": list(checks),
        "imports": imports,
        "not_run": list(not_run),
        "seconds": seconds,
        "patience": patience,
        "drop": MAX_DROPPED,
        **(_confinement(kind, imports) if hasattr(os, "fork") else {}),
    }
    if not hasattr(os, "fork"):
        return _run_plainly(job)
    start = time.perf_counter()
    done = _supervise(kind, imports, json.dumps(job).encode(), patience + 30 + 5 * seconds * (2 + MAX_DROPPED))
    try:
        reply = json.loads(done.stdout)
        results = {
            name: CheckRun(
                str(result["status"]), str(result["data"]), float(result["seconds"]), _stopped(result["stopped"])
            )
            for name, result in reply["results"].items()
        }
        dropped = {int(index): str(why) for index, why in reply["dropped"]}
        return SubmissionRun(results, dropped, time.perf_counter() - start)
    except (ValueError, KeyError, TypeError) as error:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise SandboxFailed(f"the supervisor ended with {done.returncode}: {last or error}") from None


def _run_plainly(job: dict[str, Any]) -> SubmissionRun:
    """Run each check in a plain process: for a student's own answers where fork is missing (Windows, never tried)."""
    text = "import json, sys; from course.inside.run_check import run; run(*json.load(sys.stdin), 1)"
    results = {}
    for check in job["checks"]:
        question = json.dumps(
            [{"imports": job["imports"], "not_run": job["not_run"]}, list(enumerate(job["cells"])), check]
        )
        words = [sys.executable, "-c", text]
        start = time.perf_counter()
        try:
            done = subprocess.run(words, input=question.encode(), capture_output=True, timeout=5 * job["seconds"] + 10)
            lines = done.stdout.decode("utf-8", "replace").splitlines()
            status = "done" if not done.returncode and lines and lines[-1].startswith("[") else "died"
        except subprocess.TimeoutExpired:
            status, lines = "timeout", [""]
        data = lines[-1] if status == "done" else ""
        results[check["exercise"]] = CheckRun(status, data, time.perf_counter() - start, _stopped(lines))
    return SubmissionRun(results, {})


def _stopped(lines: Iterable[str]) -> dict[int, str]:
    """Read which cells stopped; a line that our own code did not write is left out, or a lie about its own notebook."""
    found: dict[int, str] = {}
    for line in lines:
        told = re.fullmatch(r'stopped (\d{1,6}) (".*")', line)
        with suppress(ValueError):
            found |= {int(told[1]): str(json.loads(told[2]))} if told else {}
    return found


def _confinement(kind: str, imports: list[str]) -> dict[str, Any]:
    """Return what each check's process has to give up, in the form for `course.inside.limits.confine`."""
    files, lists = readable(imports) if kind == LANDLOCK else (None, None)
    return {
        "memory": MEMORY,
        # with Landlock, root may stay root without its rights if another user could not read Python's own files
        "uid": own_uid() if kind != LANDLOCK or python_is_open() else None,
        "tasks": most_tasks(kind),
        "filter": kind != NONE and supported(),
        "readable": files,
        "listable": lists,
    }


#: the running supervisors, for `end_all`
_at_work: set[subprocess.Popen[bytes]] = set()


def _supervise(kind: str, imports: list[str], job: bytes, patience: float) -> subprocess.CompletedProcess[bytes]:
    """Start a supervisor, give it its job, and wait for its result."""
    with tempfile.TemporaryDirectory(prefix="grade-") if kind == NONE else nullcontext("/") as scratch:
        home = {"HOME": scratch, "TMPDIR": scratch, "PATH": os.defpath}
        words = command(kind, imports)
        process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=scratch,
            env={"OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8", **home},
            start_new_session=True,
        )
        _at_work.add(process)
        try:
            out, errors = process.communicate(job, timeout=patience)
        except subprocess.TimeoutExpired:
            raise SandboxFailed(f"the supervisor did not finish in {patience:.0f} seconds") from None
        finally:
            _at_work.discard(process)
            if process.poll() is None:
                process.kill()
                process.communicate()
        return subprocess.CompletedProcess(words, process.returncode, out, errors)


def end_all() -> None:
    """Kill every supervisor of this process's threads, with its checks, because the run was stopped."""
    for process in list(_at_work):
        process.kill()
