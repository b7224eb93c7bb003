"""One neuron in two forms: Rosenblatt's perceptron with a step, and the logistic neuron with a gradient.

Both separate the classes by a line w·x + b = 0. They differ in what they learn from: the perceptron learns from its
mistakes only, the logistic neuron from the distance of every output to its target.
"""

import numpy as np

from course.nn.activations import sigmoid


def weighted_sum(X: np.ndarray, w: np.ndarray, b: float) -> np.ndarray:
    """Sum the weighted inputs and add the bias.

    Parameters
    ----------
    X : ndarray, shape (N, n) or (n,)
        Examples in rows, or one example.
    w : ndarray, shape (n,)
        Weights.
    b : float
        Bias.

    Returns
    -------
    ndarray, shape (N,), or a scalar for one example
    """
    return X @ w + b  # (1.1) h = w·x + b


def step(h: np.ndarray) -> np.ndarray:
    """Return 1 where the weighted sum h ≥ 0, else 0 (Rosenblatt 1958)."""
    return np.heaviside(h, 1).astype(int)  # (1.5) ŷ = 1 where h ≥ 0, else 0


def predict_label(p: np.ndarray) -> np.ndarray:
    """Choose class 1 where p ≥ 0.5, else class 0. A tie goes to class 1, although round(0.5) is 0."""
    return (np.asarray(p) >= 0.5).astype(int)  # (1.3) ŷ = 1 where p ≥ ½, else 0


def perceptron_update(x: np.ndarray, y: int, w: np.ndarray, b: float, lr: float = 1.0) -> tuple[np.ndarray, float]:
    """Correct the weights after one example; nothing changes where the answer is right.

    Parameters
    ----------
    x : ndarray, shape (n,)
        One example.
    y : int
        Its label, 0 or 1.
    w : ndarray, shape (n,)
        Weights; not changed.
    b : float
        Bias.
    lr : float
        Learning rate.

    Returns
    -------
    w : ndarray, shape (n,)
    b : float

    Notes
    -----
    Rosenblatt (1958), "The perceptron", Psychological Review 65. This form is Novikoff's (1962), who proved that
    the number of mistakes is finite if a line separates the classes.
    """
    error = y - int(step(weighted_sum(x, w, b)))  # −1, 0 or 1
    return w + lr * error * x, b + lr * error  # (1.6) w ← w + η(y − ŷ)x, b ← b + η(y − ŷ)


def train_perceptron(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, lr: float = 1.0, epochs: int = 100
) -> tuple[np.ndarray, float, list[int]]:
    """Update the weights example by example, in order, until an epoch passes without a mistake.

    Parameters
    ----------
    X : ndarray, shape (N, n)
        Examples.
    y : ndarray, shape (N,)
        Labels, 0 or 1.
    w, b
        Where to start, as in `perceptron_update`.
    lr : float
        Learning rate.
    epochs : int
        Largest number of epochs. If no line separates the classes, the mistakes never end.

    Returns
    -------
    w : ndarray, shape (n,)
    b : float
    mistakes : list of int
        Mistakes in each epoch; the last number is 0 if the rule has converged.

    Raises
    ------
    ValueError
        A label other than 0 and 1, or shapes that do not fit.
    """
    w = np.asarray(w, dtype=float)
    _check(X, y, w)
    mistakes: list[int] = []
    for _ in range(epochs):
        mistakes.append(0)
        for x_i, y_i in zip(X, y, strict=True):
            mistakes[-1] += int(step(weighted_sum(x_i, w, b)) != y_i)
            w, b = perceptron_update(x_i, y_i, w, b, lr)
        if mistakes[-1] == 0:
            break
    return w, b, mistakes


def neuron_gradient(X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float) -> tuple[np.ndarray, float]:
    """Differentiate the logistic neuron's mean squared error, with the three pieces of the chain rule.

    Parameters
    ----------
    X : ndarray, shape (N, n)
        Examples.
    y : ndarray, shape (N,)
        Targets between 0 and 1.
    w, b
        As in `weighted_sum`.

    Returns
    -------
    dw : ndarray, shape (n,)
    db : float
    """
    p = sigmoid(weighted_sum(X, w, b))
    dl_dp = 2 * (p - y)  # (2.2) ∂ℓ/∂p = 2(p − y)
    dl_dh = dl_dp * p * (1 - p)  # (2.4) ∂ℓ/∂h = ∂ℓ/∂p · ∂p/∂h
    return X.T @ dl_dh / len(X), float(dl_dh.mean())  # (2.5) ∂ℓ/∂w = ∂ℓ/∂h · x, ∂ℓ/∂b = ∂ℓ/∂h, mean over N


def train_neuron(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, lr: float, steps: int
) -> tuple[np.ndarray, float, list[float]]:
    """Train the logistic neuron by gradient descent on all examples at once.

    Parameters
    ----------
    X, y, w, b
        As in `neuron_gradient`; w is where to start and is not changed.
    lr : float
        Learning rate.
    steps : int
        Number of updates.

    Returns
    -------
    w : ndarray, shape (n,)
    b : float
    losses : list of float
        The mean squared error before each update, `steps` of them.

    Raises
    ------
    ValueError
        A label other than 0 and 1, or shapes that do not fit.
    """
    w = np.asarray(w, dtype=float)
    _check(X, y, w)
    losses = []
    for _ in range(steps):
        p = sigmoid(weighted_sum(X, w, b))
        losses.append(float(np.mean((y - p) ** 2)))  # (2.1) ℓ = (y − p)²
        dw, db = neuron_gradient(X, y, w, b)
        w, b = w - lr * dw, b - lr * db  # (2.6) w ← w − η ∂ℓ/∂w, b ← b − η ∂ℓ/∂b
    return w, b, losses


def _check(X: np.ndarray, y: np.ndarray, w: np.ndarray) -> None:
    """Refuse shapes that do not fit and labels other than 0 and 1."""
    if X.ndim != 2 or w.shape != X.shape[1:] or y.shape != X.shape[:1]:
        raise ValueError(
            f"expected X (N, n), y (N,), w (n,), got {X.shape}, {y.shape}, {w.shape}. Put examples in rows."
        )
    if not np.isin(y, (0, 1)).all():
        raise ValueError(f"expected labels 0 and 1, got {np.unique(y)}. Recode them first.")
