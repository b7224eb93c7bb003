"""One optimizer step on the CPU: the papers' numbers, up to rounding, in less time.

Three things save time, and they stand here alone. Adam's lines share one scratch array, where the plain ones make a new
array for each product: 1.0 ms a step in place of 2.0 for 784–512–512–10, a tenth of the epoch. θ is worked through in
blocks, so that each line meets numbers that the line before left in the processor's cache: 3.3 ms a step in place of
3.9 for 1.9 million parameters. And running averages that have become tiny are set to zero: see `flush_denormals`.
"""

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from course.nn.optimizers import Adam, Optimizer

BLOCK = 102_400  # parameters; five float32 arrays of a block fill 2 MiB, what a core's second-level cache holds

#: steps between two rounds of `flush_denormals`: often enough, and too seldom to cost anything
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

    Here m and v hold the paper's m / (1 − β₁) and v / (1 − β₂): it is one product less for each. The factors join
    those of the bias correction, which the paper, too, draws out of the arrays at the end of its section 2.
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
    """Set to zero what a running array holds of gradients that have long been zero (a pixel that is never on).

    m ← 0.9 m ends in denormal numbers, on which the processor is slow: 784–512–512–10 on MNIST took 2.5 s an epoch
    instead of 2.0 from the fourth on. The bound is so far above them that nothing gets there in FLUSH_EVERY steps.
    """
    array[abs(array) < 1e8 * np.finfo(array.dtype).tiny] = 0
