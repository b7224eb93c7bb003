"""Activations: derivatives against central differences, values at known points, behaviour at the extremes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course.nn import activations as act

PAIRS = [
    (act.sigmoid, act.sigmoid_grad),
    (act.tanh, act.tanh_grad),
    (act.relu, act.relu_grad),
    (act.leaky_relu, act.leaky_relu_grad),
    (act.absolute, act.absolute_grad),
    (act.elu, act.elu_grad),
    (act.softplus, act.softplus_grad),
]
# both signs, and nowhere near the kinks at 0
POINTS = np.concatenate([-np.geomspace(0.05, 8, 20), np.geomspace(0.05, 8, 20)])
logits = arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 6)), elements=st.floats(-1e4, 1e4))


@pytest.mark.parametrize(("f", "f_grad"), PAIRS, ids=lambda f: f.__name__)
def test_derivative_agrees_with_central_differences(f, f_grad):
    eps = 1e-5
    numeric = (f(POINTS + eps) - f(POINTS - eps)) / (2 * eps)
    np.testing.assert_allclose(f_grad(POINTS), numeric, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("slope", "alpha"), [(0.3, 0.5), (0.01, 2.0)])
def test_parameters_reach_function_and_derivative(slope, alpha):
    eps = 1e-5
    leak = (act.leaky_relu(POINTS + eps, slope) - act.leaky_relu(POINTS - eps, slope)) / (2 * eps)
    np.testing.assert_allclose(act.leaky_relu_grad(POINTS, slope), leak, rtol=1e-6)
    bend = (act.elu(POINTS + eps, alpha) - act.elu(POINTS - eps, alpha)) / (2 * eps)
    np.testing.assert_allclose(act.elu_grad(POINTS, alpha), bend, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    ("f", "at", "value"),
    [
        (act.sigmoid, 0.0, 0.5),
        (act.sigmoid, -0.5, 0.3775406687981454),
        (act.sigmoid, -40.0, 4.248354255291589e-18),
        (act.tanh, 1.0, 0.7615941559557649),
        (act.relu, -2.0, 0.0),
        (act.relu, 2.0, 2.0),
        (act.relu_grad, 0.0, 0.0),
        (act.leaky_relu, -2.0, -0.02),
        (act.leaky_relu_grad, 0.0, 0.01),
        (act.absolute, -3.0, 3.0),
        (act.absolute_grad, 0.0, 0.0),
        (act.elu, -1.0, -0.6321205588285577),
        (act.elu_grad, 0.0, 1.0),
        (act.softplus, 0.0, 0.6931471805599453),
        (act.softplus, -40.0, 4.248354255291589e-18),
        (act.softplus_grad, 0.0, 0.5),
    ],
)
def test_value_at_a_known_point(f, at, value):
    assert f(at) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize("f", [f for pair in PAIRS for f in pair], ids=lambda f: f.__name__)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extremes_are_finite_without_warnings_and_keep_the_dtype(f, dtype):
    out = f(np.array([-1000, -1, 0, 1, 1000], dtype))
    assert out.dtype == dtype
    assert np.isfinite(out).all()


@given(logits)
def test_softmax_rows_sum_to_one(Z):
    np.testing.assert_allclose(act.softmax(Z).sum(axis=-1), 1, rtol=1e-12)


@given(logits, st.floats(-1e3, 1e3))
def test_softmax_ignores_a_shift(Z, shift):
    np.testing.assert_allclose(act.softmax(Z + shift), act.softmax(Z), rtol=1e-7, atol=1e-9)


@given(arrays(np.float64, (3, 4), elements=st.floats(-30, 30)))
def test_log_softmax_is_the_logarithm_of_softmax(Z):
    np.testing.assert_allclose(act.log_softmax(Z), np.log(act.softmax(Z)), rtol=1e-9, atol=1e-9)


def test_softmax_runs_over_the_last_axis_of_any_array_and_of_lists():
    Z = np.random.default_rng(0).normal(size=(2, 3, 4))
    for f in (act.softmax, act.log_softmax, act.softmax_jacobian):
        np.testing.assert_array_equal(f(Z)[1, 2], f(Z[1, 2]))
        np.testing.assert_array_equal(f(Z[0].tolist()), f(Z[0]))


def test_log_softmax_survives_where_softmax_underflows():
    np.testing.assert_array_equal(act.log_softmax(np.array([[0.0, 1e4]])), [[-1e4, 0.0]])


def test_softmax_jacobian_agrees_with_central_differences():
    z = np.random.default_rng(0).normal(size=(2, 4))
    eps = 1e-6
    numeric = np.stack([(act.softmax(z + eps * e) - act.softmax(z - eps * e)) / (2 * eps) for e in np.eye(4)], axis=-1)
    np.testing.assert_allclose(act.softmax_jacobian(z), numeric, rtol=1e-6, atol=1e-9)
