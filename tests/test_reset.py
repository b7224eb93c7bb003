"""`course reset`: one answer back as it was released, the old one kept, every other cell as it stood."""

import copy
import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from course.checks import LabRecord
from course.checks.handed_in import MIME
from course.checks.reset import find_notebook, put_back
from course.cli import main
from course.grading.repair import Released, repair
from tests.gates import LABS, ROOT, read_notebook, record_of, source_of
from tests.submissions import answer_cell

TYPED = "def dl_dp(y, p):\r\n    # «θ» \\n 🙂\n    return 2 * (y - p)  # my own\n"
NOW = datetime(2026, 11, 21, 9, 30)


@pytest.fixture
def labs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COURSE_PROGRESS")
    return Path(shutil.copytree(ROOT / "labs", tmp_path / "labs", ignore=shutil.ignore_patterns("progress", ".*")))


def read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def write(path: Path, notebook: dict[str, Any]) -> None:
    path.write_text(json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def fill(labs: Path, lab: str = "02") -> Path:
    """Give a notebook in which every answer was typed and run, with a cell of the student's own."""
    path = labs / f"{source_of(lab).stem}.ipynb"
    notebook = read_notebook("solutions", lab)
    notebook["metadata"]["course"]["kind"] = "student"
    notebook["cells"].insert(3, {"cell_type": "code", "id": "own", "metadata": {}, "source": ["mine = '\\ud83d'"]})
    notebook["cells"][3] |= {"outputs": [], "execution_count": 9}
    if lab == "02":
        answer_cell(notebook, "dl_dp")["source"] = TYPED.splitlines(keepends=True)
    write(path, notebook)
    return path


def run(labs: Path, *arguments: str, sure: str = "y\n") -> Result:
    return CliRunner().invoke(main, ["reset", *arguments, "--folder", str(labs)], input=sure)


def kept(labs: Path) -> list[Path]:
    return sorted((labs / "progress" / "kept").glob("*"))


def others(notebook: dict[str, Any], *left_out: str) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["id"] not in left_out]


@pytest.mark.parametrize("lab", LABS)
def test_the_record_holds_each_cell_as_it_was_released(lab: str) -> None:
    notebook = read_notebook("labs", lab)
    about = [(cell["metadata"].get("course", {}), "".join(cell["source"])) for cell in notebook["cells"]]
    written = {a.get("exercise") or a.get("written"): text for a, text in about if {"exercise", "written"} & a.keys()}
    record = LabRecord.from_json((ROOT / "labs" / "checks" / f"lab{lab}.json").read_text(encoding="utf-8"))
    assert record.stubs == written == record_of(lab).stubs


def test_one_cell_is_put_back_and_its_answer_kept_to_the_letter(labs: Path) -> None:
    path = fill(labs)
    before = read(path)
    result = run(labs, "02", "dl_dp")
    assert result.exit_code == 0, result.output
    after = read(path)
    assert answer_cell(after, "dl_dp") == answer_cell(read_notebook("labs", "02"), "dl_dp")
    assert others(after, "lab02-dl_dp") == others(before, "lab02-dl_dp")
    assert {**after, "cells": 0} == {**before, "cells": 0}
    (file,) = kept(labs)
    assert file.read_bytes().decode() == TYPED
    assert str(file) in result.output
    assert "Reload Notebook from Disk" in result.output
    assert not list(labs.glob(".lab02*")), "no temporary file is left"


def test_the_file_is_written_as_jupyter_writes_it(labs: Path) -> None:
    path = fill(labs)
    path.chmod(0o600)
    before = path.read_text(encoding="utf-8").splitlines()
    run(labs, "2", "dl_dp")
    after = path.read_text(encoding="utf-8").splitlines()
    stub = len(record_of("02").stubs["dl_dp"].splitlines())
    assert 0 < len(set(after) - set(before)) <= stub + 2, "only the cell's own lines differ"
    assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_is_done_before_it_is_saved(labs: Path) -> None:
    path = fill(labs)
    before = path.read_bytes()
    assert run(labs, "02", "dl_dp", sure="n\n").exit_code == 1
    assert path.read_bytes() == before
    assert kept(labs) == []


def test_a_cell_as_released_is_left_and_nothing_kept(labs: Path) -> None:
    path = labs / "lab02_learning.ipynb"
    before = path.read_bytes()
    assert "already as it was released" in run(labs, "02", "dl_dp").output
    assert path.read_bytes() == before
    assert kept(labs) == []


def test_two_answers_of_one_second_are_both_kept(labs: Path) -> None:
    for text in ("first", "second"):
        notebook = read(path := fill(labs))
        answer_cell(notebook, "dl_dp")["source"] = text
        write(path, notebook)
        put_back(record_of("02"), "dl_dp", path, NOW)
    assert {file.name: file.read_text() for file in kept(labs)} == {
        "lab02-dl_dp-20261121-093000.py": "first",
        "lab02-dl_dp-20261121-093000-2.py": "second",
    }


def test_a_written_answer_is_put_back_with_its_pictures_kept(labs: Path) -> None:
    notebook = read(path := fill(labs))
    name, cell = next((a["metadata"]["course"]["written"], a) for a in notebook["cells"] if "written" in about(a))
    cell |= {"source": "Because.", "attachments": {"a.png": {"image/png": "QUJD"}}}
    cell |= {"cell_type": "code", "outputs": [], "execution_count": 3}  # as the key Y makes it
    write(path, notebook)
    run(labs, "02", name)
    assert [file.suffix for file in kept(labs)] == [".json", ".md"]
    assert kept(labs)[1].read_text() == "Because."
    assert read(kept(labs)[0]) == cell
    assert next(c for c in read(path)["cells"] if c["id"] == cell["id"]) == next(
        c for c in read_notebook("labs", "02")["cells"] if c["id"] == cell["id"]
    )


def about(cell: dict[str, Any]) -> dict[str, Any]:
    return cell["metadata"].get("course", {})


def test_a_network_handed_in_is_kept_with_its_cell(labs: Path) -> None:
    notebook = read(path := fill(labs, "13"))
    cell = next(c for c in notebook["cells"] if MIME in str(c.get("outputs")))
    run(labs, "13", about(cell)["exercise"])
    assert [file.suffix for file in kept(labs)] == [".json", ".py"]
    assert read(kept(labs)[0]) == cell
    assert MIME not in path.read_text()


def test_the_grader_takes_what_was_put_back_for_not_attempted(labs: Path) -> None:
    path = fill(labs)
    run(labs, "02", "dl_dp")
    repaired = repair(path.read_bytes(), Released.from_notebook(read_notebook("labs", "02")))
    assert repaired.answer("dl_dp") == record_of("02").stubs["dl_dp"]
    assert repaired.repairs == []


@pytest.mark.parametrize("change", ["id", "metadata", "kind"])
def test_a_cell_is_known_by_its_label_or_its_id(labs: Path, change: str) -> None:
    notebook = read(path := fill(labs))
    cell = answer_cell(notebook, "dl_dp")
    if change == "id":
        cell["id"] = "another"
    elif change == "metadata":
        cell["metadata"] = {}
    else:
        cell["cell_type"] = "markdown"
        del cell["outputs"], cell["execution_count"]
    at = notebook["cells"].index(cell)
    write(path, notebook)
    run(labs, "02", "dl_dp")
    back = read(path)["cells"][at]
    assert ("".join(back["source"]), back["cell_type"]) == (record_of("02").stubs["dl_dp"], "code")
    assert back["outputs"] == []


def test_a_copied_cell_is_left_alone_and_named(labs: Path) -> None:
    notebook = read(path := fill(labs))
    cell = answer_cell(notebook, "dl_dp")
    twin = copy.deepcopy(cell) | {"id": "copy", "source": "an earlier attempt"}
    notebook["cells"].insert(2, twin)
    write(path, notebook)
    result = run(labs, "02", "dl_dp")
    assert "not changed: 1" in result.output
    assert read(path)["cells"][2] == twin
    assert kept(labs)[0].read_bytes().decode() == TYPED


def test_a_deleted_cell_is_said_with_its_text(labs: Path) -> None:
    notebook = read(path := fill(labs))
    notebook["cells"].remove(answer_cell(notebook, "dl_dp"))
    write(path, notebook)
    before = path.read_bytes()
    result = run(labs, "02", "dl_dp")
    assert result.exit_code == 1
    assert record_of("02").stubs["dl_dp"] in result.output
    assert path.read_bytes() == before


BROKEN = ['{"cells": [', "", "[]", '{"cells": [{"source": 3}]}', '{"cells": [1]}', "<html>", "[" * 100_000]


@pytest.mark.parametrize("text", BROKEN)
def test_a_notebook_that_cannot_be_read_is_refused(labs: Path, text: str) -> None:
    path = labs / "lab02_learning.ipynb"
    path.write_text(text)
    result = run(labs, "02", "dl_dp")
    assert result.exit_code == 1
    assert "cannot be read as a notebook" in result.output
    assert "nothing was changed" in result.output
    assert path.read_text() == text
    assert kept(labs) == []


def test_the_notebook_waits_until_the_answer_is_kept(labs: Path) -> None:
    path = fill(labs)
    before = path.read_bytes()
    (labs / "progress").write_text("a file where the folder goes")
    result = run(labs, "02", "dl_dp")
    assert result.exit_code == 1
    assert path.read_bytes() == before


def test_a_renamed_notebook_is_found_and_two_are_asked_about(labs: Path) -> None:
    mine = fill(labs).rename(labs / "my work.ipynb")
    assert find_notebook("02", labs) == mine
    shutil.copy(mine, labs / "lab02_learning-Copy1.ipynb")
    result = run(labs, "02", "dl_dp")
    assert result.exit_code == 1
    assert "got lab02_learning-Copy1.ipynb, my work.ipynb: name it with --notebook" in " ".join(result.output.split())
    assert run(labs, "02", "dl_dp", "--notebook", str(mine)).exit_code == 0
    assert [file.suffix for file in kept(labs)] == [".py"]


def test_an_exercise_or_a_notebook_of_something_else_is_refused(labs: Path) -> None:
    path = fill(labs)
    before = path.read_bytes()
    assert "expected one of dl_dp, dp_dh, " in run(labs, "02", "nonsense").output
    with pytest.raises(ValueError, match="of lab 02, not of lab 01"):
        put_back(record_of("01"), next(iter(record_of("01").stubs)), path)
    assert path.read_bytes() == before


def test_a_link_stays_a_link(labs: Path) -> None:
    path = fill(labs)
    real = path.rename(labs.parent / "real.ipynb")
    path.symlink_to(real)
    run(labs, "02", "dl_dp")
    assert path.is_symlink()
    assert TYPED.splitlines()[-1] not in real.read_text()
