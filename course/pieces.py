"""What labs 04 to 12 had their readers write, under the same names and contracts: the pieces of lab 13's network.

Rows are examples. Nothing changes its arguments, and float32 stays float32. Sources stand beside the equations' tags
in notation.md. Functions that course.nn has under the same contract are that library's own.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from course.nn.activations import elu, elu_grad, leaky_relu, relu, relu_grad, softmax, softmax_jacobian
from course.nn.initializers import glorot_uniform, he_normal

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

#: what a step of an optimizer remembers for the next; {} at the first
State = dict[str, Any]


# --- lab 04: losses


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
        Probabilities of a 1, strictly between 0 and 1.

    Returns
    -------
    float
    """
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))  # (4.1)


def softmax_cross_entropy(Z: np.ndarray, labels: np.ndarray) -> float:
    """Compute the mean cross-entropy of the softmax of logits Z (N, K) of any size, with labels (N,)."""
    shifted = Z - Z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # (4.5)
    return -np.mean(log_p[np.arange(len(labels)), labels])  # (4.4)


def softmax_cross_entropy_grad(Z: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Differentiate `softmax_cross_entropy` with respect to the logits: (N, K), each row sums to 0."""
    return (softmax(Z) - one_hot(labels, Z.shape[1]).astype(Z.dtype)) / len(Z)  # (4.6)


def accuracy(Z: np.ndarray, labels: np.ndarray) -> float:
    """Give the share of rows of logits Z (N, K) whose largest is that of the right class, labels (N,)."""
    return np.mean(Z.argmax(axis=1) == labels)


# --- labs 05 and 06: layers


def count_parameters(sizes: Sequence[int]) -> int:
    """Count weights and biases of a dense network; sizes: inputs, hidden layers, outputs."""
    return sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))


def forward(
    X: np.ndarray, Ws: Sequence[np.ndarray], bs: Sequence[np.ndarray], f: Callable[[np.ndarray], np.ndarray]
) -> list[np.ndarray]:
    """Compute a network of L dense layers A = f(A_before @ W + b) and keep what every layer said.

    Parameters
    ----------
    X : array, shape (N, n_0)
    Ws, bs : lists of L arrays
        Shapes (n_(l−1), n_l) and (n_l,).
    f : function
        Works element by element.

    Returns
    -------
    list of L + 1 arrays
        X itself, then the output of each layer.
    """
    activations = [X]
    for W, b in zip(Ws, bs, strict=True):
        activations.append(f(activations[-1] @ W + b))  # (6.1), (6.2)
    return activations


def backward(
    dA: np.ndarray,
    activations: Sequence[np.ndarray],
    Ws: Sequence[np.ndarray],
    fprime: Callable[[np.ndarray], np.ndarray],
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Carry a gradient back through the layers of `forward`.

    Parameters
    ----------
    dA : array, shape (N, n_L)
        ∂L/∂A of the last layer, divided by N where that belongs.
    activations : list of L + 1 arrays
        As `forward` returns them.
    Ws : list of L arrays
    fprime : function
        fprime(A) is the slope of f, element by element, where its output is A.

    Returns
    -------
    dWs, dbs : lists of L arrays
        ∂L/∂W and ∂L/∂b, first layer first.
    """
    dWs: list[np.ndarray] = []
    dbs: list[np.ndarray] = []
    for k in reversed(range(len(Ws))):
        dZ = dA * fprime(activations[k + 1])  # (6.4)
        dWs.insert(0, activations[k].T @ dZ)  # (6.5)
        dbs.insert(0, dZ.sum(axis=0))  # (6.6)
        dA = dZ @ Ws[k].T  # (6.7)
    return dWs, dbs


# --- lab 07: instruments


def relative_error(analytic: np.ndarray, numeric: np.ndarray) -> float:
    """Compare two gradients of one shape by their largest relative difference: 0 where they are equal."""
    size = np.maximum(1e-8, np.abs(analytic) + np.abs(numeric))
    return np.max(np.abs(analytic - numeric) / size)  # (7.7)


def can_overfit(
    fit: Callable[[np.ndarray, np.ndarray], Callable[[np.ndarray], np.ndarray]],
    X: np.ndarray,
    y: np.ndarray,
    n: int = 50,
) -> bool:
    """Tell whether a network can learn its first n examples by heart.

    Parameters
    ----------
    fit : function
        fit(X, y) trains a new network and returns a function that predicts labels.
    X, y : arrays, shapes (N, …) and (N,)
        Examples and labels.
    n : int
        How many of them to try; there may be fewer.

    Returns
    -------
    bool
    """
    predict = fit(X[:n], y[:n])
    return bool(np.all(predict(X[:n]) == y[:n]))


# --- lab 08: signals


def maxout(X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Take the largest of k linear functions: X (N, n_in), W (k, n_in, n_out), b (k, n_out) give (N, n_out)."""
    return (X @ W + b[:, None]).max(axis=0)  # (8.20)


def fit_scaler(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Measure mean and standard deviation of each column of X (N, n): two arrays (n,); 1 for a constant column."""
    mean, std = X.mean(axis=0), X.std(axis=0)
    return mean, np.where(std == 0, 1, std).astype(std.dtype)


def apply_scaler(X: np.ndarray, mean: np.ndarray, std: np.ndarray) -> np.ndarray:
    """Centre and scale X (N, n) with what `fit_scaler` measured on the training examples."""
    return (X - mean) / std


# --- lab 09: optimisation


def minibatches(
    X: np.ndarray, y: np.ndarray, size: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Deal out the examples in random order, `size` at a time; the last batch may be short.

    Parameters
    ----------
    X, y : arrays, shapes (N, n) and (N,)
    size : int
    rng : np.random.Generator
        Draws the order.

    Yields
    ------
    X_batch, y_batch : arrays
        Pairs stay together, and each example comes once.
    """
    order = rng.permutation(len(X))
    for start in range(0, len(X), size):
        batch = order[start : start + size]
        yield X[batch], y[batch]


def early_stopping(valid_losses: Sequence[float], patience: int) -> int:
    """Find the best epoch, counted from 0, that is seen before `patience` epochs in a row bring no new best."""
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
        Parameters, and the gradient there.
    state : dict
        What was returned last time; {} at the first step.
    lr, beta : float
        Learning rate; what is left of the old velocity.

    Returns
    -------
    theta : array
        A new one.
    state : dict
    """
    v = beta * state.get("v", 0) + grad  # (9.1)
    return theta - lr * v, {"v": v}  # (9.2)


def rmsprop_step(
    theta: np.ndarray, grad: np.ndarray, state: State, lr: float, beta: float, eps: float
) -> tuple[np.ndarray, State]:
    """Take one step of RMSProp: as `momentum_step`, with the memory beta of the averaged square and ε."""
    s = beta * state.get("s", 0) + (1 - beta) * grad**2  # (9.6)
    return theta - lr * grad / (np.sqrt(s) + eps), {"s": s}  # (9.5)


def adam_step(
    theta: np.ndarray, grad: np.ndarray, state: State, lr: float, beta1: float, beta2: float, eps: float
) -> tuple[np.ndarray, State]:
    """Take one step of Adam: as `momentum_step`, with the memories of both averages and ε, outside the root."""
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0) + (1 - beta1) * grad  # (9.10)
    v = beta2 * state.get("v", 0) + (1 - beta2) * grad**2  # (9.11)
    m_hat = m / (1 - beta1**t)  # (9.14)
    v_hat = v / (1 - beta2**t)  # (9.15)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), {"m": m, "v": v, "t": t}  # (9.12)


# --- lab 11: regularization


def l2_penalty(weights: Sequence[np.ndarray], lam: float) -> float:
    """Add up the squared weights of a list of arrays, times λ."""
    return lam * sum((w**2).sum() for w in weights)  # (11.3)


def l2_grad(w: np.ndarray, lam: float) -> np.ndarray:
    """Differentiate the L2 penalty with respect to each weight; any shape."""
    return 2 * lam * w  # (11.4)


def l1_penalty(weights: Sequence[np.ndarray], lam: float) -> float:
    """Add up the absolute weights of a list of arrays, times λ."""
    return lam * sum(np.abs(w).sum() for w in weights)  # (11.5)


def l1_grad(w: np.ndarray, lam: float) -> np.ndarray:
    """Differentiate the L1 penalty with respect to each weight, 0 at 0; any shape."""
    return lam * np.sign(w)  # (11.6)


def objective_gradient(grad: np.ndarray, theta: np.ndarray, is_weight: np.ndarray, lam: float) -> np.ndarray:
    """Add the gradient of the L2 penalty on the weights to that of the loss; all arrays (P,), is_weight of bool."""
    return grad + 2 * lam * theta * is_weight  # (11.2)


def max_norm(W: np.ndarray, c: float) -> np.ndarray:
    """Shorten the columns of W (n, units) that are longer than c; no column may be all 0."""
    lengths = np.sqrt((W**2).sum(axis=0))
    return W * np.minimum(1, c / lengths)  # (11.8)


# --- lab 12: dropout and normalisation


def dropout_forward(
    a: np.ndarray, p_drop: float, rng: np.random.Generator, train: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Drop units at random while training, and scale up the others; do nothing otherwise.

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
        True where kept; all kept when not training.
    """
    mask = rng.random(a.shape) >= p_drop if train else np.ones(a.shape, bool)
    return a * mask / (1 - p_drop * train), mask  # (12.1)


def dropout_backward(dout: np.ndarray, mask: np.ndarray, p_drop: float) -> np.ndarray:
    """Send ∂L/∂out back through dropout in training; mask and p_drop as in the forward pass."""
    return dout * mask / (1 - p_drop)  # (12.2)


def ensemble_mean(logits: np.ndarray, mask_probs: np.ndarray) -> np.ndarray:
    """Average M networks geometrically: logits (M, K), weights (M,) that sum to 1, probabilities (K,)."""
    return softmax(mask_probs @ logits)


def mc_dropout(predict: Callable[[Any], np.ndarray], X: Any, T: int) -> tuple[np.ndarray, np.ndarray]:
    """Call predict(X), which gives other probabilities (N, K) each time, T times: mean and spread, both (N, K)."""
    passes = np.stack([predict(X) for _ in range(T)])
    return passes.mean(axis=0), passes.std(axis=0)  # (12.3)


def batchnorm_forward(
    X: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    running: dict[str, np.ndarray],
    train: bool,
    momentum: float,
    eps: float,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Normalise each unit over the batch (training) or by the running averages (test).

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
        A new one in training, as it was at test time.
    """
    mean, var = running["mean"], running["var"]
    if train:
        mean, var = X.mean(axis=0), X.var(axis=0)
        batch = {"mean": mean, "var": var}
        running = {name: momentum * running[name] + (1 - momentum) * batch[name] for name in batch}  # (12.9)
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
    xhat = (X - X.mean(axis=0)) / scale  # (12.4)
    d = dout * gamma
    dX = (d - d.mean(axis=0) - xhat * (d * xhat).mean(axis=0)) / scale  # (12.5)
    return dX, (dout * xhat).sum(axis=0), dout.sum(axis=0)  # (12.7), (12.8)


def layernorm_forward(X: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float) -> np.ndarray:
    """Normalise each example of X (N, n) over its own units, then scale and shift with gamma and beta, (n,)."""
    mean, var = X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)
    return gamma * (X - mean) / np.sqrt(var + eps) + beta  # (12.4), (12.6)
