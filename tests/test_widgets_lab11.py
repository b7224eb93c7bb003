"""Lab 11's widgets: penalty contours, shrinkage paths and the gap monitor."""

import numpy as np
import pytest

from course.nn.gradcheck import numeric_gradient
from course.widgets import gap_monitor, penalty_contours, shrinkage_path
from course.widgets.gap_monitor import GapMonitor
from course.widgets.penalty_contours import PenaltyContours
from course.widgets.shrinkage_path import ShrinkagePath, spread


@pytest.mark.parametrize("bowl", penalty_contours.BOWLS, ids=lambda b: b.name)
@pytest.mark.parametrize("lam", [0.0, 0.3, 1.7])
def test_the_best_weights_cost_less_than_their_neighbours(bowl, lam):
    for kind in penalty_contours.KINDS:
        w = penalty_contours.best(bowl, kind, lam)
        around = w + 0.01 * np.random.default_rng(0).normal(size=(200, 2))
        here, there = (bowl.loss(v) + lam * penalty_contours.penalty(kind, v) for v in (w, around))
        assert (there >= here).all()


@pytest.mark.parametrize("bowl", penalty_contours.BOWLS, ids=lambda b: b.name)
def test_bowls_have_the_gradients_they_claim(bowl):
    w = np.array([0.3, -1.1])
    np.testing.assert_allclose(bowl.gradient(w), numeric_gradient(bowl.loss, w, 1e-5), rtol=1e-6)


def test_one_weight_by_hand():
    bowl = penalty_contours.BOWLS[0]  # ½(w₁ − 1.5)² + (w₂ − 0.5)²
    np.testing.assert_allclose(penalty_contours.best(bowl, "L1", 1.0), [0.5, 0.0])
    np.testing.assert_allclose(penalty_contours.best(bowl, "L2", 0.5), [0.75, 0.5 * 2 / 3])


def test_outlines_have_one_price():
    for kind in penalty_contours.KINDS:
        np.testing.assert_allclose(penalty_contours.penalty(kind, penalty_contours.ball(kind, 0.7)), 0.7)


@pytest.mark.parametrize(("kind", "lam"), [("L3", 1.0), ("L1", -1.0), ("L2", float("nan"))])
def test_impossible_penalties_are_refused(kind, lam):
    with pytest.raises(ValueError, match="expected one of L2, L1 and λ at least 0"):
        penalty_contours.best(penalty_contours.BOWLS[0], kind, lam)


def test_contours_in_the_window():
    widget = PenaltyContours()
    assert "No weight is exactly 0" in widget.text
    widget.kind.value, widget.lam.value = "L1", 1.0
    assert "Exactly 0: w₂." in widget.text
    ground = widget.ground
    widget.bowl.value = penalty_contours.BOWLS[1]
    assert widget.ground != ground
    widget.lam.value = 0.0
    assert "λ = 0.00" in widget.text


@pytest.mark.parametrize("kind", ["L1", "L2"])
def test_paths_are_those_of_scikit_learn(kind):
    path = shrinkage_path.path(kind)
    for index in (0, 15, 40):
        peer = shrinkage_path.peer(kind, float(shrinkage_path.STRENGTHS[kind][index]))
        np.testing.assert_allclose(path[index], peer, atol=0.05)


def test_the_paths_are_computed_with_the_functions_given():
    assert (shrinkage_path.path("L1", soft=lambda z, t: 0.0) == 0).all()
    with pytest.raises(ValueError, match=r"expected 10 weights, got an array of shape \(3,\)"):
        shrinkage_path.path("L2", ridge=lambda X, y, lam: [1, 2, 3])


def test_a_quarter_of_the_squares_is_left():
    X, y = shrinkage_path.diabetes()
    least = np.linalg.lstsq(X, y, rcond=None)[0]
    for kind in ("L1", "L2"):
        w = shrinkage_path.quartered(kind, X, y)
        assert w @ w == pytest.approx(least @ least / 4, rel=1e-2)


def test_the_path_in_the_window():
    widget = ShrinkagePath(soft_threshold=shrinkage_path.threshold)
    assert "The library's ridge, λ =" in widget.text
    widget.kind.value = "L1"
    widget.strength.value = 40
    assert "Lasso with your soft_threshold, λ = 50: 10 of 10 weights are exactly 0" in widget.text
    assert "difference from scikit-learn: 0.00" in widget.text


def test_labels_stand_apart_in_their_order():
    heights = np.array([100.0, 20.0, 101.0, 23.0, 320.0, 322.0])
    moved = spread(heights)
    assert (np.diff(np.sort(moved)) >= 14 - 1e-9).all()
    assert (np.argsort(moved) == np.argsort(heights)).all()


def test_a_remedy_closes_the_gap():
    gap = {strength: gap_monitor.monitor(gap_monitor.Setting(100, "L2", strength)) for strength in (0, 3)}
    assert gap[3].validation[-1] - gap[3].training[-1] < gap[0].validation[-1] - gap[0].training[-1]
    more = gap_monitor.monitor(gap_monitor.Setting(900))
    assert more.accuracy > gap[0].accuracy


def test_each_remedy_reaches_the_network():
    ends = {gap_monitor.monitor(gap_monitor.Setting(50, remedy, 4)).training[-1] for remedy in gap_monitor.REMEDIES}
    assert len(ends | {gap_monitor.monitor(gap_monitor.Setting(50)).training[-1]}) == 5


def test_the_monitor_in_the_window():
    widget = GapMonitor()
    assert "100 digits, no remedy" in widget.text
    widget.remedy.value, widget.strength.value = "dropout", 2
    assert "100 digits, dropout, p_drop = 0.5" in widget.text
    widget.examples.value = 50
    assert "50 digits" in widget.text
