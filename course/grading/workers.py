"""Workers that do the grading: threads on this machine, or Dask's workers on a cluster, which need only this package.

Workers are trusted: they receive the secret cases and the submissions outside any sandbox, and start a sandbox for each
submission. The data are only as safe as the connection, so use tls:// if others use the network.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from course.grading.sandbox.choose import reason_against
from course.grading.sandbox.run import NONE, end_all

Item = TypeVar("Item")


@dataclass(frozen=True)
class Workers:
    """Workers: an executor, a function that sends data once to every worker, and how much work to hand out."""

    executor: Executor
    share: Callable[[Any], Any]
    ahead: int


@contextmanager
def local_workers(jobs: int) -> Iterator[Workers]:
    """Work on this machine, with one thread per submission at a time; each thread waits for its processes.

    A run that is stopped does not wait for them.
    """
    with ThreadPoolExecutor(jobs) as executor:
        try:
            yield Workers(executor, lambda data: data, 2 * jobs)
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            end_all()
            raise


@contextmanager
def dask_workers(address: str, sandbox: str, timeout: float = 30) -> Iterator[Workers]:
    """Connect to a Dask scheduler.

    Parameters
    ----------
    address : str
        Address of the scheduler, such as ``tcp://10.0.0.1:8786``.
    sandbox : str
        The sandbox to use; every worker tests it before anything is graded.
    timeout : float
        Seconds to wait for the scheduler.

    Yields
    ------
    Workers

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
            raise ValueError(f"not every worker can isolate student code: {refused}")
        executor = client.get_executor(pure=False)
        yield Workers(executor, lambda data: client.scatter(data, broadcast=True), 2 * sum(threads.values()))


def _refusals(answers: dict[str, str]) -> str:
    return "; ".join(f"{worker}: {reason}" for worker, reason in sorted(answers.items()) if reason)


def as_finished(
    executor: Executor, start: Callable[[Executor, Item], Future[Any]], items: Iterable[Item], ahead: int
) -> Iterator[tuple[Item, Future[Any]]]:
    """Start work on a limited number of items ahead, so that neither the work nor its results fill the memory.

    Parameters
    ----------
    executor : concurrent.futures.Executor
    start : callable
        (executor, item) → future.
    items : iterable
    ahead : int
        How many items may be in progress.

    Yields
    ------
    item, future
        As they finish; the future is done, with a result or an exception.
    """
    waiting = iter(items)
    running = {start(executor, item): item for item in islice(waiting, ahead)}
    while running:
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            item = running.pop(future)
            running |= {start(executor, following): following for following in islice(waiting, 1)}
            yield item, future
