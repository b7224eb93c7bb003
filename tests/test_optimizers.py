"""Optimizers: the papers' lines against ours, plain and fused, blocks, and what they refuse."""

import pickle

import numpy as np
import pytest

from course.nn import fused
from course.nn.optimizers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    Momentum,
    Nesterov,
    Optimizer,
    RMSProp,
)
from tests.library import public_kinds

ALL = sorted(public_kinds(Optimizer), key=lambda kind: kind.__name__)
EPS = 1e-3  # large, so that where it stands shows


def test_no_optimizer_of_the_library_is_left_out():
    assert set(ALL) - {type(optimizer) for optimizer, _ in PAPERS} == set(), "without the paper's lines in PAPERS"


def sgd(theta, g, m, t):
    return theta - 0.1 * g


def momentum(theta, g, m, t):
    m["v"] = 0.8 * m.get("v", 0) + g
    return theta - 0.1 * m["v"]


def nesterov(theta, g, m, t):
    m["v"] = 0.8 * m.get("v", 0) + g
    return theta - 0.1 * (g + 0.8 * m["v"])


def adagrad(theta, g, m, t):
    m["r"] = m.get("r", 0) + g**2
    return theta - 0.1 * g / (np.sqrt(m["r"]) + EPS)


def rmsprop(theta, g, m, t):
    m["r"] = 0.8 * m.get("r", 0) + 0.2 * g**2
    return theta - 0.1 * g / (np.sqrt(m["r"]) + EPS)


def adadelta(theta, g, m, t):
    m["r"] = 0.8 * m.get("r", 0) + 0.2 * g**2
    step = np.sqrt(m.get("u", 0) + EPS) / np.sqrt(m["r"] + EPS) * g
    m["u"] = 0.8 * m.get("u", 0) + 0.2 * step**2
    return theta - 0.1 * step


def adam(theta, g, m, t):
    m["m"] = 0.8 * m.get("m", 0) + 0.2 * g
    m["v"] = 0.95 * m.get("v", 0) + 0.05 * g**2
    m_hat, v_hat = m["m"] / (1 - 0.8**t), m["v"] / (1 - 0.95**t)
    return theta - 0.1 * m_hat / (np.sqrt(v_hat) + EPS)


def adamw(theta, g, m, t):
    return adam(theta - 0.1 * 0.3 * theta, g, m, t)


PAPERS = [
    (SGD(0.1), sgd),
    (Momentum(0.1, beta=0.8), momentum),
    (Nesterov(0.1, beta=0.8), nesterov),
    (Adagrad(0.1, eps=EPS), adagrad),
    (RMSProp(0.1, beta=0.8, eps=EPS), rmsprop),
    (Adadelta(0.1, rho=0.8, eps=EPS), adadelta),
    (Adam(0.1, beta1=0.8, beta2=0.95, eps=EPS), adam),
    (AdamW(0.1, beta1=0.8, beta2=0.95, eps=EPS, weight_decay=0.3), adamw),
]


def plain_step(optimizer, theta, grad):
    optimizer.update(theta, grad, *optimizer.arrays.values())


@pytest.mark.parametrize("plain", [False, True], ids=["fused", "plain"])
@pytest.mark.parametrize(("optimizer", "paper"), PAPERS, ids=lambda x: type(x).__name__)
def test_steps_are_the_papers(optimizer, paper, plain, monkeypatch):
    if plain:
        monkeypatch.setattr(fused, "step", plain_step)
    rng = np.random.default_rng(0)
    theta = rng.normal(size=7)
    expected, memory = theta.copy(), {}
    optimizer = pickle.loads(pickle.dumps(optimizer))  # a fresh one
    for t in range(1, 20):
        g = rng.normal(size=7)
        given = g.copy()
        expected = paper(expected, g, memory, t)
        optimizer.step(theta, g)
        np.testing.assert_allclose(theta, expected, rtol=1e-12)
        np.testing.assert_array_equal(g, given)


@pytest.mark.parametrize("made", [optimizer for optimizer, _ in PAPERS], ids=lambda x: type(x).__name__)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-4)])
def test_the_fused_step_is_the_plain_one(made, dtype, tolerance, monkeypatch):
    def run():
        rng = np.random.default_rng(0)
        theta, optimizer = rng.normal(size=50).astype(dtype), pickle.loads(pickle.dumps(made))
        for _ in range(150):
            optimizer.step(theta, rng.normal(size=50).astype(dtype))
        return {"theta": theta} | optimizer.arrays

    fast = run()
    if isinstance(made, Adam):
        fast |= {"m": (1 - made.beta1) * fast["m"], "v": (1 - made.beta2) * fast["v"]}
    monkeypatch.setattr(fused, "step", plain_step)
    for name, array in run().items():
        np.testing.assert_allclose(fast[name], array, rtol=tolerance, atol=tolerance, err_msg=name)


@pytest.mark.parametrize(
    ("make", "defaults"),
    [
        (SGD, {"lr": 0.1}),
        (Momentum, {"lr": 0.01, "beta": 0.9}),
        (Nesterov, {"lr": 0.01, "beta": 0.9}),
        (Adagrad, {"lr": 0.01, "eps": 1e-10}),
        (RMSProp, {"lr": 0.001, "beta": 0.9, "eps": 1e-8}),
        (Adadelta, {"lr": 1.0, "rho": 0.9, "eps": 1e-6}),
        (Adam, {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}),
        (AdamW, {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.01}),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_defaults_are_the_papers_or_pytorchs(make, defaults):
    optimizer = make()
    assert defaults == {name: getattr(optimizer, name) for name in defaults}


@pytest.mark.parametrize("build", ALL)
@pytest.mark.parametrize("size", [1, 4, 9, 10])
def test_blocks_change_nothing(build, size, monkeypatch):
    def run():
        rng = np.random.default_rng(0)
        theta, optimizer = rng.normal(size=9), build(lr=0.1)
        for _ in range(4):
            optimizer.step(theta, rng.normal(size=9))
        return theta

    expected = run()
    monkeypatch.setattr(fused, "BLOCK", size)
    np.testing.assert_array_equal(run(), expected)


@pytest.mark.parametrize("build", ALL)
def test_float32_stays_float32_in_place(build):
    theta = np.ones(5, np.float32)
    optimizer = build(lr=0.01)
    optimizer.step(theta, np.ones(5, np.float32))
    assert theta.dtype == np.float32
    assert (theta < 1).all()
    assert all(array.dtype == np.float32 for array in optimizer.arrays.values())


@pytest.mark.parametrize("build", ALL)
def test_the_learning_rate_may_change_between_steps(build):
    theta, optimizer = np.ones(3), build(lr=0.1)
    optimizer.step(theta, np.ones(3))
    before = theta.copy()
    optimizer.lr = 0.0
    optimizer.step(theta, np.ones(3))
    np.testing.assert_array_equal(theta, before)


@pytest.mark.parametrize("build", ALL)
def test_a_pickled_optimizer_goes_on_as_the_original(build):
    theta, optimizer = np.ones(3), build(lr=0.1)
    for g in (1.0, -2.0):
        optimizer.step(theta, np.full(3, g))
    twin, other = pickle.loads(pickle.dumps(optimizer)), theta.copy()
    optimizer.step(theta, np.ones(3))
    twin.step(other, np.ones(3))
    np.testing.assert_array_equal(theta, other)


def test_adamw_decays_weights_only():
    is_weight = np.array([True, False])
    theta = np.array([1.0, 1.0])
    AdamW(lr=0.1, weight_decay=0.5, is_weight=is_weight).step(theta, np.zeros(2))
    np.testing.assert_allclose(theta, [0.95, 1.0])
    with pytest.raises(ValueError, match=r"expected is_weight of shape \(3,\), got \(2,\)"):
        AdamW(is_weight=is_weight).step(np.zeros(3), np.zeros(3))


@pytest.mark.parametrize("build", ALL)
def test_what_does_not_fit_raises(build):
    theta = np.zeros(3)
    for grad in (np.zeros(4), np.zeros(3, np.float32), np.zeros((3, 1))):
        with pytest.raises(ValueError, match=r"pass net.theta and net.grad"):
            build(lr=0.1).step(theta, grad)
    with pytest.raises(ValueError, match=r"pass net.theta and net.grad"):
        build(lr=0.1).step(np.zeros((2, 2)), np.zeros((2, 2)))
    optimizer = build(lr=0.1)
    optimizer.step(theta, theta)
    with pytest.raises(ValueError, match="make a new optimizer"):
        optimizer.step(np.zeros(4), np.zeros(4))
    for bad in (-0.1, float("nan")):
        with pytest.raises(ValueError, match=r"expected lr at least 0, got"):
            build(lr=bad)
    assert build(lr=0.1).step(np.zeros(0), np.zeros(0)) is None


def test_rates_out_of_range_raise():
    for bad in (
        lambda: Momentum(beta=1.0),
        lambda: Nesterov(beta=-0.1),
        lambda: RMSProp(beta=1.5),
        lambda: Adadelta(rho=1.0),
        lambda: Adam(beta1=1.0),
        lambda: Adam(beta2=1.0),
    ):
        with pytest.raises(ValueError, match="at least 0 and below 1"):
            bad()
    for bad in (lambda: Adam(eps=-1), lambda: Adagrad(eps=-1), lambda: AdamW(weight_decay=-1)):
        with pytest.raises(ValueError, match="at least 0, got -1"):
            bad()


@pytest.mark.parametrize("make", [Momentum, Adam], ids=["Momentum", "Adam"])
def test_long_silent_gradients_leave_no_denormal_numbers(make: type) -> None:
    theta = np.ones(4, np.float32)
    optimizer = make()
    optimizer.step(theta, np.full(4, 1e-3, np.float32))
    for _ in range(2000):
        optimizer.step(theta, np.zeros(4, np.float32))
        for array in optimizer.arrays.values():
            assert not np.any((array != 0) & (np.abs(array) < np.finfo(np.float32).tiny))


def test_denormal_numbers_are_looked_for_at_every_hundredth_step() -> None:
    theta, silent = np.ones(1, np.float32), np.zeros(1, np.float32)
    optimizer = Momentum()
    optimizer.step(theta, silent)
    for steps in range(1, 201):
        assert optimizer.steps == steps
        small = np.float32(1e-36)
        optimizer.arrays["v"][:] = small
        optimizer.step(theta, silent)
        assert (optimizer.arrays["v"] == 0).all() == (optimizer.steps % 100 == 0)
