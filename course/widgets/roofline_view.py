"""Lab 10's roofline explorer: choose a machine, a network and a batch; see what each layer waits for."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from course.show import svg
from course.show.looks import AXIS, BLUE, GRID, INK, VERMILION, WHITE
from course.show.tables import Table
from course.widgets import roofline_model as model
from course.widgets.base import LABEL, Card, button, buttons, options_slider

LEFT, TOP, WIDTH, HEIGHT = 74.0, 20.0, 360.0, 280.0
INTENSITY, RATE = (-1.0, 4.0), (8.0, 14.5)  # powers of ten that the axes show
HEADS = ("layer", "work", "moved", "work / byte", "waits for", "predicted", "measured here")


def place(intensity: Any, rate: Any) -> tuple[Any, Any]:
    """Turn intensity and rate into pixels, both on logarithmic axes."""
    x = (np.log10(intensity) - INTENSITY[0]) / (INTENSITY[1] - INTENSITY[0])
    y = (np.log10(np.maximum(rate, 1.0)) - RATE[0]) / (RATE[1] - RATE[0])
    return LEFT + WIDTH * np.clip(x, 0, 1), TOP + HEIGHT * (1 - np.clip(y, 0, 1))


def draw(machine: model.Machine, layers: list[model.Product], measured: list[float], alt: str) -> str:
    """Draw the roof, a disc with a number below it for each layer, and a square where the layer was measured."""
    parts = []
    for power in range(9, 15, 1):
        _, y = place(1.0, 10.0**power)
        parts.append(svg.path([(LEFT, y), (LEFT + WIDTH, y)], stroke=GRID, stroke_width=1))
        parts.append(svg.text(LEFT - 8, y, model.quantity(10.0**power, "").replace(" ", ""), "end", 12))
    for power in range(-1, 5):
        x, bottom = place(10.0**power, 10.0 ** RATE[0])
        parts.append(svg.text(float(x), float(bottom) + 14, f"{10.0**power:g}", size=12))
    intensities = np.logspace(*INTENSITY, 61)
    roof = np.column_stack(place(intensities, model.attainable(machine, intensities)))
    parts.append(svg.path(roof, stroke=INK, stroke_width=2.5))
    for i, layer in enumerate(layers, 1):
        x, y = place(layer.intensity, model.attainable(machine, np.array(layer.intensity)))
        parts.append(svg.tag("circle", cx=float(x), cy=float(y), r=6, fill=WHITE, stroke=BLUE, stroke_width=2.5))
        beside = float(x) + 14 * (i - (len(layers) + 1) / 2)  # discs may coincide, their numbers may not
        parts.append(svg.text(beside, float(y) + 20, str(i), size=12, font_weight=600))
    for layer, seconds in zip(layers, measured, strict=False):
        x, y = place(layer.intensity, layer.flops / seconds)
        parts.append(svg.tag("rect", x=float(x) - 6, y=float(y) - 6, width=12, height=12, fill=VERMILION, stroke=INK))
    frame = [(LEFT, TOP), (LEFT, TOP + HEIGHT), (LEFT + WIDTH, TOP + HEIGHT)]
    parts.append(svg.path(frame, stroke=AXIS, stroke_width=1))
    parts.append(svg.text(LEFT + WIDTH / 2, TOP + HEIGHT + 34, "operations for each byte", font_style="italic"))
    parts.append(svg.text(LEFT + 6, TOP, "operations a second", "start", font_style="italic"))
    return svg.card(468, 350, parts, alt)


def table(machine: model.Machine, layers: list[model.Product], measured: list[float]) -> Table:
    """Write the layers in numbers."""
    rows = []
    for i, layer in enumerate(layers):
        here = model.quantity(measured[i], "s") if measured else "–"
        rows.append(
            (
                f"{i + 1}: {layer.k} → {layer.n}",
                model.quantity(layer.flops, "FLOP"),
                model.quantity(layer.bytes, "B"),
                f"{layer.intensity:.3g}",
                layer.limited_by(machine),
                model.quantity(layer.seconds(machine), "s"),
                here,
            )
        )
    return Table("The layers' forward products", HEADS, rows)


class RooflineExplorer(Card):
    """Matrix products of a network under the roofline of a machine.

    Attributes
    ----------
    machine, dtype : ipywidgets.Dropdown
    hidden, batch : ipywidgets.SelectionSlider
    measure_button : ipywidgets.Button
        Times the products on this computer, and adds it to the machines.
    """

    def __init__(self) -> None:
        self.machine = widgets.Dropdown(
            options=[(m.name, m) for m in model.MACHINES], value=model.MACHINES[1], description="machine", **LABEL
        )
        self.hidden = options_slider("hidden", 1024, [32, 128, 512, 1024, 4096])
        self.batch = options_slider("batch", 1, [1, 8, 32, 128, 512, 2048])
        self.dtype = widgets.Dropdown(options=list(model.DTYPES), description="numbers", **LABEL)
        self.measure_button = button("Measure here", "Time these products on this computer", self.measure)
        self.measured: list[float] = []
        super().__init__(
            "Roofline explorer",
            "784 inputs, two hidden layers, 10 outputs. Under the slope a layer waits for memory, under the flat part "
            "for arithmetic.",
            [self.machine, self.hidden, self.batch, self.dtype, buttons(self.measure_button)],
            beside=False,
        )
        for control in (self.machine, self.hidden, self.batch, self.dtype):
            control.observe(self._refresh, "value")
        self._refresh()

    @property
    def layers(self) -> list[model.Product]:
        """The products on display."""
        sizes = (784, self.hidden.value, self.hidden.value, 10)
        return model.products(sizes, self.batch.value, model.DTYPES[self.dtype.value])

    def measure(self) -> None:
        """Time the products here, and show this computer's own roof."""
        self.say("Measuring …")
        here = model.measure_this_computer()
        others = [(name, m) for name, m in self.machine.options if name != here.name]
        self.machine.options = [*others, (here.name, here)]
        self.machine.value = here
        self.measured = [model.measure(layer) for layer in self.layers]
        self._show()

    def _refresh(self, change: Any = None) -> None:
        if change is None or change["owner"] is not self.machine:
            self.measured = []  # they were measured with other sizes
        self._show()

    def _show(self) -> None:
        machine, layers = self.machine.value, self.layers
        slow = sum(layer.limited_by(machine) == "memory" for layer in layers)
        each = sum(layer.seconds(machine) for layer in layers) / self.batch.value
        status = (
            f"{machine.name} ({machine.source}): {slow} of {len(layers)} layers wait for memory; "
            f"predicted {model.quantity(each, 's')} for each example."
        )
        bandwidth, peak = model.quantity(machine.bandwidth, "B/s"), model.quantity(machine.peak, "FLOP/s")
        alt = f"A roofline: a slope of {bandwidth} up to {peak}. {status}"
        self.show(draw(machine, layers, self.measured, alt), status, table(machine, layers, self.measured))
