"""The numbers of a figure: as plain text, and as HTML for the notebook's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from course.show.looks import CAPTION_STYLE, LEFT

UNBROKEN = f"{CAPTION_STYLE};white-space:nowrap"  # on one line, even if the table is narrower
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SHORT = 60  # characters of a caption that fit on one line of a page or of a sheet of paper


def number(value: float) -> str:
    """Write a number with at most four significant digits and a true minus sign."""
    if np.isnan(value):
        return "not a number"
    if np.isinf(value):
        return "∞" if value > 0 else "−∞"
    mantissa, e, exponent = f"{float(value):.4g}".partition("e")
    text = f"{mantissa}e{int(exponent)}" if e else mantissa
    return "0" if text == "-0" else text.replace("-", "−")


def power_of_ten(value: float) -> str:
    """Write a power of ten as one."""
    return "10" + f"{np.log10(value):.0f}".translate(SUPERSCRIPT)


def percent(share: float, digits: int = 0) -> str:
    """Write a share in per cent; a no-break space keeps number and sign on one line."""
    return f"{100 * share:.{digits}f}\N{NO-BREAK SPACE}%"


def quantity(value: float, unit: str) -> str:
    """Write a number with a prefix: 1.5 GFLOP/s, 20 µs."""
    prefixes = {15: "P", 12: "T", 9: "G", 6: "M", 3: "k", 0: "", -3: "m", -6: "µ", -9: "n"}
    power = int(np.clip(3 * np.floor(np.log10(value) / 3), -9, 15)) if value > 0 else 0
    return f"{value / 10.0**power:.3g} {prefixes[power]}{unit}"


def signed(value: float) -> str:
    """Write a number for use inside a sum or a product: a negative one in parentheses."""
    return f"({number(value)})" if value < 0 else number(value)


def is_number(cell: str) -> bool:
    """Tell whether a cell holds only a number, or a mark for a missing number."""
    try:
        float(cell.replace("−", "-").replace(",", "").removesuffix("%"))
    except ValueError:
        return cell in ("", "–", "?", "∞", "−∞")
    return True


def _with_minus(cell: str) -> str:
    """Write a number, or numbers with commas between them, with true minus signs; leave words alone."""
    return cell.replace("-", "−") if all(map(is_number, cell.split(", "))) else cell


def aligned(rows: Sequence[Sequence[str]], ruled: bool = False) -> list[str]:
    """Write rows of cells as lines of text, in columns two spaces apart.

    Parameters
    ----------
    rows : sequence of sequences of str
        The head first; all rows have the same length.
    ruled : bool
        Draw a line of dashes under the head, and align every column but the first to the right.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    head, *body = [
        "  ".join(
            cell.rjust(width) if ruled and i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return [head, *(["  ".join("-" * width for width in widths)] if ruled else []), *body]


@dataclass(frozen=True, repr=False)
class Table:
    """The numbers of a figure: one structure, written as plain text or as HTML.

    Parameters
    ----------
    caption : str
        What the table shows.
    columns : sequence of str
        Column headings.
    rows : sequence of sequences of str
        Cells; the first of each row is the row's heading.
    current : int, optional
        Index of the row to mark with ▶.

    Raises
    ------
    ValueError
        If a row does not have one cell for each column.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    current: int | None = None

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(
                    f"expected {len(self.columns)} cells in every row, got {len(row)} in {row!r}: "
                    "give one cell for each column"
                )

    def _marked(self) -> list[list[str]]:
        """Return the rows, with the mark of the current row in its first cell."""
        marks = ["▶ " if i == self.current else "" for i in range(len(self.rows))]
        return [[mark + row[0], *row[1:]] for mark, row in zip(marks, self.rows, strict=True)]

    def text(self) -> str:
        """Write the table as plain text, columns aligned."""
        return "\n".join([self.caption, *aligned([self.columns, *self._marked()])])

    def html(self) -> str:
        """Write the table as HTML, with caption and scopes for screen readers.

        A notebook aligns every cell to the right. That suits numbers; columns of words are aligned to the left here.
        """
        numeric = [all(map(is_number, column)) for column in zip(*self.rows, strict=True)] or [False] * len(
            self.columns
        )
        looks = ["" if here else LEFT for here in numeric]
        head = "".join(f'<th scope="col"{look}>{escape(c)}</th>' for c, look in zip(self.columns, looks, strict=True))
        body = ""
        for i, row in enumerate(self._marked()):
            first, *rest = (escape(_with_minus(c)) for c in row)
            cells = "".join(f"<td{look}>{c}</td>" for c, look in zip(rest, looks[1:], strict=True))
            here = ' aria-current="step"' if i == self.current else ""
            body += f'<tr{here}><th scope="row"{looks[0]}>{first}</th>{cells}</tr>'
        style = CAPTION_STYLE if len(self.caption) > SHORT else UNBROKEN
        caption = f'<caption style="{style}">{escape(self.caption)}</caption>'
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Give a notebook the table as HTML, and as text where HTML cannot be shown."""
        return {"text/plain": self.text(), "text/html": self.html()}
