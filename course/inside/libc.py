"""The C library, for system calls that Python does not offer. A failed call raises an error that names the call."""

import ctypes
import os
from functools import cache


@cache
def libc() -> ctypes.CDLL:
    """Load the C library on first use, because a machine that never grades may have none."""
    return ctypes.CDLL(None, use_errno=True)


def checked(what: str, result: int) -> int:
    """Return the result of a call, if the call succeeded.

    Raises
    ------
    OSError
        If the call failed.
    """
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")
    return result
