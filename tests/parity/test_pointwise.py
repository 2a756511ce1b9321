"""Pointwise functions: values, gradients, kinks, infinities, NaN."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .harness import Case, bools, check, each, forms, ints, normal, positive, unit

X = normal(3, 4)
EDGE = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan])
# Of gelu(∞) PyTorch says inf or, where AVX-512 does many floats at once, nan: the algebra's value
# is held in tests/nn/test_activation.py.
GELU_EDGE = EDGE[[0, 1, 2, 3, 5, 6]]
LARGE = np.array([20.5, -20.5, 31.0, -31.0, 80.0, -80.0, 100.0, -100.0])
TINY = np.array([1e-10, -1e-10, 1e-9, 0.0])
HALVES = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.3, -0.7])

# name, faces, a generic input
UNARY: list[tuple[str, str, Any]] = [
    ("exp", "mt", X), ("log", "mt", positive(3, 4)), ("log1p", "mt", positive(3, 4)),
    ("expm1", "mt", X), ("sqrt", "mt", positive(3, 4)), ("rsqrt", "mt", positive(3, 4)),
    ("abs", "mt", X), ("sign", "mt", X), ("sin", "mt", X), ("cos", "mt", X), ("tanh", "mtf", X),
    ("sigmoid", "mtf", X), ("relu", "mtf", X), ("erf", "mt", X), ("neg", "mt", X),
    ("leaky_relu", "f", X), ("elu", "f", X), ("gelu", "f", X), ("silu", "f", X),
    ("softplus", "f", X),
]  # fmt: skip
EXTRA: list[tuple[str, str, Any]] = [
    ("square", "mt", X), ("reciprocal", "mt", X), ("floor", "mt", X), ("ceil", "mt", X),
    ("round", "mt", X), ("trunc", "mt", X), ("tan", "mt", X), ("log2", "mt", positive(3, 4)),
    ("log10", "mt", positive(3, 4)), ("exp2", "mt", X), ("sinh", "mt", X), ("cosh", "mt", X),
    ("atan", "mt", X), ("asin", "mt", unit(3, 4)), ("acos", "mt", unit(3, 4)), ("erfc", "mt", X),
    ("logsigmoid", "f", X), ("relu6", "f", X), ("selu", "f", X), ("mish", "f", X),
    ("isnan", "mt", X),
    ("hardtanh", "f", X), ("softsign", "f", X), ("tanhshrink", "f", X), ("isinf", "mt", X),
    ("isfinite", "mt", X), ("logical_not", "mt", X), ("nan_to_num", "mt", X), ("absolute", "mt", X),
    ("positive", "mt", X),
]  # fmt: skip


def unary(rows: list[tuple[str, str, Any]], **flags: Any) -> Iterator[list[Case]]:
    for name, faces, generic in rows:
        edge = GELU_EDGE if name == "gelu" else EDGE
        for tag, value in [
            ("", generic), ("edge", edge), ("large", LARGE), ("tiny", TINY), ("halves", HALVES),
            ("empty", np.zeros((0, 3))), ("scalar", np.asarray(generic[1, 2])),
        ]:  # fmt: skip
            shown = faces if tag in ("", "scalar") else faces[:1]
            yield forms(shown, name, [value], tag=tag, flags={"second": tag == "", **flags})


@each(unary(UNARY), strided=True)
def test_unary(case: Case, dtype: str) -> None:
    check(case, dtype)


@each(unary(EXTRA, optional=True), strided=True)
def test_unary_beyond_the_promise(case: Case, dtype: str) -> None:
    check(case, dtype)


FIRST = {"second": None}  # at a kink the second derivative is a convention of its own
OPTIONS = [
    forms("f", "leaky_relu", [X], 0.2), forms("f", "leaky_relu", [EDGE], negative_slope=0.3,
    flags=FIRST), forms("f", "elu", [X], 0.5), forms("f", "elu", [EDGE], alpha=1.7, flags=FIRST),
    forms("f", "gelu", [X], approximate="tanh"), forms("f", "gelu", [LARGE], approximate="tanh"),
    forms("f", "gelu", [GELU_EDGE], approximate="none"),
    forms("f", "softplus", [X], 2.0), forms("f", "softplus", [LARGE], beta=0.5, threshold=10),
    forms("f", "softplus", [LARGE], 1, 30),
    forms("mt", "clamp", [X], -0.5, 0.5), forms("mt", "clamp", [X], min=0.1),
    forms("mt", "clamp", [X], max=0.1), forms("mt", "clamp", [EDGE], -1, 1),
    forms("mt", "clamp", [EDGE], min=0.0), forms("mt", "clamp", [X], 1.0, -1.0),
    forms("mt", "clamp", [X, normal(4, seed=5) - 1, normal(4, seed=5) + 1]),
    forms("mt", "clamp", [X, normal(3, 1, seed=6)]),
    forms("mt", "clip", [X], -0.5, 0.5, flags={"optional": True}),
    forms("mt", "round", [X * 10], decimals=1, flags={"optional": True}),
]  # fmt: skip


@each(OPTIONS, second=True)
def test_options(case: Case, dtype: str) -> None:
    check(case, dtype)


Y = normal(3, 4, seed=1)
ROW, COLUMN, SCALAR = normal(4, seed=2), normal(3, 1, seed=3), normal(seed=4)
TIES_A = np.array([1.0, 2.0, 2.0, -1.0, 0.0, np.nan, 1.0, np.inf, -np.inf, np.nan])
TIES_B = np.array([1.0, 1.0, 3.0, -1.0, -0.0, 1.0, np.nan, np.inf, 2.0, np.nan])
POW_BASE = np.array([0.0, 0.0, 2.0, -2.0, 1.0, -1.5, 0.0, 3.0])
POW_EXP = np.array([0.0, 2.0, 0.0, 3.0, 5.0, 2.0, 1.0, -2.0])


def binary() -> Iterator[list[Case]]:
    for name in ["add", "sub", "mul", "div", "maximum", "minimum"]:
        for other in [Y, ROW, COLUMN, SCALAR]:
            yield forms("mt", name, [X, other], flags={"second": True})
        yield forms("m", name, [SCALAR, X], tag="scalar-first")
        yield forms("m", name, [COLUMN, ROW], tag="outer")
        yield forms("m", name, [np.zeros((0, 4)), ROW], tag="empty")
        yield forms("m", name, [TIES_A, TIES_B], tag="ties")
    for name in ["add", "sub", "mul", "div"]:
        yield forms("mt", name, [X], 3, tag="int")
        yield forms("mt", name, [X], 2.5, tag="float")
    for name in ["add", "sub"]:
        yield forms("mt", name, [X, Y], alpha=3)
        yield forms("mt", name, [X, ROW], alpha=-0.5)
        yield forms("m", name, [X], 2, alpha=0.25)
    for mode in [None, "trunc", "floor"]:
        yield forms("mt", "div", [X * 5, Y], rounding_mode=mode)
        yield forms("mt", "div", [X * 5], 2, rounding_mode=mode)
        yield forms("m", "div", [TIES_A, TIES_B - 1], rounding_mode=mode, tag="edge")
    for name in ["eq", "ne", "lt", "le", "gt", "ge"]:
        yield forms("mt", name, [X, ROW])
        yield forms("mt", name, [X], 0)
        yield forms("m", name, [TIES_A, TIES_B], tag="edge")
    yield forms("mt", "pow", [positive(3, 4), Y], flags={"second": True})
    yield forms("mt", "pow", [positive(3, 4), ROW])
    for exponent in [0, 1, 2, 3, -1, 0.5, -0.5, 1.5, 2.0]:
        yield forms("mt", "pow", [positive(3, 4)], exponent, flags={"second": True})
        # of -0.0 and -inf PyTorch takes a square root where IEEE 754 has a power of its own
        edge = EDGE if exponent == int(exponent) else EDGE[[0, 2, 3, 4, 6]]
        yield forms("m", "pow", [edge], exponent, tag="edge")
    yield forms("m", "pow", [POW_BASE, POW_EXP], tag="kinks")
    yield forms("m", "pow", [X, np.full((4,), 2.0)], tag="negative-base")
    yield [Case("pow(2,x)", lambda m, x: m.pow(2, x), (X,), second=True)]
    yield [Case("pow(2.5,x)", lambda m, x: m.pow(2.5, x), (X,))]
    yield [Case("pow(0.0,x)", lambda m, x: m.pow(0.0, x), (POW_EXP,))]
    mask = bools(3, 4)
    yield [
        Case("where", lambda m, c, a, b: m.where(c, a, b), (mask, X, ROW), second=True),
        Case("where(broadcast)", lambda m, c, a, b: m.where(c, a, b), (mask[:, :1], SCALAR, ROW)),
        Case("where(number,tensor)", lambda m, c, b: m.where(c, 0.5, b), (mask, X)),
        Case("where(tensor,number)", lambda m, c, a: m.where(c, a, 2), (mask, X)),
        Case("where(nan)", lambda m, a: m.where(a > 0, a.log(), m.zeros_like(a)), (X,)),
        Case("Tensor.where", lambda m, c, a, b: a.where(c, b), (mask, X, Y)),
        Case("where(cond)", lambda m, c: m.where(c), (mask,), grad=False),
        Case("x*x", lambda m, x: x * x, (X,), second=True),
        Case("x-x", lambda m, x: x - x, (X,), second=True),
        Case("fan-out", lambda m, x: (x.exp() + x * x.sin(), x.tanh() * x), (X,), second=True),
    ]
    for name in ["multiply", "subtract", "divide", "true_divide", "float_power", "atan2", "fmod",
                 "logaddexp", "hypot", "fmax", "fmin"]:  # fmt: skip
        yield forms("mt", name, [positive(3, 4), positive(4, seed=9)], flags={"optional": True})
    yield forms("mt", "lerp", [X, Y], 0.3, flags={"optional": True})
    yield forms("mt", "addcmul", [X, Y, ROW], value=0.5, flags={"optional": True})
    for name in ["logical_and", "logical_or", "logical_xor"]:
        yield forms("mt", name, [mask, bools(4, seed=3)], flags={"optional": True})
    for name in ["floor_divide", "remainder"]:
        yield forms("mt", name, [X * 5, Y], flags={"optional": True, "grad": False})
        yield forms("mt", name, [X * 5], 2, flags={"optional": True, "grad": False})


@each(binary(), strided=True)
def test_binary(case: Case, dtype: str) -> None:
    check(case, dtype)


def operators() -> Iterator[Case]:
    import operator as o

    for name in ["add", "sub", "mul", "truediv", "lt", "le", "gt", "ge", "eq", "ne"]:
        f = getattr(o, name)
        yield Case(f"x {name} y", lambda m, x, y, f=f: f(x, y), (X, ROW))
        yield Case(f"x {name} 2", lambda m, x, f=f: f(x, 2), (X,))
        yield Case(f"2 {name} x", lambda m, x, f=f: f(2, x), (X,))
        yield Case(f"x {name} 0.5", lambda m, x, f=f: f(x, 0.5), (X,))
        yield Case(f"0.5 {name} x", lambda m, x, f=f: f(0.5, x), (X,))
        if name != "sub":
            yield Case(f"x {name} True", lambda m, x, f=f: f(x, True), (X,))
    for name in ["floordiv", "mod"]:
        f = getattr(o, name)
        yield Case(f"x {name} y", lambda m, x, y, f=f: f(x, y), (X * 5, Y), grad=False)
        yield Case(f"x {name} 2", lambda m, x, f=f: f(x, 2), (X * 5,), grad=False)
        yield Case(f"7 {name} x", lambda m, x, f=f: f(7, x), (X,), grad=False)
        yield Case(f"x {name} -0.3", lambda m, x, f=f: f(x, -0.3), (X * 5,), grad=False)
        yield Case(f"x {name} edge", lambda m, x, y, f=f: f(x, y), (TIES_A, TIES_B), grad=False)
    yield Case("mod grad", lambda m, x, y: x % y, (X * 5, Y))
    yield Case("x ** y", lambda m, x, y: x**y, (positive(3, 4), ROW), second=True)
    yield Case("x ** 3", lambda m, x: x**3, (X,), second=True)
    yield Case("2 ** x", lambda m, x: 2**x, (X,), second=True)
    yield Case("-x", lambda m, x: -x, (X,), second=True)
    yield Case("+x", lambda m, x: +x, (X,))
    yield Case("abs(x)", lambda m, x: abs(x), (X,))
    yield Case("x @ y", lambda m, x, y: x @ y.T, (X, Y), second=True)
    yield Case("~b", lambda m, b: ~b, (bools(3, 4),))
    for name in ["and_", "or_", "xor"]:
        f = getattr(o, name)
        yield Case(f"b {name} c", lambda m, b, c, f=f: f(b, c), (bools(3, 4), bools(4, seed=2)))
        yield Case(f"b {name} True", lambda m, b, f=f: f(b, True), (bools(3, 4),))
        yield Case(f"i {name} j", lambda m, i, j, f=f: f(i, j), (ints(9, 3, 4), ints(9, 4)))
        yield Case(f"i {name} 3", lambda m, i, f=f: f(i, 3), (ints(9, 3, 4),))
    yield Case("~i", lambda m, i: ~i, (ints(9, 3),))
    yield Case("bool(x)", lambda m, x: (bool(x), float(x), int(x), x.item()), (np.array(2.5),))
    yield Case("len", lambda m, x: (len(x), x.shape[1], x.size(0), x.dim(), x.numel()), (X,))
    yield Case("iter", lambda m, x: [row * i for i, row in enumerate(x)], (X,))
    yield Case("tolist", lambda m, i: i.tolist(), (ints(9, 3, 4),))
    yield Case("chained", lambda m, x: 1 / (1 + m.exp(-x)) ** 2 - x / 3, (X,), second=True)


@each(operators(), strided=True)
def test_operators(case: Case, dtype: str) -> None:
    check(case, dtype)
