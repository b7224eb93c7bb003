"""What the widgets share: the frame, its style sheet and some common controls."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from threading import RLock
from typing import Any

import ipywidgets as widgets

from course.show.picture import as_image
from course.show.tables import Table
from course.widgets.companion import Companion
from course.widgets.files import style

STYLE = f"<style>{style('card.css', '.course-widget')}</style>"
#: the style of every control with a label: all labels have the same width, so that the controls are aligned
LABEL: dict[str, Any] = {"style": {"description_width": "64px"}, "layout": widgets.Layout(width="auto")}


class StoredAsText:
    """Adds to a widget's view the text that a notebook stores. Paper, and pages without widgets, show this text."""

    @property
    def text(self) -> str:
        """The present content of the widget, as plain text."""
        raise NotImplementedError

    def stored_html(self) -> str:
        """Write the present content of the widget as HTML that needs no script and no style sheet."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        shown = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]
        data = shown[0] if isinstance(shown, tuple) else shown
        if data is not None:
            data |= {"text/html": f'<div class="course-twin">{self.stored_html()}</div>', "text/plain": self.text}
        return shown


class Card(StoredAsText, widgets.VBox):
    """The frame of every widget: title, controls beside a figure, status line, table.

    A card observes its own controls. When one changes, the card calls `changed` with it, and `refresh` shows the new
    numbers.

    Parameters
    ----------
    title, lead : str
        The widget's name, and what to try.
    controls : sequence of widgets
        Rows of controls, in tab order.
    beside : bool
        Whether the figure is beside the controls instead of below them.

    Attributes
    ----------
    figure, status, table : ipywidgets.HTML
        `show` fills them, all from the same numbers.
    text : str
        The status and the table as plain text; a notebook stores this.
    """

    text = ""
    _quiet = False

    def __init__(self, title: str, lead: str, controls: list[widgets.Widget], beside: bool = True) -> None:
        self.title = f'<p class="course-title"><strong>{escape(title)}</strong></p>'
        head = f'{STYLE}{self.title}<p class="course-lead">{escape(lead)}</p>'
        self.figure, self.status, self.table = widgets.HTML(), widgets.HTML(), widgets.HTML()
        left = [*controls, self.status, self.table] if beside else controls
        panel = widgets.VBox(left, layout=widgets.Layout(flex="1 1 340px" if beside else "none"))
        figure = widgets.VBox([self.figure], layout=widgets.Layout(flex="0 1 auto", max_width="100%"))
        row = widgets.Layout(flex_flow="row wrap", grid_gap="12px 28px", align_items="flex-start")
        body = [widgets.HBox([panel, figure], layout=row)] if beside else [panel, figure, self.status, self.table]
        super().__init__([widgets.HTML(head), *body, Companion()], layout=widgets.Layout(grid_gap="6px"))
        self.add_class("course-widget")
        self._first = {control: control.value for control in turned_by_hand(controls)}
        for control in self._first:
            control.observe(self._hear, "value")
        take_turns(controls, RLock())
        self.refresh()

    def changed(self, control: widgets.Widget) -> None:
        """React to a changed control; a plain card shows the new numbers."""
        self.refresh()

    def refresh(self) -> None:
        """Compute and `show` what the controls ask for."""

    def reset(self) -> None:
        """Give every control the value that it had when the card was made."""
        with self.quietly():
            for control, value in self._first.items():
                control.value = value
        self.refresh()

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """Set controls from code without a call of `changed`."""
        self._quiet = True
        try:
            yield
        finally:
            self._quiet = False

    def _hear(self, change: Any) -> None:
        if not self._quiet:
            self.changed(change["owner"])

    def show(self, figure: str, status: str, table: Table) -> None:
        """Show new numbers: figure (HTML), status (one sentence) and table."""
        self.figure.value = figure
        self.say(status)
        self.table.value = table.html()
        self.text = f"{status}\n{table.text()}"

    def say(self, status: str) -> None:
        """Write one sentence into the status line."""
        self.status.value = f'<p class="course-status" role="status">{escape(status)}</p>'

    def stored_html(self) -> str:
        """Write title, figure, status and table."""
        drawn = as_image(self.figure.value) if self.figure.value else ""
        return f"{self.title}{drawn}{self.status.value}{self.table.value}"


def turned_by_hand(controls: list[widgets.Widget]) -> Iterator[widgets.Widget]:
    """Find the controls with a value, among these and those inside them.

    A progress bar is not a control, and Play only moves the slider that it is linked to.
    """
    for control in controls:
        yield from turned_by_hand(getattr(control, "children", []))
        if hasattr(control, "value") and not isinstance(control, widgets.IntProgress | widgets.Play):
            yield control


def take_turns(controls: list[widgets.Widget], turn: RLock) -> None:
    """Handle the messages of these controls, and of those inside them, one at a time.

    A JupyterLab kernel may handle two controls of one card in two threads at the same time. Then the result of the
    earlier one could be shown last, or one control's numbers could appear under the other's heading.
    """
    for control in controls:
        take_turns(getattr(control, "children", []), turn)

        def hear(message: Any, handle: Any = control._handle_msg) -> None:
            with turn:
                handle(message)

        control.comm.on_msg(hear)


class Knobs:
    """Sliders that a user and a calculation both move; the class can tell which of the two it was.

    The page answers each number that it gets with the nearest value of its slider. Such an answer is not a move by the
    user, and it may come late, when the calculation has already moved on. So all unanswered numbers are remembered.

    Parameters
    ----------
    *sliders : ipywidgets.FloatSlider

    Attributes
    ----------
    held : tuple of float
        The exact numbers; each slider shows the nearest value that it has.
    """

    def __init__(self, *sliders: widgets.FloatSlider) -> None:
        self.sliders, self.held = sliders, tuple(control.value for control in sliders)
        self._unanswered: list[list[float]] = [[] for _ in sliders]

    def move(self, *values: float) -> None:
        """Take numbers from a calculation, and show them on the sliders within their range."""
        self.held = values
        for control, value, unanswered in zip(self.sliders, values, self._unanswered, strict=True):
            before, control.value = control.value, value
            if control.value != before:
                unanswered.append(control.value)

    def turned(self, control: widgets.Widget) -> bool:
        """Read a slider that has changed, and tell whether the user moved it."""
        i = self.sliders.index(control)
        for k, sent in enumerate(self._unanswered[i]):
            if abs(control.value - sent) <= control.step / 2 + 1e-9:
                del self._unanswered[i][: k + 1]  # a page answers in order
                return False
        self._unanswered[i].clear()
        self.held = (*self.held[:i], control.value, *self.held[i + 1 :])
        return True


def slider(label: str, value: float, low: float, high: float, step: float = 0.25) -> widgets.FloatSlider:
    """Make a slider that shows its whole label."""
    return widgets.FloatSlider(
        value=value, min=low, max=high, step=step, description=label, readout_format=".2f", **LABEL
    )


def options_slider(label: str, value: int, options: list[int]) -> widgets.SelectionSlider:
    """Make a slider over a few numbers; the chosen number is shown beside it and cannot be typed."""
    made = widgets.SelectionSlider(options=options, value=value, description=label, **LABEL)
    return made.add_class("course-options")


def button(label: str, help_text: str, action: Any) -> widgets.Button:
    """Make a button that calls `action` without arguments."""
    made = widgets.Button(description=label, tooltip=help_text, layout=widgets.Layout(width="auto"))
    made.on_click(lambda _: action())
    return made


def buttons(*row: widgets.Button) -> widgets.HBox:
    """Place buttons side by side; in a narrow window they wrap."""
    return widgets.HBox(row, layout=widgets.Layout(flex_flow="row wrap", grid_gap="8px", margin="6px 0 4px"))
