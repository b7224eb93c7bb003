"""The one exception of the build: a fault in a lab's source, with the place where it is."""

from pathlib import Path


class SourceFault(ValueError):
    """A lab's source or its checks cannot be built.

    Parameters
    ----------
    path : Path
        The file with the fault.
    message : str
        What was expected, what was found, what to do.
    line : int, optional
        Where, counted from 1.
    """

    def __init__(self, path: Path, message: str, line: int | None = None):
        place = f"{path}:{line}" if line else str(path)
        super().__init__(f"{place}: {message}")
