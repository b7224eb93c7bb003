"""Every layer's derivatives against central differences: layers × losses × regularizers, in float64."""

import numpy as np
import pytest

from course.nn.activation_layers import (
    ELU,
    Abs,
    Activation,
    LeakyReLU,
    PReLU,
    ReLU,
    Sigmoid,
    Softplus,
    Tanh,
)
from course.nn.activations import sigmoid, sigmoid_grad
from course.nn.convolution import Conv2D, MaxPool2D
from course.nn.dropout import Dropout
from course.nn.gradcheck import check_gradient
from course.nn.layers import Flatten, Layer, Linear, Maxout
from course.nn.losses import MSE, BinaryCrossEntropy, Loss, SigmoidCrossEntropy, SoftmaxCrossEntropy, SumSquaredError
from course.nn.network import Network
from course.nn.normalization import BatchNorm, LayerNorm
from course.nn.regularizers import L1, L2, ElasticNet
from tests.library import public_kinds

N = 6
# each takes 4 numbers and stands between two linear layers, so that its ∂L/∂input is checked too
LAYERS = {
    "Linear": lambda: [Linear(4, 4)],
    "Activation": lambda: [Activation(sigmoid, sigmoid_grad)],
    "Sigmoid": lambda: [Sigmoid()],
    "Tanh": lambda: [Tanh()],
    "ReLU": lambda: [ReLU()],
    "LeakyReLU": lambda: [LeakyReLU(0.2)],
    "PReLU": lambda: [PReLU()],
    "Abs": lambda: [Abs()],
    "ELU": lambda: [ELU(0.7)],
    "Softplus": lambda: [Softplus()],
    "Dropout": lambda: [Dropout(0.4)],
    "BatchNorm": lambda: [BatchNorm(4)],
    "LayerNorm": lambda: [LayerNorm(4)],
    "Maxout": lambda: [Maxout(4, 4, 3)],
    "Deep": lambda: [Tanh(), BatchNorm(4), Dropout(0.2), Linear(4, 4), ELU(), LayerNorm(4)],
}
LOSSES = {
    "MSE": (MSE(), [], lambda rng: rng.normal(size=(N, 3))),
    "SumSquaredError": (SumSquaredError(), [], lambda rng: rng.normal(size=(N, 3))),
    "BinaryCrossEntropy": (BinaryCrossEntropy(), [Sigmoid], lambda rng: rng.integers(0, 2, (N, 3))),
    "SigmoidCrossEntropy": (SigmoidCrossEntropy(), [], lambda rng: rng.integers(0, 2, (N, 3))),
    "SoftmaxCrossEntropy": (SoftmaxCrossEntropy(), [], lambda rng: rng.integers(0, 3, N)),
}
REGULARIZERS = {"none": None, "L1": L1(0.3), "L2": L2(0.2), "ElasticNet": ElasticNet(0.1, 0.2)}


def randomized(layers, seed):
    """Build a float64 network whose parameters, biases included, are all random."""
    rng = np.random.default_rng(seed)
    net = Network(layers, rng=rng, dtype=np.float64)
    net.theta = rng.normal(scale=0.7, size=net.theta.size)
    return net, rng


@pytest.mark.parametrize("regularizer", REGULARIZERS)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("layer", LAYERS)
def test_every_derivative(layer, loss, regularizer):
    criterion, ending, targets = LOSSES[loss]
    net, rng = randomized([Linear(3, 4), *LAYERS[layer](), Linear(4, 3), *(end() for end in ending)], seed=4)
    X, y = rng.normal(size=(N, 3)), targets(rng)
    assert check_gradient(net, criterion, X, y, REGULARIZERS[regularizer]) < 1e-6
    assert check_gradient(net, criterion, X, y, REGULARIZERS[regularizer], directions=3) < 1e-6


IMAGES = {
    "Conv2D": lambda: [Conv2D(1, 2, 3), Tanh(), Conv2D(2, 3, 2), Flatten(), Linear(27, 3)],
    "strided": lambda: [
        Conv2D(1, 2, 3, stride=2),
        Tanh(),
        Conv2D(2, 2, 2, stride=2),
        Flatten(),
        Linear(2, 3),
    ],
    "padded": lambda: [Conv2D(1, 2, 3, padding=1), Tanh(), Conv2D(2, 2, 3, 2, 2), Flatten(), Linear(32, 3)],
    "MaxPool2D": lambda: [Conv2D(1, 2, 2), MaxPool2D(2), Conv2D(2, 2, 2), Flatten(), Linear(2, 3)],
    "cropped pool": lambda: [Conv2D(1, 3, 2), MaxPool2D(4), Flatten(), Linear(3, 3)],
    "BatchNorm": lambda: [Conv2D(1, 2, 3), Tanh(), BatchNorm(2), Tanh(), Flatten(), Linear(32, 3)],
    "LayerNorm": lambda: [Conv2D(1, 2, 3), Tanh(), LayerNorm(2), Tanh(), Flatten(), Linear(32, 3)],
}


@pytest.mark.parametrize("layers", IMAGES)
def test_every_derivative_on_images(layers):
    net, rng = randomized(IMAGES[layers](), seed=2)
    X, y = rng.normal(size=(3, 6, 6, 1)), rng.integers(0, 3, 3)
    assert check_gradient(net, SoftmaxCrossEntropy(), X, y, L2(0.1)) < 1e-6


def test_no_layer_and_no_loss_of_the_library_is_left_out():
    checked = {type(layer) for build in [*LAYERS.values(), *IMAGES.values()] for layer in build()}
    assert public_kinds(Layer) - checked == set(), "in neither LAYERS nor IMAGES"
    assert public_kinds(Loss) - {type(loss) for loss, *_ in LOSSES.values()} == set(), "not in LOSSES"


@pytest.mark.parametrize("shape", [(3, 5), (5, 3)])
def test_convolution_of_an_oblong_image(shape):
    layers = [Conv2D(2, 2, 2), Tanh(), Conv2D(2, 2, 2, stride=2, padding=1), Flatten(), Linear(12, 2)]
    net, rng = randomized(layers, seed=0)
    X, y = rng.normal(size=(2, *shape, 2)), rng.integers(0, 2, 2)
    assert check_gradient(net, SoftmaxCrossEntropy(), X, y) < 1e-6


@pytest.mark.parametrize("layer", LAYERS)
def test_first_layers_with_parameters_of_every_kind(layer):
    # there ∂L/∂x is not computed: the parameters' own gradients must not depend on that
    net, rng = randomized([Dropout(0.2), *LAYERS[layer](), Linear(4, 3)], seed=1)
    X, y = rng.normal(size=(N, 4)), rng.integers(0, 3, N)
    assert check_gradient(net, SoftmaxCrossEntropy(), X, y) < 1e-6
