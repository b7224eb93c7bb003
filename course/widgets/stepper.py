"""What the steppers share: a calculation that is shown step by step, values forward and gradients back."""

from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets

from course.show import svg
from course.show.looks import AXIS, BLUE, EMPTY_BOX, INK, VERMILION, WHITE
from course.show.tables import Table, number
from course.widgets.base import Card, button, buttons

#: a short field with its label close to it
FIELD: dict[str, Any] = {"style": {"description_width": "24px"}, "layout": widgets.Layout(width="auto")}
DASHES = "6 4"  # the pattern of all backward arrows
#: the key of a drawing
KEY = "".join(
    [
        svg.arrow((20, 24), (54, 24), BLUE) + svg.text(62, 24, "values forward", "start"),
        svg.arrow((216, 24), (182, 24), VERMILION, stroke_dasharray=DASHES),
        svg.text(224, 24, "gradients back", "start") + svg.text(346, 24, "▶ just computed", "start"),
    ]
)


class Stepper(Card):
    """A card with fields, and buttons that go through the steps of a calculation.

    Parameters
    ----------
    title, lead : str
        As for `Card`.
    fields : widget
        What the calculation starts from, laid out; each change is calculated at once.
    thing : str
        What one step computes, such as "number".
    first : str
        What Reset goes back to, such as "the first numbers".

    Attributes
    ----------
    back_button, step_button, all_button, reset_button : ipywidgets.Button
    done : int
        How many steps are on display.
    steps : sequence
        All of them.
    """

    steps: Sequence[Any]

    def __init__(self, title: str, lead: str, fields: widgets.Widget, thing: str, first: str) -> None:
        self.done = 0
        self.back_button = button("Back", "Undo the last step", lambda: self.go(self.done - 1))
        self.step_button = button("Step", f"Compute the next {thing}", lambda: self.go(self.done + 1))
        self.all_button = button("All", "Compute everything", lambda: self.go(len(self.steps)))
        self.reset_button = button("Reset", f"Back to {first}, nothing computed", self.reset)
        row = buttons(self.step_button, self.back_button, self.all_button, self.reset_button)
        super().__init__(title, lead, [fields, row], beside=False)

    def calculate(self) -> Sequence[Any]:
        """Calculate all steps from the fields."""
        raise NotImplementedError

    def describe(self) -> tuple[str, str, Table]:
        """Make figure, status and table of the first `done` steps."""
        raise NotImplementedError

    def go(self, done: int) -> None:
        """Show the first `done` steps, at least none and at most all."""
        self.done = min(max(done, 0), len(self.steps))
        self.refresh()

    def reset(self) -> None:
        """Reset the fields to their first values, with nothing computed."""
        self.done = 0
        super().reset()

    def refresh(self) -> None:
        """Calculate, switch off buttons that would do nothing, and show the first `done` steps."""
        self.steps = self.calculate()
        self.step_button.disabled = self.done == len(self.steps)
        self.back_button.disabled = self.done == 0
        self.show(*self.describe())


def fields_in_columns(fields: Sequence[widgets.Widget]) -> widgets.GridBox:
    """Place fields in three columns."""
    columns = "repeat(3, minmax(90px, 170px))"
    return widgets.GridBox(fields, layout=widgets.Layout(grid_template_columns=columns, grid_gap="6px 18px"))


def check_steps(steps: Sequence[Any], done: int) -> None:
    """Refuse a number of steps that is out of range.

    Raises
    ------
    ValueError
        If `done` is not between 0 and the number of steps.
    """
    if not 0 <= done <= len(steps):
        raise ValueError(f"expected 0 to {len(steps)} steps, got {done}: take one step at a time")


def table(steps: Sequence[Any], done: int, rules: bool = True) -> Table:
    """Write a calculation of numbers so far; a step that is not done yet has no number.

    Parameters
    ----------
    steps : sequence
        Of steps with ``name``, ``rule``, ``filled`` (the rule with numbers) and ``value``.
    done : int
        How many of them are known.
    rules : bool
        Whether a step that is not done yet shows its rule.
    """
    rows = [
        (step.name, step.rule, step.filled, number(step.value))
        if k < done
        else (step.name, step.rule if rules else "?", "?", "?")
        for k, step in enumerate(steps)
    ]
    caption = f"Forward, then back: {done} of {len(steps)} steps done"
    return Table(caption, ("quantity", "rule", "with numbers", "value"), rows, current=done - 1 if done else None)


def paper(x: float, y: float, width: float, height: float, known: bool, now: bool, corner: float = 8) -> str:
    """Draw the box of one quantity, grey while it is empty, with a thick rim where it was just computed."""
    look: dict[str, Any] = {"stroke": INK, "stroke_width": 3} if now else {"stroke": AXIS, "stroke_width": 1.2}
    size: dict[str, Any] = {"width": width, "height": height, "rx": corner}
    return svg.tag("rect", x=x, y=y, fill=WHITE if known else EMPTY_BOX, **size, **look)


def arrow(start: tuple[float, float], end: tuple[float, float], back: bool = False) -> str:
    """Draw an arrow: forward solid and blue; backward, from end to start, dashed and red."""
    return svg.arrow(end, start, VERMILION, stroke_dasharray=DASHES) if back else svg.arrow(start, end, BLUE)
