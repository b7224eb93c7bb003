"""The probe and the measure for drawn weights."""

import numpy as np
import pytest

from course.checks.measures import drawn
from course.inside.probes import draw_weights

CASE = {"fan_in": 40, "fan_out": 30, "seed": 3}


def measured(answer):
    return drawn(draw_weights(answer, CASE), CASE)


def test_a_fair_draw():
    got = measured(lambda m, n, rng: rng.normal(0, m**-0.5, (m, n)))
    assert got["standard deviation × √fan_in"] == pytest.approx(1, abs=0.1)
    assert got["mean / standard deviation"] == pytest.approx(0, abs=0.15)
    assert got["largest distance from the mean / standard deviation, 2.5 at most"] == 2.5
    assert got["two calls give the same weights"] == 0
    assert got["an equal rng gives the same weights"] == 1
    assert got["NumPy's global generator is used"] == 0


def test_a_fixed_seed_a_generator_of_its_own_and_the_global_one_are_told_apart():
    fixed = measured(lambda m, n, rng: np.random.default_rng(0).normal(size=(m, n)))
    assert fixed["two calls give the same weights"] == 1
    own = measured(lambda m, n, rng: np.random.default_rng().normal(size=(m, n)))
    assert own["an equal rng gives the same weights"] == 0
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    shared = measured(lambda m, n, rng: np.random.normal(size=(m, n)))  # noqa: NPY002
    assert shared["NumPy's global generator is used"] == 1
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002 - left as it was found


def test_a_uniform_draw_has_no_tails():
    got = measured(lambda m, n, rng: rng.uniform(-1, 1, (m, n)))
    assert got["largest distance from the mean / standard deviation, 2.5 at most"] == pytest.approx(3**0.5, abs=0.1)


def test_constant_weights_are_measured_without_a_division_by_zero():
    got = measured(lambda m, n, rng: np.zeros((m, n)))
    assert got["standard deviation × √fan_in"] == got["mean / standard deviation"] == 0
    assert got["share of weights that differ"] == 1 / 1200


def test_wrong_shapes_and_nan_are_named():
    with pytest.raises(ValueError, match=r"expected weights of shape \(fan_in, fan_out\) = \(40, 30\), got \(30, 40\)"):
        measured(lambda m, n, rng: rng.normal(size=(n, m)))
    with pytest.raises(ValueError, match="NaN or infinity"):
        measured(lambda m, n, rng: np.full((m, n), np.nan))


def test_units_with_equal_weights_show_and_a_missing_return_stays_none():
    got = measured(lambda m, n, rng: np.tile(rng.normal(size=(m, 1)), n))
    assert got["share of weights that differ"] == 1 / 30
    assert draw_weights(lambda m, n, rng: None, CASE) is None
