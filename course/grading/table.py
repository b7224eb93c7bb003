"""Tables that pass through a spreadsheet: what is written is text to it, what comes back is read patiently."""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

#: what makes a spreadsheet take a text for a formula, the wide signs of East Asian keyboards among it
FORMULA = r"[=+\-@\t\r\n＝＋－＠]"


def neutral(value: Any) -> Any:
    """Keep a spreadsheet from taking a text for a formula; no two texts become one."""
    return "'" + value if isinstance(value, str) and re.match(f"'*{FORMULA}", value) else value


def original(text: str) -> str:
    """Undo `neutral`."""
    return text[1:] if re.match(f"'+{FORMULA}", text) else text


def read_rows(path: Path) -> Iterator[list[str]]:
    """Read the rows of a CSV file as spreadsheets save it: with commas or semicolons, with or without a mark in front.

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
        Must be there.

    Yields
    ------
    int, dict
        The row's number as a spreadsheet counts it, and its cells by column; rows that are empty are left out.

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
