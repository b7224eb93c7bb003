"""Lab 13's training monitor: training in the background, with live curves and a stop that keeps the best parameters."""

import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.display import DisplayHandle, display

from course.nn.training import Epoch
from course.show import svg
from course.show.axes import Axes
from course.show.looks import AXIS, INK, PAPER, VERMILION
from course.show.tables import Table, number, percent
from course.widgets.base import Card, button, buttons
from course.widgets.learning_curves import FIXED, KEY, Curves, drawn_losses, loss_axes, loss_ticks


@dataclass
class Progress:
    """The progress of a training.

    Parameters
    ----------
    epochs : int
        How many are planned.
    target : float, optional
        The validation accuracy that is asked for.
    training, validation : list of float
        Losses after each epoch so far.
    accuracies : list of float
        Shares of the validation set that were read correctly, if the run measures them.
    stopped : bool
        Whether it was stopped before its end.
    ended : bool
        Whether it is over, and the network has its best parameters.
    error : str
        What ended it, if that was an error.
    """

    epochs: int
    target: float | None = None
    training: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)
    stopped: bool = False
    ended: bool = False
    error: str = ""

    @property
    def best(self) -> int:
        """The epoch with the lowest validation loss, counted from 1; 0 before the first."""
        return int(np.argmin(self.validation)) + 1 if self.validation else 0

    def describe(self) -> str:
        """Describe the progress in words."""
        if self.error:
            return f"The training ended with an error: {self.error}"
        if not self.training:
            return "Nothing trained yet." if self.ended else "Waiting for the first epoch."
        now = len(self.training)
        losses = f"training loss {self.training[-1]:.3f}, validation loss {self.validation[-1]:.3f}"
        losses += f", validation accuracy {percent(self.accuracies[-1], 1)}" if self.accuracies else ""
        if not self.ended:
            return f"Epoch {now} of {self.epochs}: {losses}. The best so far is epoch {self.best}."
        end = f"Stopped after epoch {now} of {self.epochs}" if self.stopped else f"All {now} epochs done"
        return f"{end}: {losses}. The network has the parameters of epoch {self.best}, the best."


class Trainer:
    """Runs a training in a separate thread.

    Parameters
    ----------
    run : generator of Epoch
        As `course.train` gives it, with a validation set.
    epochs : int
        How many it will give.
    seen : callable
        Called after each epoch and at the end, from the thread.
    target : float, optional
        The validation accuracy that is asked for.

    Attributes
    ----------
    progress : Progress
    """

    def __init__(
        self, run: Generator[Epoch, None, None], epochs: int, seen: Callable[[], None], target: float | None = None
    ) -> None:
        self.progress = Progress(epochs, target)
        self._run, self._seen = run, seen
        self._asked_to_stop = threading.Event()
        self._thread = threading.Thread(target=self._go, daemon=True)

    def start(self) -> None:
        """Start the training; possible only once."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the training after the present epoch; the network keeps its best parameters."""
        self._asked_to_stop.set()

    def wait(self) -> None:
        """Wait for the end; an interrupt stops the training, as the button does."""
        try:
            while self._thread.is_alive():
                self._thread.join(0.1)
        except KeyboardInterrupt:
            self.stop()
            self._thread.join()

    def _go(self) -> None:
        try:
            for epoch in self._run:
                self.progress.training.append(float(epoch.train_loss))
                self.progress.validation.append(float(epoch.valid_loss or 0.0))
                self.progress.accuracies += [epoch.metrics["accuracy"]] if "accuracy" in epoch.metrics else []
                self._seen()
                if self._asked_to_stop.is_set():
                    self.progress.stopped = len(self.progress.training) < self.progress.epochs
                    break
            self._run.close()  # leaves the network with its best parameters
        except Exception as error:  # the widget shows it, because nobody sees a thread's traceback
            self.progress.error = f"{type(error).__name__}: {error}"
        self.progress.ended = True
        self._seen()


def draw(progress: Progress, alt: str) -> str:
    """Draw the losses, the accuracy where it is measured, and the best epoch, on axes that follow the data."""
    losses = np.array([*progress.training, *progress.validation])
    shown = losses[np.isfinite(losses) & (losses > 0)]
    low, high = (shown.min() / 1.25, shown.max() * 1.25) if shown.size else FIXED
    longest = len(progress.training) if progress.ended else progress.epochs
    axes = loss_axes(longest, (float(low), float(high)), height=190.0)
    parts = [KEY, svg.text(16, axes.top - 18, "loss", "start", font_style="italic"), axes.grid(loss_ticks(axes))]
    parts += [best_line(axes, progress.best), best_name(axes, progress.best), axes.corner()]
    parts.append(drawn_losses(axes, Curves(np.array(progress.training), np.array(progress.validation))))
    parts.append(best_mark(axes, progress.best, progress.validation))
    if progress.accuracies:
        axes = accuracy_axes(progress, longest)
        parts += [svg.text(16, axes.top - 16, "validation accuracy", "start", font_style="italic")]
        parts += [axes.grid(np.linspace(axes.box[2], 1.0, 3), percent), best_line(axes, progress.best), axes.corner()]
        if progress.target is not None:
            parts.append(axes.line(axes.box[:2], progress.target, stroke=INK, stroke_width=1.4, stroke_dasharray="2 4"))
            words = f"target {100 * progress.target:g}\N{NO-BREAK SPACE}%"
            parts.append(svg.text(axes.left + 6, axes.place(0, progress.target)[1] - 9, words, "start", 12))
        at = np.arange(1, len(progress.accuracies) + 1)
        parts.append(axes.line(at, progress.accuracies, stroke=VERMILION, stroke_width=2.4, stroke_dasharray="6 4"))
        parts.append(best_mark(axes, progress.best, progress.accuracies))
    parts.append(axes.below(np.unique([0, longest // 2, longest]), "epoch"))
    return svg.card(470, axes.bottom + 40, parts, alt)


def accuracy_axes(progress: Progress, longest: int) -> Axes:
    """Return axes from below the lowest accuracy or the target, whichever is lower, up to 1."""
    lowest = min([*progress.accuracies, 1.0 if progress.target is None else progress.target])
    low = max(0.0, np.floor(20 * (lowest - 0.02)) / 20)
    return Axes((0.0, max(longest, 1), float(low), 1.0), left=60.0, top=272.0, width=380.0, height=110.0)


def best_line(axes: Axes, best: int) -> str:
    """Draw a vertical line at the best epoch."""
    return axes.line(best, axes.box[2:], stroke=AXIS, stroke_width=1, stroke_dasharray="2 3")


def best_name(axes: Axes, best: int) -> str:
    """Name the best epoch beside its line, on the side where there is room."""
    x, _ = axes.place(best, axes.box[3])
    anchor, x = ("start", x + 8) if x < axes.left + axes.width / 2 else ("end", x - 8)
    return svg.text(x, axes.top + 8, f"best: epoch {best}", anchor, 12)


def best_mark(axes: Axes, best: int, values: list[float]) -> str:
    """Draw a ring around a curve's value at the best epoch."""
    return svg.dot(axes.place(best, values[best - 1]), 6, fill=PAPER, stroke=INK, stroke_width=2)


def table(progress: Progress) -> Table:
    """Return a table of losses and accuracies at six epochs and at the best."""
    last, best = len(progress.training) - 1, progress.best - 1
    at = sorted({best, *np.linspace(0, last, 6).round().astype(int).tolist()})
    columns = [progress.training, progress.validation, *([progress.accuracies] if progress.accuracies else [])]
    heads = ("epoch", "training loss", "validation loss", "validation accuracy")[: len(columns) + 1]
    rows = [(str(i + 1), *(number(column[i]) for column in columns)) for i in at]
    return Table("The curves in numbers, the best epoch marked", heads, rows, current=at.index(best))


class TrainingMonitor(Card):
    """Trains in the background and shows the progress; the notebook stays usable.

    Parameters
    ----------
    run : generator of Epoch
        As `course.train` gives it, with a validation set. It starts at once.
    epochs : int
        How many epochs were asked for.
    target : float, optional
        The validation accuracy that is asked for, drawn as a line where the run measures an "accuracy".

    Attributes
    ----------
    trainer : Trainer
    bar : ipywidgets.IntProgress
    stop_button : ipywidgets.Button
    """

    def __init__(self, run: Generator[Epoch, None, None], epochs: int, target: float | None = None) -> None:
        self.trainer = Trainer(run, epochs, self.refresh, target)
        self._shown: DisplayHandle | None = None
        self.bar = widgets.IntProgress(value=0, max=epochs, description="epochs", style={"description_width": "64px"})
        self.stop_button = button("Stop", "End after this epoch and keep the best parameters", self.trainer.stop)
        super().__init__(
            "Training monitor",
            "Training loss: solid. Validation loss: dashed. Other cells can run meanwhile.",
            [self.bar, buttons(self.stop_button)],
        )
        # ipykernel handles a click in the thread that made the button, and `wait` may block that thread to the end;
        # without this mark the click is handled in the page's own thread
        vars(self.stop_button.comm).pop("_reply_subshell_id", None)
        self.trainer.start()

    def wait(self) -> None:
        """Wait until the training has ended, then show its final state."""
        self.trainer.wait()
        self.refresh()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Show the widget; its plain text says what it is and no numbers, which differ from machine to machine."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            bundle["text/plain"] = f"Training monitor, {self.bar.max} epochs"
        return bundle

    def _ipython_display_(self) -> None:
        """Show the widget so that its last state can replace it in the notebook at the end."""
        self._shown = display(self._repr_mimebundle_(), raw=True, display_id=True)

    def refresh(self) -> None:
        """Show the progress; called from the thread that trains."""
        progress = self.trainer.progress
        said = progress.describe()
        self.bar.value, self.stop_button.disabled = len(progress.training), progress.ended
        if not progress.training:
            self.say(said)
            return
        alt = f"Training and validation loss over {len(progress.training)} epochs. {said}"
        self.show(draw(progress, alt), said, table(progress))
        if progress.ended and self._shown:
            bundle = self._repr_mimebundle_()
            self._shown.update({kind: bundle[kind] for kind in ("text/html", "text/plain")}, raw=True)
