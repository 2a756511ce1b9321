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
    values = equations_of((t._value for t in outputs), (t._value for t in inputs), rules=True)
    for v in values:
        if v.op is None or id(v) in moved:
            continue
        by_user = v.op.kind == "function"
        if v.op.jvp is None and not by_user:
            continue
        ts = [moved.get(id(x)) if isinstance(x, Value) else None for x in v.inputs]
        if all(t is None for t in ts):
            continue
        if by_user:
            raise NotImplementedError(
                f"forward mode through the Function {v.op.name} is not offered: it has a backward "
                "and no jvp; use reverse mode (grad, vjp, jacrev)"
            )
        assert v.op.jvp is not None
        args = [Tensor(x) if isinstance(x, Value) else x for x in v.inputs]
        t = v.op.jvp(ts, Tensor(v), args, v.params)
        if t is not None:
            moved[id(v)] = t
    return [moved.get(id(t._value)) for t in outputs]
