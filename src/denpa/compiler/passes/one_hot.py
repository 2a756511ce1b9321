"""Adding at positions that are all different is a comparison with the numbers of the columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from denpa.core.dtype import bool_, int64
from denpa.core.graph import Graph, Value

from .rewrite import Constants, Rule, by_op, constant, elements, made_by, make, reshaped

WIDEST = 4096
"""Columns up to which each is compared with the index. `benchmarks.tuned WIDEST`, one thread of an
AMD EPYC (Zen 5), gradients as a multiple of the time with this value, of cross-entropy with 64 rows
/ of 64 picked numbers: of 2,048 columns with fewer (1,024) 1.53 / 3.0; of 8,192 with more 0.77 /
0.53. But of one number picked from one row of 8,192 with more 2.7."""

_ZERO = {"f": 0.0, "i": 0, "u": 0, "b": False}  # by the kind of a dtype


def _counts(index: Any, axis: int, rank: int, size: int, known: Constants) -> bool:
    """Whether the index array is 0, 1, … size-1 along one axis of the picked shape, constant along
    the others."""
    a = known.array(index)
    if a is None or a.ndim > rank or a.size != size:
        return False
    shape = (1,) * (rank - a.ndim) + a.shape
    return shape[axis] == size and bool((a.reshape(-1) == np.arange(size)).all())


def _column(v: Value, xs: tuple[Any, ...], known: Constants) -> int | None:
    """The dimension in which each row of a `scatter_add` picks one place, when all other index
    arrays count through theirs."""
    g, *index = xs
    shape = v.params["shape"]
    rank = len(index) - 1
    picked = g.shape[: len(g.shape) - len(shape) + len(index)]
    if len(picked) != rank or not elements(g):
        return None
    for d in range(len(index)):
        others = [*index[:d], *index[d + 1 :]]
        sizes = (*shape[:d], *shape[d + 1 : len(index)])
        if picked == sizes and all(
            _counts(i, k, rank, sizes[k], known) for k, i in enumerate(others)
        ):
            return d
    return None


def _plus_zero(g: Value, like: Value) -> Value:
    """What is added to 0 is never -0."""
    return make("add", g, 0.0, like=like) if g.dtype.kind == "f" else g


def _scatter(known: Constants) -> Rule:
    def one_hot(v: Value, xs: tuple[Any, ...]) -> Any:
        d = _column(v, xs, known)
        shape = v.params["shape"]
        if d is None or shape[d] > WIDEST:
            return None
        g, *index = xs
        columns, rank, rest = shape[d], len(index) - 1, shape[len(index) :]
        at = index[d]
        if at.dtype.kind == "u" or at.dtype.itemsize < 4:  # may not hold every column
            at = make("cast", at, like=v, dtype=int64)
        below = make("lt", at, 0, like=v)
        at = make("where", below, make("add", at, columns, like=v), at, like=v)
        # One axis for the columns is put in: (picked before d, 1, picked after d, rest).
        full = (1,) * (rank - len(at.shape)) + at.shape
        at = reshaped(at, (*full[:d], 1, *full[d:], *(1,) * len(rest)), v)
        after = (1,) * (len(shape) - d - 1)
        numbers = constant(np.arange(columns, dtype=at.dtype).reshape(columns, *after))
        hit = make("eq", at, numbers, like=v)
        picked = g.shape[:rank]
        g = reshaped(_plus_zero(g, v), (*picked[:d], 1, *picked[d:], *rest), v)
        return make("where", hit, g, _ZERO[v.dtype.kind], like=v)

    return one_hot


def _sum(known: Constants) -> Rule:
    def whole(v: Value, xs: tuple[Any, ...]) -> Any:
        x = xs[0].inputs[0] if made_by(xs[0], "neg") else xs[0]
        if not made_by(x, "scatter_add"):
            return None
        d = _column(x, x.inputs, known)
        if d is None or v.params["dim"] != (d,) or v.dtype == bool_:
            return None
        g = x.inputs[0] if x is xs[0] else make("neg", x.inputs[0], like=v)
        return reshaped(_plus_zero(g, v), v.shape, v)

    return whole


def one_hot(graph: Graph) -> Graph:
    """`scatter_add` with one index for each row, as in the backward pass of cross-entropy, becomes
    `where(index == column, g, 0)`, which fuses with its neighbours; its sum over the columns is g.
    An index out of range, which the forward pass refuses, hits no column."""
    known = Constants(graph)
    graph = by_op(graph, {"sum": _sum(known)})
    return by_op(graph, {"scatter_add": _scatter(known)})
