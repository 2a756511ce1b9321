"""The number of lanes changes no bit: random programs, sums and products divided along every axis
that there is, and whole training steps.

What a program computes on one processor is then what it computes on sixteen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

import denpa as dp
from denpa import nn
from denpa.compiler.emit import blas as blas_code
from denpa.compiler.emit import codegen
from denpa.compiler.emit.nest import Nest, merged
from denpa.compiler.lower import ops as lower_ops
from denpa.compiler.lower.kernels import Product
from denpa.compiler.lower.ops import _pieces
from denpa.compiler.run import blas, native
from denpa.compiler.schedule import division as divide
from denpa.compiler.schedule.division import Division
from denpa.compiler.schedule.owners import shares
from denpa.core.dtype import float32, float64
from denpa.core.graph import Graph
from denpa.nn import functional as F
from tests.compiler.forced import compiled, fill
from tests.compiler.fuzz import random_arrays, random_graph
from tests.compiler.small import do, given

LANES = (1, 2, 3, 4, 5, 8, 16)


@contextmanager
def divided_along(place: int) -> Iterator[None]:
    """Every kernel divided along the first (0) or the last (-1) axis that it may be."""

    def chosen(self: Division) -> list[int | None]:
        found = [[a for a in o if a is not None] for o in self.options]
        return [o[place] if o else None for o in found]

    with (
        patch.object(Division, "_best", chosen),
        patch.object(divide, "apart", lambda *_: True),  # however slow it is
    ):
        yield


def bits(graph: Graph, arrays: list[np.ndarray], lanes: int, **options: Any) -> list[bytes]:
    return [a.tobytes() for a in compiled(graph, lanes=lanes, **options).run(arrays)]


def same(graph: Graph, arrays: list[np.ndarray], lanes: Any = LANES, **options: Any) -> None:
    """All these numbers of lanes give the bits of one, and so does every axis."""
    one = bits(graph, arrays, 1, **options)
    for n in lanes[1:]:
        assert bits(graph, arrays, n, **options) == one, f"{n} lanes"
    for place in (0, -1):
        with divided_along(place):
            assert bits(graph, arrays, 3, **options) == one, f"axis {place}"


@pytest.mark.parametrize("seed", [6, *range(2000, 2024)])
def test_random_programs(seed: int) -> None:
    """Number 6 has a sum whose vector ran along another axis where lanes parted two others."""
    graph = random_graph(seed)
    same(graph, [np.array(a, order="C") for a in random_arrays(graph, seed)])


# -- sums ---------------------------------------------------------------------------------------


def summed(*shape: int) -> Graph:
    x = given(*shape)
    return Graph([x], [do("sum", do("mul", x, x), dim=(0,), keepdim=False)])


def test_a_sum_does_not_depend_on_the_axis_of_division() -> None:
    """The two axes that stay run through memory as one, and a vector along them; divided along the
    last one they do not, and each alone is too short for a vector."""
    graph = summed(400, 10, 3)
    same(graph, fill(graph))


def test_a_vector_of_the_divided_loop_is_seen() -> None:
    """What the test above is worth: with a vector along the best axis of the divided loop."""

    def careless(self: Nest) -> int | None:
        return self._best(self.axes)

    graph = summed(400, 10, 3)
    with patch.object(Nest, "_chosen", careless), pytest.raises(AssertionError, match="axis -1"):
        same(graph, fill(graph))
    assert len(merged(compiled(graph).codegen().order[0], None)) == 2  # type: ignore[arg-type]


# -- products -----------------------------------------------------------------------------------

SIZES = [  # batch, m, n, k: few columns, more than a cache, pieces of rows and of columns
    ((), 128, 10, 512), ((), 100, 10, 50), ((), 33, 9, 700), ((), 16, 5, 3000), ((), 7, 10, 900),
    ((), 500, 12, 64), ((), 40, 1100, 1000), ((), 130, 1500, 700), ((3,), 65, 10, 129),
]  # fmt: skip


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("dtype", [float32, float64])
@pytest.mark.parametrize(("batch", "m", "n", "k"), SIZES)
def test_products_of_the_blas(batch: Any, m: int, n: int, k: int, dtype: Any, turned: bool) -> None:
    a = given(*batch, m, k, dtype=dtype)
    b = given(*batch, *((n, k) if turned else (k, n)), dtype=dtype)
    axes = tuple(range(len(batch)))
    right = do("permute", b, dims=(*axes, len(batch) + 1, len(batch))) if turned else b
    graph = Graph([a, b], [do("matmul", a, right)])
    if blas.find() is not None:
        (kernel,) = compiled(graph, lanes=2).codegen().order
        assert isinstance(kernel, Product)
        assert kernel.by == "blas"
    same(graph, fill(graph))


@pytest.mark.parametrize("seed", range(12))
def test_products_of_all_sizes_by_the_blas(seed: int) -> None:
    """Also those that are none of its business, in as many pieces as there may be."""
    if blas.find() is None:
        pytest.skip("no BLAS is here")
    rng = np.random.default_rng(seed)
    m, n, k = np.exp(rng.uniform(0.7, 6, 3)).astype(int).tolist()
    a, b = given(m, k), given(k, n)
    graph = Graph([a, b], [do("matmul", a, b)])
    with (
        patch.object(lower_ops, "_maker", lambda *_: "blas"),
        patch.object(lower_ops, "_PIECE", 1),
        patch.object(lower_ops, "_SHORT", 2),
    ):
        same(graph, fill(graph), (*LANES, 64))


def test_another_piece_for_each_lane_is_seen() -> None:
    """What the test above is worth: with one call of the BLAS for all that a lane has."""
    if blas.find() is None:
        pytest.skip("no BLAS is here")

    def whole(code: Any, n: int, count: int, start: str, stop: str, body: Any) -> None:
        body(start, code.op(f"sub i64 {stop}, {start}"))

    def at_once(lanes: int) -> bytes:
        parts = patch.object(codegen, "divided", lambda k, a, lanes: shares(k.extents[a], lanes))
        with patch.object(blas_code, "_each", whole), parts:
            return compiled(graph, lanes=lanes).run(arrays)[0].tobytes()

    a, b = given(128, 700), given(700, 10)
    graph = Graph([a, b], [do("matmul", a, b)])
    arrays = fill(graph)
    assert len({at_once(lanes) for lanes in LANES}) > 1


def test_the_pieces_are_long_enough_and_as_many_as_help() -> None:
    """Of the sizes that were measured, axis and number; all powers of two, none below 16 long."""
    assert _pieces(1, 128, 10, 512) == (0, 2)
    assert _pieces(1, 128, 2048, 2048) == (1, 16)
    assert _pieces(1, 2048, 2048, 2048) == (0, 8)
    assert _pieces(1, 64, 288, 7744) == (1, 4)
    assert _pieces(1, 60_000, 10, 784) == (0, 64)
    assert _pieces(64, 60_000, 10, 784) == (0, 1)  # the batch is enough for all lanes
    rng = np.random.default_rng(0)
    for m, n, k in np.exp(rng.uniform(0, 8, (500, 3))).astype(int).tolist():
        axis, count = _pieces(1, m, n, k)
        assert count & (count - 1) == 0
        assert count == 1 or max(m, n) // count >= 16
        assert (m, n)[axis] == max(m, n)


# -- training steps -----------------------------------------------------------------------------


def dense(*sizes: int, norm: bool = False, p: float = 0.0) -> Any:
    layers: list[Any] = []
    for k, (a, b) in enumerate(pairwise(sizes)):
        layers.append(nn.Linear(a, b))
        if k < len(sizes) - 2:
            layers += [nn.BatchNorm1d(b)] * norm + [nn.Tanh() if k else nn.ReLU()]
            layers += [nn.Dropout(p)] * (p > 0)
    return nn.Sequential(*layers)


def convolutions() -> Any:
    return nn.Sequential(
        nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3),
        nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 32), nn.Sigmoid(),
        nn.Dropout(0.3), nn.Linear(32, 10),
    )  # fmt: skip


# name: network, shape of one input, (batch, dtype)s.
NETWORKS: dict[str, tuple[Callable[[], Any], tuple[int, ...], list[tuple[int, str]]]] = {
    "plain": (lambda: dense(784, 50, 10), (784,), [(100, "float32"), (33, "float64")]),
    "dropout": (
        lambda: dense(60, 100, 10, p=0.3), (60,),
        [(33, "float32"), (100, "float32"), (128, "float64"), (7, "float64")],
    ),
    "norm": (lambda: dense(64, 50, 10, norm=True, p=0.2), (64,), [(128, "float32")]),
    "convolutions": (convolutions, (1, 14, 14), [(33, "float32"), (7, "float64")]),
}  # fmt: skip


def trained(name: str, batch: int, dtype: str, lanes: int, small: bool) -> list[bytes]:
    """All that two steps change, and their losses; `small`: as few lanes as the size is worth."""
    make, shape, _ = NETWORKS[name]
    dp.manual_seed(0)
    net = make()
    net = net.double() if dtype == "float64" else net
    opt = dp.optim.Adam(net.parameters(), lr=1e-3)
    rng = np.random.default_rng(1)
    x = dp.tensor(rng.standard_normal((batch, *shape)).astype(dtype))
    y = dp.tensor(rng.integers(0, 10, batch))

    @dp.compile
    def step(x: Any, y: Any) -> Any:
        opt.zero_grad()
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        opt.step()
        return loss

    with ExitStack() as stack:
        stack.enter_context(patch.object(native, "lanes_here", lambda: lanes))
        if not small:
            stack.enter_context(patch.object(codegen, "_ALONE", 0))
            stack.enter_context(patch.object(divide, "_SMALL", 0))
        losses = [step(x, y).detach().numpy() for _ in range(2)]
    (program,) = step.programs()
    assert small or program.native().plan.lanes == lanes
    found = [*losses, dp.get_rng_state().numpy()]
    found += [t.detach().numpy() for t in (*net.parameters(), *net.buffers())]
    found += [p.grad.numpy() for p in net.parameters()]
    found += [t.numpy() for s in opt.state.values() for t in s.values()]
    return [np.asarray(a).tobytes() for a in found]


@pytest.mark.parametrize(
    ("name", "batch", "dtype"),
    [(name, *x) for name, (_, _, each) in NETWORKS.items() for x in each],
)
def test_training_steps(name: str, batch: int, dtype: str, monkeypatch: Any) -> None:
    monkeypatch.setenv("DENPA_CACHE", "off")
    one = trained(name, batch, dtype, 1, True)
    for lanes in LANES[1:]:
        assert trained(name, batch, dtype, lanes, False) == one, f"{lanes} lanes"
    assert trained(name, batch, dtype, 3, True) == one
