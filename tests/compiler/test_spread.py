"""Sums of pads that nowhere meet are written piece by piece: the same bits, no array of zeros."""

from __future__ import annotations

import numpy as np
import pytest

import denpa as dp
from denpa.compiler.emit.codegen import Codegen
from denpa.compiler.lower.kernels import Loop
from denpa.compiler.passes import local, optimise
from denpa.compiler.passes.spread import assembled, pieces
from denpa.core.graph import Graph, Value
from tests.compiler.forced import check, compiled
from tests.compiler.small import body, do, given, same_bits


def padded(x: Value, n: int, start: int, step: int = 2) -> Value:
    return do("pad", x, shape=(*x.shape[:-1], n), start=(0,) * (len(x.shape) - 1) + (start,),
              step=(1,) * (len(x.shape) - 1) + (step,))  # fmt: skip


def halves(a: Value, b: Value, n: int) -> Value:
    return do("add", padded(a, n, 0), padded(b, n, 1))


def test_pieces_that_meet_are_a_sum() -> None:
    x = given(3, 4)
    assert len(pieces(halves(x, x, 9))) == 2
    assert len(pieces(do("add", padded(x, 8, 0, 1), padded(x, 8, 4, 1)))) == 2  # in a row
    assert not pieces(do("add", padded(x, 9, 0, 1), padded(x, 9, 2, 2)))  # 2 is in both
    assert not pieces(do("add", padded(x, 16, 0, 4), padded(x, 16, 8, 2)))
    assert len(pieces(do("add", padded(x, 16, 0, 4), padded(x, 16, 1, 4)))) == 2
    assert not pieces(do("add", padded(x, 9, 0), given(3, 9)))


def test_pads_and_conditions_move_into_the_pieces() -> None:
    a, b, c = given(2, 3), given(2, 3), do("lt", given(2, 7), 0.0)
    x = c.inputs[0]
    chosen = do("where", c, halves(a, b, 7), 0.0)
    found = local("layout")(Graph([a, b, x], [padded(chosen, 20, 1, 3)]))
    assert [line.split("(")[0].split(" = ")[-1] for line in body(found)] == [
        "lt", "slice", "where", "slice", "where", "pad", "pad", "add", "return v10",
    ]  # fmt: skip
    same_bits(Graph([a, b, x], [padded(chosen, 20, 1, 3)]), found)


@pytest.mark.parametrize("zero", [-0.0, 1.0, float("nan")])
def test_only_zero_stays_zero(zero: float) -> None:
    a, x = given(2, 3), given(2, 7)
    graph = Graph([a, x], [do("where", do("lt", x, 0.0), padded(a, 7, 0), zero)])
    assert local("layout")(graph) is graph
    graph = Graph([a, x], [do("where", do("lt", x, 0.0), zero, padded(a, 7, 0))])
    assert local("layout")(graph) is graph


def test_native_pieces_with_gaps_signs_and_other_readers() -> None:
    a, b, x = given(5, 6), given(5, 6), given(5, 13)
    gap = do("where", do("lt", x, 0.0), halves(a, b, 13), 0.0)  # the last column has no source
    full = halves(do("neg", a), b, 12)
    shared = padded(a, 14, 1)
    more = do("add", shared, padded(b, 14, 0))
    graph = Graph([a, b, x], [gap, full, do("exp", shared), do("mul", more, more), more])
    arrays = [
        np.where(np.arange(30).reshape(5, 6) % 3, -0.0, 2.0).astype("f4"),
        np.full((5, 6), -0.0, "f4"),
        np.linspace(-1, 1, 65, dtype="f4").reshape(5, 13),
    ]
    check(graph, arrays)
    for want, got in zip(graph(*arrays), compiled(graph).run(arrays), strict=True):
        assert (np.signbit(want) == np.signbit(got)).all()
    sums, inside = assembled(optimise(graph))
    assert len(sums) == 3
    assert inside
    zeros = [
        k for k in Codegen(optimise(graph)).order
        if isinstance(k, Loop) and any(s.node.kind == "const" for s in k.stores)
    ]  # fmt: skip
    assert len(zeros) == 3  # for the gap, for `more`, and for `shared`, which is read alone too


def test_the_gradient_of_max_pooling_writes_every_element_once() -> None:
    x = dp.tensor(np.random.default_rng(0).standard_normal((2, 3, 6, 8)).astype("f4"))

    @dp.compile
    def gradient(x: dp.Tensor) -> dp.Tensor:
        y = x.detach().requires_grad_()
        (found,) = dp.autograd.grad((dp.nn.functional.max_pool2d(y.relu(), 2) ** 2).sum(), y)
        return found

    (program,) = (gradient(x), gradient.programs())[1]
    kernels = [k for k in program.native().codegen().order if isinstance(k, Loop)]
    assert not any(s.node.kind == "const" for k in kernels for s in k.stores)
    assert [len(k.stores) for k in kernels if "add" in k.name][-1] == 4
