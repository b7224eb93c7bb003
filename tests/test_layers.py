"""Layers: what each computes, what it refuses, what it remembers."""

import copy

import numpy as np
import pytest

from course.nn.activation_layers import ELU, Abs, LeakyReLU, PReLU, ReLU, Sigmoid, Softplus, Tanh
from course.nn.convolution import Conv2D, MaxPool2D
from course.nn.dropout import Dropout, mc_dropout
from course.nn.initializers import constant
from course.nn.layers import Flatten, Layer, Linear, Maxout
from course.nn.network import Network
from course.nn.normalization import BatchNorm, LayerNorm


def in_network(*layers, seed=0):
    return Network(layers, rng=np.random.default_rng(seed), dtype=np.float64)


def test_linear_is_xw_plus_b():
    net = in_network(Linear(2, 3, bias=0.5))
    layer = net.layers[0]
    layer.W[...] = [[1, 2, 3], [4, 5, 6]]
    np.testing.assert_array_equal(net.forward([[1, 10]]), [[41.5, 52.5, 63.5]])
    assert layer.input_shape == (2,)


@pytest.mark.parametrize("build", [lambda **k: Linear(2, 3, **k), lambda **k: Maxout(2, 3, 4, **k)])
def test_weights_come_from_the_initializer_biases_are_zero(build):
    layer = in_network(build(init=constant)).layers[0]
    assert (layer.W == 0.1).all()
    assert (layer.b == 0).all()
    assert (in_network(build(), seed=0).layers[0].W != in_network(build(), seed=1).layers[0].W).all()


def test_convolution_draws_as_many_inputs_as_a_patch_has():
    seen = []

    def spy(fan_in, fan_out, rng):
        seen.append((fan_in, fan_out))
        return constant(fan_in, fan_out, rng)

    layer = in_network(Conv2D(2, 5, 3, init=spy)).layers[0]
    assert seen == [(18, 5)]
    assert (layer.W == 0.1).all()


def test_layers_of_a_kind_start_from_different_draws():
    net = in_network(Linear(2, 2), Linear(2, 2), Maxout(2, 2, 2))
    drawn = [net.layers[0].W, net.layers[1].W, *net.layers[2].W]
    assert len({W.tobytes() for W in drawn}) == 4


@pytest.mark.parametrize(
    ("layer", "out"),
    [
        (Sigmoid(), [0.11920292202211755, 0.5, 0.8807970779778823]),
        (Tanh(), [-0.9640275800758169, 0, 0.9640275800758169]),
        (ReLU(), [0, 0, 2]),
        (LeakyReLU(0.1), [-0.2, 0, 2]),
        (PReLU(), [-0.5, 0, 2]),
        (PReLU(0.3), [-0.6, 0, 2]),
        (Abs(), [2, 0, 2]),
        (ELU(2.0), [-1.729329433526774, 0, 2]),
        (Softplus(), [0.12692801104297249, 0.6931471805599453, 2.1269280110429727]),
    ],
    ids=str,
)
def test_activation_layers(layer, out):
    np.testing.assert_allclose(in_network(layer).forward([[-2, 0, 2]]), [out], rtol=1e-12)


def test_relu_passes_no_gradient_at_zero():
    net = in_network(Linear(1, 1), ReLU())
    net.theta = np.zeros(2)
    net.forward([[1.0]], train=True)
    assert (net.backward(np.ones((1, 1))) == 0).all()


def test_maxout_takes_the_largest_piece():
    net = in_network(Maxout(1, 2, 3))
    layer = net.layers[0]
    layer.W[...] = np.array([1.0, -1.0, 0.0])[:, None, None]
    layer.b[...] = [[0, 1], [0, 1], [0.5, 0]]
    np.testing.assert_array_equal(net.forward([[2.0], [0.1], [-3.0]]), [[2, 3], [0.5, 1.1], [3, 4]])


def test_flatten_and_its_gradient():
    net = in_network(Linear(4, 4), Flatten(), Linear(4, 1))
    assert net.forward(np.zeros((3, 4)), train=True).shape == (3, 1)
    layer = Flatten()
    x = np.arange(12.0).reshape(2, 2, 3)
    np.testing.assert_array_equal(layer.forward(x, train=True), x.reshape(2, 6))
    np.testing.assert_array_equal(layer.backward(x.reshape(2, 6)), x)


def test_convolution_is_a_sliding_product():
    net = in_network(Conv2D(1, 1, 2))
    net.theta = np.array([1.0, 2.0, 3.0, 4.0, 100.0])
    x = np.arange(9.0).reshape(1, 3, 3, 1)
    # top left: 1·0 + 2·1 + 3·3 + 4·4 + 100
    np.testing.assert_array_equal(net.forward(x)[0, :, :, 0], [[127, 137], [157, 167]])


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (Conv2D(2, 5, 3), (5, 4, 5)),
        (Conv2D(2, 5, 3, stride=2), (3, 2, 5)),
        (Conv2D(2, 5, 3, padding=1), (7, 6, 5)),
        (Conv2D(2, 5, 5, stride=3, padding=2), (3, 2, 5)),
        (MaxPool2D(2), (3, 3, 2)),
        (MaxPool2D(3), (2, 2, 2)),
        (Flatten(), (84,)),
        (BatchNorm(2), (7, 6, 2)),
        (LayerNorm(2), (7, 6, 2)),
    ],
    ids=str,
)
def test_announced_shape_is_the_computed_shape(layer, shape):
    assert layer.output_shape((7, 6, 2)) == shape
    assert in_network(layer).forward(np.ones((2, 7, 6, 2))).shape == (2, *shape)


def test_padding_counts_when_an_image_is_compared_with_the_patch():
    assert Conv2D(1, 1, 5, padding=1).output_shape((3, 4, 1)) == (1, 2, 1)
    with pytest.raises(ValueError, match=r"expects input of shape \(N, 3, 3, 1\), got \(N, 2, 3, 1\)"):
        Conv2D(1, 1, 5, padding=1).output_shape((2, 3, 1))


def test_max_pool_takes_maxima_and_drops_the_rest():
    x = np.arange(25.0).reshape(1, 5, 5, 1)
    np.testing.assert_array_equal(MaxPool2D(2).forward(x)[0, :, :, 0], [[6, 8], [16, 18]])


def test_batch_norm_in_training_and_prediction():
    net = in_network(BatchNorm(2, momentum=0.75))
    layer = net.layers[0]
    X = np.array([[1.0, 10.0], [3.0, 10.0]])
    np.testing.assert_allclose(net.forward(X, train=True), [[-1, 0], [1, 0]], atol=1e-5)
    np.testing.assert_allclose(layer.running_mean, [0.5, 2.5])
    np.testing.assert_allclose(layer.running_var, [1.0, 0.75])
    np.testing.assert_allclose(net.forward([[0.5, 3.5]]), [[0, 1 / np.sqrt(0.75)]], atol=1e-4)
    np.testing.assert_allclose(layer.running_mean, [0.5, 2.5])


def test_batch_norm_scales_and_shifts():
    net = in_network(BatchNorm(1))
    net.theta = np.array([3.0, 7.0])
    np.testing.assert_allclose(net.forward([[1.0], [3.0]], train=True), [[4], [10]], atol=1e-4)


def test_layer_norm_is_per_example_and_the_same_in_training():
    net = in_network(LayerNorm(3))
    X = np.array([[1.0, 2.0, 3.0], [10.0, 10.0, 40.0]])
    expected = [[-1.224745, 0, 1.224745], [-0.707107, -0.707107, 1.414214]]
    for train in (True, False):
        np.testing.assert_allclose(net.forward(X, train), expected, atol=1e-4)


def test_epsilon_keeps_constant_columns_finite():
    for layer in (BatchNorm(2), LayerNorm(2)):
        assert (in_network(layer).forward(np.ones((3, 2)), train=True) == 0).all()
    net = in_network(BatchNorm(2))
    net.layers[0].running_var[...] = 0
    assert np.isfinite(net.forward(np.ones((3, 2)))).all()


def test_dropout_drops_that_share_and_keeps_the_mean():
    net = in_network(Dropout(0.3))
    x = np.ones((100, 1000))
    out = net.forward(x, train=True)
    assert set(np.unique(out)) == {0, 1 / 0.7}
    assert (out == 0).mean() == pytest.approx(0.3, abs=0.006)  # four standard deviations
    assert out.mean() == pytest.approx(1, abs=0.01)
    assert not np.array_equal(out, net.forward(x, train=True))
    np.testing.assert_array_equal(net.forward(x), x)


def test_dropout_of_nothing_changes_nothing():
    x = np.random.default_rng(0).normal(size=(400, 500))
    np.testing.assert_array_equal(in_network(Dropout(0)).forward(x, train=True), x)
    np.testing.assert_array_equal(Dropout(0.5).forward(x), x)


@pytest.mark.parametrize("p_drop", [0.001, 0.25, 0.9])
def test_dropout_meets_its_probability(p_drop):
    dropped = in_network(Dropout(p_drop)).forward(np.ones((1000, 1000)), train=True) == 0
    assert dropped.mean() == pytest.approx(p_drop, abs=4 * np.sqrt(p_drop * (1 - p_drop)) / 1000)


@pytest.mark.parametrize("bad", [1, 1.0, -0.1, 2, float("nan")])
def test_dropout_refuses_impossible_probabilities(bad):
    with pytest.raises(ValueError, match="expected p_drop from 0 up to but not including 1"):
        Dropout(bad)


def test_mc_dropout_means_and_spreads():
    net = in_network(Linear(1, 1), Dropout(0.5), BatchNorm(1))
    net.theta = np.array([1.0, 0.0, 1.0, 0.0])
    state = net.state.copy()
    mean, std = mc_dropout(net, np.array([[3.0]]), T=400)
    # each pass gives 0 or 6, with equal chance
    assert mean[0, 0] == pytest.approx(3, abs=0.6)
    assert std[0, 0] == pytest.approx(3, abs=0.1)
    mean, std = mc_dropout(net, np.array([[3.0]]), T=1, output=lambda a: a * 0 + 2)
    assert (mean, std) == (2, 0)
    np.testing.assert_array_equal(net.state, state)
    assert net.forward([[3.0]]) == pytest.approx(3, rel=1e-4)


def test_mc_dropout_switches_off_after_an_error():
    net = in_network(Linear(2, 2), Dropout(0.5))
    with pytest.raises(ValueError, match="expects input"):
        mc_dropout(net, np.zeros((1, 3)), T=2)
    x = np.ones((1, 2))
    np.testing.assert_array_equal(net.forward(x), net.forward(x))


def test_mc_dropout_needs_dropout_and_a_pass():
    with pytest.raises(ValueError, match="got 0 such layers"):
        mc_dropout(in_network(Linear(2, 2)), np.zeros((1, 2)))
    with pytest.raises(ValueError, match="T = 0"):
        mc_dropout(in_network(Dropout(0.5)), np.zeros((1, 2)), T=0)


EVERY_LAYER = [
    lambda: Linear(4, 4),
    Sigmoid,
    Tanh,
    ReLU,
    LeakyReLU,
    PReLU,
    Abs,
    ELU,
    Softplus,
    lambda: Dropout(0.5),
    lambda: BatchNorm(4),
    lambda: LayerNorm(4),
    lambda: Maxout(4, 4),
    Flatten,
]


@pytest.mark.parametrize("build", EVERY_LAYER)
def test_backward_needs_a_training_forward(build):
    net = in_network(Linear(4, 4), build())
    net.forward(np.ones((2, 4)))
    with pytest.raises(ValueError, match=r"call forward\(X, train=True\) before backward"):
        net.backward(np.ones((2, 4)))


@pytest.mark.parametrize("layer", [Conv2D(1, 2, 2), MaxPool2D()])
def test_backward_needs_a_training_forward_of_images_too(layer):
    net = in_network(Conv2D(1, 1, 2), layer)
    net.forward(np.ones((2, 5, 5, 1)))
    with pytest.raises(ValueError, match="remembers no forward pass"):
        net.backward(np.ones((2, 4, 4, 1)))


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        *((build(), (2, 4)) for build in EVERY_LAYER),
        (Conv2D(1, 2, 2), (2, 5, 5, 1)),
        (MaxPool2D(), (2, 4, 4, 1)),
    ],
    ids=lambda x: type(x).__name__,
)
def test_a_forward_is_no_training_forward_unless_told(layer, shape):
    layer = in_network(copy.copy(layer)).layers[0]
    layer.forward(np.ones(shape))
    with pytest.raises(ValueError, match="remembers no forward pass"):
        layer.recall()


@pytest.mark.parametrize(
    ("layer", "shape"), [(Linear(4, 3), (2, 4)), (Maxout(4, 3), (2, 4)), (Conv2D(1, 2, 2), (2, 5, 5, 1))]
)
def test_the_first_layers_input_gradient_is_not_computed(layer, shape):
    layer = in_network(copy.copy(layer)).layers[0]
    out = layer.forward(np.ones(shape), train=True)
    assert layer.backward(np.ones_like(out)) is None


@pytest.mark.parametrize("layer", [Conv2D(1, 1, 2, padding=1), MaxPool2D()])
def test_float32_gradients_of_images_stay_float32(layer):
    net = Network([Conv2D(1, 1, 1), copy.copy(layer)], rng=np.random.default_rng(0))
    out = net.forward(np.ones((1, 4, 4, 1)), train=True)
    assert net.layers[1].backward(np.ones_like(out)).dtype == np.float32


@pytest.mark.parametrize("build", EVERY_LAYER)
def test_a_validation_forward_in_between_changes_no_gradient(build):
    net = in_network(Linear(4, 4), build(), Linear(4, 2))
    X, dout = np.random.default_rng(0).normal(size=(5, 4)), np.ones((5, 2))
    net.forward(X, train=True)
    expected = net.backward(dout).copy()
    net.forward(X[:2] + 1)
    np.testing.assert_array_equal(net.backward(dout), expected)


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (Linear(3, 2), (5, 4), r"Linear\(3, 2\) expects input of shape \(N, 3\), got \(N, 4\)"),
        (Linear(3, 2), (3,), r"expects input of shape \(N, 3\), got \(N\): .* is the batch x\[None\]"),
        (Linear(3, 2), (2, 3, 3), "expects input"),
        (Maxout(3, 2), (5, 4), r"Maxout\(3, 2, 2\) expects input of shape \(N, 3\)"),
        (BatchNorm(3), (5, 4), r"BatchNorm\(3\) expects input of shape \(N, 3\)"),
        (LayerNorm(3), (5, 2, 4), r"expects input of shape \(N, 2, 3\)"),
        (BatchNorm(3), (5,), r"expects input of shape \(N, 3\)"),
        (Conv2D(1, 2, 3), (5, 8, 8, 2), r"expects input of shape \(N, 8, 8, 1\)"),
        (Conv2D(1, 2, 3), (5, 8, 8), r"expects input of shape \(N, 3, 3, 1\)"),
        (Conv2D(1, 2, 3), (5, 2, 8, 1), r"expects input of shape \(N, 3, 8, 1\), got \(N, 2, 8, 1\)"),
        (MaxPool2D(3), (5, 4, 2, 1), r"expects input of shape \(N, 4, 3, 1\)"),
        (MaxPool2D(3), (5, 4), r"expects input of shape \(N, 3, 3, 1\)"),
    ],
)
def test_wrong_input_shapes_raise_and_say_the_right_one(layer, shape, message):
    with pytest.raises(ValueError, match=message):
        in_network(copy.copy(layer)).forward(np.zeros(shape))  # the copy, so that the test can run twice


@pytest.mark.parametrize("bad", [0, -1, 2.0, "3", True, None])
def test_sizes_must_be_positive_whole_numbers(bad):
    for build in (
        lambda: Linear(bad, 2),
        lambda: Linear(2, bad),
        lambda: Maxout(2, 2, bad),
        lambda: BatchNorm(bad),
        lambda: LayerNorm(bad),
        lambda: Conv2D(1, 2, bad),
        lambda: Conv2D(1, 2, 3, stride=bad),
        lambda: MaxPool2D(bad),
    ):
        with pytest.raises(ValueError, match="expected a whole number of at least 1 for"):
            build()
    assert Linear(np.int64(2), 1).n_in == 2


@pytest.mark.parametrize("bad", [-1, 0.5, None])
def test_padding_must_not_be_negative(bad):
    with pytest.raises(ValueError, match="at least 0 for padding"):
        Conv2D(1, 2, 3, padding=bad)


def test_printed_forms():
    assert str(Linear(784, 128)) == "Linear(784, 128)"
    assert str(Dropout(0.5)) == "Dropout(0.5)"
    assert str(ReLU()) == "ReLU()"
    assert MaxPool2D().size == 2
    assert LeakyReLU().arguments == (0.01,)
    assert ELU().arguments == (1.0,)


def test_a_bare_layer_has_no_forward():
    for method in (lambda: Layer().forward(np.ones((1, 1))), lambda: Layer().backward(np.ones((1, 1)))):
        with pytest.raises(NotImplementedError):
            method()
