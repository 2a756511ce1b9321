"""Which axis of each kernel the lanes divide: what costs least, counted in what lanes compute and
in bytes that cross from one processor to another.

A lane that reads what another one wrote has to fetch it from the other processor's cache; that,
not the barrier between (some 60 ns), is what a change of owners costs. The choice for one kernel
depends on the choices for those that it exchanges numbers with, so all are improved in turn, from
several beginnings, until none can be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from denpa.compiler.lower.kernels import LINE, Access, Kernel, Product
from denpa.compiler.schedule.owners import ALONE, Owner, divided, owned
from denpa.core.shape import size_of

Axis = int | None  # None: one lane computes all

# In units of a multiplication and addition of 8 float32 (0.2 ns), as `Kernel.work` counts. What
# other values change of the code of two, mlp, mlpbn and signal for two lanes of an AMD EPYC (Zen 5)
# is said beside each (`benchmarks.tuned division`); what does change took 0.9 to 1.1 times as long,
# which is no more than a value compiled twice differs there from itself, since others used the two
# cores as well (load 10): not measured on quiet ones.
# A byte from another processor's cache, at some 15 GB/s. 0.17: mlp, mlpbn; 0.7: two, signal.
_BYTE = 0.35
# A share of a barrier, wherever owners differ. 75 to 600: the same code; 1,200: all but two.
_CHANGE = 300.0
# Two lanes' shares side by side in memory, where processors read ahead. 75: two, signal; 300: mlp,
# mlpbn.
_BORDER = 150.0
# An element of a product's panels, which a lane copies for itself. 0.25 and 0.5: the same code; 2:
# signal; 4: two, signal.
_PACK = 1.0
# Work below which a kernel may stay on one lane. 1,024: all; 2,048: signal; 8,192 and 16,384: the
# same code.
_SMALL = 4096
# A bound, in case that choices go round: the code of two, mlp, mlpbn and signal is the same with 1,
# 2, 4 and 16 (`benchmarks.tuned _SWEEPS`).
_SWEEPS = 8


@dataclass(frozen=True)
class _Pair:
    """Kernel `late` touches what kernel `early` has written."""

    early: int
    wrote: Access
    late: int
    touches: Access
    bytes: float


class Division:
    """The axes of all kernels; `options` are those that each may be divided along."""

    def __init__(self, kernels: Sequence[Kernel], lanes: int) -> None:
        self.kernels, self.lanes = kernels, lanes
        self.options = [self._options(k) for k in kernels]
        self._owners: dict[tuple[int, int, Axis], Owner] = {}
        self._pairs: list[list[_Pair]] = [[] for _ in kernels]
        for p in _exchanges(kernels):
            self._pairs[p.early].append(p)
            if p.late != p.early:
                self._pairs[p.late].append(p)
        self.axes = self._best()

    def _options(self, kernel: Kernel) -> list[Axis]:
        if self.lanes == 1:
            return [None]
        axes: list[Axis] = [a for a, n in enumerate(kernel.extents) if kernel.parallel[a] and n > 1]
        good = [a for a in axes if a is not None and apart(kernel, a, self.lanes)]
        found: list[Axis] = [*good] if good else axes
        if not axes or kernel.work() < _SMALL:
            found.append(None)
        return found

    # -- what a choice costs ---------------------------------------------------------------------

    def _own(self, k: int, axis: Axis) -> float:
        """The longest lane's work."""
        kernel = self.kernels[k]
        if axis is None:
            return kernel.work()
        n = kernel.extents[axis]
        part = max(b - a for a, b in divided(kernel, axis, self.lanes)) / n
        cost = kernel.work() * part
        for x in kernel.writes:
            cost += _BORDER * (self.lanes - 1) * _borders(kernel, x, axis)
        if isinstance(kernel, Product):
            rows, columns, depth = kernel.extents[-3:]
            across = part if axis == len(kernel.extents) - 2 else 1.0
            down = part if axis == len(kernel.extents) - 3 else 1.0
            copied = kernel.a.coefs[-1] != 1
            cost += _PACK * depth * (columns * across + (rows * down if copied else 0.0))
        return cost

    def _owner(self, k: int, x: Access, axis: Axis) -> Owner:
        key = (k, id(x), axis)
        if key not in self._owners:
            self._owners[key] = owned(self.kernels[k], x, axis, self.lanes)
        return self._owners[key]

    def _crossing(self, p: _Pair, axes: Sequence[Axis]) -> float:
        """What a pair costs if its kernels are divided along these axes."""
        wrote = self._owner(p.early, p.wrote, axes[p.early])
        touches = self._owner(p.late, p.touches, axes[p.late])
        if wrote == touches and wrote is not None:
            return 0.0
        axis = axes[p.late]
        whole = axis is None or p.touches.coefs[axis] == 0  # of what is read, each lane reads all
        each = p.bytes if whole else p.bytes / self.lanes
        strange = 1.0 if wrote == ALONE else 1.0 - 1.0 / self.lanes
        return _BYTE * each * strange + _CHANGE

    def _cost(self, k: int, axes: Sequence[Axis], known: Callable[[int], bool]) -> float:
        pairs = (p for p in self._pairs[k] if known(p.early) and known(p.late))
        return self._own(k, axes[k]) + sum(self._crossing(p, axes) for p in pairs)

    def total(self, axes: Sequence[Axis]) -> float:
        """The cost of all choices together."""
        each = sum(self._own(k, a) for k, a in enumerate(axes))
        return each + sum(
            self._crossing(p, axes) for k, ps in enumerate(self._pairs) for p in ps if p.early == k
        )

    # -- the choice ------------------------------------------------------------------------------

    def _best(self) -> list[Axis]:
        starts = [
            self._forward(),
            [o[0] for o in self.options],
            [next((a for a in reversed(o) if a is not None), None) for o in self.options],
        ]
        return min((self._improved(axes) for axes in starts), key=self.total)

    def _forward(self) -> list[Axis]:
        """Each kernel by those before it."""
        axes = [o[0] for o in self.options]
        for k in range(len(axes)):
            self._choose(k, axes, lambda j, k=k: j <= k)  # type: ignore[misc]
        return axes

    def _improved(self, axes: list[Axis]) -> list[Axis]:
        """Kernels in turn, there and back, until none changes."""
        order = [k for k, o in enumerate(self.options) if len(o) > 1]
        for _ in range(_SWEEPS):
            before = list(axes)
            for k in order:
                self._choose(k, axes, lambda j: True)
            order.reverse()
            if axes == before:
                break
        return axes

    def _choose(self, k: int, axes: list[Axis], known: Callable[[int], bool]) -> None:
        best, least = axes[k], float("inf")
        for axis in self.options[k]:
            axes[k] = axis
            cost = self._cost(k, axes, known)
            if cost < least:
                best, least = axis, cost
        axes[k] = best


def _exchanges(kernels: Sequence[Kernel]) -> Iterator[_Pair]:
    """Who touches what whom has written: in this step, and state at the start of the next one."""
    writers: dict[int, list[tuple[int, Access]]] = {}
    early: dict[int, list[tuple[int, Access]]] = {}  # reads of what nobody has written yet
    for k, kernel in enumerate(kernels):
        for x in (*kernel.reads, *kernel.writes):
            memory = id(x.buffer.memory)
            size = _bytes(x, kernel.extents)
            known = writers.get(memory)
            if known is None:
                early.setdefault(memory, []).append((k, x))
            for j, wrote in known or ():
                if j != k:
                    yield _Pair(j, wrote, k, x, size / len(known or ()))
        for x in kernel.writes:
            writers.setdefault(id(x.buffer.memory), []).append((k, x))
    for memory, first in early.items():
        last = writers.get(memory, ())
        for j, wrote in last:
            if wrote.buffer.memory.place == "input":
                for k, x in first:
                    size = _bytes(x, kernels[k].extents)
                    yield _Pair(j, wrote, k, x, size / len(last))


def _bytes(x: Access, extents: Sequence[int]) -> float:
    touched = size_of([n for n, c in zip(extents, x.coefs, strict=True) if c])
    return float(min(touched, x.buffer.size) * x.buffer.dtype.itemsize)


def _outside(kernel: Kernel, x: Access, a: int) -> list[tuple[int, int]]:
    """The axes that step further through memory than axis `a`: (extent, stride)."""
    return [
        (n, c)
        for b, (n, c) in enumerate(zip(kernel.extents, x.coefs, strict=True))
        if b != a and n > 1 and abs(c) > abs(x.coefs[a])
    ]


def _borders(kernel: Kernel, x: Access, a: int) -> int:
    """How often one of two lanes' shares of axis `a` lies beside the other one's in memory. A
    processor that reads ahead takes lines away from the other one there."""
    return size_of([n for n, _ in _outside(kernel, x, a)])


def apart(kernel: Kernel, a: int, lanes: int) -> bool:
    """Whether lanes that divide axis `a` write to cache lines of their own, but for a few.

    Two processors that write to one line in turn wait for each other at every write.
    """
    for x in kernel.writes:
        item = x.buffer.dtype.itemsize
        step = x.coefs[a] * item
        borders = _borders(kernel, x, a)
        far = [c * item for _, c in _outside(kernel, x, a)]
        aligned = x.buffer.memory.place == "arena" and not any(
            n % LINE for n in (x.const * item, *far)
        )
        cuts = [low for low, _ in divided(kernel, a, lanes)]
        if aligned and all(cut * step % LINE == 0 for cut in cuts):
            continue
        lines = size_of(kernel.extents) * item / LINE
        if borders > 1 and borders * (lanes - 1) > 0.02 * lines:
            return False
    return True
