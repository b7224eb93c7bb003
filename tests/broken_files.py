# ruff: noqa: E501  a table, one row a file
"""Submissions of lab 02 that are broken or hostile as files, before any code runs; and students with hostile names."""

import json
import os
import random
from collections.abc import Callable
from pathlib import Path

from tests.gates import ROOT, checks_of
from tests.submissions import LAB, blank, with_answers, with_cell

STUBS = [exercise.name for exercise in checks_of(LAB).exercises]
RIGHT = "def dl_dp(y, p):\n    return 2 * (p - y)"


def notebook_with(*cells: object, **more: object) -> bytes:
    """Write a blank notebook with these cells at its end, whatever they are."""
    notebook = blank()
    notebook["cells"] += cells
    return json.dumps({**notebook, **more}).encode()


def code(source: object, **more: object) -> dict[str, object]:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None, **more}


def rewritten(change: Callable[[dict[str, object]], object]) -> bytes:
    notebook = blank()
    for cell in notebook["cells"]:
        change(cell)
    return json.dumps(notebook).encode()


#: name → (content, status, score)
FILES = {
    "nothing at all": (b"", "unreadable", ""),
    "not text": (random.Random(1).randbytes(5000), "unreadable", ""),
    "latin letters": ('{"cells": "é"}'.encode("latin-1"), "unreadable", ""),
    "an archive": (b"PK\x03\x04" + bytes(2000), "unreadable", ""),
    "JSON 100000 deep": (b"[" * 100_000 + b"]" * 100_000, "unreadable", ""),
    "JSON objects 100000 deep": (b'{"cells":' * 100_000, "unreadable", ""),
    "JSON with NaN": (b'{"cells": NaN}', "unreadable", ""),
    "JSON with a huge number": (b'{"cells": [], "nbformat": ' + b"9" * 10_000 + b"}", "unreadable", ""),
    "a number": (b"17", "unreadable", ""),
    "a list of lists": (b'{"cells": [' + b"[]," * 5_000_000 + b"0]}", "unreadable", ""),
    "worksheets that are none": (b'{"worksheets": [{"cells": 5}, 7, {"cells": [3]}]}', "unreadable", ""),
    "cells that are no cells": (notebook_with(7, "text", None, [], {"cell_type": ["code"]}), "blank", "0"),
    "ten thousand cells": (notebook_with(*(code("1 + 1") for _ in range(10_000))), "blank", "0"),
    "sources of the wrong kind": (notebook_with(code({"a": 1}), code(7), code(None), code([1, [2]])), "blank", "0"),
    "metadata of the wrong kind": (rewritten(lambda cell: cell.update(metadata=[1])), "blank", "0"),
    "tags of the wrong kind": (rewritten(lambda cell: cell["metadata"].update(tags=5, course=7, nbgrader="x")), "blank", "0"),
    "labels of the wrong kind": (rewritten(lambda cell: cell["metadata"].update(course={"exercise": [1], "check": {}})), "blank", "0"),
    "ids of the wrong kind": (rewritten(lambda cell: cell.update(id={"a": [1]})), "blank", "0"),
    "one id for all": (rewritten(lambda cell: cell.update(id="lab02-dl_dp", metadata={})), "blank", "0"),
    "a null character": (notebook_with(code("x = 1\0\ndef dl_dp(y, p): return 0.0")), "graded", "0"),
    "half a character": (notebook_with(code("def dl_dp(y, p):\n    return '\ud800'")), "graded", "0"),
    "a source of five megabytes": (notebook_with(code("x = '" + "a" * 5_000_000 + "'")), "unreadable", ""),
    "a syntax tree of gigabytes": (notebook_with(code("x = [" + "a," * 2_500_000 + "]")), "unreadable", ""),
    "a syntax tree of megabytes": (notebook_with(code("x = [" + "a," * 40_000 + "]")), "blank", "0"),
    "brackets without end": (notebook_with(code("(" * 100_000)), "blank", "0"),
    "signs without end": (notebook_with(code("x = " + "-" * 100_000 + "1")), "blank", "0"),
    "a sum without end": (notebook_with(code("x = " + "1 + " * 50_000 + "1")), "blank", "0"),
    "calls without end": (notebook_with(code("x = " + "f(" * 50_000 + ")" * 50_000)), "blank", "0"),
    "an integer without end": (notebook_with(code("x = " + "9" * 100_000)), "blank", "0"),
    "magics without end": (notebook_with(code("%x\n" * 100_000 + "(")), "blank", "0"),
    "a check before a million blanks": (notebook_with(code("check('dl_dp')" + " " * 900_000 + "x")), "blank", "0"),
    "a function in two thousand pieces": (notebook_with(code("def f():\n" + "    x=1\n" * 11_000), *(code(" " * 4 + "1") for _ in range(1_900))), "blank", "0"),
    "thousands of repairs": (notebook_with(*(code(f"def {a}(): ...\ndef {b}(): ...\ndef {c}(): ...") for a in STUBS for b in STUBS for c in STUBS)), "graded", "0"),
    "an essay of a megabyte": (rewritten(lambda cell: cell.update(source="<img " * 190_000) if "written" in str(cell["metadata"]) else None), "blank", "0"),
    "thousands of conditions": (notebook_with(code("if 0: pass\n" + "elif 0: pass\n" * 5_000)), "blank", "0"),
    "a Python of thousands of digits": (json.dumps({**with_answers(blank(), dl_dp="def dl_dp("), "metadata": {"course": {"lab": LAB}, "language_info": {"version": "9" * 4_200 + ".1"}}}).encode(), "graded", "0"),
    "right, twice labelled": (json.dumps(with_cell(with_answers(blank(), dl_dp=RIGHT), "check('dl_dp')", at=2)).encode(), "graded", "1"),
}  # fmt: skip

#: students' names that mean something to a shell, a spreadsheet, a browser or a file system
NAMES = [
    b"=HYPERLINK(1)", b"+1+cmd|' C'!A0", b"-2", b"@SUM(1)", b"<script>alert(1)<", b"a\nb", b"tab\there", b"\x07bell",
    b"\xff\xfe not utf-8", "аnna".encode(), b"anna", "e\u0301ve".encode(), "éve".encode(), b"n" * 240,
    b"~", b"$(touch owned)", b"con", b'"quoted", 17', "\u202egpj".encode(), b"%00", b"a;b|c&d",
    b"'=HYPERLINK(1)", b"a;=1+1", b"a; '@SUM(1)", "＝1+1".encode(),
]  # fmt: skip


def place_links(folder: Path, graded: Path) -> None:
    """Put what is no regular file among the submissions."""
    (folder / "link to the solution.ipynb").symlink_to(ROOT / "solutions" / "lab02_learning.ipynb")
    (folder / "link to a classmate.ipynb").symlink_to(folder / "aa perfect.ipynb")
    (folder / "link to nothing.ipynb").symlink_to(graded / "nothing")
    (folder / "link to a device.ipynb").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.ipynb")


LINKS = ("link to the solution", "link to a classmate", "link to nothing", "link to a device", "pipe")
