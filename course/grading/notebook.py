"""Read a submitted notebook as cells, from whatever program; nothing in it is executed."""

import json
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from course.checks import LEARNT, Rounds, labels, learnt_in
from course.checks.handed_in import MIME, output_of
from course.grading.python_source import magic_work

MAX_CELLS = 2_000
#: the most lists, dictionaries and separators in a notebook: reading one takes up to 100 bytes of memory
MAX_ITEMS = 2_000_000
#: the most bytes that are read, without outputs
MAX_BYTES = 20_000_000
#: the most characters of source in all cells together; the labs have about 20,000
MAX_SOURCES = 1_000_000
#: the most work with magics in all cells together, as `magic_work` estimates it: 10 seconds. The labs have none
MAX_MAGIC_WORK = 2_000_000

#: outputs are removed first from files of more bytes
MANY_BYTES = 4_000_000
#: what is searched for that: texts, several in a row as one, and brackets
_TEXT = rb'"(?:[^"\\]++|\\.)*+"'
_TOKEN = re.compile(_TEXT + rb"(?:\s*+,\s*+" + _TEXT + rb")*+|[\[\]{}]", re.DOTALL)
_LIST = re.compile(rb"\s*+:\s*+\[")
_OUTPUTS = b'"outputs"'


class Unreadable(ValueError):
    """A submission that is not a notebook."""


@dataclass(frozen=True)
class NotebookCell:
    """One cell: ``kind`` is code, markdown, raw or another word; ``id`` is empty before format 4.5.

    ``handed_in`` is the network in its outputs, as JSON text; ``attachments`` are files pasted into the cell;
    ``learnt`` holds the ten questions' two rounds from its outputs.
    """

    kind: str
    source: str
    id: str
    metadata: dict[str, Any]
    handed_in: str = ""
    attachments: dict[str, Any] = field(default_factory=dict)
    learnt: Rounds = field(default_factory=dict)

    def about(self, key: str, name: str) -> str:
        """Read a text from a section of the metadata, such as ``course`` or ``nbgrader``; "" if it is not there."""
        found = labels({"metadata": self.metadata}, key).get(name)
        return found if isinstance(found, str) else ""


@dataclass(frozen=True)
class Notebook:
    """A notebook's cells, its lab according to its metadata ("" if they do not say it), and the repairs."""

    cells: list[NotebookCell]
    lab: str
    repairs: tuple[str, ...] = ()
    #: the version of Python that ran it, as it says itself
    python: str = ""


def read_notebook(content: bytes) -> Notebook:
    """Read the cells of a notebook.

    Parameters
    ----------
    content : bytes
        The submitted file, which may be anything.

    Returns
    -------
    Notebook
        It holds at most the first 2,000 cells.

    Raises
    ------
    Unreadable
        If the content is not a notebook, or too large.
    """
    small = without_outputs(content)
    if fault := _too_large(small):
        raise Unreadable(fault)
    try:
        text = small.decode(json.detect_encoding(small), "surrogatepass").lstrip(" \t\r\n")
        notebook, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(_instead(content) or f"not JSON, perhaps cut short on its way: {str(error)[:120]}") from None
    if not isinstance(notebook, dict):
        raise Unreadable(f"JSON, but no notebook: a {type(notebook).__name__}")
    cells = notebook.get("cells")
    if cells is None and isinstance(notebook.get("worksheets"), list):  # format 3 and before
        sheets = [sheet for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets if isinstance(sheet.get("cells"), list) for cell in sheet["cells"]]
    if not isinstance(cells, list):
        raise Unreadable("JSON, but no notebook: it has no list of cells")
    whole = _cell(notebook)  # a notebook's metadata have the form of a cell's
    read = [_cell(cell) for cell in cells[:MAX_CELLS] if isinstance(cell, dict)]
    if (size := sum(len(cell.source) for cell in read)) > MAX_SOURCES:
        raise Unreadable(f"it holds {size} characters of source, at most {MAX_SOURCES} are read")
    if sum(magic_work(cell.source) for cell in read) > MAX_MAGIC_WORK:
        raise Unreadable("it holds too many magics (%, !, ?) in long cells: take out those that are not needed")
    behind = text[end:].strip()
    repairs = (f"{len(behind)} characters behind the notebook's end were left out",) if behind else ()
    return Notebook(read, whole.about("course", "lab"), repairs, whole.about("language_info", "version"))


def without_outputs(content: bytes) -> bytes:
    """Remove the cells' outputs from a large file without parsing all of it: grading does not need them.

    A list of outputs that may hold a handed-in network or the ten questions' rounds stays.
    """
    if len(content) <= MANY_BYTES:
        return content
    kept: list[bytes] = []
    at, depth, start, outside = 0, 0, -1, 0
    for token in islice(_TOKEN.finditer(content), MAX_ITEMS):
        sign = token[0][:1]
        if sign in b"[{":
            depth += 1
        elif sign in b"]}":
            depth -= 1
            if start >= 0 and depth == outside:
                span = content[start : token.end()]
                if not any(kind.encode() in span for kind in (MIME, LEARNT)):
                    kept += [content[at:start], b"[]"]
                    at = token.end()
                start = -1
        elif start < 0 and token[0].endswith(_OUTPUTS) and (value := _LIST.match(content, token.end())):
            start, outside = value.end() - 1, depth
    return b"".join([*kept, content[at:]])


def _too_large(content: bytes) -> str:
    """Say why parsing a file would cost too much memory or time; "" if it can be read."""
    if len(content) > MAX_BYTES:
        return f"has {len(content)} bytes without its outputs, at most {MAX_BYTES} are read"
    items = sum(content.count(sign) for sign in (b"[", b"{", b","))
    return f"it holds {items} lists and items, at most {MAX_ITEMS} are read" if items > MAX_ITEMS else ""


def _instead(content: bytes) -> str:
    """Say what a file is if it is not a notebook, to help its author; "" if that is unknown."""
    start = content[:2_000].lstrip()
    if not content.strip():
        return "the file is empty: the notebook was not saved, or the upload failed"
    if start[:1] == b"<":
        return "a web page, not the notebook: in JupyterLab, File, Download"
    if start.startswith((b"PK\x03\x04", b"%PDF")):
        return f"a {'PDF' if start.startswith(b'%PDF') else 'zip archive'} under a notebook's name"
    if b"\n<<<<<<< " in content and b"\n>>>>>>> " in content:
        return "git left conflict marks in it (<<<<<<<): open it in a text editor and choose one side"
    if start.startswith((b"# ---", b"# %%", b"import ", b"from ", b"def ")):
        return "Python text, not the notebook (.ipynb)"
    return ""


def _cell(cell: dict[str, Any]) -> NotebookCell:
    source = cell.get("source", cell.get("input")) or ""
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    metadata = cell.get("metadata")
    return NotebookCell(
        str(cell.get("cell_type")),
        text,
        str(cell.get("id") or ""),
        metadata if isinstance(metadata, dict) else {},
        output_of(cell),
        attachments if isinstance(attachments := cell.get("attachments"), dict) else {},
        learnt_in(cell),
    )
