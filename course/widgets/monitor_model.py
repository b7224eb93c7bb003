"""Training in the background, to be watched and stopped. The numbers behind lab 13's training monitor."""

import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

import numpy as np

from course.nn.training import Epoch


@dataclass
class Progress:
    """What a training has come to.

    Parameters
    ----------
    epochs : int
        How many are planned.
    training, validation : list of float
        Losses after each epoch so far.
    stopped : bool
        Whether somebody stopped it.
    ended : bool
        Whether it is over, and the network has its best parameters.
    error : str
        What ended it, if that was an error.
    """

    epochs: int
    training: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    stopped: bool = False
    ended: bool = False
    error: str = ""

    @property
    def best(self) -> int:
        """The epoch with the lowest validation loss, counted from 1; 0 before the first."""
        return int(np.argmin(self.validation)) + 1 if self.validation else 0

    def describe(self) -> str:
        """Say where it is."""
        if self.error:
            return f"The training ended with an error: {self.error}"
        if not self.training:
            return "Nothing trained yet." if self.ended else "Waiting for the first epoch."
        now = len(self.training)
        losses = f"training loss {self.training[-1]:.3f}, validation loss {self.validation[-1]:.3f}"
        if not self.ended:
            return f"Epoch {now} of {self.epochs}: {losses}. The best so far is epoch {self.best}."
        end = f"Stopped after epoch {now} of {self.epochs}" if self.stopped else f"All {now} epochs done"
        return f"{end}: {losses}. The network has the parameters of epoch {self.best}, the best."


class Trainer:
    """Runs a training in a thread of its own.

    Parameters
    ----------
    run : generator of Epoch
        As `course.train` gives it, with a validation set.
    epochs : int
        How many it will give.
    seen : callable
        Called after each epoch and at the end, from the thread.

    Attributes
    ----------
    progress : Progress
    """

    def __init__(self, run: Generator[Epoch, None, None], epochs: int, seen: Callable[[], None]) -> None:
        self.progress = Progress(epochs)
        self._run, self._seen = run, seen
        self._asked_to_stop = threading.Event()
        self._thread = threading.Thread(target=self._go, daemon=True)

    def start(self) -> None:
        """Begin; once only."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end after the epoch under way; the network keeps its best parameters."""
        self._asked_to_stop.set()

    def wait(self) -> None:
        """Wait for the end; an interrupt stops the training as the button does."""
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
                self._seen()
                if self._asked_to_stop.is_set():
                    self.progress.stopped = len(self.progress.training) < self.progress.epochs
                    break
            self._run.close()  # leaves the network with its best parameters
        except Exception as error:  # shown in the widget: nobody reads a thread's traceback
            self.progress.error = f"{type(error).__name__}: {error}"
        self.progress.ended = True
        self._seen()
