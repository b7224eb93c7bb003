"""Benchmarks: functions that measure and return lists of dicts; `format_table` makes them readable."""

from course.bench.accuracy import PRESETS, bench_mnist
from course.bench.device import bench_gpu, recorded_gpu
from course.bench.speed import bench_scale, bench_train
from course.bench.table import format_table

__all__ = [
    "PRESETS",
    "bench_gpu",
    "bench_mnist",
    "bench_scale",
    "bench_train",
    "format_table",
    "recorded_gpu",
]
