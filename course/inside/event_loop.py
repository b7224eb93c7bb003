"""Runs what a cell awaits: an event loop that only waits for time, since the sandbox has no sockets to wait on."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any


class _Clock:
    """Stands in for a selector that watches files: nothing ever comes."""

    def select(self, timeout: float | None) -> list[Any]:
        """Wait."""
        time.sleep(1e6 if timeout is None else timeout)
        return []

    def close(self) -> None:
        """There is nothing to close."""


class _Loop(asyncio.BaseEventLoop):
    def __init__(self) -> None:
        super().__init__()
        self._selector = _Clock()

    def _process_events(self, events: list[Any]) -> None:
        return

    def _write_to_self(self) -> None:
        return


def finish(waiting: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end, and give what it returns."""
    loop = _Loop()
    try:
        return loop.run_until_complete(waiting)
    finally:
        loop.close()
