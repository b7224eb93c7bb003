"""Drawings of neurons, layers, networks and signals: right numbers, words that fit, and a table that says the same."""

from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest

from course import (
    Linear,
    Network,
    ReLU,
    SoftmaxCrossEntropy,
    Tanh,
    draw_ladder,
    draw_layer,
    draw_network,
    draw_neuron,
    draw_normal,
    draw_processors,
    initializers,
    layer_signals,
    plot_signals,
)
from course.nn.activations import sigmoid
from course.show.drawings import width_of
from course.show.signals import LayerSignals
from course.widgets import roofline

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([0, 1, 1, 1])
PARAMS = {
    "W1": np.array([[1.0, -1.0, 2.0], [1.0, 1.0, -1.0]]),
    "b1": np.array([0.0, 1.0, -1.0]),
    "W2": np.array([[1.0], [2.0], [-1.0]]),
    "b2": np.array([0.5]),
}


def signals_of(depth, act=Tanh, init=initializers.glorot_uniform):
    """Give what runs through a network of `depth` hidden layers of 5 units, before any training."""
    layers = [part for k in range(depth) for part in (Linear(5 if k else 3, 5, init=init), act())]
    net = Network([*layers, Linear(5, 2)], rng=np.random.default_rng(0), dtype=np.float64)
    X, y = np.random.default_rng(1).normal(size=(40, 3)), np.arange(40) % 2
    return layer_signals(net, X, y, SoftmaxCrossEntropy())


ALL = {
    "a neuron": draw_neuron([1, -1], -0.5, [1, 1]),
    "a neuron of six": draw_neuron([-0.1234567] * 6, -1e-5, [123456.0] * 6),
    "a line's normal": draw_normal([1, -1], -0.5, X, Y),
    "a line far away": draw_normal([0.01, 0.02], 3.0, X, Y),
    "a line through the origin": draw_normal([3.0, 0.0], 0.0, X, Y),
    "2–3–1 by name": draw_network((2, 3, 1)),
    "2–3–1 with values": draw_network(PARAMS),
    "2–2–2–1": draw_network((2, 2, 2, 1)),
    "a layer": draw_layer(PARAMS["W1"], PARAMS["b1"], X),
    "a layer of one unit": draw_layer(PARAMS["W2"], PARAMS["b2"], [0.12345, -1234.5, 1e-9]),
    "signals of one layer": plot_signals({"before training": signals_of(1)}),
    "signals of ten layers": plot_signals({"before training": signals_of(10), "after training": signals_of(10, ReLU)}),
    "signals that are all 0": plot_signals({"zeros": signals_of(2, init=initializers.zeros)}),
    **{f"a ladder of {L}": draw_ladder(L) for L in range(1, 5)},
    "two processors": draw_processors(*roofline.MACHINES[:2], roofline.LINK),
    "two real ones": draw_processors(roofline.MACHINES[2], roofline.MACHINES[4], 63e9),
    "a roofline to read": roofline.explained(roofline.MACHINES[1], roofline.Product(1, 1024, 1024, 4), (1, 1024)),
    "a roofline with tensor cores": roofline.explained(
        roofline.MACHINES[4], roofline.Product(1, 512, 512, 4), (8, 2048)
    ),
}


def words(drawing):
    """Give every word of a drawing with its box on the card: left, right, top, bottom."""
    for element in ElementTree.fromstring(drawing.svg).iter("text"):
        size, x, y = (float(element.get(name)) for name in ("font-size", "x", "y"))
        width = width_of(element.text, size)
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[element.get("text-anchor")]
        yield element.text, (left, left + width, y - size / 2, y + size / 2)


@pytest.mark.parametrize("name", ALL)
def test_every_word_lies_inside_the_drawing_and_covers_no_other(name):
    card = ElementTree.fromstring(ALL[name].svg)
    width, height = float(card.get("width")), float(card.get("height"))
    found = list(words(ALL[name]))
    for word, (left, right, top, bottom) in found:
        assert left >= 0, word
        assert right <= width, word
        assert top >= 0, word
        assert bottom <= height, word
    for (one, a), (other, b) in combinations(found, 2):
        apart = a[1] <= b[0] or b[1] <= a[0] or a[3] <= b[2] + 1 or b[3] <= a[2] + 1
        assert apart, f"{one} and {other}"


@pytest.mark.parametrize("name", ALL)
def test_a_notebook_gets_an_image_that_says_what_it_shows_and_stores_the_table(name):
    drawing = ALL[name]
    bundle = drawing._repr_mimebundle_()
    assert bundle["text/plain"] == drawing.table.text()
    assert bundle["text/html"].startswith('<figure style="margin:.3em 0"><img src="data:image/svg+xml,')
    card = ElementTree.fromstring(drawing.svg)
    assert card.get("aria-label") == f"{drawing.table.caption}. {drawing.summary}"
    assert drawing.table.html() in bundle["text/html"]


def test_a_neuron_by_hand():
    drawing = draw_neuron([2, -3], 0.5, [4, 1])
    assert [row[3] for row in drawing.table.rows] == ["8", "−3", "0.5", "5.5", "0.9959"]
    assert drawing.summary == "h = 2·4 + (−3)·1 + 0.5 = 5.5; p = σ(h) = 0.9959."
    shown = {word for word, _ in words(drawing)}
    assert {"x₁ = 4", "× w₂ = −3", "b = 0.5", "h = 5.5", f"p = {sigmoid(np.array(5.5)):.3f}"} <= shown


def test_a_normal_by_hand():
    drawing = draw_normal([3, 4], -10, [[0, 0], [2, 1], [6, 8]], [0, 1, 1])
    assert [row[2:] for row in drawing.table.rows] == [("−2", "0"), ("0", "1"), ("8", "1")]
    assert "has length 5" in drawing.summary
    assert drawing.summary.endswith("|b| / ‖w‖ = 10 / 5 = 2 away from the origin.")
    assert "distance 2" in {word for word, _ in words(drawing)}


@pytest.mark.parametrize(("w", "b"), [((1.0, -1.0), -0.5), ((0.01, 0.02), 3.0), ((-2.0, 0.5), 1.0)])
def test_the_arrow_stands_at_right_angles_on_the_line(w, b):
    window = ElementTree.fromstring(draw_normal(w, b, X, Y).svg).find("svg")
    paths = {(p.get("stroke-width"), p.get("stroke")): p.get("d") for p in window.iter("path")}
    line, shaft = (
        np.array([pair.split() for pair in paths[key].strip("M").split("L")], float)
        for key in (("2.5", "#1f2733"), ("3", "#0072b2"))
    )
    along, across = (ends[1] - ends[0] for ends in (line, shaft))
    cosine = along @ across / np.linalg.norm(along) / max(np.linalg.norm(across), 1e-9)
    assert abs(cosine) < 0.2 if np.linalg.norm(across) < 5 else abs(cosine) < 0.02


@pytest.mark.parametrize("network", [(2, 3, 1), PARAMS, (3, 4, 2), (2, 2, 2, 1)])
def test_every_parameter_has_its_name_on_the_drawing_and_its_row_in_the_table(network):
    drawing = draw_network(network)
    sizes = (2, 3, 1) if network is PARAMS else network
    expected = [f"W{k}[{i},{j}]" for k in range(1, len(sizes)) for i in range(sizes[k - 1]) for j in range(sizes[k])]
    expected += [f"b{k}[{j}]" for k in range(1, len(sizes)) for j in range(sizes[k])]
    shown = [word.partition(" = ")[0] for word, _ in words(drawing)]
    assert sorted(row[0] for row in drawing.table.rows) == sorted(expected)
    assert set(expected) <= set(shown)
    assert len(shown) == len(set(shown))


def test_a_network_shows_the_values_of_its_parameters():
    drawing = draw_network(PARAMS)
    assert {"W1[0,2] = 2", "W2[2,0] = −1", "b2[0] = 0.5"} <= {word for word, _ in words(drawing)}
    assert ("W1[1,2]", "x[1]", "a1[2]", "−1") in drawing.table.rows


def test_a_layer_by_hand():
    drawing = draw_layer(PARAMS["W1"], PARAMS["b1"], X)
    np.testing.assert_array_equal([[float(cell.replace("−", "-")) for cell in row[1:]] for row in drawing.table.rows],
                                  X @ PARAMS["W1"] + PARAMS["b1"])  # fmt: skip
    assert {"x (4, 2)", "W (2, 3)", "b (3,)", "z (4, 3)"} <= {word for word, _ in words(drawing)}
    one = draw_layer(PARAMS["W1"], PARAMS["b1"], [1, 0])
    assert {"x (2,)", "z (3,)"} <= {word for word, _ in words(one)}
    assert one.summary == "z[0] = x times column 0 of W, plus b[0] = 1·1 + 0·1 + 0 = 1."


def test_two_processors_say_the_speeds_they_are_given():
    cpu, gpu = roofline.MACHINES[:2]
    drawing = draw_processors(cpu, gpu, 16e9)
    shown = {word for word, _ in words(drawing)}
    assert {cpu.name, gpu.name, "at most 100 GFLOP/s", "at most 10 TFLOP/s", "50 GB/s", "500 GB/s", "16 GB/s"} <= shown
    assert ("from its own memory", "50 GB/s", "500 GB/s") in drawing.table.rows
    small = [r for r in ElementTree.fromstring(drawing.svg).iter("rect") if float(r.get("width")) < 8]
    assert len(small) == 320
    assert "thousands, each simple (320 are drawn)" in drawing.table.rows[0]


def test_a_roofline_is_read_off_where_the_layer_lies():
    drawing = roofline.explained(roofline.MACHINES[1], roofline.Product(1, 1024, 1024, 4), (1, 1024))
    assert [row[2] for row in drawing.table.rows[2:]] == [
        "20 operations a byte",
        "0.499 operations a byte, 250 GFLOP/s at most: memory",
        "171 operations a byte, 10 TFLOP/s at most: computing",
    ]
    assert "with batches of 1 it waits for memory, at 250 GFLOP/s" in drawing.summary
    discs = [c for c in ElementTree.fromstring(drawing.svg).iter("circle") if c.get("r") == "5"]
    places = roofline.AXES.place([0.499, 170.7], [250e9, 10e12])
    np.testing.assert_allclose([(float(c.get("cx")), float(c.get("cy"))) for c in discs], places, atol=0.5)


def test_a_ladder_goes_up_and_comes_down_again():
    drawing = draw_ladder(2)
    equations = [row[1] for row in drawing.table.rows]
    assert equations == [
        "z₁ = x W₁ + b₁", "a₁ = f(z₁)", "z₂ = a₁ W₂ + b₂", "L = loss(z₂, y)", "∂L/∂z₂ = gradient of the loss",
        "∂L/∂W₂ = a₁ᵀ ∂L/∂z₂, ∂L/∂b₂ = Σ ∂L/∂z₂", "∂L/∂a₁ = ∂L/∂z₂ W₂ᵀ", "∂L/∂z₁ = ∂L/∂a₁ ⊙ f′(z₁)",
        "∂L/∂W₁ = xᵀ ∂L/∂z₁, ∂L/∂b₁ = Σ ∂L/∂z₁",
    ]  # fmt: skip
    for L in range(1, 5):
        shown = {word for word, _ in words(draw_ladder(L))}
        assert {"x", "L", *(f"∂L/∂z{'₀₁₂₃₄'[k]}" for k in range(1, L + 1))} <= shown


@pytest.mark.parametrize(
    ("draw", "arguments", "message"),
    [
        (draw_neuron, ([1, 2], 0, [1]), "expected w and x of one length"),
        (draw_neuron, ([1] * 7, 0, [1] * 7), "from 1 to 6"),
        (draw_normal, ([0, 0], 1, X, Y), "that is not 0"),
        (draw_normal, ([1, 1], 1, X, Y[:2]), r"X \(N, 2\) and y \(N,\)"),
        (draw_network, ((2,),), "expected 2 to 4 sizes"),
        (draw_network, ((2, 7, 1),), "from 1 to 6"),
        (draw_network, ((6, 6),), "expected fewer connections"),
        (draw_network, ({**PARAMS, "b1": np.zeros(2)},), r"and b1 \(3,\), got \(2, 3\) and \(2,\)"),
        (draw_network, ({**PARAMS, "W2": np.ones((2, 1))},), "each layer's outputs the next one's inputs"),
        (draw_layer, (PARAMS["W1"], PARAMS["b1"], [1, 2, 3]), r"expected W \(n, h\), b \(h,\)"),
        (draw_layer, (np.ones((2, 7)), np.ones(7), [1, 2]), "none larger than 6"),
        (draw_ladder, (5,), "expected 1 to 4 layers, got 5"),
        (draw_ladder, (0,), "got 0"),
        (plot_signals, ({},), "expected one or two networks of one depth, got {}"),
        (plot_signals, ({"a": signals_of(1), "b": signals_of(2)},), "got {'a': 1, 'b': 2}"),
        (plot_signals, ({"a": LayerSignals([np.array([np.inf])], [np.zeros(1)])},), "got NaN or ∞ in layer 1, a"),
        (signals_of, (0,), "expected a network with hidden layers, got 1 linear layer"),
        (draw_processors, (*roofline.MACHINES[:2], 0.0), "expected positive speeds"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(draw, arguments, message):
    with pytest.raises(ValueError, match=message):
        draw(*arguments)


def test_signals_by_hand():
    """One hidden layer of relus: what it passes on, and the gradient of its weights written out."""
    W, V, X = np.array([[1.0, -2.0]]), np.array([[0.5, 0.0], [0.0, 1.0]]), np.array([[1.0], [-1.0]])
    net = Network([Linear(1, 2), ReLU(), Linear(2, 2)], rng=np.random.default_rng(0), dtype=np.float64)
    net.layers[0].W[...], net.layers[2].W[...] = W, V
    found = layer_signals(net, X, np.array([0, 1]), SoftmaxCrossEntropy())
    a = np.maximum(X @ W, 0)
    p = np.exp(a @ V) / np.exp(a @ V).sum(axis=1, keepdims=True)
    (activations,), (gradients,) = found.activations, found.gradients
    np.testing.assert_array_equal(activations, a)
    np.testing.assert_allclose(gradients, X.T @ (((p - np.eye(2)) / 2) @ V.T * (a > 0)))
    (row,) = plot_signals({"now": found}).table.rows
    assert [float(cell) for cell in row] == pytest.approx([1, a.std(), np.sqrt((gradients**2).mean())], rel=0.05)


def test_signals_of_many_layers_show_six_and_list_all():
    drawing = ALL["signals of ten layers"]
    assert [row[0] for row in drawing.table.rows] == [str(k) for k in range(1, 11)]
    shown = [word for word, _ in words(drawing) if word.startswith("layer")]
    assert shown == [f"layer {k}" for k in (1, 3, 5, 6, 8, 10)]
    assert "all 0" in {word for word, _ in words(ALL["signals that are all 0"])}


def test_a_bar_stands_where_its_numbers_lie():
    """Two thirds of the activations are −1 and a third is 1; the gradients are 0.01 and 1."""
    one = LayerSignals([np.array([[-1.0, -1.0, 1.0]])], [np.array([[0.01, 1.0, 1.0]])])
    outlines = [path.get("d") for path in ElementTree.fromstring(plot_signals({"now": one}).svg).iter("path")
                if path.get("fill") == "#d6e6f2"]  # fmt: skip
    highest, half = ({min(float(pair.split()[1]) for pair in outline.strip("M").split("L")[side])
                      for outline, side in zip(outlines, sides, strict=True)}
                     for sides in ((slice(0, 4), slice(-4, None)), (slice(-4, None), slice(0, 4))))  # fmt: skip
    assert highest == {66.0}
    assert half == {86.0}
