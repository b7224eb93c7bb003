"""Find the submissions: regular ``*.ipynb`` files, read as bytes and never executed or imported."""

import hashlib
import os
import re
import stat
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath

from course.grading.archive import MAX_BYTES, read_zip
from course.grading.names import Owner, keys_for, natural, owner_of, plain

#: folders below a student's own that are looked into
DEEPEST = 4
#: files of a student that were passed over and are named
MOST_NOTES = 10

#: reads a file, now: its content, and why it cannot be read or ""
Read = Callable[[], tuple[bytes, str]]


@dataclass(frozen=True)
class Submission:
    """One student's notebook; ``fault`` says why it could not be read, and ``content`` is empty then."""

    student: str
    content: bytes
    fault: str = ""

    @property
    def digest(self) -> str:
        """A name for the content (and for why there is none)."""
        return hashlib.sha256(self.fault.encode() + b"\0" + self.content).hexdigest()[:20]


@dataclass(frozen=True)
class HandedIn:
    """Where a student's notebook lies: it is read again when its turn comes, since a class's would fill the memory.

    ``digest`` names what it held when it was found; ``canvas_id`` is the student's number there, if it is known;
    ``notes`` say which attempts were passed over.
    """

    student: str
    digest: str
    read: Read
    canvas_id: str = ""
    notes: tuple[str, ...] = ()

    def submission(self) -> Submission:
        """Read it; one that is another by now has a fault, so that no result stands under another content's name."""
        now = Submission(self.student, *self.read())
        changed = "has changed since the run began: grade again"
        return now if now.digest == self.digest else Submission(self.student, b"", changed)


@dataclass(frozen=True)
class _Found:
    """A file with whose it is and how it is read; ``path`` as its owner would name it."""

    owner: Owner
    path: PurePath
    read: Read


@dataclass(frozen=True)
class _Attempt:
    """A file that was looked at: the name of what it holds, whether that is anything, and its rank among others."""

    file: _Found
    digest: str
    holds: bool
    rank: tuple[object, ...]

    @property
    def shown(self) -> str:
        """The file's name, as it may be printed."""
        return plain(self.file.path.name)


def collect(source: Path, lab: str = "") -> list[HandedIn]:
    """Read the submissions of a class.

    Parameters
    ----------
    source : Path
        A folder with one ``<student>.ipynb`` a student or one folder a student, or the zip that Canvas or Moodle gives
        (or what it unpacks to), or a single notebook. Anything else in a folder is left alone.
    lab : str
        Two digits. Of several notebooks of a student, one of this lab comes before others.

    Returns
    -------
    list of HandedIn
        By student's name. Of several attempts the latest counts: by Canvas's number of the file, else by name, so that
        ``lab02-2`` and ``attempt 2`` are later than ``lab02-1`` and ``attempt 1``.

    Raises
    ------
    ValueError
        If there is no notebook, or a zip cannot be read.
    """
    if source.is_dir():
        found = [file for path in _entries(source) for file in _in_entry(path)]
    elif source.suffix == ".ipynb":
        found = [_Found(owner_of(source.name) or Owner(source.stem), PurePath(source.name), partial(_read, source))]
    elif source.is_file():
        found = _in_zip(source)
    else:
        raise ValueError(f"expected a folder of notebooks or a zip, got {source}, which is neither")
    if not any(file.path.suffix == ".ipynb" for file in found):
        raise ValueError(f"{source} holds no notebook: expected one <student>.ipynb a student, or a folder for each")
    attempts: dict[str, list[_Found]] = defaultdict(list)
    for file in found:
        attempts[file.owner.student].append(file)
    keys = keys_for(list(attempts))
    return sorted((_latest(keys[s], files, lab) for s, files in attempts.items()), key=lambda one: one.student)


def _latest(key: str, files: Iterable[_Found], lab: str) -> HandedIn:
    """Choose the attempt that counts, and say which do not."""
    *earlier, last = sorted((_read_once(file, lab) for file in files), key=lambda one: one.rank)
    notes = [f"passed over an earlier attempt or another file: {one.shown}" for one in earlier if one.holds]
    if notes:
        notes = [*notes[:MOST_NOTES], f"the attempt that counts: {last.shown}"]
    late = ("handed in late, says Canvas",) if last.file.owner.late else ()
    return HandedIn(key, last.digest, last.file.read, last.file.owner.canvas_id, (*notes, *late))


def _read_once(file: _Found, lab: str) -> _Attempt:
    """Read a file and let go of it: all that a student handed in, at once, could fill the memory."""
    now = Submission(file.owner.student, *file.read())
    return _Attempt(file, now.digest, bool(now.content), _rank(file, now.content, lab))


def _rank(file: _Found, content: bytes, lab: str) -> tuple[object, ...]:
    """Order a student's files: notebooks after others, of this lab after others, then the later ones."""
    says = re.compile(rb'"lab":\s*"%s"' % re.escape(lab).encode())
    about = bool(lab) and (f"lab{lab}" in file.path.name or bool(says.search(content)))
    named = tuple(
        natural(part) for part in file.path.with_suffix("").parts
    )  # with ".ipynb", lab would come after lab-1
    return file.path.suffix == ".ipynb", about, file.owner.number, named, str(file.path)


def left_alone(source: Path) -> list[str]:
    """Name what lies in a folder and is nobody's submission: a student's folder without a notebook, a PDF, a list."""
    return [path.name for path in _entries(source) if not any(_in_entry(path))] if source.is_dir() else []


def _entries(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]


def _in_entry(path: Path) -> Iterator[_Found]:
    """Find what an entry of a folder holds: a student's file, or a student's folder."""
    owner = owner_of(path.name)
    if path.is_dir() and not path.is_symlink():
        for inner in _below(path, DEEPEST):
            yield _Found(owner or Owner(path.name), inner.relative_to(path), partial(_read, inner))
    elif path.suffix == ".ipynb":
        yield _Found(owner or Owner(path.stem), PurePath(path.name), partial(_read, path))
    elif owner:
        yield _Found(owner, PurePath(path.name), partial(_no_notebook, path.name))


def _below(folder: Path, deep: int) -> Iterator[Path]:
    """Walk to the notebooks of a student's folder; links to folders are not followed."""
    for path in _entries(folder):
        if path.is_dir() and not path.is_symlink():
            yield from _below(path, deep - 1) if deep else ()
        elif path.suffix == ".ipynb":
            yield path


def _in_zip(source: Path) -> list[_Found]:
    """Find what a zip holds; one folder around everything, as packing a folder makes it, is not a student's."""
    entries = read_zip(source)
    tops = {path.parts[0] if len(path.parts) > 1 else "" for path, _ in entries}
    outer = tops.pop() if len(tops) == 1 else ""
    around = bool(outer) and not owner_of(outer)
    return [
        _Found(
            _owner(PurePath(*path.parts[around:])),
            path,
            read if path.suffix == ".ipynb" else partial(_no_notebook, path.name),
        )
        for path, read in entries
        if path.parts
    ]


def _owner(path: PurePath) -> Owner:
    """Say whose an entry of a zip is: as Canvas or Moodle says it, else by its first folder, else by its own name.

    In a folder a file's own name says nothing: its author chose it, and could choose a classmate's.
    """
    *folders, name = path.parts
    owners = (owner_of(folder) for folder in folders or [name])
    return next(filter(None, owners), Owner(folders[0] if folders else path.stem))


def _no_notebook(name: str) -> tuple[bytes, str]:
    """Say what was handed in instead."""
    return b"", f"{name} was handed in, and no notebook (.ipynb); archives are not opened"


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
        return file.read(about.st_size), ""
