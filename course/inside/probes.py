"""Probes: named ways to turn an answer that is not data (a function, a class) into data.

They run beside student code and hold no right answers. Other code judges what a probe returns.
"""

from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np

from course.inside.fake_cupy import call_on_both_devices, time_on_false_clock
from course.inside.graphs import call_on_learner, order_nodes, run_operation, send_back
from course.inside.networks import network_handed_in, pass_backward, pass_forward, train_epochs
from course.inside.searches import call_and_weigh, draw_settings, search_on_a_bowl

Probe = Callable[[Any, dict[str, Any]], Any]

#: functions for answers that take a function: a case holds the name, because a record holds only data
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
    """Call the answer without arguments; the inputs are for the code that measures the result."""
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
    """Run a generator of minibatches once for each of ``seeds``; return its batches, as pairs (X, y)."""
    X, y, size, seeds = inputs.values()
    rounds = []
    for seed in seeds:
        batches = islice(answer(X, y, size, np.random.default_rng(int(seed))), 3 * len(X))  # a limit, if it never ends
        rounds.append([[np.array(X_batch), np.array(y_batch)] for X_batch, y_batch in batches])
    return rounds


def drop_repeatedly(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call a dropout layer twice with one generator, then once with an equal one; return all three (out, mask)."""
    a, p_drop, seed, train = inputs.values()
    rng, equal = np.random.default_rng(seed), np.random.default_rng(seed)
    copies = [a.copy() for _ in range(3)]
    pairs = [answer(copy, p_drop, generator, train) for copy, generator in zip(copies, (rng, rng, equal), strict=True)]
    a[...] = copies[0]  # shows the answer's changes to its inputs to the code that compares them
    if any(not isinstance(pair, tuple | list) or len(pair) != 2 for pair in pairs):
        raise TypeError("expected the pair (out, mask) to come back: is the last line `return out, mask`?")
    if any(mask is None for _, mask in pairs):
        raise TypeError("expected a mask of the shape of a, got None: if nothing is dropped, the mask is all ones")
    return [[np.array(out), np.array(mask).astype(np.uint8)] for out, mask in pairs]


def call_on_draws(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call the answer with a noisy predictor of X; its outputs are the elements of the first input, one by one."""
    draws, *rest = inputs.values()
    following = iter(draws)

    def predict(X: Any) -> np.ndarray:
        if not np.array_equal(X, inputs["X"]):
            raise ValueError("predict was asked about something else than X: hand it X, as it came")
        output = next(following, None)
        if output is None:
            raise RuntimeError(
                f"predict was called more than T = {len(draws)} times: call it T times, and keep the results"
            )
        return output.copy()

    return answer(predict, *rest)


def call_with_running(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call a batch normalisation; return its output and the two arrays of the ``running`` that it returns."""
    result = answer(*inputs.values())
    if not isinstance(result, tuple | list) or len(result) != 2 or not isinstance(result[1], dict):
        raise TypeError('expected (out, running) to come back, running a dictionary with "mean" and "var"')
    out, running = result
    return out, running["mean"], running["var"]


def draw_weights(answer: Any, inputs: dict[str, Any]) -> Any:
    """Draw initial weights three times, the third time from an equal generator, and summarise them.

    Returns the shape of the first draw; its mean, standard deviation, largest distance from the mean, and share of
    numbers that differ from one another; then three times 1 for yes or 0 for no: two calls gave the same, the equal
    generator gave the same, NumPy's global generator was used (it is restored). Returns None if the answer returned
    nothing. The matrices themselves would take megabytes in the record.
    """
    fan_in, fan_out, seed = inputs.values()
    found = np.random.get_state()  # noqa: NPY002 - to see whether the answer uses it
    np.random.seed(seed)  # noqa: NPY002
    before = np.random.get_state()[1:3]  # type: ignore[index]  # noqa: NPY002
    try:
        rng = np.random.default_rng(seed)
        generators = (rng, rng, np.random.default_rng(seed))
        draws = [answer(fan_in, fan_out, g) for g in generators]
        after = np.random.get_state()[1:3]  # type: ignore[index]  # noqa: NPY002
    finally:
        np.random.set_state(found)  # noqa: NPY002
    if draws[0] is None:
        return None
    first, second, again = (np.asarray(draw, dtype=float) for draw in draws)
    touched = after[1] != before[1] or not np.array_equal(after[0], before[0])
    spread = np.array([first.mean(), first.std(), abs(first - first.mean()).max(), len(np.unique(first)) / first.size])
    answers = [np.array_equal(first, second), np.array_equal(first, again), touched]
    return [np.array(first.shape, dtype=np.int64), spread, np.array(answers, dtype=np.int64)]


#: slopes f′ as functions of the activation a = f(z), for students' own backward passes; none is an exercise's answer
SLOPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "slope of tanh": lambda a: 1 - a**2,
    "slope of softplus": lambda a: 1 - np.exp(-a),
}


def call_backward(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call a backward pass through layers; return its lists dWs and dbs as a dictionary, one entry per array.

    The last input names fprime, one of `SLOPES`. Lists of a wrong length raise an error.
    """
    *given, name = inputs.values()
    result = answer(*given, SLOPES[name])
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise TypeError("expected the pair (dWs, dbs) to come back: is the last line `return dWs, dbs`?")
    found, layers = [len(part) if hasattr(part, "__len__") else "no list" for part in result], len(inputs["Ws"])
    if found != [layers, layers]:
        got = " and ".join(map(str, found))
        raise ValueError(f"expected lists of {layers} arrays in dWs and {layers} in dbs, one a layer; got {got}")
    return {
        f"{kind}[{i}]": np.array(array)
        for kind, part in zip(("dWs", "dbs"), result, strict=True)
        for i, array in enumerate(part)
    }


def first_of_two(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call the answer, which returns a pair, and return the first of the two. The second may be anything."""
    result = answer(*inputs.values())
    if not isinstance(result, tuple | list) or len(result) != 2:
        size = f" of {len(result)}" if isinstance(result, tuple | list) else ""
        raise TypeError(f"expected a pair to come back, got {type(result).__name__}{size}: see what you return")
    return result[0]


#: activations that a case names, for answers that take a function of arrays
ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {"tanh": np.tanh, "cosine": np.cos}


def call_layers(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call a deep network with the activation that ``f`` names; return its stored arrays as A0, A1 and so on."""
    X, Ws, bs, f = inputs.values()
    kept = answer(X, Ws, bs, ACTIVATIONS[f])
    if not isinstance(kept, tuple | list) or len(kept) != len(Ws) + 1:
        got = f"a list of {len(kept)}" if isinstance(kept, tuple | list) else f"a {type(kept).__name__}"
        raise ValueError(f"expected a list of {len(Ws) + 1} arrays for {len(Ws)} layers, X first; got {got}")
    return {f"A{layer}": np.array(values) for layer, values in enumerate(kept)}


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
        call_and_weigh,
        draw_settings,
        search_on_a_bowl,
        call_on_both_devices,
        time_on_false_clock,
        draw_weights,
        call_backward,
        first_of_two,
        call_layers,
        run_operation,
        order_nodes,
        send_back,
        call_on_learner,
        network_handed_in,
        pass_forward,
        pass_backward,
        train_epochs,
    )
}
