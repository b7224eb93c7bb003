"""The speed of training on this machine: compared with other libraries, and for growing tasks."""

import time
from collections.abc import Callable
from importlib import import_module
from statistics import median
from typing import Any

import numpy as np

from course.bench.contestants import (
    Architecture,
    has_torch,
    matrix_products,
    ours,
    scikit_learn,
    torch_eager,
)
from course.data import mnist_or_digits

ARCHITECTURES = (
    Architecture((784, 128, 10)),
    Architecture((784, 512, 512, 10), p_hidden=0.5),
    Architecture((784, 1024, 1024, 10), p_input=0.2, p_hidden=0.5),
)


def training_data(examples: int = 60000) -> tuple[np.ndarray, np.ndarray, str]:
    """Return MNIST's training set, or digits tiled to its shape, and the data's name.

    Returns
    -------
    X : ndarray of float32, shape (examples, 784)
    y : ndarray of int64, shape (examples,)
    name : str
    """
    data = mnist_or_digits()
    X, y, *_ = data.rows()
    name = data.name
    if X.shape[1] != 784:
        X, name = np.tile(X, (1, 13))[:, :784], f"{name}, tiled to MNIST's shape"
    rows = np.arange(examples) % len(X)
    return X[rows], y[rows], name


def interleaved(contestants: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Time each contestant once per round, so that a busy moment of the machine affects all of them equally.

    The first round is not counted, because it allocates memory and loads code.

    Returns
    -------
    dict
        Name → seconds, one for each round.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds + 1):
        for name, contestant in contestants.items():
            start = time.perf_counter()
            contestant()
            seconds[name].append(time.perf_counter() - start)
    return {name: values[1:] for name, values in seconds.items()}


def ratio(numerator: list[float] | None, denominator: list[float]) -> float | None:
    """Return the median, over the rounds, of the ratio within each round."""
    if numerator is None:
        return None
    return median(a / b for a, b in zip(numerator, denominator, strict=True))


def blas_threads() -> int:
    """Count the threads that NumPy's matrix products use, so that other libraries can use the same number."""
    pools = import_module("threadpoolctl").threadpool_info()
    return max((pool["num_threads"] for pool in pools if pool["user_api"] == "blas"), default=1)


def bench_train(rounds: int = 5, examples: int = 60000) -> list[dict[str, Any]]:
    """Time one epoch of MNIST for three networks: ours, PyTorch, scikit-learn, and the matrix products alone.

    Parameters
    ----------
    rounds : int
        Timed epochs for each network and contestant; medians are reported.
    examples : int
        Size of the training set.

    Returns
    -------
    list of dict
        One for each network: net, data, threads, seconds, floor_seconds, torch_seconds, sklearn_seconds,
        ratio_to_torch and ratio_to_sklearn (their seconds over ours: above 1 we are faster; None if the library is
        not installed or has no dropout), ratio_to_floor (our seconds over those of the matrix products).
    """
    X, y, name = training_data(examples)
    if has_torch():
        import_module("torch").set_num_threads(blas_threads())
    rows = []
    for architecture in ARCHITECTURES:
        contestants = {
            "ours": ours(architecture, X, y),
            "floor": matrix_products(architecture, X),
            "torch": torch_eager(architecture, X, y) if has_torch() else None,
            "sklearn": scikit_learn(architecture, X, y),
        }
        seconds = interleaved({k: call for k, call in contestants.items() if call is not None}, rounds)
        rows.append({"net": str(architecture), "data": name, "threads": blas_threads()} | summary(seconds))
    return rows


def summary(seconds: dict[str, list[float]]) -> dict[str, float | None]:
    """Turn the rounds' seconds into medians and ratios."""
    medians = {name: median(values) for name, values in seconds.items()}
    return {
        "seconds": medians["ours"],
        "floor_seconds": medians["floor"],
        "torch_seconds": medians.get("torch"),
        "sklearn_seconds": medians.get("sklearn"),
        "ratio_to_torch": ratio(seconds.get("torch"), seconds["ours"]),
        "ratio_to_sklearn": ratio(seconds.get("sklearn"), seconds["ours"]),
        "ratio_to_floor": ratio(seconds["ours"], seconds["floor"]),
    }


def bench_scale(
    examples: tuple[int, ...] = (1000, 4000, 15000, 60000),
    widths: tuple[int, ...] = (64, 128, 256, 512, 1024),
    rounds: int = 3,
) -> list[dict[str, Any]]:
    """Time an epoch as the data set grows (784–128–10), then as the hidden layers grow (784–w–w–10).

    Parameters
    ----------
    examples : tuple of int
        Sizes of the training set.
    widths : tuple of int
        Widths of the two hidden layers, with the second-largest training set.
    rounds : int
        Timed epochs for each; medians are reported.

    Returns
    -------
    list of dict
        vary ("examples" or "width"), examples, width, seconds, and exponent: the slope of log seconds over
        log size, fitted over the larger half of the series, where fixed costs no longer matter.
    """
    X, y, _ = training_data(max(examples))
    by_examples = [(n, Architecture((784, 128, 10)), n, 128) for n in examples]
    n = sorted(examples)[-2] if len(examples) > 1 else examples[0]
    by_width = [(w, Architecture((784, w, w, 10)), n, w) for w in widths]
    rows = []
    for vary, series in (("examples", by_examples), ("width", by_width)):
        contestants = {str(size): ours(net, X[:n], y[:n]) for size, net, n, _ in series}
        seconds = [median(values) for values in interleaved(contestants, rounds).values()]
        exponent = fitted_exponent([size for size, *_ in series], seconds)
        rows += [
            {"vary": vary, "examples": n, "width": width, "seconds": s, "exponent": exponent}
            for (_, _, n, width), s in zip(series, seconds, strict=True)
        ]
    return rows


def fitted_exponent(sizes: list[int], seconds: list[float]) -> float:
    """Fit seconds ∝ sizeᵏ over the larger half of the sizes, at least three, and return k."""
    half = max(len(sizes) - len(sizes) // 2, min(3, len(sizes)))
    slope, _ = np.polyfit(np.log(sizes[-half:]), np.log(seconds[-half:]), 1)
    return float(slope)
