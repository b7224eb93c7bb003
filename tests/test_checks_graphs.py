"""The probes for flow graphs, driven by the library's own answers and by wrong ones."""

import numpy as np
import pytest

from course.inside.graphs import build, call_on_learner, order_nodes, ordered, run_operation, send_back
from course.nn.flowgraph import Add, Multiply, backprop, topological_order

TEXT = "a; b; c = 2*a + -1*b; z = 3*c + 1*a"
CASE = {"graph": TEXT, "chain": 0, "shape": (2,), "left_over": False}


def test_a_graph_is_read_as_it_is_written():
    nodes = build(TEXT, chain=2)
    assert [repr(node) for node in nodes.values()] == [
        "node a", "node b", "node c", "node z", "node link 1", "node link 2",
    ]  # fmt: skip
    assert nodes["a"].op is None
    assert nodes["c"].inputs == (nodes["a"], nodes["b"])
    assert nodes["c"].value == pytest.approx(2 * 0.6 - 0.9)
    assert nodes["link 2"].inputs == (nodes["link 1"],)


def test_the_librarys_operations_orders_and_gradients_go_through():
    out, dx, dy = run_operation(Multiply, {"x": np.array(3.0), "y": np.array(2.0), "grad": np.array(10.0)})
    assert (out, dx, dy) == (6, 20, 30)
    graph = {"graph": TEXT, "chain": 2000}
    assert list(ordered(order_nodes(topological_order, graph), graph).values()) == [2004, 0, 0, 1]
    grads = send_back(backprop, CASE)
    assert {name: list(grad) for name, grad in grads.items()} == {"a": [7, 7], "b": [-3, -3], "c": [3, 3], "z": [1, 1]}
    assert send_back(backprop, CASE | {"left_over": True})["a"][0] == 7


def test_the_order_is_measured():
    graph = {"graph": TEXT, "chain": 0}
    assert list(ordered(np.array([3, 2, 1, 0, 0]), graph).values()) == [4, 1, 2, 0]
    assert list(ordered(np.array([2, 3]), graph).values()) == [2, 0, 0, 1]


@pytest.mark.parametrize(
    "forged", [np.array([7]), np.array([-1]), np.array([0.5]), np.eye(2, dtype=int), None, "ab", [[0], [1, 2]]]
)
def test_what_is_no_order_is_refused(forged):
    with pytest.raises(ValueError, match=r"expected numbers of nodes|inhomogeneous"):
        ordered(forged, {"graph": TEXT, "chain": 0})


def test_what_is_kept_outside_the_object_is_noticed():
    class Shared(Add):
        def fprop(self, x, y):
            type(self).kept = x
            return x + y

        def bprop(self, grad):
            return self.kept, grad

    assert run_operation(Shared, {"x": np.array(3.0), "y": np.array(2.0), "grad": np.array(1.0)})[1] == 4


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda node: 3, "expected a list of the graph's nodes, got 3"),
        (lambda node: [node.value], "expected a list of the graph's nodes"),
        (lambda node: endless(node), "does this ever end?"),
        (lambda node: recursive(node), "too deep for a function that calls itself"),
    ],
)
def test_orders_that_are_none_are_refused(answer, says):
    with pytest.raises((TypeError, RuntimeError), match=says):
        order_nodes(answer, {"graph": TEXT, "chain": 5000})


def recursive(node):
    return [*(n for child in node.inputs for n in recursive(child)), node]


def endless(node):
    while node.inputs:
        pass


def going_back_twice(node):
    node.op.bprop(1.0)
    node.op.bprop(1.0)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda node: None, "the grad of node a is still None"),
        (lambda node: node.op.bprop(node.grad), "bprop of z was given None"),
        (going_back_twice, "bprop of z was called twice"),
    ],
)
def test_gradients_that_are_missing_are_named(answer, says):
    with pytest.raises((TypeError, RuntimeError), match=says):
        send_back(answer, CASE)


def test_the_learner_learns_what_it_has_room_for():
    X, y = np.arange(10.0).reshape(5, 2), np.arange(5)
    asked = {"capacity": 3, "hard": np.array([1]), "X": X, "y": y, "n": 3}
    predicted = call_on_learner(lambda fit, X, y, n: fit(X[:n], y[:n])(X), asked)
    assert list(predicted) == [0, -1, 2, -1, -1]
    assert list(call_on_learner(lambda fit, X, y, n: fit(X, y)(X), asked)) == [-1] * 5
    with pytest.raises(ValueError, match="fit was given 3 examples and 5 labels"):
        call_on_learner(lambda fit, X, y, n: fit(X[:n], y), asked)
