"""A network: one vector θ, and a list of layers that hold views into it.

Because θ is one vector, an optimizer step, a penalty, a gradient check, a checkpoint or a move to the GPU
is one line. Whatever replaces θ's memory (a copy, a pickle, a move) must bind the layers' views again.
"""

import copy
import math
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from course.nn.gpu import Array, array_module, to_cpu, to_gpu
from course.nn.layers import Layer, Shape

#: version of the files that `Network.save` writes: an .npz without pickles, with this version and the arrays' layout
FORMAT_VERSION = 1


class Network:
    """A feed-forward network.

    Parameters
    ----------
    layers : sequence of Layer
        In forward order. A layer instance may be used once only.
    rng : np.random.Generator
        Draws the initial weights, then the dropout masks.
    dtype : np.float32 or np.float64
        Precision of θ and of all results; inputs are converted to it.

    Attributes
    ----------
    theta, grad : (P,) array
        All parameters, and ∂L/∂θ of the last backward. Assigning to theta copies into it.
    is_weight : (P,) array of bool
        True where regularizers may act: weights, but not biases, γ, β or slopes.
    state : (S,) array
        What belongs to the network but is not learned by gradient descent (running means). Assigning copies into it.

    Raises
    ------
    ValueError
        If there are no layers, sizes do not fit together, or a layer instance is used twice; in forward, if
        X has the wrong shape or no rows; in backward, if no forward with train=True came before.
    TypeError
        If something is not a layer, rng is not a Generator, or X is on another device than the network.
    """

    def __init__(self, layers: Sequence[Layer], *, rng: np.random.Generator, dtype: Any = np.float32) -> None:
        self.layers = list(layers)
        _check_layers(self.layers)
        if not isinstance(rng, np.random.Generator):
            raise TypeError(f"expected a np.random.Generator as rng, got {rng!r}: pass np.random.default_rng(seed)")
        self.rng, self.dtype = rng, np.dtype(dtype)
        if self.dtype not in (np.float32, np.float64):
            raise ValueError(f"expected float32 or float64 as dtype, got {self.dtype}: float32 is faster")
        self._shapes()  # raises where two layers do not fit together
        parts = [(layer, name, shape) for layer in self.layers for name, shape in _parameters(layer)]
        self._theta: Array = np.zeros(sum(math.prod(shape) for *_, shape in parts), self.dtype)
        self._grad: Array = np.zeros_like(self._theta)
        sizes = [math.prod(shape) for layer in self.layers for shape in layer.statistics.values()]
        self._state: Array = np.zeros(sum(sizes), self.dtype)
        flags = [np.full(math.prod(shape), name in layer.weights) for layer, name, shape in parts]
        self.is_weight: Array = np.concatenate([np.zeros(0, bool), *flags])
        self._bind()
        self._first = next((i for i, layer in enumerate(self.layers) if _parameters(layer)), len(self.layers))
        for i, layer in enumerate(self.layers):
            layer.in_network, layer.rng, layer.needs_dx = True, rng, i != self._first
            layer.initialize(rng)

    def _bind(self) -> None:
        """Give each layer its views into θ, the gradient and the state."""
        p = s = 0
        for layer in self.layers:
            layer.cache = None
            for name, shape in _parameters(layer):
                part = slice(p, p := p + math.prod(shape))
                setattr(layer, name, self._theta[part].reshape(shape))
                setattr(layer, "d" + name, self._grad[part].reshape(shape))
            for name, shape in layer.statistics.items():
                part = slice(s, s := s + math.prod(shape))
                setattr(layer, name, self._state[part].reshape(shape))

    @property
    def theta(self) -> Array:
        """All parameters as one vector."""
        return self._theta

    @theta.setter
    def theta(self, values: Array) -> None:
        self._theta[...] = _same_length("theta", values, self._theta)

    @property
    def grad(self) -> Array:
        """∂L/∂θ of the last backward."""
        return self._grad

    @property
    def state(self) -> Array:
        """What belongs to the network but is not learned by gradient descent."""
        return self._state

    @state.setter
    def state(self, values: Array) -> None:
        self._state[...] = _same_length("state", values, self._state)

    def forward(self, X: Array, train: bool = False) -> Array:
        """Compute the output for a batch X (N, …); with train=True, remember what backward needs.

        A forward without train changes nothing that backward uses.
        """
        a = array_module(X=X, theta=self._theta).asarray(X, dtype=self.dtype)
        if a.ndim == 0 or len(a) == 0:
            raise ValueError(f"expected a batch X with at least one row, got shape {a.shape}: check the slicing")
        for layer in self.layers:
            a = layer.forward(a, train)
        return a

    def backward(self, dout: Array) -> Array:
        """Take ∂L/∂output of the last training forward; fill grad and return it."""
        array_module(dout=dout, theta=self._theta)
        for layer in reversed(self.layers[self._first :]):
            dout = layer.backward(dout)
        return self._grad

    def predict(self, X: Array, batch_size: int = 1000) -> Array:
        """Compute the output for any number of rows, one batch at a time to limit memory."""
        parts = [self.forward(X[i : i + batch_size]) for i in range(0, max(len(X), 1), batch_size)]
        return array_module(*parts).concatenate(parts)

    def weight_arrays(self) -> Iterator[Array]:
        """Yield the weight arrays, which max-norm constrains. Each is a view into θ of shape (…, n_in, n_out)."""
        for layer in self.layers:
            for name in layer.weights:
                yield getattr(layer, name)

    def checkpoint(self) -> tuple[Array, Array]:
        """Return copies of θ and the state."""
        return self._theta.copy(), self._state.copy()

    def restore(self, checkpoint: tuple[Array, Array]) -> None:
        """Restore θ and the state that `checkpoint` returned."""
        self.theta, self.state = checkpoint

    def copy(self) -> "Network":
        """Return an independent network with the same θ, state and generator state."""
        return copy.deepcopy(self)

    def to_gpu(self) -> "Network":
        """Move θ, gradient and state to the GPU, in place; returns self."""
        return self._move(to_gpu)

    def to_cpu(self) -> "Network":
        """Move θ, gradient and state to the CPU, in place; returns self."""
        return self._move(to_cpu)

    def _move(self, move: Any) -> "Network":
        self._theta, self._grad, self._state = move(self._theta), move(self._grad), move(self._state)
        self.is_weight = move(self.is_weight)
        self._bind()
        return self

    def __setstate__(self, attributes: dict[str, Any]) -> None:
        vars(self).update(attributes)
        self._bind()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write θ and state to an .npz file, complete or not at all. The generator is not saved."""
        _write_arrays(Path(path), self._layout(), to_cpu(self._theta), to_cpu(self._state))

    def load(self, path: str | os.PathLike[str]) -> "Network":
        """Read what `save` wrote into this network of the same layers; returns self.

        Raises
        ------
        ValueError
            If the file has another version or other layers, or `save` did not write it. θ and state do not change.
        """
        xp = array_module(self._theta)
        theta, state = _read_arrays(Path(path), self._layout())
        self.restore((xp.asarray(theta), xp.asarray(state)))
        return self

    def _layout(self) -> list[str]:
        """List every array's name and shape, and the dtype. Networks with equal layouts can exchange θ."""
        names = [
            f"{i} {type(layer).__name__}.{name} {shape}"
            for i, layer in enumerate(self.layers)
            for name, shape in [*_parameters(layer), *layer.statistics.items()]
        ]
        return [*names, str(self.dtype)]

    def _shapes(self, shape: Shape | None = None) -> list[Shape | None]:
        """Follow one example through the layers: each layer's output shape, or None while it is unknown."""
        shapes = []
        for layer in self.layers:
            shape = layer.input_shape if shape is None else shape
            shape = None if shape is None else layer.output_shape(shape)
            shapes.append(shape)
        return shapes

    def summary(self, input_shape: Shape | None = None) -> str:
        """Tabulate layers, output shapes and numbers of parameters.

        Parameters
        ----------
        input_shape : tuple, optional
            Shape of one example. Only needed where the layers do not fix it, such as with convolutions.
        """
        lines = [f"{'layer':<28}{'output':<20}{'parameters':>12}"]
        for layer, shape in zip(self.layers, self._shapes(input_shape), strict=True):
            count = sum(math.prod(s) for _, s in _parameters(layer))
            lines.append(f"{layer!r:<28}{'?' if shape is None else str(('N', *shape)):<20}{count:>12,}")
        weights = int(self.is_weight.sum())
        lines.append(f"{'total':<48}{len(self._theta):>12,}   ({weights:,} weights)")
        return "\n".join(lines).replace("'N'", "N")


def _parameters(layer: Layer) -> list[tuple[str, Shape]]:
    return [*layer.weights.items(), *layer.offsets.items()]


def _check_layers(layers: list[Layer]) -> None:
    """Raise if there are no layers, something is not one, or one is used twice."""
    if not layers:
        raise ValueError("expected at least one layer, got none: Network([Linear(2, 1)], rng=rng) is the smallest")
    for i, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            raise TypeError(f"expected a Layer at position {i}, got {layer!r}: write ReLU(), not relu or ReLU")
        if layer.in_network or any(layer is earlier for earlier in layers[:i]):
            raise ValueError(
                f"expected a new layer at position {i}, got {layer} that is in use already: build another "
                "instance, or copy a whole network with net.copy()"
            )


def _same_length(name: str, values: Array, current: Array) -> Array:
    """Return values if they can be copied into current element by element."""
    xp = array_module(**{name: values, f"the network's {name}": current})
    values = xp.asarray(values)
    if values.shape != current.shape:
        raise ValueError(f"expected {name} of shape {current.shape}, got {values.shape}: use the same layers")
    return values


def _write_arrays(path: Path, layout: list[str], theta: np.ndarray, state: np.ndarray) -> None:
    """Write the arrays to a temporary file beside `path`, then rename it: the file appears complete or not at all."""
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, version=np.array(FORMAT_VERSION), layout=np.array(layout), theta=theta, state=state)
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise


def _read_arrays(path: Path, layout: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Read θ and state after checking version and layout.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it was not written by `Network.save`, or holds another version or layout.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            version, found = int(arrays["version"]), [str(line) for line in arrays["layout"]]
            theta, state = arrays["theta"], arrays["state"]
    except FileNotFoundError:
        raise
    except Exception as error:  # np.load raises many kinds of errors, depending on where a file is damaged
        raise ValueError(f"expected a file written by Network.save, got {path} ({error}): save it anew") from error
    if version != FORMAT_VERSION:
        raise ValueError(f"expected format version {FORMAT_VERSION}, got {version} in {path}: save it anew")
    if found != layout:
        pairs = zip([*layout, "nothing more"], [*found, "nothing more"], strict=False)
        ours, theirs = next(pair for pair in pairs if pair[0] != pair[1])
        raise ValueError(f"expected {ours}, got {theirs} in {path}: load into a network of the same layers")
    return theta, state
