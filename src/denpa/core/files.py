"""How a file is written: whole or not at all, or longer by whole lines.

All that Denpa writes for keeps goes through here, so that one place has to be right about kills,
full disks and two writers.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from denpa.core.lock import try_lock

_MARK, _END = ".denpa-", ".tmp"


def write_atomically(
    f: str | os.PathLike[str],
    data: bytes,
    private: bool = False,
    keep: str | os.PathLike[str] | None = None,
) -> None:
    """Replace a file by `data` in one step: a reader sees the old file or the new one, and a crash
    or a power cut leaves one of them. With `private` only its owner may read it, and it may be lost
    in a power cut, as what can be made again may. With `keep` the old file gets that name, when the
    new one is complete.

    What a killed writer of the same file left beside it is removed.

    Errors: OSError where the folder is not there or cannot be written to; nothing is left then.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(Path(folder) / "a", b"1")
    ...     (Path(folder) / "a").read_bytes(), len(os.listdir(folder))
    (b'1', 1)
    """
    path = Path(f)
    if not private:
        remove_litter(path.parent, _prefix(path.name))
    handle, name = _temporary(path)
    try:
        try:
            write_all(handle, data)
            if not private:
                os.fsync(handle)
                if hasattr(os, "fchmod"):  # mkstemp makes it readable by its owner only
                    os.fchmod(handle, 0o666 & ~_mask())
            if os.name != "nt":  # which renames no file that is open
                _take_place(name, path, keep)
        finally:
            os.close(handle)
        if os.name == "nt":
            _take_place(name, path, keep)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
    if not private:
        sync_folder(path.parent)


def _take_place(name: str, path: Path, keep: str | os.PathLike[str] | None) -> None:
    if keep is not None and path.exists():
        os.replace(path, keep)
    os.replace(name, path)


def append(f: str | os.PathLike[str], data: bytes, at: int) -> None:
    """Write `data` behind the first `at` bytes of a file, and cut off what else stood there: half
    a line of a writer that was killed. The file is made where there is none and `at` is 0.

    Errors: OSError where that cannot be, FileNotFoundError for no file and another `at`.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     append(Path(folder) / "a", b"one,two", 0)
    ...     append(Path(folder) / "a", b",three", 3)
    ...     (Path(folder) / "a").read_text()
    'one,three'
    """
    made = os.O_CREAT if at == 0 else 0
    handle = os.open(f, os.O_WRONLY | made | getattr(os, "O_NOFOLLOW", 0), 0o666)
    try:
        os.ftruncate(handle, at)
        os.lseek(handle, at, os.SEEK_SET)
        write_all(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)
    if made:
        sync_folder(Path(f).parent)


def write_all(handle: int, data: bytes) -> None:
    """Write all bytes to an open file: a call of the system may take fewer."""
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can do that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems cannot, and do it by themselves
            os.fsync(handle)
    finally:
        os.close(handle)


def remove_litter(folder: Path, start: str = _MARK) -> None:
    """Remove the temporary files whose writers were killed: those that nobody has locked."""
    try:
        found = [e.path for e in os.scandir(folder) if e.name.startswith(start)]
    except OSError:
        return
    for name in found:
        if not name.endswith(_END):
            continue
        with suppress(OSError):
            flags = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
            handle = os.open(name, flags)
            try:
                if try_lock(handle):
                    os.unlink(name)
            finally:
                os.close(handle)


def temporary_name(name: str) -> bool:
    """Whether a file of this name is one that `write_atomically` has made for a while."""
    return name.startswith(_MARK) and name.endswith(_END)


def _temporary(path: Path) -> tuple[int, str]:
    """A new file beside `path`, locked, so that others know that its writer lives."""
    while True:
        handle, name = tempfile.mkstemp(_END, _prefix(path.name), path.parent)
        try:
            mine = try_lock(handle)
        except OSError:  # no locks here: then nobody can find it unlocked
            return handle, name
        if mine and os.path.exists(name):
            return handle, name
        os.close(handle)  # taken for litter before it was locked


def _prefix(name: str) -> str:
    # Of a fixed length: a name may have all the 255 bytes that there are.
    return f"{_MARK}{hashlib.sha256(os.fsencode(name)).hexdigest()[:12]}-"


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
