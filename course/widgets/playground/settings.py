"""The playground's settings, and the short string from which a whole experiment can be repeated.

``data=circles;noise=0.1;…;seed=0;@300;lr=0.01;@800`` reads: these settings, 300 updates, then the learning rate
changed to 0.01, and 500 updates more. Settings left out have their defaults.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

DATA = ("circles", "xor", "blobs", "spirals", "corners")
#: points that the user supplies
OWN = "own"
ACTIVATIONS = ("tanh", "sigmoid", "relu", "leaky relu", "elu", "abs", "linear")
FEATURES = ("x1", "x2", "x1^2", "x2^2", "x1*x2", "sin x1", "sin x2")
PENALTIES = ("none", "L1", "L2")
INITS = ("glorot", "he", "fan-in", "normal", "orthogonal", "constant", "zeros")
OPTIMIZERS = ("SGD", "Momentum", "Nesterov", "Adagrad", "RMSProp", "Adam")
CHOICES = {
    "data": DATA,
    "activation": ACTIVATIONS,
    "penalty": PENALTIES,
    "init": INITS,
    "optimizer": OPTIMIZERS,
}

MOST_LAYERS, MOST_UNITS = 4, 8
MOST_UPDATES = 200_000  # the most that a state string may repeat: about half a minute
#: the settings that can change during a run; every other one starts the training again
LIVE = ("lr", "batch", "penalty", "lam")


@dataclass(frozen=True)
class Settings:
    """One experiment's settings. Equal settings give equal numbers, update by update.

    Parameters
    ----------
    data : str
        One of `DATA`, or `OWN`: points that are given beside the settings.
    noise : float
        Standard deviation of the noise, as a share of the data's radius; 0 to 1.
    train : float
        The share of the points that is trained on, 0.1 to 0.9; the others are the test set.
    batch : int
        Examples in a minibatch.
    lr : float
        Learning rate.
    activation : str
        Of the hidden layers, one of `ACTIVATIONS`.
    layers : tuple of int
        Units in each hidden layer: up to 4 layers of 1 to 8 units; () for a linear model.
    features : tuple of str
        What the network gets of a point, some of `FEATURES`.
    penalty, lam : str, float
        Regularization, one of `PENALTIES`, and its λ.
    dropout : float
        Probability of dropping a hidden unit, 0 to 0.9.
    init : str
        Initial weights, one of `INITS`.
    optimizer : str
        One of `OPTIMIZERS`.
    seed : int
        Fixes points, initial weights, order of the examples and dropped units.

    Raises
    ------
    ValueError
        If a setting is out of range, or of a kind that is not known.
    """

    data: str = "circles"
    noise: float = 0.05
    train: float = 0.5
    batch: int = 10
    lr: float = 0.1
    activation: str = "tanh"
    layers: tuple[int, ...] = (4, 2)
    features: tuple[str, ...] = ("x1", "x2")
    penalty: str = "none"
    lam: float = 0.01
    dropout: float = 0.0
    init: str = "glorot"
    optimizer: str = "SGD"
    seed: int = 0

    def __post_init__(self) -> None:
        for name, known in CHOICES.items():
            value = getattr(self, name)
            _expect(name, value, value in known or (name, value) == ("data", OWN), f"one of {', '.join(known)}")
        for name, low, high in (("noise", 0, 1), ("train", 0.1, 0.9), ("lam", 0, 10), ("dropout", 0, 0.9)):
            self._number(name, float, low, high)
        self._number("lr", float, 1e-6, 100)
        self._number("batch", int, 1, 10_000)
        self._number("seed", int, 0, 2**32 - 1)
        self._tuples()

    def _number(self, name: str, kind: type, low: float, high: float) -> None:
        value = getattr(self, name)
        wanted = f"a {'whole ' if kind is int else ''}number from {low:g} to {high:g}"
        try:
            number = kind(value)
            fits = low <= number <= high and number == value and not isinstance(value, bool)
        except (TypeError, ValueError, OverflowError):
            fits = False
        _expect(name, value, fits, wanted)
        object.__setattr__(self, name, number)  # how a frozen dataclass can change a field in its constructor

    def _tuples(self) -> None:
        layers, features = self.layers, self.features
        sizes = isinstance(layers, tuple | list) and len(layers) <= MOST_LAYERS
        sizes = sizes and all(type(n) is int and 1 <= n <= MOST_UNITS for n in layers)
        _expect("layers", layers, sizes, f"up to {MOST_LAYERS} whole numbers from 1 to {MOST_UNITS}, such as (4, 2)")
        chosen = isinstance(features, tuple | list) and features and all(f in FEATURES for f in features)
        _expect("features", features, chosen, f"at least one of {', '.join(FEATURES)}, as a tuple")
        object.__setattr__(self, "layers", tuple(layers))
        object.__setattr__(self, "features", tuple(f for f in FEATURES if f in features))


def _expect(name: str, value: object, fits: object, wanted: str) -> None:
    if not fits:
        raise ValueError(f"{name}: expected {wanted}, got {value!r}. Change it and try again.")


NAMES = tuple(field.name for field in fields(Settings))


@dataclass(frozen=True)
class Story:
    """The history of an experiment: the settings at the start, the changes during the run, and the number of updates.

    Parameters
    ----------
    start : Settings
    changes : tuple of (int, Settings)
        (number of updates, settings from then on), in order.
    updates : int
        The number of updates in all.
    """

    start: Settings
    changes: tuple[tuple[int, Settings], ...] = ()
    updates: int = 0


def changed(settings: Settings, values: dict[str, Any]) -> Settings:
    """Return settings with some values changed; an unknown name raises a ValueError that lists the known ones."""
    for name in values:
        _expect("setting", name, name in NAMES, f"one of {', '.join(NAMES)}")
    return replace(settings, **values)


def write(story: Story) -> str:
    """Write a story as a state string."""
    parts = [f"{name}={_written(name, getattr(story.start, name))}" for name in NAMES]
    before = story.start
    for updates, after in story.changes:
        parts.append(f"@{updates}")
        parts += [f"{n}={_written(n, getattr(after, n))}" for n in NAMES if getattr(after, n) != getattr(before, n)]
        before = after
    return ";".join([*parts, f"@{story.updates}"])


def _written(name: str, value: Any) -> str:
    if name == "layers":
        return "-".join(map(str, value)) or "none"
    return ",".join(value) if name == "features" else str(value)


def read(text: str) -> Story:
    """Read a state string.

    Raises
    ------
    ValueError
        If a part is not ``name=value`` or ``@updates``, a name or a value is not known, or the updates do not
        go up. It says what was expected, what was found, and what to do.
    """
    if not isinstance(text, str):
        raise TypeError(f"expected a state string, got {type(text).__name__}: pass what state_string() returned.")
    marks: list[int] = []
    segments: list[dict[str, Any]] = [{}]
    for part in filter(None, (part.strip() for part in text.split(";"))):
        if part.startswith("@"):
            marks.append(_updates(part, marks))
            segments.append({})
            continue
        name, value = _pair(part, bool(marks))
        if name in segments[-1]:
            raise ValueError(f"expected every name once, got {name!r} twice: take one of them out.")
        segments[-1][name] = value
    settings = start = changed(Settings(), segments[0])
    changes = []
    for mark, values in zip(marks, segments[1:], strict=True):
        if values:
            settings = changed(settings, values)
            changes.append((mark, settings))
    return Story(start, tuple(changes), marks[-1] if marks else 0)


def _updates(part: str, marks: list[int]) -> int:
    low = marks[-1] if marks else 0
    if not part[1:].isdecimal() or not low <= int(part[1:]) <= MOST_UPDATES:
        raise ValueError(f"expected @ and a number of updates from {low} to {MOST_UPDATES}, got {part!r}. Correct it.")
    return int(part[1:])


def _pair(part: str, running: bool) -> tuple[str, Any]:
    """Read ``name=value``."""
    name, equals, value = (piece.strip() for piece in part.partition("="))
    known = LIVE if running else NAMES
    if not equals or name not in known:
        when = "after an @ (other changes start the training again)" if running else "with a known name"
        raise ValueError(
            f"expected name=value {when}, got {part!r}. Names: {', '.join(known)}. Copy the whole string again."
        )
    return name, _PARSE.get(name, str)(value)


def _as_number(kind: type) -> Callable[[str], Any]:
    def parse(value: str) -> Any:
        try:
            return kind(value)
        except ValueError:
            return value  # Settings says what it expected

    return parse


def _as_layers(value: str) -> Any:
    if value == "none":
        return ()
    pieces = value.split("-")
    return tuple(map(int, pieces)) if all(piece.isdecimal() for piece in pieces) else value


_PARSE: dict[str, Callable[[str], Any]] = {
    **{name: _as_number(float) for name in ("noise", "train", "lr", "lam", "dropout")},
    **{name: _as_number(int) for name in ("batch", "seed")},
    "layers": _as_layers,
    "features": lambda value: tuple(map(str.strip, value.split(","))),
}
