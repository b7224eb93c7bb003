"""A trained network inside a notebook: it is written into a cell's output, and checks read and measure it.

Training again for every check would take minutes, so a student hands in the network itself. The output of the cell
that hands it in holds its sizes and parameters as plain data. The grader reads them there and runs nothing.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from course.data import load_digits, load_mnist, split
from course.nn.activation_layers import ReLU
from course.nn.dropout import Dropout
from course.nn.gpu import to_cpu
from course.nn.layers import Flatten, Layer, Linear
from course.nn.network import Network

#: the kind of output that holds a network; JupyterLab stores it and shows the text beside it
MIME = "application/vnd.nn-workbook.network+json"
#: limits: the grader needs seconds and some hundred megabytes for such a network, and the sandbox lets it out
MAX_PARAMETERS, MAX_LAYERS = 2_900_000, 10
#: inputs → the shares of the digits that must be read correctly, one for each part of the exercise
BARS = {784: (0.95, 0.97, 0.98), 64: (0.88, 0.91, 0.93)}
#: the names of the parts
STEPS = [
    f"{mnist:.0%} of MNIST, or {small:.0%} of the small digits" for mnist, small in zip(*BARS.values(), strict=True)
]
#: number of training digits that are read to say what to try next
SOME = 10_000

#: weights (n_in, n_out) and biases (n_out,), one pair for each layer
Pairs = list[tuple[np.ndarray, np.ndarray]]


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


def hand_in(network: Network | Sequence[tuple[np.ndarray, np.ndarray]]) -> HandedIn:
    """Pack a fully connected ReLU network, and show it, so that it is stored with the notebook.

    Parameters
    ----------
    network : Network, or list of pairs (W, b)
        A network of the library: Linear layers with ReLU between them; Dropout may be anywhere (at test time it does
        nothing). Or your own: weights (n_in, n_out) and biases (n_out,), one pair for each layer.

    Returns
    -------
    HandedIn
        ``sizes``, and ``theta``: weights and biases of each layer in turn, in float16, as base64.

    Raises
    ------
    TypeError
        If it is neither.
    ValueError
        If the network has other layers or no ReLU between two Linear layers, or if the shapes of its arrays do not fit.
    """
    from IPython.display import display

    pairs = _pairs_of(network)
    sizes = [pairs[0][0].shape[0], *(b.size for _, b in pairs)]
    theta = np.concatenate([part.ravel() for pair in pairs for part in pair]).astype("<f2")
    packed = HandedIn(sizes=sizes, theta=base64.b64encode(theta.tobytes()).decode("ascii"))
    packed.net = network if isinstance(network, Network) else _as_network(pairs)
    display(packed)
    return packed


def _pairs_of(network: Any) -> Pairs:
    if isinstance(network, Network):
        kept: list[Any] = [layer for layer in network.layers if not isinstance(layer, Dropout | Flatten)]
        linear, between = kept[::2], kept[1::2]
        if not all(isinstance(a, Linear) for a in linear) or not all(isinstance(a, ReLU) for a in between):
            raise ValueError(
                "expected Linear layers with one ReLU between each two (and Dropout anywhere), got "
                f"{', '.join(type(layer).__name__ for layer in network.layers)}: hand in a network of that form"
            )
        return [(to_cpu(layer.W), to_cpu(layer.b)) for layer in linear]
    try:
        pairs = [(np.asarray(to_cpu(W), float), np.asarray(to_cpu(b), float)) for W, b in network]
    except (TypeError, ValueError):
        raise TypeError(
            f"expected a Network, or a list of pairs (W, b), got {type(network).__name__}: `hand_in(net)`, or "
            "`hand_in(params)`"
        ) from None
    ends = [pairs[0][0].shape[0] if pairs and pairs[0][0].ndim else 0, *(b.size for _, b in pairs)]
    if not pairs or [(W.shape, b.shape) for W, b in pairs] != [((m, n), (n,)) for m, n in pairwise(ends)]:
        shapes = ", ".join(f"{W.shape} and {b.shape}" for W, b in pairs) or "none"
        raise ValueError(
            f"expected W (n_in, n_out) and b (n_out,) for each layer, as many inputs as the layer before has outputs; "
            f"got {shapes}"
        )
    return pairs


def _as_network(pairs: Pairs) -> Network:
    """Make a Network from the student's own arrays, so that the drawing pad and the tables can use it."""
    layers: list[Layer] = []
    for W, _ in pairs:
        layers += [ReLU()] * bool(layers) + [Linear(*W.shape)]
    net = Network(layers, dtype=np.float64, rng=np.random.default_rng(0))
    net.theta = np.concatenate([part.ravel() for pair in pairs for part in pair])
    return net


def output_of(cell: dict[str, Any]) -> str:
    """Find the network in a notebook cell's outputs; JSON text, or "" if there is none."""
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        data = output.get("data") if isinstance(output, dict) else None
        found = data.get(MIME) if isinstance(data, dict) else None
        if isinstance(found, dict) and isinstance(found.get("theta"), str) and isinstance(found.get("sizes"), list):
            return json.dumps({"sizes": found["sizes"][: MAX_LAYERS + 2], "theta": found["theta"]})
    return ""


def layers_of(value: Any) -> Pairs:
    """Turn what was handed in into weights (n_in, n_out) and biases (n_out,), one pair for each layer.

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
        raise ValueError("theta is not base64: hand in the network again") from None
    if not np.isfinite(flat).all():
        raise ValueError("some parameters are not finite: the training diverged (lower the learning rate)")
    layers, at = [], 0
    for a, b in pairwise(sizes):
        layers.append((flat[at : at + a * b].reshape(a, b), flat[at + a * b : at + (a + 1) * b]))
        at += (a + 1) * b
    return layers


def reads_digits(value: Any, digits: str = "validation") -> dict[str, Any]:
    """Measure the share of digits that a handed-in network reads correctly, minus the required shares.

    Parameters
    ----------
    value : object
        The result of `hand_in`.
    digits : str
        "validation", the sixth of the training digits that lab 13 holds out, or "test".

    Returns
    -------
    dict
        For each of `STEPS`, how far beyond it the network is; and as ``told`` a sentence that says what to try next.

    Raises
    ------
    ValueError
        If it is not a network for digits.
    FileNotFoundError
        The network reads MNIST, but there is no MNIST here.
    """
    layers = layers_of(value)
    n_in, n_out = layers[0][0].shape[0], layers[-1][1].size
    if n_in not in BARS or n_out != 10:
        raise ValueError(f"expected 784 or 64 inputs (pixels) and 10 outputs (digits), got {n_in} and {n_out}")
    X, y, X_test, y_test = (load_mnist if n_in == 784 else load_digits)().rows(np.float32)
    X_train, y_train, X_valid, y_valid = split(X, y, (5 / 6, 1 / 6), np.random.default_rng(13))  # as lab 13 does
    read = _share(layers, X_test, y_test) if digits == "test" else _share(layers, X_valid, y_valid)
    trained = _share(layers, X_train[:SOME], y_train[:SOME])
    beyond = {step: read - bar for step, bar in zip(STEPS, BARS[n_in], strict=True)}
    return beyond | {"told": advise(read, trained, BARS[n_in], digits)}


def advise(read: float, trained: float, bars: Sequence[float], digits: str) -> str:
    """Say how far a network is, and what to try next."""
    asked = next((bar for bar in bars if read < bar), bars[-1])
    told = (
        f"Your network reads {100 * read:.1f} % of the {digits} digits correctly; {100 * asked:g} % are required. "
        f"Of the training digits it reads {100 * trained:.1f} %: "
    )
    if trained < 0.5:
        return told + (
            "it has learned almost nothing. Look at the loss first: if it does not fall, try a tenth of the learning "
            "rate. Also make sure that you train on the pixels as `digits.rows()` returns them."
        )
    if trained < bars[-1] + 0.005:
        return told + "it has not learned these either. Try more epochs, then more units, then less dropout."
    return told + (
        "it has learned these, but must do better on new ones. Try more dropout (0.2 at the input, 0.5 after hidden "
        "layers) with more units, or stop at the epoch with the lowest validation loss."
    )


def _share(layers: Pairs, X: np.ndarray, labels: np.ndarray) -> float:
    """Return the share that is read correctly; in pieces, because 100,000 units would take gigabytes for all rows."""
    rows = min(1000, 1_500_000 // max(b.size for _, b in layers))
    said = [_scores(layers, X[i : i + rows]).argmax(axis=1) for i in range(0, len(X), rows)]
    return float((np.concatenate(said) == labels).mean())


def _scores(layers: Pairs, X: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):  # a network that overflows reads no digit correctly
        for W, b in layers[:-1]:
            X = np.maximum(X @ W + b, 0)
        return X @ layers[-1][0] + layers[-1][1]
