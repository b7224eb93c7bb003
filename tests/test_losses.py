"""Losses: known values, gradients against central differences, and messages for the usual mistakes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.nn.activations import sigmoid, softmax
from course.nn.gradcheck import numeric_gradient, relative_error
from course.nn.losses import MSE, BinaryCrossEntropy, SigmoidCrossEntropy, SoftmaxCrossEntropy, SumSquaredError

rng = np.random.default_rng(0)
LOGITS = rng.normal(size=(5, 3))
PROBABILITIES = rng.uniform(0.1, 0.9, (5, 3))
CASES = [
    (MSE(), LOGITS, rng.normal(size=(5, 3))),
    (SumSquaredError(), LOGITS, rng.normal(size=(5, 3))),
    (BinaryCrossEntropy(), PROBABILITIES, rng.integers(0, 2, (5, 3))),
    (SigmoidCrossEntropy(), LOGITS, rng.integers(0, 2, (5, 3))),
    (SoftmaxCrossEntropy(), LOGITS, rng.integers(0, 3, 5)),
    (SoftmaxCrossEntropy(), LOGITS, softmax(rng.normal(size=(5, 3)))),
]
IDS = ["MSE", "SumSquaredError", "BinaryCrossEntropy", "SigmoidCrossEntropy", "labels", "distributions"]
cases = pytest.mark.parametrize(("loss", "output", "target"), CASES, ids=IDS)


@cases
def test_gradient_agrees_with_central_differences(loss, output, target):
    numeric = numeric_gradient(lambda o: loss.value(o, target), output, eps=1e-5)
    assert relative_error(loss.grad(output, target), numeric) < 1e-6


def test_nan_probabilities_go_through_for_the_training_loop_to_report():
    output, target = np.array([[0.5], [np.nan]]), np.array([[1], [0]])
    assert np.isnan(BinaryCrossEntropy().value(output, target))
    assert np.isnan(BinaryCrossEntropy().grad(output, target)[1, 0])


@cases
def test_a_batch_is_the_mean_of_its_examples(loss, output, target):
    singles = [loss.value(output[i : i + 1], target[i : i + 1]) for i in range(len(output))]
    combine = sum if isinstance(loss, SumSquaredError) else np.mean
    assert loss.value(output, target) == pytest.approx(combine(singles), rel=1e-12)


@cases
def test_float32_stays_float32(loss, output, target):
    output = output.astype(np.float32)
    assert loss.grad(output, target).dtype == np.float32
    assert loss.value(output, target).dtype == np.float32


@pytest.mark.parametrize(("y", "p", "value"), [(0, 0.1, 0.105), (0, 0.9, 2.303), (1, 0.1, 2.303), (1, 0.9, 0.105)])
def test_binary_cross_entropy_table(y, p, value):
    loss = BinaryCrossEntropy()
    assert loss.value(np.array([[p]]), np.array([[y]])) == pytest.approx(value, abs=5e-4)
    z = np.log(p / (1 - p))
    assert SigmoidCrossEntropy().value(np.array([[z]]), np.array([[y]])) == pytest.approx(value, abs=5e-4)


def test_known_values():
    o, t = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.0, 0.0], [0.0, 2.0]])
    assert SumSquaredError().value(o, t) == 1 + 4 + 9 + 4
    assert MSE().value(o, t) == 18 / 4
    assert SoftmaxCrossEntropy().value(np.zeros((2, 4)), np.array([0, 3])) == pytest.approx(np.log(4))


def test_labels_and_one_hot_rows_agree():
    labels = np.array([0, 2, 1, 1, 0])
    loss, one_hot = SoftmaxCrossEntropy(), np.eye(3, dtype=int)[labels]
    assert loss.value(LOGITS, labels) == pytest.approx(loss.value(LOGITS, one_hot))
    np.testing.assert_allclose(loss.grad(LOGITS, labels), loss.grad(LOGITS, one_hot))


def test_lists_are_accepted_as_targets():
    assert SoftmaxCrossEntropy().value(LOGITS, [0, 2, 1, 1, 0]) > 0
    assert MSE().value(LOGITS[:2], [[1, 2, 3], [4, 5, 6]]) > 0


def test_binary_losses_agree_through_the_sigmoid():
    target = np.array([[1, 0, 1]] * 5)
    expected = BinaryCrossEntropy().value(sigmoid(LOGITS), target)
    assert SigmoidCrossEntropy().value(LOGITS, target) == pytest.approx(expected)


def test_saturated_outputs_stay_finite():
    far = np.array([[-1e4, 1e4]])
    assert SigmoidCrossEntropy().value(far, np.array([[1, 0]])) == 1e4
    assert SoftmaxCrossEntropy().value(far, np.array([0])) == 2e4
    certain = np.array([[0.0, 1.0]], dtype=np.float32)
    assert np.isfinite(BinaryCrossEntropy().value(certain, np.array([[1, 0]])))
    assert np.isfinite(BinaryCrossEntropy().grad(certain, np.array([[1, 0]]))).all()


def test_cross_entropy_does_not_vanish_where_the_squared_error_does():
    # lab 04: x = −1, w = 5, b = 0, target 1
    z = np.array([[-5.0]])
    assert SigmoidCrossEntropy().grad(z, np.array([[1]]))[0, 0] == pytest.approx(-0.9933, abs=1e-4)


@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_a_column_and_a_vector_of_targets_are_the_same(n, seed):
    local = np.random.default_rng(seed)
    output, target = local.normal(size=(n, 1)), local.integers(0, 2, n)
    for loss in (MSE(), SumSquaredError(), SigmoidCrossEntropy()):
        assert loss.value(output, target) == loss.value(output, target[:, None])
        np.testing.assert_array_equal(loss.grad(output, target), loss.grad(output, target[:, None]))


@pytest.mark.parametrize("loss", [MSE(), SumSquaredError(), SigmoidCrossEntropy()])
def test_targets_that_would_broadcast_raise(loss):
    for method in (loss.value, loss.grad):
        with pytest.raises(ValueError, match=r"expected target of the output's shape \(4, 2\), got \(2,\)"):
            method(np.zeros((4, 2)), np.zeros(2))
        with pytest.raises(ValueError, match="at least one example"):
            method(np.zeros((0, 2)), np.zeros((0, 2)))


def test_logits_given_to_binary_cross_entropy_raise():
    with pytest.raises(ValueError, match="give its logits to SigmoidCrossEntropy"):
        BinaryCrossEntropy().value(np.array([[1.5]]), np.array([[1]]))
    with pytest.raises(ValueError, match="expected probabilities"):
        BinaryCrossEntropy().grad(np.array([[-0.1]]), np.array([[1]]))
    with pytest.raises(ValueError, match="at least one example"):
        BinaryCrossEntropy().value(np.zeros((0, 1)), np.zeros((0, 1)))


def test_softmax_cross_entropy_names_bad_labels():
    loss = SoftmaxCrossEntropy()
    for method in (loss.value, loss.grad):
        with pytest.raises(ValueError, match="expected labels from 0 to 2, got 0 to 3"):
            method(LOGITS, np.array([0, 1, 2, 3, 0]))
        with pytest.raises(ValueError, match="expected labels from 0 to 2, got -1 to 2"):
            method(LOGITS, np.array([0, 1, 2, -1, 0]))
        with pytest.raises(TypeError, match="expected whole numbers as labels, got float64"):
            method(LOGITS, np.zeros(5))
        with pytest.raises(ValueError, match=r"got \(5, 3\) and \(4,\)"):
            method(LOGITS, np.zeros(4, int))
        with pytest.raises(ValueError, match="expected logits"):
            method(LOGITS[:0], np.zeros(0, int))
        with pytest.raises(ValueError, match="expected logits"):
            method(LOGITS[:, 0], np.zeros(5, int))
