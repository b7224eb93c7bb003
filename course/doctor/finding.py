"""One line of the doctor's report."""

import shlex
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec

OK, NOTE, SLOW, FAILS = "ok", "note", "slow", "fails"


@dataclass(frozen=True)
class Finding:
    """What was tried, how it went (ok, note, slow or fails), what was seen, and what to do about it.

    Only what students need can fail; the rest is noted.
    """

    name: str
    status: str
    seen: str
    advice: str = ""


def how_to_install(*wanted: str) -> str:
    """Give the command that installs into this Python, wherever it is typed: by its pip, or by uv where it has none."""
    with_pip = [sys.executable, "-m", "pip", "install", *wanted]
    command = with_pip if find_spec("pip") else ["uv", "pip", "install", "--python", sys.executable, *wanted]
    return subprocess.list2cmdline(command) if sys.platform == "win32" else shlex.join(command)
