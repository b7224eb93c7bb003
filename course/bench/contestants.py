"""One epoch of the same training by different libraries: each function returns a callable that runs it."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise

import numpy as np

from course.nn.activation_layers import ReLU
from course.nn.dropout import Dropout
from course.nn.gpu import Array, array_module
from course.nn.layers import Layer, Linear
from course.nn.losses import SoftmaxCrossEntropy
from course.nn.network import Network
from course.nn.optimizers import Adam
from course.nn.training import train

BATCH_SIZE = 128
LEARNING_RATE = 0.001


@dataclass(frozen=True)
class Architecture:
    """Layer sizes, input and output included, and the probabilities of dropping an input and a hidden unit."""

    sizes: tuple[int, ...]
    p_input: float = 0.0
    p_hidden: float = 0.0

    def __str__(self) -> str:
        name = "–".join(map(str, self.sizes))
        drops = [f"{p:g}" for p in (self.p_input, self.p_hidden) if p > 0]
        return f"{name} dropout {'/'.join(drops)}" if drops else name

    def network(self, rng: np.random.Generator) -> Network:
        """Build the network in float32, with ReLU between linear layers."""
        layers: list[Layer] = [Dropout(self.p_input)] if self.p_input > 0 else []
        for n_in, n_out in pairwise(self.sizes[:-1]):
            layers += [Linear(n_in, n_out), ReLU()]
            if self.p_hidden > 0:
                layers.append(Dropout(self.p_hidden))
        return Network([*layers, Linear(self.sizes[-2], self.sizes[-1])], rng=rng)


def has_torch() -> bool:
    """Return whether PyTorch is installed."""
    return find_spec("torch") is not None


def ours(architecture: Architecture, X: Array, y: Array) -> Callable[[], object]:
    """Train with this library's own loop."""
    rng = np.random.default_rng(0)
    net, loss, optimizer = architecture.network(rng), SoftmaxCrossEntropy(), Adam(LEARNING_RATE)
    if array_module(X) is not np:
        net.to_gpu()
    return lambda: list(train(net, X, y, loss, optimizer, epochs=1, rng=rng, batch_size=BATCH_SIZE))


def torch_eager(architecture: Architecture, X: np.ndarray, y: np.ndarray, device: str = "cpu") -> Callable[[], object]:
    """Train with PyTorch's usual means: eager mode, fused Adam, the data as tensors on the device."""
    torch = import_module("torch")
    model, optimizer = torch_model(architecture, device)
    X_all, y_all = torch.from_numpy(X).to(device), torch.from_numpy(y).to(device)
    loss = torch.nn.CrossEntropyLoss()

    def epoch() -> None:
        for batch in torch.randperm(len(X_all), device=device).split(BATCH_SIZE):
            optimizer.zero_grad(set_to_none=True)
            loss(model(X_all[batch]), y_all[batch]).backward()
            optimizer.step()
        if device == "cuda":
            torch.cuda.synchronize()

    return epoch


def torch_model(architecture: Architecture, device: str, capturable: bool = False) -> tuple:
    """Build the model and its optimizer in PyTorch; capturable means that a CUDA graph can hold a step."""
    nn = import_module("torch.nn")
    layers = [nn.Dropout(architecture.p_input)] if architecture.p_input > 0 else []
    for n_in, n_out in pairwise(architecture.sizes[:-1]):
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
        if architecture.p_hidden > 0:
            layers.append(nn.Dropout(architecture.p_hidden))
    model = nn.Sequential(*layers, nn.Linear(*architecture.sizes[-2:])).to(device)
    optim = import_module("torch.optim")
    return model, optim.Adam(model.parameters(), lr=LEARNING_RATE, fused=True, capturable=capturable)


def scikit_learn(architecture: Architecture, X: np.ndarray, y: np.ndarray) -> Callable[[], object] | None:
    """Train with scikit-learn's MLPClassifier; None for networks with dropout, which it does not have."""
    if architecture.p_input or architecture.p_hidden:
        return None
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        architecture.sizes[1:-1], alpha=0, batch_size=BATCH_SIZE, learning_rate_init=LEARNING_RATE, max_iter=1
    )

    def epoch() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # we train for one epoch only
            model.fit(X, y)

    return epoch


def matrix_products(architecture: Architecture, X: np.ndarray) -> Callable[[], object]:
    """Compute only the epoch's matrix products: no implementation on the same BLAS can be faster.

    The products are x W forward, xᵀ dz backward, and dz Wᵀ in all layers except the first.
    """
    sizes = architecture.sizes
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal(shape, dtype=np.float32) for shape in pairwise(sizes)]
    gradients = [np.empty_like(W) for W in weights]
    activations = [np.empty((BATCH_SIZE, n), np.float32) for n in sizes]

    def step(x: np.ndarray) -> None:
        a = [x, *(activation[: len(x)] for activation in activations[1:])]
        for i, W in enumerate(weights):
            np.matmul(a[i], W, out=a[i + 1])
        for i in reversed(range(len(weights))):
            np.matmul(a[i].T, a[i + 1], out=gradients[i])
            if i > 0:
                np.matmul(a[i + 1], weights[i].T, out=a[i])

    def epoch() -> None:
        for start in range(0, len(X), BATCH_SIZE):
            step(X[start : start + BATCH_SIZE])

    return epoch
