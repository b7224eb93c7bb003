"""Optimizers: step(theta, grad) changes theta in place with the paper's equations; `lr` may change between steps.

On the CPU, course.nn.fused updates θ block by block, and does Adam's equations in fewer passes over memory.
"""

import numpy as np

from course.nn import fused
from course.nn.gpu import Array, array_module


class Optimizer:
    """The base of all optimizers: a learning rate, a count of steps, and running arrays of θ's shape.

    Parameters
    ----------
    lr : float
        Learning rate.
    **rates : float
        The optimizer's other numbers, stored under their names. Those called beta… or rho must be below 1.

    Raises
    ------
    ValueError
        If a number is out of range. In step: if theta and grad are not vectors of the same shape and dtype, or theta's
        shape or dtype differs from the first step's.
    TypeError
        In step, if theta and grad are on different devices.
    """

    running: tuple[str, ...] = ()  # names of the arrays carried from step to step, zero at first
    lr: float

    def __init__(self, lr: float, **rates: float) -> None:
        for name, value in {"lr": lr, **rates}.items():
            decays = name.startswith(("beta", "rho"))
            if not value >= 0 or (decays and value >= 1):
                wanted = "at least 0 and below 1" if decays else "at least 0"
                raise ValueError(f"expected {name} {wanted}, got {value}: {type(self).__name__} has sound defaults")
            setattr(self, name, value)
        self.steps = 0
        self.arrays: dict[str, Array] = {}

    def step(self, theta: Array, grad: Array) -> None:
        """Move theta against grad, in place. theta, grad : (P,) arrays."""
        self._prepare(theta, grad)
        self.steps += 1
        if isinstance(theta, np.ndarray):
            fused.step(self, theta, grad)
        else:
            self.update(theta, grad, *self.arrays.values())

    def update(self, *arrays: Array) -> None:
        """Apply the paper's lines to theta, the gradient and the running arrays, in this order."""
        raise NotImplementedError

    def fused_update(self, *arrays: Array) -> None:
        """Do what `update` does, on NumPy arrays. An optimizer with a faster way overrides this method."""
        self.update(*arrays)

    def _prepare(self, theta: Array, grad: Array) -> None:
        """Check theta and grad; in the first step, make the running arrays."""
        xp = array_module(theta=theta, grad=grad, **self.arrays)
        if theta.ndim != 1 or (theta.shape, theta.dtype) != (grad.shape, grad.dtype):
            raise ValueError(
                f"expected theta and grad as vectors of one shape and dtype, got {theta.shape} "
                f"{theta.dtype} and {grad.shape} {grad.dtype}: pass net.theta and net.grad"
            )
        if self.steps == 0:
            self.arrays = {name: xp.zeros_like(theta) for name in self.running}
            self._first = (theta.shape, theta.dtype)
        elif (theta.shape, theta.dtype) != self._first:
            raise ValueError(
                f"expected theta as in the steps before, {self._first[0]} {self._first[1]}, got "
                f"{theta.shape} {theta.dtype}: make a new optimizer for another network"
            )


class SGD(Optimizer):
    """Gradient descent on a minibatch (Robbins & Monro 1951)."""

    def __init__(self, lr: float = 0.1) -> None:
        super().__init__(lr)

    def update(self, theta: Array, g: Array) -> None:
        """Step against the gradient."""
        theta -= self.lr * g  # (2.7) θ ← θ − ηg


class Momentum(Optimizer):
    """Gradient descent with a velocity (Polyak 1964; Sutskever et al. 2013, equations 1 and 2).

    Our v is the papers' velocity divided by −η.
    """

    running = ("v",)
    beta: float

    def __init__(self, lr: float = 0.01, beta: float = 0.9) -> None:
        super().__init__(lr, beta=beta)

    def update(self, theta: Array, g: Array, v: Array) -> None:
        """Add the gradient to the velocity, and step against the velocity."""
        v[...] = self.beta * v + g  # (9.1) v ← βv + g
        theta -= self.lr * v  # (9.2) θ ← θ − ηv


class Nesterov(Optimizer):
    """Momentum that looks ahead (Nesterov 1983; Sutskever et al. 2013, equations 3 and 4).

    θ stands for the paper's θ + μv, so that the gradient is taken where θ is (Bengio et al. 2013, section
    3.5).
    """

    running = ("v",)
    beta: float

    def __init__(self, lr: float = 0.01, beta: float = 0.9) -> None:
        super().__init__(lr, beta=beta)

    def update(self, theta: Array, g: Array, v: Array) -> None:
        """Step against the velocity that one more update with g would give."""
        v[...] = self.beta * v + g  # (9.1)
        theta -= self.lr * (g + self.beta * v)  # (9.3) θ ← θ − η(g + βv)


class Adagrad(Optimizer):
    """A learning rate for each parameter, which falls with its past gradients (Duchi, Hazan & Singer 2011)."""

    running = ("r",)
    eps: float

    def __init__(self, lr: float = 0.01, eps: float = 1e-10) -> None:
        super().__init__(lr, eps=eps)

    def update(self, theta: Array, g: Array, r: Array) -> None:
        """Divide by the root of the summed squares."""
        r += g**2  # (9.4) r ← r + g²
        theta -= self.lr * g / (array_module(r).sqrt(r) + self.eps)  # (9.5) θ ← θ − ηg / (√r + ε)


class RMSProp(Optimizer):
    """Adagrad with a running average, which forgets old gradients (Tieleman & Hinton 2012, Coursera lecture 6.5)."""

    running = ("r",)
    beta: float
    eps: float

    def __init__(self, lr: float = 0.001, beta: float = 0.9, eps: float = 1e-8) -> None:
        super().__init__(lr, beta=beta, eps=eps)

    def update(self, theta: Array, g: Array, r: Array) -> None:
        """Divide by the root of the averaged squares."""
        r[...] = self.beta * r + (1 - self.beta) * g**2  # (9.6) r ← βr + (1 − β)g²
        theta -= self.lr * g / (array_module(r).sqrt(r) + self.eps)  # (9.5)


class Adadelta(Optimizer):
    """Steps in θ's own units, in principle without a learning rate (Zeiler 2012, algorithm 1)."""

    running = ("r", "u")
    rho: float
    eps: float

    def __init__(self, lr: float = 1.0, rho: float = 0.9, eps: float = 1e-6) -> None:
        super().__init__(lr, rho=rho, eps=eps)

    def update(self, theta: Array, g: Array, r: Array, u: Array) -> None:
        """Scale the gradient by the ratio of past steps to past gradients."""
        sqrt = array_module(r).sqrt
        r[...] = self.rho * r + (1 - self.rho) * g**2  # (9.6)
        delta = g * sqrt(u + self.eps) / sqrt(r + self.eps)  # (9.7) Δ = g√(u + ε) / √(r + ε)
        u[...] = self.rho * u + (1 - self.rho) * delta**2  # (9.8) u ← ρu + (1 − ρ)Δ²
        theta -= self.lr * delta  # (9.9) θ ← θ − ηΔ


class Adam(Optimizer):
    """Momentum and RMSProp together, corrected for averages that start at zero (Kingma & Ba 2015, algorithm 1)."""

    running = ("m", "v")
    beta1: float
    beta2: float
    eps: float

    def __init__(self, lr: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> None:
        super().__init__(lr, beta1=beta1, beta2=beta2, eps=eps)

    def update(self, theta: Array, g: Array, m: Array, v: Array) -> None:
        """Divide the corrected first moment by the root of the corrected second."""
        m[...] = self.beta1 * m + (1 - self.beta1) * g  # (9.10) m ← β₁m + (1 − β₁)g
        v[...] = self.beta2 * v + (1 - self.beta2) * g**2  # (9.11) v ← β₂v + (1 − β₂)g²
        m_hat = m / (1 - self.beta1**self.steps)  # (9.14) m̂ = m / (1 − β₁ᵗ)
        v_hat = v / (1 - self.beta2**self.steps)  # (9.15) v̂ = v / (1 − β₂ᵗ)
        theta -= self.lr * m_hat / (array_module(v).sqrt(v_hat) + self.eps)  # (9.12) θ ← θ − η m̂ / (√v̂ + ε)

    def fused_update(self, theta: Array, g: Array, m: Array, v: Array) -> None:
        """Do the same in fewer passes over memory."""
        fused.adam(self, theta, g, m, v)


class AdamW(Adam):
    """Adam with weight decay as a step of its own, not as part of the gradient (Loshchilov & Hutter 2019, algorithm 2).

    As in PyTorch, the decay of one step is lr · weight_decay, so a schedule of lr slows the decay too.

    Parameters
    ----------
    weight_decay : float
        λ in (9.13).
    is_weight : (P,) array of bool, optional
        Which parameters decay: pass net.is_weight. Without it all decay, biases included.
    """

    weight_decay: float

    def __init__(
        self,
        lr: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        weight_decay: float = 0.01,
        is_weight: Array | None = None,
    ) -> None:
        super().__init__(lr, beta1, beta2, eps)
        if not weight_decay >= 0:
            raise ValueError(f"expected weight_decay at least 0, got {weight_decay}: 0.01 is usual")
        self.weight_decay, self.is_weight = weight_decay, is_weight

    def step(self, theta: Array, grad: Array) -> None:
        """Decay the weights, then step as Adam does. theta, grad : (P,) arrays."""
        self._prepare(theta, grad)  # before the decay, so that a refused step changes nothing
        theta -= self.lr * self.weight_decay * self.decays * theta  # (9.13) w ← w − ηλw
        super().step(theta, grad)

    def _prepare(self, theta: Array, grad: Array) -> None:
        """Also make the mask of θ that decays: 1 for weights, 0 for the rest."""
        super()._prepare(theta, grad)
        if self.steps == 0:
            xp = array_module(theta=theta, is_weight=self.is_weight)
            flags = xp.ones(theta.shape, bool) if self.is_weight is None else self.is_weight
            if flags.shape != theta.shape:
                raise ValueError(f"expected is_weight of shape {theta.shape}, got {flags.shape}: pass net.is_weight")
            self.decays = flags.astype(theta.dtype)
