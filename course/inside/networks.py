"""Probes of lab 13's network: forward pass, backward pass, training epochs, and the effect of dropout in them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def network_handed_in(answer: Any, inputs: dict[str, Any]) -> Any:
    """Return a packed network; for anything else, raise an error that says what to do."""
    if isinstance(answer, dict):
        return answer
    if hasattr(answer, "layers") or isinstance(answer, list | tuple):
        raise TypeError(
            "this is the network itself, and it stays in the kernel: write `my_network = hand_in(…)` with the network "
            "in the brackets, so that it is stored in the notebook"
        )
    kind = "a file's name" if isinstance(answer, str) or hasattr(answer, "__fspath__") else f"a {type(answer).__name__}"
    raise TypeError(
        f"expected a network, got {kind}: `my_network = hand_in(net)`, or `hand_in(params)` with your own (W, b); "
        "the accuracy is measured here"
    )


def pass_forward(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call a network's forward pass; return what ``look`` asks for, by name.

    "numbers": logits, the layers' inputs and the masks. "masks": the effect of dropout, in counts and shares that do
    not depend on the draw; all units of the network must be positive, and its output layer must be the identity.
    "float32": the bytes per number in each of these arrays, when X and the parameters have four.
    """
    X, params, p_drop, seed, train, look = inputs.values()
    if look == "float32":
        X, params = X.astype(np.float32), [(W.astype(np.float32), b.astype(np.float32)) for W, b in params]
    rng = np.random.default_rng(seed)

    def run(rng: np.random.Generator, train: bool = train) -> tuple[np.ndarray, list[np.ndarray], list[np.ndarray]]:
        return _taken_apart(answer(X, params, p_drop, rng, train), len(params))

    logits, entering, masks = run(rng)
    if look == "masks":
        dropping = (logits, entering, masks), run(rng)[2], run(np.random.default_rng(seed))[2]
        return _dropped(X, *dropping, run(rng, False)[0])
    named = {"logits": logits}
    named |= {f"inputs[{k}]": array for k, array in enumerate(entering)}
    named |= {f"masks[{k}]": array for k, array in enumerate(masks)}
    return {name: array.itemsize for name, array in named.items()} if look == "float32" else named


def _taken_apart(result: Any, layers: int) -> tuple[np.ndarray, list[np.ndarray], list[np.ndarray]]:
    """Return logits, inputs and masks of a forward pass, or raise an error that says what is missing."""
    if not _is_pair(result):
        raise TypeError("expected (logits, cache) to come back: is the last line `return logits, (inputs, masks)`?")
    logits, cache = result
    if not _is_pair(cache):
        raise TypeError("expected cache to be the pair (inputs, masks), two lists")
    found = tuple(len(part) if isinstance(part, list | tuple) else 0 for part in cache)
    if found != (layers, layers - 1):
        raise ValueError(
            f"expected {layers} inputs and {layers - 1} masks for {layers} layers, got {found[0]} and {found[1]}: "
            "the input of each linear layer, and a mask for each hidden layer"
        )
    entering, masks = ([np.array(array) for array in part] for part in cache)
    return np.array(logits), entering, masks


def _is_pair(value: Any) -> bool:
    return isinstance(value, tuple | list) and len(value) == 2


def _dropped(
    X: np.ndarray,
    first: tuple[np.ndarray, list[np.ndarray], list[np.ndarray]],
    second: Sequence[np.ndarray],
    equal: Sequence[np.ndarray],
    undropped: np.ndarray,
) -> dict[str, Any]:
    """Describe dropout by the properties that every right way of drawing has."""
    logits, entering, masks = first
    for mask, array in zip(masks, entering[1:], strict=True):
        if mask.shape != array.shape:
            raise ValueError(f"expected a mask of the shape {array.shape} of its layer, got {mask.shape}")
    told = {
        "inputs[0], which is X": entering[0],
        "logits less the last inputs": logits - entering[-1],
        "masks of two calls that are equal": sum(map(np.array_equal, masks, second)),
        "masks that an equal rng repeats": sum(map(np.array_equal, masks, equal)),
    }
    for k, mask in enumerate(masks):
        off, told[f"values in masks[{k}]"] = mask == 0, np.unique(mask.astype(float))
        told[f"share kept by masks[{k}], to a tenth"] = round(float(1 - off.mean()), 1)
        told[f"masks[{k}] is the same for all examples"] = int((off == off[0]).all())
        told[f"masks[{k}] is the same for all units"] = int((off == off[:, :1]).all())
        told[f"units that only one of masks[{k}] and inputs[{k + 1}] drops"] = int(
            (off != (entering[k + 1] == 0)).sum()
        )
    if len(masks) == 1:
        scale = logits / undropped
        told["least and largest factor on what is kept"] = [scale[scale != 0].min(), scale.max()]
    return told


def pass_backward(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call a network's backward pass with a cache; return its gradients as dW and db, layer by layer."""
    labels, logits, entering, masks, params = inputs.values()
    grads = answer(labels, logits, (entering, masks), params)
    if not isinstance(grads, tuple | list):
        raise TypeError(f"expected a list of pairs (dW, db), got {type(grads).__name__}: see what you return")
    if len(grads) != len(params) or not all(map(_is_pair, grads)):
        raise ValueError(f"expected {len(params)} pairs (dW, db), one for each layer, beginning with the first layer")
    return _by_layer(grads, "dW", "db")


def _by_layer(pairs: Sequence[Any], *names: str) -> dict[str, np.ndarray]:
    return {f"{name}[{k}]": np.array(pair[i]) for k, pair in enumerate(pairs) for i, name in enumerate(names)}


def train_epochs(answer: Any, inputs: dict[str, Any]) -> Any:
    """Train a network for some epochs; return what ``look`` asks for.

    "numbers": losses and parameters after each epoch. "visits": each row of X holds a single 1, the network has one
    layer, and a batch has one example. Then the size of the change in a row of W shows when its example was seen, and
    the entry that grew shows with which label. "dropout": whether losses and parameters depend on the seed.
    """
    X, labels, params, lr, size, p_drop, seed, look = inputs.values()

    def epochs(seed: int, count: int) -> list[tuple[Any, float]]:
        state: Any = {}
        theta, rng, results = params, np.random.default_rng(seed), []
        for _ in range(count):
            result = answer(X, labels, theta, state, lr, size, p_drop, rng)
            if not isinstance(result, tuple | list) or len(result) != 3:
                raise TypeError("expected (params, state, loss) to come back, three things")
            theta, state, loss = result
            if not isinstance(theta, tuple | list) or len(theta) != len(params) or not all(map(_is_pair, theta)):
                raise TypeError(f"expected params of {len(params)} pairs (W, b) to come back, like those that went in")
            results.append(([(np.array(W), np.array(b)) for W, b in theta], float(loss)))
        return results

    looks: dict[str, Callable[[], dict[str, Any]]] = {
        "numbers": lambda: _numbers(epochs(seed, 3)),
        "visits": lambda: _visits([epochs(s, 1)[0][0][0][0] - params[0][0] for s in (seed, seed, seed + 1)], labels),
        "dropout": lambda: _chance([epochs(s, 1)[0] for s in (seed, seed + 1)]),
    }
    return looks[look]()


def _numbers(results: list[tuple[Any, float]]) -> dict[str, Any]:
    named = [_by_layer(params, "W", "b") for params, _ in results]
    return {"loss": np.array([loss for _, loss in results])} | {
        name: np.stack([arrays[name] for arrays in named]) for name in named[0]
    }


def _visits(changes: list[np.ndarray], labels: np.ndarray) -> dict[str, Any]:
    """Find the order of the examples from the change of W in three epochs; the first two have equal generators."""
    moved = [abs(change[np.arange(len(labels)), labels]) for change in changes]
    orders = [tuple(np.argsort(size)) for size in moved]
    return {
        "changes, sorted": np.sort(moved[0]),
        "labels that came with their own example": int((changes[0].argmax(axis=1) == labels).sum()),
        "orders that an equal rng repeats": int(orders[0] == orders[1]),
        "orders that another seed repeats": int(orders[0] == orders[2]),
        "orders that are that of X": sum(order[::-1] == tuple(range(len(labels))) for order in orders),
    }


def _chance(results: list[tuple[Any, float]]) -> dict[str, Any]:
    (one, loss), (other, other_loss) = results
    return {
        "losses that two seeds share": int(np.isclose(loss, other_loss, rtol=1e-9)),
        "weights that two seeds share": int(np.allclose(one[0][0], other[0][0], rtol=1e-9)),
    }
