"""Lab 09's optimizer race: choose a surface and the optimizers, then let them descend."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import ipywidgets as widgets
import numpy as np

from course.nn.optimizers import SGD, Adadelta, Adagrad, Adam, Momentum, Nesterov, Optimizer, RMSProp
from course.show import svg
from course.show.axes import Axes
from course.show.landscape import contours, start_mark
from course.show.looks import BLUE, GREEN, INK, PAPER, PURPLE, VERMILION
from course.show.tables import Table, number
from course.widgets.base import LABEL, Card, button, buttons
from course.widgets.loss_surface.model import LOST, Descent, Surface


def ravine_loss(w: np.ndarray) -> np.ndarray:
    """Return the loss of a ravine, 50 times as steep across as along."""
    return 0.5 * (w[..., 0] ** 2 + 50 * w[..., 1] ** 2)


def ravine_gradient(w: np.ndarray) -> np.ndarray:
    """Differentiate `ravine_loss`."""
    return w * [1.0, 50.0]


def saddle_loss(w: np.ndarray) -> np.ndarray:
    """Return the loss of a saddle at the origin between two valleys."""
    w1, w2 = w[..., 0], w[..., 1]
    return 0.5 * w1**2 - 0.5 * w2**2 + 0.25 * w2**4 + 0.25


def saddle_gradient(w: np.ndarray) -> np.ndarray:
    """Differentiate `saddle_loss`."""
    w1, w2 = w
    return np.array([w1, w2**3 - w2])


def bend_loss(w: np.ndarray) -> np.ndarray:
    """Return the loss of a valley that bends, after Rosenbrock (1960)."""
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
    """Run one optimizer.

    Parameters
    ----------
    surface : Surface
        Where; the walk begins at its start.
    racer : Racer
        Which optimizer.
    factor : float
        Multiplies the racer's learning rate; positive.
    steps : int
        The largest number of steps; a walk that diverges stops earlier.

    Raises
    ------
    ValueError
        If the factor is not positive or the number of steps is negative.
    """
    if factor <= 0 or steps < 0:
        raise ValueError(
            f"expected factor > 0 and steps >= 0, got {factor} and {steps}: change the one that does not fit"
        )
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
    """Run several optimizers from the same start; return name → walk."""
    return {racer.name: run(surface, racer, factor, steps) for racer in racers}


def status(walks: dict[str, Descent]) -> str:
    """Say in words which optimizer leads, and which diverged."""
    if not walks:
        return "No optimizer is running. Tick one."
    lost = [name for name, walk in walks.items() if walk.state == "diverged"]
    running = {name: walk.loss[-1] for name, walk in walks.items() if name not in lost}
    said = [f"{min(running, key=running.__getitem__)} has the lowest loss."] if running else []
    if lost:
        said.append(f"Diverged: {', '.join(lost)}. The rate is too large for {'it' if len(lost) == 1 else 'them'}.")
    return " ".join(said)


#: a colour and a dash pattern for each racer; the number at the end of the path says the same
LOOKS = dict(
    zip(
        (racer.name for racer in RACERS),
        ((INK, ""), (BLUE, ""), (BLUE, "7 4"), (GREEN, ""), (GREEN, "7 4"), (VERMILION, ""), (PURPLE, "")),
        strict=True,
    )
)
NUMBERS = {racer.name: str(i) for i, racer in enumerate(RACERS, 1)}
AT_START = ("SGD", "Momentum", "Adam")


def table(surface: Surface, walks: dict[str, Descent], factor: float) -> Table:
    """Write each optimizer's place as a table."""
    rates = {racer.name: racer.lr * factor for racer in RACERS}
    rows = [
        (NUMBERS[name], name, number(rates[name]), number(walk.w[-1, 0]), number(walk.w[-1, 1]), number(walk.loss[-1]))
        for name, walk in walks.items()
    ]
    return Table("Where they are now", ("no.", "optimizer", "η", "w₁", "w₂", "loss"), rows)


def end_mark(x: float, y: float, name: str) -> str:
    """Draw a racer's number at its current place."""
    disc = svg.tag("circle", cx=x, cy=y, r=9.5, fill=PAPER, stroke=LOOKS[name][0], stroke_width=2)
    return disc + svg.text(x, y, NUMBERS[name], size=12, font_weight=600)


def draw(axes: Axes, ground: str, surface: Surface, walks: dict[str, Descent], alt: str) -> str:
    """Draw the paths on the surface's contours, each with its number at the end."""
    parts, ends = [ground], []
    for name, walk in walks.items():
        colour, dashes = LOOKS[name]
        places = axes.pixels(np.clip(walk.w, -9 * surface.reach, 9 * surface.reach))
        parts.append(svg.haloed(places, stroke=colour, stroke_width=2.2, stroke_dasharray=dashes or "none"))
        x, y = np.clip(places[-1], 11, np.array([axes.width, axes.height]) - 11)
        ends.append(end_mark(float(x), float(y), name))
    x0, y0 = axes.pixels(np.array([surface.start]))[0]
    half = surface.reach / 2
    frame = axes.frame("w₁", "w₂", [-2 * half, -half, 0, half, 2 * half])
    return svg.card(440, 426, [axes.window([*parts, start_mark(float(x0), float(y0)), *ends]), frame], alt)


class OptimizerRace(Card):
    """Seven optimizers on three surfaces, from the same start.

    Attributes
    ----------
    surface : ipywidgets.Dropdown
    runs : dict of str to ipywidgets.Checkbox
        Which optimizers take part.
    steps : ipywidgets.IntSlider
    factor : ipywidgets.FloatLogSlider
        Multiplies all learning rates.
    more_button, reset_button : ipywidgets.Button
    walks : dict of str to Descent
        The walks on display.
    """

    def __init__(self) -> None:
        self.axes = Axes((-2, 2, -2, 2), left=60.0, top=20.0, width=352.0, height=352.0)
        self.surface = widgets.Dropdown(options=[(s.name, s) for s in SURFACES], description="surface", **LABEL)
        self.runs = {
            racer.name: widgets.Checkbox(
                value=racer.name in AT_START,
                description=f"{NUMBERS[racer.name]} {racer.name}",
                indent=False,
                layout=widgets.Layout(width="118px"),
            )
            for racer in RACERS
        }
        self.steps = widgets.IntSlider(value=20, min=0, max=300, description="steps", **LABEL)
        self.factor = widgets.FloatLogSlider(
            value=1.0, min=-1, max=1.5, step=0.1, description="rates ×", readout_format=".2g", **LABEL
        )
        self.more_button = button("10 more steps", "Let every optimizer take ten more steps", self.more)
        self.reset_button = button("Reset", "Back to the start, with the usual rates", self.reset)
        who = widgets.HBox([*self.runs.values()], layout=widgets.Layout(flex_flow="row wrap"))
        super().__init__(
            "Optimizer race",
            "All start at the square. Each has a learning rate that suits it; one slider multiplies them all.",
            [self.surface, who, self.steps, self.factor, buttons(self.more_button, self.reset_button)],
        )

    def more(self) -> None:
        """Take ten more steps."""
        self.steps.value += 10

    def reset(self) -> None:
        """Go back to the start."""
        self.factor.value, self.steps.value = 1.0, 0

    def refresh(self) -> None:
        """Compute and show the walks for the controls' values."""
        surface = self.surface.value
        racers = [racer for racer in RACERS if self.runs[racer.name].value]
        self.ground = contours(surface.loss, self.axes)
        self.walks = race(surface, racers, self.factor.value, self.steps.value)
        said = f"After {self.steps.value} steps: {status(self.walks)}"
        alt = f"Contours of the loss {surface.formula}, the {surface.name}, with one path for each optimizer. {said}"
        figure = draw(self.axes, self.ground, surface, self.walks, alt)
        self.show(figure, said, table(surface, self.walks, self.factor.value))
