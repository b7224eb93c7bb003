"""Losses: value(output, target) and its derivative grad(output, target), side by side.

Both include the mean over examples, so that a learning rate means the same for every batch size. SumSquaredError is
the exception: it sums. Values are scalars (0-d arrays on the GPU); gradients have the shape of the output.
"""

from typing import Any

import numpy as np

from course.nn.activations import log_softmax, sigmoid, softmax, softplus
from course.nn.gpu import Array, array_module


def _matching(output: Array, target: Array) -> Array:
    """Return target in the output's shape and dtype; a target (N,) fits an output (N, 1)."""
    xp = array_module(output=output, target=target)
    target = xp.asarray(target, dtype=output.dtype)
    if output.size == 0:
        raise ValueError(f"expected at least one example, got output of shape {output.shape}: check the batch")
    if output.shape == (*target.shape, 1):
        return target[..., None]
    if output.shape != target.shape:
        raise ValueError(
            f"expected target of the output's shape {output.shape}, got {target.shape}: reshape one of them "
            "(subtracting them as they are would broadcast)"
        )
    return target


class Loss:
    """The base of all losses: ``value`` and its derivative ``grad``."""

    def value(self, output: Array, target: Array) -> Any:
        """Return L, a scalar."""
        raise NotImplementedError

    def grad(self, output: Array, target: Array) -> Array:
        """Return ∂L/∂output, of the output's shape."""
        raise NotImplementedError


class SumSquaredError(Loss):
    """Σ (o − t)² over examples and outputs: the error of labs 01 and 03. output, target (N, K)."""

    def value(self, output: Array, target: Array) -> Any:
        """Sum the squared errors."""
        return ((output - _matching(output, target)) ** 2).sum()  # (3.1) L = Σ (o − t)²

    def grad(self, output: Array, target: Array) -> Array:
        """Differentiate; (N, K)."""
        return 2 * (output - _matching(output, target))  # (3.2) ∂L/∂o = 2(o − t)


class MSE(Loss):
    """The mean of (o − t)² over examples and outputs. output, target (N, K)."""

    def value(self, output: Array, target: Array) -> Any:
        """Average the squared errors."""
        return ((output - _matching(output, target)) ** 2).mean()  # (4.8) L = mean (o − t)²

    def grad(self, output: Array, target: Array) -> Array:
        """Differentiate; (N, K)."""
        return 2 * (output - _matching(output, target)) / output.size  # (4.9) ∂L/∂o = 2(o − t) / NK


class BinaryCrossEntropy(Loss):
    """Cross-entropy of probabilities, such as a sigmoid's; mean over examples and outputs.

    output, target (N, K). Probabilities are kept one rounding error away from 0 and 1, where the logarithm
    would be infinite. SigmoidCrossEntropy works on logits and does not need this.
    """

    def value(self, output: Array, target: Array) -> Any:
        """Average the cross-entropies."""
        xp, p, y = self._prepare(output, target)
        log_likelihood = y * xp.log(p) + (1 - y) * xp.log(1 - p)
        return -log_likelihood.mean()  # (4.1) L = −mean (y log p + (1 − y) log(1 − p))

    def grad(self, output: Array, target: Array) -> Array:
        """Differentiate; (N, K)."""
        _, p, y = self._prepare(output, target)
        return (p - y) / (p * (1 - p)) / p.size  # (4.2) ∂L/∂p = (p − y) / (p(1 − p)) / NK

    def _prepare(self, output: Array, target: Array) -> tuple[Any, Array, Array]:
        xp = array_module(output)
        if (output < 0).any() or (output > 1).any():  # NaN passes both comparisons: `train` reports it
            raise ValueError(
                f"expected probabilities between 0 and 1, got {output.min()} to {output.max()}: end "
                "the network with Sigmoid(), or give its logits to SigmoidCrossEntropy"
            )
        tiny = float(np.finfo(output.dtype).eps)
        return xp, xp.clip(output, tiny, 1 - tiny), _matching(output, target)


class SigmoidCrossEntropy(Loss):
    """Binary cross-entropy of logits z, with the sigmoid built in; mean over examples and outputs.

    output, target (N, K): one column for two classes, K columns for K labels that do not exclude each other. The
    network must not end with Sigmoid().
    """

    def value(self, output: Array, target: Array) -> Any:
        """Average the cross-entropies."""
        y = _matching(output, target)
        return (softplus(output) - y * output).mean()  # (4.10) L = mean (softplus(z) − yz)

    def grad(self, output: Array, target: Array) -> Array:
        """Differentiate; (N, K)."""
        y = _matching(output, target)
        return (sigmoid(output) - y) / output.size  # (4.11) ∂L/∂z = (σ(z) − y) / NK


class SoftmaxCrossEntropy(Loss):
    """Cross-entropy of exclusive classes from logits, with the softmax built in; mean over examples.

    output (N, K); target (N,) of whole numbers 0 … K − 1, or (N, K) of rows of probabilities (one-hot). The
    network must not end with a softmax.
    """

    def value(self, output: Array, target: Array) -> Any:
        """Average the cross-entropies."""
        T = self._distribution(output, target)
        return -(T * log_softmax(output)).sum() / len(output)  # (4.4) L = −(1/N) Σₙ Σₖ tₙₖ log softmax(zₙ)ₖ

    def grad(self, output: Array, target: Array) -> Array:
        """Differentiate; (N, K)."""
        T = self._distribution(output, target)
        return (softmax(output) - T) / len(output)  # (4.6) ∂L/∂z = (softmax(z) − t) / N

    def _distribution(self, output: Array, target: Array) -> Array:
        """Return the target as rows of probabilities (N, K)."""
        xp = array_module(output=output, target=target)
        target = xp.asarray(target)
        if output.ndim != 2 or len(output) == 0 or target.shape not in (output.shape, output.shape[:1]):
            raise ValueError(
                f"expected logits (N, K) and labels (N,) or (N, K), got {output.shape} and {target.shape}: "
                "check the last layer's size and the batch"
            )
        if target.ndim == 2:
            return target.astype(output.dtype)
        K = output.shape[1]
        if target.dtype.kind not in "iu":
            raise TypeError(f"expected whole numbers as labels, got {target.dtype}: convert with .astype(int)")
        if target.min() < 0 or target.max() >= K:
            raise ValueError(
                f"expected labels from 0 to {K - 1}, got {target.min()} to {target.max()}: "
                "give the last layer one output per class, and number the classes from 0"
            )
        return (target[:, None] == xp.arange(K)).astype(output.dtype)
