"""Dropout (Srivastava et al. 2014), and what it says about uncertainty (Gal & Ghahramani 2016)."""

from collections.abc import Callable

import numpy as np

from course.nn.gpu import Array, array_module
from course.nn.layers import Layer
from course.nn.network import Network


class Dropout(Layer):
    """In training, set inputs to zero with probability p_drop and scale up the others; in prediction, do nothing.

    Masks are drawn by the network's generator on the CPU, so that both devices drop the same units.

    Parameters
    ----------
    p_drop : float
        Probability of dropping, from 0 up to but not including 1; rounded by at most 1/131072.
    """

    def __init__(self, p_drop: float) -> None:
        if not 0 <= p_drop < 1:
            raise ValueError(
                f"expected p_drop from 0 up to but not including 1, got {p_drop}: it is the probability of dropping"
            )
        super().__init__(p_drop)
        self.p_drop = float(p_drop)
        self.always = False  # mc_dropout sets it, to drop without training

    def forward(self, x: Array, train: bool = False) -> Array:
        """Drop and scale; any shape."""
        if not train and not self.always:
            return x
        mask = self._mask(x)
        if train:
            self.cache = mask
        return x * mask  # (12.1) a = x ⊙ mask / (1 − p)

    def backward(self, dz: Array) -> Array:
        """Let the gradient through where the input went through."""
        return dz * self.recall()  # (12.2) ∂L/∂x = ∂L/∂a ⊙ mask / (1 − p)

    def _mask(self, x: Array) -> Array:
        """Draw 1/(1 − p) where kept, 0 where dropped.

        For 128 × 1024 inputs, comparing random bytes with a threshold takes 0.05 ms, pairs of bytes 0.10 ms and
        random floats 0.17 ms. One byte is enough where p is a multiple of 1/256.
        """
        xp = array_module(x)
        kind, levels = (np.uint8, 256) if (256 * self.p_drop).is_integer() else (np.uint16, 65536)
        draws = np.frombuffer(self.rng.bytes(x.size * kind().itemsize), kind).reshape(x.shape)
        keep = xp.asarray(draws >= round(self.p_drop * levels))
        return xp.multiply(keep, 1 / (1 - self.p_drop), dtype=x.dtype)


def mc_dropout(
    net: Network, X: Array, T: int = 100, output: Callable[[Array], Array] | None = None
) -> tuple[Array, Array]:
    """Predict T times with dropout on; all other layers, such as batch normalisation, stay in prediction mode.

    Parameters
    ----------
    net : Network
        It must have at least one Dropout layer.
    X : (N, …) array
    T : int
        Number of stochastic forward passes.
    output : callable, optional
        Applied to each pass's output before averaging, for example softmax to average probabilities instead of logits.

    Returns
    -------
    mean, std : (N, K) arrays
        Over the T passes; std with divisor T.

    Raises
    ------
    ValueError
        If the network has no Dropout layer, or T is not positive.
    """
    layers = [layer for layer in net.layers if isinstance(layer, Dropout)]
    if not layers or T < 1:
        raise ValueError(
            f"expected a network with Dropout and T of at least 1, got {len(layers)} such layers and "
            f"T = {T}: without dropout all passes are equal"
        )
    try:
        for layer in layers:
            layer.always = True
        passes = [net.forward(X) for _ in range(T)]
    finally:
        for layer in layers:
            layer.always = False
    stack = array_module(*passes).stack([output(a) if output else a for a in passes])
    return stack.mean(axis=0), stack.std(axis=0)  # (12.3) mean and spread over T passes
