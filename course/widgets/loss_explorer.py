"""Lab 04's loss explorer: squared error and cross-entropy of one neuron over its logit, and their slopes."""

from dataclasses import dataclass

import ipywidgets as widgets
import numpy as np

from course.nn.activations import sigmoid, softplus
from course.show import svg
from course.show.axes import Axes
from course.show.looks import AXIS, BLUE, INK, VERMILION
from course.show.tables import Table, number
from course.widgets.base import Card, slider

REACH = 8.0  # logits are shown from −REACH to REACH
LOSSES = ("squared error", "cross-entropy")


@dataclass(frozen=True)
class Reading:
    """One loss at one logit.

    Parameters
    ----------
    value, slope : float
        L and ∂L/∂z.
    """

    value: float
    slope: float


def value(loss: str, z: np.ndarray, y: int) -> np.ndarray:
    """Logits (n,) and a target 0 or 1 → losses (n,)."""
    if loss == "squared error":
        return (sigmoid(z) - y) ** 2
    return softplus(z) - y * z


def slope(loss: str, z: np.ndarray, y: int) -> np.ndarray:
    """Logits (n,) and a target 0 or 1 → ∂L/∂z (n,)."""
    p = sigmoid(z)
    if loss == "squared error":
        return 2 * (p - y) * p * (1 - p)
    return p - y


def read(loss: str, z: float, y: int) -> Reading:
    """Read one loss at one logit."""
    at = np.array([z])
    return Reading(float(value(loss, at, y)[0]), float(slope(loss, at, y)[0]))


def describe(z: float, y: int) -> str:
    """Say how sure the neuron is, and how steep each loss is."""
    p = float(sigmoid(np.array([z]))[0])
    squared, cross = (read(loss, z, y) for loss in LOSSES)
    slopes = f"Size of the slope: squared error {abs(squared.slope):.3f}, cross-entropy {abs(cross.slope):.3f}."
    sure = "sure and wrong" if abs(p - y) > 0.9 else "sure and right" if abs(p - y) < 0.1 else "undecided"
    return f"z = {number(z)}, so p = {p:.3f}, and the target is {y}: the neuron is {sure}. {slopes}"


LOOKS = {"squared error": (BLUE, "7 4"), "cross-entropy": (VERMILION, "none")}
#: title, axes and ticks of the upper and the lower panel
PANELS = (
    ("loss", Axes((-REACH, REACH, 0.0, 8.0), left=52.0, top=46.0, width=360.0, height=150.0), (0, 4, 8)),
    ("slope ∂L/∂z", Axes((-REACH, REACH, -1.0, 1.0), left=52.0, top=236.0, width=360.0, height=150.0), (-1, 0, 1)),
)


def draw(z: float, y: int, alt: str) -> str:
    """Draw losses above, slopes below, and a mark on each curve at the logit."""
    zs, at = np.linspace(-REACH, REACH, 97), np.array([z])
    parts = []
    for (title, axes, ticks), curve in zip(PANELS, (value, slope), strict=True):
        parts += [svg.text(axes.left, axes.top - 12, title, "start", font_style="italic"), axes.grid(ticks)]
        parts.append(axes.line(z, axes.box[2:], stroke=AXIS, stroke_width=1))
        for loss, (colour, dashes) in LOOKS.items():
            parts.append(axes.line(zs, curve(loss, zs, y), stroke=colour, stroke_width=2.4, stroke_dasharray=dashes))
            parts += [svg.dot(place, 5, fill=colour, stroke=INK) for place in axes.place(at, curve(loss, at, y))]
    parts.append(PANELS[1][1].below((-8, -4, 0, 4, 8), "logit z"))
    for x, (loss, (colour, dashes)) in zip((150, 296), LOOKS.items(), strict=True):
        parts.append(svg.key(x, 14, loss, stroke=colour, stroke_width=2.4, stroke_dasharray=dashes))
    return svg.card(440, 436, parts, alt)


class LossExplorer(Card):
    """Squared error against cross-entropy for one neuron.

    Attributes
    ----------
    z : ipywidgets.FloatSlider
    y : ipywidgets.ToggleButtons
    """

    def __init__(self) -> None:
        self.z = slider("logit z", -5.0, -REACH, REACH)
        self.y = widgets.ToggleButtons(
            options=[("1", 1), ("0", 0)], description="target", style={"button_width": "52px"}
        )
        super().__init__(
            "Loss explorer",
            "Above: the loss at each logit. Below: its slope, which says how hard the loss pulls on the logit.",
            [self.z, self.y],
        )

    def refresh(self) -> None:
        """Compute and show what the controls ask for."""
        z, y = self.z.value, self.y.value
        readings = {loss: read(loss, z, y) for loss in LOSSES}
        rows = [(loss, f"{r.value:.4f}", f"{r.slope:.4f}".replace("-", "−")) for loss, r in readings.items()]
        said = describe(z, y)
        alt = f"Two losses and their slopes over the logit from −8 to 8. {said}"
        self.show(draw(z, y, alt), said, Table("At this logit", ("loss", "value", "slope"), rows))
