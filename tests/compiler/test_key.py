"""The key of a compiled program: two programs that differ in one constant never share it."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
import textwrap
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from denpa.compiler.emit import llvm
from denpa.compiler.run.cache import Cache
from denpa.compiler.run.entry import exact
from denpa.compiler.run.native import compile_program
from denpa.core.graph import Graph, Value
from denpa.core.op import OPS

pytestmark = pytest.mark.skipif(not llvm.available(), reason="needs llvmlite")

F4 = np.dtype("float32")


class Asked(Exception):
    """The key that a program is looked up by."""


class Asks(Cache):
    """Tells what it is asked for in place of an answer."""

    def get(self, key: str) -> Any:
        raise Asked(key)


def key_of(graph: Graph, state: Any = (), batch: Any = (), **options: Any) -> str:
    with pytest.raises(Asked) as asked:
        compile_program(graph, state, batch, cache=Asks(), **options)
    return str(asked.value)


def equation(op: str, *inputs: Any, kind: Any = ((2,), F4), **params: Any) -> Value:
    """An equation that need not make sense: only its key is asked for."""
    v = Value(*kind)
    v.op, v.inputs, v.params = OPS[op], inputs, params
    return v


def scaled(number: Any) -> Graph:
    x = Value((2,), F4)
    return Graph([x], [equation("mul", x, number)])


def shifted(array: np.ndarray) -> Graph:
    x = Value((2,), F4)
    c = Value(array.shape, array.dtype, array)
    return Graph([x], [equation("mul", x, c)])


def with_param(param: Any) -> Graph:
    x = Value((2,), F4)
    return Graph([x], [equation("flip", x, dims=param)])


def nan_of(bits: int) -> float:
    return float(np.array([bits], np.uint64).view(np.float64)[0])


NUMBERS = [
    0, 1, -1, 2**60, 2**60 + 1, True, False, 0.0, -0.0, 1.0, float("inf"), -float("inf"),
    0.1, 0.1 + 2**-56, 0.30000000000000004, 0.3, 1e-8, float(np.float32(0.1)),
    nan_of(0x7FF8 << 48), nan_of(0xFFF8 << 48), nan_of((0x7FF8 << 48) + 1),
    np.float32(1), np.float64(1), np.float32(0.1), np.int64(1), np.int32(1), np.bool_(True),
]  # fmt: skip
PARAMS = [
    *NUMBERS, None, "1", "True", "None", "1.0", "(1,)", b"1", (1,), (1.0,), (True,), [1], (),
    (1, 1),
    ((1,), 1), ((1, 1),), (0.0,), (-0.0,), "a, dims=1", slice(0, 1), slice(None, 1, None),
    F4, "float32", "<f4", np.float32, np.dtype("float64"), np.dtype(">f4"), complex(0, 0.0),
    complex(-0.0, 0.0), np.zeros(3), np.zeros(3, F4), np.zeros((3, 1)), np.zeros((1, 3)), Ellipsis,
    np.zeros(3, "int32"), np.array(1, F4), np.arange(2000),
    np.where(np.arange(2000) == 1000, 0, np.arange(2000)), -np.zeros(3),
]  # fmt: skip


@pytest.mark.parametrize(("make", "values"), [(scaled, NUMBERS), (with_param, PARAMS)])
def test_no_two_constants_share_a_key(make: Any, values: list[Any]) -> None:
    keys: dict[str, Any] = {}
    for x in values:
        name = key_of(make(x))
        assert name not in keys, f"{x!r} ({type(x)}) and {keys[name]!r} ({type(keys[name])})"
        assert key_of(make(copy.deepcopy(x))) == name  # and it is one for good
        keys[name] = x


DTYPES = ["bool", "uint8", "int32", "int64", "float32", "float64", ">f8"]
ARRAYS = st.sampled_from(DTYPES).flatmap(
    lambda t: arrays(np.dtype(t), st.sampled_from([(), (1,), (2,), (3, 4), (2000,)]))
)


@given(ARRAYS, st.data())
def test_one_element_makes_another_key(a: np.ndarray, data: st.DataObject) -> None:
    b = a.copy()
    at = data.draw(st.integers(0, a.size - 1))
    bits = b.reshape(-1).view(np.uint8)
    place = at * a.dtype.itemsize + data.draw(st.integers(0, a.dtype.itemsize - 1))
    bits[place] ^= 1 if a.dtype == bool else 1 << data.draw(st.integers(0, 7))
    first = key_of(shifted(a))
    assert key_of(shifted(b)) != first
    assert key_of(shifted(a.copy(order="F"))) == first


@given(ARRAYS)
def test_shape_and_dtype_make_another_key(a: np.ndarray) -> None:
    same_bytes = [a, a.reshape(1, *a.shape), a.reshape(*a.shape, 1)]
    if a.dtype != bool:
        same_bytes += [a.view(a.dtype.newbyteorder()), a.view(f"V{a.dtype.itemsize}")][:1]
    if a.dtype.itemsize in (4, 8):
        same_bytes += [a.view(f"u{a.dtype.itemsize}")]
    kinds = {(x.dtype.str, x.shape): x for x in same_bytes}
    assert len({key_of(shifted(x)) for x in kinds.values()}) == len(kinds)


@given(st.floats(width=64) | st.integers(-(2**63), 2**63), st.data())
def test_numbers_next_to_each_other(x: Any, data: st.DataObject) -> None:
    other = float(np.nextafter(x, 0.5 if x != 0.5 else 0)) if isinstance(x, float) else x + 1
    if x == x:  # next to a NaN is a NaN
        assert key_of(scaled(x)) != key_of(scaled(other))
        assert key_of(with_param((x,))) != key_of(with_param((other,)))


def changed(x: Any) -> list[Any]:
    """Params that differ from `x` in one thing."""
    if isinstance(x, bool):
        return [not x, int(x)]
    if isinstance(x, int):
        return [x + 1, float(x)]
    if isinstance(x, float):
        return [float(np.nextafter(x, 9.0)), np.float32(x)]
    if isinstance(x, str):
        return [x + " "]
    if isinstance(x, np.dtype):
        return [np.dtype("int16"), x.name, x.newbyteorder()] if x.itemsize > 1 else [x.name]
    if isinstance(x, tuple):
        inside = [(*x[:k], y, *x[k + 1 :]) for k in range(len(x)) for y in changed(x[k])]
        return [*inside, (*x, 0), list(x)]
    if isinstance(x, (np.ndarray, np.generic)):
        return [np.asarray(x).tolist()]
    return [f"{x}"]


CASES = [
    pytest.param(op, sample, id=f"{op.name}{k}")
    for op in OPS.values()
    for k, sample in enumerate(op.samples)
    if sample.params
]


@pytest.mark.parametrize(("op", "sample"), CASES)
def test_every_param_of_every_op_is_in_the_key(op: Any, sample: Any) -> None:
    """Params are changed one at a time, whether or not the op would take what comes out."""

    def graph(params: dict[str, Any]) -> Graph:
        xs = [Value((2,), F4) for _ in sample.inputs]
        return Graph(xs, [equation(op.name, *xs, **params)])

    found = [key_of(graph(sample.params))]
    assert key_of(graph(dict(reversed(sample.params.items())))) == found[0]
    for name, x in sample.params.items():
        rest = {k: y for k, y in sample.params.items() if k != name}
        found += [key_of(graph({**rest, name: y})) for y in changed(x)]
        found += [key_of(graph(rest)), key_of(graph({**rest, f"{name}s": x}))]
    assert len(set(found)) == len(found)


def test_structure_state_batch_and_options_are_in_the_key() -> None:
    x, y = Value((2,), F4), Value((2,), F4)
    wide = Value((2,), np.dtype("float64"))
    total = equation("add", x, y)
    product = equation("mul", x, y)
    twice = equation("add", total, total)
    graphs = [
        Graph([x, y], [total]), Graph([y, x], [equation("sub", x, y)]), Graph([x, y], [product]),
        Graph([x, y], [equation("sub", x, y)]), Graph([x, y], [total, total]),
        Graph([x, y], [total, twice]), Graph([x, y], [twice, total]), Graph([x, y], [x]),
        Graph([x, y], [y]), Graph([x], [x]), Graph([x, x], [x]), Graph([x, y, x], [total]),
        Graph([x, y], []), Graph([wide], [wide]), Graph([x, wide], [x]),
        *(Graph([v], [v]) for v in (Value((3,), F4), Value((1, 2), F4))),
        *(Graph([v], [v]) for v in (Value((2,), F4.newbyteorder()),)),
    ]  # fmt: skip
    found = [key_of(g) for g in graphs]
    g = Graph([x, y], [total, product])
    found += [key_of(g, state) for state in ((), [(0, 0)], [(1, 0)], [(0, 1)], [(0, 0), (1, 1)])]
    found += [key_of(g, batch=batch) for batch in ([0], [1], [0, 1])]
    found += [key_of(g, [(0, 0)], [1]), key_of(g, lanes=3), key_of(g, lanes=4)]
    found += [key_of(g, anomaly=True)]
    for (j, a), (k, b) in combinations(enumerate(found), 2):
        assert a != b, f"{j} and {k}"


def test_what_cannot_be_told_apart_is_not_kept(tmp_path: Path) -> None:
    """An object among the params, or an op that is not the table's."""
    x = Value((2,), F4)
    own = equation("mul", x, 3)
    own.op = replace(OPS["mul"])  # what it evaluates to, the table does not say
    for cache in (Cache(tmp_path / "a"), Asks(tmp_path / "b")):  # which would raise if asked
        run = compile_program(Graph([x], [own]), cache=cache)
        assert run(np.ones(2, F4))[0].tolist() == [3, 3]
        assert not cache.folder or not cache.folder.exists()
    with pytest.raises(TypeError, match="type object has no exact text"):
        exact((1, object()))


PROGRAM = """
    import sys
    import denpa as dp
    from denpa.compiler.emit import llvm
    kind, k = sys.argv[1], float(sys.argv[2])
    if len(sys.argv) > 3:
        def build(*_):
            raise SystemExit("compiled")
        llvm.build = build
    f = {
        "number": lambda x: x * k,
        "array": lambda x: x * dp.tensor([[1.0, k], [1.0, 1.0]]),
        "param": lambda x: x.flip(int(k) % 2),
        "dtype": lambda x: x.to(dp.float64 if k == 3 else dp.float32) / 3,
    }[kind]
    print(dp.compile(f)(dp.tensor([[1.0, 2.0], [3.0, 4.0]])).numpy().tolist())
"""


@pytest.mark.parametrize("kind", ["number", "array", "param", "dtype"])
def test_two_processes_with_different_constants(kind: str, tmp_path: Path) -> None:
    x = np.array([[1, 2], [3, 4]], "float32")

    def right(k: int) -> Any:
        return {
            "number": x * k,
            "array": x * np.array([[1, k], [1, 1]], "float32"),
            "param": np.flip(x, k % 2),
            "dtype": x.astype("float64" if k == 3 else "float32") / 3,
        }[kind].tolist()

    def run(*args: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", textwrap.dedent(PROGRAM), kind, *args],
            env={**os.environ, "DENPA_CACHE": str(tmp_path)}, capture_output=True, text=True,
            timeout=600, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert run("3") == str(right(3))
    assert run("30") == str(right(30))
    assert len(os.listdir(tmp_path)) == 2
    assert run("3", "from the cache") == str(right(3))
    assert run("30", "from the cache") == str(right(30))
