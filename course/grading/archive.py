"""Read notebooks from a learning platform's zip: in memory, with limits; nothing is extracted to disk."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from course.grading.encodings import ZIPS, decode

#: limits: bytes of one notebook, of all together, of the archive's list of files (about 100 bytes per entry); the ratio
#: of unpacked to packed size
MAX_BYTES = 100_000_000
MAX_TOTAL = 4 << 30
MAX_LIST = 16 << 20
MAX_RATIO = 200
_END, _END_BYTES = b"PK\x05\x06", 22


#: reads a file or its first bytes; returns the content, and why it cannot be read or ""
Read = Callable[..., tuple[bytes, str]]


def read_zip(path: Path, encoding: str = "") -> tuple[list[tuple[tuple[str, ...], Read]], str]:
    """List the entries of a zip; a zip inside it is not opened.

    Parameters
    ----------
    path : Path
        The archive. It stays open as long as its files may be read.
    encoding : str
        Encoding of names that are not marked as UTF-8; guessed if empty.

    Returns
    -------
    list of (tuple of str, callable), str
        For each file, its folders and name in the archive, and a function that reads it. Then what is doubtful about
        the names, or "".

    Raises
    ------
    ValueError
        If the archive is broken, encrypted, or too large for a class.
    """
    again = "download it again, or unpack it yourself and give the folder"
    try:
        _check_list(path)
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, struct.error, OSError, EOFError, ValueError) as error:
        raise ValueError(f"{path} cannot be read as a zip ({error}): {again}") from None
    files = [entry for entry in archive.infolist() if not entry.is_dir()]
    names, doubt = _names(files, encoding)
    named = zip(files, names, strict=True)
    entries = [(entry, name) for entry, name in named if not name.endswith("/") and not _left_behind(name)]
    _check_archive(path, entries)
    return [(_parts(name), partial(_content, archive, entry, name)) for entry, name in entries], doubt


def _names(entries: list[zipfile.ZipInfo], encoding: str) -> tuple[list[str], str]:
    """Decode the names: Windows writes backslashes, and old programs do not write UTF-8."""
    known = {id(entry): name for entry in entries if (name := _said(entry)) is not None}
    raw = {id(entry): entry.orig_filename.encode(ZIPS) for entry in entries if id(entry) not in known}
    decoded, doubt = decode(list(raw.values()), encoding)
    known |= dict(zip(raw, decoded, strict=True))
    return [known[id(entry)].replace("\\", "/") for entry in entries], doubt


def _said(entry: zipfile.ZipInfo) -> str | None:
    """Return a name that is marked as UTF-8, by its flag or by Info-ZIP's extra field 0x7075; else None."""
    if entry.flag_bits & 0x800 or entry.orig_filename.isascii():
        return entry.orig_filename
    extra = entry.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == 0x7075 and size > 5:
            return extra[9 : 4 + size].decode("utf-8", "replace")
        extra = extra[4 + size :]
    return None


def _check_list(path: Path) -> None:
    """Check the length of the list of files before reading it: a list of millions would fill the memory."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 65_535 - _END_BYTES))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise zipfile.BadZipFile("it has no list of files: it is incomplete, or not a zip")
    length = struct.unpack_from("<L", tail, at + 12)[0]
    if length > MAX_LIST:
        raise ValueError(f"{path} lists more files than a class hands in: expected at most {MAX_LIST} bytes of list")


def _check_archive(path: Path, entries: list[tuple[zipfile.ZipInfo, str]]) -> None:
    if any(entry.flag_bits & 1 for entry, _ in entries):
        raise ValueError(f"{path} is encrypted: unpack it with its password and give the folder instead")
    total = sum(entry.file_size for entry, name in entries if name.casefold().endswith(".ipynb"))
    if total > MAX_TOTAL:
        raise ValueError(f"{path} unpacks to {total} bytes, at most {MAX_TOTAL} are read: split it, or remove the bomb")


def _left_behind(name: str) -> bool:
    """Tell whether an entry was made by macOS or Jupyter and not handed in by a student."""
    parts = name.split("/")
    return "__MACOSX" in parts or any(p.startswith(".") and p.strip(".") for p in parts)


def _parts(name: str) -> tuple[str, ...]:
    """Return folders and name, without parts that lead out of the archive; such a file is refused when it is read."""
    return tuple(_inside(name)) or ("unnamed",)


def _inside(name: str) -> Iterator[str]:
    for part in name.replace("\0", "_").split("/"):
        if part.strip(".") and not (len(part) == 2 and part[1] == ":"):
            yield part


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, most: int = MAX_BYTES) -> tuple[bytes, str]:
    """Read one entry or its first bytes, or say why it cannot be read."""
    mode = entry.external_attr >> 16
    if name.startswith("/") or name[1:2] == ":" or ".." in name.split("/"):
        return b"", "has a path that leads out of the archive"
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return b"", "is not a regular file"
    if entry.file_size > MAX_BYTES:
        return b"", f"has {entry.file_size} bytes, at most {MAX_BYTES} are read"
    if entry.file_size > MAX_RATIO * max(entry.compress_size, 1_000):
        return b"", f"unpacks to more than {MAX_RATIO} times its size"
    try:
        with archive.open(entry) as file:
            return file.read(most), ""
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, struct.error, OSError, EOFError, ValueError) as error:
        return b"", f"cannot be unpacked: {error}"
