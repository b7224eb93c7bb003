"""Lab 13's widgets and pictures: training monitor, digit pad, digit sheet and confusion matrix."""

import re
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from course.data import load_digits
from course.nn.activation_layers import ReLU
from course.nn.dropout import Dropout
from course.nn.layers import Linear
from course.nn.losses import SoftmaxCrossEntropy
from course.nn.network import Network
from course.nn.optimizers import Adam
from course.nn.training import accuracy, train
from course.show.digits import plot_confusion, plot_digits, plot_weights
from course.show.tables import number
from course.widgets import digit_pad
from course.widgets.digit_pad import DigitPad
from course.widgets.training_monitor import Progress, TrainingMonitor, draw
from tests.patience import patience


def network(n_in=64):
    return Network([Linear(n_in, 32), ReLU(), Dropout(0.3), Linear(32, 10)], rng=np.random.default_rng(0))


def run(net, epochs, lr=0.01):
    X, y, *_ = load_digits().rows()
    valid = X[300:400], y[300:400]
    return train(net, X[:300], y[:300], SoftmaxCrossEntropy(), Adam(lr), epochs=epochs, valid=valid,
                 rng=np.random.default_rng(1), batch_size=50)  # fmt: skip


def test_the_monitor_trains_as_the_loop_does():
    watched, plain = network(), network()
    monitor = TrainingMonitor(run(watched, 4), 4)
    monitor.wait()
    losses = [epoch.train_loss for epoch in run(plain, 4)]
    np.testing.assert_array_equal(watched.theta, plain.theta)
    assert monitor.trainer.progress.training == losses
    assert monitor.bar.value == 4
    assert monitor.stop_button.disabled
    assert "All 4 epochs done" in monitor.text


def test_stop_ends_it_and_keeps_the_best():
    net, go_on = network(), threading.Event()

    def slowly() -> Iterator:
        for epoch in run(net, 50, lr=0.05):
            yield epoch
            go_on.wait(patience(10))

    monitor = TrainingMonitor(slowly(), 50)
    monitor.stop_button.click()
    go_on.set()
    monitor.wait()
    progress = monitor.trainer.progress
    assert progress.stopped
    assert len(progress.training) < 50
    assert "Stopped after epoch" in monitor.text
    assert f"epoch {progress.best}, the best" in monitor.text


def test_a_run_of_fewer_epochs_than_announced_is_over_when_it_is_over():
    monitor = TrainingMonitor(run(network(), 3), 20)
    monitor.trainer.wait()
    assert "All 3 epochs done" in monitor.text
    assert monitor.stop_button.disabled


def watched_run(epochs):
    X, y, *_ = load_digits().rows()
    valid, rng = (X[300:400], y[300:400]), np.random.default_rng(1)
    return train(network(), X[:300], y[:300], SoftmaxCrossEntropy(), Adam(0.01), epochs=epochs, batch_size=50,
                 valid=valid, rng=rng, metrics={"accuracy": accuracy})  # fmt: skip


def test_the_monitor_marks_the_best_epoch_and_shows_accuracy_and_target():
    monitor = TrainingMonitor(watched_run(6), 6, target=0.95)
    monitor.wait()
    progress = monitor.trainer.progress
    assert len(progress.accuracies) == 6
    assert f"validation accuracy {100 * progress.accuracies[-1]:.1f}" in monitor.text
    assert f">best: epoch {progress.best}<" in monitor.figure.value
    assert "target 95" in monitor.figure.value
    (best,) = (row for row in monitor.text.splitlines() if row.startswith("▶"))
    assert best.split()[1] == str(progress.best)
    assert best.split()[-1] == number(progress.accuracies[progress.best - 1])


def test_the_axes_follow_the_data():
    progress = Progress(10, training=[2.0, 0.5, 0.004], validation=[1.9, 0.6, 0.5])
    words = re.findall(r">([^<]+)</text>", draw(progress, "alt"))
    assert {"0.01", "0.1", "1"} <= set(words)
    assert "100" not in words
    progress = Progress(3, training=[0.31, 0.30], validation=[0.33, 0.32])
    words = re.findall(r">([^<]+)</text>", draw(progress, "alt"))
    assert "0.3" in words
    assert "validation accuracy" not in words


def test_an_error_in_the_training_is_shown():
    def broken() -> Iterator:
        yield from ()
        raise FloatingPointError("the loss is nan")

    monitor = TrainingMonitor(broken(), 3)
    monitor.wait()
    assert "The training ended with an error: FloatingPointError: the loss is nan" in monitor.status.value


def test_the_notebook_stores_no_number_that_comes_later():
    monitor = TrainingMonitor(run(network(), 2), 2)
    assert monitor._repr_mimebundle_()["text/plain"] == "Training monitor, 2 epochs"
    monitor.wait()


def drawing():
    """A vertical stroke in the upper left."""
    ink = np.zeros((28, 28))
    ink[3:13, 4:6] = 1.0
    return ink


def test_a_drawing_is_scaled_and_centred_as_mnist_is():
    image = digit_pad.like_mnist(drawing())
    rows, columns = np.nonzero(image > 0.1)
    assert image.shape == (28, 28)
    assert 19 <= np.ptp(rows) + 1 <= 21
    weights = image / image.sum()
    assert (weights.sum(axis=1) @ np.arange(28)) == pytest.approx(13.5, abs=0.1)
    assert (weights.sum(axis=0) @ np.arange(28)) == pytest.approx(13.5, abs=0.1)
    assert np.ptp(columns) < 6


def test_where_it_was_drawn_does_not_matter():
    moved = np.roll(drawing(), (9, 15), axis=(0, 1))
    np.testing.assert_allclose(digit_pad.like_mnist(drawing()), digit_pad.like_mnist(moved))
    np.testing.assert_allclose(digit_pad.like_small_digits(drawing()), digit_pad.like_small_digits(moved))


def test_a_drawing_becomes_eight_by_eight():
    image = digit_pad.like_small_digits(drawing())
    assert image.shape == (8, 8)
    assert image.max() <= 1
    assert image[:, 3:5].sum() > 0.9 * image.sum()
    assert not digit_pad.like_small_digits(np.zeros((28, 28))).any()
    assert not digit_pad.like_mnist(np.zeros((28, 28))).any()


@pytest.mark.parametrize("n_in", [64, 784])
def test_the_pad_in_the_window(n_in):
    pad = DigitPad(network(n_in))
    assert pad.reading["sentence"] == "Nothing drawn yet."
    pad.pixels = np.rint(255 * drawing()).astype(np.uint8).tobytes()
    assert pad.reading["sentence"].startswith("It reads a ")
    assert len(pad.reading["rows"]) == 10
    assert sum(mean for _, mean, _ in pad.reading["rows"]) == pytest.approx(1, abs=1e-5)
    assert "digit" in pad.text
    pad.pixels = bytes(784)
    assert pad.reading["rows"] == []


def test_the_pad_reads_what_a_page_sends():
    pad = DigitPad(network())
    pad.set_state({"pixels": memoryview(np.rint(255 * drawing()).astype(np.uint8).tobytes())})
    assert "It reads a" in pad.text


def test_the_pad_asks_the_students_function():
    calls = []

    def spread(predict, X, T):
        calls.append(T)
        return predict(X), np.zeros((1, 10))

    pad = DigitPad(network(), spread)
    pad.pixels = np.rint(255 * drawing()).astype(np.uint8).tobytes()
    assert calls == [50]


def test_a_pad_of_another_size_is_refused():
    with pytest.raises(ValueError, match=r"expected a drawing of shape \(28, 28\)"):
        digit_pad.read(network(), np.zeros((8, 8)))


def test_the_sheet_counts_what_it_shows():
    digits = load_digits()
    picture = plot_digits(digits.train_images[:12], digits.train_labels[:12], "Twelve")
    assert repr(picture).splitlines()[0] == "Twelve"
    with pytest.raises(ValueError, match="expected images"):
        plot_digits(digits.train_images[:3], digits.train_labels[:2])


def test_the_matrix_has_its_twin():
    picture = plot_confusion(np.array([[3, 1], [0, 4]]))
    assert repr(picture).splitlines()[-1].split() == ["1", "0", "4"]
    with pytest.raises(ValueError, match="expected a square matrix"):
        plot_confusion(np.zeros((2, 3)))


def test_a_network_without_dropout_has_an_opinion_and_no_spread() -> None:
    net = Network([Linear(64, 5), ReLU(), Linear(5, 10)], rng=np.random.default_rng(0))
    drawing = np.zeros((28, 28))
    drawing[5:20, 12:16] = 1
    opinion = digit_pad.read(net, drawing).opinion
    assert opinion is not None
    np.testing.assert_array_equal(opinion.mean, opinion.plain)
    assert not opinion.std.any()


def test_weights_are_shown_unit_by_unit_and_said_in_a_table() -> None:
    units = np.zeros((12, 4, 3))
    units[0, 1, 2], units[0, 3, 0] = 0.5, -0.25
    picture = plot_weights(units)
    assert picture.table.rows[0] == ("0", "0.50 at (1, 2)", "-0.25 at (3, 0)")
    assert len(picture.table.rows) == 10
    assert "10 units side by side" in picture.image()
    with pytest.raises(ValueError, match="expected weights"):
        plot_weights(np.zeros((3, 4)))
