"""Grading on a Dask cluster of real processes, one of which is killed on the way."""

import csv
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from course.grading.grade_class import grade_class
from course.grading.sandbox.choose import best
from course.grading.workers import Workers
from tests.gates import ROOT
from tests.patience import patience
from tests.submissions import LAB, blank, save, solved, with_cell

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(not find_spec("distributed"), reason="Dask distributed is not installed"),
]
STUDENTS = 8


def start(*words: object) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    command = [sys.executable, "-m", *map(str, words)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and two workers; give the address and the workers' processes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    quiet = ("--no-dashboard",)
    processes = [start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", port, *quiet)]
    for _ in range(2):
        processes.append(start("distributed.cli.dask_worker", address, "--nthreads", 1, "--no-nanny", *quiet))
    try:
        yield address, processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait(patience(30))


def workers_at(address: str, at_least: int) -> int:
    from distributed import Client

    with Client(address, timeout=patience(60), set_as_default=False) as client:
        client.wait_for_workers(at_least, timeout=patience(60))
        return len(client.nthreads())


def stored(out: Path) -> int:
    return len(list((out / "store").glob(f"lab{LAB}-*-*.json")))


def test_a_killed_worker_loses_nothing(cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path) -> None:
    address, workers = cluster
    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    save(folder, "blank", blank())
    for number in range(STUDENTS - 1):
        save(folder, f"student {number}", with_cell(solved(), f"mine = {number}"))
    assert workers_at(address, 2) == 2
    words = ["course", "grade", folder, "--lab", LAB, "--out", out, "--sandbox", best(), "--scheduler", address]
    grader = subprocess.Popen(
        [sys.executable, "-m", *map(str, words)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    while grader.poll() is None and not stored(out):
        time.sleep(0.01)
    assert stored(out) < STUDENTS  # there is still something to lose
    os.kill(workers[0].pid, signal.SIGKILL)
    _, errors = grader.communicate(timeout=patience(240))
    assert grader.returncode == 0, errors.decode()[-2000:]
    with (out / "grades.csv").open(newline="") as file:
        scores = {row["student"]: (row["score"], row["status"]) for row in csv.DictReader(file)}
    assert scores.pop("blank") == ("0", "blank")
    assert set(scores.values()) == {("17", "graded")}
    assert (len(scores) + 1, stored(out)) == (STUDENTS, STUDENTS)
    assert len(json.loads((out / "store" / f"lab{LAB}-rounds.json").read_text())["rounds"]) == 1


class Losing(Executor):
    """An executor that cancels what it is given, as Dask does where a lost worker held the data that all share."""

    def submit(self, *_: object, **__: object) -> Future[Any]:
        future: Future[Any] = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


def test_what_a_cluster_cancels_is_graded_here(tmp_path: Path) -> None:
    save(tmp_path, "perfect", solved())
    lost = Workers(Losing(), lambda data: data, 1)
    summary = grade_class(tmp_path, LAB, tmp_path / "out", ROOT, best(), workers=lost)
    assert (summary.fresh, summary.by_status) == (1, {"graded": 1})


def test_where_no_scheduler_answers_it_is_said(tmp_path: Path) -> None:
    from course.grading.workers import dask_workers

    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(ValueError, match="no Dask scheduler answers"), dask_workers(address, best(), timeout=1):
        pass
