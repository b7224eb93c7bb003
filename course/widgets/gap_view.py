"""Lab 11's gap monitor: choose a remedy and its strength, and watch training and validation loss part."""

from typing import Any

import ipywidgets as widgets

from course.widgets import gap_model as model
from course.widgets.base import LABEL, Card
from course.widgets.clinic_view import draw, table


class GapMonitor(Card):
    """Learning curves of a small network on few digits, with the gap between them shaded.

    Attributes
    ----------
    examples, remedy : ipywidgets.Dropdown
    strength : ipywidgets.IntSlider
    """

    def __init__(self) -> None:
        self.examples = widgets.Dropdown(options=[50, 100, 300, 900], value=100, description="digits", **LABEL)
        self.remedy = widgets.Dropdown(options=list(model.REMEDIES), description="remedy", **LABEL)
        self.strength = widgets.IntSlider(value=0, min=0, max=4, description="strength", **LABEL)
        super().__init__(
            "Gap monitor",
            "64 inputs, 64 hidden units, a tenth of the labels wrong. Strength 0 is no remedy.",
            [self.examples, self.remedy, self.strength],
        )
        for control in (self.examples, self.remedy, self.strength):
            control.observe(self._refresh, "value")
        self._refresh()

    def _refresh(self, change: Any = None) -> None:
        setting = model.Setting(self.examples.value, self.remedy.value, self.strength.value)
        curves = model.monitor(setting)
        before = model.monitor(model.Setting(setting.examples)) if setting.strength else None
        status = model.describe(setting, curves)
        alt = f"Training and validation loss over {model.EPOCHS} epochs, the space between them shaded. {status}"
        self.show(draw(curves, before, alt, shaded=True), status, table(curves))
