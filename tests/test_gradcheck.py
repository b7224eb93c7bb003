"""The gradient check itself: exact on functions with known derivatives, and loud about wrong ones."""

import numpy as np
import pytest

from course.nn.dropout import Dropout
from course.nn.gradcheck import GradientError, _slopes, _worst, check_gradient, numeric_gradient, relative_error
from course.nn.layers import Linear
from course.nn.losses import MSE
from course.nn.network import Network
from course.nn.normalization import BatchNorm


class ForgetsBias(Linear):
    """A linear layer whose bias gradient misses the last example."""

    def backward(self, dz):
        dx = super().backward(dz)
        self.db[...] = dz[:-1].sum(axis=0)
        return dx


def network(layers):
    net = Network(layers, rng=np.random.default_rng(0), dtype=np.float64)
    net.theta = np.random.default_rng(1).normal(size=net.theta.size)
    return net


X = np.random.default_rng(2).normal(size=(5, 3))
Y = np.random.default_rng(3).normal(size=(5, 2))


def test_numeric_gradient_of_a_cubic_any_shape():
    theta = np.array([[1.0, -2.0], [0.5, 3.0]])
    np.testing.assert_allclose(numeric_gradient(lambda t: (t**3).sum(), theta), 3 * theta**2, rtol=1e-8)


def test_numeric_gradient_is_central():
    # with a large step central differences of t³ miss by eps² exactly, one-sided ones by 3t·eps
    assert numeric_gradient(lambda t: t**3, np.array(2.0), eps=0.1) == pytest.approx(12 + 0.01)


def test_numeric_gradient_leaves_theta_alone():
    theta = np.array([1.0, 2.0])
    numeric_gradient(lambda t: t.sum(), theta)
    np.testing.assert_array_equal(theta, [1.0, 2.0])


def test_relative_error():
    assert relative_error([1.0, 2.0], [1.0, 2.0]) == 0
    assert relative_error([1.0, 0.0], [1.0, 2.0]) == 1
    assert relative_error([3.0], [1.0]) == 0.5
    assert relative_error([0.0], [0.0]) == 0
    assert relative_error([], []) == 0
    assert relative_error([1e-9], [0.0]) == pytest.approx(0.1)
    with pytest.raises(ValueError, match="transposed"):
        relative_error(np.zeros((2, 3)), np.zeros((3, 2)))


def test_a_right_network_passes_and_is_left_as_it_was():
    net = network([Linear(3, 4), BatchNorm(4), Dropout(0.5), Linear(4, 2)])
    theta, state = net.checkpoint()
    generator = net.rng.bit_generator.state
    assert 0 < check_gradient(net, MSE(), X, Y) < 1e-6
    assert 0 < check_gradient(net, MSE(), X, Y, directions=4) < 1e-6
    np.testing.assert_array_equal(net.theta, theta)
    np.testing.assert_array_equal(net.state, state)
    assert net.rng.bit_generator.state == generator


def test_a_wrong_gradient_is_named_with_both_values():
    net = network([Linear(3, 4), ForgetsBias(4, 2)])
    with pytest.raises(GradientError, match=r"layer 1 ForgetsBias\(4, 2\), b\[\d\]: backward gives") as caught:
        check_gradient(net, MSE(), X, Y)
    net.forward(X, train=True)
    assert "(2 of 26 exceed it)" in str(caught.value)
    with pytest.raises(GradientError, match="random direction"):
        check_gradient(net, MSE(), X, Y, directions=4)


def test_a_nan_gradient_does_not_pass():
    net = network([Linear(3, 2)])
    with np.errstate(invalid="ignore"), pytest.raises(GradientError, match="nan"):
        check_gradient(net, MSE(), np.full((5, 3), np.inf), Y)


def test_small_derivatives_are_measured_against_a_thousandth_of_the_largest():
    largest, places = 2.0, ["large", "small"]
    analytic, numeric = np.array([1.0, 1e-9]), np.array([1.0, 2e-9])
    assert _worst(analytic, numeric, places, 1e-6) == pytest.approx(1e-9 / (1e-3 * largest))
    with pytest.raises(GradientError, match=r"small: backward gives 0, central differences give 0.0001"):
        _worst(np.array([1.0, 0.0]), np.array([1.0, 1e-4]), places, 1e-6)
    assert _worst(np.zeros(2), np.zeros(2), places, 1e-6) == 0
    assert _worst(np.zeros(0), np.zeros(0), [], 1e-6) == 0


def test_slopes_are_central_differences_along_each_direction():
    theta, V = np.array([1.0, 2.0]), np.array([[1.0, 0.0], [0.6, 0.8]])
    slopes = _slopes(lambda t: (t**3).sum(), theta, V, 1e-5)
    np.testing.assert_allclose(slopes, V @ (3 * theta**2), rtol=1e-8)


def test_tolerance_is_obeyed():
    net = network([Linear(3, 2)])
    with pytest.raises(GradientError):
        check_gradient(net, MSE(), X, Y, tolerance=0.0)


def test_float32_is_refused():
    net = Network([Linear(3, 2)], rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="expected a float64 network, got float32"):
        check_gradient(net, MSE(), X, Y)
