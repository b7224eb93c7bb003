"""Imports point one way (DESIGN.md, Layout): read from the sources themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[1] / "course"

LAYERS = {
    "core": [
        "perceptron", "activations", "activation_layers", "initializers", "layers", "convolution", "normalization",
        "dropout", "losses", "regularizers", "network", "storage", "optimizers", "schedules", "gradcheck", "flowgraph",
    ],
    "training": ["training", "runs", "data", "handin"],
    "estimators": ["estimators"],
    "pictures": ["tables", "picture", "plots", "plots_digits", "plots_plane", "widgets"],
    "checks": ["checks"],
    "build": ["build"],
    "grading": ["grading"],
}  # fmt: skip

#: what each layer may import, besides itself
MAY = {
    "gpu": set(),
    "looks": set(),
    "core": {"gpu"},
    "training": {"gpu", "core"},
    "estimators": {"gpu", "core", "training"},
    "pictures": {"looks", "gpu", "core", "training"},
    # measures: networks that were handed in; questions: the widgets' companion
    "checks": {"looks", "training", "pictures"},
    "build": {"checks", "training"},
    "grading": {"looks", "checks", "build", "training"},
    "bench": {"gpu", "core", "training", "estimators", "build", "grading"},
}


def layer_of(module: str) -> str:
    top = module.split(".")[1] if "." in module else ""
    return next((name for name, modules in LAYERS.items() if top in modules), top)


def modules() -> Iterator[Path]:
    yield from sorted(path for path in COURSE.rglob("*.py") if path.parent != COURSE or not path.stem.startswith("_"))


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
    layer = layer_of(name_of(path))
    if layer in ("cli", "serve", "doctor"):
        return
    for module in imported(path):
        if module.startswith("course."):
            assert layer_of(module) in {layer, *MAY[layer]}, f"{name_of(path)} ({layer}) imports {module}"


def test_only_gpu_imports_cupy() -> None:
    guilty = [name_of(path) for path in modules() if any(m.split(".")[0] == "cupy" for m in imported(path))]
    assert set(guilty) <= {"course.gpu"}


def test_grading_uses_the_checks_by_their_front_door() -> None:
    """All but what runs beside student code: there the door is open, see `course.grading.isolation.own_copy`."""
    for path in (COURSE / "grading").rglob("*.py"):
        beside = {"course.checks.observe"} if path.name == "inside.py" else set()
        assert {m for m in imported(path) if m.startswith("course.checks.")} == beside, path.name
    for path in (COURSE / "checks").rglob("*.py"):
        assert [m for m in imported(path) if m.startswith(("course.grading", "course.build"))] == [], path.name


def test_modules_stay_small() -> None:
    """About 200 lines a module; what outgrows 300 is two ideas."""
    long = {name_of(path): n for path in modules() if (n := len(path.read_text().splitlines())) > 300}
    assert long == {}
