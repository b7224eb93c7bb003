"""Learning-rate schedules: the learning rate after a number of epochs.

They are plain functions, called in the body of the training loop::

    for epoch in train(net, ...):
        optimizer.lr = cosine_decay(0.01, epoch.number, epochs=20)
"""

import math


def step_decay(lr: float, epoch: float, every: float, factor: float = 0.5) -> float:
    """Multiply the learning rate by `factor` once every `every` epochs.

    Parameters
    ----------
    lr : float
        Learning rate at the start.
    epoch : float
        Epochs finished so far.
    every : float
        Epochs between two steps.
    factor : float
        What a step multiplies the rate by.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        `every` is not positive, or `epoch` is negative.
    """
    _check(epoch, every=every)
    return lr * factor ** (epoch // every)  # (9.20) η(t) = η₀ · factor^⌊t / every⌋


def linear_decay(lr: float, epoch: float, epochs: float, lr_end: float = 0.0) -> float:
    """Go linearly from `lr` to `lr_end` over `epochs` epochs, and stay there.

    Parameters, returns and errors as in `step_decay`.
    """
    _check(epoch, epochs=epochs)
    t = min(epoch / epochs, 1)
    return lr + (lr_end - lr) * t  # (9.21) η(t) = η₀ + (η₁ − η₀) t


def cosine_decay(lr: float, epoch: float, epochs: float, lr_end: float = 0.0) -> float:
    """Go from `lr` to `lr_end` along half a cosine over `epochs` epochs, and stay there.

    The rate changes slowly at both ends and fast in the middle (Loshchilov and Hutter 2017, equation 5, no restarts).
    Parameters, returns and errors as in `step_decay`.
    """
    _check(epoch, epochs=epochs)
    t = min(epoch / epochs, 1)
    return lr_end + (lr - lr_end) * (1 + math.cos(math.pi * t)) / 2  # (9.22) η(t) = η₁ + ½(η₀ − η₁)(1 + cos πt)


def warm_up(lr: float, epoch: float, epochs: float) -> float:
    """Rise linearly from 0 to `lr` over the first `epochs` epochs, and stay there (Goyal et al. 2017, section 2.2).

    Count `epoch` from 1 if the first epoch should learn something: at 0 the rate is 0. `lr` may be the result of
    another schedule for this epoch. Parameters, returns and errors as in `step_decay`.
    """
    _check(epoch, epochs=epochs)
    return lr * min(epoch / epochs, 1)  # (9.25) η(t) = η₀ · min(t / T, 1)


class PlateauDecay:
    """Multiply the learning rate by `factor` when the validation loss stops falling.

    It has a memory, unlike the other schedules, so make it once before the loop::

        plateau = PlateauDecay(lr=0.1, patience=2)
        for epoch in train(net, ...):
            optimizer.lr = plateau.update(epoch.valid_loss)

    Parameters
    ----------
    lr : float
        Learning rate at the start.
    patience : int
        Epochs without a new lowest loss before the rate is reduced; then the count begins again.
    factor : float
        What a step multiplies the rate by.

    Raises
    ------
    ValueError
        `patience` is less than 1.
    """

    def __init__(self, lr: float, patience: int, factor: float = 0.5) -> None:
        if patience < 1:
            raise ValueError(f"patience: expected at least 1 epoch, got {patience}.")
        self.lr, self.patience, self.factor = lr, patience, factor
        self.best = math.inf
        self.waited = 0

    def update(self, loss: float) -> float:
        """Record an epoch's validation loss, and return the learning rate for the next epoch."""
        self.waited = 0 if loss < self.best else self.waited + 1
        self.best = min(self.best, loss)
        if self.waited == self.patience:
            self.lr *= self.factor  # (9.23) η ← factor · η
            self.waited = 0
        return self.lr


def _check(epoch: float, **length: float) -> None:
    """Refuse a negative time and a schedule whose length is not positive."""
    (name, value), *_ = length.items()
    if value <= 0:
        raise ValueError(f"{name}: expected a positive number of epochs, got {value}.")
    if epoch < 0:
        raise ValueError(f"epoch: expected the epochs finished so far, 0 or more, got {epoch}.")
