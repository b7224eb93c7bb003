"""Settings for every test: one BLAS thread a process, patience to suit, nothing remembered outside a test's folder."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is imported: two workers share two cores

from itertools import count

import pytest

from tests.patience import FACTOR, measure

if FACTOR not in os.environ:  # once for a run: its workers inherit what was measured
    os.environ[FACTOR] = f"{measure():.2f}"

_number = count()


@pytest.fixture(autouse=True)
def _own_progress(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what a lab remembers away from the checkout, and checks strict or not as the test says."""
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    # a folder of its own for each test; the store makes it when there is something to remember
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path_factory.getbasetemp() / "progress" / str(next(_number))))
