"""The functions that students write in labs 04 to 12, with the same names and contracts: the parts of lab 13's network.

Rows are examples. No function changes its arguments, and float32 stays float32. notation.md gives each equation's
source. All code is NumPy and in this file, even where course.nn has the same, because the file enters a sandbox alone.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

__all__ = [
    "accuracy",
    "adam_step",
    "apply_scaler",
    "backward",
    "batchnorm_backward",
    "batchnorm_forward",
    "binary_cross_entropy",
    "can_overfit",
    "count_parameters",
    "dropout_backward",
    "dropout_forward",
    "early_stopping",
    "elu",
    "elu_grad",
    "ensemble_mean",
    "fit_scaler",
    "forward",
    "glorot_uniform",
    "he_normal",
    "l1_grad",
    "l1_penalty",
    "l2_grad",
    "l2_penalty",
    "layernorm_forward",
    "leaky_relu",
    "max_norm",
    "maxout",
    "mc_dropout",
    "minibatches",
    "momentum_step",
    "objective_gradient",
    "one_hot",
    "relative_error",
    "relu",
    "relu_grad",
    "rmsprop_step",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_grad",
    "softmax_jacobian",
]

#: what an optimizer's step remembers for the next step; {} before the first
State = dict[str, Any]


# --- lab 04: losses


def softmax(Z: np.ndarray) -> np.ndarray:
    """Turn each row of logits Z (..., K) into probabilities; the logits may be of any size."""
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)  # (4.3) softmax(z)ₖ = exp(zₖ) / Σⱼ exp(zⱼ)


def one_hot(labels: np.ndarray, K: int) -> np.ndarray:
    """Write labels as rows of zeros with a single 1: whole numbers (N,) from 0 to K − 1 become (N, K)."""
    return np.eye(K)[labels]


def binary_cross_entropy(y: np.ndarray, p: np.ndarray) -> float:
    """Compute the mean binary cross-entropy.

    Parameters
    ----------
    y : array, shape (N,)
        Targets, 0 or 1.
    p : array, shape (N,)
        Probabilities of class 1, strictly between 0 and 1.

    Returns
    -------
    float
    """
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))  # (4.1) L = −mean (y log p + (1 − y) log(1 − p))


def softmax_cross_entropy(Z: np.ndarray, labels: np.ndarray) -> float:
    """Compute the mean cross-entropy of labels (N,) and the softmax of logits Z (N, K), which may be of any size."""
    shifted = Z - Z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # (4.5) log softmax(z)ₖ = zₖ − log Σⱼ exp(zⱼ)
    return -np.mean(log_p[np.arange(len(labels)), labels])  # (4.4) L = −(1/N) Σₙ Σₖ tₙₖ log softmax(zₙ)ₖ


def softmax_cross_entropy_grad(Z: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Differentiate `softmax_cross_entropy` with respect to the logits: (N, K), each row sums to 0."""
    return (softmax(Z) - one_hot(labels, Z.shape[1]).astype(Z.dtype)) / len(Z)  # (4.6) ∂L/∂z = (softmax(z) − t) / N


def accuracy(Z: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of rows of logits Z (N, K) whose largest logit is that of the right class in labels (N,)."""
    return np.mean(Z.argmax(axis=1) == labels)


# --- labs 05 and 06: layers


def count_parameters(sizes: Sequence[int]) -> int:
    """Count the weights and biases of a dense network with sizes (inputs, hidden layers, outputs)."""
    return sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))


def forward(
    X: np.ndarray, Ws: Sequence[np.ndarray], bs: Sequence[np.ndarray], f: Callable[[np.ndarray], np.ndarray]
) -> list[np.ndarray]:
    """Compute a network of L dense layers A = f(A_before @ W + b), and keep the output of each layer.

    Parameters
    ----------
    X : array, shape (N, n_0)
    Ws, bs : lists of L arrays
        Shapes (n_(l−1), n_l) and (n_l,).
    f : function
        Activation function, element by element.

    Returns
    -------
    list of L + 1 arrays
        X itself, then the output of each layer.
    """
    activations = [X]
    for W, b in zip(Ws, bs, strict=True):
        Z = activations[-1] @ W + b  # (6.1) z = xW + b
        activations.append(f(Z))  # (6.2) a = f(z)
    return activations


def backward(
    dA: np.ndarray,
    activations: Sequence[np.ndarray],
    Ws: Sequence[np.ndarray],
    fprime: Callable[[np.ndarray], np.ndarray],
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Propagate a gradient back through the layers of `forward`.

    Parameters
    ----------
    dA : array, shape (N, n_L)
        ∂L/∂A of the last layer; if the loss is a mean over N examples, it includes the factor 1/N.
    activations : list of L + 1 arrays
        As `forward` returns them.
    Ws : list of L arrays
    fprime : function
        fprime(A) is the derivative of f, element by element, as a function of its output A.

    Returns
    -------
    dWs, dbs : lists of L arrays
        ∂L/∂W and ∂L/∂b, first layer first.
    """
    dWs: list[np.ndarray] = []
    dbs: list[np.ndarray] = []
    for k in reversed(range(len(Ws))):
        dZ = dA * fprime(activations[k + 1])  # (6.4) ∂L/∂z = ∂L/∂a ⊙ f′(z)
        dWs.insert(0, activations[k].T @ dZ)  # (6.5) ∂L/∂W = xᵀ ∂L/∂z
        dbs.insert(0, dZ.sum(axis=0))  # (6.6) ∂L/∂b = Σₙ ∂L/∂zₙ
        dA = dZ @ Ws[k].T  # (6.7) ∂L/∂x = ∂L/∂z Wᵀ
    return dWs, dbs


def softmax_jacobian(z: np.ndarray) -> np.ndarray:
    """Differentiate softmax: for the logits z (K,) of one example, return (K, K) with ∂pᵢ/∂zⱼ in row i, column j."""
    p = softmax(z)
    return np.diag(p) - np.outer(p, p)  # (6.8) ∂pᵢ/∂zⱼ = pᵢ(δᵢⱼ − pⱼ)


# --- lab 07: instruments


def relative_error(analytic: np.ndarray, numeric: np.ndarray) -> float:
    """Return the largest relative difference of two gradients of the same shape; 0 if they are equal."""
    size = np.maximum(1e-8, np.abs(analytic) + np.abs(numeric))
    return np.max(np.abs(analytic - numeric) / size)  # (7.7) max |a − n| / max(10⁻⁸, |a| + |n|)


def can_overfit(
    fit: Callable[[np.ndarray, np.ndarray], Callable[[np.ndarray], np.ndarray]],
    X: np.ndarray,
    y: np.ndarray,
    n: int = 50,
) -> bool:
    """Tell whether a network can memorise its first n examples.

    Parameters
    ----------
    fit : function
        fit(X, y) trains a new network and returns a function that predicts labels.
    X, y : arrays, shapes (N, …) and (N,)
        Examples and labels.
    n : int
        Number of examples to try; if there are fewer, all are used.

    Returns
    -------
    bool
    """
    predict = fit(X[:n], y[:n])
    return bool(np.all(predict(X[:n]) == y[:n]))


# --- lab 08: signals


def relu(z: np.ndarray) -> np.ndarray:
    """Keep positive elements and set the others to 0; any shape."""
    return np.maximum(z, 0)  # (8.3) relu(z) = max(z, 0)


def relu_grad(z: np.ndarray) -> np.ndarray:
    """Differentiate `relu`, 0 at 0; any shape."""
    return (z > 0).astype(z.dtype)  # (8.4) relu′(z) = 1 where z > 0, else 0


def leaky_relu(z: np.ndarray, slope: float) -> np.ndarray:
    """Keep positive elements, and multiply the others by `slope`, 0 < slope < 1; any shape."""
    return np.maximum(z, 0) + slope * np.minimum(z, 0)  # (8.5) leaky(z) = max(z, 0) + slope · min(z, 0)


def elu(z: np.ndarray, alpha: float) -> np.ndarray:
    """Bend towards −alpha for negative z; any shape, numbers of any size."""
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))  # (8.9) elu(z) = z where z > 0, else α(exp(z) − 1)


def elu_grad(z: np.ndarray, alpha: float) -> np.ndarray:
    """Differentiate `elu`; any shape, numbers of any size."""
    return np.where(z > 0, 1, alpha * np.exp(np.minimum(z, 0)))  # (8.10) elu′(z) = 1 where z > 0, else α exp(z)


def glorot_uniform(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Draw weights (fan_in, fan_out) uniformly between −limit and limit."""
    limit = np.sqrt(6 / (fan_in + fan_out))  # (8.16) limit = √(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def he_normal(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Draw weights (fan_in, fan_out) from a normal distribution, for a layer with relu."""
    std = np.sqrt(2 / fan_in)  # (8.17) std = √(2 / fan_in)
    return rng.normal(0, std, (fan_in, fan_out))


def maxout(X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the largest of k linear functions, (N, n_out), for X (N, n_in), W (k, n_in, n_out) and b (k, n_out)."""
    return (X @ W + b[:, None]).max(axis=0)  # (8.13) a = maxᵢ (xWᵢ + bᵢ)


def fit_scaler(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of each column of X (N, n), each (n,); a constant column gets deviation 1."""
    mean, std = X.mean(axis=0), X.std(axis=0)
    return mean, np.where(std == 0, 1, std).astype(std.dtype)


def apply_scaler(X: np.ndarray, mean: np.ndarray, std: np.ndarray) -> np.ndarray:
    """Centre and scale X (N, n) with the mean and deviation that `fit_scaler` measured on the training examples."""
    return (X - mean) / std


# --- lab 09: optimisation


def minibatches(
    X: np.ndarray, y: np.ndarray, size: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the examples in random order, `size` at a time; the last batch may be smaller.

    Parameters
    ----------
    X, y : arrays, shapes (N, n) and (N,)
    size : int
    rng : np.random.Generator
        Draws the order.

    Yields
    ------
    X_batch, y_batch : arrays
        Inputs and targets stay paired, and each example comes once.
    """
    order = rng.permutation(len(X))
    for start in range(0, len(X), size):
        batch = order[start : start + size]
        yield X[batch], y[batch]


def early_stopping(valid_losses: Sequence[float], patience: int) -> int:
    """Return the best epoch, counted from 0, if training stops after `patience` epochs without a new best loss."""
    best, best_at = np.inf, 0
    for i, loss in enumerate(valid_losses):
        if loss < best:
            best, best_at = loss, i
        elif i - best_at == patience:
            break
    return best_at


def momentum_step(
    theta: np.ndarray, grad: np.ndarray, state: State, lr: float, beta: float
) -> tuple[np.ndarray, State]:
    """Take one step of gradient descent with momentum.

    Parameters
    ----------
    theta, grad : arrays of one shape
        Parameters, and their gradient.
    state : dict
        The state that the last step returned; {} at the first step.
    lr, beta : float
        Learning rate; share of the old velocity that is kept.

    Returns
    -------
    theta : array
        A new array.
    state : dict
    """
    v = beta * state.get("v", 0) + grad  # (9.1) v ← βv + g
    return theta - lr * v, {"v": v}  # (9.2) θ ← θ − ηv


def rmsprop_step(
    theta: np.ndarray, grad: np.ndarray, state: State, lr: float, beta: float, eps: float
) -> tuple[np.ndarray, State]:
    """Take one step of RMSProp: as `momentum_step`, with the decay rate beta of the averaged square, and ε."""
    r = beta * state.get("r", 0) + (1 - beta) * grad**2  # (9.6) r ← βr + (1 − β)g²
    return theta - lr * grad / (np.sqrt(r) + eps), {"r": r}  # (9.5) θ ← θ − ηg / (√r + ε)


def adam_step(
    theta: np.ndarray, grad: np.ndarray, state: State, lr: float, beta1: float, beta2: float, eps: float
) -> tuple[np.ndarray, State]:
    """Take one step of Adam: as `momentum_step`, with the decay rates of both averages, and ε outside the root."""
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0) + (1 - beta1) * grad  # (9.10) m ← β₁m + (1 − β₁)g
    v = beta2 * state.get("v", 0) + (1 - beta2) * grad**2  # (9.11) v ← β₂v + (1 − β₂)g²
    m_hat = m / (1 - beta1**t)  # (9.14) m̂ = m / (1 − β₁ᵗ)
    v_hat = v / (1 - beta2**t)  # (9.15) v̂ = v / (1 − β₂ᵗ)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), {"m": m, "v": v, "t": t}  # (9.12) θ ← θ − η m̂ / (√v̂ + ε)


# --- lab 11: regularization


def l2_penalty(weights: Sequence[np.ndarray], lam: float) -> float:
    """Sum the squared weights of a list of arrays, times λ."""
    return lam * sum((w**2).sum() for w in weights)  # (11.3) λR = λ Σ w²


def l2_grad(w: np.ndarray, lam: float) -> np.ndarray:
    """Differentiate the L2 penalty with respect to each weight; any shape."""
    return 2 * lam * w  # (11.4) λ ∂R/∂w = 2λw


def l1_penalty(weights: Sequence[np.ndarray], lam: float) -> float:
    """Sum the absolute weights of a list of arrays, times λ."""
    return lam * sum(np.abs(w).sum() for w in weights)  # (11.5) λR = λ Σ |w|


def l1_grad(w: np.ndarray, lam: float) -> np.ndarray:
    """Differentiate the L1 penalty with respect to each weight, 0 at 0; any shape."""
    return lam * np.sign(w)  # (11.6) λ ∂R/∂w = λ sign(w)


def objective_gradient(grad: np.ndarray, theta: np.ndarray, is_weight: np.ndarray, lam: float) -> np.ndarray:
    """Add the L2 penalty's gradient on the weights to the loss's gradient; all arrays are (P,), is_weight is bool."""
    return grad + 2 * lam * theta * is_weight  # (11.2) ∂J/∂θ = ∂L/∂θ + λ ∂R/∂θ


def max_norm(W: np.ndarray, c: float) -> np.ndarray:
    """Shorten the columns of W (n, units) that are longer than c; no column may be all 0."""
    lengths = np.sqrt((W**2).sum(axis=0))
    return W * np.minimum(1, c / lengths)  # (11.14) w ← w · min(1, c / ‖w‖)


# --- lab 12: dropout and normalisation


def dropout_forward(
    a: np.ndarray, p_drop: float, rng: np.random.Generator, train: bool
) -> tuple[np.ndarray, np.ndarray]:
    """In training, drop units at random and scale up the others; otherwise do nothing.

    Parameters
    ----------
    a : array, shape (N, n)
    p_drop : float
        Probability of dropping, 0 ≤ p_drop < 1.
    rng : np.random.Generator
    train : bool

    Returns
    -------
    out : array, shape (N, n)
    mask : array of bool, shape (N, n)
        True where a unit is kept; when not training, all are.
    """
    mask = rng.random(a.shape) >= p_drop if train else np.ones(a.shape, bool)
    return a * mask / (1 - p_drop * train), mask  # (12.1) a = x ⊙ mask / (1 − p)


def dropout_backward(dout: np.ndarray, mask: np.ndarray, p_drop: float) -> np.ndarray:
    """Send ∂L/∂out back through dropout in training; mask and p_drop as in the forward pass."""
    return dout * mask / (1 - p_drop)  # (12.2) ∂L/∂x = ∂L/∂a ⊙ mask / (1 − p)


def ensemble_mean(logits: np.ndarray, mask_probs: np.ndarray) -> np.ndarray:
    """Average M networks by a normalised geometric mean (K,), from logits (M, K) and weights (M,) that sum to 1."""
    return softmax(mask_probs @ logits)


def mc_dropout(predict: Callable[[Any], np.ndarray], X: Any, T: int) -> tuple[np.ndarray, np.ndarray]:
    """Call predict(X), whose probabilities (N, K) are random, T times; return their mean and spread, both (N, K)."""
    passes = np.stack([predict(X) for _ in range(T)])
    return passes.mean(axis=0), passes.std(axis=0)  # (12.3) mean and spread over T passes


def batchnorm_forward(
    X: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    running: dict[str, np.ndarray],
    train: bool,
    momentum: float,
    eps: float,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Normalise each unit: over the batch in training, by the running averages at test time.

    Parameters
    ----------
    X : array, shape (N, n)
    gamma, beta : arrays, shape (n,)
        Scale and shift.
    running : dict
        "mean" and "var", arrays (n,).
    train : bool
    momentum : float
        Share of the old running average that is kept.
    eps : float
        ε, inside the root.

    Returns
    -------
    out : array, shape (N, n)
    running : dict
        In training a new dictionary; at test time the given one.
    """
    mean, var = running["mean"], running["var"]
    if train:
        mean, var = X.mean(axis=0), X.var(axis=0)
        batch = {"mean": mean, "var": var}
        running = {k: momentum * running[k] + (1 - momentum) * batch[k] for k in batch}  # (12.9) r ← αr + (1 − α) batch
    return gamma * (X - mean) / np.sqrt(var + eps) + beta, running  # (12.4), (12.6)


def batchnorm_backward(
    dout: np.ndarray, X: np.ndarray, gamma: np.ndarray, eps: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send ∂L/∂out (N, n) back through `batchnorm_forward` in training.

    Parameters
    ----------
    dout, X : arrays, shape (N, n)
        X as in the forward pass.
    gamma : array, shape (n,)
    eps : float

    Returns
    -------
    dX : array, shape (N, n)
    dgamma, dbeta : arrays, shape (n,)
    """
    scale = np.sqrt(X.var(axis=0) + eps)
    xhat = (X - X.mean(axis=0)) / scale  # (12.4) x̂ = (x − mean) / √(var + ε)
    d = dout * gamma
    dX = (d - d.mean(axis=0) - xhat * (d * xhat).mean(axis=0)) / scale  # (12.5)
    return dX, (dout * xhat).sum(axis=0), dout.sum(axis=0)  # (12.7), (12.8)


def layernorm_forward(X: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float) -> np.ndarray:
    """Normalise each example of X (N, n) over its own units, then scale and shift with gamma and beta, (n,)."""
    mean, var = X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)
    return gamma * (X - mean) / np.sqrt(var + eps) + beta  # (12.4), (12.6)
