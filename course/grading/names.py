"""Keys for students that neither a file system nor a reader can confuse."""

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from course.grading.table import FORMULA

LONGEST = 80
#: digits of a mark, and how many more are added as long as another key is the same
_MARK, _WHOLE = 6, 64
#: invisible letters: Hangul fillers, marks that join letters or choose a glyph, Braille's empty cell
_BLANKS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
_UNSEEN = re.compile(f"[{_BLANKS}\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u2028\u2029]")
#: Greek and Cyrillic letters that look like Latin ones, in small letters
_TWINS = str.maketrans(
    "\u0430\u0441\u0435\u0456\u0458\u043e\u0440\u0455\u0445\u0443\u0501\u051b\u051d\u043a\u043c\u0442\u0432\u043d\u03b1\u03b9\u03bd\u03bf\u03c1\u03c5\u03ba\u03c7\u0131\u0261",
    "aceijopsxydqwkmtbhaivopukxig",
)

Thing = TypeVar("Thing")


def natural(text: str) -> tuple[tuple[str, int, str], ...]:
    """Return a key that sorts names as people do: ``lab-2`` before ``lab-10``, and ``lab`` before ``lab-1``."""
    pairs = re.findall(r"(\D*)(\d*)", text.casefold())
    return tuple((word, len(digits.lstrip("0")), digits.lstrip("0")) for word, digits in pairs)


def keys_for(students: Sequence[str]) -> dict[str, str]:
    """Give each student a key for rows and pages that is unique on every file system.

    Parameters
    ----------
    students : sequence of str
        Names of files and folders.

    Returns
    -------
    dict of str to str
        Student to key. No two keys differ only in capitals or in how an accent is written. Invisible characters become
        ``_``. A key that had to be changed ends in a mark made from the whole name.
    """
    return told_apart({student: plain(student) for student in students})


def told_apart(wished: Mapping[str, str], changed: Iterable[str] = ()) -> dict[str, str]:
    """Make names unique: a name that differs from another only in capitals or accents gets a mark, as long as needed.

    Parameters
    ----------
    wished : mapping of str to str
        Thing → name. The things are different texts.
    changed : iterable of str
        Things that always get a mark.

    Returns
    -------
    dict of str to str
        Thing → name. No two names are the same on any file system.
    """
    marked = set(changed)
    digits = {thing: _MARK if len(name) > LONGEST or thing in marked else 0 for thing, name in wished.items()}
    while True:
        names = {thing: _with_mark(thing, wished[thing], digits[thing]) for thing in wished}
        taken = Counter(map(_folded, names.values()))
        again = [thing for thing, name in names.items() if taken[_folded(name)] > 1 and digits[thing] < _WHOLE]
        if not again:
            return names
        for thing in again:
            digits[thing] += _MARK


def _with_mark(thing: str, name: str, digits: int) -> str:
    mark = hashlib.sha256(thing.encode("utf-8", "surrogateescape")).hexdigest()[:digits]
    return f"{name[:LONGEST]}-{mark}" if digits else name


def pages_for(students: Iterable[str]) -> dict[str, str]:
    """Give each student's key a page name without suffix, made of letters, digits, blanks and ``. @ - _``."""
    safe = {student: re.sub(r"[^\w.@ -]", "_", student).strip(". ")[:LONGEST] or "student" for student in students}
    return told_apart(safe, (student for student, name in safe.items() if name != student))


def plain(student: str) -> str:
    """Write ``_`` for invisible characters: control characters, line ends, blank letters, marks of direction.

    A semicolon before the sign of a formula becomes ``_``, too: many countries' spreadsheets begin a new cell there.
    """
    text = unicodedata.normalize("NFC", student.encode("utf-8", "replace").decode("utf-8"))
    visible = "".join("_" if _hidden(c) else c for c in text)
    return re.sub(rf";(?=[\s']*{FORMULA})", "_", visible).strip() or "student"


def _hidden(character: str) -> bool:
    return unicodedata.category(character)[0] == "C" or bool(_UNSEEN.match(character))


def look_alikes(students: Mapping[str, str]) -> list[list[str]]:
    """Find names that a reader may confuse.

    Parameters
    ----------
    students : mapping of str to str
        Key → the name in files.

    Returns
    -------
    list of list of str
        Groups of keys whose names differ only in capitals, in how accents are written, in blank letters, or in letters
        of another script that look like Latin ones.
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for key, name in students.items():
        alike[_looks(name)].append(key)
    return [sorted(keys) for keys in alike.values() if len(keys) > 1]


def _looks(name: str) -> str:
    folded = unicodedata.normalize("NFKC", "".join(c for c in name if not _hidden(c))).casefold()
    seen = unicodedata.normalize("NFKC", folded).translate(_TWINS)
    return re.sub(r"[\s_]+", " ", seen).strip()


def _folded(key: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", key).casefold())
