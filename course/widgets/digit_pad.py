"""Lab 13's digit pad: draw a digit by mouse, finger or keyboard; it is scaled like the data's digits, and read."""

from dataclasses import dataclass
from html import escape
from typing import Any

import anywidget
import numpy as np
import traitlets
from scipy.ndimage import center_of_mass, shift, zoom

from course.nn.network import Network
from course.show.tables import Table
from course.widgets.base import StoredAsText
from course.widgets.files import script, style
from course.widgets.rotated_digit import Opinion, Spread, ask

SIDE = 28  # pixels of the drawing, either way


def cropped(drawing: np.ndarray) -> np.ndarray:
    """Crop a drawing (h, w) to its ink; an empty drawing becomes (0, 0)."""
    rows, columns = np.flatnonzero(drawing.any(axis=1)), np.flatnonzero(drawing.any(axis=0))
    if not rows.size:
        return drawing[:0, :0]
    return drawing[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def boxed(drawing: np.ndarray, box: int, side: int) -> np.ndarray:
    """Scale a drawing to box × box pixels in the middle of an image (side, side)."""
    image = np.zeros((side, side))
    digit = cropped(drawing)
    if not digit.size:
        return image
    digit = np.clip(zoom(digit, box / max(digit.shape), order=1), 0, 1)[:box, :box]
    h, w = digit.shape
    top, left = (side - h) // 2, (side - w) // 2
    image[top : top + h, left : left + w] = digit
    return image


def like_mnist(drawing: np.ndarray) -> np.ndarray:
    """Scale and centre a drawing as MNIST's digits are (LeCun et al. 1998).

    Parameters
    ----------
    drawing : array, shape (h, w)
        Grey values from 0 to 1.

    Returns
    -------
    array, shape (28, 28)
        The digit fills a box of 20 × 20, and its centre of mass is in the middle.
    """
    image = boxed(drawing, 20, 28)
    if not image.any():
        return image
    middle = np.array(center_of_mass(image))
    return np.clip(shift(image, 13.5 - middle, order=1), 0, 1)


def like_small_digits(drawing: np.ndarray) -> np.ndarray:
    """Scale and centre a drawing as scikit-learn's digits are: 32 × 32 pixels, counted in blocks of 4 × 4.

    Returns
    -------
    array, shape (8, 8)
        The share of ink in each block.
    """
    return boxed(drawing, 32, 32).reshape(8, 4, 8, 4).mean(axis=(1, 3))


@dataclass(frozen=True)
class Reading:
    """A network's opinion of a drawing; ``opinion`` is None if nothing is drawn."""

    opinion: Opinion | None

    @property
    def sentence(self) -> str:
        """Describe the opinion in words."""
        if self.opinion is None:
            return "Nothing drawn yet."
        best = int(self.opinion.mean.argmax())
        mean, std = self.opinion.mean[best], self.opinion.std[best]
        doubt = ", and it is not sure" if mean < 0.6 or std > 0.25 else ""
        return f"It reads a {best}: {mean:.2f} ± {std:.2f}{doubt}."


def read(net: Network, drawing: np.ndarray, spread: Spread | None = None) -> Reading:
    """Ask a network with dropout what a drawing is.

    Parameters
    ----------
    net : Network
        With 784 or 64 inputs.
    drawing : array, shape (28, 28)
        Grey values from 0 to 1.
    spread : callable, optional
        As `course.widgets.rotated_digit.ask` takes it.

    Raises
    ------
    ValueError
        If the drawing has another shape.
    """
    if drawing.shape != (SIDE, SIDE):
        raise ValueError(f"expected a drawing of shape ({SIDE}, {SIDE}), got {drawing.shape}: send the whole pad")
    if not drawing.any():
        return Reading(None)
    inputs = next(net.weight_arrays()).shape[0]
    image = like_mnist(drawing) if inputs == 784 else like_small_digits(drawing)
    return Reading(ask(net, image, 0.0, spread))


class DigitPad(StoredAsText, anywidget.AnyWidget):
    """A pad to draw on, with a network's opinion beside it.

    Parameters
    ----------
    net : Network
        Reads digits from 784 or 64 pixels; if it has no Dropout layer, the spread is 0.
    spread : callable, optional
        A student's mc_dropout of lab 12; by default the library's.

    Attributes
    ----------
    pixels : bytes
        The drawing, 28 × 28 grey values from 0 to 255, row by row.
    reading : dict
        What the page shows: ``sentence``, ``rows`` (digit, mean, spread) and ``image``, what the network sees.
    """

    _esm = script("pad.js")
    _css = style("pad.css", ".course-pad")
    # the page sends a memoryview, which traitlets would refuse
    pixels = traitlets.Bytes(bytes(SIDE**2)).tag(sync=True, from_json=lambda sent, _: bytes(sent))
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
        drawing = np.frombuffer(self.pixels, np.uint8).reshape(SIDE, SIDE) / 255
        found = read(self.net, drawing, self.spread)
        opinion = found.opinion
        rows, image = [], [[0.0]]
        if opinion is not None:
            rows = [[k, float(m), float(s)] for k, (m, s) in enumerate(zip(opinion.mean, opinion.std, strict=True))]
            image = np.round(opinion.image, 3).tolist()
        self.reading = {"sentence": found.sentence, "rows": rows, "image": image}

    def stored_html(self) -> str:
        """Write the opinion and, if something is drawn, its certainty."""
        return f"<p>{escape(self.reading['sentence'])}</p>{self._table().html() if self.reading['rows'] else ''}"
