"""A figure as a notebook stores it: the image, words for those who do not see it, and the numbers beside it."""

import base64
from html import escape
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from course.show.tables import Table


def png(figure: Figure) -> bytes:
    """Render a figure in 256 colours: a quarter of the bytes, and the eye sees no difference."""
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
        A data URL, so that the image travels with the notebook.
    alt : str
        What it shows, for those who do not see it.
    width, height : float
        In CSS pixels; where there is less room the image shrinks.
    """
    size = f'width="{width:g}" height="{height:g}" style="max-width:100%;height:auto"'
    # only what ends or changes an attribute's value is escaped: a drawing has thousands of other marks
    source = source.replace("&", "&amp;").replace('"', "&quot;")
    return f'<img src="{source}" alt="{escape(alt)}" {size}>'


class Picture:
    """A figure together with its numbers: a notebook shows the image and stores the table.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The drawing.
    table : Table
        The same numbers as text.
    summary : str
        What is to be seen, in a sentence; with the table's caption it is the image's alternative text.
    """

    def __init__(self, figure: Figure, table: Table, summary: str) -> None:
        self.figure, self.table, self.summary = figure, table, summary

    def __repr__(self) -> str:
        return self.table.text()

    def html(self) -> str:
        """Write the image with its alternative text, and under it the table, folded."""
        size = (round(96 * inches) for inches in self.figure.get_size_inches())
        source = f"data:image/png;base64,{base64.b64encode(png(self.figure)).decode('ascii')}"
        shown = image(source, f"{self.table.caption}. {self.summary}", *size)
        numbers = f"<details><summary>The numbers</summary>{self.table.html()}</details>"
        return f'<figure style="margin:.3em 0">{shown}{numbers}</figure>'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Give Jupyter the figure and its text twin."""
        return {"text/html": self.html(), "text/plain": repr(self)}
