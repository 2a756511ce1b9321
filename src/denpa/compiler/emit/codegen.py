"""A graph as native code: the kernels' text, the table of calls, the memory plan. Data only, so
that it can be kept on disk beside the object code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from denpa.compiler.emit import driver
from denpa.compiler.emit.anomaly import Check, check_code, checks
from denpa.compiler.emit.blas import product
from denpa.compiler.emit.code import Arguments, Code
from denpa.compiler.emit.loops import LoopWriter
from denpa.compiler.emit.other import rows, sort, uniform
from denpa.compiler.emit.panels import panels
from denpa.compiler.lower.fusion import Lowering
from denpa.compiler.lower.kernels import (
    Access,
    BodyNode,
    Buffer,
    Kernel,
    Loop,
    Product,
    Rows,
    Sort,
    Store,
    Uniform,
    contiguous,
)
from denpa.compiler.passes.expand import expand
from denpa.compiler.schedule.barriers import Schedule, dependencies, followers, reaches
from denpa.compiler.schedule.memory import place
from denpa.compiler.schedule.owners import divided
from denpa.core.errors import ShapeError
from denpa.core.graph import Graph
from denpa.core.shape import size_of

# Work of a whole step below which one thread is faster than two. On two cores of an AMD EPYC (Zen
# 5) that others used as well (load 5 to 9), two threads from less work on (200,000) took 1.03 to
# 1.08 (table3, work 260,000) and 0.99 to 1.07 (digits, 337,000) times as long, from more on
# (1,600,000) 0.97 to 0.99 (two, 1,213,000); not measured on quiet cores (`benchmarks.tuned
# _ALONE`).
_ALONE = 400_000


@dataclass
class Call:
    """One row of the table: a kernel on its arguments, and every lane's share."""

    kernel: int  # number of the function; −1: a barrier
    arguments: list[tuple[int, int]] = field(default_factory=list)  # base, byte offset
    shares: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class Plan:
    """All that a program is, beside its object code."""

    lanes: int
    arena: int  # bytes
    calls: list[Call]
    where: list[str]  # for each call the ops and the user's line
    inputs: list[int]  # number of the base of each input
    outputs: list[int]  # number of the base of each output
    staging: dict[int, tuple[int, int]]  # input of rows -> (base of its table, arena offset)
    numbers: int  # base of the row numbers
    bases: int
    constants: list[np.ndarray]
    constant_bases: list[int]
    products: bool  # whether the BLAS is called

    def table(self) -> np.ndarray:
        """The calls as the driver reads them."""
        code: list[int] = []
        for call in self.calls:
            code.append(call.kernel)
            if call.kernel < 0:
                continue
            code.append(len(call.arguments))
            for base, offset in call.arguments:
                code += (base, offset)
            for low, high in call.shares:
                code += (low, high)
        return np.array(code, np.int64)

    def offsets(self) -> dict[int, int]:
        """Where each call stands in the table, to the call's number."""
        found, at = {}, 0
        for number, call in enumerate(self.calls):
            found[at] = number
            at += 1 if call.kernel < 0 else 2 + 2 * len(call.arguments) + 2 * len(call.shares)
        return found


class Codegen:
    """From a graph to kernels' text and a `Plan`.

    `state` pairs an input with the output that is written over it after every step; `batch` names
    the inputs that may be gathered from a table; `blas_bits` is the width of the BLAS's integers (0
    if there is none), `blas` what for, "large" products or "all"; `watch` adds a check after every
    equation.
    """

    def __init__(
        self,
        graph: Graph,
        state: Sequence[tuple[int, int]] = (),
        batch: Sequence[int] = (),
        *,
        lanes: int = 2,
        width: int = 8,
        blas_bits: int = 0,
        blas: str = "large",
        fuse: bool = True,
        triple: str = "x86_64",
        watch: bool = False,
    ) -> None:
        self.graph = expand(graph)
        self.state, self.batch = dict(state), tuple(batch)
        rows = {graph.inputs[i].shape[:1] for i in batch}
        if len(rows) > 1:
            raise ShapeError(f"batch inputs must have the same number of rows, not {rows}")
        self.width, self.blas_bits = width, blas_bits
        lowering = Lowering(
            self.graph, batch, blas=blas if blas_bits else "", fuse=fuse and not watch
        )
        self.kernels = lowering.kernels
        if watch:
            self.kernels += checks(self.graph, lowering.views, lowering.outputs)
        self.outputs = lowering.outputs
        self._inputs = [lowering.views[id(v)].buffer for v in self.graph.inputs]
        self._in_place()
        self.kernels = [k for k in self.kernels if _runs(k)]
        _renumber(self.kernels)
        work = sum(k.work() for k in self.kernels)
        self.lanes = 1 if work < _ALONE or watch else lanes
        self.schedule = Schedule(self.kernels, self.lanes)
        self.order = self.schedule.order
        staged = [b for b in self._inputs if b.place == "batch"]
        self.arena = place(self.order, self.lanes, staged)
        self.functions: dict[str, str] = {}  # text with the name left out -> name
        self._declares: set[str] = set()
        self._helpers: dict[str, str] = {}
        self.plan = self._plan(lowering.constants)
        self.text = self._module(triple)

    # -- state in place --------------------------------------------------------------------------

    def _in_place(self) -> None:
        """New state is written over the old by the kernel that computes it, if nobody needs the old
        one later; else at the end of the step, by a copy."""
        reading: dict[int, set[int]] = {}
        writing: dict[int, list[int]] = {}
        for k, kernel in enumerate(self.kernels):
            for x in kernel.reads:
                reading.setdefault(id(x.buffer), set()).add(k)
            for x in kernel.writes:
                writing.setdefault(id(x.buffer), []).append(k)
        after = followers(dependencies(self.kernels))
        for i, o in self.state.items():
            old, new = self._inputs[i], self.outputs[o]
            readers = reading.get(id(old), set())
            writers = writing.get(id(new), [])
            if new.place == "output" and self._may_overwrite(writers, old, new, readers, after):
                for k in writers:
                    others = readers - {k}
                    self.kernels[k].after_kernels += [self.kernels[j] for j in sorted(others)]
                    for j in others:
                        after[j].add(k)
                new.over, new.place, new.number = old, old.place, old.number
                continue
            if new.place == "output":
                new.place = "arena"
            value = self.graph.outputs[o]
            copy = Loop(value.shape, (), [value], value.shape)
            axes = contiguous(value.shape)
            node = BodyNode("load", value.dtype, access=Access(new, 0, axes), value=value)
            target = Buffer(old.size, old.dtype, old.place, old.number, value, over=old)
            copy.add(Store(Access(target, 0, axes), node))
            copy.after_kernels = [self.kernels[k] for k in sorted(readers)]
            self.kernels.append(copy)
            after.append(set())
            self.outputs[o] = target

    def _may_overwrite(
        self,
        writers: list[int],
        old: Buffer,
        new: Buffer,
        readers: set[int],
        after: list[set[int]],
    ) -> bool:
        """Whether all who read the old state can run before it is overwritten."""
        if not readers:
            return True
        if len(writers) != 1:
            return False
        writer = self.kernels[writers[0]]
        if not isinstance(writer, Loop):
            return False
        if any(s.access.buffer is new and (s.mode != "set" or s.reduce) for s in writer.stores):
            return False
        target = next(x for x in writer.writes if x.buffer is new)
        for x in writer.reads:
            if x.buffer is old and (x.const, x.coefs) != (target.const, target.coefs):
                return False
        return not reaches(after, writers[0], readers - {writers[0]})

    # -- text ------------------------------------------------------------------------------------

    def _write(self, kernel: Kernel) -> tuple[int, Arguments]:
        """The number of the function that computes a kernel, and its arguments; equal code is
        shared."""
        name = "@NAME"
        code: Code
        if isinstance(kernel, Loop):
            writer = LoopWriter(kernel, self.width)
            text, code, args = writer.write(name), writer.code, writer.args
        elif isinstance(kernel, Product):
            blas = kernel.by == "blas"
            code, args, text = (
                product(kernel, name, self.blas_bits) if blas else panels(kernel, name, self.width)
            )
        elif isinstance(kernel, Uniform):
            code, args, text = uniform(kernel, name)
        elif isinstance(kernel, Sort):
            code, args, text = sort(kernel, name)
        elif isinstance(kernel, Check):
            code, args, text = check_code(kernel, name, self.width)
        else:
            assert isinstance(kernel, Rows)
            code, args, text = rows(kernel, name)
        self._declares |= code.declares
        self._helpers |= code.functions
        if text not in self.functions:
            self.functions[text] = f"@{kernel.kind}.{len(self.functions)}"
        return list(self.functions).index(text), args

    def _plan(self, constants: list[np.ndarray]) -> Plan:
        bases: dict[int, int] = {}
        count = 1  # base 0 is the arena

        def base(buffer: Buffer) -> int:
            nonlocal count
            buffer = buffer.memory
            if buffer.place == "arena":
                return 0
            if id(buffer) not in bases:
                bases[id(buffer)] = count
                count += 1
            return bases[id(buffer)]

        inputs = [base(b) for b in self._inputs]
        outputs = [base(b) for b in self.outputs]
        constant: dict[int, int] = {}
        tables: dict[int, int] = {}
        numbers = -1
        if self.batch:
            numbers, count = count, count + 1
            for i in self.batch:
                tables[i], count = count, count + 1
        calls: list[Call] = []
        where: list[str] = []
        segment = 0
        for kernel in self.order:
            if kernel.segment != segment:
                calls.append(Call(-1))
                where.append("barrier")
                segment = kernel.segment
            number, args = self._write(kernel)
            found: list[tuple[int, int]] = []
            for buffer in args.buffers:
                if buffer == "numbers":
                    found.append((numbers, 0))
                elif buffer == "table":
                    assert isinstance(kernel, Rows)
                    found.append((tables[kernel.number], 0))
                else:
                    assert isinstance(buffer, Buffer)
                    if buffer.place == "constant" and buffer.number not in constant:
                        constant[buffer.number] = base(buffer)
                    found.append((base(buffer), buffer.offset if buffer.place == "arena" else 0))
            calls.append(Call(number, found, self._shares(kernel)))
            where.append(_line(kernel))
        ordered = [constants[n] for n in constant]
        return Plan(
            self.lanes,
            self.arena,
            calls,
            where,
            inputs,
            outputs,
            {i: (tables[i], self._inputs[i].offset) for i in self.batch},
            numbers,
            count,
            ordered,
            list(constant.values()),
            any(isinstance(k, Product) and k.by == "blas" for k in self.order),
        )

    def _shares(self, kernel: Kernel) -> list[tuple[int, int]]:
        if kernel.split is None:
            return [(0, 1)] + [(0, 0)] * (self.lanes - 1)
        return divided(kernel, kernel.split, self.lanes)

    def _module(self, triple: str) -> str:
        parts = [*sorted(self._declares), *self._helpers.values()]
        names = list(self.functions.values())
        parts += [text.replace("@NAME", name) for text, name in self.functions.items()]
        return "\n".join([*parts, driver.text(names, triple)])


_MAY_FAIL = ("gather", "scatter_add", "remainder", "floor_divide", "pow")


def _line(kernel: Kernel) -> str:
    """The ops of a kernel (those that can fail, if there are any) and the user's line."""
    if isinstance(kernel, Loop):
        nodes = [n for s in kernel.all_stores for root in (s.node, *s.index) for n in root.walk()]
        inside = [n.value for n in nodes if n.value is not None and n.op in _MAY_FAIL]
        for v in (*inside, *kernel.values):
            if v.op is not None and v.op.name in _MAY_FAIL and v.source is not None:
                return f"{v.op.name} ({v.source})"
    source = next((v.source for v in kernel.values if v.source is not None), None)
    return f"{kernel.name} ({source})" if source is not None else kernel.name


def _runs(kernel: Kernel) -> bool:
    """Whether a kernel has anything to do: sums of nothing still write their zeros."""
    kept = [n for n, p in zip(kernel.extents, kernel.parallel, strict=True) if p]
    if isinstance(kernel, Loop) and any(s.reduce and s.mode == "set" for s in kernel.stores):
        return 0 not in kept
    return size_of(kernel.extents) > 0


def _renumber(kernels: list[Kernel]) -> None:
    """`after` as places in the list."""
    places = {id(k): n for n, k in enumerate(kernels)}
    for kernel in kernels:
        kernel.after = {places[id(k)] for k in kernel.after_kernels if id(k) in places}
