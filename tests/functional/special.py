"""What functions of numbers give for ∞, NaN, ±0 and far out, with their slopes: by algebra, the
rules of IEEE 754, and, where those leave a choice (a kink, NaN), PyTorch's choice."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import denpa as dp

F = dp.nn.functional
INF, NAN = math.inf, math.nan
ANY = None  # an entry that is left open


class Case(NamedTuple):
    """f(*inputs) = value, and the messages to the inputs when the cotangent is `g`."""

    name: str
    f: Callable[..., Any]
    inputs: tuple[list[float], ...]
    value: list[float | None]
    slopes: tuple[list[float | None], ...] = ()
    g: float = 1.0


def _case(
    name: str, f: Any, inputs: Any, value: Any, *slopes: list[float | None], g: float = 1.0
) -> Case:
    columns = inputs if isinstance(inputs, tuple) else (inputs,)
    return Case(name, f, columns, value, slopes, g)


A = [0.0, 0.0, 0.0, 0.0, -2.0, -2.0, INF, INF, NAN, 1.0, INF]
B = [-1.0, 0.0, 2.0, 0.5, 0.5, 3.0, 0.0, -1.0, 0.0, NAN, -INF]
ABOUT = [INF, -INF, NAN, 0.0, -0.0, 2.0, -3.0]
LEFT, RIGHT = [NAN, 1.0, NAN, INF, -INF, 2.0, 3.0], [1.0, NAN, NAN, INF, INF, 2.0, 1.0]
OVER = ([1.0, -1.0, 0.0, 1.0, -1.0, INF, 5.0], [0.0, 0.0, 0.0, -0.0, -0.0, INF, INF])
MOD = (
    [7.0, -7.0, 7.0, -7.0, 5.5, INF, 1.0, -1.0, 1.0, NAN, 6.0],
    [3.0, 3.0, -3.0, -3.0, -2.0, 3.0, INF, INF, 0.0, 3.0, -3.0],
)
POSITIVE = [INF, 1000.0, 200.0]

# fmt: off
POINTWISE = [
    # A rectifier that is off lets nothing through, not even ∞: 0, and not ∞·0 = NaN.
    _case("relu", dp.relu, ABOUT, [INF, 0, NAN, 0, 0, 2, 0], [1, 0, 1, 0, 0, 1, 0]),
    _case("relu, message ∞", dp.relu, ABOUT, [INF, 0, NAN, 0, 0, 2, 0],
          [INF, 0, INF, 0, 0, INF, 0], g=INF),
    _case("relu, message NaN", dp.relu, [0.0, -1.0, 1.0], [0, 0, 1], [0, 0, NAN], g=NAN),
    _case("leaky_relu", F.leaky_relu, [INF, -INF, NAN, -0.0], [INF, -INF, NAN, -0.0],
          [1, 0.01, ANY, 0.01]),
    _case("abs", dp.abs, ABOUT, [INF, INF, NAN, 0.0, 0.0, 2, 3], [1, -1, ANY, 0, 0, 1, -1]),
    _case("neg", dp.neg, ABOUT, [-INF, INF, NAN, -0.0, 0.0, -2, 3], [-1] * 7),
    _case("sign", dp.sign, ABOUT, [1, -1, 0, 0, 0, 1, -1], [0] * 7),
    # A step is flat: what comes back is 0, whatever the message.
    *(_case(f"{name}, message {g}", getattr(dp, name), [*ABOUT, 0.5], [ANY] * 8, [0] * 8, g=g)
      for name in ("sign", "floor", "ceil", "trunc", "round") for g in (INF, -INF, NAN)),
    *(_case(f"power 0, message {g}", lambda x: x**0, ABOUT, [1] * 7, [0] * 7, g=g)
      for g in (INF, NAN)),
    *(_case(f"power, message {g}", dp.pow, ([0.0, INF, NAN, -2.0, 2.0], [0.0] * 4 + [1.0]),
            [1, 1, 1, 1, 2], [0, 0, 0, 0, g], [ANY] * 5, g=g)
      for g in (INF, -INF)),
    *(_case(f"{name}, message ∞", getattr(dp, name), ([1.0, 5.0, 2.0], [3.0, 4.0, 2.0]), [ANY] * 3,
            slopes, [*slopes[1::-1], INF], g=INF)
      for name, slopes in (("maximum", [0, INF, INF]), ("minimum", [INF, 0, INF]))),
    _case("clamp", lambda x: dp.clamp(x, -1, 2), ABOUT, [2, -1, NAN, 0.0, -0.0, 2, -1],
          [0, 0, 0, 1, 1, 1, 0]),
    _case("clamp, message ∞", lambda x: dp.clamp(x, -1, 2), ABOUT, [2, -1, NAN, 0, 0, 2, -1],
          [0, 0, 0, INF, INF, INF, 0], g=INF),
    # aᵇ: 0ᵇ = ∞ for b < 0, falling without bound; x⁰ = 1 everywhere and flat in x
    _case("power", dp.pow, (A, B), [INF, 1, 0, 0, NAN, -8, 1, 0, 1, 1, 0],
          [-INF, 0, 0, INF, NAN, 12, 0, 0, 0, NAN, ANY],
          [-INF, 0, 0, 0, NAN, NAN, INF, NAN, NAN, 0, NAN]),
    _case("power of 0", lambda b: 0.0 ** b, [-1.0, -0.5, 0.0, 2.0, INF, NAN],
          [INF, INF, 1, 0, 0, NAN], [-INF, -INF, 0, 0, 0, ANY]),
    _case("power of 2", lambda b: 2.0 ** b, [INF, -INF, NAN, 0.0], [INF, 0, NAN, 1],
          [INF, 0, NAN, math.log(2)]),
    _case("power of −2", lambda b: (-2.0) ** b, [2.0, 3.0, 0.5], [4, -8, NAN], [NAN, NAN, NAN]),
    _case("power 0", lambda x: x ** 0, ABOUT, [1] * 7, [0] * 7),
    _case("power −1", lambda x: x ** -1.0, [0.0, -0.0, INF, -2.0], [INF, -INF, 0.0, -0.5],
          [-INF, -INF, 0, -0.25]),
    _case("power 3", lambda x: x ** 3, [-INF, -0.0, NAN], [-INF, -0.0, NAN], [INF, 0, NAN]),
    _case("power 1", lambda x: x ** 1, ABOUT, ABOUT, [1] * 7),
    _case("sqrt", dp.sqrt, [-0.0, 0.0, INF, -1.0, NAN], [-0.0, 0.0, INF, NAN, NAN],
          [-INF, INF, 0, NAN, NAN]),
    _case("rsqrt", dp.rsqrt, [0.0, INF, -1.0, 4.0], [INF, 0, NAN, 0.5], [-INF, 0, NAN, -1 / 16]),
    _case("reciprocal", dp.reciprocal, [0.0, -0.0, INF, -INF], [INF, -INF, 0.0, -0.0],
          [-INF, -INF, 0, 0]),
    _case("square", dp.square, ABOUT, [INF, INF, NAN, 0.0, 0.0, 4, 9],
          [INF, -INF, NAN, 0, 0, 4, -6]),
    # where moves bits: −0 keeps its sign, the branch that is not taken hears exactly 0
    _case("where", lambda a, b: dp.where(a != 1, a, b), ([-0.0, 1.0, NAN, 1.0, INF],
          [1.0, -0.0, 2.0, NAN, NAN]), [-0.0, -0.0, NAN, NAN, INF], [1, 0, 1, 0, 1],
          [0, 1, 0, 1, 0]),
    _case("where, message ∞", lambda a, b: dp.where(a > 1, a, b), ([2.0, 1.0], [3.0, 4.0]), [2, 4],
          [INF, 0], [0, INF], g=INF),
    _case("where, a number 0", lambda x: dp.where(x < 1, x, 0.0), [-0.0, 5.0, -INF],
          [-0.0, 0.0, -INF], [1, 0, 1]),
    _case("where, a number −0", lambda x: dp.where(x < 1, x, -0.0), [0.0, 5.0], [0.0, -0.0],
          [1, 0]),
    _case("where, −0 first", lambda x: dp.where(x < 1, -0.0, x), [0.0, 5.0], [-0.0, 5.0], [0, 1]),
    _case("masked_fill", lambda x: dp.masked_fill(x, x > 1, -0.0), [-0.0, 5.0, NAN],
          [-0.0, -0.0, NAN], [1, 0, 1]),
    # NaN wins and is heard by both, a tie shares
    _case("maximum", dp.maximum, (LEFT, RIGHT), [NAN, NAN, NAN, INF, INF, 2, 3],
          [1, 1, 1, 0.5, 0, 0.5, 1], [1, 1, 1, 0.5, 1, 0.5, 0]),
    _case("minimum", dp.minimum, (LEFT, RIGHT), [NAN, NAN, NAN, INF, -INF, 2, 1],
          [1, 1, 1, 0.5, 1, 0.5, 0], [1, 1, 1, 0.5, 0, 0.5, 1]),
    _case("maximum of zeros", dp.maximum, ([0.0, -0.0], [-0.0, 0.0]), [ANY, ANY],
          [0.5, 0.5], [0.5, 0.5]),
    _case("quotient", dp.div, OVER, [INF, -INF, NAN, -INF, INF, NAN, 0],
          [INF, INF, INF, -INF, -INF, 0, 0], [-INF, INF, NAN, -INF, INF, NAN, 0]),
    _case("quotient by 0", lambda x: x / 0.0, [1.0, -1.0, 0.0, NAN], [INF, -INF, NAN, NAN],
          [INF] * 4),
    _case("quotient by −0", lambda x: x / -0.0, [1.0, -1.0, 0.0], [-INF, INF, NAN], [-INF] * 3),
    _case("quotient of 0", lambda x: 0.0 / x, [0.0, INF, -2.0], [NAN, 0.0, -0.0], [NAN, 0, 0]),
    _case("product", dp.mul, ([INF, 0.0, -0.0, INF], [0.0, -1.0, -1.0, -INF]),
          [NAN, -0.0, 0.0, -INF], [0, -1, -1, -INF], [INF, 0, 0, INF]),
    _case("sum", dp.add, ([INF, -0.0, 0.0, INF], [-INF, -0.0, -0.0, 1.0]),
          [NAN, -0.0, 0.0, INF], [1] * 4, [1] * 4),
    _case("sum with 0", lambda x: x + 0.0, [-0.0, 0.0], [0.0, 0.0], [1, 1]),
    _case("product with 0", lambda x: x * 0.0, [-1.0, INF, NAN], [-0.0, NAN, NAN], [0, 0, 0]),
    _case("difference with itself", lambda x: x - x, [INF, NAN, -0.0], [NAN, NAN, 0.0], [0, 0, 0]),
    _case("entropy at 0", lambda x: x * dp.log(x), [0.0, 1.0, INF], [NAN, 0, INF], [NAN, 1, NAN]),
    _case("entropy at 0, guarded",
          lambda x: dp.where(x > 0, x * dp.log(dp.where(x > 0, x, 1.0)), 0.0),
          [0.0, 1.0], [0, 0], [0, 1]),
    _case("exp", dp.exp, [INF, -INF, NAN, 1000.0, -1000.0, -0.0], [INF, 0.0, NAN, INF, 0.0, 1],
          [INF, 0, NAN, INF, 0, 1]),
    _case("exp2", dp.exp2, [INF, -INF, 3.0, -1000000.0], [INF, 0, 8, 0],
          [INF, 0, 8 * math.log(2), 0]),
    _case("log", dp.log, [0.0, -0.0, -1.0, INF, NAN, 1.0], [-INF, -INF, NAN, INF, NAN, 0.0],
          [INF, -INF, -1, 0, NAN, 1]),
    _case("log2", dp.log2, [0.0, -1.0, INF, 1.0, 8.0], [-INF, NAN, INF, 0.0, 3],
          [INF, -1 / math.log(2), 0, 1 / math.log(2), 1 / (8 * math.log(2))]),
    _case("log10", dp.log10, [0.0, -1.0, INF, 1.0, 1000.0], [-INF, NAN, INF, 0.0, 3],
          [INF, -1 / math.log(10), 0, 1 / math.log(10), 1e-3 / math.log(10)]),
    # ln(1 + x) = x − x²/2 and eˣ − 1 = x + x²/2: no digit lost near 0
    _case("log1p", dp.log1p, [1e-20, -1e-20, 1e-6, -0.0, -1.0, -2.0, INF, NAN],
          [1e-20, -1e-20, 1e-6 - 5e-13 + 1e-18 / 3, -0.0, -INF, NAN, INF, NAN],
          [1, 1, 1 / (1 + 1e-6), 1, INF, -1, 0, NAN]),
    _case("expm1", dp.expm1, [1e-20, -1e-20, 1e-6, -0.0, -INF, -200.0, INF, NAN],
          [1e-20, -1e-20, 1e-6 + 5e-13 + 1e-18 / 6, -0.0, -1, -1, INF, NAN],
          [1, 1, math.exp(1e-6), 1, 0, 0, INF, NAN]),
    _case("sin", dp.sin, [INF, NAN, -0.0, 1e-20], [NAN, NAN, -0.0, 1e-20], [NAN, NAN, 1, 1]),
    _case("cos", dp.cos, [-INF, NAN, -0.0], [NAN, NAN, 1], [NAN, NAN, 0]),
    _case("tanh", dp.tanh, [INF, -INF, NAN, 1000.0, -1000.0, -0.0, 1e-20],
          [1, -1, NAN, 1, -1, -0.0, 1e-20], [0, 0, NAN, 0, 0, 1, 1]),
    _case("sigmoid", dp.sigmoid, [INF, -INF, NAN, 1000.0, -1000.0, -80.0, 0.0],
          [1, 0.0, NAN, 1, 0, math.exp(-80), 0.5], [0, 0, NAN, 0, 0, math.exp(-80), 0.25]),
    _case("logsigmoid", F.logsigmoid, [INF, -INF, 1000.0, -1000.0, -50.0, 0.0],
          [0, -INF, 0, -1000, -50, -math.log(2)], [0, 1, 0, 1, 1, 0.5]),
    _case("softplus", F.softplus, [INF, -INF, 1000.0, -1000.0, -50.0, 0.0],
          [INF, 0, 1000, 0, math.exp(-50), math.log(2)], [1, 0, 1, 0, math.exp(-50), 0.5]),
    _case("erf", dp.erf, [INF, -INF, NAN, -0.0, 0.0, 7.0, -7.0, 1e-20],
          [1, -1, NAN, -0.0, 0.0, 1, -1, 2e-20 / math.sqrt(math.pi)],
          [0, 0, NAN, *[2 / math.sqrt(math.pi)] * 2, ANY, ANY, 2 / math.sqrt(math.pi)]),
    _case("gelu", F.gelu, [INF, -0.0, 0.0, 20.0, -20.0], [INF, -0.0, 0.0, 20, ANY],
          [ANY, 0.5, 0.5, 1, ANY]),
    _case("elu", F.elu, [INF, -INF, NAN, 1000.0, -1000.0], [INF, -1, NAN, 1000, -1],
          [1, 0, ANY, 1, 0]),
    _case("floor", dp.floor, [INF, -INF, NAN, -0.0, -0.5, 0.5], [INF, -INF, NAN, -0.0, -1, 0.0],
          [0] * 6),
    _case("ceil", dp.ceil, [INF, NAN, -0.0, -0.5, 0.5], [INF, NAN, -0.0, -0.0, 1], [0] * 5),
    _case("trunc", dp.trunc, [INF, -INF, NAN, -0.0, -0.5, 0.5, -1.5],
          [INF, -INF, NAN, -0.0, -0.0, 0.0, -1], [0] * 7),
    _case("round", dp.round, [INF, NAN, -0.0, -0.5, 0.5, 1.5, 2.5, -2.5],
          [INF, NAN, -0.0, -0.0, 0.0, 2, 2, -2], [0] * 8),
    # the remainder has the divisor's sign: a = b·⌊a/b⌋ + r
    _case("remainder", dp.remainder, MOD, [1, 2, -2, -1, -0.5, NAN, 1, INF, NAN, NAN, -0.0],
          [1] * 11, [-2, 3, 3, -2, 3, NAN, 0, 1, NAN, NAN, 2]),
    _case("floor_divide", dp.floor_divide, MOD, [2, -3, -3, 2, -3, ANY, 0, -1, INF, NAN, -2]),
    _case("trunc division", lambda a, b: dp.div(a, b, rounding_mode="trunc"), MOD,
          [2, -2, -2, 2, -2, INF, 0, -0.0, INF, NAN, -2], [0] * 11, [0] * 11),
    _case("nan_to_num", lambda x: dp.nan_to_num(x, 7.0, 8.0, 9.0), ABOUT,
          [8, 9, 7, 0.0, -0.0, 2, -3], [0, 0, 0, 1, 1, 1, 1]),
    _case("lerp", lambda x: dp.lerp(x, dp.zeros_like(x), 1.0), [2.0, INF], [0, NAN], [0, 0]),
    _case("tanhshrink", F.tanhshrink, [INF, -INF, 0.0], [INF, -INF, 0], [1, 1, 0]),
    _case("hardtanh", F.hardtanh, [INF, -INF, NAN, 0.5], [1, -1, NAN, 0.5], [0, 0, ANY, 1]),
    _case("softsign", F.softsign, [0.0, 1e30, -3.0], [0, 1, -0.75], [1, ANY, 1 / 16]),
]

# f, a matrix, f of it, the message to it
ROWS = [
    Case("logsumexp", lambda x: dp.logsumexp(x, 1), (
        [[-INF, -INF], [-INF, 0.0], [INF, 0.0], [INF, -INF], [INF, INF], [NAN, 0.0],
         [1000.0, 1000.0], [-1000.0, -1000.0]],
    ), [-INF, 0, INF, INF, INF, NAN, 1000 + math.log(2), -1000 + math.log(2)],
        ([[ANY, ANY], [0, 1], [ANY, 0], [ANY, 0], [ANY, ANY], [NAN, NAN], [ANY, ANY],
          [ANY, ANY]],)),
    Case("logsumexp of one", lambda x: dp.logsumexp(x, 1), ([[-INF], [INF], [-3.0]],),
         [-INF, INF, -3], ([[ANY], [ANY], [1]],)),
    Case("softmax", lambda x: dp.softmax(x, 1), (
        [[-INF, 0.0], [-INF, -INF], [INF, INF], [1000.0, -1000.0], [NAN, 0.0], [0.0, 0.0]],
    ), [[0, 1], [NAN, NAN], [NAN, NAN], [1, 0], [NAN, NAN], [0.5, 0.5]],
        ([[0, 0], [NAN, NAN], [NAN, NAN], [0, 0], [NAN, NAN], [0, 0]],)),
    Case("log_softmax", lambda x: dp.log_softmax(x, 1), (
        [[-INF, 0.0], [-INF, -INF], [1000.0, -1000.0], [NAN, 0.0], [0.0, 0.0]],
    ), [[-INF, 0], [NAN, NAN], [0, -2000], [NAN, NAN], [-math.log(2), -math.log(2)]],
        ([[1, -1], [ANY, ANY], [-1, 1], [NAN, NAN], [0, 0]],)),
    Case("amax", lambda x: dp.amax(x, 1), ([[-INF, -INF], [NAN, 1.0], [3.0, INF], [2.0, 2.0]],),
         [-INF, NAN, INF, 2], ([[0.5, 0.5], [ANY, ANY], [0, 1], [0.5, 0.5]],)),
    Case("amin", lambda x: dp.amin(x, 1), ([[INF, INF], [NAN, 1.0], [3.0, -INF], [2.0, 2.0]],),
         [INF, NAN, -INF, 2], ([[0.5, 0.5], [ANY, ANY], [0, 1], [0.5, 0.5]],)),
    # one zero: the message is the product of the others; two: nothing comes back
    Case("prod", lambda x: dp.prod(x, 1), ([[0.0, 2.0, 3.0], [0.0, 0.0, 3.0], [2.0, 3.0, 4.0]],),
         [0, 0, 24], ([[6, 0, 0], [0, 0, 0], [12, 8, 6]],)),
    Case("norm", lambda x: dp.norm(x, dim=1), ([[0.0, 0.0], [3.0, -4.0], [NAN, 0.0]],),
         [0, 5, NAN], ([[0, 0], [0.6, -0.8], [NAN, NAN]],)),
    Case("mean of nothing known", lambda x: dp.mean(x, 1), ([[NAN, 1.0], [INF, -INF], [INF, 1.0]],),
         [NAN, NAN, INF], ([[0.5, 0.5]] * 3,)),
    Case("nansum", lambda x: dp.nansum(x, 1), ([[NAN, 1.0], [NAN, NAN], [INF, NAN]],),
         [1, 0, INF], ([[0, 1], [0, 0], [1, 0]],)),
]

LONG = [0.0] * 40
LONG[7] = LONG[31] = NAN
# f, numbers, whole numbers or truth values
DISCRETE = [
    ("argmax: the first NaN", lambda x: dp.argmax(x), [1.0, NAN, 3.0, NAN], 1),
    ("argmax: NaN first", lambda x: dp.argmax(x), [NAN, 3.0, NAN], 0),
    ("argmin: the first NaN", lambda x: dp.argmin(x), [1.0, NAN, -3.0, NAN], 1),
    ("argmax of many", lambda x: dp.argmax(x), LONG, 7),
    ("argmin of many", lambda x: dp.argmin(x), LONG, 7),
    ("argmax of −∞", lambda x: dp.argmax(x), [-INF, -INF], 0),
    ("argmax of ±0", lambda x: dp.argmax(x), [-0.0, 0.0], 0),
    ("argmax of equals", lambda x: dp.argmax(x), [1.0, 3.0, 3.0], 1),
    ("max: its place", lambda x: dp.max(x, 0).indices, [1.0, NAN, 3.0, NAN], 1),
    ("min: its place", lambda x: dp.min(x, 0).indices, [1.0, NAN, -3.0, NAN], 1),
    ("max is NaN", lambda x: dp.isnan(dp.max(x, 0).values), [1.0, NAN, 3.0], True),
    ("min is NaN", lambda x: dp.isnan(dp.min(x, 0).values), [1.0, NAN, 3.0], True),
    ("max of all is NaN", lambda x: dp.isnan(dp.max(x)), [1.0, NAN, 3.0], True),
    ("min of all is NaN", lambda x: dp.isnan(dp.min(x)), [1.0, NAN, 3.0], True),
    ("sort: NaN is largest", lambda x: dp.sort(x).indices, [NAN, INF, NAN, -INF, 0.0],
     [3, 4, 1, 0, 2]),
    ("sort, descending", lambda x: dp.sort(x, descending=True).indices,
     [1.0, NAN, INF, NAN, 0.0], [1, 3, 2, 0, 4]),
    ("sort of ±0 is stable", lambda x: dp.sort(x).indices, [0.0, -0.0, 0.0], [0, 1, 2]),
    ("topk", lambda x: dp.topk(x, 2).indices, [1.0, NAN, INF], [1, 2]),
    ("topk, smallest", lambda x: dp.topk(x, 2, largest=False).indices, [1.0, NAN, -INF], [2, 0]),
    ("isnan", dp.isnan, ABOUT, [False, False, True, False, False, False, False]),
    ("isinf", dp.isinf, ABOUT, [True, True, False, False, False, False, False]),
    ("isfinite", dp.isfinite, ABOUT, [False, False, False, True, True, True, True]),
    ("x == x", lambda x: x == x, ABOUT, [True, True, False, True, True, True, True]),
    ("x != x", lambda x: x != x, ABOUT, [False, False, True, False, False, False, False]),
    ("x < 1", lambda x: x < 1, ABOUT, [False, True, False, True, True, False, True]),
    ("x >= 1", lambda x: x >= 1, ABOUT, [True, False, False, False, False, True, False]),
    ("x <= x", lambda x: x <= x, ABOUT, [True, True, False, True, True, True, True]),
    ("0 == −0", lambda x: x == 0, [0.0, -0.0, NAN], [True, True, False]),
    ("bool", lambda x: x.bool(), [NAN, 0.0, -0.0, INF], [True, False, False, True]),
    ("logical_not", dp.logical_not, [NAN, 0.0, -0.0, INF], [False, True, True, False]),
    ("any", dp.any, [0.0, -0.0, NAN], True),
    ("any of zeros", dp.any, [0.0, -0.0], False),
    ("all", dp.all, [1.0, NAN], True),
    ("all with −0", dp.all, [1.0, -0.0], False),
    ("count_nonzero", dp.count_nonzero, [0.0, -0.0, NAN, INF], 2),
    ("isclose", lambda x: dp.isclose(x, dp.flip(x, (0,))), [INF, 1.0, -INF, 1e30, INF],
     [True, False, True, False, True]),
    ("isclose, ∞ and −∞", lambda x: dp.isclose(x, -x), [INF, 0.0, 1e-9, 1.0],
     [False, True, True, False]),
    ("isclose to ∞", lambda x: dp.isclose(x, x * 0 + INF), [1e30, -1.0], [False, False]),
    ("isclose of NaN", lambda x: dp.isclose(x, x), [NAN, INF, 0.0], [False, True, True]),
    ("isclose, equal_nan", lambda x: dp.isclose(x, x, equal_nan=True), [NAN, INF], [True, True]),
    ("isclose, one NaN", lambda x: dp.isclose(x, dp.ones_like(x), equal_nan=True), [NAN, 1.0],
     [False, True]),
]
# fmt: on
