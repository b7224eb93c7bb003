"""One line of the doctor's report."""

import shlex
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec

OK, NOTE, SLOW, FAILS = "ok", "note", "slow", "fails"


@dataclass(frozen=True)
class Finding:
    """What was tried, its status (ok, note, slow or fails), what was seen, and what to do about it.

    Only a trial of what students need can fail; all others give at most a note.
    """

    name: str
    status: str
    seen: str
    advice: str = ""


def how_to_install(*wanted: str) -> str:
    """Return the command that installs into this Python from any folder: with its pip, or with uv if it has no pip."""
    with_pip = [sys.executable, "-m", "pip", "install", *wanted]
    command = with_pip if find_spec("pip") else ["uv", "pip", "install", "--python", sys.executable, *wanted]
    return subprocess.list2cmdline(command) if sys.platform == "win32" else shlex.join(command)
