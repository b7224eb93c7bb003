"""The core on arrays that are not NumPy's: a strict stand-in everywhere, CuPy where there is a GPU."""

import copy

import numpy as np
import pytest

from course.inside.fake_gpu import DEVICE, DeviceArray
from course.nn import activations as act
from course.nn import gpu
from course.nn.activation_layers import ELU, Abs, Activation, LeakyReLU, PReLU, ReLU, Sigmoid, Softplus, Tanh
from course.nn.convolution import Conv2D, MaxPool2D
from course.nn.dropout import Dropout, mc_dropout
from course.nn.gradcheck import check_gradient
from course.nn.layers import Flatten, Layer, Linear, Maxout
from course.nn.losses import MSE, BinaryCrossEntropy, SigmoidCrossEntropy, SoftmaxCrossEntropy, SumSquaredError
from course.nn.network import Network
from course.nn.normalization import BatchNorm, LayerNorm
from course.nn.optimizers import (
    Adam,
    AdamW,
    Optimizer,
)
from course.nn.regularizers import ElasticNet, MaxNorm, objective
from tests.library import public_kinds

HAS_GPU = gpu.gpu_available()


@pytest.fixture(params=["stand-in", pytest.param("cupy", marks=pytest.mark.gpu)])
def to_device(request, monkeypatch):
    """Return the function that moves an array to the device."""
    if request.param == "cupy":
        if not HAS_GPU:
            pytest.skip("no GPU with CuPy here")
        return gpu.to_gpu
    monkeypatch.setattr("course.nn.network.to_gpu", DEVICE.asarray)
    return DEVICE.asarray


def every_layer(seed=0):
    rng = np.random.default_rng(seed)
    layers = [Dropout(0.1), Conv2D(1, 2, 3, padding=1), Tanh(), MaxPool2D(2), Flatten(), Linear(8, 6), ReLU()]
    layers += [BatchNorm(6), Maxout(6, 5, 2), LeakyReLU(0.1), LayerNorm(5), ELU(), PReLU(), Linear(5, 4)]
    layers += [Softplus(), Abs(), Dropout(0.3), Sigmoid(), Linear(4, 3)]
    net = Network(layers, rng=rng, dtype=np.float64)
    net.theta = rng.normal(size=net.theta.size)
    return net


def batch(seed=1):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(6, 4, 4, 1)), rng.integers(0, 3, 6)


OPTIMIZERS = sorted(public_kinds(Optimizer), key=lambda kind: kind.__name__)


def test_no_layer_of_the_library_is_left_out():
    tried = {type(layer) for layer in every_layer().layers}
    assert public_kinds(Layer) - tried == {Activation}, "what else stands here is missing in every_layer"


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_on_the_device_gives_the_cpus_numbers(to_device, optimizer):
    nets = [every_layer(), every_layer().to_gpu()]
    X, y = batch()
    for net, move in zip(nets, (np.asarray, to_device), strict=True):
        step = optimizer(lr=0.01)
        if optimizer is AdamW:
            step.is_weight = net.is_weight
        for _ in range(3):
            objective(net, SoftmaxCrossEntropy(), move(X), move(y), ElasticNet(0.01, 0.02))
            step.step(net.theta, net.grad)
            MaxNorm(1.5).project(net)
    cpu, device = nets
    assert not isinstance(device.theta, np.ndarray)
    np.testing.assert_allclose(device.theta.get(), cpu.theta, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(device.state.get(), cpu.state, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(device.predict(to_device(X)).get(), cpu.predict(X), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("loss", [MSE(), SumSquaredError(), SigmoidCrossEntropy(), BinaryCrossEntropy()])
def test_losses_on_the_device_give_the_cpus_numbers(to_device, loss):
    output = np.random.default_rng(0).uniform(0.1, 0.9, (4, 3))
    target = np.eye(4, 3)
    value, grad = (f(to_device(output), to_device(target)) for f in (loss.value, loss.grad))
    assert float(value) == pytest.approx(float(loss.value(output, target)))
    np.testing.assert_allclose(grad.get(), loss.grad(output, target))


@pytest.mark.parametrize("name", [n for n in dir(act) if getattr(getattr(act, n), "__module__", "") == act.__name__])
def test_activations_on_the_device_give_the_cpus_numbers(to_device, name):
    f = getattr(act, name)
    Z = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    out = f(to_device(Z))
    assert out.dtype == np.float32
    np.testing.assert_allclose(out.get(), f(Z), rtol=1e-6)


def test_gradients_are_right_on_the_device(to_device):
    X, y = batch()
    net = every_layer().to_gpu()
    check_gradient(net, SoftmaxCrossEntropy(), to_device(X), to_device(y), ElasticNet(0.01, 0.02))
    check_gradient(net, SoftmaxCrossEntropy(), to_device(X), to_device(y), directions=3)


def test_views_stay_bound_after_the_moves(to_device):
    net = every_layer().to_gpu()
    net.theta = net.theta * 0 + 2
    assert float(net.layers[-1].W.sum()) == 24
    assert isinstance(net.to_cpu().theta, np.ndarray)
    net.theta = np.full(net.theta.shape, 3.0)
    assert net.layers[-1].W.sum() == 36
    assert isinstance(net.is_weight, np.ndarray)
    assert isinstance(net.state, np.ndarray)


def test_checkpoint_copy_save_and_mc_dropout_on_the_device(to_device, tmp_path):
    X, _ = batch()
    net = every_layer().to_gpu()
    kept = net.checkpoint()
    clone = net.copy()
    net.theta = net.theta * 2
    assert not np.allclose(net.theta.get(), clone.theta.get())
    net.restore(kept)
    np.testing.assert_array_equal(net.theta.get(), clone.theta.get())
    net.save(tmp_path / "net.npz")
    np.testing.assert_array_equal(every_layer(5).to_gpu().load(tmp_path / "net.npz").theta.get(), net.theta.get())
    mean, std = mc_dropout(net, to_device(X), T=5)
    expected_mean, expected_std = mc_dropout(every_layer(), X, T=5)
    np.testing.assert_allclose(mean.get(), expected_mean)
    np.testing.assert_allclose(std.get(), expected_std, atol=1e-12)


def test_mixing_devices_raises_and_says_what_to_move(to_device):
    X, y = batch()
    net = every_layer().to_gpu()
    with pytest.raises(TypeError, match="X on the CPU and theta on the GPU: move X with to_gpu"):
        net.forward(X)
    with pytest.raises(TypeError, match="target on the CPU and output on the GPU"):
        objective(net, SoftmaxCrossEntropy(), to_device(X), y)
    with pytest.raises(TypeError, match="grad on the CPU and theta on the GPU"):
        Adam().step(net.theta, every_layer().grad)
    with pytest.raises(TypeError, match="theta on the CPU and the network's theta on the GPU"):
        net.theta = np.zeros(net.theta.shape)
    with pytest.raises(TypeError, match="dout on the CPU"):
        net.backward(np.zeros((6, 3)))


def test_the_stand_in_is_strict():
    a, b = DEVICE.asarray([1.0, 2.0]), np.array([1.0, 2.0])
    for mix in (
        lambda: a + b,
        lambda: b + a,
        lambda: np.matmul(a, b),
        lambda: DEVICE.dot(b, a),
        lambda: a[b > 1],
    ):
        with pytest.raises(TypeError):
            mix()
    for convert in (np.asarray, lambda x: np.array([x, x]), np.float64):
        with pytest.raises(TypeError):
            convert(a)
    assert isinstance(copy.deepcopy(a), DeviceArray)
    assert isinstance(a.sum(), DeviceArray)
