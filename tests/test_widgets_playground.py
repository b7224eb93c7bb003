"""Lab 05's playground: the experiment behind it, the state string, and a student's own functions."""

import json
import sys
import threading
from dataclasses import astuple, replace

import numpy as np
import pytest
from comm.base_comm import BaseComm
from hypothesis import given, settings
from hypothesis import strategies as st

from course.nn.activation_layers import Tanh
from course.nn.layers import Linear
from course.nn.losses import SigmoidCrossEntropy
from course.nn.network import Network
from course.nn.optimizers import SGD
from course.nn.regularizers import L2
from course.nn.training import train
from course.show.tables import number
from course.widgets.playground import code as playground_code
from course.widgets.playground import page, points
from course.widgets.playground import settings as ps
from course.widgets.playground.code import Code, StudentError
from course.widgets.playground.experiment import Experiment
from course.widgets.playground.settings import Settings, Story
from course.widgets.playground.view import Playground

ONE_LAYER = Settings(layers=(5,), lr=0.3)

some_settings = st.builds(
    Settings,
    data=st.sampled_from(ps.DATA),
    noise=st.floats(0, 1),
    train=st.floats(0.1, 0.9),
    batch=st.integers(1, 10_000),
    lr=st.floats(1e-6, 100),
    activation=st.sampled_from(ps.ACTIVATIONS),
    layers=st.lists(st.integers(1, 8), max_size=4).map(tuple),
    features=st.sets(st.sampled_from(ps.FEATURES), min_size=1).map(tuple),
    penalty=st.sampled_from(ps.PENALTIES),
    lam=st.floats(0, 10),
    dropout=st.floats(0, 0.9),
    init=st.sampled_from(ps.INITS),
    optimizer=st.sampled_from(ps.OPTIMIZERS),
    seed=st.integers(0, 2**32 - 1),
)


def mlp_forward(X, params):
    a = np.tanh(X @ params["W1"] + params["b1"])
    p = 1 / (1 + np.exp(-(a @ params["W2"] + params["b2"])))
    return p[:, 0], (a, p)


def mlp_backward(X, y, params):
    _, (a, p) = mlp_forward(X, params)
    dz2 = (p - y[:, None]) / len(y)
    dz1 = dz2 @ params["W2"].T * (1 - a**2)
    return {"W1": X.T @ dz1, "b1": dz1.sum(axis=0), "W2": a.T @ dz2, "b2": dz2.sum(axis=0)}


def test_the_steps_are_the_librarys_own_training():
    chosen = Settings(data="xor", layers=(4, 3), penalty="L2", lam=0.01, batch=20, lr=0.1, seed=3)
    experiment = Experiment(chosen)
    layers = [Linear(2, 4), Tanh(), Linear(4, 3), Tanh(), Linear(3, 1)]
    net = Network(layers, rng=np.random.default_rng(0), dtype=np.float64)
    net.theta = experiment.net.theta
    X, y = experiment.X[:150], experiment.y[:150]
    run = train(net, X, y, SigmoidCrossEntropy(), SGD(0.1), epochs=3, batch_size=20,
                rng=np.random.default_rng([3, 2]), regularizer=L2(0.01))  # fmt: skip
    epochs = list(run)
    experiment.step(3 * 8)
    np.testing.assert_array_equal(experiment.net.theta, net.theta)
    assert (experiment.epochs, experiment.updates, epochs[-1].number) == (3, 24, 3)
    norms = np.linalg.norm(experiment.gradient_norms())
    assert norms == pytest.approx(epochs[-1].gradient_norm)
    loss = SigmoidCrossEntropy().value(net.predict(X), y)
    assert experiment.curve[-1][:2] == (3.0, pytest.approx(float(loss)))
    assert experiment.scores().train_loss == pytest.approx(float(loss))


@pytest.mark.parametrize("name", ["dropout", "init", "activation", "optimizer", "features", "data"])
def test_every_choice_trains_without_a_warning(name):
    choices = {"dropout": (0.0, 0.5), "init": ps.INITS, "activation": ps.ACTIVATIONS, "optimizer": ps.OPTIMIZERS,
               "features": [(f,) for f in ps.FEATURES], "data": ps.DATA}[name]  # fmt: skip
    ends = []
    for choice in choices:
        experiment = Experiment(Settings(**{name: choice}))
        experiment.step(40)
        ends.append(experiment.scores().train_loss)
    assert len(set(ends)) == len(ends)


@pytest.mark.parametrize("data", ["circles", "xor", "blobs", "corners"])
def test_a_small_network_learns_them(data):
    experiment = Experiment(Settings(data=data, layers=(8,), lr=0.03, optimizer="Adam"))
    experiment.step(600)
    assert experiment.scores().train_accuracy > 0.95


def test_the_corners_are_four_and_have_no_test_set():
    experiment = Experiment(Settings(data="corners", train=0.3))
    assert experiment.split == len(experiment.X) == 4
    assert np.isnan(experiment.scores().test_loss)
    assert "test" not in experiment.status()


def test_a_picture_is_the_plane_seen_from_above():
    experiment = Experiment(Settings(layers=(), features=("x1", "x2")))
    experiment.net.theta = [1.0, 10.0, 0.0]
    p, units = experiment.pictures(4)
    assert units == []
    p = p.reshape(4, 4)
    assert (p[:2] > 0.5).all()  # the upper half has x₂ > 0
    assert (p[2:] < 0.5).all()
    assert (np.diff(p, axis=1) >= 0).all()  # x₁ grows to the right
    np.testing.assert_allclose(points.grid(-4, 4, 4)[[0, 3, -1]], [[-3, 3], [3, 3], [3, -3]])


def test_hidden_pictures_are_the_activations():
    experiment = Experiment(Settings(layers=(3, 2), activation="relu", dropout=0.5))
    _, units = experiment.pictures(6)
    seen = points.look(points.grid(-4, 4, 6), ("x1", "x2"))
    (W1, b1), (W2, b2), _ = experiment.weights()
    first = np.maximum(seen @ W1 + b1, 0)
    np.testing.assert_allclose(units[0], first)
    np.testing.assert_allclose(units[1], np.maximum(first @ W2 + b2, 0))


def test_the_curve_stays_short():
    experiment = Experiment(Settings(data="corners", layers=(1,), batch=4))
    experiment.step(1300)
    epochs = [point[0] for point in experiment.curve]
    assert experiment.epochs == 1300
    assert 256 <= len(epochs) <= 512
    assert set(np.diff(epochs)) == {4.0}


def test_divergence_is_told_and_stops_the_run():
    experiment = Experiment(Settings(lr=100, penalty="L2", lam=10))
    experiment.step(1000)
    assert experiment.diverged
    assert experiment.updates < 1000
    assert "Try the learning rate 10" in experiment.status()
    assert experiment.behind == 0


@given(some_settings)
@settings(max_examples=60, deadline=None)
def test_a_state_string_gives_back_the_settings(chosen):
    assert ps.read(ps.write(Story(chosen, (), 7))) == Story(chosen, (), 7)


@given(some_settings, st.lists(st.tuples(st.integers(0, 9), st.floats(0.001, 0.2), st.integers(1, 40)), max_size=3))
@settings(max_examples=25, deadline=None)
def test_a_state_string_gives_back_the_whole_experiment(chosen, changes):
    first = Experiment(replace(chosen, lr=0.05))
    for wait, lr, batch in changes:
        first.step(wait)
        first.change(lr=lr, batch=batch, penalty="L1")
    first.step(5)
    again = Experiment.from_state(first.state_string())
    for experiment in (first, again):
        experiment.step(11)
    np.testing.assert_array_equal(first.net.theta, again.net.theta)
    assert first.updates == again.updates
    assert first.settings == again.settings
    assert first.state_string() == again.state_string()
    np.testing.assert_array_equal(first.curve, again.curve)


def test_a_state_string_is_short_and_can_be_typed():
    experiment = Experiment.from_state(" data=xor; layers=3-2 ;@20; lr=0.01;@30")
    assert experiment.settings == Settings(data="xor", layers=(3, 2), lr=0.01)
    assert experiment.updates == 30
    text = experiment.state_string()
    assert text.startswith("data=xor;noise=0.05;")
    assert text.endswith(";@20;lr=0.01;@30")
    assert len(text) < 250


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("data=square", "data: expected one of circles, xor, blobs, spirals, corners, got 'square'"),
        ("lr=fast", "lr: expected a number from 1e-06 to 100, got 'fast'"),
        ("layers=9", "layers: expected up to 4 whole numbers from 1 to 8"),
        ("layers=a-b", "layers: expected .*got 'a-b'"),
        ("features=", "features: expected at least one of"),
        ("batch=2.5", "batch: expected a whole number from 1 to 10000, got '2.5'"),
        ("colour=red", "expected name=value with a known name, got 'colour=red'"),
        ("hello", "expected name=value .* got 'hello'"),
        ("@10;data=xor", r"expected name=value after an @ \(other changes start the training again\)"),
        ("lr=1;lr=2", "expected every name once, got 'lr' twice"),
        ("@50;@20", "expected @ and a number of updates from 50 to 200000, got '@20'"),
        ("@many", "got '@many'"),
    ],
)
def test_a_wrong_state_string_says_what_was_expected(text, says):
    with pytest.raises(ValueError, match=says):
        ps.read(text)


def test_what_is_no_string_is_refused():
    with pytest.raises(TypeError, match="expected a state string, got int"):
        ps.read(5)


@pytest.mark.parametrize("bad", [{"seed": True}, {"noise": float("nan")}, {"layers": 4}, {"features": ()}])
def test_wrong_settings_are_refused(bad):
    with pytest.raises(ValueError, match=r"expected .* got .* Change it"):
        Settings(**bad)


def test_live_settings_go_on_and_the_others_start_anew():
    experiment = Experiment(Settings())
    experiment.step(20)
    theta = experiment.net.theta.copy()
    experiment.change(lr=0.5, penalty="L2")
    np.testing.assert_array_equal(experiment.net.theta, theta)
    assert (experiment.updates, experiment.optimizer.lr) == (20, 0.5)
    experiment.change(seed=1)
    assert experiment.updates == 0
    assert experiment.settings == Settings(lr=0.5, penalty="L2", seed=1)
    with pytest.raises(ValueError, match="setting: expected one of data, noise"):
        experiment.change(colour="red")


def test_changes_at_one_moment_are_told_as_one():
    experiment = Experiment(Settings())
    experiment.step(20)
    for lr in (0.2, 0.3, 0.4):
        experiment.change(lr=lr)
    assert experiment.state_string().endswith(";@20;lr=0.4;@20")


def test_a_change_of_ones_own_ends_the_old_story():
    story = ps.read("layers=3;@10;lr=0.01;@40;lr=1;@50")
    experiment = Experiment(story.start)
    experiment.restore(story)
    assert experiment.behind == 50
    experiment.step(20)
    assert (experiment.settings.lr, experiment.behind) == (0.01, 30)
    experiment.change(lr=0.2)
    assert experiment.behind == 0
    experiment.step(30)
    assert experiment.settings.lr == 0.2
    assert experiment.state_string().endswith("@10;lr=0.01;@20;lr=0.2;@50")


@pytest.mark.parametrize(
    ("code", "whose"),
    [
        (Code(mlp_forward), "your forward, the library's backward"),
        (Code(None, mlp_backward), "your backward, the library's forward"),
        (Code(mlp_forward, mlp_backward), "your forward and backward"),
    ],
)
@pytest.mark.parametrize("penalty", ["none", "L2"])
def test_right_functions_of_a_student_give_the_librarys_numbers(code, whose, penalty):
    chosen = replace(ONE_LAYER, penalty=penalty)
    ours, theirs = Experiment(chosen), Experiment(chosen, code)
    assert theirs.code.whose == whose
    for experiment in (ours, theirs):
        experiment.step(100)
    np.testing.assert_allclose(theirs.net.theta, ours.net.theta, rtol=1e-9)
    assert astuple(theirs.scores()) == pytest.approx(astuple(ours.scores()))
    np.testing.assert_allclose(theirs.pictures(9)[0], ours.pictures(9)[0], rtol=1e-9)
    np.testing.assert_allclose(theirs.curve, ours.curve, rtol=1e-9)


def test_a_wrong_gradient_of_a_student_is_really_used():
    ours, theirs = Experiment(ONE_LAYER), Experiment(
        ONE_LAYER, Code(None, lambda X, y, params: {k: 0 * v for k, v in params.items()})
    )  # fmt: skip
    before = theirs.net.theta.copy()
    theirs.step(5)
    ours.step(5)
    np.testing.assert_array_equal(theirs.net.theta, before)
    assert not np.allclose(ours.net.theta, before)


def test_a_function_that_changes_its_arguments_changes_nothing():
    def vandal(X, params):
        answer = mlp_forward(X, params)
        X[...] = params["W1"][...] = 0
        return answer

    ours, theirs = Experiment(ONE_LAYER), Experiment(ONE_LAYER, Code(vandal))
    for experiment in (ours, theirs):
        experiment.step(20)
        experiment.scores()
    np.testing.assert_array_equal(theirs.net.theta, ours.net.theta)


def misspelt(X, params):
    a = np.tanh(X @ params["W1"])
    return a @ params["w2"], a


@pytest.mark.parametrize(
    ("forward", "says"),
    [
        (misspelt, r"Your misspelt raised KeyError: 'w2'\. Line \d+ of test_widgets_playground\.py: return a @ params"),
        (lambda X, params: None, r"should return \(p, cache\), got nothing \(is there a return\?\)"),
        (lambda X, params: (np.ones((len(X), 1)), 0), r"p should have shape \(\d+,\), got \(\d+, 1\)"),
        (lambda X, params: ("p", 0), r"p should be an array of shape \(\d+,\), got str"),
        (lambda X, params: (np.full(len(X), 1.5), 0), "gave p from 1.5 to 1.5, expected probabilities"),
    ],
)
def test_a_wrong_forward_is_told_with_what_is_wrong(forward, says):
    with pytest.raises(StudentError, match=says):
        Experiment(ONE_LAYER, Code(forward)).scores()


@pytest.mark.parametrize(
    ("backward", "says"),
    [
        (lambda X, y, params: 1 / 0, r"raised ZeroDivisionError: division by zero\. Line \d+ of"),
        (lambda X, y, params: {"W1": 0}, "should return a dict with W1, b1, W2, b2, got a dict with W1"),
        (
            lambda X, y, params: mlp_backward(X, y, params) | {"W2": np.zeros(5)},
            r"grads\['W2'\] should have shape \(5, 1\), got \(5,\)",
        ),
    ],
)
def test_a_wrong_backward_is_told_with_what_is_wrong(backward, says):
    with pytest.raises(StudentError, match=says):
        Experiment(ONE_LAYER, Code(None, backward)).step()


def test_settings_that_a_students_function_cannot_do_are_refused():
    for bad in ({"layers": (4, 2)}, {"layers": ()}, {"activation": "relu"}, {"dropout": 0.5}):
        with pytest.raises(ValueError, match="with your own functions, expected one hidden layer"):
            Experiment(replace(ONE_LAYER, **bad), Code(mlp_forward))
    experiment = Experiment(ONE_LAYER, Code(mlp_forward))
    with pytest.raises(ValueError, match="with your own functions"):
        experiment.change(layers=(2, 2))
    assert experiment.settings == ONE_LAYER
    with pytest.raises(TypeError, match="forward: expected a function or None, got 3"):
        Code(3)


class Line(BaseComm):
    """The line between kernel and page: keeps what the kernel sends."""

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        if data and data.get("method") == "custom":
            self.__dict__.setdefault("sent", []).append((data["content"], buffers))


class Visit:
    """A page that has opened a playground: it asks as playground.js does, and decodes what comes back."""

    def __init__(self, playground):
        self.playground = playground
        playground.comm = self.line = Line()
        self.asked = 0

    def ask(self, **question):
        self.asked += 1
        data = {"method": "custom", "content": {**question, "asked": self.asked}}
        self.playground._handle_msg({"content": {"data": data}, "buffers": []})
        content, self.buffers = self.line.sent[-1]
        assert content["asked"] == self.asked
        assert "id" not in content, "ipykernel would keep it"
        return json.loads(json.dumps(content, allow_nan=False))

    def floats(self, k):
        return np.frombuffer(self.buffers[k], np.float32)


def test_the_page_is_told_what_the_experiment_says():
    playground = Playground(layers=(8, 8), data="spirals")
    page = Visit(playground)
    told = page.ask(do="hello")
    assert told["setup"]["layers"] == [8, 8]
    assert told["setup"]["whose"] == "the library's forward and backward"
    np.testing.assert_array_equal(page.floats(4).reshape(-1, 2), playground.experiment.points.astype(np.float32))
    sizes = [len(buffer) for buffer in page.buffers]
    assert sizes[:-1] == [4 * 60**2, 16 * 30**2, 4 * (24 + 72 + 9), 0, 8 * 300, 300, 7 * 30**2]
    assert sum(sizes) == 66_000  # a shorter answer is held back
    told = page.ask(do="step", n=30)
    experiment = playground.experiment
    assert (told["updates"], told["epochs"], experiment.updates) == (30, 2, 30)
    assert "setup" not in told
    assert told["scores"]["train_loss"] == experiment.scores().train_loss
    assert told["state"] == playground.state_string()
    p, units = experiment.pictures(60)
    np.testing.assert_allclose(page.floats(0), p, rtol=1e-5)
    third = np.frombuffer(page.buffers[1], np.uint8)[2 * 900 : 3 * 900].reshape(30, 30)
    np.testing.assert_allclose((third - 128.0) / 127, units[0][:, 2].reshape(60, 60)[::2, ::2], atol=0.01)
    np.testing.assert_allclose(page.floats(2), experiment.net.theta, rtol=1e-6)
    np.testing.assert_allclose(page.floats(3).reshape(-1, 3), experiment.curve, rtol=1e-6)


def test_the_page_drives_the_training():
    playground = Playground(batch=100)
    page = Visit(playground)
    assert page.ask(do="step", n=1)["updates"] == 1
    assert page.ask(do="epoch")["updates"] == 2  # the rest of the epoch
    assert page.ask(do="epoch")["epochs"] == 2
    assert page.ask(do="set", name="lr", value=0.3)["updates"] == 4
    kept = page.ask(do="step", n=3)["state"]
    told = page.ask(do="set", name="layers", value=[3])
    assert (told["updates"], told["setup"]["layers"]) == (0, [3])
    told = page.ask(do="restore", state=kept)
    assert (told["updates"], told["behind"], told["setup"]["layers"]) == (0, 7, [4, 2])
    told = page.ask(do="catch_up")
    assert (told["updates"], told["behind"], told["state"]) == (7, 0, kept)
    assert page.ask(do="reset")["updates"] == 0
    assert playground.experiment.settings.lr == 0.3


def test_what_the_page_cannot_have_is_told_and_nothing_changes():
    page = Visit(Playground())
    before = page.ask(do="hello")
    for question, says in (
        ({"do": "restore", "state": "data=square"}, "data: expected one of"),
        ({"do": "set", "name": "layers", "value": [9]}, "layers: expected up to"),
        ({"do": "set", "name": "colour", "value": 1}, "setting: expected one of"),
    ):
        told = page.ask(**question)
        assert says in told.pop("error")
        assert told == {**{k: v for k, v in before.items() if k != "error"}, "asked": told["asked"]}


def test_divergence_reaches_the_page_as_words():
    page = Visit(Playground(lr=100, penalty="L2", lam=10))
    for _ in range(20):
        told = page.ask(do="step", n=100)
    assert told["diverged"]
    assert told["scores"]["train_loss"] is None
    assert "no longer finite" in told["status"]


def test_hidden_controls_are_not_described():
    told = Visit(Playground(hide=("dropout", "seed", "state"))).ask(do="hello")
    names = [control["name"] for control in told["setup"]["controls"]]
    assert "dropout" not in names
    assert "seed" not in names
    assert "lr" in names
    assert told["setup"]["hide"] == ["dropout", "seed", "state"]
    with pytest.raises(ValueError, match=r"hide: expected some of data, noise.* got 'speed'"):
        Playground(hide=("speed",))


def test_controls_say_why_they_are_off():
    def off(**chosen):
        told = Visit(Playground(**chosen)).ask(do="hello")
        return {control["name"]: control["off"] for control in told["setup"]["controls"] if control["off"]}

    assert off() == {"lam": "no penalty is chosen"}
    assert set(off(penalty="L1", data="corners")) == {"noise", "train"}
    assert set(off(penalty="L1", layers=())) == {"activation", "dropout"}
    assert off(penalty="L1", forward=mlp_forward) == {
        "activation": "your code uses tanh",
        "dropout": "your code drops nothing",
    }


def test_every_choice_can_be_made_and_an_odd_value_is_offered_too():
    told = Visit(Playground(lr=0.017)).ask(do="hello")
    by_name = {control["name"]: control for control in told["setup"]["controls"]}
    assert [0.017, "0.017"] in by_name["lr"]["options"]
    for name, choices in ps.CHOICES.items():
        assert [value for value, _ in by_name[name]["options"]] == list(choices)


def test_a_students_error_is_told_and_the_run_stands_still():
    playground = Playground(forward=misspelt)
    page = Visit(playground)
    told = page.ask(do="hello")
    assert "Your misspelt raised KeyError: 'w2'. Line" in told["failed"]
    told = page.ask(do="step", n=5)
    assert (told["updates"], "KeyError" in told["error"]) == (0, True)
    assert np.isfinite(page.floats(0)).all()
    assert "KeyError" in playground.text
    assert playground.experiment.code.whose == told.get("setup", page.ask(do="hello")["setup"])["whose"]


def test_a_function_that_never_ends_is_ended(monkeypatch):
    def endless(X, params):
        while True:
            pass

    monkeypatch.setattr(playground_code, "LIMIT", 0.05)
    before = sys.gettrace()
    page = Visit(Playground(forward=endless))
    assert "took more than 0.05 seconds. Does its loop end? Line" in page.ask(do="hello")["failed"]
    assert "TimeoutError" in page.ask(do="step", n=1)["error"]
    assert sys.gettrace() is before


def test_an_interrupt_is_answered():
    def endless(X, params):
        raise KeyboardInterrupt  # what the kernel's square button does to a function that never ends

    page = Visit(Playground(forward=endless))
    assert "interrupted" in page.ask(do="hello")["failed"]
    assert "Interrupted" in page.ask(do="step", n=1)["error"]


def test_from_state_and_the_methods_do_what_the_page_does():
    first = Playground(data="blobs", layers=(3,))
    page = Visit(first)
    first.step(12)
    first.change(lr=0.1)
    assert page.line.sent[-1][0]["setup"]["controls"]
    first.step(8)
    again = Playground.from_state(first.state_string(), hide=("seed",))
    np.testing.assert_array_equal(again.experiment.net.theta, first.experiment.net.theta)
    assert again.text == first.text
    assert again.hide == ("seed",)
    with pytest.raises(ValueError, match="with your own functions"):
        Playground.from_state("layers=4-2", forward=mlp_forward)
    with pytest.raises(ValueError, match=r"expected settings among data, noise.* got 'colour'"):
        Playground(colour="red")


def test_the_twin_in_text_and_the_mime_bundle():
    playground = Playground(layers=(2,), features=("x1", "sin x2"))
    data, _ = playground._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"] == playground.text
    lines = playground.text.splitlines()
    assert lines[0].startswith(
        "Playground, running the library's forward and backward. Epoch 0, update 0: training loss"
    )
    (W, _), _ = playground.experiment.weights()
    row = next(line for line in lines if line.startswith("sin x₂")).split()
    assert row[2:] == [number(W[1, 0]), number(W[1, 1])]


def test_it_leaves_no_thread_behind():
    before = set(threading.enumerate())
    playground = Playground()
    page = Visit(playground)
    page.ask(do="step", n=10)
    playground.close()
    assert set(threading.enumerate()) == before


OWN_X = np.array([[100.0, 0.1], [300.0, 0.1], [100.0, 0.5], [300.0, 0.5], [200.0, 0.3]])
OWN_Y = np.array([0, 1, 1, 0, 1])


def test_points_of_ones_own_fill_the_picture_and_are_learned():
    X, y = points.draw_points(Settings(data="own"), points.OwnPoints(OWN_X.tolist(), OWN_Y == 1))
    assert np.allclose([X.min(axis=0), X.max(axis=0)], [[-3, -3], [3, 3]])
    seen = {(round(a), round(b)): c for (a, b), c in zip(X.tolist(), y.tolist(), strict=True)}
    assert seen == {(-3, -3): 0, (3, -3): 1, (-3, 3): 1, (3, 3): 0, (0, 0): 1}
    other, _ = points.draw_points(Settings(data="own", seed=1), points.OwnPoints(OWN_X, OWN_Y))
    assert not np.array_equal(X, other), "the order is the seed's"
    playground = Playground(np.repeat(OWN_X, 40, axis=0), np.repeat(OWN_Y, 40), layers=(4,), lr=0.3, optimizer="Adam")
    before = playground.experiment.scores()
    playground.step(400)
    assert len(playground.experiment.X) == 200
    assert playground.experiment.scores().test_loss < before.test_loss / 5
    again = Playground.from_state(playground.state_string(), np.repeat(OWN_X, 40, axis=0), np.repeat(OWN_Y, 40))
    assert np.array_equal(again.experiment.net.theta, playground.experiment.net.theta)


def test_the_page_offers_ones_own_points_where_there_are_some():
    playground = Playground(OWN_X, OWN_Y, train=0.9)
    for data in ("blobs", "own"):
        playground.change(data=data)
        described = {c["name"]: c for c in page.controls(playground.experiment.settings, Code(), (), own=True)}
        assert ["own", "your own"] in described["data"]["options"]
        assert bool(described["noise"]["off"]) == (data == "own")
    assert len(playground.experiment.points) == 5
    without = {c["name"]: c for c in page.controls(Settings(), Code(), ())}
    assert ["own", "your own"] not in without["data"]["options"]


@pytest.mark.parametrize(
    ("X", "y", "says"),
    [
        (OWN_X, None, r"got X alone. Give y, too: Playground\(X, y\)"),
        (None, OWN_Y, "got y alone. Give X"),
        (OWN_X[:, :1], OWN_Y, r"X: expected shape \(N, 2\), .* got \(5, 1\)"),
        (OWN_X[:1], OWN_Y[:1], r"from 2 to 2000, got \(1, 2\)"),
        (np.zeros((2001, 2)), np.zeros(2001), r"got \(2001, 2\)"),
        ([["a", "b"]] * 5, OWN_Y, "X: expected an array of numbers, got list"),
        (OWN_X * np.nan, OWN_Y, "X: expected finite numbers"),
        (OWN_X, OWN_Y[:, None], r"y: expected shape \(5,\), .* got \(5, 1\). Try y.ravel"),
        (OWN_X, OWN_Y + 1, r"classes 0 and 1, got 2. .* y = \(y == 2\).astype\(int\)"),
    ],
)
def test_what_are_no_points_is_refused_with_what_to_do(X, y, says):
    with pytest.raises(ValueError, match=says):
        Playground(X, y)


def test_a_friend_without_the_points_is_told_so_and_loses_nothing():
    text = Playground(OWN_X, OWN_Y).state_string()
    playground = Playground()
    with pytest.raises(ValueError, match=r"got 'own' and no points. Give them as Playground\(X, y\)"):
        playground.experiment.restore(ps.read(text))
    playground.step()
    assert playground.experiment.settings.data == "circles"
    assert len(playground.experiment.points) == 300
