"""The error function in NumPy, which has none."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

_EDGE = 1.5  # up to here the Taylor series loses no digit
_END = 6.5  # beyond it erfc is below 1e-19, and erf is 1 in float64
_MIDDLE, _HALF = (_END + _EDGE) / 2, (_END - _EDGE) / 2


@functools.cache
def _coefficients() -> tuple[list[float], np.ndarray]:
    """erf(x)/x − 1 in x² up to the edge, and erfc(x)·exp(x²) in x from there to the end.

    They are computed once, so there is no table to trust: the first is the Taylor series, the
    second interpolates the standard library's erfc in Chebyshev's points.
    """
    root = 2 / math.sqrt(math.pi)
    near = [(-1) ** n * root / (math.factorial(n) * (2 * n + 1)) for n in range(25)]
    near[0] = 0.1283791670955125738961589  # 2/√π − 1 with the digits that subtracting would lose

    def scaled(place: np.ndarray) -> np.ndarray:
        return np.array([math.erfc(x) * math.exp(x * x) for x in _MIDDLE + _HALF * place])

    cheb: Any = np.polynomial.chebyshev
    return near, cheb.chebinterpolate(scaled, 32)


def erf(x: Any) -> Any:
    """erf(x) = 2/√π ∫₀ˣ exp(−t²) dt, within three units in the last place of float64.

    >>> float(abs(erf(np.array(0.5)) - math.erf(0.5))) < 1e-15
    True
    """
    near, far = _coefficients()
    wide = np.asarray(x, dtype=np.float64)
    a = np.abs(wide)
    square = np.minimum(a, _EDGE) ** 2
    rest: Any = near[-1]
    for c in reversed(near[:-1]):
        rest = rest * square + c
    large = np.clip(a, _EDGE, _END)
    place = (large - _MIDDLE) / _HALF
    tail = np.exp(-large * large) * np.polynomial.chebyshev.chebval(place, far)
    y = np.where(a <= _EDGE, wide + wide * rest, np.sign(wide) * (1 - tail))
    return np.where(np.isnan(wide), wide, y).astype(np.asarray(x).dtype)
