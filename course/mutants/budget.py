"""Stop a changed text that runs for too long, by counting what it executes: the same on every machine."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


class OutOfBudget(BaseException):
    """A text ran for too many lines. No `except Exception` of an answer catches it."""


class Budget:
    """Counts the lines that a text executes, and all calls, and raises `OutOfBudget` after too many.

    Use it as a context. One that has raised is switched off, so each run needs its own.

    Parameters
    ----------
    filename : str
        The name under which the text was compiled.
    most : int
        The lines and calls that are permitted.
    """

    def __init__(self, filename: str, most: int):
        self.filename, self.most, self.used = filename, most, 0

    def __enter__(self) -> "Budget":
        sys.settrace(self._call)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _call(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        self._count()
        return self._line if frame.f_code.co_filename == self.filename else None

    def _line(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
        self._count()
        return self._line

    def _count(self) -> None:
        self.used += 1
        if self.used > self.most:
            raise OutOfBudget
