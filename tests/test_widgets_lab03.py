"""Lab 03's widgets: fit-the-line and the graph stepper, numbers by hand and views by their traits."""

from xml.etree import ElementTree

import numpy as np
import pytest

from course.show.tables import number
from course.widgets import FitTheLine, GraphStepper, fit_the_line, graph_stepper
from tests.test_widgets_views import cells

# the models


def test_a_flat_line_by_hand():
    flat = fit_the_line.fit("area", 0.0, 4.0)
    np.testing.assert_allclose(flat.delta, [-0.55, 1.8, -0.4])
    assert flat.cost == pytest.approx(0.3025 + 3.24 + 0.16)
    np.testing.assert_allclose(flat.gradient, [-2 * (-0.6875 + 3.06 - 0.56), -1.7])


@pytest.mark.parametrize("feature", fit_the_line.FEATURES)
def test_the_gradient_of_the_line_agrees_with_central_differences(feature):
    def cost(w, b):
        return fit_the_line.fit(feature, w, b).cost

    numeric = [(cost(1.5 + e, -2 + f) - cost(1.5 - e, -2 - f)) / 2e-5 for e, f in ((1e-5, 0), (0, 1e-5))]
    np.testing.assert_allclose(fit_the_line.fit(feature, 1.5, -2).gradient, numeric, rtol=1e-7)


def test_one_step_by_hand_and_the_best_line_stays():
    w, b = fit_the_line.descend("area", 0.0, 4.0, 1)
    assert (w, b) == (pytest.approx(0.05 * 3.625), pytest.approx(4 + 0.05 * 1.7))
    for feature in fit_the_line.FEATURES:
        np.testing.assert_allclose(
            fit_the_line.descend(feature, *fit_the_line.best(feature), 5), fit_the_line.best(feature)
        )


def test_standardised_descent_arrives_where_the_plain_one_still_creeps():
    least = fit_the_line.fit("area", *fit_the_line.best("area")).cost
    cost = {f: fit_the_line.fit(f, *fit_the_line.descend(f, 0.0, 4.0, 20)).cost for f in fit_the_line.FEATURES}
    assert cost["standardised area"] < 1.01 * least < 1.5 * least < cost["area"]


def test_an_unknown_feature_is_refused():
    with pytest.raises(ValueError, match="expected one of area, standardised area, got 'rooms'"):
        fit_the_line.fit("rooms", 0.0, 0.0)


def test_the_graph_by_hand():
    steps = graph_stepper.graph(np.array([2.0, 1.0]), 4.0, np.array([3.0, -1.0]), 0.5)
    assert [step.value for step in steps] == [5.5, -1.5, 2.25, 1, -3, 3, 6, 9, 3, -3, 3]
    assert [step.way for step in steps] == ["forward"] * 3 + ["backward"] * 8
    assert steps[0].filled == "3·2 + (−1)·1 + 0.5"
    assert steps[5].filled == "(−1) · (−3)"


def test_the_gradients_of_the_graph_agree_with_central_differences():
    theta = np.random.default_rng(7).normal(size=5)  # w₀, x₀, w₁, x₁, b

    def run(t):
        return graph_stepper.graph(t[[1, 3]], 0.7, t[[0, 2]], float(t[4]))

    numeric = [(run(theta + e)[2].value - run(theta - e)[2].value) / 2e-6 for e in 1e-6 * np.eye(5)]
    np.testing.assert_allclose([step.value for step in run(theta)[6:]], numeric, rtol=1e-6, atol=1e-8)


def test_steps_beyond_the_end_are_refused():
    steps = graph_stepper.graph(np.zeros(2), 0.0, np.zeros(2), 0.0)
    with pytest.raises(ValueError, match="expected 0 to 11 steps, got 12"):
        graph_stepper.status(steps, 12)


# the views


def test_the_line_follows_the_knobs_and_forgets_the_steps():
    widget = FitTheLine()
    before = widget.figure.value
    widget.step_button.click()
    assert widget.steps == 1
    assert "After 1 step of gradient descent" in widget.status.value
    assert widget.w.value == pytest.approx(0.05 * 3.625)
    widget.w.value = 2.0
    assert widget.steps == 0
    assert widget.figure.value != before
    assert cells(widget)[1][3] == "6.585"  # 2 · 1.25 + 4.085


def test_a_browsers_rounding_to_the_sliders_stops_is_no_change_by_hand():
    widget = FitTheLine()
    widget.step_button.click()
    before = widget.figure.value
    widget.w.value, widget.b.value = 0.2, 4.1  # of 0.18125 and 4.085
    assert widget.steps == 1
    assert widget.figure.value == before
    widget.step_button.click()
    assert widget.held == pytest.approx(fit_the_line.descend("area", 0.0, 4.0, 2))


def nearest_stop(control):
    """Say what a page answers to the number that it was sent last."""
    stops = round((control.value - control.min) / control.step)
    return stops * control.step + control.min + 7e-16  # as inexact as a page's own arithmetic


def test_the_pages_late_answers_to_quick_clicks_cost_no_step():
    widget, answers = FitTheLine(), []
    for _ in range(3):
        widget.step_button.click()
        answers += [(control, nearest_stop(control)) for control in (widget.w, widget.b)]
    for control, value in answers:  # none came before the last click
        control.value = value
    assert widget.steps == 3
    assert widget.held == pytest.approx(fit_the_line.descend("area", 0.0, 4.0, 3), rel=1e-12)
    widget.w.value += widget.w.step  # that is a hand
    assert widget.steps == 0
    assert widget.held[0] == widget.w.value


def test_a_hand_may_turn_a_knob_back_to_where_a_step_had_put_it():
    widget = FitTheLine()
    widget.step_button.click()
    first = nearest_stop(widget.w)
    widget.w.value = first
    widget.run_button.click()
    widget.w.value = nearest_stop(widget.w)
    widget.w.value = first
    assert (widget.steps, widget.held[0]) == (0, first)


def test_the_map_shows_where_the_line_has_been():
    widget = FitTheLine()
    for _ in range(3):
        widget.step_button.click()
    np.testing.assert_allclose(widget.path, fit_the_line.walk("area", 0.0, 4.0, 3))
    windows = ElementTree.fromstring(widget.figure.value).findall("svg")
    (ring,) = (c for c in windows[1].iter("circle") if c.get("r") == "8")
    place = float(ring.get("cx")), float(ring.get("cy"))
    assert place == pytest.approx(tuple(fit_the_line.MAP.pixels(widget.held)), abs=0.06)
    assert len([c for c in windows[1].iter("circle") if c.get("r") == "3"]) == 2  # the steps between
    w, b = map(number, widget.held)
    assert f"w = {w}, b = {b}: cost 3.226" in widget.text
    widget.w.value = 2.0
    assert widget.path.tolist() == [[2.0, widget.held[1]]]


def test_run_best_and_reset():
    widget = FitTheLine()
    widget.feature.value = "standardised area"
    widget.run_button.click()
    assert "After 20 steps" in widget.status.value
    assert "You have reached it" in widget.status.value
    widget.feature.value = "area"
    assert (widget.w.value, widget.b.value, widget.steps) == (0.0, 4.0, 0)
    widget.best_button.click()
    assert "You have reached it" in widget.status.value
    widget.reset_button.click()
    assert "Which knob" in widget.status.value


def test_the_graph_fills_in_step_by_step():
    widget = GraphStepper()
    assert "∂ε/∂ŷ =" not in widget.figure.value
    assert widget.back_button.disabled
    assert [row[1] for row in cells(widget)[1:]] == ["?"] * 11  # no rule before it is asked for
    for _ in range(6):
        widget.step_button.click()
    assert "∂ε/∂ŷ = 3" in widget.figure.value
    assert "∂ε/∂w₀ = 6" not in widget.figure.value
    assert cells(widget)[6][3] == "3"
    assert cells(widget)[6][1] == "∂δ/∂ŷ · ∂ε/∂δ = (−1) · ∂ε/∂δ"
    assert "Next: ∂ε/∂w₀. What is the local gradient?" in widget.status.value
    assert "x₀ · ∂ε/∂ŷ" not in widget.text
    widget.all_button.click()
    assert widget.step_button.disabled
    assert "∂ε/∂x₁ = −3" in widget.figure.value
    widget.back_button.click()
    assert widget.done == 10


def test_new_numbers_are_taken_up_and_reset_forgets_them():
    widget = GraphStepper()
    widget.all_button.click()
    widget.y.value = 5.5  # exactly what the model says: nothing to learn
    assert cells(widget)[-1][3] == "0"
    widget.reset_button.click()
    assert (widget.done, widget.y.value) == (0, 4.0)
