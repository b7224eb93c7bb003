"""Comparison meets forged observations: whatever JSON a hostile process sends, there is a verdict, and it is short."""

import json
import tracemalloc
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.checks import ExerciseRecord, as_text, judge
from course.checks.constants import matches, seal
from course.checks.formatting import LONGEST, format_value
from course.checks.judge import OUTCOMES
from course.checks.messages import as_html
from tests.gates import LABS, record_of

#: numbers and texts that have broken programs before
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.sampled_from([10**400, -(10**4000), 1e308, -1e308, 5e-324, float("nan"), float("inf"), 2**63, 2**64]),
    st.sampled_from(["", "nan", "\ud800", "\0", "x" * 50_000, "<b>", "=1", "(0, 1)"]),
    st.floats(),
)
ARRAYS = st.sampled_from(
    [
        {"dtype": "float64", "shape": [0], "base64": ""},
        {"dtype": "float64", "shape": [], "base64": "AAAAAAAA8H8="},
        {"dtype": "int64", "shape": [1, 1], "base64": "//////////8="},
        {"dtype": "bool", "shape": [3], "base64": "AAEC"},
        {"dtype": "bool", "shape": [1] * 32, "base64": "AQ=="},
        {"dtype": "float64", "shape": [10**15], "base64": ""},
        {"dtype": "float32", "shape": [2, 0, 10**6], "base64": ""},
        {"dtype": "object", "shape": [1], "base64": "AAAA"},
        {"dtype": "bool", "shape": [6] * 7, "base64": "AAAA" * 93312},
    ]
)


@cache
def exercises() -> list[ExerciseRecord]:
    return [exercise for lab in LABS for exercise in record_of(lab).exercises.values()]


def keys() -> list[str]:
    return sorted({name for e in exercises() for name in [*(e.returns or ()), "X", "mean", "dw", "[0][1]", ""]})


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    pairs = st.lists(st.tuples(st.sampled_from(keys()), inner), max_size=4)
    return st.one_of(
        st.fixed_dictionaries({"list": st.lists(inner, max_size=4)}),
        st.fixed_dictionaries({"tuple": st.lists(inner, max_size=4)}),
        st.fixed_dictionaries({"dict": pairs.map(lambda items: [list(item) for item in items])}),
        st.fixed_dictionaries({"dict": inner}),
    )


VALUES = st.recursive(st.one_of(SCALARS, ARRAYS), containers, max_leaves=8)
FIELDS = st.sampled_from(["type", "code", "line"])
OBSERVATIONS = st.one_of(
    VALUES,
    st.fixed_dictionaries({"value": VALUES}, optional={"mutated": VALUES, "warned": VALUES}),
    st.fixed_dictionaries({"error": st.one_of(VALUES, st.dictionaries(FIELDS, VALUES))}),
    st.just({"attempted": False}),
)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 10**6), st.lists(OBSERVATIONS, min_size=1, max_size=3))
def test_every_forgery_gets_a_short_verdict(number: int, forged: list[Any]) -> None:
    exercise = exercises()[number % len(exercises())]
    sent = json.loads(json.dumps([forged[i % len(forged)] for i in range(len(exercise.cases))]))
    verdict = judge(exercise, sent)
    assert verdict.outcome in OUTCOMES
    assert len(as_text(verdict)) < 20_000
    assert as_html(verdict)


@pytest.mark.parametrize("lab", LABS)
def test_a_list_of_what_nobody_asked_for_earns_nothing(lab: str) -> None:
    for exercise in record_of(lab).exercises.values():
        for value in ({"list": [{"list": []}] * 5}, "x" * 10_000, {"dict": [["a", None]] * 3}, 10**400):
            assert judge(exercise, [{"value": value}] * len(exercise.cases)).points == 0, exercise.name


def test_long_names_do_not_fill_the_memory() -> None:
    """A name of megabytes above thousands of numbers: each number's path would repeat it."""
    tracemalloc.start()
    matches({"x" * 200_000: [0.0] * 1_000, "y": {"z" * 200_000: [0.0] * 1_000}}, seal(0.0, "salt"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_a_truth_value_of_numpys_is_written_as_one() -> None:
    assert (format_value(np.array(True)), format_value(np.array(2)), format_value(np.array(0.25))) == (
        "True",
        "2",
        "0.25",
    )


def test_long_values_are_cut() -> None:

    assert format_value(np.zeros((6,) * 7)) == "an array of shape (6, 6, 6, 6, 6, 6, 6)"
    layers = {"W": np.eye(2), "b": np.zeros(1)}
    assert format_value(layers) == "{W: [[1., 0.],\n     [0., 1.]],\n b: [0.]}"  # a line each, and rows under rows
    assert format_value([layers["b"]] * 9).endswith("[0.], …]")
    assert len(format_value([["x" * 300] * 20] * 20)) <= LONGEST + 1


def test_a_notebook_s_print_options_change_no_message() -> None:
    values = np.array([[1.0, -0.123456], [np.nan, np.inf]])
    plain = format_value(values)
    with np.printoptions(legacy="1.13", formatter={"float": "odd {}".format}, nanstr="?", infstr="?", linewidth=10):
        assert format_value(values) == plain
