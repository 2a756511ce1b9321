"""Programs that are compiled as they are told to be: kept nowhere, on any number of lanes, with or
without a BLAS; and their comparison with the definition."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import numpy as np

from denpa.compiler.emit import codegen, llvm
from denpa.compiler.emit.codegen import Codegen
from denpa.compiler.passes import optimise
from denpa.compiler.run import blas
from denpa.compiler.run.native import Native
from denpa.compiler.schedule import division as divide
from denpa.core.dtype import bool_
from denpa.core.graph import Graph
from tests.compiler.judge import EXACT, compare


def compiled(
    graph: Graph,
    state: Any = (),
    batch: Any = (),
    *,
    lanes: int = 1,
    width: int | None = None,
    use_blas: bool = True,
) -> Native:
    """A program that is kept nowhere and divided over all its lanes, however small it is."""
    target, found = llvm.host(), blas.find()
    bits = found.bits if use_blas and found is not None else 0

    with patch.object(codegen, "_ALONE", 0), patch.object(divide, "_SMALL", 0):
        code = Codegen(
            optimise(graph), state, batch, lanes=lanes, width=width or target.width,
            blas_bits=bits, triple=target.triple,
        )  # fmt: skip
    return Native(graph, state, code.plan, llvm.build(code.text, target), lambda: code)


def fill(graph: Graph, seed: int = 0) -> list[np.ndarray]:
    """An array for every input: normal numbers, small integers."""
    rng = np.random.default_rng(seed)
    found = []
    for v in graph.inputs:
        a: Any = rng.standard_normal(v.shape)
        if v.dtype.kind != "f":
            low, high = 0 if v.dtype.kind in "ub" else -4, 2 if v.dtype == bool_ else 5
            a = rng.integers(low, high, v.shape)
        found.append(np.asarray(a).astype(v.dtype))
    return found


def check(
    graph: Graph, arrays: list[np.ndarray] | None = None, lanes: Any = (1, 3), **options: Any
) -> None:
    """Compiled is eager; where no op rounds, to the bit."""
    arrays = fill(graph) if arrays is None else arrays
    expected = graph(*arrays)
    exact = all(v.op is not None and v.op.name in EXACT for v in graph.equations)
    for n in lanes:
        got = compiled(graph, lanes=n, **options).run(arrays)
        if exact:
            for want, found in zip(expected, got, strict=True):
                np.testing.assert_array_equal(found, want, f"{n} lanes", strict=True)
        assert compare(expected, got, graph, arrays) is None, f"{n} lanes"
