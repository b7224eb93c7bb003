"""Images: MNIST, Fashion-MNIST, and scikit-learn's small digits, which need no internet connection."""

from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from course.data.fetch import Source, fetch, find_here
from course.data.idx import read_idx

_MNIST_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "http://yann.lecun.com/exdb/mnist/",
)
_FASHION_MIRRORS = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
)
#: train images, train labels, test images, test labels: name and shape
_FILES = (
    ("train-images-idx3-ubyte.gz", (60000, 28, 28)),
    ("train-labels-idx1-ubyte.gz", (60000,)),
    ("t10k-images-idx3-ubyte.gz", (10000, 28, 28)),
    ("t10k-labels-idx1-ubyte.gz", (10000,)),
)
_MNIST_HASHES = (
    "sha256:440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "sha256:3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "sha256:8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "sha256:f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
)
_FASHION_HASHES = (
    "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "md5:25c81989df183df01b3e8a0aad5dffbe",
    "md5:bef4ecab320f06d8554ea6380940ec79",
    "md5:bb300cfdad3c16e7a12a480ee83cd310",
)
_DIGIT_NAMES = tuple("0123456789")
_FASHION_NAMES = (
    "T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "trainer", "bag", "ankle boot",
)  # fmt: skip


@dataclass(frozen=True)
class ImageData:
    """A labelled set of greyscale images, split into a training and a test set.

    Attributes
    ----------
    name : str
        Name of the data set.
    train_images, test_images : ndarray of uint8, shape (N, height, width)
        Grey values from 0 (background) to `max_value`.
    train_labels, test_labels : ndarray of int64, shape (N,)
        Class numbers.
    max_value : int
        The largest possible grey value.
    classes : tuple of str
        Names of the classes, by number.
    """

    name: str
    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    max_value: int
    classes: tuple[str, ...]

    def __str__(self) -> str:
        height, width = self.train_images.shape[1:]
        return (
            f"{self.name}: {len(self.train_images)} training and {len(self.test_images)} test images "
            f"of {height}×{width} pixels, {len(self.classes)} classes"
        )

    def rows(self, dtype: DTypeLike = np.float32) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Flatten each image into a row and scale it to [0, 1].

        Returns
        -------
        X_train, y_train, X_test, y_test : ndarray
            Shapes (N, pixels), (N,), (M, pixels), (M,).
        """
        X_train = self.train_images.reshape(len(self.train_images), -1).astype(dtype)
        X_test = self.test_images.reshape(len(self.test_images), -1).astype(dtype)
        X_train /= self.max_value
        X_test /= self.max_value
        return X_train, self.train_labels, X_test, self.test_labels


def load_mnist() -> ImageData:
    """Load MNIST: 60,000 training and 10,000 test images of handwritten digits, 28×28.

    Looks in the folder that COURSE_DATA names and in its folder mnist, then in the cache. Otherwise downloads from the
    first of several mirrors that has the complete files.

    Raises
    ------
    ValueError
        A local file is damaged.
    FileNotFoundError
        The files were not found anywhere.

    Notes
    -----
    LeCun, Bottou, Bengio and Haffner (1998), "Gradient-based learning applied to document recognition",
    Proceedings of the IEEE 86(11). Data under CC BY-SA 3.0.
    """
    return _load("MNIST", "mnist", _MNIST_HASHES, _FASHION_HASHES, _MNIST_MIRRORS, _DIGIT_NAMES)


def find_mnist() -> Path | None:
    """Return the folder on this machine that holds all of MNIST, or None; nothing is downloaded."""
    sources = [
        Source("mnist", file, known_hash, ()) for (file, _), known_hash in zip(_FILES, _MNIST_HASHES, strict=True)
    ]
    found = [find_here(source, _FASHION_HASHES) for source in sources]
    return found[0].parent if found[0] and all(found) else None


def load_fashion_mnist() -> ImageData:
    """Load Fashion-MNIST: ten kinds of clothing in MNIST's format, harder to classify than digits.

    Looks in the same places as `load_mnist`; the folder below COURSE_DATA's is called fashion-mnist.

    Raises
    ------
    ValueError
        A local file is damaged.
    FileNotFoundError
        The files were not found anywhere.

    Notes
    -----
    Xiao, Rasul and Vollgraf (2017), arXiv:1708.07747. MIT licence.
    """
    return _load("Fashion-MNIST", "fashion-mnist", _FASHION_HASHES, _MNIST_HASHES, _FASHION_MIRRORS, _FASHION_NAMES)


def _load(
    name: str,
    folder: str,
    hashes: tuple[str, ...],
    foreign: tuple[str, ...],
    mirrors: tuple[str, ...],
    classes: tuple[str, ...],
) -> ImageData:
    """Fetch and read the four files of a data set in MNIST's format."""
    train_images, train_labels, test_images, test_labels = (
        read_idx(fetch(Source(folder, file, known_hash, mirrors), foreign), shape)
        for (file, shape), known_hash in zip(_FILES, hashes, strict=True)
    )
    return ImageData(
        name,
        train_images,
        train_labels.astype(np.int64),
        test_images,
        test_labels.astype(np.int64),
        255,
        classes,
    )


def load_digits() -> ImageData:
    """Load scikit-learn's 1,797 digits, 8×8 pixels with grey values 0…16: 1,297 for training, 500 for testing.

    Works without an internet connection. The test set is the last fifty images of each class on every machine.

    Notes
    -----
    Alpaydin and Kaynak (1998), "Optical recognition of handwritten digits", UCI Machine Learning Repository.
    """
    from sklearn.datasets import load_digits as load_sklearn_digits

    bunch = load_sklearn_digits()
    images, labels = bunch.images.astype(np.uint8), bunch.target.astype(np.int64)
    is_test = np.zeros(len(labels), dtype=bool)
    is_test[list(chain.from_iterable(np.flatnonzero(labels == digit)[-50:] for digit in range(10)))] = True
    return ImageData(
        "scikit-learn digits",
        images[~is_test], labels[~is_test], images[is_test], labels[is_test],
        16, _DIGIT_NAMES,
    )  # fmt: skip


def mnist_or_digits() -> ImageData:
    """Load MNIST, or scikit-learn's digits if MNIST cannot be found; print the result to see which.

    Raises
    ------
    ValueError
        A local MNIST file is damaged. This is reported, so that you can repair it.
    """
    try:
        return load_mnist()
    except FileNotFoundError:
        return load_digits()
