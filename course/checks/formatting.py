"""Write values for people: few digits, matrices row by row, long values shortened."""

from typing import Any

import numpy as np

#: the largest number of characters of a value that are shown
LONGEST = 2_000
#: how an array's numbers are written, whatever `np.set_printoptions` a notebook or library has called
_PRINT_OPTIONS: dict[str, Any] = {
    "threshold": 60,
    "edgeitems": 3,
    "linewidth": 75,
    "suppress": True,
    "nanstr": "nan",
    "infstr": "inf",
    "sign": "-",
    "formatter": {},
    "floatmode": "maxprec",
    "legacy": False,
}


def format_inputs(inputs: dict[str, Any]) -> str:
    """Write the inputs of a case; long ones get a line each."""
    texts = [format_named(name, value) for name, value in inputs.items()]
    return "\n".join(texts) if any("\n" in text for text in texts) or sum(map(len, texts)) > 80 else ", ".join(texts)


def format_named(name: str, value: Any, digits: int = 4) -> str:
    """Write ``name = value``, a matrix row by row; without a name, only the value."""
    return _indented(f"{name} = " if name else "", format_value(value, digits))


def format_value(value: Any, digits: int = 4) -> str:
    """Write a value for people: by default with at most four significant digits; long values are shortened."""
    text = _written(value, digits)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _written(value: Any, digits: int) -> str:
    if isinstance(value, np.ndarray) and value.ndim > 3 and value.size > 60:
        return f"an array of shape {value.shape}"
    if isinstance(value, np.ndarray) and value.ndim:
        with np.printoptions(precision=digits, **_PRINT_OPTIONS):
            return np.array2string(value, separator=", ")
    if isinstance(value, np.ndarray | float) and np.issubdtype(np.asarray(value).dtype, np.floating):
        return f"{float(value):.{digits}g}"
    if isinstance(value, tuple | list):
        inside = _side_by_side([format_value(item, digits) for item in value[:8]], len(value))
        return f"({inside})" if isinstance(value, tuple) else f"[{inside}]"
    if isinstance(value, dict):
        parts = [_indented(f"{key[:200]}: ", format_value(item, digits)) for key, item in list(value.items())[:8]]
        return "{" + _side_by_side(parts, len(value)) + "}"
    if value is Ellipsis:
        return "..."
    text = str(value) if isinstance(value, np.ndarray) else repr(value)
    return text if len(text) <= 200 else text[:200] + "…"


def _side_by_side(parts: list[str], length: int) -> str:
    """Join the parts of a whole of this length with commas; if a part takes several lines, each gets its own."""
    if length > len(parts):
        parts = [*parts, "…"]
    return ",\n ".join(_indented("", part, 1) for part in parts) if "\n" in "".join(parts) else ", ".join(parts)


def _indented(start: str, text: str, more: int = 0) -> str:
    """Write text after a start; further lines are aligned with the first."""
    return start + text.replace("\n", "\n" + " " * (len(start) + more))
