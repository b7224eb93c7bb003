"""Results as a table of text."""

from typing import Any

from course.show.tables import aligned


def format_table(rows: list[dict[str, Any]]) -> str:
    """Lay out rows with the same keys as columns under a head; numbers to three digits, None as a dash.

    Raises
    ------
    ValueError
        There are no rows, or their keys differ.
    """
    if not rows or any(row.keys() != rows[0].keys() for row in rows):
        raise ValueError("expected at least one row, all with the same keys: nothing else makes a table.")
    cells = [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]
    return "\n".join(aligned(cells, ruled=True))


def _cell(value: Any) -> str:
    """Write one value."""
    if value is None:
        return "–"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
