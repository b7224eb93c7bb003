"""The training loop: what it yields, what it leaves behind, and what it says when it diverges."""

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.data import circles, minibatches, xor_gate
from course.nn.activation_layers import ReLU, Tanh
from course.nn.dropout import Dropout
from course.nn.layers import Linear
from course.nn.losses import MSE, SoftmaxCrossEntropy
from course.nn.network import Network
from course.nn.normalization import BatchNorm
from course.nn.optimizers import SGD, Adam
from course.nn.regularizers import L2, MaxNorm
from course.nn.training import (
    DivergedError,
    EarlyStopping,
    accuracy,
    clip_gradient_norm,
    fit,
    overfit_small,
    progress,
    train,
)

LOSS = SoftmaxCrossEntropy()


def small_net(seed=0, *, batchnorm=False, dtype=np.float64):
    rng = np.random.default_rng(seed)
    middle = [BatchNorm(8)] if batchnorm else []
    return Network([Linear(2, 8), *middle, Tanh(), Linear(8, 2)], rng=rng, dtype=dtype)


def two_circles(n=80, seed=0):
    return circles(n, 0.1, np.random.default_rng(seed))


def run(net, X, y, optimizer=None, *, epochs=3, seed=1, **options):
    rng = np.random.default_rng(seed)
    return train(net, X, y, LOSS, optimizer or Adam(0.01), epochs=epochs, rng=rng, **options)


# --- minibatches


@given(n=st.integers(1, 40), size=st.integers(1, 50), seed=st.integers(0, 2**32 - 1))
def test_minibatches_partition_the_data_and_keep_pairs(n, size, seed):
    X, y = np.arange(n)[:, None] * [1, 10], np.arange(n)
    batches = list(minibatches(X, y, size, np.random.default_rng(seed)))
    assert [len(X_b) for X_b, _ in batches[:-1]] == [size] * ((n - 1) // size)
    assert sorted(np.concatenate([y_b for _, y_b in batches])) == list(range(n))
    for X_b, y_b in batches:
        np.testing.assert_array_equal(X_b, y_b[:, None] * [1, 10])


def test_minibatches_are_shuffled_and_are_copies():
    X, y = np.arange(100.0)[:, None], np.arange(100)
    first = [y_b for _, y_b in minibatches(X, y, 10, np.random.default_rng(0))]
    again = [y_b for _, y_b in minibatches(X, y, 10, np.random.default_rng(0))]
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(np.concatenate(first), y)
    for X_b, _ in minibatches(X, y, 10, np.random.default_rng(0)):
        X_b[:] = -1
    assert X.min() == 0


def test_minibatches_refuse_what_makes_no_sense():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="got 3 and 2"):
        next(minibatches(np.zeros((3, 1)), np.zeros(2), 1, rng))
    with pytest.raises(ValueError, match="got 0 and 0"):
        next(minibatches(np.zeros((0, 1)), np.zeros(0), 1, rng))
    with pytest.raises(ValueError, match="size: expected at least 1"):
        next(minibatches(np.zeros((3, 1)), np.zeros(3), 0, rng))


# --- train


def test_epochs_say_what_happened():
    X, y = two_circles()
    X_valid, y_valid = two_circles(seed=1)
    net = small_net()
    epochs, start = [], time.perf_counter()
    for epoch in run(net, X, y, valid=(X_valid, y_valid), metrics={"accuracy": accuracy}, keep_best=False):
        epochs.append(epoch)
        output = net.forward(X_valid)
        assert epoch.valid_loss == pytest.approx(LOSS.value(output, y_valid))
        assert epoch.metrics == {"accuracy": accuracy(output, y_valid)}
    assert [epoch.number for epoch in epochs] == [1, 2, 3]
    assert sum(epoch.seconds for epoch in epochs) < time.perf_counter() - start
    assert all(epoch.seconds > 0 and epoch.gradient_norm > 0 and epoch.lr == 0.01 for epoch in epochs)
    assert str(epochs[0]).startswith("epoch   1  train loss 0.")
    assert "valid loss" in str(epochs[0])
    assert "accuracy" in str(epochs[0])


def test_train_loss_and_gradient_norm_are_those_of_the_batches():
    X, y = two_circles(30)
    net, twin = small_net(), small_net()
    (epoch,) = run(net, X, y, SGD(0.1), epochs=1, batch_size=20, regularizer=L2(0.01), metrics={"accuracy": accuracy})
    losses = []
    for X_b, y_b in minibatches(X, y, 20, np.random.default_rng(1)):
        output = twin.forward(X_b, train=True)
        penalty = 0.01 * (twin.theta[twin.is_weight] ** 2).sum()
        losses += [LOSS.value(output, y_b) + penalty] * len(X_b)
        grad = twin.backward(LOSS.grad(output, y_b)) + 0.02 * twin.theta * twin.is_weight
        twin.theta = twin.theta - 0.1 * grad
    assert epoch.train_loss == pytest.approx(np.mean(losses))
    assert epoch.gradient_norm == pytest.approx(np.linalg.norm(grad))
    np.testing.assert_allclose(net.theta, twin.theta)
    assert epoch.valid_loss is None
    assert epoch.metrics == {"accuracy": accuracy(net.forward(X), y)}, "without a validation set, on the training set"


def test_learning_rate_may_be_changed_in_the_loop():
    X, y = two_circles()
    optimizer, rates = SGD(1.0), []
    for epoch in run(small_net(), X, y, optimizer):
        rates.append(epoch.lr)
        optimizer.lr /= 2
    assert rates == [1.0, 0.5, 0.25]


def test_same_seeds_same_network_and_the_data_is_left_alone():
    X, y = two_circles()
    X_before = X.copy()
    thetas = []
    for _ in range(2):
        net = Network([Linear(2, 8), ReLU(), Dropout(0.5), Linear(8, 2)], rng=np.random.default_rng(0))
        fit(run(net, X, y))
        thetas.append(net.theta.copy())
    np.testing.assert_array_equal(*thetas)
    np.testing.assert_array_equal(X, X_before)


def test_clipping_and_constraint_are_applied():
    X, y = two_circles()
    net = small_net()
    before = net.theta.copy()
    (epoch,) = run(net, X, y, SGD(1.0), epochs=1, batch_size=80, clip=1e-3)
    assert epoch.gradient_norm > 1e-3, "the norm before clipping"
    assert np.linalg.norm(net.theta - before) == pytest.approx(1e-3)
    fit(run(net, X, y, epochs=1, constraint=MaxNorm(0.1)))
    for W in net.weight_arrays():
        assert np.linalg.norm(W, axis=0).max() <= 0.1 + 1e-12


# --- keeping the best


def diverging(net, X, y, **options):
    """A run whose validation loss rises: the validation labels are the wrong ones."""
    return run(net, X, y, Adam(0.05), epochs=8, valid=(X, 1 - y), **options)


def test_the_best_parameters_and_running_statistics_come_back():
    X, y = two_circles()
    net = small_net(batchnorm=True)
    seen = {}
    for epoch in diverging(net, X, y):
        seen[epoch.valid_loss] = (epoch.number, net.theta.copy(), net.state.copy())
    number, theta, state = seen[min(seen)]
    assert number < 8
    np.testing.assert_array_equal(net.theta, theta)
    np.testing.assert_array_equal(net.state, state)
    assert state.any()
    assert LOSS.value(net.forward(X), 1 - y) == min(seen)


def test_without_keep_best_or_validation_set_the_last_parameters_stay():
    X, y = two_circles()
    for options in ({"valid": (X, 1 - y), "keep_best": False}, {}):
        net = small_net()
        for _ in run(net, X, y, **options):
            last = net.theta.copy()
        np.testing.assert_array_equal(net.theta, last)


def best_theta(X, y):
    net = small_net()
    fit(diverging(net, X, y))
    return net.theta.copy()


def test_break_brings_the_best_back():
    X, y = two_circles()
    net = small_net()
    for epoch in diverging(net, X, y):
        if epoch.number == 6:
            assert not np.array_equal(net.theta, best_theta(X, y))
            break
    np.testing.assert_array_equal(net.theta, best_theta(X, y))


def test_keyboard_interrupt_in_the_loop_body_brings_the_best_back():
    X, y = two_circles()
    net = small_net()

    def cell():
        for epoch in diverging(net, X, y):
            if epoch.number == 6:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cell()
    np.testing.assert_array_equal(net.theta, best_theta(X, y))


class InterruptedAdam(Adam):
    """Adam that is interrupted from the keyboard in its sixth step."""

    def step(self, theta, grad):
        super().step(theta, grad)
        if self.steps == 6:
            raise KeyboardInterrupt


def test_keyboard_interrupt_within_an_epoch_brings_the_best_back():
    X, y = two_circles()
    net = small_net()
    loop = run(net, X, y, InterruptedAdam(0.05), epochs=8, valid=(X, 1 - y))
    with pytest.raises(KeyboardInterrupt):
        fit(loop)
    np.testing.assert_array_equal(net.theta, best_theta(X, y))


# --- divergence


def test_divergence_names_epoch_rate_and_cause_and_keeps_the_best():
    X, y = np.random.default_rng(0).normal(size=(200, 2)), np.random.default_rng(1).normal(size=(200, 1))
    net = Network([Linear(2, 8), Linear(8, 1)], rng=np.random.default_rng(0))
    optimizer, losses = SGD(0.05), []
    loop = train(net, X, y, MSE(), optimizer, epochs=500, rng=np.random.default_rng(2), valid=(X, y))

    def cell():
        for epoch in loop:
            losses.append(epoch.valid_loss)
            optimizer.lr = 50.0 if epoch.number >= 3 else 0.05

    with pytest.raises(DivergedError, match=r"in epoch \d+ with learning rate 50\..*too large: try 5,"):
        cell()
    assert len(losses) >= 3
    assert MSE().value(net.forward(X), y) == pytest.approx(min(losses))


@pytest.mark.parametrize(
    ("X", "cause"),
    [
        (np.array([[1250.0], [1700.0], [1400.0]]), "not normalised .*1.7e\\+03"),
        (np.array([[0.1], [np.nan], [0.3]]), "NaN or infinite"),
    ],
)
def test_divergence_blames_the_inputs_where_they_are_to_blame(X, cause):
    net = Network([Linear(1, 1)], rng=np.random.default_rng(0))
    y = np.array([[1.0], [2.0], [3.0]])
    with pytest.raises(DivergedError, match=cause):
        fit(train(net, X, y, MSE(), SGD(0.1), epochs=100, rng=np.random.default_rng(0)))


def test_bad_arguments_are_refused():
    X, y = two_circles()
    with pytest.raises(ValueError, match="epochs: expected at least 1"):
        next(run(small_net(), X, y, epochs=0))
    with pytest.raises(ValueError, match="size: expected"):
        next(run(small_net(), X, y, batch_size=0))
    with pytest.raises(ValueError, match="max_norm: expected a positive"):
        next(run(small_net(), X, y, clip=0.0))
    with pytest.raises(ValueError, match="got 80 and 79"):
        next(run(small_net(), X, y[:-1]))


# --- clipping, accuracy


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=5), st.floats(0.01, 100))
def test_clipping_keeps_the_direction_and_shortens(values, max_norm):
    grad = np.array(values)
    before = grad.copy()
    norm = clip_gradient_norm(grad, max_norm)
    assert norm == pytest.approx(np.linalg.norm(before))
    assert np.linalg.norm(grad) <= max_norm * (1 + 1e-12)
    if norm <= max_norm:
        np.testing.assert_array_equal(grad, before)
    else:
        np.testing.assert_allclose(grad * norm, before * max_norm, atol=1e-9)


def test_accuracy():
    Z = np.array([[2.0, 1.0, 0.0], [0.0, 1.0, 2.0], [0.0, 3.0, 2.0], [1.0, 0.0, 0.0]])
    assert accuracy(Z, np.array([0, 2, 0, 0])) == 0.75
    with pytest.raises(ValueError, match="K ≥ 2"):
        accuracy(Z[:, :1], np.array([0, 1, 0, 0]))
    with pytest.raises(ValueError, match="labels"):
        accuracy(Z, np.array([[0], [2], [0], [0]]))


# --- early stopping, fit, progress, overfitting on purpose


@pytest.mark.parametrize(
    ("losses", "patience", "stopped_after", "best_epoch"),
    [
        ([3, 2, 1, 2, 2, 2, 0], 2, 5, 3),
        ([3, 2, 2, 1, 1.5, 1.2], 2, 6, 4),
        ([1, 1, 1], 1, 2, 1),
        ([1, 2, 0.5, 3, 4, 5], 3, 6, 3),
        ([math.nan, math.nan], 2, 2, 0),
    ],
)
def test_early_stopping_looks_ahead(losses, patience, stopped_after, best_epoch):
    stopping = EarlyStopping(patience)
    answers = [stopping.update(loss) for loss in losses]
    assert answers.index(True) + 1 == stopped_after
    stopping = EarlyStopping(patience)
    for loss in losses[:stopped_after]:
        stopping.update(loss)
    assert stopping.best_epoch == best_epoch


def test_early_stopping_refuses_no_patience():
    with pytest.raises(ValueError, match="patience: expected"):
        EarlyStopping(0)


def test_fit_stops_early_and_returns_the_best_parameters():
    X, y = two_circles()
    net = small_net()
    history = fit(diverging(net, X, y), patience=2)
    losses = [epoch.valid_loss for epoch in history]
    assert len(history) == int(np.argmin(losses)) + 1 + 2 < 8
    assert LOSS.value(net.forward(X), 1 - y) == min(losses)


def test_fit_needs_a_validation_set_to_stop_early():
    X, y = two_circles()
    with pytest.raises(ValueError, match="give train valid"):
        fit(run(small_net(), X, y), patience=2)


def test_progress_passes_epochs_on_and_draws_a_bar(capsys):
    X, y = two_circles()
    net = small_net()
    numbers = []
    for epoch in progress(diverging(net, X, y), 8):
        numbers.append(epoch.number)
        if epoch.number == 6:
            break
    assert numbers == [1, 2, 3, 4, 5, 6]
    assert "6/8" in capsys.readouterr().err
    np.testing.assert_array_equal(net.theta, best_theta(X, y))


def test_a_sound_network_overfits_a_few_examples_and_stays_as_it_was():
    X, y = two_circles()
    net = small_net()
    before = net.theta.copy()
    losses = overfit_small(net, X, y, LOSS, Adam(0.05), n=20, steps=200)
    assert len(losses) == 200
    assert losses[0] == pytest.approx(LOSS.value(net.forward(X[:20]), y[:20]))
    assert losses[-1] < 0.01
    np.testing.assert_array_equal(net.theta, before)


def test_a_linear_network_cannot_overfit_xor():
    net = Network([Linear(2, 2)], rng=np.random.default_rng(0))
    assert overfit_small(net, *xor_gate(), LOSS, Adam(0.05), steps=300)[-1] > 0.6
