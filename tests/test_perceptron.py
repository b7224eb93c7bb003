"""Rosenblatt's perceptron and the logistic neuron."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.data import and_gate, blobs, or_gate, xor_gate
from course.nn import perceptron
from course.nn.activations import sigmoid

W, B = np.array([1.0, -1.0]), -0.5


def test_the_table_by_hand():
    X, _ = or_gate()
    h = perceptron.weighted_sum(X, W, B)
    assert h.tolist() == [-0.5, -1.5, 0.5, -0.5]
    np.testing.assert_allclose(sigmoid(h), [0.38, 0.18, 0.62, 0.38], atol=0.005)
    assert perceptron.predict_label(sigmoid(h)).tolist() == [0, 0, 1, 0]
    assert perceptron.weighted_sum(X[2], W, B) == 0.5


def test_ties_fire():
    assert perceptron.step(np.array([-1e-12, 0.0, -0.0, 1e-12])).tolist() == [0, 1, 1, 1]
    assert perceptron.predict_label(0.5) == 1
    assert perceptron.predict_label([0.5, 0.499]).tolist() == [1, 0]


def test_update_corrects_mistakes_only():
    x = np.array([2.0, 3.0])
    w, b = perceptron.perceptron_update(x, 1, np.array([-1.0, 0.0]), 0.0, lr=0.5)
    assert (w.tolist(), b) == ([0.0, 1.5], 0.5)
    w, b = perceptron.perceptron_update(x, 0, np.array([1.0, 0.0]), 0.0, lr=0.5)
    assert (w.tolist(), b) == ([0.0, -1.5], -0.5)
    w, b = perceptron.perceptron_update(x, 1, np.array([-1.0, 0.0]), 0.0)
    assert (w.tolist(), b) == ([1.0, 3.0], 1.0), "the learning rate is 1 where none is given"
    w, b = perceptron.perceptron_update(x, 1, np.array([1.0, 0.0]), 0.0)
    assert (w.tolist(), b) == ([1.0, 0.0], 0.0)


@pytest.mark.parametrize("gate", [or_gate, and_gate])
def test_perceptron_learns_what_a_line_separates(gate):
    X, y = gate()
    start = W.copy()
    w, b, mistakes = perceptron.train_perceptron(X, y, start, B)
    assert w.tolist() == perceptron.train_perceptron(X, y, start, B, lr=1.0)[0].tolist()
    assert mistakes[-1] == 0
    assert mistakes[0] > 0
    assert perceptron.step(perceptron.weighted_sum(X, w, b)).tolist() == y.tolist()
    assert start.tolist() == W.tolist(), "the argument must not change"


def test_perceptron_never_learns_xor():
    *_, mistakes = perceptron.train_perceptron(*xor_gate(), np.zeros(2), 0.0, epochs=50)
    assert len(mistakes) == 50
    assert min(mistakes) > 0
    assert len(perceptron.train_perceptron(*xor_gate(), np.zeros(2), 0.0)[2]) == 100


@given(st.integers(0, 2**32 - 1))
def test_mistakes_stay_below_novikoffs_bound(seed):
    """(R/γ)² mistakes at most, where |x| ≤ R (extended by 1) and a unit vector separates with margin γ."""
    X, y = blobs(20, [[-2.0, 0.0], [2.0, 0.0]], 0.3, np.random.default_rng(seed))
    extended = np.column_stack([X, np.ones(len(X))])
    margin = np.min((2 * y - 1) * X[:, 0])
    radius = np.linalg.norm(extended, axis=1).max()
    *_, mistakes = perceptron.train_perceptron(X, y, np.zeros(2), 0.0, epochs=1000)
    assert margin > 0
    assert sum(mistakes) <= (radius / margin) ** 2


def test_neuron_gradient_agrees_with_differences():
    rng = np.random.default_rng(0)
    X, y, w, b = rng.normal(size=(5, 3)), rng.integers(0, 2, 5), rng.normal(size=3), 0.3

    def loss(v):
        return np.mean((y - sigmoid(perceptron.weighted_sum(X, v[:3], v[3]))) ** 2)

    v, eps = np.append(w, b), 1e-6
    numeric = [(loss(v + eps * e) - loss(v - eps * e)) / (2 * eps) for e in np.eye(4)]
    dw, db = perceptron.neuron_gradient(X, y, w, b)
    np.testing.assert_allclose(np.append(dw, db), numeric, rtol=1e-7)


def test_neuron_learns_or():
    X, y = or_gate()
    w, b, losses = perceptron.train_neuron(X, y, W, B, lr=5.0, steps=200)
    assert len(losses) == 200
    assert losses[0] == pytest.approx(np.mean((y - sigmoid(np.array([-0.5, -1.5, 0.5, -0.5]))) ** 2))
    assert losses[-1] < 0.01
    assert np.all(np.diff(losses) < 0)
    assert perceptron.predict_label(sigmoid(perceptron.weighted_sum(X, w, b))).tolist() == y.tolist()


@pytest.mark.parametrize("train", [perceptron.train_perceptron, perceptron.train_neuron])
def test_bad_shapes_and_labels_are_refused(train):
    X, y = or_gate()
    with pytest.raises(ValueError, match="labels 0 and 1, got"):
        train(X, 2 * y - 1, W, B, 1.0, 1)
    with pytest.raises(ValueError, match=r"got \(4, 2\), \(4,\), \(3,\)"):
        train(X, y, np.zeros(3), B, 1.0, 1)
    with pytest.raises(ValueError, match="Put examples in rows"):
        train(X, y[:3], W, B, 1.0, 1)
