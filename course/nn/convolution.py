"""Convolution and pooling, for the demonstration in lab 11 that structure regularizes.

Images are (N, height, width, channels), so that a convolution is lab 06's z = xW + b on patches.
"""

import numpy as np

from course.nn.gpu import Array, array_module
from course.nn.initializers import Initializer, he_normal
from course.nn.layers import Layer, Shape, check_whole


def _offsets(size: int, stride: int, rows: int, columns: int) -> list[tuple[int, slice, slice]]:
    """For each place k in a patch, give the slices of the pixels that are there in all rows × columns patches."""
    return [
        (i * size + j, slice(i, i + stride * rows, stride), slice(j, j + stride * columns, stride))
        for i in range(size)
        for j in range(size)
    ]


def _patches(x: Array, size: int, stride: int, rows: int, columns: int) -> Array:
    """Collect patches: (N, H, W, C) to (N, rows, columns, size², C)."""
    out = array_module(x).empty((len(x), rows, columns, size * size, x.shape[-1]), x.dtype)
    for k, vertical, horizontal in _offsets(size, stride, rows, columns):
        out[:, :, :, k] = x[:, vertical, horizontal]
    return out


def _patches_backward(dpatches: Array, shape: Shape, size: int, stride: int) -> Array:
    """Add each patch's gradient back to the pixels it was taken from."""
    dx = array_module(dpatches).zeros(shape, dpatches.dtype)
    for k, vertical, horizontal in _offsets(size, stride, *dpatches.shape[1:3]):
        dx[:, vertical, horizontal] += dpatches[:, :, :, k]
    return dx


class Conv2D(Layer):
    """The same small linear layer on every patch of an image (LeCun et al. 1998).

    Parameters
    ----------
    c_in, c_out : int
        Channels: x (N, H, W, c_in), z (N, H′, W′, c_out) with H′ = (H + 2 padding − size) // stride + 1.
    size, stride, padding : int
        Side and step of the square patches; padding adds zeros on all sides.
    init : callable
        One of course.nn.initializers. W is (size² c_in, c_out); a patch is flattened row by row, channels last.

    Raises
    ------
    ValueError
        If a size is not positive; in forward, if x is not (N, H, W, c_in) or is smaller than a patch.
    """

    W: Array
    b: Array
    dW: Array  # noqa: N815 - ∂L/∂W
    db: Array

    def __init__(
        self,
        c_in: int,
        c_out: int,
        size: int,
        stride: int = 1,
        padding: int = 0,
        init: Initializer = he_normal,
    ) -> None:
        check_whole(1, c_in=c_in, c_out=c_out, size=size, stride=stride)
        check_whole(0, padding=padding)
        weights: dict[str, Shape] = {"W": (size * size * c_in, c_out)}
        super().__init__(c_in, c_out, size, stride, padding, weights=weights, offsets={"b": (c_out,)})
        self.c_in, self.c_out, self.init = c_in, c_out, init
        self.size, self.stride, self.padding = size, stride, padding

    def initialize(self, rng: np.random.Generator) -> None:
        """Draw W; b stays 0."""
        self.W[...] = self.init(self.size**2 * self.c_in, self.c_out, rng)

    def output_shape(self, shape: Shape) -> Shape:
        """Turn (H, W, c_in) into (H′, W′, c_out)."""
        H, W = shape[:2] if len(shape) == 3 else (self.size, self.size)
        smallest = self.size - 2 * self.padding
        self.expect(shape, (max(H, smallest), max(W, smallest), self.c_in))
        rows, columns = ((n + 2 * self.padding - self.size) // self.stride + 1 for n in (H, W))
        return (rows, columns, self.c_out)

    def forward(self, x: Array, train: bool = False) -> Array:
        """Multiply every patch by W."""
        rows, columns, _ = self.output_shape(x.shape[1:])
        p = self.padding
        padded = array_module(x).pad(x, ((0, 0), (p, p), (p, p), (0, 0))) if p else x
        patches = _patches(padded, self.size, self.stride, rows, columns).reshape(-1, len(self.W))
        if train:
            self.cache = patches, padded.shape
        return (patches @ self.W + self.b).reshape(len(x), rows, columns, self.c_out)  # (6.1), on each patch

    def backward(self, dz: Array) -> Array:
        """Go back through the product as Linear does, then add the patches' gradients to the pixels."""
        patches, shape = self.recall()
        rows = dz.reshape(-1, self.c_out)
        array_module(dz).matmul(patches.T, rows, out=self.dW)  # (6.5)
        rows.sum(axis=0, out=self.db)  # (6.6)
        if not self.needs_dx:
            return None
        dpatches = (rows @ self.W.T).reshape(*dz.shape[:3], self.size**2, self.c_in)  # (6.7)
        p = self.padding
        dx = _patches_backward(dpatches, shape, self.size, self.stride)
        return dx[:, p : shape[1] - p, p : shape[2] - p]


class MaxPool2D(Layer):
    """The largest value of each size × size patch. Patches do not overlap; pixels left over at the edge are dropped.

    x (N, H, W, C), output (N, H // size, W // size, C). At a tie the first pixel gets the gradient.
    """

    def __init__(self, size: int = 2) -> None:
        check_whole(1, size=size)
        super().__init__(size)
        self.size = size

    def output_shape(self, shape: Shape) -> Shape:
        """Turn (H, W, C) into (H // size, W // size, C)."""
        H, W, C = shape if len(shape) == 3 else (self.size, self.size, 1)
        self.expect(shape, (max(H, self.size), max(W, self.size), C))
        return (H // self.size, W // self.size, C)

    def forward(self, x: Array, train: bool = False) -> Array:
        """Take the maxima."""
        rows, columns, _ = self.output_shape(x.shape[1:])
        patches = _patches(x, self.size, self.size, rows, columns)
        if train:
            self.cache = x.shape, patches.argmax(axis=3)
        return patches.max(axis=3)  # (11.9) a = max over the patch

    def backward(self, dz: Array) -> Array:
        """Pass each gradient to the pixel that was the maximum."""
        shape, winner = self.recall()
        places = array_module(dz).arange(self.size**2)[:, None]
        dpatches = dz[:, :, :, None] * (winner[:, :, :, None] == places)
        return _patches_backward(dpatches, shape, self.size, self.size)
