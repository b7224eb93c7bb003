"""The C library, for what the kernel offers and Python has no name for; what it refuses is an error that says what."""

import ctypes
import os
from functools import cache


@cache
def libc() -> ctypes.CDLL:
    """Load the C library, when it is first asked for: where this package is only looked at there may be none."""
    return ctypes.CDLL(None, use_errno=True)


def checked(what: str, result: int) -> int:
    """Give the result of a call, if it is one.

    Raises
    ------
    OSError
        If the call failed.
    """
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")
    return result
