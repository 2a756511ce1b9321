"""The programs on which `benchmarks.tuned` tries other values of the compiler's constants.

A program is made while a constant has one value, is checked against eager mode, and then runs as
often as it is told to. All are made from random arrays; the training steps are those of
`benchmarks.workloads`, all rows in the same order.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

import numpy as np

import denpa as dp
from benchmarks.peer_denpa import pieces
from benchmarks.torch_like import network, tensors
from benchmarks.workloads import WORKLOADS, Workload, checked
from denpa.compiler.emit.codegen import Codegen
from denpa.compiler.passes import optimise
from denpa.compiler.run import native, threads
from denpa.compiler.trace import objects, reach
from denpa.core import memory
from denpa.core.graph import Graph, Value
from denpa.train import evaluation
from denpa.train.threads import fitting_threads

F = dp.nn.functional
TOLERANCE = 1e-3  # of the largest number: sums in another order, six steps of training


class Program:
    """`run(n)` repeats it; `code` is what was compiled, if that tells two values apart."""

    def __init__(self, run: Callable[[int], object], code: str = "") -> None:
        self.run, self.code = run, code


Maker = Callable[[], Program]


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    """Random numbers in float32."""
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


def agree(found: Sequence[np.ndarray], wanted: Sequence[np.ndarray]) -> None:
    """Raise unless each array is the other within `TOLERANCE`."""
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=TOLERANCE * float(np.abs(b).max()))


def text(codes: Sequence[Codegen]) -> str:
    """A digest of native code and of the order in which it is called."""
    digest = hashlib.sha256()
    for code in codes:
        digest.update(code.text.encode() + code.plan.table().tobytes())
    return digest.hexdigest()


def repeated(f: Callable[..., Any], *arrays: np.ndarray) -> Maker:
    """A function of arrays, which writes the same results again and again."""

    def make() -> Program:
        traced = dp.compile(f, backend="graph")
        traced(*map(dp.from_numpy, arrays))
        graph = traced.programs()[0].program.graph
        wanted = graph(*arrays)
        places = [Value(v.shape, v.dtype) for v in graph.outputs]
        whole = Graph([*graph.inputs, *places], graph.outputs)
        first = len(graph.inputs)
        state = [(first + k, k) for k in range(len(places))]
        program = native.compile_program(whole, state)
        outs = [np.zeros(v.shape, v.dtype) for v in places]
        given = [*arrays, *outs]
        program.run(given)
        agree(outs, wanted)
        return Program(lambda n: program.run(given, steps=n), text([program.codegen()]))

    return make


def built(f: Callable[..., Any], *arrays: np.ndarray) -> Maker:
    """The whole compilation of a function of arrays, its trace excepted."""

    def make() -> Program:
        traced = dp.compile(f, backend="graph")
        traced(*map(dp.from_numpy, arrays))
        graph = traced.programs()[0].program.graph
        return Program(lambda n: [native.compile_program(graph) for _ in range(n)])

    return make


def product(m: int, k: int, n: int, turned: str = "") -> Maker:
    """A·B with A, B or both stored the other way round."""
    a = normal(k, m) if "a" in turned else normal(m, k)
    b = normal(n, k, seed=1) if "b" in turned else normal(k, n, seed=1)
    return repeated(
        lambda a, b: (a.T if "a" in turned else a) @ (b.T if "b" in turned else b), a, b
    )


@cache
def _eager_losses(w: Workload) -> list[float]:
    step, (x, y) = pieces(w), tensors(dp, w)
    rows = [slice(k % w.batches * w.batch, (k % w.batches + 1) * w.batch) for k in range(6)]
    return [float(step(x[r], y[r])) for r in rows]


def steps(workload: Workload) -> Maker:
    """Training steps, many of them in one call of native code."""

    def make() -> Program:
        w = checked(workload)
        fast, (x, y) = dp.compile(pieces(w)), tensors(dp, w)
        order = np.arange(len(x))

        def run(n: int) -> None:
            times = -(-n * w.batch // len(x))
            fast.epoch(x, y, batch_size=w.batch, order=np.tile(order, times)[: n * w.batch])

        losses = fast.epoch(x, y, batch_size=w.batch, order=np.tile(order, 6)[: 6 * w.batch])
        agree([np.asarray(losses)], [np.array(_eager_losses(w))])
        return Program(run, text([b.native().codegen() for b in fast.programs()]))

    return make


def calls(name: str) -> Maker:
    """The same, one step in each call from Python."""

    def make() -> Program:
        w = checked(WORKLOADS[name])
        fast, (x, y) = dp.compile(pieces(w)), tensors(dp, w)

        def run(n: int) -> list[float]:
            found = []
            for k in range(n):
                at = k % w.batches * w.batch
                found.append(fast(x[at : at + w.batch], y[at : at + w.batch]))
            return [float(v) for v in found[:6]]

        agree([np.array(run(6))], [np.array(_eager_losses(w))])
        return Program(run)

    return make


def eager(name: str) -> Maker:
    """The same in eager mode, with freed memory kept as far as `core.memory` says now."""

    def make() -> Program:
        w = checked(WORKLOADS[name])
        step, (x, y) = pieces(w), tensors(dp, w)

        def run(n: int) -> None:
            memory.keep_freed_memory()
            for k in range(n):
                at = k % w.batches * w.batch
                step(x[at : at + w.batch], y[at : at + w.batch])

        return Program(run)

    return make


def fitted(width: int, batch: int) -> Maker:
    """Eager steps of a network of that width, with as many BLAS threads as training takes."""

    def make() -> Program:
        w = Workload((width, width, 10), batch, "relu", "sgd", "classes")
        step, (x, y), net = pieces(w), tensors(dp, w), network(dp, w)

        def run(n: int) -> None:
            with fitting_threads(net, batch):
                for k in range(n):
                    at = k % w.batches * batch
                    step(x[at : at + batch], y[at : at + batch])

        return Program(run)

    return make


def compiling(name: str) -> Maker:
    """The way from the graph of a training step to the text of its native code."""

    def make() -> Program:
        w = checked(WORKLOADS[name])
        traced, (x, y) = dp.compile(pieces(w), backend="graph"), tensors(dp, w)
        traced(x[: w.batch], y[: w.batch])
        p = traced.programs()[0].program

        def run(n: int) -> list[Codegen]:
            return [Codegen(optimise(p.graph), p.state, blas_bits=64) for _ in range(n)]

        return Program(run)

    return make


def predicting(batches: int) -> Maker:
    """`predict` of a network that is new each time, its object code in the cache."""

    def make() -> Program:
        x, folder = normal(batches * 1024, 784), tempfile.mkdtemp()
        nets = [network(dp, WORKLOADS["mlp"]) for _ in range(2)]
        agree([evaluation.predict(nets[0], x)], [evaluation.predict(nets[1], x, backend="eager")])

        def run(n: int) -> None:
            with patch.dict(os.environ, DENPA_CACHE=folder):
                for _ in range(n):
                    evaluation.predict(network(dp, WORKLOADS["mlp"]), x)

        return Program(run)

    return make


def reading_array() -> Program:
    """Calls of a function that reads a NumPy array from outside, as large as is allowed."""
    outside = normal(objects.MOST_BYTES // 4)
    fast, x = dp.compile(lambda x: x * float(outside[0])), dp.zeros(4)
    agree([fast(x + 1).numpy()], [np.full(4, outside[0])])
    return Program(lambda n: [fast(x) for _ in range(n)])


def reading_list() -> Program:
    """Calls of a function that reads a list from outside, as long as is allowed."""
    outside = [float(k) for k in range(1, reach.MOST - 200)]
    fast, x = dp.compile(lambda x: x * outside[0]), dp.zeros(4)
    agree([fast(x + 1).numpy()], [np.ones(4)])
    return Program(lambda n: [fast(x) for _ in range(n)])


def with_own_pool(make: Maker) -> Maker:
    """A program with worker threads of its own, made while the constant has its value."""

    def made() -> Program:
        pool = threads.Pool()
        with patch.object(threads, "POOL", pool):
            program = make()

        def run(n: int) -> None:
            with patch.object(threads, "POOL", pool):
                program.run(n)

        return Program(run)

    return made


@contextmanager
def _rival() -> Iterator[None]:
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        busy.kill()
        busy.wait()


def beside_another(make: Maker) -> Maker:
    """A program that shares the processors with one that never rests."""

    def made() -> Program:
        program = make()

        def run(n: int) -> None:
            with _rival():
                program.run(n)

        return Program(run)

    return made


def chain(length: int, size: int) -> Maker:
    """A polynomial by Horner's rule, in one expression."""

    def f(x: Any) -> Any:
        y = x
        for k in range(length // 2):
            y = y * x + 1 / (k + 2)
        return y

    return repeated(f, np.tanh(normal(size)))


def outputs(many: int, size: int) -> Maker:
    """Many results of one array, each by a few operations."""

    def f(x: Any) -> Any:
        return tuple((x + k) * (x - k) * 0.5 for k in range(many))

    return repeated(f, normal(size))


def shared_value(weight: int, size: int) -> Maker:
    """The sums along both axes of a value of so many cheap operations."""

    def f(x: Any, y: Any) -> Any:
        z = x
        for k in range(weight):
            z = z * y if k % 2 else z - y
        return z.sum(0), z.sum(1)

    return repeated(f, normal(size, size), normal(size, size, seed=1))


def squares(rows: int, columns: int) -> Maker:
    """The sum of all squared differences of two matrices."""
    return repeated(
        lambda a, b: ((a - b) ** 2).sum(), normal(rows, columns), normal(rows, columns, seed=1)
    )


def pooling(kernel: int, build: bool = False) -> Maker:
    """The gradient of max pooling, kernel² pieces; or its compilation."""

    def f(x: Any) -> Any:
        return dp.func.grad(lambda x: (F.max_pool2d(x, kernel) ** 2).sum())(x)

    return (built if build else repeated)(f, normal(64, 16, 6 * kernel, 6 * kernel))


def many_classes(classes: int) -> Maker:
    """The gradient of cross-entropy by the logits."""
    target = np.random.default_rng(0).integers(0, classes, 64)

    def f(x: Any, t: Any) -> Any:
        return dp.func.grad(lambda x: F.cross_entropy(x, t))(x)

    return repeated(f, normal(64, classes), target)


def picking(rows: int, columns: int) -> Maker:
    """The gradient of one number picked from each row, by the matrix: nothing else to do there."""
    target = np.random.default_rng(0).integers(0, columns, rows)

    def f(x: Any, t: Any) -> Any:
        return dp.func.grad(lambda x: (x[dp.arange(rows), t] ** 2).sum())(x)

    return repeated(f, normal(rows, columns), target)


def totals(*shape: int) -> Maker:
    """Sums of the rows and of the columns."""
    return repeated(lambda x: (x.sum(0), x.sum(-1)), normal(*shape))


def eager_totals(*shape: int) -> Maker:
    """The same in eager mode."""

    def make() -> Program:
        x = dp.from_numpy(normal(*shape))
        agree([x.sum(0).numpy()], [x.numpy().astype("f8").sum(0)])
        return Program(lambda n: [(x.sum(0), x.sum(-1)) for _ in range(n)])

    return make
