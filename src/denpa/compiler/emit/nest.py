"""The native code of `Loop` kernels: which axis becomes the vector, in which order the loops stand,
what is computed once outside an inner loop, and sums in registers.

What decides the order of a sum (whether a vector runs along it, how many partial sums there are)
depends on extents and strides alone, never on threads, lanes or the axis that lanes divide: the
same bits for any division of the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from denpa.compiler.emit.code import Arguments, Code
from denpa.compiler.lower.kernels import Access, BodyNode, Loop, Store
from denpa.ops.sums import FAN, block


@dataclass
class MergedAxis:
    """One loop: several axes of the kernel that run through memory as one."""

    members: list[int]
    extent: int
    parallel: bool
    split: bool = False
    scale: int = 1  # how much of it belongs to one step of the split axis


def merged(loop: Loop, divided: int | None) -> list[MergedAxis]:
    """The kernel's axes, neighbours joined where every access lets them be one; the axis that lanes
    divide is joined to none before it."""
    accesses = _accesses(loop.all_stores)
    argmax = any(s.reduce == "argmax" for s in loop.stores)
    axes: list[MergedAxis] = []
    for a, n in enumerate(loop.extents):
        split = a == divided
        if n == 1 and not split:
            continue
        last = axes[-1] if axes else None
        if (
            last is not None
            and not split
            and last.parallel == loop.parallel[a]
            and (loop.parallel[a] or not argmax)
            and all(x.coefs[last.members[-1]] == x.coefs[a] * n for x in accesses)
        ):
            last.members.append(a)
            last.extent *= n
            if last.split:
                last.scale *= n
        else:
            axes.append(MergedAxis([a], n, loop.parallel[a], split))
    return axes


def _accesses(stores: Sequence[Store]) -> list[Access]:
    found = [s.access for s in stores]
    for s in stores:
        for root in (s.node, *s.index):
            found += [n.access for n in root.walk() if n.access is not None]
    return found


class Nest:
    """The loops of one `Loop`, decided; `width`: float32 lanes of a vector register."""

    def __init__(self, loop: Loop, width: int) -> None:
        self.loop = loop
        self.code = Code()
        self.args = Arguments(self.code)
        self.axes = merged(loop, loop.split)
        self.modes = {s.mode for s in loop.stores}
        self.reducing = any(s.reduce and s.mode == "set" for s in loop.stores)
        self.scan = "scan" in self.modes
        self.full = width
        self.vector: int | None = None  # place of the vector axis in self.order
        self.tile: int | None = None  # place of the axis of which several steps are taken at once
        self.order = self._order()
        self.unroll, self.rows = self._unrolling()
        self.blocks = self._tree()
        self.index: list[list[str]] = [[] for _ in self.order]
        self.width = 1  # of the vector axis now
        self.copies = (1, 1)  # steps of the tile axis and of the vector axis taken at once now
        self.scopes: list[dict[object, str]] = [{}]
        self.depth = self._depths()
        self.sums: dict[tuple[int, str], str] = {}
        self.held: dict[tuple[int, tuple[int, int]], str] = {}  # totals, by store and copy

    def _coef(self, access: Access, place: int) -> int:
        return access.coefs[self.axes[self.order[place]].members[-1]]

    def _best(self, axes: Sequence[MergedAxis]) -> int | None:
        """Along which of these axes a vector runs best, if along any."""
        accesses = _accesses(self.loop.stores)
        stores = {id(s.access) for s in self.loop.stores}
        scattered = any(s.index for s in self.loop.stores)
        no_vector = self.scan or scattered or any(s.reduce == "argmax" for s in self.loop.stores)
        best, score = None, -9.0
        for k, axis in enumerate(axes):
            if (not axis.parallel and no_vector) or axis.extent < 2:
                continue
            points = 0.0
            for x in accesses:
                c = x.coefs[axis.members[-1]]
                weight = 2.0 if id(x) in stores and axis.parallel else 1.0
                points += weight * (2 if c == 1 else 1 if c == 0 else -1)
            still = any(s.access.coefs[axis.members[-1]] == 0 for s in self.loop.stores)
            if not axis.parallel and "add" in self.modes and still:
                continue
            points -= 0 if axis.extent >= self.full else 2 if axis.extent >= 4 else 8
            if points >= score:
                best, score = k, points
        return best

    def _chosen(self) -> int | None:
        """The place in self.axes of the vector axis. Whether it is one that is summed over, and
        which, is what the undivided loop says: dividing an axis may part it from its neighbour."""
        whole = merged(self.loop, None)
        best = self._best(whole)
        if best is not None and not whole[best].parallel:
            return [axis.members for axis in self.axes].index(whole[best].members)
        places = [k for k, axis in enumerate(self.axes) if axis.parallel]
        best = self._best([self.axes[k] for k in places])
        return None if best is None else places[best]

    def _order(self) -> list[int]:
        """Places in self.axes, outermost first; sets self.vector."""
        loads = _accesses(self.loop.stores)
        best = self._chosen()

        def stride(k: int, accesses: Sequence[Access]) -> int:
            return max((abs(x.coefs[self.axes[k].members[-1]]) for x in accesses), default=0)

        outputs = [s.access for s in self.loop.stores]
        rest = [k for k in range(len(self.axes)) if k != best]
        parallel = [k for k in rest if self.axes[k].parallel]
        if self.modes == {"set"}:
            parallel.sort(key=lambda k: -stride(k, outputs))
        folded = [k for k in rest if not self.axes[k].parallel]
        if self.reducing:
            folded.sort(key=lambda k: -stride(k, loads))
        if best is None:
            return parallel + folded
        if self.axes[best].parallel and (self.reducing or self.scan):
            order = [*parallel, best, *folded]
            self.vector = len(parallel)
        else:
            order = [*parallel, *folded, best]
            self.vector = len(order) - 1
        return order

    def _unrolling(self) -> tuple[int, int]:
        if self.vector is None or not self.reducing:
            return 1, 1
        axis = self.axes[self.order[self.vector]]
        steps = axis.extent // self.full
        sums = len(self.loop.stores)
        if not axis.parallel:
            return (4 if steps >= 4 and sums == 1 else 2 if steps >= 2 else 1), 1
        unroll = 4 if steps >= 4 else 2 if steps >= 2 else 1
        product = sums == 1 and self.loop.stores[0].node.op == "mul"
        if product and self.vector > 0 and self.axes[self.order[self.vector - 1]].extent >= 4:
            self.tile = self.vector - 1
            return min(unroll, 2), 4
        while unroll * sums > 8:
            unroll //= 2
        return max(unroll, 1), 1

    def _tree(self) -> dict[tuple[int, int, int], tuple[int, ...]]:
        """The loops that run in blocks, so that no more than `FAN` numbers are added one after the
        other: by place and version, how many steps make a block, blocks a block of blocks, …, the
        largest first. A block's total is a number among those that the loops around it add."""
        sums = any(s.reduce == "sum" and s.node.dtype.kind == "f" for s in self.loop.stores)
        found: dict[tuple[int, int, int], tuple[int, ...]] = {}
        if not sums or not (self.reducing or self.scan):
            return found
        terms = 1  # that one step adds
        for place in reversed(range(len(self.order))):
            axis = self.axes[self.order[place]]
            if axis.parallel:
                continue
            (width, many), *others = self.versions(place)
            steps, left = divmod(axis.extent, width * many)
            sizes: list[int] = []
            while steps * terms > FAN:
                sizes.insert(0, block(steps, max(1, FAN // terms)))
                steps, terms = -(-steps // sizes[0]), 1
            if sizes:
                found[place, width, many] = tuple(sizes)
            terms *= steps
            for w, m in others:  # they add what is left where the wider ones do
                terms += left // (w * m)
                left %= w * m
        return found

    def versions(self, place: int) -> list[tuple[int, int]]:
        """(lanes, steps at once) of a loop, from the widest to what takes the rest."""
        extent = self.axes[self.order[place]].extent
        found: list[tuple[int, int]] = []
        if place == self.vector:
            if self.unroll > 1:
                found.append((self.full, self.unroll))
            found.append((self.full, 1))
            if self.full > 4:
                found.append((4, 1))
            found = [v for v in found if v[0] * v[1] <= extent]
        elif place == self.tile:
            found.append((1, self.rows))
        return [*found, (1, 1)]

    def _depths(self) -> dict[int, int]:
        """How many loops around it a node depends on."""
        depth: dict[int, int] = {}
        for s in self.loop.all_stores:
            for root in (s.node, *s.index):
                for node in root.walk():
                    own = max((depth[id(a)] for a in node.args), default=0)
                    if node.access is not None:
                        for place in range(len(self.order)):
                            if self._coef(node.access, place):
                                own = max(own, place + 1)
                    depth[id(node)] = own
        return depth

    def _on(self, node: BodyNode, place: int | None) -> bool:
        """Whether a node changes along the loop at `place`."""
        if place is None:
            return False
        key = ("on", id(node), place)
        found = self.scopes[0].get(key)
        if found is None:
            yes = any(
                n.access is not None and self._coef(n.access, place) != 0 for n in node.walk()
            )
            found = self.scopes[0][key] = "1" if yes else ""
        return bool(found)
