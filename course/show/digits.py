"""Pictures of digits, of weights, and of confusion matrices."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from course.show.looks import BLUE, INK, PAPER, VERMILION
from course.show.picture import Picture
from course.show.plots import new_figure
from course.show.tables import Table

COLUMNS = 10


def shades(colour: str) -> LinearSegmentedColormap:
    """Make a colour map from the paper's colour to `colour`."""
    return LinearSegmentedColormap.from_list(colour, [PAPER, colour])


def plot_digits(images: np.ndarray, labels: np.ndarray, title: str = "Digits") -> Picture:
    """Show up to forty images in rows of ten, with the label below each image.

    Parameters
    ----------
    images : array, shape (N, h, w)
        Grey values, 0 for paper; the largest value is ink.
    labels : array of int, shape (N,)
    title : str
        What the picture is called.

    Returns
    -------
    Picture
        Its table says how often each label occurs among the images shown.

    Raises
    ------
    ValueError
        If there is no image, or the number of labels is not the number of images.
    """
    if images.ndim != 3 or not len(images) or labels.shape != images.shape[:1]:
        raise ValueError(
            f"expected images (N, h, w) and labels (N,), N at least 1, got {images.shape} and {labels.shape}: "
            "pass as many labels as images"
        )
    images, labels = images[:40], labels[:40]
    N, h, w = images.shape
    rows = -(-N // COLUMNS)
    sheet = np.zeros((rows * int(1.4 * h), COLUMNS * w))
    for k, image in enumerate(images):
        top, left = (k // COLUMNS) * int(1.4 * h), (k % COLUMNS) * w
        sheet[top : top + h, left : left + w] = image
    figure, axes = new_figure(6.4, 0.86 * rows + 0.5)
    axes.imshow(sheet, cmap=shades(INK), interpolation="nearest")
    paper = {"facecolor": PAPER, "edgecolor": "none", "pad": 1}
    for k, label in enumerate(labels):
        place = (k % COLUMNS + 0.5) * w, (k // COLUMNS) * int(1.4 * h) + 1.22 * h
        axes.text(*place, str(label), color=INK, ha="center", va="center", fontsize=8, bbox=paper)
    axes.set_title(title, pad=10)
    axes.set_axis_off()
    counts = np.bincount(labels)
    table = Table(title, ("label", "shown"), [(str(k), str(n)) for k, n in enumerate(counts) if n])
    return Picture(figure, table, f"Row by row, in rows of {COLUMNS}, labelled {' '.join(map(str, labels))}.")


def plot_weights(units: np.ndarray, title: str = "What hidden units look for") -> Picture:
    """Show the first layer's weights of up to ten units as images: orange for positive ones, blue for negative.

    Parameters
    ----------
    units : array, shape (M, h, w)
        An image of weights for each unit; each is scaled to its own largest weight.
    title : str
        What the picture is called.

    Returns
    -------
    Picture
        Its table gives, for each unit, the largest and the smallest weight, and their places in the image.

    Raises
    ------
    ValueError
        If there is no unit, or its weights are not an image.
    """
    if units.ndim != 3 or not len(units):
        raise ValueError(f"expected weights (M, h, w), M at least 1, got {units.shape}: one image a unit")
    units = units[:COLUMNS]
    M, h, w = units.shape
    sheet = np.zeros((h, M * (w + 1)))
    for k, unit in enumerate(units):
        sheet[:, k * (w + 1) : k * (w + 1) + w] = unit / max(float(abs(unit).max()), 1e-12)
    figure, axes = new_figure(6.4, 1.3)
    signs = LinearSegmentedColormap.from_list("signs", [BLUE, PAPER, VERMILION])
    axes.imshow(sheet, cmap=signs, vmin=-1, vmax=1, interpolation="nearest")
    axes.set_title(title, pad=10)
    axes.set_axis_off()
    rows = [
        (str(k), *(_at(unit, int(place)) for place in (unit.argmax(), unit.argmin()))) for k, unit in enumerate(units)
    ]
    table = Table(title, ("unit", "largest weight (row, column)", "smallest weight"), rows)
    return Picture(figure, table, f"{M} units side by side; orange weights are positive, blue ones negative.")


def _at(unit: np.ndarray, place: int) -> str:
    i, j = divmod(place, unit.shape[1])
    return f"{unit[i, j]:.2f} at ({i}, {j})"


def plot_confusion(C: np.ndarray, title: str = "Confusion matrix") -> Picture:
    """Show a confusion matrix. Darker means more errors; right answers (the diagonal) are not coloured.

    Parameters
    ----------
    C : array of int, shape (K, K)
        Rows: the true class; columns: the predicted class.
    title : str
        What the picture is called.

    Returns
    -------
    Picture
        Its table is the matrix.

    Raises
    ------
    ValueError
        If C is not square.
    """
    C = np.asarray(C)
    if C.ndim != 2 or C.shape[0] != C.shape[1]:
        raise ValueError(f"expected a square matrix of counts, got shape {C.shape}: one row and one column a class")
    K = len(C)
    wrong = C * (1 - np.eye(K))
    figure, axes = new_figure(5.0, 4.6)
    # 1.6: the darkest cell is still light enough for black numbers
    axes.imshow(wrong, cmap=shades(BLUE), vmax=max(float(wrong.max()), 1.0) * 1.6)
    for i in range(K):
        for j in range(K):
            if C[i, j]:
                axes.text(j, i, str(int(C[i, j])), ha="center", va="center", fontsize=8, color=INK)
    axes.set(xlabel="predicted", ylabel="true", title=title, xticks=range(K), yticks=range(K))
    rows = [(str(i), *(str(int(n)) for n in row)) for i, row in enumerate(C)]
    i, j = divmod(int(wrong.argmax()), K)
    summary = f"{np.trace(C)} of {C.sum()} are read correctly"
    summary += f"; most often, {C[i, j]} times, {i} is read as {j}." if wrong.any() else "."
    return Picture(figure, Table(title, ("true \\ predicted", *map(str, range(K))), rows), summary)
