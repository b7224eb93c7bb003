"""A neural-network workbook: the library that the labs import.

Names are loaded when they are first used, so that ``import course`` costs next to nothing.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

#: public name → the module that defines it
_HOME = {
    "CheckFailed": "course.checks",
    "Table": "course.tables",
    "open_lab": "course.checks",
    "plot_curves": "course.plots",
    "plot_line": "course.plots",
    "plot_losses": "course.plots",
    "sigmoid": "course.activations",
    "strict": "course.checks",
}

#: modules that labs use by name: ``from course import perceptron``
_MODULES = ("perceptron", "widgets")

__all__ = sorted([*_HOME, *_MODULES])


def __getattr__(name: str) -> Any:
    """Import the module that defines `name` the first time it is asked for (PEP 562)."""
    if name in _MODULES:
        return import_module(f"course.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'course' has no name {name!r}; it has {', '.join(__all__)}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})
