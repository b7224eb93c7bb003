"""Reverse mode on graphs: each operation's gradient, fan-out, order, depth."""

import numpy as np
import pytest

from course.nn.activation_layers import ReLU, Tanh
from course.nn.activations import relu, relu_grad, tanh, tanh_grad
from course.nn.flowgraph import (
    Add,
    Elementwise,
    Loss,
    MatMul,
    Mean,
    Multiply,
    Node,
    Sigmoid,
    backprop,
    evaluate,
    topological_order,
)
from course.nn.layers import Linear
from course.nn.losses import MSE, SoftmaxCrossEntropy
from course.nn.network import Network
from course.nn.regularizers import objective


class MeanSquare:
    """A loss with its gradient, in the form that course.nn.losses has."""

    def value(self, output, target):
        return np.mean((output - target) ** 2)

    def grad(self, output, target):
        return 2 * (output - target) / output.size


def leaf(rng, *shape):
    return Node(value=rng.normal(size=shape))


def numeric_grad(output, leaf, eps=1e-6):
    """Central differences of the sum of the output's elements, by the leaf's."""
    grad = np.zeros_like(leaf.value)
    for index in np.ndindex(leaf.value.shape):
        kept = leaf.value[index]
        leaf.value[index] = kept + eps
        above = evaluate(output).sum()
        leaf.value[index] = kept - eps
        below = evaluate(output).sum()
        leaf.value[index] = kept
        grad[index] = (above - below) / (2 * eps)
    return grad


@pytest.mark.parametrize(
    ("make", "shapes"),
    [
        (Add, [(3, 2), (3, 2)]),
        (Add, [(3, 2), (2,)]),
        (Add, [(2,), (3, 2)]),
        (Add, [(3, 1), (1, 4)]),
        (Add, [(), (3, 2)]),
        (Multiply, [(3, 2), (3, 2)]),
        (Multiply, [(3, 2), (2,)]),
        (Multiply, [(3, 1), (4,)]),
        (MatMul, [(3, 2), (2, 4)]),
        (Sigmoid, [(3, 2)]),
        (lambda: Elementwise(tanh, tanh_grad), [(3, 2)]),
        (lambda: Elementwise(relu, relu_grad), [(3, 2)]),
        (Mean, [(3, 2)]),
        (lambda: Loss(MeanSquare(), np.ones((3, 2))), [(3, 2)]),
    ],
)
def test_every_operation_agrees_with_differences(make, shapes):
    rng = np.random.default_rng(1)
    leaves = [leaf(rng, *shape) for shape in shapes]
    inner = Node(make(), *leaves)
    output = Node(Elementwise(np.sin, np.cos), inner)  # so that the incoming gradient is not all ones
    evaluate(output)
    backprop(output)
    for node in leaves:
        assert node.grad.shape == node.value.shape
        np.testing.assert_allclose(node.grad, numeric_grad(output, node), rtol=1e-7, atol=1e-9)


def test_gradients_add_on_fan_out():
    x = Node(value=np.array(3.0))
    y = x * x + x
    assert evaluate(y) == 12
    backprop(y)
    assert x.grad == 2 * 3 + 1
    backprop(y)
    assert x.grad == 7, "a second backprop starts afresh"


def test_shared_gradients_are_not_changed_in_place():
    """Add hands one array to both inputs; accumulating into it would change the other's gradient."""
    x, y = Node(value=np.ones(2)), Node(value=np.ones(2))
    total = x + y
    backprop_target = total + x
    evaluate(backprop_target)
    backprop(backprop_target)
    assert x.grad.tolist() == [2, 2]
    assert y.grad.tolist() == [1, 1]
    assert total.grad.tolist() == [1, 1]


def test_order_has_inputs_first_and_each_node_once():
    x, w = Node(value=np.ones((1, 1))), Node(value=np.ones((1, 1)))
    z = x @ w
    output = z * z + x
    order = topological_order(output)
    assert order[-1] is output
    assert len(order) == 5
    place = {id(node): i for i, node in enumerate(order)}
    assert all(place[id(child)] < place[id(node)] for node in order for child in node.inputs)


def test_deep_and_wide_graphs():
    x = Node(value=np.array(1.0))
    y = x
    for _ in range(5000):
        y = y + x
    assert evaluate(y) == 5001
    backprop(y)
    assert x.grad == 5001
    y = x
    for _ in range(60):  # 2⁶⁰ paths, 61 nodes
        y = y + y
    evaluate(y)
    backprop(y)
    assert x.grad == 2.0**60


def test_a_two_layer_network_by_graph_and_by_hand():
    rng = np.random.default_rng(2)
    X, W1, b1, W2 = leaf(rng, 5, 3), leaf(rng, 3, 4), leaf(rng, 4), leaf(rng, 4, 2)
    y = rng.normal(size=(5, 2))
    a = Node(Sigmoid(), X @ W1 + b1)
    output = Node(Loss(MeanSquare(), y), a @ W2)
    evaluate(output)
    backprop(output)
    dz2 = 2 * (a.value @ W2.value - y) / y.size
    dz1 = dz2 @ W2.value.T * a.value * (1 - a.value)
    np.testing.assert_allclose(W2.grad, a.value.T @ dz2)
    np.testing.assert_allclose(W1.grad, X.value.T @ dz1)
    np.testing.assert_allclose(b1.grad, dz1.sum(axis=0))


def test_errors_say_what_to_do():
    with pytest.raises(TypeError, match=r"Node\(value=array\)"):
        Node(Add(), Node(value=np.ones(2)), np.ones(2))
    with pytest.raises(ValueError, match=r"set leaf\.value"):
        evaluate(Node() + Node(value=np.ones(2)))
    with pytest.raises(ValueError, match="call evaluate"):
        backprop(Node(value=np.ones(2)) + Node(value=np.ones(2)))
    shared, x = Sigmoid(), Node(value=np.ones(2))
    with pytest.raises(ValueError, match="make a second object"):
        evaluate(Node(shared, Node(shared, x)))


@pytest.mark.parametrize(("loss", "outputs"), [(SoftmaxCrossEntropy(), 3), (MSE(), 2)])
def test_agrees_with_network(loss, outputs):
    """The same weights, the same batch, three layers: the same value and the same gradient to rounding."""
    rng = np.random.default_rng(3)
    net = Network([Linear(4, 5), Tanh(), Linear(5, 6), ReLU(), Linear(6, outputs)], rng=rng, dtype=np.float64)
    net.theta = rng.normal(size=net.theta.shape)
    X = rng.normal(size=(7, 4))
    target = rng.integers(0, 3, 7) if outputs == 3 else rng.normal(size=(7, 2))
    value = objective(net, loss, X, target)

    a, leaves = Node(value=X), []
    functions = [(tanh, tanh_grad), (relu, relu_grad), None]
    for layer, f in zip(net.layers[::2], functions, strict=True):
        W, b = Node(value=layer.W), Node(value=layer.b)
        leaves += [W, b]
        z = a @ W + b
        a = z if f is None else Node(Elementwise(*f), z)
    output = Node(Loss(loss, target), a)
    assert evaluate(output) == pytest.approx(value)
    backprop(output)
    np.testing.assert_allclose(np.concatenate([leaf.grad.ravel() for leaf in leaves]), net.grad, rtol=1e-12, atol=1e-15)
