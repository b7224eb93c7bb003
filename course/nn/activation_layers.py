"""Activation layers: f(z) forward, times f′(z) backward. They take arrays of any shape and keep it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from course.nn import activations
from course.nn.gpu import Array, array_module
from course.nn.layers import Layer


class Activation(Layer):
    """An element-wise function f with its derivative f_grad, both evaluated at the input z.

    The input may have any shape; the output has the same.
    """

    def __init__(self, f: Callable[[Array], Array], f_grad: Callable[[Array], Array], *arguments: Any) -> None:
        super().__init__(*arguments)
        self.f, self.f_grad = f, f_grad

    def forward(self, x: Array, train: bool = False) -> Array:
        """Apply f."""
        if train:
            self.cache = x
        return self.f(x)  # (6.2) a = f(z)

    def backward(self, dz: Array) -> Array:
        """Multiply by the derivative."""
        return dz * self.f_grad(self.recall())  # (6.4) ∂L/∂z = ∂L/∂a ⊙ f′(z)


class Sigmoid(Activation):
    """The logistic function."""

    def __init__(self) -> None:
        super().__init__(activations.sigmoid, activations.sigmoid_grad)


class Tanh(Activation):
    """The hyperbolic tangent."""

    def __init__(self) -> None:
        super().__init__(activations.tanh, activations.tanh_grad)


class ReLU(Activation):
    """max(z, 0); the derivative at 0 is 0."""

    def __init__(self) -> None:
        super().__init__(activations.relu, activations.relu_grad)


class Abs(Activation):
    """``|z|``; the derivative at 0 is 0."""

    def __init__(self) -> None:
        super().__init__(activations.absolute, activations.absolute_grad)


class Softplus(Activation):
    """log(1 + exp(z))."""

    def __init__(self) -> None:
        super().__init__(activations.softplus, activations.softplus_grad)


class LeakyReLU(Activation):
    """z where z > 0, else slope · z."""

    def __init__(self, slope: float = 0.01) -> None:
        f, f_grad = activations.leaky_relu, activations.leaky_relu_grad
        super().__init__(partial(f, slope=slope), partial(f_grad, slope=slope), slope)


class ELU(Activation):
    """z where z > 0, else α(exp(z) − 1)."""

    def __init__(self, alpha: float = 1.0) -> None:
        f, f_grad = activations.elu, activations.elu_grad
        super().__init__(partial(f, alpha=alpha), partial(f_grad, alpha=alpha), alpha)


class PReLU(Layer):
    """A leaky ReLU that learns its slope, one for the whole layer (He et al. 2015, equations 1, 8 and 9).

    The slope is not a weight: pulling it to zero would turn the layer into a plain ReLU.
    """

    slope: Array
    dslope: Array

    def __init__(self, initial_slope: float = 0.25) -> None:
        super().__init__(offsets={"slope": (1,)})
        self.initial_slope = initial_slope

    def initialize(self, rng: np.random.Generator) -> None:
        """Set the slope."""
        self.slope[...] = self.initial_slope

    def forward(self, x: Array, train: bool = False) -> Array:
        """Apply the leaky ReLU."""
        if train:
            self.cache = x
        return activations.leaky_relu(x, self.slope)

    def backward(self, dz: Array) -> Array:
        """Let the negative inputs contribute to the slope's gradient."""
        x = self.recall()
        self.dslope[...] = (dz * array_module(x).minimum(x, 0)).sum()  # (8.19) ∂L/∂slope = Σ ∂L/∂a · min(z, 0)
        return dz * activations.leaky_relu_grad(x, self.slope)
