"""What a graph is lowered to: kernels, each a nest of loops over arrays in memory.

An array in memory is a `Buffer`; a kernel reads and writes buffers at *affine* places, offset +
Σ strideₐ·iₐ over its loop variables (`Access`). That is all that fusion, the splitting over lanes
and the memory plan need to know, so none of them knows any op by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from denpa.core.dtype import DType
from denpa.core.graph import Value
from denpa.core.shape import Shape, size_of

LINE = 64  # bytes of a cache line


@dataclass(eq=False)
class Buffer:
    """An array in memory. `place` says whose: "input", "output" (of that number), "constant" or
    "arena"."""

    size: int  # elements
    dtype: DType
    place: str = "arena"
    number: int = 0
    value: Value | None = None
    offset: int = 0  # bytes from the arena's start, once memory is planned
    over: Buffer | None = None  # it is written over that buffer, whose readers have all run

    @property
    def memory(self) -> Buffer:
        """The buffer whose room this one has: its own, or that of the one it is written over."""
        return self if self.over is None else self.over.memory

    @property
    def bytes(self) -> int:
        """The room it takes."""
        return self.size * self.dtype.itemsize


@dataclass(frozen=True)
class View:
    """A strided window on a buffer: offset and strides in elements."""

    buffer: Buffer
    offset: int
    shape: Shape
    strides: Shape


def contiguous(shape: Sequence[int]) -> Shape:
    """The strides of an array in row-major order."""
    strides, step = [], 1
    for n in reversed(shape):
        strides.append(step)
        step *= max(n, 1)
    return tuple(reversed(strides))


def reshaped(view: View, shape: Shape) -> View | None:
    """The same elements under another shape, if strides can express it; else None."""
    if size_of(shape) == 0:
        return View(view.buffer, view.offset, shape, contiguous(shape))
    old = [(n, s) for n, s in zip(view.shape, view.strides, strict=True) if n != 1]
    blocks: list[tuple[int, int]] = []  # maximal runs of dims that lie one inside the other
    for n, s in old:
        if blocks and blocks[-1][1] == n * s:
            blocks[-1] = (blocks[-1][0] * n, s)
        else:
            blocks.append((n, s))
    strides: list[int] = []
    k, left = 0, blocks[0][0] if blocks else 1
    for n in shape:
        if n == 1:
            strides.append(0)
            continue
        while left == 1 and k + 1 < len(blocks):
            k += 1
            left = blocks[k][0]
        if k >= len(blocks) or left % n:
            return None
        left //= n
        strides.append(blocks[k][1] * left)
    return View(view.buffer, view.offset, shape, tuple(strides))


@dataclass(frozen=True)
class Access:
    """The place const + Σ coefs[a]·i[a] of a buffer, for loop variables i."""

    buffer: Buffer
    const: int
    coefs: tuple[int, ...]


@dataclass(eq=False)
class BodyNode:
    """One number of a loop's body: a load, a constant, or an op on other nodes.

    kind "load" (access), "const" (number), "op" (op, params), "take" (access of the first element,
    then for each index node its stride and extent in `params`), "held" (the total of the store
    `number`, with the access that it would be written to).
    """

    kind: str
    dtype: DType
    args: tuple[BodyNode, ...] = ()
    op: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    access: Access | None = None
    number: Any = None
    value: Value | None = None

    def walk(self) -> Iterator[BodyNode]:
        """This node and all below, operands first, each once."""
        seen: set[int] = set()
        stack: list[tuple[BodyNode, bool]] = [(self, False)]
        while stack:
            node, ready = stack.pop()
            if ready:
                yield node
            elif id(node) not in seen:
                seen.add(id(node))
                stack.append((node, True))
                stack.extend((a, False) for a in node.args if id(a) not in seen)


@dataclass
class Store:
    """Write a node at a place. `mode`: "set", "add" to what is there, or "scan" (running sums)."""

    access: Access
    node: BodyNode
    mode: str = "set"
    reduce: str = ""  # "sum", "amax", "argmax": over the reduced axes, then written
    index: tuple[BodyNode, ...] = ()  # with strides and extents: places that are data themselves
    strides: tuple[int, ...] = ()
    sizes: tuple[int, ...] = ()
    kept: bool = True  # false: a total that only the epilogue reads


class Kernel:
    """One nest of loops: `extents` of its axes, which of them are `parallel` (their iterations may
    be split over lanes), and what it reads and writes."""

    kind = "kernel"

    def __init__(self, extents: Sequence[int], parallel: Sequence[bool], values: list[Value]):
        self.extents = tuple(extents)
        self.parallel = tuple(parallel)
        self.values = values
        self.reads: list[Access] = []
        self.writes: list[Access] = []
        self.after: set[int] = set()  # places in the list of kernels that must run before
        self.after_kernels: list[Kernel] = []  # the same, as kernels
        self.pieces: dict[int, int] = {}  # axes that are cut into so many parts, which stay whole
        self.split: int | None = None  # the axis that is divided over lanes
        self.segment = 0

    @property
    def name(self) -> str:
        """The ops of its values, as a reader would call them."""
        names = [v.op.name for v in self.values if v.op is not None]
        return "+".join(dict.fromkeys(names)) or self.kind

    def work(self) -> float:
        """A rough count of operations, to compare kernels by."""
        return float(size_of(self.extents))


class Loop(Kernel):
    """Element-by-element and reducing loops: every store's node, over all axes; then the stores of
    the epilogue, over the axes that are not reduced, from the totals."""

    kind = "loop"

    def __init__(
        self, extents: Sequence[int], reduced: Sequence[int], values: list[Value], shape: Shape
    ) -> None:
        self.reduced = frozenset(reduced)
        super().__init__(extents, [a not in self.reduced for a in range(len(extents))], values)
        self.shape = shape
        self.stores: list[Store] = []
        self.epilogue: list[Store] = []
        self.size = 0  # nodes, those that stores share counted again

    @property
    def all_stores(self) -> list[Store]:
        """Those over all axes, then those of the epilogue."""
        return [*self.stores, *self.epilogue]

    def add(self, store: Store) -> None:
        """Another store."""
        self.stores.append(store)
        self._touch(store)

    def finish(self, store: Store) -> None:
        """Another store in the epilogue."""
        self.epilogue.append(store)
        self._touch(store)

    def _touch(self, store: Store) -> None:
        self.writes.append(store.access)
        known = {(id(a.buffer), a.const, a.coefs) for a in self.reads}
        for root in (store.node, *store.index):
            for node in root.walk():
                self.size += 1
                if node.access is not None and node.kind != "held":
                    access = node.access
                    if node.kind == "take":  # anywhere in the dims that are indexed by data
                        access = Access(access.buffer, 0, (0,) * len(self.extents))
                    key = (id(access.buffer), access.const, access.coefs)
                    if key not in known:
                        known.add(key)
                        self.reads.append(access)
        if store.mode == "add":
            self.reads.append(store.access)

    def work(self) -> float:
        """Nodes times iterations; a product as one by panels."""
        kept = size_of([n for a, n in enumerate(self.extents) if a not in self.reduced])
        after = {id(n) for s in self.epilogue for n in s.node.walk() if n.kind == "op"}
        return self._summing() + float(kept * len(after))

    @property
    def product(self) -> bool:
        """Whether it sums products of two numbers."""
        return (
            len(self.stores) == 1
            and bool(self.stores[0].reduce)
            and (self.stores[0].node.op == "mul")
        )

    def _summing(self) -> float:
        if self.product:
            return 2.0 * size_of(self.extents) / 16
        nodes = {id(n) for s in self.stores for n in s.node.walk() if n.kind == "op"}
        return float(size_of(self.extents) * (1 + len(nodes)))


class Product(Kernel):
    """C = A·B over batch dims, axes (*batch, M, N, K), by the BLAS or by `panels`.

    A BLAS sums in an order that depends on the sizes that it is given, so it is given the pieces
    of one axis (`pieces`: which, how many), one after the other, and lanes divide that axis or the
    batch.
    """

    kind = "gemm"

    def __init__(
        self,
        extents: Sequence[int],
        a: Access,
        b: Access,
        c: Access,
        value: Value,
        by: str,
        pieces: tuple[int, int] | None = None,
    ) -> None:
        batch = len(extents) - 3
        cut = {pieces[0]: pieces[1]} if pieces is not None and pieces[1] > 1 else {}
        free = [pieces is None or batch + d in cut for d in (0, 1)]
        super().__init__(extents, [*[True] * batch, *free, False], [value])
        self.a, self.b, self.c, self.by, self.pieces = a, b, c, by, cut
        self.reads = [a, b]
        self.writes = [c]

    def work(self) -> float:
        """Multiplications and additions, about 16 times as fast as others."""
        return 2.0 * size_of(self.extents) / 16


class Uniform(Kernel):
    """Random numbers by counter into a contiguous array, axes as the array's shape."""

    kind = "uniform"

    def __init__(self, extents: Sequence[int], state: Access, out: Access, value: Value) -> None:
        super().__init__(extents, [True] * len(extents), [value])
        self.reads, self.writes = [state], [out]

    def work(self) -> float:
        """About eight operations a number."""
        return 8.0 * size_of(self.extents)


class Sort(Kernel):
    """argsort along one axis; all others are parallel."""

    kind = "argsort"

    def __init__(
        self,
        extents: Sequence[int],
        dim: int,
        descending: bool,
        x: Access,
        scratch: Access,
        out: Access,
        value: Value,
    ) -> None:
        super().__init__(extents, [a != dim for a in range(len(extents))], [value])
        self.dim, self.descending = dim, descending
        self.x, self.out, self.scratch = x, out, scratch
        self.reads, self.writes = [x], [out, scratch]

    def work(self) -> float:
        """n log n, about."""
        return 20.0 * size_of(self.extents)


class Rows(Kernel):
    """The rows of a mini-batch, gathered from a table by their numbers; axes (rows,)."""

    kind = "rows"

    def __init__(self, value: Value, number: int, out: Buffer) -> None:
        width = size_of(value.shape[1:])
        super().__init__((value.shape[0],), (True,), [value])
        self.number, self.width, self.out = number, width, out
        self.writes = [Access(out, 0, (width,))]

    def work(self) -> float:
        """One copy an element."""
        return float(self.extents[0] * self.width)
