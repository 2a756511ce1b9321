"""Standardisation: subtract the mean, divide by the standard deviation, of the training part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from denpa.data.dataset import Array
from denpa.data.errors import DataError

__all__ = ["Standardizer"]

_CHUNK = 1 << 22
"""Values a pass works on at once: float64 copies stay small for large sets of images."""


_EXPONENT = 400
"""Up to 2 to this power, and down to its inverse, float64 holds all squares and their sums."""


@dataclass(frozen=True, eq=False)
class Standardizer:
    """(x - mean) / scale, per column of (N, D) or per channel of (N, C, H, W).

    `mean` and `scale` are float64, (D,) or (C,). `scale` is the standard deviation over N (not
    N - 1), and 1 where every value is the same. Give it the values as they are: cast to float32
    first, dates and times of a narrow range become one another. Fit it on the training part alone
    and keep it with the model; for the targets (N, 1) of a regression as well.

    Errors: DataError (a ValueError) for x of one dimension, for an x that `fit` finds empty or not
    finite, and for other columns or channels than were fitted; `fit` an AttributeError for a list.

    >>> import numpy as np
    >>> from denpa.data import Standardizer
    >>> x = np.array([[1.0, 5.0], [3.0, 5.0]])
    >>> s = Standardizer.fit(x)
    >>> s.mean, s.scale
    (array([2., 5.]), array([1., 1.]))
    >>> s.transform(x)
    array([[-1.,  0.],
           [ 1.,  0.]], dtype=float32)
    """

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]

    @classmethod
    def fit(cls, x: Array) -> Standardizer:
        """Return the standardizer of x, (N, D) or (N, C, ...).

        Errors: a DataError for an empty x and for values that are not finite.
        """
        if x.ndim < 2 or x.size == 0:
            raise DataError(
                f"Standardizer.fit: x has shape {x.shape}; expected (N, D) or (N, C, H, W) with at"
                " least one row."
            )
        axes = (0, *range(2, x.ndim))
        count = x.size // x.shape[1]
        low, high = (f(axis=axes).astype(np.float64) for f in (x.min, x.max))
        exponent = _exponent(np.maximum(np.abs(low), np.abs(high)))
        total = np.zeros(x.shape[1])
        for part in _chunks(x, exponent):
            total += part.sum(axis=axes)
        if not np.isfinite(total).all():
            j = int(np.argmin(np.isfinite(total)))
            raise DataError(
                f"Standardizer.fit: column {j} of x has NaN or infinite values. Read the data with"
                " missing='drop' or missing='mean'."
            )
        mean = total / count
        square = np.zeros_like(mean)
        for part in _chunks(x, exponent):
            square += ((part - _along(mean, x.ndim)) ** 2).sum(axis=axes)
        mean, scale = np.ldexp(mean, exponent), np.ldexp(np.sqrt(square / count), exponent)
        # Rounding in the mean gives a constant column a tiny deviation: look at the values.
        constant = low == high
        scale = np.maximum(scale, np.nextafter(0, 1))
        return cls(np.where(constant, low, mean), np.where(constant, 1.0, scale))

    def transform(self, x: Array, dtype: DTypeLike = np.float32) -> Array:
        """Return (x - mean) / scale, same shape: computed in float64 and then cast to float32, or
        to `dtype`."""
        return self._apply(x, lambda p, m, s: (p - m) / s, np.dtype(dtype))

    def inverse(self, x: Array) -> Array:
        """Return x * scale + mean, same shape, float64: undoes `transform`."""
        return self._apply(x, lambda p, m, s: p * s + m, np.dtype(np.float64))

    def to_dict(self) -> dict[str, Any]:
        """Return a dict that JSON can hold; floats survive exactly."""
        return {"mean": self.mean.tolist(), "scale": self.scale.tolist()}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> Standardizer:
        """Return the standardizer that `to_dict` wrote."""
        try:
            mean = np.array(state["mean"], dtype=np.float64)
            scale = np.array(state["scale"], dtype=np.float64)
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(
                f"Standardizer.from_dict: expected lists 'mean' and 'scale', got {state!r:.80}."
            ) from error
        if mean.ndim != 1 or mean.shape != scale.shape or not (scale > 0).all():
            raise DataError(
                f"Standardizer.from_dict: mean of shape {mean.shape} and scale of shape"
                f" {scale.shape} must be lists of one length, and every scale above 0."
            )
        return cls(mean, scale)

    def _apply(self, x: Array, rule: Any, dtype: np.dtype[Any]) -> Array:
        x = np.asarray(x)
        if x.ndim < 2 or x.shape[1] != len(self.mean):
            raise DataError(
                f"Standardizer: x has shape {x.shape}, but was fitted on {len(self.mean)} columns"
                f" or channels; expected (N, {len(self.mean)}, ...)."
            )
        out = np.empty(x.shape, dtype)
        mean, scale = _along(self.mean, x.ndim), _along(self.scale, x.ndim)
        start = 0
        # A value too far out for the dtype becomes an infinity, which training refuses by name.
        with np.errstate(over="ignore"):
            for part in _chunks(x):
                out[start : start + len(part)] = rule(part, mean, scale)
                start += len(part)
        return out


def _along(v: Array, ndim: int) -> Array:
    return v.reshape(1, -1, *[1] * (ndim - 2))


def _exponent(largest: Array) -> Array:
    """Return the power of 2 to divide each column by, 0 unless its squares leave float64."""
    found = np.frexp(np.where(np.isfinite(largest), largest, 0))[1]
    kept: Array = np.where(np.abs(found) > _EXPONENT, found, 0)
    return kept


def _chunks(x: Array, exponent: Array | None = None) -> Iterator[NDArray[np.float64]]:
    step = max(1, _CHUNK // max(1, x.size // max(1, len(x))))
    for i in range(0, len(x), step):
        part = x[i : i + step].astype(np.float64)
        if exponent is not None and exponent.any():
            part = np.ldexp(part, -_along(exponent, x.ndim))
        yield part
