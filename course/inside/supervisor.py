"""Run student code for the grader, but never in this process: one fork for each check, each with hard limits.

Each submission has one supervisor, which is pid 1 of the sandbox's namespace if there is one. A job comes on standard
input as JSON; results go to standard output as one line of JSON. The supervisor passes on what a check's process
writes into its pipe and does not parse it: only the trusted process at the other end does.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import sys
import time
from typing import Any, NamedTuple

from course.inside import cleanup, landlock, limits

#: limits on what one check may write: bytes, and lists, dictionaries and separators in them, which cost memory to read
MAX_OUTPUT, MAX_ITEMS = 16_000_000, 300_000
#: lines that one check may write: two for each cell, and a few
MAX_LINES = 10_000
#: bytes that all checks of a submission may write together
MAX_TOTAL = 32_000_000
#: how many cells that stopped with an error are reported, and the length of such a line in characters
MOST_STOPPED, LONGEST_STOPPED = 10, 3_000
#: seconds between two checks of the scratch's size
LOOK = 0.05


class Attempt(NamedTuple):
    """How one forked process ended, and the lines it wrote."""

    lines: list[bytes]
    status: str
    seconds: float


def main() -> None:
    """Read a job, run its checks, write the results."""
    _protect_itself()
    job = json.loads(sys.stdin.buffer.read())
    rules = landlock.ruleset(job["readable"], job["listable"]) if job["readable"] is not None else None
    job = {**job, "rules": rules}
    warm_up(job)
    sys.stdout.write(json.dumps(run_checks(job)) + "\n")


def _protect_itself() -> None:
    """Protect this process from its checks, and make it end when the grader ends."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}:
        with contextlib.suppress(OSError, ValueError):  # some belong to the C library
            signal.signal(number, signal.SIG_IGN)  # a check of the same user could send them
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("500")  # if memory runs out, the kernel kills the sandbox before the grader
    limits.set_process_option("a signal at the parent's death", limits.PR_SET_PDEATHSIG, signal.SIGKILL)
    limits.set_process_option("taking over orphans", limits.PR_SET_CHILD_SUBREAPER, 1)
    limits.set_process_option(
        "closed memory", limits.PR_SET_DUMPABLE, 0
    )  # no other process may read this one's memory or trace it


def warm_up(job: dict[str, Any]) -> None:
    """Import before the first fork what answers may import, so that it costs no check time.

    numpy.random takes 12 ms more. It is imported here only if a cell names it; otherwise the check that uses it pays.
    """
    drawing = ["numpy.random"] if any("random" in text for text in job["cells"]) else []
    gc.disable()  # collecting garbage during the imports would take 5 ms
    for name in ["numpy", *drawing, *job["imports"]]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    importlib.import_module("course.inside.run_check")
    gc.freeze()  # no collection touches the loaded objects, so their memory stays shared with the forks
    gc.enable()


def run_checks(job: dict[str, Any]) -> dict[str, Any]:
    """Run one check after the other; stop if too many cells do not end, no time is left, or the output is too large."""
    dropped: dict[int, str] = {}
    start = time.monotonic()
    results = {}
    hopeless = ""
    for check in job["checks"]:
        if time.monotonic() - start > job["patience"]:
            hopeless = "overdue"
        result: dict[str, Any] = {"status": hopeless, "data": "", "seconds": 0.0, "stopped": []}
        if not hopeless:
            result = run_with_retries(job, check, dropped)
        if len(dropped) > job["drop"]:  # the cells do not end, in whichever check they run
            hopeless = result["status"]
        results[check["exercise"]] = result
        if sum(len(one["data"]) for one in results.values()) > MAX_TOTAL:
            hopeless = "died"
    return {"results": results, "dropped": [[index, why] for index, why in dropped.items()]}


def run_with_retries(job: dict[str, Any], check: dict[str, Any], dropped: dict[int, str]) -> dict[str, Any]:
    """Run one check. If a cell does not end, leave it out from then on and try the check again.

    The process itself reports which cell it is. It may lie, but it can name only a cell that it was given.
    """
    while True:
        cells = [(i, text) for i, text in enumerate(job["cells"]) if i not in dropped]
        attempt = run_forked(job, cells, check)
        started = [line for line in attempt.lines if line.startswith(b"cell ")]
        defined = any(line == b"defined" for line in attempt.lines)
        index = _index(started[-1], [i for i, _ in cells]) if started else None
        if attempt.status == "done" or defined or index is None or len(dropped) > job["drop"]:
            break
        dropped[index] = attempt.status
    data = attempt.lines[-1].decode("utf-8", "replace") if attempt.status == "done" and attempt.lines else ""
    stopped = [line.decode("utf-8", "replace") for line in attempt.lines if line.startswith(b"stopped ")]
    few = [line for line in stopped[:MOST_STOPPED] if len(line) < LONGEST_STOPPED]
    return {"status": attempt.status, "data": data, "seconds": round(attempt.seconds, 3), "stopped": few}


def _index(line: bytes, known: list[int]) -> int | None:
    return next((i for i in known if line == b"cell %d" % i), None)


def run_forked(job: dict[str, Any], cells: list[tuple[int, str]], check: dict[str, Any]) -> Attempt:
    """Fork and run a check; read its output to its end, its size limit or the deadline; then kill all that is left."""
    (faults, say_fault), (reader, writer) = os.pipe(), os.pipe()
    start = time.monotonic()
    pid = os.fork()
    if pid == 0:
        _run_in_child(job, cells, check, writer, say_fault)
    os.close(writer)
    os.close(say_fault)
    fault = os.read(faults, 1000)
    os.close(faults)
    raw, status = _read_until(reader, start + 5 * job["seconds"])
    os.close(reader)
    code = cleanup.end_process(pid)
    if fault:  # no student code has run
        raise RuntimeError(f"a check could not be confined: {fault.decode('utf-8', 'replace')}")
    if status == "done" and code is not None:
        status = _how_it_ended(code, time.monotonic() - start >= 0.8 * job["seconds"])
    *lines, unfinished = raw.split(b"\n", MAX_LINES)  # of more lines, the rest is "unfinished"
    if status == "done" and (unfinished or not _may_be_results(lines)):
        status = "died"
    return Attempt(lines, status, time.monotonic() - start)


def _how_it_ended(code: int, late: bool) -> str:
    if os.WIFSIGNALED(code):
        return "timeout" if late and os.WTERMSIG(code) in (signal.SIGXCPU, signal.SIGKILL) else "died"
    return "died" if os.WEXITSTATUS(code) else "done"


def _may_be_results(lines: list[bytes]) -> bool:
    """Tell whether the last line looks like a list with no more than `MAX_ITEMS` items."""
    last = lines[-1] if lines else b""
    return last[:1] == b"[" and last.count(b",") + last.count(b"[") + last.count(b"{") <= MAX_ITEMS


def _run_in_child(
    job: dict[str, Any], cells: list[tuple[int, str]], check: dict[str, Any], writer: int, say_fault: int
) -> None:
    """Confine the forked process, run the check in it, and end it. Never returns."""
    end = os._exit  # kept, because student code may replace the module's function
    try:
        limits.arrange_descriptors(writer, say_fault, job["rules"])
        try:
            limits.confine(job)
        except BaseException as error:
            os.write(limits.FAULTS, repr(error).encode())
            end(3)
        os.close(limits.FAULTS)
        from course.inside.run_check import run

        run(job, cells, check, limits.PIPE)
    except BaseException:
        end(3)
    end(0)


def _read_until(reader: int, deadline: float) -> tuple[bytes, str]:
    raw = bytearray()
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            return bytes(raw), "overdue"
        if cleanup.scratch_is_full():
            return bytes(raw), "died"
        if not select.select([reader], [], [], min(left, LOOK))[0]:
            continue
        chunk = os.read(reader, 1 << 16)
        if not chunk:
            return bytes(raw), "done"
        raw += chunk
        if len(raw) > MAX_OUTPUT:
            return bytes(raw), "died"


if __name__ == "__main__":
    main()
