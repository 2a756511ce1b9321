"""Places as affine functions of loop variables: what views and broadcasting do to an index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from denpa.compiler.lower.kernels import Access, View, contiguous
from denpa.core.graph import Value
from denpa.core.shape import Shape, size_of

Affine = tuple[int, ...]  # the constant, then a factor for each axis of the kernel

VIEWS = frozenset(
    ("reshape", "permute", "broadcast_to", "slice", "diagonal", "flip", "unfold", "detach"),
)
"""Ops that are strides only."""


def row_major(view: View) -> bool:
    """Whether a view is its whole buffer, in order."""
    if view.offset or size_of(view.shape) != view.buffer.size:
        return False
    steps = zip(view.shape, view.strides, contiguous(view.shape), strict=True)
    return all(n == 1 or s == t for n, s, t in steps)


def identity(n: int) -> tuple[Affine, ...]:
    """The index (i₀, i₁, …) itself."""
    return tuple((0, *(1 if a == d else 0 for a in range(n))) for d in range(n))


def place_at(view: View, index: tuple[Affine, ...], axes: int) -> Access:
    """Where element `index` of a view lies in its buffer."""
    const, coefs = view.offset, [0] * axes
    for stride, n, affine in zip(view.strides, view.shape, index, strict=True):
        if n == 1 or not stride:
            if affine[0] and stride:
                const += stride * affine[0]
            continue
        const += stride * affine[0]
        for a, factor in enumerate(affine[1:]):  # that of a 0-dim operand is shorter: a constant
            coefs[a] += stride * factor
    return Access(view.buffer, const, tuple(coefs))


def broadcast_index(x: Any, shape: Shape, index: tuple[Affine, ...]) -> tuple[Affine, ...]:
    """The index of operand `x` for element `index` of a result of that shape."""
    if not isinstance(x, Value):
        return ()
    tail = index[len(shape) - len(x.shape) :]
    zero = (0,) * len(index[0]) if index else (0,)
    return tuple(zero if n == 1 else i for n, i in zip(x.shape, tail, strict=True))


def combine(*terms: tuple[int, Affine]) -> Affine:
    """Σ factor·affine."""
    return tuple(sum(f * a[k] for f, a in terms) for k in range(len(terms[0][1])))


def shift(affine: Affine, by: int) -> Affine:
    """affine + by."""
    return (affine[0] + by, *affine[1:])


def moved_index(v: Value, index: tuple[Affine, ...]) -> tuple[Affine, ...] | None:
    """Where element `index` of a view lies in its operand; None for a reshape that mixes dims."""
    assert v.op is not None
    name, x, p = v.op.name, v.inputs[0], v.params
    if name == "detach":
        return index
    if name == "diagonal":
        return (*index, index[-1])
    if name == "permute":
        back = [0] * len(index)
        for k, d in enumerate(p["dims"]):
            back[d] = k
        return tuple(index[k] for k in back)
    if name == "broadcast_to":
        return broadcast_index(x, v.shape, index)
    if name == "slice":
        return tuple(
            shift(combine((s, i)), a) for i, a, s in zip(index, p["start"], p["step"], strict=True)
        )
    if name == "flip":
        return tuple(
            shift(combine((-1, i)), x.shape[d] - 1) if d in p["dim"] else i
            for d, i in enumerate(index)
        )
    if name == "unfold":
        r = len(p["size"])
        lead = len(index) - 2 * r
        spread = [
            combine((s, index[lead + r + k]), (d, index[lead + k]))
            for k, (s, d) in enumerate(zip(p["stride"], p["dilation"], strict=True))
        ]
        return (*index[:lead], *spread)
    given = [i for n, i in zip(v.shape, index, strict=True) if n != 1]
    if [n for n in x.shape if n != 1] != [n for n in v.shape if n != 1]:
        return None
    width = len(index[0]) if index else 1
    return tuple((0,) * width if n == 1 else given.pop(0) for n in x.shape)


def memory_order(shape: Shape, like: Sequence[Affine]) -> list[int]:
    """The dims from the slowest to the fastest, as the loads step through memory."""
    best = max(like, key=lambda c: sum(1 for s in c if s), default=())
    if len(best) != len(shape):
        return list(range(len(shape)))
    known = [d for d in range(len(shape)) if best[d]]
    if len(known) < sum(1 for n in shape if n > 1):
        return list(range(len(shape)))
    known.sort(key=lambda d: -abs(best[d]))
    return [d for d in range(len(shape)) if not best[d]] + known
