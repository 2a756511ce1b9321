"""A compiled program in memory, ready to be called with arrays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

from denpa.compiler import blas as blas_library
from denpa.compiler import driver, llvm, runtime
from denpa.compiler.codegen import Codegen, Plan
from denpa.core.errors import DimError, ShapeError
from denpa.core.graph import Graph
from denpa.core.shape import describe

_ALIGN = 64


def lanes_here() -> int:
    """Into how many shares programs are divided on this machine: its processors, an even number.

    Fixed by the machine and not by the threads in use, so that those change no bits.
    """
    n = runtime.processors()
    return 1 if n == 1 else min(64, n + n % 2)


def aligned(size: int) -> np.ndarray:
    """Zeroed bytes that begin at a cache line."""
    raw = np.zeros(size + _ALIGN, np.uint8)
    start = -raw.ctypes.data % _ALIGN
    return raw[start : start + size]


class Native:
    """Object code and plan of one program."""

    def __init__(self, graph: Graph, state: dict[int, int], plan: Plan, objects: bytes) -> None:
        self.graph, self.state, self.plan = graph, state, plan
        self._library = llvm.load(objects)
        self._run = runtime.entry(self._library.address("denpa.run"))
        self._blas = blas_library.find()
        self._lock = threading.Lock()
        self._shown = [o for o in range(len(graph.outputs)) if o not in set(state.values())]
        self._arena = aligned(plan.arena)
        self._table = plan.table()
        self._context = aligned(8 * driver.SLOTS).view(np.int64)
        self._bases = np.zeros(plan.bases, np.int64)
        self._strides = np.zeros(plan.bases, np.int64)
        deepest = max((len(c.arguments) for c in plan.calls), default=0)
        step = -(-8 * (plan.bases + deepest) // _ALIGN) * _ALIGN
        self._scratch = aligned(step * max(plan.lanes, 1))
        c = self._context
        if self._blas is not None:
            c[driver.SGEMM], c[driver.DGEMM] = self._blas.sgemm, self._blas.dgemm
        c[driver.YIELD] = runtime.yield_address()
        c[driver.LANES] = plan.lanes
        c[driver.CODE], c[driver.CODE_END] = self._table.ctypes.data, len(self._table)
        c[driver.BASES], c[driver.STRIDES] = self._bases.ctypes.data, self._strides.ctypes.data
        c[driver.BASE_COUNT] = plan.bases
        c[driver.SCRATCH], c[driver.SCRATCH_STEP] = self._scratch.ctypes.data, step
        self._bases[0] = self._arena.ctypes.data
        for base, array in zip(plan.constant_bases, plan.constants, strict=True):
            self._bases[base] = array.ctypes.data
        self.threads = plan.lanes

    def run(
        self,
        arrays: Sequence[np.ndarray],
        steps: int | None = None,
        order: np.ndarray | None = None,
        per_step: Sequence[int] = (),
    ) -> list[np.ndarray]:
        """One step, or `steps` of them; returns the outputs that are not state.

        `arrays`: one for each input, C-contiguous, of its shape and dtype; those of state are
        changed in place. With `steps` the outputs get a leading axis of that length, the inputs in
        `per_step` have one, and with `order` (row numbers, int64, steps × batch) the batch inputs
        are tables of rows. One call at a time: others wait.
        """
        many = 1 if steps is None else steps
        plan, graph = self.plan, self.graph
        tables = frozenset(plan.staging) if order is not None else frozenset()
        shapes = []
        for i, (v, a) in enumerate(zip(graph.inputs, arrays, strict=True)):
            want = v.shape
            if i in tables:
                want = (a.shape[0] if a.ndim else 0, *want[1:])
            elif i in per_step:
                want = (many, *want)
            if a.shape != want or a.dtype != v.dtype or not a.flags.c_contiguous:
                raise ShapeError(
                    f"input {i} of the program is {v.dtype}{list(want)} in row-major order, "
                    f"not {describe(a)}"
                )
            shapes.append(want)
        with self._lock:
            outputs: list[np.ndarray] = []
            self._strides[:] = 0
            for i, a in enumerate(arrays):
                base = plan.inputs[i]
                if i in tables:
                    table, offset = plan.staging[i]
                    self._bases[table] = a.ctypes.data
                    self._bases[base] = self._arena.ctypes.data + offset
                else:
                    self._bases[base] = a.ctypes.data
                    if i in per_step:
                        self._strides[base] = a.nbytes // many if many else 0
            for o in self._shown:
                v = graph.outputs[o]
                result = np.empty((many, *v.shape), v.dtype)
                outputs.append(result)
                self._bases[plan.outputs[o]] = result.ctypes.data
                self._strides[plan.outputs[o]] = v.dtype.itemsize * int(np.prod(v.shape))
            if plan.numbers >= 0:
                self._bases[plan.numbers] = 0 if order is None else order.ctypes.data
                rows = graph.inputs[next(iter(plan.staging))].shape[0]
                self._strides[plan.numbers] = 0 if order is None else 8 * rows
            self._launch(many)
        return outputs if steps is not None else [x.reshape(x.shape[1:]) for x in outputs]

    def _launch(self, steps: int) -> None:
        c = self._context
        threads = max(1, min(self.threads, self.plan.lanes))
        c[driver.FAILED] = c[driver.COUNT] = c[driver.GENERATION] = c[driver.DONE] = 0
        c[driver.THREADS] = threads
        c[driver.FIRST], c[driver.LAST] = 0, steps
        with self._blas.one_thread() if self._blas is not None else nullcontext():
            runtime.POOL.run(self._run, c.ctypes.data, threads)
        failed = int(c[driver.FAILED])
        if failed:
            call = self.plan.offsets()[(failed & 0xFFFFFFFF) - 1]
            raise DimError(
                f"{self.plan.where[call]}: an index is out of range, or an integer was divided by "
                "zero or raised to a negative power; the same call runs with backend='eager', "
                "which says which"
            )

    def __call__(self, *arrays: np.ndarray) -> list[np.ndarray]:
        """Like `Graph.__call__`: the outputs for these inputs."""
        return self.run([np.ascontiguousarray(a).reshape(a.shape) for a in arrays])


def compile_program(
    graph: Graph,
    state: Sequence[tuple[int, int]] = (),
    batch: Sequence[int] = (),
    *,
    anomaly: bool = False,
    lanes: int | None = None,
) -> Native:
    """Compile a graph; see `Native.run` for what `state` and `batch` are."""
    from denpa.compiler.passes import optimise

    target = llvm.host()
    found = blas_library.find()
    program = Codegen(
        optimise(graph),
        state,
        batch,
        lanes=lanes or lanes_here(),
        width=target.width,
        blas_bits=found.bits if found is not None else 0,
        triple=target.triple,
    )
    objects = llvm.build(program.text, target)
    return Native(program.graph, program.state, program.plan, objects)


def compile_graph(graph: Graph, **options: Any) -> Callable[..., list[np.ndarray]]:
    """A graph as a native function of arrays, called like the graph itself."""
    return compile_program(graph, **options)
