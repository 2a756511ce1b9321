"""Forward mode: walk the equations in order and push tangents, ẏ = Σ_k ∂y/∂x_k ẋ_k."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from denpa.autodiff.tensor import Tensor
from denpa.core.graph import Value, equations_of


def tangents(
    outputs: Sequence[Tensor], inputs: Sequence[Tensor], directions: Sequence[Tensor]
) -> list[Tensor | None]:
    """The tangents of `outputs` when `inputs` move along `directions`; None where nothing moves.

    The rules run on tensors, so that what they compute is recorded in its turn where recording is
    on.
    """
    moved: dict[int, Any] = {id(x._value): d for x, d in zip(inputs, directions, strict=True)}
    for v in equations_of((t._value for t in outputs), stop=(t._value for t in inputs)):
        if v.op is None or id(v) in moved or v.op.jvp is None:
            continue
        ts = [moved.get(id(x)) if isinstance(x, Value) else None for x in v.inputs]
        if all(t is None for t in ts):
            continue
        args = [Tensor(x) if isinstance(x, Value) else x for x in v.inputs]
        t = v.op.jvp(ts, Tensor(v), args, v.params)
        if t is not None:
            moved[id(v)] = t
    return [moved.get(id(t._value)) for t in outputs]
