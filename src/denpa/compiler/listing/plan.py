"""Why the barriers of a program stand where they do, and where its buffers lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from denpa.compiler.emit.codegen import Codegen
from denpa.compiler.lower.kernels import LINE, Access, Buffer, Kernel, Product, Rows
from denpa.compiler.schedule.barriers import live
from denpa.compiler.schedule.owners import ALONE, Owner, owned
from denpa.core.shape import size_of


@dataclass(frozen=True)
class Barrier:
    """The wait before a segment. It is there since `later`, the first kernel after it, touches
    `buffer` otherwise than `earlier` did: lanes would meet numbers of other lanes, or could, as far
    as the arithmetic of places shows."""

    before: int  # number of the segment that it opens
    buffer: str
    earlier: int  # numbers of kernels
    later: int
    reason: str


@dataclass(frozen=True)
class Room:
    """A buffer's place in the arena, and the time it is in use: from `first` to `last`."""

    name: str
    offset: int
    bytes: int
    first: int
    last: int
    shares: tuple[str, ...]  # buffers that lie in the same room at other times


@dataclass(frozen=True)
class MemoryPlan:
    """The arena: one piece of memory for all that is made and used within a step. Times are
    `unit`s ("segment" or "kernel"). Sizes in bytes."""

    arena: int
    without_reuse: int
    unit: str
    times: int
    buffers: tuple[Room, ...]


def _touches(kernel: Kernel, lanes: int) -> Iterator[tuple[Access, Owner, bool]]:
    """Every access with who owns its elements, and whether it writes."""
    everything = (
        isinstance(kernel, Product)
        and kernel.split is not None
        and kernel.c.coefs[kernel.split] == 0
    )
    for writes, accesses in ((False, kernel.reads), (True, kernel.writes)):
        for x in accesses:
            who = None if everything else owned(kernel, x, kernel.split, lanes)
            yield x, who, writes


def barriers(
    codegen: Codegen, names: Mapping[Buffer, str], splits: Sequence[str]
) -> Iterator[Barrier]:
    """The barriers of a program, each with the first conflict that forces it."""
    order = codegen.order
    for k, kernel in enumerate(order):
        if not k or kernel.segment == order[k - 1].segment:
            continue
        start = next(j for j, x in enumerate(order) if x.segment == order[k - 1].segment)
        j, (y, other, wrote), (x, who, writes) = _conflict(codegen, start, k)
        name = names[x.buffer]
        first = _how(order[j], y, other, ("wrote" if wrote else "read", name), splits[j])
        then = _how(kernel, x, who, ("writes" if writes else "reads", "it"), splits[k])
        reason = f"kernel {j + 1} {first}; kernel {k + 1} {then}"
        yield Barrier(kernel.segment + 1, name, j + 1, k + 1, reason)


def _how(kernel: Kernel, x: Access, who: Owner, words: tuple[str, str], split: str) -> str:
    """`reads it by shares of rows`: how a kernel touches a buffer."""
    verb, what = words
    if who == ALONE:
        return f"{verb} {what} on lane 0 alone"
    if who is not None:
        parts = "shares" if isinstance(who[2], int) else "whole pieces"
        return f"{verb} {what} by {parts} of {split}"
    assert kernel.split is not None
    if x.coefs[kernel.split]:
        return f"{verb} {what} in an order that shares of {split} do not follow"
    many = size_of([n for n, c in zip(kernel.extents, x.coefs, strict=True) if c])
    part = "all of " if many >= x.buffer.size else "the same part of " if any(x.coefs) else ""
    return f"{verb} {part}{what} on every lane"


_Touch = tuple[Access, Owner, bool]


def _conflict(codegen: Codegen, start: int, k: int) -> tuple[int, _Touch, _Touch]:
    """The latest kernel of the segment before that kernel k cannot follow, and the access of each
    that forbids it. The reads of kernel k are looked at first."""
    order, lanes = codegen.order, codegen.lanes
    for x, who, writes in _touches(order[k], lanes):
        for j in reversed(range(start, k)):
            for y, other, wrote in _touches(order[j], lanes):
                same = y.buffer.memory is x.buffer.memory
                if same and (writes or wrote) and (who is None or who != other):
                    return j, (y, other, wrote), (x, who, writes)
    raise AssertionError(f"kernel {k + 1} stands behind a barrier that nothing asks for")


def memory(codegen: Codegen, names: Mapping[Buffer, str]) -> MemoryPlan:
    """Every buffer's room and time, by offset."""
    order = codegen.order
    segments = codegen.lanes > 1
    times = (order[-1].segment + 1 if segments else len(order)) if order else 0
    found = [(b, first + 1, last + 1) for first, last, b in live(order, codegen.lanes).values()]
    found += [(k.out, 1, max(times, 1)) for k in order if isinstance(k, Rows)]
    found.sort(key=lambda x: (x[0].offset, x[1]))
    rooms = []
    for b, first, last in found:
        others = tuple(
            names[c]
            for c, _, _ in found
            if c is not b and c.offset < b.offset + b.bytes and b.offset < c.offset + c.bytes
        )
        rooms.append(Room(names[b], b.offset, b.bytes, first, last, others))
    alone = sum(-(-max(b.bytes, 1) // LINE) * LINE for b, _, _ in found)
    unit = "segment" if segments else "kernel"
    return MemoryPlan(codegen.arena, alone, unit, times, tuple(rooms))
