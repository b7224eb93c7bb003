"""Lab 06's backprop stepper: one hidden layer and a few examples, every array with its shape and its numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np

from course.data.toy import xor_gate
from course.nn.activations import sigmoid, sigmoid_grad, tanh, tanh_grad
from course.nn.losses import SigmoidCrossEntropy
from course.show import svg
from course.show.looks import AXIS, BLUE, INK, RED_WORDS
from course.show.tables import Table
from course.widgets.stepper import Stepper, arrow, check_steps, paper

MOST = 4  # examples, and hidden units: more would not fit on the card
ACTIVATIONS: dict[str, tuple[Callable[..., np.ndarray], Callable[..., np.ndarray]]] = {
    "tanh": (tanh, tanh_grad),
    "sigmoid": (sigmoid, sigmoid_grad),
}
_W1 = np.array([[1.0, -0.5, 0.8, -1.2], [-1.0, 1.5, 0.6, 0.4]])
_B1 = np.array([0.2, 0.5, -0.4, 0.1])
_W2 = np.array([[1.2], [-0.8], [0.5], [0.9]])


@dataclass(frozen=True)
class Step:
    """One array of the calculation.

    Parameters
    ----------
    way : {"given", "forward", "backward"}
        Values flow forward, gradients flow back; inputs and parameters are given.
    name : str
        The array's name in the lab.
    rule : str
        The equation.
    shapes : str
        The same equation with shapes instead of arrays.
    value : array
    """

    way: str
    name: str
    rule: str
    shapes: str
    value: np.ndarray


def given(N: int = MOST, h: int = 3) -> dict[str, np.ndarray]:
    """Return the first N corners of XOR, and parameters for h hidden units.

    Returns
    -------
    dict
        X (N, 2), y (N, 1), W₁ (2, h), b₁ (h,), W₂ (h, 1), b₂ (1,).

    Raises
    ------
    ValueError
        If N or h is not between 1 and 4.
    """
    if not (1 <= N <= MOST and 1 <= h <= MOST):
        raise ValueError(f"expected 1 to {MOST} examples and hidden units, got {N} and {h}: choose smaller ones")
    X, y = xor_gate()
    arrays = (X[:N], y[:N, None].astype(float), _W1[:, :h], _B1[:h], _W2[:h], np.array([-0.3]))
    return dict(zip(("X", "y", "W₁", "b₁", "W₂", "b₂"), arrays, strict=True))


def calculate(arrays: dict[str, np.ndarray], activation: str = "tanh") -> tuple[Step, ...]:
    """Compute the mean cross-entropy of a network with one hidden layer and all its gradients, array by array.

    Parameters
    ----------
    arrays : dict
        The result of `given`.
    activation : {"tanh", "sigmoid"}
        Activation of the hidden layer; the output is a sigmoid.

    Returns
    -------
    tuple of Step
        Five steps forward (Z₁, A₁, Z₂, p, L), then seven back.

    Raises
    ------
    ValueError
        If there is no such activation.
    """
    if activation not in ACTIVATIONS:
        raise ValueError(f"expected one of {', '.join(ACTIVATIONS)}, got {activation!r}: choose one of them")
    f, f_grad = ACTIVATIONS[activation]
    X, y, W1, b1, W2, b2 = arrays.values()
    N, (Z1, loss) = len(X), (X @ W1 + b1, SigmoidCrossEntropy())  # (6.1), and the loss
    A1 = f(Z1)  # (6.2), the hidden layer
    Z2 = A1 @ W2 + b2
    dZ2 = loss.grad(Z2, y)
    dA1 = dZ2 @ W2.T  # (6.7), for the output layer
    dZ1 = dA1 * f_grad(Z1)  # (6.4), the hidden layer
    x, w1, w2, z1, z2 = (str(array.shape) for array in (X, W1, W2, Z1, Z2))
    rows = [
        ("forward", "Z₁", "X W₁ + b₁", f"{x} · {w1} + {b1.shape}", Z1),
        ("forward", "A₁", f"{activation}(Z₁)", f"{activation} of {z1}", A1),
        ("forward", "Z₂", "A₁ W₂ + b₂", f"{z1} · {w2} + {b2.shape}", Z2),
        ("forward", "p", "σ(Z₂)", f"σ of {z2}", sigmoid(Z2)),
        ("forward", "L", "−mean(y log p + (1 − y) log(1 − p))", f"mean over {N} rows", np.array(loss.value(Z2, y))),
        ("backward", "∂L/∂Z₂", "(p − y) / N", f"({z2} − {z2}) / {N}", dZ2),
        ("backward", "∂L/∂W₂", "A₁ᵀ ∂L/∂Z₂", f"{A1.T.shape} · {z2}", A1.T @ dZ2),
        ("backward", "∂L/∂b₂", "Σₙ ∂L/∂Z₂", f"sum of {z2} over its rows", dZ2.sum(axis=0)),
        ("backward", "∂L/∂A₁", "∂L/∂Z₂ W₂ᵀ", f"{z2} · {W2.T.shape}", dA1),
        ("backward", "∂L/∂Z₁", "∂L/∂A₁ ⊙ f′(Z₁)", f"{z1} ⊙ {z1}", dZ1),
        ("backward", "∂L/∂W₁", "Xᵀ ∂L/∂Z₁", f"{X.T.shape} · {z1}", X.T @ dZ1),
        ("backward", "∂L/∂b₁", "Σₙ ∂L/∂Z₁", f"sum of {z1} over its rows", dZ1.sum(axis=0)),
    ]
    return tuple(Step(*row) for row in rows)


def shape_text(array: np.ndarray) -> str:
    """Write an array's shape; a number has none."""
    return str(array.shape) if array.ndim else "one number"


def status(steps: Sequence[Step], done: int) -> str:
    """Describe the last of `done` steps, and ask for the next shape."""
    check_steps(steps, done)
    if done == len(steps):
        return "Done. Each gradient has the shape of its array: compare the boxes above and below one another."
    ask = f"{steps[done].name} = {steps[done].rule}. What shape will it have?"
    if done == 0:
        return f"Nothing computed yet. First: {ask}"
    last = steps[done - 1]
    turn = " Now the backward pass begins." if steps[done].way != last.way else ""
    return f"{last.name}: {last.shapes} → {shape_text(last.value)}.{turn} Next: {ask}"


CELL, LINE = 42, 17  # of a matrix on the card: width and height of one number
COLUMNS = {"X": 62, "Z₁": 222, "A₁": 418, "Z₂": 560, "p": 668, "L": 762}
#: each array's place: its middle, and the upper edge of its box
PLACES = {name: (COLUMNS[name], 216) for name in COLUMNS}
PLACES |= {"W₁": (COLUMNS["Z₁"], 50), "b₁": (COLUMNS["Z₁"], 148), "W₂": (COLUMNS["Z₂"], 50), "b₂": (COLUMNS["Z₂"], 148)}
PLACES |= {f"∂L/∂{name}": (COLUMNS[name], 332) for name in ("Z₁", "A₁", "Z₂")} | {"y": (COLUMNS["p"], 332)}
PLACES |= {"∂L/∂W₁": (COLUMNS["Z₁"], 448), "∂L/∂W₂": (COLUMNS["Z₂"], 448)}
PLACES |= {"∂L/∂b₁": (COLUMNS["Z₁"], 548), "∂L/∂b₂": (COLUMNS["Z₂"], 548)}
ARROWS = (("X", "Z₁"), ("Z₁", "A₁"), ("A₁", "Z₂"), ("Z₂", "p"), ("p", "L"))
#: gradient → the array at which its arrow begins
RETURNS = {"∂L/∂A₁": "∂L/∂Z₂", "∂L/∂Z₁": "∂L/∂A₁"}
START = {"examples": 4, "hidden": 3, "f": "tanh"}


def cell_text(value: float) -> str:
    """Write a number with two decimals and a true minus sign; no negative zero."""
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text.replace("-", "−")


def numbers(array: np.ndarray) -> str:
    """Write an array in one line, with semicolons between its rows."""
    rows = np.atleast_2d(array)
    return "; ".join(" ".join(cell_text(v) for v in row) for row in rows)


def array_table(given: dict[str, np.ndarray], steps: Sequence[Step], done: int) -> Table:
    """Write the calculation so far; a step that is not done yet shows only its rule."""
    rows = [(name, "given", shape_text(array), numbers(array)) for name, array in given.items()]
    rows += [
        (s.name, s.rule, shape_text(s.value) if k < done else "?", numbers(s.value) if k < done else "?")
        for k, s in enumerate(steps)
    ]
    caption = f"Forward, then back: {done} of {len(steps)} steps done"
    return Table(caption, ("array", "rule", "shape", "numbers"), rows, len(given) + done - 1 if done else None)


def matrix(name: str, array: np.ndarray | None, now: bool) -> str:
    """Draw one array: name and shape, and below them its numbers in a box, or a ? if it is not yet known."""
    x, top = PLACES[name]
    colour = RED_WORDS if name.startswith("∂") else INK if name in ("X", "y") else BLUE
    rows = np.atleast_2d(np.zeros(1) if array is None else array)
    width, height = max(CELL * rows.shape[1], CELL) + 8, LINE * rows.shape[0] + 6
    label = name if array is None else f"{name} {array.shape if array.ndim else ''}".strip()
    drawn = svg.text(x, top - 11, f"{'▶ ' if now else ''}{label}", size=14, font_weight=600)
    drawn += paper(x - width / 2, top, width, height, array is not None, now, corner=5)
    if array is None:
        return drawn + svg.text(x, top + height / 2, "?", fill=AXIS)
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            place = x + CELL * (j - (len(row) - 1) / 2)
            drawn += svg.text(place, top + 3 + LINE * (i + 0.5), cell_text(value), fill=colour)
    return drawn


def edge(start: str, end: str, arrays: dict[str, np.ndarray]) -> str:
    """Draw the arrow from one array to the next: forward arrows are solid and blue, backward ones dashed and red."""
    (x0, y0), (x1, _) = PLACES[start], PLACES[end]
    half = [max(np.atleast_2d(arrays[n]).shape[1] if n in arrays else 1, 1) * CELL / 2 + 8 for n in (start, end)]
    way, y = (1 if x1 > x0 else -1), y0 + 12
    ends = (x0 + way * half[0], y), (x1 - way * half[1], y)
    return arrow(*ends) if way > 0 else arrow(*ends[::-1], back=True)


def draw(given: dict[str, np.ndarray], steps: Sequence[Step], done: int, alt: str) -> str:
    """Draw the network's arrays at their places, filled in up to the current step."""
    known = given | {step.name: step.value for step in steps[:done]}
    now = steps[done - 1].name if done else ""
    parts = [edge(*pair, known) for pair in ARROWS]
    parts += [edge(RETURNS[name], name, known) for name in known if name in RETURNS]
    if "∂L/∂Z₂" in known:
        left = PLACES["y"][0] - CELL / 2 - 8, PLACES["y"][1] + 12
        parts.append(arrow((PLACES["∂L/∂Z₂"][0] + CELL / 2 + 8, left[1]), left, back=True))
    parts += [matrix(name, known.get(name), name == now) for name in PLACES]
    for words, top in (("parameters", 62), ("forward", 180), ("backward", 344), ("picked up", 460)):
        parts.append(svg.text(14, top, words, "start", fill=AXIS, font_style="italic"))
    return svg.card(804, 590, parts, alt, wide=True)


class BackpropStepper(Stepper):
    """Backpropagation through one hidden layer, for a few examples at once.

    Attributes
    ----------
    examples, hidden, f : ipywidgets.Dropdown
    """

    def __init__(self) -> None:
        look: dict[str, Any] = {"style": {"description_width": "initial"}, "layout": widgets.Layout(width="auto")}
        sizes = list(range(1, MOST + 1))
        self.examples = widgets.Dropdown(options=sizes, value=START["examples"], description="examples N", **look)
        self.hidden = widgets.Dropdown(options=sizes, value=START["hidden"], description="hidden units", **look)
        self.f = widgets.Dropdown(options=list(ACTIVATIONS), value=START["f"], description="hidden f", **look)
        row = [self.examples, self.hidden, self.f]
        grid = widgets.HBox(row, layout=widgets.Layout(flex_flow="row wrap", grid_gap="6px 24px"))
        lead = "Say the shape aloud, then step. Values flow right; gradients flow left, each below its array."
        super().__init__("Backprop stepper", lead, grid, "array", "the first network")

    @property
    def given(self) -> dict[str, np.ndarray]:
        """The inputs and parameters, by name."""
        return given(self.examples.value, self.hidden.value)

    def calculate(self) -> tuple[Step, ...]:
        """Run the chosen network forward and back."""
        return calculate(self.given, self.f.value)

    def describe(self) -> tuple[str, str, Table]:
        """Make figure, status and table of the first `done` steps."""
        said = status(self.steps, self.done)
        alt = f"The arrays of a network with one hidden layer, values above and gradients below. {said}"
        return draw(self.given, self.steps, self.done, alt), said, array_table(self.given, self.steps, self.done)
