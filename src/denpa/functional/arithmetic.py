"""Arithmetic, element by element: sums, products, quotients, powers, and mixtures of them."""

from __future__ import annotations

from typing import Any

from denpa.autodiff.mode import no_grad
from denpa.autodiff.tensor import Tensor, promote
from denpa.core.dtype import bool_, float16, result_type
from denpa.core.errors import DTypeError
from denpa.core.shape import describe
from denpa.functional.common import OptionError, both, cast, located, need, op, single
from denpa.functional.elements import number_in
from denpa.functional.limits import trunc

__all__ = [
    "abs",
    "absolute",
    "add",
    "addcdiv",
    "addcmul",
    "div",
    "divide",
    "floor_divide",
    "lerp",
    "mul",
    "multiply",
    "neg",
    "negative",
    "positive",
    "pow",
    "remainder",
    "sign",
    "sub",
    "subtract",
    "true_divide",
]


def add(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """input + alpha·other, broadcast: two tensors, or a tensor and a number; alpha is a number.
    Errors: TypeError for what is no tensor or number, (DTypeError) for a fraction as alpha of whole
    numbers; RuntimeError (ShapeError) for shapes that do not broadcast.
    >>> import denpa as dp; dp.add(dp.tensor([1.0, 2.0]), 10, alpha=2)
    tensor([21., 22.])
    """
    once = None if alpha == 1 else _once(add, input, other, alpha=alpha)
    return both("add", input, _scaled("add", input, other, alpha)) if once is None else once


def sub(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """input − alpha·other, broadcast: two tensors, or a tensor and a number; alpha is a number.
    Errors: TypeError for what is no tensor or number, (DTypeError) for a fraction as alpha of whole
    numbers and two bools; RuntimeError (ShapeError) for shapes that do not broadcast.
    >>> import denpa as dp; dp.sub(dp.tensor([1.0, 2.0]), 1)
    tensor([0., 1.])
    """
    once = None if alpha == 1 else _once(sub, input, other, alpha=alpha)
    return both("sub", input, _scaled("sub", input, other, alpha)) if once is None else once


def _once(function: Any, *operands: Any, **numbers: Any) -> Tensor | None:
    """Of float16, several steps with a number between them: in float32, rounded once. None for
    other types."""
    if result_type(list(operands)) != float16:
        return None
    wide = (single(x) if isinstance(x, Tensor) else x for x in operands)
    result: Tensor = cast(function(*wide, **numbers), float16)
    return result


def _scaled(name: str, input: Any, other: Any, alpha: Any) -> Any:
    if type(alpha) is int and alpha == 1:
        return other
    tensors = [x for x in (input, other) if isinstance(x, Tensor)]
    if isinstance(alpha, float) and not any(t.dtype.kind == "f" for t in tensors):
        raise located(DTypeError(f"{name}: alpha {alpha} must be an int for integer tensors"))
    return other * alpha


def mul(input: Any, other: Any) -> Tensor:
    """input·other, broadcast: two tensors, or a tensor and a number.
    Errors: TypeError for anything else; RuntimeError (ShapeError) if shapes do not broadcast.
    >>> import denpa as dp; dp.mul(dp.tensor([1.0, 2.0]), 3)
    tensor([3., 6.])
    """
    return both("mul", input, other)


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """input / other (tensors, numbers), broadcast; `rounding_mode` is None (floating point),
    "trunc" (towards 0) or "floor".
    Errors: TypeError for what is no tensor or number, (DTypeError) with a mode for integers by 0
    and two bools; ValueError (OptionError) for another mode; RuntimeError (ShapeError) if shapes do
    not broadcast.
    >>> import denpa as dp; dp.div(dp.tensor([-7, 7]), 2, rounding_mode="floor")
    tensor([-4,  3])
    """
    if rounding_mode is None:
        return both("div", input, other, floats=True)
    if rounding_mode not in ("trunc", "floor"):
        raise located(
            OptionError(
                f"div: rounding_mode must be None, 'trunc' or 'floor', not {rounding_mode!r}"
            )
        )
    a, b = promote([input, other])
    dtype = (a if isinstance(a, Tensor) else b).dtype
    with no_grad():
        if rounding_mode == "floor":
            q = op("floor_divide", a, b)
        elif dtype.kind == "f":
            q = trunc(op("div", a, b))
        else:
            q = op("floor_divide", abs(a), abs(b)) * (_sign(a) * _sign(b))
    if not any(isinstance(x, Tensor) and x.requires_grad for x in (a, b)):
        return q
    # The derivative is zero, and it is recorded as such: round carries it, where never takes it.
    steps = [op("round", x) for x in (a, b) if isinstance(x, Tensor)]
    carrier = steps[0] if len(steps) == 1 else steps[0] + steps[1]
    return op("where", op("eq", q, q) | True, q, carrier)


def _sign(x: Any) -> Any:
    return op("sign", x) if isinstance(x, Tensor) else (x > 0) - (x < 0)


def true_divide(input: Any, other: Any) -> Tensor:
    """input / other (tensors, numbers), broadcast, always in floating point.
    Errors: TypeError for anything else; RuntimeError (ShapeError) if shapes do not broadcast.
    >>> import denpa as dp; dp.true_divide(dp.tensor([1, 2]), 2)
    tensor([0.5, 1. ])
    """
    return both("div", input, other, floats=True)


def floor_divide(input: Any, other: Any) -> Tensor:
    """input / other (tensors, numbers) rounded down, broadcast, as Python's //; no derivative.
    Errors: TypeError for what is no tensor or number, (DTypeError) for two bool tensors and whole
    numbers divided by 0; RuntimeError (ShapeError) for shapes that do not broadcast.
    >>> import denpa as dp; dp.floor_divide(dp.tensor([-7, 7]), 2)
    tensor([-4,  3])
    """
    return both("floor_divide", input, other)


def remainder(input: Any, other: Any) -> Tensor:
    """The rest of the division rounded down, broadcast, as Python's %; it has the sign of `other`.
    Errors: TypeError for what is no tensor or number, (DTypeError) for two bool tensors and whole
    numbers divided by 0; RuntimeError (ShapeError) for shapes that do not broadcast.
    >>> import denpa as dp; dp.remainder(dp.tensor([-7, 7]), 4)
    tensor([1, 3])
    """
    return both("remainder", input, other)


def pow(input: Any, exponent: Any) -> Tensor:
    """input to the power of exponent, broadcast; one of them may be a number.
    Errors: TypeError for what is no tensor or number, (DTypeError) for two bool tensors and an
    integer tensor to a negative power; RuntimeError (ShapeError) for shapes that do not broadcast.
    >>> import denpa as dp; dp.pow(2, dp.tensor([1.0, 3.0]))
    tensor([2., 8.])
    """
    return both("pow", input, exponent)


def neg(input: Tensor) -> Tensor:
    """−x, of the input's shape and dtype.
    Errors: TypeError for what is no tensor, (DTypeError) for a bool tensor.
    >>> import denpa as dp; dp.neg(dp.tensor([1, -2]))
    tensor([-1,  2])
    """
    return op("neg", need("neg", input))


def positive(input: Tensor) -> Tensor:
    """x itself.
    Errors: TypeError for what is no tensor, (DTypeError) for a bool tensor.
    >>> import denpa as dp; dp.positive(dp.tensor([1, -2]))
    tensor([ 1, -2])
    """
    x = need("positive", input)
    if x.dtype == bool_:
        raise located(DTypeError(f"positive is not defined for {describe(x)}"))
    return x


def abs(input: Tensor) -> Tensor:
    """|x|, of the input's shape and dtype, or of a number; the slope at 0 is 0.
    Errors: TypeError for what is no tensor or number, (DTypeError) for a bool tensor.
    >>> import denpa as dp; dp.abs(dp.tensor([-1.0, 2.0]))
    tensor([1., 2.])
    """
    return op("abs", input) if isinstance(input, Tensor) else input if input >= 0 else -input


def sign(input: Tensor) -> Tensor:
    """−1, 0 or 1, of the input's shape and dtype.
    Errors: TypeError for what is no tensor, (DTypeError) for a bool tensor.
    >>> import denpa as dp; dp.sign(dp.tensor([-3.0, 0.0, 5.0]))
    tensor([-1.,  0.,  1.])
    """
    return op("sign", need("sign", input))


def lerp(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    """input + weight·(end − input), broadcast; the weight is a tensor or a number.
    Errors: TypeError for a number as input or end; RuntimeError (ShapeError) if shapes do not
    broadcast.
    >>> import denpa as dp; dp.lerp(dp.zeros(1), dp.ones(1), 0.25)
    tensor([0.25])
    """
    once = _once(lerp, input, end, weight)
    if once is not None:
        return once
    return both("add", input, weight * both("sub", need("lerp", end, "end"), need("lerp", input)))


def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
    """input + value·tensor1·tensor2, broadcast; for whole numbers, value is one too.
    Errors: TypeError for a value that is no number; ValueError (NumberError) for one that a whole
    number cannot hold; RuntimeError (ShapeError) if shapes do not broadcast.
    >>> import denpa as dp; dp.addcmul(dp.ones(2), dp.tensor([1.0, 2.0]), dp.tensor([3.0, 4.0]))
    tensor([4., 9.])
    """
    dtype = result_type([input, tensor1, tensor2])
    if dtype.kind in "iu":
        return both("add", input, both("mul", tensor1, tensor2) * number_in(value, dtype))
    once = None if value == 1 else _once(addcmul, input, tensor1, tensor2, value=value)
    if once is not None:
        return once
    return both("addcmul", input, tensor1, tensor2 if value == 1 else tensor2 * value)


def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
    """input + value·tensor1/tensor2, broadcast, in floating point.
    Errors: TypeError for a value that is no number; RuntimeError (ShapeError) if shapes do not
    broadcast.
    >>> import denpa as dp; dp.addcdiv(dp.ones(2), dp.tensor([6.0, 8.0]), dp.tensor([3.0, 2.0]))
    tensor([3., 5.])
    """
    once = _once(addcdiv, input, tensor1, tensor2, value=value)
    if once is not None:
        return once
    ratio = tensor1 / tensor2
    return both("add", input, ratio if value == 1 else ratio * value)


absolute, negative = abs, neg


subtract, multiply, divide = sub, mul, div
