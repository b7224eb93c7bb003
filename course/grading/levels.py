"""Find which level of folders names the students, from names and structure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from course.grading.platforms import owner_of

#: words that say what a folder or file holds, but not whose it is
_SHARED = frozenset(
    re.findall(
        r"\w+",
        """
        lab labs notebook notebooks copy kopie final finished done solution solutions loesung lösung loesungen lösungen
        abgabe abgaben homework homeworks hw assignment assignments exercise exercises uebung übung uebungen übungen
        blatt sheet task tasks aufgabe aufgaben work working week woche attempt version versuch try submission
        submissions submitted submit file files attachment attachments export exports download downloads new neu old alt
        updated v nb ipynb src code project projects untitled student students answer answers all alle archive zip
        release batch nn repo workbook jupyter python documents dokumente desktop main master
        """,
    )
)
#: words that name a part of a class; the rest of the name is a number, or one or two letters
_GROUPS = frozenset(
    {"section", "sections", "group", "groups", "gruppe", "gruppen", "class", "klasse", "kurs", "course"}
)
_GROUPS |= {"tutorium", "tutorial"}
#: words that, together with a number, name a student
_ONES = re.compile(r"(?:submission|student|participant|teilnehmer|user|team)\D{0,3}\d+", re.IGNORECASE)
OWN, GROUP, SHARED = "own", "group", "shared"
#: the least digits of a student's number (a copy's number has fewer); one more beside words, because years have four
_NUMBER = 4
#: if so many students all have a folder of the same name, the name says what is in it
_MANY = 4
_DATE = re.compile(r"20\d{6}(\d{4}|\d{6})?")

Path = tuple[str, ...]


@dataclass(frozen=True)
class Level:
    """The level of the students: the number of folders above it, and why it may be wrong ("" if it is clear)."""

    depth: int
    doubt: str = ""


@dataclass(frozen=True)
class Names:
    """Tells students' names from names that describe contents; `titles` are the words in the labs' own names."""

    titles: frozenset[str] = field(default_factory=frozenset)

    def kind(self, name: str) -> str:
        """Tell whether a folder's or file's name is a student's, names a part of the class, or describes contents."""
        if _ONES.fullmatch(name) or owner_of(name):
            return OWN
        words = re.findall(r"[^\W\d_]+|\d+", re.sub(r"(?i)(\.ipynb)?(\.(txt|json))?$", "", name).casefold())
        letters = [word for word in words if not word.isdecimal()]
        if not letters:
            return OWN if any(len(word) >= _NUMBER for word in words) else SHARED
        left = [word for word in letters if word not in _SHARED and word not in self.titles]
        if any(len(word) > 1 for word in letters if word not in left):  # attachment(s), lab02a
            left = [word for word in left if len(word) > 1]
        if not left:
            numbers = [word for word in words if word.isdecimal() and not _DATE.fullmatch(word)]
            most = _NUMBER if any(len(word) > 1 for word in letters) else 2  # v2 is a version, v123 a login
            return OWN if any(len(number) > most for number in numbers) else SHARED
        if any(word in _GROUPS for word in left):
            return GROUP if all(word in _GROUPS or len(word) < 3 for word in left) else OWN
        return OWN


def find_level(paths: Sequence[Path], names: Names) -> Level:
    """Find the level of the students.

    Parameters
    ----------
    paths : sequence of tuple of str
        Folders and file name of every notebook, and of every file that a platform has named.
    names : Names

    Returns
    -------
    Level
        Students are ``path[depth]``: a folder's name, or the file's name if the path ends there.
    """
    spare: int | None = None
    group: int | None = None
    for depth in range(max(map(len, paths), default=1)):
        folders = sorted({path[: depth + 1] for path in paths if len(path) > depth + 1})
        files = [path[-1] for path in paths if len(path) == depth + 1]
        kinds = [names.kind(folder[-1]) for folder in folders]
        own_files = [name for name in files if names.kind(name) == OWN]
        if 2 * sum(owner_of(folder[-1]) is not None for folder in folders) > len(folders):
            return Level(depth)
        if any(owner_of(name) for name in own_files):
            return Level(depth)
        if own_files and (spare is None or (len(own_files) > 1 and len(own_files) == len(files))):
            return Level(depth)
        if files:
            return Level(_first(spare, group, depth))
        if OWN not in kinds:
            group = depth if kinds.count(GROUP) > 1 and group is None else group
        elif len(folders) == 1:
            spare = depth
        else:
            below: dict[Path, list[Path]] = defaultdict(list)
            for path in paths:
                if len(path) > depth + 1:
                    below[path[: depth + 1]].append(path[depth + 1 :])
            deeper, doubt = _looks(below, names, depth)
            if not deeper:
                return Level(depth, doubt)
            spare = None
    return Level(_first(spare, group, 0))


def _first(*depths: int | None) -> int:
    return next(depth for depth in depths if depth is not None)


def _looks(below: dict[Path, list[Path]], names: Names, depth: int) -> tuple[bool, str]:
    """Tell whether folders are parts of a class and not students, and what speaks against this answer."""
    kinds: dict[str, int] = defaultdict(int)
    children = []
    for folder, paths in below.items():
        inner = [_first_own(path, names) for path in paths]
        folders = {name for name, is_folder in inner if name and is_folder}
        files = {name for name, is_folder in inner if name and not is_folder}
        direct = any(not name for name, _ in inner)
        if len(folders) > 1:
            kinds["both" if direct else "group"] += 1
        elif direct:
            kinds["student"] += 1
        elif folders:
            kinds["one"] += 1
            children.append((folder[-1].casefold(), min(folders).casefold()))
        else:
            kinds["files" if _of_one_lab(files) else "student"] += 1
    if kinds["group"] and kinds["group"] > kinds["student"] + kinds["both"] + kinds["files"]:
        return True, ""
    said = f"level {depth + 1} ({_some(folder[-1] for folder in below)})"
    called = {name for _, name in children}
    known = len(called) == 1 and len(below) >= _MANY  # the folder that everybody was given
    named_after = any(a in b or b in a for a, b in children)
    if kinds["one"] == len(below) and not known and not named_after:
        return False, f"{said} or the folders below ({_some(sorted(called))})"
    if 2 * (kinds["both"] + kinds["group"]) >= len(below):
        return False, f"{said} or the folders below, of which most of these have several"
    if 2 * kinds["files"] > len(below):
        return False, f"{said} or the files below, of which most of these have several"
    return False, ""


def _of_one_lab(files: Iterable[str]) -> bool:
    """Tell whether several files name one lab or none, so that they may belong to several students."""
    labs = [match[1] if (match := re.search(r"lab\W?0*(\d+)", name.casefold())) else "" for name in files]
    return len(set(labs)) < len(labs)


def _first_own(path: Path, names: Names) -> tuple[str, bool]:
    """Return the first name in a path that is a student's, and whether it is a folder's."""
    for at, name in enumerate(path):
        if names.kind(name) == OWN:
            return name, at < len(path) - 1
    return "", False


def _some(names: Iterable[str]) -> str:
    found = list(names)
    return ", ".join(found[:3]) + (" …" if len(found) > 3 else "")
