"""Tensors on disk, in the safetensors format: names, shapes and bytes, and nothing that could
run.
"""

from __future__ import annotations

import os
import stat
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import (
    DTYPES,
    bool_,
    float16,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    uint8,
)
from denpa.core.files import write_atomically
from denpa.functional.common import check_device

_PICKLES = (".pt", ".pth")
_DTYPES = {
    "F64": float64,
    "F32": float32,
    "F16": float16,
    "I64": int64,
    "I32": int32,
    "I16": int16,
    "I8": int8,
    "U8": uint8,
    "BOOL": bool_,
}
_BFLOAT16 = "BF16"
_RESERVED = "__metadata__"  # the header's own key


def save(
    obj: Mapping[str, Any], f: str | os.PathLike[str], metadata: Mapping[str, str] | None = None
) -> None:
    """Write a dict of tensors, as `net.state_dict()` gives it, to a .safetensors file.

    The file is complete or not there: it is written beside its place and then moved. A name that
    promises a pickle of PyTorch's (.pt, .pth) is taken, with a UserWarning that says what the file
    is. `metadata` is a dict from str to str.
    Errors: TypeError for anything but a flat dict from str to tensors or arrays (there is no pickle
    here); ValueError for the key `__metadata__`, which the format keeps for itself; OSError for a
    file that cannot be written (FileNotFoundError without its folder).

    >>> import denpa as dp, os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "net.safetensors")
    >>> dp.save({"w": dp.ones(2)}, path)
    >>> dp.load(path)
    {'w': tensor([1., 1.])}
    """
    from safetensors.numpy import save as to_bytes

    if not isinstance(obj, Mapping):
        raise TypeError(
            f"save takes a dict of tensors, not {type(obj).__name__}; pass net.state_dict() "
            "(objects would need pickle, which can run code when it is read)"
        )
    arrays: dict[str, np.ndarray] = {}
    for key, x in obj.items():
        if not isinstance(key, str):
            raise TypeError(f"save: the key {key!r} must be a str")
        if key == _RESERVED:
            raise ValueError(f"save: the format keeps the key {key!r} for itself; choose another")
        array = x._held() if isinstance(x, Tensor) else x
        if not isinstance(array, np.ndarray) or array.dtype not in DTYPES:
            kind = array.dtype if isinstance(array, np.ndarray) else type(x).__name__
            raise TypeError(
                f"save: {key!r} must be a tensor, not {kind}; only tensors are stored, nothing "
                "is pickled"
            )
        arrays[key] = np.array(array, order="C")  # also frees views of one memory from each other
    if Path(f).suffix in _PICKLES:
        warnings.warn(
            f"{os.fspath(f)} is written in the safetensors format, not as PyTorch's pickle: read "
            "it with denpa.load, or with safetensors.torch.load_file in PyTorch; the name "
            f"{Path(f).stem}.safetensors says so",
            UserWarning,
            stacklevel=2,
        )
    write_atomically(f, to_bytes(arrays, None if metadata is None else dict(metadata)))


def load(
    f: str | os.PathLike[str], map_location: Any = None, *, weights_only: bool | None = None
) -> dict[str, Tensor]:
    """Read what `save` wrote, or another safetensors file: a dict of tensors.

    A tensor of bfloat16 is read as float32, which holds each of its values exactly. `weights_only`
    changes nothing: a file holds tensors and nothing else.

    Errors: FileNotFoundError for a file that is not there; ValueError for one that is truncated or
    no safetensors file, and for a tensor of a dtype that Denpa has not, which the text names;
    NotImplementedError for a `map_location` other than the CPU.

    >>> import denpa as dp, os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "net.safetensors")
    >>> dp.save(dp.nn.Linear(3, 2).state_dict(), path)
    >>> dp.load(path)["weight"].shape
    (2, 3)
    """
    from safetensors import SafetensorError, deserialize, safe_open

    split: Any = deserialize  # safetensors leaves it without types
    check_device(map_location)
    name = os.fspath(f)
    mode = os.stat(f).st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # which open() refuses by itself
        raise ValueError(f"{name} is a pipe or a device; give a safetensors file")
    with open(f, "rb") as file:
        if file.read(4).startswith((b"PK\3\4", b"\x80\2")):
            raise ValueError(
                f"{name} holds a pickle, as PyTorch's save writes it, which can run code when "
                "it is read; Denpa reads safetensors: in PyTorch write the state with "
                "safetensors.torch.save_file(net.state_dict(), path)"
            )
    try:
        # The header first, of a file that is mapped and not read: it can promise anything.
        with safe_open(name, framework="numpy") as parts:
            for key in parts.keys():  # noqa: SIM118 (not a dict)
                _check_dtype(name, key, parts.get_slice(key).get_dtype())
        found = split(Path(f).read_bytes())
    except SafetensorError as error:
        raise ValueError(
            f"{name} is not a complete safetensors file ({_line(error)}); it may be truncated, or "
            "of another format"
        ) from None
    return {key: tensor_of(_array(name, key, part)) for key, part in found}


def _check_dtype(name: str, key: str, dtype: str) -> None:
    if dtype not in _DTYPES and dtype != _BFLOAT16:
        raise ValueError(
            f"{name}: the tensor {key!r} has the dtype {dtype}; Denpa has {', '.join(_DTYPES)}, "
            f"and reads {_BFLOAT16} as F32. Convert it where it comes from: in PyTorch, "
            "tensor.float() before save_file"
        )


def _array(name: str, key: str, part: Mapping[str, Any]) -> np.ndarray:
    """The array of a tensor as safetensors gives it: bytes, little-endian, a dtype and a shape."""
    _check_dtype(name, key, part["dtype"])
    if part["dtype"] == _BFLOAT16:  # the upper half of a float32
        halves = np.frombuffer(part["data"], "<u2").astype(np.uint32)
        flat = np.left_shift(halves, 16).view(np.float32)
    elif part["dtype"] == "BOOL":  # any byte but 0 is true
        flat = np.frombuffer(part["data"], np.uint8) != 0
    else:
        dtype = _DTYPES[part["dtype"]]
        flat = np.frombuffer(part["data"], dtype.newbyteorder("<")).astype(dtype, copy=False)
    try:
        return flat.reshape(part["shape"])
    except ValueError as error:  # too many dimensions, or sizes whose product is too large
        raise ValueError(
            f"{name}: the tensor {key!r} has a shape that NumPy has not ({_line(error)})"
        ) from None


def _line(error: Exception) -> str:
    """An error's text, which may quote the file: short, on one line, without control characters."""
    text = str(error)
    text = text if len(text) <= 200 else text[:200] + " …"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
