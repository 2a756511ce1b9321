"""Tensors on disk, in the safetensors format: names, shapes and bytes, and nothing that could
run.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import DTYPES
from denpa.core.files import write_atomically
from denpa.functional.common import check_device

_PICKLES = (".pt", ".pth")


def save(
    obj: Mapping[str, Any], f: str | os.PathLike[str], metadata: Mapping[str, str] | None = None
) -> None:
    """Write a dict of tensors, as `net.state_dict()` gives it, to a .safetensors file.

    The file is complete or not there: it is written beside its place and then moved. A name that
    promises a pickle of PyTorch's (.pt, .pth) is taken, with a UserWarning that says what the file
    is. `metadata` is a dict from str to str.
    Errors: TypeError for anything but a flat dict from str to tensors or arrays (there is no pickle
    here); OSError for a file that cannot be written (FileNotFoundError without its folder).

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
    """Read what `save` wrote: a dict of tensors.

    `weights_only` changes nothing: a file holds tensors and nothing else.

    Errors: FileNotFoundError for a file that is not there; ValueError for one that is truncated or
    no safetensors file; NotImplementedError for a `map_location` other than the CPU.

    >>> import denpa as dp, os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "net.safetensors")
    >>> dp.save(dp.nn.Linear(3, 2).state_dict(), path)
    >>> dp.load(path)["weight"].shape
    (2, 3)
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load as from_bytes

    check_device(map_location)
    data = Path(f).read_bytes()
    if data.startswith((b"PK\3\4", b"\x80\2")):
        raise ValueError(
            f"{os.fspath(f)} holds a pickle, as PyTorch's save writes it, which can run code when "
            "it is read; Denpa reads safetensors: in PyTorch write the state with "
            "safetensors.torch.save_file(net.state_dict(), path)"
        )
    try:
        arrays = from_bytes(data)
    except SafetensorError as error:
        raise ValueError(
            f"{os.fspath(f)} is not a complete safetensors file ({error}); it may be truncated, "
            "or of "
            "another format"
        ) from None
    return {key: tensor_of(array) for key, array in arrays.items()}
