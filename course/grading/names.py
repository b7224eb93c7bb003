"""Whose notebook a file is: what Canvas and Moodle write into file names, and keys that cannot be confused."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from course.grading.table import FORMULA

#: Canvas, lib/content_zipper.rb: name in word characters, _LATE if it was, the student's id or anon_ and a code, the
#: file's id, the file's own name; a later file has a higher id
_CANVAS = re.compile(r"(?:(?P<name>\w+?)_)?(?P<late>LATE_)?(?P<id>\d+|anon_[A-Za-z0-9]+)_(?P<file>\d+)_(?P<own>.+)")
#: Moodle, "download all submissions": full name, a number for the participant, then a folder or the file's own name
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_file_?(?P<own>.*)")
LONGEST = 80


@dataclass(frozen=True)
class Owner:
    """Whose file it is: the student as the name says it, Canvas's id, and the file's number there."""

    student: str
    canvas_id: str = ""
    number: int = 0
    late: bool = False


def owner_of(name: str) -> Owner | None:
    """Read the name of a file or folder that Canvas or Moodle has written.

    Parameters
    ----------
    name : str
        Without the folders above it.

    Returns
    -------
    Owner or None
        None if neither wrote it.
    """
    fitting = [found for form in (_MOODLE, _CANVAS) if (found := form.fullmatch(name))]
    if not fitting:
        return None
    found = min(fitting, key=lambda one: one.end("id"))  # what follows is the file's own name, and may look like either
    student = "_".join(part for part in (found["name"], found["id"]) if part)
    if found.re is _MOODLE:
        return Owner(student)
    known = "" if found["id"].startswith("anon_") else found["id"]
    return Owner(student, known, int(found["file"]), bool(found["late"]))


def natural(text: str) -> tuple[tuple[str, int], ...]:
    """Order names as people do: ``lab-2`` before ``lab-10``, and ``lab`` before ``lab-1``."""
    return tuple((word, int(digits or 0)) for word, digits in re.findall(r"(\D*)(\d*)", text.casefold()))


def keys_for(students: Sequence[str]) -> dict[str, str]:
    """Give each student a key for rows and pages that stays one on every file system.

    Parameters
    ----------
    students : sequence of str
        As files and folders name them.

    Returns
    -------
    dict of str to str
        Student to key. No two keys differ only in capitals or in how an accent is written; what cannot be seen is
        ``_``; a key that had to be changed ends in a mark made from the whole name.
    """
    shown = {student: plain(student) for student in students}
    taken = Counter(_folded(key) for key in shown.values())
    return {
        student: key if taken[_folded(key)] == 1 and len(key) <= LONGEST else f"{key[:LONGEST]}-{_mark(student)}"
        for student, key in shown.items()
    }


def plain(student: str) -> str:
    """Write ``_`` for what cannot be seen: control characters, line ends, marks that turn the direction of writing.

    And for a semicolon before the sign of a formula: spreadsheets in many countries begin a new cell there.
    """
    text = unicodedata.normalize("NFC", student.encode("utf-8", "replace").decode("utf-8"))
    visible = "".join(c if unicodedata.category(c)[0] != "C" and c not in "\u2028\u2029" else "_" for c in text)
    return re.sub(rf";(?=[\s']*{FORMULA})", "_", visible).strip() or "student"


def _folded(key: str) -> str:
    return unicodedata.normalize("NFKC", key).casefold()


def _mark(student: str) -> str:
    return hashlib.sha256(student.encode("utf-8", "surrogateescape")).hexdigest()[:6]
