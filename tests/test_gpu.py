"""Array modules and devices; what needs a GPU skips visibly without one."""

import numpy as np
import pytest

from course.inside.fake_gpu import DEVICE
from course.nn import gpu


def test_array_module_belongs_to_the_data():
    assert gpu.array_module(np.zeros(2)) is np
    assert gpu.array_module(DEVICE.asarray([1.0])) is DEVICE
    assert gpu.array_module(1.0, DEVICE.asarray([1.0]), [2, 3], None, np.float64(4)) is DEVICE
    assert gpu.array_module(a=np.zeros(2), b=np.ones(3)) is np
    assert gpu.array_module(2.0) is np
    assert gpu.array_module() is np


def test_mixed_devices_raise_and_name_the_argument():
    with pytest.raises(TypeError, match="got b on the CPU and a on the GPU: move b with to_gpu, or a with to_cpu"):
        gpu.array_module(a=DEVICE.asarray([1.0]), b=np.zeros(1))
    with pytest.raises(TypeError, match="argument 1 on the CPU and argument 2 on the GPU"):
        gpu.array_module(np.zeros(1), DEVICE.asarray([1.0]))


def test_to_cpu_fetches_and_leaves_what_is_there():
    a = np.arange(3.0)
    assert gpu.to_cpu(a) is a
    np.testing.assert_array_equal(gpu.to_cpu(DEVICE.asarray(a)), a)
    np.testing.assert_array_equal(gpu.to_cpu([1, 2]), [1, 2])


def test_time_call_warms_up_repeats_and_takes_the_median(monkeypatch):
    calls = []
    clock = iter([0.0, 1.0, 10.0, 15.0, 20.0, 22.0])
    monkeypatch.setattr(gpu.time, "perf_counter", lambda: next(clock))
    assert gpu.time_call(lambda: calls.append(1), repeat=3) == 2.0
    assert len(calls) == 4
    with pytest.raises(ValueError, match="expected repeat of at least 1"):
        gpu.time_call(lambda: None, repeat=0)


def test_matmul_benchmark_counts_two_operations_a_product(monkeypatch):
    monkeypatch.setattr(gpu, "time_call", lambda f, repeat: f().shape[0] / 10)
    assert gpu.matmul_benchmark(10) == 2 * 10**3


@pytest.mark.skipif(gpu.gpu_available(), reason="there is a GPU with CuPy here")
def test_without_a_gpu_the_cpu_is_described_and_moving_says_what_is_missing():
    assert gpu.device_info() == {"name": "CPU"}
    gpu.synchronize()
    with pytest.raises(RuntimeError, match="expected an NVIDIA GPU and CuPy"):
        gpu.to_gpu(np.zeros(1))


@pytest.mark.gpu
@pytest.mark.skipif(not gpu.gpu_available(), reason="no GPU with CuPy here")
def test_with_a_gpu_arrays_go_there_and_back():
    a = np.random.default_rng(0).normal(size=(50, 50))
    there = gpu.to_gpu(a)
    assert gpu.array_module(there).__name__ == "cupy"
    assert gpu.to_gpu(there) is there
    np.testing.assert_array_equal(gpu.to_cpu(there), a)
    assert gpu.device_info()["memory_bytes"] > 1e9
    assert gpu.matmul_benchmark(64, gpu=True) > 0
