"""One optimizer step on the CPU: the papers' results, up to rounding, in less time.

Only this module trades plain lines for speed, in three ways. First, Adam's lines share one scratch array, where the
plain lines make a new array for each product: 1.0 ms instead of 2.0 ms per step for 784–512–512–10, a tenth of the
epoch. Second, θ is updated block by block, so that each line finds its numbers still in the processor's cache: 3.3 ms
instead of 3.9 ms per step for 1.9 million parameters. Third, tiny running averages are set to zero: see
`flush_denormals`.
"""

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from course.nn.optimizers import Adam, Optimizer

BLOCK = 102_400  # parameters; five float32 arrays of a block fill 2 MiB, what a core's second-level cache holds

#: steps between two calls of `flush_denormals`: often enough to help, too rarely to cost anything
FLUSH_EVERY = 100


def step(optimizer: "Optimizer", theta: np.ndarray, grad: np.ndarray) -> None:
    """Update theta and the optimizer's running arrays in place, block by block. theta, grad : (P,) arrays."""
    running = optimizer.arrays.values()
    for start in range(0, len(theta), BLOCK):
        optimizer.fused_update(*(array[start : start + BLOCK] for array in (theta, grad, *running)))
    if optimizer.steps % FLUSH_EVERY == 0:
        for array in running:
            flush_denormals(array)


def adam(optimizer: "Adam", theta: np.ndarray, g: np.ndarray, m: np.ndarray, v: np.ndarray) -> None:
    """Move theta as `Adam.update` does, with 10 passes over a block where the plain lines take 16.

    Here m and v hold the paper's m / (1 − β₁) and v / (1 − β₂), which saves one product for each. The missing factors
    join those of the bias correction. The paper, too, takes these out of the arrays, at the end of its section 2.
    """
    beta1, beta2, t = optimizer.beta1, optimizer.beta2, optimizer.steps
    first = (1 - beta1) / (1 - beta1**t)  # m̂ = first · m
    root = math.sqrt((1 - beta2) / (1 - beta2**t))  # √v̂ = root · √v
    m *= beta1
    m += g  # (9.10)
    scratch = g * g
    v *= beta2
    v += scratch  # (9.11)
    np.sqrt(v, out=scratch)
    scratch += optimizer.eps / root
    np.divide(m, scratch, out=scratch)
    scratch *= optimizer.lr * first / root
    theta -= scratch  # (9.12)


def flush_denormals(array: np.ndarray) -> None:
    """Set tiny elements of a running array to zero, such as those of a pixel that is never on.

    Where the gradient stays zero, m ← 0.9 m ends in denormal numbers, on which the processor is slow: 784–512–512–10 on
    MNIST took 2.5 s per epoch instead of 2.0 s from the fourth epoch on. The bound is far above the denormal numbers,
    so that no element becomes denormal within FLUSH_EVERY steps.
    """
    array[abs(array) < 1e8 * np.finfo(array.dtype).tiny] = 0
