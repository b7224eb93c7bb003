"""Tables for spreadsheets: written so that they are only text there, and read in all forms that spreadsheets save."""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

#: first characters that make a spreadsheet read a text as a formula, the wide signs of East Asian keyboards included
FORMULA = r"[=+\-@\t\r\n＝＋－＠]"

#: a byte-order mark before a table to fill in: without it Excel takes UTF-8 for another encoding, and "ß" becomes "ÃŸ"
BOM = "\ufeff"


def neutral(value: Any) -> Any:
    """Prevent a spreadsheet from reading a text as a formula; different texts stay different."""
    return "'" + value if isinstance(value, str) and re.match(f"'*{FORMULA}", value) else value


def original(text: str) -> str:
    """Undo `neutral`."""
    return text[1:] if re.match(f"'+{FORMULA}", text) else text


def read_rows(path: Path) -> Iterator[list[str]]:
    """Read the rows of a spreadsheet's CSV file: with commas or semicolons, with or without a byte-order mark.

    Raises
    ------
    ValueError
        If it is not text in UTF-8.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path}: expected text in UTF-8; save it as 'CSV UTF-8'") from None
    header = text.partition("\n")[0]
    yield from csv.reader(
        text.splitlines(keepends=True), delimiter=";" if header.count(";") > header.count(",") else ","
    )


def read_table(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Read a table by its header.

    Parameters
    ----------
    path : Path
    columns : sequence of str
        The columns that the table must have.

    Yields
    ------
    int, dict
        The row's number as a spreadsheet counts it, and its cells by column; empty rows are left out.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    rows = read_rows(path)
    header = [cell.strip() for cell in next(rows, [])]
    missing = [name for name in columns if name not in header]
    if missing:
        raise ValueError(f"{path}: expected the columns {', '.join(columns)}, got {', '.join(header) or 'nothing'}")
    for number, row in enumerate(rows, start=2):
        if any(cell.strip() for cell in row):
            cells = [original(cell.strip()) for cell in row]
            yield number, dict(zip(header, [*cells, *[""] * len(header)], strict=False))
