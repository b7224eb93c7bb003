"""Read a submitted notebook as cells, whatever program saved it; nothing in it is executed."""

import json
from dataclasses import dataclass
from typing import Any

MAX_CELLS = 2_000


class Unreadable(ValueError):
    """A submission that is not a notebook."""


@dataclass(frozen=True)
class NotebookCell:
    """One cell: ``kind`` is code, markdown or raw (or what a program made up); ``id`` is empty before format 4.5."""

    kind: str
    source: str
    id: str
    metadata: dict[str, Any]

    def about(self, key: str, name: str) -> str:
        """Read a text from a section of the metadata, such as ``course`` or ``nbgrader``; "" if it is not there."""
        section = self.metadata.get(key)
        found = section.get(name) if isinstance(section, dict) else None
        return found if isinstance(found, str) else ""


def read_cells(content: bytes) -> list[NotebookCell]:
    """Read the cells of a notebook.

    Parameters
    ----------
    content : bytes
        The submitted file.

    Returns
    -------
    list of NotebookCell
        The first 2,000.

    Raises
    ------
    Unreadable
        If the content is not a notebook.
    """
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON: {str(error)[:120]}") from None
    if not isinstance(notebook, dict):
        raise Unreadable(f"JSON, but no notebook: a {type(notebook).__name__}")
    cells = notebook.get("cells")
    if cells is None and isinstance(notebook.get("worksheets"), list):  # format 3 and before
        sheets = [sheet for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets for cell in sheet.get("cells", []) if isinstance(sheet.get("cells"), list)]
    if not isinstance(cells, list):
        raise Unreadable("JSON, but no notebook: it has no list of cells")
    return [_cell(cell) for cell in cells[:MAX_CELLS] if isinstance(cell, dict)]


def _cell(cell: dict[str, Any]) -> NotebookCell:
    source = cell.get("source", cell.get("input", ""))
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    metadata = cell.get("metadata")
    return NotebookCell(
        str(cell.get("cell_type")), text, str(cell.get("id") or ""), metadata if isinstance(metadata, dict) else {}
    )
