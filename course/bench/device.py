"""The speed of training on a GPU: measured on a machine that has one, and stored for lab 10."""

import datetime
import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from course.bench.contestants import BATCH_SIZE, Architecture, has_torch, ours, torch_eager, torch_model
from course.bench.speed import ARCHITECTURES, interleaved, ratio, training_data
from course.nn.gpu import device_info, to_gpu

#: measured figures, with the GPU's name and the date
RECORDED = Path(__file__).with_name("gpu.json")


def torch_graphed(architecture: Architecture, X: np.ndarray, y: np.ndarray) -> Callable[[], object]:
    """Train with PyTorch: one training step is captured as a CUDA graph and replayed for each minibatch.

    A graph has one batch size, so the last, smaller batch is left out.
    """
    torch = import_module("torch")
    model, optimizer = torch_model(architecture, "cuda", capturable=True)
    X_all, y_all = torch.from_numpy(X).to("cuda"), torch.from_numpy(y).to("cuda")
    X_batch, y_batch = X_all[:BATCH_SIZE].clone(), y_all[:BATCH_SIZE].clone()
    loss = torch.nn.CrossEntropyLoss()

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        loss(model(X_batch), y_batch).backward()
        optimizer.step()

    side = torch.cuda.Stream()  # PyTorch requires some steps on another stream before the capture
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()

    def epoch() -> None:
        order = torch.randperm(len(X_all), device="cuda")
        for batch in order[: len(order) // BATCH_SIZE * BATCH_SIZE].split(BATCH_SIZE):
            torch.index_select(X_all, 0, batch, out=X_batch)
            torch.index_select(y_all, 0, batch, out=y_batch)
            graph.replay()
        torch.cuda.synchronize()

    return epoch


def bench_gpu(rounds: int = 5, examples: int = 60000, path: Path | None = RECORDED) -> list[dict[str, Any]]:
    """Time one epoch of MNIST on the GPU: ours, PyTorch eager, and PyTorch with CUDA graphs; also ours on the CPU.

    Parameters
    ----------
    rounds : int
        Timed epochs for each network and contestant; medians are reported.
    examples : int
        Size of the training set.
    path : Path, optional
        Where to store the figures as JSON; None stores nothing.

    Returns
    -------
    list of dict
        One for each network: net, data, device, date, seconds, cpu_seconds, torch_seconds, graphed_seconds,
        ratio_to_torch and ratio_to_graphed (their seconds over ours: above 1 we are faster; None without
        PyTorch).

    Raises
    ------
    RuntimeError
        There is no GPU, or no CuPy.
    """
    X, y, name = training_data(examples)
    X_gpu, y_gpu = to_gpu(X), to_gpu(y)
    facts = {"data": name, "device": device_info()["name"], "date": datetime.date.today().isoformat()}
    rows = []
    for architecture in ARCHITECTURES:
        contestants = {"ours": ours(architecture, X_gpu, y_gpu), "cpu": ours(architecture, X, y)}
        if has_torch():
            contestants["torch"] = torch_eager(architecture, X, y, "cuda")
            contestants["graphed"] = torch_graphed(architecture, X, y)
        seconds = interleaved(contestants, rounds)
        rows.append({"net": str(architecture)} | facts | summary(seconds))
    if path is not None:
        path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return rows


def summary(seconds: dict[str, list[float]]) -> dict[str, float | None]:
    """Turn the rounds' seconds into medians and ratios."""
    medians = {name: median(values) for name, values in seconds.items()}
    return {
        "seconds": medians["ours"],
        "cpu_seconds": medians["cpu"],
        "torch_seconds": medians.get("torch"),
        "graphed_seconds": medians.get("graphed"),
        "ratio_to_torch": ratio(seconds.get("torch"), seconds["ours"]),
        "ratio_to_graphed": ratio(seconds.get("graphed"), seconds["ours"]),
    }


def recorded_gpu(path: Path = RECORDED) -> list[dict[str, Any]]:
    """Return the figures that `bench_gpu` stored; an empty list if nothing has been measured yet."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
