"""Lab 02's chain-rule stepper: one neuron and one example, values forward, gradients back, one number at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

import ipywidgets as widgets
import numpy as np

from course.nn.activations import sigmoid
from course.show import svg
from course.show.looks import BLUE, RED_WORDS
from course.show.tables import Table, number, signed
from course.widgets.stepper import FIELD, KEY, Stepper, arrow, check_steps, fields_in_columns, paper, table


@dataclass(frozen=True)
class Step:
    """One line of the calculation.

    Parameters
    ----------
    way : {"forward", "backward"}
        Values flow forward, gradients flow back.
    name : str
        The quantity's name in the lab.
    rule : str
        The equation with symbols.
    filled : str
        The same equation with numbers.
    value : float
        The result.
    """

    way: str
    name: str
    rule: str
    filled: str
    value: float


def chain(x: np.ndarray, y: float, w: np.ndarray, b: float) -> tuple[Step, ...]:
    """Compute loss and gradient of one neuron on one example, one step at a time.

    Parameters
    ----------
    x, w : array, shape (2,)
        Inputs and weights.
    y : float
        Label.
    b : float
        Bias.

    Returns
    -------
    tuple of Step
        Three steps forward (h, p, ℓ), then five back (∂ℓ/∂p, ∂ℓ/∂h, ∂ℓ/∂w₁, ∂ℓ/∂w₂, ∂ℓ/∂b).
    """
    h = float(x @ w + b)
    p = float(sigmoid(np.float64(h)))
    l = (y - p) ** 2  # noqa: E741 - the lab calls the loss ℓ
    dl_dp = 2 * (p - y)
    dp_dh = p * (1 - p)
    dl_dh = dp_dh * dl_dp
    so_far = signed(dl_dh)
    x1, x2, w1, w2 = (signed(v) for v in (*x, *w))
    return (
        Step("forward", "h", "w₁·x₁ + w₂·x₂ + b", f"{w1}·{x1} + {w2}·{x2} + {signed(b)}", h),
        Step("forward", "p", "σ(h)", f"σ({number(h)})", p),
        Step("forward", "ℓ", "(y − p)²", f"({number(y)} − {number(p)})²", l),
        Step("backward", "∂ℓ/∂p", "2·(p − y)", f"2·({number(p)} − {number(y)})", dl_dp),
        Step(
            "backward",
            "∂ℓ/∂h",
            "∂p/∂h · ∂ℓ/∂p = p·(1 − p) · ∂ℓ/∂p",
            f"{number(dp_dh)} · {signed(dl_dp)}",
            dl_dh,
        ),
        Step("backward", "∂ℓ/∂w₁", "∂h/∂w₁ · ∂ℓ/∂h = x₁ · ∂ℓ/∂h", f"{x1} · {so_far}", float(x[0]) * dl_dh),
        Step("backward", "∂ℓ/∂w₂", "∂h/∂w₂ · ∂ℓ/∂h = x₂ · ∂ℓ/∂h", f"{x2} · {so_far}", float(x[1]) * dl_dh),
        Step("backward", "∂ℓ/∂b", "∂h/∂b · ∂ℓ/∂h = 1 · ∂ℓ/∂h", f"1 · {so_far}", dl_dh),
    )


def status(steps: Sequence[Step], done: int) -> str:
    """Describe the last of `done` steps, and name the next one."""
    check_steps(steps, done)
    if done == 0:
        return "Nothing computed yet. What will h be? Work it out, then step."
    last = steps[done - 1]
    said = f"{last.name} = {last.filled} = {number(last.value)}."
    if done == len(steps):
        return f"{said} That is the whole gradient: one pass forward, one pass back."
    turn = " Now the backward pass begins." if steps[done].way != last.way else ""
    return f"{said}{turn} Next: {steps[done].name} = {steps[done].rule}."


START = {"x1": 1.0, "x2": 1.0, "y": 1, "w1": 1.0, "w2": -1.0, "b": -0.5}
#: each quantity's place: the middle of its box
PLACES = {"x₁": (66, 96), "x₂": (66, 216), "w₁": (204, 96), "w₂": (204, 216)}
PLACES |= {"h": (358, 156), "p": (496, 156), "ℓ": (634, 156), "b": (358, 290), "y": (634, 290)}
SHOWN = {"w₁": "× w₁", "w₂": "× w₂", "b": "+ b"}  # how a quantity enters the sum h
ENTRY = {"w₁": -12, "w₂": 12}  # where arrows touch the side of h, from its middle
HALF = {"w": 47, "h": 27}  # half the width and half the height of a box
EDGES = (("x₁", "w₁"), ("x₂", "w₂"), ("w₁", "h"), ("w₂", "h"), ("b", "h"), ("h", "p"), ("p", "ℓ"), ("y", "ℓ"))
#: the arrow along which each gradient goes back
RETURNS = {"∂ℓ/∂p": ("p", "ℓ"), "∂ℓ/∂h": ("h", "p")}
RETURNS |= {f"∂ℓ/∂{name}": (name, "h") for name in ("w₁", "w₂", "b")}


def box(name: str, value: str, gradient: str, now: bool) -> str:
    """Draw one quantity: its name and value, and above it its gradient, once known; ▶ marks what was just computed."""
    x, y = PLACES[name]
    w, h = HALF["w"], HALF["h"]
    drawn = paper(x - w, y - h, 2 * w, 2 * h, bool(value), now)
    drawn += svg.text(x, y - 10, SHOWN.get(name, name), size=14, font_weight=600)
    drawn += svg.text(x, y + 11, value or "?", fill=BLUE)
    if now:
        drawn += svg.text(x - w + 12, y - 11, "▶", size=13)
    if gradient:
        drawn += svg.text(x, y - h - 13, gradient, size=13, fill=RED_WORDS)
    return drawn


def edge(start: str, end: str, back: bool = False) -> str:
    """Draw the arrow between two boxes: forward solid and blue; backward dashed and red, beside it."""
    (x0, y0), (x1, y1) = PLACES[start], PLACES[end]
    lift = (-6 if back else 6) * (-1 if start == "w₂" else 1)
    if x0 == x1:  # the first box is below the second
        ends = (x0 + lift, y0 - HALF["h"]), (x1 + lift, y1 + HALF["h"])
    else:
        ends = (x0 + HALF["w"], y0 + lift), (x1 - HALF["w"], y1 + lift + ENTRY.get(start, 0) * (end == "h"))
    return arrow(*ends, back)


def draw(values: dict[str, float], steps: Sequence[Step], done: int, alt: str) -> str:
    """Draw the neuron as a chain of boxes, filled in up to the current step."""
    known = {step.name: step for step in steps[:done]}
    parts = [edge(*pair) for pair in EDGES]
    parts += [edge(*RETURNS[name], back=True) for name in known if name in RETURNS]
    now = steps[done - 1].name if done else ""
    for name in PLACES:
        value = values[name] if name in values else known[name].value if name in known else None
        back = known.get(f"∂ℓ/∂{name}")
        gradient = f"∂ℓ/∂{name} = {number(back.value)}" if back else ""
        parts.append(box(name, "" if value is None else number(value), gradient, now in (name, f"∂ℓ/∂{name}")))
    return svg.card(700, 340, [*parts, KEY], alt, wide=True)


class ChainRuleStepper(Stepper):
    """The chain rule through one neuron and one example.

    Attributes
    ----------
    x1, x2, w1, w2, b : ipywidgets.FloatText
    y : ipywidgets.Dropdown
    """

    def __init__(self) -> None:
        for name, label in (("x1", "x₁"), ("x2", "x₂"), ("w1", "w₁"), ("w2", "w₂"), ("b", "b")):
            setattr(self, name, widgets.BoundedFloatText(START[name], min=-1000, max=1000, step=0.5,
                                                         description=label, **FIELD))  # fmt: skip
        self.y = widgets.Dropdown(options=[0, 1], value=START["y"], description="y", **FIELD)
        fields = [getattr(self, name) for name in ("x1", "x2", "y", "w1", "w2", "b")]
        lead = "Work out each number on paper, then step. A gradient is a local derivative times the previous gradient."
        super().__init__("Chain-rule stepper", lead, fields_in_columns(fields), "number", "the lab's numbers")

    def calculate(self) -> tuple[Step, ...]:
        """Run the neuron on the numbers in the fields."""
        x, w = np.array([self.x1.value, self.x2.value]), np.array([self.w1.value, self.w2.value])
        return chain(x, self.y.value, w, self.b.value)

    def describe(self) -> tuple[str, str, Table]:
        """Make figure, status and table of the first `done` steps."""
        fields = {"x₁": self.x1, "x₂": self.x2, "w₁": self.w1, "w₂": self.w2, "b": self.b, "y": self.y}
        said = status(self.steps, self.done)
        alt = f"The neuron as a chain: inputs and weights to h, to p, to the loss ℓ. {said}"
        values = {name: field.value for name, field in fields.items()}
        return draw(values, self.steps, self.done, alt), said, table(self.steps, self.done)
