"""Reductions: over nothing, over sizes of 1, means as sums, large sums in two stages.

A reduction ends a loop, and what follows needs another one; a change of shape or a pointwise op in
its place goes into the loop of its neighbours.
"""

from __future__ import annotations

from typing import Any

from denpa.core.dtype import float16
from denpa.core.graph import Graph, Value
from denpa.core.shape import size_of

from .rewrite import Constants, Rule, by_op, elements, make, reshaped

LARGE = 65536
"""Elements of a sum that is taken in two stages, so that lanes can share it. On one thread of an
AMD EPYC (Zen 5) two stages neither cost nor save much (`benchmarks.tuned reduce.LARGE`, sums of
squared differences): 20,000 elements with 16,384 take 1.11 times as long, 50,000 with 32,768 0.94;
90,000 with 131,072 (one stage) 1.01, 2 million always in one 0.98. Two threads were not measured on
a quiet machine."""


def _one(v: Value, xs: tuple[Any, ...]) -> bool:
    """Whether each result has one element to reduce."""
    return elements(xs[0]) == elements(v) != 0


def _plus_zero(x: Value, like: Value) -> Value:
    """x + 0, which turns -0 into 0: a sum starts at 0."""
    return make("add", x, 0.0, like=like) if x.dtype.kind == "f" else x


def _sum(v: Value, xs: tuple[Any, ...]) -> Any:
    return reshaped(_plus_zero(xs[0], v), v.shape, v) if _one(v, xs) else None


def _logsumexp(v: Value, xs: tuple[Any, ...]) -> Any:
    return _sum(v, xs)  # ln(e⁰) + x


def _amax(v: Value, xs: tuple[Any, ...]) -> Any:
    return reshaped(xs[0], v.shape, v) if _one(v, xs) else None


def _argmax(v: Value, xs: tuple[Any, ...]) -> Any:
    return 0 if _one(v, xs) else None


def _argsort(v: Value, xs: tuple[Any, ...]) -> Any:
    return 0 if v.shape[v.params["dim"]] == 1 else None


def _mean(v: Value, xs: tuple[Any, ...]) -> Any:
    """As `eval` has it: the sum over the count. 1/count times the sum would round twice. In half
    precision, which may not hold either, it stays one equation (see `expand`). As a sum it shares
    the loop of other sums, and the division is part of its epilogue."""
    if v.dtype == float16:
        return None
    count = size_of([xs[0].shape[d] for d in v.params["dim"]])
    return make("div", make("sum", xs[0], like=v, **v.params), float(count), like=v)


def rules(known: Constants) -> dict[str, Rule]:
    """The rules by op."""
    return {
        "sum": _sum,
        "mean": _mean,
        "amax": _amax,
        "logsumexp": _logsumexp,
        "argmax": _argmax,
        "argsort": _argsort,
    }


def _two_stages(v: Value, xs: tuple[Any, ...]) -> Any:
    (x,) = xs
    dims, keepdim = v.params["dim"], v.params["keepdim"]
    rank = len(x.shape)
    if elements(x) <= LARGE or len(dims) != rank or rank < 2:
        return None
    first = next(d for d, n in enumerate(x.shape) if n != 1)
    inner = tuple(d for d in range(rank) if d > first)
    if elements(x) == x.shape[first] or not inner:
        return None
    rows = make("sum", x, like=v, dim=inner, keepdim=True)
    rows = make("sum", rows, like=v, dim=(first,), keepdim=True)
    return reshaped(rows, v.shape, v) if not keepdim else rows


def split_sums(graph: Graph) -> Graph:
    """A large sum to one number as a sum over the inner dimensions, then one over the outermost:
    so many threads can each take rows. Only the order of the additions changes."""
    return by_op(graph, {"sum": _two_stages})
