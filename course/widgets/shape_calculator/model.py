"""Shapes of arrays, for lab 00's calculator: the result of A @ B and similar expressions, and why."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Shape = tuple[int, ...]
LARGEST = 100_000
MOST_AXES = 3


def parse_shape(text: str) -> Shape:
    """Read a shape such as ``(3, 4)``, ``3, 4``, ``3 x 4`` or ``()``.

    Parameters
    ----------
    text : str
        What the student typed.

    Raises
    ------
    ValueError
        If it is no shape of at most three axes with sizes from 1 to 100000.
    """
    inner = text.strip()
    if inner[:1] == "(" and inner[-1:] == ")":
        inner = inner[1:-1].strip()
    parts = [part for part in re.split(r"\s*[,x×]\s*|\s+", inner) if part]
    shape = tuple(int(part) if re.fullmatch(r"[0-9]{1,6}", part) else 0 for part in parts)
    if len(shape) > MOST_AXES or not all(1 <= size <= LARGEST for size in shape):
        raise ValueError(
            f"expected a shape such as (3, 4), got {text.strip()!r}: "
            f"write at most {MOST_AXES} sizes, whole numbers from 1 to {LARGEST}"
        )
    return shape


def tuple_text(shape: Shape) -> str:
    """Write a shape as Python does."""
    return str(tuple(shape))


@dataclass(frozen=True)
class Verdict:
    """NumPy's verdict on one expression, and our explanation.

    Parameters
    ----------
    expression : str
        The Python expression.
    operands : tuple of shapes
        Shapes as they enter the operation: A.T has its axes reversed.
    result : shape or None
        None where NumPy refuses.
    why : str
        Which axes meet, and which is stretched.
    message : str
        NumPy's own error message, empty where the expression is legal.
    """

    expression: str
    operands: tuple[Shape, ...]
    result: Shape | None
    why: str
    message: str = ""


def ghost(shape: Shape) -> np.ndarray:
    """Make an array of any shape that holds a single number in memory."""
    return np.broadcast_to(np.float64(0), shape)


def ask_numpy(operation: Callable[..., np.ndarray], shapes: tuple[Shape, ...]) -> tuple[Shape | None, str]:
    """Return NumPy's own result: the shape, or None and the error message.

    Whether shapes fit depends only on which sizes are equal and which are 1. So NumPy computes on a
    miniature, every size above 1 replaced by a small one of its own: (60000, 784) costs no more than (2, 3).
    """
    sizes = sorted({size for shape in shapes for size in shape if size > 1})
    small = {1: 1, **{size: i + 2 for i, size in enumerate(sizes)}}
    large = {value: key for key, value in small.items()}
    try:
        result = operation(*(ghost(tuple(small[size] for size in shape)) for shape in shapes))
    except ValueError:
        try:
            operation(*map(ghost, shapes))  # refused before any work; this message has the sizes that were typed
        except ValueError as error:
            return None, str(error)
        raise
    return tuple(large[size] for size in np.shape(result)), ""


def explain_matmul(a: Shape, b: Shape, left: str, right: str) -> str:
    """Say which axes meet in a matrix product."""
    if not a or not b:
        return f"{left if not a else right} is a single number: @ needs axes to meet; use * instead"
    inner, outer = a[-1], b[-2] if len(b) > 1 else b[0]
    which = "first" if len(b) < 3 else "second last"
    ends = f"the last axis of {left} ({inner}) and the {which} of {right} ({outer})"
    if inner != outer:
        return f"{ends} must be equal, but {inner} ≠ {outer}"
    said = f"{ends} meet and disappear"
    batch_a, batch_b = a[:-2], b[:-2]
    if batch_a or batch_b:
        said += f"; in front: {explain_broadcast(batch_a, batch_b, left, right)}"
    return said


def explain_broadcast(a: Shape, b: Shape, left: str, right: str) -> str:
    """Say, from the last axis to the first, which axes are equal, stretched or in conflict."""
    said = []
    for back in range(1, max(len(a), len(b)) + 1):
        one, other = (a[-back] if back <= len(a) else None), (b[-back] if back <= len(b) else None)
        place = "last axis" if back == 1 else f"{('second', 'third')[back - 2]} last"
        if one == other:
            said.append(f"{place}: {one} = {other}")
        elif one is None or other is None:
            said.append(f"{place}: {left if one is None else right} has none, so it is repeated {one or other}×")
        elif 1 in (one, other):
            said.append(f"{place}: the 1 of {left if one == 1 else right} is stretched to {max(one, other)}")
        else:
            said.append(f"{place}: {one} ≠ {other}, and neither is 1")
    return "; ".join(said) or "two single numbers"


def explain_sum(a: Shape, axis: int, keep: bool) -> str:
    """Say what a sum along an axis does to that axis."""
    if not a:
        return "A is a single number and has no axes" + ("; NumPy still accepts axis 0" if axis == 0 else "")
    if axis >= len(a):
        return f"A has no axis {axis}: it has only axis 0, of size {a[0]}"
    return f"axis {axis} (size {a[axis]}) is added up and {'stays, with size 1' if keep else 'disappears'}"


def verdicts(a: Shape, b: Shape, c: Shape) -> tuple[Verdict, ...]:
    """Return a verdict on each of the calculator's expressions.

    Parameters
    ----------
    a, b, c : tuple of int
        Shapes of A, B and b.

    Returns
    -------
    tuple of Verdict
        One for each expression, always in the same order.
    """
    found = []

    def judge(expression: str, shapes: tuple[Shape, ...], operation: Callable[..., np.ndarray], why: str) -> None:
        result, message = ask_numpy(operation, shapes)
        found.append(Verdict(expression, shapes, result, why, message))

    turned = a[::-1]
    judge("A @ B", (a, b), np.matmul, explain_matmul(a, b, "A", "B"))
    judge("A.T @ B", (turned, b), np.matmul, explain_matmul(turned, b, "A.T", "B"))
    judge("A @ B.T", (a, b[::-1]), np.matmul, explain_matmul(a, b[::-1], "A", "B.T"))
    judge("A * B", (a, b), np.multiply, explain_broadcast(a, b, "A", "B"))
    judge("A + b", (a, c), np.add, explain_broadcast(a, c, "A", "b"))
    judge("A.sum(axis=0)", (a,), lambda x: x.sum(axis=0), explain_sum(a, 0, False))
    judge("A.sum(axis=1)", (a,), lambda x: x.sum(axis=1), explain_sum(a, 1, False))
    judge("A.sum(axis=1, keepdims=True)", (a,), lambda x: x.sum(axis=1, keepdims=True), explain_sum(a, 1, True))
    return tuple(found)
