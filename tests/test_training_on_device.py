"""Training and flow graphs on device arrays: the CPU's numbers, and nothing converted behind one's back."""

import numpy as np
import pytest

from course.inside.fake_gpu import DEVICE
from course.nn import fused, gpu
from course.nn.activation_layers import ReLU
from course.nn.activations import tanh, tanh_grad
from course.nn.dropout import Dropout
from course.nn.flowgraph import Elementwise, Loss, Mean, Node, Sigmoid, backprop, evaluate
from course.nn.layers import Linear
from course.nn.losses import SoftmaxCrossEntropy
from course.nn.network import Network
from course.nn.normalization import BatchNorm
from course.nn.optimizers import Adam
from course.nn.regularizers import L2, MaxNorm
from course.nn.training import accuracy, clip_gradient_norm, fit, overfit_small, train


@pytest.fixture(params=["stand-in", pytest.param("cupy", marks=pytest.mark.gpu)])
def to_device(request, monkeypatch):
    """Return the function that moves an array to the device."""
    if request.param == "cupy":
        if not gpu.gpu_available():
            pytest.skip("no GPU with CuPy here")
        return gpu.to_gpu
    monkeypatch.setattr("course.nn.network.to_gpu", DEVICE.asarray)
    return DEVICE.asarray


def small_net():
    layers = [Linear(5, 8), BatchNorm(8), ReLU(), Dropout(0.2), Linear(8, 3)]
    return Network(layers, rng=np.random.default_rng(0), dtype=np.float64)


def batch():
    rng = np.random.default_rng(1)
    return rng.normal(size=(40, 5)), rng.integers(0, 3, 40)


def test_train_gives_the_cpus_numbers(to_device, monkeypatch):
    def plain_step(optimizer, theta, grad):  # Adam turns rounding, in biases before BatchNorm, into steps that show
        optimizer.update(theta, grad, *optimizer.arrays.values())

    monkeypatch.setattr(fused, "step", plain_step)
    X, y = batch()
    histories = []
    nets = [small_net(), small_net().to_gpu()]
    for net, move in zip(nets, (np.asarray, to_device), strict=True):
        run = train(
            net, move(X), move(y), SoftmaxCrossEntropy(), Adam(0.05),
            epochs=4, rng=np.random.default_rng(2), batch_size=16, valid=(move(X), move(y)),
            regularizer=L2(0.01), constraint=MaxNorm(1.0), clip=0.5, metrics={"accuracy": accuracy},
        )  # fmt: skip
        histories.append(fit(run, patience=2))
    np.testing.assert_allclose(nets[1].theta.get(), nets[0].theta, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(nets[1].state.get(), nets[0].state, rtol=1e-9, atol=1e-12)
    for cpu, device in zip(*histories, strict=True):
        assert type(device.train_loss) is type(device.valid_loss) is type(device.gradient_norm) is float
        assert device.train_loss == pytest.approx(cpu.train_loss)
        assert device.valid_loss == pytest.approx(cpu.valid_loss)
        assert device.gradient_norm == pytest.approx(cpu.gradient_norm)
        assert device.metrics == pytest.approx(cpu.metrics)


def test_divergence_and_overfitting_on_the_device(to_device):
    X, y = batch()
    X[3, 2] = np.nan
    net = small_net().to_gpu()
    options = {"epochs": 2, "rng": np.random.default_rng(0)}
    with pytest.raises(ValueError, match="inputs hold NaN"):
        fit(train(net, to_device(X), to_device(y), SoftmaxCrossEntropy(), Adam(), **options))
    X, y = batch()
    net = Network([Linear(5, 3)], rng=np.random.default_rng(0), dtype=np.float64).to_gpu()
    losses = overfit_small(net, to_device(X), to_device(y), SoftmaxCrossEntropy(), Adam(0.1), n=3, steps=200)
    assert losses[-1] < 0.01


def test_clipping_on_the_device(to_device):
    grad = to_device(np.array([3.0, 4.0]))
    assert float(clip_gradient_norm(grad, 1.0)) == 5
    np.testing.assert_allclose(grad.get(), [0.6, 0.8])


def test_mixing_devices_says_what_to_move(to_device):
    X, y = batch()
    net = small_net().to_gpu()
    options = {"epochs": 1, "rng": np.random.default_rng(0)}
    with pytest.raises(TypeError, match="to_gpu"):
        fit(train(net, X, y, SoftmaxCrossEntropy(), Adam(), **options))
    with pytest.raises(TypeError, match="move y"):
        fit(train(net, to_device(X), y, SoftmaxCrossEntropy(), Adam(), **options))


def test_flow_graphs_give_the_cpus_numbers(to_device):
    rng = np.random.default_rng(0)
    X, W, b, V, y = (rng.normal(size=shape) for shape in [(4, 3), (3, 5), (5,), (5, 2), (4,)])
    labels = (y > 0).astype(int)
    grads = []
    for move in (np.asarray, to_device):
        leaves = [Node(value=move(array)) for array in (X, W, b, V)]
        z = leaves[0] @ leaves[1] + leaves[2]
        a = Node(Sigmoid(), z) * Node(Elementwise(tanh, tanh_grad), z)
        output = Node(Loss(SoftmaxCrossEntropy(), move(labels)), a @ leaves[3])
        output = output + Node(Mean(), a)
        evaluate(output)
        backprop(output)
        grads.append([leaf.grad for leaf in leaves])
    for cpu, device in zip(*grads, strict=True):
        np.testing.assert_allclose(device.get(), cpu)
