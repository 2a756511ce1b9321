"""Functions of numbers, element by element, as composites and faces of the table."""

from __future__ import annotations

import math
from typing import Any

from denpa.autodiff.tensor import Tensor, promote
from denpa.core.dtype import bool_
from denpa.functional.common import (
    both,
    cast,
    floating,
    need,
    op,
)

__all__ = [
    "cos",
    "erf",
    "exp",
    "exp2",
    "expm1",
    "log",
    "log1p",
    "log2",
    "log10",
    "maximum",
    "minimum",
    "reciprocal",
    "relu",
    "rsqrt",
    "sigmoid",
    "sin",
    "sqrt",
    "square",
    "tan",
    "tanh",
    "where",
]


def exp(input: Tensor) -> Tensor:
    """eˣ: floating point, of the input's shape.
    Errors: TypeError for what is no tensor.
    >>> import denpa as dp; dp.exp(dp.zeros(1))
    tensor([1.])
    """
    return op("exp", floating("exp", input))


def exp2(input: Tensor) -> Tensor:
    """2ˣ: floating point, of the input's shape.
    Errors: TypeError for what is no tensor.
    >>> import denpa as dp; dp.exp2(dp.tensor([1, 3]))
    tensor([2., 8.])
    """
    return op("pow", 2.0, floating("exp2", input))


def expm1(input: Tensor) -> Tensor:
    """eˣ − 1, exact near 0: floating point, of the input's shape.
    Errors: TypeError for what is no tensor.
    >>> import denpa as dp; dp.expm1(dp.zeros(1))
    tensor([0.])
    """
    return op("expm1", floating("expm1", input))


def log(input: Tensor) -> Tensor:
    """The natural logarithm, NaN below 0: floating point, of the input's shape.
    Errors: TypeError for what is no tensor.
    >>> import denpa as dp; dp.log(dp.ones(1))
    tensor([0.])
    """
    return op("log", floating("log", input))


def log2(input: Tensor) -> Tensor:
    """The logarithm to base 2: floating point, of the input's shape.
    Errors: TypeError for what is no tensor.
    >>> import denpa as dp; dp.log2(dp.tensor([1, 8]))
    tensor([0., 3.])
    """
    return op("div", op("log", floating("log2", input)), math.log(2))


def log10(input: Tensor) -> Tensor:
    """The logarithm to base 10: floating point, of the input's shape.
    Errors: TypeError for what is no tensor.
    >>> import denpa as dp; dp.log10(dp.tensor([1, 100]))
    tensor([0., 2.])
    """
    return op("div", op("log", floating("log10", input)), math.log(10))


def log1p(input: Tensor) -> Tensor:
    """ln(1 + x), exact near 0: floating point, of the input's shape.
    Errors: TypeError for what is no tensor.
    >>> import denpa as dp; dp.log1p(dp.zeros(1))
    tensor([0.])
    """
    return op("log1p", floating("log1p", input))


def sqrt(input: Tensor) -> Tensor:
    """The square root, NaN below 0: floating point, of the input's shape.
    Errors: TypeError for what is no tensor.
    >>> import denpa as dp; dp.sqrt(dp.tensor([4.0, 9.0]))
    tensor([2., 3.])
    """
    return op("sqrt", floating("sqrt", input))


def rsqrt(input: Tensor) -> Tensor:
    """1/√x: floating point, of the input's shape.
    Errors: TypeError for what is no tensor.
    >>> import denpa as dp; dp.rsqrt(dp.tensor([4.0]))
    tensor([0.5])
    """
    return op("div", 1.0, op("sqrt", floating("rsqrt", input)))


def square(input: Tensor) -> Tensor:
    """x², of the input's shape and dtype.
    Errors: TypeError for what is no tensor, (DTypeError) for a bool tensor.
    >>> import denpa as dp; dp.square(dp.tensor([-3.0]))
    tensor([9.])
    """
    return op("pow", need("square", input), 2)


def reciprocal(input: Tensor) -> Tensor:
    """1/x: floating point, of the input's shape.
    Errors: TypeError for what is no tensor.
    >>> import denpa as dp; dp.reciprocal(dp.tensor([2, 4]))
    tensor([0.5 , 0.25])
    """
    return op("div", 1.0, floating("reciprocal", input))


def sin(input: Tensor) -> Tensor:
    """The sine of an angle in radians: floating point, of the input's shape.
    Errors: TypeError for what is no tensor.
    >>> import denpa as dp; dp.sin(dp.zeros(1))
    tensor([0.])
    """
    return op("sin", floating("sin", input))


def cos(input: Tensor) -> Tensor:
    """The cosine of an angle in radians: floating point, of the input's shape.
    Errors: TypeError for what is no tensor.
    >>> import denpa as dp; dp.cos(dp.zeros(1))
    tensor([1.])
    """
    return op("cos", floating("cos", input))


def tan(input: Tensor) -> Tensor:
    """The tangent of an angle in radians: floating point, of the input's shape.
    Errors: TypeError for what is no tensor.
    >>> import denpa as dp; dp.tan(dp.zeros(1))
    tensor([0.])
    """
    x = floating("tan", input)
    return op("div", op("sin", x), op("cos", x))


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent: floating point, of the input's shape.
    Errors: TypeError for what is no tensor.
    >>> import denpa as dp; dp.tanh(dp.zeros(1))
    tensor([0.])
    """
    return op("tanh", floating("tanh", input))


def sigmoid(input: Tensor) -> Tensor:
    """The logistic function σ(x) = 1/(1 + e⁻ˣ): floating point, of the input's shape.
    Errors: TypeError for what is no tensor.
    >>> import denpa as dp; dp.sigmoid(dp.zeros(1))
    tensor([0.5])
    """
    return op("sigmoid", floating("sigmoid", input))


def relu(input: Tensor) -> Tensor:
    """max(x, 0), of the input's shape and dtype; the slope at 0 is 0.
    Errors: TypeError for what is no tensor, (DTypeError) for a bool tensor.
    >>> import denpa as dp; dp.relu(dp.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    return op("relu", need("relu", input))


def erf(input: Tensor) -> Tensor:
    """The error function 2/√π ∫₀ˣ exp(−t²) dt: floating point, of the input's shape.
    Errors: TypeError for what is no tensor.
    >>> import denpa as dp; dp.erf(dp.zeros(1))
    tensor([0.])
    """
    return op("erf", floating("erf", input))


def maximum(input: Tensor, other: Tensor) -> Tensor:
    """The larger of two elements, broadcast; a tie shares the gradient, NaN wins.
    Errors: TypeError for what is no tensor; RuntimeError (ShapeError) if shapes do not broadcast.
    >>> import denpa as dp; dp.maximum(dp.tensor([1.0, 5.0]), dp.tensor([3.0, 2.0]))
    tensor([3., 5.])
    """
    return both("maximum", need("maximum", input), need("maximum", other, "other"))


def minimum(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of two elements, broadcast; a tie shares the gradient, NaN wins.
    Errors: TypeError for what is no tensor; RuntimeError (ShapeError) if shapes do not broadcast.
    >>> import denpa as dp; dp.minimum(dp.tensor([1.0, 5.0]), dp.tensor([3.0, 2.0]))
    tensor([1., 2.])
    """
    return both("minimum", need("minimum", input), need("minimum", other, "other"))


def where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """input where the condition (a bool tensor) holds, other elsewhere (tensors or numbers),
    broadcast; with the condition alone, where it holds: `nonzero(condition, as_tuple=True)`.
    Errors: TypeError for what is no tensor or number, (DTypeError) for a condition that is not
    bool; RuntimeError (ShapeError) for shapes that do not broadcast.
    >>> import denpa as dp
    >>> x = dp.tensor([-1.0, 2.0])
    >>> dp.where(x > 0, x, 0.0)
    tensor([0., 2.])
    """
    c = need("where", condition, "condition")
    if input is None and other is None:
        from denpa.functional.pick import nonzero

        return nonzero(c, as_tuple=True)
    for name, x in (("input", input), ("other", other)):
        if not isinstance(x, (Tensor, int, float)):
            raise TypeError(f"where(): {name} must be a Tensor or a number, not {type(x).__name__}")
    a, b = promote([input, other])
    return op("where", c, a, b)


def as_bool(x: Tensor) -> Tensor:
    """Where x is not zero."""
    return cast(x, bool_)
