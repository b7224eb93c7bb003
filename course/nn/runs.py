"""What one does with a training run: stop it early, watch it, collect its epochs, try it on few examples."""

import math
from collections.abc import Generator
from contextlib import closing

import numpy as np

from course.nn.gpu import Array
from course.nn.losses import Loss
from course.nn.network import Network
from course.nn.optimizers import Optimizer
from course.nn.training import Epoch, train


class EarlyStopping:
    """Say when the validation loss has not fallen for `patience` epochs: the look-ahead.

    Parameters
    ----------
    patience : int
        Epochs to look ahead for a new lowest loss.

    Attributes
    ----------
    best : float
        Lowest loss so far.
    best_epoch : int
        The epoch that had it, counted from 1; 0 before the first.

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
        """Take note of an epoch's validation loss; True when it is time to stop."""
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
        Epochs to look ahead, see `EarlyStopping`; needs a validation set.

    Returns
    -------
    list of Epoch
    """
    stopping = None if patience is None else EarlyStopping(patience)
    history = []
    with closing(run):  # puts the best parameters back where we leave early
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
        The number of epochs it was given.
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
    """Train a copy of the network on a few examples, all at once: one that cannot learn them has a fault.

    Parameters
    ----------
    net : Network
        Stays as it is.
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
