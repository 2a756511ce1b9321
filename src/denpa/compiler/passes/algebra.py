"""Arithmetic that can be left out, and cheaper equations for the same bits.

Each rule pays by an instruction less in a loop (backward passes are full of negations), or by a
cheaper one: a division takes as long as several multiplications. Each gives what the op's own
`eval` gives, bit for bit (the sign of a NaN aside): x + 0 stays, for it turns -0 into 0, and
-(a - b) is not b - a where a = b.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from denpa.core.dtype import DType, bool_
from denpa.core.graph import Value
from denpa.ops.kinds import is_number

from .rewrite import Constants, Rule, made_by, make

_EXPONENTS = {2: 13, 4: 125, 8: 1021}  # powers of two that have a reciprocal, by the dtype's bytes


def _is(x: Any, n: int) -> bool:
    return type(x) in (int, float) and bool(x == n)


def _negative_zero(x: Any) -> bool:
    return type(x) is float and x == 0.0 and math.copysign(1.0, x) < 0


def _add(v: Value, xs: tuple[Any, ...]) -> Any:
    """x + (−y) = x − y: no negation."""
    a, b = xs
    for x, y in ((a, b), (b, a)):
        if type(x) is Value and x.shape == v.shape:
            if _negative_zero(y) or (_is(y, 0) and v.dtype.kind in "iu"):
                return x
            if made_by(y, "neg"):
                return make("sub", x, y.inputs[0], like=v)
    return None


def _sub(v: Value, xs: tuple[Any, ...]) -> Any:
    """x − (−y) = x + y: no negation."""
    a, b = xs
    if type(a) is Value and _is(b, 0) and not _negative_zero(b):
        return a
    return make("add", a, b.inputs[0], like=v) if made_by(b, "neg") else None


def _mul(v: Value, xs: tuple[Any, ...]) -> Any:
    """(−x)·c = x·(−c): the sign goes into the number; (−x)(−y) = x·y."""
    a, b = xs
    for x, y in ((a, b), (b, a)):
        if type(x) is not Value or not is_number(y) or v.dtype == bool_:
            continue
        if _is(y, 1):
            return x
        if _is(y, -1) and v.dtype.kind != "u":
            return make("neg", x, like=v)
        if made_by(x, "neg") and v.dtype.kind == "f":
            return make("mul", x.inputs[0], -y, like=v)
    if made_by(a, "neg") and made_by(b, "neg"):
        return make("mul", a.inputs[0], b.inputs[0], like=v)
    return None


def _div(v: Value, xs: tuple[Any, ...]) -> Any:
    """By a power of two it is a product, several times as fast; the sign goes into the number."""
    a, b = xs
    if type(a) is not Value or not is_number(b):
        return None
    if _is(b, 1):
        return a
    if made_by(a, "neg"):
        return make("div", a.inputs[0], -b, like=v)
    m, e = math.frexp(abs(b)) if math.isfinite(b) else (0.0, 0)
    # Both divide and multiply round the same real number, once.
    if m == 0.5 and abs(e - 1) <= _EXPONENTS[v.dtype.itemsize]:
        return make("mul", a, 1.0 / b, like=v)
    return None


def _pow(v: Value, xs: tuple[Any, ...]) -> Any:
    """A power takes a logarithm and an exponential, these ops a few instructions. NumPy takes them
    for these exponents, so the bits are those of `eval`, -∞ included (whose power 0.5 by the C
    library is ∞, and whose root is NaN)."""
    a, b = xs
    if type(a) is not Value or type(b) not in (int, float):
        return None
    if type(b) is float and a.dtype.kind != "f":
        return None
    if b == 1:
        return a
    if b == 2:
        return make("mul", a, a, like=v)
    if b == 0:
        return 1.0 if a.dtype.kind == "f" else 1
    if b == 0.5:
        return make("sqrt", a, like=v)
    if b == -1 and a.dtype.kind == "f":
        return make("div", 1.0, a, like=v)
    return None


def _neg(v: Value, xs: tuple[Any, ...]) -> Any:
    """−(x·c) = x·(−c): the sign goes into the number."""
    (x,) = xs
    if made_by(x, "neg"):
        return x.inputs[0]
    if made_by(x, "mul", "div") and x.dtype.kind == "f":
        a, b = x.inputs
        if is_number(b):
            return make(x.op.name, a, -b, like=v)
        if is_number(a):
            return make(x.op.name, -a, b, like=v)
    return None


def _idempotent(name: str) -> Rule:
    """f(f(x)) = f(x)."""

    def rule(v: Value, xs: tuple[Any, ...]) -> Any:
        return xs[0] if made_by(xs[0], name) else None

    return rule


def _abs(v: Value, xs: tuple[Any, ...]) -> Any:
    """|−x| = |x|, and twice is once."""
    if made_by(xs[0], "abs") or (made_by(xs[0], "relu") and v.dtype.kind in "iu"):
        return xs[0]
    return make("abs", xs[0].inputs[0], like=v) if made_by(xs[0], "neg") else None


def _twice(v: Value, xs: tuple[Any, ...]) -> Any:
    """max(x, x) = x, and the like."""
    return xs[0] if xs[0] is xs[1] else None


def _bitwise_not(v: Value, xs: tuple[Any, ...]) -> Any:
    """Twice is not at all."""
    return xs[0].inputs[0] if made_by(xs[0], "bitwise_not") else None


def _lossless(a: DType, b: DType) -> bool:
    """Whether every value of `a` is a value of `b`. NumPy counts int64 → float64 as safe."""
    if b.kind == "f" and a.kind in "iu":
        return a.itemsize * 8 - (a.kind == "i") <= np.finfo(b).nmant + 1
    return np.can_cast(a, b, "safe")


def _cast(v: Value, xs: tuple[Any, ...]) -> Any:
    """One conversion in place of two where the first loses nothing: mixed precision goes there and
    back."""
    (x,) = xs
    if x.dtype == v.dtype:
        return x
    if not made_by(x, "cast"):
        return None
    first = x.inputs[0]
    if not _lossless(first.dtype, x.dtype):
        return None
    # A float that does not fit an integer has no defined result; an integer wraps.
    if x.dtype.kind == "f" and v.dtype.kind in "iu" and not _lossless(first.dtype, v.dtype):
        return None
    return first if first.dtype == v.dtype else make("cast", first, like=v, dtype=v.dtype)


def _detach(v: Value, xs: tuple[Any, ...]) -> Any:
    """Gradients are in the graph by now; the number is the same, and a copy is saved."""
    return xs[0]


def _where(known: Constants) -> Rule:
    """A choice that is known, or none, needs no comparison; ¬c picks the other way round."""

    def rule(v: Value, xs: tuple[Any, ...]) -> Any:
        c, a, b = xs
        picked = known.number(c)
        chosen = a if a is b else None if picked is None else a if picked else b
        if is_number(chosen):
            return chosen
        if type(chosen) is Value:
            if chosen.shape == v.shape:
                return chosen
            return make("broadcast_to", chosen, like=v, shape=v.shape)
        if made_by(c, "bitwise_not"):
            return make("where", c.inputs[0], b, a, like=v)
        return None

    return rule


def rules(known: Constants) -> dict[str, Rule]:
    """The rules by op."""
    table: dict[str, Callable[[Value, tuple[Any, ...]], Any]] = {
        "add": _add,
        "sub": _sub,
        "mul": _mul,
        "div": _div,
        "pow": _pow,
        "neg": _neg,
        "abs": _abs,
        "cast": _cast,
        "detach": _detach,
        "where": _where(known),
        "bitwise_not": _bitwise_not,
    }
    table |= {name: _idempotent(name) for name in ("relu", "floor", "round", "sign")}
    same = ("maximum", "minimum", "bitwise_and", "bitwise_or")
    return table | dict.fromkeys(same, _twice)
