"""A figure as a notebook stores it: the image, its alternative text, and its numbers as a table."""

import base64
from html import escape
from io import BytesIO
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from course.show.looks import PAPER
from course.show.tables import Table

#: characters that a data URL may hold without quoting
UNQUOTED = " <>/=:;,.'()&"


def png(figure: Figure) -> bytes:
    """Render a figure in 256 colours: it takes a quarter of the bytes and looks the same."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    buffer = BytesIO()
    drawn.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(buffer, "png")
    return buffer.getvalue()


def image(source: str, alt: str, width: float, height: float) -> str:
    """Write an image as HTML.

    Parameters
    ----------
    source : str
        A data URL, so that the image is part of the notebook.
    alt : str
        Alternative text: what the image shows.
    width, height : float
        In CSS pixels; the image shrinks where there is less room.
    """
    size = f'width="{width:g}" height="{height:g}" style="max-width:100%;height:auto"'
    # escape only what ends or changes an attribute's value: a drawing has thousands of other characters to quote
    source = source.replace("&", "&amp;").replace('"', "&quot;")
    return f'<img src="{source}" alt="{escape(alt)}" {size}>'


def as_image(drawing: str) -> str:
    """Turn an SVG card into an image of its own, with the same alternative text."""
    known = ElementTree.fromstring(drawing).attrib
    head, _, parts = drawing.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1).partition(">")
    alone = f'{head}><rect width="100%" height="100%" fill="{PAPER}"></rect>{parts}'.replace('"', "'")
    source = f"data:image/svg+xml,{quote(alone, safe=UNQUOTED)}"  # a quarter shorter than base64
    return image(source, known["aria-label"], float(known["width"]), float(known["height"]))


class Shown:
    """An image together with its numbers: a notebook shows the image and stores the table.

    Parameters
    ----------
    table : Table
        The same numbers as text.
    summary : str
        A sentence that says what the image shows. The table's caption and this sentence are the alternative text.
    """

    def __init__(self, table: Table, summary: str) -> None:
        self.table, self.summary = table, summary

    def __repr__(self) -> str:
        return self.table.text()

    def image(self) -> str:
        """Write the image as HTML, with its alternative text."""
        raise NotImplementedError

    def html(self) -> str:
        """Write the image, and under it the folded table."""
        numbers = f"<details><summary>The numbers</summary>{self.table.html()}</details>"
        return f'<figure style="margin:.3em 0">{self.image()}{numbers}</figure>'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Give Jupyter the figure and its table as text."""
        return {"text/html": self.html(), "text/plain": repr(self)}


class Picture(Shown):
    """A plot and its numbers.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The drawing.
    table, summary
        As for `Shown`.
    """

    def __init__(self, figure: Figure, table: Table, summary: str) -> None:
        super().__init__(table, summary)
        self.figure = figure

    def image(self) -> str:
        """Write the plot as a PNG."""
        size = (round(96 * inches) for inches in self.figure.get_size_inches())
        source = f"data:image/png;base64,{base64.b64encode(png(self.figure)).decode('ascii')}"
        return image(source, f"{self.table.caption}. {self.summary}", *size)


class Drawing(Shown):
    """A drawing in SVG and its numbers.

    Parameters
    ----------
    svg : str
        As `course.show.svg.card` makes it.
    table, summary
        As for `Shown`.
    """

    def __init__(self, svg: str, table: Table, summary: str) -> None:
        super().__init__(table, summary)
        self.svg = svg

    def image(self) -> str:
        """Write the drawing as an image, sharp at any size."""
        return as_image(self.svg)
