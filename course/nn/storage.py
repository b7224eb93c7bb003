"""The file format of saved networks: an .npz without pickles, with a version and the layout of its arrays."""

import os
import tempfile
from pathlib import Path

import numpy as np

FORMAT_VERSION = 1


def write_arrays(path: Path, layout: list[str], theta: np.ndarray, state: np.ndarray) -> None:
    """Write the arrays beside `path`, then rename: the file appears whole or not at all."""
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, version=np.array(FORMAT_VERSION), layout=np.array(layout), theta=theta, state=state)
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise


def read_arrays(path: Path, layout: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Read θ and state after checking version and layout.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it was not written by `write_arrays`, or holds another version or layout.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            version, found = int(arrays["version"]), [str(line) for line in arrays["layout"]]
            theta, state = arrays["theta"], arrays["state"]
    except FileNotFoundError:
        raise
    except Exception as error:  # np.load raises half a dozen kinds, depending on where a damaged file breaks
        raise ValueError(f"expected a file written by Network.save, got {path} ({error}): save it anew") from error
    if version != FORMAT_VERSION:
        raise ValueError(f"expected format version {FORMAT_VERSION}, got {version} in {path}: save it anew")
    if found != layout:
        pairs = zip([*layout, "nothing more"], [*found, "nothing more"], strict=False)
        ours, theirs = next(pair for pair in pairs if pair[0] != pair[1])
        raise ValueError(f"expected {ours}, got {theirs} in {path}: load into a network of the same layers")
    return theta, state
