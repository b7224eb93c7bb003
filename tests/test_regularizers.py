"""Penalties: values, gradients, and that biases are left alone; max-norm."""

import numpy as np
import pytest

from course.nn.gradcheck import numeric_gradient, relative_error
from course.nn.layers import Linear, Maxout
from course.nn.losses import MSE
from course.nn.network import Network
from course.nn.regularizers import L1, L2, ElasticNet, MaxNorm, objective

THETA = np.array([0.5, -2.0, 3.0, -0.25])
IS_WEIGHT = np.array([True, True, False, True])


@pytest.mark.parametrize(
    ("regularizer", "value"),
    [(L2(0.1), 0.1 * 4.3125), (L1(0.1), 0.1 * 2.75), (ElasticNet(0.2, 0.1), 0.2 * 2.75 + 0.1 * 4.3125)],
    ids=["L2", "L1", "ElasticNet"],
)
def test_value_and_gradient(regularizer, value):
    assert regularizer.value(THETA, IS_WEIGHT) == pytest.approx(value)
    analytic = regularizer.grad(THETA, IS_WEIGHT)
    assert relative_error(analytic, numeric_gradient(lambda t: regularizer.value(t, IS_WEIGHT), THETA)) < 1e-6
    assert analytic[2] == 0


def test_l1_is_flat_at_zero():
    assert (L1(1.0).grad(np.zeros(3), np.ones(3, bool)) == 0).all()


@pytest.mark.parametrize("build", [L1, L2, MaxNorm, lambda lam: ElasticNet(lam, 0), lambda lam: ElasticNet(0, lam)])
@pytest.mark.parametrize("bad", [-0.1, float("nan")])
def test_negative_strength_raises(build, bad):
    with pytest.raises(ValueError, match="at least 0"):
        build(bad)


def test_objective_adds_the_penalty_to_value_and_gradient():
    net = Network([Linear(2, 1)], rng=np.random.default_rng(0), dtype=np.float64)
    net.theta = np.array([1.0, -2.0, 3.0])
    X, y = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([4.0, 1.0])
    assert objective(net, MSE(), X, y) == 0
    assert (net.grad == 0).all()
    assert objective(net, MSE(), X, y, L2(0.5)) == 0.5 * 5
    np.testing.assert_allclose(net.grad, [1.0, -2.0, 0.0])


def test_max_norm_shortens_only_the_columns_that_are_too_long():
    net = Network([Linear(2, 3), Maxout(3, 2, 2)], rng=np.random.default_rng(0), dtype=np.float64)
    net.theta = np.full(net.theta.shape, 0.1)
    net.layers[0].W[:, 1] = 3, 4
    net.layers[1].W[1, :, 0] = 0, 0, -7
    net.layers[0].b[:] = 50
    MaxNorm(2.0).project(net)
    np.testing.assert_allclose(net.layers[0].W, [[0.1, 1.2, 0.1], [0.1, 1.6, 0.1]])
    np.testing.assert_allclose(net.layers[1].W[1, :, 0], [0, 0, -2])
    np.testing.assert_allclose(net.layers[1].W[0], 0.1)
    assert (net.layers[0].b == 50).all()
