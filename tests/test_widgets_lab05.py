"""Lab 05's widget, its boundary plot, and what its checks ask of an answer: the probes and the measure."""

import numpy as np
import pytest

from course.checks.measures import hidden_labels
from course.inside.probes import call_layers, first_of_two
from course.show.plane import plot_regions
from course.widgets import HiddenSpace, hidden_space
from tests.test_widgets_views import cells

XOR_X, XOR_Y = hidden_space.DATA["XOR"]
#: "at least one?", "both?", and one, but not both
BY_HAND = {"unit 1": (9.0, 9.0, -4.5), "unit 2": (9.0, 9.0, -13.5), "output": (6.0, -6.0, -6.0)}

# the model


def test_a_network_by_hand():
    knobs = {"unit 1": (1.0, 2.0, 0.5), "unit 2": (-1.0, 0.0, 0.0), "output": (1.0, 2.0, 0.25)}
    seen = hidden_space.look(knobs, np.array([[1.0, 0.0]]))
    np.testing.assert_allclose(seen.a, [[np.tanh(1.5), -np.tanh(1.0)]])
    np.testing.assert_allclose(seen.p, 1 / (1 + np.exp(-(np.tanh(1.5) - 2 * np.tanh(1.0) + 0.25))))


def test_one_step_goes_against_the_gradient():
    def loss(theta):
        knobs = dict(zip(hidden_space.PARTS, theta.reshape(3, 3), strict=True))
        p = hidden_space.look(knobs, XOR_X).p
        return -np.mean(XOR_Y * np.log(p) + (1 - XOR_Y) * np.log(1 - p))

    theta = np.random.default_rng(3).normal(size=9)
    numeric = [(loss(theta + e) - loss(theta - e)) / 2e-6 for e in 1e-6 * np.eye(9)]
    start = {part: tuple(row) for part, row in zip(hidden_space.PARTS, theta.reshape(3, 3), strict=True)}
    after = np.concatenate([hidden_space.learn(start, "XOR", 1)[part] for part in hidden_space.PARTS])
    np.testing.assert_allclose(after, theta - hidden_space.LR * np.array(numeric), atol=1e-7)


def test_the_first_start_learns_xor_and_no_start_learns_the_ring():
    learned = hidden_space.learn(hidden_space.START, "XOR", 200)
    assert "In hidden space, one line is enough" in hidden_space.status(hidden_space.look(learned, XOR_X), XOR_Y, 200)
    X, y = hidden_space.DATA["ring"]
    rng = np.random.default_rng(1)
    right = []
    for _ in range(10):
        learned = hidden_space.learn(hidden_space.scatter(rng), "ring", 1000)
        right.append(int(np.sum((hidden_space.look(learned, X).p >= 0.5) == y)))
    assert 10 < max(right) < len(y)


# the view


def test_knobs_turned_by_hand_solve_xor():
    widget = HiddenSpace()
    for part, values in BY_HAND.items():
        widget.part.value = part
        widget.w1.value, widget.w2.value = values[:2]
        widget.b.value = max(values[2], widget.b.min)  # the slider ends at −12, and that will do
    assert "4 of 4 points right" in widget.text
    widget.part.value = "unit 1"
    assert (widget.w1.value, widget.w2.value, widget.b.value) == BY_HAND["unit 1"]


def test_learning_moves_the_sliders_and_a_turn_by_hand_forgets_the_steps():
    widget = HiddenSpace()
    before = widget.figure.value
    widget.learn_button.click()
    widget.learn_button.click()
    assert widget.steps == 20
    assert "After 20 steps of learning" in widget.text
    assert widget.figure.value != before
    assert widget.w1.value == pytest.approx(hidden_space.learn(hidden_space.START, "XOR", 20)["unit 1"][0])
    widget.w1.value = 3.0
    assert widget.steps == 0
    assert "After" not in widget.text
    widget.reset_button.click()
    assert widget.knobs == hidden_space.START
    assert widget.figure.value == before


def test_a_browsers_rounding_to_the_sliders_stops_is_no_turn_by_hand():
    widget = HiddenSpace()
    widget.learn_button.click()
    learned = widget.knobs
    widget.w1.value = 0.25 * round(widget.w1.value / 0.25)
    assert widget.knobs == learned
    assert widget.steps == 10
    widget.w1.value += 0.25
    assert widget.steps == 0
    assert widget.knobs["unit 1"][0] == widget.w1.value


def test_the_pages_late_answers_to_quick_clicks_cost_no_step():
    widget, answers, knobs = HiddenSpace(), [], hidden_space.START
    for _ in range(3):
        widget.learn_button.click()
        knobs = hidden_space.learn(knobs, "XOR", 10)
        answers += [(s, round((s.value - s.min) / s.step) * s.step + s.min) for s in (widget.w1, widget.w2, widget.b)]
    for control, value in answers:  # none came before the last click
        control.value = value
    assert widget.steps == 30
    np.testing.assert_allclose(widget.knobs["unit 1"], knobs["unit 1"])


def test_another_start_and_other_points():
    widget = HiddenSpace()
    widget.start_button.click()
    first = widget.knobs
    widget.start_button.click()
    assert first != widget.knobs != hidden_space.START
    widget.data.value = "ring"
    assert len(cells(widget)) == 15  # a heading and 14 points
    again = HiddenSpace()
    again.start_button.click()
    assert again.knobs == first


def test_a_line_out_of_view_is_left_out():
    widget = HiddenSpace()
    paths = widget.figure.value.count("<path")
    widget.w1.value, widget.w2.value, widget.b.value = 1.0, 1.0, 12.0
    assert widget.figure.value.count("<path") == paths - 1


# the boundary plot


def test_plot_regions_counts_what_it_shows():
    X, y = np.array([[1.0, 0.5], [-1.0, 0.5], [0.5, 1.0], [-0.5, -1.0]]), np.array([1, 0, 1, 0])
    picture = plot_regions(
        {"right half": lambda X: np.where(X[:, 0] > 0, 0.6, 0.4), "nothing": lambda X: np.zeros(len(X))}, X, y
    )
    assert [row[:2] for row in picture.table.rows] == [("right half", "1.00"), ("nothing", "0.50")]
    assert picture.table.rows[1][2] == "0.00"
    assert float(picture.table.rows[0][2]) == pytest.approx(0.5, abs=0.011)
    assert len(picture.figure.axes) == 2
    with pytest.raises(ValueError, match=r"expected a network or more and X \(N, 2\), got 1 and X \(4, 3\)"):
        plot_regions({"a": np.ravel}, np.zeros((4, 3)), y)


# the probes and the measure


def test_first_of_two_gives_the_first_and_asks_for_a_pair():
    assert first_of_two(lambda a, b: (a - b, object()), {"a": 5, "b": 3}) == 2
    for result, got in ((np.zeros(2), "ndarray"), ((1, 2, 3), "tuple of 3"), (None, "NoneType")):
        with pytest.raises(TypeError, match=f"expected a pair to come back, got {got}:"):
            first_of_two(lambda a, result=result: result, {"a": 0})


def test_call_layers_hands_over_the_named_function_and_counts_the_arrays():
    case = {"X": np.ones((2, 1)), "Ws": [np.ones((1, 1))], "bs": [np.zeros(1)], "f": "cosine"}
    seen = call_layers(lambda X, Ws, bs, f: [X, f(X)], case)
    assert list(seen) == ["A0", "A1"]
    np.testing.assert_allclose(seen["A1"], np.cos(1.0))
    with pytest.raises(ValueError, match="expected a list of 2 arrays for 1 layers, X first; got a list of 1"):
        call_layers(lambda X, Ws, bs, f: [X], case)
    with pytest.raises(ValueError, match="got a ndarray"):
        call_layers(lambda X, Ws, bs, f: X, case)


def as_answer(knobs):
    W = np.array([knobs["unit 1"], knobs["unit 2"]]).T
    out = np.array(knobs["output"])
    return {"W1": W[:2], "b1": W[2], "W2": out[:2, None], "b2": out[2:]}


def corners(units=(2, 4)):
    return {"X": XOR_X, "hidden_units": units}


def test_hidden_labels_of_xor_by_hand_and_ties_count_as_one():
    np.testing.assert_array_equal(hidden_labels(as_answer(BY_HAND), corners()), XOR_Y)
    silent = {name: np.zeros_like(values) for name, values in as_answer(BY_HAND).items()}
    np.testing.assert_array_equal(hidden_labels(silent, corners()), [1, 1, 1, 1])
    biased = silent | {"b2": np.array([-0.01])}
    np.testing.assert_array_equal(hidden_labels(biased, corners()), [0, 0, 0, 0])


def test_hidden_labels_counts_the_units():
    with pytest.raises(ValueError, match="expected 3 to 4 hidden units, got 2"):
        hidden_labels(as_answer(BY_HAND), corners((3, 4)))
    with pytest.raises(ValueError, match="expected 0 to 1 hidden units, got 2"):
        hidden_labels(as_answer(BY_HAND), corners((0, 1)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"W2": np.ones(2)}, r"expected W2 of shape \(2, 1\) for 2 hidden units, got \(2,\)"),
        ({"W1": np.ones((3, 2))}, r"expected W1 of shape \(2, 2\) for 2 hidden units, got \(3, 2\)"),
        ({"b1": 0.0}, r"expected b1 of shape \(2,\) for 2 hidden units, got \(\)"),
        ({"b2": 0.0}, r"expected b2 of shape \(1,\)"),
        ({"W1": "steep"}, "expected arrays of numbers"),
        ({"W1": 1.0}, r"expected W1 of shape \(2, 0\)"),
    ],
)
def test_hidden_labels_says_which_shape_is_wrong(change, message):
    with pytest.raises(ValueError, match=message):
        hidden_labels(as_answer(BY_HAND) | change, corners())


def test_hidden_labels_wants_a_dictionary():
    with pytest.raises(ValueError, match="expected a dictionary with the keys"):
        hidden_labels([0, 1, 1, 0], corners())
