"""Which notebooks are taken from a folder or an archive, whose they are, and what is refused."""

import hashlib
import os
import stat
import struct
import tracemalloc
import unicodedata
import zipfile
from pathlib import Path

import pytest

from course.grading import archive
from course.grading.archive import MAX_BYTES
from course.grading.collect import HandedIn, collect, left_alone, look
from course.grading.names import keys_for, look_alikes, natural, pages_for

NOTEBOOK = b'{"cells": []}'
LAB = b'{"cells": [], "metadata": {"course": {"lab": "02"}}}'


def make_zip(path: Path, entries: dict[str, bytes], kind: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", kind) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return path


def by_student(found: list[HandedIn]) -> dict[str, HandedIn]:
    assert len({s.student for s in found}) == len(found)
    return {s.student: s for s in found}


def read(one: HandedIn) -> bytes:
    return one.submission().content


def fault(one: HandedIn) -> str:
    return one.submission().fault


CANVAS = {
    "lovelaceada_4711_900001_lab02_learning.ipynb": b"{1}",
    "lovelaceada_4711_900044_lab02_learning-1.ipynb": b"{2}",
    "turingalan_LATE_4712_900100_lab02_learning-2.ipynb": b"{3}",
    "turingalan_4799_900007_lab02.ipynb": b"{4}",
    "anon_aB3xZ_900009_work.ipynb": b"{5}",
    "noetheremmy_4713_900010_essay.pdf": b"%PDF",
    "hopper_grace_4714_900011_2_3_notes.ipynb": b"{6}",
}


@pytest.mark.parametrize("form", ["zip", "folder"])
def test_canvas(tmp_path: Path, form: str) -> None:
    source = tmp_path / "submissions"
    if form == "zip":
        make_zip(source, CANVAS)
    else:
        source.mkdir()
        for name, content in CANVAS.items():
            (source / name).write_bytes(content)
    found = by_student(collect(source, "02"))
    assert {s: read(one) for s, one in found.items()} == {
        "lovelaceada": b"{2}",
        "turingalan_4712": b"{3}",
        "turingalan_4799": b"{4}",
        "anon_aB3xZ": b"{5}",
        "noetheremmy": b"",
        "hopper_grace": b"{6}",
    }
    assert [found[s].owner.canvas_id for s in ("lovelaceada", "turingalan_4712", "anon_aB3xZ")] == ["4711", "4712", ""]
    assert any("900001_lab02_learning.ipynb" in note for note in found["lovelaceada"].notes)
    assert "handed in late" in " ".join(found["turingalan_4712"].notes)
    assert "no notebook" in fault(found["noetheremmy"])


@pytest.mark.parametrize("tail", ["_/", "/", "_"], ids=["folders", "newer", "flat"])
def test_moodle(tmp_path: Path, tail: str) -> None:
    names = [f"{who}_assignsubmission_file{tail}lab02.ipynb" for who in ("Ada Lovelace_12345", "Zoë O'Hara_12346")]
    found = by_student(collect(make_zip(tmp_path / "m.zip", dict.fromkeys(names, NOTEBOOK)), "02"))
    assert list(found) == ["Ada Lovelace", "Zoë O'Hara"]
    assert [one.owner.number for one in found.values()] == ["12345", "12346"]


@pytest.mark.parametrize(
    "own",
    ["Ada Lovelace_12345_assignsubmission_file_zz.ipynb", "lovelaceada_4711_999999_lab02.ipynb", "lab_02_3_v.ipynb"],
)
def test_nobody_hands_in_for_a_classmate(tmp_path: Path, own: str) -> None:
    """What a student calls a file does not say whose it is where the platform or a folder says so already."""
    for number, (eve, ada, student) in enumerate(
        [
            ("Eve_666_assignsubmission_file_/", "Ada Lovelace_12345_assignsubmission_file_/", "Ada Lovelace"),
            ("Eve_666_assignsubmission_file_", "Ada Lovelace_12345_assignsubmission_file_", "Ada Lovelace"),
            ("eve_666_900000_", "lovelaceada_4711_900001_", "lovelaceada"),
            ("eve/", "lovelaceada/", "lovelaceada"),
        ]
    ):
        entries = {f"{eve}{own}": b"{}", f"{eve}lab02.ipynb": b"{}", f"{ada}lab02.ipynb": LAB}
        found = by_student(collect(make_zip(tmp_path / f"{number}.zip", entries), "02"))
        assert len(found) == 2, (eve, list(found))
        assert read(found[student]) == LAB


def test_many_files_of_a_student_are_not_held_at_once(tmp_path: Path) -> None:
    (tmp_path / "eve").mkdir()
    for number in range(30):
        (tmp_path / "eve" / f"{number}.ipynb").write_bytes(bytes(1_000_000))
    tracemalloc.start()
    (found,) = collect(tmp_path, "02")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000
    assert len(found.notes) <= 12
    assert "29.ipynb" in found.notes[-1]


def test_a_folder_for_each_student_and_the_latest_attempt(tmp_path: Path) -> None:
    for path, content in {
        "ada/lab02-2.ipynb": b"{2}",
        "ada/lab02-10.ipynb": b"{10}",
        "ada/zzz_scratch.ipynb": NOTEBOOK,
        "ada/.ipynb_checkpoints/lab02-99.ipynb": NOTEBOOK,
        "ida/lab02_learning.ipynb": b"{1}",
        "ida/lab02_learning (1).ipynb": b"{2}",
        "max/lab02_learning.ipynb": b"{1}",
        "max/lab02_learning-Copy1.ipynb": b"{2}",
        "alan/attempt 1/lab02.ipynb": b"{1}",
        "alan/attempt 2/lab02.ipynb": b"{2}",
        "emmy/renamed.ipynb": LAB,
        "emmy/zzz.ipynb": NOTEBOOK,
        "grace.ipynb": NOTEBOOK,
        "notes.txt": b"",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    found = by_student(collect(tmp_path, "02"))
    assert {s: read(one) for s, one in found.items()} == {
        "ada": b"{10}", "alan": b"{2}", "emmy": LAB, "grace": NOTEBOOK, "ida": b"{2}", "max": b"{2}",
    }  # fmt: skip
    assert "the attempt that counts: lab02-10.ipynb" in found["ada"].notes
    assert found["grace"].notes == ()


def test_what_gives_nobody_a_notebook_is_named(tmp_path: Path) -> None:
    for path in ("ada.ipynb", "Zoë_12_assignsubmission_file_/x.ipynb", "alan/report.pdf", "names.csv", ".DS_Store"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(NOTEBOOK)
    (tmp_path / "emmy").mkdir()
    Path(f"{tmp_path}/red\x1b[31m\udcff").mkdir()
    assert left_alone(tmp_path) == ["alan", "emmy", "names.csv", "red_[31m?"]
    assert left_alone(tmp_path / "ada.ipynb") == []


@pytest.mark.parametrize("folder", ["", "class/", "ada/"])
def test_a_packed_folder(tmp_path: Path, folder: str) -> None:
    names = ["ada.ipynb", "alan.ipynb"]
    found = collect(make_zip(tmp_path / "z.zip", {f"{folder}{name}": NOTEBOOK for name in names}))
    assert [s.student for s in found] == ["ada", "alan"]
    packed = make_zip(tmp_path / "y.zip", {"class/ada/lab02.ipynb": b"{}", "class/alan/lab02.ipynb": b"{}"})
    assert [s.student for s in collect(packed)] == ["ada", "alan"]


def test_a_single_notebook_is_a_class_of_one(tmp_path: Path) -> None:
    (tmp_path / "ada.ipynb").write_bytes(NOTEBOOK)
    assert [(s.student, read(s)) for s in collect(tmp_path / "ada.ipynb")] == [("ada", NOTEBOOK)]
    (tmp_path / "alan.ipynb.txt").write_bytes(b'{"cells": [], "nbformat": 4}')
    assert [s.student for s in collect(tmp_path / "alan.ipynb.txt")] == ["alan"]


def test_links_in_folders_and_zips_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "solved.ipynb").write_bytes(b"{solved}")
    folder = tmp_path / "class"
    (folder / "thief").mkdir(parents=True)
    (folder / "thief" / "lab02.ipynb").symlink_to(secret / "solved.ipynb")
    (folder / "whole").symlink_to(secret)
    found = by_student(collect(folder))
    assert list(found) == ["thief"]
    assert read(found["thief"]) == b""
    assert fault(found["thief"])
    entry = zipfile.ZipInfo("linker.ipynb")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "l.zip", "w") as file:
        file.writestr(entry, str(secret / "solved.ipynb"))
    assert fault(collect(tmp_path / "l.zip")[0]) == "is not a regular file"


@pytest.mark.parametrize(
    "name", ["../../x.ipynb", "/etc/x.ipynb", "C:/x.ipynb", "C:\\x.ipynb", "a\\..\\..\\x.ipynb", "a/../../x.ipynb"]
)
def test_paths_out_of_a_zip_are_refused_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    source = make_zip(tmp_path / "z.zip", {"ada.ipynb": NOTEBOOK, name: NOTEBOOK})
    before = sorted(tmp_path.rglob("*"))
    found = collect(source)
    assert sorted(tmp_path.rglob("*")) == before
    assert [fault(s) for s in found if read(s) != NOTEBOOK] == ["has a path that leads out of the archive"]
    assert not {"/", "\\"} & set("".join(s.student for s in found if not fault(s)))


def test_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = make_zip(tmp_path / "ratio.zip", {"a.ipynb": b"0" * 5_000_000}, zipfile.ZIP_DEFLATED)
    assert "200 times" in fault(collect(bomb)[0])
    huge = make_zip(tmp_path / "huge.zip", {"a.ipynb": b"0" * (MAX_BYTES + 1)}, zipfile.ZIP_DEFLATED)
    assert "at most" in fault(collect(huge)[0])
    inner = make_zip(tmp_path / "inner.zip", {"b.ipynb": NOTEBOOK})
    nested = make_zip(tmp_path / "nested.zip", {"x_1_2_inner.zip": inner.read_bytes(), "ada.ipynb": NOTEBOOK})
    assert {s.student: fault(s) for s in collect(nested)} == {
        "ada": "", "x": "x_1_2_inner.zip was handed in, but no notebook (.ipynb); archives are not opened",
    }  # fmt: skip
    monkeypatch.setattr(archive, "MAX_TOTAL", 10)
    with pytest.raises(ValueError, match="unpacks to"):
        collect(nested)
    monkeypatch.setattr(archive, "MAX_LIST", 50)
    with pytest.raises(ValueError, match="lists more files"):
        collect(nested)


def test_a_size_that_lies_is_noticed(tmp_path: Path) -> None:
    """The archive announces ten bytes, and the stream holds a million."""
    path = make_zip(tmp_path / "z.zip", {"a.ipynb": os.urandom(100_000) * 10}, zipfile.ZIP_DEFLATED)
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<L", data, at + 24, 10)
    path.write_bytes(data)
    found = collect(path)[0]
    assert read(found) == b""
    assert "cannot be unpacked" in fault(found)


def test_broken_and_encrypted_archives_say_what_to_do(tmp_path: Path) -> None:
    good = make_zip(tmp_path / "good.zip", {"a.ipynb": NOTEBOOK})
    cut = tmp_path / "cut.zip"
    cut.write_bytes(good.read_bytes()[:-30])
    with pytest.raises(ValueError, match="download it again"):
        collect(cut)
    data = bytearray(good.read_bytes())
    data[6] |= 1
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    locked = tmp_path / "locked.zip"
    locked.write_bytes(data)
    with pytest.raises(ValueError, match="encrypted: unpack it"):
        collect(locked)
    flipped = bytearray(good.read_bytes())
    flipped[flipped.find(NOTEBOOK) + 3] ^= 0xFF
    (tmp_path / "flipped.zip").write_bytes(flipped)
    assert "cannot be unpacked" in fault(collect(tmp_path / "flipped.zip")[0])


def test_keys_are_unique_and_stable() -> None:
    names = [
        "Anna",
        "anna",
        "Zoe\u0301",
        "Zo\u00e9",
        "two\nlines",
        "x" * 300,
        "x" * 301,
        "plain",
        "\u202eevil",
        "n\udc80",
    ]
    keys = keys_for(names)
    assert keys == keys_for(names[::-1])
    assert len({key.casefold() for key in keys.values()}) == len(names)
    assert keys["plain"] == "plain"
    assert all(len(key) < 100 and key.isprintable() for key in keys.values())
    assert keys["two\nlines"] == "two_lines"


@pytest.mark.parametrize(
    "names",
    [
        ["anna2", "Anna2", "anna2-5dc0cd"],
        ["a<b", "a_b-4a826a", "A_B-4a826a"],
        ["x" * 81, "x" * 80 + "-" + hashlib.sha256(b"x" * 81).hexdigest()[:6]],
    ],
)
def test_no_name_can_be_chosen_to_share_a_key_or_a_page(names: list[str]) -> None:
    """A student knows how keys are made, and may call a file as a classmate's key will be."""
    keys = list(keys_for(names).values())
    pages = list(pages_for(keys).values())
    for unique in (keys, pages):
        assert len({unicodedata.normalize("NFKC", one).casefold() for one in unique}) == len(names), unique


@pytest.mark.parametrize(
    "twin",
    ["anna\u3164", "an\u034fna", "anna\ufe0f", "\u202eanna", "an\u200bna", "Anna", "аnna", "ａnna", "anna\u2800"],
)
def test_names_that_look_the_same_are_said(tmp_path: Path, twin: str) -> None:
    for name in ("anna", twin, "bert"):
        (tmp_path / f"{name}.ipynb").write_bytes(NOTEBOOK)
    found = look(tmp_path)
    (doubt,) = found.doubts
    assert doubt.startswith("names that look the same: ")
    assert len(found.students) == len({one.student.casefold() for one in found.students}) == 3
    assert all(one.student.isprintable() for one in found.students)


def test_names_that_differ_are_not_said_to_look_the_same() -> None:
    names = ["anna", "ana", "anne", "ann a", "Änna", "анна"]
    assert look_alikes({name: name for name in names}) == []


def test_numbers_of_any_length_have_an_order() -> None:
    names = ["lab", "lab-2", "lab-10", "lab-" + "9" * 5_000, "lab-1" + "0" * 5_000]
    assert sorted({*names}, key=natural) == names


def test_a_notebook_is_read_again_when_its_turn_comes(tmp_path: Path) -> None:
    """And what is another one by then is not graded under the first one's name."""
    (tmp_path / "ada.ipynb").write_bytes(NOTEBOOK)
    (tmp_path / "alan.ipynb").write_bytes(NOTEBOOK)
    found = by_student(collect(tmp_path))
    (tmp_path / "ada.ipynb").write_bytes(LAB)
    (tmp_path / "alan.ipynb").unlink()
    assert [read(found[student]) for student in ("ada", "alan")] == [b"", b""]
    assert {fault(found[student]) for student in ("ada", "alan")} == {"has changed since the run began: grade again"}
