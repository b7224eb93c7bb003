"""Patterns of the names that learning platforms give to files: student, attempt, and what to ignore.

Other names follow the general rule in `course.grading.levels`: Gradescope's ``submission_1001``, Sakai's
``Lovelace, Ada(alovelace)``, ILIAS's ``Lovelace_Ada_alovelace_4711`` and nbgrader's ``submitted/ada`` need no pattern.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: platform → pattern of its file and folder names: ``name`` and ``id`` of the student, ``attempt``, ``own`` name
PLATFORMS = {
    # Canvas, lib/content_zipper.rb: the sortable name in word characters, LATE, the student's id or anon_ and a code,
    # then the file's id and own name; a later file has a higher id. A text or a link has no file
    "Canvas": r"(?:(?P<name>\w+?)_)?(?P<late>LATE_)?(?P<id>\d+|anon_[A-Za-z0-9]+)_"
    r"(?:(?P<attempt>\d+)_(?P<own>.+)|(?:text|link)\.html)",
    # Moodle, mod/assign/locallib.php: full name, a number for the participant, the plugin; a folder, or before a name
    "Moodle": r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<own>.*))?",
    # Blackboard Learn: title of the assignment (cut off below), user name, time; without an own name, what was said
    "Blackboard": r"(?P<name>.+?)_attempt_(?P<attempt>\d{4}(?:-\d\d){5})(?:_(?P<own>.+)|\.txt)",
    # Brightspace: number of the student and of the folder, name, date and time; a folder, or before the own name
    "Brightspace": r"(?P<id>\d+)-\d+ - (?P<name>.+?) ?- (?P<attempt>[^-]*\b\d{4}\b[^-]*?)(?: - (?P<own>.+))?",
}
_PATTERNS = {platform: re.compile(pattern, re.DOTALL) for platform, pattern in PLATFORMS.items()}
#: no platform writes longer names, because file systems allow 255 bytes; and patterns are slow on long names
_LONGEST = 255
#: a student's folder that names an attempt, or ILIAS's time before a file's name
_ATTEMPT = re.compile(r"(?:attempt|version|versuch|try)[ _-]*(\d+)|(\d{14})_.+", re.IGNORECASE | re.DOTALL)
#: folders with feedback (Sakai), and with unfinished work beside the submitted files (Teams)
_IGNORED = {"feedback attachment(s)": "", "working files": "submitted files"}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


@dataclass(frozen=True)
class Owner:
    """The owner of a file: the student's name, the platform, its number for the student, and the attempt."""

    student: str
    platform: str = ""
    number: str = ""
    attempt: str = ""
    late: bool = False

    @property
    def canvas_id(self) -> str:
        """The student's number in Canvas, "" if it is not known."""
        return self.number if self.platform == "Canvas" and self.number.isdecimal() else ""

    @property
    def back(self) -> str:
        """The name for a feedback page from which the platform knows its student; "" if there is none.

        Canvas, app/models/assignment.rb, infer_comment_context_from_filename: of the words between underscores, the
        first number is the student's, the second the file's. Moodle, mod/assign/feedback/file/importziplib.php: the
        second word of a folder is the participant's number, the next two name the plugin.
        """
        if self.canvas_id and self.attempt:
            late = "LATE_" if self.late else ""
            return f"{self.student}_{late}{self.number}_{self.attempt}_feedback.html".lstrip("_")
        if self.platform == "Moodle":
            return f"{self.student.replace('_', ' ')}_{self.number}_assignsubmission_file_/feedback.html"
        return ""


def owner_of(name: str) -> Owner | None:
    """Read the name of a file or folder that a platform has written.

    Parameters
    ----------
    name : str
        The name without the folders above it.

    Returns
    -------
    Owner or None
        None if no platform wrote it.
    """
    forms = _PATTERNS.items() if len(name) <= _LONGEST else ()
    found = [(platform, match) for platform, form in forms if (match := form.fullmatch(name))]
    if not found:
        return None
    # the file's own name follows the student's, and may look like any platform's
    platform, match = min(found, key=lambda one: max(one[1].end("name"), _end(one[1], "id")))
    said = match.groupdict()
    student, number = said["name"] or "", said.get("id") or ""
    attempt = _in_order(said.get("attempt") or "") if platform == "Brightspace" else said.get("attempt") or ""
    return Owner(student.strip(), platform, number, attempt, bool(said.get("late")))


def _end(match: re.Match[str], group: str) -> int:
    return match.end(group) if group in match.re.groupindex else 0


def title_of(names: Sequence[str]) -> str:
    """Return what Blackboard puts before each user name: the assignment's title and an underscore."""
    first, last = min(names, default=""), max(names, default="")
    same = next(
        (at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(min(first, last, key=len))
    )
    title, underscore, _ = (first if first == last else first[:same]).rpartition("_")
    return title + underscore


def attempt_in(parts: Sequence[str]) -> str:
    """Read the attempt from the folders below a student, or from ILIAS's time before the file's name."""
    found = (_ATTEMPT.fullmatch(part) for part in parts)
    return next((match[1] or match[2] for match in found if match), "")


def ignored(parts: Sequence[str], seen: frozenset[str]) -> bool:
    """Tell whether a path leads through one of the platform's own folders; `seen` holds all folders in lower case."""
    folders = [part.casefold() for part in parts[:-1]]
    return any(folder in _IGNORED and (not _IGNORED[folder] or _IGNORED[folder] in seen) for folder in folders)


def _in_order(when: str) -> str:
    """Write Brightspace's ``Nov 28, 2026 1005 AM`` so that times sort in order; other forms stay as they are."""
    words = re.findall(r"[A-Za-z]+|\d+", when)
    month = next((_MONTHS.index(word[:3].lower()) + 1 for word in words if word[:3].lower() in _MONTHS), 0)
    numbers = [int(word) for word in words if word.isdecimal() and len(word) < 5]
    if not month or len(numbers) != 3:
        return when
    day, year, clock = numbers
    half = words[-1].upper()
    clock = clock % 1200 + 1200 * (half == "PM") if half in ("AM", "PM") else clock
    return f"{year:04}-{month:02}-{day:02} {clock:04}"
