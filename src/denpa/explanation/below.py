"""What lies below a loss in the engine's graph, and whether it can be explained."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from denpa.autodiff.mode import STATE
from denpa.autodiff.tensor import Tensor
from denpa.core.errors import GraphError
from denpa.core.graph import Value
from denpa.core.shape import describe, size_of
from denpa.core.source import where


def check(loss: Any) -> Value:
    """The value of a loss that can be explained.

    Errors: TypeError for what is no tensor; GraphError (a RuntimeError) for a loss that is no
    scalar, has no graph, whose graph backward has freed, or one of whose values was changed since.
    """
    if not isinstance(loss, Tensor):
        raise TypeError(f"explain takes a loss, a tensor of one element, not {type(loss).__name__}")
    root = loss._value
    if size_of(root.shape) != 1:
        raise GraphError(
            f"explain: the messages begin at one number, and this is {describe(root)}; reduce it "
            "(.sum(), .mean()), or explain one element of it (y[2, 3])"
        )
    if STATE.tracer is not None or root.array is None:
        raise GraphError("explain: there are no numbers in a trace; call it outside dp.compile")
    if root.op is None:
        if root.requires_grad:
            raise GraphError("explain: this is a leaf, nothing was computed; explain a loss of it")
        raise GraphError(
            "explain: this was computed without a graph (under no_grad, detached, or from tensors "
            "none of which requires a gradient); compute the loss with recording on, from "
            "parameters or from inputs with requires_grad=True"
        )
    return root


def checked(values: Sequence[Value]) -> None:
    """Refuse what cannot be explained, since its numbers are gone.

    Errors: GraphError (a RuntimeError) for a graph that backward has freed, what was given and has
    been written to since, and values without numbers.
    """
    for value in values:
        v = made(value)
        if v.op is not None and not v.seen:
            error = GraphError(
                "explain: backward() has freed this graph; call dp.explain(loss) before "
                "loss.backward(), or loss.backward(retain_graph=True)"
            )
            error.where = where(v.source, v.scope)
            raise error
        if v.op is None:
            continue
        for x, seen in zip((*v.inputs, value), v.seen, strict=True):
            # What was computed is computed again; what was given, and a user's rule, is not.
            given = isinstance(x, Value) and (made(x).op is None or x.rule is not None)
            if given and x.version != seen:
                error = GraphError(
                    f"explain: {describe(x)} was changed in place since it was used (by "
                    "optimizer.step()?); call dp.explain(loss) before that"
                )
                error.where = where(v.source, v.scope)
                raise error
        if 0 in v.shape:
            error = GraphError(
                f"explain: {describe(v)} holds no numbers (a batch of size 0?); give at least one "
                "example"
            )
            error.where = where(v.source, v.scope)
            raise error


def made(v: Value) -> Value:
    """The equation that a value is the result of, here: the one to differentiate, or the one by
    which a layer made it of data that no gradient goes to."""
    if v.rule is not None:
        return v.rule
    if v.op is None and v.origin is not None and not v.origin.kind.endswith("Loss"):
        return v.origin
    return v


def values_of(root: Value) -> list[Value]:
    """All values below the loss, in the order they were made."""
    seen = {id(root): root}
    stack = [root]
    while stack:
        for x in made(stack.pop()).inputs:
            if isinstance(x, Value) and id(x) not in seen:
                seen[id(x)] = x
                stack.append(x)
    return sorted(seen.values(), key=attrgetter("number"))
