"""``course doctor``: what this machine can do. Each line comes from a trial, not from an assumption."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from course.doctor.finding import FAILS, NOTE, Finding

#: the trials in order, by module; students need those that are marked as needed
NEEDED = ("python", "packages", "kernel", "writing")
TRIALS = {
    "students": (*NEEDED, "processors", "memory", "mnist", "gpu", "chromium"),
    "grading": ("sandbox", "fallback", "grading"),
}


def examine(root: Path) -> Iterator[Finding]:
    """Run all trials, one after the other.

    Parameters
    ----------
    root : Path
        The workbook's folder.

    Yields
    ------
    Finding
        One for each trial; a trial that raises an error gives a finding, too.
    """
    for module, names in TRIALS.items():
        for name in names:
            try:
                yield getattr(import_module(f"course.doctor.{module}"), name)(root)
            except Exception as error:  # every error here is a result that the reader wants to see
                status = FAILS if name in NEEDED else NOTE
                yield Finding(name, status, f"could not be tried: {type(error).__name__}: {error}")
