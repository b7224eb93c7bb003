"""Probes: named ways to turn an answer that is not data (a function, a class) into data.

They run beside student code and hold no right answers. What a probe returns is judged elsewhere.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

Probe = Callable[[Any, dict[str, Any]], Any]

#: functions that students' own functions are applied to: a case holds the name, since a record holds only data
FUNCTIONS: dict[str, Callable[[np.ndarray], float]] = {
    "sum of cubes": lambda theta: float(np.sum(theta**3)),
    "weighted squares": lambda theta: float(np.sum(np.arange(1, theta.size + 1) * theta.ravel() ** 2)),
    "product of cosines": lambda theta: float(np.prod(np.cos(theta))),
    "exponential of the sum": lambda theta: float(np.exp(np.sum(theta))),
}


def constant(answer: Any, inputs: dict[str, Any]) -> Any:
    """Return the answer itself: a number, a table, a choice."""
    return answer


def call(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call the answer with the inputs, in order."""
    return answer(*inputs.values())


def call_on_function(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call the answer with a function, named by the first input, and with the other inputs."""
    name, *rest = inputs.values()
    return answer(FUNCTIONS[name], *rest)


def call_without_inputs(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call the answer with nothing: the inputs are for the measure of what it returns."""
    return answer()


PROBES: dict[str, Probe] = {probe.__name__: probe for probe in (constant, call, call_on_function, call_without_inputs)}
