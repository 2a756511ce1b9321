"""Primitives that native code has no entry for, written as others: the affine layer, the mean,
logsumexp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from denpa.compiler.passes.rewrite import make
from denpa.core.dtype import DType, float16, float32
from denpa.core.graph import Graph, Value
from denpa.core.shape import size_of
from denpa.ops.index import precision
from denpa.ops.kinds import is_number


def _linear(v: Value, x: Value, w: Value, b: Value | None = None) -> Value:
    rows = x
    if len(x.shape) > 2:
        rows = make("reshape", x, like=v, shape=(size_of(x.shape[:-1]), x.shape[-1]))
    y = make("matmul", rows, make("permute", w, like=v, dims=(1, 0)), like=v)
    if len(x.shape) > 2:
        y = make("reshape", y, like=v, shape=v.shape)
    return y if b is None else make("add", y, b, like=v)


def _mean(v: Value, x: Value, *, dim: tuple[int, ...], keepdim: bool) -> Value:
    count = size_of([x.shape[d] for d in dim])
    total = make("sum", x, like=v, dim=dim, keepdim=keepdim)
    return make("div", total, float(count), like=v)


def _logsumexp(v: Value, x: Value, *, dim: tuple[int, ...], keepdim: bool) -> Value:
    if any(x.shape[d] == 0 for d in dim):  # ln 0 = −∞
        return make("log", make("sum", x, like=v, dim=dim, keepdim=keepdim), like=v)
    top = make("amax", x, like=v, dim=dim, keepdim=True)
    finite = make("eq", make("sub", top, top, like=v), 0.0, like=v)
    top = make("where", finite, top, 0.0, like=v)
    shares = make("exp", make("sub", x, top, like=v), like=v)
    total = make("log", make("sum", shares, like=v, dim=dim, keepdim=True), like=v)
    y = make("add", total, top, like=v)
    return y if keepdim else make("reshape", y, like=v, shape=v.shape)


EXPAND: dict[str, Callable[..., Value]] = {
    "linear": _linear,
    "mean": _mean,
    "logsumexp": _logsumexp,
}


_SUMS = ("sum", "cumsum", "matmul", "linear", "mean")  # which float16 may not hold on the way


def _by_number(v: Value) -> bool:
    """Whether it is a product with a number or a quotient, which float16 may not hold."""
    assert v.op is not None
    return v.op.name in ("mul", "div") and any(map(is_number, v.inputs))


def _wider(v: Value) -> DType:
    """The precision in which a primitive computes: as `eval` does, that of its result or more."""
    assert v.op is not None
    if v.dtype == float16 and (v.op.name in _SUMS or _by_number(v)):
        return float32
    if v.op.name == "scatter_add":
        return precision(v.dtype, v.inputs[1:])
    return v.dtype


def _computed_in(wide: DType, v: Value, *inputs: Value, **params: Any) -> Value:
    assert v.op is not None
    xs = [
        x if is_number(x) or x.dtype.kind != "f" else make("cast", x, like=v, dtype=wide)
        for x in inputs
    ]
    rule = EXPAND.get(v.op.name)
    y = make(v.op.name, *xs, like=v, **params)
    if rule is not None:
        y = rule(y, *xs, **params)
    return make("cast", y, like=v, dtype=v.dtype)


def expand(graph: Graph) -> Graph:
    """The same graph without the primitives of `EXPAND`."""
    special = {*EXPAND, *_SUMS, "scatter_add", "mul", "div"}
    if not any(v.op is not None and v.op.name in special for v in graph.equations):
        return graph
    known: dict[int, Any] = {}
    for v in graph.equations:
        assert v.op is not None
        inputs = tuple(known.get(id(x), x) for x in v.inputs)
        rule = EXPAND.get(v.op.name)
        wide = _wider(v)
        if wide != v.dtype:
            known[id(v)] = _computed_in(wide, v, *inputs, **v.params)
        elif rule is not None:
            known[id(v)] = rule(v, *inputs, **v.params)
        elif any(a is not b for a, b in zip(inputs, v.inputs, strict=True)):
            known[id(v)] = make(v.op.name, *inputs, like=v, **v.params)
    return Graph(graph.inputs, [known.get(id(v), v) for v in graph.outputs])
