"""Compiled programs on disk, so that the second run of a script compiles nothing.

One file an entry, and an entry is code that is run. What keeps it from being somebody else's is who
may write it: the folder and the entry belong to this user or to root, and neither group nor others
may write them (`PrivateFolder`); else it is no entry, which one warning says, and the program is
compiled again. The digest in each file keeps off damage, not intent: a file that is cut off,
changed or of another format is no entry, but whoever may write the folder can sign what they
like. Nothing here is needed: a folder that cannot be written costs one warning, and everything
works without.

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
from denpa.core.folders import PrivateFolder, UntrustedError, cache_folder
from denpa.core.source import ROOT

_MAGIC = b"denpa\r\n\0"  # the line ends show a file that was sent as text
_FORMAT = 1  # of the layout above
_HEAD = struct.Struct("<8sII32s")  # the first four fields
_SUFFIX = ".denpa"
_KEY = r"[0-9A-Za-z_-]{1,128}"
_ENTRY = re.compile(_KEY + r"\.denpa")
_TEMPORARY = re.compile(rf"\.{_KEY}\.denpa\.[^.]+\.tmp")
_LEFT_OVER = 3600.0  # seconds after which a temporary file belongs to nobody
_told: set[str] = set()  # each warning once, however many caches are opened


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
        try:
            self.folder = default_folder() if folder is None else Path(folder).absolute()
        except RuntimeError as error:  # nobody knows where home is
            self.folder = None
            self._warn(error)

    def get(self, key: str) -> tuple[dict[str, Any], bytes] | None:
        """What `put` was given, or None. An entry that is damaged is removed; one that somebody may
        have written who is not this user is left alone, with a warning."""
        name = self._name(key)
        if self.folder is None:
            return None
        try:
            with PrivateFolder(self.folder) as folder:
                data = folder.read(name, self.limit + 1)
                entry = _decode(key, data)
                with suppress(OSError):  # a folder that is read only serves as well
                    if entry is None:
                        folder.remove(name)
                    else:
                        folder.touch(name)
        except UntrustedError as error:
            self._refuse(error)
            return None
        except OSError:  # not there, or not readable
            return None
        return entry

    def put(self, key: str, meta: dict[str, Any], objects: bytes) -> None:
        """Keeps `objects` and `meta` (what JSON can hold; a tuple comes back as a list).

        Another process sees the whole entry or none of it.
        """
        data = _encode(key, meta, objects)
        name = self._name(key)
        if self.folder is None or len(data) > self.limit:
            return
        try:
            with PrivateFolder(self.folder, make=True) as folder:
                folder.write(name, data)
                self._trim(folder, name)
        except UntrustedError as error:
            self._refuse(error)
        except OSError as error:
            self._warn(error)

    def _name(self, key: str) -> str:
        if not re.fullmatch(_KEY, key):
            raise ArgumentError(
                f"the key {key!r} cannot name a file: 1 to 128 letters, digits, _ or - were"
                " expected; make one with denpa.compiler.run.cache.key"
            )
        return key + _SUFFIX

    def _trim(self, folder: PrivateFolder, newest: str) -> None:
        """Removes what was not used for longest until the limit is kept, and what was left over."""
        entries: list[tuple[int, int, str]] = []  # time of last use, bytes, name
        for name, seen in folder.entries():
            if _ENTRY.fullmatch(name):
                used = sys.maxsize if name == newest else seen.st_mtime_ns
                entries.append((used, seen.st_size, name))
            elif _TEMPORARY.fullmatch(name) and time.time() - seen.st_mtime > _LEFT_OVER:
                with suppress(OSError):
                    folder.remove(name)
        total = sum(size for _, size, _ in entries)
        for _, size, name in sorted(entries):
            if total <= self.limit:
                break
            with suppress(OSError):
                folder.remove(name)
            total -= size

    def _refuse(self, error: UntrustedError) -> None:
        _tell(
            f"{error.strerror}: no compiled program there is run or kept, as it could be anybody's;"
            " this run compiles anew. Let only yourself write it (chmod go-w), remove it, or set"
            " DENPA_CACHE to another folder"
        )

    def _warn(self, error: Exception) -> None:
        _tell(
            f"compiled programs are not kept in {self.folder} ({error}): each run compiles anew;"
            " set DENPA_CACHE to a folder that can be written, or to off"
        )


def _tell(text: str) -> None:
    if text not in _told:
        _told.add(text)
        warnings.warn(text, RuntimeWarning, stacklevel=4)


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
