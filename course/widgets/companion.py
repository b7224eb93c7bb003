"""The part of every card and question that runs in the page."""

import anywidget
import ipywidgets as widgets

from course.widgets.files import FOLDER, script


class Companion(anywidget.AnyWidget):
    """Names a card's controls for screen readers, keeps JupyterLab from using their keys, and announces what is new.

    It shows nothing itself.
    """

    _esm = script("companion.js")
    _css = (FOLDER / "companion.css").read_text(encoding="utf-8")

    def __init__(self) -> None:
        super().__init__(layout=widgets.Layout(display="none"))
