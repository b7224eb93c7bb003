"""Data as JSON and back: for what a record stores, and for all that a graded process may return.

The data are numbers, strings, lists, tuples, dictionaries and arrays of four dtypes; nothing that could run code. An
array's length is checked against its announced shape before memory is allocated.
"""

import base64
import binascii
import math
from typing import Any

import numpy as np

DTYPES = ("float64", "float32", "int64", "bool")
MAX_ELEMENTS = 5_000_000
MAX_DEPTH = 20

_NON_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def encode(value: Any, depth: int = 0) -> Any:
    """Turn a value into plain JSON data.

    Parameters
    ----------
    value : object
        Numbers, strings, None, lists, tuples, dictionaries with string keys, arrays, or anything NumPy can read as
        an array of numbers.
    depth : int
        How deeply nested `value` already is; only for the recursion.

    Returns
    -------
    object
        JSON data for `decode`.

    Raises
    ------
    TypeError
        If `value` or a part of it is not data, such as a function, a generator, a text array or a complex number.
    """
    if depth > MAX_DEPTH:
        raise TypeError(f"nested more than {MAX_DEPTH} levels deep")
    if value is None or type(value) in (bool, str):
        return value
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, np.ndarray | np.generic):
        return _encode_array(value)
    if type(value) is int:
        return value if abs(value) < 2**63 else float(value)
    if type(value) is float:
        return value if math.isfinite(value) else {"float": str(value)}
    if isinstance(value, tuple | list):
        return {type_name(value): [encode(item, depth + 1) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[str(key), encode(item, depth + 1)] for key, item in value.items()]}
    if hasattr(value, "__array__"):
        return _encode_array(np.asarray(value))
    advice = "; are the brackets () behind its name missing?" if callable(value) else ""
    advice = "; list(…) makes a list of it" if hasattr(value, "__next__") else advice
    raise TypeError(f"a {type(value).__name__}, which is not a number, an array, a list or a dictionary{advice}")


def type_name(value: tuple | list) -> str:
    """Name the container that `decode` should rebuild; subclasses count as what they derive from."""
    return "tuple" if isinstance(value, tuple) else "list"


def _encode_array(array: np.ndarray | np.generic) -> dict[str, Any]:
    array = np.asarray(array)
    if array.size > MAX_ELEMENTS:
        raise TypeError(f"an array of {array.size} numbers; at most {MAX_ELEMENTS} are allowed")
    if array.dtype.kind in "iu":
        array = array.astype(np.int64)
    elif array.dtype.kind == "f" and array.dtype.name not in DTYPES:
        array = array.astype(np.float64)
    elif array.dtype.name not in DTYPES:
        raise TypeError(f"an array of dtype {array.dtype}, expected numbers")
    little_endian = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    data = base64.b64encode(little_endian.tobytes()).decode("ascii")
    return {"dtype": array.dtype.name, "shape": list(array.shape), "base64": data}


def decode(data: Any, depth: int = 0) -> Any:
    """Turn JSON data back into the value that `encode` was given.

    Parameters
    ----------
    data : object
        The result of `json.loads`; it need not be trusted.
    depth : int
        How deeply nested `data` already is; only for the recursion.

    Returns
    -------
    object
        The value; arrays are fresh and writable.

    Raises
    ------
    ValueError
        If `encode` does not write such data.
    """
    if depth > MAX_DEPTH:
        raise ValueError(f"nested more than {MAX_DEPTH} levels deep")
    if data is None or isinstance(data, bool | int | float | str):
        return data
    if not isinstance(data, dict):
        raise ValueError(f"expected encoded data, got a bare {type(data).__name__}")
    match data:
        case {"ellipsis": True}:
            return Ellipsis
        case {"float": str(name)} if name in _NON_FINITE:
            return _NON_FINITE[name]
        case {"tuple": list(items)}:
            return tuple(decode(item, depth + 1) for item in items)
        case {"list": list(items)}:
            return [decode(item, depth + 1) for item in items]
        case {"dict": list(pairs)}:
            return _decode_dict(pairs, depth)
        case {"dtype": str(dtype), "shape": list(shape), "base64": str(text)}:
            return _decode_array(dtype, shape, text)
    raise ValueError(f"expected encoded data, got a dictionary with the keys {sorted(map(str, data))}")


def _decode_dict(pairs: list[Any], depth: int) -> dict[str, Any]:
    if not all(isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) for pair in pairs):
        raise ValueError("expected a dictionary as a list of [name, value] pairs")
    return {key: decode(item, depth + 1) for key, item in pairs}


def _decode_array(dtype: str, shape: list[Any], text: str) -> np.ndarray:
    if dtype not in DTYPES:
        raise ValueError(f"expected an array of dtype {', '.join(DTYPES)}, got {dtype!r}")
    if len(shape) > 32 or not all(type(n) is int and 0 <= n <= MAX_ELEMENTS for n in shape):
        raise ValueError(f"expected a shape of sizes up to {MAX_ELEMENTS}, got {shape}")
    size = math.prod(shape)
    if size > MAX_ELEMENTS:
        raise ValueError(f"expected at most {MAX_ELEMENTS} elements, got shape {shape}")
    item = np.dtype(dtype).newbyteorder("<")
    if len(text) != 4 * math.ceil(size * item.itemsize / 3):
        raise ValueError(f"expected {size * item.itemsize} bytes for shape {shape}, got another length")
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"expected base64 text: {error}") from None
    if len(raw) != size * item.itemsize:
        raise ValueError(f"expected {size * item.itemsize} bytes for shape {shape}, got {len(raw)}")
    if dtype == "bool":  # every byte other than 0 becomes True, so that no array holds a "bool" of 7
        return (np.frombuffer(raw, np.uint8) != 0).reshape(shape)
    return np.frombuffer(raw, item).astype(dtype).reshape(shape)
