"""Settings for every test: one BLAS thread a process, patience to suit, nothing remembered outside a test's folder."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is imported: the workers share the cores

import sys
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from tests.patience import FACTOR, measure

if FACTOR not in os.environ:  # once for a run: its workers inherit what was measured
    os.environ[FACTOR] = f"{measure():.2f}"

#: marks of tests that need something large; `make fast` leaves them out
LARGE = ("browser", "kernel", "sandbox")
#: marks of tests that take long, the longest first
LONG = (*LARGE, "whole")
#: what stands in the command that starts one of them, or a command of ours that does
SIGNS = ("chrom", "run-driver", "ipykernel", "bwrap", "supervisor", "course grade", "course lab", "course doctor")

_number = count()
_started: list[str] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "subprocess.Popen":
        words = arguments[1]
        command = words if isinstance(words, str) else " ".join(map(os.fsdecode, words))
        _started.extend(command for sign in SIGNS if sign in command)


sys.addaudithook(_watch)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long: what is short then fills the workers to the end."""

    def scope(item: pytest.Item) -> str:
        return item.nodeid.rpartition("::")[0]

    def rank(item: pytest.Item) -> int:
        return next((i for i, mark in enumerate(LONG) if item.get_closest_marker(mark)), len(LONG))

    ranks: dict[str, int] = {}
    for item in items:
        ranks[scope(item)] = min(rank(item), ranks.get(scope(item), len(LONG)))
    items.sort(key=lambda item: ranks[scope(item)])
    _started.clear()  # some are tried to see whether their tests must be skipped


@pytest.fixture(autouse=True)
def _says_what_it_needs(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that starts a browser, a kernel or a sandbox, or has it started, and has no mark that says so."""
    yield
    started = _started.copy()
    _started.clear()
    if not any(request.node.get_closest_marker(mark) for mark in LARGE):
        assert started == [], f"mark this test with one of {LARGE}"


@pytest.fixture(autouse=True)
def _own_progress(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what a lab remembers away from the checkout, and checks strict or not as the test says."""
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    # a folder of its own for each test; the store makes it when there is something to remember
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path_factory.getbasetemp() / "progress" / str(next(_number))))
