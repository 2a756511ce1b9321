"""A compiled program in memory, ready to be called with arrays."""

from __future__ import annotations

import ctypes
import functools
import threading
import time
from collections.abc import Callable, Sequence
from operator import is_
from typing import Any

import numpy as np

from denpa.compiler.emit import driver, llvm
from denpa.compiler.emit.codegen import Codegen, Plan
from denpa.compiler.run import blas as blas_library
from denpa.compiler.run import threads as runtime
from denpa.compiler.run.cache import Cache, key
from denpa.compiler.run.entry import Misfit, exact, meta_of, plan_of, text_of
from denpa.compiler.run.interpret import Suspected
from denpa.core.errors import ArgumentError, DimError, GraphError, ShapeError
from denpa.core.graph import Graph, Value
from denpa.core.shape import describe, size_of

_ALIGN = 64  # bytes: a cache line, which is the widest vector register, too


def lanes_here() -> int:
    """Into how many shares programs are divided on this machine: its processors, an even number.

    Neither this number nor that of the threads in use changes a bit of any result: a run on one
    processor is the run on sixteen of that kind, with the same BLAS.
    """
    n = runtime.processors()
    return 1 if n == 1 else min(64, n + n % 2)


def address_of(a: np.ndarray) -> int:
    """Where the numbers of a C-contiguous array lie."""
    if a.size and a.flags.writeable:  # 0.15 µs in place of 0.9; a call asks for a dozen
        buffer: Any = a
        return ctypes.addressof(ctypes.c_char.from_buffer(buffer))
    address: int = a.__array_interface__["data"][0]
    return address


def aligned(size: int) -> np.ndarray:
    """Zeroed bytes that begin at a cache line."""
    raw = np.zeros(size + _ALIGN, np.uint8)
    start = -raw.ctypes.data % _ALIGN
    return raw[start : start + size]


class Native:
    """Object code and plan of one program.

    `threads` may be set to anything from 1 to the number of lanes; the results are the same bits.
    `codegen()` gives the kernels, for `explain`.
    """

    def __init__(
        self,
        graph: Graph,
        state: Sequence[tuple[int, int]],
        plan: Plan,
        objects: bytes,
        codegen: Callable[[], Codegen],
    ) -> None:
        self.graph, self.state, self.plan, self.codegen = graph, tuple(state), plan, codegen
        self._library = llvm.load(objects)
        self._code = self._library.address("denpa.run")
        self._run = runtime.entry(self._code)
        self._blas = blas_library.find()
        self._lock = threading.Lock()
        written = {o for _, o in self.state}
        self._shown = [
            (plan.outputs[o], v.shape, v.dtype, size_of(v.shape) * v.dtype.itemsize)
            for o, v in enumerate(graph.outputs)
            if o not in written
        ]
        self._arena = aligned(plan.arena)
        self._arena_at = self._arena.ctypes.data
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
        self._bases[0] = self._arena_at
        for base, array in zip(plan.constant_bases, plan.constants, strict=True):
            self._bases[base] = array.ctypes.data
        for base, _, _, stride in self._shown:
            self._strides[base] = stride
        self._context_at = c.ctypes.data
        self._rows = graph.inputs[min(plan.staging)].shape[0] if plan.staging else -1
        self._arrays: list[np.ndarray] = []  # of the last call
        self._mode: tuple[Any, ...] = ()
        self._table_rows = 0
        self._written = {i for i, _ in self.state}
        self._pace = runtime.Pace()
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
        with self._lock:
            self._bind(arrays, many, order is not None, per_step)
            if order is not None:
                self._take(order, many)
            outputs = [np.empty((many, *shape), dtype) for _, shape, dtype, _ in self._shown]
            for (base, _, _, _), result in zip(self._shown, outputs, strict=True):
                self._bases[base] = address_of(result)
            self._launch(many)
        return outputs if steps is not None else [x.reshape(x.shape[1:]) for x in outputs]

    def _bind(
        self, arrays: Sequence[np.ndarray], many: int, ordered: bool, per_step: Sequence[int]
    ) -> None:
        """Check the arrays that are not those of the last call and enter where they are."""
        inputs = self.graph.inputs
        if len(arrays) != len(inputs):
            raise GraphError(f"the program has {len(inputs)} inputs, {len(arrays)} were given")
        mode = (ordered, tuple(per_step), many if per_step else 0)
        known: Sequence[Any] = self._arrays if mode == self._mode else [None] * len(arrays)
        if len(arrays) == len(known) and all(map(is_, arrays, known)):
            return
        self._arrays, self._mode = [], mode
        tables = self.plan.staging if ordered else {}
        if tables:
            rows = {arrays[i].shape[:1] for i in tables}
            if len(rows) > 1:
                raise ShapeError(f"the tables must have the same number of rows, not {rows}")
            self._table_rows = rows.pop()[0]
        for i, (a, b) in enumerate(zip(arrays, known, strict=True)):
            if a is not b:
                self._enter(i, a, many, i in tables, i in per_step)
        if self.plan.numbers >= 0:
            self._bases[self.plan.numbers] = self._strides[self.plan.numbers] = 0
        self._arrays = list(arrays)

    def _enter(self, i: int, a: np.ndarray, many: int, table: bool, steps: bool) -> None:
        """Where input `i` is."""
        v, base = self.graph.inputs[i], self.plan.inputs[i]
        want = (a.shape[:1] + v.shape[1:]) if table else (many, *v.shape) if steps else v.shape
        flags = a.flags
        if a.shape != want or a.dtype != v.dtype or not flags.c_contiguous:
            raise ShapeError(
                f"input {i} of the program is {describe(Value(want, v.dtype))} in row-major "
                f"order, not {describe(a)}"
                + ("" if flags.c_contiguous else ", which is not contiguous")
            )
        if not flags.writeable and i in self._written:
            raise ArgumentError(
                f"input {i} of the program is changed in place, but its array is read-only"
            )
        address = address_of(a)
        self._strides[base] = a.nbytes // many if steps and many else 0
        if table:
            source, offset = self.plan.staging[i]
            self._bases[source] = address
            address = self._arena_at + offset
        self._bases[base] = address

    def _take(self, order: np.ndarray, many: int) -> None:
        """The numbers of the rows of each step."""
        base = self.plan.numbers
        right = order.dtype == np.int64 and order.flags.c_contiguous
        if not right or order.size != many * self._rows or self._rows < 0:
            raise ShapeError(
                f"order must hold {many} × {self._rows} row numbers, i64 and contiguous, not "
                f"{describe(order)}"
            )
        if order.size and int(order.view(np.uint64).max()) >= self._table_rows:
            wrong = order.min() if order.min() < 0 else order.max()
            raise DimError(
                f"order names row {wrong}; the tables have rows 0 to {self._table_rows - 1}"
            )
        self._bases[base] = address_of(order)
        self._strides[base] = 8 * self._rows

    def _launch(self, steps: int) -> None:
        c = self._context
        c[driver.FAILED] = c[driver.COUNT] = c[driver.GENERATION] = 0
        c[driver.WAITED] = c[driver.SPENT] = 0
        c[driver.FIRST], c[driver.LAST] = 0, steps
        threads = max(1, min(self.threads, self.plan.lanes))
        if threads > 1:
            threads = self._pace.choose(threads)
        c[driver.THREADS] = threads
        started = time.perf_counter()
        if self.plan.products and self._blas is not None:
            with self._blas.one_thread():
                runtime.POOL.run(self._run, self._code, self._context_at, threads)
        else:
            runtime.POOL.run(self._run, self._code, self._context_at, threads)
        if self.plan.lanes > 1:
            seconds = time.perf_counter() - started
            waited = int(c[driver.WAITED]) / max(1, int(c[driver.SPENT]))
            self._pace.saw(threads, seconds / max(steps, 1), waited)
        failed = int(c[driver.FAILED])
        if failed:
            call = self.plan.offsets()[(failed & 0xFFFFFFFF) - 1]
            raise self._error(self.codegen().plan.where[call])

    @staticmethod
    def _error(where: str) -> Exception:
        return DimError(
            f"{where}: an index is out of range, or an integer was divided by "
            "zero or raised to a negative power; the same call runs with backend='eager', "
            "which says which"
        )

    def __call__(self, *arrays: np.ndarray) -> list[np.ndarray]:
        """Like `Graph.__call__`: the outputs for these inputs."""
        return self.run([np.ascontiguousarray(a).reshape(a.shape) for a in arrays])


class Watched:
    """A program in anomaly mode: a step with a NaN or an infinity that may do harm changes no state
    and is `Suspected`."""

    def __init__(self, native: Native, graph: Graph, state: Sequence[tuple[int, int]]) -> None:
        self.native, self.graph, self.state = native, graph, tuple(state)
        self.codegen, self.plan = native.codegen, native.plan
        written = {o for _, o in self.state}
        self._shown = [o for o in range(len(graph.outputs)) if o not in written]

    def run(
        self,
        arrays: Sequence[np.ndarray],
        steps: int | None = None,
        order: np.ndarray | None = None,
        per_step: Sequence[int] = (),
    ) -> list[np.ndarray]:
        """As `Native.run`, one step after the other."""
        rows = None if order is None else order.reshape(steps or 1, -1)
        results: list[list[np.ndarray]] = []
        for k in range(1 if steps is None else steps):
            now = list(arrays)
            for i in per_step:
                now[i] = np.ascontiguousarray(arrays[i][k]).reshape(arrays[i].shape[1:])
            if rows is not None:
                for i in self.native.plan.staging:
                    now[i] = np.ascontiguousarray(arrays[i][rows[k]])
            try:
                found = self.native.run(now)
            except DimError as error:
                raise Suspected from error
            for i, o in self.state:
                np.copyto(arrays[i], found[o])
            results.append([found[o] for o in self._shown])
        if steps is None:
            return results[0]
        shapes = [self.graph.outputs[o] for o in self._shown]
        return [
            np.array([r[k] for r in results], v.dtype).reshape(steps, *v.shape)
            for k, v in enumerate(shapes)
        ]


def compile_program(
    graph: Graph,
    state: Sequence[tuple[int, int]] = (),
    batch: Sequence[int] = (),
    *,
    anomaly: bool = False,
    lanes: int | None = None,
    cache: Cache | None = None,
) -> Any:
    """Compile a graph; see `Native.run` for what `state` and `batch` are.

    The object code is kept in `cache` (the user's folder if None) under the graph, the versions and
    the processor, so that the next process that asks for the same program need not compile it.
    """
    target = llvm.host()
    found = blas_library.find()
    options: dict[str, Any] = {
        "lanes": lanes or lanes_here(),
        "width": target.width,
        "blas_bits": found.bits if found is not None else 0,
        "blas": "all" if found is not None and found.wanted else "large",
        "triple": target.triple,
        "watch": anomaly,
    }
    kept = () if anomaly else tuple(state)  # in anomaly mode a bad step must leave no trace

    @functools.cache
    def codegen() -> Codegen:
        from denpa.compiler.passes import optimise

        return Codegen(graph if anomaly else optimise(graph), kept, batch, **options)

    store = Cache() if cache is None else cache
    try:
        name = key(text_of(graph), exact((kept, tuple(batch), sorted(options.items()))))
    except TypeError:  # a constant that cannot be told from others is not looked up
        name = ""
    native = _found(store, name, graph, kept, batch, options, codegen) if name else None
    if native is None:
        program = codegen()
        objects = llvm.build(program.text, target)
        if name:
            meta = meta_of(program.plan, name, len(program.functions), objects)
            store.put(name, meta, objects)
        native = Native(graph, kept, program.plan, objects, codegen)
    return Watched(native, graph, state) if anomaly else native


def _found(
    store: Cache,
    name: str,
    graph: Graph,
    state: Sequence[tuple[int, int]],
    batch: Sequence[int],
    options: dict[str, Any],
    codegen: Callable[[], Codegen],
) -> Native | None:
    """The program as it is kept, None if it is not or if what is kept is not this program."""
    entry = store.get(name)
    if entry is None:
        return None
    meta, objects = entry
    lanes, blas = options["lanes"], options["blas_bits"] > 0
    try:
        plan = plan_of(meta, objects, name, graph, state, batch, lanes, blas)
        return Native(graph, state, plan, objects, codegen)
    except (Misfit, llvm.LLVMError, MemoryError):  # the last for an arena beyond all measure
        return None  # compiled anew, and put in its place


def compile_graph(graph: Graph, **options: Any) -> Callable[..., list[np.ndarray]]:
    """A graph as a native function of arrays, called like the graph itself."""
    program: Callable[..., list[np.ndarray]] = compile_program(graph, **options)
    return program
