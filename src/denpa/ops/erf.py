"""The error function in NumPy, which has none."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

# Chebyshev coefficients are computed once, from the standard library's erf, so there is no table to
# trust.
_EDGE = 2.0


@functools.cache
def _chebyshev() -> tuple[np.ndarray, np.ndarray]:
    """erf(x)/x as a polynomial in x² on |x| ≤ 2, and erfc(x)·exp(x²) in x on 2 ≤ x ≤ 6.5."""
    cheb: Any = np.polynomial.chebyshev
    inner = cheb.chebinterpolate(
        lambda t: np.array([math.erf(x) / x for x in np.sqrt((t + 1) / 2) * _EDGE]), 18
    )
    # Beyond x = 6.5 erfc is below 1e-19, and erf is 1 in float64.
    outer = cheb.chebinterpolate(
        lambda t: np.array([math.erfc(x) * math.exp(x * x) for x in (t + 1) * 2.25 + _EDGE]),
        28,
    )
    return inner, outer


def erf(x: Any) -> Any:
    """erf(x) = 2/√π ∫₀ˣ exp(−t²) dt, within a few units in the last place of float64.

    >>> float(abs(erf(np.array(0.5)) - math.erf(0.5))) < 1e-15
    True
    """
    near, far = _chebyshev()
    wide = np.asarray(x, dtype=np.float64)
    a = np.abs(wide)
    small = np.minimum(a, _EDGE)
    inner = wide * np.polynomial.chebyshev.chebval(2 * (small / _EDGE) ** 2 - 1, near)
    large = np.clip(a, _EDGE, 6.5)
    tail = np.exp(-large * large) * np.polynomial.chebyshev.chebval((large - _EDGE) / 2.25 - 1, far)
    y = np.where(a <= _EDGE, inner, np.sign(wide) * (1 - tail))
    return np.where(np.isnan(wide), wide, y).astype(np.asarray(x).dtype)
