"""Lab 10's widget, and the pretended devices behind its checks."""

import statistics
import threading
import time

import numpy as np
import pytest

from course.inside import probes
from course.inside.fake_gpu import DEVICE
from course.widgets import roofline_explorer as model
from course.widgets.roofline_explorer import RooflineExplorer

LAPTOP, GPU = model.MACHINES[:2]


def test_one_product_by_hand():
    p = model.Product(128, 784, 10, 4)
    assert p.flops == 2 * 128 * 784 * 10
    assert p.bytes == 4 * (128 * 784 + 784 * 10 + 128 * 10)
    assert p.seconds(GPU) == pytest.approx(max(p.flops / 10e12, p.bytes / 500e9))
    assert p.limited_by(GPU) == "memory"


def test_layers_climb_the_slope_with_the_batch():
    intensities = [model.products((784, 1024, 10), batch, 4)[0].intensity for batch in (1, 8, 128, 2048)]
    assert intensities == sorted(intensities)
    assert [model.Product(n, 1024, 1024, 4).limited_by(GPU) for n in (1, 1024)] == ["memory", "computing"]


def test_the_roof_has_a_slope_and_a_flat_part():
    ridge = GPU.peak / GPU.bandwidth
    roof = model.attainable(GPU, np.array([ridge / 2, ridge, 2 * ridge]))
    np.testing.assert_allclose(roof, [GPU.peak / 2, GPU.peak, GPU.peak])


def test_every_machine_says_where_its_figures_are_from():
    assert all(m.source for m in model.MACHINES)


@pytest.mark.parametrize(
    ("value", "text"), [(2.5e-5, "25 µs"), (1.0, "1 s"), (3.2e9, "3.2 Gs"), (0.0, "0 s"), (9.99e-10, "0.999 ns")]
)
def test_quantities_are_written_with_prefixes(value, text):
    assert model.quantity(value, "s") == text


def test_this_computer_is_measured_by_a_product_and_a_copy():
    here = model.measure_this_computer(timer=lambda f: 0.5 if f() is None else 0.25)  # a copy returns None
    assert here.peak == 2 * 1024**3 / 0.25
    assert here.bandwidth == 2 * 4 * (1 << 24) / 0.5


def test_tensor_cores_raise_the_roof_and_say_which_numbers_they_take():
    for machine in model.MACHINES:
        peaks = [machine.peak, *(peak for _, peak in machine.tensor_peaks)]
        assert peaks == sorted(peaks)
    widget = RooflineExplorer()
    assert "tensor cores" not in widget.figure.value
    widget.machine.value = model.MACHINES[-1]
    assert ">tensor cores, bfloat16: 989 TFLOP/s<" in widget.figure.value
    assert "989 TFLOP/s with tensor cores on bfloat16" in widget.figure.value
    assert 'class="course-card course-wide"' in widget.figure.value


def test_the_explorer_in_the_window():
    widget = RooflineExplorer()
    assert "3 of 3 layers wait for memory" in widget.text
    widget.batch.value = 2048
    assert "1 of 3 layers wait for memory" in widget.text
    widget.machine.value = LAPTOP
    assert "round-figures laptop" in widget.text
    widget.hidden.value, widget.batch.value = 32, 8
    widget.measure_button.click()
    assert widget.machine.value.name == "this computer"
    assert len(widget.measured) == 3
    assert all(seconds > 0 for seconds in widget.measured)
    widget.measure_button.click()
    assert [name for name, _ in widget.machine.options].count("this computer") == 1
    widget.dtype.value = "float64"
    assert widget.measured == []


def test_the_pretended_device_tells_who_leaves_it():
    Z = {"Z": np.array([[1.0, 2.0]])}
    assert probes.call_on_both_devices(lambda z: z + 1, Z)[1:3] == (1, 0)
    assert probes.call_on_both_devices(lambda z: z if isinstance(z, np.ndarray) else z.get(), Z)[1:3] == (0, 1)
    there_and_back = lambda z: z if isinstance(z, np.ndarray) else DEVICE.asarray(z.get())  # noqa: E731
    assert probes.call_on_both_devices(there_and_back, Z)[1:3] == (1, 1)
    with pytest.raises(TypeError, match="implicit conversion"):
        probes.call_on_both_devices(np.asarray, Z)


CLOCKED = {"durations": np.array([9.0, 2.0, 4.0, 3.0]), "launch": 0.5, "repeat": 3}


def stopwatch(clock):
    def answer(f, repeat, synchronize):
        f()
        seconds = []
        for _ in range(repeat):
            synchronize()
            start = clock()
            f()
            synchronize()
            seconds.append(clock() - start)
        return statistics.median(seconds)

    return answer


def test_the_false_clock_counts_pretended_seconds_and_is_put_back():
    before = time.perf_counter
    seconds, calls = probes.time_on_false_clock(stopwatch(lambda: time.perf_counter()), CLOCKED)
    assert (seconds, calls) == (3.5, 4)  # the median of 2, 4 and 3, and the hand-over
    assert time.perf_counter is before
    nanoseconds, _ = probes.time_on_false_clock(stopwatch(lambda: time.monotonic_ns()), CLOCKED)
    assert nanoseconds == 3.5e9


def test_a_clock_imported_by_name_is_false_too():
    namespace = {"perf_counter": time.perf_counter}
    exec(  # an answer lives in a notebook's namespace
        "def answer(f, repeat, synchronize):\n f()\n synchronize()\n return perf_counter()", namespace
    )
    assert probes.time_on_false_clock(namespace["answer"], CLOCKED) == (9.5, 1)
    assert namespace["perf_counter"] is time.perf_counter


def test_too_many_calls_are_told():
    with pytest.raises(RuntimeError, match="more than 4 times"):
        probes.time_on_false_clock(lambda f, repeat, wait: [f() for _ in range(5)], CLOCKED)
    assert time.perf_counter() > 0


def test_a_slider_moved_while_the_products_are_measured_waits_for_its_turn():
    """JupyterLab's kernel hears button and slider in two threads; nothing was measured for the slider's sizes."""
    widget = RooflineExplorer()
    clicked = {"data": {"method": "custom", "content": {"event": "click"}}}
    moved = {"data": {"method": "update", "state": {"index": 5}}}
    click = threading.Thread(target=widget.measure_button.comm.handle_msg, args=[{"content": clicked, "buffers": []}])
    click.start()
    while click.is_alive() and "Measuring" not in widget.status.value:
        time.sleep(0.01)
    widget.batch.comm.handle_msg({"content": moved, "buffers": []})
    click.join()
    assert widget.batch.value == 2048
    assert "this computer" in widget.text
    assert widget.measured == []
