"""Equations that move elements: those that move nothing are left out, two become one.

They pay by what they no longer hide: views of views are strides, but a reshape of a permutation is
a copy, and a pad, a flip or a cat a pass through memory.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from denpa.compiler.passes.spread import pieces
from denpa.core.graph import Value

from .rewrite import Constants, Rule, elements, made_by, make, reshaped

_ZERO = {"f": 0.0, "i": 0, "u": 0, "b": False}  # by the kind of a dtype


def _reshape(v: Value, xs: tuple[Any, ...]) -> Any:
    """The last shape is what counts; there and back is nothing."""
    (x,) = xs
    while made_by(x, "reshape"):
        x = x.inputs[0]
    if x.shape == v.shape:
        return x
    return None if x is xs[0] else make("reshape", x, like=v, shape=v.shape)


def _permute(v: Value, xs: tuple[Any, ...]) -> Any:
    """Two as one, which is often none: backward turns back what forward has turned."""
    (x,) = xs
    dims = v.params["dims"]
    if made_by(x, "permute"):
        dims = tuple(x.params["dims"][d] for d in dims)
        x = x.inputs[0]
    if dims == tuple(range(len(dims))):
        return x
    moved = [d for d in dims if x.shape[d] != 1]
    if moved == sorted(moved):  # only sizes of 1 change their place
        return make("reshape", x, like=v, shape=v.shape)
    return None if x is xs[0] else make("permute", x, like=v, dims=dims)


def _broadcast_to(v: Value, xs: tuple[Any, ...]) -> Any:
    """From the smallest array, of which pointwise ops then read each number where it is."""
    x = xs[0]
    if x.shape == v.shape:
        return x
    if elements(x) == elements(v):
        return make("reshape", x, like=v, shape=v.shape)
    while made_by(x, "broadcast_to") or (
        made_by(x, "reshape") and grows_left(x.inputs[0].shape, x.shape)
    ):
        x = x.inputs[0]
    return None if x is xs[0] else make("broadcast_to", x, like=v, shape=v.shape)


def grows_left(old: tuple[int, ...], new: tuple[int, ...]) -> bool:
    """Whether `new` is `old` after sizes of 1, which broadcasting puts there by itself."""
    extra = len(new) - len(old)
    return extra >= 0 and new == (1,) * extra + old


def _slice(v: Value, xs: tuple[Any, ...]) -> Any:
    """The slice of a slice as one, so that both are seen to touch what they touch and no more."""
    (x,) = xs
    if x.shape == v.shape:  # a slice takes elements forwards, so all of them in their order
        return x
    start, step = v.params["start"], v.params["step"]
    if not made_by(x, "slice"):
        return None
    first, pace = x.params["start"], x.params["step"]
    size = x.inputs[0].shape
    start = tuple(a + b * s for a, b, s in zip(first, start, pace, strict=True))
    step = tuple(s * t for s, t in zip(pace, step, strict=True))
    stop = tuple(
        min(n, a + (m - 1) * s + 1) if m else a
        for n, a, m, s in zip(size, start, v.shape, step, strict=True)
    )
    return make("slice", x.inputs[0], like=v, start=start, stop=stop, step=step)


def _pad(v: Value, xs: tuple[Any, ...]) -> Any:
    """The pad of a pad as one, of a sum of pads as pads: an array of zeros less to fill."""
    (x,) = xs
    if x.shape == v.shape:
        return x
    if not elements(x):
        return _ZERO[v.dtype.kind]
    return _nested(x, v) if made_by(x, "pad") else _outwards(v, pieces(x), lambda p: _nested(p, v))


def _nested(inner: Value, outer: Value) -> Value:
    """The pad of a pad as one."""
    start, step, p = outer.params["start"], outer.params["step"], inner.params
    return make(
        "pad",
        inner.inputs[0],
        like=outer,
        shape=outer.shape,
        start=tuple(a + b * s for a, b, s in zip(start, p["start"], step, strict=True)),
        step=tuple(s * t for s, t in zip(step, p["step"], strict=True)),
    )


def _outwards(v: Value, found: list[Value], change: Callable[[Value], Value]) -> Value | None:
    """A sum of pads with each pad changed: sums come last, where they are no sums at all."""
    if not found:
        return None
    first, *rest = (change(p) for p in found)
    for p in rest:
        first = make("add", first, p, like=v)
    return first


def _where(v: Value, xs: tuple[Any, ...]) -> Any:
    """Zero or a sum of pads, element by element: the same of each piece, where it is computed; the
    sum would need a place and another pass."""
    condition = xs[0]
    if type(condition) is not Value or condition.shape != v.shape:
        return None
    for k in (1, 2):
        x, zero = xs[k], xs[3 - k]
        if type(zero) not in (int, float, bool) or str(float(zero)) != "0.0":
            continue
        if type(x) is not Value or (x.shape, x.dtype) != (v.shape, v.dtype):
            continue

        def inner(p: Value, k: int = k, zero: Any = zero) -> Value:
            start, step, a = p.params["start"], p.params["step"], p.inputs[0]
            stop = tuple(i + (n - 1) * s + 1 for i, n, s in zip(start, a.shape, step, strict=True))
            here = make("slice", condition, like=v, start=start, stop=stop, step=step)
            args = (a, zero) if k == 1 else (zero, a)
            return make(
                "pad",
                make("where", here, *args, like=v),
                like=v,
                shape=v.shape,
                start=start,
                step=step,
            )

        return _outwards(v, pieces(x), inner)
    return None


def _flip(v: Value, xs: tuple[Any, ...]) -> Any:
    """Twice is not at all; two become one."""
    (x,) = xs
    dims = {d for d in v.params["dim"] if v.shape[d] > 1}
    if made_by(x, "flip"):
        dims ^= {d for d in x.params["dim"] if v.shape[d] > 1}
        x = x.inputs[0]
    if not dims:
        return x
    ordered = tuple(sorted(dims))
    if x is xs[0] and ordered == v.params["dim"]:
        return None
    return make("flip", x, like=v, dim=ordered)


def _cat(v: Value, xs: tuple[Any, ...]) -> Any:
    """The parts go to where they end up; a part in a part would be copied twice."""
    dim = v.params["dim"]
    parts: list[Any] = []
    for x in xs:
        if made_by(x, "cat") and x.params["dim"] == dim:
            parts += x.inputs
        else:
            parts.append(x)
    held = [x for x in parts if x.shape[dim]]
    if len(held) == 1:
        return held[0]
    same = len(held) == len(xs) and all(a is b for a, b in zip(held, xs, strict=True))
    return None if same or not held else make("cat", *held, like=v, dim=dim)


def _fold_of_one(v: Value, xs: tuple[Any, ...]) -> Any:
    """The running sum of one number."""
    return xs[0] if v.shape[v.params["dim"]] == 1 else None


def _unfold(v: Value, xs: tuple[Any, ...]) -> Any:
    """Windows of one element, or one window that is everything, are a change of shape."""
    size = v.params["size"]
    places = v.shape[len(v.shape) - len(size) :]
    space = xs[0].shape[len(xs[0].shape) - len(size) :]
    if (all(k == 1 for k in size) and places == space) or (
        all(p == 1 for p in places) and size == space
    ):
        return reshaped(xs[0], v.shape, v)
    return None


def rules(known: Constants) -> dict[str, Rule]:
    """The rules by op."""
    return {
        "reshape": _reshape,
        "permute": _permute,
        "broadcast_to": _broadcast_to,
        "slice": _slice,
        "where": _where,
        "pad": _pad,
        "flip": _flip,
        "cat": _cat,
        "cumsum": _fold_of_one,
        "unfold": _unfold,
    }
