"""A stand-in for a GPU array: NumPy inside, but as strict as CuPy about what it lets through.

It never turns into a NumPy array by itself and never mixes with one, so code that forgets its array module,
or leaves an array behind on the CPU, fails on every machine and not only on those with a GPU.
"""

import numpy as np


class DeviceArray(np.lib.mixins.NDArrayOperatorsMixin):
    """An array "on the device"; its data come back only through get(), as CuPy's do."""

    def __init__(self, data):
        self._data = data

    def get(self):
        return self._data.copy()

    def __array__(self, *args, **kwargs):
        raise TypeError("implicit conversion to a NumPy array: use get()")

    def __array_namespace__(self, **kwargs):
        return DEVICE

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if "where" in kwargs:
            raise TypeError("CuPy's ufuncs take no where")
        return _wrap(getattr(ufunc, method)(*_unwrap(inputs), **_unwrap(kwargs)))

    def __array_function__(self, func, types, args, kwargs):
        return _wrap(func(*_unwrap(args), **_unwrap(kwargs)))

    def __getitem__(self, index):
        return _wrap(self._data[_unwrap(index)])

    def __setitem__(self, index, value):
        self._data[_unwrap(index)] = _unwrap(value)

    def __len__(self):
        return len(self._data)

    def __bool__(self):
        return bool(self._data)

    def __float__(self):
        return float(self._data)

    def __int__(self):
        return int(self._data)

    def __repr__(self):
        return f"DeviceArray({self._data})"

    def __format__(self, spec):
        return format(self._data[()], spec)

    def __getattr__(self, name):
        if name.startswith("__") or name in ("_data", "data", "ctypes"):
            raise AttributeError(name)
        return _wrap(getattr(self._data, name))


class _Device:
    """The device's array module: NumPy's functions, which take device arrays only and give device arrays."""

    def __getattr__(self, name):
        return _wrap(getattr(np, name))

    @staticmethod
    def asarray(array, dtype=None):
        """Move to the device: as in CuPy, the one door that NumPy arrays may go through."""
        return DeviceArray(np.array(array._data if isinstance(array, DeviceArray) else array, dtype=dtype))


def _wrap(value):
    if isinstance(value, np.ndarray | np.generic):  # reductions give 0-d arrays, which stay on the device
        return DeviceArray(np.asarray(value))
    if isinstance(value, tuple) and value and isinstance(value[0], np.ndarray):
        return tuple(map(_wrap, value))
    if callable(value) and not isinstance(value, type):
        return lambda *args, **kwargs: _wrap(value(*_unwrap(args), **_unwrap(kwargs)))
    return value


def _unwrap(value):
    if isinstance(value, DeviceArray):
        return value._data
    if isinstance(value, np.ndarray):
        raise TypeError("a NumPy array met device arrays: move it with asarray")
    if isinstance(value, tuple | list):
        return type(value)(map(_unwrap, value))
    return {k: _unwrap(v) for k, v in value.items()} if isinstance(value, dict) else value


DEVICE = _Device()
