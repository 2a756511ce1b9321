"""Scattering to different positions becomes a comparison; scattering to equal ones does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.compiler.passes import optimise
from denpa.compiler.passes.one_hot import one_hot
from denpa.core.dtype import int64 as I64
from denpa.core.dtype import uint8 as U8
from denpa.core.graph import Graph, Value
from denpa.func import grad, trace
from tests.compiler.small import do, given, known, special


def _scatter(g: Value, *index: Value, shape: tuple[int, ...], extra: Any = None) -> Graph:
    inputs = [v for v in (g, *index) if v.array is None]
    y = do("scatter_add", g, *index, shape=shape)
    return Graph(inputs, [y] if extra is None else [y, extra(y)])


ROWS = np.arange(5)
PICKS: list[tuple[str, Callable[[Any], Graph], int]] = [
    ("rows", lambda t: _scatter(given(5), known(ROWS, I64), t(5), shape=(5, 7)), 7),
    ("columns first", lambda t: _scatter(given(5), t(5), known(ROWS, I64), shape=(7, 5)), 7),
    (
        "rows of vectors",
        lambda t: _scatter(given(5, 3), known(ROWS, I64), t(5), shape=(5, 7, 3)),
        7,
    ),
    ("one position", lambda t: _scatter(given(), t(), shape=(9,)), 9),
    (
        "images",
        lambda t: _scatter(
            given(5, 4),
            known(ROWS[:, None], I64),
            t(5, 4),
            known(np.arange(4), I64),
            shape=(5, 7, 4),
        ),
        7,
    ),
    (
        "more columns than int8 counts",
        lambda t: _scatter(given(5), known(ROWS, I64), t(5), shape=(5, 300)),
        120,
    ),
    ("one target for all", lambda t: _scatter(given(5), known(ROWS, I64), t(), shape=(5, 7)), 7),
]


@pytest.mark.parametrize("dtype", [I64, np.dtype("int32"), np.dtype("int8"), U8])
@pytest.mark.parametrize(("name", "build", "n"), PICKS, ids=[p[0] for p in PICKS])
def test_scattered_rows_become_a_comparison(name: str, build: Any, n: int, dtype: Any) -> None:
    graph = build(lambda *shape: given(*shape, dtype=dtype))
    found = one_hot(graph)
    found.typecheck()
    names = [v.op.name for v in found.equations if v.op is not None]
    assert "scatter_add" not in names
    assert names[-1] == "where"
    g, t = graph.inputs if graph.inputs[0].dtype.kind == "f" else graph.inputs[::-1]
    rng = np.random.default_rng(0)
    for _ in range(4):
        low = 0 if dtype == U8 else -n
        both = {id(g): special(g), id(t): rng.integers(low, n, t.shape).astype(dtype)}
        arrays = [both[id(v)] for v in graph.inputs]
        (a,), (b,) = graph(*arrays), found(*arrays)
        a, b = np.nan_to_num(a, nan=7.0), np.nan_to_num(b, nan=7.0)
        assert a.tobytes() == b.tobytes()


@pytest.mark.parametrize("signed", [False, True])
def test_the_sum_over_the_columns_is_what_was_scattered(signed: bool) -> None:
    def total(y: Value) -> Value:
        return do("sum", do("neg", y) if signed else y, dim=(1,), keepdim=True)

    graph = _scatter(given(5), known(ROWS, I64), given(5, dtype=I64), shape=(5, 7), extra=total)
    found = one_hot(graph)
    assert "sum" not in [v.op.name for v in found.equations if v.op is not None]
    arrays = [special(graph.inputs[0]), np.array([0, 6, -1, -7, 3])]
    for a, b in zip(graph(*arrays), found(*arrays), strict=True):
        a, b = np.nan_to_num(a, nan=7.0), np.nan_to_num(b, nan=7.0)
        assert a.shape == b.shape
        assert a.tobytes() == b.tobytes()


@pytest.mark.parametrize(
    "graph",
    [
        _scatter(given(5), known([0], I64), given(5, dtype=I64), shape=(1, 7)),
        _scatter(given(5), given(5, dtype=I64), shape=(7,)),  # two rows may hit one place
        _scatter(given(5), known([0, 1, 1, 3, 4], I64), given(5, dtype=I64), shape=(5, 7)),
        _scatter(given(5), known(ROWS, I64), given(5, dtype=I64), shape=(6, 7)),
        _scatter(given(5), known(ROWS, I64), given(5, dtype=I64), shape=(5, 5000)),
        _scatter(given(5, 5), known(ROWS, I64), given(5, 5, dtype=I64), shape=(5, 7)),
    ],
    ids=[
        "one row for all",
        "no rows",
        "a row twice",
        "a row missing",
        "wide",
        "rows along the wrong axis",
    ],
)
def test_positions_that_may_be_equal_are_still_added(graph: Graph) -> None:
    assert one_hot(graph) is graph


def test_cross_entropy_has_no_scatter_and_no_sum_over_it() -> None:
    f = dp.nn.functional
    x, t = dp.ones(5, 7), dp.tensor(np.zeros(5, np.int64))
    graph = trace(lambda *a: grad(lambda x, t: f.cross_entropy(x, t))(*a), x, t)
    found = optimise(graph)
    names = [v.op.name for v in found.equations if v.op is not None]
    assert "scatter_add" not in names
    assert "broadcast_to" not in names
    assert names.count("sum") == 2  # the softmax's, and the number of targets that count
    logits = np.random.default_rng(1).standard_normal((5, 7)).astype("f")
    for target in (np.array([0, 6, 3, 3, 1]), np.array([0, -100, 3, -100, 1])):
        a, b = graph(logits, target)[0], found(logits, target)[0]
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-8)
