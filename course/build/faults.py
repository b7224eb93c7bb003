"""The build's only exception: a fault in a lab's source, with its place."""

from pathlib import Path


class SourceFault(ValueError):
    """A lab's source or its checks cannot be built.

    Parameters
    ----------
    path : Path
        The file with the fault.
    message : str
        What was expected, what was found, and what to do.
    line : int, optional
        The line, counted from 1.
    """

    def __init__(self, path: Path, message: str, line: int | None = None):
        place = f"{path}:{line}" if line else str(path)
        super().__init__(f"{place}: {message}")
