"""A class of attackers, graded in one run of the real command beside a perfect and a blank student."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from course.grading.sandbox.bubblewrap import why_not_bubblewrap
from course.inside.seccomp import supported
from tests.attacks import ATTACKS, CANARY, NOTHING, SYSTEM_CALLS
from tests.broken_files import FILES, LINKS, NAMES, place_links
from tests.gates import ROOT
from tests.patience import finished, patience
from tests.submissions import LAB, blank, save, solved, with_cell

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(bool(why_not_bubblewrap()), reason=f"no sandbox here: {why_not_bubblewrap()}"),
]
PERFECT, BLANK = "aa perfect", "zz blank"


def submission(cells: tuple[str, ...], canary: Path) -> dict[str, Any]:
    notebook = blank()
    for cell in cells:
        notebook = with_cell(notebook, cell.replace(CANARY, str(canary)), at=len(notebook["cells"]))
    return notebook


def command(folder: Path, out: Path, *options: object) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "course", "grade", folder, "--lab", LAB, "--out", out, *options]
    return finished(words, cwd=ROOT)


def tree(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.rglob("*"))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("red")


def owned() -> set[tuple[Path, int]]:
    """List files as attacks might leave them, and when each was written: other programs have some, too."""
    places = ["/tmp", "/var/tmp", "/dev/shm", "/dev", "/usr/lib", ROOT, ROOT / "course", Path.home()]
    folders = filter(Path.is_dir, map(Path, places))
    found = [path for folder in folders for path in folder.iterdir() if path.name.startswith("owned")]
    return {(path, path.lstat().st_mtime_ns) for path in found}


@pytest.fixture(scope="module")
def owned_before() -> set[tuple[Path, int]]:
    return owned()


@pytest.fixture(scope="module")
def graded(base: Path, owned_before: set[tuple[Path, int]]) -> Path:
    """Grade everybody; the folder ``canary`` may be written to by anyone, the machine's other folders are looked at."""
    folder, canary, out = base / "class", base / "canary", base / "out"
    for path in (folder, canary):
        path.mkdir()
    canary.chmod(0o777)
    save(folder, PERFECT, solved())
    save(folder, BLANK, blank())
    for name, attack in ATTACKS.items():
        save(folder, name.replace("/", "_"), submission(attack.cells, canary))
    for name, (content, *_) in FILES.items():
        (folder / f"{name}.ipynb").write_bytes(content)
    for number, name in enumerate(NAMES):
        content = json.dumps(with_cell(blank(), f"x = {number}")).encode()
        Path(bytes(folder).decode() + "/" + name.decode("utf-8", "surrogateescape") + ".ipynb").write_bytes(content)
    place_links(folder, out)
    done = command(folder, out, "--jobs", "2", "--seconds", patience(0.7))
    assert done.returncode == 0, done.stderr[-3000:]
    return out


@pytest.fixture(scope="module")
def rows(graded: Path) -> dict[str, dict[str, str]]:
    with (graded / "grades.csv").open(newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def results(graded: Path) -> dict[tuple[str, str], dict[str, Any]]:
    lines = map(json.loads, (graded / "results.jsonl").read_text().splitlines())
    return {(line["student"], line["exercise"]): line for line in lines}


def test_there_are_enough_attacks() -> None:
    assert len(ATTACKS) + len(FILES) + len(LINKS) + len(NAMES) >= 40


def test_nobody_else_is_touched(rows: dict[str, dict[str, str]]) -> None:
    assert (rows[PERFECT]["score"], rows[PERFECT]["status"]) == ("17", "graded")
    assert (rows[BLANK]["score"], rows[BLANK]["status"]) == ("0", "blank")
    assert len(rows) == len(ATTACKS) + len(FILES) + len(LINKS) + len(NAMES) + 2


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_gains_nothing(
    name: str, rows: dict[str, dict[str, str]], results: dict[tuple[str, str], dict[str, Any]]
) -> None:
    attack, row, seen = ATTACKS[name], rows[name], results[name, "dl_dp"]
    assert row["score"] == "0", f"should be stopped by: {attack.stopped_by}"
    assert row["status"] in ("graded", "blank")
    if SYSTEM_CALLS in attack.stopped_by and not supported():
        pytest.skip("no filter for system calls on this kind of machine: it gained nothing, but it got further")
    assert seen["outcome"] in attack.outcome.split("|"), seen["message"][-1500:]
    assert attack.says in seen["message"]
    assert len(seen["message"]) < 20_000
    everywhere = "".join(line["message"] for (student, _), line in results.items() if student == name)
    assert "saw [" not in everywhere.replace(NOTHING, "")


@pytest.mark.parametrize("name", FILES)
def test_broken_file(name: str, rows: dict[str, dict[str, str]]) -> None:
    _, status, score = FILES[name]
    assert (rows[name]["status"], rows[name]["score"]) == (status, score)


@pytest.mark.parametrize("name", LINKS)
def test_what_is_no_regular_file_is_not_read(name: str, rows: dict[str, dict[str, str]]) -> None:
    assert (rows[name]["status"], rows[name]["score"]) == ("unreadable", "")


def test_names(graded: Path, rows: dict[str, dict[str, str]]) -> None:
    """Every name has a row and a page of its own inside the folder, and no cell of the table begins a formula."""
    pages = [path for path in (graded / "feedback").iterdir() if path.suffix == ".html"]
    assert len(pages) == len(rows)
    assert len({path.name.casefold() for path in pages}) == len(pages)
    for name in ("grades.csv", "marks.csv", "canvas.csv"):
        for separator in ",;":  # as spreadsheets in many countries read it
            with (graded / name).open(newline="") as file:
                cells = [cell for row in csv.reader(file, delimiter=separator) for cell in row]
            assert not [cell for cell in cells if cell.lstrip()[:1] in tuple("=+-@＝")], name


def test_pages_hold_no_script(graded: Path) -> None:
    for path in (graded / "feedback").iterdir():
        page = path.read_text(encoding="utf-8")
        for tag in ("<script", "<img", "<svg", "<i>", "<u>", "<b>"):
            assert tag not in page, path.name


def test_reports_stay_small(graded: Path) -> None:
    assert max(path.stat().st_size for path in graded.rglob("*") if path.is_file()) < 3_000_000


def test_repairs_stay_a_list_that_one_reads(rows: dict[str, dict[str, str]]) -> None:
    assert max(len(row["repairs"]) for row in rows.values()) < 5_000


def test_a_students_page_stays_readable(graded: Path) -> None:
    assert max(path.stat().st_size for path in (graded / "feedback").iterdir()) < 100_000


def test_nothing_is_written_outside(graded: Path, base: Path, owned_before: set[tuple[Path, int]]) -> None:
    assert tree(base / "canary") == []
    assert owned() - owned_before == set()
