"""Find the submissions: regular ``*.ipynb`` files in a folder, read as bytes and never executed or imported."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: a lab notebook with plots is under 2 MB; what is larger than this is not read
MAX_BYTES = 20_000_000


@dataclass(frozen=True)
class Submission:
    """One student's notebook as it was handed in.

    ``fault`` says why it could not be read; ``content`` is empty then.
    """

    student: str
    content: bytes
    fault: str = ""

    @property
    def digest(self) -> str:
        """A name for the content (and for why there is none)."""
        return hashlib.sha256(self.fault.encode() + b"\0" + self.content).hexdigest()[:20]


def collect(folder: Path) -> list[Submission]:
    """Read the submissions of a class.

    Parameters
    ----------
    folder : Path
        Holds one ``<student>.ipynb`` a student. Anything else in it is left alone.

    Returns
    -------
    list of Submission
        By student's name.

    Raises
    ------
    ValueError
        If the folder is none, or holds no notebook.
    """
    if not folder.is_dir():
        raise ValueError(f"expected a folder of notebooks, got {folder}, which is none")
    found = [read_submission(path) for path in _notebooks(folder)]
    if not found:
        raise ValueError(f"{folder} holds no notebook: expected one <student>.ipynb a student")
    return found


def _notebooks(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.suffix == ".ipynb" and not path.name.startswith("."):
            yield path


def read_submission(path: Path) -> Submission:
    """Read one file; what cannot be read becomes a submission with a fault."""
    return Submission(path.stem, *_read(path))


def _read(path: Path) -> tuple[bytes, str]:
    """Read a regular file; a link or a device is not followed."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        return b"", f"cannot be opened: {error.strerror}"
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            return b"", "is not a regular file"
        if about.st_size > MAX_BYTES:
            return b"", f"has {about.st_size} bytes, at most {MAX_BYTES} are read"
        return file.read(MAX_BYTES), ""
