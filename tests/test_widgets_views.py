import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import ipywidgets as widgets
import numpy as np
import pytest

import course.widgets
from course.show.axes import Axes
from course.widgets import (
    ChainRuleStepper,
    LossSurface,
    PerceptronExplorer,
    ShapeCalculator,
    perceptron_explorer,
)
from course.widgets.base import Card, button
from course.widgets.loss_surface import model as surface_model
from tests.library import card_kinds, needs_nothing

ALL = [kind for kind in card_kinds() if needs_nothing(kind)]
#: they forget nothing: every state is what their controls show
WITHOUT_RESET = {
    "ActivationExplorer",
    "GapMonitor",
    "GradientDepth",
    "LossExplorer",
    "MaskAnimation",
    "NetworkWard",
    "PenaltyContours",
    "RooflineExplorer",
    "ShrinkagePath",
}


class Cells(HTMLParser):
    """Collect the text of a table's cells, row by row."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.inside = [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        self.inside = tag in ("th", "td")

    def handle_data(self, data):
        if self.inside:
            self.rows[-1].append(data)
        self.inside = False


def cells(widget):
    return Cells(widget.table.value).rows


def controls(widget):
    """Every control inside a widget, in the order in which Tab meets them."""
    if hasattr(widget, "children"):
        return [found for child in widget.children for found in controls(child)]
    return [widget] if hasattr(widget, "description") and type(widget).__name__ != "HTML" else []


@pytest.mark.parametrize("view", ALL)
def test_every_figure_is_sound_and_says_what_it_shows(view):
    root = ElementTree.fromstring(view().figure.value)
    assert root.get("role") == "img"
    assert len(root.get("aria-label")) > 60


@pytest.mark.parametrize("view", ALL)
def test_every_control_is_named_and_there_is_a_reset(view):
    found = controls(view())
    assert [control for control in found if not control.description and not isinstance(control, widgets.Play)] == []
    resets = "Reset" in [control.description for control in found]
    assert resets == (view.__name__ not in WITHOUT_RESET), "either a button Reset, or an entry in WITHOUT_RESET"


@pytest.mark.parametrize("view", ALL)
def test_a_notebook_stores_the_numbers_as_text(view):
    widget = view()
    bundle = widget._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == widget.text
    text = widget.text.replace("-", "−")
    assert [cell for row in cells(widget) for cell in row if cell.replace("-", "−") not in text] == []
    assert not re.search(r"[1-9]\.\d{5}|0\.0?[1-9]\d{4}|0x|<", text)


@pytest.mark.parametrize("view", ALL)
def test_two_of_a_kind_share_no_element_ids(view):
    both = view().figure.value + view().figure.value
    ids = re.findall(r' id="([^"]+)"', both)
    assert len(ids) == len(set(ids))


def test_the_package_names_its_views():
    offered = {getattr(course.widgets, name) for name in course.widgets.__all__}
    assert [kind for kind in card_kinds() if kind not in offered] == [], "without a name in course/widgets/__init__.py"
    for name in course.widgets.__all__:
        assert getattr(course.widgets, name).__name__ == name
    with pytest.raises(AttributeError, match=r"has no name 'Playgroun'; it has .*ChainRuleStepper"):
        course.widgets.Playgroun  # noqa: B018


def test_data_points_become_pixels_with_y_pointing_down():
    axes = Axes((0.0, 2.0, -1.0, 1.0), left=50.0, top=40.0, width=200.0, height=100.0)
    np.testing.assert_allclose(axes.pixels([[0, 1], [2, -1], [1.5, 0.5]]), [[0, 0], [200, 100], [150, 25]])


# the shape calculator


@pytest.mark.parametrize(
    ("expression", "used"),
    [("A @ B", ["4", "4"]), ("A * B", []), ("A.sum(axis=0)", ["3"]), ("A.sum(axis=1)", ["4"])],
)
def test_the_axes_that_are_used_up_are_underlined(expression, used):
    widget = ShapeCalculator()
    widget.expression.value = expression
    assert re.findall(r'text-decoration="underline"[^>]*>(\d+)<', widget.figure.value) == used


def test_typing_a_shape_changes_verdict_table_and_drawing():
    widget = ShapeCalculator()
    before = widget.figure.value
    widget.A.value = "(5, 4)"
    assert cells(widget)[1][:2] == ["▶ A @ B", "✓ (5, 2)"]
    assert widget.figure.value != before
    widget.B.value = "(5, 2)"
    assert "A @ B is refused" in widget.text
    assert "5" in widget.text
    assert "NumPy says: matmul" in widget.text


def test_a_half_typed_shape_is_explained_and_the_last_answer_stays():
    widget = ShapeCalculator()
    table = widget.table.value
    widget.A.value = "(3, <b>"
    assert "expected a shape such as" in widget.status.value
    assert "<b>" not in widget.status.value
    assert widget.table.value == table
    widget.A.value = "(3, 4)"
    assert "expected" not in widget.status.value


def test_a_stretched_array_is_drawn_with_dashes():
    widget = ShapeCalculator()
    widget.expression.value = "A * B"
    widget.B.value = "(3, 4)"
    assert "stroke-dasharray" not in widget.figure.value
    widget.B.value = "(1, 4)"
    assert "stroke-dasharray" in widget.figure.value


@pytest.mark.parametrize("shape", ["()", "(7,)", "(1, 9)", "(100, 3, 20)"])
def test_every_expression_can_be_drawn_for_every_kind_of_shape(shape):
    widget = ShapeCalculator()
    for expression in widget.expression.options:
        widget.expression.value = expression
        for name in ("A", "B", "b"):
            getattr(widget, name).value = shape
            ElementTree.fromstring(widget.figure.value)
    widget.reset()
    assert (widget.A.value, widget.expression.value) == ("(3, 4)", "A @ B")


# the perceptron explorer


def test_table_error_and_line_follow_the_sliders():
    widget = PerceptronExplorer()
    assert cells(widget)[1] == ["(0, 0)", "0", "−0.5", "0.3775", "0", "✓ right"]
    assert [row[4] for row in cells(widget)[1:]] == ["0", "0", "1", "0"]
    before = widget.figure.value
    widget.w2.value = 1
    assert [row[4] for row in cells(widget)[1:]] == ["0", "1", "1", "1"]
    assert "All four of OR are right" in widget.status.value
    assert widget.figure.value != before


def test_wrong_examples_are_ringed():
    widget = PerceptronExplorer()
    assert widget.figure.value.count('r="16"') == 2
    widget.data.value = "XOR"
    assert widget.figure.value.count('r="16"') == 1


def test_the_shading_runs_from_blue_over_paper_to_orange():
    for p, rgb in zip((0.0, 0.5, 1.0), perceptron_explorer.TINTS, strict=True):
        assert perceptron_explorer.tint(p) == f"rgb({rgb[0]},{rgb[1]},{rgb[2]})"
    low, middle, _ = perceptron_explorer.TINTS
    assert perceptron_explorer.tint(0.25) == "rgb({:.0f},{:.0f},{:.0f})".format(*(low + middle) / 2)


@pytest.mark.parametrize(("w", "b"), [((1, -1), -0.5), ((-3, 0.5), 2.0), ((0, 4), -1.0)])
def test_the_shading_is_as_steep_as_the_neuron(w, b):
    axes = Axes(perceptron_explorer.BOX, 0.0, 0.0, 300.0, 300.0)
    drawn = perceptron_explorer.shade(axes, np.array(w), b, "name")
    x1, y1, x2, y2 = (float(re.search(rf' {end}="([^"]+)"', drawn)[1]) for end in ("x1", "y1", "x2", "y2"))
    for x, y, h in ((x1, y1, -5), (x2, y2, 5)):
        assert np.dot(w, [x / 150 - 0.5, 1.5 - y / 150]) + b == pytest.approx(h, abs=0.01)


def test_each_corner_says_which_side_it_is_on():
    widget = PerceptronExplorer()  # h is -3 in the upper left corner and 1.5 in the lower right one
    places = re.findall(r'<text [^>]*?y="([0-9.]+)"[^>]*>(ŷ = . here)', widget.figure.value)
    (above, upper), (below, lower) = sorted((float(y), words) for y, words in places)
    assert above < below
    assert (upper, lower) == ("ŷ = 0 here", "ŷ = 1 here")
    widget.b.value = 4
    assert widget.figure.value.count("ŷ = 1 here") == 2


def test_zero_weights_draw_no_line_and_one_colour():
    widget = PerceptronExplorer()
    widget.w1.value = widget.w2.value = widget.b.value = 0
    assert "linearGradient" not in widget.figure.value
    assert "ŷ = 0 here" not in widget.figure.value


def test_the_explorer_goes_back_to_where_it_began():
    widget = PerceptronExplorer("AND")
    begun = widget.text
    widget.data.value, widget.w1.value, widget.b.value = "XOR", 3, 2
    widget.reset()
    assert widget.text == begun


# the loss surface


def test_step_and_run_walk_and_reset_goes_back():
    widget = LossSurface()
    begun = widget.text
    widget.step_button.click()
    assert len(cells(widget)) == 3
    assert "The steps\n" in widget.text
    widget.run_button.click()
    assert "The first step and the latest\n" in widget.text
    assert len(widget.walk.loss) == 52
    assert cells(widget)[-1][0] == "▶ 51"
    widget.lr.value = 0.01
    assert len(widget.walk.loss) == 52
    widget.reset_button.click()
    assert widget.text == begun


def test_running_ends_on_flat_ground_and_stays_there():
    widget = LossSurface()
    for _ in range(10):
        widget.run_button.click()
    assert "Converged." in widget.status.value
    steps = len(widget.walk.loss)
    widget.run_button.click()
    assert len(widget.walk.loss) == steps


def test_running_away_is_said_in_words_and_in_the_picture():
    widget = LossSurface()
    widget.lr.value = 10
    widget.run_button.click()
    assert "Diverged." in widget.status.value
    assert "outside this window" in widget.figure.value


def test_the_picture_stands_where_the_numbers_say():
    widget = LossSurface()
    widget.go(7)
    figure = widget.figure.value
    ticks = re.findall(r'y="406.0"[^>]*>([^<]+)<|y="406"[^>]*>([^<]+)<', figure)
    assert ["".join(pair) for pair in ticks] == ["−2", "−1", "0", "1", "2"]
    window = ElementTree.fromstring(figure)[0]
    x, y = widget.axes.pixels(widget.walk.w)[-1]
    rings = [(c.get("cx"), c.get("cy")) for c in window if c.get("r") == "8"]
    assert [(float(cx), float(cy)) for cx, cy in rings] == [pytest.approx((x, y), abs=0.06)]
    assert "a walk of 7 steps with learning rate 0.1." in figure


def test_the_deepest_ground_lies_around_the_global_minimum_and_is_the_darkest():
    widget = LossSurface()
    deepest = re.findall(r'<path d="([^"]+)" fill="(rgb[^"]+)"', widget.ground)[-1]
    points = np.array([pair.split() for pair in re.findall(r"[0-9.]+ [0-9.]+", deepest[0])], float)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    np.testing.assert_allclose(middle, widget.axes.pixels([[-1.036, 0.0]])[0], atol=3)
    shades = [sum(map(int, re.findall("[0-9]+", rgb))) for rgb in re.findall(r"rgb\([^)]*\)", widget.ground)]
    assert shades == sorted(shades, reverse=True)


def test_another_surface_brings_its_own_ground_and_start():
    widget = LossSurface()
    ground = widget.ground
    widget.surface.value = surface_model.OR_NEURON
    assert widget.ground != ground
    assert (widget.start_w1.value, widget.start_w2.value) == surface_model.OR_NEURON.start
    assert widget.start_w1.max == surface_model.OR_NEURON.reach
    widget.surface.value = surface_model.VALLEYS
    assert widget.ground == ground
    assert (widget.start_w1.value, widget.start_w2.value) == surface_model.VALLEYS.start


def test_a_lab_can_bring_its_own_surface():
    X, y = np.array([[0.0, 1.0], [2.0, 1.0]]), np.array([0, 1])
    widget = LossSurface([surface_model.neuron_surface("mine", X, y, 0.25, reach=3)])
    assert widget.surface.value.name == "mine"
    assert "+ 0.25" in widget.surface.value.formula
    assert "surface" not in [control.description for control in controls(widget)]  # there is none to choose
    assert "surface" in [control.description for control in controls(LossSurface())]


# the chain-rule stepper


def test_numbers_appear_one_step_at_a_time():
    widget = ChainRuleStepper()
    assert [row[3] for row in cells(widget)[1:]] == ["?"] * 8
    assert widget.back_button.disabled
    widget.step_button.click()
    assert [row[3] for row in cells(widget)[1:3]] == ["−0.5", "?"]
    assert cells(widget)[1][0] == "▶ h"
    assert widget.figure.value.count("▶") == 2  # the mark, and the key that explains it
    assert widget.figure.value.count(">?<") == 2  # p and l are still to come
    widget.all_button.click()
    assert "?" not in widget.table.value
    assert ">?<" not in widget.figure.value
    assert widget.step_button.disabled
    widget.back_button.click()
    assert widget.done == 7


def test_gradients_stand_in_the_picture_once_they_are_known():
    widget = ChainRuleStepper()
    widget.go(3)
    assert "∂ℓ/∂p =" not in widget.figure.value.partition(">")[2]
    widget.go(4)
    assert "∂ℓ/∂p = −1.245" in widget.figure.value.partition(">")[2]


def test_changing_an_input_recomputes_what_is_shown():
    widget = ChainRuleStepper()
    widget.go(1)
    widget.b.value = 2
    assert cells(widget)[1][2:] == ["1·1 + (−1)·1 + 2", "2"]
    widget.y.value = 0
    widget.reset()
    assert (widget.b.value, widget.y.value, widget.done) == (-0.5, 1, 0)


def test_a_field_that_is_huge_draws_all_the_same():
    widget = ChainRuleStepper()
    widget.w1.value = widget.x1.value = 1000
    widget.all_button.click()
    ElementTree.fromstring(widget.figure.value)
    assert "not a number" not in widget.text


# the card itself


class Counting(Card):
    def __init__(self):
        self.seen = []
        self.inner, self.outer = widgets.FloatSlider(1.0), widgets.Dropdown(options=["a", "b"])
        self.bar, self.play = widgets.IntProgress(0, max=9), widgets.Play(0)
        row = widgets.HBox([self.inner, widgets.HBox([button("Reset", "Back", self.reset)])])
        super().__init__("a card", "that counts", [self.outer, row, self.bar, self.play])

    def refresh(self):
        self.seen.append((self.inner.value, self.outer.value))


def test_a_card_hears_its_own_controls_and_not_what_is_only_looked_at():
    card = Counting()
    card.inner.value, card.outer.value = 2.0, "b"
    card.bar.value = card.play.value = 5
    assert card.seen == [(1.0, "a"), (2.0, "a"), (2.0, "b")]


def test_reset_puts_every_control_back_and_shows_that_once():
    card = Counting()
    card.inner.value, card.outer.value = 2.0, "b"
    del card.seen[:]
    card.reset()
    assert card.seen == [(1.0, "a")]
    with card.quietly():
        card.inner.value = 7.0
    assert card.seen == [(1.0, "a")]
    card.inner.value = 8.0
    assert card.seen[-1] == (8.0, "a")
