"""What the process of a check gives up before it runs student code: descriptors, rights, resources, system calls."""

import contextlib
import ctypes
import fcntl
import os
import resource
import signal
import sys
from typing import Any

from course.inside import landlock, seccomp
from course.inside.libc import checked, libc

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 4, 36, 38
#: descriptors that stay open: the check writes its results to PIPE; FAULTS reports a failure of `confine`, then closes
PIPE, FAULTS = 3, 4
#: descriptor of Landlock's rules, if they are used, until they are in force
RULES = 5
FILE_BYTES = 1 << 20


def arrange_descriptors(writer: int, faults: int, rules: int | None) -> None:
    """Point descriptors 0 to 2 at /dev/null, keep `PIPE`, `FAULTS` and, if given, `RULES`, and close all others."""
    null = os.open(os.devnull, os.O_RDWR)
    kept = [null, null, null, *(fcntl.fcntl(n, fcntl.F_DUPFD, 10) for n in (writer, faults, rules) if n is not None)]
    for number, high in enumerate(kept):
        os.dup2(high, number)
    os.closerange(len(kept), resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def confine(job: dict[str, Any]) -> None:
    """Take away most rights of this forked process.

    Parameters
    ----------
    job : dict
        ``seconds``, ``memory`` and ``tasks`` are limits. ``uid`` is the user to become if this one is root; None keeps
        root but without root's rights. ``filter`` says whether to use the filter for system calls. ``rules`` is None
        unless the descriptor `RULES` holds Landlock's rules.

    Raises
    ------
    OSError
        If a protection does not work. Then no student code may run.
    """
    os.setsid()
    if os.geteuid() == 0 and job["uid"] is not None:
        os.setgroups([])
        os.setresgid(job["uid"], job["uid"], job["uid"])
        os.setresuid(job["uid"], job["uid"], job["uid"])
        if os.getresuid() != (job["uid"],) * 3 or not job["uid"]:  # -1 means "as it is" to the kernel
            raise OSError(f"expected to become the user {job['uid']}, got {os.getresuid()}")
    set_process_option("no new privileges", PR_SET_NO_NEW_PRIVS, 1)
    set_process_option("a signal at the parent's death", PR_SET_PDEATHSIG, signal.SIGKILL)
    _limit(job)
    if job["rules"] is not None:
        landlock.restrict(RULES)
        os.close(RULES)
    give_up_capabilities()
    if job["filter"]:
        seccomp.install()


def set_process_option(what: str, option: int, value: int) -> None:
    """Set an option of this process; on systems without prctl there is nothing to set."""
    if hasattr(libc(), "prctl"):
        checked(what, libc().prctl(option, value, 0, 0, 0))


def give_up_capabilities() -> None:
    """Give up all capabilities of root, except for owning root's files. Other users have none to give up."""
    if not sys.platform.startswith("linux"):
        return
    header, nothing = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    checked("capabilities", libc().capset(header, nothing))


def _limit(job: dict[str, Any]) -> None:
    """Set limits that cannot be raised again; a resource that this system does not count is skipped."""
    cpu = max(1, round(job["seconds"]))
    limits = {
        "RLIMIT_CPU": cpu,
        "RLIMIT_AS": job["memory"],
        "RLIMIT_FSIZE": FILE_BYTES if job["rules"] is None else 0,
        "RLIMIT_NOFILE": 64,
        "RLIMIT_NPROC": job["tasks"],
        "RLIMIT_CORE": 0,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
    }
    for name, value in limits.items():
        if hasattr(resource, name) and value is not None:
            number = getattr(resource, name)
            hard = resource.getrlimit(number)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(number, (value, value))
