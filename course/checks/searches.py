"""Probes of lab 13: pixels, samplers of hyperparameters, and searches on a bowl whose bottom is known."""

from typing import Any

import numpy as np


def call_and_weigh(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call the answer; return its array, and how many bytes one of its numbers takes."""
    result = answer(*inputs.values())
    if not isinstance(result, np.ndarray):
        raise TypeError(f"expected an array, got a {type(result).__name__}")
    return result.astype(np.float64), result.dtype.itemsize


def draw_settings(answer: Any, inputs: dict[str, Any]) -> Any:
    """Draw hyperparameters 600 times; return them by columns, and whether an equal generator repeats the first."""
    rng, equal = np.random.default_rng(inputs["seed"]), np.random.default_rng(inputs["seed"])
    names = ("learning_rate", "hidden", "p_drop")
    drawn = [answer(rng) for _ in range(600)]
    again = answer(equal)
    if not all(isinstance(d, dict) and set(d) == set(names) for d in (*drawn, again)):
        raise TypeError(f"expected a dictionary with the keys {', '.join(names)}")
    arrays = [name for name in names if np.ndim(drawn[0][name])]
    if arrays:
        raise TypeError(f"expected one number for {arrays[0]}, got an array: leave the size out of the draw")
    if all(isinstance(d["hidden"], float) and d["hidden"].is_integer() for d in drawn):
        raise TypeError(f"expected a whole number for hidden, got the float {drawn[0]['hidden']}: int(...) makes one")
    columns = [np.array([d[name] for d in drawn], dtype=float) for name in names]
    return [*columns, int(drawn[0] == again)]


def search_on_a_bowl(answer: Any, inputs: dict[str, Any]) -> Any:
    """Let a search minimise a bowl around ``lowest``: over a ``grid`` (lists of x and y), or ``n`` draws from ``seed``.

    Returns best (x, y), all trials as rows (x, y, value), in order for a random search, sorted for a grid, and how
    often the objective was called.
    """
    lowest = np.asarray(inputs["lowest"], dtype=float)
    calls = []

    def objective(params: dict[str, float]) -> float:
        calls.append(params)
        return float((params["x"] - lowest[0]) ** 2 + (params["y"] - lowest[1]) ** 2)

    def sample(rng: np.random.Generator) -> dict[str, float]:
        return {"x": float(rng.uniform(-1, 1)), "y": float(rng.uniform(-1, 1))}

    if "grid" in inputs:
        x, y = (list(map(float, values)) for values in inputs["grid"])
        result = answer(objective, {"x": x, "y": y})
    else:
        result = answer(objective, inputs["n"], sample, np.random.default_rng(inputs["seed"]))
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise TypeError("expected the pair (best, trials) to come back")
    best, trials = result
    if not isinstance(best, dict):
        raise TypeError(f"expected best to be a dictionary of parameters, got a {type(best).__name__}")
    try:
        rows = [[params["x"], params["y"], float(value)] for params, value in trials]
    except (TypeError, ValueError, KeyError, IndexError):
        raise TypeError("expected trials to be a list of pairs (parameters, value)") from None
    if "grid" in inputs:
        rows.sort()
    return [best["x"], best["y"]], np.array(rows), len(calls)
