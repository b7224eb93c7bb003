"""The page's half of every card and question."""

import anywidget
import ipywidgets as widgets

from course.widgets.files import FOLDER, script


class Companion(anywidget.AnyWidget):
    """Names the controls of a card or question for screen readers, keeps their keys from JupyterLab, says what is new.

    It shows nothing itself.
    """

    _esm = script("companion.js")
    _css = (FOLDER / "companion.css").read_text(encoding="utf-8")

    def __init__(self) -> None:
        super().__init__(layout=widgets.Layout(display="none"))
