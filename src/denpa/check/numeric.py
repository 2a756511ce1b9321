"""Derivatives by differences, each with an estimate of its own error.

A central difference D(h) = (f(x+hv) - f(x-hv)) / 2h errs by a series in h²; two of them make one
that errs by h⁴ (Richardson 1911), and what they differ by bounds the error. All arithmetic is
float64, whatever the code that is differentiated computes in.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

Values = Mapping[str, np.ndarray]
Function = Callable[[Values], np.ndarray]
"""From arrays by name to the output, an array of any shape."""

STEP = 1e-4  # of the scale of what is moved: truncation h⁴ = 1e-16, rounding 1e-16 / h = 1e-12
EPS = float(np.finfo(np.float64).eps)
_OTHER_STEPS = (1e-2, 1e-4, 1e2, 1e3)  # where the first one is too rough, times it


@dataclass(frozen=True)
class Slope:
    """A derivative along a direction, in the shape of the output: `error` bounds what `value` is
    off by; `kink` says where the slopes from both sides differ however small the step."""

    value: np.ndarray
    error: np.ndarray
    kink: np.ndarray


def moved(values: Values, direction: Values, h: float) -> dict[str, np.ndarray]:
    """values + h·direction; a name without a direction stays."""
    return {k: a + h * direction[k] if k in direction else a for k, a in values.items()}


def scale_of(values: Values, direction: Values) -> float:
    """The step for which `STEP` is right: about how large the numbers are that move."""
    largest, along = 0.0, 0.0
    for name, v in direction.items():
        if v.size:
            largest = max(largest, float(np.max(np.abs(values[name]) * (v != 0))))
            along = max(along, float(np.max(np.abs(v))))
    return max(largest, 1.0) / along if along else 1.0


def slope(
    f: Function, values: Values, direction: Values, step: float = STEP, eps: float = EPS
) -> Slope:
    """The derivative of f at `values` along `direction`, by two central differences of `step` times
    the scale; `eps` is the precision of what f computes.

    >>> x = {"x": np.array([1.0, 2.0])}
    >>> found = slope(lambda v: v["x"] ** 3, x, {"x": np.array([1.0, 0.0])})
    >>> found.value.round(9).tolist(), bool((found.error < 1e-7).all())
    ([3.0, 0.0], True)
    """
    h = step * scale_of(values, direction)
    with np.errstate(all="ignore"):
        here = _run(f, values)
        far = [_beside(f, moved(values, direction, s * h), here) for s in (1.0, -1.0)]
        near = [_beside(f, moved(values, direction, s * h / 2), here) for s in (1.0, -1.0)]
        wide = (far[0] - far[1]) / (2 * h)
        narrow = (near[0] - near[1]) / h
        value = (4 * narrow - wide) / 3
        size = np.maximum(np.maximum(np.abs(near[0]), np.abs(near[1])), np.abs(here))
        error = np.abs(value - narrow) + 8 * eps * size / h
        # The slopes from both sides differ by curvature times h: half as much for half the step.
        bends = [np.abs(pair[0] + pair[1] - 2 * here) / k for pair, k in ((far, h), (near, h / 2))]
        noise = 16 * eps * size / h
        bent = bends[1] > 0.65 * bends[0]
        kink = bent & (bends[1] > 50 * noise + 1e-9)
        error = error + np.where(bent & ~kink, bends[1], 0.0)  # a kink too small to be sure of
    return Slope(value, error, np.asarray(kink))


def central(f: Function, values: Values, direction: Values, step: float) -> np.ndarray:
    """One central difference, of `step` times the scale, and nothing else.

    >>> x = {"x": np.array(2.0)}
    >>> bool(abs(central(lambda v: v["x"] ** 3, x, {"x": np.array(1.0)}, 0.1) - 12) > 0.01)
    True
    """
    h = step * scale_of(values, direction)
    with np.errstate(all="ignore"):
        like = np.zeros(())
        up, down = (_beside(f, moved(values, direction, s * h), like) for s in (1.0, -1.0))
        return np.asarray((up - down) / (2 * h))


def complex_slope(f: Function, values: Values, direction: Values) -> np.ndarray | None:
    """The derivative along a direction by a step into the complex plane, exact to rounding; None if
    f cannot run there or does not come out complex.

    Im f(x + ihv) / h has no difference in it that could cancel (Squire and Trapp, "Using Complex
    Variables to Estimate Derivatives of Real Functions", SIAM Review 40, 1998). It is right for
    analytic f alone: |x| must be found out by comparison.

    >>> x = {"x": np.array(0.5)}
    >>> complex_slope(lambda v: np.exp(v["x"]), x, {"x": np.array(1.0)}) == np.exp(0.5)
    np.True_
    """
    h = 1e-30
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            there = {k: a.astype(np.complex128) for k, a in values.items()}
            y = np.asarray(
                f({k: a + 1j * h * direction[k] if k in direction else a for k, a in there.items()})
            )
    except Exception:  # the user's own, or NumPy's about complex numbers
        return None
    return np.imag(y) / h if y.dtype.kind == "c" else None


def sharper(
    f: Function, values: Values, direction: Values, rough: Slope, enough: float = 0.0
) -> Slope:
    """A slope anew with other steps, of all the best for each element: smaller ones, as a kink, a
    pole or strong curvature may lie within the first step; then larger ones, as small differences
    of large numbers drown in rounding. It ends when the error is `enough`."""
    best = rough
    for factor in _OTHER_STEPS:
        if np.all(best.error <= enough):
            break
        other = slope(f, values, direction, STEP * factor)
        better = (other.error < best.error) | ~np.isfinite(best.error)
        best = Slope(*(np.where(better, getattr(other, k), getattr(best, k)) for k in _FIELDS))
    return best


_FIELDS = ("value", "error", "kink")


def entries(name: str, values: Values) -> Iterator[tuple[int, dict[str, np.ndarray]]]:
    """The unit vectors of one array: (flat index, direction)."""
    a = values[name]
    for k in range(a.size):
        unit = np.zeros(a.size)
        unit[k] = 1.0
        yield k, {name: unit.reshape(a.shape)}


def _run(f: Function, values: Values) -> np.ndarray:
    return np.asarray(f(values), dtype=np.float64)


def _beside(f: Function, values: Values, like: np.ndarray) -> np.ndarray:
    """f at a point beside the one that was asked for; NaN where f refuses it, such as a probability
    above 1."""
    try:
        return _run(f, values)
    except Exception:  # the user's own
        return np.full_like(like, np.nan)
