"""Settings for every test: one BLAS thread a process, and nothing remembered outside a test's own folder."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is imported: two workers share two cores

import tempfile

import pytest


@pytest.fixture(autouse=True)
def _own_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what a lab remembers away from the checkout, and checks strict or not as the test says."""
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    monkeypatch.setenv("COURSE_PROGRESS", tempfile.mkdtemp(prefix="progress-"))
