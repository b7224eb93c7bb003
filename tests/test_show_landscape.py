"""Maps of losses: contours that follow the loss, walks where their numbers say, and a table beside them."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from course import plot_paths
from course.show.axes import Axes
from course.show.drawings import width_of
from course.show.landscape import contours
from course.widgets import line


def bowl(w):
    return w[..., 0] ** 2 + 4 * w[..., 1] ** 2


WALK = np.array([[2.0, 1.0], [1.0, 0.5], [0.5, 0.0]])


def test_a_contour_is_a_line_of_equal_loss():
    axes = Axes((-3.0, 3.0, -2.0, 2.0), 0.0, 0.0, 300.0, 200.0)
    inner = re.findall(r'<path d="([^"]+)"', contours(bowl, axes))[-1]
    pixels = np.array([pair.split() for pair in re.findall(r"[0-9.]+ [0-9.]+", inner)], float)
    losses = bowl(np.column_stack([pixels[:, 0] / 50 - 3, 2 - pixels[:, 1] / 50]))
    assert np.ptp(losses) < 0.05 * losses.mean() + 0.02


def test_the_table_says_where_a_walk_begins_and_ends_and_what_that_costs():
    drawing = plot_paths(bowl, {"here": WALK, "there": -WALK[:2]}, title="Two")
    assert drawing.table.rows == [
        ("here", "2", "(2, 1)", "(0.5, 0)", "8", "0.25"), ("there", "1", "(−2, −1)", "(−1, −0.5)", "8", "2"),
    ]  # fmt: skip
    assert repr(drawing).startswith("Two\nwalk")
    assert "here: 2 steps, cost from 8 to 0.25" in drawing.summary


def test_each_walk_stands_in_its_own_window_where_its_numbers_say():
    drawing = plot_paths({"a": bowl, "b": lambda w: bowl(w + 1)}, {"a": WALK, "b": WALK}, box=(-3, 3, -3, 3))
    windows = ElementTree.fromstring(drawing.svg).findall("svg")
    assert len(windows) == 2
    for window in windows:
        (ring,) = (c for c in window.iter("circle") if c.get("r") == "8")
        assert (float(ring.get("cx")), float(ring.get("cy"))) == pytest.approx((280 * 3.5 / 6, 140), abs=0.06)
    assert [row[4] for row in drawing.table.rows] == ["8", "25"]


def test_words_lie_inside_the_drawing():
    for walks in ({"a walk": WALK}, {"one": WALK, "two": WALK, "three": 1e-3 * WALK}):
        card = ElementTree.fromstring(plot_paths(bowl, walks).svg)
        for element in card.iter("text"):
            width, x = width_of(element.text, float(element.get("font-size"))), float(element.get("x"))
            left = x - {"start": 0.0, "middle": width / 2, "end": width}[element.get("text-anchor")]
            assert 0 <= left <= left + width <= float(card.get("width")), element.text
            assert float(element.get("y")) <= float(card.get("height")) - 8


@pytest.mark.parametrize(
    ("cost", "paths", "message"),
    [
        (bowl, {}, "expected one to three paths"),
        (bowl, {"a": [1.0, 2.0]}, r"of shape \(K \+ 1, 2\), got {'a': \(2,\)}"),
        ({"b": bowl}, {"a": WALK}, "expected a cost for each of a, got b"),
    ],
)
def test_what_is_no_walk_is_refused(cost, paths, message):
    with pytest.raises(ValueError, match=message):
        plot_paths(cost, paths)


def test_one_house_at_a_time_wanders_by_the_gradient_of_that_house():
    places = line.wander("area", 0.0, 4.0, 2, np.random.default_rng(0))
    assert places.shape == (7, 2)
    first = np.random.default_rng(0).permutation(3)[0]
    x, y = line.AREA[first], line.PRICE[first]
    np.testing.assert_allclose(places[1], [0.05 * 2 * (y - 4) * x, 4 + 0.05 * 2 * (y - 4)])
    for feature in line.FEATURES:
        at = np.array([[0.5, 3.0], [1.0, 2.0]])
        np.testing.assert_allclose(line.cost_over(feature)(at), [line.fit(feature, *place).cost for place in at])
