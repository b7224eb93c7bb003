"""Initial weights: every function takes (fan_in, fan_out, rng) and returns a float64 array (fan_in, fan_out).

They always draw on the CPU, so that a network starts from the same numbers on both devices. Fix further
arguments with functools.partial: ``Linear(2, 3, init=partial(normal, std=1.0))``.
"""

from collections.abc import Callable

import numpy as np

Initializer = Callable[[int, int, np.random.Generator], np.ndarray]


def zeros(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Give zeros. All units compute the same and stay the same in training (Found16's counter-example)."""
    return constant(fan_in, fan_out, rng, value=0.0)


def constant(fan_in: int, fan_out: int, rng: np.random.Generator, value: float = 0.1) -> np.ndarray:
    """Give one value everywhere. In a hidden layer it is as useless as zeros, because all units stay the same."""
    return np.full((fan_in, fan_out), value)


def normal(fan_in: int, fan_out: int, rng: np.random.Generator, std: float = 1.0) -> np.ndarray:
    """Draw from N(0, std²); std = 1 is PyCon17's choice."""
    return std * rng.standard_normal((fan_in, fan_out))


def truncated_normal(fan_in: int, fan_out: int, rng: np.random.Generator, std: float = 0.1) -> np.ndarray:
    """Draw from N(0, std²), and redraw values beyond two std. The standard deviation of the result is 0.88 std."""
    W = rng.standard_normal((fan_in, fan_out))
    while (far := np.abs(W) > 2).any():
        W[far] = rng.standard_normal(np.count_nonzero(far))
    return std * W


def uniform_fan_in(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Draw from U(−1/√D, 1/√D), D = fan_in (MT16)."""
    limit = 1 / np.sqrt(fan_in)  # (8.15) limit = 1 / √fan_in
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def glorot_uniform(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Keep the variance of signals and gradients through tanh layers (Glorot & Bengio 2010, equation 16)."""
    limit = np.sqrt(6 / (fan_in + fan_out))  # (8.16) limit = √(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def he_normal(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Keep the variance of signals through ReLU layers, which halve it (He et al. 2015, equation 10)."""
    std = np.sqrt(2 / fan_in)  # (8.17) std = √(2 / fan_in)
    return normal(fan_in, fan_out, rng, std)


def orthogonal(fan_in: int, fan_out: int, rng: np.random.Generator, gain: float = 1.0) -> np.ndarray:
    """Draw a random matrix with orthonormal rows or columns, whichever are fewer (Saxe et al. 2014)."""
    G = rng.standard_normal((max(fan_in, fan_out), min(fan_in, fan_out)))
    Q, R = np.linalg.qr(G)
    Q = Q * np.sign(np.diag(R))  # without the signs Q is not uniform over the orthogonal matrices
    return gain * (Q if fan_in >= fan_out else Q.T)  # (8.18) WᵀW = I or WWᵀ = I
