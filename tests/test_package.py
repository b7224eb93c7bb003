"""The package itself: what it offers, and that it costs nothing until it is used."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import course
from course.nn.activation_layers import Activation
from course.nn.layers import Layer
from course.nn.losses import Loss
from course.nn.optimizers import Optimizer
from tests.library import public_kinds


@pytest.mark.parametrize("name", course.__all__)
def test_every_public_name_is_there(name: str) -> None:
    value = getattr(course, name)
    assert getattr(value, "__doc__", None), name


def test_an_unknown_name_says_what_there_is() -> None:
    with pytest.raises(AttributeError, match=r"'Relu'.*ReLU"):
        _ = course.Relu  # type: ignore[attr-defined]


def test_editors_and_mypy_see_the_same_names() -> None:
    stub = ast.parse(Path(course.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    seen = {alias.asname: (node.module, alias.name) for node in imports for alias in node.names}
    modules = {name: tuple(path.rsplit(".", 1)) for name, path in course._MODULES.items()}
    given = modules | {name: (module, name) for name, module in course._HOME.items()}
    assert dict(seen.items() - given.items()) == {}, "in course/__init__.pyi, but not in course/__init__.py"
    assert dict(given.items() - seen.items()) == {}, "in course/__init__.py, but not in course/__init__.pyi"


@pytest.mark.parametrize("base", [Layer, Loss, Optimizer], ids=lambda base: base.__name__)
def test_whoever_imports_course_has_all_of_the_library(base: type) -> None:
    offered = {getattr(course, name) for name in course._HOME if "course.nn." in course._HOME[name]}
    missing = sorted(f"{kind.__module__}.{kind.__name__}" for kind in public_kinds(base) - offered - {Activation})
    assert missing == [], "without a name in course/__init__.py and course/__init__.pyi"


def test_labs_come_in_by_three_doors() -> None:
    labs = sorted((Path(__file__).parents[1] / "solutions").glob("lab[0-9][0-9]_*.py"))
    assert labs
    for lab in labs:
        for node in ast.walk(ast.parse(lab.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            ours = {name for name in names if name.split(".")[0] == "course"}
            pieces = {"course.pieces"} if lab.name.startswith("lab13") else set()  # of which its answers are made
            assert ours <= {"course", "course.data", "course.widgets", *pieces}, lab.name


def test_import_loads_nothing_heavy() -> None:
    heavy = ["matplotlib", "ipywidgets", "sklearn", "nbformat", "jupytext", "jinja2", "pooch", "IPython", "numpy"]
    program = f"import sys, course; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_file_that_says_the_version_says_the_same() -> None:
    root = Path(__file__).parents[1]
    cited = re.search(r"^version: (\S+)$", (root / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    newest = re.search(r"^## (\S+)", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    wheel = re.search(r"nn_workbook-([\d.]+)-py3", (root / "README.md").read_text(encoding="utf-8"))
    assert [found and found[1] for found in (cited, newest, wheel)] == [course.__version__] * 3
