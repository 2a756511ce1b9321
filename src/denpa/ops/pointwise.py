"""Functions of numbers, element by element."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from denpa.core.dtype import bool_
from denpa.core.op import OPS, Op
from denpa.ops.erf import erf as _erf
from denpa.ops.kinds import constant, is_number, nondiff, pointwise, pointwise_infer, samples

_POSITIVE = (0.2, 3.0)
_PAIRS = samples(((2, 3), (2, 3)), ((), ()), ((0, 3), (0, 3)), ((2, 1), (3,)), ((), (2,)))


def bracket(condition: Any, like: Any) -> Any:
    """Iverson's bracket: 1 where the condition holds, 0 elsewhere, in the dtype of `like`."""
    return OPS["cast"](condition, dtype=like.dtype)


def _pow_base(y: Any, a: Any, b: Any) -> Any:
    if is_number(b):
        return b * a ** (b - 1) if b != 0 else 0.0
    return b * a ** OPS["where"](b == 0, b * 0 + 1, b - 1)  # b = 0: slope 0 even at a = 0


def _pow_exponent(y: Any, a: Any, b: Any) -> Any:
    if is_number(a):
        return y * float(np.log(a)) if a > 0 else y * (0.0 if a == 0 else float("nan"))
    zero = (a == 0) & (b >= 0)
    return y * OPS["log"](OPS["where"](zero, a * 0 + 1, a))


def _more(a: Any, b: Any, y: Any) -> Any:
    return (
        1 - bracket(a < b, y) - 0.5 * bracket(a == b, y)
    )  # a tie shares the message, as in PyTorch


# fmt: off
add: Op = pointwise("add", np.add, [1, 1], only="fiub", analytic=True,
    law=r"\frac{\partial (a+b)}{\partial a} = \frac{\partial (a+b)}{\partial b} = 1")
sub: Op = pointwise("sub", np.subtract, [1, -1], only="fiu", analytic=True,
    law=r"\frac{\partial (a-b)}{\partial a} = 1, \frac{\partial (a-b)}{\partial b} = -1")
mul: Op = pointwise("mul", np.multiply, [lambda y, a, b: b, lambda y, a, b: a], only="fiub",
    analytic=True,
    law=r"\frac{\partial (ab)}{\partial a} = b, \frac{\partial (ab)}{\partial b} = a")
div: Op = pointwise("div", np.true_divide, [lambda y, a, b: 1 / b, lambda y, a, b: -y / b],
    law=r"\frac{\partial (a/b)}{\partial a} = \frac1b, "
    r"\frac{\partial (a/b)}{\partial b} = -\frac{a}{b^2}",
    domain=_POSITIVE, analytic=True)
pow: Op = pointwise("pow", operator.pow, [_pow_base, _pow_exponent], only="fiu", domain=_POSITIVE,
    analytic=True,
    law=r"\frac{\partial a^b}{\partial a} = b a^{b-1}, \frac{\partial a^b}{\partial b} = a^b \ln a")
neg: Op = pointwise("neg", np.negative, [-1], only="fiu", analytic=True,
    law=r"\frac{d(-x)}{dx} = -1")
abs: Op = pointwise("abs", np.abs, [lambda y, x: sign(x)], only="fiu",
    law=r"\frac{d|x|}{dx} = \operatorname{sgn} x")
exp: Op = pointwise("exp", np.exp, [lambda y, x: y], analytic=True, law=r"\frac{d e^x}{dx} = e^x")
log: Op = pointwise("log", np.log, [lambda y, x: 1 / x], domain=_POSITIVE, analytic=True,
    law=r"\frac{d \ln x}{dx} = \frac1x")
log1p: Op = pointwise("log1p", np.log1p, [lambda y, x: 1 / (1 + x)], domain=(-0.5, 3),
    analytic=True,
    law=r"\frac{d \ln(1+x)}{dx} = \frac{1}{1+x}")
expm1: Op = pointwise("expm1", np.expm1, [lambda y, x: y + 1], analytic=True,
    law=r"\frac{d(e^x-1)}{dx} = e^x")
sqrt: Op = pointwise("sqrt", np.sqrt, [lambda y, x: 0.5 / y], domain=_POSITIVE, analytic=True,
    law=r"\frac{d\sqrt x}{dx} = \frac{1}{2\sqrt x}")
sin: Op = pointwise("sin", np.sin, [lambda y, x: cos(x)], analytic=True,
    law=r"\frac{d \sin x}{dx} = \cos x")
cos: Op = pointwise("cos", np.cos, [lambda y, x: -sin(x)], analytic=True,
    law=r"\frac{d \cos x}{dx} = -\sin x")
tanh: Op = pointwise("tanh", np.tanh, [lambda y, x: 1 - y * y], analytic=True,
    law=r"\frac{d}{dx}\tanh x = 1 - \tanh^2 x")
# tanh does not overflow, so neither does this: σ(x) = (1 + tanh(x/2))/2
sigmoid: Op = pointwise("sigmoid",
    lambda x: 0.5 * np.tanh(0.5 * x) + 0.5, [lambda y, x: y * (1 - y)],
    analytic=True, law=r"\frac{d\sigma}{dx} = \sigma(x)(1 - \sigma(x))",
    plain=lambda x: 1 / (1 + np.exp(-x)))
relu: Op = pointwise("relu", lambda x: np.maximum(x, 0), [lambda y, x: y > 0], only="fiu",
    law=r"\frac{d}{dx}\max(x, 0) = [x > 0]")
erf: Op = pointwise("erf", _erf, [lambda y, x: 1.1283791670955126 * exp(-x * x)],
    law=r"\frac{d}{dx}\operatorname{erf} x = \frac{2}{\sqrt\pi} e^{-x^2}")
maximum: Op = pointwise("maximum", np.maximum,
    [lambda y, a, b: _more(a, b, y), lambda y, a, b: _more(b, a, y)],
    only="fiub", law=r"\frac{\partial \max(a,b)}{\partial a} = [a > b] + \tfrac12 [a = b]")
minimum: Op = pointwise("minimum", np.minimum,
    [lambda y, a, b: _more(b, a, y), lambda y, a, b: _more(a, b, y)],
    only="fiub", law=r"\frac{\partial \min(a,b)}{\partial a} = [a < b] + \tfrac12 [a = b]")
where: Op = pointwise("where", np.where, [None, lambda y, c, a, b: c, lambda y, c, a, b: ~c],
    masks=1, only="fiub",
    law=r"\frac{\partial y}{\partial a} = [c], \frac{\partial y}{\partial b} = [\neg c]",
    given=samples((np.array([True, False]), (3, 2), (2,)), (np.array(True), (), ())))
# Step functions: the slope is 0 wherever it exists, and PyTorch passes that zero on.
sign: Op = pointwise("sign", np.sign, [0.0], only="fiu",
    law=r"\frac{d}{dx}\operatorname{sgn} x = 0")
floor: Op = pointwise("floor", np.floor, [0.0], law=r"\frac{d}{dx}\lfloor x \rfloor = 0")
round: Op = pointwise("round", np.round, [0.0], law=r"\frac{d}{dx}\operatorname{round} x = 0")
# x = q·b + r with q rounded down: the slope in b is −q
remainder: Op = pointwise("remainder", np.remainder, [1, lambda y, a, b: (y - a) / b], only="fiu",
    domain=_POSITIVE,
    law=r"\frac{\partial (a \bmod b)}{\partial a} = 1, "
    r"\frac{\partial (a \bmod b)}{\partial b} = -\lfloor a/b \rfloor",
    given=samples(((2, 3), (2, 3)), ((), ()), ((0, 3), (0, 3))))
# fmt: on

floor_divide: Op = nondiff(
    "floor_divide",
    np.floor_divide,
    pointwise_infer("floor_divide", 0, None, "fiu", "convert it with .to(dtype)"),
    fix="use torch.floor(a / b), whose derivative is zero",
    given=samples(((2, 3), (3,))),
)


def _compare(name: str, ufunc: Any, only: str = "fiub") -> Any:
    infer = pointwise_infer(name, 0, bool_, only, "convert it with .bool()")
    given = _PAIRS if "f" in only else samples((np.array([True, False]), np.array([True])))
    return constant(name, ufunc, infer, law="0", given=given)


eq: Op = _compare("eq", np.equal)
lt: Op = _compare("lt", np.less)
le: Op = _compare("le", np.less_equal)
logical_and: Op = _compare("logical_and", np.logical_and, "b")
logical_or: Op = _compare("logical_or", np.logical_or, "b")
logical_not: Op = constant(
    "logical_not",
    np.logical_not,
    pointwise_infer("logical_not", 0, bool_, "b", "convert it with .bool()"),
    law="0",
    given=samples((np.array([True, False]),)),
)
