"""The numbers behind a figure, as plain text for the notebook and as HTML for the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np


def number(value: float) -> str:
    """Write a number with at most four significant digits and a true minus sign."""
    if np.isnan(value):
        return "not a number"
    if np.isinf(value):
        return "∞" if value > 0 else "−∞"
    mantissa, e, exponent = f"{float(value):.4g}".partition("e")
    text = f"{mantissa}e{int(exponent)}" if e else mantissa
    return "0" if text == "-0" else text.replace("-", "−")


def signed(value: float) -> str:
    """Write a number for use inside a sum or a product: a negative one in parentheses."""
    return f"({number(value)})" if value < 0 else number(value)


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
        If a row has not as many cells as there are columns.
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
        """Rows with the marker of the current one in their first cell."""
        marks = ["▶ " if i == self.current else "" for i in range(len(self.rows))]
        return [[mark + row[0], *row[1:]] for mark, row in zip(marks, self.rows, strict=True)]

    def text(self) -> str:
        """Write the table as plain text, columns aligned."""
        lines = [list(self.columns), *self._marked()]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        body = ["  ".join(c.ljust(n) for c, n in zip(line, widths, strict=True)).rstrip() for line in lines]
        return "\n".join([self.caption, *body])

    def html(self) -> str:
        """Write the table as HTML, with caption and scopes for screen readers."""
        head = "".join(f'<th scope="col">{escape(c)}</th>' for c in self.columns)
        body = ""
        for i, row in enumerate(self._marked()):
            cells = "".join(f"<td>{escape(c)}</td>" for c in row[1:])
            here = ' aria-current="step"' if i == self.current else ""
            body += f'<tr{here}><th scope="row">{escape(row[0])}</th>{cells}</tr>'
        return (
            f"<table><caption>{escape(self.caption)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show a notebook the table, and keep its text for whoever reads without HTML."""
        return {"text/plain": self.text(), "text/html": self.html()}
