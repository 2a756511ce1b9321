"""Records by the kind of their derivative.

A kind knows how vjp and jvp follow from the one fact in which its functions differ (a partial, a
transpose), so no record can forget its forward mode, and broadcasting is undone in one place.
The functions given here run on arrays and on tensors alike: they use operators and the table only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from denpa.core.dtype import DType, bool_, is_float
from denpa.core.errors import DTypeError, GraphError
from denpa.core.op import OPS, Op, Sample, register
from denpa.core.shape import Shape, broadcast_shapes, describe

Infer = Callable[..., tuple[Shape, DType]]
Rule = Callable[..., Any]


def is_number(x: Any) -> bool:
    """A Python number, which has no shape and takes no derivative."""
    t = type(x)
    return t is float or t is int or t is bool


def samples(*given: tuple[Any, ...] | Sample) -> tuple[Sample, ...]:
    """Samples from tuples of shapes (and arrays); `Sample` where there are params."""
    return tuple(s if isinstance(s, Sample) else Sample(s) for s in given)


def unbroadcast(g: Any, shape: Shape) -> Any:
    """Sum a message over the dimensions along which its receiver was repeated."""
    if g.shape == shape:
        return g
    extra = len(g.shape) - len(shape)
    dims = tuple(range(extra)) + tuple(
        k + extra for k, n in enumerate(shape) if n == 1 and g.shape[k + extra] != 1
    )
    g = OPS["sum"](g, dim=dims, keepdim=False) if dims else g
    return g if g.shape == shape else OPS["reshape"](g, shape=shape)


def _times(g: Any, slope: Any) -> Any:
    # Where a slope is 0 for good, no message comes through, not even an infinite one.
    if is_number(slope):
        if slope == 0:
            return OPS["where"](OPS["lt"](g, g), g, 0.0)  # nothing is less than itself
        return g if slope == 1 else -g if slope == -1 else OPS["mul"](g, slope)
    if isinstance(slope, tuple):
        where, factor = slope  # the product is 0 elsewhere; as such it has derivatives of its own
        return OPS["where"](where | (g - g == 0), g * factor, 0.0)
    if slope.dtype.kind == "b":
        return OPS["where"](slope, g, 0.0)
    return g * slope


def _grow(t: Any, shape: Shape) -> Any:
    return t if t.shape == shape else OPS["broadcast_to"](t, shape=shape)


def pointwise_infer(name: str, masks: int, out: DType | None, only: str, fix: str) -> Infer:
    """Broadcast shapes; equal dtypes of the kinds in `only`; the first `masks` inputs are bool."""

    def check(inputs: tuple[Any, ...]) -> tuple[Shape, DType]:
        shapes = []
        dtype: DType | None = None
        for k, x in enumerate(inputs):
            if is_number(x):
                continue
            shapes.append(x.shape)
            if k < masks:
                if x.dtype != bool_:
                    raise DTypeError(f"{name} takes a bool condition, not {describe(x)}")
            elif dtype is None:
                dtype = x.dtype
                if dtype.kind not in only:
                    raise DTypeError(f"{name} is not defined for {describe(x)}; {fix}")
            elif dtype != x.dtype:
                got = " and ".join(map(describe, inputs))
                raise DTypeError(f"{name} takes one dtype, not {got}; convert one with .to(dtype)")
        if dtype is None:
            raise DTypeError(f"{name} takes at least one tensor")
        return broadcast_shapes(*shapes), dtype if out is None else out

    def infer(*inputs: Any, **params: Any) -> tuple[Shape, DType]:
        first = inputs[0]
        if masks or is_number(first):
            return check(inputs)
        shape, dtype = first.shape, first.dtype
        for x in inputs:  # the usual case, quickly: one shape, one dtype, numbers
            if not is_number(x) and (x.shape != shape or x.dtype != dtype):
                return check(inputs)
        return check(inputs) if dtype.kind not in only else (shape, dtype if out is None else out)

    return infer


def pointwise(
    name: str,
    eval: Rule,
    partials: Sequence[Rule | float | None],
    *,
    law: str = "",
    masks: int = 0,
    only: str = "f",
    domain: tuple[float, float] = (-2.0, 2.0),
    analytic: bool = False,
    given: tuple[Sample, ...] = (),
    plain: Rule | None = None,
) -> Op:
    """y[i] = f(x₁[i], x₂[i], …) with broadcasting. `partials[k](y, *inputs, **params)` is ∂y/∂x_k,
    or a number where it is constant, or bool where it is 1 or 0, or a pair (where it is not 0, it),
    or None for an input without a derivative.

    vjp: g·∂y/∂x_k, summed back to the shape of x_k. jvp: Σ_k t_k·∂y/∂x_k.
    """

    def vjp(g: Any, y: Any, inputs: Any, params: Any, wants: Sequence[bool]) -> list[Any]:
        found: list[Any] = []
        for want, partial, x in zip(wants, partials, inputs, strict=True):
            if not want or partial is None:
                found.append(None)
                continue
            slope = partial(y, *inputs, **params) if callable(partial) else partial
            m = _times(g, slope)
            found.append(m if m.shape == x.shape else unbroadcast(m, x.shape))
        return found

    def jvp(tangents: Sequence[Any], y: Any, inputs: Any, params: Any) -> Any:
        total = None
        for t, partial in zip(tangents, partials, strict=True):
            if t is not None and partial is not None:
                slope = partial(y, *inputs, **params) if callable(partial) else partial
                part = _times(t, slope)
                total = part if total is None else total + part
        return None if total is None else _grow(total, y.shape)

    n = len(partials)
    usual = [((2, 3),) * n, ((),) * n, ((0, 3),) * n]
    if n == 2:
        usual += [((2, 1), (3,)), ((), (2,))]
    fix = "convert it with .to(dtype)" if only != "f" else "it takes floating-point tensors"
    infer = pointwise_infer(name, masks, None, only, fix)
    chosen = given or samples(*usual)
    return register(
        Op(
            name,
            "pointwise",
            eval,
            infer,
            vjp,
            jvp,
            law,
            chosen,
            domain,
            analytic,
            saves=any(callable(p) for p in partials),
            plain=plain,
        )
    )


def linear(
    name: str,
    eval: Rule,
    infer: Infer,
    transpose: Rule,
    *,
    law: str,
    given: tuple[Sample, ...],
    view: bool = False,
    many: bool = False,
    analytic: bool = True,
) -> Op:
    """y = A x, linear in the first input (in every input if `many`). `transpose(g, *inputs,
    **params)` is Aᵀ g (a list, one for each input, if `many`); the tangent of y is A applied to the
    tangent of x."""

    def vjp(g: Any, y: Any, inputs: Any, params: Any, wants: Sequence[bool]) -> Sequence[Any]:
        if many:
            return list(transpose(g, *inputs, **params))
        return [transpose(g, *inputs, **params)] + [None] * (len(inputs) - 1)

    def jvp(tangents: Sequence[Any], y: Any, inputs: Any, params: Any) -> Any:
        if not many:
            return op(tangents[0], *inputs[1:], **params)
        return op(
            *(
                np.zeros(x.shape, x.dtype) if t is None else t
                for t, x in zip(tangents, inputs, strict=True)
            ),
            **params,
        )

    op = register(
        Op(
            name,
            "linear",
            eval,
            infer,
            vjp,
            jvp,
            law,
            given,
            analytic=analytic,
            view=view,
            saves=False,
        )
    )
    return op


def bilinear(
    name: str,
    eval: Rule,
    infer: Infer,
    left: Rule,
    right: Rule,
    *,
    law: str,
    given: tuple[Sample, ...],
) -> Op:
    """y = B(a, b) + c, bilinear in a and b; c may be left out and broadcasts. `left(g, a, b)` and
    `right(g, a, b)` are the messages to a and to b; the tangent is B(ȧ, b) + B(a, ḃ) + ċ."""

    def vjp(g: Any, y: Any, inputs: Any, params: Any, wants: Sequence[bool]) -> Sequence[Any]:
        a, b = inputs[:2]
        found = [
            left(g, a, b, **params) if wants[0] else None,
            right(g, a, b, **params) if wants[1] else None,
        ]
        if len(inputs) == 3:
            found.append(unbroadcast(g, inputs[2].shape) if wants[2] else None)
        return found

    def jvp(tangents: Sequence[Any], y: Any, inputs: Any, params: Any) -> Any:
        a, b = inputs[:2]
        da, db, *dc = tangents
        total = None
        for part in (
            None if da is None else op(da, b, **params),
            None if db is None else op(a, db, **params),
            *dc,
        ):
            if part is not None:
                total = part if total is None else total + part
        return _grow(total, y.shape)

    op = register(Op(name, "bilinear", eval, infer, vjp, jvp, law, given, analytic=True))
    return op


def general(
    name: str,
    eval: Rule,
    infer: Infer,
    vjp: Rule,
    jvp: Rule,
    *,
    law: str,
    given: tuple[Sample, ...],
    domain: tuple[float, float] = (-2.0, 2.0),
    plain: Rule | None = None,
) -> Op:
    """A function of one input of none of the other kinds: `vjp(g, y, x, **params)` and
    `jvp(t, y, x, **params)` are written out."""

    def backward(g: Any, y: Any, inputs: Any, params: Any, wants: Sequence[bool]) -> list[Any]:
        return [vjp(g, y, inputs[0], **params)]

    def forward(tangents: Sequence[Any], y: Any, inputs: Any, params: Any) -> Any:
        return jvp(tangents[0], y, inputs[0], **params)

    return register(
        Op(name, "general", eval, infer, backward, forward, law, given, domain, plain=plain)
    )


def constant(name: str, eval: Rule, infer: Infer, *, law: str, given: tuple[Sample, ...]) -> Op:
    """The derivative is zero wherever it exists (comparisons, indices, random numbers): no message
    is passed on, and the output does not require a gradient."""
    return register(Op(name, "constant", eval, infer, None, None, law, given))


def nondiff(name: str, eval: Rule, infer: Infer, *, fix: str, given: tuple[Sample, ...]) -> Op:
    """No derivative is defined: asking for one is an error that says what to use instead."""

    def refuse(*_: Any) -> Any:
        raise GraphError(f"{name} has no derivative; {fix}")

    return register(Op(name, "nondiff", eval, infer, refuse, refuse, "", given))


def need_float(name: str, x: Any) -> None:
    """Raise unless x is floating point."""
    if not is_float(x.dtype):
        raise DTypeError(f"{name} takes a floating-point tensor, not {describe(x)}; use .float()")
