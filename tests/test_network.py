"""The network: views that stay bound, errors that say what to do, checkpoints, files, the printed table."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course.nn.activation_layers import PReLU, ReLU, Tanh
from course.nn.convolution import Conv2D
from course.nn.dropout import Dropout
from course.nn.layers import Flatten, Linear, Maxout
from course.nn.losses import SoftmaxCrossEntropy
from course.nn.network import Network
from course.nn.normalization import BatchNorm, LayerNorm
from course.nn.optimizers import SGD
from course.nn.regularizers import objective


def build(seed=0, dtype=np.float64, hidden=4):
    layers = [Linear(3, hidden), BatchNorm(hidden), PReLU(), Dropout(0.3), Maxout(hidden, 4, 2), LayerNorm(4)]
    return Network([*layers, Linear(4, 2)], rng=np.random.default_rng(seed), dtype=dtype)


def batch(n=5, seed=1):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 3)), rng.integers(0, 2, n)


def train_a_step(net):
    objective(net, SoftmaxCrossEntropy(), *batch())
    SGD(0.1).step(net.theta, net.grad)
    return net


def assert_views_are_bound(net):
    """Writing to θ, gradient and state is seen through every layer, and the other way round."""
    theta_size = sum(getattr(layer, n).size for layer in net.layers for n in [*layer.weights, *layer.offsets])
    assert theta_size == len(net.theta) == len(net.grad) == len(net.is_weight)
    net.theta = np.arange(len(net.theta))
    net.grad[...] = -np.arange(len(net.theta))
    net.state = np.arange(len(net.state)) + 0.5
    seen = [getattr(layer, n).ravel() for layer in net.layers for n in [*layer.weights, *layer.offsets]]
    np.testing.assert_array_equal(np.concatenate(seen), net.theta)
    seen = [getattr(layer, "d" + n).ravel() for layer in net.layers for n in [*layer.weights, *layer.offsets]]
    np.testing.assert_array_equal(np.concatenate(seen), net.grad)
    seen = [getattr(layer, n) for layer in net.layers for n in layer.statistics]
    np.testing.assert_array_equal(np.concatenate(seen), net.state)
    net.layers[0].W[0, 0] = 123
    assert net.theta[0] == 123


MOVES = {
    "built": lambda net, path: net,
    "assigned": lambda net, path: setattr(net, "theta", net.theta + 1) or net,
    "copied": lambda net, path: net.copy(),
    "deep-copied": lambda net, path: copy.deepcopy(net),
    "pickled": lambda net, path: pickle.loads(pickle.dumps(net)),
    "loaded": lambda net, path: net.save(path) or build(9).load(path),
    "restored": lambda net, path: net.restore(net.checkpoint()) or net,
    "moved to the CPU": lambda net, path: net.to_cpu(),
}


@pytest.mark.parametrize("move", MOVES)
def test_views_stay_bound(move, tmp_path):
    assert_views_are_bound(MOVES[move](train_a_step(build()), tmp_path / "net.npz"))


@pytest.mark.parametrize("move", ["copied", "deep-copied", "pickled"])
def test_copies_are_equal_and_independent(move, tmp_path):
    net = train_a_step(build())
    twin = MOVES[move](net, tmp_path)
    X, _ = batch()
    np.testing.assert_array_equal(twin.forward(X), net.forward(X))
    np.testing.assert_array_equal(twin.forward(X, train=True), net.forward(X, train=True))  # equal masks
    before = twin.theta.copy()
    train_a_step(net)
    np.testing.assert_array_equal(twin.theta, before)
    with pytest.raises(ValueError, match="remembers no forward pass"):
        MOVES[move](net, tmp_path).backward(np.ones((5, 2)))


def test_copies_train_on_as_the_original_does(tmp_path):
    net = train_a_step(build())
    twin = net.copy()
    for _ in range(3):
        train_a_step(net)
        train_a_step(twin)
    np.testing.assert_array_equal(twin.theta, net.theta)
    np.testing.assert_array_equal(twin.state, net.state)


def test_theta_is_copied_in_not_replaced():
    net = build()
    memory, values = net.theta, np.ones(len(net.theta))
    net.theta = values
    values[0] = 7
    assert net.theta is memory
    assert net.theta[0] == 1


def test_theta_and_state_of_the_wrong_length_raise():
    net = build()
    with pytest.raises(ValueError, match=r"expected theta of shape \(\d+,\), got \(3,\)"):
        net.theta = np.zeros(3)
    with pytest.raises(ValueError, match=r"expected theta of shape"):
        net.theta = 0.0
    with pytest.raises(ValueError, match=r"expected state of shape \(8,\), got \(1,\)"):
        net.state = np.zeros(1)
    with pytest.raises(AttributeError):
        net.grad = np.zeros(3)


def test_is_weight_marks_weights_only():
    net = build()
    marked = net.copy()
    marked.theta = net.is_weight.astype(float)
    for layer in marked.layers:
        assert all((getattr(layer, name) == 1).all() for name in layer.weights)
        assert all((getattr(layer, name) == 0).all() for name in layer.offsets)
    assert net.is_weight.sum() == 3 * 4 + 2 * 4 * 4 + 4 * 2
    assert [W.shape for W in net.weight_arrays()] == [(3, 4), (2, 4, 4), (4, 2)]


def test_layers_take_turns_in_a_forward_pass():
    net = Network([Linear(1, 1), ReLU(), Linear(1, 1)], rng=np.random.default_rng(0), dtype=np.float64)
    net.theta = np.array([2.0, 1.0, 10.0, 100.0])
    np.testing.assert_array_equal(net.forward([[1.0], [-3.0]]), [[130], [100]])


def test_dtype_is_kept_and_inputs_are_converted():
    net = build(dtype=np.float32)
    for X in (batch()[0], np.ones((2, 3), np.uint8), [[1, 2, 3]]):
        assert net.forward(X).dtype == np.float32
    objective(net, SoftmaxCrossEntropy(), *batch())
    assert net.grad.dtype == net.theta.dtype == net.state.dtype == np.float32
    assert all(layer.cache is None or np.asarray(layer.cache[0]).dtype != np.float64 for layer in net.layers)


def test_forward_leaves_the_input_alone():
    X, _ = batch()
    before = X.copy()
    net = build()
    net.backward(np.ones_like(net.forward(X, train=True)))
    np.testing.assert_array_equal(X, before)


def test_backward_leaves_its_input_alone():
    net = Network([Linear(3, 2), Dropout(0.5), Tanh()], rng=np.random.default_rng(0), dtype=np.float64)
    dout = np.ones_like(net.forward(batch()[0], train=True))
    net.backward(dout)
    assert (dout == 1).all()


def test_predict_in_parts_is_forward_at_once():
    net, (X, _) = train_a_step(build()), batch(23)
    for size in (1, 5, 23, 100):
        np.testing.assert_allclose(net.predict(X, batch_size=size), net.forward(X), rtol=1e-12)
    with pytest.raises(ValueError, match="at least one row"):
        net.predict(X[:0])


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_a_batch_is_its_examples(n, seed):
    rng = np.random.default_rng(seed)
    layers = [Linear(3, 4), Tanh(), Maxout(4, 4), LayerNorm(4), Linear(4, 2)]
    net = Network(layers, rng=rng, dtype=np.float64)
    X, y = rng.normal(size=(n, 3)), rng.integers(0, 2, n)
    loss = SoftmaxCrossEntropy()
    whole = objective(net, loss, X, y), net.grad.copy()
    singles = [(objective(net, loss, X[i : i + 1], y[i : i + 1]), net.grad.copy()) for i in range(n)]
    assert whole[0] == pytest.approx(np.mean([J for J, _ in singles]))
    np.testing.assert_allclose(whole[1], np.mean([g for _, g in singles], axis=0), atol=1e-10)


def test_the_first_layers_input_gradient_is_skipped():
    net = Network([Flatten(), Dropout(0.1), Linear(3, 2), Linear(2, 2)], rng=np.random.default_rng(0))
    assert [layer.needs_dx for layer in net.layers] == [True, True, False, True]
    net.forward(batch()[0], train=True)
    net.layers[1].cache = None  # so that an error would show whoever asks the layers before the first weights
    net.backward(np.ones((5, 2), np.float32))


def test_a_network_without_parameters():
    net = Network([ReLU(), Flatten()], rng=np.random.default_rng(0))
    np.testing.assert_array_equal(net.forward([[-1, 2]], train=True), [[0, 2]])
    assert net.backward(np.ones((1, 2))).shape == (0,)
    assert list(net.weight_arrays()) == []


def test_keeping_the_best_brings_back_running_statistics():
    net = train_a_step(build())
    best, expected = net.checkpoint(), net.forward(batch()[0])
    for _ in range(5):
        train_a_step(net)
    assert not np.allclose(net.forward(batch()[0]), expected)
    net.restore(best)
    np.testing.assert_array_equal(net.forward(batch()[0]), expected)


def test_a_layer_used_twice_raises():
    layer = Linear(3, 3)
    with pytest.raises(ValueError, match=r"new layer at position 2, got Linear\(3, 3\) that is in use already"):
        Network([layer, ReLU(), layer], rng=np.random.default_rng(0))
    Network([layer], rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="in use already"):
        Network([layer], rng=np.random.default_rng(0))


def test_bad_arguments_raise_and_say_what_to_pass():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="at least one layer"):
        Network([], rng=rng)
    with pytest.raises(TypeError, match=r"expected a Layer at position 1, got .*: write ReLU"):
        Network([Linear(1, 1), ReLU], rng=rng)
    with pytest.raises(TypeError, match=r"expected a np.random.Generator as rng, got 3: pass np.random.default_rng"):
        Network([Linear(1, 1)], rng=3)
    for dtype in (int, np.float16, complex):
        with pytest.raises(ValueError, match="expected float32 or float64"):
            Network([Linear(1, 1)], rng=rng, dtype=dtype)
    with pytest.raises(ValueError, match=r"Linear\(5, 1\) expects input of shape \(N, 5\), got \(N, 4\)"):
        Network([Linear(3, 4), ReLU(), Linear(5, 1)], rng=rng)
    net = Network([Linear(3, 2)], rng=rng)
    for empty in (np.zeros((0, 3)), 1.0):
        with pytest.raises(ValueError, match="expected a batch X with at least one row"):
            net.forward(empty)
    with pytest.raises(ValueError, match="before backward"):
        net.backward(np.ones((1, 2)))


@given(st.integers(0, 2**32 - 1), st.sampled_from([np.float32, np.float64]))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_save_and_load_bit_for_bit(tmp_path, seed, dtype):
    net = build(seed, dtype)
    rng = np.random.default_rng(seed)
    net.theta, net.state = rng.normal(size=net.theta.size), rng.normal(size=net.state.size)
    net.theta[:3] = np.nan, -0.0, np.inf
    net.save(tmp_path / "net.npz")
    back = build(seed + 1, dtype).load(tmp_path / "net.npz")
    assert back.theta.tobytes() == net.theta.tobytes()
    assert back.state.tobytes() == net.state.tobytes()


def test_saving_leaves_one_file_under_the_given_name(tmp_path):
    net = build()
    for _ in range(2):
        net.save(str(tmp_path / "name without suffix"))
    assert [p.name for p in tmp_path.iterdir()] == ["name without suffix"]


def test_a_failing_save_leaves_the_old_file(tmp_path, monkeypatch):
    net, path = build(), tmp_path / "net.npz"
    net.save(path)
    before = path.read_bytes()

    def full_disk(file, **arrays):
        file.write(b"half")
        raise OSError("no space left on device")

    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.raises(OSError, match="no space left"):
        net.save(path)
    assert [p.name for p in tmp_path.iterdir()] == ["net.npz"]
    assert path.read_bytes() == before


def test_loading_something_else_raises_and_changes_nothing(tmp_path):
    net = build()
    theta = net.theta.copy()
    good, path = tmp_path / "good.npz", tmp_path / "bad.npz"
    net.save(good)
    with np.load(good) as file:
        content = dict(file)

    np.savez(path, **{**content, "version": np.array(99)})
    with pytest.raises(ValueError, match="expected format version 1, got 99"):
        net.load(path)
    build(hidden=6).save(path)
    with pytest.raises(ValueError, match=r"expected 0 Linear.W \(3, 4\), got 0 Linear.W \(3, 6\)"):
        net.load(path)
    build(dtype=np.float32).save(path)
    with pytest.raises(ValueError, match="expected float64, got float32"):
        net.load(path)
    Network([Linear(3, 4)], rng=np.random.default_rng(0)).save(path)
    with pytest.raises(ValueError, match="got float32"):
        net.load(path)
    np.savez(path, **{**content, "theta": np.zeros(3)})
    with pytest.raises(ValueError, match=r"expected theta of shape"):
        net.load(path)
    np.savez(path, other=np.zeros(3))
    with pytest.raises(ValueError, match=r"expected a file written by Network.save, got .*bad.npz"):
        net.load(path)
    for damaged in (b"", b"not a zip", good.read_bytes()[:-100]):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"expected a file written by Network.save"):
            net.load(path)
    np.savez(path, **{**content, "theta": np.array([{}], dtype=object)})
    with pytest.raises(ValueError, match="allow_pickle=False"):
        net.load(path)
    with pytest.raises(FileNotFoundError):
        net.load(tmp_path / "missing.npz")
    np.testing.assert_array_equal(net.theta, theta)


def test_summary_lists_shapes_and_counts():
    net = Network([Linear(784, 128), ReLU(), Dropout(0.5), Linear(128, 10)], rng=np.random.default_rng(0))
    lines = net.summary().splitlines()
    assert [line.split() for line in lines] == [
        ["layer", "output", "parameters"],
        ["Linear(784,", "128)", "(N,", "128)", "100,480"],
        ["ReLU()", "(N,", "128)", "0"],
        ["Dropout(0.5)", "(N,", "128)", "0"],
        ["Linear(128,", "10)", "(N,", "10)", "1,290"],
        ["total", "101,770", "(101,632", "weights)"],
    ]


def test_summary_of_a_convolution_needs_the_image():
    net = Network([Conv2D(1, 4, 3), ReLU(), Flatten(), Linear(144, 10)], rng=np.random.default_rng(0))
    assert [line.split()[-2] for line in net.summary().splitlines()[1:4]] == ["?", "?", "?"]
    assert "(N, 6, 6, 4)" in net.summary((8, 8, 1))
    with pytest.raises(ValueError, match=r"Linear\(144, 10\) expects input"):
        net.summary((9, 9, 1))
