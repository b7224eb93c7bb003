"""Read a submitted notebook as cells, whatever program saved it; nothing in it is executed."""

import json
from dataclasses import dataclass, field
from typing import Any

from course.checks.handed_in import output_of

MAX_CELLS = 2_000
#: lists, dictionaries and separators in a notebook: reading one of them takes up to 100 bytes of memory
MAX_ITEMS = 2_000_000
#: characters of source in all cells together: the labs have about 20,000
MAX_SOURCES = 1_000_000


class Unreadable(ValueError):
    """A submission that is not a notebook."""


@dataclass(frozen=True)
class NotebookCell:
    """One cell: ``kind`` is code, markdown or raw (or what a program made up); ``id`` is empty before format 4.5.

    ``handed_in`` is what its outputs hold for the grader, as JSON text; ``attachments`` are files pasted into it.
    """

    kind: str
    source: str
    id: str
    metadata: dict[str, Any]
    handed_in: str = ""
    attachments: dict[str, Any] = field(default_factory=dict)

    def about(self, key: str, name: str) -> str:
        """Read a text from a section of the metadata, such as ``course`` or ``nbgrader``; "" if it is not there."""
        section = self.metadata.get(key)
        found = section.get(name) if isinstance(section, dict) else None
        return found if isinstance(found, str) else ""


@dataclass(frozen=True)
class Notebook:
    """The cells of a notebook, and which lab its metadata say it is ("" if they do not)."""

    cells: list[NotebookCell]
    lab: str


def too_large(content: bytes) -> str:
    """Say why a notebook is larger than anybody writes: taking it apart would cost the grader its memory or its time.

    Parameters
    ----------
    content : bytes
        The submitted file, which may be anything.

    Returns
    -------
    str
        A reason; ``""`` if it can be read.
    """
    items = sum(content.count(sign) for sign in (b"[", b"{", b","))
    if items > MAX_ITEMS:
        return f"it holds {items} lists and items, at most {MAX_ITEMS} are read"
    try:
        notebook = json.loads(content)
    except (ValueError, RecursionError):
        return ""  # whoever reads it will say so
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    sources = [cell.get("source") for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []
    size = sum(len("".join(map(str, source)) if isinstance(source, list) else str(source)) for source in sources)
    return f"it holds {size} characters of source, at most {MAX_SOURCES} are read" if size > MAX_SOURCES else ""


def read_notebook(content: bytes) -> Notebook:
    """Read the cells of a notebook.

    Parameters
    ----------
    content : bytes
        The submitted file.

    Returns
    -------
    Notebook
        With the first 2,000 cells.

    Raises
    ------
    Unreadable
        If the content is not a notebook.
    """
    try:
        notebook = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Unreadable(_instead(content) or f"not JSON: {str(error)[:120]}") from None
    if not isinstance(notebook, dict):
        raise Unreadable(f"JSON, but no notebook: a {type(notebook).__name__}")
    cells = notebook.get("cells")
    if cells is None and isinstance(notebook.get("worksheets"), list):  # format 3 and before
        sheets = [sheet for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets if isinstance(sheet.get("cells"), list) for cell in sheet["cells"]]
    if not isinstance(cells, list):
        raise Unreadable("JSON, but no notebook: it has no list of cells")
    whole = _cell(notebook)  # a notebook's metadata are written as a cell's are
    return Notebook([_cell(cell) for cell in cells[:MAX_CELLS] if isinstance(cell, dict)], whole.about("course", "lab"))


def _instead(content: bytes) -> str:
    """Say what a file is that is no notebook, where that helps its author; "" if it is nothing known."""
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
    )
