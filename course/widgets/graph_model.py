"""One house through a computation graph, forward and back: the numbers behind lab 03's graph stepper."""

import numpy as np

from course.show.tables import number, signed
from course.widgets.chain_model import Step


def graph(x: np.ndarray, y: float, w: np.ndarray, b: float) -> tuple[Step, ...]:
    """Compute ε = δ², δ = y − ŷ, ŷ = w₀x₀ + w₁x₁ + b, and its gradient at every node, one step at a time.

    Parameters
    ----------
    x, w : array, shape (2,)
        Inputs and weights.
    y : float
        Right price.
    b : float
        Intercept.

    Returns
    -------
    tuple of Step
        Three steps forward (ŷ, δ, ε), then eight back (ε, δ, ŷ, w₀, x₀, w₁, x₁, b).
    """
    y_hat = float(x @ w + b)
    delta = y - y_hat
    d_delta = 2 * delta
    d_y_hat = -d_delta
    x0, x1, w0, w1 = (signed(v) for v in (*x, *w))
    leaves = (("w₀", "x₀", x[0]), ("x₀", "w₀", w[0]), ("w₁", "x₁", x[1]), ("x₁", "w₁", w[1]), ("b", "1", 1.0))
    return (
        Step("forward", "ŷ", "w₀·x₀ + w₁·x₁ + b", f"{w0}·{x0} + {w1}·{x1} + {signed(b)}", y_hat),
        Step("forward", "δ", "y − ŷ", f"{number(y)} − {signed(y_hat)}", delta),
        Step("forward", "ε", "δ²", f"{signed(delta)}²", delta**2),
        Step("backward", "∂ε/∂ε", "1", "1", 1.0),
        Step("backward", "∂ε/∂δ", "2δ · ∂ε/∂ε", f"{signed(d_delta)} · 1", d_delta),
        Step("backward", "∂ε/∂ŷ", "∂δ/∂ŷ · ∂ε/∂δ = (−1) · ∂ε/∂δ", f"(−1) · {signed(d_delta)}", d_y_hat),
        *(
            Step(
                "backward",
                f"∂ε/∂{name}",
                f"∂ŷ/∂{name} · ∂ε/∂ŷ = {partner} · ∂ε/∂ŷ",
                f"{signed(float(value))} · {signed(d_y_hat)}",
                float(value) * d_y_hat,
            )
            for name, partner, value in leaves
        ),
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
        return "Nothing computed yet. What will ŷ be? Work it out, then step."
    last = steps[done - 1]
    said = f"{last.name} = {number(last.value)}."
    if done == len(steps):
        return f"{said} Every node knows its gradient: one pass forward, one pass back."
    turn = " Now turn round." if steps[done].way != last.way else ""
    return f"{said}{turn} Next: {steps[done].name} = {steps[done].rule}."
