"""A neural-network workbook: the library that the labs import.

Names are loaded when they are first used, so that ``import course`` costs next to nothing.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

#: public name → the module that defines it
_HOME: dict[str, str] = {}

__all__ = sorted(_HOME)  # noqa: PLE0604 - a list of strings, built from the table above


def __getattr__(name: str) -> Any:
    """Import the module that defines `name` the first time it is asked for (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'course' has no name {name!r}; it has {', '.join(__all__)}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})
