"""What protects this machine from student code: each protection tried by code that plays the student."""

import ctypes
import subprocess
import sys
from pathlib import Path

from course.grading.sandbox import SandboxFailed, run_submission

#: the system call landlock_create_ruleset, asked for its version; linux/landlock.h
_LANDLOCK, _VERSION = 444, 1
_PR_GET_SECCOMP = 21
NOBODY = 65_534

#: what the code below reports, in order
TRIED = ("own user", "no network", "read-only system", "no files of yours", "memory limit", "process limit")

#: plays a student's answer: returns 1.0 where the protection holds and 0.0 where it does not
PROBE = """
import os, resource
def look(private):
    def refused(act):
        try:
            act()
        except (OSError, ImportError):
            return 1.0
        return 0.0
    def talk():
        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.connect(("192.0.2.1", 9))
    def write():
        path = os.path.join(os.path.dirname(os.__file__), "written-by-a-submission")
        open(path, "w").close()
        os.unlink(path)
    limited = lambda kind: float(resource.getrlimit(kind)[0] != resource.RLIM_INFINITY)
    return [
        float(os.getuid() != 0), refused(talk), refused(write), float(not os.path.exists(private)),
        limited(resource.RLIMIT_AS), limited(resource.RLIMIT_NPROC),
    ]
"""


def protections(kind: str) -> dict[str, bool]:
    """Try what a sandbox protects from.

    Parameters
    ----------
    kind : str
        As `course.grading.sandbox.choose` gives it.

    Returns
    -------
    dict of str to bool
        For each of `TRIED`, whether it holds.

    Raises
    ------
    SandboxFailed
        If the sandbox does not start, or the code in it gives no answer.
    """
    private = str(Path(__file__).parents[1] / "cli.py")
    case = {"dict": [["private", private]]}
    check = {"exercise": "look", "probe": "call", "cases": [case], "cell": 0}
    run = run_submission([PROBE], [check], ["numpy"], 4.0, kind).checks["look"]
    seen = run.observations
    if run.status != "done" or not seen or "value" not in seen[0]:
        raise SandboxFailed(f"the trial ended with {run.status}: {seen}")
    return {name: value == 1.0 for name, value in zip(TRIED, seen[0]["value"]["list"], strict=True)}


def landlock() -> int:
    """Give the version of Landlock that the kernel has, 0 for none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, int(ctypes.CDLL(None, use_errno=True).syscall(_LANDLOCK, None, 0, _VERSION)))


def seccomp() -> bool:
    """Tell whether the kernel has seccomp."""
    if not sys.platform.startswith("linux"):
        return False
    return int(ctypes.CDLL(None, use_errno=True).prctl(_PR_GET_SECCOMP, 0, 0, 0, 0)) >= 0


def can_change_user() -> bool:
    """Tell whether checks can run as users of their own, which only root may arrange."""
    try:
        return subprocess.run(["true"], user=NOBODY, check=False).returncode == 0
    except (OSError, AttributeError):
        return False
