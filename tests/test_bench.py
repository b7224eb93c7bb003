"""The benchmarks measure what they say: small runs of each, and the arithmetic behind the figures."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from course.bench import PRESETS, bench_gpu, bench_mnist, bench_scale, bench_train, format_table, recorded_gpu
from course.bench.accuracy import Preset
from course.bench.contestants import Architecture, has_torch, matrix_products, ours, scikit_learn, torch_eager
from course.bench.speed import ARCHITECTURES, fitted_exponent, interleaved, ratio, summary, training_data
from course.inside.fake_gpu import DEVICE
from course.nn.gpu import gpu_available
from course.show.tables import Table

ROOT = Path(__file__).parents[1]


@pytest.fixture
def no_mnist(tmp_path, monkeypatch):
    """No local folder, an empty cache, and a proxy that refuses every connection."""
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")


def some_data(n=200):
    rng = np.random.default_rng(0)
    return rng.random((n, 784), dtype=np.float32), rng.integers(0, 10, n)


def test_without_mnist_digits_are_tiled_to_its_shape_and_named(no_mnist):
    X, y, name = training_data(3000)
    assert name == "scikit-learn digits, tiled to MNIST's shape"
    assert (X.shape, X.dtype, y.shape) == ((3000, 784), np.float32, (3000,))
    np.testing.assert_array_equal(X[0, :64], X[0, 64:128])
    np.testing.assert_array_equal(X[1297], X[0])


def test_architectures_are_the_three_of_the_benchmark():
    assert [str(architecture) for architecture in ARCHITECTURES] == [
        "784–128–10",
        "784–512–512–10 dropout 0.5",
        "784–1024–1024–10 dropout 0.2/0.5",
    ]
    net = ARCHITECTURES[2].network(np.random.default_rng(0))
    names = [type(layer).__name__ for layer in net.layers]
    assert names == ["Dropout", "Linear", "ReLU", "Dropout", "Linear", "ReLU", "Dropout", "Linear"]
    assert [layer.p_drop for layer in net.layers if hasattr(layer, "p_drop")] == [0.2, 0.5, 0.5]
    assert net.theta.dtype == np.float32


def test_every_contestant_runs_an_epoch():
    X, y = some_data()
    plain, dropping = Architecture((784, 8, 10)), Architecture((784, 8, 8, 10), 0.2, 0.5)
    for architecture in (plain, dropping):
        (epoch,) = ours(architecture, X, y)()
        assert epoch.number == 1
        matrix_products(architecture, X)()
    scikit_learn(plain, X, y)()
    assert scikit_learn(dropping, X, y) is None


@pytest.mark.skipif(not has_torch(), reason="PyTorch is not installed")
def test_pytorch_runs_an_epoch():
    X, y = some_data()
    torch_eager(Architecture((784, 8, 8, 10), 0.2, 0.5), X, y)()


def test_contestants_take_turns_and_the_first_round_does_not_count():
    turns = []
    seconds = interleaved({name: lambda name=name: turns.append(name) for name in "ab"}, rounds=2)
    assert turns == ["a", "b"] * 3
    assert {name: len(values) for name, values in seconds.items()} == {"a": 2, "b": 2}


def test_ratios_are_medians_of_the_rounds_ratios():
    seconds = {"ours": [1.0, 2.0, 4.0], "floor": [1.0, 1.0, 1.0], "torch": [3.0, 2.0, 8.0]}
    figures = summary(seconds)
    assert figures["ratio_to_torch"] == 2
    assert figures["ratio_to_floor"] == 2
    assert figures["ratio_to_sklearn"] is None
    assert (figures["seconds"], figures["torch_seconds"], figures["sklearn_seconds"]) == (2, 3, None)
    assert ratio(None, [1.0]) is None


def test_bench_train_reports_each_network(no_mnist):
    rows = bench_train(rounds=1, examples=256)
    assert [row["net"] for row in rows] == [str(architecture) for architecture in ARCHITECTURES]
    for row in rows:
        assert row["seconds"] > 0
        assert row["ratio_to_floor"] == row["seconds"] / row["floor_seconds"]
        assert (row["ratio_to_torch"] is None) == (not has_torch())
    assert [row["ratio_to_sklearn"] is None for row in rows] == [False, True, True]
    json.dumps(rows)


def test_bench_scale_reports_sizes_and_exponents(no_mnist):
    rows = bench_scale(examples=(128, 256), widths=(8, 16), rounds=1)
    assert [(row["vary"], row["examples"], row["width"]) for row in rows] == [
        ("examples", 128, 128),
        ("examples", 256, 128),
        ("width", 128, 8),
        ("width", 128, 16),
    ]
    assert all(np.isfinite(row["exponent"]) and row["seconds"] > 0 for row in rows)


def test_exponent_is_fitted_over_the_larger_sizes():
    sizes = [1, 2, 4, 8, 16, 32]
    assert fitted_exponent(sizes, [5.0, 5.0, 5.0, 8**2, 16**2, 32**2]) == pytest.approx(2)
    assert fitted_exponent([1, 10], [3.0, 30.0]) == pytest.approx(1)


def test_presets_are_the_reference_networks():
    assert [preset.architecture.sizes for preset in PRESETS] == [
        (784, 10),
        (784, 128, 10),
        (784, 1024, 1024, 10),
    ]
    assert PRESETS[2].max_norm is not None


def test_bench_mnist_needs_the_real_thing(no_mnist):
    with pytest.raises(FileNotFoundError, match="set COURSE_DATA"):
        bench_mnist()


@pytest.mark.skipif(not os.environ.get("COURSE_DATA"), reason="COURSE_DATA names no folder with MNIST")
def test_bench_mnist_measures_a_test_error():
    quick = Preset("quick", Architecture((784, 10)), 1, 0.002, 256, 3.0, 7.5, "nobody")
    (row,) = bench_mnist((quick,), seeds=(0, 1))
    assert (row["model"], row["epochs"], len(row["test_errors"])) == ("quick", 1, 2)
    assert row["test_error"] == pytest.approx(np.mean(row["test_errors"]))
    assert 5 < row["test_error"] < 15


@pytest.mark.skipif(gpu_available(), reason="there is a GPU here")
def test_bench_gpu_says_what_is_missing_and_nothing_is_recorded(no_mnist, tmp_path):
    with pytest.raises(RuntimeError, match="GPU"):
        bench_gpu(rounds=1, examples=256, path=tmp_path / "gpu.json")
    assert recorded_gpu(tmp_path / "gpu.json") == []


def test_bench_gpu_on_a_pretended_gpu_records_what_lab_10_shows(no_mnist, tmp_path, monkeypatch):
    """The whole way but for the device: arrays that never leave it by themselves, figures in a file, lab 10."""
    shown: list[Table] = []
    for module in ("course.bench.device", "course.nn.network"):
        monkeypatch.setattr(f"{module}.to_gpu", DEVICE.asarray)
    monkeypatch.setattr("course.bench.device.device_info", lambda: {"name": "pretended"})
    monkeypatch.setattr("course.bench.device.has_torch", lambda: False)
    rows = bench_gpu(rounds=1, examples=256, path=tmp_path / "gpu.json")
    assert [row["net"] for row in rows] == [str(architecture) for architecture in ARCHITECTURES]
    assert all(row["seconds"] > 0 and row["cpu_seconds"] > 0 for row in rows)
    assert {(row["device"], row["torch_seconds"], row["ratio_to_torch"]) for row in rows} == {("pretended", None, None)}
    assert recorded_gpu(tmp_path / "gpu.json") == rows
    notebook = json.loads(next(ROOT.glob("labs/lab10_*.ipynb")).read_text(encoding="utf-8"))
    (cell,) = ["".join(c["source"]) for c in notebook["cells"] if "= recorded_gpu()" in "".join(c["source"])]
    exec(cell, {"recorded_gpu": lambda: rows, "Table": Table, "display": shown.append})
    assert [row[:2] for row in shown[0].rows] == [[row["net"], "pretended"] for row in rows]
    assert "scikit-learn digits" in shown[0].caption


@pytest.mark.gpu
@pytest.mark.skipif(not gpu_available(), reason="no GPU with CuPy here")
def test_bench_gpu_measures_and_records(tmp_path):
    rows = bench_gpu(rounds=1, examples=512, path=tmp_path / "gpu.json")
    assert len(rows) == len(ARCHITECTURES)
    assert all(row["seconds"] > 0 and row["device"] != "CPU" for row in rows)
    assert recorded_gpu(tmp_path / "gpu.json") == rows


def test_tables_line_up():
    table = format_table([{"net": "a", "seconds": 0.12345, "n": 10}, {"net": "long", "seconds": None, "n": 7}])
    assert table.splitlines() == [
        "net   seconds   n",
        "----  -------  --",
        "a       0.123  10",
        "long        –   7",
    ]
    with pytest.raises(ValueError, match="same keys"):
        format_table([])
    with pytest.raises(ValueError, match="same keys"):
        format_table([{"a": 1}, {"b": 1}])
