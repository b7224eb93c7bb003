"""Penalties R(θ) on the weights, the max-norm constraint, and the objective J = L + λR.

Only net.is_weight says which parameters are weights; biases, γ and β are not.
"""

from typing import Any, Protocol

from course.nn.gpu import Array, array_module
from course.nn.losses import Loss
from course.nn.network import Network


class Regularizer(Protocol):
    """A penalty λR(θ) with its gradient."""

    def value(self, theta: Array, is_weight: Array) -> Any:
        """Return λR, a scalar."""

    def grad(self, theta: Array, is_weight: Array) -> Array:
        """Return λ ∂R/∂θ, (P,)."""


def objective(net: Network, loss: Loss, X: Array, y: Array, regularizer: Regularizer | None = None) -> Any:
    """Compute J on one batch, and write ∂J/∂θ into net.grad.

    Parameters
    ----------
    net : Network
    loss : one of course.nn.losses
    X, y : arrays
        The batch, as net and loss take it.
    regularizer : optional
        L1, L2 or ElasticNet.

    Returns
    -------
    scalar
        J; a 0-d array on the GPU.
    """
    output = net.forward(X, train=True)
    J = loss.value(output, y)
    net.backward(loss.grad(output, y))
    if regularizer is not None:
        J = J + regularizer.value(net.theta, net.is_weight)  # (11.1) J = L + λR
        grad = net.grad
        grad += regularizer.grad(net.theta, net.is_weight)  # (11.2) ∂J/∂θ = ∂L/∂θ + λ ∂R/∂θ
    return J


class L2:
    """The penalty λ Σ w², twice the weight decay λ/2 ‖w‖² of many papers (BMI707, Nets)."""

    def __init__(self, lam: float) -> None:
        self.lam = _checked("lam", lam)

    def value(self, theta: Array, is_weight: Array) -> Any:
        """Sum the squared weights."""
        w = theta * is_weight
        return self.lam * (w @ w)  # (11.3) λR = λ Σ w²

    def grad(self, theta: Array, is_weight: Array) -> Array:
        """Differentiate; (P,)."""
        return 2 * self.lam * (theta * is_weight)  # (11.4) λ ∂R/∂w = 2λw


class L1:
    """The penalty ``λ Σ |w|``, which sets weights to zero (BMI707, Nets)."""

    def __init__(self, lam: float) -> None:
        self.lam = _checked("lam", lam)

    def value(self, theta: Array, is_weight: Array) -> Any:
        """Sum the absolute weights."""
        return self.lam * abs(theta * is_weight).sum()  # (11.5) λR = λ Σ |w|

    def grad(self, theta: Array, is_weight: Array) -> Array:
        """Differentiate, 0 at w = 0; (P,)."""
        return self.lam * array_module(theta).sign(theta * is_weight)  # (11.6) λ ∂R/∂w = λ sign(w)


class ElasticNet:
    """Both penalties, each with its λ (Zou & Hastie 2005, equation 3)."""

    def __init__(self, lam1: float, lam2: float) -> None:
        self.l1, self.l2 = L1(_checked("lam1", lam1)), L2(_checked("lam2", lam2))

    def value(self, theta: Array, is_weight: Array) -> Any:
        """Add the penalties."""
        return self.l1.value(theta, is_weight) + self.l2.value(theta, is_weight)  # (11.7) λR = λ₁ Σ |w| + λ₂ Σ w²

    def grad(self, theta: Array, is_weight: Array) -> Array:
        """Add the gradients; (P,)."""
        return self.l1.grad(theta, is_weight) + self.l2.grad(theta, is_weight)


class MaxNorm:
    """A constraint, not a penalty: the weights into one unit have length at most c (Srivastava et al. 2014, 5.1).

    Call ``project(net)`` after every optimizer step.
    """

    def __init__(self, c: float) -> None:
        self.c = _checked("c", c)

    def project(self, net: Network) -> None:
        """Shorten, in place, the columns of net's weight arrays that are too long."""
        for W in net.weight_arrays():
            xp = array_module(W)
            length = xp.sqrt((W * W).sum(axis=-2, keepdims=True))
            if (length > self.c).any():
                W *= xp.minimum(1, self.c / xp.maximum(length, self.c))  # (11.14) w ← w · min(1, c / ‖w‖)


def _checked(name: str, value: float) -> float:
    if not value >= 0:
        raise ValueError(f"expected {name} at least 0, got {value}: a negative penalty rewards large weights")
    return value
