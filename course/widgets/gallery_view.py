"""Lab 04's gallery: the images that a linear classifier misreads, beside the weights of each class."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.looks import INK
from course.show.tables import Table
from course.widgets import gallery_model as model
from course.widgets.base import LABEL, Card
from course.widgets.pixels import embed, grey, signed

SHOWN, COLUMNS, CELL, PICTURE = 12, 6, 88.0, 72.0


def draw(images: np.ndarray, found: list[model.Misread], W: np.ndarray, label: int | None, alt: str) -> str:
    """Draw up to twelve misread images; below, the weights into the chosen class, or into all."""
    h, w = images.shape[1:]
    parts = [] if found else [svg.text(20, 30, "None: all of these are read rightly.", "start")]
    for k, m in enumerate(found[:SHOWN]):
        x, y = 16 + CELL * (k % COLUMNS), 14 + (PICTURE + 28) * (k // COLUMNS)
        parts.append(embed(grey(images[m.index]), x, y, PICTURE))
        parts.append(svg.text(x + PICTURE / 2, y + PICTURE + 12, f"{m.label} read as {m.said}", size=12))
    top = 14 + (PICTURE + 28) * 2
    parts.append(svg.text(16, top + 6, "what it looks for: orange speaks for the class, blue against", "start", 12))
    classes = range(W.shape[1]) if label is None else [label]
    size = 48.0 if label is None else 120.0
    for k, c in enumerate(classes):
        x = 16 + (size + 4.5) * k
        parts.append(embed(signed(W[:, c].reshape(h, w)), x, top + 20, size))
        parts.append(svg.text(x + size / 2, top + 32 + size, str(c), size=12, fill=INK))
    return svg.card(560, top + 48 + size, parts, alt)


class DigitGallery(Card):
    """What a linear classifier gets wrong.

    Parameters
    ----------
    images : array, shape (N, h, w)
        Test images, in [0, 1].
    labels : array of int, shape (N,)
    W, b : arrays, shapes (h·w, K) and (K,)
        The classifier softmax(XW + b).

    Attributes
    ----------
    label : ipywidgets.Dropdown
        The class on display, or "all".
    """

    def __init__(self, images: np.ndarray, labels: np.ndarray, W: np.ndarray, b: np.ndarray) -> None:
        self.images, self.labels = np.asarray(images), np.asarray(labels)
        self.W = np.asarray(W, dtype=float)
        self.found = model.misread(self.images.reshape(len(self.images), -1), self.labels, self.W, b)
        self.label = widgets.Dropdown(
            options=[("all", "all"), *((str(k), k) for k in range(self.W.shape[1]))], description="digit", **LABEL
        )
        super().__init__(
            "Misread digits",
            "The surest mistakes first. Below them, the weights as a picture.",
            [self.label],
            beside=False,
        )
        self.label.observe(self._refresh, "value")
        self._refresh()

    def _refresh(self, change: Any = None) -> None:
        label = None if self.label.value == "all" else self.label.value
        found = [m for m in self.found if label in (None, m.label)]
        total = len(self.labels) if label is None else int((self.labels == label).sum())
        status = model.describe(found, total, label)
        rows = [(str(m.index), str(m.label), str(m.said), f"{m.p_said:.2f}", f"{m.p_label:.2f}") for m in found[:SHOWN]]
        heads = ("image", "is", "read as", "p of that", "p of the truth")
        alt = f"Up to {SHOWN} misread digits, and the weights of the classes as pictures. {status}"
        self.show(draw(self.images, found, self.W, label, alt), status, Table("The surest mistakes", heads, rows))
