import base64
import gc
import sys
import weakref

import matplotlib
import numpy as np
import pytest

from course.plots import line_ends, new_figure, plot_line, plot_losses

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([0, 1, 1, 1])


def test_the_line_meets_the_edges_of_the_box_where_h_is_zero():
    w, b = np.array([1.0, -1.0]), -0.5
    ends = line_ends(w, b, (-0.5, 1.5, -0.5, 1.5))
    assert sorted(map(tuple, ends)) == [(0.0, -0.5), (1.5, 1.0)]  # by hand: x2 = x1 - 0.5
    np.testing.assert_allclose(ends @ w + b, 0, atol=1e-12)


@pytest.mark.parametrize(("w", "b"), [((0, 0), 0.0), ((0, 0), 1.0), ((1, 1), 50.0)])
def test_no_line_is_drawn_where_none_is_in_view(w, b):
    assert line_ends(np.array(w), b, (-0.5, 1.5, -0.5, 1.5)) is None


def test_plot_line_gives_an_image_and_the_numbers_behind_it():
    picture = plot_line([1, -1], -0.5, X, Y)
    data, metadata = picture._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert metadata["image/png"]["width"] > 300
    assert "(1, 0)  1  0.5   1" in data["text/plain"]
    assert "1·x₁ + (−1)·x₂ + (−0.5) = 0" in data["text/plain"]


def test_every_example_is_in_view_with_room_around_it():
    axes = plot_line([1, -1], -0.5, X, Y).figure.axes[0]
    assert (axes.get_xlim(), axes.get_ylim()) == ((-0.5, 1.5), (-0.5, 1.5))


@pytest.mark.parametrize(("w", "x", "y"), [([1, 2, 3], X, Y), ([1, 2], X[:, :1], Y), ([1, 2], X, Y[:2])])
def test_plot_line_says_which_shapes_it_needs(w, x, y):
    with pytest.raises(ValueError, match="expected w "):
        plot_line(w, 0.0, x, y)


def test_plot_losses_draws_every_curve_with_a_style_of_its_own():
    picture = plot_losses({"small η": np.linspace(1, 0.5, 30), "large η": [1, 2, 4]})
    lines = picture.figure.axes[0].get_lines()
    assert len({(line.get_linestyle(), line.get_marker()) for line in lines}) == 2
    text = repr(picture)
    assert "small η" in text
    assert text.splitlines()[2].split() == ["0", "1", "1"]
    assert text.splitlines()[-1].split() == ["29", "0.5", "–"]


@pytest.mark.parametrize("losses", [{}, [], [[1, 2]]])
def test_plot_losses_refuses_what_is_no_curve(losses):
    with pytest.raises(ValueError, match="expected curves"):
        plot_losses(losses)


def test_figures_leave_nothing_behind():
    before = dict(matplotlib.rcParams)
    figure, _ = new_figure()
    gone = weakref.ref(figure)
    del figure, _
    gc.collect()
    assert gone() is None
    assert dict(matplotlib.rcParams) == before
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or not pyplot.get_fignums()
