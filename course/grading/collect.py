"""Find the submissions of a class. They are read as bytes and recognised by content, never executed or imported."""

import hashlib
import os
import re
import stat
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from course.checks import LABS
from course.grading.archive import MAX_BYTES, Read, read_zip
from course.grading.encodings import decode
from course.grading.levels import SHARED, Names, find_level
from course.grading.names import keys_for, look_alikes, natural, plain
from course.grading.notebook import Unreadable, read_notebook
from course.grading.platforms import Owner, attempt_in, ignored, owner_of, title_of

#: the largest depth of folders that is searched
DEEPEST = 12
#: the largest number of a student's skipped files that are named
MOST_NOTES = 10
#: from this number of notebooks of one lab on, a class of one student may really be a whole class
MANY = 4
#: the first bytes of a file that show whether it may be a notebook
_START = 64


@dataclass(frozen=True)
class Submission:
    """One student's notebook. If it could not be read, ``fault`` says why and ``content`` is empty."""

    student: str
    content: bytes
    fault: str = ""

    @property
    def digest(self) -> str:
        """A name for the content, or for the reason why there is none."""
        return hashlib.sha256(self.fault.encode() + b"\0" + self.content).hexdigest()[:20]


@dataclass(frozen=True)
class HandedIn:
    """The place of a student's notebook. It is read again for grading, because a whole class would fill the memory.

    ``digest`` names its content when it was found; ``owner`` is what the platform says; ``notes`` say which attempts
    were skipped, and ``asks`` what the instructor should look at.
    """

    student: str
    digest: str
    read: Read
    owner: Owner
    notes: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()

    def submission(self) -> Submission:
        """Read it. If it has changed since, it has a fault, so that no result gets another content's name."""
        now = Submission(self.student, *self.read())
        changed = "has changed since the run began: grade again"
        return now if now.digest == self.digest else Submission(self.student, b"", changed)


@dataclass(frozen=True)
class Class:
    """Who handed in, which other files are there, and what is doubtful."""

    students: list[HandedIn]
    left_alone: list[str]
    doubts: list[str]


@dataclass(frozen=True)
class HandedOut:
    """What students were given: the words in the labs' names, and the texts of one lab's cells."""

    titles: frozenset[str] = frozenset()
    cells: frozenset[str] = frozenset()

    @classmethod
    def from_labs(cls, folder: Path, lab: str) -> "HandedOut":
        """Read the names of the released notebooks in a folder, and the notebook of one lab."""
        stems = [path.stem for path in folder.glob("lab[0-9][0-9]_*.ipynb")]
        titles = {word for stem in stems for word in re.findall(r"[^\W\d_]+", stem.casefold())}
        cells = {
            cell.source.strip()
            for path in (folder.glob(f"lab{lab}_*.ipynb") if lab else ())
            for cell in read_notebook(path.read_bytes()).cells
        }
        return cls(frozenset(titles), frozenset(cells))

    def answered(self, content: bytes) -> bool:
        """Tell whether a notebook holds code that was not handed out."""
        if not content:
            return False
        try:
            cells = read_notebook(content).cells
        except Unreadable:
            return False
        return any(cell.kind == "code" and cell.source.strip() not in {"", *self.cells} for cell in cells)


@dataclass(frozen=True)
class _File:
    """A file: its folders and name, the function that reads it, and whether it is a notebook by suffix or content."""

    parts: tuple[str, ...]
    read: Read
    notebook: bool


@dataclass(frozen=True)
class _Attempt:
    """A file that was read: its content's digest, whether it holds anything, and its rank among others."""

    file: _File
    owner: Owner
    digest: str
    holds: bool
    order: tuple[object, ...]
    answered: bool
    name: tuple[object, ...]

    @property
    def rank(self) -> tuple[object, ...]:
        """The latest ranks highest; among equally late ones an answered one; then the one with the last name."""
        return *self.order, self.answered, *self.name

    @property
    def shown(self) -> str:
        """The file's name, safe to print."""
        return plain(self.file.parts[-1])


def collect(source: Path, lab: str = "", encoding: str = "", student_is: str = "") -> list[HandedIn]:
    """Find the submissions of a class: the part of `look`'s result that is graded."""
    return look(source, lab, encoding, student_is).students


def left_alone(source: Path) -> list[str]:
    """Name the files in a folder that are nobody's submission: a PDF, a list, a folder without a notebook."""
    return look(source).left_alone


def look(source: Path, lab: str = "", encoding: str = "", student_is: str = "", labs: Path = LABS) -> Class:
    """Find out who handed in what.

    Parameters
    ----------
    source : Path
        A folder or a zip, from a learning platform or packed by a teacher, or a single notebook. A file's content
        decides whether it is a notebook, not its suffix. Other files are ignored.
    lab : str
        Two digits. If a student has several notebooks, those of this lab come first.
    encoding : str
        Encoding of names that are not in UTF-8; guessed if empty.
    student_is : str
        The folder that names the student, counted from the outermost, which is 1; ``1+2`` for both together; ``file``
        for the file itself. If empty, it is found from names and structure.
    labs : Path
        The released notebooks.

    Returns
    -------
    Class
        Students by name. Of several attempts the latest counts: the latest for the platform, else by name, so that
        ``lab02-2`` and ``attempt 2`` are later than ``lab02-1`` and ``attempt 1``. An unanswered attempt counts only if
        the platform says that it is later.

    Raises
    ------
    ValueError
        If there is no notebook, a zip cannot be read, or it is unclear which name is a student's.
    """
    files, bare, unclear = _files(source, encoding)
    out = HandedOut.from_labs(labs, lab)
    names = Names(out.titles)
    if not any(file.notebook for file in files):
        raise ValueError(f"{source} holds no notebook: expected one <student>.ipynb per student, or a folder for each")
    levels, depth = _levels(files, names, student_is)
    owners, others = _owners(files, levels, depth, names, asked=bool(student_is))
    shown = _shown(owners)
    keys = keys_for(list(shown.values()))
    students = [_latest(keys[shown[whose]], owned, lab, out) for whose, owned in owners.items()]
    students.sort(key=lambda one: one.student)
    if len(students) == 1 and not student_is:
        _refuse_a_class_of_one(students[0], [file for owned in owners.values() for file, _ in owned], names)
    alike = look_alikes({key: name for name, key in keys.items()})
    doubts = [unclear] * bool(unclear) + [f"names that look the same: {' and '.join(group)}" for group in alike]
    return Class(students, sorted({*others, *bare}), doubts)


def _files(source: Path, encoding: str) -> tuple[list[_File], list[str], str]:
    """List the files of a source, the folders without files, and what is doubtful about the names."""
    if source.is_dir():
        found = list(_below(source, DEEPEST))
        bare = [plain(parts[0]) for parts, path in found if path is None and len(parts) == 1]
        entries: list[tuple[tuple[str, ...], Read]] = [(p, partial(_read, path)) for p, path in found if path]
        broken = [p for p, _ in entries if any(not part.isprintable() and _undecoded(part) for part in p)]
        unclear = ""
        if broken:
            decoded, unclear = decode([os.fsencode("/".join(parts)) for parts in broken], encoding)
            mended = {parts: tuple(name.split("/")) for parts, name in zip(broken, decoded, strict=True)}
            entries = [(mended.get(parts, parts), read) for parts, read in entries]
    elif source.is_file() and _is_notebook(source.name, partial(_read, source)):
        return [_File((source.name,), partial(_read, source), notebook=True)], [], ""
    elif source.is_file():
        bare = []
        listed, unclear = read_zip(source, encoding)
        entries = [((*parts[:-1][:DEEPEST], parts[-1]), read) for parts, read in listed]
    else:
        raise ValueError(f"expected a folder of notebooks or a zip, got {source}, which is neither")
    seen = frozenset(part.casefold() for parts, _ in entries for part in parts[:-1])
    kept = [(parts, read) for parts, read in entries if not ignored(parts, seen)]
    return [_File(parts, read, _is_notebook(parts[-1], read)) for parts, read in kept], bare, unclear


def _undecoded(name: str) -> bool:
    """Tell whether the system could not read a name as UTF-8."""
    return any("\udc80" <= c <= "\udcff" for c in name)


def _below(folder: Path, deep: int, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Path | None]]:
    """Walk through a folder. Links to folders are not followed; a folder without files is yielded with None."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        parts = (*above, path.name)
        if not path.is_dir() or path.is_symlink():
            yield parts, path
        elif deep:
            inner = list(_below(path, deep - 1, parts))
            yield from inner or [(parts, None)]


def _is_notebook(name: str, read: Read) -> bool:
    """Tell by the suffix, or else by the content, whether a file is a notebook."""
    if name.casefold().endswith(".ipynb"):
        return True
    start, fault = read(_START)
    if fault or not start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return False
    content, _ = read()
    return b'"cells"' in content and (b'"cell_type"' in content or b'"nbformat"' in content)


def _levels(files: Sequence[_File], names: Names, student_is: str) -> tuple[tuple[int, ...], int]:
    """Find the levels whose names make up a student's name, and the deepest of them; counted from 0."""
    notebooks = [file.parts for file in files if file.notebook]
    if student_is == "file":
        return (), max(map(len, notebooks))
    if student_is:
        if not re.fullmatch(r"[1-9]\d?(\+[1-9]\d?)*", student_is):
            raise ValueError(f"expected for --student-is a level such as 1 or 1+2, or 'file', got {student_is!r}")
        levels = tuple(int(level) - 1 for level in student_is.split("+"))
        if max(levels) >= max(map(len, notebooks)):
            deepest = max(map(len, notebooks)) - 1
            raise ValueError(f"--student-is {student_is}: no notebook has more than {deepest} folders above it")
        return levels, max(levels)
    found = find_level([*notebooks, *(file.parts for file in files if any(map(owner_of, file.parts)))], names)
    if found.doubt:
        raise ValueError(
            f"it cannot be told whose the notebooks are: {found.doubt}. Say which: --student-is {found.depth + 1}, or "
            f"{found.depth + 2}, or file"
        )
    return (found.depth,), found.depth


#: (platform, number there or else name) → files
Owned = dict[tuple[str, str], list[tuple[_File, Owner]]]


def _owners(
    files: Sequence[_File], levels: tuple[int, ...], depth: int, names: Names, asked: bool
) -> tuple[Owned, set[str]]:
    """Sort files by student, and list the files that are nobody's."""
    owners: Owned = defaultdict(list)
    others: set[str] = set()
    parents: dict[tuple[str, str], set[tuple[str, ...]]] = defaultdict(set)
    plain_folders = any(f.notebook and len(f.parts) > depth + 1 and not owner_of(f.parts[depth]) for f in files)
    for file in files:
        own = len(file.parts) <= depth + 1
        name = file.parts[-1] if own else file.parts[depth]
        owner = owner_of(name)
        if owner is None:
            if not file.notebook and (own or not plain_folders or (names.kind(name) == SHARED and not asked)):
                others.add(plain(file.parts[min(depth, len(file.parts) - 1)]))
                continue
            called = [_stem(name)] if own else [file.parts[level] for level in levels]
            owner = Owner(", ".join(called))
        whose = (owner.platform, owner.number or owner.student)
        owners[whose].append((file, owner))
        parents[whose].add(tuple(part for part in file.parts[:-1][:depth] if names.kind(part) != SHARED))
    twice = [whose for whose, above in parents.items() if len(above) > 1 and whose[0] == ""]
    if twice and not asked:
        student = plain(twice[0][1])
        where = [plain(" / ".join((*above, student))) for above in sorted(parents[twice[0]])]
        raise ValueError(
            f"{student!r} owns notebooks in {len(where)} folders ({', '.join(where[:3])}): one student or several? Say "
            f"--student-is {depth + 1} for one, --student-is {depth}+{depth + 1} for several"
        )
    held = {plain(owner.student) for owned in owners.values() for file, owner in owned if file.notebook}
    return owners, others - held


def _stem(name: str) -> str:
    return re.sub(r"(?i)(\.ipynb)?(\.(txt|json))?$", "", name) or name


def _shown(owners: Owned) -> dict[tuple[str, str], str]:
    """Name the students as the platform does: by name, and with its number if two share a name or have none."""
    said = {whose: owned[0][1].student for whose, owned in owners.items()}
    title = title_of([name for whose, name in said.items() if whose[0] == "Blackboard"])
    shown = {whose: name.removeprefix(title) if whose[0] == "Blackboard" else name for whose, name in said.items()}
    for more in ("_{0.number}", " ({0.platform})"):  # the second if a file without a platform has the same name
        taken = Counter(name.casefold() for name in shown.values())
        shown |= {
            whose: f"{shown[whose]}{more.format(owned[0][1])}".strip("_")
            for whose, owned in owners.items()
            if (taken[shown[whose].casefold()] > 1 or not shown[whose]) and whose[0]
        }
    return shown


def _latest(key: str, owned: Iterable[tuple[_File, Owner]], lab: str, out: HandedOut) -> HandedIn:
    """Choose the attempt that counts, and say which ones do not."""
    files = list(owned)
    several = sum(file.notebook for file, _ in files) > 1
    looked = [_look_at(file, owner, lab, out if several else None) for file, owner in files]
    *earlier, last = sorted(looked, key=lambda one: one.rank)
    notes = [f"skipped an earlier attempt or another file: {one.shown}" for one in earlier if one.holds]
    if notes:
        notes = [*notes[:MOST_NOTES], f"the attempt that counts: {last.shown}"]
    if last.owner.late:
        notes.append("handed in late, says Canvas")
    asks = []
    rivals = [one for one in earlier if one.order[:2] == last.order[:2]]
    by_name = max([*rivals, last], key=lambda one: (*one.order, *one.name))
    if by_name is not last:
        asks.append(
            f"two notebooks, unclear which is later: the answered one counts, {last.shown}, not {by_name.shown}"
        )
    elif not last.answered and (better := [one for one in rivals if one.answered]):
        asks.append(
            f"the latest notebook is not answered, an earlier one is: {last.shown} counts, not {better[-1].shown}"
        )
    return HandedIn(key, last.digest, last.file.read, last.owner, tuple(notes), tuple(asks))


def _look_at(file: _File, owner: Owner, lab: str, out: HandedOut | None) -> _Attempt:
    """Read a file but do not keep its content: all files of a student together could fill the memory."""
    if not file.notebook:
        file = replace(file, read=partial(_no_notebook, plain(file.parts[-1])))
    now = Submission(owner.student, *file.read())
    says = re.compile(rb'"lab":\s*"%s"' % re.escape(lab).encode())
    named = file.parts[-1].casefold().find(f"lab{lab}") >= 0
    about = bool(lab) and file.notebook and (named or bool(says.search(now.content)))
    attempt = natural(owner.attempt or attempt_in(file.parts))
    name = tuple(natural(_stem(part)) for part in file.parts)  # with ".ipynb", lab would come after lab-1
    answered = out is not None and file.notebook and out.answered(now.content)
    order = (file.notebook, about, attempt)
    return _Attempt(file, owner, now.digest, bool(now.content), order, answered, (name, "/".join(file.parts)))


def _refuse_a_class_of_one(student: HandedIn, files: Sequence[_File], names: Names) -> None:
    """Stop if all notebooks seem to be one student's, but could be a class's.

    Raises
    ------
    ValueError
        If there are several different notebooks whose names do not say whose they are.
    """
    kinds = [file for file in files if file.notebook and names.kind(file.parts[-1]) == SHARED]
    labs = Counter(re.sub(r"\W.*", "", _stem(file.parts[-1]).casefold()) for file in kinds)
    most = max(labs.values(), default=0)
    if most >= MANY and len({Submission("", *file.read()).digest for file in kinds}) >= MANY:
        raise ValueError(
            f"{most} notebooks of one lab, all of one student, {student.student!r}? Say --student-is file if each "
            "belongs to another student, or --student-is and a level"
        )


def _no_notebook(name: str, most: int = MAX_BYTES) -> tuple[bytes, str]:
    """Say what was handed in instead of a notebook."""
    return b"", f"{name} was handed in, but no notebook (.ipynb); archives are not opened"


def read_submission(path: Path) -> Submission:
    """Read one file; if it cannot be read, return a submission with a fault."""
    return Submission(path.stem, *_read(path))


def _read(path: Path, most: int = MAX_BYTES) -> tuple[bytes, str]:
    """Read a regular file or its first bytes; links and devices are refused."""
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
        return file.read(min(most, about.st_size)), ""
