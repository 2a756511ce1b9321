"""Checkpoints: one safetensors file that holds all that training goes on from.

The file is written beside its place and renamed onto it, so a crash leaves the old one or the new
one, never half of one; its digest says when it is no longer what was written. No pickle: tensors as
they are, everything else as JSON in the header.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.errors import ArgumentError
from denpa.core.files import write_atomically
from denpa.core.sealed import Damaged, read_sealed, seal, unseal

FORMAT = 2


def _split(tree: Any, path: str, arrays: dict[str, np.ndarray]) -> Any:
    """Plain data with references in place of arrays; keys that are not text are kept as pairs."""
    # Not `jsonable`, which drops what `_join` must give back: tuples, keys, NaN and infinity.
    if isinstance(tree, (Tensor, np.ndarray)):
        array = tree.detach().numpy() if isinstance(tree, Tensor) else tree
        arrays[path] = np.asarray(array, order="C")  # ascontiguousarray lengthens 0-dim shapes
        return {"__array__": path, "tensor": isinstance(tree, Tensor)}
    if isinstance(tree, dict):
        return {"__pairs__": [[k, _split(v, f"{path}/{k}", arrays)] for k, v in tree.items()]}
    if isinstance(tree, (list, tuple)):
        parts = [_split(v, f"{path}/{k}", arrays) for k, v in enumerate(tree)]
        return {"__tuple__": parts} if isinstance(tree, tuple) else parts
    if isinstance(tree, np.generic):
        return tree.item()
    if tree is None or isinstance(tree, (bool, int, float, str)):
        return tree
    raise TypeError(
        f"a checkpoint cannot hold {type(tree).__name__} (at {path}); no pickle is used"
    )


def _join(tree: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(tree, list):
        return [_join(v, arrays) for v in tree]
    if not isinstance(tree, dict):
        return tree
    if "__array__" in tree:
        array = arrays[tree["__array__"]]
        return tensor_of(array) if tree["tensor"] else array
    if "__tuple__" in tree:
        return tuple(_join(v, arrays) for v in tree["__tuple__"])
    return {k: _join(v, arrays) for k, v in tree["__pairs__"]}


@dataclass(frozen=True)
class Snapshot:
    """Nested dicts, lists and tuples of arrays, tensors and plain values, as they were when it was
    made: its arrays are copies."""

    arrays: dict[str, np.ndarray]
    plain: Any

    @classmethod
    def of(cls, tree: dict[str, Any]) -> Snapshot:
        """A copy of a tree; TypeError for what would need pickle."""
        arrays: dict[str, np.ndarray] = {}
        plain = _split(tree, "", arrays)
        return cls({k: v.copy() for k, v in arrays.items()}, plain)

    def pack(self, **header: Any) -> bytes:
        """The bytes of the file, with more for its header."""
        # As a text: NaN and infinity are no JSON, but what json reads and writes.
        tree = json.dumps(self.plain)
        return seal(self.arrays, {"format": f"denpa-checkpoint-{FORMAT}", "tree": tree, **header})


def save_tree(path: str | os.PathLike[str], tree: dict[str, Any]) -> None:
    """Write nested dicts, lists and tuples of arrays, tensors and plain values."""
    write_atomically(path, Snapshot.of(tree).pack())


def load_tree(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read what `save_tree` wrote.

    Errors: FileNotFoundError for no file; ArgumentError (a ValueError) for one that is no
    checkpoint, is damaged, or of another version.
    """
    return load_checkpoint(path)[1]


def load_checkpoint(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header of a checkpoint, and its tree."""
    try:
        header, arrays = unseal(read_sealed(path))
    except Damaged as error:
        raise ArgumentError(f"{path} is not a checkpoint, or is damaged: {error}") from None
    if header.get("format") != f"denpa-checkpoint-{FORMAT}":
        found = header.get("format", "no format")
        raise ArgumentError(
            f"{path} is not a checkpoint of this version (it says {found!r}, expected "
            f"'denpa-checkpoint-{FORMAT}'); start the run anew"
        )
    try:
        tree: dict[str, Any] = _join(json.loads(header["tree"]), arrays)
    except (LookupError, TypeError, ValueError, RecursionError, AttributeError) as error:
        what = f"{type(error).__name__}: {error}"
        raise ArgumentError(f"{path} is not a checkpoint of a training ({what})") from None
    return header, tree
