"""One optimizer step on the CPU, faster than the papers' lines and equal to them up to rounding.

A tenth of an epoch of `course bench train` and more is saved by each of three things, for 784–128–10 up to
784–1024–1024–10. θ is worked through in blocks: each line then meets numbers that the line before left in the
processor's cache. Adam's lines share one scratch array, where the plain ones make a new array for each product: that
halves the time of a step. And running averages that have become tiny are set to zero.
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
    """Do what `Adam.update` does, in the order that the paper proposes at the end of its section 2.

    θ ← θ − η √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε √(1 − β₂ᵗ)) divides no array by a bias correction.
    """
    beta1, beta2, t = optimizer.beta1, optimizer.beta2, optimizer.steps
    root = math.sqrt(1 - beta2**t)
    scratch = (1 - beta1) * g
    m *= beta1
    m += scratch  # (9.10)
    np.multiply(g, g, out=scratch)
    scratch *= 1 - beta2
    v *= beta2
    v += scratch  # (9.11)
    np.sqrt(v, out=scratch)
    scratch += optimizer.eps * root
    np.divide(m, scratch, out=scratch)
    scratch *= optimizer.lr * root / (1 - beta1**t)
    theta -= scratch  # (9.12)


def flush_denormals(array: np.ndarray) -> None:
    """Set to zero what a running array holds of gradients that have long been zero (a pixel that is never on).

    m ← 0.9 m ends in denormal numbers, on which the processor is slow: 784–512–512–10 on MNIST took 2.5 s an epoch
    instead of 2.0 from the fourth on. The bound is so far above them that nothing gets there in FLUSH_EVERY steps.
    """
    array[abs(array) < 1e8 * np.finfo(array.dtype).tiny] = 0
