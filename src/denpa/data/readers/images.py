"""Pictures from files: one, a flat folder, or a folder with a sub-folder for each class."""

from __future__ import annotations

import functools
import importlib
import os
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denpa.core.wording import option
from denpa.data import bounds
from denpa.data.dataset import Array, Data, Encoding
from denpa.data.errors import DataError, counted, listed
from denpa.data.opening import open_file
from denpa.data.readers.folders import find

__all__ = ["from_pictures"]

MAX_BYTES = 4 << 30
"""Larger sets of pictures are refused with advice, before the machine runs out of memory."""

_GREY = ("1", "L", "LA", "I", "I;16", "I;16B", "I;16L", "F")
_DEEP = ("I", "I;16", "I;16B", "I;16L")

_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")
"""Those of Pillow's that are promised. Others are never tried, whatever a file is called: for a
PostScript text Pillow would start Ghostscript."""

_PLUGINS = ("Bmp", "Gif", "Jpeg", "Mpo", "Png", "Ppm", "Tiff", "WebP")


def from_pictures(
    path: Path,
    *,
    encoding: Encoding | None = None,
    image_size: int | tuple[int, int] | None = None,
    classes: Sequence[str] | None = None,
    follow_links: bool = False,
) -> Data:
    """Return pictures as `Data`, x (N, C, H, W) in [0, 1].

    All become one size: `image_size` (H, W), else the most common one. They are grey (C = 1) where
    every picture is grey, else RGB (C = 3); transparent parts are laid on white.
    """
    found = find(path, follow_links)
    files, labels, notes = found.files, found.labels, found.notes
    reading = None
    if encoding is None:
        looks = [_look(file) for file in files]
        encoding = _fit(looks, image_size, notes)
        if labels is not None:
            reading = PictureReading(path, files, looks, labels, image_size, found.notes)
            names = _class_names(path, labels, classes)
            encoding["target"] = {
                "name": "folder",
                "task": "classification",
                "classes": names,
                "indices": False,
            }
        elif classes is not None:
            raise DataError(
                f"{path}: {option('classes')} needs a folder with a sub-folder for each class."
            )
    elif encoding["kind"] != "images":
        trained = "a table" if encoding["kind"] == "table" else encoding["kind"]
        raise DataError(f"{path}: these are pictures, but the model was trained on {trained}.")
    x = _load_all(path, files, encoding)
    record = encoding.get("target")
    y, why = None, ""
    if record is not None and labels is not None:
        y = _encode(path, labels, record["classes"])
        why = f"classification: each of the {counted(len(record['classes']), 'folder')} is a class"
    return Data(
        x=x,
        y=y,
        task=record["task"] if record is not None else None,
        classes=tuple(record["classes"]) if record is not None else (),
        features=(),
        name=path.stem or os.path.basename(os.path.realpath(path)),
        source=str(path),
        licence="",
        kind="images",
        encoding=encoding,
        why_task=why,
        target=record["name"] if record is not None else None,
        notes=tuple(notes),
        rows=tuple(str(f.relative_to(path)) if f != path else f.name for f in files),
        reading=reading,
    )


@dataclass(frozen=True, eq=False)
class PictureReading:
    """Picture files, to be loaded again as some of them say: in their size, grey or in colour."""

    path: Path
    files: list[Path]
    looks: list[tuple[int, int, str]]  # height, width, mode
    labels: list[str]
    image_size: int | tuple[int, int] | None
    left_out: list[str]  # notes on what in the folder was not read

    def targets(self, record: dict[str, Any]) -> Array:
        """Return the class index of every picture."""
        return _encode(self.path, self.labels, record["classes"])

    def refit(self, data: Data, rows: NDArray[np.int64]) -> Data:
        """Return all pictures by an encoding fitted to these."""
        encoding = _fit([self.looks[int(i)] for i in rows], self.image_size, [])
        encoding["target"] = data.encoding["target"]
        if encoding == data.encoding:
            return data
        notes = list(self.left_out)
        _note_sizes(self.looks, (encoding["height"], encoding["width"]), notes)
        x = _load_all(self.path, self.files, encoding)
        return replace(data, x=x, encoding=encoding, notes=tuple(notes))


def _class_names(path: Path, labels: list[str], classes: Sequence[str] | None) -> list[str]:
    found = sorted(set(labels))
    names = list(classes) if classes is not None else found
    unknown = [n for n in found if n not in names]
    if unknown:
        raise DataError(
            f"{path}: folders {listed(unknown)} are not in {option('classes')} {listed(names)}."
        )
    if len(found) < 2:
        raise DataError(
            f"{path}: one class only (the folder {found[0]!r}): there is nothing to tell apart."
            " Give a sub-folder for each of at least two classes."
        )
    return names


def _encode(path: Path, labels: list[str], classes: list[str]) -> NDArray[np.int64]:
    unknown = sorted(set(labels) - set(classes))
    if unknown:
        raise DataError(
            f"{path}: the folders {listed(unknown)} are none of the classes {listed(classes)}."
        )
    place = {c: i for i, c in enumerate(classes)}
    return np.array([place[label] for label in labels], dtype=np.int64)


def _load_all(path: Path, files: list[Path], encoding: Encoding) -> NDArray[np.float32]:
    """Return pictures as (N, C, H, W) in [0, 1]."""
    height, width, channels = encoding["height"], encoding["width"], encoding["channels"]
    if channels not in (1, 3):
        raise DataError(
            f"{path}: the model was trained on images of {channels} channels; pictures from files"
            " have 1 (grey) or 3 (RGB)."
        )
    _check_memory(path, len(files), channels, height, width)
    x = np.empty((len(files), channels, height, width), np.float32)
    for i, file in enumerate(files):
        x[i] = _load(file, height, width, grey=channels == 1)
    return x


def _fit(
    looks: list[tuple[int, int, str]],
    image_size: int | tuple[int, int] | None,
    notes: list[str],
) -> Encoding:
    sizes = Counter((height, width) for height, width, _ in looks)
    grey = all(mode in _GREY for _, _, mode in looks)
    if image_size is None:
        # Of sizes equally common the smaller, so that the answer never depends on file order.
        size = min(sizes, key=lambda s: (-sizes[s], s[0] * s[1], s))
    else:
        size = (image_size, image_size) if isinstance(image_size, int) else image_size
        if len(size) != 2 or min(size) < 1:
            raise DataError(f"image_size must be a size or (height, width), got {image_size!r}.")
    _note_sizes(looks, size, notes)
    return {
        "version": 1,
        "kind": "images",
        "from": "pictures",
        "channels": 1 if grey else 3,
        "height": int(size[0]),
        "width": int(size[1]),
        "offset": 0.0,
        "divide": 255.0,
        "values": "integer",
        "missing": "error",
    }


def _note_sizes(looks: list[tuple[int, int, str]], size: tuple[int, int], notes: list[str]) -> None:
    others = sum((height, width) != size for height, width, _ in looks)
    if others:
        notes.append(f"{others} of {len(looks)} pictures resized to {size[0]} x {size[1]} pixels")


def _check_memory(path: Path, n: int, channels: int, height: int, width: int) -> None:
    need = 4 * n * channels * height * width
    if need > MAX_BYTES:
        raise DataError(
            f"{path}: {n} pictures of {height} x {width} pixels need {need / 2**30:.1f} GiB of"
            f" memory (at most {MAX_BYTES / 2**30:.0f} GiB). Give a smaller size, for example"
            f" {option('image_size', 64)}."
        )


@functools.cache
def _pillow() -> Any:
    """Return Pillow's module Image, with all that it needs for the formats promised."""
    for name in ("ImageOps", *(f"{plugin}ImagePlugin" for plugin in _PLUGINS)):
        importlib.import_module(f"PIL.{name}")
    return importlib.import_module("PIL.Image")


@contextmanager
def _opened(file: Path) -> Iterator[Any]:
    """Open a picture, of the formats promised and within the bounds.

    Errors: a DataError for whatever Pillow stumbles over, also in the block.
    """
    image = _pillow()
    formats = [name for name in _FORMATS if name in image.OPEN]
    try:
        # What is odd in a picture but no error is not the reader's to say.
        with open_file(file) as raw, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with image.open(raw, formats=formats) as picture:
                _check_pixels(file, picture)
                yield picture
    except DataError:
        raise
    except image.DecompressionBombError as error:
        pixels = re.search(r"[0-9]+", str(error))
        raise _too_large(file, int(pixels[0]) if pixels else bounds.PIXELS) from error
    except Exception as error:  # a plugin raises what it stumbles over
        raise _broken(file, error) from error


def _check_pixels(file: Path, picture: Any) -> None:
    """Raise where a picture says to have more pixels than are read."""
    width, height = picture.size
    if min(width, height) < 1:
        raise ValueError(f"it is {width} x {height} pixels")
    if width * height > bounds.PIXELS:
        raise _too_large(file, width * height)
    wide = 4 if picture.mode in ("I", "F") else 2 if picture.mode in _DEEP else 1
    need = width * height * len(picture.getbands()) * wide
    what = f"a picture of {width:,} x {height:,} pixels"
    advice = "Make it smaller, or leave it out."
    bounds.check_packed(file, what, need, file.stat().st_size, advice)


def _too_large(file: Path, pixels: int) -> DataError:
    return bounds.too_much(
        f"{file}",
        f"a picture of {pixels:,} pixels",
        f"a picture of {bounds.PIXELS:,} pixels",
        "Make it smaller, or leave it out.",
    )


def _look(file: Path) -> tuple[int, int, str]:
    """Return a picture's height, width and Pillow mode as it is to be shown."""
    with _opened(file) as picture:
        width, height = picture.size
        # Exif orientations 5 to 8 lie on their side.
        if picture.getexif().get(0x0112, 1) >= 5:
            width, height = height, width
        return height, width, picture.mode


def _load(file: Path, height: int, width: int, *, grey: bool) -> Array:
    """Return one picture as (C, H, W) in [0, 1]."""
    from PIL import Image, ImageOps

    with _opened(file) as opened:
        picture = ImageOps.exif_transpose(opened)
        if picture.mode in _DEEP:
            # Pillow's own conversion cuts 16 bits off at 255.
            deep = np.asarray(picture).astype(np.float32) / 257.0
            picture = Image.fromarray(deep)
        if picture.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in picture.info:
            over = picture.convert("RGBA")
            picture = Image.alpha_composite(Image.new("RGBA", over.size, "white"), over)
        if picture.mode != "F" or not grey:
            picture = picture.convert("L" if grey else "RGB")
        if picture.size != (width, height):
            picture = picture.resize((width, height), Image.Resampling.BILINEAR)
        values = np.asarray(picture, dtype=np.float32) / np.float32(255)
    if not np.isfinite(values).all():
        raise DataError(f"{file}: the picture holds NaN or infinite values. Remove it.")
    return values[None] if values.ndim == 2 else np.moveaxis(values, 2, 0)


def _broken(file: Path, error: Exception) -> DataError:
    if file.is_file() and file.stat().st_size == 0:
        return DataError(f"{file}: the picture is an empty file. Remove it or get it again.")
    detail = re.sub(r"<_io\.\w+ name=\S*>", "", str(error)).strip() or type(error).__name__
    return DataError(
        f"{file}: the picture cannot be read; it is truncated, corrupt or no picture ({detail})."
        " Remove it or get it again."
    )
