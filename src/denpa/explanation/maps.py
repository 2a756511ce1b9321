"""A local derivative is a sparse linear map.

For one equation y = g(x₁, x₂, …) and one of its inputs, the map lists for each element x_i which
y_j it reaches and how strongly, ∂y_j/∂x_i. It holds a *kind* and the numbers that stand on its
edges, never a formula that would have to be differentiated. One function, `Map.reach`, reads it:
whoever derives, adds up or draws multiplies and adds, and differentiates nothing.

Each op of the table has its column here (`MAPS`); pointwise ops share one, so that a new one needs
none. What has no column is a dense Jacobian, for the functions that are named in `DENSE`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from denpa.core.op import Op
from denpa.core.shape import size_of
from denpa.explanation.sparse import Map

MOST = 1 << 22
"""Elements of a dense Jacobian at most (32 MB); a larger one is not made, the map is `far`."""

DENSE = {
    "function": "a rule that a user has written: which elements it reads is not known",
}
"""Ops whose map is the Jacobian itself, and why."""


@dataclass(frozen=True)
class EquationCall:
    """One equation with its numbers: what the columns read."""

    op: Op
    inputs: tuple[Any, ...]  # arrays and Python numbers
    value: np.ndarray
    params: dict[str, Any]


def map_of(call: EquationCall, slot: int) -> Map:
    """The map of one equation for its input number `slot`, which is an array.

    >>> import numpy as np
    >>> from denpa.ops.reduce import mean
    >>> x = np.array([1.0, 3.0])
    >>> call = EquationCall(mean, (x,), np.array(2.0), {"dim": (0,), "keepdim": False})
    >>> map_of(call, 0).reach((1,))
    [((), 0.5)]
    """
    if call.op.kind == "pointwise":
        return _pointwise(call, slot)
    made = MAPS.get(call.op.name)
    return _dense(call, slot) if made is None else made(call, slot)


# -- the columns -----------------------------------------------------------------------------------


def _new(call: EquationCall, slot: int, kind: str, **held: Any) -> Map:
    return Map(kind, call.inputs[slot].shape, call.value.shape, held)


def _pointwise(call: EquationCall, slot: int) -> Map:
    y = call.value
    spread = [np.broadcast_to(a, y.shape) if isinstance(a, np.ndarray) else a for a in call.inputs]
    wants = [k == slot for k in range(len(spread))]
    assert call.op.vjp is not None
    found = call.op.vjp(np.ones(y.shape, y.dtype), y, spread, call.params, wants)[slot]
    partial = np.broadcast_to(np.asarray(0.0 if found is None else found), y.shape)
    if partial.size and (partial == partial.flat[0]).all():
        return _new(call, slot, "pointwise", constant=float(partial.flat[0]))
    return _new(call, slot, "pointwise", partial=np.asarray(partial, np.float64))


def _linear(call: EquationCall, slot: int) -> Map:
    kind = ("linear.x", "linear.w", "linear.b")[slot]
    return _new(call, slot, kind, **({} if slot == 2 else {"other": call.inputs[1 - slot]}))


def _matmul(call: EquationCall, slot: int) -> Map:
    return _new(call, slot, ("matmul.a", "matmul.b")[slot], other=call.inputs[1 - slot])


def _reduced(call: EquationCall, slot: int, **held: Any) -> Map:
    x = call.inputs[slot]
    dims = sorted(d % max(x.ndim, 1) for d in call.params["dim"])
    return _new(call, slot, "reduce", dims=dims, keepdim=bool(call.params["keepdim"]), **held)


def _sum(call: EquationCall, slot: int) -> Map:
    return _reduced(call, slot, constant=1.0)


def _mean(call: EquationCall, slot: int) -> Map:
    x = call.inputs[slot]
    return _reduced(
        call, slot, constant=1.0 / max(size_of([x.shape[d] for d in call.params["dim"]]), 1)
    )


def _shared(call: EquationCall, slot: int) -> Map:
    """Each output has its own elements, and the message of 1 to them is the partial."""
    y = call.value
    assert call.op.vjp is not None
    found = call.op.vjp(np.ones(y.shape, y.dtype), y, call.inputs, call.params, [True])[0]
    return _reduced(call, slot, partial=np.asarray(found, np.float64))


def _same(call: EquationCall, slot: int) -> Map:
    return _new(call, slot, "same")


def _copied(call: EquationCall, slot: int) -> Map:
    return _new(call, slot, "pointwise", constant=1.0)


def _permute(call: EquationCall, slot: int) -> Map:
    return _new(call, slot, "permute", dims=list(call.params["dims"]))


def _small(found: Any) -> np.ndarray:
    index = np.asarray(found)  # of one element it may be a bare number
    return index.astype(np.int32 if index.size < 2**31 else np.int64, copy=False)


def _take(call: EquationCall, slot: int) -> Map:
    """What only moves elements is read off by moving their numbers; from 1, as 0 is "none"."""
    numbers: list[Any] = list(call.inputs)
    for k, a in enumerate(call.inputs):
        if isinstance(a, np.ndarray) and a.dtype.kind == "f":
            numbers[k] = np.zeros(a.shape, np.int64)
    x = call.inputs[slot]
    numbers[slot] = np.arange(1, x.size + 1).reshape(x.shape)
    index = np.asarray(call.op.eval(*numbers, **call.params)) - 1
    return _new(call, slot, "take", index=_small(index))


def _put(call: EquationCall, slot: int) -> Map:
    """What only adds up elements is read off backwards: where each one's message comes from."""
    y = call.value
    assert call.op.vjp is not None
    numbers = np.arange(y.size).reshape(y.shape)
    index = call.op.vjp(numbers, y, call.inputs, call.params, [True] * len(call.inputs))[slot]
    return _new(call, slot, "put", index=_small(np.asarray(index)))


def _running(call: EquationCall, slot: int) -> Map:
    return _new(call, slot, "running", dim=int(call.params["dim"]) % max(call.value.ndim, 1))


def _dense(call: EquationCall, slot: int) -> Map:
    x, y = call.inputs[slot], call.value
    if x.size * y.size > MOST:
        return _new(call, slot, "far")
    matrix = np.zeros((y.size, x.size))
    wants = [k == slot for k in range(len(call.inputs))]
    assert call.op.vjp is not None
    for j in range(y.size):
        one = np.zeros(y.size, y.dtype)
        one[j] = 1
        found = call.op.vjp(one.reshape(y.shape), y, call.inputs, call.params, wants)[slot]
        if found is not None:
            matrix[j] = np.asarray(found).ravel()
    return _new(call, slot, "dense", matrix=matrix)


MAPS: dict[str, Callable[[EquationCall, int], Map]] = {
    "linear": _linear,
    "matmul": _matmul,
    "sum": _sum,
    "mean": _mean,
    "amax": _shared,
    "logsumexp": _shared,
    "cumsum": _running,
    "reshape": _same,
    "cast": _same,
    "broadcast_to": _copied,
    "permute": _permute,
    "cat": _take,
    "slice": _take,
    "pad": _take,
    "diagonal": _take,
    "flip": _take,
    "gather": _take,
    "unfold": _take,
    "scatter_add": _put,
    "fold": _put,
}
"""How the map of each op that is not pointwise is made."""
