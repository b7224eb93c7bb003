"""Keep a check record short: a mark that many slips share, place by place, stands once in the file.

In memory a trace is ``"<row of outlines> <marks of all places>"``. In the file a trace numbers its marks, and the marks
stand once in a table. The rows of outlines number their texts in the same way.
"""

import base64
from collections.abc import Callable
from typing import Any

import numpy as np

#: what a mark takes up: two numbers of four bytes
WIDTH = 8


def shorten(entry: dict[str, Any]) -> dict[str, Any]:
    """Replace the marks and the outlines in an exercise's entry by numbers.

    Parameters
    ----------
    entry : dict
        An `ExerciseRecord` as a dictionary.

    Returns
    -------
    dict
        A new entry, with ``marks`` (base64 of the table) and ``outlines`` as texts and rows of numbers. An entry of
        another kind than ``values`` comes back as it is: its traces hold no marks.
    """
    if entry["kind"] != "values":
        return entry
    table: dict[bytes, int] = {}
    for trace in _traces(entry):
        for mark in _cut(trace):
            table.setdefault(mark, len(table))
    dtype = _dtype(len(table))

    def number(trace: str) -> str:
        return _write(trace, np.array([table[mark] for mark in _cut(trace)], dtype).tobytes())

    texts = list(dict.fromkeys(text for row in entry["outlines"] for text in row))
    rows = [[texts.index(text) for text in row] for row in entry["outlines"]]
    marks = base64.b64encode(b"".join(table)).decode("ascii")
    return _each_trace(entry, number) | {"marks": marks, "outlines": {"texts": texts, "rows": rows}}


def lengthen(entry: dict[str, Any]) -> dict[str, Any]:
    """Undo `shorten`.

    Raises
    ------
    ValueError, IndexError
        If a number names no mark or no text.
    """
    if entry["kind"] != "values":
        return entry
    entry = dict(entry)
    table = np.frombuffer(base64.b64decode(entry.pop("marks")), f"V{WIDTH}")
    dtype = _dtype(len(table))

    def spell(trace: str) -> str:
        return _write(trace, table[np.frombuffer(_bytes(trace), dtype)].tobytes())

    texts, rows = entry["outlines"]["texts"], entry["outlines"]["rows"]
    return _each_trace(entry, spell) | {"outlines": [[texts[number] for number in row] for row in rows]}


def _dtype(marks: int) -> np.dtype[Any]:
    return np.min_scalar_type(max(marks - 1, 0)).newbyteorder("<")


def _bytes(trace: str) -> bytes:
    return base64.b64decode(trace.partition(" ")[2])


def _cut(trace: str) -> list[bytes]:
    data = _bytes(trace)
    return [data[at : at + WIDTH] for at in range(0, len(data), WIDTH)]


def _write(trace: str, data: bytes) -> str:
    return f"{trace.partition(' ')[0]} {base64.b64encode(data).decode('ascii')}"


def _traces(entry: dict[str, Any]) -> list[str]:
    """List the traces in the order of the file, which sorts by name."""
    named = [trace for part in ("pairs", "derived") for _, trace in sorted(entry[part].items())]
    return [*(slip["trace"] for slip in entry["slips"]), *named]


def _each_trace(entry: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    return entry | {
        "slips": [slip | {"trace": change(slip["trace"])} for slip in entry["slips"]],
        "pairs": {names: change(trace) for names, trace in entry["pairs"].items()},
        "derived": {what: change(trace) for what, trace in entry["derived"].items()},
    }
