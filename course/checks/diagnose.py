"""Describe wrong numbers that no slip explains: shape, sign, factor, ratio, order, and where they are right.

No sentence is a guess: each is true for every wrong case.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from math import comb
from typing import Any

import numpy as np

from course.checks.compare import as_numbers
from course.checks.quantities import quantities


@dataclass(frozen=True)
class Trial:
    """One case as numbers: the inputs, the expected result, the answer's result, and whether it was right."""

    inputs: dict[str, Any]
    expected: Any
    got: Any
    right: bool


#: the wrong cases as arrays: the case, the result, the expected result
Arrays = list[tuple[Trial, np.ndarray, np.ndarray]]


def diagnose(trials: Sequence[Trial], component: str = "") -> str:
    """Describe what is wrong with a component.

    Parameters
    ----------
    trials : sequence of Trial
        All cases of the part that failed, right ones included.
    component : str
        The name of the result's member in question, for the wording.

    Returns
    -------
    str
        A sentence or two, or ``""`` if nothing can be said about the numbers.
    """
    what = f"`{component}`" if component else "The result"
    wrong = [trial for trial in trials if not trial.right]
    if any(trial.got is None for trial in wrong):
        return f"{what} is None. A function without `return` returns None: is the last line missing its `return`?"
    numbers = [(trial, as_numbers(trial.got), as_numbers(trial.expected)) for trial in wrong]
    if any(got is None or want is None for _, got, want in numbers):
        return which_cases(trials, component)
    arrays = [(trial, got, want) for trial, got, want in numbers if got is not None and want is not None]
    if len(wrong) == len(trials) and _same_for_all(arrays):
        return f"{what} is the same in {_every(len(trials))} cases: does your function use its arguments?"
    if arrays[0][1].shape != arrays[0][2].shape:
        return _shape(what, [pair for pair in arrays if pair[1].shape != pair[2].shape])
    shaped = [pair for pair in arrays if pair[1].shape == pair[2].shape]
    if len(shaped) < len(arrays):
        others = [pair for pair in arrays if pair[1].shape != pair[2].shape]
        return which_cases(trials, component) or f"In another case: {_shape(what, others)}"
    for rule in RULES:
        if sentence := rule(what, arrays):
            return f"{which_cases(trials, component, short=True)} {sentence}".strip()
    located = _located(what, arrays)
    if located:  # some entries of a wrong case are right, so it is not the whole case that is special
        return f"{_count(trials, component)} {located}".strip()
    return which_cases(trials, component) or _direction(what, arrays)


def _every(number: int) -> str:
    return "both" if number == 2 else f"all {number}"


def _same_for_all(arrays: Arrays) -> bool:
    """Tell whether all results are the same, although the inputs need different ones."""
    (_, first, wanted), *others = arrays
    return any(not np.array_equal(wanted, want) for *_, want in others) and all(
        first.any() and np.isfinite(first).all() and np.array_equal(first, got) for _, got, _ in others
    )


def _close(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-6, atol=1e-9))


def exchanged(got: dict[str, list[Any]], wanted: dict[str, list[Any]]) -> dict[str, str]:
    """Find the components that are, in every case, what another component should be, or the transpose of that.

    Parameters
    ----------
    got : dict of list
        The wrong components' results, one for each case.
    wanted : dict of list
        The expected results of all components.

    Returns
    -------
    dict of str
        A sentence for each such component.
    """
    found = {}
    for name, results in got.items():
        values = [as_numbers(result) for result in results]
        order = sorted((other for other in wanted if other != name), key=lambda other: other not in got)
        others = ((other, list(map(as_numbers, wanted[other]))) for other in order)
        found[name] = next(filter(None, (_is_other(name, values, other, targets) for other, targets in others)), "")
    return {name: sentence for name, sentence in found.items() if sentence}


def _is_other(name: str, values: list[np.ndarray | None], other: str, targets: list[np.ndarray | None]) -> str:
    pairs = [(v, t) for v, t in zip(values, targets, strict=True) if v is not None and t is not None]
    if len(pairs) < len(values) or np.unique(np.concatenate([v.ravel() for v, _ in pairs])).size < 2:
        return ""
    if all(_close(v, t) for v, t in pairs):
        return f"`{name}` is what `{other}` should be."
    if all(_close(v.T, t) for v, t in pairs):
        return f"`{name}` is the transpose of what `{other}` should be."
    return ""


# shapes --------------------------------------------------------------------------------------------------------------


def _shape(what: str, pairs: Arrays) -> str:
    _, got, want = pairs[0]
    text = f"{what} has shape {got.shape}, expected {want.shape}."
    if not all(g.size and w.size for _, g, w in pairs):
        return text
    if got.shape == want.shape[::-1]:
        if all(_close(g.T, w) for _, g, w in pairs):
            return f"{text} Its transpose would be right."
        turned = [(trial, g.T, w) for trial, g, w in pairs]
        if told := next(filter(None, (rule("Its transpose", turned) for rule in (_sign, _factor, _shifted))), ""):
            return f"{text} {told}"
        if all(np.allclose(np.sort(g, None), np.sort(w, None)) for _, g, w in pairs):
            return (
                f"{text} The numbers are right, but in another order, also in the transpose. "
                "`reshape` fills row by row, whatever the rows were before; `.T` swaps rows and columns."
            )
        return f"{text} The transpose would have the right shape, but not the right numbers."
    if got.size == want.size:
        if all(_close(g.ravel(), w.ravel()) for _, g, w in pairs if g.size == w.size):
            return f"{text} The numbers are right: one axis of length 1 is too many or missing, or `reshape` is needed."
        return f"{text} The number of values is right, but the values are not."
    if want.ndim == 1 and got.shape == want.shape * 2:
        return f"{text} Was an (N,) array combined with an (N, 1) array? Broadcasting makes an N by N table of them."
    for axis in range(got.ndim):
        for words, take in (("sum", np.sum), ("mean", np.mean), ("maximum", np.max)):
            if all(g.ndim > axis and _close(take(g, axis=axis), w) for _, g, w in pairs):
                over = f"over axis {axis} " if got.ndim > 1 else ""
                one = " One number is expected." if want.ndim == 0 else ""
                return f"{text}{one} Its {words} {over}would be right: that {words} is missing."
    if want.ndim == 0:
        return f"{text} One number is expected: is a sum or a mean over the examples missing?"
    if got.shape in [want.shape[:axis] + want.shape[axis + 1 :] for axis in range(want.ndim)]:
        lost = f"{text} An axis is missing: was it removed by a sum, a mean, a maximum or one index too many?"
        for axis in range(want.ndim):
            for words, take in (("sum", np.sum), ("mean", np.mean), ("maximum", np.max)):
                if all(w.ndim > axis and _close(take(w, axis=axis), g) for _, g, w in pairs):
                    return f"{lost} The result is the {words} over axis {axis} of what is expected."
        return lost
    if got.ndim == want.ndim:
        axis = next(i for i, (g, w) in enumerate(zip(got.shape, want.shape, strict=True)) if g != w)
        more = "more" if got.shape[axis] > want.shape[axis] else "fewer"
        same = np.moveaxis(got, axis, 0), np.moveaxis(want, axis, 0)
        n = min(map(len, same))
        if same[0].shape[1:] == same[1].shape[1:] and n:
            for words, slices in (("first", slice(0, n)), ("last", slice(-n, None))):
                if _close(same[0][slices], same[1][slices]):
                    return f"{text} The {words} {n} along axis {axis} are right, but there are {more} than expected."
    return text


# rules on numbers ----------------------------------------------------------------------------------------------------


def _not_finite(what: str, arrays: Arrays) -> str:
    kinds = (
        (np.isnan, "NaN (not a number)", "look for 0/0, inf − inf, or the logarithm or root of a negative number"),
        (np.isinf, "inf", "something was divided by zero, or an exponential overflowed"),
    )
    for test, name, causes in kinds:
        found = [bool(test(got).any() and not test(want).any()) for _, got, want in arrays]
        if any(found):
            where = "" if all(found) else f" in {sum(found)} of the {len(found)} wrong cases"
            return f"{what} contains {name}{where}: {causes}."
    return ""


def _explains(arrays: Arrays, change: Callable[[np.ndarray, Trial], np.ndarray]) -> bool:
    """Tell whether changing every result in the same way makes all of them right, and at least one is not zero."""
    return any(want.any() for *_, want in arrays) and all(
        np.allclose(change(got, trial), want, rtol=1e-6, atol=1e-9) for trial, got, want in arrays
    )


def _sign(what: str, arrays: Arrays) -> str:
    if _explains(arrays, lambda got, trial: -got):
        return f"{what} is right except for its sign: plus and minus are swapped somewhere."
    if all(_close(np.abs(got), np.abs(want)) for _, got, want in arrays):
        turned = [np.sign(got) != np.sign(want) for _, got, want in arrays]
        lost = all((got >= 0).all() for _, got, _ in arrays)
        where = _condition(arrays, turned)
        wanted = "negative" if all((want[t] <= 0).all() for (*_, want), t in zip(arrays, turned, strict=True)) else ""
        if where and wanted:
            text = f"{what} is right up to its sign: where {where} it must be {wanted}."
        else:
            text = f"{what} is right up to its sign, which is wrong in some places."
        return f"{text} Something removes the sign, as an absolute value does." if lost else text
    return ""


#: see `_condition`
CHANCE = 20

#: an input, and not a function of it
_PLAIN = re.compile(r"`[^`]*`(, \w+ by \w+)?")
SIGNS: dict[str, np.ufunc] = {
    "< 0": np.less,
    "> 0": np.greater,
    "= 0": np.equal,
    "≠ 0": np.not_equal,
    "≤ 0": np.less_equal,
    "≥ 0": np.greater_equal,
}


def _condition(arrays: Arrays, masks: list[np.ndarray]) -> str:
    """Find a simple condition on the inputs that holds exactly where the masks are true; "" if there is none.

    A condition is reported only if it is unlikely to hold by chance: of the ways to place as many wrong entries among
    all entries, more than `CHANCE` times the conditions tried.
    """
    pools = [quantities(trial.inputs, mask.shape) for (trial, *_), mask in zip(arrays, masks, strict=True)]
    names = [name for name in pools[0] if _PLAIN.fullmatch(name) and all(name in pool for pool in pools[1:])]
    if not any(mask.any() for mask in masks) or all(mask.all() for mask in masks):
        names = [name for name in names if not any(mask.all() for mask in masks)] if masks[0].ndim else names

    entries, off = (sum(count) for count in zip(*((m.size, int(m.sum())) for m in masks), strict=True))
    tried_at_most = comb(entries, off) // CHANCE

    def holds(compare: np.ufunc, a: str, b: str = "") -> bool:
        held = [compare(pool[a], pool[b] if b else 0.0) for pool in pools]
        return all(np.array_equal(np.broadcast_to(h, m.shape), m) for h, m in zip(held, masks, strict=True))

    for name in names if len(names) * (len(SIGNS) + 2) < tried_at_most else ():
        for text, compare in SIGNS.items():
            if holds(compare, name):
                return f"{name} {text}"
        if said := _threshold(
            [np.broadcast_to(pool[name], m.shape) for pool, m in zip(pools, masks, strict=True)], masks
        ):
            return f"{name} {said}"
    for a, b in permutations(names, 2) if len(names) ** 2 < tried_at_most else ():
        if holds(np.less, a, b):
            return f"{a} < {b}"
    return ""


def _threshold(values: list[np.ndarray], masks: list[np.ndarray]) -> str:
    """Find a number that lies between all values where the masks are true and all others; "" if there is none."""
    inside = np.concatenate([v[m] for v, m in zip(values, masks, strict=True)])
    outside = np.concatenate([v[~m] for v, m in zip(values, masks, strict=True)])
    for sign, low, high in ((">", outside, inside), ("<", inside, outside)):
        if low.size and high.size and low.max() < high.min():
            middle = (low.max() + high.min()) / 2
            shortest = next(
                (f"{middle:.{d}g}" for d in range(1, 5) if low.max() < float(f"{middle:.{d}g}") < high.min()), ""
            )
            return f"{sign} {shortest}" if shortest else ""
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
            return f"{what} has lost all digits after the point: by `int`, by `//` or by an array of whole numbers?"
        if any(all(np.allclose(got, np.round(want, n), 0, 1e-12) for _, got, want in arrays) for n in range(7)):
            return f"{what} is rounded. Return the number unrounded, and round only where you print it."
    return ""


def _ratios(arrays: Arrays) -> list[np.ndarray] | None:
    """Divide the results by the expected ones, NaN where both are zero; return None if somewhere only one is zero."""
    found = []
    for _, got, want in arrays:
        usable = np.abs(want) > 1e-12
        if not np.allclose(got[~usable], 0, atol=1e-9) or not np.isfinite(got).all():
            return None
        with np.errstate(all="ignore"):
            found.append(np.where(usable, got / np.where(usable, want, 1.0), np.nan))
    return found


def _factor(what: str, arrays: Arrays) -> str:
    ratios = _ratios(arrays)
    flat = np.concatenate([ratio.ravel() for ratio in ratios]) if ratios else np.array([])
    flat = flat[~np.isnan(flat)]
    if flat.size < 2 or np.allclose(flat, 0):
        return ""
    if np.allclose(flat, flat[0], rtol=1e-6):
        every = "in every case" if len(arrays) > 1 else "in every entry"
        factor = _as_factor(flat[0])
        why = "" if "." in factor or "e-" in factor else ": a constant factor is wrong"  # others depend on the case
        return f"{what} is {factor} what it should be, {every}{why}."
    name = _first_array(arrays[0][0])
    per_case = [(_length(trial), ratio[~np.isnan(ratio)]) for (trial, *_), ratio in zip(arrays, ratios, strict=True)]  # type: ignore[arg-type]
    if all(n and r.size and np.allclose(r, n, rtol=1e-6) for n, r in per_case):
        return f"{what} is N times too large, N being the length of `{name}`, as if a sum were taken instead of a mean."
    if all(n and r.size and np.allclose(r * n, 1, rtol=1e-6) for n, r in per_case):
        return (
            f"{what} is N times too small, N being the length of `{name}`, as if it were divided by N once too often."
        )
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


def _ratio_at_hand(what: str, arrays: Arrays) -> str:
    """Compare the ratio with the case's quantities: it may be a quantity, its inverse, or either with a minus sign."""
    ratios = _ratios(arrays)
    if not ratios or sum(int((~np.isnan(r)).sum()) for r in ratios) < 2:
        return ""
    for sign, minus in ((1, ""), (-1, "−")):
        for name in _matching(arrays, [sign * r for r in ratios]):
            extra = "that factor is one too many" + (", and so is a minus" if minus else "")
            return f"{what} is {minus}{name} times the right value: {extra}."
        with np.errstate(all="ignore"):
            inverse = [sign / np.where(r == 0, np.nan, r) for r in ratios]
        if all(np.isfinite(i[~np.isnan(r)]).all() for i, r in zip(inverse, ratios, strict=True)):
            for name in _matching(arrays, inverse):
                extra = "that factor is missing, or the result was divided by it" + (
                    ", and there is one minus too many" if minus else ""
                )
                return f"{what} times {minus}{name} would be right: {extra}."
    return ""


def _difference_at_hand(what: str, arrays: Arrays) -> str:
    """Compare the difference with the case's quantities."""
    offsets = [got - want for _, got, want in arrays]
    if not all(np.isfinite(o).all() for o in offsets):
        return ""
    for name in _matching(arrays, offsets):
        return f"{what} is too large by {name}: that much was added, or not subtracted."
    for name in _matching(arrays, [-o for o in offsets]):
        return f"{what} is too small by {name}: that much is missing."
    for name in _matching(arrays, [got + want for _, got, want in arrays]):
        return f"Subtracted from {name}, {what[0].lower() + what[1:]} would be right."
    return ""


def _matching(arrays: Arrays, wanted: list[np.ndarray]) -> Iterator[str]:
    """Name the quantities that have these values in all cases, if the values are not the same everywhere."""
    pools = [quantities(trial.inputs, want.shape) for trial, _, want in arrays]
    for name in pools[0]:
        if all(name in pool for pool in pools[1:]):
            values = [np.broadcast_to(pool[name], w.shape) for pool, w in zip(pools, wanted, strict=True)]
            known = [~np.isnan(w) for w in wanted]
            pairs = list(zip(values, wanted, known, strict=True))
            flat = np.concatenate([v[k] for v, _, k in pairs])
            if np.ptp(flat) > 1e-9 and all(np.allclose(v[k], w[k], rtol=1e-6, atol=1e-9) for v, w, k in pairs):
                yield name


def _transposed(what: str, arrays: Arrays) -> str:
    square = [got for _, got, _ in arrays if got.ndim == 2 and got.shape == got.shape[::-1]]
    if len(square) == len(arrays) and _explains(arrays, lambda got, trial: got.T):
        return f"{what} is the transpose of what is expected: rows and columns are swapped."
    return ""


def _shifted(what: str, arrays: Arrays) -> str:
    offsets = np.concatenate([(got - want).ravel() for _, got, want in arrays])
    if offsets.size > 1 and np.allclose(offsets, offsets[0]) and len({got.tobytes() for _, got, _ in arrays}) > 1:
        return f"{what} is {abs(offsets[0]):.4g} too {'large' if offsets[0] > 0 else 'small'} everywhere."
    return ""


def _truth(what: str, arrays: Arrays) -> str:
    """Say of truth values which of the two is wrong."""
    said = [trial.got for trial, *_ in arrays]
    if not all(isinstance(value, bool | np.bool_) for value in said):
        return ""
    if all(said) or not any(said):
        return f"{what} is {bool(said[0])} where {not said[0]} is expected, never the other way round."
    return f"{what} is True in some cases where False is expected, and False in others where True is expected."


def _in_each_case(what: str, arrays: Arrays) -> str:
    """Tell whether all entries of a case are off by one amount or one factor."""
    if all(got.size < 2 for _, got, _ in arrays) or not all(np.isfinite(got).all() for _, got, _ in arrays):
        return ""
    offsets = [got - want for _, got, want in arrays]
    if all(np.allclose(o, o.flat[0]) for o in offsets) and all(g.size < 2 or np.ptp(g) > 1e-9 for _, g, _ in arrays):
        amounts = [abs(float(o.flat[0])) for o in offsets]
        return f"In each case, all entries are off by the same amount ({_from_case_to_case(amounts)})."
    flat = [r[~np.isnan(r)] for r in _ratios(arrays) or []]
    if flat and all(r.size and np.allclose(r, r[0]) and abs(r[0]) > 1e-9 for r in flat):
        return f"In each case, all entries are off by the same factor ({_from_case_to_case([r[0] for r in flat])})."
    return ""


def _from_case_to_case(values: Sequence[float]) -> str:
    """Write a number that each case has, and say whether it is about the same in all of them."""
    if len(values) > 1 and max(values) - min(values) <= 0.01 * max(map(abs, values)):
        return f"about {values[0]:.3g} in all of them"
    return f"{values[0]:.4g} in the case above" + (", other numbers in other cases" if len(values) > 1 else "")


def _simple_function(what: str, arrays: Arrays) -> str:
    """Tell whether the result is a simple function of the expected result."""
    functions: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "the square of what is expected": np.square,
        "the square root of what is expected": np.sqrt,
        "one over what is expected": lambda want: 1 / want,
        "1 minus what is expected": lambda want: 1 - want,
        "the logarithm of what is expected": np.log,
        "the exponential of what is expected": np.exp,
        "the absolute value of what is expected": np.abs,
    }
    flat = np.concatenate([got.ravel() for _, got, _ in arrays])
    if flat.size > 1 and np.ptp(flat) > 1e-9:
        with np.errstate(all="ignore"):
            for words, function in functions.items():
                if all(_close(got, function(want)) for _, got, want in arrays):
                    return f"{what} is {words}."
    return ""


def _reordered(what: str, arrays: Arrays) -> str:
    if all(got.size > 1 and np.allclose(np.sort(got, None), np.sort(want, None)) for _, got, want in arrays):
        return f"{what} has the right numbers, but in another order."
    return ""


def _one_number(what: str, arrays: Arrays) -> str:
    """Report zeros everywhere, or one number in all entries of an array that should have different ones."""
    if all(not got.any() for _, got, _ in arrays) and any(want.any() for *_, want in arrays):
        return f"{what} is zero{' everywhere' if arrays[0][1].ndim else ''}." if arrays[0][1].size > 1 else ""
    if all(got.size > 1 and np.ptp(got) == 0 and np.ptp(want) > 0 for _, got, want in arrays):
        return f"All entries of {what[0].lower() + what[1:]} are the same number; different ones are expected."
    return ""


RULES = (
    *(_not_finite, _sign, _unchanged_input, _rounded, _factor, _transposed, _shifted, _ratio_at_hand),
    *(_difference_at_hand, _in_each_case, _truth, _simple_function, _reordered, _one_number),
)

# where it is right ---------------------------------------------------------------------------------------------------


def which_cases(trials: Sequence[Trial], component: str = "", short: bool = False) -> str:
    """Say in how many cases a result, or its component, is right, and what these have in common; "" if in none."""
    counted = _count(trials, component)
    text = counted.partition(";")[0]
    if counted and (common := _in_common(trials)):
        return f"{text}: {common}."
    if short or not counted:
        return counted
    described = [_described(trial.inputs) for trial in trials]
    right = [words for words, trial in zip(described, trials, strict=True) if trial.right]
    wrong = [words for words, trial in zip(described, trials, strict=True) if not trial.right]
    if len(right) > 2 or set(right) & {*wrong, ""}:
        return f"{text}: what is special about the case above?"
    return f"{text}: with {' and with '.join(right)}. What is special about the case above?"


def _described(inputs: dict[str, Any]) -> str:
    """Write a case's numbers and words, and the shapes of its arrays."""
    parts = []
    for name, value in inputs.items():
        array = None if isinstance(value, str | bool) else as_numbers(value)
        if array is not None:
            parts.append(f"`{name}` of shape {array.shape}" if array.ndim else f"`{name}` = {float(array):.4g}")
        elif isinstance(value, str | bool):
            parts.append(f"`{name}` = {value!r}")
        elif isinstance(value, list | tuple):
            parts.append(f"`{name}` of length {len(value)}")
    return ", ".join(parts)


def _count(trials: Sequence[Trial], component: str) -> str:
    """Say in how many cases it is right, if in some, to begin a sentence about the others."""
    right = sum(trial.right for trial in trials)
    if not right:
        return ""
    text = f"{right} of {len(trials)} cases {'is' if right == 1 else 'are'} right"
    if component:
        text = f"`{component}` is right in {right} of {len(trials)} cases"
    return f"{text}; in the {'other' if len(trials) - right == 1 else 'others'}:"


def _in_common(trials: Sequence[Trial]) -> str:
    """Find a property that the inputs of every right case have, and those of no wrong case."""
    right = sum(t.right for t in trials)
    by_chance = comb(len(trials), right) < CHANCE
    features = [dict.fromkeys(_features(trial.inputs, by_chance)) for trial in trials]
    for feature in features[[t.right for t in trials].index(True)]:
        if all((feature in found) == trial.right for found, trial in zip(features, trials, strict=True)):
            return f"{'that' if right == 1 else 'those'} with {feature}"
    for feature in features[[t.right for t in trials].index(False)]:
        if all((feature in found) != trial.right for found, trial in zip(features, trials, strict=True)):
            return f"not {'that' if len(trials) - right == 1 else 'those'} with {feature}"
    return ""


def _features(inputs: dict[str, Any], by_chance: bool) -> Iterator[str]:
    """Name what may be special about a case: the values of words and switches, zeros, one row, axes, signs.

    With few cases, signs are left out: numbers that were drawn at random have them in common by chance.
    """
    for name, value in inputs.items():
        if isinstance(value, bool | str | None.__class__):
            yield f"`{name}` = {value!r}"
            continue
        array = as_numbers(value)
        if array is None or not array.size:
            continue
        if array.ndim == 0:
            number = float(array)
            if number in (0.0, 1.0):
                yield f"`{name}` = {number:g}"
            yield f"a single number `{name}`"
        else:
            if not array.any():
                yield f"`{name}` all zero"
            yield f"`{name}` of {array.ndim} {'axis' if array.ndim == 1 else 'axes'}"
            if len(array) == 1:
                yield f"one {'row' if array.ndim > 1 else 'entry'} in `{name}`"
            if not (array == 0).any():
                yield f"no zero in `{name}`"
        if not by_chance:
            for sign, holds in (("negative", array < 0), ("positive", array > 0)):
                if holds.all():
                    yield f"`{name}` {'' if array.ndim == 0 else 'all '}{sign}"


def _located(what: str, arrays: Arrays) -> str:
    """Say where the result is wrong, if that is not everywhere."""
    _, got, want = arrays[0]
    offs = [~np.isclose(g, w, rtol=1e-6, atol=1e-9) for _, g, w in arrays]
    off = offs[0]
    if want.ndim == 0 or off.all():
        return ""
    first = tuple(int(i) for i in np.argwhere(off)[0])
    place = f"index {first[0]}" if len(first) == 1 else f"index {first}"
    digits = next((d for d in (4, 8, 12) if f"{got[first]:.{d}g}" != f"{want[first]:.{d}g}"), 16)
    seen = f"got {got[first]:.{digits}g}, expected {want[first]:.{digits}g}"
    count = f"{int(off.sum())} of {off.size} values"
    text = f"{count} {'is wrong, at' if off.sum() == 1 else 'are wrong, the first at'} {place}: {seen}."
    where = _condition(arrays, offs) or _part(offs)
    which = where if where.startswith(("in ", "on ", "off ")) else f"those where {where}"
    text = f"{text} The wrong ones are {which}." if where else text
    for word, compare in (("large", np.greater), ("small", np.less)):
        if sum(map(np.count_nonzero, offs)) > 2 and all(
            compare(g, w)[o].all() for (_, g, w), o in zip(arrays, offs, strict=True)
        ):
            return f"{text} All of them are too {word}."
    return text


def _direction(what: str, arrays: Arrays) -> str:
    """Say that all is too large, or too small: no rule has found a constant amount or factor."""
    if not any(got.any() for _, got, _ in arrays):
        return ""
    if sum(got.size for _, got, _ in arrays) < 2:
        return ""
    for word, compare in (("large", np.greater), ("small", np.less)):
        if all(compare(got, want).all() for _, got, want in arrays):
            where = "every entry" if arrays[0][1].ndim else f"{_every(len(arrays))} cases"
            by = ", but not by a constant amount or factor"
            if all((want > 0).all() for *_, want in arrays):
                ratios = np.concatenate([(got / want).ravel() for _, got, want in arrays])
                by = f": {ratios.min():.3g} to {ratios.max():.3g} times what is expected"
            return f"{what} is too {word} in {where}{by}."
    return ""


def _part(offs: list[np.ndarray]) -> str:
    """Name the row, column, end or diagonal of an array that has all wrong values."""
    for axis in range(offs[0].ndim):
        if any(off.ndim <= axis or off.shape[axis] < 2 for off in offs):
            continue
        lines = [np.moveaxis(off, axis, 0).reshape(off.shape[axis], -1) for off in offs]
        name = (
            ("row", "column")[axis] if offs[0].ndim == 2 else "entry" if offs[0].ndim == 1 else f"index of axis {axis}"
        )
        for words, place in (("first", 0), ("last", -1)):
            rest = [np.delete(line, place, axis=0) for line in lines]
            if all(line[place].all() and not r.any() for line, r in zip(lines, rest, strict=True)):
                return f"in the {words} {name}"
            if all(not line[place].any() and r.all() for line, r in zip(lines, rest, strict=True)):
                return f"in all but the {words} {name}"
        for k in range(min(len(line) for line in lines)):
            if all(line[k].all() and not np.delete(line, k, axis=0).any() for line in lines):
                return f"in {name} {k}, counted from 0"
    if all(off.ndim == 2 and off.shape[0] == off.shape[1] > 1 for off in offs):
        diagonals = [np.eye(len(off), dtype=bool) for off in offs]
        if all(np.array_equal(off, d) for off, d in zip(offs, diagonals, strict=True)):
            return "on the diagonal"
        if all(np.array_equal(off, ~d) for off, d in zip(offs, diagonals, strict=True)):
            return "off the diagonal"
    return ""
