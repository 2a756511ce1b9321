"""NPY and NPZ files to arrays.

Headers are read as the plain text that they are: NumPy's own reader compiles them as Python, and
makes room for what they say before it looks whether the file holds as much.
"""

from __future__ import annotations

import math
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, NoReturn

import numpy as np

from denpa.data import bounds
from denpa.data.dataset import Array
from denpa.data.errors import DataError, listed, nearest
from denpa.data.opening import open_file

__all__ = ["Archive", "read_npy", "read_npz"]

_X = ("x", "X", "data", "images")
_Y = ("y", "Y", "target", "labels")
_MAGIC = b"\x93NUMPY"
_MOST_DIMENSIONS = 64  # of an array, as NumPy has it
_ITEM = re.compile(
    r"""\s*['"](?P<key>\w+)['"]\s*:\s*"""
    r"""(?P<value>'[^']*'|"[^"]*"|True|False|\([\d,\sL]*\)|\[.*\])\s*(?:,|$)"""
)
_DTYPE = re.compile(r"[<>|=]?[?a-zA-Z]\d{0,9}(\[\d{0,9}[a-zA-Zμ]{1,2}\])?")
_OBJECT = re.compile(r"[<>|=]?O\d*|.*'[<>|=]?O\d*'.*")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_NAMED = re.compile(r"\(\s*'([^']*)'")


def read_npz(path: Path, target: str | None) -> tuple[Array, Array | None, str]:
    """Return x, y and y's name from an NPZ file; `target` may name the array that is y."""
    with Archive(path) as archive:
        names = archive.names
        x_name = _pick(path, names, _X, "the inputs")
        if target is not None and target not in names:
            raise DataError(
                f"{path}: no array {target!r} (target=).{nearest(target, names)} The file has"
                f" {listed(names)}."
            )
        y_name = target
        if y_name is None and any(n in names for n in _Y):
            y_name = _pick(path, names, _Y, "the targets")
        x = archive.array(x_name)
        y = None if y_name is None else archive.array(y_name)
    return x, y, y_name or "y"


def read_npy(path: Path) -> Array:
    """Return the array of an NPY file."""
    with open_file(path) as file:
        size = path.stat().st_size
        if size == 0:
            raise DataError(f"{path}: the file is empty.")
        magic = file.read(len(_MAGIC))
        if magic != _MAGIC:
            raise DataError(
                f"{path}: this is no NPY file (wrong first bytes). Write it with np.save."
            )
        file.seek(0)
        array = _array(file, size, f"{path}", "the array", _broken_npy(path))
    return array


class Archive:
    """An NPZ file: a zip file of NPY files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = open_file(path)
        try:
            self._size = path.stat().st_size
            if self._size == 0:
                raise DataError(f"{path}: the file is empty.")
            self._zip = self._opened()
            self.names = self._checked_names()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def array(self, name: str) -> Array:
        """Return the array of this name."""
        info = self._members[name]
        what = f"array {name!r}"
        if info.flag_bits & 1:
            raise DataError(f"{self.path}: {what} is encrypted. Write it with np.savez.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise DataError(
                f"{self.path}: {what} is packed by method {info.compress_type}; expected 0"
                " (np.savez) or 8 (np.savez_compressed)."
            )
        if info.compress_size > self._size:
            self._broken(f"{what} is said to take more bytes than the file has")
        bounds.check_packed(
            self.path, what, info.file_size, info.compress_size, "Write it with np.savez."
        )
        try:
            with self._zip.open(info) as member:
                return _array(member, info.file_size, f"{self.path}", what, self._broken)
        except DataError:
            raise
        except Exception as error:  # a damaged member raises whatever the module stumbles over
            self._broken(_first_line(error), error)

    def _opened(self) -> zipfile.ZipFile:
        file = _Directory(self._file)
        try:
            return zipfile.ZipFile(file)
        except _TooLong:
            raise bounds.too_much(
                f"{self.path}",
                f"its list of arrays takes more than {bounds.MEMBERS >> 20} MiB",
                f"a list of {bounds.MEMBERS >> 20} MiB",
                "Put the examples in one array.",
            ) from None
        # A damaged list of members raises whatever the module stumbles over.
        except Exception as error:
            known = not isinstance(error, zipfile.BadZipFile)
            self._broken(_first_line(error) if known else "no end of the zip file", error)
        finally:
            file.open = True

    def _checked_names(self) -> list[str]:
        names = [i.filename.removesuffix(".npy") for i in self._zip.infolist()]
        for name in names:
            path = PurePosixPath(name.replace("\\", "/"))
            if path.is_absolute() or ".." in path.parts or _DRIVE.match(name):
                raise DataError(
                    f"{self.path}: the NPZ file holds {name!r}, a place outside of it; expected"
                    " names of arrays, as np.savez writes them."
                )
        if twice := [n for n, times in Counter(names).items() if times > 1]:
            raise DataError(
                f"{self.path}: the NPZ file holds two arrays of the name {listed(twice)}; expected"
                " one."
            )
        self._members = dict(zip(names, self._zip.infolist(), strict=True))
        return names

    def _broken(self, detail: str, error: Exception | None = None) -> NoReturn:
        raise DataError(f"{self.path}: the NPZ file is truncated or corrupt ({detail}).") from error


class _TooLong(Exception):
    """The list of a zip file's members is longer than the bound."""


class _Directory:
    """A zip file whose list of members, which is read at once, is held to the bound."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.open = file, False

    def read(self, size: int = -1) -> bytes:
        """Return some bytes: until the file is `open`, no more than the list may have."""
        if not self.open and size > bounds.MEMBERS:
            raise _TooLong
        return self._file.read(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _array(file: Any, size: int, where: str, what: str, broken: Callable[[str], NoReturn]) -> Array:
    """Return the array of an NPY file of `size` bytes."""
    text, start = _header(file, broken)
    descr, fortran, shape = _fields(text, where, what, broken)
    try:
        dtype = np.dtype(descr)
    except (TypeError, ValueError):
        broken(f"{what}: its header says the dtype {descr[:40]!r}, which NumPy does not know")
    if not dtype.itemsize:
        broken(f"{what}: its header says the dtype {descr!r}, whose values have no bytes")
    need, have = dtype.itemsize * math.prod(shape), size - start
    if need > have:
        broken(
            f"{what}: its header says the shape {_shown(shape)} of {dtype}, {need:,} bytes, but"
            f" there are {have:,}"
        )
    bounds.check_memory(where, what, need)
    array = np.empty(math.prod(shape), dtype)
    room = memoryview(array.view(np.uint8).data) if array.size else memoryview(b"")
    while room:
        got = file.readinto(room[: 1 << 24])
        if not got:
            broken(f"{what}: {len(room):,} bytes are missing at its end")
        room = room[got:]
    if dtype.kind == "U" and array.size:
        _check_letters(array, broken, what)
    try:
        return array.reshape(shape, order="F" if fortran else "C")
    except ValueError as error:  # no value in all, of a shape beyond NumPy's
        broken(f"{what}: its header says the shape {_shown(shape)}: {_first_line(error)}")


def _header(file: Any, broken: Callable[[str], NoReturn]) -> tuple[str, int]:
    """Return the text of an NPY file's header and where the values begin."""
    start = file.read(8)
    if len(start) < 8 or start[:6] != _MAGIC or start[6] not in (1, 2, 3):
        broken(f"its first bytes are {start.hex(' ')}, expected 93 4e 55 4d 50 59 and version 1-3")
    count = 2 if start[6] == 1 else 4
    length = int.from_bytes(file.read(count), "little")
    if length > bounds.HEADER:
        broken(f"its header is said to have {length:,} bytes; at most {bounds.HEADER:,} are read")
    raw = file.read(length)
    if len(raw) < length:
        broken("it ends inside its header")
    return raw.decode("utf-8" if start[6] == 3 else "latin-1", "replace"), 8 + count + length


def _fields(
    text: str, where: str, what: str, broken: Callable[[str], NoReturn]
) -> tuple[str, bool, tuple[int, ...]]:
    """Return descr, fortran_order and shape of a header."""
    inner = text.strip()
    found: dict[str, str] = {}
    if inner.startswith("{") and inner.endswith("}"):
        rest = inner[1:-1].strip()
        while item := _ITEM.match(rest):
            found[item["key"]] = item["value"]
            rest = rest[item.end() :].strip()
        found = {} if rest else found
    if set(found) != {"descr", "fortran_order", "shape"}:
        broken("its header is not descr, fortran_order and shape, as np.save writes them")
    descr, order, shape = (found[key] for key in ("descr", "fortran_order", "shape"))
    if _OBJECT.fullmatch(descr.strip("'\"")):
        raise _pickled(where, what)
    if descr.startswith("["):
        raise DataError(
            f"{where}: {what} has named fields {listed(_NAMED.findall(descr))}; give a CSV or"
            " Parquet file for a table with names."
        )
    descr = descr[1:-1]
    if not _DTYPE.fullmatch(descr):
        broken(f"{what}: its header says the dtype {descr[:40]!r}; expected one such as '<f4'")
    numbers = [n.strip().removesuffix("L") for n in shape.strip("()").split(",") if n.strip()]
    good = shape.startswith("(") and all(n.isdecimal() and len(n) < 20 for n in numbers)
    if order not in ("True", "False") or not good or len(numbers) > _MOST_DIMENSIONS:
        broken(
            f"{what}: its header says fortran_order {order[:20]} and shape {shape[:40]}; expected"
            f" True or False and at most {_MOST_DIMENSIONS} whole numbers"
        )
    return descr, order == "True", tuple(int(n) for n in numbers)


def _check_letters(array: Array, broken: Callable[[str], NoReturn], what: str) -> None:
    codes = array.view(array.dtype.str[0] + "u4")
    if codes.max() > 0x10FFFF or ((codes >= 0xD800) & (codes <= 0xDFFF)).any():
        broken(f"{what}: its text holds numbers that are no letters of Unicode")


def _shown(shape: tuple[int, ...]) -> str:
    text = str(shape)
    return text if len(text) < 80 else f"{text[:80]}... of {len(shape)} dimensions"


def _pick(path: Path, names: list[str], wanted: tuple[str, ...], of: str) -> str:
    found = [n for n in wanted if n in names]
    if len(found) == 1:
        return found[0]
    if not found:
        raise DataError(
            f"{path}: no array named {', '.join(wanted)} for {of}; the file has {listed(names)}."
            " Write it with np.savez(path, x=x, y=y)."
        )
    raise DataError(f"{path}: several arrays could be {of}: {listed(found)}. Keep one of them.")


def _pickled(name: str, what: str) -> DataError:
    return DataError(
        f"{name}: {what} holds Python objects, which only pickle could load, and pickle can run"
        " any code. Save it with a dtype of numbers or text, for example x.astype('float32')."
    )


def _broken_npy(path: Path) -> Callable[[str], NoReturn]:
    def broken(detail: str) -> NoReturn:
        raise DataError(f"{path}: the NPY file is truncated or corrupt ({detail}).")

    return broken


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0].rstrip(".") if text else type(error).__name__
