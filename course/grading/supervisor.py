"""Runs student code for the grader, and never in its own process: one fork a check, each with hard limits.

One process a submission, pid 1 of the sandbox's namespace. A job comes in on standard input as
JSON; results go out on standard output as one line of JSON. What a check's process writes into its pipe is passed on
unread: only the trusted process at the other end takes it apart.
"""

import contextlib
import ctypes
import importlib
import json
import os
import resource
import select
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_OUTPUT = 32_000_000
SCRATCH = Path("/tmp")
PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 4, 36, 38


@dataclass
class Attempt:
    """How one forked process ended, and the lines it wrote."""

    lines: list[bytes]
    status: str
    seconds: float


def main() -> None:
    """Read a job, run its checks, write the results."""
    job = json.loads(sys.stdin.buffer.read())
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    _prctl(PR_SET_DUMPABLE, 0)  # nobody may read this process's memory or trace it
    warm_up(job["imports"])
    dropped: dict[int, str] = {}
    results = {check["exercise"]: run_check(job, check, dropped) for check in job["checks"]}
    reply = {"results": results, "dropped": [[index, why] for index, why in dropped.items()]}
    sys.stdout.write(json.dumps(reply) + "\n")


def warm_up(imports: list[str]) -> None:
    """Import before the first fork what answers may import, so that no check pays for it."""
    for name in ["numpy", "numpy.random", "numpy.linalg", *imports]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    importlib.import_module("course.grading.inside")


def run_check(job: dict[str, Any], check: dict[str, Any], dropped: dict[int, str]) -> dict[str, Any]:
    """Run one check; a cell that does not come to its end is left out from then on, and the check tried again."""
    while True:
        cells = [(i, text) for i, text in enumerate(job["cells"]) if i not in dropped]
        attempt = run_forked(job, cells, check)
        started = [line for line in attempt.lines if line.startswith(b"cell ")]
        defined = any(line == b"defined" for line in attempt.lines)
        if attempt.status == "done" or defined or not started:
            break
        index = _index(started[-1])
        if index is None or index in dropped:
            break
        dropped[index] = attempt.status
    data = attempt.lines[-1].decode("utf-8", "replace") if attempt.status == "done" and attempt.lines else ""
    return {"status": attempt.status, "data": data, "seconds": round(attempt.seconds, 3)}


def _index(line: bytes) -> int | None:
    try:
        return int(line.split()[1])
    except (ValueError, IndexError):
        return None


def run_forked(job: dict[str, Any], cells: list[tuple[int, str]], check: dict[str, Any]) -> Attempt:
    """Fork, run, read what comes until the end, the flood or the deadline; then nothing of it is left alive."""
    reader, writer = os.pipe()
    start = time.monotonic()
    pid = os.fork()
    if pid == 0:
        _become_the_check(job, cells, check, writer)
    os.close(writer)
    raw, status = _read_until(reader, start + 5 * job["seconds"])
    os.close(reader)
    code = _kill_all(pid)
    if status == "done" and code is not None:
        if os.WIFSIGNALED(code) and os.WTERMSIG(code) in (signal.SIGXCPU, signal.SIGKILL):
            status = "timeout" if time.monotonic() - start >= 0.8 * job["seconds"] else "died"
        elif os.WIFSIGNALED(code) or os.WEXITSTATUS(code) or not raw.endswith(b"\n"):
            status = "died"
    lines = raw.split(b"\n")[:-1]
    if status == "done" and (not lines or lines[-1][:1] != b"["):
        status = "died"
    return Attempt(lines, status, time.monotonic() - start)


def _become_the_check(job: dict[str, Any], cells: list[tuple[int, str]], check: dict[str, Any], writer: int) -> None:
    """Turn the forked process into one that may do little, run the check in it, and end it. Never returns."""
    try:
        os.setsid()
        pipe = _close_all_but(writer)
        _limit(job)
        from course.grading.inside import run

        run(job, cells, check, pipe)
    except BaseException:
        os._exit(3)
    os._exit(0)


def _close_all_but(writer: int) -> int:
    """Point descriptors 0 to 2 at nothing, keep the pipe as 3, close the rest."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    if writer != 3:
        os.dup2(writer, 3)
    os.closerange(4, resource.getrlimit(resource.RLIMIT_NOFILE)[0] if os.name == "posix" else 256)
    return 3


def _limit(job: dict[str, Any]) -> None:
    """Set hard limits, and drop root's rights for good."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(job["uid"], job["uid"], job["uid"])
        os.setresuid(job["uid"], job["uid"], job["uid"])
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    cpu = max(1, round(job["seconds"]))
    limits = {
        "RLIMIT_CPU": cpu,
        "RLIMIT_AS": job["memory"],
        "RLIMIT_FSIZE": 1 << 20,
        "RLIMIT_NOFILE": 64,
        "RLIMIT_NPROC": 256,
        "RLIMIT_CORE": 0,
    }
    for name, value in limits.items():
        if hasattr(resource, name):
            number = getattr(resource, name)
            hard = resource.getrlimit(number)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(number, (value, value))


def _read_until(reader: int, deadline: float) -> tuple[bytes, str]:
    raw = bytearray()
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            return bytes(raw), "overdue"
        if not select.select([reader], [], [], left)[0]:
            continue
        chunk = os.read(reader, 1 << 16)
        if not chunk:
            return bytes(raw), "done"
        raw += chunk
        if len(raw) > MAX_OUTPUT:
            return bytes(raw), "died"


def _kill_all(pid: int) -> int | None:
    """Let a finished process end by itself; kill it, its group, and all that it left behind. Give its wait status."""
    code = None
    for _ in range(50):  # the pipe is closed: give it half a second to exit on its own
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            code = status
            break
        time.sleep(0.01)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    if code is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        code = os.waitpid(pid, 0)[1]
    while _kill_strays():
        pass
    if os.getpid() == 1:
        _empty(SCRATCH)
    return code


def _kill_strays() -> bool:
    """Kill and reap what a check left behind; True while there may be more.

    As pid 1 that is everything else in the namespace, in one stroke that no fork can outrun; outside a namespace it is
    what was handed to this process when its parent ended.
    """
    strays = [-1] if os.getpid() == 1 else _children()
    for stray in strays:
        with contextlib.suppress(ProcessLookupError):
            os.kill(stray, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(stray, 0)
            return True
    return False


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink()


def _children() -> list[int]:
    try:
        with Path(f"/proc/self/task/{os.getpid()}/children").open() as file:
            return [int(number) for number in file.read().split()]
    except OSError:
        return []


def _prctl(option: int, value: int) -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main()
