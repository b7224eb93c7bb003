"""The probe and the measure for samplers of hyperparameters."""

import numpy as np
import pytest

from course.checks.measures import hyperparameters
from course.checks.searches import draw_settings

CASE = {"seed": 3}
TOGETHER = "largest correlation of two of the three"


def fair(rng):
    return {"learning_rate": 10 ** rng.uniform(-4, -1), "hidden": int(rng.integers(32, 513)), "p_drop": rng.random()}


def measured(answer):
    return hyperparameters(draw_settings(answer, CASE), CASE)


def test_three_fair_draws_have_nothing_to_do_with_each_other():
    got = measured(fair)
    assert got[TOGETHER] < 0.15
    assert got["different p_drop"] == 600


def test_one_draw_for_all_three_shows():
    def together(rng):
        u = rng.random()
        return {"learning_rate": 10 ** (3 * u - 4), "hidden": int(32 + 480 * u), "p_drop": 0.7 * u}

    assert measured(together)[TOGETHER] == pytest.approx(1, abs=1e-4)


def test_a_list_of_values_and_a_constant_show_without_a_division_by_zero():
    got = measured(lambda rng: fair(rng) | {"p_drop": rng.choice([0.1, 0.2, 0.5])})
    assert got["different p_drop"] == 3
    got = measured(lambda rng: {"learning_rate": 0.01, "hidden": 64, "p_drop": 0.5})
    assert (got["different p_drop"], got[TOGETHER]) == (1, 0.0)


def test_arrays_and_whole_floats_are_named():
    with pytest.raises(TypeError, match="one number for learning_rate, got an array"):
        measured(lambda rng: fair(rng) | {"learning_rate": rng.uniform(0.001, 0.1, 1)})
    with pytest.raises(TypeError, match="whole number for hidden, got the float"):
        measured(lambda rng: fair(rng) | {"hidden": np.round(rng.uniform(32, 512))})
