"""The optimizer race: the numbers behind lab 09's widget."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from course.nn.optimizers import SGD, Adadelta, Adagrad, Adam, Momentum, Nesterov, Optimizer, RMSProp
from course.widgets.surface_model import LOST, Descent, Surface


def ravine_loss(w: np.ndarray) -> np.ndarray:
    """Give the loss of a ravine, 50 times as steep across as along."""
    return 0.5 * (w[..., 0] ** 2 + 50 * w[..., 1] ** 2)


def ravine_gradient(w: np.ndarray) -> np.ndarray:
    """Differentiate `ravine_loss`."""
    return w * [1.0, 50.0]


def saddle_loss(w: np.ndarray) -> np.ndarray:
    """Give the loss of a saddle at the origin between two valleys."""
    w1, w2 = w[..., 0], w[..., 1]
    return 0.5 * w1**2 - 0.5 * w2**2 + 0.25 * w2**4 + 0.25


def saddle_gradient(w: np.ndarray) -> np.ndarray:
    """Differentiate `saddle_loss`."""
    w1, w2 = w
    return np.array([w1, w2**3 - w2])


def bend_loss(w: np.ndarray) -> np.ndarray:
    """Give the loss of a valley that bends, after Rosenbrock (1960)."""
    w1, w2 = w[..., 0], w[..., 1]
    return 0.2 * (1 - w1) ** 2 + 2 * (w2 - w1**2) ** 2


def bend_gradient(w: np.ndarray) -> np.ndarray:
    """Differentiate `bend_loss`."""
    w1, w2 = w
    return np.array([-0.4 * (1 - w1) - 8 * w1 * (w2 - w1**2), 4 * (w2 - w1**2)])


RAVINE = Surface("ravine", "½(w₁² + 50·w₂²)", ravine_loss, ravine_gradient, 2.0, (-1.8, 0.6), 1.0)
SADDLE = Surface("saddle", "½w₁² − ½w₂² + ¼w₂⁴ + ¼", saddle_loss, saddle_gradient, 2.0, (1.8, 0.01), 1.0)
BEND = Surface("bend", "0.2(1 − w₁)² + 2(w₂ − w₁²)²", bend_loss, bend_gradient, 2.0, (-1.5, 1.2), 1.0)
SURFACES = (RAVINE, SADDLE, BEND)


@dataclass(frozen=True)
class Racer:
    """An optimizer at the start.

    Parameters
    ----------
    name : str
        The optimizer's name.
    lr : float
        A learning rate that suits it on these surfaces; the race multiplies it by a factor for all.
    build : callable
        Learning rate → optimizer.
    """

    name: str
    lr: float
    build: Callable[[float], Optimizer]


RACERS = (
    Racer("SGD", 0.03, SGD),
    Racer("Momentum", 0.01, Momentum),
    Racer("Nesterov", 0.01, Nesterov),
    Racer("Adagrad", 0.3, Adagrad),
    Racer("Adadelta", 1.0, Adadelta),
    Racer("RMSProp", 0.03, RMSProp),
    Racer("Adam", 0.1, Adam),
)


def run(surface: Surface, racer: Racer, factor: float, steps: int) -> Descent:
    """Let one optimizer walk.

    Parameters
    ----------
    surface : Surface
        Where; the walk begins at its start.
    racer : Racer
        Who.
    factor : float
        Multiplies the racer's learning rate; positive.
    steps : int
        How many steps at most; a walker that gets lost stops.

    Raises
    ------
    ValueError
        If the factor is not positive or the number of steps is negative.
    """
    if factor <= 0 or steps < 0:
        raise ValueError(f"expected factor > 0 and steps >= 0, got {factor} and {steps}: change the one that is off")
    optimizer = racer.build(racer.lr * factor)
    theta = np.array(surface.start)
    places = [theta.copy()]
    while len(places) <= steps and np.abs(theta).max() <= LOST:
        optimizer.step(theta, surface.gradient(theta))
        places.append(theta.copy())
    walked = np.array(places)
    slopes = np.array([np.linalg.norm(surface.gradient(w)) for w in walked])
    return Descent(walked, surface.loss(walked), slopes)


def race(surface: Surface, racers: Iterable[Racer], factor: float, steps: int) -> dict[str, Descent]:
    """Let several optimizers walk from the same start; name → walk."""
    return {racer.name: run(surface, racer, factor, steps) for racer in racers}


def status(walks: dict[str, Descent]) -> str:
    """Say in words who leads and who got lost."""
    if not walks:
        return "Nobody is running. Tick an optimizer."
    lost = [name for name, walk in walks.items() if walk.state == "diverged"]
    running = {name: walk.loss[-1] for name, walk in walks.items() if name not in lost}
    said = [f"{min(running, key=running.__getitem__)} is lowest."] if running else []
    if lost:
        said.append(
            f"Lost for good: {', '.join(lost)}. The rate is too large for {'it' if len(lost) == 1 else 'them'}."
        )
    return " ".join(said)
