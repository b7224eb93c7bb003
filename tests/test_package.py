"""The package itself: what it offers, and that it costs nothing until it is used."""

import subprocess
import sys

import pytest

import course


@pytest.mark.parametrize("name", course.__all__)
def test_every_public_name_is_there(name: str) -> None:
    value = getattr(course, name)
    assert getattr(value, "__doc__", None), name


def test_an_unknown_name_says_what_there_is() -> None:
    with pytest.raises(AttributeError, match=r"'Relu'.*ReLU"):
        _ = course.Relu  # type: ignore[attr-defined]


def test_import_loads_nothing_heavy() -> None:
    heavy = ["matplotlib", "ipywidgets", "sklearn", "nbformat", "jupytext", "jinja2", "pooch", "IPython", "numpy"]
    program = f"import sys, course; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
