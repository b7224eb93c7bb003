"""The probe and the measure for samplers of hyperparameters."""

import numpy as np
import pytest

from course.checks.measures import hyperparameters
from course.inside.searches import draw_settings, search_on_a_bowl

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


def test_the_ends_of_hidden_are_seen():
    got = measured(fair)
    assert (got["smallest hidden"], got["largest hidden"]) == (32, 512)
    got = measured(lambda rng: fair(rng) | {"hidden": int(rng.integers(32, 512))})
    assert got["largest hidden"] == 511


def searched(answer, **inputs):
    return search_on_a_bowl(answer, {"lowest": [0.1, 0.2], **inputs})


def test_a_search_that_begins_too_low_or_with_another_generator_is_told():
    with pytest.raises(TypeError, match="best, got None: was no value below"):
        searched(lambda objective, n, sample, rng: (None, []), n=3, seed=0)
    with pytest.raises(TypeError, match="got None: is the `return` missing"):
        searched(lambda objective, n, sample, rng: None, n=3, seed=0)
    with pytest.raises(ValueError, match="the `rng` that your search was given"):
        searched(lambda objective, n, sample, rng: sample(np.random.default_rng(0)), n=3, seed=0)


def test_the_objective_wants_a_dictionary_with_a_number_for_each_name():
    for params in ({"x": [0.0, 1.0], "y": 0.0}, (0.0, 1.0), {"x": 0.0}):
        with pytest.raises(TypeError, match="one number for each of x, y, got"):
            searched(lambda objective, grid, params=params: objective(params), grid=[[0.0, 1.0], [0.0]])


def test_arrays_and_whole_floats_are_named():
    with pytest.raises(TypeError, match="one number for learning_rate, got an array"):
        measured(lambda rng: fair(rng) | {"learning_rate": rng.uniform(0.001, 0.1, 1)})
    with pytest.raises(TypeError, match="whole number for hidden, got the float"):
        measured(lambda rng: fair(rng) | {"hidden": np.round(rng.uniform(32, 512))})
