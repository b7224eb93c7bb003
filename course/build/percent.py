"""Read py:percent text: a cell begins with ``# %%``, text is written as comments.

This is jupytext's format, so JupyterLab opens such a file as a notebook if jupytext is installed. This module reads
only what labs use. Jupytext itself takes longer to load than most commands take to run.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from course.build.faults import SourceFault

_START = re.compile(r"^# %%(?=\s|$)(?P<markdown> \[markdown\])?(?P<about>.*)\n?", re.MULTILINE)
_HEADER = re.compile(r"(# ---\n(#.*\n)*# ---\n)?\s*")
_KEY = re.compile(r"\s*(\w+)=")


def read_cells(path: Path, text: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Split a source into cells.

    Parameters
    ----------
    path : Path
        The file's name, for messages.
    text : str
        The file's text.

    Yields
    ------
    tuple
        Kind (code or markdown), source without blank lines around it, and metadata.

    Raises
    ------
    SourceFault
        If something other than the header is before the first cell, metadata does not have the form ``key="value"``,
        or a line of text is not a comment.
    """
    starts = list(_START.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    if not _HEADER.fullmatch(text, 0, starts[0].start() if starts else len(text)):
        raise SourceFault(path, "expected the first cell, '# %% [markdown]', at the head of the file", 1)
    for start, end in zip(starts, ends, strict=True):
        line = text.count("\n", 0, start.start()) + 1
        lines = text[start.end() : end].split("\n")
        kind = "markdown" if start["markdown"] else "code"
        if kind == "markdown":
            lines = [_uncommented(path, content, line + n) for n, content in enumerate(lines, start=1)]
        yield kind, "\n".join(lines).strip("\n"), _metadata(path, start["about"], line)


def _uncommented(path: Path, line: str, number: int) -> str:
    if line.strip() and not line.startswith("#"):
        raise SourceFault(path, f"expected text as comments, '# …', got {line!r}", number)
    return line.removeprefix("#").removeprefix(" ")


def _metadata(path: Path, about: str, line: int) -> dict[str, Any]:
    """Read what follows the mark of a cell: names with JSON values."""
    found: dict[str, Any] = {}
    rest = about.strip()
    while rest:
        key = _KEY.match(rest)
        try:
            value, end = json.JSONDecoder().raw_decode(rest, key.end() if key else len(rest))
        except ValueError:
            raise SourceFault(path, f'expected metadata such as exercise="name", got {about.strip()!r}', line) from None
        if key:
            found[key[1]] = value
        rest = rest[end:].strip()
    return found
