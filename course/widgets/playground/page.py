"""What the kernel sends to the playground's page: the controls, the pictures, and tables of the same numbers."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from course.show.tables import Table, number
from course.widgets.playground.code import FIXED, Code, StudentError
from course.widgets.playground.experiment import QUIET, Experiment, Scores
from course.widgets.playground.points import box, grid, look
from course.widgets.playground.settings import CHOICES, FEATURES, MOST_LAYERS, MOST_UNITS, OWN, Settings

SIDE = 60  # pixels along the picture of p; a unit's picture has half as many
LABELS = {
    "data": "Data set", "noise": "Noise", "train": "Training share", "batch": "Batch size", "seed": "Seed",
    "activation": "Activation", "init": "Initial weights", "dropout": "Dropout", "optimizer": "Optimizer",
    "lr": "Learning rate", "penalty": "Penalty", "lam": "Penalty λ",
}  # fmt: skip
#: the name of a choice in the page, if its name in a state string is too short
SPOKEN = {
    "xor": "checkerboard", "corners": "XOR corners", OWN: "your own", "relu": "ReLU", "leaky relu": "leaky ReLU",
    "elu": "ELU", "abs": "|z|", "glorot": "Glorot uniform", "he": "He normal", "fan-in": "uniform ±1/√n",
    "normal": "normal",
    "x1": "x₁", "x2": "x₂", "x1^2": "x₁²", "x2^2": "x₂²", "x1*x2": "x₁x₂", "sin x1": "sin x₁", "sin x2": "sin x₂",
}  # fmt: skip
OFFERED: dict[str, Sequence[Any]] = {
    **CHOICES,
    "lr": (0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
    "batch": (1, 2, 4, 10, 30, 100, 300),
    "lam": (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
}
RANGES = {"noise": (0.0, 0.5, 0.05), "train": (0.1, 0.9, 0.1), "dropout": (0.0, 0.9, 0.1), "seed": (0, 2**32 - 1, 1)}


def why_off(name: str, settings: Settings, code: Code) -> str:
    """Say why a control has no effect at present; an empty string if it has one."""
    if code.is_students and name in FIXED:
        return FIXED[name]
    if settings.data == "corners" and name in ("noise", "train"):
        return "four exact points, all for training"
    if settings.data == OWN and name == "noise":
        return "your points get no noise"
    if name == "lam" and settings.penalty == "none":
        return "no penalty is chosen"
    if not settings.layers and name in ("activation", "dropout"):
        return "there is no hidden layer"
    return ""


def controls(settings: Settings, code: Code, hide: Sequence[str], own: bool = False) -> list[dict[str, Any]]:
    """Describe the controls to the page: kind, label, choices, value, and why one is off; `own` points are a choice."""
    described = []
    more = {"data": [OWN]} if own else {}
    for name in (name for name in LABELS if name not in hide):
        value = getattr(settings, name)
        control = {"name": name, "label": LABELS[name], "value": value, "off": why_off(name, settings, code)}
        if name in RANGES:
            low, high, step = RANGES[name]
            control |= {
                "kind": "number" if name == "seed" else "range",
                "min": low,
                "max": max(high, value),
                "step": step,
            }
        else:
            known = [*OFFERED[name], *more.get(name, ())]
            offered = known if value in known else sorted([*known, value])
            control |= {"kind": "select", "options": [[choice, SPOKEN.get(choice, str(choice))] for choice in offered]}
        described.append(control)
    return described


def shades(values: np.ndarray, scale: float) -> np.ndarray:
    """Turn numbers from −scale to scale into bytes from 1 to 255."""
    return np.clip(np.nan_to_num(128 + 127 * values / scale), 0, 255).astype(np.uint8)


def coarse(values: np.ndarray) -> np.ndarray:
    """Keep every second pixel in each direction; values (SIDE²,)."""
    return values.reshape(SIDE, SIDE)[::2, ::2].ravel()


@QUIET
def drawing(experiment: Experiment) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Collect what changes with every update: words and numbers, and p, the units' pictures, θ and the loss curve."""
    content, scores, p, units = look_at(experiment)
    content |= {
        "updates": experiment.updates,
        "epochs": experiment.epochs,
        "behind": experiment.behind,
        "diverged": experiment.diverged,
        "norms": [number(norm) for norm in experiment.gradient_norms()],
        "scores": {name: value if np.isfinite(value) else None for name, value in asdict(scores).items()},
    }
    bounded = experiment.settings.activation in ("tanh", "sigmoid")
    scales = [1.0 if bounded else max(float(np.nan_to_num(abs(a)).max()), 1e-6) for a in units]
    content["scales"] = [number(scale) for scale in scales]
    columns = [shades(coarse(column), scale) for a, scale in zip(units, scales, strict=True) for column in a.T]
    pictures = np.concatenate([np.zeros(0, np.uint8), *columns])
    theta = np.concatenate([part.ravel() for pair in experiment.weights() for part in pair])
    curve = np.array(experiment.curve, np.float32).reshape(-1, 3)
    return content, [p.astype(np.float32), pictures, theta.astype(np.float32), curve]


def look_at(experiment: Experiment) -> tuple[dict[str, Any], Scores, np.ndarray, list[np.ndarray]]:
    """Return the network's scores and pictures; if a student's forward fails, blank ones and the reason."""
    try:
        scores = experiment.scores()
        return {"status": experiment.status(scores)}, scores, *experiment.pictures(SIDE)
    except (StudentError, KeyboardInterrupt) as problem:
        why = str(problem) or "Your function was interrupted. Correct it, then run its cell and this one again."
        return {"status": "", "failed": why}, Scores(*4 * (float("nan"),)), np.full(SIDE**2, 0.5), []


def setup(experiment: Experiment, hide: Sequence[str]) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Collect what changes with the settings only."""
    settings, low_high = experiment.settings, box(experiment.settings)
    seen = look(grid(*low_high, SIDE), FEATURES)
    thumbnails = [shades(coarse(seen[:, k]), float(abs(seen[:, k]).max())) for k in range(len(FEATURES))]
    content = {
        "controls": controls(settings, experiment.code, hide, experiment.own is not None),
        "features": [[name, SPOKEN[name], name in settings.features] for name in FEATURES],
        "layers": settings.layers,
        "most": [MOST_LAYERS, MOST_UNITS],
        "hide": hide,
        "whose": experiment.code.whose,
        "students": experiment.code.is_students,
        "box": low_high,
        "split": experiment.split,
        "side": SIDE,
    }
    X, y = experiment.points.astype(np.float32), experiment.y.astype(np.uint8)
    return content, [X, y, np.concatenate(thumbnails)]


def weight_tables(experiment: Experiment) -> list[Table]:
    """Write each layer's weights and biases: one row per input, one column per unit."""
    tables = []
    names = [SPOKEN[name] for name in experiment.settings.features]
    pairs = experiment.weights()
    for k, (W, b) in enumerate(pairs, 1):
        is_output = k == len(pairs)
        units = ["p"] if is_output else [f"a{k}.{j + 1}" for j in range(W.shape[1])]
        rows = [(name, *map(number, row)) for name, row in zip([*names, "bias"], [*W, b], strict=True)]
        tables.append(
            Table("Weights of the output" if is_output else f"Weights of hidden layer {k}", ("from", *units), rows)
        )
        names = units
    return tables
