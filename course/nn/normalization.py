"""Normalization layers: centre, scale to unit variance, then learn a scale γ and a shift β."""

from typing import Any

import numpy as np

from course.nn.gpu import Array, array_module
from course.nn.layers import Layer, Shape, check_whole


def _standardize(x: Array, axis: int, eps: float) -> tuple[Array, Array, Array, Array]:
    """Return x̂, mean, variance and 1/√(variance + ε) along an axis; the axis is kept."""
    mean = x.mean(axis=axis, keepdims=True)
    var = ((x - mean) ** 2).mean(axis=axis, keepdims=True)
    scale = 1 / array_module(x).sqrt(var + eps)
    return (x - mean) * scale, mean, var, scale  # (12.4) x̂ = (x − mean) / √(var + ε)


def _standardize_backward(dxhat: Array, xhat: Array, scale: Array, axis: int) -> Array:
    """Return ∂L/∂x. Every x also changes the mean and the variance along the axis."""
    mean = dxhat.mean(axis=axis, keepdims=True)
    slope = (dxhat * xhat).mean(axis=axis, keepdims=True)
    return (dxhat - mean - xhat * slope) * scale  # (12.5) ∂L/∂x = (∂x̂ − mean ∂x̂ − x̂ mean(∂x̂ ⊙ x̂)) / √(var + ε)


class _Normalization(Layer):
    """What both layers share: γ and β, of shape (n,) for a last axis of length n, and ε."""

    gamma: Array
    beta: Array
    dgamma: Array
    dbeta: Array

    def __init__(self, n: int, eps: float, **keywords: Any) -> None:
        check_whole(1, n=n)
        super().__init__(n, offsets={"gamma": (n,), "beta": (n,)}, **keywords)
        self.n, self.eps = n, eps

    def initialize(self, rng: np.random.Generator) -> None:
        """Set γ to 1; β stays 0."""
        self.gamma[...] = 1

    def output_shape(self, shape: Shape) -> Shape:
        """Keep the shape, whose last axis must be n."""
        self.expect(shape, (*shape[:-1], self.n))
        return shape

    def _scale_and_shift(self, xhat: Array) -> Array:
        return self.gamma * xhat + self.beta  # (12.6) z = γ ⊙ x̂ + β

    def _scale_and_shift_backward(self, dz: Array, xhat: Array) -> Array:
        rows = (-1, self.n)
        (dz * xhat).reshape(rows).sum(axis=0, out=self.dgamma)  # (12.7) ∂L/∂γ = Σₙ ∂L/∂zₙ ⊙ x̂ₙ
        dz.reshape(rows).sum(axis=0, out=self.dbeta)  # (12.8) ∂L/∂β = Σₙ ∂L/∂zₙ
        return dz * self.gamma


class BatchNorm(_Normalization):
    """Normalize each feature over the batch (Ioffe & Szegedy 2015, algorithms 1 and 2).

    x (N, n), or (N, height, width, n), where every pixel counts as an example. In prediction the running
    mean and variance replace those of the batch. Both variances, of the batch and running, have divisor N (biased).

    Parameters
    ----------
    n : int
        Number of features.
    momentum : float
        The share that running values keep of themselves in each training forward (PyTorch's momentum is 1 minus this).
    eps : float
        Added to the variance.
    """

    running_mean: Array
    running_var: Array

    def __init__(self, n: int, momentum: float = 0.9, eps: float = 1e-5) -> None:
        super().__init__(n, eps, statistics={"running_mean": (n,), "running_var": (n,)})
        self.momentum = momentum

    def initialize(self, rng: np.random.Generator) -> None:
        """Set γ and the running variance to 1."""
        super().initialize(rng)
        self.running_var[...] = 1

    def forward(self, x: Array, train: bool = False) -> Array:
        """Normalize; in training also update the running values."""
        self.output_shape(x.shape[1:])
        if not train:
            xp = array_module(x)
            return self._scale_and_shift((x - self.running_mean) / xp.sqrt(self.running_var + self.eps))
        xhat, mean, var, scale = _standardize(x.reshape(-1, self.n), 0, self.eps)
        self.cache = xhat, scale
        for running, batch in ((self.running_mean, mean), (self.running_var, var)):
            running[...] = self.momentum * running + (1 - self.momentum) * batch[0]  # (12.9) r ← αr + (1 − α) batch
        return self._scale_and_shift(xhat).reshape(x.shape)

    def backward(self, dz: Array) -> Array:
        """Undo scale and shift, then the normalization."""
        xhat, scale = self.recall()
        rows = dz.reshape(-1, self.n)
        dxhat = self._scale_and_shift_backward(rows, xhat)
        return _standardize_backward(dxhat, xhat, scale, axis=0).reshape(dz.shape)


class LayerNorm(_Normalization):
    """Normalize each example over its n features, in training and in prediction (Ba, Kiros & Hinton 2016).

    x (N, …, n); mean and variance over the last axis only.
    """

    def __init__(self, n: int, eps: float = 1e-5) -> None:
        super().__init__(n, eps)

    def forward(self, x: Array, train: bool = False) -> Array:
        """Normalize."""
        self.output_shape(x.shape[1:])
        xhat, _, _, scale = _standardize(x, -1, self.eps)
        if train:
            self.cache = xhat, scale
        return self._scale_and_shift(xhat)

    def backward(self, dz: Array) -> Array:
        """Undo scale and shift, then the normalization."""
        xhat, scale = self.recall()
        dxhat = self._scale_and_shift_backward(dz, xhat)
        return _standardize_backward(dxhat, xhat, scale, axis=-1)
