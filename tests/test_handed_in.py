"""A network handed in: packed in the notebook, stored in an output, read and measured without running anything."""

import base64
import json
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course.checks.handed_in import MIME, HandedIn, hand_in, layers_of, output_of, reads_digits
from course.data import load_digits
from course.grading.repair import Released, repair
from course.nn.activation_layers import ReLU, Tanh
from course.nn.dropout import Dropout
from course.nn.layers import Linear
from course.nn.losses import SoftmaxCrossEntropy
from course.nn.network import Network
from course.nn.optimizers import Adam
from course.nn.training import accuracy, train

ROOT = Path(__file__).parents[1]
TOLD = "test accuracy beyond 98% (MNIST) or 93% (small digits)"


def network(*layers: Any) -> Network:
    return Network(layers, rng=np.random.default_rng(0))


@pytest.fixture(scope="module")
def trained() -> Network:
    X, y, *_ = load_digits().rows()
    net = network(Linear(64, 96), ReLU(), Dropout(0.3), Linear(96, 96), ReLU(), Linear(96, 10))
    list(train(net, X, y, SoftmaxCrossEntropy(), Adam(0.003), epochs=25, rng=np.random.default_rng(0), batch_size=64))
    return net


def test_what_is_measured_is_the_networks_accuracy(trained: Network) -> None:
    *_, X, y = load_digits().rows()
    beyond = reads_digits(dict(hand_in(trained)))[TOLD]
    assert beyond == pytest.approx(accuracy(trained.predict(X), y) - 0.93, abs=0.005)  # float16 moves a digit or two
    assert beyond > 0


def test_an_untrained_network_is_below_the_bar() -> None:
    assert reads_digits(dict(hand_in(network(Linear(64, 8), ReLU(), Linear(8, 10)))))[TOLD] < -0.5


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
        (packed([90000, 90000], text([1.0])), "4000000 at the most"),
        (packed([64, *[1] * 10, 10], ""), "10 layers at the most"),
        (packed([2, 1], text([1.0])), "expected 3 parameters"),
        (packed([2, 1], "!" * 8), "no base64"),
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


def test_a_network_that_overflows_reads_nothing_and_says_nothing() -> None:
    sizes = [64] * 10 + [10]
    theta = np.random.default_rng(0).choice([-60000.0, 60000.0], 9 * 64 * 65 + 650)
    assert reads_digits(packed(sizes, text(theta)))[TOLD] < -0.5


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
