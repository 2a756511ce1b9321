"""The named data sets: `digits`, which is inside the package, and `mnist`, known by its hashes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from denpa.core.files import write_atomically
from denpa.core.folders import cache_folder
from denpa.core.wording import option
from denpa.data.dataset import Array, Data
from denpa.data.encoders.arrays import from_arrays
from denpa.data.errors import DataError, check_option
from denpa.data.origin import Origin
from denpa.data.readers.binary import Archive
from denpa.data.readers.idx import parse_idx, read_bytes

__all__ = ["Info", "available", "cache_dir", "digits", "get", "mnist"]

_DIGITS = Path(__file__).parents[1] / "files" / "digits.npz"
DIGITS_SHA256 = "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826"
"""Of the bytes of the images (1797, 8, 8) and then of the labels (1797,), both uint8."""

_DIGITS_SOURCE = (
    "E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits (1998), test set;"
    " UCI Machine Learning Repository, doi:10.24432/C50P49"
)
_MNIST_SOURCE = "Y. LeCun, C. Cortes, C. J. C. Burges: the MNIST database of handwritten digits"

MNIST_SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""SHA-256 of the four files, uncompressed."""

MNIST_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://raw.githubusercontent.com/fgnt/mnist/master/",
)
TIMEOUT = 20.0
"""Seconds without an answer after which the next mirror is tried."""

_MAX_DOWNLOAD = 64 << 20


@dataclass(frozen=True)
class Info:
    """What is known of a named data set, whether or not it is on this machine.

    `path` is where its files are, or None where they are not here. `n` counts the examples, each of
    the shape `shape`; `embedded` (bool): it is in the package, `present` (bool): on this machine.

    Errors: TypeError for a missing field; FrozenInstanceError (an AttributeError) if one is set.

    >>> import denpa as dp
    >>> info = dp.data.available()[0]
    >>> info.name, info.n, info.shape, info.classes, info.present
    ('digits', 1797, (1, 8, 8), 10, True)
    """

    name: str
    description: str
    n: int
    shape: tuple[int, ...]
    classes: int
    licence: str
    source: str
    embedded: bool
    present: bool
    path: str | None


def available(data_dir: str | Path | None = None) -> list[Info]:
    """Return the named data sets, a list of Info; nothing is downloaded.

    `data_dir`: a folder to look in first, as for `mnist`; one that is not there holds nothing.

    Errors: TypeError for a `data_dir` that is no path.

    >>> from denpa.data import available
    >>> [info.name for info in available()]
    ['digits', 'mnist']
    """
    found = [_locate(name, data_dir) for name in MNIST_SHA256]
    present = all(f is not None for f in found)
    first = found[0]
    return [
        Info(
            "digits", "handwritten digits, 8x8 pixels, values 0 to 16", 1797, (1, 8, 8), 10,
            "CC BY 4.0", _DIGITS_SOURCE, True, _DIGITS.is_file(), str(_DIGITS),
        ),
        Info(
            "mnist", "handwritten digits, 28x28 pixels, 60,000 to train and 10,000 to test", 70000,
            (1, 28, 28), 10, "CC BY-SA 3.0", _MNIST_SOURCE, False, present,
            str(first.parent) if present and first is not None else None,
        ),
    ]  # fmt: skip


def get(
    name: str, data_dir: str | Path | None = None, *, download: bool = True
) -> tuple[Data, Data | None]:
    """Return a named data set as (data, test): test is None where there is no fixed test part.

    `data_dir` and `download` as for `mnist`.

    Errors: DataError (a ValueError) for a name that is not there, and those of `mnist`.

    >>> from denpa.data import get
    >>> get("digits")
    (Data('digits', images (1797, 1, 8, 8), classification, 10 classes), None)
    """
    check_option("the name of a data set", name, ("digits", "mnist"))
    if name == "digits":
        return digits(), None
    return mnist(data_dir, download=download)


def digits() -> Data:
    """Return 1,797 handwritten digits of 8x8 pixels, x (1797, 1, 8, 8) in [0, 1].

    Source: E. Alpaydin and C. Kaynak (1998), "Optical Recognition of Handwritten Digits", the test
    set; licence CC BY 4.0. The values 0 to 16 are divided by 16.

    y (1797,) holds the digits as int64.

    Errors: DataError (a ValueError) where the package's file is not as it was shipped.

    >>> from denpa.data import digits
    >>> digits().classes
    ('0', '1', '2', '3', '4', '5', '6', '7', '8', '9')
    """
    remedy = "Install denpa again."
    try:
        with Archive(_DIGITS) as archive:
            images, labels = archive.array("images"), archive.array("labels")
    except (DataError, KeyError) as error:
        raise DataError(f"{_DIGITS}: the embedded digits cannot be read. {remedy}") from error
    if hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest() != DIGITS_SHA256:
        raise DataError(f"{_DIGITS}: the embedded digits were changed (SHA-256). {remedy}")
    return _digit_images("digits", images, labels, _DIGITS_SOURCE, "CC BY 4.0")


def mnist(data_dir: str | Path | None = None, download: bool = True) -> tuple[Data, Data]:
    """Return MNIST as (train, test): x (60000, 1, 28, 28) and (10000, 1, 28, 28) in [0, 1].

    The four IDX files, gzipped or not, are looked for in `data_dir`, the folder named by the
    environment variable DENPA_DATA and the cache folder, and in a sub-folder `mnist` of each.
    Where one is in none of them, it is downloaded into the first of them. Every file is checked
    against its SHA-256. y (60000,) and (10000,) hold the digits as int64.

    Errors: DataError (a ValueError) where a file cannot be had, is corrupt, or cannot be written;
    TypeError for a `data_dir` that is no path.

    Not run as a test, since it may download 11 MB::

        train, test = dp.data.mnist()
        train.x.shape, len(test)  # ((60000, 1, 28, 28), 10000)
    """
    parts = []
    for part, name in (("train", "mnist"), ("t10k", "mnist-test")):
        images, labels = (
            mnist_array(f"{part}-{rest}", data_dir, download)
            for rest in ("images-idx3-ubyte", "labels-idx1-ubyte")
        )
        parts.append(_digit_images(name, images, labels, _MNIST_SOURCE, "CC BY-SA 3.0"))
    return parts[0], parts[1]


def cache_dir() -> Path:
    """Return the folder for downloads, the one in which Denpa keeps compiled programs, too.

    A Path, which need not be there yet.

    Errors: RuntimeError where no home directory is known.

    >>> import denpa as dp
    >>> dp.data.cache_dir().is_absolute()
    True
    """
    return cache_folder()


def _digit_images(name: str, x: Array, y: Array, source: str, licence: str) -> Data:
    classes = [str(i) for i in range(10)]
    data = from_arrays(x, y, Origin(name), source=source, classes=classes, licence=licence)
    object.__setattr__(data, "why_task", "classification: the digits 0 to 9")
    return data


def _folders(data_dir: str | Path | None) -> list[Path]:
    named = [data_dir, os.environ.get("DENPA_DATA"), cache_dir()]
    return [Path(f).expanduser() for f in named if f]


def _locate(name: str, data_dir: str | Path | None) -> Path | None:
    return file_in([inside for f in _folders(data_dir) for inside in (f, f / "mnist")], name)


def file_in(folders: Sequence[Path], name: str) -> Path | None:
    """Return the file of that name, gzipped or not, in the first of the folders that has it."""
    files = (folder / n for folder in folders for n in (name, f"{name}.gz"))
    return next((file for file in files if file.is_file()), None)


def mnist_array(
    name: str,
    data_dir: str | Path | None,
    download: bool,
    *,
    looked: Sequence[Path] = (),
    folder: str = option("data_dir"),
) -> Array:
    """Return one of the four files of MNIST, found and checked as `mnist` does it. `looked` and
    `folder` are for the error: where the caller looked before, and its argument for a folder."""
    path = _locate(name, data_dir)
    said = _Search(name, data_dir, tuple(looked), folder)
    if path is None:
        path = _download(said) if download else None
    if path is None:
        raise said.failed("it was not to be downloaded")
    return checked_idx(path, name)


def checked_idx(path: Path, name: str) -> Array:
    """Return the array of one of the four files of MNIST, known by its SHA-256."""
    raw = read_bytes(path)
    if hashlib.sha256(raw).hexdigest() != MNIST_SHA256[name]:
        # An honest "truncated" helps more than a hash that differs.
        parse_idx(raw, str(path))
        raise DataError(
            f"{path}: this is not the MNIST file {name}: its SHA-256 differs. Delete it and get it"
            " again."
        )
    return parse_idx(raw, str(path))


@dataclass(frozen=True)
class _Search:
    """A file of MNIST that was looked for, to be told where in an error."""

    name: str
    data_dir: str | Path | None
    looked: tuple[Path, ...]
    folder: str

    def failed(self, reason: str) -> DataError:
        inside = [f for folder in _folders(self.data_dir) for f in (folder, folder / "mnist")]
        folders = ", ".join(dict.fromkeys(str(f) for f in (*self.looked, *inside)))
        return DataError(
            f"MNIST: the file {self.name} (or {self.name}.gz) is in none of {folders}, and"
            f" {reason}. Put the four files in a folder and name it with {self.folder} or the"
            " environment variable DENPA_DATA."
        )


def _download(wanted: _Search) -> Path:
    """Fetch a file from the first mirror that has it, check it, and put it in place whole."""
    import urllib.error
    import urllib.request

    name, problems = wanted.name, []
    for mirror in MNIST_MIRRORS:
        url = f"{mirror}{name}.gz"
        host = url.split("/")[2]
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
                raw = answer.read(_MAX_DOWNLOAD)
        except (OSError, ValueError, urllib.error.URLError) as error:
            reason = getattr(error, "reason", None) or error
            problems.append(f"{host}: {reason}")
            continue
        if _checked(raw, name):
            return _store(raw, _folders(wanted.data_dir)[0] / "mnist" / f"{name}.gz")
        problems.append(f"{host}: what it sent has another SHA-256")
    raise wanted.failed(f"the download failed ({'; '.join(problems)})")


def _checked(raw: bytes, name: str) -> bool:
    import gzip
    import zlib

    try:
        plain = gzip.decompress(raw)
    except (EOFError, OSError, zlib.error):
        return False
    return hashlib.sha256(plain).hexdigest() == MNIST_SHA256[name]


def _store(raw: bytes, path: Path) -> Path:
    """Write a file, whole or not at all."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(path, raw)
    except OSError as error:
        raise DataError(
            f"{path}: the download cannot be written ({error.strerror or error}). Name a folder"
            f" that can be written to with {option('data_dir')}."
        ) from error
    return path
