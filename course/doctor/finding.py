"""One line of the doctor's report."""

import time
from dataclasses import dataclass

OK, NOTE, FAILS = "ok", "note", "fails"


@dataclass(frozen=True)
class Finding:
    """What was tried, how it went (ok, note or fails), what was seen, and what to do about it.

    Only what students need can fail; the rest is noted.
    """

    name: str
    status: str
    seen: str
    advice: str = ""


def since(start: float) -> str:
    """Write the time since a reading of `time.perf_counter`."""
    return f"{time.perf_counter() - start:.2f} s"
