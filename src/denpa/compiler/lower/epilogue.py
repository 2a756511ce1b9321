"""What is computed from a sum right where it ends: bias, activation, mask, update.

A reducing loop holds each of its totals in a register for a moment. A pointwise equation over the
totals' shape that needs one of them, and else only what was there before the loop, is computed at
that moment: the *epilogue* of the loop. A total that nobody else reads is never written at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from denpa.compiler.lower.index import Affine
from denpa.compiler.lower.kernels import Access, BodyNode, Loop, Store
from denpa.compiler.lower.nodes import CannotFuse, Ending, Nodes
from denpa.core.graph import Value

# Stores of one epilogue. It hardly matters, on one thread of an AMD EPYC (Zen 5) at least
# (`benchmarks.tuned epilogue._MOST`): with 2 and 4 training steps take 0.99 to 1.02 times as long,
# with 16 the code is the same, and without any (0) toy takes 0.90, mlpbn 0.98, table3 1.02, house
# 1.05. But they have a quarter fewer kernels with it, and the small ones half the memory.
_MOST = 8


def end(nodes: Nodes, v: Value, loop: Loop, store: Store) -> None:
    """`v` is the total of a store: what follows from it may be computed there.

    The total is still in its register: a place in memory, a write and a read are saved, often a
    kernel and a barrier. A product holds many totals at once; what must be written anyway had
    better be read again by a loop of its own (an update by Adam in the product that makes its
    gradient took twice as long).
    """
    if not nodes.fuse or store.reduce not in ("sum", "amax"):
        return
    if loop.product and not nodes.passing(v):
        return
    ending = nodes.endings.setdefault(id(loop), Ending(loop))
    index = ending.index(v.shape)
    if index is not None:
        held = BodyNode("held", v.dtype, access=store.access, number=store, value=v)
        nodes.know(ending, v, index, held)
        nodes.ending_of[id(v)] = ending


def finish(nodes: Nodes, v: Value) -> bool:
    """Try to compute a pointwise equation in the epilogue of the loop that makes its operand."""
    for x in _sources(nodes, v):
        ending = nodes.ending_of.get(id(x))
        if ending is not None and _fits(nodes, v, ending):
            return True
    return False


def _sources(nodes: Nodes, v: Value) -> Sequence[Value]:
    """What is in memory that `v` is computed from."""
    found: dict[int, Value] = {}
    stack = [v]
    seen: set[int] = set()
    while stack:
        x = stack.pop()
        if id(x) in seen:
            continue
        seen.add(id(x))
        if id(x) in nodes.views and x is not v:
            found[id(x)] = x
        else:
            stack += [y for y in x.inputs or () if isinstance(y, Value)]
    return list(found.values())


def _fits(nodes: Nodes, v: Value, ending: Ending) -> bool:
    index = ending.index(v.shape)
    loop = ending.loop
    if index is None or len(loop.epilogue) >= _MOST:
        return False
    k = nodes.kernels.index(loop)
    try:
        node = nodes.node(v, index, ending)
    except CannotFuse:
        return False
    inside = list(node.walk())
    if not any(n.kind == "held" for n in inside):  # it needs no total: nothing would be saved
        return False
    own = {id(s.access.buffer) for s in loop.all_stores}
    for n in inside:
        if n.access is None or n.kind == "held":
            continue
        buffer = n.access.buffer
        if n.kind == "take" or id(buffer) in own:  # other elements than those at hand
            return False
        if any(w >= k for w in nodes.writers.get(id(buffer), ())):
            return False
    like = [_kept(s.access.coefs, index) for s in loop.stores]
    view = nodes.new(v, like, True)
    coefs = [0] * len(loop.extents)
    for stride, affine in zip(view.strides, index, strict=True):
        for a in range(len(coefs)):
            coefs[a] += stride * affine[a + 1]
    store = Store(Access(view.buffer, 0, tuple(coefs)), node)
    loop.finish(store)
    loop.values.append(v)
    nodes.wrote(view.buffer, k)
    nodes.know(ending, v, index, node)
    nodes.ending_of[id(v)] = ending
    return True


def _kept(coefs: Sequence[int], index: tuple[Affine, ...]) -> Affine:
    """A total's strides, by the dims of a value."""
    return tuple(sum(c * i for c, i in zip(coefs, affine[1:], strict=True)) for affine in index)


def drop_unread(nodes: Nodes) -> None:
    """Totals that only the epilogue reads need no place in memory."""
    read = {id(x.buffer) for kernel in nodes.kernels for x in kernel.reads}
    for loop in nodes.kernels:
        if not isinstance(loop, Loop) or not loop.epilogue:
            continue
        for s in loop.stores:
            buffer = s.access.buffer
            if buffer.place == "arena" and id(buffer) not in read:
                s.kept = False
                loop.writes = [x for x in loop.writes if x.buffer is not buffer]
