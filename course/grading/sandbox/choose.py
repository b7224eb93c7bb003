"""Find which sandbox works on this machine, with a trial of code that tries to get out."""

import os
import socket
import sys
import tempfile
from functools import cache
from pathlib import Path

from course.grading.sandbox.bubblewrap import why_not_bubblewrap
from course.grading.sandbox.run import BUBBLEWRAP, LANDLOCK, NONE, SandboxFailed, run_submission
from course.grading.sandbox.users import python_is_open
from course.inside import landlock
from course.inside.codec import decode
from course.inside.seccomp import supported

#: tried in this order
KINDS = (BUBBLEWRAP, LANDLOCK)
PROCESSES = "start processes"
#: a "submission" that notes which of these actions succeed
TRIAL = """
import os, socket
through = []
def attempt(name, action):
    try:
        action()
    except OSError:
        return
    through.append(name)
attempt("read other files", lambda: open({read!r}).close())
attempt("write files", lambda: open({write!r}, "w").close())
attempt("reach the network", lambda: socket.create_connection(("127.0.0.1", {port}), 1).close())
attempt("signal other processes", lambda: os.kill({pid}, 0))
attempt("gain rights", lambda: os.setuid(os.getuid() + 1))
attempt({processes!r}, lambda: os.fork() or os._exit(0))
"""


def gets_through(kind: str) -> list[str]:
    """Run code that tries to get out of a sandbox.

    Parameters
    ----------
    kind : str
        One of `KINDS`, or ``none``.

    Returns
    -------
    list of str
        The actions that succeeded, of: read other files, write files, reach the network, signal other processes, gain
        rights, start processes.

    Raises
    ------
    SandboxFailed
        If the sandbox does not start.
    """
    with tempfile.TemporaryDirectory(prefix="trial-") as folder, socket.create_server(("127.0.0.1", 0)) as server:
        Path(folder).chmod(0o777)
        canary = Path(folder) / "canary"
        canary.write_text("may be read by everybody outside the sandbox")
        canary.chmod(0o644)
        cell = TRIAL.format(
            read=str(canary),
            write=str(Path(folder) / "written"),
            port=server.getsockname()[1],
            pid=os.getpid(),
            processes=PROCESSES,
        )
        check = {"exercise": "through", "probe": "constant", "cases": [{"dict": []}], "cell": 0}
        run = run_submission([cell], [check], [], 4.0, kind).checks["through"]
    if run.status != "done" or "value" not in run.observations[0]:
        raise SandboxFailed(f"the trial run ended with: {run.status} {run.observations}")
    return [str(name) for name in decode(run.observations[0]["value"])]


@cache
def reason_against(kind: str) -> str:
    """Say why a kind of sandbox does not work on this machine; ``""`` if it does."""
    if kind == BUBBLEWRAP and (reason := why_not_bubblewrap()):
        return reason
    if kind == LANDLOCK and not landlock.version():
        return "this system has no Landlock"
    if kind == LANDLOCK and not supported():
        return "Landlock needs the filter for system calls beside it, which is written for Linux on x86-64"
    try:
        through = [name for name in gets_through(kind) if name != PROCESSES]
    except SandboxFailed as failure:
        return f"{kind} does not work here: {failure}"
    return f"{kind} does not hold here: a trial could {', '.join(through)}" if through else ""


def best() -> str:
    """Name the best sandbox that works here; ``none`` if there is none."""
    return next((kind for kind in KINDS if not reason_against(kind)), NONE)


def choose(wanted: str = "auto") -> str:
    """Choose the sandbox, and fail closed.

    Parameters
    ----------
    wanted : str
        ``auto``, one of `KINDS`, or ``none`` for no sandbox.

    Returns
    -------
    str
        One of `KINDS`, or ``none``, but only if ``none`` was wanted.

    Raises
    ------
    ValueError
        If the sandbox does not work here, or if without a sandbox answers could not import the standard library.
    """
    if wanted == NONE:
        if os.geteuid() == 0 and not python_is_open():
            raise ValueError(
                "--sandbox none as root runs student code as another user, and nobody else can read Python's own files "
                f"in {sys.base_prefix}: grade as an ordinary user, or with a Python that all can read"
            )
        return NONE
    kinds = KINDS if wanted == "auto" else (wanted,)
    reasons = [reason_against(kind) for kind in kinds]
    if all(reasons):
        raise ValueError(
            f"no sandbox: {'; '.join(reasons)}. Install bubblewrap, or say --sandbox none on a machine that holds "
            "nothing private"
        )
    return kinds[reasons.index("")]


def protection(kind: str) -> str:
    """Say what student code can and cannot do."""
    left = "Only a fault in the kernel itself could let it out."
    if kind == BUBBLEWRAP:
        calls = "a filter for system calls" if supported() else "NO filter for system calls: there is none for this CPU"
        return (
            "Student code runs in a sandbox (bubblewrap): no network, no files but the system's and a small scratch "
            f"folder, limits on time, memory, processes and output, {calls}. {left}"
        )
    if kind == LANDLOCK:
        alone = os.geteuid() == 0 and python_is_open()
        who = "as a user of its own" if alone else "as your user, without root's rights"
        return (
            f"Student code runs in a sandbox (Landlock and a filter for system calls, {who}): no network, no files "
            "but the system's, nothing to write to, no processes of its own, limits on time, memory and output. It "
            f"has no namespaces of its own, so bubblewrap would be better. {left}"
        )
    who = "as an unprivileged user" if os.geteuid() == 0 else "with your rights"
    return (
        f"NO SANDBOX: student code runs in disposable processes with limits on time, memory and files, {who}; "
        "it can still read what that user can read, and reach the network. Grade on a machine without private data."
    )
