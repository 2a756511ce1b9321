"""exp, log, tanh, … of a whole vector register as LLVM text, without branches and without tables.

NumPy's functions are calls; a fused loop needs code that can be put into its body. Each function
reduces its argument to a short interval and evaluates a polynomial there (the classical method:
Muller, *Elementary Functions*, 3rd ed., 2016). The polynomials are minimax fits of our own, by
Remez's exchange in 45 digits.

* Every width gives the same bits for an element: no instruction carries a fast-math flag, every
  fused multiply-add is written as `llvm.fma`, and no lane looks at its neighbours. So the scalar
  tail of a loop agrees with its vectors, and no optimiser can change a result.
* The target is taken to have a fused multiply-add. Without one the bits stay, the speed goes.
* Nothing is looked up in memory, so nothing gathers.
* Denormal numbers, overflow, infinities, both zeros and NaN come out as NumPy's do (which bits of
  NaN is not promised). `sigmoid` goes further: where 1/(1 + exp(−x)) drops to 0 in NumPy
  because exp(−x) overflows, it gives the denormal numbers that follow.

`pow`, and `sin` and `cos` of a double, call the C library's function once for each lane; `sin` and
`cos` of a float do so only for the lanes beyond 2³⁰, where reducing the argument takes more digits
of π than two doubles hold.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass

from denpa.compiler.emit.vector_code import VectorCode, suffix
from denpa.compiler.emit.vector_numbers import COS, HALF_PI, NUMBERS, SIN

ARITY: dict[str, int] = {
    "exp": 1, "log": 1, "log1p": 1, "expm1": 1, "tanh": 1, "sigmoid": 1, "erf": 1, "softplus": 1,
    "sin": 1, "cos": 1, "pow": 2,
}  # fmt: skip
"""The functions that there are, each with its number of arguments."""

FUNCTIONS: frozenset[str] = frozenset(ARITY)
"""The names that `define` takes."""


@dataclass(frozen=True)
class Definition:
    """One function as text, and the `declare` lines that a module with it must hold, each once."""

    text: str
    declares: frozenset[str]


def symbol(name: str, type: str, width: int) -> str:
    """What a function is called in the module, with the @ of LLVM's text.

    >>> symbol("exp", "float", 8), symbol("exp", "double", 1)
    ('@denpa.exp.v8f32', '@denpa.exp.f64')

    Raises:
        ValueError: there is no such function, type or width.
    """
    _check(name, type, width)
    return f"@denpa.{name}.{suffix(type, width)}"


def define(name: str, type: str, width: int) -> Definition:
    """The function `name` of `width` lanes of `type` ("float" or "double"; width 1: a scalar).

    It takes and returns `type` for width 1, else `<width x type>`; `pow` takes two. The greatest
    error that was met, in units in the last place; for float over every number from 2⁻²⁷ to 2⁸ of
    both signs (`log`: of 2⁻³ to 2⁴; `sin`, `cos`: a third of them), for double over samples:

    ========  ======  ======
    function  float   double
    ========  ======  ======
    exp       1.07    1.01
    log       0.87    0.78
    log1p     1.44    1.35
    expm1     1.68    1.95
    tanh      1.92    2.15
    sigmoid   1.66    1.47
    erf       1.19    1.00
    softplus  2.23    2.39
    sin, cos  0.51    libm's
    pow       libm's  libm's
    ========  ======  ======

    >>> exp = define("exp", "float", 8)
    >>> print(exp.text.partition(" alwaysinline")[0])
    define internal <8 x float> @denpa.exp.v8f32(<8 x float> %x)
    >>> sorted(exp.declares)
    ['declare <8 x float> @llvm.fma.v8f32(<8 x float>, <8 x float>, <8 x float>)']

    Raises:
        ValueError: there is no such function, type or width.
    """
    head = symbol(name, type, width)
    t = VectorCode(type, width)
    y = _BODIES[name](t)
    arguments = ", ".join(f"{t.kind} {x}" for x in ("%x", "%y")[: ARITY[name]])
    attributes = "alwaysinline nounwind willreturn memory(none)"
    lines = [
        f"define internal {t.kind} {head}({arguments}) {attributes} {{",
        "entry:",
        *t.lines,
        f"  ret {t.kind} {y}",
        "}",
    ]
    return Definition("\n".join(lines) + "\n", frozenset(t.declares))


def _check(name: str, type: str, width: int) -> None:
    if name not in ARITY:
        raise ValueError(f"no vector function {name!r}; there are {', '.join(sorted(ARITY))}")
    if type not in NUMBERS:
        raise ValueError(f"{name}: expected the type 'float' or 'double', was given {type!r}")
    if width < 1:
        raise ValueError(f"{name}: expected a width of 1 (a scalar) or more, was given {width}")


def _nearest(t: VectorCode, x: str, factor: float) -> tuple[str, str]:
    """n, the whole number nearest to factor·x, and bits that end with n's."""
    # added to a number, this leaves the nearest whole number in the lowest bits of the sum
    shift = 1.5 * 2.0**t.numbers.mantissa
    z = t.fma(x, factor, shift)
    return t.sub(z, shift), t.to_bits(z)


def _split(t: VectorCode, x: str, low: bool = True) -> tuple[str, str]:
    """(eʳ − 1, bits that end with n's) for x = n·ln 2 + r with |r| ≤ ln 2 / 2.

    Without `low` only the first part of ln 2 is used.
    """
    n, bits = _nearest(t, x, 1.4426950408889634)
    r = t.fma(n, -t.numbers.ln2[0], x)
    if low:
        r = t.fma(n, -t.numbers.ln2[1], r)
    square = t.mul(r, r)
    return t.fma(square, t.polynomial(r, t.numbers.exp, square), r), bits


def _power(t: VectorCode, bits: str, less: int = 0) -> str:
    """2ⁿ⁻ˡᵉˢˢ for the n at the end of `bits`, within the normal numbers."""
    m = t.numbers.mantissa
    return t.from_bits(t.whole("add", t.whole("shl", bits, m), (t.numbers.bias - less) << m))


def _halves(t: VectorCode, bits: str) -> tuple[str, str]:
    """2ᵏ and 2ⁿ⁻ᵏ, k half of n: for an n whose 2ⁿ is no normal number."""
    m, bias = t.numbers.mantissa, t.numbers.bias
    one = bias << m
    half = t.whole("and", t.whole("shl", bits, m - 1), -1 << m)
    rest = t.whole("sub", t.whole("shl", bits, m), half)
    return t.from_bits(t.whole("add", half, one)), t.from_bits(t.whole("add", rest, one))


def _exp_of(t: VectorCode, x: str) -> str:
    """eˣ for an x within `exp_range`; the last product is the only one that may round."""
    p, bits = _split(t, x)
    first, second = _halves(t, bits)
    return t.mul(t.fma(p, first, first), second)


def _exp(t: VectorCode) -> str:
    low, high = t.numbers.exp_range
    return _exp_of(t, t.at_least(t.at_most("%x", high), low))


def _expm1(t: VectorCode) -> str:
    x = t.at_least(t.at_most("%x", t.numbers.exp_range[1]), -t.numbers.flat)
    p, bits = _split(t, x)
    half = _power(t, bits, less=1)  # 2ⁿ itself would overflow before eˣ does
    y = t.fma(half, p, t.sub(half, 0.5))
    # p/2 of a denormal x would lose its last bit, and −0 its sign
    tiny = t.test("olt", t.intrinsic("fabs", "%x"), 2.0 ** -(t.numbers.mantissa + 2))
    return t.select(tiny, "%x", t.add(y, y))


def _tanh(t: VectorCode) -> str:
    """h/(1 + h) for h = (e²ˣ − 1)/2, written so that few roundings count in full.

    With c = min(h, 1): c − c·c/(1 + h), which is h − h²/(1 + h) for small x, and 1 − 1/(1 + h).
    """
    a = t.at_most(t.intrinsic("fabs", "%x"), t.numbers.flat)
    # an error in e²ˣ counts for the less the larger n is: the second part of ln 2 has no say
    p, bits = _split(t, t.add(a, a), low=False)
    half = _power(t, bits, less=1)
    h = t.fma(half, p, t.sub(half, 0.5))
    c = t.at_most(h, 1.0)
    y = t.fma(t.negative(c), t.div(c, t.add(h, 1.0)), c)
    return t.intrinsic("copysign", y, "%x")


def _sigmoid(t: VectorCode) -> str:
    """1/(1 + e⁻ˣ), from s = e⁻ˡˣˡ, which cannot overflow; c − c·s/(1 + s), c = s if x < 0, else 1.

    As with tanh, the roundings of the fraction count in full only where it is small.
    """
    s = _exp_of(t, t.at_least(t.negative(t.intrinsic("fabs", "%x")), t.numbers.exp_range[0]))
    c = t.select(t.sign_bit("%x"), s, 1.0)
    return t.fma(t.negative(c), t.div(s, t.add(s, 1.0)), c)


def _log1p_rest(t: VectorCode, f: str) -> str:
    """ln(1 + f) − f for √½ ≤ 1 + f ≤ √2: with s = f/(2 + f), ln(1 + f) = ln((1+s)/(1−s))."""
    s = t.div(f, t.add(f, 2.0))
    z = t.mul(s, s)
    half = t.mul(t.mul(f, f), 0.5)
    inner = t.fma(z, t.polynomial(z, t.numbers.log), half)
    return t.fma(s, inner, t.negative(half))  # f²/2 = f − s·(2 + f²/2)


def _fraction(t: VectorCode, x: str, offset: str | float) -> tuple[str, str, str]:
    """(f, e, 2⁻ᵉ) with x = (1 + f)·2ᵉ, √½ ≤ 1 + f < √2, for a normal x > 0.

    `offset` is 2^mantissa + bias, and more if x was multiplied by a power of two before. 2⁻ᵉ is
    right where it is a normal number.
    """
    m, bias = t.numbers.mantissa, t.numbers.bias
    root = (struct.unpack("q", struct.pack("d", 0.5**0.5))[0] >> (52 - m)) - ((1023 - bias) << m)
    moved = t.whole("add", t.to_bits(x), (bias << m) - root)
    fraction = t.whole("add", t.whole("and", moved, (1 << m) - 1), root)
    exponent = t.whole("lshr", moved, m)
    # a small integer, put under the exponent of 2^mantissa, is that number and 2^mantissa
    e = t.sub(t.from_bits(t.whole("or", exponent, (bias + m) << m)), offset)
    scale = t.from_bits(t.whole("sub", 2 * bias << m, t.whole("shl", exponent, m)))
    return t.sub(t.from_bits(fraction), 1.0), e, scale


def _log_of(t: VectorCode, f: str, e: str) -> str:
    """ln((1 + f)·2ᵉ)."""
    high, low = t.numbers.ln2
    return t.fma(e, high, t.add(f, t.fma(e, low, _log1p_rest(t, f))))


def _log(t: VectorCode) -> str:
    m, bias = t.numbers.mantissa, t.numbers.bias
    denormal = t.test("olt", "%x", 2.0 ** (1 - bias))
    x = t.select(denormal, t.mul("%x", 2.0**m), "%x")
    f, e, _ = _fraction(t, x, t.select(denormal, 2.0**m + bias + m, 2.0**m + bias))
    y = t.select(t.test("olt", "%x", math.inf), _log_of(t, f, e), "%x")  # ∞ and NaN: themselves
    y = t.select(t.sign_bit("%x"), math.nan, y)
    return t.select(t.test("oeq", "%x", 0.0), -math.inf, y)


def _log1p(t: VectorCode) -> str:
    """ln u for u = 1 + x rounded, with what the rounding lost (Knuth's TwoSum) put back into f."""
    u = t.add("%x", 1.0)
    x = t.sub(u, 1.0)
    lost = t.add(t.sub(1.0, t.sub(u, x)), t.sub("%x", x))
    f, e, scale = _fraction(t, u, 2.0**t.numbers.mantissa + t.numbers.bias)
    f = t.select(t.test("olt", u, 2.0**64), t.fma(lost, scale, f), f)
    y = t.select(t.test("olt", u, math.inf), _log_of(t, f, e), "%x")
    y = t.select(t.test("olt", u, 0.0), math.nan, y)
    y = t.select(t.test("oeq", u, 0.0), -math.inf, y)
    return t.select(t.test("oeq", "%x", 0.0), "%x", y)  # keeps the sign of −0


def _softplus(t: VectorCode) -> str:
    """ln(1 + eˣ) = max(x, 0) + ln(1 + e⁻ˡˣˡ), as numpy.logaddexp(x, 0)."""
    a = t.at_least(t.negative(t.intrinsic("fabs", "%x")), t.numbers.exp_range[0])
    p = _exp_of(t, a)
    above = t.test("ogt", p, 2**0.5 - 1)  # 1 + p = 2·(1 + (p − 1)/2)
    f = t.select(above, t.fma(p, 0.5, -0.5), p)
    rest = t.add(t.select(above, t.numbers.ln2[0], 0.0), _log1p_rest(t, f))
    return t.add(t.at_least("%x", 0.0), t.add(f, rest))


def _erf(t: VectorCode) -> str:
    """x + x·P(x²) up to 1, and 1 − exp(x·Q(x)) beyond."""
    a = t.at_most(t.intrinsic("fabs", "%x"), t.numbers.erf_flat)
    near = t.fma(t.polynomial(t.mul(a, a), t.numbers.erf_near), a, a)
    p, bits = _split(t, t.mul(a, t.polynomial(a, t.numbers.erf_far)))
    two_n = _power(t, bits)
    far = t.sub(1.0, t.fma(p, two_n, two_n))
    return t.intrinsic("copysign", t.select(t.test("olt", a, 1.0), near, far), "%x")


def _circular(name: str) -> Callable[[VectorCode], str]:
    """sin or cos. Of floats in double precision: x = n·π/2 + r, and n names the quarter."""

    def body(t: VectorCode) -> str:
        if t.type == "double":
            return t.libm(name, "%x")
        w = VectorCode("double", t.width, share=t)
        x = w.emit(f"fpext {t.kind} %x to {w.kind}")
        n, bits = _nearest(w, x, 0.6366197723675814)
        r = w.fma(n, -HALF_PI[1], w.fma(n, -HALF_PI[0], x))
        z = w.mul(r, r)
        sine = w.mul(r, w.fma(z, w.polynomial(z, SIN), 1.0))  # this order keeps the sign of −0
        cosine = w.fma(z, w.polynomial(z, COS), 1.0)
        quarter = w.whole("add", bits, 1 if name == "cos" else 0)
        odd = w.emit(f"trunc {w.ints} {quarter} to {w.lanes('i1')}")
        sign = w.whole("shl", w.whole("and", quarter, 2), 62)
        y = w.from_bits(w.whole("xor", w.to_bits(w.select(odd, cosine, sine)), sign))
        y = w.emit(f"fptrunc {w.kind} {y} to {t.kind}")
        far = t.test("ogt", t.intrinsic("fabs", "%x"), 2.0**30)
        some = far
        if t.width > 1:
            some = t.emit(f"bitcast <{t.width} x i1> {far} to i{t.width}")
            some = t.emit(f"icmp ne i{t.width} {some}, 0")
        t.lines += [f"  br i1 {some}, label %far, label %out", "far:"]
        exact = w.emit(f"fptrunc {w.kind} {w.libm(name, x)} to {t.kind}")
        mixed = t.select(far, exact, y)
        t.lines += ["  br label %out", "out:"]
        return t.emit(f"phi {t.kind} [{y}, %entry], [{mixed}, %far]")

    return body


def _pow(t: VectorCode) -> str:
    return t.libm("powf" if t.type == "float" else "pow", "%x", "%y")


_BODIES: dict[str, Callable[[VectorCode], str]] = {
    "exp": _exp, "log": _log, "log1p": _log1p, "expm1": _expm1, "tanh": _tanh,
    "sigmoid": _sigmoid, "erf": _erf, "softplus": _softplus, "sin": _circular("sin"),
    "cos": _circular("cos"), "pow": _pow,
}  # fmt: skip
