"""What is computed from a sum right where it ends: bias, activation, mask, update.

A reducing loop holds each of its totals in a register for a moment. A pointwise equation over the
totals' shape that needs one of them, and else only what was there before the loop, is computed at
that moment: the *epilogue* of the loop. A total that nobody else reads is never written at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from denpa.compiler.index import Affine
from denpa.compiler.loops import Access, Loop, Node, Store
from denpa.core.graph import Value
from denpa.core.shape import Shape

if TYPE_CHECKING:
    from denpa.compiler.lower import Lowering

_MOST = 8  # stores of one epilogue


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


def end(lowering: Lowering, v: Value, loop: Loop, store: Store) -> None:
    """`v` is the total of a store: what follows from it may be computed there.

    A product holds many totals at once; what must be written anyway had better be read again by a
    loop of its own (an update by Adam in the product that makes its gradient took twice as long).
    """
    if not lowering.fuse or store.reduce not in ("sum", "amax"):
        return
    if loop.product and not lowering.passing(v):
        return
    ending = lowering.endings.setdefault(id(loop), Ending(loop))
    index = ending.index(v.shape)
    if index is not None:
        held = Node("held", v.dtype, access=store.access, number=store, value=v)
        lowering.know(ending, v, index, held)
        lowering.ending_of[id(v)] = ending


def finish(lowering: Lowering, v: Value) -> bool:
    """Try to compute a pointwise equation in the epilogue of the loop that makes its operand."""
    for x in _sources(lowering, v):
        ending = lowering.ending_of.get(id(x))
        if ending is not None and _fits(lowering, v, ending):
            return True
    return False


def _sources(lowering: Lowering, v: Value) -> Sequence[Value]:
    """What is in memory that `v` is computed from."""
    found: dict[int, Value] = {}
    stack = [v]
    seen: set[int] = set()
    while stack:
        x = stack.pop()
        if id(x) in seen:
            continue
        seen.add(id(x))
        if id(x) in lowering.views and x is not v:
            found[id(x)] = x
        else:
            stack += [y for y in x.inputs or () if isinstance(y, Value)]
    return list(found.values())


def _fits(lowering: Lowering, v: Value, ending: Ending) -> bool:
    index = ending.index(v.shape)
    loop = ending.loop
    if index is None or len(loop.epilogue) >= _MOST:
        return False
    k = lowering.kernels.index(loop)
    try:
        node = lowering.node(v, index, ending)
    except CannotFuse:
        return False
    nodes = list(node.walk())
    if not any(n.kind == "held" for n in nodes):
        return False
    own = {id(s.access.buffer) for s in loop.all_stores}
    for n in nodes:
        if n.access is None or n.kind == "held":
            continue
        buffer = n.access.buffer
        if n.kind == "take" or id(buffer) in own:
            return False
        if any(w >= k for w in lowering.writers.get(id(buffer), ())):
            return False
    like = [_kept(s.access.coefs, index) for s in loop.stores]
    view = lowering.new(v, like, True)
    coefs = [0] * len(loop.extents)
    for stride, affine in zip(view.strides, index, strict=True):
        for a in range(len(coefs)):
            coefs[a] += stride * affine[a + 1]
    store = Store(Access(view.buffer, 0, tuple(coefs)), node)
    loop.finish(store)
    loop.values.append(v)
    lowering.wrote(view.buffer, k)
    lowering.know(ending, v, index, node)
    lowering.ending_of[id(v)] = ending
    return True


def _kept(coefs: Sequence[int], index: tuple[Affine, ...]) -> Affine:
    """A total's strides, by the dims of a value."""
    return tuple(sum(c * i for c, i in zip(coefs, affine[1:], strict=True)) for affine in index)


def drop_unread(lowering: Lowering) -> None:
    """Totals that only the epilogue reads need no place in memory."""
    read = {id(x.buffer) for kernel in lowering.kernels for x in kernel.reads}
    for loop in lowering.kernels:
        if not isinstance(loop, Loop) or not loop.epilogue:
            continue
        for s in loop.stores:
            buffer = s.access.buffer
            if buffer.place == "arena" and id(buffer) not in read:
                s.kept = False
                loop.writes = [x for x in loop.writes if x.buffer is not buffer]
