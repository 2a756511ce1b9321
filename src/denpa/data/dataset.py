"""`Data`: what every reader returns, arrays ready for a network plus what is known about them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from denpa.core.wording import option
from denpa.data.errors import DataError, counted
from denpa.data.origin import Origin

__all__ = ["Array", "Data", "Encoding", "Kind", "Reading", "Task"]

Array = NDArray[Any]
Task = Literal["classification", "regression"]
Kind = Literal["table", "images", "signals"]
Encoding = dict[str, Any]


class Reading(Protocol):
    """What data were read from, to be encoded again by what some of its rows say."""

    def targets(self, record: dict[str, Any]) -> Array:
        """Return y of every row: -1 or NaN where a row has no target."""
        ...

    def refit(self, data: Data, rows: NDArray[np.int64]) -> Data:
        """Return all data by an encoding fitted to these rows."""
        ...


@dataclass(frozen=True, eq=False)
class Data:
    """Examples as arrays, with their meaning.

    * `x`: float64 (N, D) for a table, (N, C, L) for signals (float32 where arrays of float32 were
      given), in their own units: standardise before casting them. float32 (N, C, H, W) in [0, 1]
      for images.
    * `y`: int64 class indices (N,), or float64 targets (N, 1), or None where there is no target.

    `encoding` is a dict that JSON can hold: all that is needed to read a *new* file in the same
    way, `read(new_file, encoding=data.encoding)`. `rows` names the pictures of a folder. `kept`
    holds the row numbers that were left when rows were dropped (None: all of them). `filled`
    marks the values of x that were missing and got the mean. `origin` tells the lines of a text
    file. `why_task` and `notes` are sentences to say aloud. Fillings, categories and ranges are
    those of all rows: `fit_to` takes them from the training part alone.

    Errors: `require_target` and `targets` a DataError (a ValueError) where there is no target;
    `take` an IndexError for a row that there is not. The constructor checks nothing: `read` does.

    >>> from denpa.data import digits
    >>> data = digits()
    >>> data
    Data('digits', images (1797, 1, 8, 8), classification, 10 classes)
    >>> len(data), data.y.dtype
    (1797, dtype('int64'))
    """

    x: NDArray[np.floating[Any]]
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
    reading: Reading | None = field(default=None, repr=False)

    @property
    def fillings(self) -> tuple[str, ...]:
        """What is to be said of the missing cells of new data that were filled."""
        return () if self.filled is None else self.notes

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
            how = f"Name the column to predict with {option('target')}"
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
            reading=None,
        )

    def take_source(self, rows: Array | Sequence[int]) -> Data:
        """Return those of these rows of the source that were not left out, in its order."""
        if self.kept is None:
            return self.take(np.sort(np.asarray(rows)))
        return self.take(np.flatnonzero(np.isin(self.kept, rows)))

    @cached_property
    def targets(self) -> Array:
        """y of every row of the source, those left out by missing="drop" too; -1 or NaN where a row
        has no target. What to `split` by, before `fit_to`."""
        y = self.require_target()
        return y if self.reading is None else self.reading.targets(self.encoding["target"])

    def fit_to(self, rows: Array | Sequence[int]) -> Data:
        """Return all data as these rows alone, the training part, say that they are to be read.

        The means that fill missing values, the categories of a column, its first date, columns
        left out as constant or as row numbers, the range of pixels, the size of pictures from
        files: none of it depends on the other rows. A category that only those have is 0 in all
        one-hot columns, which a note says. Task and class names stay those of the whole.

        * `rows`: row numbers of the source, whose rows `targets` holds too.

        Errors: a DataError for data that were read by an encoding or taken from others, and for a
        column without a value in these rows.

        >>> import numpy as np
        >>> from denpa.data import read
        >>> x = np.array([[1.0], [np.nan], [3.0], [8.0]])
        >>> data = read((x, np.array([0, 1, 0, 1])), missing="mean")
        >>> float(data.x[1, 0]), float(data.fit_to([0, 1, 2]).x[1, 0])
        (4.0, 2.0)
        """
        if self.reading is None:
            raise DataError(
                f"{self.source}: fit_to needs the data as they were read, without encoding= and"
                " before take."
            )
        return self.reading.refit(self, np.asarray(rows, dtype=np.int64))
