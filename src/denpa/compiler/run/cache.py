"""Compiled programs on disk, so that the second run of a script compiles nothing.

One file an entry. Nothing here is trusted on reading: a file that is cut off, damaged, of another
format or of another user is no entry, and the program is compiled again. Nothing here is needed
either: a folder that cannot be written costs one warning, and everything works without.

The environment variable `DENPA_CACHE` names the folder, or says `off`.

Layout of a file (integers little-endian): magic (8 bytes), format (4), length of the header (4),
SHA-256 of all bytes but these 32 (32), header (JSON: the key and what was given with it), objects.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
import struct
import sys
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from denpa.compiler.emit import llvm
from denpa.core.errors import ArgumentError
from denpa.core.files import write_atomically
from denpa.core.folders import cache_folder
from denpa.core.source import ROOT

_MAGIC = b"denpa\r\n\0"  # the line ends show a file that was sent as text
_FORMAT = 1  # of the layout above
_HEAD = struct.Struct("<8sII32s")  # the first four fields
_SUFFIX = ".denpa"
_LEFT_OVER = 3600.0  # seconds after which a temporary file belongs to nobody


def key(*parts: str, target: llvm.Target | None = None) -> str:
    """The name of what is compiled from `parts`: 64 hexadecimal digits.

    It changes with the parts and with all that decides what is made of them: Denpa's compiler (the
    text of its source, so that no one who works on it meets code of yesterday), NumPy (which
    computes what is constant), llvmlite, and the processor (`target`, this machine if None).
    """
    where = llvm.host() if target is None else target
    rest = (_sources(), np.__version__, llvm.version(), where.triple, where.cpu, where.features)
    digest = hashlib.sha256()
    for part in (*rest, *parts):
        data = part.encode()
        digest.update(struct.pack("<Q", len(data)))  # ("ab", "c") is not ("a", "bc")
        digest.update(data)
    return digest.hexdigest()


@functools.cache
def _sources() -> str:
    """A digest of the source that decides how a program is compiled."""
    digest = hashlib.sha256()
    package = Path(ROOT)
    for folder in ("core", "ops", "autodiff", "compiler"):
        for file in sorted((package / folder).rglob("*.py")):
            digest.update(f"{file.relative_to(package).as_posix()}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def default_folder() -> Path | None:
    """`DENPA_CACHE`, or the folder for all that can be made again; None for `off`."""
    wish = os.environ.get("DENPA_CACHE", "").strip()
    if wish.lower() == "off":
        return None
    if wish:
        return Path(wish).expanduser().absolute()
    return cache_folder()


class Cache:
    """Object code by key, in one folder that processes may share.

    Args:
        folder: where; None for `default_folder()`. Made at the first `put`.
        limit: bytes that all entries may take; those not used for longest go first.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cache = Cache(folder)
    ...     cache.put("abc", {"inputs": 2}, b"code")
    ...     cache.get("abc"), cache.get("abd")
    (({'inputs': 2}, b'code'), None)
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None, limit: int = 256 << 20):
        self.limit = limit
        self.folder: Path | None
        self._warned = False
        try:
            self.folder = default_folder() if folder is None else Path(folder).absolute()
        except RuntimeError as error:  # nobody knows where home is
            self.folder = None
            self._warn(error)

    def get(self, key: str) -> tuple[dict[str, Any], bytes] | None:
        """What `put` was given, or None. An entry that is damaged is removed."""
        path = self._path(key)
        if path is None:
            return None
        try:
            with open(path, "rb") as file:
                if not _ours(os.fstat(file.fileno())):
                    return None  # code that somebody else may have written is not run
                data = file.read()
        except OSError:  # not there, or not readable
            return None
        entry = _decode(key, data)
        with suppress(OSError):  # a folder that is read only serves as well
            if entry is None:
                path.unlink()
            else:
                os.utime(path)  # used just now
        return entry

    def put(self, key: str, meta: dict[str, Any], objects: bytes) -> None:
        """Keeps `objects` and `meta` (what JSON can hold; a tuple comes back as a list).

        Another process sees the whole entry or none of it.
        """
        data = _encode(key, meta, objects)
        path = self._path(key)
        if path is None or len(data) > self.limit:
            return
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(path, data, private=True)
            self._trim(path.parent, path.name)
        except OSError as error:
            self._warn(error)

    def _path(self, key: str) -> Path | None:
        if not re.fullmatch(r"[0-9A-Za-z_-]{1,128}", key):
            raise ArgumentError(
                f"the key {key!r} cannot name a file: 1 to 128 letters, digits, _ or - were"
                " expected; make one with denpa.compiler.run.cache.key"
            )
        return None if self.folder is None else self.folder / (key + _SUFFIX)

    def _trim(self, folder: Path, newest: str) -> None:
        """Removes what was not used for longest until the limit is kept, and what was left over."""
        entries: list[tuple[int, int, str]] = []  # time of last use, bytes, path
        with os.scandir(folder) as files:
            for file in files:
                with suppress(OSError):  # another process removed it just now
                    stat = file.stat(follow_symlinks=False)
                    if file.name.endswith(_SUFFIX) and file.name != newest:
                        entries.append((stat.st_mtime_ns, stat.st_size, file.path))
                    elif file.name == newest:
                        entries.append((sys.maxsize, stat.st_size, file.path))
                    elif file.name.endswith(".tmp") and time.time() - stat.st_mtime > _LEFT_OVER:
                        os.unlink(file.path)
        total = sum(size for _, size, _ in entries)
        for _, size, path in sorted(entries):
            if total <= self.limit:
                break
            with suppress(OSError):
                os.unlink(path)
            total -= size

    def _warn(self, error: Exception) -> None:
        if self._warned:
            return
        self._warned = True
        warnings.warn(
            f"compiled programs are not kept in {self.folder} ({error}): each run compiles anew;"
            " set DENPA_CACHE to a folder that can be written, or to off",
            RuntimeWarning,
            stacklevel=3,
        )


def _ours(stat: os.stat_result) -> bool:
    """Whether a file belongs to this user, or to root, who can do anything anyhow."""
    return not hasattr(os, "getuid") or stat.st_uid in (os.getuid(), 0)


def _encode(key: str, meta: dict[str, Any], objects: bytes) -> bytes:
    header = json.dumps({"key": key, "meta": meta}, separators=(",", ":")).encode()
    plain = _HEAD.pack(_MAGIC, _FORMAT, len(header), b"") + header + objects
    return _sign(plain) + plain[_HEAD.size :]


def _sign(data: bytes) -> bytes:
    """The head of `data` with the digest in its place."""
    magic, version, length, _ = _HEAD.unpack_from(data)
    digest = hashlib.sha256(data[: _HEAD.size - 32])
    digest.update(memoryview(data)[_HEAD.size :])
    return _HEAD.pack(magic, version, length, digest.digest())


def _decode(key: str, data: bytes) -> tuple[dict[str, Any], bytes] | None:
    """The entry `key` that `data` holds, None if that is not exactly what it is."""
    if len(data) < _HEAD.size:
        return None
    magic, version, length, _ = _HEAD.unpack_from(data)
    if magic != _MAGIC or version != _FORMAT or data[: _HEAD.size] != _sign(data):
        return None
    start = _HEAD.size + length
    try:
        header = json.loads(data[_HEAD.size : start])
        if set(header) != {"key", "meta"} or type(header["meta"]) is not dict:
            return None
    except (ValueError, TypeError, RecursionError):  # signed, but not by _encode
        return None
    return (header["meta"], data[start:]) if header["key"] == key else None
