"""Walking downhill on a loss surface: the numbers behind lab 02's explorer of gradient descent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from course.nn.activations import sigmoid
from course.show.tables import number, signed

FLAT = 1e-4  # a gradient shorter than this counts as flat ground
LOST = 1e3  # a weight farther out than this will not come back


@dataclass(frozen=True)
class Surface:
    """A loss over two weights, with its gradient worked out by hand.

    Parameters
    ----------
    name, formula : str
        What the surface is called, and its equation.
    loss : callable
        Weights (..., 2) → losses (...).
    gradient : callable
        Weights (2,) → gradient (2,).
    reach : float
        Both weights are shown from −reach to reach.
    start : tuple of float
        Where the walk begins unless told otherwise.
    lr : float
        A learning rate that suits the surface.
    """

    name: str
    formula: str
    loss: Callable[[np.ndarray], np.ndarray]
    gradient: Callable[[np.ndarray], np.ndarray]
    reach: float
    start: tuple[float, float]
    lr: float


def valleys_loss(w: np.ndarray) -> np.ndarray:
    """Give the loss of the surface with a deep and a shallow valley."""
    w1, w2 = w[..., 0], w[..., 1]
    return (w1**2 - 1) ** 2 + 0.3 * w1 + 0.5 * w2**2 + 0.5


def valleys_gradient(w: np.ndarray) -> np.ndarray:
    """Differentiate `valleys_loss`."""
    w1, w2 = w
    return np.array([4 * w1 * (w1**2 - 1) + 0.3, w2])


def neuron_surface(name: str, X: np.ndarray, y: np.ndarray, b: float, reach: float = 8.0) -> Surface:
    """Make the surface of one neuron's mean squared error over its two weights.

    Parameters
    ----------
    name : str
        What the surface is called.
    X : array, shape (N, 2)
        Examples.
    y : array, shape (N,)
        Labels, 0 or 1.
    b : float
        The bias, held fixed.
    reach : float
        Both weights are shown from −reach to reach.
    """

    def loss(w: np.ndarray) -> np.ndarray:
        p = sigmoid(w @ X.T + b)
        return np.mean((y - p) ** 2, axis=-1)

    def gradient(w: np.ndarray) -> np.ndarray:
        p = sigmoid(X @ w + b)
        return (2 * (p - y) * p * (1 - p)) @ X / len(y)

    formula = f"mean of (y − σ(w₁·x₁ + w₂·x₂ + {signed(b)}))²"
    return Surface(name, formula, loss, gradient, reach, (-reach / 2, reach / 2), 10.0)


VALLEYS = Surface("two valleys", "(w₁² − 1)² + 0.3·w₁ + 0.5·w₂² + 0.5", valleys_loss, valleys_gradient,
                  2.0, (0.25, 1.75), 0.1)  # fmt: skip
CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
OR_NEURON = neuron_surface("the neuron on OR", CORNERS, np.array([0, 1, 1, 1]), -0.5)
AND_NEURON = neuron_surface("the neuron on AND", CORNERS, np.array([0, 0, 0, 1]), -0.5)


@dataclass(frozen=True)
class Descent:
    """A walk: row k is the place after k steps.

    Parameters
    ----------
    w : array, shape (K + 1, 2)
        Weights.
    loss : array, shape (K + 1,)
        Losses there.
    slope : array, shape (K + 1,)
        Lengths of the gradients there.
    """

    w: np.ndarray
    loss: np.ndarray
    slope: np.ndarray

    @property
    def state(self) -> str:
        """Name the state: start, converged, diverged, up, or down."""
        if np.abs(self.w[-1]).max() > LOST:
            return "diverged"
        if self.slope[-1] < FLAT:
            return "converged"
        if len(self.loss) == 1:
            return "start"
        return "up" if self.loss[-1] > self.loss[-2] else "down"


def descend(surface: Surface, start: Sequence[float], lr: float, steps: int) -> Descent:
    """Take up to `steps` steps of gradient descent; stop early on flat ground or far outside.

    Parameters
    ----------
    surface : Surface
        Where to walk.
    start : (w1, w2)
        Where to begin.
    lr : float
        Learning rate η, positive.
    steps : int
        How many steps at most.

    Raises
    ------
    ValueError
        If the learning rate is not positive or the number of steps is negative.
    """
    if lr <= 0 or steps < 0:
        raise ValueError(
            f"expected lr > 0 and steps >= 0, got lr={lr} and steps={steps}: change the one that does not fit"
        )
    w = np.array(start, float)
    places, slopes = [w], [surface.gradient(w)]
    while len(places) <= steps and np.abs(w).max() <= LOST and np.linalg.norm(slopes[-1]) >= FLAT:
        w = w - lr * slopes[-1]
        places.append(w)
        slopes.append(surface.gradient(w))
    walked = np.array(places)
    return Descent(walked, surface.loss(walked), np.linalg.norm(slopes, axis=1))


def status(walk: Descent) -> str:
    """Say in words how the walk goes."""
    steps = len(walk.loss) - 1
    here = f"(w₁, w₂) = ({number(walk.w[-1, 0])}, {number(walk.w[-1, 1])}), loss {number(walk.loss[-1])}"
    after = f"After {steps} step{'' if steps == 1 else 's'}"
    return {
        "start": f"At the start: {here}. Where will the first step go?",
        "converged": f"Converged. {after} the gradient is shorter than {FLAT}: {here}. Does every start end here?",
        "diverged": f"Diverged. {after} a weight is farther than {LOST:g} from 0. The learning rate is too large.",
        "up": f"Going up. In step {steps} the loss grew from {number(walk.loss[-2:][0])} to {number(walk.loss[-1])}: "
        "the step jumped over the valley.",
        "down": f"Going down. {after}: {here}.",
    }[walk.state]
