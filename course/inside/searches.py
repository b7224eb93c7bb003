"""Probes of lab 13: pixels, samplers of hyperparameters, and searches on a quadratic bowl with a known minimum."""

from typing import Any

import numpy as np


def call_and_weigh(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call the answer; return its array, and the bytes that one of its numbers takes."""
    result = answer(*inputs.values())
    if result is None:
        return None, 0
    if not isinstance(result, np.ndarray):
        raise TypeError(f"expected an array, got a {type(result).__name__}")
    return result.astype(np.float64), result.dtype.itemsize


def draw_settings(answer: Any, inputs: dict[str, Any]) -> Any:
    """Draw 600 settings; return their columns, the bounds of "hidden", and whether an equal rng repeats the first.

    The bounds are those of 7000 draws: a right answer misses one of the 481 numbers less than once in a million times.
    """
    rng, equal = np.random.default_rng(inputs["seed"]), np.random.default_rng(inputs["seed"])
    names = ("learning_rate", "hidden", "p_drop")
    drawn = [answer(rng) for _ in range(600)]
    again = answer(equal)
    if not all(isinstance(d, dict) and set(d) == set(names) for d in (*drawn, again)):
        raise TypeError(f"expected a dictionary with the keys {', '.join(names)}")
    arrays = [name for name in names if np.ndim(drawn[0][name])]
    if arrays:
        raise TypeError(f"expected one number for {arrays[0]}, got an array: draw without a size")
    if all(isinstance(d["hidden"], float) and d["hidden"].is_integer() for d in drawn):
        raise TypeError(f"expected a whole number for hidden, got the float {drawn[0]['hidden']}: int(...) makes one")
    columns = [np.array([d[name] for d in drawn], dtype=float) for name in names]
    hidden = [float(d["hidden"]) for d in (*drawn, *(answer(rng) for _ in range(6400)))]
    return [*columns, [min(hidden), max(hidden)], int(drawn[0] == again)]


def search_on_a_bowl(answer: Any, inputs: dict[str, Any]) -> Any:
    """Let a search minimise a bowl around ``lowest``: over a ``grid`` (lists of x, y …), or ``n`` draws from ``seed``.

    The minimum of the bowl is 2, so that a search that begins with 0 or 1 as its best value finds nothing. Returns the
    best (x, y …); all trials as rows (x, y …, value), in order for a random search, sorted for a grid; and how often
    the objective was called.
    """
    lowest = np.asarray(inputs["lowest"], dtype=float)
    names, calls, given = "xyz"[: len(lowest)], [], np.random.default_rng(inputs.get("seed"))

    def objective(params: dict[str, float]) -> float:
        calls.append(params)
        if not isinstance(params, dict) or set(params) != set(names) or any(map(np.ndim, params.values())):
            raise TypeError(
                f"the objective expected a dictionary with one number for each of {', '.join(names)}, got {params}"
            )
        return 2 + sum(float(params[name] - low) ** 2 for name, low in zip(names, lowest, strict=True))

    def sample(rng: np.random.Generator) -> dict[str, float]:
        if rng is not given:
            raise ValueError("sample expected the `rng` that your search was given, got another one: pass it on")
        return {name: float(rng.uniform(-1, 1)) for name in names}

    if "grid" in inputs:
        lists = (list(map(float, values)) for values in inputs["grid"])
        result = answer(objective, dict(zip(names, lists, strict=True)))
    else:
        result = answer(objective, inputs["n"], sample, given)
    best, rows = _best_and_rows(result, names)
    return best, np.array(sorted(rows) if "grid" in inputs else rows), len(calls)


def _best_and_rows(result: Any, names: str) -> tuple[list[float], list[list[float]]]:
    """Split a search's result into the best setting's numbers, and a row for each trial."""
    if not isinstance(result, tuple | list) or len(result) != 2:
        came = "None: is the `return` missing?" if result is None else f"a {type(result).__name__}"
        raise TypeError(f"expected the pair (best, trials) to come back, got {came}")
    best, trials = result
    if best is None:
        raise TypeError("expected a setting for best, got None: was no value below the value that you began with?")
    if not isinstance(best, dict):
        raise TypeError(f"expected best to be a dictionary of parameters, got a {type(best).__name__}")
    try:
        rows = [[*(params[name] for name in names), float(value)] for params, value in trials]
    except (TypeError, ValueError, KeyError, IndexError):
        raise TypeError("expected trials to be a list of pairs (parameters, value)") from None
    return [best[name] for name in names], rows
