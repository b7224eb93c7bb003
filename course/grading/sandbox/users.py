"""A user of its own for each submission that is running, where the grader is root."""

import os
import secrets
import sys
from pathlib import Path

#: numbers that no user, service or container is given: above systemd's ranges, below 2**31
FIRST, COUNT = 0x70000000, 1 << 24


def own_uid() -> int:
    """Draw a user's number that nobody else has, so that the limit on processes counts this submission's alone."""
    if os.geteuid():
        return os.geteuid()
    first, _, count = max(map(_range, Path("/proc/self/uid_map").read_text().splitlines()), key=lambda r: r[2])
    if first + count >= FIRST + COUNT:
        return FIRST + secrets.randbelow(COUNT)
    # a container with few users: from the end of its range, without the last, which are "nobody" and "none"
    return first + count - 3 - secrets.randbelow(max(1, min(1000, count // 2)))


def python_is_open() -> bool:
    """Tell whether other users can read the Python that runs this, such as one in /usr and unlike one in /root."""
    folder = Path(sys.base_prefix).resolve()
    return all(above.stat().st_mode & 0o005 == 0o005 for above in (folder, *folder.parents))


def _range(line: str) -> tuple[int, int, int]:
    inside, outside, count = map(int, line.split())
    return inside, outside, count
