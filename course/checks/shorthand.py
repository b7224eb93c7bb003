"""Keep a check record short: what many slips share stands once in the file.

In memory a trace of values is ``"<row of outlines> <marks of all places>"``. In the file a trace numbers its marks, and
the marks stand once in a table. The rows of outlines number their texts in the same way. A trace of measured properties
leaves out their names, which stand once. Two slips at once are called by their places in the list of slips.
"""

import base64
from collections.abc import Callable
from typing import Any

import numpy as np

#: what joins the names of two slips
JOINT = " + "
#: what a mark takes up: two numbers of four bytes
WIDTH = 8


def shorten(entry: dict[str, Any]) -> dict[str, Any]:
    """Replace what an exercise's entry repeats by numbers.

    Parameters
    ----------
    entry : dict
        An `ExerciseRecord` as a dictionary.

    Returns
    -------
    dict
        A new entry: for values with ``marks`` (base64 of the table) and ``outlines`` as texts and rows of numbers, for
        measured properties with their names in ``measured``. A constant's entry comes back as it is.
    """
    if entry["kind"] == "constant":
        return entry
    names = [slip["name"] for slip in entry["slips"]]
    short = _numbered(entry) if entry["kind"] == "values" else _unnamed(entry)
    pairs = {" ".join(str(names.index(one)) for one in pair.split(JOINT)): t for pair, t in short["pairs"].items()}
    return short | {"pairs": pairs}


def lengthen(entry: dict[str, Any]) -> dict[str, Any]:
    """Undo `shorten`.

    Raises
    ------
    ValueError, IndexError
        If a number names no mark, no slip or no text.
    """
    if entry["kind"] == "constant":
        return entry
    names = [slip["name"] for slip in entry["slips"]]
    pairs = {JOINT.join(names[int(i)] for i in pair.split()): trace for pair, trace in entry["pairs"].items()}
    return (_spelt if entry["kind"] == "values" else _with_names)(entry | {"pairs": pairs})


def _numbered(entry: dict[str, Any]) -> dict[str, Any]:
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


def _spelt(entry: dict[str, Any]) -> dict[str, Any]:
    table = np.frombuffer(base64.b64decode(entry.pop("marks")), f"V{WIDTH}")
    dtype = _dtype(len(table))

    def spell(trace: str) -> str:
        return _write(trace, table[np.frombuffer(_bytes(trace), dtype)].tobytes())

    texts, rows = entry["outlines"]["texts"], entry["outlines"]["rows"]
    return _each_trace(entry, spell) | {"outlines": [[texts[number] for number in row] for row in rows]}


def _unnamed(entry: dict[str, Any]) -> dict[str, Any]:
    cases = [case for trace in _traces(entry) for case in trace]
    names = sorted({name for case in cases if isinstance(case, dict) for name in case})

    def bare(trace: list[Any]) -> list[Any]:
        return [[case.get(name) for name in names] if isinstance(case, dict) else case for case in trace]

    return _each_trace(entry, bare) | {"measured": names}


def _with_names(entry: dict[str, Any]) -> dict[str, Any]:
    names = entry.pop("measured")

    def named(case: Any) -> Any:
        if not isinstance(case, list):
            return case
        return {name: value for name, value in zip(names, case, strict=True) if value is not None}

    return _each_trace(entry, lambda trace: [named(case) for case in trace])


def _dtype(marks: int) -> np.dtype[Any]:
    return np.min_scalar_type(max(marks - 1, 0)).newbyteorder("<")


def _bytes(trace: str) -> bytes:
    return base64.b64decode(trace.partition(" ")[2])


def _cut(trace: str) -> list[bytes]:
    data = _bytes(trace)
    return [data[at : at + WIDTH] for at in range(0, len(data), WIDTH)]


def _write(trace: str, data: bytes) -> str:
    return f"{trace.partition(' ')[0]} {base64.b64encode(data).decode('ascii')}"


def _traces(entry: dict[str, Any]) -> list[Any]:
    """List the traces in the order of the file, which sorts by name."""
    named = [trace for part in ("pairs", "derived") for _, trace in sorted(entry[part].items())]
    return [*(slip["trace"] for slip in entry["slips"]), *named]


def _each_trace(entry: dict[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    return entry | {
        "slips": [slip | {"trace": change(slip["trace"])} for slip in entry["slips"]],
        "pairs": {names: change(trace) for names, trace in entry["pairs"].items()},
        "derived": {what: change(trace) for what, trace in entry["derived"].items()},
    }
