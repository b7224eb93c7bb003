"""The namespace sandbox: it hides this machine's files from a submission's processes.

bubblewrap gives the supervisor namespaces of its own: no network, a read-only system, the Python standard library,
NumPy and the modules that the lab lists, the answer-free parts of this package, and one small scratch folder.
Solutions, records, other submissions and results do not exist there.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from course.grading.sandbox.visible import (
    installed_packages,
    libraries,
    own_copy,
    python_command,
    start_supervisor,
    system_folders,
)

#: folders of the libraries and of this package's parts inside the sandbox
SITE, OWN = Path("/grader/site"), Path("/grader/own")
SCRATCH_BYTES = 16 << 20
#: capabilities that the supervisor needs as root, to change the user for each check, end it and empty its scratch
CAPABILITIES = ("CAP_SETUID", "CAP_SETGID", "CAP_KILL", "CAP_DAC_OVERRIDE", "CAP_FOWNER")


def bubblewrap_command(imports: Sequence[str]) -> list[str]:
    """Return the command that starts a supervisor in its own namespaces.

    Parameters
    ----------
    imports : sequence of str
        Modules that answers may import.

    Returns
    -------
    list of str
    """
    as_root = os.geteuid() == 0
    namespaces = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    rights = ["--cap-drop", "ALL", *(word for name in CAPABILITIES for word in ("--cap-add", name))] if as_root else []
    identity = rights if as_root else ["--unshare-user", "--uid", "65534", "--gid", "65534"]
    return [
        *(shutil.which("bwrap") or "bwrap", *namespaces, *identity),
        *("--die-with-parent", "--new-session", "--as-pid-1", "--clearenv", "--hostname", "grader"),
        *("--setenv", "OPENBLAS_NUM_THREADS", "1", "--setenv", "LC_ALL", "C.UTF-8", "--setenv", "HOME", "/tmp"),
        *_system(),
        *_site(imports),
        *("--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"),
        *("--size", str(SCRATCH_BYTES), "--perms", "1777", "--tmpfs", "/tmp", "--chdir", "/tmp"),
        *("--remount-ro", "/", *start_supervisor([OWN, SITE])),
    ]


def _system() -> list[str]:
    """Bind the libraries of the system and of Python read-only, without the packages installed in that Python.

    On systems where /lib is a link into /usr, it stays a link.
    """
    words: list[str] = []
    bound: list[Path] = []
    for path in system_folders():
        if path.is_symlink():
            words += [*_above(path), "--symlink", str(path.readlink()), str(path)]
        elif not any(path.is_relative_to(folder) for folder in bound):
            words += _bind(path, path)
            bound.append(path)
    for path in installed_packages():
        words += ["--tmpfs", str(path), "--remount-ro", str(path)]
    return [*words, *_bind(Path(python_command()), Path(python_command()))]


def _bind(source: Path, target: Path) -> list[str]:
    """Bind a file or folder read-only."""
    return [*_above(target), "--ro-bind", str(source), str(target)]


def _above(path: Path) -> list[str]:
    """Name the folders above a path: bubblewrap would create them closed to other users."""
    return [word for folder in reversed(path.parents[:-1]) for word in ("--perms", "0755", "--dir", str(folder))]


def _site(imports: Sequence[str]) -> list[str]:
    """Bind NumPy, the listed modules, and a copy of the answer-free parts of this package."""
    words: list[str] = []
    for path in libraries(imports):
        words += _bind(path, SITE / path.name)
    return [*words, *_bind(own_copy(tuple(imports)), OWN)]


@cache
def why_not_bubblewrap() -> str:
    """Say why the sandbox does not work on this machine, or return ``""``; this is found by a trial."""
    if not sys.platform.startswith("linux"):
        return f"the sandbox needs Linux, this is {sys.platform}"
    if not shutil.which("bwrap"):
        return "bubblewrap (bwrap) is not installed"
    trial = bubblewrap_command(())
    done = subprocess.run([*trial[:-1], "print('it works')"], capture_output=True, text=True, timeout=60, check=False)
    if done.stdout.strip() == "it works":
        return ""
    return f"bubblewrap does not work here: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}"
