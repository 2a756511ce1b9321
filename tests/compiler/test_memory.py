"""The arena: who is needed at the same time has room of its own, and every buffer begins at a cache
line."""

from __future__ import annotations

import itertools
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from denpa.compiler.emit.codegen import Codegen
from denpa.compiler.lower.kernels import Access, Buffer, Kernel
from denpa.compiler.schedule import barriers as split
from denpa.compiler.schedule import memory
from denpa.compiler.schedule.memory import LINE, place
from denpa.core.dtype import float32
from denpa.core.graph import Graph
from tests.compiler.forced import compiled, fill
from tests.compiler.fuzz import random_graph
from tests.compiler.small import do, given
from tests.compiler.test_split import divided, network

Life = tuple[int, int]


def lives(program: Codegen) -> dict[int, tuple[Buffer, Life]]:
    """When each buffer is in use: kernel by kernel on one lane; on several a lane may be anywhere
    between two barriers."""
    found: dict[int, tuple[Buffer, Life]] = {}
    for k, kernel in enumerate(program.order):
        now = kernel.segment if program.lanes > 1 else k
        for x in (*kernel.reads, *kernel.writes):
            if x.buffer.memory.place == "arena":
                buffer = x.buffer.memory
                first = found[id(buffer)][1][0] if id(buffer) in found else now
                found[id(buffer)] = (buffer, (first, now))
    return found


def overlaps(program: Codegen) -> list[tuple[Buffer, Buffer]]:
    """Pairs of buffers that share a byte while both are needed."""
    staged = [b for b in program._inputs if b.place == "batch"]
    end = len(program.order)
    all_ = [*lives(program).values(), *((b, (0, end)) for b in staged)]
    found = []
    for (a, (a0, a1)), (b, (b0, b1)) in itertools.combinations(all_, 2):
        together = a0 <= b1 and b0 <= a1
        if together and a.offset < b.offset + b.bytes and b.offset < a.offset + a.bytes:
            found.append((a, b))
    return found


def judge(program: Codegen) -> None:
    assert overlaps(program) == []
    for buffer, _ in lives(program).values():
        assert buffer.offset % LINE == 0
        assert 0 <= buffer.offset <= buffer.offset + buffer.bytes <= program.arena
    assert program.arena % LINE == 0


@pytest.mark.parametrize("lanes", [1, 2, 8])
def test_a_network(lanes: int) -> None:
    graph, state = network()
    judge(divided(graph, state, (0,), lanes, blas_bits=64))
    judge(divided(graph, state, (), lanes, fuse=False))


@pytest.mark.parametrize("lanes", [1, 3])
def test_random_programs(lanes: int) -> None:
    buffers = 0
    for seed in range(200, 260):
        program = divided(random_graph(seed), lanes=lanes)
        judge(program)
        buffers += len(lives(program))
    assert buffers > 60


def test_overlaps_are_seen() -> None:
    """As if all were needed for one moment only: room is given twice."""

    def careless(order: Any, lanes: int) -> Any:
        return {k: (first, first, b) for k, (first, _, b) in split.live(order, lanes).items()}

    graph, state = network()
    with patch.object(memory, "live", careless):
        assert overlaps(divided(graph, state, (0,), 1))


def chain(length: int) -> Graph:
    """Each value is read by the next one only, backwards, so that none is inlined."""
    x = y = given(100, 7)
    for _ in range(length):
        y = do("cumsum", do("flip", y, dim=(0,)), dim=0)
    return Graph([x], [y])


def test_room_is_used_again() -> None:
    """A chain of any length takes what two of its links take."""
    link = -(-100 * 7 * 4 // LINE) * LINE
    assert divided(chain(3), lanes=1).arena <= divided(chain(40), lanes=1).arena == 2 * link


def _kernel(*buffers: Buffer) -> Kernel:
    kernel = Kernel((1,), (True,), [])
    kernel.reads = [Access(b, 0, (1,)) for b in buffers]
    return kernel


def test_places() -> None:
    """Largest first, each as low as it can lie; what is fixed stays free."""
    big, small, late, rows = (Buffer(n, float32) for n in (100, 3, 60, 20))
    order = [_kernel(big), _kernel(big, small), _kernel(small, late)]
    assert place(order, 1, [rows]) == 128 + 448 + 64
    assert (rows.offset, big.offset, late.offset, small.offset) == (0, 128, 128, 576)
    for kernel in order:  # one segment: nobody may share
        kernel.segment = 0
    assert place(order, 2, [rows]) == 128 + 448 + 256 + 64
    assert place([], 1) == 0


def test_a_buffer_of_nothing_has_a_place() -> None:
    none, one = Buffer(0, float32), Buffer(1, float32)
    assert place([_kernel(none, one)], 1) == 2 * LINE


def test_the_arena_begins_at_a_cache_line() -> None:
    program = compiled(chain(2), lanes=2)
    assert program._arena.ctypes.data % LINE == 0
    assert program._arena.nbytes >= program.plan.arena


def test_what_an_earlier_run_left_is_not_read() -> None:
    """Whatever lies in the arena: the outputs are the same bits."""
    graph, state = network()
    program = compiled(graph, state, lanes=3)
    arrays = fill(graph)
    results = []
    for filling in (0, 255):
        program._arena[:] = filling
        results.append([*(mine := [a.copy() for a in arrays]), *program.run(mine)])
    for a, b in zip(*results, strict=True):
        np.testing.assert_array_equal(a, b)
