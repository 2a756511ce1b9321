"""What follows from a sum is computed where the sum ends, and nowhere else changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from denpa.compiler.emit.codegen import Codegen
from denpa.compiler.lower.kernels import Loop
from denpa.compiler.passes import optimise
from denpa.core.dtype import float32, float64, int32
from denpa.core.errors import DimError
from denpa.core.graph import Graph, Value
from tests.compiler.forced import check, compiled
from tests.compiler.small import do, given


def loops(graph: Graph, **options: Any) -> list[Loop]:
    found = Codegen(optimise(graph), **options).order
    assert all(isinstance(k, Loop) for k in found)
    return [k for k in found if isinstance(k, Loop)]


def product(a: Value, b: Value) -> Value:
    return do("matmul", a, b)


@pytest.mark.parametrize("dtype", [float32, float64])
@pytest.mark.parametrize(
    ("m", "n", "k"), [(5, 19, 7), (8, 16, 3), (1, 33, 4), (9, 1, 40), (6, 7, 0)]
)
def test_bias_and_activation_of_a_product(m: int, n: int, k: int, dtype: Any) -> None:
    a, b, bias, mask = (given(*s, dtype=dtype) for s in ((m, k), (k, n), (n,), (m, n)))
    y = do("tanh", do("add", product(a, b), bias))
    graph = Graph([a, b, bias, mask], [do("exp", y), do("mul", y, mask)])
    check(graph)
    check(Graph([a, b, bias], [product(y, do("permute", y, dims=(1, 0)))]))


def test_a_total_that_only_its_epilogue_reads_is_not_written() -> None:
    a, b, bias = given(6, 4), given(4, 20), given(20)
    total = product(a, b)
    y = do("relu", do("add", total, bias))
    (kernel,) = loops(Graph([a, b, bias], [y]))
    assert [s.kept for s in kernel.stores] == [False]
    assert len(kernel.writes) == 1
    first, second = loops(Graph([a, b, bias], [y, total]))  # written anyway: read again
    assert not first.epilogue
    assert "relu" in second.name
    check(Graph([a, b, bias], [y, total]))
    row = do("sum", a, dim=(0,), keepdim=False)
    (kernel,) = loops(Graph([a], [do("exp", row), row]))
    assert [s.kept for s in kernel.stores] == [True]
    assert len(kernel.writes) == 2


@pytest.mark.parametrize("dim", [(0,), (1,), (2,), (0, 2), (0, 1, 2)])
@pytest.mark.parametrize("keepdim", [False, True])
def test_sums_over_any_axes(dim: tuple[int, ...], keepdim: bool) -> None:
    x = given(5, 9, 17)
    mean = do("div", do("sum", x, dim=dim, keepdim=keepdim), 7.0)
    top = do("exp", do("amax", x, dim=dim, keepdim=keepdim))
    graph = Graph([x], [do("sqrt", do("abs", mean)), do("add", mean, top), top])
    check(graph)
    check(graph, lanes=(2,), width=4)


def test_one_epilogue_after_another_and_integers() -> None:
    x, y = given(7, 30), given(30)
    i = given(7, 30, dtype=int32)
    s = do("sum", x, dim=(0,), keepdim=False)
    a = do("tanh", do("add", s, y))
    b = do("mul", do("sub", a, s), do("exp", a))
    c = do("cast", do("sum", i, dim=(0,), keepdim=False), dtype=float32)
    graph = Graph(
        [x, y, i], [a, b, do("mul", c, c), do("sum", do("mul", x, a), dim=(1,), keepdim=False)]
    )
    check(graph)
    first = next(k for k in loops(graph) if k.epilogue)
    assert len(first.epilogue) == 2


def test_what_comes_later_is_not_asked_for() -> None:
    """An epilogue may read only what was there before the loop."""
    x, y = given(6, 8), given(8)
    s = do("sum", x, dim=(0,), keepdim=False)
    late = do("sum", do("mul", x, do("exp", s)), dim=(0,), keepdim=False)
    turned = do("flip", s, dim=(0,))
    graph = Graph([x, y], [late, do("add", s, late), do("mul", turned, s), do("add", late, turned)])
    check(graph)


def test_state_is_overwritten_in_the_epilogue() -> None:
    w, m, a, b = given(9, 18), given(9, 18), given(9, 5), given(5, 18)
    g = product(a, b)
    new_m = do("add", do("mul", m, 0.5), g)
    new_w = do("sub", do("sub", w, do("mul", new_m, 0.25)), do("mul", m, 0.125))
    graph = Graph([w, m, a, b], [new_w, new_m])
    rng = np.random.default_rng(1)
    arrays = [rng.standard_normal(v.shape).astype("f4") for v in graph.inputs]
    for lanes in (1, 3):
        program = compiled(graph, ((0, 0), (1, 1)), lanes=lanes)
        (kernel,) = (k for k in program.codegen().order if isinstance(k, Loop))
        assert {x.buffer.memory.place for x in kernel.writes} == {"input"}
        held = [a.copy() for a in arrays]
        program.run(held)
        for got, want in zip(held, graph(*arrays), strict=False):
            np.testing.assert_allclose(got, want, rtol=2e-6, atol=1e-6)


def test_a_failing_op_in_an_epilogue_is_reported() -> None:
    i = given(3, 4, dtype=int32)
    total = do("sum", i, dim=(1,), keepdim=False)
    graph = Graph([i], [do("pow", do("cast", total, dtype=int32), -1)])
    with pytest.raises(DimError, match=r"sum\+pow: .* negative power"):
        compiled(graph).run([np.ones((3, 4), np.int32)])
