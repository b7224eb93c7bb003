"""Say what is wrong with numbers that nobody foresaw: shape, sign, factor, transpose, order; else invent nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from course.checks.compare import as_numbers


@dataclass(frozen=True)
class Trial:
    """One case as numbers: the inputs, what was expected and what came, and whether it was right."""

    inputs: dict[str, Any]
    expected: Any
    got: Any
    right: bool


def diagnose(trials: Sequence[Trial], component: str = "") -> str:
    """Describe the slip that explains every case of a part.

    Parameters
    ----------
    trials : sequence of Trial
        All cases of the part that failed, the right ones among them.
    component : str
        The name of the result's member that is looked at, for the wording.

    Returns
    -------
    str
        A sentence or two, or ``""`` when no single slip explains the numbers.
    """
    what = f"`{component}`" if component else "The result"
    wrong = [trial for trial in trials if not trial.right]
    if any(trial.got is None for trial in wrong):
        return f"{what} is None. A function without `return` hands back None: is the last line missing its `return`?"
    numbers = [(trial, as_numbers(trial.got), as_numbers(trial.expected)) for trial in wrong]
    if any(got is None or want is None for _, got, want in numbers):
        return ""
    arrays = [(trial, got, want) for trial, got, want in numbers if got is not None and want is not None]
    if len(wrong) == len(trials) and _same_for_all(arrays):
        every = "both" if len(trials) == 2 else f"all {len(trials)}"
        return f"{what} is the same in {every} cases: does your function use what it is given?"
    if arrays[0][1].shape != arrays[0][2].shape:
        return _shape(what, arrays[0])
    shaped = [pair for pair in arrays if pair[1].shape == pair[2].shape]
    if len(shaped) < len(arrays):
        other = next(pair for pair in arrays if pair[1].shape != pair[2].shape)
        return _located(what, shaped, trials) or f"In another case: {_shape(what, other)}"
    for rule in (_not_finite, _sign, _unchanged_input, _rounded, _factor, _transposed, _shifted, _reordered):
        sentence = rule(what, arrays)
        if sentence and (len(wrong) == len(trials) or rule in (_not_finite, _unchanged_input, _rounded)):
            return sentence
    return _located(what, arrays, trials)


Arrays = list[tuple[Trial, np.ndarray, np.ndarray]]


def _same_for_all(arrays: Arrays) -> bool:
    """Tell whether one and the same result came for inputs that ask for different ones."""
    (_, first, wanted), *others = arrays
    return any(not np.array_equal(wanted, want) for *_, want in others) and all(
        first.any() and np.array_equal(first, got) for _, got, _ in others
    )


def _shape(what: str, pair: tuple[Trial, np.ndarray, np.ndarray]) -> str:
    _, got, want = pair
    text = f"{what} has shape {got.shape}, expected {want.shape}."
    if got.shape == want.shape[::-1]:
        return f"{text} Transposed, it would fit."
    if want.ndim == 1 and got.shape == want.shape * 2:
        return f"{text} Did an (N,) array meet an (N, 1) array? Broadcasting makes an N by N table of them."
    if got.size == want.size:
        return (
            f"{text} The number of values is right: an axis of length 1 is too many or missing, or `reshape` is needed."
        )
    if want.ndim == 0:
        return f"{text} One number is asked for: is a sum or a mean over the examples missing?"
    if got.shape in [want.shape[:axis] + want.shape[axis + 1 :] for axis in range(want.ndim)]:
        return f"{text} An axis got lost: by a sum, a mean or a maximum, or by an index too many?"
    return text


def _not_finite(what: str, arrays: Arrays) -> str:
    if any(np.isnan(got).any() and not np.isnan(want).any() for _, got, want in arrays):
        return (
            f"{what} holds NaN (not a number): look for 0/0, inf − inf, or the logarithm or root of a negative number."
        )
    if any(np.isinf(got).any() and not np.isinf(want).any() for _, got, want in arrays):
        return f"{what} holds inf: something was divided by zero, or an exponential overflowed."
    return ""


def _explains(arrays: Arrays, change: Any) -> bool:
    """Tell whether changing every result in the same way makes all of them right, and at least one is not zero."""
    return any(want.any() for *_, want in arrays) and all(
        np.allclose(change(got, trial), want, rtol=1e-6, atol=1e-9) for trial, got, want in arrays
    )


def _sign(what: str, arrays: Arrays) -> str:
    if _explains(arrays, lambda got, trial: -got):
        return f"{what} is right except for its sign: plus and minus are swapped somewhere."
    return ""


def _unchanged_input(what: str, arrays: Arrays) -> str:
    shared = set.intersection(*(set(trial.inputs) for trial, *_ in arrays))
    for name in sorted(shared):
        given = [(as_numbers(trial.inputs[name]), got) for trial, got, _ in arrays]
        if all(value is not None and value.shape == got.shape and np.array_equal(value, got) for value, got in given):
            return f"{what} is the input `{name}`, unchanged."
    return ""


def _rounded(what: str, arrays: Arrays) -> str:
    came = np.concatenate([got.ravel() for _, got, _ in arrays])
    if np.count_nonzero(came) > 1:  # zeros alone are no rounding
        if all(np.array_equal(got, np.trunc(want)) for _, got, want in arrays):
            return f"{what} has lost all digits after the point: by `int`, `//`, or an array of whole numbers?"
        if any(all(np.allclose(got, np.round(want, n), 0, 1e-12) for _, got, want in arrays) for n in range(7)):
            return f"{what} is rounded. Give the number as it comes; whoever prints it can round."
    return ""


def _factor(what: str, arrays: Arrays) -> str:
    ratios = []
    for _, got, want in arrays:
        usable = np.abs(want) > 1e-12
        if not np.allclose(got[~usable], 0, atol=1e-9):
            return ""
        ratios.append(got[usable] / want[usable])
    flat = np.concatenate([ratio.ravel() for ratio in ratios]) if ratios else np.array([])
    if flat.size < 2 or not np.isfinite(flat).all() or np.allclose(flat, 0):
        return ""
    if np.allclose(flat, flat[0], rtol=1e-6):
        return f"{what} is {_as_factor(flat[0])} what it should be, in every case: a constant factor is off."
    name = _first_array(arrays[0][0])
    for (trial, *_), ratio in zip(arrays, ratios, strict=True):
        n = _length(trial)
        if not n or not ratio.size or not np.allclose(ratio, ratio[0], rtol=1e-6) or not np.isclose(ratio[0], n):
            break
    else:
        return f"{what} is N times too large, N being the length of `{name}`: a sum stands where a mean is wanted."
    if all((n := _length(t)) and r.size and np.allclose(r * n, 1) for (t, *_), r in zip(arrays, ratios, strict=True)):
        return f"{what} is N times too small, N being the length of `{name}`: it was divided by N once too often."
    return ""


def _as_factor(ratio: float) -> str:
    fraction = Fraction(float(ratio)).limit_denominator(12)
    if not np.isclose(float(fraction), ratio, rtol=1e-6):
        return f"{ratio:.4g} times"
    return f"{fraction} times" if fraction.denominator > 1 else f"{fraction.numerator} times"


def _first_array(trial: Trial) -> str:
    """Name the first input that is an array, `""` if there is none: its length is the number of examples."""
    return next((name for name, value in trial.inputs.items() if isinstance(value, np.ndarray) and value.ndim), "")


def _length(trial: Trial) -> int:
    return len(trial.inputs.get(_first_array(trial), ()))


def _transposed(what: str, arrays: Arrays) -> str:
    square = [got for _, got, _ in arrays if got.ndim == 2 and got.shape == got.shape[::-1]]
    if len(square) == len(arrays) and _explains(arrays, lambda got, trial: got.T):
        return f"{what} is the transpose of what is wanted: rows and columns are swapped."
    return ""


def _shifted(what: str, arrays: Arrays) -> str:
    offsets = np.concatenate([(got - want).ravel() for _, got, want in arrays])
    if offsets.size > 1 and np.allclose(offsets, offsets[0]) and len({got.tobytes() for _, got, _ in arrays}) > 1:
        return f"{what} is {abs(offsets[0]):.4g} too {'large' if offsets[0] > 0 else 'small'} everywhere."
    return ""


def _reordered(what: str, arrays: Arrays) -> str:
    if all(got.size > 1 and np.allclose(np.sort(got, None), np.sort(want, None)) for _, got, want in arrays):
        return f"{what} holds the right numbers in another order."
    return ""


def _located(what: str, arrays: Arrays, trials: Sequence[Trial]) -> str:
    """Say where it goes wrong, when that is not everywhere."""
    if right := sum(trial.right for trial in trials):
        return f"{right} of {len(trials)} cases are right: what is special about the one above?"
    _, got, want = arrays[0]
    off = ~np.isclose(got, want, rtol=1e-6, atol=1e-9)
    if want.ndim == 0 or off.all():
        return ""
    first = tuple(int(i) for i in np.argwhere(off)[0])
    place = f"index {first[0]}" if len(first) == 1 else f"index {first}"
    digits = next((d for d in (4, 8, 12) if f"{got[first]:.{d}g}" != f"{want[first]:.{d}g}"), 16)
    seen = f"got {got[first]:.{digits}g}, expected {want[first]:.{digits}g}"
    return f"{int(off.sum())} of {off.size} values are off, the first at {place}: {seen}."
