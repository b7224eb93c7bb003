"""The same numbers as PyTorch: optimizers over 100 steps, outputs and gradients of every layer and loss.

PyTorch is not a dependency; without it these tests skip. ``pip install torch`` beside the project runs them.
"""

import numpy as np
import pytest

from course.nn.activation_layers import ELU, Abs, LeakyReLU, PReLU, ReLU, Sigmoid, Softplus, Tanh
from course.nn.convolution import Conv2D, MaxPool2D
from course.nn.dropout import Dropout
from course.nn.layers import Flatten, Linear, Maxout
from course.nn.losses import MSE, BinaryCrossEntropy, SigmoidCrossEntropy, SoftmaxCrossEntropy, SumSquaredError
from course.nn.network import Network
from course.nn.normalization import BatchNorm, LayerNorm
from course.nn.optimizers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    Momentum,
    Nesterov,
    RMSProp,
)

torch = pytest.importorskip("torch", reason="PyTorch is not installed: compare with it by pip install torch")

OPTIMIZERS = [
    (SGD(0.1), lambda p: torch.optim.SGD(p, 0.1)),
    (Momentum(0.01, beta=0.9), lambda p: torch.optim.SGD(p, 0.01, momentum=0.9)),
    (Nesterov(0.01, beta=0.9), lambda p: torch.optim.SGD(p, 0.01, momentum=0.9, nesterov=True)),
    (Adagrad(0.1), lambda p: torch.optim.Adagrad(p, 0.1)),
    (Adadelta(), lambda p: torch.optim.Adadelta(p)),
    (RMSProp(0.01, beta=0.99), lambda p: torch.optim.RMSprop(p, 0.01)),
    (Adam(), lambda p: torch.optim.Adam(p)),
    (Adam(0.05, 0.8, 0.95, 1e-3), lambda p: torch.optim.Adam(p, 0.05, (0.8, 0.95), 1e-3)),
    (AdamW(), lambda p: torch.optim.AdamW(p)),
    (AdamW(0.05, weight_decay=0.3), lambda p: torch.optim.AdamW(p, 0.05, weight_decay=0.3)),
]


@pytest.mark.parametrize(("ours", "build"), OPTIMIZERS, ids=lambda x: getattr(type(x), "__name__", ""))
def test_optimizers_agree_over_100_steps(ours, build):
    rng = np.random.default_rng(0)
    theta = rng.normal(size=20)
    start = theta.copy()
    theirs = torch.nn.Parameter(torch.tensor(theta))
    optimizer = build([theirs])
    for _ in range(100):
        grad = theta**3 - theta + rng.normal(size=20)
        theirs.grad = torch.tensor(grad)
        optimizer.step()
        ours.step(theta, grad)
        np.testing.assert_allclose(theta, theirs.detach().numpy(), rtol=0, atol=1e-6)
    assert abs(theta - start).max() > 1e-3


def test_a_net_with_every_layer_type_agrees():
    """Theirs is built from torch's modules and functions, with our θ handed over by name."""
    rng = np.random.default_rng(0)
    layers = [
        Conv2D(2, 3, 3, stride=2, padding=1),
        BatchNorm(3),
        ReLU(),
        MaxPool2D(2),
        Flatten(),
        Linear(12, 8),
    ]
    layers += [
        Tanh(),
        Maxout(8, 7, 3),
        LayerNorm(7),
        PReLU(),
        LeakyReLU(0.1),
        Linear(7, 6),
        BatchNorm(6),
        ELU(0.5),
    ]
    layers += [Dropout(0.4), Softplus(), Abs(), Linear(6, 5), Sigmoid(), Linear(5, 4)]
    net = Network(layers, rng=rng, dtype=np.float64)
    net.theta = rng.normal(size=net.theta.size)
    X, y = rng.normal(size=(6, 9, 8, 2)), rng.integers(0, 4, 6)

    loss = SoftmaxCrossEntropy()
    output = net.forward(X, train=True)
    value = loss.value(output, y)
    net.backward(loss.grad(output, y))

    theta = torch.tensor(net.theta, requires_grad=True)
    expected = _forward_in_torch(net, _views(net, theta), torch.tensor(X))
    expected_loss = torch.nn.functional.cross_entropy(expected, torch.tensor(y))
    expected_loss.backward()
    np.testing.assert_allclose(output, expected.detach().numpy(), rtol=1e-10)
    assert value == pytest.approx(float(expected_loss.detach()), rel=1e-12)
    np.testing.assert_allclose(net.grad, theta.grad.numpy(), rtol=1e-8, atol=1e-12)


def _views(net, theta):
    """Cut torch's θ as the network cuts ours."""
    views, start = [], 0
    for layer in net.layers:
        views.append({})
        for name, shape in [*layer.weights.items(), *layer.offsets.items()]:
            views[-1][name] = theta[start : start + int(np.prod(shape))].reshape(shape)
            start += int(np.prod(shape))
    assert start == len(theta)
    return views


def _forward_in_torch(net, views, x):
    f = torch.nn.functional
    simple = {ReLU: f.relu, Tanh: torch.tanh, Softplus: f.softplus, Abs: torch.abs, Sigmoid: torch.sigmoid}
    for layer, p in zip(net.layers, views, strict=True):
        kind = type(layer)
        if kind in simple:
            x = simple[kind](x)
        elif kind is Linear:
            x = f.linear(x, p["W"].T, p["b"])
        elif kind is Conv2D:  # theirs: (N, C, H, W), kernels (out, in, height, width)
            kernel = p["W"].reshape(layer.size, layer.size, layer.c_in, layer.c_out).permute(3, 2, 0, 1)
            x = f.conv2d(x.permute(0, 3, 1, 2), kernel, p["b"], layer.stride, layer.padding).permute(0, 2, 3, 1)
        elif kind is MaxPool2D:
            x = f.max_pool2d(x.permute(0, 3, 1, 2), layer.size).permute(0, 2, 3, 1)
        elif kind is Flatten:
            x = x.flatten(1)
        elif kind is BatchNorm:
            axes = x.movedim(-1, 1)
            x = f.batch_norm(axes, None, None, p["gamma"], p["beta"], training=True).movedim(1, -1)
        elif kind is LayerNorm:
            x = f.layer_norm(x, (layer.n,), p["gamma"], p["beta"])
        elif kind is Maxout:
            x = (torch.einsum("ni,kio->kno", x, p["W"]) + p["b"][:, None]).max(dim=0).values
        elif kind is PReLU:
            x = f.prelu(x, p["slope"])
        elif kind is LeakyReLU:
            x = f.leaky_relu(x, 0.1)
        elif kind is ELU:
            x = f.elu(x, 0.5)
        elif kind is Dropout:  # the mask that ours drew
            x = x * torch.tensor(layer.cache)
        else:
            raise TypeError(f"no counterpart for {layer}")
    return x


def test_batch_norms_running_mean_agrees():
    net = Network([BatchNorm(3)], rng=np.random.default_rng(0), dtype=np.float64)
    theirs = torch.nn.BatchNorm1d(3, momentum=0.1, dtype=torch.float64)
    for seed in range(4):
        X = np.random.default_rng(seed).normal(size=(5, 3))
        net.forward(X, train=True)
        theirs(torch.tensor(X))
    np.testing.assert_allclose(net.layers[0].running_mean, theirs.running_mean.numpy())


@pytest.mark.parametrize(
    ("ours", "theirs", "binary"),
    [
        (MSE(), torch.nn.MSELoss(), False),
        (SumSquaredError(), torch.nn.MSELoss(reduction="sum"), False),
        (BinaryCrossEntropy(), torch.nn.BCELoss(), True),
        (SigmoidCrossEntropy(), torch.nn.BCEWithLogitsLoss(), True),
    ],
    ids=lambda x: type(x).__name__,
)
def test_losses_agree(ours, theirs, binary):
    rng = np.random.default_rng(0)
    output = rng.uniform(0.1, 0.9, (5, 3))
    target = rng.integers(0, 2, (5, 3)).astype(float) if binary else rng.normal(size=(5, 3))
    o = torch.tensor(output, requires_grad=True)
    value = theirs(o, torch.tensor(target))
    value.backward()
    assert ours.value(output, target) == pytest.approx(float(value.detach()), rel=1e-12)
    np.testing.assert_allclose(ours.grad(output, target), o.grad.numpy(), rtol=1e-10)
