"""From equations to kernels: what is computed where it is used, and what gets a place in memory.

An equation of a pointwise op is *inlined*: its number is computed in the loop that needs it. It is
*stored* when it is an output, when a product or a sort must read it as an array, when several
kernels need it and it is dear, or when it would be computed again and again along a dimension that
is repeated. Views (permute, slice, …) never move anything: they change strides.
"""

from __future__ import annotations

from collections.abc import Sequence

from denpa.compiler.lower.epilogue import drop_unread, finish
from denpa.compiler.lower.index import (
    VIEWS,
    identity,
    row_major,
)
from denpa.compiler.lower.kernels import (
    Access,
    Buffer,
    Loop,
    Rows,
    Store,
    View,
    contiguous,
)
from denpa.compiler.lower.nodes import Nodes
from denpa.compiler.lower.ops import LOWER, assemble
from denpa.compiler.passes.spread import assembled
from denpa.core.graph import Graph, Value
from denpa.core.shape import size_of

# Measured by `python -m benchmarks.tuned NAME` on one thread of an AMD EPYC (Zen 5): times as a
# multiple of that with the value here.
# An inlined value of this weight may be computed twice. With 6, two sums of one of weight 5: 1.06
# (256×256), 1.13 (2000×2000); with 1, of one of weight 3: 0.90, but a training step with batch norm
# (mlpbn): 0.98, of a 1-d convolution (signal): 1.02.
_CHEAP = 3
# Nodes of one inlined expression. With 0 nothing is inlined: a training step takes 1.38, 60
# operations in a row 7.9. With 40 a step with batch norm: 1.02, 60 operations: 1.02, but 150 that
# wait for each other: 0.69; with 160: 0.99.
_LARGEST = 80


DEAR = frozenset({
    "div", "pow", "sqrt", "exp", "log", "log1p", "expm1", "sin", "cos", "tanh", "sigmoid", "erf",
    "softplus", "remainder", "floor_divide",
})  # fmt: skip
"""Ops that are not computed twice if a place in memory avoids it."""


class Lowering(Nodes):
    """The kernels of a graph, in an order that respects who reads what."""

    def __init__(self, graph: Graph, batch: Sequence[int] = (), *, blas: str, fuse: bool) -> None:
        super().__init__(graph, blas=blas, fuse=fuse)
        self.outputs: list[Buffer] = []
        self._weight: dict[int, int] = {}
        self._sums, self._inside = assembled(graph) if fuse else ({}, set())
        for number, v in enumerate(graph.inputs):
            buffer = Buffer(size_of(v.shape), v.dtype, "input", number, v)
            if number in batch:
                buffer.place = "batch"
            self.views[id(v)] = View(buffer, 0, v.shape, contiguous(v.shape))
        for number in batch:
            kernel = Rows(graph.inputs[number], number, self.views[id(graph.inputs[number])].buffer)
            self.append(kernel)
        for v in graph.equations:
            self._equation(v)
        for number, v in enumerate(graph.outputs):
            self._output(number, v)
        drop_unread(self)

    # -- one equation ----------------------------------------------------------------------------

    def _equation(self, v: Value) -> None:
        assert v.op is not None
        name = v.op.name
        if id(v) in self._inside:
            return
        if id(v) in self._sums:
            assemble(self, v, self._sums[id(v)])
            return
        if name in VIEWS:
            x = v.inputs[0]
            self._weight[id(v)] = 0 if id(x) in self.views else self._weight.get(id(x), 0)
            return
        if name in LOWER:
            LOWER[name](self, v)
        elif self._stored(v):
            self._store_point(v)

    def _stored(self, v: Value) -> bool:
        assert v.op is not None
        weight = 1 + (8 if v.op.name in DEAR else 0)
        for x in v.inputs:
            if isinstance(x, Value) and id(x) not in self.views:
                weight += self._weight.get(id(x), 0)
        self._weight[id(v)] = weight
        size = size_of(v.shape)
        if id(v) in self._is_output or not self.fuse or weight > _LARGEST:
            return True
        uses = self._uses(v)
        # Read in an order that is not that of its own loop, or many times over: each element would
        # be computed wherever it is read.
        for u, x in uses:
            assert u.op is not None
            name = u.op.name
            if name in ("matmul", "argsort", "uniform", "reshape"):
                return True
            if name == "gather" and x is u.inputs[0]:
                return True
        if size == 1:  # computed before the loop that needs it: a place would be one kernel more
            return False
        if len(uses) > 1 and weight > _CHEAP:  # a write and a read cost less than this once more
            return True
        # Read by a larger loop: it would be computed once for every repetition.
        return weight > 1 and any(self._domain(u) > size for u, _ in uses)

    @staticmethod
    def _domain(u: Value) -> int:
        """How often the loop of `u` runs."""
        assert u.op is not None
        if u.op.name in ("sum", "amax", "argmax", "fold", "scatter_add", "cumsum"):
            return size_of(u.inputs[0].shape)
        if u.op.name in ("cat", "pad"):
            return 0
        return size_of(u.shape)

    def _store_point(self, v: Value) -> None:
        """A pointwise equation where its operand is summed, in an old loop of the same domain, or
        in a new one: the first two find what they need in a register, the last reads memory."""
        if finish(self, v):
            return
        probe = Loop(v.shape, (), [], v.shape)
        node = self.node(v, identity(len(v.shape)), probe)  # copies that it needs come before it
        k = self.merge(v, node, v.shape, (), self._into_point)
        if k is None:
            loop = Loop(v.shape, (), [v], v.shape)
            self.append(loop)
            self._into_point(v, loop)
            self.same.setdefault((v.shape, ()), []).append(len(self.kernels) - 1)

    def _into_point(self, v: Value, loop: Loop) -> None:
        node = self.node(v, identity(len(v.shape)), loop)
        view = self.new(v, [n.access.coefs for n in node.walk() if n.access is not None], True)
        self.know(loop, v, identity(len(v.shape)), node)
        self.store(loop, Store(Access(view.buffer, 0, view.strides), node), v)

    # -- outputs ---------------------------------------------------------------------------------

    def _output(self, number: int, v: Value) -> None:
        """Give output `number` its array: the value's own, which saves a copy, or a copy where that
        is taken."""
        view = self.views.get(id(v))
        if (
            view is not None
            and view.buffer.place == "arena"
            and view.buffer.value is v
            and row_major(view)
        ):
            view.buffer.place, view.buffer.number = "output", number
            self.outputs.append(view.buffer)
            return
        loop = Loop(v.shape, (), [v], v.shape)
        node = self.node(v, identity(len(v.shape)), loop)
        buffer = Buffer(size_of(v.shape), v.dtype, "output", number, v)
        self.kernels.append(loop)
        self.store(loop, Store(Access(buffer, 0, contiguous(v.shape)), node), v)
        self.outputs.append(buffer)
