"""Lab 13's training monitor: live curves, progress, and a stop that keeps the best parameters."""

from collections.abc import Generator
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.display import DisplayHandle, display

from course.nn.training import Epoch
from course.widgets.base import Card, button, buttons
from course.widgets.clinic_model import Curves
from course.widgets.clinic_view import draw, table
from course.widgets.monitor_model import Trainer


class TrainingMonitor(Card):
    """Trains in the background and shows how it goes; the notebook stays usable.

    Parameters
    ----------
    run : generator of Epoch
        As `course.train` gives it, with a validation set. It starts at once.
    epochs : int
        How many epochs were asked for.

    Attributes
    ----------
    trainer : Trainer
    bar : ipywidgets.IntProgress
    stop_button : ipywidgets.Button
    """

    def __init__(self, run: Generator[Epoch, None, None], epochs: int) -> None:
        self.trainer = Trainer(run, epochs, self._show)
        self.bar = widgets.IntProgress(value=0, max=epochs, description="epochs", style={"description_width": "64px"})
        self.stop_button = button("Stop", "End after this epoch and keep the best parameters", self.trainer.stop)
        super().__init__(
            "Training monitor",
            "Training loss: solid. Validation loss: dashed. You may go on reading meanwhile.",
            [self.bar, buttons(self.stop_button)],
        )
        # ipykernel hears a click in the thread that made the button, and `wait` may keep that until all is over;
        # without this mark it hears it in the page's own thread
        vars(self.stop_button.comm).pop("_reply_subshell_id", None)
        self._shown: DisplayHandle | None = None
        self.say("Waiting for the first epoch.")
        self.trainer.start()

    def wait(self) -> None:
        """Wait until the training has ended; what was shown then is shown."""
        self.trainer.wait()
        self._show()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Show the widget; its plain text says what it is and no numbers, which differ from machine to machine."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            bundle["text/plain"] = f"Training monitor, {self.bar.max} epochs"
        return bundle

    def _ipython_display_(self) -> None:
        """Show the widget such that in the end its last state can take its place in the notebook."""
        self._shown = display(self._repr_mimebundle_(), raw=True, display_id=True)

    def _show(self) -> None:
        progress = self.trainer.progress
        done = len(progress.training)
        status = progress.describe()
        self.bar.value, self.stop_button.disabled = done, progress.ended
        if not done:
            self.say(status)
            return
        curves = Curves(np.array(progress.training), np.array(progress.validation), float("nan"))
        alt = f"Training and validation loss over {done} epochs. {status}"
        self.show(draw(curves, None, alt), status, table(curves))
        if progress.ended and self._shown:
            bundle = self._repr_mimebundle_()
            self._shown.update({kind: bundle[kind] for kind in ("text/html", "text/plain")}, raw=True)
