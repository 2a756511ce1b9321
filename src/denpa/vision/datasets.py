"""Data sets of pictures, sample by sample."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.errors import not_offered
from denpa.data.errors import DataError
from denpa.data.opening import leads_out
from denpa.data.readers.idx import parse_idx, read_bytes
from denpa.data.readers.sources import checked_idx, file_in, mnist_array
from denpa.utils.data import Dataset

__all__ = ["MNIST"]


class MNIST(Dataset[tuple[Any, Any]]):
    """The digits of MNIST: sample k is (picture, label), a uint8 array (28, 28) and an int.

    The IDX files, gzipped or not, are taken as they are from `root/MNIST/raw` (where torchvision
    has them), `root/mnist` or `root`; else from the folder that DENPA_DATA names or the cache,
    or, with `download`, from the network into `root/mnist`, and then checked by their SHA-256, as
    files are to which a link leads out of `root`.
    `data` (N, 28, 28) and `targets` (N,) are all of them as tensors.

    Errors: DataError (a ValueError) where a file cannot be had or is none of pictures and their
    labels; IndexError for a sample that there is not.

    >>> import pathlib, tempfile
    >>> from denpa.vision import MNIST
    >>> with tempfile.TemporaryDirectory() as root:  # two pictures of one pixel, a 7 and a 3
    ...     file = pathlib.Path(root) / "train-images-idx3-ubyte"
    ...     _ = file.write_bytes(bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 50, 60]))
    ...     file = pathlib.Path(root) / "train-labels-idx1-ubyte"
    ...     _ = file.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 3]))
    ...     data = MNIST(root)
    >>> len(data), data[1]
    (2, (array([[60]], dtype=uint8), 3))
    """

    classes = (
        "0 - zero",
        "1 - one",
        "2 - two",
        "3 - three",
        "4 - four",
        "5 - five",
        "6 - six",
        "7 - seven",
        "8 - eight",
        "9 - nine",
    )

    def __init__(
        self,
        root: str | Path,
        train: bool = True,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
        download: bool = False,
    ) -> None:
        self.root, self.train = root, train
        self.transform, self.target_transform = transform, target_transform
        part = "train" if train else "t10k"
        images = _array(Path(root), f"{part}-images-idx3-ubyte", download)
        labels = _array(Path(root), f"{part}-labels-idx1-ubyte", download)
        shapes = images.ndim == 3 and labels.shape == images.shape[:1]
        if not shapes or images.dtype != np.uint8:
            raise DataError(
                f"MNIST in {root}: pictures {images.dtype} {images.shape} and labels"
                f" {labels.shape}; expected uint8 (N, H, W) and (N,)."
            )
        self.data: Tensor = tensor_of(images)
        self.targets: Tensor = tensor_of(labels.astype(np.int64))

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        picture: Any = self.data.numpy()[index]
        target: Any = int(self.targets[index])
        if self.transform is not None:
            picture = self.transform(picture)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return picture, target


def _array(root: Path, name: str, download: bool) -> np.ndarray:
    root = root.expanduser()
    folders = [root / "MNIST" / "raw", root / "mnist", root]
    file = file_in(folders, name)
    if file is not None and leads_out(root, file):
        return checked_idx(file, name)
    if file is not None:
        return parse_idx(read_bytes(file), str(file))
    return mnist_array(name, root, download, looked=folders, folder="root=")


def __getattr__(name: str) -> Any:
    raise not_offered("denpa.vision.datasets", name, globals())
