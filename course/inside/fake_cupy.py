"""Probes with a fake GPU and a fake clock, for the checks of lab 10."""

import time
from functools import partial
from typing import Any

from course.inside.fake_gpu import DEVICE, DeviceArray


def call_on_both_devices(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call the answer with a NumPy array, and with the same array on a stand-in for a GPU.

    Returns four things: the first result; 1 if the second result stayed on the device, else 0; the number of copies
    from the device; the second result's numbers.
    """
    (Z,) = inputs.values()
    given = Z.copy()
    on_cpu = answer(given)
    before = DEVICE.copies
    on_device = answer(DEVICE.asarray(Z))
    copies = DEVICE.copies - before
    stayed = isinstance(on_device, DeviceArray)
    Z[...] = given  # shows the answer's changes to its inputs to the code that compares them
    return on_cpu, int(stayed), copies, on_device.get() if stayed else on_device


def time_on_false_clock(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call a stopwatch ``answer(f, repeat, synchronize)`` on a fake clock, with an f that works in the background.

    The work of the n-th call of f takes the n-th of ``durations``; the call itself returns after ``launch`` seconds.
    synchronize waits until all work is done. Returns the answer's seconds, and how often it called f. Meanwhile the
    functions of `time` read the fake clock, however the answer imported them.
    """
    durations, launch, repeat = inputs.values()
    clock = _FalseClock(list(durations), launch)
    clocks = {getattr(time, name): scale for name, scale in _CLOCKS.items()}
    holders = [vars(time), getattr(answer, "__globals__", {})]
    hidden = [(h, k, v) for h in holders for k, v in list(h.items()) if callable(v) and v in clocks]
    for holder, name, real in hidden:
        holder[name] = partial(clock.read, clocks[real])
    try:
        seconds = answer(clock.f, repeat, clock.synchronize)
    finally:
        for holder, name, real in hidden:
            holder[name] = real
    return seconds, clock.calls


_CLOCKS = {"perf_counter": 1, "time": 1, "monotonic": 1, "perf_counter_ns": 1e9, "time_ns": 1e9, "monotonic_ns": 1e9}


class _FalseClock:
    """A clock that only the two methods below advance, and a device that works in the background."""

    def __init__(self, durations: list[float], launch: float) -> None:
        self.durations, self.launch = durations, launch
        self.now, self.busy_until, self.calls = 0.0, 0.0, 0

    def f(self) -> None:
        """Give the device some work, and return at once."""
        if self.calls >= len(self.durations):
            raise RuntimeError(f"f was called more than {len(self.durations)} times")
        self.now += self.launch
        self.busy_until = max(self.busy_until, self.now) + self.durations[self.calls]
        self.calls += 1

    def synchronize(self) -> None:
        """Wait until the device has nothing left to do."""
        self.now = max(self.now, self.busy_until)

    def read(self, scale: float) -> float:
        """Read the clock."""
        return self.now * scale
