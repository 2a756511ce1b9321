"""The IDX format of MNIST: http://yann.lecun.com/exdb/mnist/, "FILE FORMATS"."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from denpa.data import bounds
from denpa.data.dataset import Array
from denpa.data.errors import DataError
from denpa.data.opening import inside, open_file, unpacked

__all__ = ["is_idx", "parse_idx", "read_bytes", "read_idx"]

_DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def is_idx(path: Path) -> bool:
    """Tell an IDX file by its name: `...-ubyte`, `...-idx3-ubyte.gz`, `.idx`."""
    name = path.name.lower().removesuffix(".gz")
    return name.endswith(("ubyte", ".idx", ".idx1", ".idx2", ".idx3", ".idx4")) or "-idx" in name


def read_idx(
    path: Path, target: str | None, follow_links: bool = False
) -> tuple[Array, Array | None]:
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
    if target is None:
        inside(path.parent, beside, follow_links)
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
    """Return the contents of an IDX file, decompressed where it is gzip (told by its first bytes),
    and one byte more than its header says where there are more."""
    with open_file(path) as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        size = path.stat().st_size
        if not packed:
            bounds.check_memory(path, "the file", size)
            return file.read()
        with unpacked(path, file) as plain:
            raw = plain.read(4)
            raw += plain.read(4 * raw[3] if len(raw) == 4 else 0)
            dtype, shape = _layout(raw, str(path))
            need = dtype.itemsize * math.prod(shape)
            advice = "If it is honest, unpack it with gunzip and give the plain file."
            bounds.check_packed(path, "the array", need, size, advice)
            return raw + plain.read(need + 1)


def parse_idx(raw: bytes, name: str) -> Array:
    """Return the array in an IDX file's bytes; `name` is the file's name in errors.

    Layout: two zero bytes, a type code, the number of dimensions, each dimension as a big-endian
    uint32, then the values.
    """
    dtype, shape = _layout(raw, name)
    start = 4 + 4 * len(shape)
    want, have = dtype.itemsize * math.prod(shape), len(raw) - start
    if have != want:
        what = "truncated" if have < want else "too long"
        raise DataError(
            f"{name}: the IDX file is {what}: its header says shape {shape}, {want} bytes of"
            f" values, but there are {have}. Get the file again."
        )
    return np.frombuffer(raw, dtype, offset=start).reshape(shape).astype(dtype.newbyteorder("="))


def _layout(raw: bytes, name: str) -> tuple[np.dtype, tuple[int, ...]]:
    """Return the type of an IDX file's values and their shape."""
    if not raw:
        raise DataError(f"{name}: the file is empty.")
    if len(raw) < 4 or raw[:2] != b"\0\0" or raw[2] not in _DTYPES or raw[3] == 0:
        raise DataError(
            f"{name}: this is no IDX file: it starts with {raw[:4].hex(' ')}, expected 00 00, a"
            " type code (08 for bytes) and the number of dimensions."
        )
    if raw[3] > bounds.DIMENSIONS:
        raise DataError(
            f"{name}: the IDX file's header says {raw[3]} dimensions; expected 1 (labels) to"
            f" {bounds.DIMENSIONS} (images N, C, H, W). Get the file again."
        )
    if len(raw) < 4 + 4 * raw[3]:
        raise DataError(f"{name}: the IDX file is truncated inside its header.")
    shape = tuple(int(n) for n in np.frombuffer(raw, ">u4", raw[3], 4))
    if 0 in shape:
        raise DataError(
            f"{name}: the IDX file's header says shape {shape}; expected dimensions of 1 or more."
        )
    return np.dtype(_DTYPES[raw[2]]), shape
