"""Lab 12's widgets: the mask animation and the rotated digit."""

import numpy as np
import pytest

from course.nn.activation_layers import ReLU
from course.nn.dropout import Dropout
from course.nn.layers import Linear
from course.nn.network import Network
from course.widgets import mask_animation, rotated_digit
from course.widgets.mask_animation import MaskAnimation
from course.widgets.rotated_digit import RotatedDigit

rng = np.random.default_rng(0)
IMAGES, LABELS = rng.integers(0, 17, (12, 4, 4)), np.arange(12) % 3


def small_net():
    return Network([Linear(16, 8), ReLU(), Dropout(0.5), Linear(8, 3)], rng=np.random.default_rng(1), dtype=np.float64)


def test_masks_repeat_for_the_same_update_and_differ_between_updates():
    first, again, second = (mask_animation.update(k, 0.5) for k in (3, 3, 4))
    np.testing.assert_array_equal(first.hidden, again.hidden)
    assert first.network == again.network != second.network


def test_inputs_and_outputs_are_always_there_and_at_test_time_everybody_is():
    for k in range(1, 20):
        now = mask_animation.update(k, 0.9)
        assert now.present[0].all()
        assert now.present[-1].all()
    assert mask_animation.update(1, 0.9, training=False).network == 2**9 - 1


def test_the_share_of_absent_units_is_p_drop():
    times, different = mask_animation.attendance(2000, 0.3)
    np.testing.assert_allclose(times / 2000, 0.7, atol=0.05)
    assert 300 < different <= 512


@pytest.mark.parametrize("bad", [-0.1, 1.0])
def test_p_drop_must_be_a_probability_below_one(bad):
    with pytest.raises(ValueError, match="expected 0 <= p_drop < 1"):
        mask_animation.update(1, bad)


def test_the_animation_walks_and_its_table_counts():
    animation = MaskAnimation()
    animation.update.value = 7
    assert animation.play.value == 7
    times, _ = mask_animation.attendance(7, 0.5)
    assert f"{times[0]} of 7" in animation.text
    assert animation.figure.value.count("4 3") == int((~animation.now.hidden).sum())  # dashed rings
    animation.phase.value = "test"
    assert "Test time" in animation.text
    assert animation.now.hidden.all()
    animation.phase.value = "training"
    animation.p_drop.value = 0.0
    assert animation.now.hidden.all()


def test_a_quarter_turn_is_numpys_and_no_turn_changes_nothing():
    image = IMAGES[0].astype(float)
    np.testing.assert_allclose(rotated_digit.turned(image, 90), np.rot90(image), atol=1e-12)
    np.testing.assert_allclose(rotated_digit.turned(image, 0), image)


def test_the_students_mc_dropout_and_the_librarys_agree():
    def mc(predict, X, T):
        passes = np.stack([predict(X) for _ in range(T)])
        return passes.mean(axis=0), passes.std(axis=0)

    net, image = small_net(), IMAGES[0] / 16
    before = net.rng.bit_generator.state
    ours, theirs = rotated_digit.ask(net, image, 30), rotated_digit.ask(net, image, 30, mc)
    np.testing.assert_allclose(ours.mean, theirs.mean, rtol=1e-12)
    np.testing.assert_allclose(ours.std, theirs.std, rtol=1e-12)
    assert ours.mean.sum() == pytest.approx(1)
    assert (ours.std > 0).all()
    assert net.rng.bit_generator.state == before


def test_the_turntable_in_the_window():
    table = RotatedDigit(small_net(), IMAGES, LABELS)
    assert "the library's mc_dropout" in table.text
    assert [name for name, _ in table.digit.options] == ["a 0", "a 1", "a 2"]
    assert table.angle.step == 1  # the page rounds what is typed beside a slider to its steps
    before = table.opinion.mean.copy()
    table.angle.value = 45
    assert "Turned by 45°" in table.text
    assert not np.allclose(table.opinion.mean, before)


def test_a_students_error_is_told_and_the_widget_lives_on():
    def broken(predict, X, T):
        raise ZeroDivisionError("oops")

    table = RotatedDigit(small_net(), IMAGES, LABELS, broken)
    assert "Your mc_dropout raised ZeroDivisionError: oops" in table.status.value
    table.spread = None
    table.angle.value = 5
    assert "Turned by 5°" in table.text
