"""Make submissions from the built notebooks of lab 02, as students and accidents would."""

import copy
import json
from pathlib import Path
from typing import Any

from tests.gates import checks_of, read_notebook

LAB = "02"


def solved() -> dict[str, Any]:
    return read_notebook("solutions", LAB)


def blank() -> dict[str, Any]:
    return read_notebook("labs", LAB)


def answer_cell(notebook: dict[str, Any], exercise: str) -> dict[str, Any]:
    return next(c for c in notebook["cells"] if c["metadata"].get("course", {}).get("exercise") == exercise)


def with_answers(notebook: dict[str, Any] | None = None, **answers: str) -> dict[str, Any]:
    """Replace answers of the solved notebook (or of the one given)."""
    changed = copy.deepcopy(notebook or solved())
    for exercise, source in answers.items():
        answer_cell(changed, exercise)["source"] = source
    return changed


def with_cell(notebook: dict[str, Any], source: str, at: int = 0, **metadata: Any) -> dict[str, Any]:
    """Add a cell of the student's own."""
    changed = copy.deepcopy(notebook)
    cell = {"cell_type": "code", "id": "mine", "metadata": metadata, "source": source, "outputs": []}
    changed["cells"].insert(at, {**cell, "execution_count": None})
    return changed


def save(folder: Path, student: str, notebook: dict[str, Any]) -> Path:
    path = folder / f"{student}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


#: every answer of lab 02 in another right way
OTHERWISE = {
    "dl_dp": "def dl_dp(y, p):\n    return -2 * (y - p)",
    "dp_dh": "def dp_dh(p):\n    return p - p * p",
    "dh_dw": "def dh_dw(x):\n    return [float(v) for v in x]",
    "gradient": (
        "import math\n"
        "def gradient(x, y, w, b):\n"
        "    h = b\n"
        "    for i in range(len(x)):\n"
        "        h += w[i] * x[i]\n"
        "    p = 1 / (1 + math.exp(-h))\n"
        "    d = 2 * (p - y) * p * (1 - p)\n"
        "    return [d * v for v in x], d"
    ),
    "numeric_gradient": (
        "def numeric_gradient(f, theta, eps=1e-6):\n"
        "    out = np.empty(theta.size)\n"
        "    for k in range(theta.size):\n"
        "        up, down = theta.copy(), theta.copy()\n"
        "        up.reshape(-1)[k] += eps\n"
        "        down.reshape(-1)[k] -= eps\n"
        "        out[k] = (f(up) - f(down)) / (2 * eps)\n"
        "    return out.reshape(theta.shape)"
    ),
    "batch_gradient": (
        "def batch_gradient(X, y, w, b):\n"
        "    both = [gradient(x, t, w, b) for x, t in zip(X, y)]\n"
        "    return sum(np.array(dw) for dw, _ in both) / len(both), sum(db for _, db in both) / len(both)"
    ),
    "update": "def update(value, grad, lr):\n    print('a step')\n    return value + (-lr) * grad",
    "train_neuron": (
        "def train_neuron(X, y, w, b, lr, steps):\n"
        "    losses = np.zeros(steps)\n"
        "    for k in range(steps):\n"
        "        losses[k] = ((sigmoid(X @ w + b) - y) ** 2).sum() / len(y)\n"
        "        dw, db = batch_gradient(X, y, w, b)\n"
        "        w, b = update(w, dw, lr), update(b, db, lr)\n"
        "    return [w, b, losses]"
    ),
}


def points(exercise: str) -> int:
    return next(sum(p.points for p in e.parts) for e in checks_of(LAB).exercises if e.name == exercise)
