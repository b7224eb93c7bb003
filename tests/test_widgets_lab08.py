"""Lab 08's widgets: the activation explorer and the gradient by depth."""

import numpy as np
import pytest

from course.widgets import activation_explorer, gradient_depth
from course.widgets.activation_explorer import ActivationExplorer
from course.widgets.gradient_depth import LOW, GradientDepth, axes

BENDS = {bend.name: bend for bend in activation_explorer.BENDS}


@pytest.mark.parametrize("bend", activation_explorer.BENDS, ids=lambda bend: bend.name)
@pytest.mark.parametrize("knob", [0.0, 0.3, 1.7])
def test_every_slope_on_display_is_the_slope_of_its_curve(bend, knob):
    z = np.array([-4.1, -1.3, -0.4, 0.6, 1.1, 3.9])  # away from every corner
    nudged = (bend.f(z + 1e-6, knob) - bend.f(z - 1e-6, knob)) / 2e-6
    np.testing.assert_allclose(bend.f_grad(z, knob), nudged, atol=1e-8)


def test_flat_stretches():
    def flat(name, knob=0.1):
        return activation_explorer.flat_stretches(BENDS[name], knob)

    ((low, high),) = flat("relu")
    assert (low, high) == pytest.approx((-5, 0), abs=0.02)
    (left, right) = flat("tanh")
    where = np.arctanh(np.sqrt(1 - activation_explorer.FLAT))  # tanh′ = 0.05
    assert left == pytest.approx((-5, -where), abs=0.02)
    assert right == pytest.approx((where, 5), abs=0.02)
    assert flat("|z|") == flat("maxout of 3") == flat("leaky relu") == []
    assert flat("leaky relu", 0.0) == flat("relu")


def test_the_explorer_follows_its_controls():
    explorer = ActivationExplorer()
    assert explorer.knob.disabled
    assert "At z = 1.00 the slope of sigmoid is 0.197" in explorer.text
    explorer.z.value = -4.0
    assert "saturated" in explorer.text
    assert explorer.figure.value.count(">flat<") == 2
    explorer.bend.value = BENDS["elu"]
    assert not explorer.knob.disabled
    explorer.knob.value, explorer.z.value = 2.0, -1.0
    assert "the slope of elu is 0.736" in explorer.text
    explorer.bend.value = BENDS["|z|"]
    assert "flat nowhere" in explorer.figure.value


def test_the_gradient_norms_are_those_of_the_chain_rule():
    """One hidden relu layer, the gradient written out by hand."""
    from course.data import load_digits
    from course.nn.activations import softmax
    from course.nn.initializers import glorot_uniform, he_normal

    X, y, _, _ = load_digits().rows(np.float64)
    X, y, rng = X[: gradient_depth.EXAMPLES], y[: gradient_depth.EXAMPLES], np.random.default_rng(0)
    W, V = he_normal(64, 64, rng), glorot_uniform(64, 10, rng)
    a = np.maximum(X @ W, 0)
    dz = ((softmax(a @ V) - np.eye(10)[y]) / len(X)) @ V.T * (a > 0)
    signals = gradient_depth.measure("relu", "He normal", 1)
    assert signals.backward == pytest.approx([np.linalg.norm(X.T @ dz)])
    assert signals.forward == pytest.approx([a.std()])


@pytest.mark.parametrize(
    ("activation", "start", "depth", "said"),
    [
        ("sigmoid", "Glorot uniform", 10, "Vanishing: layer 1 gets 2.8e−6"),
        ("tanh", "zeros", 5, "No hidden weight gets any gradient"),
        ("sigmoid", "zeros", 5, "No gradient reaches layer 1"),
        ("tanh", "normal, std 0.01", 10, "Faded"),
        ("relu", "normal, std 1", 10, "Exploding"),
        ("relu", "He normal", 30, "Neither vanishing nor exploding"),
        ("tanh", "orthogonal", 1, "One hidden layer"),
    ],
)
def test_the_status_names_what_becomes_of_the_gradient(activation, start, depth, said):
    assert said in gradient_depth.status(gradient_depth.measure(activation, start, depth))


@pytest.mark.parametrize("activation", gradient_depth.ACTIVATIONS)
@pytest.mark.parametrize("start", gradient_depth.STARTS)
def test_every_choice_gives_finite_numbers_at_the_greatest_depth(activation, start):
    signals = gradient_depth.measure(activation, start, 30)
    assert signals.forward.shape == signals.backward.shape == (30,)
    assert np.isfinite([signals.forward, signals.backward]).all()


def test_no_layer_is_refused():
    with pytest.raises(ValueError, match="expected depth >= 1, got 0"):
        gradient_depth.measure("tanh", "He normal", 0)


def test_the_scale_is_logarithmic_and_holds_what_is_off_it():
    place = axes(5)
    y = place.place(1, np.array([1e6, 1e3, 1.0, 0.0, 1e20]))[:, 1]
    assert y[0] == y[4] == place.top
    np.testing.assert_allclose(np.diff(y[:3]), y[1] - y[0])
    assert y[3] == place.place(1, 10.0**LOW)[1]


def test_every_layer_is_named_and_one_off_the_scale_is_hollow():
    window = GradientDepth()
    window.depth.value = 30
    rows = [line.split()[0] for line in window.text.splitlines()[3:]]
    assert rows == [str(k) for k in range(1, 31)]
    assert "off the scale" in window.figure.value
    off = int((window.signals.backward < 10.0**LOW).sum())
    assert window.figure.value.count('fill="#fcfcfa" stroke="#d55e00"') == off + 1  # one in the key
    window.start.value = "He normal"
    window.activation.value = "relu"
    assert "off the scale" not in window.figure.value


def test_a_slider_that_would_do_nothing_is_not_there():
    explorer = ActivationExplorer()
    assert explorer.knob.layout.display == "none"
    assert all(control.layout.display is None for control in (explorer.bend, explorer.z))
    explorer.bend.value = BENDS["elu"]
    assert explorer.knob.layout.display == "flex"


def test_the_window_follows_its_controls():
    window = GradientDepth()
    assert "10" in window.text.splitlines()[-1].split()
    assert window.figure.value.count("<circle") == 10 + 1  # one in the legend
    window.activation.value = "relu"
    window.start.value = "He normal"
    window.depth.value = 20
    assert "Neither vanishing nor exploding" in window.text
    assert len(window.signals.backward) == 20
