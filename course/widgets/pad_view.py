"""Lab 13's digit pad: draw a digit by mouse, finger or keyboard, and watch a network read it."""

from html import escape
from typing import Any

import anywidget
import numpy as np
import traitlets

from course.nn.network import Network
from course.show.tables import Table
from course.widgets import pad_model as model
from course.widgets.base import Twinned
from course.widgets.files import script, style
from course.widgets.rotation_model import Spread


class DigitPad(Twinned, anywidget.AnyWidget):
    """A pad to draw on, with a network's opinion beside it.

    Parameters
    ----------
    net : Network
        Reads digits from 784 or 64 pixels; has at least one Dropout layer.
    spread : callable, optional
        A student's mc_dropout of lab 12; the library's where there is none.

    Attributes
    ----------
    pixels : bytes
        The drawing, 28 × 28 grey values from 0 to 255, row by row.
    reading : dict
        What the page shows: ``sentence``, ``rows`` (digit, mean, spread) and ``image``, what the network sees.
    """

    _esm = script("pad.js")
    _css = style("pad.css", ".course-pad")
    # what comes from the page is a memoryview, which traitlets would refuse
    pixels = traitlets.Bytes(bytes(model.SIDE**2)).tag(sync=True, from_json=lambda sent, _: bytes(sent))
    reading = traitlets.Dict().tag(sync=True)

    def __init__(self, net: Network, spread: Spread | None = None) -> None:
        self.net, self.spread = net, spread
        super().__init__()
        self.observe(self._read, "pixels")
        self._read()

    @property
    def text(self) -> str:
        """The opinion as plain text."""
        return f"{self.reading['sentence']}\n{self._table().text()}"

    def _table(self) -> Table:
        rows = [(str(digit), f"{mean:.2f}", f"{std:.2f}") for digit, mean, std in self.reading["rows"]]
        return Table("How sure it is", ("digit", "mean", "spread"), rows)

    def _read(self, change: Any = None) -> None:
        drawing = np.frombuffer(self.pixels, np.uint8).reshape(model.SIDE, model.SIDE) / 255
        found = model.read(self.net, drawing, self.spread)
        opinion = found.opinion
        rows, image = [], [[0.0]]
        if opinion is not None:
            rows = [[k, float(m), float(s)] for k, (m, s) in enumerate(zip(opinion.mean, opinion.std, strict=True))]
            image = np.round(opinion.image, 3).tolist()
        self.reading = {"sentence": found.sentence, "rows": rows, "image": image}

    def twin(self) -> str:
        """Write the opinion and, where something is drawn, how sure it is."""
        return f"<p>{escape(self.reading['sentence'])}</p>{self._table().html() if self.reading['rows'] else ''}"
