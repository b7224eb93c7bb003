"""Remove everything that a check leaves behind: processes and files."""

import contextlib
import os
import signal
import time

SCRATCH = "/tmp"
#: entries that a check may make in its scratch: they use kernel memory, which the limit on bytes does not count
MAX_ENTRIES = 2_000


def in_own_namespace() -> bool:
    """Tell whether this process is pid 1 of a namespace, so that it may kill everything else there."""
    return os.getpid() == 1


def scratch_is_full() -> bool:
    """Tell whether the scratch holds more entries than a check may make."""
    if not in_own_namespace():
        return False
    about = os.statvfs(SCRATCH)
    return about.f_files - about.f_ffree > MAX_ENTRIES


def end_process(pid: int) -> int | None:
    """Give a process a moment to end, then kill it, its group, and all that it left behind. Return its wait status."""
    code = None
    pause = 0.0002
    while pause < 0.2:  # its pipe is closed: wait up to 0.4 seconds in all for it to exit
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
    """Kill and reap what a check left behind; return True while there may be more.

    If we are pid 1, that is everything else in the namespace; one kill reaches all of it, so that no fork can escape.
    Outside a namespace it is the orphans that became children of this process.
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

    A nested folder is first moved one level up, so that paths stay short and no recursion is needed.
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
                    while os.path.lexists(free := os.path.join(folder, f"up {number}")):  # a check may have used it
                        number += 1
                    os.rename(os.path.join(entry.path, inner), free)
                os.rmdir(entry.path)
    except OSError:  # a kernel fault: the next check can see what is left, but that holds no answers
        return
