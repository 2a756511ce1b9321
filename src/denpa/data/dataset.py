"""`Data`: what every reader returns, arrays ready for a network plus what is known about them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from denpa.data.errors import DataError, counted
from denpa.data.origin import Origin

__all__ = ["Array", "Data", "Encoding", "Kind", "Task"]

Array = NDArray[Any]
Task = Literal["classification", "regression"]
Kind = Literal["table", "images"]
Encoding = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Data:
    """Examples as arrays, with their meaning.

    Shapes:
        x: float32, (N, D) for a table, (N, C, H, W) in [0, 1] for images.
        y: int64 class indices (N,), or float32 targets (N, 1), or None where there is no target.

    `encoding` is a dict that JSON can hold: all that is needed to read a *new* file in the same
    way, `read(new_file, encoding=data.encoding)`. `rows` names the pictures of a folder. `kept`
    holds the row numbers that were left when rows were dropped (None: all of them). `filled`
    marks the values of x that were missing and got the mean. `origin` tells the lines of a text
    file. `why_task` and `notes` are sentences to say aloud.

    >>> from denpa.data import digits
    >>> data = digits()
    >>> data
    Data('digits', images (1797, 1, 8, 8), classification, 10 classes)
    >>> len(data), data.y.dtype
    (1797, dtype('int64'))
    """

    x: NDArray[np.float32]
    y: Array | None
    task: Task | None
    classes: tuple[str, ...]
    features: tuple[str, ...]
    name: str
    source: str
    licence: str
    kind: Kind
    encoding: Encoding
    why_task: str = ""
    target: str | None = None
    notes: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    kept: NDArray[np.int64] | None = None
    filled: NDArray[np.bool_] | None = field(default=None, repr=False)
    origin: Origin | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return int(self.x.shape[0])

    def __repr__(self) -> str:
        parts = [repr(self.name), f"{self.kind} {self.x.shape}", self.task or "no target"]
        if self.classes:
            parts.append(counted(len(self.classes), "class"))
        return f"Data({', '.join(parts)})"

    @cached_property
    def sha256(self) -> str:
        """SHA-256 over what a network sees, as 64 hexadecimal digits.

        Hashed in this order: for x and then y (if any) a line "name dtype shape" and the values'
        bytes, C order, little-endian; then task, classes and features as one JSON list.
        """
        digest = hashlib.sha256()
        for label, array in (("x", self.x), ("y", self.y)):
            if array is None:
                continue
            plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
            digest.update(f"{label} {plain.dtype.str} {plain.shape}\n".encode())
            digest.update(plain.data if plain.size else b"")
        names = [self.task, list(self.classes), list(self.features)]
        digest.update(json.dumps(names, ensure_ascii=True).encode())
        return digest.hexdigest()

    def require_target(self) -> Array:
        """Return y, or raise a DataError that says how to give targets to this sort of source."""
        if self.y is not None:
            return self.y
        if self.rows:
            how = "Put the pictures of each class in a sub-folder of their own, named by the class"
        elif self.encoding.get("from") == "array":
            how = "Give an NPZ file with arrays x and y, or the pair (X, y)"
        else:
            how = "Name the column to predict with target= (--target)"
        raise DataError(f"{self.source}: there is no target to learn from. {how}.")

    def take(self, rows: Array | Sequence[int]) -> Data:
        """Return the examples with these row numbers, in this order, everything else the same.

        >>> from denpa.data import digits
        >>> digits().take([3, 1]).y
        array([3, 1])
        """
        index = np.asarray(rows)
        kept = index if self.kept is None else self.kept[index]
        return replace(
            self,
            x=self.x[index],
            y=None if self.y is None else self.y[index],
            rows=tuple(self.rows[int(i)] for i in index) if self.rows else (),
            kept=np.asarray(kept, dtype=np.int64),
            filled=None if self.filled is None else self.filled[index],
        )

    def fill_from(self, rows: Array | Sequence[int]) -> Data:
        """Return the data with missing values filled by the means of these rows alone.

        `read(..., missing="mean")` fills with the mean of the whole file. Call this with the
        training rows after the split, so that nothing of the test part leaks into training. The
        same data come back when nothing was missing.
        """
        if self.filled is None or not self.filled.any():
            return self
        known = np.where(self.filled, np.nan, self.x.astype(np.float64))[rows]  # (R, D)
        empty = np.isnan(known).all(axis=0)
        if empty.any():
            column = self.features[int(np.argmax(empty))]
            raise DataError(
                f"{self.source}: column {column!r} has no value in the training rows to take a"
                f" mean from. Leave it out with drop=[{column!r}]."
            )
        fill = np.nanmean(known, axis=0)  # (D,)
        x = np.where(self.filled, fill, self.x).astype(np.float32)
        return replace(self, x=x, encoding={**self.encoding, "fill": fill.tolist()})
