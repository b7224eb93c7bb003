"""A stand-in for a GPU array: NumPy inside, but as strict as CuPy.

It never converts itself to a NumPy array and never mixes with one. So code that uses the wrong array module, or leaves
an array on the CPU, fails on every machine and not only on those with a GPU. Lab 10's checks and the tests of the core
use it.
"""

from typing import Any

import numpy as np


class DeviceArray(np.lib.mixins.NDArrayOperatorsMixin):
    """An array "on the device"; only get() returns its data, as with CuPy."""

    def __init__(self, data: np.ndarray) -> None:
        self._data = data

    def get(self) -> np.ndarray:
        """Copy to the CPU."""
        DEVICE.copies += 1
        return self._data.copy()

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray:
        raise TypeError("implicit conversion to a NumPy array: use get()")

    def __array_namespace__(self, **kwargs: Any) -> Any:
        return DEVICE

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if "where" in kwargs:
            raise TypeError("CuPy's ufuncs do not take the argument where")
        return _wrap(getattr(ufunc, method)(*_unwrap(inputs), **_unwrap(kwargs)))

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return _wrap(func(*_unwrap(args), **_unwrap(kwargs)))

    def __getitem__(self, index: Any) -> Any:
        return _wrap(self._data[_unwrap(index)])

    def __setitem__(self, index: Any, value: Any) -> None:
        self._data[_unwrap(index)] = _unwrap(value)

    def __len__(self) -> int:
        return len(self._data)

    def __bool__(self) -> bool:
        return bool(self._data)

    def __float__(self) -> float:
        return float(self._data)

    def __int__(self) -> int:
        return int(self._data)

    def __repr__(self) -> str:
        return f"DeviceArray({self._data})"

    def __format__(self, spec: str) -> str:
        return format(self._data[()], spec)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in ("_data", "data", "ctypes"):
            raise AttributeError(name)
        return _wrap(getattr(self._data, name))


class _Device:
    """The device's array module: NumPy's functions, but they take and return device arrays only.

    Attributes
    ----------
    copies : int
        How often an array was copied back to the CPU.
    """

    copies = 0

    def __getattr__(self, name: str) -> Any:
        return _wrap(getattr(np, name))

    @staticmethod
    def asarray(array: Any, dtype: Any = None) -> DeviceArray:
        """Move to the device; as in CuPy, only this function takes NumPy arrays."""
        return DeviceArray(np.array(array._data if isinstance(array, DeviceArray) else array, dtype=dtype))


def _wrap(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):  # reductions return 0-d arrays, which stay on the device
        return DeviceArray(np.asarray(value))
    if isinstance(value, tuple) and value and isinstance(value[0], np.ndarray):
        return tuple(map(_wrap, value))
    if callable(value) and not isinstance(value, type):
        return lambda *args, **kwargs: _wrap(value(*_unwrap(args), **_unwrap(kwargs)))
    return value


def _unwrap(value: Any) -> Any:
    if isinstance(value, DeviceArray):
        return value._data
    if isinstance(value, np.ndarray):
        raise TypeError("a NumPy array met device arrays: move it with asarray")
    if isinstance(value, tuple | list):
        return type(value)(map(_unwrap, value))
    return {k: _unwrap(v) for k, v in value.items()} if isinstance(value, dict) else value


DEVICE = _Device()
