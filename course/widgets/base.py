"""What the widgets share: the frame, its style sheet and a few ready-made controls."""

from html import escape
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as widgets

from course.tables import Table

# Colours come from JupyterLab's theme; figures bring their own near-white paper: both themes read well.
STYLE = """<style>
.course-widget { border: 1px solid var(--jp-border-color2, #d5d9de); border-radius: 10px;
  padding: 16px 20px 18px; max-width: 1000px; box-sizing: border-box;
  color: var(--jp-content-font-color1, inherit); }
.course-widget .widget-label { text-align: left; }
.course-widget .widget-toggle-buttons { display: flex; flex-direction: row; align-items: center;
  margin-bottom: 6px; }
.course-widget .widget-toggle-buttons > .widget-label { width: 64px; margin: 0 8px 0 2px; }
.course-widget .widget-toggle-button.mod-active { box-shadow: inset 0 -3px 0 var(--jp-brand-color1, #1976d2);
  font-weight: 600; }
.course-widget select { background-image: url("data:image/svg+xml,\
%3Csvg xmlns='http://www.w3.org/2000/svg' \
viewBox='0 0 18 18'%3E%3Cpath d='M4 6.5l5 5 5-5' fill='none' stroke='%238a929c' \
stroke-width='2'/%3E%3C/svg%3E"); }
.course-widget .widget-html-content { line-height: 1.5; font-size: var(--jp-content-font-size1, 14px); }
.course-widget .widget-html, .course-widget .widget-html-content { height: auto; min-width: 0; }
.course-widget .course-title { font-weight: 600; font-size: 1.15em; margin: 0; }
.course-widget .course-lead { margin: 2px 0 6px; }
.course-widget .course-status { margin: 6px 0 2px; padding: 8px 12px; border-left: 4px solid #0072B2;
  background: var(--jp-layout-color2, #f2f4f6); border-radius: 0 6px 6px 0; }
.course-widget .course-card { display: block; max-width: 100%; height: auto;
  background: #fcfcfa; border-radius: 8px; box-sizing: border-box;
  border: 1px solid var(--jp-border-color2, #d5d9de); }
.course-widget .course-card.course-wide { width: 100%; }
.course-widget td:nth-child(2) { white-space: nowrap; }
.course-widget table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.course-widget caption { text-align: left; font-weight: 600; padding: 4px 8px 6px; }
.course-widget th, .course-widget td { text-align: left; padding: 4px 8px; vertical-align: top;
  border-bottom: 1px solid var(--jp-border-color2, #d5d9de); font-weight: 400; }
.course-widget thead th { font-weight: 600; border-bottom-width: 2px; }
.course-widget tr[aria-current] > * { font-weight: 600; background: var(--jp-layout-color2, #f2f4f6); }
.course-widget .widget-button { border-radius: 6px; min-width: 76px; }
</style>"""

#: how every control with a label looks: labels of one width, so that controls stand in a column
LABEL: dict[str, Any] = {"style": {"description_width": "64px"}, "layout": widgets.Layout(width="auto")}


def script(name: str) -> str:
    """Read a widget's script, after the part that all scripts share."""
    folder = Path(__file__).parent  # read here: a path would make anywidget watch the file where ANYWIDGET_HMR is set
    return "".join((folder / part).read_text(encoding="utf-8") for part in ("keys.js", name))


class Companion(anywidget.AnyWidget):
    """Names the controls of a card or question for screen readers, keeps their keys from JupyterLab, says what is new.

    It shows nothing itself.
    """

    _esm = script("card.js")
    _css = Path(__file__).with_name("card.css").read_text(encoding="utf-8")

    def __init__(self) -> None:
        super().__init__(layout=widgets.Layout(display="none"))


class Card(widgets.VBox):
    """The frame of every widget: title, controls beside a figure, status line, table.

    Parameters
    ----------
    title, lead : str
        What this is, and what to try.
    controls : sequence of widgets
        Rows of controls, in tab order.

    Attributes
    ----------
    figure, status, table : ipywidgets.HTML
        Filled by `show`, all from the same numbers.
    text : str
        The status and the table as plain text; a notebook stores this.
    """

    def __init__(self, title: str, lead: str, controls: list[widgets.Widget], beside: bool = True) -> None:
        head = f'{STYLE}<p class="course-title">{escape(title)}</p><p class="course-lead">{escape(lead)}</p>'
        self.figure, self.status, self.table = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.text = ""
        left = [*controls, self.status, self.table] if beside else controls
        panel = widgets.VBox(left, layout=widgets.Layout(flex="1 1 340px" if beside else "none"))
        figure = widgets.VBox([self.figure], layout=widgets.Layout(flex="0 1 auto", max_width="100%"))
        row = widgets.Layout(flex_flow="row wrap", grid_gap="12px 28px", align_items="flex-start")
        body = [widgets.HBox([panel, figure], layout=row)] if beside else [panel, figure, self.status, self.table]
        super().__init__([widgets.HTML(head), *body, Companion()], layout=widgets.Layout(grid_gap="6px"))
        self.add_class("course-widget")

    def show(self, figure: str, status: str, table: Table) -> None:
        """Put new numbers on display: figure (HTML), status (one sentence) and table."""
        self.figure.value = figure
        self.say(status)
        self.table.value = table.html()
        self.text = f"{status}\n{table.text()}"

    def say(self, status: str) -> None:
        """Put one sentence on the status line."""
        self.status.value = f'<p class="course-status" role="status">{escape(status)}</p>'

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any] | None:
        """Show the widget, and let the plain-text twin stand where no widget can be shown."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            bundle["text/plain"] = self.text
        return bundle


def slider(label: str, value: float, low: float, high: float, step: float = 0.25) -> widgets.FloatSlider:
    """Make a slider with its whole label in view."""
    return widgets.FloatSlider(
        value=value, min=low, max=high, step=step, description=label, readout_format=".2f", **LABEL
    )


def options_slider(label: str, value: int, options: list[int]) -> widgets.SelectionSlider:
    """Make a slider over a few numbers; the one chosen is shown beside it, and is not typed."""
    made = widgets.SelectionSlider(options=options, value=value, description=label, **LABEL)
    return made.add_class("course-options")


def button(label: str, help_text: str, action: Any) -> widgets.Button:
    """Make a button that calls `action` without arguments."""
    made = widgets.Button(description=label, tooltip=help_text, layout=widgets.Layout(width="auto"))
    made.on_click(lambda _: action())
    return made


def buttons(*row: widgets.Button) -> widgets.HBox:
    """Set buttons side by side, wrapping in a narrow window."""
    return widgets.HBox(row, layout=widgets.Layout(flex_flow="row wrap", grid_gap="8px", margin="6px 0 4px"))
