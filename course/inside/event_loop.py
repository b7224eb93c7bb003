"""Run what a cell awaits. The event loop waits only for time, because the sandbox has no sockets."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any


class _Clock:
    """Replaces a selector that watches files: it reports no events."""

    def select(self, timeout: float | None) -> list[Any]:
        """Wait."""
        time.sleep(1e6 if timeout is None else timeout)
        return []

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


class _Loop(asyncio.BaseEventLoop):
    def __init__(self) -> None:
        super().__init__()
        self._selector = _Clock()

    def _process_events(self, events: list[Any]) -> None:
        return

    def _write_to_self(self) -> None:
        return


def finish(waiting: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end, and return its result."""
    loop = _Loop()
    try:
        return loop.run_until_complete(waiting)
    finally:
        loop.close()
