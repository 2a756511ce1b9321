"""Who computes what: every kernel divided over *lanes* along one axis, the order in which kernels
run, and the barriers between them.

All threads run the whole program. A lane is a fixed share of every kernel; thread t of T runs lanes
t, t + T, …, so the number of threads changes nothing in any result. A barrier stands only where a
lane reads what another one has written since the last barrier (or writes what another one reads).

Two kernels agree about a buffer if every element that a lane touches in the one belongs to the
same lane in the other. For affine places that is a matter of arithmetic: an access whose address,
written in mixed radix, has the split variable as its digit of weight σ in rows of a given length
gives element `address` to the share of index (address mod row) // σ. Equal (σ, row, n) means equal
owners.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from denpa.compiler.loops import Access, Buffer, Kernel, Product
from denpa.core.shape import size_of

Owner = tuple[int, int, int] | None  # (σ, row, n); None: no lane owns the elements alone
ALONE = (0, 0, 0)  # everything belongs to lane 0
LINE = 64  # bytes of a cache line
_SMALL = 4096  # work below which a kernel may stay on one lane
_LOOK = 10  # kernels that a choice of axis looks ahead


def owner(access: Access, extents: Sequence[int], split: int | None) -> Owner:
    """How the elements of an access are owned when axis `split` is divided."""
    if split is None:
        return ALONE
    n, weight = extents[split], access.coefs[split]
    if weight <= 0:
        return None
    others = [
        (c, extents[a]) for a, c in enumerate(access.coefs) if a != split and extents[a] > 1 and c
    ]
    # Rows may be longer in memory than the n elements that are divided.
    whole = min((c for c, _ in others if c >= weight * n), default=weight * n)
    low = access.const % whole
    for c, count in others:
        if c < 0:
            return None
        if c < weight:
            low += c * (count - 1)
        elif c % whole:
            return None
    return (weight, whole, n) if low < weight else None


def shares(n: int, lanes: int) -> list[tuple[int, int]]:
    """What of 0 … n−1 each lane has: a function of n alone, so equal extents are divided alike.

    Long axes are cut at multiples of 16 (a cache line of float32).

    >>> shares(100, 2), shares(3, 4)
    ([(0, 48), (48, 100)], [(0, 0), (0, 1), (1, 2), (2, 3)])
    """
    unit = 16 if n >= 32 * lanes else 4 if n >= 8 * lanes else 1
    units = -(-n // unit)
    cuts = [min(n, units * k // lanes * unit) for k in range(lanes)] + [n]
    return list(pairwise(cuts))


class _Segment:
    """What was read and written since the last barrier, and by whom."""

    def __init__(self) -> None:
        self.seen: dict[int, list[tuple[Owner, bool]]] = {}

    def allows(self, touched: Iterable[tuple[int, Owner, bool]]) -> bool:
        """Whether these accesses meet no other lane's."""
        for buffer, who, writes in touched:
            for other, wrote in self.seen.get(buffer, ()):
                if (writes or wrote) and (who is None or who != other):
                    return False
        return True

    def add(self, touched: Iterable[tuple[int, Owner, bool]]) -> list[int]:
        """Enter accesses; what `drop` needs to take them back."""
        log = []
        for buffer, who, writes in touched:
            self.seen.setdefault(buffer, []).append((who, writes))
            log.append(buffer)
        return log

    def drop(self, log: list[int]) -> None:
        """Take the last accesses back."""
        for buffer in reversed(log):
            self.seen[buffer].pop()


class Schedule:
    """Kernels in the order of their execution, each with its split axis and segment."""

    def __init__(self, kernels: Sequence[Kernel], lanes: int) -> None:
        self.lanes = lanes
        self._kernels = list(kernels)
        self._axes: dict[int, list[int | None]] = {}
        self._touched: dict[tuple[int, int | None], list[tuple[int, Owner, bool]]] = {}
        before = dependencies(kernels)
        self._waiting = [len(b) for b in before]
        self._after = followers(before)
        self.order: list[Kernel] = []
        self.barriers = 0
        self._run()

    def _options(self, k: int) -> list[int | None]:
        kernel = self._kernels[k]
        if self.lanes == 1:
            return [None]
        known = self._axes.get(k)
        if known is None:
            axes: list[int | None] = [
                a for a, n in enumerate(kernel.extents) if kernel.parallel[a] and n > 1
            ]
            good = [a for a in axes if a is not None and self._apart(kernel, a)]
            known = self._axes[k] = [*good] if good else axes
            if not axes or kernel.work() < _SMALL:
                known.append(None)
        return known

    def _apart(self, kernel: Kernel, a: int) -> bool:
        """Whether lanes that divide axis `a` write to cache lines of their own, but for a few.

        Two processors that write to one line in turn wait for each other at every write.
        """
        for x in kernel.writes:
            item = x.buffer.dtype.itemsize
            step = x.coefs[a] * item
            borders = 1  # how many borders between the lanes' shares there are, for two lanes
            aligned = x.buffer.memory.place == "arena" and x.const * item % LINE == 0
            for b, c in enumerate(x.coefs):
                if b != a and kernel.extents[b] > 1 and abs(c) > abs(x.coefs[a]):
                    borders *= kernel.extents[b]
                    aligned = aligned and c * item % LINE == 0
            cuts = [low for low, _ in shares(kernel.extents[a], self.lanes)]
            if aligned and all(cut * step % LINE == 0 for cut in cuts):
                continue
            lines = size_of(kernel.extents) * item / LINE
            if borders > 1 and borders * (self.lanes - 1) > 0.02 * lines:
                return False
        return True

    def _touches(self, k: int, split: int | None) -> list[tuple[int, Owner, bool]]:
        found = self._touched.get((k, split))
        if found is None:
            kernel = self._kernels[k]
            found = [
                (id(x.buffer.memory), owner(x, kernel.extents, split), writes)
                for accesses, writes in ((kernel.reads, False), (kernel.writes, True))
                for x in accesses
            ]
            if isinstance(kernel, Product) and split is not None and kernel.c.coefs[split] == 0:
                found = [(b, None, w) for b, _, w in found]
            self._touched[k, split] = found
        return found

    def _run(self) -> None:
        ready = [k for k, n in enumerate(self._waiting) if not n]
        segment, number = _Segment(), 0
        while ready:
            for k in ready:
                options = [s for s in self._options(k) if segment.allows(self._touches(k, s))]
                if options:
                    break
            else:
                segment, number = _Segment(), number + 1
                self.barriers += 1
                continue
            split = options[0] if len(options) == 1 else self._choose(k, options, ready, segment)
            kernel = self._kernels[k]
            kernel.split, kernel.segment = split, number
            segment.add(self._touches(k, split))
            self.order.append(kernel)
            ready = self._released(k, ready)
        assert len(self.order) == len(self._kernels), "kernels wait for each other"

    def _released(self, k: int, ready: list[int]) -> list[int]:
        rest = [j for j in ready if j != k]
        for j in self._after[k]:
            self._waiting[j] -= 1
            if not self._waiting[j]:
                rest.append(j)
        rest.sort()
        return rest

    def _choose(
        self, k: int, options: list[int | None], ready: list[int], segment: _Segment
    ) -> int | None:
        """The axis after which most other kernels can follow without a barrier."""
        best, score = options[0], (-1.0, 0.0)
        for split in options:
            points = (self._follow(k, split, ready, segment), self._ease(k, split))
            if points > score:
                best, score = split, points
        return best

    def _ease(self, k: int, split: int | None) -> float:
        """Between equals: even shares, and what a product has to read twice."""
        kernel = self._kernels[k]
        if split is None:
            return -2.0
        n = kernel.extents[split]
        sizes = [b - a for a, b in shares(n, self.lanes)]
        even = n / (max(sizes) * self.lanes)
        if isinstance(kernel, Product):
            m, width = kernel.extents[-3], kernel.extents[-2]
            if split == len(kernel.extents) - 3:
                return even - width / (m + width)
            if split == len(kernel.extents) - 2:
                return even - m / (m + width)
        return even - 0.01 * split

    def _follow(self, k: int, split: int | None, ready: list[int], segment: _Segment) -> float:
        """How many kernels can run in this segment if `k` is divided so."""
        logs = [segment.add(self._touches(k, split))]
        waiting: dict[int, int] = {}
        queue = self._simulated(k, ready, waiting)
        placed = 0
        while placed < _LOOK:
            for j in queue:
                fits = next(
                    (s for s in self._options(j) if segment.allows(self._touches(j, s))), -1
                )
                if fits != -1:
                    logs.append(segment.add(self._touches(j, fits)))
                    queue = self._simulated(j, queue, waiting)
                    placed += 1
                    break
            else:
                break
        for log in reversed(logs):
            segment.drop(log)
        return float(placed)

    def _simulated(self, k: int, ready: list[int], waiting: dict[int, int]) -> list[int]:
        rest = [j for j in ready if j != k]
        for j in self._after[k]:
            waiting[j] = waiting.get(j, self._waiting[j]) - 1
            if not waiting[j]:
                rest.append(j)
        rest.sort()
        return rest


def dependencies(kernels: Sequence[Kernel]) -> list[set[int]]:
    """For each kernel those that must run before it: who writes what it reads or writes, and, in
    the order of the list, who reads what it overwrites."""
    before: list[set[int]] = [set(k.after) for k in kernels]
    writers: dict[int, list[int]] = {}
    readers: dict[int, list[int]] = {}
    for k, kernel in enumerate(kernels):
        for x in (*kernel.reads, *kernel.writes):
            before[k].update(writers.get(id(x.buffer), ()))
        for x in kernel.writes:
            before[k].update(readers.get(id(x.buffer), ()))
        for x in kernel.reads:
            readers.setdefault(id(x.buffer), []).append(k)
        for x in kernel.writes:
            writers.setdefault(id(x.buffer), []).append(k)
        before[k].discard(k)
    return before


def followers(before: Sequence[set[int]]) -> list[set[int]]:
    """For each kernel those that wait for it."""
    after: list[set[int]] = [set() for _ in before]
    for k, b in enumerate(before):
        for j in b:
            after[j].add(k)
    return after


def reaches(after: Sequence[set[int]], start: int, goals: set[int]) -> bool:
    """Whether one of `goals` must run after kernel `start`."""
    seen, stack = {start}, [start]
    while stack:
        for k in after[stack.pop()]:
            if k in goals:
                return True
            if k not in seen:
                seen.add(k)
                stack.append(k)
    return False


def live(order: Sequence[Kernel], lanes: int) -> dict[int, tuple[int, int, Buffer]]:
    """For each buffer of the arena the first and last time at which it is used: segments, or with
    one lane kernels."""
    found: dict[int, tuple[int, int, Buffer]] = {}
    for k, kernel in enumerate(order):
        now = kernel.segment if lanes > 1 else k
        for x in (*kernel.reads, *kernel.writes):
            if x.buffer.place == "arena":
                first, _, _ = found.get(id(x.buffer), (now, now, x.buffer))
                found[id(x.buffer)] = (first, now, x.buffer)
    return found
