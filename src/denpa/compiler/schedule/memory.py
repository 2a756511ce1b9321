"""Where the buffers of the arena lie: those that are never needed at the same time share room."""

from __future__ import annotations

from collections.abc import Sequence

from denpa.compiler.lower.kernels import LINE, Buffer, Kernel  # every buffer begins at a line
from denpa.compiler.schedule.barriers import live


def place(order: Sequence[Kernel], lanes: int, fixed: Sequence[Buffer] = ()) -> int:
    """Give each buffer of the arena its offset; the arena's size in bytes.

    Largest first, each at the lowest offset that is free for the whole of its life. `fixed` buffers
    live all the time.
    """
    lives = sorted(live(order, lanes).values(), key=lambda x: (-x[2].bytes, x[0]))
    taken: list[tuple[int, int, int, int]] = []  # offset, end, first, last
    top = 0
    for buffer in fixed:
        buffer.offset = top
        top += _rounded(buffer.bytes)
    base = top
    for first, last, buffer in lives:
        size = _rounded(buffer.bytes)
        at = base
        for offset, end, start, stop in taken:  # sorted by offset
            if start <= last and first <= stop:
                if offset - at >= size:
                    break
                at = max(at, end)
        buffer.offset = at
        taken.append((at, at + size, first, last))
        taken.sort()
        top = max(top, at + size)
    return top


def _rounded(size: int) -> int:
    return -(-max(size, 1) // LINE) * LINE
