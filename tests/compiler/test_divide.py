"""The axes that lanes divide: near the best of all combinations, and what an engineer would say."""

from __future__ import annotations

import itertools
from unittest.mock import patch

import numpy as np
import pytest

from denpa.compiler.emit import codegen
from denpa.compiler.emit.codegen import Codegen
from denpa.compiler.lower.kernels import Product
from denpa.compiler.passes import optimise
from denpa.compiler.schedule.division import Division, apart
from denpa.compiler.schedule.owners import shares
from denpa.core.graph import Graph, Value
from tests.compiler.small import do, given
from tests.compiler.test_split import Memory, accesses


def layers(batch: int, *sizes: int) -> Graph:
    """A step of a network of affine layers with tanh, a quadratic loss and plain descent."""
    x, t = given(batch, sizes[0]), given(batch, sizes[-1])
    weights = [given(b, a) for a, b in itertools.pairwise(sizes)]
    hidden = [x]
    for w in weights:
        hidden.append(do("tanh", do("matmul", hidden[-1], turned(w))))
    d = do("sub", hidden[-1], t)
    new: list[Value] = []
    for w, h, y in zip(weights[::-1], hidden[-2::-1], hidden[:0:-1], strict=True):
        d = do("mul", d, do("sub", 1.0, do("mul", y, y)))
        new.append(do("sub", w, do("mul", do("matmul", turned(d), h), 0.1)))
        d = do("matmul", d, w)
    return Graph([x, t, *weights], new[::-1])


def turned(x: Value) -> Value:
    return do("permute", x, dims=(1, 0))


def divided(graph: Graph, lanes: int = 2) -> Codegen:
    state = [(2 + k, k) for k in range(len(graph.inputs) - 2)]
    with patch.object(codegen, "_ALONE", 0):
        return Codegen(optimise(graph), state, lanes=lanes)


def forward(program: Codegen) -> list[str]:
    """How the products of the forward pass are divided: they come first."""
    products = [k for k in program.kernels if isinstance(k, Product)]
    names = {0: "rows", 1: "columns", None: "one"}
    return [names[k.split] for k in products[: len(products) // 3]]


def test_what_is_large_stays_where_it_is() -> None:
    """A large batch is divided by rows; large weights by the units that they belong to."""
    assert set(forward(divided(layers(2048, 64, 256, 256, 16)))) == {"rows"}
    assert set(forward(divided(layers(64, 512, 1024, 1024, 512)))) == {"columns"}


@pytest.mark.parametrize("seed", range(8))
def test_no_combination_is_much_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.choice([32, 100, 256, 700], 3)
    kernels = divided(layers(int(rng.choice([32, 128, 600])), *map(int, sizes))).kernels
    found = Division(kernels, 2)
    free = [k for k, o in enumerate(found.options) if len(o) > 1]
    free = sorted(free, key=lambda k: -kernels[k].work())[:9]
    assert len(free) > 4
    best = min(
        found.total(
            [dict(zip(free, axes, strict=True)).get(k, a) for k, a in enumerate(found.axes)]
        )
        for axes in itertools.product(*(found.options[k] for k in free))
    )
    assert found.total(found.axes) <= 1.001 * best


def crossing(program: Codegen) -> float:
    """Bytes that lanes touch and another one has written last, in a step after the first: element
    by element, from what the code does."""
    memory, owner, crossed = Memory(program), {}, 0
    for _ in range(2):
        crossed = 0
        for kernel in program.order:
            lanes = [(0, 1), (0, 0)]
            if kernel.split is not None:
                lanes = shares(kernel.extents[kernel.split], 2)
            touched = []
            for lane, (low, high) in enumerate(lanes):
                for buffer, elements, writes in accesses(kernel, low, high) if low < high else ():
                    item = buffer.dtype.itemsize
                    first = np.unique(memory.bytes(buffer, elements)) // item
                    touched.append((lane, writes, np.unique(first), item))
            for lane, writes, places, item in touched:
                if not writes:
                    crossed += item * sum(owner.get(p, lane) != lane for p in places.tolist())
            for lane, writes, places, _ in touched:
                if writes:
                    owner.update(dict.fromkeys(places.tolist(), lane))
    return float(crossed)


@pytest.mark.parametrize("sizes", [(16, 96, 192, 96), (128, 128, 256, 32)])
def test_less_crosses_than_by_any_simple_rule(sizes: tuple[int, ...]) -> None:
    """All by the first axis, and all by the last one that lanes may divide."""
    found = crossing(divided(layers(*sizes)))
    for place in (0, -1):

        def simple(self: Division, place: int = place) -> list[int | None]:
            return [o[place] for o in self.options]

        with patch.object(Division, "_best", simple):
            other = crossing(divided(layers(*sizes)))
        assert found < 0.95 * other, (found, other)


def test_one_lane_divides_nothing() -> None:
    kernels = divided(layers(64, 100, 100)).kernels
    assert set(Division(kernels, 1).axes) == {None}


def test_lanes_write_to_lines_of_their_own() -> None:
    """Columns of an array whose rows are no whole lines would be written by two processors."""
    (kernel,) = divided(Graph([x := given(300, 100)], [do("tanh", x)]), 2).kernels
    assert apart(kernel, 0, 2)
    assert not apart(kernel, 1, 2)
