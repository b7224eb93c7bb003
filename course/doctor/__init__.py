"""``course doctor``: what this machine can do. Each line is tried, not assumed."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from course.doctor.finding import FAILS, NOTE, Finding

#: the trials in order, by module; students cannot do without the needed ones
NEEDED = ("python", "packages", "kernel", "writing")
TRIALS = {
    "students": (*NEEDED, "processors", "memory", "mnist", "gpu", "chromium"),
    "grading": ("sandbox", "fallback", "grading"),
}


def examine(root: Path) -> Iterator[Finding]:
    """Try everything, one after the other.

    Parameters
    ----------
    root : Path
        The workbook's folder.

    Yields
    ------
    Finding
        A trial that breaks is itself a finding.
    """
    for module, names in TRIALS.items():
        for name in names:
            try:
                yield getattr(import_module(f"course.doctor.{module}"), name)(root)
            except Exception as error:  # whatever breaks here is what the reader wants to know
                status = FAILS if name in NEEDED else NOTE
                yield Finding(name, status, f"could not be tried: {type(error).__name__}: {error}")
