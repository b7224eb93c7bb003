"""Where the matrix products of a network land under a machine's roofline. The numbers behind lab 10's explorer.

Williams, Waterman and Patterson (2009), "Roofline: an insightful visual performance model".
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from course.nn.gpu import time_call

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
    """

    name: str
    peak: float
    bandwidth: float
    source: str


MACHINES = (
    Machine("round-figures laptop", 100e9, 50e9, "no real machine; for counting on one's fingers"),
    Machine("round-figures GPU", 10e12, 500e9, "no real machine; for counting on one's fingers"),
    Machine("NVIDIA T4", 8.1e12, 320e9, "NVIDIA's data sheet; not measured here"),
    Machine("NVIDIA A100 80 GB", 19.5e12, 2039e9, "NVIDIA's data sheet; not measured here"),
    Machine("NVIDIA H100 SXM", 67e12, 3350e9, "NVIDIA's data sheet; not measured here"),
)


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
        """A product and an addition for each term of each entry."""
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
        """Predict the time: computing and fetching run side by side."""
        return max(self.flops / machine.peak, self.bytes / machine.bandwidth)

    def limited_by(self, machine: Machine) -> str:
        """Say who is waited for."""
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


def quantity(value: float, unit: str) -> str:
    """Write a number with a prefix: 1.5 GFLOP/s, 20 µs."""
    prefixes = {12: "T", 9: "G", 6: "M", 3: "k", 0: "", -3: "m", -6: "µ", -9: "n"}
    power = int(np.clip(3 * np.floor(np.log10(value) / 3), -9, 12)) if value > 0 else 0
    return f"{value / 10.0**power:.3g} {prefixes[power]}{unit}"
