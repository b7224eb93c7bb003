"""Which images a linear classifier misreads, and what it looks for. The numbers behind lab 04's gallery."""

from dataclasses import dataclass

import numpy as np

from course.nn.activations import softmax


@dataclass(frozen=True)
class Misread:
    """One image that was read wrongly.

    Parameters
    ----------
    index : int
        Its number among the images.
    label, said : int
        What it is, and what the classifier says.
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
    """Say how many are misread, and what a class is most often taken for."""
    share = f"{len(found)} of {total} images are misread"
    if label is None or not found:
        return f"{share}."
    taken = np.bincount([m.said for m in found])
    return f"{share}; a {label} is most often taken for a {taken.argmax()} ({taken.max()} times)."
