"""A student's stored progress: predictions, recall answers, and which checks passed.

Each lab has one readable JSON file in the folder ``progress`` beside the notebook. Nothing leaves the machine. A file
is written under a temporary name and then renamed, so that it is never incomplete. A file that cannot be read is
renamed and kept, never overwritten.
"""

import json
import os
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

#: a notebook's cells and widgets run in threads of one kernel, and may write at the same time
_ONE_AT_A_TIME = threading.RLock()

#: stored instead of an answer: the question was skipped, and what follows it was shown
SKIPPED = {"skipped": True}


def write_atomically(path: Path, text: str | Iterable[str], mode: int = 0o644) -> None:
    """Write a text file so that a reader sees the old file or the new one, never a part of it.

    Parameters
    ----------
    path : Path
        The file; missing folders are made.
    text : str or iterable of str
        The whole text, or its pieces. A lone surrogate (half a character in broken text) is written as its escape.
    mode : int
        The file's permissions.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.writelines([text] if isinstance(text, str) else text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


class Store:
    """The stored answers of one lab.

    Parameters
    ----------
    lab : str
        Two digits.
    folder : Path
        The notebook's folder. The environment variable ``COURSE_PROGRESS`` can name another folder for the file.
    """

    def __init__(self, lab: str, folder: Path):
        self.path = Path(os.environ.get("COURSE_PROGRESS") or folder / "progress") / f"lab{lab}.json"

    def read(self) -> dict[str, dict[str, Any]]:
        """Read all entries: section → name → entry. Nothing is changed on disk.

        Raises
        ------
        ValueError
            If the file does not hold such entries.
        OSError
            If the file exists but cannot be opened.
        """
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except RecursionError:
            raise ValueError("nested too deeply") from None
        if not isinstance(data, dict) or not all(isinstance(section, dict) for section in data.values()):
            raise ValueError("expected sections with entries in them")
        return data

    def load(self) -> dict[str, dict[str, Any]]:
        """Read all entries, to add to them; a file that cannot be read is renamed and kept."""
        try:
            return self.read()
        except (ValueError, OSError):
            self._set_aside()
            return {}

    def set_aside(self) -> list[Path]:
        """List the files that could not be read and were kept under another name."""
        return sorted(self.path.parent.glob(f"{self.path.stem}.unreadable*.json"))

    def get(self, section: str, name: str) -> Any:
        """Read one entry; None if there is none."""
        return self.load().get(section, {}).get(name)

    def put(self, section: str, name: str, entry: Any) -> None:
        """Store one entry. If the folder cannot be written to, nothing is stored, so that the lab can go on."""
        with _ONE_AT_A_TIME:
            data = self.load()
            if data.get(section, {}).get(name) == entry:
                return
            data.setdefault(section, {})[name] = entry
            try:
                write_atomically(self.path, json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
            except OSError:
                return

    def _set_aside(self) -> None:
        """Keep a file that cannot be read under another name."""
        n = 1
        while (kept := self.path.with_suffix(f".unreadable{n}.json")).exists():
            n += 1
        try:
            self.path.rename(kept)
        except OSError:
            return
