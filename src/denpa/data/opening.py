"""How a file of the user's is opened: as a file and nothing else, and only where it was asked for.

Every reader opens what it reads here. A device, a named pipe and a socket are refused before they
are opened, so that nothing is waited for, and what a link out of a folder leads to is not read.
"""

from __future__ import annotations

import gzip
import io
import os
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from denpa.core.wording import option
from denpa.data import bounds
from denpa.data.errors import DataError

__all__ = [
    "bad_gzip",
    "check_sort",
    "inside",
    "is_packed",
    "leads_out",
    "open_file",
    "open_plain",
    "pieces",
    "unpacked",
]

_PIECE = 1 << 20
_SORTS = {
    stat.S_IFIFO: "a named pipe (fifo)",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}
# Without waiting, whatever stands there by now; and byte by byte on Windows.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_FLAGS |= getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)


def check_sort(path: Path, found: os.stat_result | None = None, *, folder: bool = False) -> None:
    """Raise where a path is neither a file nor (with `folder`) a folder."""
    mode = (found or path.stat()).st_mode
    if stat.S_ISREG(mode) or (folder and stat.S_ISDIR(mode)):
        return
    sort = _SORTS.get(stat.S_IFMT(mode), "neither a file nor a folder")
    raise DataError(
        f"{path}: this is {sort}, which is not opened; expected a file. Write what it gives to a"
        " file and give that."
    )


def open_file(path: Path) -> BinaryIO:
    """Return a file opened for its bytes as they are.

    Errors: a DataError for what is no file or cannot be read.
    """
    try:
        check_sort(path)
        handle = os.open(path, _FLAGS)
        try:
            check_sort(path, os.fstat(handle))
            return os.fdopen(handle, "rb")
        except BaseException:
            os.close(handle)
            raise
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}).") from error


def is_packed(path: Path) -> bool:
    """Tell a file that is gzip by its name."""
    return path.suffix.lower() == ".gz"


def open_plain(path: Path) -> BinaryIO:
    """Return a file opened for its bytes, unpacked where its name ends in .gz, up to the bound."""
    file = open_file(path)
    return unpacked(path, file) if is_packed(path) else file


def unpacked(path: Path, file: BinaryIO) -> BinaryIO:
    """Return what a gzip file holds, to be read up to the bound."""
    return io.BufferedReader(_Unpacked(path, file), _PIECE)


def pieces(path: Path) -> Iterator[bytes]:
    """Yield a text file unpacked, in pieces that end where a line ends."""
    with open_plain(path) as file:
        rest = b""
        while piece := file.read(_PIECE):
            end = max(piece.rfind(b"\n"), piece.rfind(b"\r")) + 1
            if not end:
                rest += piece
                if len(rest) > bounds.LINE:
                    raise _long_line(path)
                continue
            if len(rest) + len(piece[:end].splitlines()[0]) > bounds.LINE:
                raise _long_line(path)
            yield rest + piece[:end]
            rest = piece[end:]
        if rest:
            yield rest


def inside(folder: Path, entry: Path, follow_links: bool) -> None:
    """Raise where an entry of a folder is a link that leads out of it.

    Links within the folder are followed, and so is the folder itself where it is one: the user
    named it.
    """
    if not follow_links and entry.is_symlink() and leads_out(folder, entry):
        raise DataError(
            f"{entry}: this is a link out of the folder {str(folder)!r}, to"
            f" {os.path.realpath(entry)!r}, which is not followed. Put a copy in its place, or pass"
            f" {option('follow_links', True)}."
        )


def leads_out(folder: Path, entry: Path) -> bool:
    """Tell whether what an entry of a folder is, after all links, stands outside of the folder."""
    root, end = os.path.realpath(folder), os.path.realpath(entry)
    try:
        return os.path.commonpath([root, end]) != root
    except ValueError:  # two drives
        return True


def bad_gzip(name: Path | str, error: Exception) -> DataError:
    """Return the error for a gzip file that cannot be unpacked."""
    text = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
    return DataError(f"{name}: the gzip file is truncated or corrupt ({text}). Get it again.")


def _long_line(path: Path) -> DataError:
    return bounds.too_much(
        f"{path}",
        f"a line of more than {bounds.LINE >> 20} MiB, as no table has",
        f"a line of {bounds.LINE >> 20} MiB",
        "Check that this is a CSV or TSV file, with a line for each row.",
    )


class _Unpacked(io.RawIOBase):
    """What a gzip file holds, as far as it is not far larger than the file."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path, self._file, self._total = path, file, 0
        self._gzip = gzip.GzipFile(fileobj=file, mode="rb")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            raw = self._gzip.read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise bad_gzip(self._path, error) from error
        self._total += len(raw)
        advice = "If it is honest, unpack it with gunzip and give the plain file."
        bounds.check_packed(self._path, "what it holds", self._total, self._file.tell(), advice)
        buffer[: len(raw)] = raw
        return len(raw)

    def close(self) -> None:
        if not self.closed:
            self._gzip.close()
            self._file.close()
        super().close()
