"""Read notebooks out of a zip from a learning platform: in memory, bounded, and nothing is ever extracted."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath

#: of one notebook, of all together, of the archive's list of files (about 100 bytes an entry), and unpacked to packed
MAX_BYTES = 100_000_000
MAX_TOTAL = 4 << 30
MAX_LIST = 16 << 20
MAX_RATIO = 200
_END, _END_BYTES = b"PK\x05\x06", 22


def read_zip(path: Path) -> list[tuple[PurePosixPath, Callable[[], tuple[bytes, str]]]]:
    """List the entries of a zip; a zip inside it is not opened.

    Parameters
    ----------
    path : Path
        The archive. It stays open as long as something of it may be read.

    Returns
    -------
    list of (PurePosixPath, callable)
        Of each file its path in the archive, and what reads it: its content, and why it cannot be read, or "".

    Raises
    ------
    ValueError
        If the archive is broken, encrypted, or larger than any class's would be.
    """
    again = "download it again, or unpack it yourself and give the folder"
    try:
        _check_list(path)
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, struct.error, OSError, EOFError) as error:
        raise ValueError(f"{path} cannot be read as a zip ({error}): {again}") from None
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _ours(entry.orig_filename)]
    _check_archive(path, entries)
    return [(_name(entry), partial(_content, archive, entry)) for entry in entries]


def _check_list(path: Path) -> None:
    """Look at the length of the list of files before it is read: a list of millions would fill the memory."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 65_535 - _END_BYTES))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise zipfile.BadZipFile("it has no list of files, so it is cut off or no zip")
    length = struct.unpack_from("<L", tail, at + 12)[0]
    if length > MAX_LIST:
        raise ValueError(f"{path} lists more files than a class hands in: expected at most {MAX_LIST} bytes of list")


def _check_archive(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    if any(entry.flag_bits & 1 for entry in entries):
        raise ValueError(f"{path} is encrypted: unpack it with its password and give the folder instead")
    total = sum(entry.file_size for entry in entries if entry.filename.endswith(".ipynb"))
    if total > MAX_TOTAL:
        raise ValueError(f"{path} unpacks to {total} bytes, at most {MAX_TOTAL} are read: split it, or remove the bomb")


def _ours(name: str) -> bool:
    """Tell whether an entry is what macOS or Jupyter leaves behind, not what a student handed in."""
    parts = name.split("/")
    return parts[0] == "__MACOSX" or any(p.startswith(".") and p.strip(".") for p in parts)


def _name(entry: zipfile.ZipInfo) -> PurePosixPath:
    return PurePosixPath(entry.orig_filename.replace("\0", "_"))


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[bytes, str]:
    """Read one entry, or say why it is not read."""
    name, mode = entry.orig_filename, entry.external_attr >> 16
    if name.startswith("/") or "\\" in name or name[1:2] == ":" or ".." in name.split("/"):
        return b"", "has a path that leads out of the archive"
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return b"", "is not a regular file"
    if entry.file_size > MAX_BYTES:
        return b"", f"has {entry.file_size} bytes, at most {MAX_BYTES} are read"
    if entry.file_size > MAX_RATIO * max(entry.compress_size, 1_000):
        return b"", f"unpacks to more than {MAX_RATIO} times its size"
    try:
        with archive.open(entry) as file:
            return file.read(MAX_BYTES), ""
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, struct.error, OSError, EOFError, ValueError) as error:
        return b"", f"cannot be unpacked: {error}"
