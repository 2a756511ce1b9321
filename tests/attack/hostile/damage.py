"""What an attack on a reader is made of, and the ways to damage an honest file."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

Rng = np.random.Generator


@dataclass(frozen=True)
class Case:
    """Files by name, the one that is read, what `read` is told, and how they came to be."""

    source: str
    files: dict[str, bytes]
    how: str = "honest"
    options: dict[str, Any] = field(default_factory=dict)


NUMBERS = (
    *(b"\xff" * 4, b"\xff" * 8, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x80\0\0\0"),
    *(b"\0\0\0\x80", b"\0" * 4, b"\0" * 8, b"\x40\0\0\0", b"\0\0\0\x40", b"\1\0\0\0", b"\xfe\xff"),
    *(b"\xff" * 7 + b"\x7f", b"\x7f" + b"\xff" * 7, b"\xff\xff\xff\xff\x0f", b"\x80" * 9 + b"\1"),
)
"""Lengths that are huge, negative or nothing, in the ways that formats write them."""

HEADS = (
    *(b"\x93NUMPY\1\0", b"PK\3\4", b"PAR1", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a"),
    *(b"BM", b"II*\0", b"MM\0*", b"RIFF", b"P6\n", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"\x1f\x8b\x08"),
    *(b"\0\0\x08\3", b"\0\0\x0d\2", b"\x80\4cos\nsystem\n(", b"#!/bin/sh\n", b"\x7fELF", b"<svg "),
    *(b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"BZh9", b"\xfd7zXZ\0", b"(\xb5/\xfd", b""),
)
"""First bytes of these formats and of others."""


def place(rng: Rng, size: int) -> int:
    """A place in a file: half of the time among the first or last hundred bytes."""
    if size < 2:
        return 0
    near = min(size, 100)
    choice = rng.integers(4)
    if choice == 0:
        return int(rng.integers(near))
    if choice == 1:
        return int(size - 1 - rng.integers(near))
    return int(rng.integers(size))


def damaged(raw: bytes, rng: Rng) -> tuple[bytes, str]:
    """The same bytes, damaged in one way, and its name."""
    ways: tuple[Callable[[bytearray, Rng], bytes], ...] = (
        *(flipped, flipped, cut, grown, numbered, numbered, numbered, blank),
        *(swapped, repeated, headed),
    )
    way = ways[int(rng.integers(len(ways)))]
    return bytes(way(bytearray(raw), rng)), way.__name__


def flipped(raw: bytearray, rng: Rng) -> bytes:
    for _ in range(int(rng.integers(1, 9))):
        if raw:
            raw[place(rng, len(raw))] ^= 1 << int(rng.integers(8))
    return raw


def cut(raw: bytearray, rng: Rng) -> bytes:
    return raw[: place(rng, len(raw))]


def grown(raw: bytearray, rng: Rng) -> bytes:
    at = place(rng, len(raw))
    return raw[:at] + rng.bytes(int(rng.integers(1, 5000))) + raw[at:]


def numbered(raw: bytearray, rng: Rng) -> bytes:
    number = NUMBERS[int(rng.integers(len(NUMBERS)))]
    at = place(rng, len(raw))
    raw[at : at + len(number)] = number
    return raw


def blank(raw: bytearray, rng: Rng) -> bytes:
    at, size = place(rng, len(raw)), int(rng.integers(1, 300))
    raw[at : at + size] = bytes(len(raw[at : at + size]))
    return raw


def swapped(raw: bytearray, rng: Rng) -> bytes:
    a, b = sorted((place(rng, len(raw)), place(rng, len(raw))))
    return raw[:a] + raw[b:] + raw[a:b]


def repeated(raw: bytearray, rng: Rng) -> bytes:
    a, b = sorted((place(rng, len(raw)), place(rng, len(raw))))
    return raw[:b] + raw[a:b] * int(rng.integers(1, 20)) + raw[b:]


def headed(raw: bytearray, rng: Rng) -> bytes:
    head = HEADS[int(rng.integers(len(HEADS)))]
    return head + raw[len(head) * int(rng.integers(2)) :]


def packed(raw: bytes, rng: Rng) -> tuple[bytes, str]:
    """A gzip file that is damaged inside, outside or not at all, and how."""
    choice = rng.integers(4)
    if choice == 0:
        raw, how = damaged(raw, rng)
        return gzip.compress(raw, 1, mtime=0), f"{how} in gzip"
    if choice == 1:
        raw, how = damaged(gzip.compress(raw, 1, mtime=0), rng)
        return raw, f"{how} gzip"
    if choice == 2:
        return gzip.compress(raw, 1, mtime=0) * 2, "gzip twice"
    return raw, "not packed at all"


@cache
def bomb(megabytes: int, byte: bytes = b"\0", head: bytes = b"") -> bytes:
    """A gzip file that unpacks to so many megabytes of one byte after a head."""
    return gzip.compress(head + byte * (megabytes << 20), 9, mtime=0)


@cache
def deflated(megabytes: int, byte: bytes = b"\0") -> bytes:
    """The same as a stream of zlib."""
    return zlib.compress(byte * (megabytes << 20), 9)


def pick(rng: Rng, values: Any) -> Any:
    """One of these values."""
    return values[int(rng.integers(len(values)))]
