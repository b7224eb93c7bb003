"""Lab 10's roofline explorer: where the matrix products of a network lie under a machine's roofline.

Williams, Waterman and Patterson (2009), "Roofline: an insightful visual performance model".
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import ipywidgets as widgets
import numpy as np

from course.nn.gpu import time_call
from course.show import svg
from course.show.axes import Axes
from course.show.looks import AXIS, BLUE, BLUE_GROUND, INK, VERMILION, WHITE
from course.show.picture import Drawing
from course.show.tables import Table, number, quantity
from course.widgets.base import LABEL, Card, button, buttons, options_slider

DTYPES = {"float32": 4, "float64": 8}


@dataclass(frozen=True)
class Machine:
    """What a machine can do at best.

    Parameters
    ----------
    name : str
    peak : float
        Floating-point operations a second, float32 without tensor cores.
    bandwidth : float
        Bytes a second between memory and processor.
    source : str
        Where the figures are from.
    tensor_peaks : tuple of (str, float)
        Kind of numbers → floating-point operations a second with tensor cores, without sparsity; lowest first.
    """

    name: str
    peak: float
    bandwidth: float
    source: str
    tensor_peaks: tuple[tuple[str, float], ...] = ()

    @property
    def ridge(self) -> float:
        """Operations for each byte above which arithmetic, and not memory, sets the speed."""
        return self.peak / self.bandwidth


SHEET = "NVIDIA's data sheet; not measured here"
MACHINES = (
    Machine("round-figures laptop", 100e9, 50e9, "not a real machine; for easy numbers"),
    Machine("round-figures GPU", 10e12, 500e9, "not a real machine; for easy numbers"),
    Machine("NVIDIA T4", 8.1e12, 320e9, SHEET, (("float16", 65e12),)),
    Machine("NVIDIA A100 80 GB", 19.5e12, 2039e9, SHEET, (("TF32", 156e12), ("bfloat16", 312e12))),
    Machine("NVIDIA H100 SXM", 67e12, 3350e9, SHEET, (("TF32", 494.5e12), ("bfloat16", 989e12))),
)


#: of the two round-figures machines: bytes a second between their memories, seconds to pass one call to the GPU
LINK, HAND_OVER = 16e9, 10e-6


@dataclass(frozen=True)
class Product:
    """One matrix product (m, k) @ (k, n), and what a machine needs for it.

    Parameters
    ----------
    m, k, n : int
    itemsize : int
        Bytes of a number.
    """

    m: int
    k: int
    n: int
    itemsize: int

    @property
    def flops(self) -> float:
        """A multiplication and an addition for each term of each entry."""
        return 2.0 * self.m * self.k * self.n

    @property
    def bytes(self) -> float:
        """Both factors read once, the result written once."""
        return float(self.itemsize * (self.m * self.k + self.k * self.n + self.m * self.n))

    @property
    def intensity(self) -> float:
        """Operations for each byte that is moved."""
        return self.flops / self.bytes

    def seconds(self, machine: Machine) -> float:
        """Predict the time: computing and fetching run at the same time."""
        return max(self.flops / machine.peak, self.bytes / machine.bandwidth)

    def limited_by(self, machine: Machine) -> str:
        """Say what the product waits for: computing or memory."""
        return "computing" if self.flops / machine.peak >= self.bytes / machine.bandwidth else "memory"


def products(sizes: tuple[int, ...], batch: int, itemsize: int) -> list[Product]:
    """List the matrix products of a forward pass, one a layer."""
    return [Product(batch, a, b, itemsize) for a, b in pairwise(sizes)]


def attainable(machine: Machine, intensity: np.ndarray) -> np.ndarray:
    """Give the roof: operations a second at most, for each intensity."""
    return np.minimum(machine.peak, machine.bandwidth * intensity)


def measure(product: Product) -> float:
    """Time a product on this computer; median seconds of five."""
    dtype = {size: name for name, size in DTYPES.items()}[product.itemsize]
    A, B = np.ones((product.m, product.k), dtype), np.ones((product.k, product.n), dtype)
    out = np.empty((product.m, product.n), dtype)
    return time_call(lambda: np.matmul(A, B, out=out))


def measure_this_computer(timer: Callable[[Callable[[], object]], float] = time_call) -> Machine:
    """Measure this computer: a large product for the peak, a large copy for the bandwidth.

    Parameters
    ----------
    timer : callable
        Function → seconds of one call.
    """
    A = np.ones((1024, 1024), np.float32)
    source, target = np.ones(1 << 24, np.float32), np.empty(1 << 24, np.float32)
    peak = 2 * 1024**3 / timer(lambda: A @ A)
    bandwidth = 2 * source.nbytes / timer(lambda: np.copyto(target, source))
    return Machine("this computer", peak, bandwidth, "measured just now, on one product and one copy")


AXES = Axes((0.1, 1e4, 1e8, 2e15), left=74.0, top=24.0, width=660.0, height=320.0, log="xy")
HEADS = ("layer", "work", "moved", "work / byte", "waits for", "predicted", "measured here")


def roofs(machine: Machine) -> list[str]:
    """Draw the axes, the roof of a machine, and above it those of its tensor cores."""
    parts = [AXES.grid(10.0 ** np.arange(9, 16), lambda rate: quantity(rate, "").replace(" ", ""))]
    parts.append(AXES.below(10.0 ** np.arange(-1, 5), "operations for each byte", "{:g}".format))
    for k, (name, peak) in enumerate(machine.tensor_peaks[::-1]):
        corner = peak / machine.bandwidth
        raised = [(machine.ridge, machine.peak), (corner, peak), (AXES.box[1], peak)]
        parts.append(AXES.line(*np.transpose(raised), stroke=AXIS, stroke_width=1.6, stroke_dasharray="6 4"))
        x, y = AXES.place(AXES.box[1], peak)
        words = f"tensor cores, {name}: {quantity(peak, 'FLOP/s')}"
        parts.append(svg.text(x, y + 12 if k else y - 9, words, "end", 12, fill=AXIS))
    roof = np.array([AXES.box[0], machine.ridge, AXES.box[1]])
    parts.append(AXES.line(roof, attainable(machine, roof), stroke=INK, stroke_width=2.5))
    x, y = AXES.place(AXES.box[1], machine.peak)
    parts.append(svg.text(x, y + 12, f"float32: {quantity(machine.peak, 'FLOP/s')}", "end", 12))
    return [*parts, AXES.corner(), svg.text(AXES.left + 6, 10, "operations a second", "start", font_style="italic")]


def draw(machine: Machine, layers: list[Product], measured: list[float], alt: str) -> str:
    """Draw the roofs, a disc with a number below it for each layer, and a square where the layer was measured."""
    parts = roofs(machine)
    for i, layer in enumerate(layers, 1):
        x, y = AXES.place(layer.intensity, attainable(machine, np.array(layer.intensity)))
        parts.append(svg.dot((x, y), 6, fill=WHITE, stroke=BLUE, stroke_width=2.5))
        beside = x + 14 * (i - (len(layers) + 1) / 2)  # discs may coincide, but their numbers must not
        parts.append(svg.text(beside, y + 20, str(i), size=12, font_weight=600))
    for layer, seconds in zip(layers, measured, strict=False):
        x, y = AXES.place(layer.intensity, layer.flops / seconds)
        parts.append(svg.tag("rect", x=x - 6, y=y - 6, width=12, height=12, fill=VERMILION, stroke=INK))
    return svg.card(AXES.right + 26, AXES.bottom + 48, parts, alt, wide=True)


def explained(machine: Machine, layer: Product, batches: tuple[int, int]) -> Drawing:
    """Draw a roofline with its parts numbered, to be read one after the other.

    Parameters
    ----------
    machine : Machine
    layer : Product
        A layer's product, placed for two batches; its own m does not matter.
    batches : (int, int)
        A small batch and a large one.

    Returns
    -------
    Drawing
        1 the slope, 2 the flat part, 3 the corner, 4 and 5 the layer with either batch; its table says each in numbers.
    """
    placed = [Product(m, layer.k, layer.n, layer.itemsize) for m in batches]
    rates = [float(attainable(machine, np.array(p.intensity))) for p in placed]
    middle = float(np.sqrt(AXES.box[0] * machine.ridge))
    marks = [
        (middle, machine.bandwidth * middle, (-24, -14)),
        (3 * machine.ridge, machine.peak, (0, 20)),
        (machine.ridge, machine.peak, (-4, -22)),
        *((p.intensity, rate, (0, 24)) for p, rate in zip(placed, rates, strict=True)),
    ]
    parts = roofs(machine)
    x, y = AXES.place(machine.ridge, machine.peak)
    parts.append(svg.path([(x, y), (x, AXES.bottom)], stroke=AXIS, stroke_width=1.2, stroke_dasharray="2 3"))
    for mark, (at, rate, (dx, dy)) in enumerate(marks, 1):
        x, y = AXES.place(at, rate)
        if mark > 3:
            parts.append(svg.dot((x, y), 5, fill=WHITE, stroke=BLUE, stroke_width=2.5))
        parts.append(svg.dot((x + dx, y + dy), 9, fill=BLUE_GROUND))
        parts.append(svg.text(x + dx, y + dy, str(mark), size=12, fill=WHITE, font_weight=600))
    rows = [
        ("1", "slope", f"memory: {quantity(machine.bandwidth, 'B/s')}, for any number of operations on each byte"),
        ("2", "flat part", f"arithmetic: {quantity(machine.peak, 'FLOP/s')}, for any number of bytes"),
        ("3", "corner", f"{number(machine.ridge)} operations a byte"),
    ]
    for i, (p, reached) in enumerate(zip(placed, rates, strict=True), 4):
        says = f"{p.intensity:.3g} operations a byte, {quantity(reached, 'FLOP/s')} at most: {p.limited_by(machine)}"
        rows.append((str(i), f"batch of {p.m}", says))
    where = "; ".join(
        f"with batches of {p.m} it waits for {p.limited_by(machine)}, at {quantity(rate, 'FLOP/s')}"
        for p, rate in zip(placed, rates, strict=True)
    )
    said = f"The slope is the limit of memory, the flat part is the limit of arithmetic. The layer: {where}."
    read = Table(f"A layer {layer.k} → {layer.n} under the roof of the {machine.name}", ("", "part", "meaning"), rows)
    return Drawing(svg.card(AXES.right + 26, AXES.bottom + 48, parts, f"{read.caption}. {said}", wide=True), read, said)


def table(machine: Machine, layers: list[Product], measured: list[float]) -> Table:
    """Write the layers in numbers."""
    rows = []
    for i, layer in enumerate(layers):
        here = quantity(measured[i], "s") if measured else "–"
        rows.append(
            (
                f"{i + 1}: {layer.k} → {layer.n}",
                quantity(layer.flops, "FLOP"),
                quantity(layer.bytes, "B"),
                f"{layer.intensity:.3g}",
                layer.limited_by(machine),
                quantity(layer.seconds(machine), "s"),
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
            options=[(m.name, m) for m in MACHINES], value=MACHINES[1], description="machine", **LABEL
        )
        self.hidden = options_slider("hidden", 1024, [32, 128, 512, 1024, 4096])
        self.batch = options_slider("batch", 1, [1, 8, 32, 128, 512, 2048])
        self.dtype = widgets.Dropdown(options=list(DTYPES), description="numbers", **LABEL)
        self.measure_button = button("Measure here", "Time these products on this computer", self.measure)
        self.measured: list[float] = []
        super().__init__(
            "Roofline explorer",
            "784 inputs, two hidden layers, 10 outputs. Under the slope a layer waits for memory, under the flat part "
            "for arithmetic.",
            [self.machine, self.hidden, self.batch, self.dtype, buttons(self.measure_button)],
            beside=False,
        )

    @property
    def layers(self) -> list[Product]:
        """The products on display."""
        sizes = (784, self.hidden.value, self.hidden.value, 10)
        return products(sizes, self.batch.value, DTYPES[self.dtype.value])

    def measure(self) -> None:
        """Time the products here, and show this computer's own roof."""
        self.say("Measuring …")
        here = measure_this_computer()
        others = [(name, m) for name, m in self.machine.options if name != here.name]
        self.machine.options = [*others, (here.name, here)]
        self.machine.value = here
        self.measured = [measure(layer) for layer in self.layers]
        self.refresh()

    def changed(self, control: widgets.Widget) -> None:
        """Forget what was measured with other sizes."""
        if control is not self.machine:
            self.measured = []
        self.refresh()

    def refresh(self) -> None:
        """Show where the layers lie under the machine's roof."""
        machine, layers = self.machine.value, self.layers
        slow = sum(layer.limited_by(machine) == "memory" for layer in layers)
        each = sum(layer.seconds(machine) for layer in layers) / self.batch.value
        said = (
            f"{machine.name} ({machine.source}): {slow} of {len(layers)} layers wait for memory; "
            f"predicted {quantity(each, 's')} for each example."
        )
        bandwidth, peak = quantity(machine.bandwidth, "B/s"), quantity(machine.peak, "FLOP/s")
        higher = "".join(f", {quantity(p, 'FLOP/s')} with tensor cores on {name}" for name, p in machine.tensor_peaks)
        alt = f"A roofline: a slope of {bandwidth} up to {peak}{higher}. {said}"
        self.show(draw(machine, layers, self.measured, alt), said, table(machine, layers, self.measured))
