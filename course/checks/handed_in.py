"""A trained network that travels inside a notebook: written into a cell's output, read and measured by the checks.

Training again for every check would take minutes, so what is handed in is the network itself. The output of the cell
that hands it in holds its sizes and its parameters as plain data; the grader takes them from there and runs nothing.
"""

import base64
import binascii
import json
from itertools import pairwise
from typing import Any

import numpy as np

from course.data import load_digits, load_mnist
from course.nn.activation_layers import ReLU
from course.nn.dropout import Dropout
from course.nn.gpu import to_cpu
from course.nn.layers import Flatten, Linear
from course.nn.network import Network

#: the kind of output that holds a network; JupyterLab stores it and shows the text beside it
MIME = "application/vnd.nn-workbook.network+json"
#: what the grader computes with in seconds and in some hundred megabytes
MAX_PARAMETERS, MAX_LAYERS = 4_000_000, 10
#: inputs → name of the data, and the share of its test set that must be read rightly
BARS = {784: ("MNIST", 0.98), 64: ("the small digits", 0.93)}


class HandedIn(dict):
    """Sizes and parameters of a network; a notebook shows a sentence and stores the data.

    Attributes
    ----------
    net : Network
        The network itself; it stays in the kernel.
    """

    net: Network

    def __repr__(self) -> str:
        sizes = "–".join(map(str, self["sizes"]))
        return f"A network {sizes}, handed in with this notebook. Save the notebook before you submit it."

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": repr(self), MIME: dict(self)}


def hand_in(net: Network) -> HandedIn:
    """Pack a fully connected ReLU network, and show it, so that it is stored with the notebook.

    Parameters
    ----------
    net : Network
        Linear layers with ReLU between them; Dropout may stand anywhere (it does nothing at test time).

    Returns
    -------
    HandedIn
        ``sizes``, and ``theta``: weights and biases of each layer in turn, in float16, as base64.

    Raises
    ------
    ValueError
        If the network has other layers, or no ReLU between two Linear layers.
    """
    from IPython.display import display

    kept: list[Any] = [layer for layer in net.layers if not isinstance(layer, Dropout | Flatten)]
    linear, between = kept[::2], kept[1::2]
    if not all(isinstance(a, Linear) for a in linear) or not all(isinstance(a, ReLU) for a in between):
        raise ValueError(
            "expected Linear layers with one ReLU between each two (and Dropout where you like), got "
            f"{', '.join(type(layer).__name__ for layer in net.layers)}: hand in a network of that form"
        )
    arrays = [(to_cpu(layer.W), to_cpu(layer.b)) for layer in linear]
    sizes = [arrays[0][0].shape[0], *(b.size for _, b in arrays)]
    theta = np.concatenate([part.ravel() for pair in arrays for part in pair]).astype("<f2")
    packed = HandedIn(sizes=sizes, theta=base64.b64encode(theta.tobytes()).decode("ascii"))
    packed.net = net
    display(packed)
    return packed


def output_of(cell: dict[str, Any]) -> str:
    """Find the network in a notebook cell's outputs; JSON text, or "" if there is none."""
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        data = output.get("data") if isinstance(output, dict) else None
        found = data.get(MIME) if isinstance(data, dict) else None
        if isinstance(found, dict) and isinstance(found.get("theta"), str) and isinstance(found.get("sizes"), list):
            return json.dumps({"sizes": found["sizes"][: MAX_LAYERS + 2], "theta": found["theta"]})
    return ""


def layers_of(value: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    """Turn what was handed in into weights (n_in, n_out) and biases (n_out,), a pair a layer.

    Raises
    ------
    ValueError
        If it is not a network.
    """
    if not isinstance(value, dict) or not {"sizes", "theta"} <= value.keys():
        raise ValueError("expected a network packed by hand_in: write `my_network = hand_in(net)`")
    sizes, theta = value["sizes"], value["theta"]
    fits = isinstance(sizes, list | tuple) and all(isinstance(n, int) and 0 < n < 100_000 for n in sizes)
    if not fits or not 2 <= len(sizes) <= MAX_LAYERS + 1 or not isinstance(theta, str):
        raise ValueError(
            f"expected sizes such as [784, 512, 10], for {MAX_LAYERS} layers at the most, and theta as text, got sizes "
            f"{str(sizes)[:60]}"
        )
    count = sum((a + 1) * b for a, b in pairwise(sizes))
    if count > MAX_PARAMETERS or len(theta) != 4 * -(-2 * count // 3):
        raise ValueError(f"expected {count} parameters for the sizes {list(sizes)}, {MAX_PARAMETERS} at the most")
    try:
        flat = np.frombuffer(base64.b64decode(theta, validate=True), dtype="<f2").astype(np.float32)
    except (binascii.Error, ValueError):
        raise ValueError("theta is no base64: hand the network in again") from None
    if not np.isfinite(flat).all():
        raise ValueError("some parameters are not finite: the training ran away (lower the learning rate)")
    layers, at = [], 0
    for a, b in pairwise(sizes):
        layers.append((flat[at : at + a * b].reshape(a, b), flat[at + a * b : at + (a + 1) * b]))
        at += (a + 1) * b
    return layers


def reads_digits(value: Any) -> dict[str, float]:
    """Measure the share of test digits that a network handed in reads rightly, less the share that is asked for.

    Raises
    ------
    ValueError
        If it is not a network for digits.
    FileNotFoundError
        It reads MNIST, and there is none here.
    """
    layers = layers_of(value)
    n_in, n_out = layers[0][0].shape[0], layers[-1][1].size
    if n_in not in BARS or n_out != 10:
        raise ValueError(f"expected 784 or 64 inputs (pixels) and 10 outputs (digits), got {n_in} and {n_out}")
    *_, X, labels = (load_mnist if n_in == 784 else load_digits)().rows(np.float32)
    # in twenty pieces: a layer of 100,000 units would take gigabytes for all rows at once
    digits = np.concatenate([_scores(layers, rows).argmax(axis=1) for rows in np.array_split(X, 20)])
    read = float((digits == labels).mean())
    return {
        f"test accuracy beyond {BARS[784][1]:.0%} (MNIST) or {BARS[64][1]:.0%} (small digits)": read - BARS[n_in][1]
    }


def _scores(layers: list[tuple[np.ndarray, np.ndarray]], X: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):  # a network may overflow: then it reads no digit
        for W, b in layers[:-1]:
            X = np.maximum(X @ W + b, 0)
        return X @ layers[-1][0] + layers[-1][1]
