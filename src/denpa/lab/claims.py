"""A claim: what is said, what was measured, and whether it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from denpa.core.errors import ArgumentError

__all__ = ["Claim", "ClaimError", "judge"]


class ClaimError(AssertionError):
    """A claim that does not hold."""


@dataclass(frozen=True)
class Claim:
    """One tested sentence of a lab. `measured` is a number, a list of them, or a truth value."""

    text: str
    measured: Any
    expected: str
    holds: bool


def judge(
    text: str,
    measured: Any,
    *,
    near: Any = None,
    within: float | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    equal: Any = None,
) -> Claim:
    """Return the claim with its verdict. Every number of `measured` has to fulfil every bound.

    Without a bound, `measured` must be a truth value. NaN fulfils nothing.

    Errors: an ArgumentError for `near` without `within`, and for a number without a bound.

    >>> judge("the slope is 2", 1.98, near=2, within=0.1)
    Claim(text='the slope is 2', measured=1.98, expected='2 ± 0.1', holds=True)
    >>> judge("no error exceeds a thousandth", [1e-4, 2e-3], at_most=1e-3).holds
    False
    """
    if (near is None) != (within is None):
        raise ArgumentError("claim: near= and within= go together, as in near=2, within=0.1")
    bounds = (near, at_least, at_most, equal)
    if all(b is None for b in bounds):
        if not isinstance(measured, (bool, np.bool_)):
            raise ArgumentError(
                f"claim {text!r}: {measured!r} has no bound; give near= and within=, at_least=, "
                "at_most= or equal=, or a truth value"
            )
        return Claim(text, bool(measured), "", bool(measured))
    values = np.asarray(measured)
    holds, said = values.size > 0, []
    if near is not None and within is not None:
        holds &= bool(np.all(np.abs(values - np.asarray(near)) <= within))
        said.append(f"{_show(near)} ± {_show(within)}")
    if at_least is not None:
        holds &= bool(np.all(values >= at_least))
        said.append(f"≥ {_show(at_least)}")
    if at_most is not None:
        holds &= bool(np.all(values <= at_most))
        said.append(f"≤ {_show(at_most)}")
    if equal is not None:
        holds &= bool(np.array_equal(values, np.asarray(equal)))
        said.append(f"= {_show(equal)}")
    return Claim(text, _plain(measured), ", ".join(said), holds)


def _plain(value: Any) -> Any:
    found = np.asarray(value).tolist()
    return found if not isinstance(found, bytes) else value


def _show(value: Any) -> str:
    """A number with four digits, or a list of them."""
    array = np.asarray(value)
    if array.dtype.kind not in "fiu":
        return str(value)
    if array.ndim == 0:
        return f"{array.item():.4g}"
    shown = ", ".join(_show(v) for v in array.reshape(-1)[:8])
    return f"[{shown}{', …' if array.size > 8 else ''}]"
