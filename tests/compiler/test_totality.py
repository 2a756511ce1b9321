"""Every op has native code, no native code is without an op, and every sample of every op gives
compiled what it gives eagerly."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import denpa.ops  # noqa: F401  (fills the table)
from denpa.compiler.emit.pointwise import POINTWISE
from denpa.compiler.lower.index import VIEWS
from denpa.compiler.lower.ops import LOWER
from denpa.compiler.passes.expand import EXPAND
from denpa.core.dtype import DType, bool_, float16, float32, float64, int8, int32, int64, uint8
from denpa.core.errors import DTypeError
from denpa.core.graph import Graph, Value
from denpa.core.op import OPS, Op, Sample
from tests.compiler.forced import compiled
from tests.compiler.judge import EXACT, compare
from tests.compiler.small import do, given

TABLES = {
    "POINTWISE": set(POINTWISE),
    "LOWER": set(LOWER),
    "VIEWS": set(VIEWS),
    "EXPAND": set(EXPAND),
    "Lowering._take": {"gather"},
}
ROUNDED_ONCE = EXACT | {"add", "sub", "mul", "div", "sqrt", "addcmul"}
"""Ops whose every step is rounded as IEEE 754 says, so that there is one right answer."""


def written() -> set[str]:
    return {name for table in TABLES.values() for name in table}


def without_native_code() -> set[str]:
    return set(OPS) - written()


def test_every_op_has_native_code() -> None:
    assert without_native_code() == set()


def test_no_native_code_is_without_an_op() -> None:
    assert written() - set(OPS) == set()


def test_no_op_has_native_code_twice() -> None:
    names = [name for table in TABLES.values() for name in table]
    assert sorted(names) == sorted(set(names))


def test_an_op_without_native_code_is_found() -> None:
    OPS["planted"] = replace(OPS["tanh"], name="planted")
    try:
        assert without_native_code() == {"planted"}
    finally:
        del OPS["planted"]
    assert without_native_code() == set()


# -- samples ------------------------------------------------------------------------------------


def numbers(op: Op, shape: tuple[int, ...], dtype: DType, rng: np.random.Generator) -> np.ndarray:
    """Numbers of the op's domain: integers that divide and that are no negative powers."""
    low, high = op.domain
    if dtype.kind == "f":
        return np.asarray(rng.uniform(low, high, shape)).astype(dtype)
    if dtype == bool_:
        return np.asarray(rng.random(shape) < 0.5)
    first = 1 if low > 0 else 0 if dtype.kind == "u" else -5
    x = np.asarray(rng.integers(first, 6, shape)).astype(dtype)
    return np.where(x == 0, dtype.type(3), x) if op.name == "floor_divide" else x


def inputs_of(op: Op, sample: Sample, dtype: DType) -> list[Any] | None:
    """Arrays for a sample in a dtype; None where the op does not take that dtype."""
    seed = zlib.crc32(repr((op.name, dtype.name, sample.params)).encode())
    rng = np.random.default_rng(seed)
    arrays: list[Any] = []
    for held in sample.inputs:
        if not isinstance(held, np.ndarray):
            arrays.append(numbers(op, held, dtype, rng))
        elif op.name.startswith("bitwise"):  # the array is not a mask or an index, but a number
            if dtype.kind == "f" or (dtype == bool_) != (held.dtype == bool_):
                return None
            arrays.append(held.astype(dtype))
        else:
            arrays.append(held)
    try:
        op.infer(*arrays, **sample.params)
    except DTypeError:
        return None
    return arrays


def program(op: Op) -> tuple[Graph, list[np.ndarray], list[str]]:
    """One program that computes all samples in all dtypes, and what each output is of."""
    values: list[Value] = []
    arrays: list[np.ndarray] = []
    outputs: list[Value] = []
    labels: list[str] = []
    for dtype in (float32, float64, int64, int32, int8, uint8, bool_):
        for k, sample in enumerate(op.samples):
            found = inputs_of(op, sample, dtype)
            if found is None:
                continue
            own = [Value(a.shape, a.dtype) for a in found]
            v = Value(*op.infer(*own, **sample.params))
            v.op, v.inputs, v.params = op, tuple(own), sample.params
            values += own
            arrays += found
            outputs.append(v)
            labels.append(f"sample {k} in {dtype}")
    return Graph(values, outputs), arrays, labels


def ulps(a: np.ndarray, b: np.ndarray) -> int:
    """The largest distance of two float arrays, in numbers that lie between."""
    if not a.size:
        return 0
    word = np.int32 if a.dtype == float32 else np.int64
    where = []
    for x in (a, b):
        bits = np.ascontiguousarray(x).view(word).astype(object)  # no overflow
        where.append(np.where(np.signbit(x), np.iinfo(word).min - bits, bits))
    return int(np.max(np.abs(where[0] - where[1])))


def judge(op: Op, graph: Graph, arrays: list[np.ndarray], labels: list[str], run: Any) -> None:
    expected, got = graph(*arrays), run(*arrays)
    for want, found, label in zip(expected, got, labels, strict=True):
        assert (found.shape, found.dtype) == (want.shape, want.dtype), label
        if op.name in ROUNDED_ONCE or want.dtype.kind != "f":
            assert found.tobytes() == want.tobytes(), (label, found, want)
        elif op.kind == "pointwise":
            truth = want
            if op.name == "erf":  # of float64 the eager one is not that good
                x = arrays[labels.index(label)]
                truth = np.asarray(np.vectorize(math.erf, [float])(x)).astype(want.dtype)
            assert ulps(found, truth) <= 4, (label, ulps(found, truth))
    assert compare(expected, list(got), graph, arrays) is None


@pytest.mark.parametrize("op", list(OPS.values()), ids=lambda op: op.name)
def test_samples_are_as_eager(op: Op) -> None:
    graph, arrays, labels = program(op)
    assert {"sample 0 in float32", "sample 0 in float64"} <= set(labels) or op.kind == "constant"
    judge(op, graph, arrays, labels, compiled(graph))


def half(*names: str) -> tuple[Graph, list[np.ndarray]]:
    """The first sample in float16 of some ops, those that take it, as one program."""
    values: list[Value] = []
    arrays: list[np.ndarray] = []
    outputs: list[Value] = []
    for op in (OPS[name] for name in names):
        found = inputs_of(op, op.samples[0], float16)
        if found is not None:
            own = [Value(a.shape, a.dtype) for a in found]
            v = Value(*op.infer(*own, **op.samples[0].params))
            v.op, v.inputs, v.params = op, tuple(own), op.samples[0].params
            values, arrays, outputs = [*values, *own], [*arrays, *found], [*outputs, v]
    return Graph(values, outputs), arrays


_PRODUCTS = ("matmul", "linear")


def test_half_precision() -> None:
    graph, arrays = half(*(name for name in OPS if name not in _PRODUCTS))
    assert len(graph.outputs) > 40
    assert compare(graph(*arrays), compiled(graph)(*arrays), graph, arrays) is None


@pytest.mark.parametrize("name", _PRODUCTS)
def test_products_in_half_precision(name: str) -> None:
    graph, arrays = half(name)
    assert compare(graph(*arrays), compiled(graph)(*arrays), graph, arrays) is None


NOT_HALF = [65536, 100003.0, 1e-8, 1e30, 1 / 3, 2.0**-26, -70000]


def test_double_to_half_precision() -> None:
    graph = Graph([x := given(9, dtype=float64)], [do("cast", x, dtype=float16)])
    a = np.array([0, 1 / 3, 65519.99, 65520, 1e-8, 1 + 2**-11, 1 + 2**-11 + 2**-40, -0.0, np.nan])
    np.testing.assert_array_equal(compiled(graph)(a)[0], graph(a)[0], strict=True)


def test_half_precision_by_numbers_that_it_does_not_hold() -> None:
    x = given(12, dtype=float16)
    outputs = [do(name, x, c) for name in ("mul", "div") for c in NOT_HALF]
    outputs += [do(name, c, x) for name in ("mul", "div") for c in NOT_HALF]
    graph = Graph([x], outputs)
    a = np.array([0, -0.0, 6e-8, 1e-3, 0.5, 1, -3, 100, 60000, -65504, np.inf, np.nan], np.float16)
    for found, want in zip(compiled(graph)(a), graph(a), strict=True):
        assert found.tobytes() == want.tobytes() or np.isnan(want).any()
        np.testing.assert_array_equal(found, want, strict=True)


def test_a_sum_in_half_precision() -> None:
    graph = Graph([x := given(5000, dtype=float16)], [do("sum", x, dim=(0,), keepdim=False)])
    a = np.full(5000, 0.1, np.float16)
    np.testing.assert_allclose(compiled(graph)(a)[0], graph(a)[0], 1e-3)


# What the judgement is worth: machines that are wrong by little.
FAULTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "tanh": lambda y: y * y.dtype.type(1 + 1e-6 if y.dtype == float32 else 1 + 1e-14),
    "add": lambda y: np.nextafter(y, y.dtype.type(9)) if y.dtype.kind == "f" else y,
    "sum": lambda y: y * y.dtype.type(1 + 1e-5) if y.dtype.kind == "f" else y,
    "cat": lambda y: np.roll(y, 1, 0),
    "argmax": lambda y: y + 1,
    "mul": lambda y: ~y if y.dtype == bool_ else y,
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_wrong_machine_is_seen(name: str) -> None:
    op, fault = OPS[name], FAULTS[name]
    graph, arrays, labels = program(op)
    judge(op, graph, arrays, labels, graph)
    with pytest.raises(AssertionError):
        judge(op, graph, arrays, labels, lambda *xs: [fault(y) for y in graph(*xs)])
