"""How a value becomes a node of a loop: at hand in a register, read from memory, or computed.

Views (permute, slice, …) never move anything: they change strides. A pointwise equation that has no
place in memory is computed in every loop that needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from denpa.compiler.lower.index import (
    VIEWS,
    Affine,
    broadcast_index,
    identity,
    memory_order,
    moved_index,
    place_at,
    row_major,
)
from denpa.compiler.lower.kernels import (
    LINE,
    Access,
    BodyNode,
    Buffer,
    Kernel,
    Loop,
    Store,
    View,
    contiguous,
    reshaped,
)
from denpa.core.dtype import DType, bool_
from denpa.core.graph import Graph, Value
from denpa.core.shape import Shape, size_of

# Nodes from which a loop takes no more stores. With 0 loops are never joined: a step with batch
# norm (mlpbn) takes 1.05 times as long, 60 results of one array 1.36; with 75 they take 1.00, with
# 300 0.91 to 0.98, with 600 3.0 (out of registers); `benchmarks.tuned _FULL`, one thread of an AMD
# EPYC (Zen 5).
_FULL = 150


class CannotFuse(Exception):
    """A value cannot be computed in this loop."""


class Ending:
    """The place after a loop's sums, as a loop of its own to those who ask for nodes."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.extents = loop.extents
        self.shape = loop.shape
        self.stores: list[Store] = []

    def index(self, shape: Shape) -> tuple[Affine, ...] | None:
        """The place of a total in an array of that shape, if the totals are that many."""
        axes = [a for a, n in enumerate(self.extents) if a not in self.loop.reduced and n != 1]
        if [n for n in shape if n != 1] != [self.extents[a] for a in axes]:
            return None
        width = len(self.extents)
        found: list[Affine] = []
        for n in shape:
            a = axes.pop(0) if n != 1 else None
            found.append((0, *(1 if k == a else 0 for k in range(width))))
        return tuple(found)


def _dtypes(v: Value) -> list[DType]:
    """The dtype in which each operand of a pointwise op that is a Python number enters."""
    arrays = [x.dtype for x in v.inputs if isinstance(x, Value)]
    if v.op is not None and v.op.name == "where":
        return [bool_, v.dtype, v.dtype]
    return [arrays[0] if arrays else v.dtype] * len(v.inputs)


class Nodes:
    """The kernels so far, where every value lies, and the nodes that stand for it in a loop."""

    def __init__(self, graph: Graph, *, blas: str, fuse: bool) -> None:
        self.graph, self.blas, self.fuse = graph, blas, fuse
        self.kernels: list[Kernel] = []
        self.views: dict[int, View] = {}
        self.writers: dict[int, list[int]] = {}  # id of buffer -> places in the list
        self.constants: list[np.ndarray] = []
        self.endings: dict[int, Ending] = {}  # by loop
        self.ending_of: dict[int, Ending] = {}  # by value
        self.same: dict[Any, list[int]] = {}  # kernels by domain
        self._users: dict[int, list[Value]] = {}
        # Values that a loop has in registers: by loop and value the index and the node.
        self._local: dict[int, dict[int, tuple[tuple[Affine, ...], BodyNode]]] = {}
        self._memo: dict[int, dict[tuple[int, tuple[Affine, ...]], BodyNode]] = {}
        self._copies: dict[int, View] = {}
        self._held: list[Any] = []  # keeps alive what is known by id
        for v in graph.equations:
            for x in dict.fromkeys(x for x in v.inputs if isinstance(x, Value)):
                self._users.setdefault(id(x), []).append(v)
        self._is_output = {id(v) for v in graph.outputs}

    def _uses(self, v: Value) -> list[tuple[Value, Value]]:
        """(user, value as it reads it), through views."""
        found = []
        stack = [v]
        while stack:
            x = stack.pop()
            for u in self._users.get(id(x), ()):
                if u.op is not None and u.op.name in VIEWS and not self._blocks(u):
                    stack.append(u)
                    if id(u) in self._is_output:
                        found.append((u, x))
                else:
                    found.append((u, x))
        return found

    def passing(self, v: Value) -> bool:
        """Whether one equation reads `v`, and nobody outside."""
        return id(v) not in self._is_output and len(self._uses(v)) == 1

    def _blocks(self, u: Value) -> bool:
        """Whether a view needs its operand in memory: a reshape that is not a matter of ones."""
        assert u.op is not None
        if u.op.name != "reshape":
            return False
        x = u.inputs[0]
        return [n for n in x.shape if n != 1] != [n for n in u.shape if n != 1]

    def know(
        self, loop: Loop | Ending, v: Value, index: tuple[Affine, ...], node: BodyNode
    ) -> None:
        """Element `index` of `v` is at hand in a loop."""
        self._local.setdefault(id(loop), {})[id(v)] = index, node

    def store(self, loop: Loop, store: Store, v: Value) -> None:
        """Let `loop` write `v`."""
        loop.add(store)
        if v not in loop.values:
            loop.values.append(v)
        self.wrote(store.access.buffer, self.kernels.index(loop))

    def merge(
        self,
        v: Value,
        node: BodyNode,
        shape: Shape,
        reduced: Shape,
        into: Callable[[Value, Loop], None],
    ) -> int | None:
        """Try to compute `v` in a loop that is there; its place in the list, or None.

        It pays where both read the same large array, or one what the other writes: memory is gone
        through once. Loops that share nothing would only take each other's registers.
        """
        places = self.same.get((shape, reduced))
        if not places or not self.fuse or 0 in shape:
            return None
        loads = {id(n.access.buffer) for n in node.walk() if n.access is not None}
        big = {
            id(n.access.buffer)
            for n in node.walk()
            if n.access is not None and n.access.buffer.size >= size_of(shape)
        }
        first = max((w for b in loads for w in self.writers.get(b, ())), default=-1)
        for k in places:
            if k < first:
                continue
            loop = self.kernels[k]
            assert isinstance(loop, Loop)
            if loop.size > _FULL:
                continue
            related = big & {id(a.buffer) for a in (*loop.reads, *loop.writes)}
            if not related and size_of(shape) > 1:
                continue
            if k == first and reduced:
                continue
            try:
                into(v, loop)
            except CannotFuse:
                continue
            return k
        return None

    def append(self, kernel: Kernel) -> None:
        """Another kernel, after all that are there."""
        self.kernels.append(kernel)
        for access in kernel.writes:
            self.wrote(access.buffer, len(self.kernels) - 1)

    def wrote(self, buffer: Buffer, k: int) -> None:
        """Kernel `k` writes `buffer`."""
        places = self.writers.setdefault(id(buffer), [])
        self._held.append(buffer)
        if k not in places:
            places.append(k)

    def new(self, v: Value, like: Sequence[Affine] = (), pad: bool = False) -> View:
        """A place for `v` in memory, its dims in the order that its loop reads memory in. With
        `pad` every row begins at a cache line, so that lanes may divide the columns."""
        order = list(range(len(v.shape)))
        free = id(v) not in self._is_output
        if free and like and size_of(v.shape) > 1:
            order = self._wanted(v) or memory_order(v.shape, like)
        sizes = [v.shape[d] for d in order]
        line = LINE // v.dtype.itemsize
        if pad and free and self.fuse and len(sizes) > 1 and sizes[-1] > line:
            sizes[-1] = -(-sizes[-1] // line) * line
        buffer = Buffer(size_of(sizes), v.dtype, value=v)
        inner = contiguous(sizes)
        strides = [0] * len(order)
        for d, s in zip(order, inner, strict=True):
            strides[d] = s
        view = View(buffer, 0, v.shape, tuple(strides))
        self.views[id(v)] = view
        self._held.append(v)
        return view

    def _wanted(self, v: Value) -> list[int] | None:
        """The order of dims in which a reshape will need `v`, if one does: a copy is saved."""
        for u, x in self._uses(v):
            assert u.op is not None
            if u.op.name == "reshape" and self._blocks(u):
                if x is v:
                    return list(range(len(v.shape)))
                assert x.op is not None
                if x.op.name == "permute" and x.inputs[0] is v:
                    return list(x.params["dims"])
        return None

    # -- reading a value at a place --------------------------------------------------------------

    def node(
        self, v: Any, index: tuple[Affine, ...], loop: Loop | Ending, dtype: Any = None
    ) -> BodyNode:
        """The node of element `index` of `v` in a loop."""
        if not isinstance(v, Value):
            return BodyNode("const", dtype, number=v)
        local = self._local.get(id(loop), {})
        if id(v) in local:
            here, node = local[id(v)]
            if index != here:
                raise CannotFuse
            return node
        memo = self._memo.setdefault(id(loop), {})
        self._held.append(loop)
        found = memo.get((id(v), index))
        if found is None:
            found = memo[id(v), index] = self._node(v, index, loop)
            self._held.append(v)
        return found

    def _node(self, v: Value, index: tuple[Affine, ...], loop: Loop | Ending) -> BodyNode:
        if v.array is not None and v.op is None and id(v) not in self.views:
            if v.array.size == 1:
                return BodyNode("const", v.dtype, number=v.array.reshape(()).item(), value=v)
            self.constant(v)
        view = self.views.get(id(v))
        if view is not None:
            own = {id(s.access.buffer) for s in loop.stores}
            if id(view.buffer) in own:
                raise CannotFuse
            return BodyNode(
                "load", v.dtype, access=place_at(view, index, len(loop.extents)), value=v
            )
        assert v.op is not None
        name = v.op.name
        if name == "gather":
            return self._take(v, index, loop)
        if name not in VIEWS:
            args = tuple(
                self.node(x, broadcast_index(x, v.shape, index), loop, dtype)
                for x, dtype in zip(v.inputs, _dtypes(v), strict=True)
            )
            return BodyNode("op", v.dtype, args, name, dict(v.params), value=v)
        view = self.view_of(v)
        if view is not None and self._blocks(v):
            self.views[id(v)] = view
            return self._node(v, index, loop)
        moved = moved_index(v, index)
        if moved is None:  # a reshape of what is not in memory in that order
            view = reshaped(self.copy(v.inputs[0]), v.shape)
            assert view is not None
            self.views[id(v)] = view
            return self._node(v, index, loop)
        return self.node(v.inputs[0], moved, loop)

    def _take(self, v: Value, index: tuple[Affine, ...], loop: Loop | Ending) -> BodyNode:
        x, *positions = v.inputs
        view = self.view_of(x) or self.copy(x)
        if any(s.access.buffer is view.buffer for s in loop.stores):
            raise CannotFuse  # it reads anywhere: all of it must be there first
        lead = len(v.shape) - (len(x.shape) - len(positions))
        access = place_at(
            View(view.buffer, view.offset, v.shape[lead:], view.strides[len(positions) :]),
            index[lead:],
            len(loop.extents),
        )
        picked = v.shape[:lead]
        args = tuple(
            self.node(i, broadcast_index(i, picked, index[:lead]), loop) for i in positions
        )
        params = {
            "strides": view.strides[: len(positions)],
            "sizes": x.shape[: len(positions)],
        }
        return BodyNode("take", v.dtype, args, "gather", params, access, value=v)

    def constant(self, v: Value) -> View:
        """A constant array in memory."""
        assert v.array is not None
        buffer = Buffer(v.array.size, v.dtype, "constant", len(self.constants), v)
        self.constants.append(np.ascontiguousarray(v.array))
        view = View(buffer, 0, v.shape, contiguous(v.shape))
        self.views[id(v)] = view
        self._held.append(v)
        return view

    def view_of(self, v: Value) -> View | None:
        """`v` as strides on memory, if it can be had without computing."""
        chain: list[Value] = []
        while id(v) not in self.views:
            if v.op is None:
                self.constant(v)
                break
            if v.op.name not in VIEWS:
                return None
            chain.append(v)
            v = v.inputs[0]
        view: View | None = self.views[id(v)]
        for u in reversed(chain):
            assert view is not None
            assert u.op is not None
            if u.op.name == "reshape":
                view = reshaped(view, u.shape)
                if view is None:
                    return None
            else:
                moved = moved_index(u, identity(len(u.shape)))
                assert moved is not None
                access = place_at(view, moved, len(u.shape))
                view = View(view.buffer, access.const, u.shape, access.coefs)
        return view

    def copy(self, v: Value) -> View:
        """`v` in memory, row-major: a loop that only moves elements."""
        known = self._copies.get(id(v)) or self.view_of(v)
        loop = Loop(v.shape, (), [v], v.shape)
        if known is None:
            node = self.node(v, identity(len(v.shape)), loop)
            known = self.views.get(id(v))  # a reshape whose operand had to be copied: that is it
        if known is not None:
            if row_major(known):
                return known
            access = place_at(known, identity(len(v.shape)), len(v.shape))
            node = BodyNode("load", v.dtype, access=access, value=v)
        self.kernels.append(loop)
        buffer = Buffer(size_of(v.shape), v.dtype, value=v)
        self._copies[id(v)] = view = View(buffer, 0, v.shape, contiguous(v.shape))
        self._held.append(v)
        self.store(loop, Store(Access(buffer, 0, view.strides), node), v)
        return view
