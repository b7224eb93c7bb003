"""Lab 07's widgets: the graph inspector and the ward."""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from course.checks.judge import judge
from course.inside.observe import observe_all
from course.widgets import GraphInspector, NetworkWard, graph_inspector
from course.widgets.network_ward import model as ward_model
from tests.gates import answers_of, exercise_of, record_of
from tests.test_widgets_views import cells, controls

TWO_WAYS, DIAMOND, NEURON = graph_inspector.BLUEPRINTS
Spot = graph_inspector.Spot
SQUARE = graph_inspector.Blueprint(
    "an inner node used three times: z = s·s + s, s = x + y",
    (Spot("x", "", (), 0, 0), Spot("y", "", (), 0, 1), Spot("s", "+", ("x", "y"), 1, 0),
     Spot("q", "·", ("s", "s"), 2, 0), Spot("z", "+", ("q", "s"), 3, 0)),
    (("x", 1.0), ("y", 2.0)),
)  # fmt: skip


def grads(taken):
    sums = {}
    for step in taken:
        if step.way == "backward":
            sums[step.name] = sums.get(step.name, 0.0) + step.value
    return sums


def test_two_ways_by_hand():
    taken = graph_inspector.steps(TWO_WAYS, {"x": 3.0, "y": 2.0})
    assert [(s.way, s.name, s.value) for s in taken] == [
        ("forward", "u", 6), ("forward", "z", 9),
        ("backward", "z", 1), ("backward", "u", 1), ("backward", "x", 1), ("backward", "x", 2), ("backward", "y", 3),
    ]  # fmt: skip
    assert taken[0].said == "u = x · y = 3 · 2"
    assert taken[5].said == "u passes 2 back to x, where it is added: ∂z/∂x = 1 + 2 = 3"


@pytest.mark.parametrize("blueprint", [*graph_inspector.BLUEPRINTS, SQUARE], ids=lambda b: b.title)
def test_the_gradients_agree_with_central_differences(blueprint):
    values = {name: value + 0.3 for name, value in blueprint.values}

    def end(values):
        return [s.value for s in graph_inspector.steps(blueprint, values) if s.way == "forward"][-1]

    got = grads(graph_inspector.steps(blueprint, values))
    for name in values:
        above, below = (end(values | {name: values[name] + e}) for e in (1e-6, -1e-6))
        assert got[name] == pytest.approx((above - below) / 2e-6, rel=1e-6)


def test_what_happens_next_is_told():
    taken = graph_inspector.steps(NEURON, dict(NEURON.values))
    assert graph_inspector.status(taken, 0) == "A blueprint: nothing is computed yet. What comes first?"
    assert graph_inspector.status(taken, 3).endswith("p = σ(h) = σ(−1) = 0.2689. Now the backward pass begins.")
    assert graph_inspector.status(taken, len(taken)).endswith("Every node has its gradient.")
    assert grads(taken)["w"] == 0  # x is 0


@pytest.fixture(scope="module")
def found():
    return {name: ward_model.examine(patient) for name, patient in ward_model.PATIENTS.items()}


def test_each_patient_shows_its_own_fault_and_no_other(found):
    accused = {name: list(f.errors > 1e-5) for name, f in found.items()}
    assert accused.pop("C") == [True, False, False]
    assert not any(map(any, accused.values()))
    starved = {name for name, f in found.items() if f.norms[0] < 1e-3}
    assert starved == {"D"}
    assert {name for name, f in found.items() if f.before > 5} == {"B"}
    assert {name for name, f in found.items() if f.losses.min() > 10} == {"E"}
    assert abs(found["A"].losses[-1] - ward_model.GUESSING) < 0.2
    assert found["A"].norms.min() > 0.5


BEFORE, FIRST, CHECK, TRAINING = (
    "the loss before the first step", "the gradient of layer 1", "the gradient check", "the loss in training",
)  # fmt: skip


def test_the_check_knows_what_the_ward_shows(found):
    steps = record_of("07").exercises["find_the_bug"].steps
    for name, f in found.items():
        signs = steps[f"['{name}']"]
        assert ("far above" in signs[BEFORE]) == (f.before > 2 * ward_model.GUESSING)
        assert ("nearly nothing" in signs[FIRST]) == (f.norms[0] < f.norms[1:].min() / 100)
        assert ("reports an error" in signs[CHECK]) == bool(f.errors.max() > 1e-5)
        assert ("leaps" in signs[TRAINING]) == (f.losses[0] > 2 * f.before)
        assert (signs[TRAINING] == "falls") == (f.losses[-1] < f.losses[0] / 2)


def test_the_signs_of_each_fault_are_those_of_one_network():
    steps = record_of("07").exercises["find_the_bug"].steps
    for name, fault in answers_of("07")["find_the_bug"].items():
        fitting = [other for other in found_names(steps) if steps[fault].items() <= steps[f"['{other}']"].items()]
        assert fitting == [name]


def found_names(steps):
    return [key[2] for key in steps if key.startswith("[")]


@pytest.mark.parametrize(
    ("name", "fault", "said"),
    [
        (
            "D",
            "Rate",
            'With "rate" the gradient of layer 1 is as large as that of the layers above; in network D it is '
            'nearly nothing beside that of the layers above. With "rate" the loss in training leaps up at '
            "once; in network D it hardly falls. These signs do fit: the gradient check agrees in every layer, the "
            "loss before the first step is near a guesser's. Compare the size of the gradients layer by "
            "layer, from the top to the bottom.",
        ),
        (
            "B",
            "gradient",
            'With "gradient" the gradient check reports an error in a layer; in network B it agrees in every '
            'layer. With "gradient" the loss before the first step is near a guesser\'s; in network B it is far '
            "above a guesser's. Read its loss before the first step, when no learning rate has done anything "
            "yet.",
        ),
    ],
)
def test_a_wrong_diagnosis_is_told_which_signs_speak_against_it(name, fault, said):
    exercise = exercise_of("07", None, "find_the_bug")
    answer = answers_of("07")["find_the_bug"] | {name: fault}
    verdict = judge(exercise, observe_all(exercise.probe, {"find_the_bug": answer}, "find_the_bug", exercise.cases))
    assert verdict.points == 4
    assert verdict.diagnosis == f"Look again at: network {name}. {said}"


def test_every_patient_recovers(found):
    for name, f in found.items():
        healthy = ward_model.cured(name)
        assert healthy > 0.85
        assert healthy > f.correct


def test_the_wards_gradient_check_sees_nothing_wrong_in_a_healthy_network():
    healthy = replace(ward_model.PATIENTS["C"], slip=False)
    net, X, y = ward_model.admitted(healthy)
    before = net.theta.copy()
    assert ward_model.relative_errors(net, X[:20], y[:20]).max() < 1e-7
    np.testing.assert_array_equal(net.theta, before)


@pytest.mark.parametrize("view", [GraphInspector, NetworkWard])
def test_every_figure_control_and_stored_text_is_sound(view):
    widget = view()
    root = ElementTree.fromstring(widget.figure.value)
    assert root.get("role") == "img"
    assert len(root.get("aria-label")) > 60
    assert all(control.description for control in controls(widget))
    assert widget._repr_mimebundle_()["text/plain"] == widget.text
    assert all(cell in widget.text for row in cells(widget) for cell in row)


def test_the_graph_fills_step_by_step():
    widget = GraphInspector()
    assert widget.back_button.disabled
    for _ in range(6):
        widget.step_button.click()
    assert "1 + 2 = 3" in widget.figure.value
    assert cells(widget)[1][3] == "1 + 2 = 3"
    assert "where it is added" in widget.status.value
    widget.back_button.click()
    assert widget.done == 5
    assert cells(widget)[1][3] == "1"
    widget.all_button.click()
    assert widget.step_button.disabled
    widget.fields[1].value = 10.0  # y
    assert cells(widget)[1][3] == "1 + 10 = 11"


def test_another_graph_and_reset_begin_anew():
    widget = GraphInspector()
    widget.all_button.click()
    widget.graph.value = NEURON
    assert widget.done == 0
    assert [field.description for field in widget.fields] == ["w", "x", "b"]
    assert all(field.layout.display == "flex" for field in widget.fields)
    widget.fields[0].value = 7.0
    widget.all_button.click()
    widget.reset_button.click()
    assert (widget.done, widget.fields[0].value) == (0, 2.0)
    widget.graph.value = DIAMOND
    assert [field.layout.display for field in widget.fields] == ["flex", "flex", "none"]


def test_the_ward_shows_each_patient():
    ward = NetworkWard()
    assert "Network A" in ward.text
    ward.patient.value = "C"
    assert "off by 0.86, agrees, agrees" in ward.text
    assert "✘ off by 0.86" in ward.figure.value
    for word in ("gradient wrong", "shuffled", "saturated", "too large"):
        assert word not in ward.text
