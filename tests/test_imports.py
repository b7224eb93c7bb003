"""Imports point one way: read from the sources themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[1] / "course"

#: room → the rooms that it may import from, besides itself; a room is a folder of `course`, or a file
MAY = {
    "nn": set(),
    "pieces": {"nn"},
    "inside": {"nn"},
    "mutants": set(),  # changes of program texts: below the widgets, so that a notebook can use them too
    "data": {"nn"},
    "show": {"nn"},
    "widgets": {"nn", "data", "show"},
    # widgets: the questions' companion; nn, data: networks that were handed in; pieces: a network of the student's own
    "checks": {"nn", "pieces", "data", "inside", "show", "widgets"},
    "build": {"inside", "checks", "mutants"},
    "grading": {"inside", "show", "checks", "build"},
    "jupyter": set(),
    "bench": {"nn", "data", "show", "build", "grading"},
    "doctor": {"nn", "data", "grading"},
    "cli": {"checks", "build", "grading", "jupyter", "bench", "doctor"},
}


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def modules() -> Iterator[Path]:
    yield from sorted({*COURSE.rglob("*.py")} - {COURSE / "__init__.py", COURSE / "__main__.py"})


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "course":
            yield from (f"course.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def name_of(path: Path) -> str:
    return ".".join(["course", *path.relative_to(COURSE).with_suffix("").parts])


@pytest.mark.parametrize("path", list(modules()), ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    room = room_of(name_of(path))
    for module in imported(path):
        if module.startswith("course."):
            assert room_of(module) in {room, *MAY[room]}, f"{name_of(path)} imports {module}"


def test_every_folder_is_a_room_of_the_map() -> None:
    folders = {path.parent.name for path in COURSE.glob("*/__init__.py")}
    files = {path.stem for path in COURSE.glob("*.py")} - {"__init__", "__main__"}
    assert folders | files == set(MAY)


def test_only_gpu_imports_cupy() -> None:
    guilty = [name_of(path) for path in modules() if any(m.split(".")[0] == "cupy" for m in imported(path))]
    assert set(guilty) <= {"course.nn.gpu"}


def test_grading_uses_the_checks_by_their_front_door() -> None:
    """The side door is for networks in notebooks: it loads the library, which few notebooks need."""
    for path in (COURSE / "grading").rglob("*.py"):
        inner = {m for m in imported(path) if m.startswith("course.checks.")}
        assert inner <= {"course.checks.handed_in"}, path.name
