"""Where Denpa keeps what can be made or fetched again; a folder that only its user may write."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

_HERE = os.name != "nt"  # Windows knows neither modes nor files relative to an opened folder
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def cache_folder() -> Path:
    r"""The one folder of this user for compiled programs and downloaded data sets.

    The platform's own place: `~/.cache/denpa` or `$XDG_CACHE_HOME/denpa` on Linux,
    `~/Library/Caches/denpa` on macOS, `%LOCALAPPDATA%\denpa\Cache` on Windows. It is not made here.

    Errors: a RuntimeError where no home directory is known.

    >>> cache_folder().is_absolute()
    True
    """
    from platformdirs import user_cache_path

    path = user_cache_path("denpa", appauthor=False)
    if not path.is_absolute():
        raise RuntimeError(f"the home directory is not known: HOME is {os.environ.get('HOME')!r}")
    return path


class UntrustedError(OSError):
    """A folder or a file that somebody else may have written."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(errno.EPERM, f"{path} {why}")
        self.path = path


def ours(found: os.stat_result) -> bool:
    """Whether a file belongs to this user, or to root, who can do anything anyhow."""
    return not hasattr(os, "getuid") or found.st_uid in (os.getuid(), 0)


class PrivateFolder:
    """A folder of files that are run or believed, opened: nobody but this user (or root) may have
    written it or what is read from it, and no link is followed to what is written.

    With `make` it is made, for its owner alone. It is used in a `with`.

    Errors: OSError where it cannot be opened or made, UntrustedError where others may write it.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, PrivateFolder(Path(place) / "a", True) as a:
    ...     a.write("name", b"1")
    ...     a.read("name", 10), [name for name, _ in a.entries()]
    (b'1', ['name'])
    """

    def __init__(self, path: Path, make: bool = False) -> None:
        self.path, self._handle = path, -1
        if make:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not ours(os.lstat(path)):  # of a link: in /tmp anyone may have put it there
            raise UntrustedError(path, "belongs to another user")
        if not _HERE:
            return
        self._handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _trust(path, os.fstat(self._handle))
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self) -> PrivateFolder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _at(self, name: str, key: str = "dir_fd") -> tuple[str, dict[str, Any]]:
        """A file here, as the calls of `os` take it."""
        return (name, {key: self._handle}) if _HERE else (str(self.path / name), {})

    def read(self, name: str, most: int) -> bytes:
        """The bytes of a file, up to `most` of them.

        Errors: OSError where there is none, UntrustedError where others may write it.
        """
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        place, where = self._at(name)
        # A pipe in its place is not waited for.
        handle = os.open(place, flags | getattr(os, "O_NONBLOCK", 0), **where)
        try:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode):
                raise UntrustedError(self.path / name, "is no plain file")
            _trust(self.path / name, found)
            with os.fdopen(handle, "rb", closefd=False) as file:
                return file.read(most)
        finally:
            os.close(handle)

    def write(self, name: str, data: bytes) -> None:
        """Replace a file in one step; a reader sees the old one or the new one. Only its owner may
        read it, and it may be lost in a power cut.

        Errors: OSError where it cannot be written; nothing is left then.
        """
        hidden = f".{name}.{secrets.token_hex(8)}.tmp"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        place, where = self._at(hidden)
        handle = os.open(place, flags | getattr(os, "O_BINARY", 0), 0o600, **where)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            source, first = self._at(hidden, "src_dir_fd")
            target, second = self._at(name, "dst_dir_fd")
            os.replace(source, target, **first, **second)
        except BaseException:
            with suppress(OSError):
                self.remove(hidden)
            raise

    def remove(self, name: str) -> None:
        """Remove a file, or a link in its place."""
        place, where = self._at(name)
        os.unlink(place, **where)

    def touch(self, name: str) -> None:
        """Note that a file was used just now."""
        place, where = self._at(name)
        os.utime(place, follow_symlinks=not _HERE, **where)

    def entries(self) -> list[tuple[str, os.stat_result]]:
        """The plain files, by name."""
        found = []
        with os.scandir(self._handle if _HERE else self.path) as files:
            for file in files:
                with suppress(OSError):  # another process removed it just now
                    seen = file.stat(follow_symlinks=False)
                    if stat.S_ISREG(seen.st_mode):
                        found.append((file.name, seen))
        return found


def _trust(path: Path, found: os.stat_result) -> None:
    """Raise for what others may have written."""
    if not ours(found):
        raise UntrustedError(path, "belongs to another user")
    if _HERE and found.st_mode & _OTHERS:
        mode = stat.S_IMODE(found.st_mode)
        raise UntrustedError(path, f"may be written by others (its mode is {mode:o})")
