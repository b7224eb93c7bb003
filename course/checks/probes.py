"""Probes: named ways to turn an answer that is not data (a function, a class) into data.

They run beside student code and hold no right answers. What a probe returns is judged elsewhere.
"""

from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np

from course.checks.graphs import call_on_learner, order_nodes, run_operation, send_back

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


def run_steps(answer: Any, inputs: dict[str, Any]) -> Any:
    """Take one optimizer step for each row of ``grads``, from ``theta`` and an empty state; return θ after each.

    The answer is called as ``answer(theta, grad, state, …) -> (theta, state)``, with the other inputs in order.
    """
    theta, grads, *settings = inputs.values()
    state: Any = {}
    places = []
    for grad in grads:
        result = answer(theta, grad, state, *settings)
        if not isinstance(result, tuple | list) or len(result) != 2:
            raise TypeError("expected the pair (theta, state) to come back: is the last line `return theta, state`?")
        theta, state = result
        places.append(np.array(theta))
    return np.array(places)


def deal_batches(answer: Any, inputs: dict[str, Any]) -> Any:
    """Let a generator of mini-batches deal once for each of ``seeds``; return its batches, as pairs (X, y)."""
    X, y, size, seeds = inputs.values()
    rounds = []
    for seed in seeds:
        batches = islice(answer(X, y, size, np.random.default_rng(int(seed))), 3 * len(X))  # one that never ends
        rounds.append([[np.array(X_batch), np.array(y_batch)] for X_batch, y_batch in batches])
    return rounds


def drop_repeatedly(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call a dropout layer twice with one generator, then once with an equal one; return its (out, mask) each time."""
    a, p_drop, seed, train = inputs.values()
    rng, equal = np.random.default_rng(seed), np.random.default_rng(seed)
    pairs = [answer(a, p_drop, generator, train) for generator in (rng, rng, equal)]
    if any(not isinstance(pair, tuple | list) or len(pair) != 2 for pair in pairs):
        raise TypeError("expected the pair (out, mask) to come back: is the last line `return out, mask`?")
    return [[np.array(out), np.array(mask).astype(np.uint8)] for out, mask in pairs]


def call_on_draws(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call the answer with a noisy predictor, whose outputs are the first input one after the other."""
    draws, *rest = inputs.values()
    following = iter(draws)

    def predict(X: Any) -> np.ndarray:
        output = next(following, None)
        if output is None:
            raise RuntimeError(f"predict was called more than {len(draws)} times")
        return output.copy()

    return answer(predict, *rest)


def call_with_running(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call a batch normalisation; return its output and the two arrays of the ``running`` that it hands back."""
    result = answer(*inputs.values())
    if not isinstance(result, tuple | list) or len(result) != 2 or not isinstance(result[1], dict):
        raise TypeError('expected (out, running) to come back, running a dictionary with "mean" and "var"')
    out, running = result
    return out, running["mean"], running["var"]


PROBES: dict[str, Probe] = {
    probe.__name__: probe
    for probe in (
        constant,
        call,
        call_on_function,
        call_without_inputs,
        run_steps,
        deal_batches,
        drop_repeatedly,
        call_on_draws,
        call_with_running,
        run_operation,
        order_nodes,
        send_back,
        call_on_learner,
    )
}
