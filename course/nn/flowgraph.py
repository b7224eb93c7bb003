# ruff: noqa: D102 - Operation says what fprop and bprop do
"""Automatic differentiation in reverse mode: operations as nodes of a graph that go forward and back.

First build the graph, then run it::

    x, w = Node(value=X), Node(value=W)
    z = x @ w
    mean = Node(Mean(), z * z)   # nothing is computed yet
    evaluate(mean)               # values, inputs first
    backprop(mean)               # gradients, output first: w.grad is ∂mean/∂W

Sources: Found16 for flow graphs, Linnainmaa (1970) for the method, Griewank and Walther (2008, chapter 3) for
its cost: all gradients together cost a small multiple of one evaluation.
"""

from collections.abc import Callable
from typing import Any

from course.nn.activations import sigmoid, sigmoid_grad
from course.nn.gpu import Array, array_module


class Operation:
    """What a node does: `fprop` computes a value and keeps what `bprop` will need."""

    def fprop(self, *inputs: Array) -> Array:
        """Compute the output from the inputs' values."""
        raise NotImplementedError

    def bprop(self, grad: Array) -> tuple[Array, ...]:
        """Turn ∂L/∂output into ∂L/∂input for each input; each has its input's shape."""
        raise NotImplementedError


class Node:
    """A node of the graph: a leaf that holds a value, or an operation on other nodes.

    Parameters
    ----------
    op : Operation, optional
        None for a leaf.
    *inputs : Node
        The operation's inputs.
    value : array, optional
        A leaf's value; `evaluate` fills in the others.

    Attributes
    ----------
    grad : array or None
        ∂L/∂value, of the value's shape; None before `backprop` has run.
    """

    def __init__(self, op: Operation | None = None, *inputs: "Node", value: Any = None) -> None:
        if any(not isinstance(node, Node) for node in inputs):
            raise TypeError("expected Nodes as inputs, got something else: wrap arrays as Node(value=array)")
        self.op, self.inputs, self.value, self.grad = op, inputs, value, None

    def __add__(self, other: "Node") -> "Node":
        return Node(Add(), self, other)

    def __mul__(self, other: "Node") -> "Node":
        return Node(Multiply(), self, other)

    def __matmul__(self, other: "Node") -> "Node":
        return Node(MatMul(), self, other)


def topological_order(node: Node) -> list[Node]:
    """List the nodes that `node` depends on, each after all its inputs, `node` itself last.

    The search is depth first. It keeps its own stack, so that a deep graph does not overflow Python's.
    """
    order: list[Node] = []
    seen = {id(node)}
    stack = [(node, iter(node.inputs))]
    while stack:
        current, waiting = stack[-1]
        child = next((child for child in waiting if id(child) not in seen), None)
        if child is None:
            order.append(current)
            stack.pop()
        else:
            seen.add(id(child))
            stack.append((child, iter(child.inputs)))
    return order


def evaluate(node: Node) -> Array:
    """Fill in every value that `node` depends on, and return its own.

    Raises
    ------
    ValueError
        A leaf has no value, or two nodes share one Operation object (which keeps one set of inputs only).
    """
    order = topological_order(node)
    operations = [n.op for n in order if n.op is not None]
    if len({id(op) for op in operations}) < len(operations):
        raise ValueError("expected an Operation of its own for each node, got one twice: make a second object")
    for n in order:
        if n.op is not None:
            n.value = n.op.fprop(*(child.value for child in n.inputs))
        elif n.value is None:
            raise ValueError("expected a value on every leaf, got None: set leaf.value before evaluating")
    return node.value


def backprop(node: Node) -> None:
    """Set `grad` on every node that `node` depends on: the gradient of the sum of `node`'s elements.

    Raises
    ------
    ValueError
        The graph has not been evaluated.
    """
    order = topological_order(node)
    if any(n.value is None for n in order):
        raise ValueError("expected an evaluated graph, got nodes without a value: call evaluate(node) first")
    for n in order:
        n.grad = None
    node.grad = array_module(node.value).ones_like(node.value)
    for n in reversed(order):
        if n.op is not None:
            for child, grad in zip(n.inputs, n.op.bprop(n.grad), strict=True):
                child.grad = grad if child.grad is None else child.grad + grad  # (7.6) ∂L/∂x = Σᵤ ∂L/∂u ∂u/∂x


def _sum_to(grad: Array, shape: tuple[int, ...]) -> Array:
    """Undo broadcasting: by (7.6), the gradients of an element that was used many times add up."""
    grad = grad.sum(axis=tuple(range(grad.ndim - len(shape))))
    return grad.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True).reshape(shape)


class Add(Operation):
    """x + y, with broadcasting."""

    def fprop(self, x: Array, y: Array) -> Array:
        self.shapes = x.shape, y.shape
        return x + y

    def bprop(self, grad: Array) -> tuple[Array, ...]:
        return _sum_to(grad, self.shapes[0]), _sum_to(grad, self.shapes[1])  # (7.1) u = x + y: ∂u/∂x = ∂u/∂y = 1


class Multiply(Operation):
    """x · y, element by element, with broadcasting."""

    def fprop(self, x: Array, y: Array) -> Array:
        self.x, self.y = x, y
        return x * y

    def bprop(self, grad: Array) -> tuple[Array, ...]:
        dx, dy = grad * self.y, grad * self.x  # (7.2) u = xy: ∂u/∂x = y, ∂u/∂y = x
        return _sum_to(dx, self.x.shape), _sum_to(dy, self.y.shape)


class MatMul(Operation):
    """X @ Y for X (m, k) and Y (k, n)."""

    def fprop(self, X: Array, Y: Array) -> Array:
        self.X, self.Y = X, Y
        return X @ Y

    def bprop(self, grad: Array) -> tuple[Array, ...]:
        return grad @ self.Y.T, self.X.T @ grad  # (7.3) U = XY: ∂L/∂X = ∂L/∂U Yᵀ, ∂L/∂Y = Xᵀ ∂L/∂U


class Elementwise(Operation):
    """f(z) element by element, with its derivative f_grad, as in course.nn.activations."""

    def __init__(self, f: Callable[[Array], Array], f_grad: Callable[[Array], Array]) -> None:
        self.f, self.f_grad = f, f_grad

    def fprop(self, z: Array) -> Array:
        self.z = z
        return self.f(z)

    def bprop(self, grad: Array) -> tuple[Array, ...]:
        return (grad * self.f_grad(self.z),)  # (7.4) u = f(z): ∂L/∂z = ∂L/∂u f′(z)


class Sigmoid(Elementwise):
    """σ(z), element by element."""

    def __init__(self) -> None:
        super().__init__(sigmoid, sigmoid_grad)


class Mean(Operation):
    """The mean of all n elements, of shape ()."""

    def fprop(self, x: Array) -> Array:
        self.x = x
        return array_module(x).mean(x, keepdims=True).reshape(())  # an array on the device, not a number

    def bprop(self, grad: Array) -> tuple[Array, ...]:
        return (grad * array_module(grad).ones_like(self.x) / self.x.size,)  # (7.5) u = Σᵢxᵢ/n: ∂u/∂xᵢ = 1/n


class Loss(Operation):
    """One of course.nn.losses with a fixed target; its output has shape ()."""

    def __init__(self, loss: Any, target: Array) -> None:
        self.loss, self.target = loss, target

    def fprop(self, output: Array) -> Array:
        self.output = output
        return array_module(output).asarray(self.loss.value(output, self.target))

    def bprop(self, grad: Array) -> tuple[Array, ...]:
        return (grad * self.loss.grad(self.output, self.target),)
