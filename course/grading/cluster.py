"""Grade on a cluster: Dask's workers do what threads do on one machine. They need this package and nothing else.

Workers are trusted: they receive the secret cases and the submissions, outside of any sandbox, and start a sandbox of
their own for each submission. What travels is as safe as the connection: tls:// where the network is not yours alone.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from course.grading.choice import reason_against
from course.grading.sandbox import NONE


@dataclass(frozen=True)
class Cluster:
    """Where work is done: an executor, a way to place data once on every worker, and how much work to hand out."""

    executor: Executor
    share: Callable[[Any], Any]
    ahead: int


@contextmanager
def here(jobs: int) -> Iterator[Cluster]:
    """Work on this machine: as many threads as submissions at a time, each waiting for its processes."""
    with ThreadPoolExecutor(jobs) as executor:
        yield Cluster(executor, lambda data: data, 2 * jobs)


@contextmanager
def connect(address: str, sandbox: str, timeout: float = 30) -> Iterator[Cluster]:
    """Connect to a Dask scheduler.

    Parameters
    ----------
    address : str
        Such as ``tcp://10.0.0.1:8786``.
    sandbox : str
        The sandbox to use; every worker tries it before anything is graded.
    timeout : float
        Seconds to wait for the scheduler.

    Yields
    ------
    Cluster

    Raises
    ------
    ValueError
        If Dask is not installed, the scheduler does not answer, it has no workers, or the sandbox does not work on one.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ValueError(
            "--scheduler needs Dask: install the extra 'cluster' (dask[distributed]) here and on the workers"
        ) from None
    try:
        client = Client(address, timeout=timeout, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"no Dask scheduler answers at {address}: {error}. Start one with `dask scheduler`, and `dask worker`s"
        ) from None
    with client:
        threads = client.nthreads()
        if not threads:
            raise ValueError(f"the scheduler at {address} has no workers: start some with `dask worker {address}`")
        refused = _refusals(client.run(reason_against, sandbox)) if sandbox != NONE else ""
        if refused:
            raise ValueError(f"not every worker can keep student code in: {refused}")
        executor = client.get_executor(pure=False)
        yield Cluster(executor, lambda data: client.scatter(data, broadcast=True), 2 * sum(threads.values()))


def _refusals(answers: dict[str, str]) -> str:
    return "; ".join(f"{worker}: {reason}" for worker, reason in sorted(answers.items()) if reason)
