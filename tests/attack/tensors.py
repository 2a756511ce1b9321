"""Attacks on `denpa.load`: hostile safetensors files, judged as safetensors itself judges them."""

from __future__ import annotations

import json
import random
import struct
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import safetensors
from safetensors.numpy import load as reference

import denpa as dp
from tests.attack.record import Attack, Outcome

_SECONDS, _BYTES = 2.0, 500 << 20
_SIZES = {
    **dict.fromkeys(("F64", "I64", "U64", "C64"), 8),
    **dict.fromkeys(("F32", "I32", "U32"), 4),
    **dict.fromkeys(("F16", "BF16", "I16", "U16"), 2),
    **dict.fromkeys(("I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2", "F8_E8M0"), 1),
}
_OURS = ("F64", "F32", "F16", "I64", "I32", "I16", "I8", "U8", "BOOL")
_FOREIGN = ("F4", "F6_E2M3", "F8_E4M3FNUZ", "I4", "f32", "", "FLOAT", "BF16 ", "💥")
_POWERS = (2**31, 2**32 + 1, 2**53, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 10**30, -(2**63))
_NUMBERS = (0, 1, 2, 7, 8, -1, 1.5, "1", None, True, [], {}, [1], float("nan"), *_POWERS)
_NAMES = (
    "",
    "a",
    "__metadata__",
    "\0",
    "\x1b[2J",
    "名前",
    "e\u0301",
    "../x",
    "a" * 9000,
    "\ud800",
    "\n",
)


def _valid(rng: random.Random) -> tuple[dict[str, Any], bytes]:
    """A header and the bytes of a file that is right, of any dtypes."""
    header: dict[str, Any] = {}
    rest = b""
    for name in rng.sample(("w", "b", "名前", "layer.0.weight", "é\t"), rng.randint(0, 4)):
        dtype = rng.choice((*_OURS, *_OURS, *_SIZES))
        shape = [rng.randint(0, 4) for _ in range(rng.randint(0, 3))]
        size = int(np.prod(shape, dtype=np.int64)) * _SIZES[dtype]
        at = [len(rest), len(rest) + size]
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": at}
        rest += rng.randbytes(size)
    if rng.random() < 0.3:
        header["__metadata__"] = {"a": "b", "denpa": "{}"}
    return header, rest


def _pack(header: bytes, rest: bytes, length: int | None = None) -> bytes:
    size = len(header) if length is None else length
    return struct.pack("<Q", size % 2**64) + header + rest


def _text(header: Any) -> bytes:
    return json.dumps(header, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _whole(rng: random.Random) -> bytes:
    header, rest = _valid(rng)
    return _pack(_text(header) + b" " * rng.randint(0, 9), rest)


def _flipped(rng: random.Random) -> bytes:
    raw = bytearray(_whole(rng))
    for _ in range(rng.randint(1, 4)):
        raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    return bytes(raw)


def _cut(rng: random.Random) -> bytes:
    raw = _whole(rng)
    return raw[: rng.randrange(len(raw) + 1)] + rng.randbytes(rng.choice((0, 0, 1, 9)))


def _length(rng: random.Random) -> bytes:
    header, rest = _valid(rng)
    text = _text(header)
    near = len(text) + rng.choice((-9, -2, -1, 1, 2, 8))
    size = rng.choice((near, 0, 1, 2**31, 10**8, 10**8 + 1, 2**62, 2**63, 2**64 - 1, 2**64 - 8))
    return _pack(text, rest, size)


def _field(rng: random.Random) -> bytes:
    """One field of one tensor is another value, or missing, or there is one more."""
    header, rest = _valid(rng)
    while not header:
        header, rest = _valid(rng)
    name = rng.choice(list(header))
    part = header[name]
    match rng.randrange(7):
        case 0:
            part["dtype"] = rng.choice((*_FOREIGN, *_NUMBERS, *_SIZES))
        case 1:
            part["shape"] = [rng.choice(_NUMBERS) for _ in range(rng.randint(0, 3))]
        case 2:
            part["data_offsets"] = [rng.choice(_NUMBERS) for _ in range(rng.randint(1, 3))]
        case 3:
            key = rng.choice(list(part))
            del part[key]
        case 4:
            part[rng.choice(("more", "dtype2"))] = rng.choice(_NUMBERS)
        case 5:
            header[rng.choice(_NAMES)] = rng.choice((part, *_NUMBERS))
        case _:
            header[name] = rng.choice(_NUMBERS)
    return _pack(_text(header), rest)


def _overlapping(rng: random.Random) -> bytes:
    """Two tensors over the same bytes, holes, bytes in another order, ends before beginnings."""
    at = [rng.randint(0, 5) * 4 for _ in range(4)]
    if rng.random() < 0.5:
        at.sort()
    shapes = [[max(0, (at[2 * k + 1] - at[2 * k]) // 4)] for k in range(2)]
    header = {
        name: {"dtype": "F32", "shape": shapes[k], "data_offsets": at[2 * k : 2 * k + 2]}
        for k, name in enumerate("ab")
    }
    return _pack(_text(header), rng.randbytes(max(at) + rng.choice((0, 0, 0, 1))))


def _twice(rng: random.Random) -> bytes:
    one = '"a":{"dtype":"F32","shape":[%d],"data_offsets":[%d,%d]}'
    n, m = rng.randint(0, 2), rng.randint(0, 2)
    first, second = one % (n, 0, 4 * n), one % (m, 4 * n, 4 * n + 4 * m)
    text = rng.choice((f"{{{first},{first}}}", f"{{{first},{second}}}", f"{{{second},{first}}}"))
    if rng.random() < 0.3:
        text = text.replace('"shape"', '"shape":[9],"shape"', 1)
    return _pack(text.encode(), rng.randbytes(4 * (n + rng.choice((0, m)))))


def _shapes(rng: random.Random) -> bytes:
    """Shapes of many dimensions, of huge products, and of products that come around to the size."""
    shape = rng.choice(
        (
            [0, 2**40],
            [2**40, 2**40, 0],
            [0] * rng.randint(1, 90),
            [1] * rng.randint(1, 90),
            [2**32, 2**32],
            [2**63, 2],
            [2**32, 2**31, 2],
            [2**20] * 4,
            [10**18, 0, 10**18],
        )
    )
    dtype = rng.choice(("F32", "U8", "BOOL", "BF16"))
    size = _SIZES[dtype] * (1 if set(shape) == {1} else 0)
    header = {"a": {"dtype": dtype, "shape": shape, "data_offsets": [0, size]}}
    return _pack(_text(header), bytes(size))


def _nested(rng: random.Random) -> bytes:
    depth = rng.choice((10, 130, 1000, 10**5))
    opening, inside = rng.choice(((b"[", b""), (b'{"a":', b"1"), (b'{"a":[', b"")))
    bomb = opening * depth + inside
    places = (b"%s", b'{"a":%s', b'{"__metadata__":{"a":%s', b'{"a":{"dtype":"F32","shape":%s')
    return _pack(rng.choice(places) % bomb, b"")


def _many(rng: random.Random) -> bytes:
    """A header with very many tensors, or with a name or a number of very many characters."""
    match rng.randrange(4):
        case 0:
            n = rng.choice((10, 1000, 20_000))
            part = '"%d":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}'
            return _pack(("{" + ",".join(part % k for k in range(n)) + "}").encode(), b"")
        case 1:
            return _pack(b'{"' + b"a" * 10**6 + b'":1}', b"")
        case 2:
            return _pack(b'{"a":{"dtype":"F32","shape":[' + b"9" * 10**6 + b"]}}", b"")
        case _:
            return _pack(b'{"a":{"dtype":"' + b"\x1b\n" * 1000 + b'"}}', b"")


def _foreign(rng: random.Random) -> bytes:
    starts = (
        b"",
        b"\x93NUMPY\x01\0",
        b"PK\3\4",
        b"\x80\2}q\0.",
        b"\x89PNG\r\n\x1a\n",
        b"\xef\xbb\xbf{}",
        b"{}",
        b"GGUF\3\0\0\0",
        b"\x1f\x8b\x08\0",
        b"\xff" * 40,
        bytes(40),
        b"a,b\n1,2\n",
    )
    return rng.choice(starts) + rng.randbytes(rng.randint(0, 60))


_MAKERS: tuple[Callable[[random.Random], bytes], ...] = (
    *(_whole, _flipped, _flipped, _cut, _length, _field, _field, _field),
    *(_overlapping, _twice, _shapes, _nested, _many, _foreign),
)


def _expected(raw: bytes) -> tuple[dict[str, np.ndarray] | None, set[str]]:
    """What safetensors reads, None for nothing, and the dtypes of a file whose header it takes."""
    try:
        dtypes = {part["dtype"] for _, part in safetensors.deserialize(raw)}
    except Exception:
        return None, set()
    if dtypes - set(_SIZES) or dtypes & {d for d in _SIZES if d.startswith("F8")}:
        return None, dtypes
    try:
        if "BF16" in dtypes:
            parts = dict(safetensors.deserialize(raw))
            return {k: _plain(part) for k, part in parts.items()}, dtypes
        return reference(raw), dtypes
    except ValueError:  # more dimensions than NumPy has
        return None, dtypes


def _plain(part: dict[str, Any]) -> np.ndarray:
    """A tensor's values; of a BF16 by the arithmetic of its definition: sign, 8 bits of exponent,
    7 of mantissa."""
    if part["dtype"] != "BF16":
        plain = {"dtype": part["dtype"], "shape": part["shape"]}
        header = {"a": {**plain, "data_offsets": [0, len(part["data"])]}}
        return reference(_pack(_text(header), bytes(part["data"])))["a"]
    values = []
    for (bits,) in struct.iter_unpack("<H", bytes(part["data"])):
        sign, exponent, mantissa = -1.0 if bits >> 15 else 1.0, (bits >> 7) & 255, bits & 127
        if exponent == 255:
            values.append(float("nan") if mantissa else sign * float("inf"))
        elif exponent == 0:
            values.append(sign * mantissa * 2.0**-133)
        else:
            values.append(sign * (128 + mantissa) * 2.0 ** (exponent - 134))
    return np.array(values, np.float32).reshape(part["shape"])


def _problem(file: Path, raw: bytes) -> str | None:
    expected, dtypes = _expected(raw)
    start = process_time()
    found, text = None, ""
    try:
        found = dp.load(file)
    except ValueError as error:
        text = str(error)
    seconds = process_time() - start
    if seconds > _SECONDS:
        return f"{seconds:.1f} s"
    if found is None:
        return _not_told(file, text, expected, dtypes)
    if expected is None or dtypes - {*_OURS, "BF16"}:
        return f"taken, refused by safetensors or of {dtypes}"
    if set(found) != set(expected):
        return f"other tensors: {sorted(found)}"
    for key, value in expected.items():
        have = found[key].numpy()
        if have.shape != value.shape or have.dtype != value.dtype:
            return f"{key!r} is {have.dtype} {have.shape}, not {value.dtype} {value.shape}"
        if have.dtype == bool:
            same = np.array_equal(have, value.view(np.uint8) != 0)
        elif "BF16" in dtypes:  # a NaN that was calculated has other bits
            same = np.array_equal(have, value, equal_nan=have.dtype.kind == "f")
        else:
            same = have.tobytes() == value.tobytes()
        if not same:
            return f"{key!r} has other values"
    return None


def _not_told(file: Path, text: str, expected: object, dtypes: set[str]) -> str | None:
    """What is wrong with a refusal, None for nothing."""
    rest = text.replace(str(file), "")
    if rest == text or not rest.isprintable() or len(rest) > 600:
        return f"no line that names the file: {text[:200]!r}"
    if foreign := dtypes - {*_OURS, "BF16"}:
        named = any(f"dtype {dtype};" in text for dtype in foreign)
        return None if named else f"names no dtype of {foreign}: {text}"
    return None if expected is None else f"refused ({text}), taken by safetensors"


def safetensors_files(count: int, seed: int) -> Outcome:
    """Files that are right, damaged and made to hurt, each read by Denpa and by the reference."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.safetensors"

        def cases() -> Iterator[tuple[str, Callable[[], str | None]]]:
            for k in range(count):
                rng = random.Random(f"{seed} {k}")
                make = _MAKERS[k % len(_MAKERS)]
                raw = make(rng)
                file.write_bytes(raw)

                def case(raw: bytes = raw) -> str | None:
                    return _problem(file, raw)

                yield f"seed {seed}, case {k} ({make.__name__[1:]})", case

        before = peak()
        outcome.judge(cases())
        outcome.add(_sparse(file))
        more = peak() - before
        outcome.add(f"{more / 2**20:.0f} MB at the most" if more > _BYTES else None)
    return outcome


def peak() -> int:
    """The most memory, in bytes, that this process has had; 0 where that is not told."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _sparse(file: Path) -> str | None:
    """A gigabyte of nothing behind a small header is refused without being read."""
    header = _text({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}})
    file.write_bytes(_pack(header, b""))
    with open(file, "r+b") as out:
        out.truncate(1 << 30)
    tracemalloc.start()
    try:
        dp.load(file)
    except ValueError:
        peak = tracemalloc.get_traced_memory()[1]
        return None if peak < _BYTES // 100 else f"{peak / 2**20:.0f} MB for a refusal"
    finally:
        tracemalloc.stop()
    return "a file with bytes that no tensor has was taken"


ATTACKS = (
    Attack(
        "safetensors",
        "judged as safetensors judges it (BF16 read as float32, dtypes that Denpa has not named), "
        "2 s of the processor, 500 MB",
        safetensors_files,
        140,
        6000,
    ),
)
