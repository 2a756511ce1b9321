"""What all passes are made of: a walk over a graph that builds the next graph.

A value never changes. A pass looks at the equations in order, each with its inputs as they are in
the graph being built, and answers with what stands in its place. From the first change on, every
equation is built anew, so the order of the equations is that of the graph it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from denpa.core.dtype import DType
from denpa.core.graph import Graph, Value
from denpa.core.op import OPS, Op
from denpa.core.shape import Shape, size_of
from denpa.ops.kinds import is_number

Rule = Callable[[Value, tuple[Any, ...]], Any]
"""From an equation and its new inputs to a Value, a number (everywhere), or None: as it is."""


class Constants:
    """Which values of a graph are known while it is compiled.

    An input may carry an array too (an example of what it will be): it is no constant, so the
    question cannot be answered by the value alone.
    """

    def __init__(self, graph: Graph) -> None:
        self._given = {id(v) for v in graph.inputs}
        self._uniform: dict[int, tuple[Value, Any]] = {}

    def array(self, x: Any) -> np.ndarray | None:
        """The array of a constant, None for any other value."""
        if type(x) is not Value or x.op is not None or id(x) in self._given:
            return None
        return x.array

    def number(self, x: Any) -> Any:
        """The number that all elements of `x` are (bit for bit), None where they differ or are not
        known."""
        if is_number(x):
            return x
        while type(x) is Value and x.op is not None and x.op.name in ("broadcast_to", "reshape"):
            x = x.inputs[0]
        found = self._uniform.get(id(x))
        if found is None:
            array = self.array(x)
            found = x, None if array is None else _uniform_number(array)
            if array is not None:
                self._uniform[id(x)] = found
        return found[1]


def _uniform_number(a: np.ndarray) -> Any:
    if not a.size:
        return None
    first = a.reshape(-1)[:1]
    # A sum would not tell 0.0 from -0.0, so the bits are compared.
    same = first.tobytes() * min(a.size, 64)
    if np.ascontiguousarray(a.reshape(-1)[:64]).tobytes() != same:
        return None
    bits = np.ascontiguousarray(a).reshape(-1).view(f"u{a.dtype.itemsize}")
    return first[0].item() if bool((bits == bits[0]).all()) else None


def constant(array: np.ndarray) -> Value:
    """A value that is known while the graph is compiled."""
    return Value(array.shape, array.dtype, array)


def full(number: Any, shape: Shape, dtype: DType, like: Value) -> Value:
    """`number` everywhere: a constant without dimensions, broadcast."""
    point = constant(np.array(number, dtype))
    return point if shape == () else make("broadcast_to", point, like=like, shape=shape)


def make(op_name: str, *inputs: Any, like: Value, **params: Any) -> Value:
    """The equation `op(inputs; params)`, with the source line and scope of the one it stands
    for; shape and dtype by the op's own rule."""
    op = OPS[op_name]
    return _equation(op, inputs, params, op.infer(*inputs, **params), like)


def _equation(
    op: Op | None, inputs: Any, params: Any, kind: tuple[Shape, DType], like: Value
) -> Value:
    y = Value(kind[0], kind[1], None, like.requires_grad)
    y.op = op
    y.inputs = inputs
    y.params = params
    y.source = like.source
    y.scope = like.scope
    if like.forward is not None:
        y.forward = like.forward
    return y


def reshaped(x: Value, shape: Shape, like: Value) -> Value:
    """`x` in another shape; `x` itself where it has it."""
    return x if x.shape == shape else make("reshape", x, like=like, shape=shape)


def rebuild(graph: Graph, rule: Rule, alias: Mapping[int, Value] | None = None) -> Graph:
    """The graph in which each equation is replaced by what `rule` says; `graph` itself where
    nothing changed.

    `rule(value, inputs)` gets the old equation and its inputs in the new graph. A number stands for
    a tensor of it. `alias` names, by id, values that are to be another value of the old graph.
    """
    alias = alias or {}
    new: dict[int, Any] = {}
    for v in graph.constants:
        if id(v) in alias:
            new[id(v)] = alias[id(v)]
    changed = bool(new)
    for v in graph.equations:
        same = alias.get(id(v))
        if same is not None:
            new[id(v)] = new.get(id(same), same)
            changed = True
            continue
        inputs = v.inputs
        if changed:
            inputs = tuple([new.get(id(x), x) for x in inputs])
        y = rule(v, inputs)
        if y is None:
            if not changed:
                continue
            y = _equation(v.op, inputs, v.params, (v.shape, v.dtype), v)
        elif y is not v:
            changed = True
            if is_number(y):
                y = full(y, v.shape, v.dtype, v)
        new[id(v)] = y
    if not changed:
        return graph
    result = Graph(graph.inputs, [new.get(id(v), v) for v in graph.outputs])
    for v in result.equations:
        if v.forward is not None:
            f = new.get(id(v.forward))
            if type(f) is Value:
                v.forward = f
    return result


def by_op(graph: Graph, table: Mapping[str, Rule]) -> Graph:
    """`rebuild` with a rule for some ops; graphs without them are not walked twice."""
    if not any(v.op is not None and v.op.name in table for v in graph.equations):
        return graph

    def rule(v: Value, inputs: tuple[Any, ...]) -> Any:
        assert v.op is not None
        found = table.get(v.op.name)
        return None if found is None else found(v, inputs)

    return rebuild(graph, rule)


def made_by(x: Any, *names: str) -> bool:
    """Whether `x` is the result of one of the ops named."""
    return type(x) is Value and x.op is not None and x.op.name in names


def elements(x: Value) -> int:
    """The number of elements."""
    return size_of(x.shape)
