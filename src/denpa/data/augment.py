"""Random changes of images and labels that make a training set larger than it is.

Every function takes the random generator, draws for each image on its own, works on the whole
batch at once and leaves its input as it was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from denpa.data.dataset import Array
from denpa.data.errors import DataError

__all__ = ["Augment", "label_noise", "noise", "rotate", "shift"]


def shift(x: Array, max_pixels: int, rng: np.random.Generator) -> Array:
    """Move each image by whole pixels, up to `max_pixels` each way, zeros coming in.

    * `x`: images (N, C, H, W).
    * `max_pixels`: the two shifts are uniform on -max_pixels..max_pixels.

    Returns a new array of the shape of x.

    Errors: DataError (a ValueError) for x of other than four dimensions or no floats, and for
    `max_pixels` below 0 or not finite; AttributeError for a list.

    >>> import numpy as np
    >>> from denpa.data import shift
    >>> shift(np.ones((2, 1, 3, 3)), 0, np.random.default_rng(0)).sum()
    np.float64(18.0)
    """
    _check_images(x, "shift")
    _check_amount("shift: max_pixels", max_pixels)
    m = int(max_pixels)
    n, _, height, width = x.shape
    # From uniform floats, not rng.integers: NumPy promises the bits of neither, but these are
    # the plain high bits of the generator.
    move = np.floor(rng.random((2, n)) * (2 * m + 1)).astype(np.int64)  # (2, N), in 0..2m
    padded = np.pad(x, ((0, 0), (0, 0), (m, m), (m, m)))
    rows = move[0][:, None] + np.arange(height)  # (N, H)
    cols = move[1][:, None] + np.arange(width)  # (N, W)
    return _gather(padded, rows[:, :, None], cols[:, None, :])


def rotate(x: Array, degrees: float, rng: np.random.Generator) -> Array:
    """Turn each image about its centre by an angle uniform on -degrees..degrees.

    Values between pixels are bilinear; outside the image is 0.

    * `x`: images (N, C, H, W), floating.
    * `degrees`: the largest angle; positive angles turn counter-clockwise as seen.

    Returns a new array of the shape of x.

    Errors: DataError (a ValueError) for x of other than four dimensions or no floats, and for
    `degrees` below 0 or not finite; AttributeError for a list.

    >>> import numpy as np
    >>> from denpa.data import rotate
    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> bool(np.all(rotate(x, 0, np.random.default_rng(0)) == x))
    True
    """
    _check_images(x, "rotate")
    _check_amount("rotate: degrees", degrees)
    angles = np.deg2rad((2 * rng.random(len(x)) - 1) * degrees)
    return _turn(x, angles)


def noise(x: Array, sigma: float, rng: np.random.Generator) -> Array:
    """Add independent normal noise of standard deviation `sigma` to every value (any shape).

    Returns a new array of the shape and dtype of x, which must be floating.

    Errors: DataError (a ValueError) for x of no floats and for `sigma` below 0 or not finite;
    AttributeError for a list.

    >>> import numpy as np
    >>> from denpa.data import noise
    >>> noise(np.zeros((4, 1, 8, 8), np.float32), 0.1, np.random.default_rng(0)).dtype
    dtype('float32')
    """
    _check_float(x, "noise")
    _check_amount("noise: sigma", sigma)
    added = rng.standard_normal(x.shape).astype(x.dtype)
    return np.asarray(x + added * x.dtype.type(sigma))


def label_noise(
    y: Array, fraction: float, classes: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Give a fraction of the labels another class, each of the others equally likely.

    * `y`: class indices (N,), in 0..classes-1.
    * `fraction`: exactly round(fraction * N) labels change.
    * `classes`: the number of classes, two or more.

    Returns a new int64 array (N,).

    Errors: DataError (a ValueError) for a fraction outside of 0 to 1, fewer than two classes, and y
    that is no class indices (N,) below `classes`.

    >>> import numpy as np
    >>> from denpa.data import label_noise
    >>> y = np.zeros(10, np.int64)
    >>> int((label_noise(y, 0.3, 5, np.random.default_rng(0)) != y).sum())
    3
    """
    if not 0 <= fraction <= 1:
        raise DataError(f"label_noise: fraction must be from 0 to 1, got {fraction!r}.")
    if classes < 2:
        raise DataError(f"label_noise: classes must be 2 or more, got {classes!r}.")
    labels = np.array(y)
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise DataError(
            f"label_noise: y must be class indices (N,), got {labels.dtype} {labels.shape}."
        )
    if len(labels) and (labels.min() < 0 or labels.max() >= classes):
        raise DataError(
            f"label_noise: labels go from {labels.min()} to {labels.max()}, expected 0 to"
            f" {classes - 1}."
        )
    out = labels.astype(np.int64)
    chosen = np.argsort(rng.random(len(out)), kind="stable")[: round(fraction * len(out))]
    # A step of 1..classes-1 around the circle of classes lands on each other class equally.
    step = 1 + np.floor(rng.random(len(chosen)) * (classes - 1)).astype(np.int64)
    out[chosen] = (out[chosen] + step) % classes
    return out


@dataclass(frozen=True)
class Augment:
    """Rotate, then shift, then add noise, each left out where its amount is 0.

    Called with images (N, C, H, W), floating, and a generator, it returns new ones of that shape.

    Errors: DataError (a ValueError) for an amount below 0 or not finite and a shift that is no
    whole number; when called, for x of other than four dimensions or no floats.

    >>> import numpy as np
    >>> from denpa.data import Augment
    >>> change = Augment(shift=2, rotate=10, noise=0.1)
    >>> change(np.zeros((4, 1, 8, 8), np.float32), np.random.default_rng(0)).shape
    (4, 1, 8, 8)
    """

    shift: int = 0
    rotate: float = 0.0
    noise: float = 0.0

    def __post_init__(self) -> None:
        for name in ("shift", "rotate", "noise"):
            _check_amount(f"Augment: {name}", getattr(self, name))
        if int(self.shift) != self.shift:
            raise DataError(f"Augment: shift counts whole pixels, got {self.shift!r}.")

    def __call__(self, x: Array, rng: np.random.Generator) -> Array:
        """Return changed copies of the images (N, C, H, W)."""
        _check_images(x, "Augment")
        out = x
        if self.rotate:
            out = rotate(out, self.rotate, rng)
        if self.shift:
            out = shift(out, self.shift, rng)
        if self.noise:
            out = noise(out, self.noise, rng)
        return out.copy() if out is x else out


def _turn(x: Array, angles: Array) -> Array:
    """Rotate image i by angles[i] radians: each output pixel looks up where it came from."""
    height, width = x.shape[2:]
    v = np.arange(height)[:, None] - (height - 1) / 2  # (H, 1), downwards
    u = np.arange(width)[None, :] - (width - 1) / 2  # (1, W)
    cos = np.cos(angles)[:, None, None]
    sin = np.sin(angles)[:, None, None]
    row = sin * u + cos * v + (height - 1) / 2  # (N, H, W)
    col = cos * u - sin * v + (width - 1) / 2
    # One ring of zeros, and every point outside is brought onto it.
    row = np.clip(row, -1, height)
    col = np.clip(col, -1, width)
    top = np.minimum(np.floor(row), height - 1)
    left = np.minimum(np.floor(col), width - 1)
    dv = (row - top).astype(x.dtype)[:, None]  # (N, 1, H, W)
    du = (col - left).astype(x.dtype)[:, None]
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    i, j = top.astype(np.int64) + 1, left.astype(np.int64) + 1
    upper = _gather(padded, i, j) * (1 - du) + _gather(padded, i, j + 1) * du
    lower = _gather(padded, i + 1, j) * (1 - du) + _gather(padded, i + 1, j + 1) * du
    return np.asarray(upper * (1 - dv) + lower * dv)


def _gather(x: Array, rows: Array, cols: Array) -> Array:
    """Return x[n, c, rows[n], cols[n]] for every n and c: (N, C, H, W)."""
    n = np.arange(len(x))[:, None, None]
    # Advanced indices around a slice put (N, H, W) first and the channels last.
    return np.ascontiguousarray(np.moveaxis(x[n, :, rows, cols], -1, 1))


def _check_images(x: Array, name: str) -> None:
    if x.ndim != 4:
        raise DataError(f"{name}: x has shape {x.shape}; expected images (N, C, H, W).")
    _check_float(x, name)


def _check_float(x: Array, name: str) -> None:
    if x.dtype.kind != "f":
        raise DataError(f"{name}: x has dtype {x.dtype}; expected floats in [0, 1].")


def _check_amount(name: str, value: float) -> None:
    if not (np.isfinite(value) and value >= 0):
        raise DataError(f"{name} must be 0 or more, got {value!r}.")
