"""The order in which kernels run, and the barriers between them.

All threads run the whole program. A lane is a fixed share of every kernel; thread t of T runs lanes
t, t + T, …, so the number of threads changes nothing in any result. Nor does the number of lanes:
each element of what a kernel writes is computed in the same order whatever share it falls into
(`nest`, `panels`), and the BLAS, which decides by the sizes that it is given, is given the same
pieces (`loops.Product`). A barrier stands only where a
lane reads what another one has written since the last barrier (or writes what another one reads).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from denpa.compiler.lower.kernels import Buffer, Kernel, Product
from denpa.compiler.schedule.division import Division
from denpa.compiler.schedule.owners import Owner, owned


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

    def add(self, touched: Iterable[tuple[int, Owner, bool]]) -> None:
        """Enter accesses."""
        for buffer, who, writes in touched:
            self.seen.setdefault(buffer, []).append((who, writes))


class Schedule:
    """Kernels in the order of their execution, each with its split axis and segment."""

    def __init__(self, kernels: Sequence[Kernel], lanes: int) -> None:
        self.lanes = lanes
        self._kernels = list(kernels)
        self.division = Division(kernels, lanes)
        self._touched: dict[tuple[int, int | None], list[tuple[int, Owner, bool]]] = {}
        before = dependencies(kernels)
        self._waiting = [len(b) for b in before]
        self._after = followers(before)
        self.order: list[Kernel] = []
        self.barriers = 0
        self._run()

    def _options(self, k: int) -> list[int | None]:
        """The axis that is best, and, where a kernel is so small that it hardly matters, others."""
        best, options = self.division.axes[k], self.division.options[k]
        return [best, *(a for a in options if a != best)] if None in options else [best]

    def _touches(self, k: int, split: int | None) -> list[tuple[int, Owner, bool]]:
        found = self._touched.get((k, split))
        if found is None:
            kernel = self._kernels[k]
            found = [
                (id(x.buffer.memory), owned(kernel, x, split, self.lanes), writes)
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
            found = next(
                (
                    (k, split)
                    for k in ready
                    for split in self._options(k)
                    if segment.allows(self._touches(k, split))
                ),
                None,
            )
            if found is None:
                segment, number = _Segment(), number + 1
                self.barriers += 1
                continue
            k, split = found
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
