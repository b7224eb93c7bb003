"""The IDX file format: a short header, then bytes (LeCun, Cortes and Burges 1998, The MNIST database)."""

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np

UNSIGNED_BYTE = 0x08


def read_idx(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Read a gzipped IDX file of unsigned bytes and check that it holds exactly what it should.

    Parameters
    ----------
    path : Path
        The file, gzipped.
    shape : tuple of int
        The shape the file must have, for instance (60000, 28, 28).

    Returns
    -------
    ndarray of uint8, shape `shape`
        A fresh array.

    Raises
    ------
    ValueError
        The file is not gzip, has a wrong magic number or size, is truncated, or has bytes left over. The message names
        the file, what was expected and what was found.
    """
    expected_bytes = math.prod(shape)
    header_bytes = 4 + 4 * len(shape)
    try:
        with gzip.open(path) as file:
            header = file.read(header_bytes)
            _check_header(path, header, shape)
            body = file.read(expected_bytes + 1)  # one more than expected, to detect bytes left over
    except (gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path}: expected a gzip file, got something else ({error}). {_NEXT_STEP}") from error
    except EOFError as error:
        raise ValueError(f"{path}: the gzip stream ends early, the file is truncated. {_NEXT_STEP}") from error
    if len(body) != expected_bytes:
        got = f"{len(body)}" if len(body) < expected_bytes else "more"
        raise ValueError(f"{path}: expected {expected_bytes} bytes for shape {shape}, got {got}. {_NEXT_STEP}")
    return np.frombuffer(body, dtype=np.uint8).reshape(shape).copy()


_NEXT_STEP = "Delete the file and load the data again."


def _check_header(path: Path, header: bytes, shape: tuple[int, ...]) -> None:
    """Compare the magic number and the dimensions with what `shape` asks for."""
    if len(header) != 4 + 4 * len(shape):
        raise ValueError(f"{path}: expected a header of {4 + 4 * len(shape)} bytes, got {len(header)}. {_NEXT_STEP}")
    magic, *dimensions = struct.unpack(f">{1 + len(shape)}I", header)
    expected_magic = UNSIGNED_BYTE << 8 | len(shape)
    if magic != expected_magic:
        raise ValueError(
            f"{path}: expected magic number 0x{expected_magic:08x} (unsigned bytes, {len(shape)} axes), "
            f"got 0x{magic:08x}. {_NEXT_STEP}"
        )
    if tuple(dimensions) != shape:
        raise ValueError(f"{path}: expected shape {shape}, the header says {tuple(dimensions)}. {_NEXT_STEP}")
