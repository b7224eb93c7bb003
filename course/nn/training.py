"""The training loop as a generator: it yields after each epoch, and the caller's own code decides what to do then.

The textbook loop::

    for epoch in train(net, X, y, loss, optimizer, epochs=20, rng=rng, valid=(X_valid, y_valid)):
        print(epoch)
        optimizer.lr = linear_decay(0.001, epoch.number, 20)
        if stopping.update(epoch.valid_loss):
            break

The functions below `train` work with such a loop: they stop it early, collect its epochs, show its progress, or try a
small data set.
"""

import math
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np

from course.nn.gpu import Array, array_module
from course.nn.losses import Loss
from course.nn.network import Network
from course.nn.optimizers import Optimizer
from course.nn.regularizers import MaxNorm, Regularizer, objective


class DivergedError(ValueError):
    """The training loss is no longer a finite number."""


@dataclass(frozen=True)
class Epoch:
    """What happened in one epoch.

    Attributes
    ----------
    number : int
        1 for the first.
    train_loss : float
        Mean over the epoch's minibatches, each before its update, penalty included.
    valid_loss : float or None
        Loss on the validation set after the epoch, without penalty; None without a validation set.
    metrics : dict of str to float
        The metrics asked for, on the validation set if there is one, else on the training set.
    seconds : float
        Time of the updates, without validation and without the loop's body.
    gradient_norm : float
        ‖∂J/∂θ‖ at the epoch's last minibatch, before clipping.
    lr : float
        Learning rate that was used.
    """

    number: int
    train_loss: float
    valid_loss: float | None
    metrics: dict[str, float]
    seconds: float
    gradient_norm: float
    lr: float

    def __str__(self) -> str:
        """Write number, losses and metrics. The time is left out because it differs from run to run."""
        parts = [f"epoch {self.number:3d}", f"train loss {self.train_loss:.4f}"]
        if self.valid_loss is not None:
            parts.append(f"valid loss {self.valid_loss:.4f}")
        return "  ".join([*parts, *(f"{name} {value:.4f}" for name, value in self.metrics.items())])


def minibatches(X: Array, y: Array, size: int, rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    """Yield the examples in random order, `size` at a time; the last batch may be smaller.

    Only one batch is copied at a time, never the whole data set.

    Parameters
    ----------
    X : array, shape (N, …)
        Inputs.
    y : array, shape (N, …)
        Targets, on the same device.
    size : int
        Examples in a batch.
    rng : np.random.Generator
        Source of randomness; it draws on the CPU, for data on either device.

    Yields
    ------
    X_batch, y_batch : array
        Shapes (size, …). Inputs and targets stay paired, and each example comes once.

    Raises
    ------
    ValueError
        X and y have different lengths, there are no examples, or `size` is below 1.
    TypeError
        X and y are on different devices.
    """
    xp = array_module(X=X, y=y)
    if len(X) != len(y) or len(X) == 0:
        raise ValueError(f"expected as many targets as examples, at least one, got {len(X)} and {len(y)}.")
    if size < 1:
        raise ValueError(f"size: expected at least 1 example in a batch, got {size}. Try 128.")
    order = xp.asarray(rng.permutation(len(X)))
    for start in range(0, len(X), size):
        batch = order[start : start + size]
        yield X.take(batch, axis=0), y.take(batch, axis=0)


def clip_gradient_norm(grad: Array, max_norm: float) -> Any:
    """Shorten the gradient to `max_norm` if it is longer; its direction stays the same.

    Parameters
    ----------
    grad : array, shape (P,)
        Gradient; changed in place.
    max_norm : float
        Longest norm allowed.

    Returns
    -------
    scalar
        The norm before clipping.

    Raises
    ------
    ValueError
        `max_norm` is not positive.

    Notes
    -----
    Pascanu, Mikolov and Bengio (2013), On the difficulty of training recurrent neural networks, alg. 1.
    """
    if max_norm <= 0:
        raise ValueError(f"max_norm: expected a positive norm, got {max_norm}. Try 1.0, or None for no clipping.")
    xp = array_module(grad)
    norm = xp.sqrt(grad @ grad)
    grad *= max_norm / xp.maximum(norm, max_norm)  # (9.24) g ← g · c/‖g‖ where ‖g‖ > c
    return norm


def accuracy(output: Array, labels: Array) -> float:
    """Compute the share of examples whose largest output is the right class.

    Parameters
    ----------
    output : array, shape (N, K)
        Logits or probabilities, one column per class.
    labels : array of int, shape (N,)
        Class numbers.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError
        The shapes do not fit.
    """
    if output.ndim != 2 or output.shape[1] < 2 or labels.shape != output.shape[:1]:
        raise ValueError(
            f"expected output (N, K) with K ≥ 2 and labels (N,), got {output.shape} and {labels.shape}: "
            "compare a single output column with its threshold instead."
        )
    return float((output.argmax(axis=1) == labels).mean())


def train(
    net: Network,
    X: Array,
    y: Array,
    loss: Loss,
    optimizer: Optimizer,
    *,
    epochs: int,
    rng: np.random.Generator,
    batch_size: int = 128,
    valid: tuple[Array, Array] | None = None,
    regularizer: Regularizer | None = None,
    constraint: MaxNorm | None = None,
    clip: float | None = None,
    metrics: dict[str, Callable[[Array, Array], float]] | None = None,
    keep_best: bool = True,
) -> Generator[Epoch, None, None]:
    """Train a network, and yield a record after each epoch.

    Parameters
    ----------
    net : Network
        Changed in place.
    X, y : array, shapes (N, …)
        Training set, on the network's device.
    loss : Loss
        One of course.nn.losses.
    optimizer : Optimizer
        One of course.nn.optimizers; its `lr` may be changed between epochs.
    epochs : int
        Largest number of passes through the training set.
    rng : Generator
        Shuffles the examples.
    batch_size : int
        Examples in a minibatch.
    valid : (array, array), optional
        Validation set: its loss is in every Epoch and decides which parameters are best.
    regularizer : Regularizer, optional
        Penalty to add to the loss.
    constraint : MaxNorm, optional
        Applied after each update.
    clip : float, optional
        Longest gradient norm allowed, see `clip_gradient_norm`.
    metrics : dict, optional
        Name → function of (output, target), for instance ``{"accuracy": accuracy}``.
    keep_best : bool
        With a validation set: when the loop ends, leave the network with the parameters and running
        statistics of the epoch whose validation loss was lowest.

    Yields
    ------
    Epoch

    Raises
    ------
    DivergedError
        The training loss became infinite or NaN. The message says in which epoch, at which learning rate, and why.
    ValueError
        `epochs` is below 1, or see `minibatches`.

    Notes
    -----
    The best parameters are restored however the loop ends: after the last epoch, by ``break``, by an error, or by an
    interrupt from the keyboard (KeyboardInterrupt still reaches the caller). If you keep the generator in a
    variable and do not run it to its end, call its ``close()``.
    """
    if epochs < 1:
        raise ValueError(f"epochs: expected at least 1, got {epochs}.")
    best_loss, best = math.inf, None
    try:
        for number in range(1, epochs + 1):
            lr, start = optimizer.lr, time.perf_counter()
            batches = minibatches(X, y, batch_size, rng)
            train_loss, norm = _one_epoch(net, batches, loss, optimizer, regularizer, constraint, clip)
            seconds = time.perf_counter() - start
            if not math.isfinite(train_loss):
                raise DivergedError(_why_diverged(number, train_loss, lr, X))
            X_seen, y_seen = (X, y) if valid is None else valid
            output = net.predict(X_seen) if valid is not None or metrics else None
            valid_loss = None if valid is None else float(loss.value(output, y_seen))
            values = {name: metric(output, y_seen) for name, metric in (metrics or {}).items()}
            if keep_best and valid_loss is not None and valid_loss < best_loss:
                best_loss, best = valid_loss, net.checkpoint()
            yield Epoch(number, train_loss, valid_loss, values, seconds, norm, lr)
    finally:
        if best is not None:
            net.restore(best)


def _one_epoch(
    net: Network,
    batches: Iterator[tuple[Array, Array]],
    loss: Loss,
    optimizer: Optimizer,
    regularizer: Regularizer | None,
    constraint: MaxNorm | None,
    clip: float | None,
) -> tuple[float, float]:
    """Update the network once for each minibatch; return the mean loss and the last gradient's norm."""
    total: Any = 0.0
    count = 0
    with np.errstate(over="ignore", invalid="ignore"):  # divergence is reported in words, not as a warning
        for X_batch, y_batch in batches:
            # The loss stays an array on its device: converting it to a float would wait for the GPU in every step.
            total += len(X_batch) * objective(net, loss, X_batch, y_batch, regularizer)
            count += len(X_batch)
            norm = None if clip is None else clip_gradient_norm(net.grad, clip)
            optimizer.step(net.theta, net.grad)
            if constraint is not None:
                constraint.project(net)
        if norm is None:
            norm = array_module(net.grad).sqrt(net.grad @ net.grad)
    return float(total) / count, float(norm)


def _why_diverged(number: int, train_loss: float, lr: float, X: Array) -> str:
    """Name the epoch, the learning rate and the most likely cause."""
    largest = float(abs(X).max())
    if not math.isfinite(largest):
        cause = "the training inputs hold NaN or infinite values: find them with np.isfinite(X)"
    elif largest > 30:
        cause = f"the inputs are not normalised (they reach {largest:.3g}): standardise them, or lower the rate"
    else:
        cause = f"the learning rate is too large: try {lr / 10:g}, or clip the gradient with clip=1.0"
    return (
        f"expected a finite training loss, got {train_loss} in epoch {number} with learning rate {lr:g}. "
        f"Most likely {cause}."
    )


class EarlyStopping:
    """Say when the validation loss has not fallen for `patience` epochs (early stopping with look-ahead).

    Parameters
    ----------
    patience : int
        Epochs to wait for a new lowest loss.

    Attributes
    ----------
    best : float
        Lowest loss so far.
    best_epoch : int
        Its epoch, counted from 1; 0 before the first.

    Raises
    ------
    ValueError
        `patience` is below 1.

    Notes
    -----
    Prechelt (1998), "Early stopping — but when?"; Goodfellow, Bengio and Courville (2016), algorithm 7.1.
    """

    def __init__(self, patience: int) -> None:
        if patience < 1:
            raise ValueError(f"patience: expected at least 1 epoch, got {patience}.")
        self.patience = patience
        self.best, self.best_epoch, self.epochs = math.inf, 0, 0

    def update(self, valid_loss: float) -> bool:
        """Record an epoch's validation loss; return True when it is time to stop."""
        self.epochs += 1
        if valid_loss < self.best:
            self.best, self.best_epoch = valid_loss, self.epochs
        return self.epochs - self.best_epoch >= self.patience


def fit(run: Generator[Epoch, None, None], patience: int | None = None) -> list[Epoch]:
    """Run a training loop to its end, or until early stopping, and collect its epochs.

    Parameters
    ----------
    run : generator of Epoch
        What `train` returns.
    patience : int, optional
        Epochs to wait, see `EarlyStopping`; needs a validation set.

    Returns
    -------
    list of Epoch
    """
    stopping = None if patience is None else EarlyStopping(patience)
    history = []
    with closing(run):  # restores the best parameters if we leave early
        for epoch in run:
            history.append(epoch)
            if stopping is not None and stopping.update(_valid_loss(epoch)):
                break
    return history


def _valid_loss(epoch: Epoch) -> float:
    """Return the validation loss, or say that there is none."""
    if epoch.valid_loss is None:
        raise ValueError("early stopping expected a validation loss, got none: give train valid=(X, y).")
    return epoch.valid_loss


def progress(run: Generator[Epoch, None, None], epochs: int) -> Generator[Epoch, None, None]:
    """Show a progress bar while a training loop runs: ``for epoch in progress(train(...), epochs)``.

    Parameters
    ----------
    run : generator of Epoch
        What `train` returns.
    epochs : int
        The number of epochs that `train` was given.
    """
    from tqdm.auto import tqdm

    with closing(run), tqdm(total=epochs, unit="epoch") as bar:
        for epoch in run:
            bar.set_postfix_str(str(epoch).partition("  ")[2])
            bar.update()
            yield epoch


def overfit_small(
    net: Network, X: Array, y: Array, loss: Loss, optimizer: Optimizer, n: int = 50, steps: int = 500
) -> list[float]:
    """Train a copy of the network on a few examples in one batch. A network that cannot learn them has a fault.

    Parameters
    ----------
    net : Network
        The network; it is not changed.
    X, y : array, shapes (N, …)
        The first `n` examples are used.
    loss, optimizer
        As in `train`; the optimizer must be a fresh one.
    n : int
        Number of examples.
    steps : int
        Number of updates.

    Returns
    -------
    list of float
        The loss before each update. It should end near zero.
    """
    learner = net.copy()
    run = train(learner, X[:n], y[:n], loss, optimizer, epochs=steps, rng=np.random.default_rng(0), batch_size=n)
    return [epoch.train_loss for epoch in run]
