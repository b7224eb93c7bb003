"""The class list, from Canvas, Moodle or a teacher: it tells who is missing, and gives names for numbers."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from course.grading.collect import HandedIn
from course.grading.names import plain, told_apart
from course.grading.table import original, read_rows

#: what a column holds → its possible headings, in lower case
_COLUMNS = {
    "name": ("student", "student name", "full name", "name", "vollständiger name", "nom complet", "nombre completo"),
    "last": ("last name", "lastname", "surname", "nachname", "nom", "apellido(s)"),
    "first": ("first name", "firstname", "given name", "vorname", "prénom", "nombre"),
    "number": ("identifier", "id", "kennung", "identifiant", "identificador"),
    "key": (
        *("sis user id", "sis login id", "login", "login id", "username", "user name", "anmeldename", "id number"),
        *("student id", "matrikelnummer", "orgdefinedid", "github_username", "email", "email address", "e-mail"),
        *("e-mail-adresse", "e-mail address", "adresse e-mail", "adresse de courriel"),
    ),
}  # fmt: skip
#: an artificial student, which Canvas adds so that a teacher can test the course
_NOBODY = "student, test"


@dataclass(frozen=True)
class Member:
    """A student in the list: the name, the platform's number, other names and logins, and the row in the file."""

    name: str
    number: str
    known_by: frozenset[str]
    row: tuple[str, ...]


@dataclass(frozen=True)
class Roster:
    """A class list: its headings, its members, and the platform that seems to have exported it."""

    header: tuple[str, ...]
    members: tuple[Member, ...]
    platform: str


@dataclass(frozen=True)
class Matched:
    """The match of class and list: key → member, members who handed in nothing, and students not in the list."""

    known: dict[str, Member]
    missing: dict[str, Member]
    strangers: list[str]


def read_roster(path: Path) -> Roster:
    """Read a class list.

    Parameters
    ----------
    path : Path
        A CSV file: Canvas's exported gradebook, Moodle's grading worksheet or list of participants, or any with a
        column for names, logins or numbers.

    Returns
    -------
    Roster

    Raises
    ------
    ValueError
        If there is no such column, or it names nobody.
    """
    rows = read_rows(path)
    header = [cell.strip() for cell in next(rows, [])]
    roles = {role: _places(header, names) for role, names in _COLUMNS.items()}
    if not any(roles[role] for role in ("name", "last", "key")):
        raise ValueError(
            f"{path}: expected a column such as Student, Full name, Last name, Login or Email, got {header[:6]}"
        )
    lower = {name.casefold() for name in header}
    platform = "Canvas" if {"id", "section"} <= lower else "Moodle" if roles["number"] else ""
    members = []
    for row in rows:
        cells = [original(cell.strip()) for cell in row] + [""] * (len(header) - len(row))
        member = _member(cells, roles, tuple(row))
        if member and not (platform == "Canvas" and not member.number):  # its rows above the first student
            members.append(member)
    if not members:
        raise ValueError(f"{path}: there is nobody in the list")
    return Roster(tuple(header), tuple(members), platform)


def _places(header: Sequence[str], names: Iterable[str]) -> list[int]:
    return [at for at, heading in enumerate(header) if heading.casefold() in names]


def _member(cells: Sequence[str], roles: dict[str, list[int]], row: tuple[str, ...]) -> Member | None:
    said = {role: [cells[at] for at in places if cells[at]] for role, places in roles.items()}
    last, first = " ".join(said["last"]), " ".join(said["first"])
    name = next(iter(said["name"]), "") or " ".join(filter(None, (first, last)))
    if "," in name and not last:
        last, _, first = (part.strip() for part in name.partition(","))
    number = next((match[1] for text in said["number"] if (match := re.search(r"(\d+)$", text))), "")
    keys = [*said["key"], *said["number"], *(key.partition("@")[0] for key in said["key"])]
    called = [name, f"{first} {last}", f"{last}, {first}", f"{last} {first}"]
    known_by = {key.casefold() for key in keys} | {_squeezed(one) for one in called}
    shown = name or next(iter(said["key"]), "")
    if not shown or name.casefold() == _NOBODY:
        return None
    return Member(plain(shown), number, frozenset(known_by - {""}), row)


def _squeezed(name: str) -> str:
    """Keep only letters and digits, as Canvas does in file names."""
    return re.sub(r"[\W_]+", "", name.casefold())


def match(roster: Roster, handed_in: Sequence[HandedIn]) -> Matched:
    """Find each student in the list.

    Parameters
    ----------
    roster : Roster
    handed_in : sequence of HandedIn

    Returns
    -------
    Matched
        A student is found by the platform's number, else by name, login, number or address, else by one of these
        inside the name (``Lovelace, Ada(alovelace)``). Exactly one member must fit.
    """
    known, strangers = {}, []
    for one in handed_in:
        fitting = _fitting(one, roster)
        if len(fitting) == 1:
            known[one.student] = fitting[0]
        else:
            strangers.append(one.student)
    taken = {id(member) for member in known.values()}
    absent = [member for member in roster.members if id(member) not in taken]
    wished = {f"{at} {member.name}": member.name for at, member in enumerate(absent)}
    keys = told_apart(wished | {f"- {one.student}": one.student for one in handed_in})
    missing = {keys[f"{at} {member.name}"]: member for at, member in enumerate(absent)}
    return Matched(known, missing, strangers)


def _fitting(one: HandedIn, roster: Roster) -> list[Member]:
    owner, name = one.owner, one.owner.student.casefold()
    same = [member for member in roster.members if owner.number and member.number == owner.number]
    if owner.platform == roster.platform == "Canvas" and same:
        return same
    by_name = [m for m in roster.members if {name, _squeezed(name), one.student.casefold()} & m.known_by]
    if owner.platform == roster.platform == "Moodle":  # its numbers differ between assignments, so they are not enough
        both = [member for member in same if member in by_name or re.search(r"\d$", member.name)]
        return both or by_name
    words = {word for word in re.split(r"[\W_]+", name) if len(word) > 2}
    return by_name or [m for m in roster.members if words & {key for key in m.known_by if re.search(r"\d|\w{3}", key)}]
