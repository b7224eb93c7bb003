import base64
import gc
import re
import sys
import weakref
from html import unescape

import matplotlib
import numpy as np
import pytest

from course.show.digits import plot_confusion, plot_digits
from course.show.plane import line_ends, plot_line, plot_regions
from course.show.plots import new_figure, plot_losses

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
    data = picture._repr_mimebundle_()
    image = re.search(r'<img src="data:image/png;base64,([^"]+)" alt="([^"]+)" width="(\d+)"', data["text/html"])
    assert base64.b64decode(image[1]).startswith(b"\x89PNG")
    assert (
        image[2] == "Examples and the line 1·x₁ + (−1)·x₂ + (−0.5) = 0. 2 of 4 examples lie on their side of the line."
    )
    assert int(image[3]) > 300
    assert "<details><summary>The numbers</summary><table" in data["text/html"]
    assert ">Examples and the line" in data["text/html"]
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


def test_axes_have_whole_epochs_and_plain_numbers():
    axes = plot_losses({"a": [2.5, 0.9, 0.4]}, xlabel="epoch", log=True).figure.axes[0]
    axes.figure.canvas.draw()
    assert all(place == round(place) for place in axes.get_xticks())
    labels = [tick.get_text() for tick in axes.get_yticklabels(which="both")]
    assert {"1", "0.4"} <= set(labels)
    assert all(float(label) for label in labels if label)


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (plot_losses([4, 1, 2, 3], "A ravine"), "A ravine. Over step 0 to 3: loss from 4 to 3, lowest 1 at 1."),
        (
            plot_losses({"a<b": [1, 5, 2], "nan": [np.nan]}, "T"),
            "a<b from 1 to 2, highest 5 at 1; nan from not a number",
        ),
        (plot_digits(np.ones((3, 8, 8)), np.array([7, 0, 7])), "Digits. Row by row, in rows of 10, labelled 7 0 7."),
        (plot_confusion([[5, 3], [1, 4]]), "9 of 13 are read correctly; most often, 3 times, 0 is read as 1."),
        (plot_confusion(np.eye(2, dtype=int)), "2 of 2 are read correctly."),
        (
            plot_regions({"no": lambda x: np.zeros(len(x))}, X, Y),
            "Boundaries. no calls 0.00 of the plane 1 and gets 0.25 of the examples right.",
        ),
        (plot_line([0, 0], 1.0, X, Y), "3 of 4 examples lie on their side of the line, which is out of view."),
    ],
)
def test_an_image_says_in_words_what_it_shows(picture, said):
    alt = re.search('alt="([^"]+)"', picture.html())[1]
    assert said in unescape(alt)


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
