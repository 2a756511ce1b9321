"""Locks between processes, which end with the process that holds them.

Not the library filelock: it empties the file that says who holds the lock, and leaves it behind.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_WHO = b"process "
_FAR = 1 << 30  # the byte that Windows locks, behind the text, which others may read then


class Held(Exception):
    """Another process holds the lock; the text says which."""


def try_lock(handle: int) -> bool:
    """Lock an open file against other processes and other openings of it; False where it is taken.

    The lock ends when the file is closed or the process ends, however it does.

    Errors: OSError for a file system that has no locks.
    """
    if sys.platform == "win32":
        try:
            os.lseek(handle, _FAR, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            os.lseek(handle, 0, os.SEEK_SET)
        except PermissionError:
            return False
    else:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


class Lock:
    """A lock named by a file, which holds the process and host of who has it, and is removed
    afterwards.

    Errors: `acquire` raises Held where another process has it (or this one, a second time), and an
    OSError where the file cannot be made.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "lock"
    >>> lock = Lock(path)
    >>> lock.acquire()
    >>> Lock(path).acquire()
    Traceback (most recent call last):
        ...
    denpa.core.lock.Held: process ... on ...
    >>> lock.release()
    >>> path.exists()
    False
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock, or raise Held at once."""
        while True:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | _FLAGS, 0o666)
            try:
                free = try_lock(handle)
            except OSError:  # a file system without locks: then there is none
                free = True
            if not free:
                raise Held(_holder(handle))
            # Who held it before may have removed the file since it was opened here.
            if _same(handle, self.path):
                break
            os.close(handle)
        self._handle = handle
        try:
            said = os.read(handle, len(_WHO))
            if said and said != _WHO:
                raise FileExistsError(errno.EEXIST, f"{self.path} is no lock of Denpa's")
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, _WHO + f"{os.getpid()} on {socket.gethostname()}".encode())
        except OSError as error:
            self.release(keep=error.errno == errno.EEXIST)
            raise

    def held(self) -> bool:
        """Whether this object has the lock, and its file is where it was."""
        return self._handle is not None and _same(self._handle, self.path)

    def release(self, keep: bool = False) -> None:
        """Give the lock back, and remove its file if it is not to be kept; safe to call twice."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        own = not keep and _same(handle, self.path)
        if own and sys.platform != "win32":
            with suppress(OSError):
                os.unlink(self.path)
        os.close(handle)
        if own and sys.platform == "win32":  # which removes no file that is open
            with suppress(OSError):
                os.unlink(self.path)


def _holder(handle: int) -> str:
    """Who holds the lock, read from its file, which is closed."""
    with open(handle, encoding="utf-8", errors="replace") as file:
        for _ in range(20):  # whoever has just taken it is about to write
            if who := file.read(200).strip():
                return who
            time.sleep(0.005)
            file.seek(0)
    return "another process"


def _same(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), os.stat(path, follow_symlinks=False))
    except OSError:
        return False
