"""Lab 05's playground: the network is trained here, the page draws it and asks for the next updates.

The page sends small messages ({"do": "step", "n": 20, "asked": …}) and never a second one before the first is
answered, so a slow kernel is never flooded and a stop takes effect after the current batch. Every answer carries
the whole state of the drawing, as buffers of bytes and float32: a view may miss one and still be complete.
"""

import time
from collections.abc import Sequence
from html import escape
from threading import RLock
from typing import Any

import anywidget
import numpy as np

from course.widgets.base import StoredAsText
from course.widgets.files import script, style
from course.widgets.playground import page
from course.widgets.playground.code import Backward, Code, Forward, StudentError
from course.widgets.playground.experiment import Experiment
from course.widgets.playground.points import OwnPoints
from course.widgets.playground.settings import NAMES, OWN, Settings, read

BUDGET = 0.1  # seconds after which a batch of updates is cut short, so that a stop does not wait longer
PATIENCE = 2.0  # the same for a whole epoch
# Bytes to which an answer is filled up. On one machine TCP packets hold 64 KiB, and a smaller one waits until the page
# has acknowledged the status message before it: 40 ms, where the answer itself takes 3.
FILLED = 66_000
HIDEABLE = (*NAMES, "state")


def own_points(X: Any, y: Any) -> OwnPoints | None:
    """Read points and classes that go together; None where neither is given."""
    if X is None and y is None:
        return None
    if X is None or y is None:
        got, missing = ("y", "X") if X is None else ("X", "y")
        raise ValueError(f"expected X and y, or neither, got {got} alone. Give {missing}, too: Playground(X, y).")
    return OwnPoints(X, y)


class Playground(StoredAsText, anywidget.AnyWidget):
    """Train a small network on points in the plane, and see every unit and every weight while it learns.

    Parameters
    ----------
    X, y : array-like, shapes (N, 2) and (N,), optional
        Points of your own and their classes, 0 or 1; see `OwnPoints`. Without them it begins with `Settings.data`.
    hide : sequence of str
        Controls that are not shown: names of settings, and "state".
    forward, backward : callable, optional
        Lab 05's ``mlp_forward`` and lab 06's ``mlp_backward``. They run in place of the library's, and the widget
        says so; the network then has one hidden layer of tanh units.
    **settings
        What to begin with, see `Settings`: ``Playground(data="xor", layers=(3,), seed=7)``.

    Attributes
    ----------
    experiment : Experiment
        The network in training, and its numbers.
    text : str
        Status and weights as plain text; a notebook stores this.

    Raises
    ------
    ValueError
        If a name or a value is not known, a setting does not fit the student's functions, or the points cannot be used.
    TypeError
        If forward or backward cannot be called.
    """

    _esm = script("playground/playground.js")
    _css = style("playground/playground.css", ".course-playground")

    def __init__(
        self,
        X: Any = None,
        y: Any = None,
        *,
        hide: Sequence[str] = (),
        forward: Forward | None = None,
        backward: Backward | None = None,
        **settings: Any,
    ) -> None:
        for name in hide:
            if name not in HIDEABLE:
                raise ValueError(f"hide: expected some of {', '.join(HIDEABLE)}, got {name!r}. Correct the name.")
        code = Code(forward, backward)
        if code.is_students:
            settings = {"layers": (4,), **settings}
        for name in settings:
            if name not in NAMES:
                raise ValueError(f"expected settings among {', '.join(NAMES)}, got {name!r}. Correct the name.")
        own = own_points(X, y)
        if own:
            settings = {"data": OWN, **settings}
        self.hide, self.experiment = tuple(hide), Experiment(Settings(**settings), code, own)
        self.turn = RLock()  # a separate thread answers the page, and a cell may call `step` at the same time
        super().__init__()
        self.on_msg(self._hear)

    @classmethod
    def from_state(
        cls,
        text: str,
        X: Any = None,
        y: Any = None,
        *,
        hide: Sequence[str] = (),
        forward: Forward | None = None,
        backward: Backward | None = None,
    ) -> "Playground":
        """Make the playground that a state string describes, with the same number of updates.

        Raises
        ------
        ValueError
            If the string cannot be read: what was expected, what was found, and what to do.
        """
        playground = cls(X, y, hide=hide, forward=forward, backward=backward)
        now = playground.experiment
        playground.experiment = Experiment.from_state(text, now.code, now.own)
        return playground

    def state_string(self) -> str:
        """Write the experiment down in one line, to be shared or kept."""
        return self.experiment.state_string()

    def step(self, n: int = 1) -> None:
        """Do n updates, and show the result."""
        with self.turn:
            self.experiment.step(n)
            self._answer(None)

    def change(self, **settings: Any) -> None:
        """Change settings as the controls do, and show what changes."""
        with self.turn:
            self.experiment.change(**settings)
            self._answer(None, setup=True)

    @property
    def text(self) -> str:
        """Status and weights as plain text."""
        return "\n".join([self._status(), *(table.text() for table in page.weight_tables(self.experiment))])

    def stored_html(self) -> str:
        """Write status and weights as HTML."""
        tables = "".join(table.html() for table in page.weight_tables(self.experiment))
        return f"<p>{escape(self._status())}</p>{tables}"

    def _status(self) -> str:
        try:
            status = self.experiment.status()
        except StudentError as error:
            status = str(error)
        return f"Playground, running {self.experiment.code.whose}. {status}"

    def _hear(self, _: Any, content: dict[str, Any], buffers: Any) -> None:
        """Handle a request of the page, and answer; an error becomes a message."""
        error, setup = "", content.get("do") not in ("step", "epoch", "catch_up")
        with self.turn:
            try:
                self._do(content)
            except (ValueError, TypeError) as problem:
                error = str(problem)
            except KeyboardInterrupt:
                error = "Interrupted. The updates so far are kept; Reset starts again."
            self._answer(content.get("asked"), setup, error)

    def _do(self, content: dict[str, Any]) -> None:
        experiment, do = self.experiment, content.get("do")
        if do == "step":
            self._go(int(content["n"]), BUDGET)
        elif do == "catch_up":
            self._go(experiment.behind, BUDGET)
        elif do == "epoch":
            self._go(experiment.left or -(-experiment.split // experiment.settings.batch), PATIENCE)
        elif do == "reset":
            experiment.reset()
        elif do == "set":
            experiment.change(**{content["name"]: content["value"]})
        elif do == "restore":
            experiment.restore(read(content["state"]))

    def _go(self, n: int, seconds: float) -> None:
        end = time.monotonic() + seconds
        for _ in range(n):
            self.experiment.step()
            if time.monotonic() > end:
                return

    def _answer(self, to: Any, setup: bool = False, error: str = "") -> None:
        """Send the page everything that it draws."""
        experiment = self.experiment
        # not "id": ipykernel would keep every one for as long as the widget lives
        content: dict[str, Any] = {"asked": to, "error": error, "state": self.state_string()}
        drawing, buffers = page.drawing(experiment)
        content |= drawing
        if setup:
            content["setup"], more = page.setup(experiment, self.hide)
            buffers += more
        parts = [np.ascontiguousarray(buffer).tobytes() for buffer in buffers]
        self.send(content, [*parts, bytes(max(0, FILLED - sum(map(len, parts))))])
