"""What the three steppers share: a calculation that is shown one step at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

import ipywidgets as widgets

from course.widgets.base import Card, button, buttons


class Stepper(Card):
    """A card with fields, and buttons that go through the steps of a calculation.

    Parameters
    ----------
    title, lead : str
        As for `Card`.
    fields : sequence of widgets
        What the calculation starts from; each change is calculated at once.
    grid : widget
        The fields as they are laid out.
    thing : str
        What one step computes, such as "number".
    first : str
        What Reset goes back to, such as "the first numbers".
    start : mapping
        Name of a field's attribute → its value at the start.

    Attributes
    ----------
    back_button, step_button, all_button, reset_button : ipywidgets.Button
    done : int
        How many steps are on display.
    steps : sequence
        All of them.
    """

    steps: Sequence[Any]

    def __init__(
        self,
        title: str,
        lead: str,
        fields: Sequence[widgets.Widget],
        grid: widgets.Widget,
        thing: str,
        first: str,
        start: Mapping[str, Any],
    ) -> None:
        self.done, self._start = 0, start
        self.back_button = button("Back", "Take the last step back", lambda: self.go(self.done - 1))
        self.step_button = button("Step", f"Compute the next {thing}", lambda: self.go(self.done + 1))
        self.all_button = button("All", "Compute everything", lambda: self.go(len(self.steps)))
        self.reset_button = button("Reset", f"Back to {first}, nothing computed", self.reset)
        row = buttons(self.step_button, self.back_button, self.all_button, self.reset_button)
        super().__init__(title, lead, [grid, row], beside=False)
        for field in fields:
            field.observe(self._refresh, "value")
        self._refresh()

    def go(self, done: int) -> None:
        """Show the first `done` steps; fewer than none and more than all are cut off."""
        self.done = min(max(done, 0), len(self.steps))
        self._refresh()

    def reset(self) -> None:
        """Go back to where the fields began, with nothing computed."""
        self.done = 0
        for name, value in self._start.items():
            getattr(self, name).value = value
        self._refresh()

    def _at_the_ends(self) -> None:
        """Switch off the button that leads nowhere; called when `steps` has been calculated."""
        self.step_button.disabled = self.done == len(self.steps)
        self.back_button.disabled = self.done == 0

    def _refresh(self, change: Any = None) -> None:
        """Calculate `steps` from the fields, and show the first `done` of them."""
        raise NotImplementedError
