"""A network handed in: packed in the notebook, stored in an output, read and measured without running anything."""

import base64
import json
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course.checks.handed_in import (
    BARS,
    MAX_PARAMETERS,
    MIME,
    STEPS,
    HandedIn,
    advise,
    hand_in,
    layers_of,
    output_of,
    reads_digits,
)
from course.checks.judge import judge
from course.data import load_digits, split
from course.grading.repair import Released, repair
from course.inside.codec import decode, encode
from course.inside.observe import observe, observe_all
from course.inside.supervisor import MAX_OUTPUT
from course.nn.activation_layers import ReLU, Tanh
from course.nn.dropout import Dropout
from course.nn.layers import Linear
from course.nn.losses import SoftmaxCrossEntropy
from course.nn.network import Network
from course.nn.optimizers import Adam
from course.nn.training import accuracy, train

ROOT = Path(__file__).parents[1]
LAST = "98% of MNIST, or 93% of the small digits"


def network(*layers: Any) -> Network:
    return Network(layers, rng=np.random.default_rng(0))


@pytest.fixture(scope="module")
def trained() -> Network:
    X, y, *_ = load_digits().rows()
    net = network(Linear(64, 96), ReLU(), Dropout(0.3), Linear(96, 96), ReLU(), Linear(96, 10))
    list(train(net, X, y, SoftmaxCrossEntropy(), Adam(0.003), epochs=25, rng=np.random.default_rng(0), batch_size=64))
    return net


@pytest.mark.parametrize("digits", ["validation", "test"])
def test_what_is_measured_is_the_networks_accuracy(trained: Network, digits: str) -> None:
    X_all, y_all, *test = load_digits().rows()
    parts = split(X_all, y_all, (5 / 6, 1 / 6), np.random.default_rng(13))  # as lab 13 has it
    X, y = test if digits == "test" else parts[2:]
    beyond = reads_digits(dict(hand_in(trained)), digits)
    for name, bar in zip(STEPS, (0.88, 0.91, 0.93), strict=True):
        assert beyond[name] == pytest.approx(accuracy(trained.predict(X), y) - bar, abs=0.006)  # float16 moves a digit
    assert beyond[LAST] > 0
    assert f"% of the {digits} digits correctly; 93 % are required" in beyond["told"]


def test_an_untrained_network_is_below_every_bar_and_is_told_to_learn_first() -> None:
    found = reads_digits(dict(hand_in(network(Linear(64, 8), ReLU(), Linear(8, 10)))))
    assert max(found[name] for name in STEPS) < -0.5
    assert "88 % are required" in found["told"]
    assert "almost nothing" in found["told"]


@pytest.mark.parametrize(
    ("trained_to", "advice"),
    [(0.2, "almost nothing"), (0.92, "has not learned these either"), (0.999, "more dropout")],
)
def test_what_to_try_next_depends_on_the_training_digits(trained_to: float, advice: str) -> None:
    told = advise(0.976, trained_to, BARS[784], "validation")
    start = "Your network reads 97.6 % of the validation digits correctly; 98 % are required. "
    start += "Of the training digits it reads "
    assert told.startswith(f"{start}{100 * trained_to:.1f} %: ")
    assert advice in told


def test_the_check_reads_validation_digits_and_the_grader_test_digits() -> None:
    from tests.gates import exercise_of

    assert decode(exercise_of("13", None, "my_network").cases[0]) == {"digits": "validation"}
    assert decode(exercise_of("13", 5, "my_network").cases[0]) == {"digits": "test"}


def test_a_check_says_where_a_network_is_and_gives_the_points_that_it_has() -> None:
    from tests.gates import exercise_of

    record = exercise_of("13", None, "my_network")
    X_all, y_all, *_ = load_digits().rows()
    X, y, X_valid, y_valid = split(X_all, y_all, (5 / 6, 1 / 6), np.random.default_rng(13))
    weak, cost, rng = network(Linear(64, 10)), SoftmaxCrossEntropy(), np.random.default_rng(0)
    for _ in train(weak, X, y, cost, Adam(0.002), epochs=50, rng=rng, batch_size=64):
        if accuracy(weak.predict(X_valid), y_valid) > 0.885:
            break
    verdict = judge(record, observe_all(record.probe, {"my_network": hand_in(weak)}, "my_network", record.cases))
    assert (verdict.outcome, verdict.points, verdict.example) == ("partial", 1, None)
    assert verdict.diagnosis.startswith("Your network reads ")
    assert "91 % are required" in verdict.diagnosis


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (network(Linear(64, 10)), "stays in the kernel: write `my_network = hand_in("),
        ([(np.zeros((64, 10)), np.zeros(10))], "stays in the kernel"),
        (0.98, "expected a network, got a float: `my_network = hand_in(net)`"),
        ("net.npz", "expected a network, got a file's name"),
        (ROOT, "expected a network, got a file's name"),
    ],
)
def test_what_was_not_packed_is_told_what_to_do(answer: Any, told: str) -> None:
    assert told in observe("network_handed_in", answer, encode({"digits": "validation"}))["error"]["message"]


def test_ones_own_arrays_are_packed_like_the_librarys_network(trained: Network) -> None:
    pairs = [(layer.W, layer.b) for layer in trained.layers if isinstance(layer, Linear)]
    own, theirs = hand_in(pairs), hand_in(trained)
    assert dict(own) == dict(theirs)
    X = load_digits().rows()[2][:20]
    np.testing.assert_allclose(own.net.predict(X), trained.predict(X), atol=1e-4)


@pytest.mark.parametrize("value", [3, None, "net", [1, 2]])
def test_what_is_no_network_is_not_packed(value: Any) -> None:
    with pytest.raises(TypeError, match=r"expected a Network, or a list of pairs \(W, b\)"):
        hand_in(value)


@pytest.mark.parametrize(
    "pairs", [[], [(np.ones((3, 4)), np.ones(3))], [(np.ones((3, 4)), np.ones(4)), (np.ones((3, 2)), np.ones(2))]]
)
def test_arrays_that_do_not_fit_are_not_packed(pairs: Any) -> None:
    with pytest.raises(ValueError, match=r"expected W \(n_in, n_out\) and b \(n_out,\)"):
        hand_in(pairs)


def test_parameters_come_back_in_their_places() -> None:
    net = network(Dropout(0.1), Linear(3, 2), ReLU(), Linear(2, 4))
    packed = hand_in(net)
    assert packed["sizes"] == [3, 2, 4]
    (W1, b1), (W2, b2) = layers_of(packed)
    np.testing.assert_allclose(W1, net.layers[1].W, rtol=1e-3)
    np.testing.assert_allclose(W2, net.layers[3].W, rtol=1e-3)
    assert (b1.shape, b2.shape) == ((2,), (4,))
    assert "3–2–4" in repr(packed)


@pytest.mark.parametrize(
    "layers",
    [
        [Linear(3, 4), Tanh(), Linear(4, 2)],
        [Linear(3, 4), Linear(4, 2)],
        [Linear(3, 4), ReLU(), ReLU(), Linear(4, 2)],
    ],
)
def test_other_networks_are_refused(layers: list[Any]) -> None:
    with pytest.raises(ValueError, match="expected Linear layers with one ReLU between each two"):
        hand_in(network(*layers))


def packed(sizes: Any, theta: Any) -> dict[str, Any]:
    return {"sizes": sizes, "theta": theta}


def text(numbers: Any) -> str:
    return base64.b64encode(np.asarray(numbers, dtype="<f2").tobytes()).decode()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (3, "packed by hand_in"),
        ({"sizes": [1, 2]}, "packed by hand_in"),
        (packed([2], text([1.0])), "expected sizes such as"),
        (packed([2, -1], ""), "expected sizes such as"),
        (packed([2.5, 1], ""), "expected sizes such as"),
        (packed([90000, 90000], text([1.0])), f"{MAX_PARAMETERS} at the most"),
        (packed([64, *[1] * 10, 10], ""), "10 layers at the most"),
        (packed([2, 1], text([1.0])), "expected 3 parameters"),
        (packed([2, 1], "!" * 8), "not base64"),
        (packed([2, 1], text([1.0, np.nan, 2.0])), "not finite"),
    ],
)
def test_what_is_no_network_is_refused(value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        layers_of(value)


def test_a_network_for_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 784 or 64 inputs"):
        reads_digits(packed([2, 10], text(np.zeros(30))))


def test_a_wide_layer_does_not_fill_the_memory() -> None:
    """Few parameters, but 100,000 numbers for each picture: gigabytes for all of MNIST's at once."""
    tracemalloc.start()
    reads_digits(packed([64, 1, 99_999, 10], text(np.zeros(1_200_063))))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40_000_000


def test_the_largest_network_is_not_too_large_to_leave_the_sandbox() -> None:
    """The public case and the secret one each bring it out once."""
    cell = {"my_network": packed([784, 10], "A" * (4 * -(-2 * MAX_PARAMETERS // 3)))}
    cases = [encode({"digits": digits}) for digits in ("validation", "test")]
    assert len(json.dumps(observe_all("network_handed_in", cell, "my_network", cases))) < MAX_OUTPUT


def test_a_network_that_overflows_reads_nothing_and_says_nothing() -> None:
    sizes = [64] * 10 + [10]
    theta = np.random.default_rng(0).choice([-60000.0, 60000.0], 9 * 64 * 65 + 650)
    assert reads_digits(packed(sizes, text(theta)))[LAST] < -0.5


@pytest.mark.parametrize(
    "outputs",
    [None, [], [3], [{"data": 3}], [{"data": {MIME: "x"}}], [{"data": {MIME: {"sizes": 3, "theta": ""}}}]],
)
def test_outputs_without_a_network_give_none(outputs: Any) -> None:
    assert output_of({"outputs": outputs}) == ""


def lab13() -> tuple[dict[str, Any], Released]:
    student = json.loads((ROOT / "labs" / "lab13_mnist.ipynb").read_text(encoding="utf-8"))
    return student, Released.from_notebook(student)


def submission(source: str, outputs: list[Any]) -> bytes:
    notebook, _ = lab13()
    cell = next(c for c in notebook["cells"] if c["metadata"].get("course", {}).get("exercise") == "my_network")
    cell["source"], cell["outputs"] = source, outputs
    return json.dumps(notebook).encode()


def test_the_grader_takes_the_network_from_the_output_and_runs_nothing() -> None:
    data = {"data": {MIME: HandedIn(sizes=[1, 1], theta="AAAAAA==")}, "output_type": "display_data"}
    found = repair(submission("raise SystemExit  # takes an hour", [data]), lab13()[1])
    assert found.answer("my_network") == "my_network = {'sizes': [1, 1], 'theta': 'AAAAAA=='}"
    assert found.repairs == []


def test_what_else_is_answered_in_the_cell_of_the_network_counts() -> None:
    data = {"data": {MIME: HandedIn(sizes=[1, 1], theta="AAAAAA==")}, "output_type": "display_data"}
    source = (
        "import numpy as np\nhours = train()\nmy_network = hand_in(net)\n"
        "def confusion(y):\n    return np.sum(y)\ngrid_search = print\nconfusion(hours)"
    )
    cell = next(c for c in repair(submission(source, [data]), lab13()[1]).cells if "confusion" in c.exercises)
    assert cell.source == (
        "my_network = {'sizes': [1, 1], 'theta': 'AAAAAA=='}\n"
        "import numpy as np\n\ndef confusion(y):\n    return np.sum(y)\ngrid_search = print"
    )


def test_a_network_that_was_not_saved_is_told() -> None:
    found = repair(submission("my_network = hand_in(net)", []), lab13()[1])
    assert found.answer("my_network") == "my_network = ..."
    assert found.repairs == [
        "the output of the cell of my_network is missing: run it, save the notebook, submit it again"
    ]
