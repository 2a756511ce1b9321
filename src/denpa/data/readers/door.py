"""`read`: one door for every sort of data that a user may have."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from denpa.core.wording import option
from denpa.data.dataset import Data, Encoding
from denpa.data.encoders.arrays import from_arrays
from denpa.data.encoders.table import from_table
from denpa.data.errors import DataError, nearest
from denpa.data.opening import check_sort
from denpa.data.origin import Origin
from denpa.data.readers import binary, columnar, folders, idx, images, text

__all__ = ["SUPPORTED", "encode", "read"]

SUPPORTED = (
    ".csv",
    ".tsv",
    ".csv.gz",
    ".tsv.gz",
    ".parquet",
    ".npz",
    ".npy",
    "IDX (-ubyte, -ubyte.gz)",
    "a folder of images",
    *folders.SUFFIXES,
)
"""What `read` takes from the disk, as texts for people: endings of files and a folder."""

_CSV = (".csv", ".tsv", ".tab", ".csv.gz", ".tsv.gz", ".tab.gz")
_NOT_TEXT = "anything but CSV and TSV files"
_NO_FOLDER = "anything but pictures and IDX files"
_PARQUET = (".parquet", ".pq")


def read(
    source: Any,
    *,
    target: str | int | Literal[False] | None = None,
    encoding: Encoding | None = None,
    task: str | None = None,
    missing: str | None = None,
    drop: Sequence[str] = (),
    keep: Sequence[str] = (),
    no_header: bool = False,
    signal: bool = False,
    image_size: int | tuple[int, int] | None = None,
    classes: Sequence[str] | None = None,
    name: str | None = None,
    follow_links: bool = False,
) -> Data:
    """Read data from a file, a folder, a data frame or arrays.

    * `source`: a path (CSV, TSV, Parquet, NPZ, NPY, IDX, the text files and IDX also .gz; a folder
      of pictures or one picture), a pandas or polars DataFrame, an array x, or a pair (x, y).
    * `target`: the column of a table to predict, also one that a data frame calls by a whole
      number; in an NPZ file the array, beside an NPY or IDX
      file the file with the targets. False: leave the targets unread.
    * `encoding`: `encoding` of the training data, to read new data in the same way. Then the
      target comes from the encoding, and y is None where the new data have no target.
    * `task`: "classification" or "regression" where the guess is wrong.
    * `missing`: "error" (the default), "drop" rows, or "mean": fill in the mean of the column (for
      text the share of each category); `notes` say how many cells and with what. Infinite values
      count as missing. With an encoding the default is what was chosen in training.
    * `drop`: columns of a table to leave out.
    * `keep`: columns of a table to train on though they look like row numbers: such columns, with
      the name of an index or none, are left out.
    * `no_header`: the first line of a CSV or TSV file is data; its columns are x1, x2, ...
    * `signal`: arrays x (N, C, L) are C channels of L values each, not pictures of C x L pixels.
    * `image_size`: pixels of each side, or (height, width), for pictures from files.
    * `classes`: the names of all classes; for labels 0..K-1 in arrays, in that order.
    * `name`: the name to show in place of the file's.
    * `follow_links`: follow links that lead out of a folder of pictures (or, from an IDX file, to
      labels elsewhere), which are refused otherwise.

    Only regular files are opened, of the formats named and up to stated bounds: no device or pipe,
    nothing that a packed file makes out to be far larger than itself or than the memory.

    Returns `Data`, x of shape (N, D), (N, C, L) or (N, C, H, W).

    Errors: DataError (a ValueError), one line of text, for everything that is wrong with the source
    and for an option that does not go with it.

    >>> import numpy as np
    >>> from denpa.data import read
    >>> data = read((np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.5, 2.5])))
    >>> data, data.why_task
    (Data('arrays', table (2, 2), regression),
     "regression: 'y' holds numbers, 2 different values from 1.5 to 2.5; task='classification' says
     otherwise")
    """
    target = _column(target)
    if encoding is not None:
        given = {"task": task, "drop": tuple(drop), "keep": tuple(keep), "no_header": no_header}
        more = {"signal": signal, "image_size": image_size, "classes": classes}
        _check_encoding(encoding, target, given | more)
    options = _Options(
        target=target,
        encoding=encoding,
        task=task,
        missing=missing,
        drop=tuple(drop),
        keep=tuple(keep),
        no_header=no_header,
        signal=signal,
        image_size=image_size,
        classes=classes,
        follow_links=follow_links,
    )
    if not isinstance(source, (str, Path)):
        options.refuse("data in memory", _NOT_TEXT, "no_header")
        options.refuse("data in memory", _NO_FOLDER, "follow_links")
    if isinstance(source, (str, Path)):
        data = _from_path(Path(source), options)
    elif isinstance(source, np.ndarray):
        data = _arrays(source, None, Origin("array"), "array", options)
    elif isinstance(source, tuple):
        data = _from_pair(source, options)
    else:
        data = _from_frame(source, options)
    if name is not None:
        object.__setattr__(data, "name", name)  # not shared with anybody yet
    return data


def _column(target: object) -> str | Literal[False] | None:
    """The name of the target as the columns of a table are called."""
    if target is None or target is False:
        return target
    if not isinstance(target, (str, int)) or target is True:
        raise DataError(f"target is the name of one column, not {target!r}")
    return str(target)


def encode(
    source: Any, encoding: Encoding, *, missing: str | None = None, follow_links: bool = False
) -> Data:
    """Read new data for prediction: as `read` with an encoding, any target left unread.

    `source`, `missing` and `follow_links` as for `read`; returns Data, x (N, …) as in training and
    y None.

    Errors: DataError (a ValueError) for what does not fit the encoding: another shape or sort, a
    missing column or value, an unknown category; and for an encoding of another version.

    >>> import numpy as np
    >>> from denpa.data import encode, read
    >>> train = read((np.eye(4), np.array([0, 1, 0, 1])))
    >>> encode(np.ones((1, 4)), train.encoding).x
    array([[1., 1., 1., 1.]])
    """
    return read(source, encoding=encoding, missing=missing, target=False, follow_links=follow_links)


@dataclass(frozen=True)
class _Options:
    """The arguments of `read` on their way to the reader that uses them."""

    target: str | Literal[False] | None
    encoding: Encoding | None
    task: str | None
    missing: str | None
    drop: tuple[str, ...]
    keep: tuple[str, ...]
    no_header: bool
    signal: bool
    image_size: int | tuple[int, int] | None
    classes: Sequence[str] | None
    follow_links: bool

    @property
    def target_name(self) -> str | None:
        return self.target or None

    def refuse(self, where: str, what: str, *names: str) -> None:
        """Raise for options given that have no meaning for this source: none is ignored."""
        for name in names:
            if getattr(self, name) not in (None, (), False):
                raise DataError(f"{where}: {option(name)} does not go with {what}. Leave it out.")


def _from_path(path: Path, options: _Options) -> Data:
    try:
        if not path.exists():
            raise _absent(path)
        check_sort(path, folder=True)
    except OSError as error:  # a name too long, a folder that may not be entered
        raise DataError(f"{path}: cannot be read ({error.strerror or error}).") from error
    if not os.access(path, os.R_OK):
        raise DataError(f"{path}: no permission to read it. Change its mode or copy it.")
    if path.is_dir():
        options.refuse(str(path), _NOT_TEXT, "no_header")
        return _pictures(path, options)
    lower = path.name.lower()
    # The classes of files are told by their names: contents would make a typo a silent surprise.
    if not idx.is_idx(path) and not lower.endswith(folders.SUFFIXES):
        options.refuse(str(path), _NO_FOLDER, "follow_links")
    if lower.endswith(_CSV):
        frame, origin = text.read_csv(path, options.encoding, options.no_header)
        return _table(frame, origin, _stem(path), str(path), options)
    options.refuse(str(path), _NOT_TEXT, "no_header")
    if lower.endswith(_PARQUET):
        frame, origin = columnar.read_parquet(path)
        return _table(frame, origin, _stem(path), str(path), options)
    if lower.endswith(".npz"):
        x, y, y_name = binary.read_npz(path, options.target_name)
        return _arrays(x, y, Origin(str(path)), str(path), options, y_name, _stem(path))
    if lower.endswith(".npy"):
        x = binary.read_npy(path)
        y = None
        if options.target_name is not None:
            beside = Path(options.target_name)
            if not beside.is_file():
                raise DataError(
                    f"{path}: target= names the NPY file of the targets, but there is no file"
                    f" {str(beside)!r}."
                )
            y = binary.read_npy(beside)
        return _arrays(x, y, Origin(str(path)), str(path), options, "y", _stem(path))
    if lower.endswith(folders.SUFFIXES):
        return _pictures(path, options)
    if idx.is_idx(path):
        x, y = idx.read_idx(path, options.target_name, options.follow_links)
        return _arrays(x, y, Origin(str(path)), str(path), options, "labels", _stem(path))
    raise DataError(
        f"{path}: cannot tell what sort of file this is by its ending"
        f" {''.join(path.suffixes[-1:])!r}. Supported: {', '.join(SUPPORTED)}."
    )


def _from_pair(source: tuple[Any, ...], options: _Options) -> Data:
    if len(source) != 2:
        raise DataError(f"a tuple of {len(source)} was given; expected (X, y).")
    x, y = source
    if _module(x) in ("pandas", "polars"):
        raise DataError(
            "(X, y) with a data frame: put y in the frame as a column and name it with target=."
        )
    return _arrays(np.asarray(x), np.asarray(y), Origin("arrays"), "arrays", options)


def _from_frame(source: Any, options: _Options) -> Data:
    module = _module(source)
    if module == "polars":
        source, module = columnar.from_polars(source), "pandas"
    if module != "pandas" or not hasattr(source, "columns"):
        raise DataError(
            f"cannot read data from {type(source).__name__}; expected a path, a pandas or polars"
            " DataFrame, an array or (X, y)."
        )
    return _table(source, Origin("data frame"), "frame", "data frame", options)


def _table(frame: Any, origin: Origin, name: str, source: str, options: _Options) -> Data:
    options.refuse(origin.name, "a table", "image_size", "signal")
    return from_table(
        frame,
        origin,
        name=name,
        source=source,
        target=options.target,
        encoding=options.encoding,
        task=options.task,
        missing=options.missing,
        drop=options.drop,
        keep=options.keep,
        classes=options.classes,
    )


def _arrays(
    x: Any,
    y: Any,
    origin: Origin,
    source: str,
    options: _Options,
    y_name: str = "y",
    name: str = "arrays",
) -> Data:
    what = "arrays"
    options.refuse(origin.name, what, "drop", "keep", "image_size")
    if origin.name in ("array", "arrays"):
        options.refuse(origin.name, what, "target")
    data = from_arrays(
        x,
        None if options.target is False else y,
        origin,
        source=source,
        encoding=options.encoding,
        task=options.task,
        missing=options.missing,
        classes=options.classes,
        target=y_name,
        signal=options.signal,
    )
    object.__setattr__(data, "name", name)
    return data


def _pictures(path: Path, options: _Options) -> Data:
    options.refuse(str(path), "pictures", "target", "drop", "keep", "signal")
    if options.missing not in (None, "error"):
        options.refuse(str(path), "pictures", "missing")
    if options.task not in (None, "classification"):
        raise DataError(
            f"{path}: task={options.task!r} does not go with pictures in class folders."
        )
    return images.from_pictures(
        path,
        encoding=options.encoding,
        image_size=options.image_size,
        classes=options.classes,
        follow_links=options.follow_links,
    )


def _check_encoding(
    encoding: Encoding,
    target: str | Literal[False] | None,
    given: dict[str, Any],
) -> None:
    if encoding.get("version") != 1 or encoding.get("kind") not in ("table", "images", "signals"):
        raise DataError(
            f"the encoding has version {encoding.get('version')!r} and kind"
            f" {encoding.get('kind')!r}; this Denpa reads version 1 of tables, images and signals."
            " Train the model again."
        )
    record = encoding.get("target") or {}
    if target and encoding.get("from") == "table" and target != record.get("name"):
        raise DataError(
            f"target={target!r}, but the model was trained on the target {record.get('name')!r}."
        )
    for name, value in given.items():
        if value not in (None, (), False):
            raise DataError(
                f"{option(name)} is fixed by the training data's encoding. Leave it out."
            )


def _absent(path: Path) -> DataError:
    parent = path.parent
    hint = ""
    if parent.is_dir():
        hint = nearest(path.name, [f.name for f in list(parent.iterdir())[:2000]])
    elif str(parent) != ".":
        hint = f" The folder {str(parent)!r} is not there either."
    return DataError(f"{path}: no such file or folder (looked in {Path.cwd()}).{hint}")


def _stem(path: Path) -> str:
    name = path.name.removesuffix(".gz")
    return name.rsplit(".", 1)[0] or name


def _module(value: object) -> str:
    return type(value).__module__.split(".")[0]
