"""Test error of the reference networks on MNIST, beside the published figures."""

import time
from dataclasses import dataclass
from statistics import mean
from typing import Any

import numpy as np

from course.bench.contestants import Architecture
from course.data import load_mnist
from course.nn.losses import SoftmaxCrossEntropy
from course.nn.optimizers import Adam
from course.nn.regularizers import MaxNorm
from course.nn.schedules import linear_decay
from course.nn.training import accuracy, train


@dataclass(frozen=True)
class Preset:
    """A reference network and its training: Adam with a learning rate that falls linearly to zero.

    Attributes
    ----------
    name : str
        Name of the network.
    architecture : Architecture
        Layer sizes and dropout.
    epochs : int
        Passes through all 60,000 training images. No images are held out, and nothing is chosen on the test set.
    lr : float
        Learning rate at the start.
    batch_size : int
        Images in a minibatch.
    max_norm : float or None
        Longest weight vector into a unit.
    published : float
        Test error in per cent that the source reports for such a network.
    source : str
        The source that reports it.
    """

    name: str
    architecture: Architecture
    epochs: int
    lr: float
    batch_size: int
    max_norm: float | None
    published: float
    source: str


PRESETS = (
    Preset("softmax regression", Architecture((784, 10)), 20, 0.002, 128, None, 7.5, "PyCon17"),
    Preset("ReLU-128", Architecture((784, 128, 10)), 20, 0.002, 128, None, 4.8, "PyCon17"),
    Preset(
        "dropout and max-norm, 2 × 1024",
        Architecture((784, 1024, 1024, 10), p_input=0.2, p_hidden=0.5),
        200, 0.001, 128, 3.0, 1.06, "Srivastava et al. 2014, table 2 (3 × 1024)",
    ),
)  # fmt: skip


def bench_mnist(presets: tuple[Preset, ...] = PRESETS[:2], seeds: tuple[int, ...] = (0, 1, 2)) -> list[dict[str, Any]]:
    """Train reference networks on MNIST and measure their test error after the last epoch.

    Parameters
    ----------
    presets : tuple of Preset
        The networks; by default all of `PRESETS` except the last, which is by far the slowest.
    seeds : tuple of int
        One training for each seed; the reported error is the mean.

    Returns
    -------
    list of dict
        model, epochs, seconds (for one training), test_error and test_errors (per cent), published, source.

    Raises
    ------
    FileNotFoundError
        MNIST cannot be found. The small digits cannot replace it here.
    """
    X, y, X_test, y_test = load_mnist().rows()
    rows = []
    for preset in presets:
        start = time.perf_counter()
        errors = [_test_error(preset, seed, X, y, X_test, y_test) for seed in seeds]
        rows.append(
            {
                "model": preset.name,
                "epochs": preset.epochs,
                "seconds": (time.perf_counter() - start) / len(seeds),
                "test_error": mean(errors),
                "test_errors": errors,
                "published": preset.published,
                "source": preset.source,
            }
        )
    return rows


def _test_error(
    preset: Preset, seed: int, X: np.ndarray, y: np.ndarray, X_test: np.ndarray, y_test: np.ndarray
) -> float:
    """Train once; return the test error in per cent."""
    rng = np.random.default_rng(seed)
    net, optimizer = preset.architecture.network(rng), Adam(preset.lr)
    constraint = None if preset.max_norm is None else MaxNorm(preset.max_norm)
    for epoch in train(
        net, X, y, SoftmaxCrossEntropy(), optimizer,
        epochs=preset.epochs, rng=rng, batch_size=preset.batch_size, constraint=constraint,
    ):  # fmt: skip
        optimizer.lr = linear_decay(preset.lr, epoch.number, preset.epochs)
    return 100 * (1 - accuracy(net.predict(X_test), y_test))
