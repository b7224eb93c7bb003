"""Lab 09's learning-curve clinic: four networks with a problem, their learning curves, and the effects of remedies."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import ipywidgets as widgets
import numpy as np

from course.data import load_digits
from course.nn.activation_layers import Tanh
from course.nn.layers import Linear
from course.nn.losses import SoftmaxCrossEntropy
from course.nn.network import Network
from course.nn.optimizers import SGD
from course.nn.training import EarlyStopping, train
from course.show.tables import number, percent
from course.widgets.base import LABEL, Card, button, buttons
from course.widgets.learning_curves import Curves, draw, table

VALIDATION = 300  # digits held out, the same for every patient


@dataclass(frozen=True)
class Patient:
    """A network and its training: 64–hidden–10 with tanh, plain gradient descent in batches of 16.

    Parameters
    ----------
    name : str
        Its name in the clinic.
    hidden, examples, epochs : int
        Hidden units, training digits, epochs.
    lr : float
        Learning rate.
    mislabelled : float
        Share of the training labels that are wrong.
    ailment : str
        Its problem, one of `AILMENTS`.
    patience : int or None
        Stop early after this many epochs without a new best.
    """

    name: str
    hidden: int
    examples: int
    epochs: int
    lr: float
    mislabelled: float
    ailment: str
    patience: int | None = None


#: possible problem → its signs in the curves
AILMENTS = {
    "underfitting": "Both curves are flat, high and close together: the network cannot do better with what it has.",
    "overfitting": "The training loss falls towards 0 while the validation loss rises again: a wide gap.",
    "a rate too large": "The curves jump up and down; no epoch builds on the one before.",
    "a rate too small": "Both curves still fall at the end, slowly and together: the training has hardly begun.",
}

#: remedy → its change
REMEDIES: dict[str, Callable[[Patient], Patient]] = {
    "larger network": lambda p: replace(p, hidden=8 * p.hidden),
    "ten times the data": lambda p: replace(p, examples=min(10 * p.examples, 900)),
    "a tenth of the rate": lambda p: replace(p, lr=p.lr / 10),
    "ten times the rate": lambda p: replace(p, lr=10 * p.lr),
    "stop early": lambda p: replace(p, patience=5),
}

PATIENTS = (
    Patient("A", 2, 300, 60, 0.3, 0.0, "underfitting"),
    Patient("B", 128, 90, 60, 0.3, 0.2, "overfitting"),
    Patient("C", 32, 300, 60, 8.0, 0.0, "a rate too large"),
    Patient("D", 32, 300, 60, 0.003, 0.0, "a rate too small"),
)


@lru_cache(maxsize=64)
def examine(patient: Patient) -> Curves:
    """Train the patient and record its curves; the same patient always gives the same curves."""
    X, y, *_ = load_digits().rows(np.float64)
    held_out = X[-VALIDATION:], y[-VALIDATION:]
    rng = np.random.default_rng(4)
    net = Network([Linear(64, patient.hidden), Tanh(), Linear(patient.hidden, 10)], rng=rng, dtype=np.float64)
    X, y = X[: patient.examples], y[: patient.examples].copy()
    wrong = rng.random(len(y)) < patient.mislabelled
    y[wrong] = (y[wrong] + rng.integers(1, 10, wrong.sum())) % 10
    run = train(
        net, X, y, SoftmaxCrossEntropy(), SGD(patient.lr),
        epochs=patient.epochs, rng=rng, batch_size=16, valid=held_out, keep_best=patient.patience is not None,
    )  # fmt: skip
    stopping = EarlyStopping(patient.patience or patient.epochs)
    epochs = []
    for epoch in run:
        epochs.append(epoch)
        if stopping.update(epoch.valid_loss if epoch.valid_loss is not None else np.inf):
            break
    run.close()
    right = net.predict(held_out[0]).argmax(axis=1) == held_out[1]
    losses = np.array([(epoch.train_loss, epoch.valid_loss) for epoch in epochs])
    return Curves(losses[:, 0], losses[:, 1], float(right.mean()))


def recovers(patient: Patient, remedy: str) -> bool:
    """Tell whether a remedy removes at least a third of the errors on the validation digits."""
    before, after = examine(patient), examine(REMEDIES[remedy](patient))
    return 1 - after.accuracy <= (1 - before.accuracy) * 2 / 3


def diagnosis_text(patient: Patient, ailment: str) -> str:
    """Say whether a diagnosis is right, and what to look at if it is not."""
    shows = AILMENTS[ailment]
    if ailment == patient.ailment:
        return f"Right, patient {patient.name} suffers from {ailment}. {shows}"
    return f"Look again. These are the signs of {ailment}: {shows[0].lower()}{shows[1:]}"


def remedy_text(patient: Patient, remedy: str) -> str:
    """Say what a remedy did, in numbers."""
    before, after = examine(patient), examine(REMEDIES[remedy](patient))
    verdict = "it recovers" if recovers(patient, remedy) else "it does not recover"
    return (
        f"Remedy: {remedy}. Patient {patient.name} reads {percent(after.accuracy)} of the held-out digits, "
        f"and {percent(before.accuracy)} without the remedy: {verdict}."
    )


class CurveClinic(Card):
    """Four patients with learning curves: diagnose them, then treat them.

    Attributes
    ----------
    patient : ipywidgets.ToggleButtons
    ailment, remedy : ipywidgets.Dropdown
    treat_button, reset_button : ipywidgets.Button
    """

    def __init__(self) -> None:
        self.patient = widgets.ToggleButtons(
            options=[(p.name, p) for p in PATIENTS], description="patient", style={"button_width": "52px"}
        )
        self.ailment = widgets.Dropdown(options=["…", *AILMENTS], description="diagnosis", **LABEL)
        self.remedy = widgets.Dropdown(options=["…", *REMEDIES], description="remedy", **LABEL)
        self.treat_button = button("Treat", "Train again with this remedy", self.treat)
        self.reset_button = button("Reset", "Take the remedy away", self.reset)
        super().__init__(
            "Learning-curve clinic",
            "Digits, 64 inputs, one hidden layer. Training loss: solid. Validation loss: dashed.",
            [self.patient, self.ailment, self.remedy, buttons(self.treat_button, self.reset_button)],
        )

    def changed(self, control: widgets.Widget) -> None:
        """React to another patient or a diagnosis; a remedy is applied only by its button."""
        if control is self.patient:
            self.reset()
        elif control is self.ailment and self.ailment.value != "…":
            self.say(diagnosis_text(self.patient.value, self.ailment.value))

    def reset(self) -> None:
        """Show the patient without a remedy."""
        with self.quietly():
            self.ailment.value = self.remedy.value = "…"
        self.refresh()

    def refresh(self) -> None:
        """Show the patient's own curves."""
        patient = self.patient.value
        self._show(examine(patient), None, f"Patient {patient.name}. What do the two curves tell you?")

    def treat(self) -> None:
        """Train again with the remedy, and say what it did."""
        patient, remedy = self.patient.value, self.remedy.value
        if remedy == "…":
            self.say("Choose a remedy first.")
            return
        treated = examine(REMEDIES[remedy](patient))
        self._show(treated, examine(patient), remedy_text(patient, remedy))

    def _show(self, curves: Curves, before: Curves | None, status: str) -> None:
        alt = (
            f"Learning curves over {len(curves.training)} epochs. Training loss from {number(curves.training[0])} to "
            f"{number(curves.training[-1])}, validation loss from {number(curves.validation[0])} to "
            f"{number(curves.validation[-1])}."
        )
        self.show(draw(curves, before, alt), status, table(curves))
