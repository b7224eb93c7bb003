"""Lab 11's gap monitor: the training and the validation loss of a small network, and remedies that narrow the gap."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import ipywidgets as widgets
import numpy as np

from course.data import load_digits
from course.nn.activation_layers import ReLU
from course.nn.dropout import Dropout
from course.nn.layers import Linear
from course.nn.losses import SoftmaxCrossEntropy
from course.nn.network import Network
from course.nn.optimizers import Adam
from course.nn.regularizers import L1, L2, MaxNorm
from course.nn.training import train
from course.show.tables import percent
from course.widgets.base import LABEL, Card
from course.widgets.curve_clinic import VALIDATION
from course.widgets.learning_curves import Curves, draw, table

EPOCHS = 60
#: remedy → what its setting is called, and the settings from weak to strong
REMEDIES: dict[str, tuple[str, tuple[float, ...]]] = {
    "L2": ("λ", (0.0003, 0.003, 0.03, 0.3)),
    "L1": ("λ", (0.0001, 0.001, 0.01, 0.1)),
    "max-norm": ("c", (3.0, 1.5, 0.75, 0.2)),
    "dropout": ("p_drop", (0.2, 0.5, 0.8, 0.95)),
}


@dataclass(frozen=True)
class Setting:
    """What is trained, and what is done about overfitting.

    Parameters
    ----------
    examples : int
        Training digits; every tenth carries a wrong label.
    remedy : str
        One of REMEDIES.
    strength : int
        0 for none, 1 to 4 from weak to strong.
    """

    examples: int = 100
    remedy: str = "L2"
    strength: int = 0

    @property
    def value(self) -> float:
        """The setting of the remedy; 0 if there is none."""
        return REMEDIES[self.remedy][1][self.strength - 1] if self.strength else 0.0


@lru_cache(maxsize=128)
def monitor(setting: Setting) -> Curves:
    """Train a network 64–64–10 with ReLU, and record both losses, measured without dropout."""
    X, y, *_ = load_digits().rows(np.float64)
    held_out, X, y = (X[-VALIDATION:], y[-VALIDATION:]), X[: setting.examples], y[: setting.examples].copy()
    y[::10] = (y[::10] + 1) % 10
    on = {remedy: setting.value if setting.strength and setting.remedy == remedy else 0.0 for remedy in REMEDIES}
    rng, cost = np.random.default_rng(0), SoftmaxCrossEntropy()
    drop = [Dropout(on["dropout"])] if on["dropout"] else []
    net = Network([Linear(64, 64), ReLU(), *drop, Linear(64, 10)], rng=rng, dtype=np.float64)
    more: dict[str, Any] = {"constraint": MaxNorm(on["max-norm"])} if on["max-norm"] else {}
    more |= {"regularizer": L1(on["L1"]) if on["L1"] else L2(on["L2"])}
    losses = [
        (cost.value(net.predict(X), y), cost.value(net.predict(held_out[0]), held_out[1]))
        for _ in train(net, X, y, cost, Adam(0.003), epochs=EPOCHS, rng=rng, batch_size=25, **more)
    ]
    right = net.predict(held_out[0]).argmax(axis=1) == held_out[1]
    training, validation = np.array(losses, float).T
    return Curves(training, validation, float(right.mean()))


def describe(setting: Setting, curves: Curves) -> str:
    """Say how wide the gap is, and where validation was at its best."""
    name, best = REMEDIES[setting.remedy][0], int(curves.validation.argmin())
    what = f"{setting.remedy}, {name} = {setting.value:g}" if setting.strength else "no remedy"
    return (
        f"{setting.examples} digits, {what}: at the end the gap is {curves.validation[-1] - curves.training[-1]:.2f}; "
        f"the validation loss was lowest, {curves.validation[best]:.2f}, after epoch {best + 1}. "
        f"The network reads {percent(curves.accuracy)} of the held-out digits."
    )


class GapMonitor(Card):
    """Learning curves of a small network on few digits, with the gap between them shaded.

    Attributes
    ----------
    examples, remedy : ipywidgets.Dropdown
    strength : ipywidgets.IntSlider
    """

    def __init__(self) -> None:
        self.examples = widgets.Dropdown(options=[50, 100, 300, 900], value=100, description="digits", **LABEL)
        self.remedy = widgets.Dropdown(options=list(REMEDIES), description="remedy", **LABEL)
        self.strength = widgets.IntSlider(value=0, min=0, max=4, description="strength", **LABEL)
        super().__init__(
            "Gap monitor",
            "64 inputs, 64 hidden units, a tenth of the labels wrong. Strength 0 is no remedy.",
            [self.examples, self.remedy, self.strength],
        )

    def refresh(self) -> None:
        """Compute and show what the controls ask for."""
        setting = Setting(self.examples.value, self.remedy.value, self.strength.value)
        curves = monitor(setting)
        before = monitor(Setting(setting.examples)) if setting.strength else None
        said = describe(setting, curves)
        alt = f"Training and validation loss over {EPOCHS} epochs, the space between them shaded. {said}"
        self.show(draw(curves, before, alt, shaded=True), said, table(curves))
