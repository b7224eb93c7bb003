"""Learning-rate schedules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.nn.schedules import PlateauDecay, cosine_decay, linear_decay, step_decay, warm_up


def test_step_decay():
    assert [step_decay(0.8, epoch, every=2) for epoch in range(6)] == [0.8, 0.8, 0.4, 0.4, 0.2, 0.2]
    assert step_decay(0.8, 3, every=3, factor=0.1) == pytest.approx(0.08)


def test_linear_decay():
    assert [linear_decay(0.8, epoch, 4) for epoch in range(6)] == pytest.approx([0.8, 0.6, 0.4, 0.2, 0, 0])
    assert linear_decay(1.0, 5, 10, lr_end=0.5) == 0.75


def test_cosine_decay():
    assert [cosine_decay(1.0, epoch, 4, lr_end=0.2) for epoch in (0, 2, 4, 9)] == pytest.approx([1, 0.6, 0.2, 0.2])
    assert cosine_decay(1.0, 1, 3) == pytest.approx(0.75)


def test_warm_up_rises_and_stays_and_multiplies_another_schedule():
    assert [warm_up(0.8, epoch, 4) for epoch in range(6)] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 0.8])
    assert warm_up(cosine_decay(1.0, 1, 2), 1, 2) == pytest.approx(0.25)


@pytest.mark.parametrize("decay", [linear_decay, cosine_decay])
@given(t=st.floats(0, 20), dt=st.floats(0, 5))
def test_decay_never_rises_nor_leaves_its_ends(decay, t, dt):
    now, later = decay(1.0, t, 10, 0.1), decay(1.0, t + dt, 10, 0.1)
    assert 0.1 - 1e-12 <= later <= now + 1e-12 <= 1 + 2e-12


def test_plateau_steps_down_after_patience_epochs_and_counts_again():
    plateau = PlateauDecay(lr=0.8, patience=2)
    losses = [1.0, 0.9, 0.9, 0.95, 0.95, 0.8, 0.81, 0.82, 0.83]
    assert [plateau.update(loss) for loss in losses] == [0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.4, 0.2, 0.2]
    assert PlateauDecay(lr=1.0, patience=1, factor=0.1).update(float("inf")) == 0.1, "an equal loss is no progress"


def test_bad_arguments_are_refused():
    for decay in (step_decay, linear_decay, cosine_decay, warm_up):
        with pytest.raises(ValueError, match="positive number of epochs, got 0"):
            decay(0.1, 1, 0)
        with pytest.raises(ValueError, match="0 or more, got -1"):
            decay(0.1, -1, 10)
    with pytest.raises(ValueError, match="patience: expected at least 1"):
        PlateauDecay(0.1, patience=0)
