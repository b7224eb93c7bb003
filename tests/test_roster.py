"""The list of a class: whose export it is, who in it handed in, and who did not."""

from pathlib import Path

import pytest

from course.grading.collect import look
from course.grading.roster import Matched, match, read_roster

NOTEBOOK = b'{"cells": []}'
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Lab 02 (7)\n    Points Possible,,,,,17\n"
    '"Lovelace, Ada",4711,m1,ada@uni,A,\n"Turing, Alan",4712,m2,alan@uni,A,\n"Student, Test",99,,x,A,\n'
)
MOODLE = (
    "Identifier,Full name,Email address,Grade\n"
    "Participant 81,Ada Lovelace,ada@uni,\nParticipant 82,Alan Turing,alan@uni,\n"
)
GERMAN = (
    "ID,Vollständiger Name,E-Mail-Adresse,Bewertung\n"
    "Teilnehmer/in 81,Ada Lovelace,ada@uni,\nTeilnehmer/in 82,Alan Turing,alan@uni,\n"
)
PEOPLE = "Vorname;Nachname;Matrikelnummer\nAda;Lovelace;777001\nAlan;Turing;777002\n"


def matched(folder: Path, text: str, *files: str) -> Matched:
    (folder / "in").mkdir(parents=True)
    (folder / "class.csv").write_text(text, encoding="utf-8-sig")
    for name in files:
        (folder / "in" / name).parent.mkdir(exist_ok=True)
        (folder / "in" / name).write_bytes(NOTEBOOK)
    return match(read_roster(folder / "class.csv"), look(folder / "in").students)


@pytest.mark.parametrize(
    ("text", "file"),
    [
        (CANVAS, "lovelaceada_4711_9_x.ipynb"),
        (CANVAS, "somebody_4711_9_x.ipynb"),
        (CANVAS, "Ada Lovelace.ipynb"),
        (CANVAS, "lovelace_ada.ipynb"),
        (CANVAS, "ada.ipynb"),
        (CANVAS, "m1.ipynb"),
        (MOODLE, "Ada Lovelace_81_assignsubmission_file_/x.ipynb"),
        (MOODLE, "Ada Lovelace_5_assignsubmission_file_/x.ipynb"),
        (GERMAN, "Ada Lovelace_81_assignsubmission_file_/x.ipynb"),
        (PEOPLE, "777001.ipynb"),
        (PEOPLE, "Lovelace_Ada_ada_777001/x.ipynb"),
        (PEOPLE, "lab-02-777001/x.ipynb"),
        (PEOPLE, "Lovelace, Ada(777001)/x.ipynb"),
    ],
)
def test_a_student_is_found_by_number_name_or_login(tmp_path: Path, text: str, file: str) -> None:
    found = matched(tmp_path, text, file)
    (member,) = found.known.values()
    assert "Ada" in member.name
    (missing,) = found.missing
    assert "Alan" in missing
    assert found.strangers == []


def test_a_number_of_another_assignment_of_moodle_is_nobodys(tmp_path: Path) -> None:
    """Moodle numbers participants anew for each assignment: the name decides."""
    found = matched(tmp_path, MOODLE, "Alan Turing_81_assignsubmission_file_/x.ipynb")
    assert [member.name for member in found.known.values()] == ["Alan Turing"]


def test_who_fits_two_or_none_is_a_stranger(tmp_path: Path) -> None:
    twins = "Full name,Login\nAda Bell,a1\nAda Bell,a2\nCy Oh,c1\n"
    found = matched(tmp_path, twins, "Ada Bell.ipynb", "nobody.ipynb", "c1.ipynb")
    assert found.strangers == ["Ada Bell", "nobody"]
    assert list(found.known) == ["c1"]
    assert len(found.missing) == 2
    assert not set(found.missing) & {"Ada Bell"}


def test_a_missing_student_takes_nobodys_row(tmp_path: Path) -> None:
    found = matched(tmp_path, "Full name,Login\nCy Oh,c1\nada,a9\n", "Ada.ipynb", "c1.ipynb")
    assert found.known.keys() == {"Ada", "c1"}
    assert found.missing == {}
    apart = matched(tmp_path / "b", "Full name,Login\nbo,b1\nCy Oh,c1\nbo,b2\n", "c1.ipynb", "Bo.ipynb")
    assert len({*map(str.casefold, apart.missing), "bo", "c1"}) == 4


@pytest.mark.parametrize("text", ["points,date\n1,2\n", "Student,ID,Section\n,,\n", "\n"])
def test_what_is_no_list_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "class.csv").write_text(text)
    with pytest.raises(ValueError, match=r"class\.csv"):
        read_roster(tmp_path / "class.csv")
