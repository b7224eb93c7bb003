"""Lab 06's backprop stepper, the trace of a training step, and the probe that calls a backward pass."""

from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest

from course.inside.codec import encode
from course.inside.observe import observe
from course.inside.probes import SLOPES, call_backward
from course.nn.activation_layers import Tanh
from course.nn.dropout import Dropout
from course.nn.gradcheck import numeric_gradient
from course.nn.layers import Linear
from course.nn.losses import MSE, SigmoidCrossEntropy, SoftmaxCrossEntropy
from course.nn.network import Network
from course.widgets import BackpropStepper, backprop_stepper, training_step
from course.widgets.backprop_stepper import cell_text
from tests.test_widgets_views import cells


def values(N=4, h=3, f="tanh"):
    return {step.name: step.value for step in backprop_stepper.calculate(backprop_stepper.given(N, h), f)}


def network(*sizes):
    layers = [part for n, m in pairwise(sizes) for part in (Linear(n, m), Tanh())]
    return Network(layers[:-1], rng=np.random.default_rng(0), dtype=np.float64)


# the stepper's model


@pytest.mark.parametrize("f", backprop_stepper.ACTIVATIONS)
@pytest.mark.parametrize("name", ["W₁", "b₁", "W₂", "b₂"])
def test_the_steppers_gradients_agree_with_central_differences(name, f):
    given = backprop_stepper.given(3, 4)

    def loss(array):
        return backprop_stepper.calculate(given | {name: array}, f)[4].value

    exact = values(3, 4, f)[f"∂L/∂{name}"]
    np.testing.assert_allclose(exact, numeric_gradient(loss, given[name]), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("N", "h"), [(4, 3), (1, 1), (2, 4)])
def test_every_gradient_has_the_shape_of_the_thing_itself(N, h):
    known = values(N, h) | backprop_stepper.given(N, h)
    gradients = [name for name in known if name.startswith("∂L/∂")]
    assert len(gradients) == 7
    assert all(known[name].shape == known[name.removeprefix("∂L/∂")].shape for name in gradients)


def test_one_example_by_hand():
    now = values(1, 1)  # x = (0, 0), y = 0, b₁ = 0.2, W₂ = 1.2, b₂ = −0.3
    a = np.tanh(0.2)
    p = 1 / (1 + np.exp(0.3 - 1.2 * a))
    assert now["L"] == pytest.approx(-np.log(1 - p))
    assert now["∂L/∂b₁"] == pytest.approx(p * 1.2 * (1 - a**2))
    np.testing.assert_array_equal(now["∂L/∂W₁"], np.zeros((2, 1)))


def test_what_does_not_fit_on_the_card_is_refused():
    with pytest.raises(ValueError, match="expected 1 to 4 examples and hidden units, got 5 and 3"):
        backprop_stepper.given(5, 3)
    with pytest.raises(ValueError, match="expected one of tanh, sigmoid, got 'relu'"):
        backprop_stepper.calculate(backprop_stepper.given(), "relu")
    with pytest.raises(ValueError, match="expected 0 to 12 steps, got 13"):
        backprop_stepper.status(backprop_stepper.calculate(backprop_stepper.given()), 13)


# the stepper


def test_shapes_and_numbers_appear_step_by_step():
    widget = BackpropStepper()
    assert widget.back_button.disabled
    assert "Z₁ (4, 3)" not in widget.figure.value
    widget.step_button.click()
    assert "▶ Z₁ (4, 3)" in widget.figure.value
    assert "(4, 2) · (2, 3) + (3,) → (4, 3)" in widget.status.value
    assert cells(widget)[7][2:] == ["(4, 3)", "0.20 0.50 −0.40; −0.80 2.00 0.20; 1.20 0.00 0.40; 0.20 1.50 1.00"]
    assert cells(widget)[8][2:] == ["?", "?"]
    for _ in range(4):
        widget.step_button.click()
    assert "Now the backward pass begins" in widget.status.value
    widget.all_button.click()
    assert widget.step_button.disabled
    assert "∂L/∂b₁ (3,)" in widget.figure.value
    widget.back_button.click()
    assert widget.done == 11


def test_another_network_is_taken_up_and_reset_forgets_it():
    widget = BackpropStepper()
    widget.all_button.click()
    widget.hidden.value, widget.examples.value, widget.f.value = 4, 2, "sigmoid"
    assert "Z₁ (2, 4)" in widget.figure.value
    assert cells(widget)[8][1] == "sigmoid(Z₁)"
    widget.reset_button.click()
    assert (widget.done, widget.hidden.value, widget.examples.value, widget.f.value) == (0, 3, 4, "tanh")


def test_the_figure_and_the_table_show_the_same_numbers():
    widget = BackpropStepper()
    widget.all_button.click()
    drawn = [element.text for element in ElementTree.fromstring(widget.figure.value).iter() if element.text]
    for name, _, shape, numbers in cells(widget)[1:]:
        label = f"{name.removeprefix('▶ ')} {shape.removeprefix('one number')}".strip()
        assert any(text.removeprefix("▶ ") == label for text in drawn), label
        assert all(number in drawn for number in numbers.replace(";", "").split())


@pytest.mark.parametrize(("value", "text"), [(-0.001, "0.00"), (0.0, "0.00"), (-0.126, "−0.13"), (2.0, "2.00")])
def test_numbers_have_a_true_minus_sign_and_zero_has_none(value, text):
    assert cell_text(value) == text


# the trace of a training step


def test_each_tagged_line_stands_beside_its_equation():
    assert training_step.tagged_lines(Linear.forward) == {"6.1": ("z = xW + b", "return x @ self.W + self.b")}
    assert list(training_step.tagged_lines(Linear.backward)) == ["6.5", "6.6", "6.7"]


def test_the_trace_shows_the_shapes_of_the_run():
    table = training_step.beside_the_code(network(2, 3, 1), SigmoidCrossEntropy(), np.ones((4, 2)), np.zeros(4))
    tags = [row[1].partition(" ")[0] for row in table.rows]
    back = ["(6.5)", "(6.6)", "(6.7)"]
    assert tags == ["(6.1)", "(6.2)", "(6.1)", "(4.11)", *back, "(6.4)", *back]
    shapes = [row[3] for row in table.rows]
    assert shapes[0] == "x (4, 2) · W (2, 3) + b (3,) → z (4, 3)"
    assert shapes[4] == "xᵀ (3, 4) · ∂L/∂z (4, 1) → ∂L/∂W (3, 1)"
    assert shapes[6] == "∂L/∂z (4, 1) · Wᵀ (1, 3) → ∂L/∂x (4, 3)"
    assert "not computed" in shapes[-1]


def test_a_traced_step_leaves_the_gradient_of_an_ordinary_one():
    net, X, y = network(3, 4, 2), np.random.default_rng(1).normal(size=(5, 3)), np.array([0, 1, 1, 0, 1])
    training_step.run_step(net, SoftmaxCrossEntropy(), X, y)
    traced = net.grad.copy()
    net.backward(SoftmaxCrossEntropy().grad(net.forward(X, train=True), y))
    np.testing.assert_array_equal(traced, net.grad)


def test_a_layer_of_another_lab_is_refused():
    net = Network([Linear(2, 2), Dropout(0.5)], rng=np.random.default_rng(0), dtype=np.float64)
    with pytest.raises(ValueError, match=r"expected Linear layers and activations, got Dropout\(0.5\)"):
        training_step.beside_the_code(net, MSE(), np.ones((3, 2)), np.ones((3, 2)))


def test_flops_are_counted_by_hand():
    forward, backward, kept = training_step.count_flops(network(5, 3, 2), np.zeros((4, 5)))
    assert forward == 2 * 4 * (5 * 3 + 3 * 2)
    assert backward == forward + 2 * 4 * 3 * 2
    assert kept == 4 * (5 + 3 + 3)


# the probe


def layers(dA, activations, Ws, fprime):
    return [np.ones_like(W) for W in Ws], [fprime(A[0]) for A in activations[1:]]


CASE = {"dA": np.ones((2, 1)), "activations": [np.ones((2, 3)), np.zeros((2, 1))], "Ws": [np.ones((3, 1))]}


@pytest.mark.parametrize(("name", "slope"), [("slope of tanh", 1.0), ("slope of softplus", 0.0)])
def test_the_probe_hands_over_the_slope_and_names_each_array(name, slope):
    seen = call_backward(layers, CASE | {"fprime": name})
    assert list(seen) == ["dWs[0]", "dbs[0]"]
    np.testing.assert_array_equal(seen["dbs[0]"], [slope])


@pytest.mark.parametrize("name", SLOPES)
def test_the_slopes_are_those_of_their_functions(name):
    f = {"slope of tanh": np.tanh, "slope of softplus": lambda z: np.log1p(np.exp(z))}[name]
    z = np.array([-1.3, -0.2, 0.4, 2.1])
    np.testing.assert_allclose(SLOPES[name](f(z)), (f(z + 1e-6) - f(z - 1e-6)) / 2e-6, rtol=1e-8)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda *_: None, "expected the pair"),
        (lambda *_: ([], []), "expected lists of 1 arrays in dWs and 1 in dbs, one a layer; got 0 and 0"),
        (lambda *_: (1.0, 2.0), "got no list and no list"),
    ],
)
def test_the_probe_says_what_it_expected(answer, words):
    assert words in observe("call_backward", answer, encode(CASE | {"fprime": "slope of tanh"}))["error"]["message"]
