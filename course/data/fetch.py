"""Find a data file: first in a local folder, then in the cache, then on each mirror in turn.

A file is used only if its hash is right.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

#: the environment variable that names the local folder
LOCAL_FOLDER = "COURSE_DATA"


class Source(NamedTuple):
    """One data file: its name, its hash, and where to get it.

    Attributes
    ----------
    folder : str
        The data set's own folder, below the local folder and below the cache.
    name : str
        The file's name.
    known_hash : str
        "sha256:…" or "md5:…", in hexadecimal.
    mirrors : tuple of str
        Addresses of folders, each ending in a slash, tried in this order.
    """

    folder: str
    name: str
    known_hash: str
    mirrors: tuple[str, ...]


def file_hash(path: Path, algorithm: str) -> str:
    """Hash a file, written as in `Source.known_hash`."""
    with path.open("rb") as file:
        return f"{algorithm}:{hashlib.file_digest(file, algorithm).hexdigest()}"


def find_local(source: Source, local: Path, foreign: Iterable[str] = ()) -> Path | None:
    """Look for a file in `local`/`source.folder`, then in `local` itself.

    Parameters
    ----------
    source : Source
        The file.
    local : Path
        The local folder.
    foreign : iterable of str
        Hashes of other data sets' files of the same name. Such files are skipped without an error (MNIST and
        Fashion-MNIST give their files the same names).

    Returns
    -------
    Path or None
        None if there is no such file.

    Raises
    ------
    ValueError
        There is such a file, but it is damaged or incomplete.
    """
    foreign = tuple(foreign)
    for path in (local / source.folder / source.name, local / source.name):
        if not path.is_file():
            continue
        if file_hash(path, source.known_hash.partition(":")[0]) == source.known_hash:
            return path
        if not any(file_hash(path, other.partition(":")[0]) == other for other in foreign):
            got = file_hash(path, source.known_hash.partition(":")[0])
            raise ValueError(
                f"{path}: expected {source.known_hash}, got {got}: the file is damaged or incomplete. "
                f"Delete it, or copy it again."
            )
    return None


def find_here(source: Source, foreign: Iterable[str] = ()) -> Path | None:
    """Look for a complete file in the folder that COURSE_DATA names, then in the cache; nothing is downloaded.

    Raises
    ------
    ValueError
        The local file is damaged.
    """
    import pooch

    local = os.environ.get(LOCAL_FOLDER)
    return (find_local(source, Path(local), foreign) if local else None) or find_local(
        source, Path(pooch.os_cache("nn-workbook")), foreign
    )


def download(source: Source, cache: Path) -> Path:
    """Take a file from the cache, or from the first mirror that has it complete.

    pooch downloads to a temporary name and renames the file once its hash is right, so that a partial download is
    never used. A damaged file in the cache is downloaded again.

    Raises
    ------
    FileNotFoundError
        No mirror had it. The message names each mirror and its error.
    """
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")  # otherwise pooch announces each attempt in red, failed ones too
    failures = []
    for mirror in source.mirrors:
        try:
            return Path(
                pooch.retrieve(
                    mirror + source.name,
                    source.known_hash,
                    fname=source.name,
                    path=cache / source.folder,
                    downloader=pooch.HTTPDownloader(timeout=10),
                )
            )
        except (requests.RequestException, OSError, ValueError) as error:
            failures.append(f"  {mirror}: {error}")
    raise FileNotFoundError(
        f"{source.name} of {source.folder} is neither in {LOCAL_FOLDER} nor in {cache / source.folder}, "
        "and no mirror had it:\n" + "\n".join(failures) + f"\nCopy the file into a folder and set {LOCAL_FOLDER} to it."
    )


def fetch(source: Source, foreign: Iterable[str] = (), local: Path | None = None, cache: Path | None = None) -> Path:
    """Return the path of a complete, verified data file.

    Parameters
    ----------
    source : Source
        The file.
    foreign : iterable of str
        See `find_local`.
    local : Path, optional
        The local folder. Default: the folder that the environment variable COURSE_DATA names; if it is not set, no
        local folder is searched.
    cache : Path, optional
        The cache. Default: pooch's cache for this user.

    Raises
    ------
    ValueError
        The local file is damaged.
    FileNotFoundError
        The file was not found anywhere.
    """
    if local is None and os.environ.get(LOCAL_FOLDER):
        local = Path(os.environ[LOCAL_FOLDER])
    if local is not None:
        path = find_local(source, local, foreign)
        if path is not None:
            return path
    if cache is None:
        import pooch

        cache = Path(pooch.os_cache("nn-workbook"))
    return download(source, cache)
