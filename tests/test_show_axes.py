"""Axes: data to pixels on linear and logarithmic scales, and words where the data are."""

import re

import numpy as np
import pytest

from course.show.axes import Axes

AXES = Axes((0.0, 10.0, 1.0, 100.0), left=50.0, top=20.0, width=200.0, height=100.0, log="y")


def test_a_logarithmic_axis_gives_each_factor_the_same_length():
    np.testing.assert_allclose(AXES.pixels([(0, 1), (5, 10), (10, 100)]), [(0, 100), (100, 50), (200, 0)])
    np.testing.assert_allclose(AXES.place(5, [1, 10, 100]), [(150, 120), (150, 70), (150, 20)])


def test_what_lies_beyond_an_edge_is_held_at_it_on_the_card_and_not_in_the_window():
    np.testing.assert_allclose(AXES.place([-3, 12], [0.0, 1e9]), [(50, 120), (250, 20)])
    np.testing.assert_allclose(AXES.pixels((20, 1000)), (400, -50))


@pytest.mark.parametrize(("x", "across"), [(100.0, 0), (10.0, 100), (1.0, 200), (0.1, 200), (1e5, 0)])
def test_an_axis_may_run_backwards(x, across):
    backwards = Axes((100.0, 1.0, 0.0, 1.0), 0.0, 0.0, 200.0, 100.0, log="x")
    assert backwards.place(x, 0.5) == pytest.approx((across, 50))


def test_ticks_stand_where_the_numbers_are():
    drawn = AXES.grid([1, 10, 100]) + AXES.below([0, 5], "x")
    words = re.findall(r'x="([0-9.]+)" y="([0-9.]+)"[^>]*>([^<]+)</text>', drawn)
    assert [(float(x), float(y), word) for x, y, word in words] == [
        (42, 120, "1"), (42, 70, "10"), (42, 20, "100"), (50, 134, "0"), (150, 134, "5"), (150, 152, "x"),
    ]  # fmt: skip


def test_a_frame_has_ticks_of_its_own_on_each_axis():
    assert re.findall(r">([^<]+)</text>", AXES.frame("a", "b", [0, 10], [1, 100])) == ["1", "100", "b", "0", "10", "a"]
