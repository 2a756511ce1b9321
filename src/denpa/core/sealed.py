"""Safetensors files with a header of plain data and a digest of all of it.

A bit that has flipped gives other weights and no error; the digest gives one. It keeps nobody from
changing a file on purpose: who does can write the digest anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from typing import Any

import numpy as np

KEY = "denpa"  # one: safetensors writes several in an order that changes from run to run


class Damaged(ValueError):
    """The bytes are not what was written; the text says how that was seen."""


def seal(arrays: Mapping[str, np.ndarray], header: Mapping[str, Any]) -> bytes:
    """The bytes of a safetensors file with the arrays, the header and their SHA-256.

    `header` holds what JSON can: NaN and infinity are refused with a ValueError.

    >>> raw = seal({"w": np.zeros(2)}, {"format": 1})
    >>> unseal(raw)
    ({'format': 1}, {'w': array([0., 0.])})
    >>> unseal(raw[:-1] + b"!")
    Traceback (most recent call last):
        ...
    denpa.core.sealed.Damaged: its SHA-256 is not the one that it was written with
    """
    from safetensors.numpy import save

    whole = {k: np.asarray(v, order="C") for k, v in arrays.items()}
    text = _text({**header, "sha256": _digest(whole, header)})
    return save(whole, metadata={KEY: text})


def read_sealed(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a sealed file, read only if they are as many as its header describes.

    Errors: OSError; Damaged for what is no such file: a folder, a pipe, one of another length.
    """
    # Not waiting, where a pipe stands in the file's place.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(handle, "rb") as file:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            raise Damaged("it is not an ordinary file")
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= facts.st_size - 8:
            raise Damaged(f"it has {facts.st_size:,} bytes, and its header alone needs {length:,}")
        head = file.read(length)
        try:
            table = json.loads(head)
            ends = [v["data_offsets"][1] for k, v in table.items() if k != "__metadata__"]
            wanted = 8 + length + max(ends, default=0)
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise Damaged(f"its header cannot be read: {_first(error)}") from None
        if wanted != facts.st_size:
            raise Damaged(f"it has {facts.st_size:,} bytes, and its header describes {wanted:,}")
        return length.to_bytes(8, "little") + head + file.read(facts.st_size - 8 - length)


def unseal(raw: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The header and the arrays of a sealed file.

    Errors: Damaged for anything else, and for one whose digest is missing or not its own.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays = load(raw)
        size = int.from_bytes(raw[:8], "little")
        header = json.loads(json.loads(raw[8 : 8 + size])["__metadata__"][KEY])
    except (SafetensorError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise Damaged(f"it cannot be read: {_first(error)}") from None
    if not isinstance(header, dict) or not isinstance(header.get("sha256"), str):
        raise Damaged("it carries no SHA-256, so nobody can know whether it is as it was written")
    if header.pop("sha256") != _digest(arrays, header):
        raise Damaged("its SHA-256 is not the one that it was written with")
    return header, arrays


def _first(error: Exception) -> str:
    return f"{type(error).__name__} {(str(error).splitlines() or [''])[0]}".rstrip()


def _text(header: Mapping[str, Any]) -> str:
    return json.dumps(header, sort_keys=True, allow_nan=False)


def _digest(arrays: Mapping[str, np.ndarray], header: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(_text(header).encode())
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"\0{name}\0{array.dtype.str}\0{array.shape}\0".encode())
        digest.update(np.ascontiguousarray(array).data if array.size else b"")
    return digest.hexdigest()
