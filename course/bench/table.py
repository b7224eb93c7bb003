"""Results as a text table."""

from typing import Any

from course.show.tables import aligned


def format_table(rows: list[dict[str, Any]]) -> str:
    """Write rows with the same keys as a table with a head; numbers have three digits, None is a dash.

    Raises
    ------
    ValueError
        There are no rows, or their keys differ.
    """
    if not rows or any(row.keys() != rows[0].keys() for row in rows):
        raise ValueError("expected at least one row, and all rows with the same keys.")
    cells = [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]
    return "\n".join(aligned(cells, ruled=True))


def _cell(value: Any) -> str:
    """Write one value."""
    if value is None:
        return "–"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
