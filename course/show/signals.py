"""What runs through a network, layer by layer: activations on the way forward, gradients on the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from course.nn.layers import Linear
from course.nn.losses import Loss
from course.nn.network import Network
from course.show import svg
from course.show.axes import Axes
from course.show.drawings import short
from course.show.looks import AXIS, BLUE, BLUE_AREA, VERMILION
from course.show.picture import Drawing
from course.show.tables import Table, power_of_ten

MOST = 6  # layers that the drawing has room for; the table has them all
BINS = 48
LOW = 1e-14  # gradients smaller than this are rounding errors
TAIL = 0.001  # the share of the gradients that is drawn at the left edge, because it is smaller still
TOP, ROW, HEIGHT, WIDTH = 66.0, 52.0, 40.0, 262.0  # histograms: the first one's top, the distance, the size
LEFT = {"activations": 78.0, "gradients": 390.0}
LOOKS: tuple[dict[str, Any], ...] = (
    {"stroke": BLUE, "fill": BLUE_AREA, "stroke_width": 1.4},
    {"stroke": VERMILION, "stroke_dasharray": "5 3", "stroke_width": 1.8},
)


@dataclass(frozen=True)
class LayerSignals:
    """What runs through the hidden layers of a network, first layer first.

    Parameters
    ----------
    activations : sequence of arrays, shape (N, units)
        What each hidden layer passes on.
    gradients : sequence of arrays, shape (n_in, units)
        ∂L/∂W of each hidden layer.
    """

    activations: Sequence[np.ndarray]
    gradients: Sequence[np.ndarray]


def layer_signals(net: Network, X: np.ndarray, targets: np.ndarray, loss: Loss) -> LayerSignals:
    """Send examples forward and their gradient back, once, and keep the signals of each hidden layer.

    Parameters
    ----------
    net : Network
        Of `Linear` layers, with any layers between them. Its parameters stay as they are; its gradient changes.
    X : array, shape (N, n)
        Examples, one a row.
    targets : array, shape (N, ...)
        As `loss` takes them.
    loss : Loss
        What the gradient is taken of.

    Raises
    ------
    ValueError
        If there is no hidden layer.
    """
    linear = [layer for layer in net.layers if isinstance(layer, Linear)]
    if len(linear) < 2:
        raise ValueError(
            f"expected a network with hidden layers, got {len(linear)} linear layer: there is nothing between"
        )
    signal, entering = X, []
    for layer in net.layers:
        entering += [signal] if isinstance(layer, Linear) else []
        signal = layer.forward(signal, train=True)
    net.backward(loss.grad(signal, targets))
    return LayerSignals(entering[1:], [layer.dW.copy() for layer in linear[:-1]])


def plot_signals(signals: Mapping[str, LayerSignals], title: str = "Signals, layer by layer") -> Drawing:
    """Draw histograms of activations and of the sizes of gradients, one row a layer.

    Parameters
    ----------
    signals : mapping from a label to LayerSignals
        One network, or the same one twice, such as before and after training.
    title : str
        What the drawing is called.

    Returns
    -------
    Drawing
        Up to six layers, from the first to the last; in each row the highest bar has the full height. Gradients have
        a logarithmic axis; those that are 0 are not in the picture. The table gives, for all layers, the standard
        deviation of the activations and the root mean square of the gradients, zeros included.

    Raises
    ------
    ValueError
        If there are not one or two networks of the same depth, or a signal is not finite.
    """
    depths = {label: len(found.activations) for label, found in signals.items()}
    if not 1 <= len(signals) <= 2 or len(set(depths.values())) != 1:
        raise ValueError(
            f"expected one or two networks of one depth, got {depths}: give the same network before and after"
        )
    for label, found in signals.items():
        for k, both in enumerate(zip(found.activations, found.gradients, strict=True), 1):
            if not all(np.isfinite(part).all() for part in both):
                raise ValueError(
                    f"expected finite signals, got NaN or ∞ in layer {k}, {label}: the training has diverged"
                )
    (depth,) = set(depths.values())
    shown = np.unique(np.linspace(1, depth, min(depth, MOST)).round().astype(int)).tolist()
    bottom = TOP + ROW * len(shown) - (ROW - HEIGHT)
    values = {
        "activations": {label: [a.ravel() for a in found.activations] for label, found in signals.items()},
        "gradients": {label: [_powers(g) for g in found.gradients] for label, found in signals.items()},
    }
    parts = [svg.text(14, TOP + ROW * i + HEIGHT / 2, f"layer {k}", "start", 12) for i, k in enumerate(shown)]
    for side, head in (("activations", "activations"), ("gradients", "size of the gradients of the weights")):
        parts.append(svg.text(LEFT[side], TOP - 18, head, "start", font_weight=600))
        parts += _column(side, values[side], shown, bottom)
    for i, label in enumerate(signals):
        x = LEFT["activations"] + 200 * i
        parts.append(svg.tag("rect", x=x, y=12.0, width=26, height=12, **{"fill": "none", **LOOKS[i]}))
        parts.append(svg.text(x + 34, 18, label, "start"))
    table, said = _numbers(signals, title, depth)
    return Drawing(svg.card(LEFT["gradients"] + WIDTH + 26, bottom + 44, parts, f"{title}. {said}"), table, said)


def _powers(gradient: np.ndarray) -> np.ndarray:
    """Give the sizes of a gradient's entries as powers of ten; those that are 0 have none."""
    sizes = np.abs(gradient.ravel())
    return np.log10(sizes[sizes > LOW])


def _column(side: str, values: Mapping[str, Sequence[np.ndarray]], shown: Sequence[int], bottom: float) -> list[str]:
    """Draw the histograms of one side, one row a layer, and the axis below them."""
    all_of_them = np.concatenate([part for layers in values.values() for part in layers] or [np.zeros(0)])
    low, high = (
        np.quantile(all_of_them, [TAIL if side == "gradients" else 0, 1]).tolist() if all_of_them.size else (0, 0)
    )
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    edges, parts = np.linspace(low, high, BINS + 1), []
    for i, k in enumerate(shown):
        counts = [
            np.histogram(layers[k - 1].clip(low, high), edges)[0] / max(layers[k - 1].size, 1)
            for layers in values.values()
        ]
        most = float(np.max(counts))
        axes = Axes((low, high, 0.0, most or 1.0), LEFT[side], TOP + ROW * i, WIDTH, HEIGHT)
        parts.append(svg.path(axes.place([low, high], [0, 0]), stroke=AXIS, stroke_width=1))
        if most == 0:
            parts.append(svg.text(axes.left + WIDTH / 2, axes.top + HEIGHT / 2, "all 0", size=12, fill=AXIS))
        for share, look in zip(counts, LOOKS, strict=False):
            if share.any():
                outline = axes.place(np.repeat(edges, 2), [0, *np.repeat(share, 2), 0])
                parts.append(svg.path(outline, **look))
    axes = Axes((low, high, 0.0, 1.0), LEFT[side], TOP, WIDTH, bottom - TOP)
    ticks = [t for t in MaxNLocator(5, integer=side == "gradients").tick_values(low, high) if low <= t <= high]
    if side == "gradients":
        return [*parts, axes.below(ticks, write=lambda power: power_of_ten(10.0**power))]
    return [*parts, axes.below(ticks)]


def _numbers(signals: Mapping[str, LayerSignals], title: str, depth: int) -> tuple[Table, str]:
    """Write the spread of each layer's signals as a table, and the first and the last layer's in words."""
    spread = {label: [float(a.std()) for a in found.activations] for label, found in signals.items()}
    size = {label: [float(np.sqrt(np.mean(g**2))) for g in found.gradients] for label, found in signals.items()}
    rows = [(str(k + 1), *(f"{of[label][k]:.1e}" for of in (spread, size) for label in signals)) for k in range(depth)]
    columns = ("layer", *(f"{what}, {label}" for what in ("activations (std)", "gradients (rms)") for label in signals))
    ends = "; ".join(
        f"{label}, the activations' standard deviation goes from {short(spread[label][0])} to "
        f"{short(spread[label][-1])} and the gradients' size from {short(size[label][0])} to {short(size[label][-1])}"
        for label in signals
    )
    return Table(title, columns, rows), f"From layer 1 to layer {depth}: {ends}."
