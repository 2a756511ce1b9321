"""The IDX format of MNIST: http://yann.lecun.com/exdb/mnist/, "FILE FORMATS"."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import numpy as np

from denpa.data.dataset import Array
from denpa.data.errors import DataError

__all__ = ["parse_idx", "read_bytes"]

_DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read_bytes(path: Path) -> bytes:
    """Return the contents of a file, decompressed where it is gzip (told by its first bytes)."""
    try:
        raw = path.read_bytes()
        return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"{path}: the gzip file is truncated or corrupt ({error}). Get the file again."
        ) from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}).") from error


def parse_idx(raw: bytes, name: str) -> Array:
    """Return the array in an IDX file's bytes; `name` is the file's name in errors.

    Layout: two zero bytes, a type code, the number of dimensions, each dimension as a big-endian
    uint32, then the values.
    """
    if not raw:
        raise DataError(f"{name}: the file is empty.")
    if len(raw) < 4 or raw[:2] != b"\0\0" or raw[2] not in _DTYPES or raw[3] == 0:
        raise DataError(
            f"{name}: this is no IDX file: it starts with {raw[:4].hex(' ')}, expected 00 00, a"
            " type code (08 for bytes) and the number of dimensions."
        )
    start = 4 + 4 * raw[3]
    if len(raw) < start:
        raise DataError(f"{name}: the IDX file is truncated inside its header.")
    shape = tuple(int(n) for n in np.frombuffer(raw, ">u4", raw[3], 4))
    dtype = np.dtype(_DTYPES[raw[2]])
    want = dtype.itemsize
    for n in shape:
        want *= n
    have = len(raw) - start
    if have != want:
        what = "truncated" if have < want else "too long"
        raise DataError(
            f"{name}: the IDX file is {what}: its header says shape {shape}, {want} bytes of"
            f" values, but there are {have}. Get the file again."
        )
    return np.frombuffer(raw, dtype, offset=start).reshape(shape).astype(dtype.newbyteorder("="))
