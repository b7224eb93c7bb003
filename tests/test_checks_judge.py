"""The check engine on made-up exercises: what passes, what is refused, and what the message says."""

import html
import math
import re
from typing import Any

import numpy as np
import pytest

from course.build import Exercise, Part, Slip
from course.build.records import exercise_record
from course.checks import ExerciseRecord, Verdict, as_text, constants, judge
from course.checks.messages import as_html
from course.inside.observe import is_untouched, observe_all


def record(exercise: Exercise, reference: Any) -> ExerciseRecord:
    return exercise_record(None, exercise, 0, reference, np.random.default_rng(0), "salt")  # type: ignore[arg-type]


def verdict_on(rec: ExerciseRecord, answer: Any) -> Verdict:
    return judge(rec, observe_all(rec.probe, {rec.name: answer}, rec.name, rec.cases))


def cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    return [
        {"X": rng.normal(size=(3, 2)), "v": rng.normal(size=2)},
        {"X": rng.normal(size=(4, 2)), "v": rng.normal(size=2)},
    ]


PRODUCT = record(
    Exercise(
        "product",
        2,
        cases,
        slips=[Slip("added", lambda X, v: (X + v).sum(axis=1), "You *added* & <so>.")],
    ),
    lambda X, v: X @ v,
)
SQUARE = record(Exercise("square", 1, lambda rng: [{"A": rng.normal(size=(3, 3))}] * 2), lambda A: 2 * A)
SCALAR = record(Exercise("half", 1, lambda rng: [{"x": 3.0}, {"x": 5.0}, {"x": 8.0}]), lambda x: x / 2)
GROWING = record(
    Exercise("grow", 1, lambda rng: [{"x": 3.0}, {"x": np.arange(4.0)}, {"x": np.eye(2)}]), lambda x: x + 1
)
MEAN = record(Exercise("mean", 1, lambda rng: [{"x": rng.normal(size=n)} for n in (3, 5)]), lambda x: float(np.mean(x)))
INDEX = record(
    Exercise(
        "labels", 1, lambda rng: [{"p": np.array(p)} for p in ([0.1, 0.9, 0.2], [0.5, 0.1, 0.3], [0.1, 0.2, 0.4])]
    ),
    lambda p: int(np.argmax(p)),
)
PAIR = record(
    Exercise("pair", [Part("sum", 1, component="s"), Part("difference", 2, component="d")],
             lambda rng: [{"x": 3.0, "y": 1.0}, {"x": 2.0, "y": 7.0}], returns=["s", "d"]),
    lambda x, y: (x + y, x - y),
)  # fmt: skip
PAIR_OF_ONE_PART = record(
    Exercise("moments", 1, lambda rng: [{"x": rng.normal(size=n)} for n in (3, 5)], returns=["mean", "spread"],
             slips=[Slip("median", lambda x: (np.median(x), x.std()), "That is the median.")]),
    lambda x: (x.mean(), x.std()),
)  # fmt: skip
SHRINKING = record(
    Exercise("powers", 1, lambda rng: [{"first": 0}, {"first": 1}],
             slips=[Slip("square", lambda first: {f"{k}": k**2 for k in range(first, 3)}, "No.")]),
    lambda first: {f"{k}": 2.0**k for k in range(first, 3)},
)  # fmt: skip
BOTH = record(
    Exercise("both", 1, lambda rng: [{"x": 3.0}, {"x": 5.0}],
             slips=[Slip("doubled", lambda x: {"down": 2 * x, "up": 2 * x}, "You doubled.")]),
    lambda x: {"down": -x, "up": x},
)  # fmt: skip
DRAW = record(
    Exercise("draw", 1, lambda rng: [{"n": 1000}], bounds=lambda case: {"mean": (-0.2, 0.2), "spread": (0.8, None)}),
    lambda n: {"mean": 0.0, "spread": 1.0},
)


def in_a_tuple(X: np.ndarray, v: np.ndarray) -> tuple[float, ...]:
    print("noise")
    return tuple(X @ v)


@pytest.mark.parametrize(
    "answer", [in_a_tuple, lambda X, v: list(X @ v), lambda X, v: np.array(X @ v, dtype=np.longdouble)]
)
def test_right_values_in_another_container_pass(answer: Any) -> None:
    assert verdict_on(PRODUCT, answer).passed


@pytest.mark.parametrize("answer", [lambda x: np.array(x / 2), lambda x: np.float64(x) / 2, lambda x: x / 2])
def test_a_scalar_may_come_as_an_array_without_axes(answer: Any) -> None:
    assert verdict_on(SCALAR, answer).passed


def test_whole_numbers_may_come_as_integers() -> None:
    rec = record(Exercise("count", 1, lambda rng: [{"x": 2.0}, {"x": 3.0}]), lambda x: 2 * x)
    assert verdict_on(rec, lambda x: int(2 * x)).passed


def test_components_earn_their_own_points() -> None:
    verdict = verdict_on(PAIR, lambda x, y: [x + y, y - x])
    assert (verdict.outcome, verdict.points, verdict.max_points) == ("partial", 1, 3)
    assert "`d` is right except for its sign" in verdict.diagnosis


def test_bounds_say_which_property_is_off() -> None:
    assert verdict_on(DRAW, lambda n: {"mean": 0.1, "spread": 1.0}).passed
    verdict = verdict_on(DRAW, lambda n: {"mean": 0.1, "spread": 0.5})
    assert verdict.diagnosis == "Spread: got 0.5, expected at least 0.8."
    assert not verdict_on(DRAW, lambda n: {"mean": float("nan"), "spread": 1.0}).passed
    assert not verdict_on(DRAW, lambda n: 3.0).passed


def test_right_numbers_computed_in_place_cost_one_point() -> None:
    def in_place(X: np.ndarray, v: np.ndarray, bias: float = 0.0) -> np.ndarray:
        X *= v
        return X.sum(axis=1) + bias

    verdict = verdict_on(PRODUCT, in_place)
    assert (verdict.outcome, verdict.points, verdict.max_points) == ("partial", 1, 2)
    assert "your answer changed" in as_text(verdict)
    assert "in place" in as_text(verdict)
    alone = verdict_on(SQUARE, lambda A: np.multiply(A, 2, out=A))  # there is only one point to lose
    assert (alone.outcome, alone.points) == ("wrong", 0)
    assert verdict_on(PRODUCT, lambda X, v: in_place(X, v, 1.0)).points == 0  # other numbers, too


def test_an_input_changed_in_place_is_seen_where_properties_are_measured_too() -> None:
    rec = record(
        Exercise("mean", 1, lambda rng: [{"x": np.arange(3.0)}], bounds=lambda case: {"mean": (1, 1)}),
        lambda x: {"mean": x.mean()},
    )

    def in_place(x: np.ndarray) -> dict[str, float]:
        mean = x.mean()
        x -= mean
        return {"mean": mean}

    assert "in place" in verdict_on(rec, in_place).diagnosis


def test_a_misconception_of_bounds_is_recognised_only_with_everything_that_it_gets_wrong() -> None:
    rec = record(
        Exercise("draw", 1, lambda rng: [{"n": 1000}], bounds=lambda case: {"mean": (-0.2, 0.2), "spread": (0.8, None)},
                 slips=[Slip("fixed", lambda n: {"mean": 3.0, "spread": 0.0}, "Always the same.")]),
        lambda n: {"mean": 0.0, "spread": 1.0},
    )  # fmt: skip
    assert verdict_on(rec, lambda n: {"mean": 3.0, "spread": 0.0}).misconception == "fixed"
    assert verdict_on(rec, lambda n: {"mean": 1.0, "spread": 0.1}).misconception == "", "as low, but not as the slip is"
    assert verdict_on(rec, lambda n: {"mean": 1.0, "spread": 1.0}).diagnosis == "Mean: got 1, expected at most 0.2."


TURNED = record(
    Exercise("turned", 1, lambda rng: [{"A": rng.normal(size=(3, 2))}, {"A": rng.normal(size=(2, 4))}]), lambda A: A.T
)
ROWS = record(
    Exercise(
        "rows",
        [Part("a few", 1, group="few"), Part("many", 1, group="many")],
        lambda rng: {
            "few": [{"x": rng.normal(size=n), "b": b} for n, b in ((3, 1.0), (1, 2.0))],
            "many": [{"x": rng.normal(size=9), "b": 3.0}],
        },
    ),
    lambda x, b: 2 * x + b,
)

DIAGNOSES = {
    "transposed, and half": (TURNED, lambda A: A / 2, "Its transpose is 1/2 times what it should be"),
    "another order": (TURNED, lambda A: A.T.reshape(A.shape), "The numbers are right, but in another order, also in"),
    "other numbers": (
        TURNED,
        lambda A: np.exp(A),
        "The transpose would have the right shape, but not the right numbers",
    ),
    "one row among several": (
        ROWS,
        lambda x, b: 2 * x + b + b**2 + 1,
        r'^For "a few": In each case, all entries are off by the same amount \(2 in the case above, other numbers',
    ),
    "almost the same factor": (
        ROWS,
        lambda x, b: (2 * x + b) * (0.5 + 1e-4 * b),
        r"all entries are off by the same factor \(about 0.5 in all of them\)",
    ),
    "missing return": (PRODUCT, lambda X, v: None, "`return`"),
    "sign": (PRODUCT, lambda X, v: -X @ v, "except for its sign"),
    "factor": (PRODUCT, lambda X, v: 3 * X @ v, "3 times what it should be"),
    "fraction": (PRODUCT, lambda X, v: X @ v / 2, "1/2 times"),
    "sum for mean": (MEAN, lambda x: x.sum(), "as if a sum were taken instead of a mean"),
    "divided twice": (MEAN, lambda x: x.mean() / len(x), "length of `x`, as if it were divided by N once too often"),
    "transpose": (SQUARE, lambda A: 2 * A.T, "transpose"),
    "N by N": (PRODUCT, lambda X, v: (X @ v)[:, None] + np.zeros(len(X)), "N by N table"),
    "one axis too many": (PRODUCT, lambda X, v: (X @ v)[:, None], "axis of length 1"),
    "one axis too few": (
        PRODUCT,
        lambda X, v: (X @ v).max(),
        "An axis is missing: was it removed by a sum, a mean, a maximum",
    ),
    "no sum left": (MEAN, lambda x: x, "One number is expected"),
    "NaN": (PRODUCT, lambda X, v: X @ v * np.nan, "NaN"),
    "inf": (PRODUCT, lambda X, v: X @ v + np.inf, "^The result contains inf"),
    "NaN in another case": (
        GROWING,
        lambda x: x * (1 if np.ndim(x) < 2 else np.nan),
        "^The result contains NaN .* in 1 of the 3 wrong cases:",
    ),
    "input handed back": (SCALAR, lambda x: x, "`x`, unchanged"),
    "off by one": (INDEX, lambda p: int(np.argmax(p)) + 1, "1 too large"),
    "sorted": (PRODUCT, lambda X, v: np.sort(X @ v)[::-1], "another order|values are wrong|cases are right"),
    "one entry": (PRODUCT, lambda X, v: X @ v + np.eye(len(X))[1], "at index 1"),
    "inputs changed": (PRODUCT, lambda X, v: (X @ v, X.fill(0))[0], "in place"),
    "text": (PRODUCT, lambda X, v: "twelve", "Expected an array of shape \\(3,\\), got the text 'twelve'"),
    "an axis lost": (SQUARE, lambda A: 2 * A[0], "An axis is missing"),
    "all in one row": (SQUARE, lambda A: np.append(A, 0), r"has shape \(10,\), expected \(3, 3\)\.$"),
    "numbers of the notebook": (PRODUCT, lambda X, v: [1, 2, 3, 4, 5], "same in both cases"),
    "cut to whole numbers": (SQUARE, lambda A: (2 * A).astype(int), "digits after the point"),
    "rounded": (SQUARE, lambda A: np.round(2 * A, 2), "is rounded"),
    "zeros": (SCALAR, lambda x: 0 * x, "^$"),
    "right in no case": (GROWING, lambda x: 0.0, r"^In another case: The result has shape \(\), expected \(4,\)"),
    "right in one case": (
        GROWING,
        lambda x: 0.0 if np.ndim(x) < 2 else x + 1,
        r"^1 of 3 cases is right: that with `x` of 2 axes\.$",
    ),
    "no such case": (SCALAR, lambda x: x / 2 if x < 6 else 0.0, "2 of 3 cases are right"),
}


@pytest.mark.parametrize("slip", DIAGNOSES)
def test_unforeseen_slips_are_described(slip: str) -> None:
    rec, answer, says = DIAGNOSES[slip]
    verdict = verdict_on(rec, answer)
    assert not verdict.passed
    assert re.search(says, verdict.diagnosis), verdict.diagnosis


def test_what_is_off_by_little_is_shown_with_as_many_digits_as_it_takes() -> None:
    diagnosis = verdict_on(PRODUCT, lambda X, v: X @ v + 1e-5 * np.eye(len(X))[1]).diagnosis
    got, expected = re.search(r"got (\S+), expected (\S+)\. ", diagnosis).groups()  # type: ignore[union-attr]
    assert got != expected


@pytest.mark.parametrize(
    "answer",
    [
        lambda X, v: X @ v,
        lambda X, v: X @ v + 1,
        lambda X, v: v @ X,
        lambda X, v: np.multiply(X, 2, out=X) @ v / 2,
        lambda X, v: (X + v).sum(axis=1),
        ...,
    ],
)
def test_the_points_are_the_same_without_an_explanation(answer: Any) -> None:
    seen = observe_all(PRODUCT.probe, {"product": answer}, "product", PRODUCT.cases)
    full, short = judge(PRODUCT, seen), judge(PRODUCT, seen, explained=False)
    assert (full.outcome, full.points, full.parts) == (short.outcome, short.points, short.parts)
    assert not short.diagnosis


def test_an_error_that_a_slip_has_in_common_with_others_is_no_proof_of_it() -> None:
    rec = record(
        Exercise("product", 1, cases,
                 slips=[Slip("v first", lambda X, v: v @ X, "Write X first.")]),
        lambda X, v: X @ v,
    )  # fmt: skip
    verdict = verdict_on(rec, lambda X, v: v @ (2 * X))
    assert (verdict.misconception, verdict.diagnosis) == ("v first", "A frequent cause of this error: Write X first.")


def test_a_result_that_is_zero_everywhere_is_no_proof_of_a_slip() -> None:
    rec = record(
        Exercise("product", 1, cases, slips=[Slip("no copy", lambda X, v: 0 * (X @ v), "You changed v.")]),
        lambda X, v: X @ v,
    )
    verdict = verdict_on(rec, lambda X, v: np.zeros(len(X)))
    assert (verdict.misconception, verdict.diagnosis) == ("no copy", "A frequent cause of this result: You changed v.")


def test_an_array_of_two_numbers_is_no_pair_of_arrays() -> None:
    rec = record(
        Exercise(
            "gradients", 1, lambda rng: [{"x": rng.normal(size=2)}, {"x": rng.normal(size=3)}], returns=["dw", "db"]
        ),
        lambda x: (2 * x, x.sum()),
    )
    assert verdict_on(rec, lambda x: [2 * x, x.sum()]).passed
    assert verdict_on(rec, lambda x: x[:2]).diagnosis.startswith("Expected 2 results, (dw, db), got an array")


def test_what_is_exchanged_is_told_as_exchanged() -> None:
    rec = record(
        Exercise("three", 1, lambda rng: [{"x": rng.normal(size=3)}, {"x": rng.normal(size=2)}]),
        lambda x: {"a": x, "b": 2 * x, "c": 2 * x},
    )
    diagnosis = verdict_on(rec, lambda x: {"a": 2 * x, "b": 2 * x, "c": x}).diagnosis
    assert diagnosis.endswith("`a` is what `c` should be. `c` is what `a` should be.")


def test_an_array_in_a_table_of_numbers_is_named() -> None:
    table = Exercise("table", 1)
    rec = record(table, [[1.0, 2.0], [3.0, 4.0]])
    diagnosis = verdict_on(rec, [[1.0, 2.0], [np.array([3.0]), 4.0]]).diagnosis
    assert diagnosis == "At [1][0] there is a list or an array. One value is expected there."


def test_nothing_is_invented() -> None:
    verdict = verdict_on(PRODUCT, lambda X, v: np.sin(50 * (X @ v)))
    assert verdict.diagnosis == ""
    assert "No well-known slip" in as_text(verdict)


WHERE = {
    "above a number": (lambda x: np.where(x > 0.5, 0, x), r"The wrong ones are those where `x` > 0\.[45]"),
    "below a number": (lambda x: np.where(x < -0.5, 7, x), r"`x` < -0\.[45].* All of them are too large"),
    "the diagonal": (lambda x: x + 9 * np.eye(4), "The wrong ones are on the diagonal"),
    "all but the diagonal": (lambda x: x + 9 * np.tri(4, 4, -1) + 9 * np.tri(4, 4, -1).T, "ones are off the diagonal"),
    "a column": (lambda x: x + 9 * (np.arange(4) == 2), "in column 2, counted from 0"),
}


@pytest.mark.parametrize("place", WHERE)
def test_where_a_table_is_wrong_is_told(place: str) -> None:
    answer, says = WHERE[place]
    rng = np.random.default_rng(5)
    rec = record(
        Exercise("same", 1, lambda _: [{"x": rng.uniform(-1, 1, (4, 4))} for _ in range(2)], slips=[]), lambda x: x
    )
    assert re.search(says, verdict_on(rec, answer).diagnosis), verdict_on(rec, answer).diagnosis


def test_a_wrong_truth_value_is_told() -> None:
    rec = record(Exercise("odd", 1, lambda rng: [{"n": n} for n in (2, 3, 4, 5)], slips=[]), lambda n: n % 2 == 1)
    assert (
        "True where False is expected, never the other way round" in verdict_on(rec, lambda n: n != 3 or True).diagnosis
    )
    assert "False in others where True is expected" in verdict_on(rec, lambda n: n in (3, 4)).diagnosis


@pytest.mark.parametrize(("size", "told"), [(5, False), (40, True)])
def test_a_condition_on_inputs_is_told_where_chance_cannot_explain_it(size: int, told: bool) -> None:
    x = np.linspace(1.0, 2.0, size) * np.where(np.arange(size) % 5 == 2, -1, 1)
    rec = record(Exercise("cube", 1, lambda rng: [{"x": x}, {"x": x[1:]}], slips=[]), lambda x: x**3)
    said = verdict_on(rec, lambda x: np.where(x < 0, np.sin(x), x**3)).diagnosis
    assert ("where `x` < 0" in said) == told, said


def test_that_all_is_too_large_is_said_where_nothing_else_can_be() -> None:
    said = verdict_on(PRODUCT, lambda X, v: np.exp(X @ v) + 17).diagnosis
    assert said == "The result is too large in every entry, but not by a constant amount or factor."
    rec = record(
        Exercise("mean", 1, lambda rng: [{"x": np.arange(1.0, n)} for n in (3, 4, 5)], slips=[]), lambda x: x.mean()
    )
    assert verdict_on(rec, lambda x: (x**3).mean() + 1).diagnosis == (
        "The result is too large in all 3 cases: 3.67 to 10.4 times what is expected."
    )


def test_a_foreseen_slip_gets_its_own_hint() -> None:
    verdict = verdict_on(PRODUCT, lambda X, v: np.array([row.sum() for row in X + v]))
    assert (verdict.misconception, verdict.diagnosis) == ("added", "You *added* & <so>.")


@pytest.mark.parametrize("location", [np.median, np.sum])
def test_a_foreseen_slip_is_not_named_beside_a_mistake_that_it_does_not_explain(location: Any) -> None:
    assert verdict_on(PAIR_OF_ONE_PART, lambda x: (location(x), x.var())).misconception == ""


def test_a_component_may_be_there_in_some_cases_only() -> None:
    assert verdict_on(SHRINKING, lambda first: {f"{k}": k * k for k in range(first, 3)}).misconception == "square"
    assert verdict_on(SHRINKING, lambda first: {f"{k}": -1 for k in range(first, 3)}).misconception == ""


def test_a_hint_explains_the_fault_that_is_shown() -> None:
    slip = Slip("added twice", lambda x, y: (x + y, x + y), "You added twice.")
    rec = record(Exercise("pair", 1, lambda rng: [{"x": 3.0, "y": 1.0}], returns=["s", "d"], slips=[slip]),
                 lambda x, y: (x + y, x - y))  # fmt: skip
    assert verdict_on(rec, lambda x, y: (x + y, x + y)).misconception == "added twice"
    assert verdict_on(rec, lambda x, y: (x * y, x + y)).misconception == "", "the message shows s, the hint is on d"


def test_a_foreseen_none_meets_any_answer() -> None:
    """A misconception that hands back None is compared with whatever a student's answer gave, arrays among it."""
    slip = Slip("no return", lambda x: None, "The `return` is missing.")
    rec = record(Exercise("half", 1, lambda rng: [{"x": 3.0}], slips=[slip]), lambda x: x / 2)
    assert verdict_on(rec, lambda x: None).misconception == "no return"
    assert verdict_on(rec, lambda x: np.array([x, x])).misconception == ""


def broken(X: np.ndarray, v: np.ndarray) -> Any:
    return X @ np.ones(7)  # the student's own line


def half_done(X: np.ndarray, v: np.ndarray) -> Any:
    if len(X) > 3:
        raise NotImplementedError
    return X @ v


def test_an_exception_is_shown_with_the_students_line() -> None:
    verdict = verdict_on(PRODUCT, broken)
    assert verdict.outcome == "error"
    assert "return X @ np.ones(7)  # the student's own line" in as_text(verdict)
    assert "ValueError" in as_text(verdict)


def test_a_line_of_the_checks_own_is_never_quoted_as_the_students() -> None:
    exercise = Exercise("add", 1, lambda rng: [{"x": 1.5, "grad": 1.0}], probe="run_operation")
    text = as_text(verdict_on(exercise_record_of_add(exercise), AddWithoutTuple))
    assert "expected bprop to return a tuple" in text
    assert "line" not in text


def exercise_record_of_add(exercise: Exercise) -> ExerciseRecord:
    class Right:
        def fprop(self, x: float) -> float:
            return x

        def bprop(self, grad: float) -> tuple[float]:
            return (grad,)

    return record(exercise, Right)


class AddWithoutTuple:
    def fprop(self, x: float) -> float:
        return x

    def bprop(self, grad: float) -> float:
        return grad


def test_a_branch_without_answer_is_named() -> None:
    verdict = verdict_on(PRODUCT, half_done)
    assert verdict.outcome == "wrong"
    assert "NotImplementedError" in as_text(verdict)


def works_on_three_rows(X: np.ndarray, v: np.ndarray) -> np.ndarray:
    return X @ v + np.ones(3)


def test_an_error_in_another_case_is_told() -> None:
    text = as_text(verdict_on(PRODUCT, works_on_three_rows))
    assert "This case runs, but is wrong (other numbers); another stops with ValueError: operands could not be" in text
    assert "is a `*` missing" in as_text(verdict_on(PRODUCT, lambda X, v: X(v) if len(X) > 3 else v))  # type: ignore


@pytest.mark.parametrize("namespace", [{}, {"product": ...}, {"product": {"A": ..., "B": ...}}, {"product": [[...]]}])
def test_not_attempted(namespace: dict[str, Any]) -> None:
    verdict = judge(PRODUCT, observe_all(PRODUCT.probe, namespace, "product", PRODUCT.cases))
    assert (verdict.outcome, verdict.points) == ("not attempted", 0)


@pytest.mark.parametrize("value", ["text", {1: 2}, lambda: 1, np.array([1j]), object(), [[1], [1, 2]], np.array(["a"])])
def test_strange_results_are_met_sensibly(value: Any) -> None:
    verdict = verdict_on(PRODUCT, lambda X, v: value)
    assert verdict.points == 0
    assert as_text(verdict)


@pytest.mark.parametrize(
    ("value", "advice"), [(np.ones(3).sum, "brackets ()"), ((x for x in "ab"), "list(…)"), (map(len, ["a"]), "list(…)")]
)
def test_what_is_no_data_comes_with_advice(value: Any, advice: str) -> None:
    assert advice in as_text(verdict_on(PRODUCT, lambda X, v: value))


def as_if_single(X: np.ndarray, v: np.ndarray) -> Any:
    return X(v)  # type: ignore[operator]


def into_an_empty_list(x: float) -> list[float]:
    values: list[float] = []
    values[0] = x
    return values


PLAIN = {
    "power": (SQUARE, lambda A: A ^ 2, r"written `\*\*`"),
    "power of a number": (SCALAR, lambda x: x ^ 2, r"written `\*\*`"),
    "if on an array": (PRODUCT, lambda X, v: 1 if X > 0 else 0, "one for every entry"),
    "math on an array": (SQUARE, lambda A: math.exp(A), "takes? one number"),
    "loop over a number": (SCALAR, lambda x: [2 * v for v in x], "single number"),
    "length of a number": (SCALAR, lambda x: len(x), "single number"),
    "star forgotten": (PRODUCT, as_if_single, "is a `\\*` missing"),
    "list": (PRODUCT, lambda X, v: [1.0, 2.0] / 2, "`np.array"),
    "empty list": (SCALAR, into_an_empty_list, "`append`"),
    "none": (SCALAR, lambda x: x + None, "None: does"),
}


@pytest.mark.parametrize("slip", PLAIN)
def test_an_error_message_is_put_in_plain_words(slip: str) -> None:
    rec, answer, says = PLAIN[slip]
    verdict = verdict_on(rec, answer)
    assert verdict.outcome == "error"
    assert re.search(says, verdict.diagnosis), (verdict.example, verdict.diagnosis)


def test_a_number_in_quotes_is_told() -> None:
    rec = record(Exercise("row", 1), 2)
    assert "without quotes" in verdict_on(rec, "2").diagnosis
    assert "quotes" not in verdict_on(rec, "two").diagnosis


def test_an_answer_that_leaves_python_is_an_error_and_not_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    verdict = verdict_on(PRODUCT, lambda X, v: exit())
    assert verdict.outcome == "error"
    assert "SystemExit" in as_text(verdict)


def test_an_interrupt_goes_through() -> None:
    def stop(X: np.ndarray, v: np.ndarray) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verdict_on(PRODUCT, stop)


class Sly:
    """Equal to everything, in vain: only data is compared."""

    __array_priority__ = 1e9

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


def test_an_object_equal_to_everything_is_not_right() -> None:
    assert verdict_on(PRODUCT, lambda X, v: Sly()).points == 0


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


@pytest.mark.parametrize("answer", [broken, lambda X, v: -X @ v, lambda X, v: (X + v).sum(1), lambda X, v: "<b>&"])
def test_html_says_what_the_text_says_and_escapes(answer: Any) -> None:
    verdict = verdict_on(PRODUCT, answer)
    page = as_html(verdict)
    shown = html.unescape(re.sub(r"<[^>]+>", " ", page))
    assert words(shown) == words(as_text(verdict).replace("`", " ").replace("*added*", "added"))
    assert "<b>&" not in page
    assert "<so>" not in page
    assert "role='status'" in page


def test_a_fixed_answer_may_have_several_right_values() -> None:
    sealed = constants.seal({"a": ("x", "y")}, "salt", also={"['a'][1]": ["z", 3]})
    for last, right in [("y", True), ("Z", True), (3, True), ("x", False)]:
        assert constants.matches({"a": ["x", last]}, sealed) == {"['a'][0]": True, "['a'][1]": right}


def test_a_table_with_names_that_nobody_filled_in_is_untouched() -> None:
    assert is_untouched({"a": (..., ...), "b": [...]})
    assert not is_untouched({"a": (..., 1)})
    assert not is_untouched({})


@pytest.mark.parametrize("answer", [lambda a, p, s, t: 3.0, lambda a, p, s, t: None, lambda a, p, s, t: [[1.0], {}]])
def test_what_cannot_be_measured_is_an_error_of_the_answer_and_not_of_the_checker(answer: Any) -> None:
    cases = [{"a": np.ones((4, 3)), "p": 0.5, "seed": 1, "train": True}]
    rec = record(
        Exercise("drop", 1, lambda rng: cases, measure="dropped"),
        lambda a, p, seed, train: [[a, np.ones(a.shape)]] * 3,
    )
    found = verdict_on(rec, answer)
    assert found.outcome == "error"
    assert re.search("nothing that can be measured|missing its `return`", as_text(found))


def test_a_dictionary_with_other_keys_is_no_known_misconception() -> None:
    assert verdict_on(BOTH, lambda x: {"down": 2 * x, "up": 2 * x}).misconception == "doubled"
    verdict = verdict_on(BOTH, lambda x: {"d_down": -x, "d_up": x})
    assert verdict.misconception == ""
    assert verdict.diagnosis == "Expected a dictionary with the keys down, up; got d_down, d_up."


def test_a_component_that_only_some_cases_have_is_diagnosed_in_these() -> None:
    """As with networks of two layers and of three: what is wrong in the third is not looked for in the others."""
    layers = record(
        Exercise("layers", 1, lambda rng: [{"n": 2}, {"n": 3}]),
        lambda n: {f"A{i}": np.array([i + 1.0, 2.0]) for i in range(n)},
    )
    verdict = verdict_on(layers, lambda n: {f"A{i}": np.array([i + 1.0, 2.0]) * (-1) ** (i == 2) for i in range(n)})
    assert (verdict.outcome, verdict.diagnosis) == (
        "wrong",
        "`A2` is right except for its sign: plus and minus are swapped somewhere.",
    )
