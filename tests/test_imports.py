"""Imports point one way: read from the sources themselves."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from pkgutil import resolve_name

import pytest

COURSE = Path(__file__).parents[1] / "course"

ARCHITECTURE = (COURSE.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")
#: room → the rooms that it may import from, besides itself: the map in ARCHITECTURE.md
MAY = {
    room: set(re.findall(r"`(\w+)`", others))
    for room, others in re.findall(r"^\| `(\w+)` \|.*\|([^|]*)\|$", ARCHITECTURE, re.MULTILINE)
}
#: names that ARCHITECTURE.md mentions with their room, such as `nn.layers.Linear.forward`
NAMES = [name for name in re.findall(r"`([\w.]+\w)`", ARCHITECTURE) if name.partition(".")[0] in MAY and "." in name]


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


@pytest.mark.parametrize("name", NAMES)
def test_what_the_architecture_mentions_exists(name: str) -> None:
    resolve_name(f"course.{name}")


def test_only_gpu_imports_cupy() -> None:
    guilty = [name_of(path) for path in modules() if any(m.split(".")[0] == "cupy" for m in imported(path))]
    assert set(guilty) <= {"course.nn.gpu"}


def test_grading_uses_the_checks_by_their_front_door() -> None:
    """The side door is for networks in notebooks: it loads the library, which few notebooks need."""
    for path in (COURSE / "grading").rglob("*.py"):
        inner = {m for m in imported(path) if m.startswith("course.checks.")}
        assert inner <= {"course.checks.handed_in"}, path.name
