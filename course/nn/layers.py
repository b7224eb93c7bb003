"""Layers: each has a forward line and, beside it, the backward lines that differentiate it.

forward takes a batch x whose rows are examples. backward takes ∂L/∂(output), writes the parameters' gradients and
returns ∂L/∂(input). Layers own no memory: a Network gives them views into its θ and its gradient. A layer holds
these views under the names in `weights` and `offsets`; the gradient's name begins with d (W and dW). Write into
them with W[...] = values: W = values would replace the view by an array that the network never sees.
"""

import math
from typing import Any

import numpy as np

from course.nn.gpu import Array, array_module
from course.nn.initializers import Initializer, he_normal

Shape = tuple[int, ...]


class Layer:
    """The base of all layers: named parameters, a memory of the last training forward, a printed form.

    Parameters
    ----------
    *arguments
        The constructor's arguments, for the printed form.
    weights : dict of name → shape
        Parameters that regularizers may change, each (…, n_in, n_out), because max-norm works on columns.
    offsets : dict of name → shape
        Parameters that regularizers leave alone: biases, γ, β.
    statistics : dict of name → shape
        What belongs to the layer but is not learned by gradient descent, such as running means.
    """

    input_shape: Shape | None = None  # of one example, where the layer accepts just one shape
    rng: np.random.Generator  # the network's

    def __init__(
        self,
        *arguments: Any,
        weights: dict[str, Shape] | None = None,
        offsets: dict[str, Shape] | None = None,
        statistics: dict[str, Shape] | None = None,
    ) -> None:
        self.arguments = arguments
        self.weights = weights or {}
        self.offsets = offsets or {}
        self.statistics = statistics or {}
        self.cache: Any = None
        self.in_network = False
        self.needs_dx = True  # False in the network's first layer with parameters, where ∂L/∂x is not needed

    def initialize(self, rng: np.random.Generator) -> None:
        """Write the initial values into parameters and statistics, which are all zero before."""

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of one output for one input of this shape, or raise a ValueError."""
        return shape

    def forward(self, x: Array, train: bool = False) -> Array:
        """Compute the output; with train=True remember what backward needs."""
        raise NotImplementedError

    def backward(self, dz: Array) -> Array:
        """Take ∂L/∂(output), write the parameters' gradients, return ∂L/∂(input)."""
        raise NotImplementedError

    def recall(self) -> Any:
        """Return what the last training forward remembered."""
        if self.cache is None:
            raise ValueError(
                f"{self} was asked for gradients but remembers no forward pass: "
                "call forward(X, train=True) before backward"
            )
        return self.cache

    def expect(self, shape: Shape, expected: Shape) -> None:
        """Raise a ValueError if one input example has not the expected shape."""
        if shape != expected:
            raise ValueError(
                f"{self} expects input of shape {_batch_of(expected)}, got {_batch_of(shape)}: change the "
                "layer's sizes or what comes before it (a single example x is the batch x[None])"
            )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(str, self.arguments))})"

    def __getstate__(self) -> dict[str, Any]:
        """Leave out views and memories: the network binds new views after it is copied or unpickled."""
        names = {*self.weights, *self.offsets}
        bound = names | {"d" + name for name in names} | set(self.statistics)
        return {name: value for name, value in vars(self).items() if name not in bound} | {"cache": None}


def _batch_of(shape: Shape) -> str:
    return f"({', '.join(map(str, ('N', *shape)))})"


def check_whole(least: int, **sizes: int) -> None:
    """Raise a ValueError for the first size that is not a whole number of at least `least`."""
    for name, size in sizes.items():
        if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < least:
            raise ValueError(f"expected a whole number of at least {least} for {name}, got {size!r}: give an int")


class Linear(Layer):
    """A dense layer z = xW + b (MT16).

    Parameters
    ----------
    n_in, n_out : int
        x (N, n_in), W (n_in, n_out), b (n_out,), z (N, n_out).
    init : callable
        One of course.nn.initializers.
    bias : float
        Initial bias: usually zero, or small and positive before a ReLU.

    Raises
    ------
    ValueError
        If a size is not a positive whole number; in forward, if x is not (N, n_in).
    """

    W: Array
    b: Array
    dW: Array  # noqa: N815 - ∂L/∂W
    db: Array

    def __init__(self, n_in: int, n_out: int, init: Initializer = he_normal, bias: float = 0.0) -> None:
        check_whole(1, n_in=n_in, n_out=n_out)
        super().__init__(n_in, n_out, weights={"W": (n_in, n_out)}, offsets={"b": (n_out,)})
        self.input_shape = (n_in,)
        self.n_in, self.n_out, self.init, self.bias = n_in, n_out, init, bias

    def initialize(self, rng: np.random.Generator) -> None:
        """Draw W, set b."""
        self.W[...] = self.init(self.n_in, self.n_out, rng)
        self.b[...] = self.bias

    def output_shape(self, shape: Shape) -> Shape:
        """Turn (n_in,) into (n_out,)."""
        self.expect(shape, (self.n_in,))
        return (self.n_out,)

    def forward(self, x: Array, train: bool = False) -> Array:
        """Turn x (N, n_in) into z (N, n_out)."""
        self.output_shape(x.shape[1:])
        if train:
            self.cache = x
        return x @ self.W + self.b  # (6.1) z = xW + b

    def backward(self, dz: Array) -> Array:
        """Turn ∂L/∂z (N, n_out) into ∂L/∂x (N, n_in)."""
        x = self.recall()
        array_module(dz).matmul(x.T, dz, out=self.dW)  # (6.5) ∂L/∂W = xᵀ ∂L/∂z
        dz.sum(axis=0, out=self.db)  # (6.6) ∂L/∂b = Σₙ ∂L/∂zₙ
        return dz @ self.W.T if self.needs_dx else None  # (6.7) ∂L/∂x = ∂L/∂z Wᵀ


class Maxout(Layer):
    """The largest of k linear functions of x, unit by unit (Goodfellow et al. 2013, section 3).

    x (N, n_in), W (k, n_in, n_out), b (k, n_out), a (N, n_out). At a tie the first piece gets the gradient.
    """

    W: Array
    b: Array
    dW: Array  # noqa: N815 - ∂L/∂W
    db: Array

    def __init__(self, n_in: int, n_out: int, k: int = 2, init: Initializer = he_normal) -> None:
        check_whole(1, n_in=n_in, n_out=n_out, k=k)
        super().__init__(n_in, n_out, k, weights={"W": (k, n_in, n_out)}, offsets={"b": (k, n_out)})
        self.input_shape = (n_in,)
        self.n_in, self.n_out, self.k, self.init = n_in, n_out, k, init

    def initialize(self, rng: np.random.Generator) -> None:
        """Draw the k weight matrices one after the other."""
        for i in range(self.k):
            self.W[i] = self.init(self.n_in, self.n_out, rng)

    def output_shape(self, shape: Shape) -> Shape:
        """Turn (n_in,) into (n_out,)."""
        self.expect(shape, (self.n_in,))
        return (self.n_out,)

    def forward(self, x: Array, train: bool = False) -> Array:
        """Turn x (N, n_in) into a (N, n_out)."""
        self.output_shape(x.shape[1:])
        z = x @ self.W + self.b[:, None]  # (k, N, n_out)
        if train:
            self.cache = x, z.argmax(axis=0)
        return z.max(axis=0)  # (8.13) a = maxᵢ (xWᵢ + bᵢ)

    def backward(self, dz: Array) -> Array:
        """Pass each unit's gradient to the piece that was the largest."""
        x, winner = self.recall()
        xp = array_module(dz)
        da = dz * (winner == xp.arange(self.k)[:, None, None])  # (8.14) ∂L/∂zᵢ = ∂L/∂a where i is the largest, else 0
        xp.matmul(x.T, da, out=self.dW)
        da.sum(axis=1, out=self.db)
        return (da @ self.W.swapaxes(1, 2)).sum(axis=0) if self.needs_dx else None


class Flatten(Layer):
    """Reshape each example into one row: (N, …) to (N, the product of …)."""

    def output_shape(self, shape: Shape) -> Shape:
        """Return the product of the axes, as a shape."""
        return (math.prod(shape),)

    def forward(self, x: Array, train: bool = False) -> Array:
        """Reshape, without a copy where the memory layout allows it."""
        if train:
            self.cache = x.shape
        return x.reshape(len(x), -1)

    def backward(self, dz: Array) -> Array:
        """Reshape back."""
        return dz.reshape(self.recall())
