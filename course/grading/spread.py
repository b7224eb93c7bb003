"""Spread work over an executor: threads here, or the workers of a cluster."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from itertools import islice
from typing import Any, TypeVar

Item = TypeVar("Item")


def as_finished(
    executor: Executor, start: Callable[[Executor, Item], Future[Any]], items: Iterable[Item], ahead: int
) -> Iterator[tuple[Item, Future[Any]]]:
    """Start work on items a little ahead of what is finished, so that neither the work nor its results pile up.

    Parameters
    ----------
    executor : concurrent.futures.Executor
    start : callable
        (executor, item) → future.
    items : iterable
    ahead : int
        How many may be under way.

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
