"""Compiled programs against the definition: random bits, sorting, positions that are data, windows
and pieces; on one lane and divided over several."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.core.dtype import bool_, float32, float64, int8, int32, int64, uint8
from denpa.core.errors import DimError
from denpa.core.graph import Graph
from denpa.core.source import here
from tests.compiler.forced import check, compiled, fill
from tests.compiler.judge import compare
from tests.compiler.small import do, given, known

# -- random numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize("lanes", [1, 3, 5])
def test_random_bits(lanes: int) -> None:
    """Shares end in the middle of a block of the generator (4 or 8 numbers)."""
    s = given(2, dtype=int64)
    shapes = [(), (0,), (1,), (7,), (3, 5), (37, 11), (1001,), (2, 3, 7), (5, 1, 3)]
    outputs = [
        do("uniform", s, shape=shape, dtype=dtype)
        for shape in shapes
        for dtype in (float32, float64)
    ]
    graph = Graph([s], outputs)
    program = compiled(graph, lanes=lanes)
    for state in ([1, 2], [-1, 0], [2**62, -7]):
        a = np.array(state)
        for want, found in zip(graph(a), program.run([a]), strict=True):
            np.testing.assert_array_equal(found, want, strict=True)


@pytest.mark.parametrize("view", ["slice", "flip", "broadcast_to", "offset"])
def test_random_bits_of_a_state_that_is_a_view(view: str) -> None:
    s = given(4, dtype=int64)
    two = do("slice", s, start=(1,), stop=(3,), step=(1,))
    state = {
        "slice": do("slice", s, start=(0,), stop=(4,), step=(2,)),
        "flip": do("flip", two, dim=(0,)),
        "broadcast_to": do(
            "broadcast_to", do("slice", s, start=(3,), stop=(4,), step=(1,)), shape=(2,)
        ),
        "offset": two,
    }[view]
    check(Graph([s], [do("uniform", state, shape=(9,), dtype=float32)]), [np.array([5, 6, 7, 8])])


# -- order --------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [float32, float64, int64, uint8])
def test_argsort_is_stable(dtype: Any) -> None:
    """Ties keep their order, NaN is last (first where descending), −0 and 0 are equal."""
    shape = (5, 17, 6)
    x = given(*shape, dtype=dtype)
    turned = do("permute", x, dims=(2, 0, 1))
    outputs = [
        do("argsort", v, dim=d, descending=down)
        for v in (x, turned)
        for d in range(3)
        for down in (False, True)
    ]
    rng = np.random.default_rng(0)
    a = rng.integers(0 if dtype == uint8 else -2, 3, shape).astype(dtype)
    if dtype.kind == "f":
        odd = rng.choice([np.nan, -np.nan, np.inf, -np.inf, 0.0, -0.0], shape)
        a = np.where(rng.random(shape) < 0.4, odd.astype(dtype), a)
    check(Graph([x], outputs), [a], lanes=(3,))


def test_argsort_of_little() -> None:
    x, y, one = given(3, 0), given(0, 3), given(1)
    outputs = [
        do("argsort", v, dim=d, descending=False) for v, d in ((x, 0), (x, 1), (y, 0), (one, 0))
    ]
    check(Graph([x, y, one], outputs))


# -- positions that are data --------------------------------------------------------------------


def test_positions_may_be_negative() -> None:
    x, g = given(5, 4, 9), given(6, 2, 9)
    i, j = given(6, 1, dtype=int64), given(2, dtype=int32)
    u = given(3, dtype=uint8)
    outputs = [
        do("gather", x, i),
        do("gather", x, i, j),
        do("gather", x, i, j, do("reshape", j, shape=(1, 2))),
        do("gather", do("permute", x, dims=(2, 0, 1)), u),
        do("gather", do("exp", x), u),
        do("scatter_add", g, i, j, shape=(5, 4, 9)),
        do("scatter_add", do("tanh", g), i, j, shape=(5, 4, 9)),
    ]
    graph = Graph([x, g, i, j, u], outputs)
    arrays = fill(graph)
    arrays[2:] = [
        np.array([[0], [-5], [4], [-1], [2], [2]]), np.array([-2, 3], np.int32),
        np.array([2, 0, 1], np.uint8),
    ]  # fmt: skip
    check(graph, arrays)


def test_equal_positions_are_all_added() -> None:
    g, i = given(1000, 3), given(1000, dtype=int64)
    at = do("scatter_add", g, i, shape=(2, 3))
    ints = do("scatter_add", do("cast", do("mul", g, 4.0), dtype=int32), i, shape=(2, 3))
    graph = Graph([g, i], [at, ints])
    a = np.random.default_rng(0).integers(-9, 9, (1000, 3)).astype(np.float32)
    where = np.arange(1000) % 2 - 2
    for n in (1, 3):
        for want, found in zip(
            graph(a, where), compiled(graph, lanes=n).run([a, where]), strict=True
        ):
            np.testing.assert_array_equal(found, want, strict=True)


def _outside(name: str) -> Graph:
    x, i = given(64, 33), given(64, dtype=int64)
    if name == "gather":
        y = do("gather", x, i)
    elif name == "scatter_add":
        y = do("scatter_add", x, i, shape=(64, 33))
    else:
        y = do("gather", x, i, do("flip", i, dim=(0,)))
    y.source = here()  # this line
    return Graph([x, i], [y])


@pytest.mark.parametrize("name", ["gather", "scatter_add", "gather at two"])
def test_a_position_out_of_range(name: str) -> None:
    """It is refused by name and line, nothing outside is read or written (2⁴⁰ would crash), and the
    next call is as if nothing had been."""
    graph = _outside(name)
    program = compiled(graph, lanes=3)
    said = rf"{name.split()[0]}.*test_positions\.py:\d+   y\.source = here"
    for position in (64, -65, 2**40, -(2**62), 2**63 - 1):
        for place in (0, 17, 63):
            arrays = fill(graph)
            arrays[1] = np.arange(64) % 33
            arrays[1][place] = position
            kept = [a.copy() for a in arrays]
            with pytest.raises(DimError, match=said):
                program.run(arrays)
            for a, b in zip(arrays, kept, strict=True):
                np.testing.assert_array_equal(a, b)
        arrays[1] = np.arange(64) % 33
        assert compare(graph(*arrays), program.run(arrays), graph, arrays) is None


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        ("remainder", int8), ("remainder", int64), ("remainder", uint8), ("floor_divide", int32),
        ("floor_divide", uint8), ("pow", int8), ("pow", int32),
    ],
)  # fmt: skip
def test_integers_that_cannot_be_divided_or_raised(name: str, dtype: Any) -> None:
    x, y = given(37, dtype=dtype), given(37, dtype=dtype)
    graph = Graph([x, y], [do(name, x, y)])
    program = compiled(graph, lanes=2)
    a, b = np.full(37, 3, dtype), np.full(37, 2, dtype)
    np.testing.assert_array_equal(program.run([a, b])[0], graph(a, b)[0], strict=True)
    for place in (0, 20, 36):  # a vector's lane, the other half, the rest that fills no vector
        wrong = b.copy()
        wrong[place] = -1 if name == "pow" else 0
        with pytest.raises(DimError, match=f"{name}: .* divided by zero or raised to a negative"):
            program.run([a, wrong])


def test_a_failure_is_of_its_step() -> None:
    """Steps before the one that fails were taken, those after it were not."""
    p, x, i = given(4), given(4), given(dtype=int64)
    graph = Graph([p, x, i], [do("add", p, do("gather", x, i))])
    program = compiled(graph, [(0, 0)], lanes=2)
    state, ones = np.zeros(4, np.float32), np.ones(4, np.float32)
    with pytest.raises(DimError):
        program.run([state, ones, np.array([0, 1, 9, 2])], 4, per_step=(2,))
    assert set(state[:]) <= {2.0, 3.0}


# -- pieces -------------------------------------------------------------------------------------


def test_running_sums() -> None:
    x = given(5, 9, 17)
    i = given(7, 33, dtype=int32)
    outputs = [do("cumsum", v, dim=d) for v in (x, do("exp", x)) for d in range(3)]
    outputs += [do("cumsum", do("flip", i, dim=(d,)), dim=d) for d in range(2)]
    outputs.append(do("cumsum", given_bool := do("lt", x, 0.0), dim=2))
    outputs.append(
        do("flip", do("cumsum", do("permute", given_bool, dims=(2, 1, 0)), dim=0), dim=(0,))
    )
    check(Graph([x, i], outputs))


def test_joined_along_each_dim() -> None:
    x = given(3, 5, 7)
    inputs, outputs = [x], []
    for d in range(3):
        parts = []
        for n in (1, 0, 4):
            part = given(*(n if k == d else m for k, m in enumerate(x.shape)))
            parts.append(part)
        inputs += parts
        outputs.append(do("cat", parts[0], x, parts[1], do("neg", parts[2]), dim=d))
        outputs.append(
            do("cat", do("permute", x, dims=(2, 1, 0)), do("permute", x, dims=(2, 1, 0)), dim=d)
        )
    check(Graph(inputs, outputs))


def test_padding() -> None:
    x, empty = given(3, 5), given(0, 4)
    outputs = [
        do("pad", x, shape=(3, 5), start=(0, 0), step=(1, 1)),
        do("pad", x, shape=(9, 11), start=(2, 1), step=(3, 2)),
        do("pad", do("flip", x, dim=(1,)), shape=(4, 40), start=(1, 3), step=(1, 9)),
        do("pad", do("permute", x, dims=(1, 0)), shape=(11, 3), start=(1, 0), step=(2, 1)),
        do("pad", empty, shape=(2, 5), start=(1, 1), step=(1, 1)),
    ]
    check(Graph([x, empty], outputs))


@pytest.mark.parametrize(
    ("space", "size", "stride", "dilation"),
    [
        ((17,), (3,), (1,), (1,)), ((18,), (4,), (4,), (1,)), ((33,), (5,), (3,), (2,)),
        ((9, 8), (3, 3), (1, 1), (1, 1)), ((9, 13), (2, 3), (2, 3), (3, 2)),
        ((7, 7), (7, 1), (1, 2), (1, 1)), ((5, 6, 7), (2, 2, 2), (1, 2, 1), (2, 1, 3)),
    ],
)  # fmt: skip
def test_windows(space: Any, size: Any, stride: Any, dilation: Any) -> None:
    x, c = given(2, 3, *space), given(2, 3, *space)
    w, e = (do("unfold", v, size=size, stride=stride, dilation=dilation) for v in (x, c))
    dims = tuple(range(2, 2 + len(size)))
    back = {"shape": space, "stride": stride, "dilation": dilation}
    outputs = [
        w,
        do("sum", do("mul", w, do("exp", e)), dim=dims, keepdim=False),
        do("amax", w, dim=dims, keepdim=False),
        do("fold", w, **back),
        do("fold", do("tanh", w), **back),
    ]
    check(Graph([x, c], outputs))


def test_constants_and_casts() -> None:
    x = given(5, 9)
    table, one = known(np.arange(45).reshape(5, 9)), known(2.5)
    mask = known(np.arange(9) % 2, bool_)
    outputs = [
        do("add", x, table), do("mul", x, one), do("where", mask, x, table),
        do("permute", table, dims=(1, 0)), table, mask,
        do("cast", do("mul", x, 3.0), dtype=int32), do("cast", mask, dtype=float64),
    ]  # fmt: skip
    check(Graph([x], outputs))


@pytest.mark.parametrize(
    "function",
    [
        lambda x, w: x * w[1],
        lambda x, w: (x**2).mean() * w[2],
        lambda x, w: dp.tanh(w[0] * x - w[1]) * w[2],
        lambda x, w: (x * w[1].reshape(1, 1) + w.sum()).t() * w[0],
        lambda x, w: x @ x.t() * w[-1] + w[1:2],
    ],
)
def test_one_number_out_of_an_array_meets_a_whole_array(function) -> None:
    # A step for each layer, kept in one vector: z − γ[t]·g.
    dp.manual_seed(0)
    x, w = dp.randn(4, 5), dp.randn(3, requires_grad=True)

    def gradient(x, w):
        return dp.autograd.grad((function(x, w) ** 2).sum(), w)[0]

    for f in (function, gradient):
        wanted = f(x, w).detach().numpy()
        found = dp.compile(f)(x, w).detach().numpy()
        np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=1e-6)
