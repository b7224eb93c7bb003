import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import course.widgets
from course.widgets import chain_rule_stepper, perceptron_explorer
from course.widgets.loss_surface import model as surface_model
from course.widgets.shape_calculator.model import parse_shape, verdicts

# the shape calculator


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("(3, 4)", (3, 4)),
        ("3,4", (3, 4)),
        (" 3 x 4 ", (3, 4)),
        ("3×4", (3, 4)),
        ("3 4", (3, 4)),
        ("(4,)", (4,)),
        ("7", (7,)),
        ("()", ()),
        ("", ()),
        ("60000, 784", (60000, 784)),
    ],
)
def test_shapes_are_read_as_students_write_them(text, shape):
    assert parse_shape(text) == shape


@pytest.mark.parametrize("text", ["(3, -4)", "0, 3", "a", "3.5", "1,2,3,4", "(3, 4", "100001", "٣"])
def test_what_is_no_shape_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match=r"expected a shape such as \(3, 4\), got"):
        parse_shape(text)


shapes = st.lists(st.sampled_from([1, 2, 3, 5]), max_size=3).map(tuple)


@given(shapes, shapes, shapes)
def test_the_verdicts_are_those_of_real_arrays(a, b, c):
    A, B, v = np.zeros(a), np.zeros(b), np.zeros(c)
    direct = (lambda: A @ B, lambda: A.T @ B, lambda: A @ B.T, lambda: A * B, lambda: A + v,
              lambda: A.sum(axis=0), lambda: A.sum(axis=1), lambda: A.sum(axis=1, keepdims=True))  # fmt: skip
    for verdict, calculate in zip(verdicts(a, b, c), direct, strict=True):
        if verdict.result is None:
            with pytest.raises(ValueError, match=re.escape(verdict.message)):
                calculate()
        else:
            assert (np.shape(calculate()), verdict.message) == (verdict.result, "")


@given(shapes, shapes, shapes)
def test_the_reason_speaks_of_a_clash_exactly_where_numpy_refuses(a, b, c):
    for verdict in verdicts(a, b, c):
        clash = any(word in verdict.why for word in ("≠", "needs axes", "no axis", "no axes"))
        if "still accepts axis 0" not in verdict.why:
            assert clash == (verdict.result is None), verdict


def test_large_arrays_cost_nothing():
    product, *_ = verdicts((60000, 784), (784, 90000), (1,))
    assert product.result == (60000, 90000)


def test_the_reason_names_the_axes_that_met_and_the_one_that_was_stretched():
    product, _, _, _, addition, *_, kept = verdicts((3, 4), (4, 2), (3, 1))
    assert product.why == "the last axis of A (4) and the first of B (4) meet and disappear"
    assert addition.why == "last axis: the 1 of b is stretched to 4; second last: 3 = 3"
    assert kept.why == "axis 1 (size 4) is added up and stays, with size 1"


@pytest.mark.parametrize(("a", "b", "which"), [((4,), (3, 4), "A"), ((3, 4), (4,), "B")])
def test_the_reason_names_the_array_that_is_repeated(a, b, which):
    times = verdicts(a, b, ())[3]
    assert times.why == f"last axis: 4 = 4; second last: {which} has none, so it is repeated 3×"


@pytest.mark.parametrize(("a", "c", "which"), [((1, 4), (3, 4), "A"), ((3, 4), (1, 4), "b")])
def test_the_reason_names_the_array_that_is_stretched(a, c, which):
    plus = verdicts(a, (), c)[4]
    assert plus.why == f"last axis: 4 = 4; second last: the 1 of {which} is stretched to 3"


# the perceptron explorer


def test_the_table_of_lab_01():
    result = perceptron_explorer.answers("OR", np.array([1, -1]), -0.5)
    np.testing.assert_allclose(result.h, [-0.5, -1.5, 0.5, -0.5])
    np.testing.assert_allclose(result.p, [0.38, 0.18, 0.62, 0.38], atol=0.005)
    assert result.y_hat.tolist() == [0, 0, 1, 0]
    assert result.right.tolist() == [True, False, True, False]
    # by hand from p = 0.3775, 0.1824, 0.6225, 0.3775
    assert result.squared_error == pytest.approx(0.3775**2 + 0.8176**2 + 0.3775**2 + 0.6225**2, abs=1e-3)


def test_a_tie_counts_as_label_one():
    assert perceptron_explorer.answers("AND", np.zeros(2), 0.0).y_hat.tolist() == [1, 1, 1, 1]


def test_status_names_the_wrong_examples_then_asks_for_more_certainty():
    def said(data, w, b):
        return perceptron_explorer.status(data, perceptron_explorer.answers(data, np.array(w), b))

    assert said("XOR", [1, 1], -0.5).startswith("1 of 4 wrong: (1, 1).")
    assert "below 0.1" in said("OR", [1, 1], -0.5)
    assert "the neuron is sure." in said("OR", [8, 8], -4)


def test_an_unknown_data_set_is_refused():
    with pytest.raises(ValueError, match="expected one of OR, AND, XOR, got 'NAND'"):
        perceptron_explorer.answers("NAND", np.zeros(2), 0.0)


# the loss surface

SURFACES = [surface_model.VALLEYS, surface_model.OR_NEURON, surface_model.AND_NEURON]


@pytest.mark.parametrize("surface", SURFACES, ids=lambda surface: surface.name)
def test_gradients_agree_with_central_differences(surface):
    rng = np.random.default_rng(2)
    for w in rng.uniform(-2, 2, size=(20, 2)):
        steps = 1e-6 * np.eye(2)
        numeric = (surface.loss(w + steps) - surface.loss(w - steps)) / 2e-6
        np.testing.assert_allclose(surface.gradient(w), numeric, rtol=1e-6, atol=1e-8)


def test_one_step_by_hand():
    walk = surface_model.descend(surface_model.VALLEYS, (1.0, 1.0), 0.1, 1)
    np.testing.assert_allclose(walk.w[1], [1 - 0.1 * 0.3, 1 - 0.1 * 1.0])
    np.testing.assert_allclose(walk.loss[0], 0 + 0.3 + 0.5 + 0.5)
    np.testing.assert_allclose(walk.slope[0], np.hypot(0.3, 1.0))


def test_the_start_decides_between_the_local_and_the_global_minimum():
    local = surface_model.descend(surface_model.VALLEYS, (1.5, 1), 0.05, 500)
    deep = surface_model.descend(surface_model.VALLEYS, (-1.5, 1), 0.05, 500)
    assert (local.state, deep.state) == ("converged", "converged")
    assert local.w[-1, 0] > 0.9
    assert deep.w[-1, 0] < -1
    assert deep.loss[-1] < 0.3 < 0.7 < local.loss[-1]


@pytest.mark.parametrize("surface", SURFACES, ids=lambda surface: surface.name)
def test_own_start_and_learning_rate_go_downhill(surface):
    walk = surface_model.descend(surface, surface.start, surface.lr, 30)
    assert np.all(np.diff(walk.loss) < 0)


def test_a_large_learning_rate_goes_up_and_then_runs_away():
    up = surface_model.descend(surface_model.VALLEYS, (1.5, 0), 0.6, 1)
    assert up.state == "up"
    away = surface_model.descend(surface_model.VALLEYS, (2.0, 2.0), 10.0, 50)
    assert away.state == "diverged"
    assert np.isfinite(away.loss).all()
    assert len(away.loss) < 50


def test_status_says_in_words_how_it_goes():
    def said(start, lr, steps):
        return surface_model.status(surface_model.descend(surface_model.VALLEYS, start, lr, steps))

    assert said((1.5, 1), 0.05, 0).startswith("At the start")
    assert said((1.5, 1), 0.05, 1).startswith("Going down. After 1 step:")
    assert said((1.5, 1), 0.05, 500).startswith("Converged.")
    assert said((1.5, 0), 0.6, 1).startswith("Going up.")
    assert said((2, 2), 10.0, 50).startswith("Diverged.")


@pytest.mark.parametrize(("lr", "steps"), [(0, 1), (-0.1, 1), (0.1, -1)])
def test_impossible_walks_are_refused(lr, steps):
    with pytest.raises(ValueError, match="expected lr > 0 and steps >= 0"):
        surface_model.descend(surface_model.VALLEYS, (0, 0), lr, steps)


# the chain-rule stepper


def test_the_chain_by_hand():
    steps = chain_rule_stepper.chain(np.array([1.0, 0.0]), 1, np.array([1.0, -1.0]), -0.5)
    p = 0.6224593312018546
    values = [0.5, p, (1 - p) ** 2, 2 * (p - 1), p * (1 - p) * 2 * (p - 1)]
    values += [values[-1], 0, values[-1]]
    np.testing.assert_allclose([step.value for step in steps], values, rtol=1e-12)
    assert [step.way for step in steps] == ["forward"] * 3 + ["backward"] * 5


def test_the_gradient_of_the_chain_agrees_with_central_differences():
    rng = np.random.default_rng(5)
    for y in (0, 1):
        x, theta = rng.normal(size=2), rng.normal(size=3)

        def loss(theta, x=x, y=y):
            return chain_rule_stepper.chain(x, y, theta[:2], theta[2])[2].value

        numeric = [(loss(theta + step) - loss(theta - step)) / 2e-6 for step in 1e-6 * np.eye(3)]
        analytic = [step.value for step in chain_rule_stepper.chain(x, y, theta[:2], theta[2])[5:]]
        np.testing.assert_allclose(analytic, numeric, rtol=1e-6, atol=1e-9)


def test_the_numbers_filled_in_are_those_of_the_step():
    steps = chain_rule_stepper.chain(np.array([1.0, 1.0]), 1, np.array([1.0, -1.0]), -0.5)
    assert steps[0].filled == "1·1 + (−1)·1 + (−0.5)"
    assert steps[4].filled == "0.235 · (−1.245)"
    assert chain_rule_stepper.status(steps, 3).endswith("Now the backward pass begins. Next: ∂ℓ/∂p = 2·(p − y).")


def test_steps_beyond_the_end_are_refused():
    steps = chain_rule_stepper.chain(np.zeros(2), 0, np.zeros(2), 0.0)
    with pytest.raises(ValueError, match="expected 0 to 8 steps, got 9"):
        chain_rule_stepper.status(steps, 9)


# all of them


MODELS = sorted(
    f"course.widgets.{p.parent.name}.model" for p in Path(course.widgets.__file__).parent.glob("*/model.py")
)


@pytest.mark.parametrize("model", [*MODELS, "course.widgets.playground.experiment", "course.widgets.training_step"])
def test_the_numbers_of_a_package_need_neither_matplotlib_nor_ipywidgets(model):
    code = f"import sys; sys.modules.update(matplotlib=None, ipywidgets=None); import {model}"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
