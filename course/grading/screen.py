"""Turn away, before it is taken apart, a notebook that would cost the grader itself its memory or its time."""

import json

#: lists, dictionaries and separators in a notebook: reading one of them takes up to 100 bytes of memory
MAX_ITEMS = 2_000_000
#: characters of source in all cells together: the labs have about 20,000
MAX_SOURCES = 1_000_000


def too_large(content: bytes) -> str:
    """Say why a notebook is larger than anybody writes.

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
