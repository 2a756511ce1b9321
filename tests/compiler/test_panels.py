"""Our own products: every remainder, transposed operands, columns that a lane must not touch."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from denpa.compiler.emit import codegen
from denpa.compiler.emit.codegen import Codegen
from denpa.compiler.lower.kernels import Kernel, Product
from denpa.compiler.passes import optimise
from denpa.core.dtype import float32, float64
from denpa.core.graph import Graph, Value
from tests.compiler.forced import compiled
from tests.compiler.small import do, given

SIZES = [  # m, n, k: remainders of tiles, vectors, blocks of k and of rows; narrow and wide
    (50, 50, 784), (13, 25, 400), (33, 17, 700), (130, 129, 260), (5, 200, 513), (300, 7, 40),
    (41, 96, 256), (3, 900, 12),
]  # fmt: skip


def oriented(turned: str, dtype: Any, *sizes: tuple[int, int, int]) -> Graph:
    """Products A·B with A, B or both stored the other way round."""
    inputs, outputs = [], []

    def side(rows: int, columns: int, flip: bool) -> Value:
        inputs.append(given(*((columns, rows) if flip else (rows, columns)), dtype=dtype))
        return do("permute", inputs[-1], dims=(1, 0)) if flip else inputs[-1]

    for m, n, k in sizes:
        outputs.append(do("matmul", side(m, k, "a" in turned), side(k, n, "b" in turned)))
    return Graph(inputs, outputs)


@pytest.mark.parametrize("turned", ["", "a", "b", "ab"])
@pytest.mark.parametrize(
    ("dtype", "width"), [(float32, 4), (float32, 8), (float64, 8), (float32, 16)]
)
def test_every_remainder(dtype: Any, width: int, turned: str) -> None:
    graph = oriented(turned, dtype, *SIZES)
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(v.shape).astype(dtype) for v in graph.inputs]
    products = [x for x in Codegen(optimise(graph)).order if isinstance(x, Product)]
    assert [x.by for x in products] == ["panels"] * len(SIZES)
    one, three = (
        compiled(graph, lanes=lanes, width=width, use_blas=False).run(arrays) for lanes in (1, 3)
    )
    for x, w, y, z in zip(arrays[::2], arrays[1::2], one, three, strict=True):
        a, b = x.T if "a" in turned else x, w.T if "b" in turned else w
        exact = a.astype("f8") @ b.astype("f8")
        bound = np.abs(a).astype("f8") @ np.abs(b).astype("f8") * np.finfo(dtype).eps
        assert (np.abs(y - exact) <= 4 * bound + 1e-300).all(), y.shape
        assert y.tobytes() == z.tobytes()  # no lane changes the order of a sum


def test_a_lane_leaves_the_columns_of_others_alone() -> None:
    """Lanes from right to left: what hangs over a lane's edge would spoil what is done already."""
    graph = oriented("a", float32, (40, 300, 200))
    rng = np.random.default_rng(2)
    arrays = [rng.standard_normal(v.shape).astype("f4") for v in graph.inputs]

    def turned(kernel: Kernel, axis: int, lanes: int) -> list[tuple[int, int]]:
        assert kernel.extents[axis] == 300
        return [(210, 300), (101, 210), (0, 101)]

    with patch.object(codegen, "divided", turned):
        program = compiled(graph, lanes=3, use_blas=False)
    assert [k.split for k in program.codegen().order] == [1]
    program.threads = 1
    np.testing.assert_allclose(program.run(arrays)[0], graph(*arrays)[0], rtol=2e-5, atol=1e-4)


def test_what_is_not_a_number_stays_where_it_is() -> None:
    """Columns that are not there and repeated rows must not spread a NaN or an infinity."""
    graph = oriented("b", float32, (30, 45, 700))
    a, b = np.ones((30, 700), "f4"), np.ones((45, 700), "f4")
    a[29, 3], b[44, 5] = np.nan, np.inf
    for lanes in (1, 3):
        (y,) = compiled(graph, lanes=lanes, use_blas=False).run([a, b])
        assert np.isnan(y[29]).all()
        assert np.isinf(y[:29, 44]).all()
        assert (y[:29, :44] == 700).all()


def test_products_of_windows_and_of_batches() -> None:
    """Operands whose rows overlap, and a matrix for every element of a batch."""
    x, w = given(4, 300), given(80, 40)
    windows = do("unfold", x, size=(80,), stride=(1,), dilation=(1,))  # (4, 80, 221)
    rows = do("permute", windows, dims=(0, 2, 1))
    y = do("matmul", rows, w)
    z = do("matmul", do("permute", y, dims=(0, 2, 1)), rows)
    graph = Graph([x, w], [y, z])
    rng = np.random.default_rng(1)
    arrays = [rng.standard_normal(v.shape).astype("f4") for v in graph.inputs]
    for lanes in (1, 3):
        program = compiled(graph, lanes=lanes, use_blas=False)
        for got, want in zip(program.run(arrays), graph(*arrays), strict=True):
            np.testing.assert_allclose(got, want, rtol=2e-5, atol=2e-3)
