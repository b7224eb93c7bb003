"""``course start``: write the labs into a student's folder, and never overwrite the student's work."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

#: lists the written files with their hashes: a file whose hash has changed is the student's
MANIFEST = "started.json"


def hand_out(labs: Path, folder: Path) -> list[str]:
    """Write labs, records and pages to a folder; replace older versions that are unchanged there.

    Parameters
    ----------
    labs : Path
        The labs of this workbook.
    folder : Path
        The student's folder; it is made if it does not exist.

    Returns
    -------
    list of str
        The files that were not replaced, because they have been changed.

    Raises
    ------
    ValueError
        If the folder holds something else.
    """
    known = _read_manifest(folder)
    kept = []
    for path in sorted(_handed_out(labs)):
        name, new = path.relative_to(labs).as_posix(), path.read_bytes()
        target = folder / name
        stands = _hash(target.read_bytes()) if target.is_file() else ""
        if stands not in ("", known.get(name), _hash(new)):
            kept.append(name)
            continue
        if stands != _hash(new):
            _write(target, new)
        known[name] = _hash(new)
    _write(folder / MANIFEST, json.dumps(known, indent=1).encode())
    return kept


def _read_manifest(folder: Path) -> dict[str, str]:
    """Read which files were written there before; {} for a folder that is empty or does not exist."""
    if not folder.is_dir() or not any(folder.iterdir()):
        return {}
    try:
        return dict(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise ValueError(f"{folder} holds other things than labs (no {MANIFEST}): choose another folder") from None


def _write(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old file or the new one, never a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    new.replace(path)


def _handed_out(labs: Path) -> Iterator[Path]:
    """List the files of ``labs`` that a student gets; in a checkout, ``labs`` may also hold progress and copies."""
    for pattern in (
        "README.md",
        "contents.ipynb",
        "concepts.ipynb",
        "lab[0-9][0-9]_*.ipynb",
        "checks/lab[0-9][0-9].json",
        "images/*",
    ):
        yield from labs.glob(pattern)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
