"""Common subexpressions: what is computed twice is computed once. Backward asks again for some of
what forward has computed."""

from __future__ import annotations

from typing import Any

from denpa.core.dtype import bool_
from denpa.core.graph import Graph, Value

from .rewrite import rebuild

# minimum and maximum are left out: with 0 and -0 they answer by the order of their operands.
_COMMUTE = {"add", "mul", "eq", "bitwise_and", "bitwise_or", "bitwise_xor"}
# Bytes; larger constants are the same only if they are one array. Training steps (mlp, mlpbn) give
# the same code with 4,096 and 2²⁰, in the same time (`benchmarks.tuned _COMPARED`).
_COMPARED = 65536


def _constant_key(v: Value) -> Any:
    a = v.array
    assert a is not None
    content = a.tobytes() if a.nbytes <= _COMPARED else id(a)
    return a.dtype, a.shape, content


def _number_key(x: Any, v: Value) -> str:
    """1, 1.0 and True are equal, and so are 0.0 and -0.0: not here, but for a whole number among
    floats."""
    if type(x) is int and abs(x) <= 2**24:
        other = next(y for y in v.inputs if type(y) is Value and y.dtype != bool_)
        if other.dtype.kind == "f":
            return repr(float(x))
    return repr(x)


def share(graph: Graph) -> Graph:
    """Equations of the same op, inputs and params become one, constants of the same bytes too.

    Every op is a function of its inputs: `uniform` of one state gives the same numbers.
    """
    alias: dict[int, Value] = {}
    table: dict[Any, Value] = {}
    for v in graph.constants:
        first = table.setdefault(_constant_key(v), v)
        if first is not v:
            alias[id(v)] = first
    for v in graph.equations:
        assert v.op is not None
        name = v.op.name
        operands: list[Any] = []
        for x in v.inputs:
            if type(x) is Value:
                operands.append(id(alias.get(id(x), x)))
            else:
                operands.append(_number_key(x, v))
        if name in _COMMUTE:
            operands.sort(key=str)
        first = table.setdefault((name, *operands, *v.params.items()), v)
        if first is not v:
            alias[id(v)] = first
    return rebuild(graph, lambda v, xs: None, alias) if alias else graph
