"""Five networks with one fault each, and three instruments: the numbers behind lab 07's ward."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from course.data import load_digits
from course.nn import gradcheck
from course.nn.activation_layers import ReLU, Tanh
from course.nn.gpu import Array
from course.nn.layers import Linear
from course.nn.losses import SoftmaxCrossEntropy
from course.nn.network import Network
from course.nn.optimizers import SGD
from course.nn.regularizers import objective
from course.nn.training import train

EXAMPLES, EPOCHS, BATCH, RATE = 600, 20, 32, 0.1
PROBED = 20  # examples for the norms and the gradient check
LAYERS = ("layer 1", "layer 2", "layer 3")
GUESSING = float(np.log(10))


class Slipped(Linear):
    """A Linear layer whose backward lacks a transpose."""

    def backward(self, dz: Array) -> Array:
        """Return a wrong ∂L/∂x."""
        super().backward(dz)
        return dz @ self.W


@dataclass(frozen=True)
class Patient:
    """A network 64–32–32–10, its start and its training.

    Parameters
    ----------
    name : str
        What the ward calls it.
    hidden : type
        Tanh or ReLU, in both hidden layers.
    bias : float
        Hidden biases start at plus or minus this.
    scale : float
        What the pixels, from 0 to 1, are multiplied by.
    rate : float
        Learning rate of plain gradient descent in batches of 32.
    slip : bool
        Whether layer 2 is `Slipped`.
    shuffled : bool
        Whether the labels are shuffled.
    """

    name: str
    hidden: type[Tanh] | type[ReLU]
    bias: float = 0.0
    scale: float = 1.0
    rate: float = RATE
    slip: bool = False
    shuffled: bool = False


PATIENTS = {
    patient.name: patient
    for patient in (
        Patient("A", Tanh, shuffled=True),
        Patient("B", ReLU, scale=16.0),
        Patient("C", ReLU, slip=True),
        Patient("D", Tanh, bias=6.0),
        Patient("E", Tanh, rate=3.0),
    )
}

#: what helps against each fault
CURES = {
    "saturated": "smaller biases",
    "gradient": "the transpose put back",
    "input": "pixels divided by 16",
    "rate": "a rate of 0.1",
    "labels": "the labels' own order",
}


@dataclass(frozen=True)
class Findings:
    """What the three instruments show.

    Parameters
    ----------
    before : float
        Loss before the first step.
    losses : array, shape (EPOCHS,)
        Mean training loss in each epoch.
    norms : array, shape (3,)
        Length of the gradient in each layer, before the first step.
    errors : array, shape (3,)
        Relative error of each layer's gradient against central differences.
    correct : float
        Share of the test digits read correctly after training.
    """

    before: float
    losses: np.ndarray
    norms: np.ndarray
    errors: np.ndarray
    correct: float


def admitted(patient: Patient) -> tuple[Network, np.ndarray, np.ndarray]:
    """Build a patient's network and its training set."""
    X, y, *_ = load_digits().rows(np.float64)
    rng = np.random.default_rng(0)
    first, second = Linear(64, 32), (Slipped if patient.slip else Linear)(32, 32)
    layers = [first, patient.hidden(), second, patient.hidden(), Linear(32, 10)]
    net = Network(layers, rng=rng, dtype=np.float64)
    for layer in (first, second):
        layer.b += patient.bias * rng.choice([-1, 1], 32)
    y = rng.permutation(y[:EXAMPLES]) if patient.shuffled else y[:EXAMPLES]
    return net, X[:EXAMPLES] * patient.scale, y


def parts(net: Network) -> list[slice]:
    """Return where each layer's parameters are in θ."""
    sizes = [layer.W.size + layer.b.size for layer in net.layers if isinstance(layer, Linear)]
    ends = np.cumsum(sizes)
    return [slice(end - size, end) for size, end in zip(sizes, ends, strict=True)]


def relative_errors(net: Network, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Compare backward with central differences along eight random directions in each layer."""
    cost, theta, rng, eps = SoftmaxCrossEntropy(), net.theta.copy(), np.random.default_rng(5), 1e-6
    objective(net, cost, X, y)
    gradient, pairs = net.grad.copy(), []
    for part in parts(net):
        V = np.zeros((8, theta.size))
        V[:, part] = rng.normal(size=(8, part.stop - part.start))
        slopes = []
        for v in V:
            net.theta = theta + eps * v
            above = cost.value(net.forward(X), y)
            net.theta = theta - eps * v
            slopes.append((above - cost.value(net.forward(X), y)) / (2 * eps))
        pairs.append((V @ gradient, np.array(slopes)))
    net.theta = theta
    sizes = np.array([np.linalg.norm(a) + np.linalg.norm(n) for a, n in pairs])
    off = np.array([np.linalg.norm(a - n) for a, n in pairs])
    return gradcheck.relative_errors(off, sizes)


@lru_cache(maxsize=16)
def examine(patient: Patient) -> Findings:
    """Look at a patient before its training, then train it; the same patient gives the same findings."""
    net, X, y = admitted(patient)
    before = float(objective(net, SoftmaxCrossEntropy(), X[:PROBED], y[:PROBED]))
    norms = np.array([np.linalg.norm(net.grad[part]) for part in parts(net)])
    errors = relative_errors(net, X[:PROBED], y[:PROBED])
    run = train(
        net, X, y, SoftmaxCrossEntropy(), SGD(patient.rate),
        epochs=EPOCHS, rng=np.random.default_rng(1), batch_size=BATCH, keep_best=False,
    )  # fmt: skip
    losses = np.array([epoch.train_loss for epoch in run])
    *_, X_test, y_test = load_digits().rows(np.float64)
    correct = float(np.mean(net.predict(X_test * patient.scale).argmax(axis=1) == y_test))
    return Findings(before, losses, norms, errors, correct)


def cured(name: str) -> float:
    """Remove the fault, train again, and return the share of the test digits that is read correctly."""
    healthy = replace(PATIENTS[name], bias=0.0, scale=1.0, rate=RATE, slip=False, shuffled=False)
    return examine(healthy).correct
