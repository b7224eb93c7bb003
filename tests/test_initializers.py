"""Initial weights: shapes, spreads in bounds that a wrong formula misses, and each one's own property."""

import numpy as np
import pytest

from course.nn import initializers as init

FAN_IN, FAN_OUT = 300, 200
# standard deviation that each formula promises
SPREADS = [
    (init.normal, 1.0),
    (init.truncated_normal, 0.0880),
    (init.uniform_fan_in, 1 / np.sqrt(3 * FAN_IN)),
    (init.glorot_uniform, np.sqrt(2 / (FAN_IN + FAN_OUT))),
    (init.he_normal, np.sqrt(2 / FAN_IN)),
]
LIMITS = [
    (init.truncated_normal, 0.2),
    (init.uniform_fan_in, 1 / np.sqrt(FAN_IN)),
    (init.glorot_uniform, np.sqrt(6 / (FAN_IN + FAN_OUT))),
]
ALL = [f for f, _ in SPREADS] + [init.zeros, init.constant, init.orthogonal]


@pytest.mark.parametrize(("f", "std"), SPREADS)
def test_spread_and_mean(f, std):
    W = f(FAN_IN, FAN_OUT, np.random.default_rng(0))
    assert W.std() == pytest.approx(std, rel=0.02)  # 60,000 draws: the error of std is below 0.5 %
    assert abs(W.mean()) < 4 * std / np.sqrt(W.size)


@pytest.mark.parametrize(("f", "limit"), LIMITS)
def test_draws_fill_their_range_and_stay_in_it(f, limit):
    W = f(FAN_IN, FAN_OUT, np.random.default_rng(0))
    assert 0.99 * limit < np.abs(W).max() <= limit


@pytest.mark.parametrize("f", ALL, ids=lambda f: f.__name__)
def test_shape_dtype_and_generator(f):
    first, again, other = (f(3, 5, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.shape == (3, 5)
    assert first.dtype == np.float64
    np.testing.assert_array_equal(first, again)
    assert f in (init.zeros, init.constant) or not np.array_equal(first, other)


def test_zeros_and_constant():
    assert (init.zeros(2, 3, np.random.default_rng(0)) == 0).all()
    assert (init.constant(2, 3, np.random.default_rng(0)) == 0.1).all()
    assert (init.constant(2, 3, np.random.default_rng(0), value=2.5) == 2.5).all()


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (5, 5)])
def test_orthogonal_rows_or_columns(shape):
    W = init.orthogonal(*shape, np.random.default_rng(0), gain=2.0)
    product = W.T @ W if shape[0] >= shape[1] else W @ W.T
    np.testing.assert_allclose(product, 4 * np.eye(min(shape)), atol=1e-12)


def test_orthogonal_matrices_point_everywhere():
    # without the sign correction QR would favour one sign of the first entry
    signs = [np.sign(init.orthogonal(2, 2, np.random.default_rng(seed))[0, 0]) for seed in range(200)]
    assert abs(sum(signs)) < 60
