"""One neuron and one example, forward and back: the numbers behind lab 02's chain-rule stepper."""

from dataclasses import dataclass

import numpy as np

from course.nn.activations import sigmoid
from course.show.tables import number, signed


@dataclass(frozen=True)
class Step:
    """One line of the calculation.

    Parameters
    ----------
    way : {"forward", "backward"}
        Values flow forward, gradients flow back.
    name : str
        What is computed, as the lab writes it.
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


def status(steps: tuple[Step, ...], done: int) -> str:
    """Say where the calculation stands after `done` steps, and what comes next.

    Raises
    ------
    ValueError
        If `done` is not between 0 and the number of steps.
    """
    if not 0 <= done <= len(steps):
        raise ValueError(f"expected 0 to {len(steps)} steps, got {done}: take one step at a time")
    if done == 0:
        return "Nothing computed yet. What will h be? Work it out, then step."
    last = steps[done - 1]
    said = f"{last.name} = {last.filled} = {number(last.value)}."
    if done == len(steps):
        return f"{said} That is the whole gradient: one pass forward, one pass back."
    turn = " Now turn round and carry the gradient back." if steps[done].way != last.way else ""
    return f"{said}{turn} Next: {steps[done].name} = {steps[done].rule}."
