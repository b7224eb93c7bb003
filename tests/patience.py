"""How long a test waits for something that may never happen: longer where the machine was seen to be slow.

A wait ends when something happened. Its limit is there for what does not happen at all, so it is generous, and it is
stretched by what `measure` saw at the start of the run.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

FACTOR = "COURSE_PATIENCE"  # how many times longer than usual everything takes
USUAL = 0.2  # seconds of the trial on the machine that the limits were chosen on, two cores and nothing else running
TRIAL = "import sqlite3, numpy.random, json, email.message"


def measure() -> float:
    """Start two Pythons side by side, as two workers do; tell how many times longer than usual that takes, at least 1.

    The time is the clock's and not the processor's: where other programs take their share, waits are longer, too.
    """
    start = time.perf_counter()
    trials = [subprocess.Popen([sys.executable, "-c", TRIAL]) for _ in range(2)]
    for trial in trials:
        trial.wait()
    return max(1.0, (time.perf_counter() - start) / USUAL)


def patience(seconds: float) -> float:
    """Stretch a limit, in whatever unit it is given, by the factor that was measured when the run began."""
    return seconds * float(os.environ[FACTOR])


def finished(command: Sequence[object], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command until it ends, however that may be, with its output as text."""
    words = [str(word) for word in command]
    return subprocess.run(words, capture_output=True, text=True, timeout=patience(600), check=False, **options)
