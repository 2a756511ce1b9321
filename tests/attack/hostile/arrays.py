"""Hostile files of IDX, NPY and NPZ."""

from __future__ import annotations

import gzip
import io
import pickle
import struct
import zipfile
from functools import cache
from typing import Any

import numpy as np

from tests.attack.hostile.damage import NUMBERS, Case, Rng, bomb, damaged, packed, pick

IMAGES, LABELS = "t-images-idx3-ubyte", "t-labels-idx1-ubyte"
_HUGE = (0, 1, 2, 5, 255, 65535, 2**31 - 1, 2**31, 2**32 - 1)
_CODES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


class Trap:
    """What an unpickler would run."""

    def __reduce__(self) -> Any:
        import os

        return os.system, ("touch unpickled",)


def _idx(array: np.ndarray, code: int = 8) -> bytes:
    head = struct.pack(f">4B{array.ndim}I", 0, 0, code, array.ndim, *array.shape)
    return head + array.astype(_CODES[code]).tobytes()


@cache
def _digits() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (30, 5, 4)), np.arange(30) % 3


def honest_idx() -> list[Case]:
    x, y = _digits()
    return [
        Case(IMAGES, {IMAGES: _idx(x, code), LABELS: _idx(y)}) for code in _CODES
    ] + [
        Case(f"{IMAGES}.gz", {f"{IMAGES}.gz": gzip.compress(_idx(x))}),
        Case(IMAGES, {IMAGES: _idx(x)[:-5]}),
        Case("t.idx", {"t.idx": b"text"}),
    ]  # fmt: skip


def idx(rng: Rng) -> Case:
    """Images and labels one of which is hostile."""
    x, y = _digits()
    code = int(pick(rng, list(_CODES)))
    files = {IMAGES: _idx(x, code), LABELS: _idx(y)}
    name = str(pick(rng, (IMAGES, IMAGES, LABELS)))
    choice = rng.integers(8)
    if choice < 3:
        files[name], how = damaged(files[name], rng)
    elif choice == 3:
        raw, how = packed(files.pop(name), rng)
        files[f"{name}.gz"] = raw
        return Case(f"{IMAGES}.gz" if name == IMAGES else IMAGES, files, how)
    elif choice == 4:
        count = int(pick(rng, (0, 1, 2, 3, 4, 5, 32, 64, 65, 127, 255)))
        shape = [int(pick(rng, _HUGE)) for _ in range(count)]
        raw = struct.pack(f">4B{count}I", 0, 0, code, count, *shape)
        files[name] = raw + rng.bytes(int(pick(rng, (0, 1, 100, 5000))))
        how = f"{count} dimensions {shape[:5]}"
    elif choice == 5:
        values = rng.choice([np.nan, np.inf, -np.inf, 1e308, -1e-310, 0.0], (9, 2, 2))
        files = {IMAGES: _idx(values, 14), LABELS: _idx(y[:9])}
        how = "values beyond all bounds"
    elif choice == 6:
        megabytes = int(pick(rng, (20, 90, 300)))
        shape = pick(rng, ((megabytes, 1024, 1024), (3, 5, 5), (megabytes * 4096, 16, 16)))
        raw = bomb(megabytes, b"\0", struct.pack(">4B3I", 0, 0, 8, 3, *shape))
        files = {f"{IMAGES}.gz": raw, LABELS: files[LABELS]}
        return Case(f"{IMAGES}.gz", files, f"a bomb of {megabytes} MB, {shape}")
    else:
        files[name] = rng.bytes(int(pick(rng, (0, 1, 3, 4, 5, 100))))
        how = "random bytes"
    return Case(IMAGES, files, f"{how} in {name}")


def _npy(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def _headed(text: str, values: bytes, version: int = 1) -> bytes:
    raw = text.encode("utf-8", "surrogateescape")
    return (
        b"\x93NUMPY"
        + struct.pack("<BBH" if version == 1 else "<BBI", version, 0, len(raw))
        + (raw + values)
    )


_DTYPES = (
    *("<f4", "<f8", ">f8", "|u1", "|b1", "<i8", "<u8", "<f2", "<f16", "<c16", "<U3", "|S4", "|O"),
    *("O", "<M8[ns]", "<m8[D]", "|V8", "|V0", "<U0", "|S0", "<U99999999", "|S999999999", "f8,i4"),
    *("(2,3)f8", "f8, (__import__('os').system('touch compiled'),)i4", "", "x", "<f4" * 50, "?"),
    *("a5", "M8[10000000000Y]", "<i16", "i4,O", "{'names':['a'],'formats':['O']}"),
)
_SHAPES = (
    *("(30, 5, 4)", "(600,)", "(30, 20)", "()", "(0,)", "(0, 99999999999999999999)", "(-1, 5)"),
    *("(4294967296, 4294967296)", "(9223372036854775807,)", "(1,)" * 3, "(1e9,)", "(True, 5)"),
    *("(1000000000000,)", "(" + "1, " * 70 + ")", "(" + "0, " * 64 + ")", "(2L, 300L)", "[30, 20]"),
    *(
        "(__import__('os').system('touch compiled'),)",
        "(" * 5000,
        "(30,\n20)",
        "(600)",
        "(3 0, 20)",
    ),
)
_OTHERS = (
    "",
    ", 'more': 1",
    ", 'shape': (1,)",
    ", **{}",
    "#",
    "}{",
    "\udcff",
    "}" * 20,
    " " * 20000,
)


def _text(rng: Rng) -> str:
    descr = str(pick(rng, _DTYPES))
    if rng.integers(5) == 0:
        descr = f"[('a', '{descr}'), ('b', '<f8', (2,))]"
    else:
        descr = f"'{descr}'" if "{" not in descr else descr
    order = pick(rng, ("True", "False", "1", "None", "false"))
    shape = pick(rng, _SHAPES)
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}{pick(rng, _OTHERS)}}}\n"


def _member(rng: Rng) -> tuple[bytes, str]:
    """The bytes of a hostile NPY file."""
    x, _ = _digits()
    choice = rng.integers(6)
    if choice < 2:
        dtype = pick(rng, (np.uint8, np.float32, ">f8", "<U2", "S3", bool, np.int64))
        return damaged(_npy(x.astype(dtype)), rng)
    if choice == 2:
        return _npy(np.array([Trap(), 1.5], dtype=object)), "pickled"
    if choice == 3:
        array = np.zeros(9, [("a", "O"), ("b", "f4")] if rng.integers(2) else [("a", "f8")])
        return _npy(array), "named fields"
    if choice == 4:
        return pickle.dumps(Trap()), "a pickle alone"
    text = _text(rng)
    raw = _headed(text, rng.bytes(int(pick(rng, (0, 600, 4800)))), int(pick(rng, (1, 2, 3, 9))))
    return raw, f"header {text[:80]!r}"


def honest_numpy() -> list[Case]:
    x, y = _digits()
    plain, small = io.BytesIO(), io.BytesIO()
    np.savez(plain, x=x, y=y)
    np.savez_compressed(small, x=x.astype(np.float32), y=y.astype(str))
    return [
        Case("t.npz", {"t.npz": plain.getvalue()}),
        Case("t.npz", {"t.npz": small.getvalue()}),
        Case("t.npz", {"t.npz": small.getvalue()}, options={"target": "z"}),
        Case("t.npz", {"t.npz": small.getvalue()[:-9]}),
        Case("x.npy", {"x.npy": _npy(x)}),
        Case("x.npy", {"x.npy": _npy(x)[:-9]}),
    ]


def numpy(rng: Rng) -> Case:
    """An NPY or NPZ file that is hostile."""
    if rng.integers(3) == 0:
        raw, how = _member(rng)
        return Case("x.npy", {"x.npy": raw}, how)
    x, y = _digits()
    method = int(pick(rng, (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))
    members = {"x.npy": _npy(x), "y.npy": _npy(y)}
    names = ("x.npy", "../x.npy", "/x.npy", "C:\\x.npy", "a/../../x.npy", "x", "x.npy", "\0.npy")
    choice = rng.integers(6)
    how = "honest"
    if choice < 2:
        name = str(pick(rng, ("x.npy", "y.npy")))
        members[name], how = _member(rng)
        how = f"{how} in {name}"
    elif choice == 2:
        name = str(pick(rng, names))
        members[name], how = _npy(x), f"member {name!r}"
    elif choice == 3:
        megabytes = int(pick(rng, (20, 90, 300)))
        head = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({megabytes}, 1024, 1024)}}\n"
        return Case("t.npz", {"t.npz": _zip_bomb(megabytes, head)}, f"a bomb of {megabytes} MB")
    elif choice == 4:
        method = int(pick(rng, (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)))
        how = f"method {method}"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, raw in members.items():
            archive.writestr(zipfile.ZipInfo(name), raw, method)
        if choice == 5 and rng.integers(2):
            archive.writestr(zipfile.ZipInfo("more.npy"), members["x.npy"], method)
    raw = file.getvalue()
    if choice == 5:  # a list of members that lies
        at = raw.index(b"PK\1\2") + int(rng.integers(4, 46))
        number = pick(rng, NUMBERS)
        raw, how = raw[:at] + number + raw[at + len(number) :], "numbered list of members"
    elif how == "honest":
        raw, how = damaged(raw, rng)
    return Case("t.npz", {"t.npz": raw}, how)


@cache
def _zip_bomb(megabytes: int, head: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("x.npy"), _headed(head, bytes(megabytes << 20)), 8)
    return file.getvalue()
