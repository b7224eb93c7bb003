"""The command: every part of it says what it does, and wrong usage is one clear line."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from course.cli import main
from tests.gates import ROOT, one_lab


def commands(group: click.Group, path: str = "course") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


@pytest.mark.parametrize(("name", "command"), list(commands(main)), ids=lambda value: str(value))
def test_every_command_and_option_is_explained(name: str, command: click.Command) -> None:
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, f"{name} --{option.name}"


def test_build_check_finds_what_was_edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one_lab(tmp_path)
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    assert runner.invoke(main, ["build", "--check"]).exit_code == 0
    notebook = tmp_path / "labs" / "lab00_start.ipynb"
    notebook.write_text(notebook.read_text().replace("This workbook", "This book"))
    record = tmp_path / "labs" / "checks" / "lab00.json"
    data = json.loads(record.read_text())
    data["title"] = "another"
    record.write_text(json.dumps(data))
    (tmp_path / "labs" / "lab42_stray.ipynb").write_text("{}")
    result = runner.invoke(main, ["build", "--check"])
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "labs/lab00_start.ipynb: differs from what its source gives; run: course build",
        "labs/checks/lab00.json: differs from what its source gives; run: course build",
        "labs/lab42_stray.ipynb: no source makes this file; delete it",
    ]


def test_a_faulty_source_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("labs", "solutions", "course"):
        (tmp_path / folder).mkdir()
    (tmp_path / "solutions" / "lab77_bad.py").write_text(
        "# %% [markdown]\n# # Lab 77\n\n# %%\n### BEGIN SOLUTION\nx = 1\n"
    )
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["build"])
    assert result.exit_code == 1
    assert "lab77_bad.py:5: a region begins here and is never closed" in result.output
    assert list((tmp_path / "labs").iterdir()) == []


def test_instructors_commands_say_what_a_students_installation_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course.doctor.grading.find_spec", lambda name: None if name == "nbclient" else name)
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(main, ["build", "--check"])
    assert result.exit_code == 2
    assert "this command needs nbclient, which students do not need: run make tools in" in result.output


def test_bench_prints_json() -> None:
    result = CliRunner().invoke(main, ["bench", "train", "--rounds", "1", "--examples", "256", "--json"])
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    wanted = {"net", "seconds", "floor_seconds", "ratio_to_torch", "ratio_to_sklearn", "ratio_to_floor"}
    assert all(wanted <= row.keys() for row in rows)
