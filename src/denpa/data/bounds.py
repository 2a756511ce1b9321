"""How much one file or folder may ask for: far above what people have, and below what hurts.

A file that asks for more is refused before room is made for it. What a plain file holds is bounded
by the machine's memory alone; what a packed one holds, by how much larger than the file it is.
"""

from __future__ import annotations

import os
from pathlib import Path

from denpa.data.errors import DataError

__all__ = [
    "CELLS",
    "COLUMNS",
    "DIMENSIONS",
    "FILES",
    "HEADER",
    "LINE",
    "MEMBERS",
    "NAME",
    "PIXELS",
    "RATIO",
    "SMALL",
    "check_memory",
    "check_packed",
    "memory",
    "packed_room",
    "too_much",
]

RATIO = 200
"""How many times its file what is packed may be. A deflated constant has 1,030 times its size,
pictures of digits 5 times, text 3 to 10 times, and rows of one hundred columns of which one has a
measured number below 100 times."""

SMALL = 64 << 20
"""Bytes that a packed file may hold at any ratio: 16 million pixels of one colour."""

LINE = 16 << 20
"""Bytes of one line of text: a million columns have 2 to 10 million."""

COLUMNS = 1_000_000
"""The widest tables in use, of methylation in genomes, have 850,000."""

CELLS = 100_000
"""Separators of a line of text that has more of them than the first: in a quoted cell, a book."""

DIMENSIONS = 4
"""Of an array in an IDX file: images (N, C, H, W) have four."""

HEADER = 10_000
"""Bytes of an NPY file's header, as NumPy has it; 128 are usual."""

MEMBERS = 4 << 20
"""Bytes of an NPZ file's list of arrays: some 50,000 of them."""

NAME = 1_000
"""Letters of a time zone or a type that a Parquet file names."""

FILES = 5_000_000
"""Entries of a folder: as pictures of 8 x 8 pixels they take more memory than pictures may."""

PIXELS = 178_956_970
"""Of one picture, as Pillow has it: 13,000 x 13,000; the largest cameras have 150 million."""

_UNKNOWN = 16 << 30  # where the system does not say how much memory there is


def memory() -> int:
    """Return the bytes of memory of this machine."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # not on Windows
        return _UNKNOWN


def packed_room(size: int) -> int:
    """Return how many bytes a packed file of this size may hold."""
    return max(SMALL, RATIO * size)


def too_much(what: str, found: str, most: str, advice: str) -> DataError:
    """Return the error for a bound: what was found, what the bound is, and what to do."""
    return DataError(f"{what}: {found}; at most {most} is read. {advice}")


def check_memory(path: Path | str, what: str, need: int) -> None:
    """Raise where something needs more bytes than there is memory."""
    if need > memory():
        raise too_much(
            f"{path}",
            f"{what} takes {_size(need)}",
            f"what fits in this machine's memory, {_size(memory())},",
            "Give a part of it.",
        )


def check_packed(path: Path | str, what: str, need: int, size: int, advice: str) -> None:
    """Raise where something packed in `size` bytes is larger than honest data are, or than memory.

    >>> check_packed("a.npz", "array 'x'", 10 << 30, 10 << 20, "Write it with np.savez.")
    Traceback (most recent call last):
    denpa.data.errors.DataError: a.npz: array 'x' takes 10.0 GiB, 1,024 times the 10.0 MiB that ...
    """
    if need > packed_room(size):
        raise too_much(
            f"{path}",
            f"{what} takes {_size(need)}, {need // max(size, 1):,} times the {_size(size)} that it"
            " is packed in, as data made to fill the memory do",
            f"{RATIO} times, or {_size(SMALL)},",
            advice,
        )
    check_memory(path, what, need)


def _size(n: int) -> str:
    """Return "1.5 GiB", "12 bytes"."""
    for k, unit in ((60, "EiB"), (50, "PiB"), (40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")):
        if n >> k:
            return f"{n / 2**k:,.1f} {unit}"
    return f"{n} bytes"
