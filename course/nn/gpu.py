"""The array module of an array, moves between CPU and GPU, and timing that waits for the GPU.

Only this file imports CuPy. All other code takes its array module from its data::

    xp = array_module(x)        # numpy for NumPy arrays, cupy for CuPy arrays
    y = xp.exp(x)
"""

import sys
import time
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

#: a NumPy or CuPy array, or a Python number where a function says so
Array = Any


def _owner(array: Array) -> Any:
    """Return the module whose functions take `array`; None for what is not an array (numbers, lists)."""
    if isinstance(array, np.ndarray):
        return np
    if type(array).__module__.split(".")[0] == "cupy":
        return sys.modules["cupy"]
    if isinstance(array, np.generic) or not hasattr(array, "__array_namespace__"):
        return None
    return array.__array_namespace__()


def array_module(*arrays: Array, **named: Array) -> Any:
    """Return the array module that the arguments belong to: NumPy, CuPy, or that of another array class.

    Parameters
    ----------
    *arrays, **named
        Arrays of any shape, all on one device. An error names an array by its keyword if it was given one.
        Numbers, lists and None belong to no device and are ignored.

    Returns
    -------
    module
        ``numpy`` if no array was given.

    Raises
    ------
    TypeError
        If some arrays are on the CPU and others on the GPU; the message says which argument to move.
    """
    if {*map(type, arrays), *map(type, named.values())} == {np.ndarray}:
        return np  # nearly every call, and three times faster than what follows
    given = {f"argument {i}": a for i, a in enumerate(arrays, 1)} | named
    owners = {name: owner for name, a in given.items() if (owner := _owner(a)) is not None}
    modules = {id(owner): owner for owner in owners.values()}
    if len(modules) > 1:
        on_cpu = ", ".join(name for name, owner in owners.items() if owner is np)
        on_gpu = ", ".join(name for name, owner in owners.items() if owner is not np)
        raise TypeError(
            f"expected all arrays on one device, got {on_cpu} on the CPU and {on_gpu} on the GPU: "
            f"move {on_cpu} with to_gpu, or {on_gpu} with to_cpu"
        )
    return next(iter(modules.values()), np)


def gpu_available() -> bool:
    """Return whether CuPy is installed and sees a GPU."""
    try:
        return bool(import_module("cupy").is_available())
    except ImportError:
        return False


def _cupy() -> ModuleType:
    """Return CuPy, or raise a RuntimeError that says what is missing."""
    if not gpu_available():
        raise RuntimeError(
            "expected an NVIDIA GPU and CuPy, found none: on a machine with a GPU, course doctor says how to install "
            "CuPy; or stay on the CPU: every lab runs there"
        )
    return import_module("cupy")


def to_gpu(array: Array) -> Array:
    """Copy a NumPy array to the GPU; an array that is already there is returned unchanged.

    Raises
    ------
    RuntimeError
        If there is no GPU or no CuPy.
    """
    return _cupy().asarray(array)


def to_cpu(array: Array) -> np.ndarray:
    """Copy an array to the CPU as a NumPy array; a NumPy array is returned unchanged."""
    return array.get() if _owner(array) not in (None, np) else np.asarray(array)


def synchronize() -> None:
    """Wait until the GPU has finished all work; if CuPy is not in use, return at once."""
    if "cupy" in sys.modules and gpu_available():
        _cupy().cuda.get_current_stream().synchronize()


def time_call(f: Callable[[], object], repeat: int = 5) -> float:
    """Measure the median wall time of ``f()`` in seconds, waiting for the GPU before and after each call.

    A first call is not counted: it compiles kernels and fills caches.
    """
    if repeat < 1:
        raise ValueError(f"expected repeat of at least 1, got {repeat}: give the number of timed calls")
    f()
    seconds = []
    for _ in range(repeat):
        synchronize()
        start = time.perf_counter()
        f()
        synchronize()
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds))


def device_info() -> dict[str, Any]:
    """Describe the GPU: name, memory, compute capability, CUDA runtime; ``{"name": "CPU"}`` without one."""
    if not gpu_available():
        return {"name": "CPU"}
    runtime = _cupy().cuda.runtime
    facts = runtime.getDeviceProperties(runtime.getDevice())
    return {
        "name": facts["name"].decode(),
        "memory_bytes": int(facts["totalGlobalMem"]),
        "compute_capability": f"{facts['major']}.{facts['minor']}",
        "cuda_runtime": runtime.runtimeGetVersion(),
    }


def matmul_benchmark(n: int = 1024, dtype: Any = np.float32, repeat: int = 5, gpu: bool = False) -> float:
    """Measure the rate of n × n matrix products in floating-point operations per second (2n³ for each product)."""
    A = np.ones((n, n), dtype)
    if gpu:
        A = to_gpu(A)
    return 2 * n**3 / time_call(lambda: A @ A, repeat)
