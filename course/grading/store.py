"""What a grading run stores on disk: its secret seeds, and a file for each graded content. All pages use these."""

import fcntl
import json
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from course.checks import write_atomically

#: the names that `write_atomically` gives to unfinished files; nothing else in the folder is ever removed
_HALF_WRITTEN = re.compile(
    r"\.((grades|marks|overrides|canvas|moodle)\.csv|results\.jsonl|feedback-(canvas|moodle)\.zip|lab\d\d-[\w-]+\.json"
    r"|.+\.html)\.[a-z0-9_]{8}",
    re.DOTALL,
)


#: format of the files in the store; files of another format are not read
FORMAT = 1


def _rounds_in(data: Any) -> list[dict[str, Any]]:
    """Read the rounds from their file; files from before it named its format hold only their list."""
    found = data if isinstance(data, list) else data["rounds"]
    if isinstance(data, dict) and data["format"] != FORMAT:
        raise ValueError(f"expected format {FORMAT}, got {str(data['format'])[:20]}")
    return [{"seed": int(one["seed"]), "planned": list(one["planned"])} for one in found]


class ResultStore:
    """The results of one lab in one output folder.

    A seed is drawn when there is something to grade, and kept until all of that is graded. A later submission is graded
    with another seed, so that nobody can prepare for cases that a feedback page has shown.

    Parameters
    ----------
    folder : Path
        The output folder; made if needed.
    lab : str
        Two digits.
    """

    def __init__(self, folder: Path, lab: str):
        self.lab = lab
        self._kept = folder / "store"
        self._rounds = self._kept / f"lab{lab}-rounds.json"
        self._known: list[dict[str, Any]] | None = None

    def refuse_another_labs(self) -> None:
        """Refuse a folder in which this lab's reports would replace those of another lab.

        Raises
        ------
        ValueError
            If the folder holds results of another lab.
        """
        labs = {path.name[len("lab") : -len("-rounds.json")] for path in self._kept.glob("lab*-rounds.json")}
        if others := labs - {self.lab}:
            raise ValueError(
                f"{self._kept.parent} holds the results of lab {min(others)}: lab {self.lab} needs a folder of its own "
                "(--out)"
            )

    def seed_for(self, digests: list[str]) -> int:
        """Return the seed to grade these contents with: the present round's if it planned them all, else a new one."""
        rounds = self._load_rounds()
        if not rounds or not set(digests) <= set(rounds[-1]["planned"]):
            rounds.append({"seed": secrets.randbits(62), "planned": sorted(digests)})
            text = json.dumps({"format": FORMAT, "rounds": rounds}, indent=1) + "\n"
            write_atomically(self._rounds, text, mode=0o600)
            self._known = rounds
        return int(rounds[-1]["seed"])

    def load(self, digest: str) -> dict[str, Any] | None:
        """Read the result for a content; None if it is not graded yet, or if the file or its format cannot be read."""
        return self._find(digest)[1]

    def _find(self, digest: str) -> tuple[int, dict[str, Any] | None]:
        for entry in reversed(self._load_rounds()):
            try:
                result = json.loads(self._path(digest, entry["seed"]).read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            if isinstance(result, dict) and result.pop("format", FORMAT) == FORMAT:
                return int(entry["seed"]), result
        return 0, None

    def forget(self, digest: str) -> None:
        """Remove the result for a content, so that it is graded again."""
        for entry in self._load_rounds():
            self._path(digest, entry["seed"]).unlink(missing_ok=True)

    def mark_stale(self, digest: str, exercises: Iterable[str]) -> None:
        """Note that these exercises of a content must be graded again; until then the old result is valid."""
        seed, result = self._find(digest)
        if result is not None:
            stale = sorted({*result.get("stale", []), *exercises})
            self.save(digest, seed, result | {"stale": stale})

    def save(self, digest: str, seed: int, result: dict[str, Any]) -> None:
        """Store a result, completely or not at all."""
        text = json.dumps(result | {"format": FORMAT}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        write_atomically(self._path(digest, seed), text)

    def _path(self, digest: str, seed: int) -> Path:
        return self._kept / f"lab{self.lab}-{digest}-{seed:x}.json"

    def _load_rounds(self) -> list[dict[str, Any]]:
        if self._known is None:
            try:
                self._known = _rounds_in(json.loads(self._rounds.read_text(encoding="utf-8")))
            except FileNotFoundError:
                return []
            except (ValueError, KeyError, TypeError) as fault:
                raise ValueError(
                    f"{self._rounds}, which holds the seeds of what is graded, cannot be used ({str(fault)[:80]}); "
                    "nothing was changed. Put it back from a copy, or give a new folder (--out)"
                ) from None
        return list(self._known)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Lock the folder against other runs, and remove the unfinished files of a run that was killed.

        Raises
        ------
        ValueError
            If another run uses the folder.
        """
        self._kept.mkdir(parents=True, exist_ok=True)
        if not (ignore := self._kept.parent / ".gitignore").exists():
            ignore.write_text("*\n", encoding="utf-8")  # names, points, secret seeds
        with (self._kept / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the system releases it when the run ends in any way
            except BlockingIOError:
                raise ValueError(f"another run is grading into {self._kept.parent}: wait until it has ended") from None
            for folder in (self._kept, self._kept.parent, self._kept.parent / "feedback"):
                for half_written in folder.glob(".*.????????"):
                    if _HALF_WRITTEN.fullmatch(half_written.name) and half_written.is_file():
                        half_written.unlink()
            yield
