"""The IDX format of MNIST: http://yann.lecun.com/exdb/mnist/, "FILE FORMATS"."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import numpy as np

from denpa.data.dataset import Array
from denpa.data.errors import DataError

__all__ = ["is_idx", "parse_idx", "read_bytes", "read_idx"]

_DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def is_idx(path: Path) -> bool:
    """Tell an IDX file by its name: `...-ubyte`, `...-idx3-ubyte.gz`, `.idx`."""
    name = path.name.lower().removesuffix(".gz")
    return name.endswith(("ubyte", ".idx", ".idx1", ".idx2", ".idx3", ".idx4")) or "-idx" in name


def read_idx(path: Path, target: str | None) -> tuple[Array, Array | None]:
    """Return the images of an IDX file, and labels from the file beside it where there is one."""
    x = parse_idx(read_bytes(path), str(path))
    if x.ndim == 1:
        raise DataError(
            f"{path}: holds {len(x)} labels and no images. Give the file of images; the labels"
            " beside it are found by name (images-idx3 and labels-idx1), or with target=."
        )
    beside = _labels_beside(path) if target is None else Path(target)
    if target is not None and not Path(target).is_file():
        raise DataError(f"{target}: no such file of labels (target=).")
    if beside is None:
        return x, None
    return x, parse_idx(read_bytes(beside), str(beside))


def _labels_beside(path: Path) -> Path | None:
    name = path.name.replace("images", "labels").replace("idx3", "idx1")
    if name == path.name:
        return None
    plain = name.removesuffix(".gz")
    return next(
        (f for n in (name, plain, plain + ".gz") if (f := path.with_name(n)).is_file()), None
    )


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
