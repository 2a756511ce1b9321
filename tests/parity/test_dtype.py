"""Dtypes: promotion, conversion, integer and boolean inputs, defaults."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any

import numpy as np

from .harness import Case, D, bools, check, check_seen, each, forms, ints, normal

NAMES = ["bool", "int32", "int64", "float16", "float32", "float64"]
BASE = np.array([1, 0, 3, 2])
NUMBERS: list[Any] = [True, 3, 2.5]


def arrays(name: str) -> list[np.ndarray[Any, Any]]:
    return [np.asarray(BASE, dtype=name), np.asarray(2 if name != "bool" else 1, dtype=name)]


def promotions() -> Iterator[Case]:
    given: dict[str, Any] = {"dtypes": ("given",), "grad": False}
    for a in NAMES:
        for b in NAMES:
            for shape_a, left in zip("v0", arrays(a), strict=True):
                for shape_b, right in zip("v0", arrays(b), strict=True):
                    label = f"{a}{shape_a},{b}{shape_b}"
                    yield Case(f"mul {label}", lambda m, x, y: x * y, (left, right), **given)
                    yield Case(f"add {label}", lambda m, x, y: m.add(x, y), (left, right), **given)
            label, pair = f"{a},{b}", (arrays(a)[0], arrays(b)[0])
            yield Case(f"div {label}", lambda m, x, y: x / (y + 1), pair, **given)
            yield Case(f"lt {label}", lambda m, x, y: x < y, pair, **given)
            yield Case(f"maximum {label}", lambda m, x, y: m.maximum(x, y), pair, **given)
            yield Case(f"cat {label}", lambda m, x, y: m.cat([x, y]), pair, **given)
            yield Case(f"where {label}", lambda m, x, y: m.where(x > 0, x, y), pair, **given)
            if a != "bool" or b != "bool":
                yield Case(f"sub {label}", lambda m, x, y: m.sub(x, y) if "bool" not in str(x.dtype)
                           + str(y.dtype) else x + y, pair, **given)  # fmt: skip
                yield Case(f"pow {label}", lambda m, x, y: x**y, pair, **given)
    ops = ["add", "mul", "truediv", "lt", "eq"]
    for a in NAMES:
        for shape, x in zip("v0", arrays(a), strict=True):
            for number in NUMBERS:
                for op in ops:
                    f = getattr(operator, op)
                    label = f"{op} {a}{shape} {number}"
                    yield Case(label, lambda m, x, f=f, n=number: f(x, n), (x,), **given)
                    yield Case(f"r{label}", lambda m, x, f=f, n=number: f(n, x), (x,), **given)
                if a != "bool" or number is not True:
                    yield Case(
                        f"pow {a}{shape} {number}", lambda m, x, n=number: x**n, (x,), **given
                    )
                    yield Case(
                        f"rpow {a}{shape} {number}", lambda m, x, n=number: n**x, (x,), **given
                    )
    for a in ["int32", "int64", "float16", "float32"]:
        for b in ["int32", "int64", "float64"]:
            pair = (np.array([7, -7, 5, -5], a), np.array([2, 2, -3, -3], b))
            for mode in [None, "trunc", "floor"]:
                yield Case(f"div {mode} {a} {b}", lambda m, x, y,
                        r=mode: m.div(x, y, rounding_mode=r),
                           pair, **given)  # fmt: skip
            yield Case(f"floordiv {a} {b}", lambda m, x, y: x // y, pair, **given)
            yield Case(f"mod {a} {b}", lambda m, x, y: x % y, pair, **given)


@each(promotions())
def test_promotion(case: Case, dtype: str) -> None:
    check(case, dtype)


def functions() -> Iterator[list[Case]]:
    given: dict[str, Any] = {"dtypes": ("given",), "grad": False}
    pointwise = [
        "exp",
        "log1p",
        "sqrt",
        "rsqrt",
        "abs",
        "sin",
        "tanh",
        "sigmoid",
        "erf",
        "neg",
        "relu",
    ]
    for name in ["bool", "int32", "int64", "float16"]:
        x = np.array([[1, 2, 3], [4, 1, 2]]).astype(name)
        others = ["sign", "sum", "prod", "argmax", "amax", "max", "sort", "flatten"]
        for f in [*pointwise, *others]:
            if name == "bool" and f in ("neg", "abs", "relu", "argmax", "sign"):
                continue
            yield forms("m", f, [x], flags=given)
        for f in ["sum", "cumsum", "amin", "max", "prod"]:
            yield forms("m", f, [x], 1, flags=given)
        for f in ["mean", "var", "std", "norm", "logsumexp", "softmax"]:
            if name == "float16":
                yield forms("m", f, [x], 1, flags=given | {"scale": 2.0})
        if name != "bool":
            yield forms("m", "clamp", [x], 2, 3, flags=given)
            yield forms("m", "clamp", [x], 1.5, 2.5, flags=given)
            yield forms("m", "pow", [x], 2, flags=given)
        yield forms("m", "where", [x > 1, x, x], flags=given)
        yield forms("m", "where", [x > 1, x], 2.5, flags=given)
        yield forms("m", "where", [x > 1, x], 2, flags=given)
        yield [Case(f"index sum {name}", lambda m, x: x[:, 1:].T.sum(0), (x,), **given)]
    yield forms("m", "exp", [ints(4, 3)], flags=given)
    x = ints(5, 2, 3)
    for name in ["sum", "prod", "cumsum"]:
        yield forms("m", name, [x], 1, dtype=D("float32"), flags=given)
        yield forms("m", name, [x], 1, dtype=D("int32"), flags=given)


@each(functions())
def test_functions_of_other_dtypes(case: Case, dtype: str) -> None:
    check(case, dtype)


def conversions() -> Iterator[Case]:
    x = np.array([[1.7, -2.7, 0.0], [0.4, 300.0, -1.0]])
    for method in ["float", "double", "half", "int", "long", "bool"]:
        for source in [x, np.array([0, 1, -5]), bools(3)]:
            yield Case(
                f"{method}() of {source.dtype}", lambda m, t, n=method: getattr(t, n)(), (source,)
            )
    for name in NAMES:
        yield Case(f"to({name})", lambda m, t, n=name: t.to(getattr(m, n)), (x,))
        yield Case(f"to(dtype={name})", lambda m, t, n=name: t.to(dtype=getattr(m, n)), (x,))
        yield Case(f"type({name})", lambda m, t, n=name: t.type(getattr(m, n)), (x,), optional=True)
        yield Case(f"to({name}) of int", lambda m, t, n=name: t.to(getattr(m, n)), (ints(5, 3),))
    yield Case("to(other)", lambda m, t, o: t.to(o), (x, np.zeros(1, "float32")), optional=True)
    yield Case("type_as", lambda m, t, o: t.type_as(o), (x, np.zeros(1, "float32")), optional=True)
    yield Case("to same is self", lambda m, t: t.to(t.dtype) is t, (x,))
    yield Case("to('cpu')", lambda m, t: t.to("cpu"), (x,), optional=True)
    yield Case("double then float", lambda m, t: (t.double() * 2).float(), (x,))
    yield Case("mixed product", lambda m, t: t.float() * t.double(), (x,), second=True)


@each(conversions())
def test_conversions(case: Case, dtype: str) -> None:
    check(case, dtype)


def mixed() -> Iterator[Case]:
    given: dict[str, Any] = {"dtypes": ("given",)}
    f32, f64 = normal(3, 4).astype("float32"), normal(4, seed=1)
    counts, flags = ints(5, 3, 4), bools(3, 4)
    yield Case("f32 * f64", lambda m, a, b: a * b, (f32, f64), **given)
    yield Case("f32 + f64 scalar", lambda m, a, b: a + b, (f32, np.array(2.0)), **given)
    yield Case("f64 * f32 scalar", lambda m, a, b: a * b, (f64, np.array(2.0, "float32")), **given)
    yield Case("f32 * int", lambda m, a, b: a * b, (f32, counts), **given)
    yield Case("f64 * bool", lambda m, a, b: a[:3, None] * b, (f64, flags), **given)
    yield Case("int / f32", lambda m, a, b: (a + 1) / b, (counts, f32), **given)
    yield Case("cat f32 f64", lambda m, a, b: m.cat([a.view(-1), b]), (f32, f64), **given)
    yield Case("where f32 f64", lambda m, a, b: m.where(a > 0, a, b), (f32, f64), **given)
    yield Case("f64 int scalar", lambda m, a, b: a * b, (f32, np.array(3)), **given)
    yield Case("int * f64 scalar", lambda m, a, b: a * b, (counts, np.array(2.5)), **given)
    yield Case("(x>0).float()", lambda m, a: (a > 0).float() * a, (f32,), **given)
    yield Case("pow f32 f64", lambda m, a, b: (a * a + 1) ** b, (f32, f64), **given)
    yield Case("maximum f32 f64", lambda m, a, b: m.maximum(a, b), (f32, f64), **given)
    yield Case("sum of f32", lambda m, a: a.sum() * 2 + a.mean() - a.amax(), (f32,), **given)


@each(mixed(), second=True)
def test_gradients_keep_the_dtype_of_their_tensor(case: Case, dtype: str) -> None:
    check(case, dtype)


def test_default_dtype() -> None:
    def run(m: Any) -> Any:
        before = [m.get_default_dtype(), m.tensor(1.5).dtype, m.zeros(2).dtype]
        m.set_default_dtype(m.float64)
        try:
            inside = [
                m.get_default_dtype(),
                m.tensor([1.5]).dtype,
                m.zeros(2).dtype,
                m.rand(2).dtype,
            ]
            inside += [m.arange(3).dtype, m.arange(3.0).dtype, m.linspace(0, 1, 3).dtype]
            inside += [(m.tensor([1]) / 2).dtype, m.tensor([1]).dtype, m.eye(2).dtype]
            inside += [m.nn.Linear(2, 2).weight.dtype, (m.tensor([1]) * 1.5).dtype]
        finally:
            m.set_default_dtype(m.float32)
        return before, inside, m.tensor(1.5).dtype

    check_seen(run)


def test_dtype_questions() -> None:
    def run(m: Any) -> Any:
        def limits(name: str) -> Any:
            info = m.finfo(getattr(m, name))
            return [float(info.eps), float(info.max), float(info.tiny)]

        return (
            m.tensor([1, 2]).dtype == m.int64,
            m.tensor([1.0]).dtype == m.float32,
            m.tensor(True).dtype == m.bool,
            m.float is m.float32 or m.float == m.float32,
            m.double == m.float64,
            m.long == m.int64,
            m.zeros(1).is_floating_point(),
            m.tensor(1).is_floating_point(),
            m.result_type(m.tensor([1]), m.tensor([1.0])),
            m.promote_types(m.int32, m.float32),
            limits("float32"),
        )

    check_seen(run, optional=True)
