"""Probes with a false GPU and a false clock. Lab 10's checks run on them."""

import time
from functools import partial
from typing import Any

from course.inside.fake_gpu import DEVICE, DeviceArray


def call_on_both_devices(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call the answer with a NumPy array, and with the same array on a stand-in for a GPU.

    Returns the first result; 1 if the second one stayed on the device, else 0; how often it was copied from there; and
    its numbers.
    """
    (Z,) = inputs.values()
    given = Z.copy()
    on_cpu = answer(given)
    before = DEVICE.copies
    on_device = answer(DEVICE.asarray(Z))
    copies = DEVICE.copies - before
    stayed = isinstance(on_device, DeviceArray)
    Z[...] = given  # so that whoever compares the inputs sees what the answer did to them
    return on_cpu, int(stayed), copies, on_device.get() if stayed else on_device


def time_on_false_clock(answer: Any, inputs: dict[str, Any]) -> Any:
    """Call a stopwatch ``answer(f, repeat, synchronize)`` with an f that works in the background, on a false clock.

    The n-th call of f asks for the n-th of ``durations``, and returns after ``launch`` seconds; synchronize waits until
    all is done. Returns the answer's seconds, and how often it called f. The clocks of `time` show its time
    meanwhile, wherever the answer has them from.
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
    """A clock, and a device that works in the background while the clock stands still."""

    def __init__(self, durations: list[float], launch: float) -> None:
        self.durations, self.launch = durations, launch
        self.now, self.busy_until, self.calls = 0.0, 0.0, 0

    def f(self) -> None:
        """Hand over some work and come back at once."""
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
