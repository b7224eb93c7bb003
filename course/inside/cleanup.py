"""Leave nothing of a check behind: no process, no file."""

import contextlib
import os
import signal
import time

SCRATCH = "/tmp"
#: entries that a check may make in its scratch: the kernel's memory pays for them beside the limit on bytes
MAX_ENTRIES = 2_000


def in_own_namespace() -> bool:
    """Tell whether this process is the first of a namespace, so that everything else in it may go."""
    return os.getpid() == 1


def scratch_is_full() -> bool:
    """Tell whether the scratch holds more entries than a check may make."""
    if not in_own_namespace():
        return False
    about = os.statvfs(SCRATCH)
    return about.f_files - about.f_ffree > MAX_ENTRIES


def end_process(pid: int) -> int | None:
    """Let a finished process end by itself; kill it, its group, and all that it left behind. Give its wait status."""
    code = None
    pause = 0.0002
    while pause < 0.2:  # the pipe is closed: give it a moment to exit on its own, 0.4 seconds in all
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            code = status
            break
        time.sleep(pause)
        pause *= 2
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    if code is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        code = os.waitpid(pid, 0)[1]
    while _kill_strays():
        pass
    if in_own_namespace():
        empty_folder(SCRATCH)
    return code


def _kill_strays() -> bool:
    """Kill and reap what a check left behind; True while there may be more.

    As pid 1 that is everything else in the namespace, in one stroke that no fork can outrun; outside a namespace it is
    what was handed to this process when its parent ended.
    """
    strays = [-1] if in_own_namespace() else _children()
    for stray in strays:
        with contextlib.suppress(ProcessLookupError):
            os.kill(stray, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(stray, 0)
            return True
    return False


def _children() -> list[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as file:
            return [int(n) for n in file.read().split()]
    except OSError:
        return []


def empty_folder(folder: str) -> None:
    """Remove all that is in a folder, however deep; links are removed, not followed.

    A folder in a folder is first moved up beside it, so that no path gets long and no recursion deep.
    """
    number = 0
    try:
        while found := list(os.scandir(folder)):
            for entry in found:
                if not entry.is_dir(follow_symlinks=False):
                    os.unlink(entry.path)
                    continue
                os.chmod(entry.path, 0o700)
                for inner in os.listdir(entry.path):
                    while os.path.lexists(free := os.path.join(folder, f"up {number}")):  # a check may take names
                        number += 1
                    os.rename(os.path.join(entry.path, inner), free)
                os.rmdir(entry.path)
    except OSError:  # a fault of the kernel's: the next check finds what is left, and there are no answers in it
        return
