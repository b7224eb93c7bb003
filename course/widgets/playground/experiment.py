"""The playground's experiment: points in the plane, a small network, and its state after each update."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from course.nn import initializers
from course.nn.activation_layers import ELU, Abs, LeakyReLU, ReLU, Sigmoid, Tanh
from course.nn.dropout import Dropout
from course.nn.layers import Layer, Linear
from course.nn.network import Network
from course.nn.optimizers import SGD, Adagrad, Adam, Momentum, Nesterov, Optimizer, RMSProp
from course.nn.regularizers import L1, L2, Regularizer
from course.nn.training import minibatches
from course.show.tables import number, percent
from course.widgets.playground.code import Code
from course.widgets.playground.points import OwnPoints, box, draw_points, grid, look
from course.widgets.playground.settings import LIVE, Settings, Story, changed, read, write

QUIET = np.errstate(over="ignore", invalid="ignore")  # divergence is reported in words, not as a warning
KEPT = 512  # points of the loss curve; when there are more, every second is dropped

LAYERS: dict[str, Any] = {
    "tanh": Tanh, "sigmoid": Sigmoid, "relu": ReLU, "leaky relu": partial(LeakyReLU, 0.1), "elu": ELU, "abs": Abs,
}  # fmt: skip
INIT = {
    "glorot": initializers.glorot_uniform,
    "he": initializers.he_normal,
    "fan-in": initializers.uniform_fan_in,
    "normal": initializers.normal,
    "orthogonal": initializers.orthogonal,
    "constant": initializers.constant,
    "zeros": initializers.zeros,
}
OPTIMIZER: dict[str, type[Optimizer]] = {
    "SGD": SGD, "Momentum": Momentum, "Nesterov": Nesterov, "Adagrad": Adagrad, "RMSProp": RMSProp, "Adam": Adam,
}  # fmt: skip


def build(settings: Settings) -> list[list[Layer]]:
    """Make the layers: one list for each hidden layer, and one for the output, a logit."""
    sizes = [len(settings.features), *settings.layers]
    blocks: list[list[Layer]] = []
    for n_in, n_out in pairwise(sizes):
        block: list[Layer] = [Linear(n_in, n_out, INIT[settings.init])]
        if settings.activation in LAYERS:
            block.append(LAYERS[settings.activation]())
        if settings.dropout:
            block.append(Dropout(settings.dropout))
        blocks.append(block)
    return [*blocks, [Linear(sizes[-1], 1, INIT[settings.init])]]


def regularizer(settings: Settings) -> Regularizer | None:
    """Make the penalty; none where λ is 0."""
    kinds: dict[str, type[L1] | type[L2]] = {"L1": L1, "L2": L2}
    return kinds[settings.penalty](settings.lam) if settings.penalty in kinds and settings.lam else None


@dataclass(frozen=True)
class Scores:
    """Mean cross-entropy (without penalty) and share of points on their right side; NaN without a test set."""

    train_loss: float
    test_loss: float
    train_accuracy: float
    test_accuracy: float


class Experiment:
    """A network in training. Equal settings and equally many updates give equal numbers.

    Parameters
    ----------
    settings : Settings, optional
    code : Code, optional
        The forward and backward passes to run.
    own : OwnPoints, optional
        The user's own points, for the data set "own".

    Attributes
    ----------
    X, y : arrays
        All points; the first `split` of them are the training set.
    net : Network
        Ends in a logit.
    updates, epochs : int
        Done so far.
    curve : list of (epoch, train loss, test loss)
        At the start and after each epoch, thinned out when it grows long.
    behind : int
        Updates still to do to reach the state in the state string.
    """

    def __init__(
        self, settings: Settings | None = None, code: Code | None = None, own: OwnPoints | None = None
    ) -> None:
        self.settings, self.code, self.own = settings or Settings(), code or Code(), own
        self.restore(Story(self.settings))

    @classmethod
    def from_state(cls, text: str, code: Code | None = None, own: OwnPoints | None = None) -> "Experiment":
        """Repeat an experiment up to the number of updates in its state string."""
        story = read(text)
        experiment = cls(story.start, code, own)
        experiment.restore(story)
        experiment.step(story.updates)
        return experiment

    def restore(self, story: Story) -> None:
        """Begin a story; `step` must still do its updates."""
        self.code.check(story.start)
        X, y = draw_points(story.start, self.own)
        self.plan, self.settings, self.y = story, story.start, y
        self.start, self.changes = story.start, list[tuple[int, Settings]]()
        self.points, self.X = X, look(X, self.settings.features)
        self.split = len(X) if self.settings.data == "corners" else max(1, round(self.settings.train * len(X)))
        self.blocks = build(self.settings)
        layers = [layer for block in self.blocks for layer in block]
        self.net = Network(layers, rng=np.random.default_rng([self.settings.seed, 1]), dtype=np.float64)
        self.rng = np.random.default_rng([self.settings.seed, 2])  # shuffles the examples
        self.optimizer = OPTIMIZER[self.settings.optimizer](self.settings.lr)
        self.penalty = regularizer(self.settings)
        self.updates = self.epochs = self.left = 0
        self.batches: Iterator[Any] = iter(())
        self.curve: list[tuple[float, float, float]] = []
        self.stride = 1
        self.follow_plan()

    def reset(self) -> None:
        """Start again with the present settings."""
        self.restore(Story(self.settings))

    def change(self, **values: Any) -> None:
        """Change settings: those in `LIVE` from the next update on, any other by starting again.

        Raises
        ------
        ValueError
            If a name or a value is not known, or does not fit the student's functions.
        """
        after = changed(self.settings, values)
        self.code.check(after)
        if self.updates == 0 or any(getattr(after, n) != getattr(self.settings, n) for n in values if n not in LIVE):
            self.restore(Story(after))
        elif after != self.settings:
            self.plan = Story(self.start)  # a change begins a new story
            self.take_over(after)

    def take_over(self, after: Settings) -> None:
        """Apply live settings from the next update on (a new batch size from the next epoch on)."""
        self.changes = [change for change in self.changes if change[0] < self.updates]
        self.changes.append((self.updates, after))
        self.settings, self.optimizer.lr, self.penalty = after, after.lr, regularizer(after)

    def follow_plan(self) -> None:
        """Make the changes that the story has after this many updates."""
        for updates, settings in self.plan.changes:
            if updates == self.updates:
                self.take_over(settings)

    @property
    def behind(self) -> int:
        """The number of updates still to do to reach the state in the state string."""
        return 0 if self.diverged else max(0, self.plan.updates - self.updates)

    @property
    def diverged(self) -> bool:
        """Whether the parameters are no longer finite numbers."""
        return not np.isfinite(self.net.theta).all()

    @QUIET
    def step(self, n: int = 1) -> None:
        """Do n updates, one minibatch each; none after divergence."""
        for _ in range(n):
            if self.diverged:
                return
            self._update()

    def _update(self) -> None:
        if not self.curve:
            self._record()  # the losses at the start
        if self.left == 0:
            X, y, size = self.X[: self.split], self.y[: self.split], self.settings.batch
            self.batches, self.left = minibatches(X, y, size, self.rng), -(-self.split // size)
        X_batch, y_batch = next(self.batches)
        self.code.gradient(self.net, X_batch, y_batch, self.penalty)
        self.optimizer.step(self.net.theta, self.net.grad)
        self.updates, self.left = self.updates + 1, self.left - 1
        if self.left == 0:
            self.epochs += 1
            self._record()
        self.follow_plan()

    def _record(self) -> None:
        if self.epochs % self.stride == 0:
            now = self.scores()
            self.curve.append((float(self.epochs), now.train_loss, now.test_loss))
        if len(self.curve) > KEPT:
            self.stride *= 2
            self.curve = [point for point in self.curve if point[0] % self.stride == 0]

    @QUIET
    def scores(self) -> Scores:
        """Measure the present network, without dropout."""
        train_loss, train_accuracy = self.code.loss(self.net, self.X[: self.split], self.y[: self.split])
        test_loss = test_accuracy = float("nan")
        if self.split < len(self.X):
            test_loss, test_accuracy = self.code.loss(self.net, self.X[self.split :], self.y[self.split :])
        return Scores(train_loss, test_loss, train_accuracy, test_accuracy)

    @QUIET
    def pictures(self, side: int) -> tuple[np.ndarray, list[np.ndarray]]:
        """Compute over the plane, row by row from the top: p (side²,), and each hidden layer's units (side², h)."""
        seen = look(grid(*box(self.settings), side), self.settings.features)
        units, a = [], seen
        for block in self.blocks[:-1]:
            for layer in block:
                a = layer.forward(a)
            units.append(a)
        p = self.code.probabilities(self.net, seen)
        return p, units

    def weights(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return each layer's W (n_in, n_out) and b (n_out,), the output layer last."""
        return [(block[0].W, block[0].b) for block in self.blocks if isinstance(block[0], Linear)]

    @QUIET
    def gradient_norms(self) -> list[float]:
        """Return ‖∂J/∂W, ∂J/∂b‖ of each layer at the last update; zeros before the first."""
        pairs = [(block[0].dW, block[0].db) for block in self.blocks if isinstance(block[0], Linear)]
        return [float(np.sqrt((dW * dW).sum() + (db * db).sum())) for dW, db in pairs]

    def state_string(self) -> str:
        """Return in one line what repeats this: settings, changes during the run, and the number of updates."""
        return write(Story(self.start, tuple(self.changes), self.updates))

    def status(self, now: Scores | None = None) -> str:
        """Describe the present state in one sentence; `now` is a measurement, if there is one already."""
        done = f"Epoch {self.epochs}, update {self.updates}"
        if self.diverged:
            rate = number(self.settings.lr / 10)
            return f"{done}: the weights are no longer finite numbers. Try the learning rate {rate}, then press Reset."
        now = now or self.scores()
        text = f"{done}: training loss {now.train_loss:.4f}, accuracy {percent(now.train_accuracy, 1)}"
        if self.split < len(self.X):
            text += f"; test loss {now.test_loss:.4f}, accuracy {percent(now.test_accuracy, 1)}"
        return text + "."
