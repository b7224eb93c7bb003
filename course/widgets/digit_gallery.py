"""Lab 04's gallery: the images that a linear classifier misreads, and the weights of each class."""

from dataclasses import dataclass

import ipywidgets as widgets
import numpy as np

from course.nn.activations import softmax
from course.show import svg
from course.show.looks import INK
from course.show.tables import Table
from course.widgets.base import LABEL, Card
from course.widgets.pixels import embed, grey, signed


@dataclass(frozen=True)
class Misread:
    """One image that was misread.

    Parameters
    ----------
    index : int
        Its index among the images.
    label, said : int
        The true and the predicted class.
    p_label, p_said : float
        The probabilities of both.
    """

    index: int
    label: int
    said: int
    p_label: float
    p_said: float


def misread(X: np.ndarray, labels: np.ndarray, W: np.ndarray, b: np.ndarray) -> list[Misread]:
    """List the images that the classifier softmax(XW + b) misreads, the surest mistakes first.

    Parameters
    ----------
    X : array, shape (N, pixels)
    labels : array of int, shape (N,)
    W, b : arrays, shapes (pixels, K) and (K,)

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """
    X, labels, W, b = np.asarray(X), np.asarray(labels), np.asarray(W), np.asarray(b)
    if X.ndim != 2 or W.shape != (X.shape[1], b.size) or labels.shape != X.shape[:1]:
        raise ValueError(
            f"expected X (N, pixels), labels (N,), W (pixels, K) and b (K,), got {X.shape}, {labels.shape}, {W.shape} "
            f"and {b.shape}: pass what your training returned"
        )
    P = softmax(X @ W + b)
    said = P.argmax(axis=1)
    wrong = np.flatnonzero(said != labels)
    found = [Misread(int(i), int(labels[i]), int(said[i]), float(P[i, labels[i]]), float(P[i, said[i]])) for i in wrong]
    return sorted(found, key=lambda m: -m.p_said)


def describe(found: list[Misread], total: int, label: int | None) -> str:
    """Say how many images are misread, and with which class a class is most often confused."""
    share = f"{len(found)} of {total} images are misread"
    if label is None or not found:
        return f"{share}."
    taken = np.bincount([m.said for m in found])
    return f"{share}; a {label} is most often read as a {taken.argmax()} ({taken.max()} times)."


SHOWN, COLUMNS, CELL, PICTURE = 12, 6, 88.0, 72.0


def draw(images: np.ndarray, found: list[Misread], W: np.ndarray, label: int | None, alt: str) -> str:
    """Draw up to twelve misread images; below, the weights into the chosen class, or into all."""
    h, w = images.shape[1:]
    parts = [] if found else [svg.text(20, 30, "None: all of these are read correctly.", "start")]
    for k, m in enumerate(found[:SHOWN]):
        x, y = 16 + CELL * (k % COLUMNS), 14 + (PICTURE + 28) * (k // COLUMNS)
        parts.append(embed(grey(images[m.index]), x, y, PICTURE))
        parts.append(svg.text(x + PICTURE / 2, y + PICTURE + 12, f"{m.label} read as {m.said}", size=12))
    top = 14 + (PICTURE + 28) * 2
    parts.append(svg.text(16, top + 6, "weights: orange counts for the class, blue against it", "start", 12))
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
        The class that is shown, or "all".
    """

    def __init__(self, images: np.ndarray, labels: np.ndarray, W: np.ndarray, b: np.ndarray) -> None:
        self.images, self.labels = np.asarray(images), np.asarray(labels)
        self.W = np.asarray(W, dtype=float)
        self.found = misread(self.images.reshape(len(self.images), -1), self.labels, self.W, b)
        self.label = widgets.Dropdown(
            options=[("all", "all"), *((str(k), k) for k in range(self.W.shape[1]))], description="digit", **LABEL
        )
        super().__init__(
            "Misread digits",
            "The surest mistakes come first. Below them: the weights as a picture.",
            [self.label],
            beside=False,
        )

    def refresh(self) -> None:
        """Compute and show the numbers for the controls' values."""
        label = None if self.label.value == "all" else self.label.value
        found = [m for m in self.found if label in (None, m.label)]
        total = len(self.labels) if label is None else int((self.labels == label).sum())
        said = describe(found, total, label)
        rows = [(str(m.index), str(m.label), str(m.said), f"{m.p_said:.2f}", f"{m.p_label:.2f}") for m in found[:SHOWN]]
        heads = ("image", "true", "read as", "p (read)", "p (true)")
        alt = f"Up to {SHOWN} misread digits, and the weights of the classes as pictures. {said}"
        self.show(draw(self.images, found, self.W, label, alt), said, Table("The surest mistakes", heads, rows))
