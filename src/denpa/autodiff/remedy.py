"""What to do about a NaN or an infinity, where that is certain."""

from __future__ import annotations

from typing import Any

import numpy as np


def remedy(op: str, phase: str, result: np.ndarray, operands: tuple[Any, ...], at: Any) -> str:
    """A phrase that ends the sentence, or nothing: for the op that made `result[at]`."""
    a, b, *_ = [*(_number(x, result, at) for x in operands), None, None]
    finite = [x for x in (a, b) if x is not None]
    if phase == "backward":
        if op == "sqrt" and b == 0:
            return "; the slope of a root is infinite at 0: add a small number under it"
        return ""
    if op in _DOMAIN and np.isnan(result[at]) and np.isfinite(finite).all():
        return f"; {_DOMAIN[op]}: clamp it"
    if op in ("log", "log1p") and np.isneginf(result[at]):
        return "; clamp what goes into the logarithm to a small number"
    if op == "pow" and a == 0 and b is not None and b < 0:
        return "; add a small number (eps) to the base"
    if op == "div" and b == 0:
        return "; add a small number to the divisor"
    if op == "sub" and finite == [-np.inf, -np.inf] and _row(operands, result, at):
        return f"; {_row(operands, result, at)} is -inf throughout: leave one element unmasked"
    if result.dtype == np.float16 and np.isinf(result[at]) and np.isfinite(finite).all():
        return "; float16 ends at 65504: compute this in float32"
    if op == "exp" and np.isposinf(result[at]):
        limit = np.log(np.finfo(result.dtype).max)
        return (
            f"; exp of more than {limit:.1f} is too large for {result.dtype}: use softmax, "
            "log_softmax or logsumexp, or clamp its argument"
        )
    return ""


_DOMAIN = {
    "log": "the logarithm takes numbers above 0",
    "log1p": "log1p takes numbers above -1",
    "sqrt": "the root takes numbers from 0",
    "pow": "a power with a fraction as exponent takes numbers from 0",
}


def _number(x: Any, result: np.ndarray, at: Any) -> float | None:
    try:
        return float(np.broadcast_to(np.asarray(x), result.shape)[at])
    except ValueError:
        return None


def _row(operands: tuple[Any, ...], result: np.ndarray, at: tuple[int, ...]) -> str:
    """The row of which the maximum is subtracted: that dimension has size 1 in the second
    operand."""
    kept = np.shape(operands[1])
    if len(kept) != len(at) or (kept == result.shape and 1 not in kept):
        return ""
    dims = [k for k, n in enumerate(kept) if n == 1]
    wide = [k for k in dims if result.shape[k] != 1] or dims[-1:]
    if not wide:
        return ""
    row = tuple(slice(None) if k in wide else i for k, i in enumerate(at))
    if not np.isneginf(np.asarray(operands[0])[row]).all():
        return ""
    shown = ", ".join(":" if isinstance(k, slice) else str(k) for k in row)
    return f"the row [{shown}]"
