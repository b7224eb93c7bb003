"""Optimizers: step(theta, grad) changes theta in place by the paper's lines; `lr` may change between steps.

θ is worked through in blocks: each line then meets numbers that the line before left in the cache, and one
scratch array (s) takes all temporaries. For 670,000 float32 parameters an Adam step takes 0.9 ms so, 1.4 ms
over whole arrays with scratch, and more than 4 ms with temporaries. On a GPU one block is all of θ.
"""

import math

import numpy as np

from course.nn.gpu import Array, array_module

BLOCK = 65_536  # parameters; five float32 arrays of a block fill 1.25 MiB, within a core's second-level cache


#: steps between two rounds of `Optimizer._flush_denormals`: often enough, and too seldom to cost anything
FLUSH_EVERY = 100


class Optimizer:
    """What every optimizer has: a learning rate, a count of steps, and arrays that run along with θ.

    Parameters
    ----------
    lr : float
        Learning rate.
    **rates : float
        The optimizer's other numbers, kept under their names; those called beta… or rho must be below 1.

    Raises
    ------
    ValueError
        If a number is out of range; in step, if theta and grad are not vectors of one shape and dtype, or not
        those of the steps before.
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
        size = BLOCK if isinstance(theta, np.ndarray) else len(theta)
        for start in range(0, len(theta), max(size, 1)):
            block = [array[start : start + size] for array in (theta, grad, *self.arrays.values())]
            self.update(*block, self.scratch[: len(block[0])])
        if self.steps % FLUSH_EVERY == 0:
            self._flush_denormals()

    def _flush_denormals(self) -> None:
        """Set to zero what a running array holds of gradients that have long been zero (a pixel that is never on).

        m ← 0.9 m ends in denormal numbers, on which the processor is slow: 784–512–512–10 on MNIST took 2.5 s an epoch
        instead of 2.0 from the fourth on. The bound is so far above them that nothing gets there in FLUSH_EVERY steps.
        """
        for array in self.arrays.values():
            array[abs(array) < 1e8 * np.finfo(array.dtype).tiny] = 0

    def update(self, *arrays: Array) -> None:
        """Apply the paper's lines to one block: theta, gradient, the running arrays by name, scratch."""
        raise NotImplementedError

    def _prepare(self, theta: Array, grad: Array) -> None:
        """Check theta and grad; in the first step make the running arrays."""
        xp = array_module(theta=theta, grad=grad, **self.arrays)
        if theta.ndim != 1 or (theta.shape, theta.dtype) != (grad.shape, grad.dtype):
            raise ValueError(
                f"expected theta and grad as vectors of one shape and dtype, got {theta.shape} "
                f"{theta.dtype} and {grad.shape} {grad.dtype}: pass net.theta and net.grad"
            )
        if self.steps == 0:
            self.arrays = {name: xp.zeros_like(theta) for name in self.running}
            self.scratch = xp.empty(min(len(theta), BLOCK) if xp is np else len(theta), theta.dtype)
            self._first = (theta.shape, theta.dtype)
        elif (theta.shape, theta.dtype) != self._first:
            raise ValueError(
                f"expected theta as in the steps before, {self._first[0]} {self._first[1]}, got "
                f"{theta.shape} {theta.dtype}: make a new optimizer for another network"
            )


def _average(running: Array, beta: float, new: Array, s: Array) -> None:
    """Compute running ← β running + (1 − β) new in place; `new` may be the scratch array s."""
    running *= beta
    array_module(s).multiply(new, 1 - beta, out=s)
    running += s


class SGD(Optimizer):
    """Gradient descent on a mini-batch (Robbins & Monro 1951)."""

    def __init__(self, lr: float = 0.1) -> None:
        super().__init__(lr)

    def update(self, theta: Array, g: Array, s: Array) -> None:
        """Step straight down."""
        array_module(s).multiply(g, self.lr, out=s)
        theta -= s  # (2.7) θ ← θ − ηg


class Momentum(Optimizer):
    """Gradient descent with a velocity (Polyak 1964; Sutskever et al. 2013, equations 1 and 2).

    Our v is the papers' velocity divided by −η.
    """

    running = ("v",)
    beta: float

    def __init__(self, lr: float = 0.01, beta: float = 0.9) -> None:
        super().__init__(lr, beta=beta)

    def update(self, theta: Array, g: Array, v: Array, s: Array) -> None:
        """Gather speed where gradients agree."""
        v *= self.beta
        v += g  # (9.1) v ← βv + g
        array_module(s).multiply(v, self.lr, out=s)
        theta -= s  # (9.2) θ ← θ − ηv


class Nesterov(Optimizer):
    """Momentum that looks ahead (Nesterov 1983; Sutskever et al. 2013, equations 3 and 4).

    θ stands for the paper's θ + μv, so that the gradient is taken where θ is (Bengio et al. 2013, section
    3.5).
    """

    running = ("v",)
    beta: float

    def __init__(self, lr: float = 0.01, beta: float = 0.9) -> None:
        super().__init__(lr, beta=beta)

    def update(self, theta: Array, g: Array, v: Array, s: Array) -> None:
        """Step by the velocity that the next step would have."""
        v *= self.beta
        v += g
        array_module(s).multiply(v, self.beta, out=s)
        s += g
        s *= self.lr
        theta -= s  # (9.3) θ ← θ − η(g + βv)


class Adagrad(Optimizer):
    """A rate for each parameter, falling with its past gradients (Duchi, Hazan & Singer 2011)."""

    running = ("r",)
    eps: float

    def __init__(self, lr: float = 0.01, eps: float = 1e-10) -> None:
        super().__init__(lr, eps=eps)

    def update(self, theta: Array, g: Array, r: Array, s: Array) -> None:
        """Divide by the root of the summed squares."""
        xp = array_module(s)
        xp.multiply(g, g, out=s)
        r += s  # (9.4) r ← r + g²
        xp.sqrt(r, out=s)
        s += self.eps
        xp.divide(g, s, out=s)
        s *= self.lr
        theta -= s  # (9.5) θ ← θ − ηg / (√r + ε)


class RMSProp(Optimizer):
    """Adagrad that forgets (Tieleman & Hinton 2012, Coursera lecture 6.5)."""

    running = ("r",)
    beta: float
    eps: float

    def __init__(self, lr: float = 0.001, beta: float = 0.9, eps: float = 1e-8) -> None:
        super().__init__(lr, beta=beta, eps=eps)

    def update(self, theta: Array, g: Array, r: Array, s: Array) -> None:
        """Divide by the root of the averaged squares."""
        xp = array_module(s)
        xp.multiply(g, g, out=s)
        _average(r, self.beta, s, s)  # (9.6) r ← βr + (1 − β)g²
        xp.sqrt(r, out=s)
        s += self.eps
        xp.divide(g, s, out=s)
        s *= self.lr
        theta -= s  # as (9.5)


class Adadelta(Optimizer):
    """Steps in θ's own units, in principle without a learning rate (Zeiler 2012, algorithm 1)."""

    running = ("r", "u")
    rho: float
    eps: float

    def __init__(self, lr: float = 1.0, rho: float = 0.9, eps: float = 1e-6) -> None:
        super().__init__(lr, rho=rho, eps=eps)

    def update(self, theta: Array, g: Array, r: Array, u: Array, s: Array) -> None:
        """Scale by the ratio of past steps to past gradients."""
        xp = array_module(s)
        xp.multiply(g, g, out=s)
        _average(r, self.rho, s, s)  # (9.6)
        step = xp.sqrt((u + self.eps) / (r + self.eps)) * g  # (9.7) Δ = g√(u + ε) / √(r + ε)
        _average(u, self.rho, step * step, s)  # (9.8) u ← ρu + (1 − ρ)Δ²
        theta -= self.lr * step  # (9.9) θ ← θ − ηΔ


class Adam(Optimizer):
    """Momentum and RMSProp, both corrected for starting at zero (Kingma & Ba 2015, algorithm 1).

    The arrays m and v hold the paper's m / (1 − β₁) and v / (1 − β₂). The factors left out join those of the
    bias correction, in two numbers: 10 passes over θ in place of 12, and 2.4 ms in place of 2.8 ms for 1.9
    million parameters.
    """

    running = ("m", "v")
    beta1: float
    beta2: float
    eps: float

    def __init__(self, lr: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> None:
        super().__init__(lr, beta1=beta1, beta2=beta2, eps=eps)

    def update(self, theta: Array, g: Array, m: Array, v: Array, s: Array) -> None:
        """Divide the corrected first moment by the root of the corrected second."""
        xp = array_module(s)
        first = (1 - self.beta1) / (1 - self.beta1**self.steps)  # m̂ = first · m
        root = math.sqrt((1 - self.beta2) / (1 - self.beta2**self.steps))  # √v̂ = root · √v
        m *= self.beta1
        m += g  # (9.10) m ← β₁m + (1 − β₁)g
        xp.multiply(g, g, out=s)
        v *= self.beta2
        v += s  # (9.11) v ← β₂v + (1 − β₂)g²
        xp.sqrt(v, out=s)
        s += self.eps / root
        xp.divide(m, s, out=s)
        s *= self.lr * first / root
        theta -= s  # (9.12) θ ← θ − η m̂ / (√v̂ + ε), m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)


class AdamW(Adam):
    """Adam with weight decay beside the gradient, not in it (Loshchilov & Hutter 2019, algorithm 2).

    As in PyTorch, the decay of one step is lr · weight_decay, so a schedule of lr slows the decay too.

    Parameters
    ----------
    weight_decay : float
        λ in (9.13).
    is_weight : (P,) array of bool, optional
        net.is_weight: what decays. Without it everything does, biases included.
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

    def _prepare(self, theta: Array, grad: Array) -> None:
        """Lay beside θ what decays: 1 for weights, 0 for the rest."""
        super()._prepare(theta, grad)
        if self.steps == 0:
            xp = array_module(theta=theta, is_weight=self.is_weight)
            flags = xp.ones(theta.shape, bool) if self.is_weight is None else self.is_weight
            if flags.shape != theta.shape:
                raise ValueError(f"expected is_weight of shape {theta.shape}, got {flags.shape}: pass net.is_weight")
            self.arrays["decays"] = flags.astype(theta.dtype)

    def update(  # type: ignore[override]  # one array more than Adam's
        self, theta: Array, g: Array, m: Array, v: Array, decays: Array, s: Array
    ) -> None:
        """Decay the weights, then step as Adam does."""
        array_module(s).multiply(theta, decays, out=s)
        s *= self.lr * self.weight_decay
        theta -= s  # (9.13) w ← w − ηλw
        super().update(theta, g, m, v, s)
