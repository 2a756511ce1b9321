"""Functions of numbers, element by element."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from denpa.core.dtype import bool_
from denpa.core.errors import DTypeError
from denpa.core.op import OPS, Op
from denpa.ops.erf import erf as _erf
from denpa.ops.kinds import constant, is_number, nondiff, pointwise, pointwise_infer, samples

_POSITIVE = (0.2, 3.0)
_PAIRS = samples(((2, 3), (2, 3)), ((), ()), ((0, 3), (0, 3)), ((2, 1), (3,)), ((), (2,)))


def bracket(condition: Any, like: Any) -> Any:
    """Iverson's bracket: 1 where the condition holds, 0 elsewhere, in the dtype of `like`."""
    return OPS["cast"](condition, dtype=like.dtype)


def _by_number(ufunc: Any) -> Any:
    """Numbers such as 65536 and 1e-8 are no float16: one meets float16 in float32, and the result
    is rounded once."""

    def compute(a: Any, b: Any) -> Any:
        if type(a) is not type(b):
            if is_number(b):
                if not is_number(a) and a.dtype.char == "e":
                    return np.asarray(ufunc(a.astype(np.float32), b)).astype(np.float16)
            elif is_number(a) and b.dtype.char == "e":
                return np.asarray(ufunc(a, b.astype(np.float32))).astype(np.float16)
        return ufunc(a, b)

    return compute


def _pow_base(y: Any, a: Any, b: Any) -> Any:
    if is_number(b):
        return 0.0 if b == 0 else 2 * a if b == 2 else b * a ** (b - 1)
    # x⁰ is 1 everywhere: slope 0, also at 0, ∞ and NaN, where aᵇ⁻¹ is not finite
    flat = b == 0
    steep = flat & ~(OPS["abs"](1 / a) < math.inf)
    return ~flat, b * OPS["where"](steep, 1.0, a) ** (b - 1)


def _pow_exponent(y: Any, a: Any, b: Any) -> Any:
    if is_number(a):
        if a == 0:
            return OPS["where"](b >= 0, y * 0, -y)  # 0ᵇ is 0 or 1 for b ≥ 0, infinite below
        return y * math.log(a) if a > 0 else y * math.nan
    zero = (a == 0) & (b >= 0)
    return y * OPS["log"](OPS["where"](zero, a * 0 + 1, a))


def _pow(a: Any, b: Any) -> Any:
    if getattr(a, "dtype", np.dtype("f")).kind in "iu" and np.any(np.less(b, 0)):
        raise DTypeError(
            "pow: an integer to a negative power is not an integer; use .float() first"
        )
    return operator.pow(a, b)


def _remainder_slope(y: Any, a: Any, b: Any) -> Any:
    # −⌊a/b⌋, which is 1 where y is the infinite b: a is finite and has the other sign
    far = OPS["abs"](y) == math.inf
    return OPS["where"](far, 1.0, y - a) / OPS["where"](far, 1.0, b)


def _whole(ufunc: Any) -> Any:
    def divide(a: Any, b: Any) -> Any:
        y = ufunc(a, b)
        if y.dtype.kind in "iu" and not np.all(b):
            raise DTypeError(
                f"{ufunc.__name__}: integer division by zero; use .float() for infinity"
            )
        return y

    return divide


def _sign(x: Any) -> Any:
    y = np.sign(x)
    return np.where(y == y, y, y.dtype.type(0)) if y.dtype.kind == "f" else y  # sgn NaN is 0


def _addcmul(c: Any, a: Any, b: Any) -> Any:
    y = a * b
    fits = y.dtype == c.dtype and np.ndim(y) and np.broadcast_shapes(y.shape, c.shape) == y.shape
    return np.add(y, c, out=y if fits else None)


def _over(b: Any) -> Any:
    return math.copysign(math.inf, b) if is_number(b) and b == 0 else 1 / b


_WORDS = {4: np.int32, 8: np.int64}


def _where(c: Any, a: Any, b: Any) -> Any:
    """np.where, by bits: without a branch for each element, ten times faster on mixed masks."""
    dtype = b.dtype if is_number(a) else a.dtype
    word = _WORDS.get(dtype.itemsize)
    if word is None:
        return np.where(c, a, b).astype(dtype, copy=False)
    mask = np.negative(np.asarray(c).view(np.int8), dtype=word)  # all ones where it holds
    if is_number(b) and str(b) in ("0", "0.0"):
        return (np.asarray(a).view(word) & mask).view(dtype)
    x, y = (np.asarray(v, dtype).view(word) for v in (a, b))
    return (y ^ ((x ^ y) & mask)).view(dtype)


def _more(a: Any, b: Any, y: Any) -> Any:
    # a tie shares the message, as in PyTorch
    return ~(a < b), 1 - bracket(a < b, y) - 0.5 * bracket(a == b, y)


# fmt: off
add: Op = pointwise("add", np.add, [1, 1], only="fiub", analytic=True,
    law=r"\frac{\partial (a+b)}{\partial a} = \frac{\partial (a+b)}{\partial b} = 1")
sub: Op = pointwise("sub", np.subtract, [1, -1], only="fiu", analytic=True,
    law=r"\frac{\partial (a-b)}{\partial a} = 1, \frac{\partial (a-b)}{\partial b} = -1")
mul: Op = pointwise("mul", _by_number(np.multiply), [lambda y, a, b: b, lambda y, a, b: a],
    only="fiub", analytic=True,
    law=r"\frac{\partial (ab)}{\partial a} = b, \frac{\partial (ab)}{\partial b} = a")
div: Op = pointwise("div", _by_number(np.true_divide),
    [lambda y, a, b: _over(b), lambda y, a, b: -y / b],
    law=r"\frac{\partial (a/b)}{\partial a} = \frac1b, "
    r"\frac{\partial (a/b)}{\partial b} = -\frac{a}{b^2}",
    domain=_POSITIVE, analytic=True)
pow: Op = pointwise("pow", _pow, [_pow_base, _pow_exponent], only="fiu", domain=_POSITIVE,
    analytic=True,
    law=r"\frac{\partial a^b}{\partial a} = b a^{b-1}, \frac{\partial a^b}{\partial b} = a^b \ln a")
addcmul: Op = pointwise("addcmul", _addcmul, [1, lambda y, c, a, b: b, lambda y, c, a, b: a],
    analytic=True, law=r"y = c + ab: \frac{\partial y}{\partial c} = 1, "
    r"\frac{\partial y}{\partial a} = b, \frac{\partial y}{\partial b} = a",
    given=samples(((2, 3), (2, 3), (2, 3)), ((3,), (2, 3), (3,)), ((), (), ()), ((0,), (0,), (0,))))
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
# eˣ may overflow to infinity; 1/(1 + ∞) = 0 is what is wanted
sigmoid: Op = pointwise("sigmoid", lambda x: 1 / (1 + np.exp(-x)), [lambda y, x: y * (1 - y)],
    analytic=True, law=r"\frac{d\sigma}{dx} = \sigma(x)(1 - \sigma(x))")
relu: Op = pointwise("relu", lambda x: np.maximum(x, 0), [lambda y, x: y != 0], only="fiu",
    law=r"\frac{d}{dx}\max(x, 0) = [x > 0]")
erf: Op = pointwise("erf", _erf, [lambda y, x: 1.1283791670955126 * exp(-x * x)],
    law=r"\frac{d}{dx}\operatorname{erf} x = \frac{2}{\sqrt\pi} e^{-x^2}")
maximum: Op = pointwise("maximum", np.maximum,
    [lambda y, a, b: _more(a, b, y), lambda y, a, b: _more(b, a, y)],
    only="fiub", law=r"\frac{\partial \max(a,b)}{\partial a} = [a > b] + \tfrac12 [a = b]")
minimum: Op = pointwise("minimum", np.minimum,
    [lambda y, a, b: _more(b, a, y), lambda y, a, b: _more(a, b, y)],
    only="fiub", law=r"\frac{\partial \min(a,b)}{\partial a} = [a < b] + \tfrac12 [a = b]")
where: Op = pointwise("where", _where, [None, lambda y, c, a, b: c, lambda y, c, a, b: ~c],
    masks=1, only="fiub",
    law=r"\frac{\partial y}{\partial a} = [c], \frac{\partial y}{\partial b} = [\neg c]",
    given=samples((np.array([True, False]), (3, 2), (2,)), (np.array(True), (), ())))
# Step functions: the slope is 0 wherever it exists, and PyTorch passes that zero on.
sign: Op = pointwise("sign", _sign, [0.0], only="fiu",
    law=r"\frac{d}{dx}\operatorname{sgn} x = 0")
floor: Op = pointwise("floor", np.floor, [0.0], law=r"\frac{d}{dx}\lfloor x \rfloor = 0")
round: Op = pointwise("round", np.round, [0.0], law=r"\frac{d}{dx}\operatorname{round} x = 0")
# x = q·b + r with q rounded down: the slope in b is −q
remainder: Op = pointwise("remainder", _whole(np.remainder),
    [1, _remainder_slope], only="fiu",
    domain=_POSITIVE,
    law=r"\frac{\partial (a \bmod b)}{\partial a} = 1, "
    r"\frac{\partial (a \bmod b)}{\partial b} = -\lfloor a/b \rfloor",
    given=samples(((2, 3), (2, 3)), ((), ()), ((0, 3), (0, 3))))
# fmt: on

floor_divide: Op = nondiff(
    "floor_divide",
    _whole(np.floor_divide),
    pointwise_infer("floor_divide", 0, None, "fiu", "convert it with .to(dtype)"),
    fix="use floor(a / b), whose derivative is zero",
    given=samples(((2, 3), (3,))),
)


def _compare(name: str, ufunc: Any) -> Op:
    infer = pointwise_infer(name, 0, bool_, "fiub", "convert it with .bool()")
    return constant(name, ufunc, infer, law="0", given=_PAIRS)


eq: Op = _compare("eq", np.equal)
lt: Op = _compare("lt", np.less)
le: Op = _compare("le", np.less_equal)


def _bits(name: str, ufunc: Any, inputs: int) -> Op:
    infer = pointwise_infer(name, 0, None, "iub", "convert it with .bool()")
    booleans = (np.array([True, True, False, False]), np.array([True, False, True, False]))
    words = (np.array([12, -1]), np.array([10]))
    return constant(name, ufunc, infer, law="0", given=samples(booleans[:inputs], words[:inputs]))


# On bool these are the logical and, or, exclusive or, not.
bitwise_and: Op = _bits("bitwise_and", np.bitwise_and, 2)
bitwise_or: Op = _bits("bitwise_or", np.bitwise_or, 2)
bitwise_xor: Op = _bits("bitwise_xor", np.bitwise_xor, 2)
bitwise_not: Op = _bits("bitwise_not", np.invert, 1)
