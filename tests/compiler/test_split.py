"""Who owns what, and that barriers stand wherever a lane meets another one's numbers: against brute
force over addresses, which knows nothing of owners."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, product
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from denpa.compiler.emit import codegen
from denpa.compiler.emit.codegen import Call, Codegen
from denpa.compiler.lower.kernels import Access, Buffer, Kernel, Loop, Rows, Uniform
from denpa.compiler.passes import optimise
from denpa.compiler.schedule import division as divide
from denpa.compiler.schedule.owners import ALONE, Owner, owner, shares
from denpa.core.dtype import float32, int64
from denpa.core.graph import Graph
from tests.compiler.forced import compiled
from tests.compiler.fuzz import check as fuzz_check
from tests.compiler.fuzz import random_arrays, random_graph
from tests.compiler.small import do, given

# -- owners -------------------------------------------------------------------------------------

BUFFER = Buffer(1, float32)
Rule = Callable[[Access, Sequence[int], int | None], Owner]


def touched(access: Access, extents: Sequence[int], split_axis: int, i: int) -> set[int]:
    """The addresses of an access at step i of the split axis."""
    ranges = [range(n) if a != split_axis else (i,) for a, n in enumerate(extents)]
    return {
        access.const + sum(c * k for c, k in zip(access.coefs, point, strict=True))
        for point in product(*ranges)
    }


def random_access(rng: np.random.Generator) -> tuple[Access, tuple[int, ...], int]:
    """Like those that lowering makes: of a permuted array, some repeated, sliced, flipped."""
    rank = int(rng.integers(1, 5))
    extents = tuple(int(n) for n in rng.integers(1, 6, rank))
    coefs, step = [0] * rank, int(rng.choice([1, 1, 1, 2]))
    for a in rng.permutation(rank):
        coefs[a] = step * int(rng.choice([1, 1, 1, 1, 0, 2, -1]))
        step *= extents[a] * int(rng.choice([1, 1, 1, 2])) + int(rng.choice([0, 0, 0, 0, 1]))
    const = int(rng.choice([0, 0, 0, 1, 2, 5, step, 2 * step]))
    const -= sum(min(0, c * (n - 1)) for c, n in zip(coefs, extents, strict=True))
    return Access(BUFFER, const, tuple(coefs)), extents, int(rng.integers(rank))


def lies(rule: Rule, count: int) -> int:
    """How often a rule says that an element belongs to one step, and another step touches it."""
    rng = np.random.default_rng(0)
    wrong = 0
    for _ in range(count):
        access, extents, axis = random_access(rng)
        found = rule(access, extents, axis)
        if found is None:
            continue
        weight, row, _ = found
        wrong += any(
            address % row // weight != i
            for i in range(extents[axis])
            for address in touched(access, extents, axis, i)
        )
    return wrong


def test_owners_are_who_touches() -> None:
    assert lies(owner, 1500) == 0


def _careless(access: Access, extents: Sequence[int], axis: int | None) -> Owner:
    assert axis is not None
    weight, n = access.coefs[axis], extents[axis]
    return (weight, weight * n, n) if weight > 0 else None


def _without_offset(access: Access, extents: Sequence[int], axis: int | None) -> Owner:
    return owner(Access(access.buffer, 0, access.coefs), extents, axis)


@pytest.mark.parametrize("rule", [_careless, _without_offset])
def test_wrong_owners_are_seen(rule: Rule) -> None:
    assert lies(rule, 1500) > 20


def test_equal_owners_mean_disjoint_lanes() -> None:
    """Two kernels that agree about a buffer: no lane of one touches what another lane of the other
    does."""
    rng = np.random.default_rng(1)
    same: dict[Owner, list[tuple[Access, tuple[int, ...], int]]] = {}
    for _ in range(1500):
        found = random_access(rng)
        who = owner(*found)
        if who is not None:
            same.setdefault(who, []).append(found)
    compared = 0
    for found_ in same.values():
        for one, other in pairwise(found_):
            places: list[list[set[int]]] = [[], []]
            for k, (access, extents, axis) in enumerate((one, other)):
                for low, high in shares(extents[axis], 3):
                    here: set[int] = set()
                    for i in range(low, high):
                        here |= touched(access, extents, axis, i)
                    places[k].append(here)
            for a, b in product(range(3), repeat=2):
                compared += 1
                assert a == b or not places[0][a] & places[1][b], (one, other)
    assert compared > 1500


@pytest.mark.parametrize(
    ("coefs", "extents", "axis", "who"),
    [
        ((5, 1), (4, 5), 0, (5, 20, 4)),  # rows of a matrix
        ((5, 1), (4, 5), 1, (1, 5, 5)),  # its columns
        ((8, 1), (4, 5), 1, (1, 8, 5)),  # columns of rows that are longer in memory
        ((1, 5), (5, 4), 1, (5, 20, 4)),  # rows, the loops the other way round
        ((5, 0), (4, 9), 0, (5, 20, 4)),  # row sums: a number that rows of five begin with
        ((0, 1), (4, 5), 0, None),  # the same for all
        ((-5, 1), (4, 5), 0, None),
        ((5, 1), (4, 5), None, ALONE),
    ],
)
def test_owners_of_the_usual(coefs: Any, extents: Any, axis: Any, who: Owner) -> None:
    """Not only never wrong: rows and columns are seen as such."""
    assert owner(Access(BUFFER, 0, coefs), extents, axis) == who


# -- shares -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lanes", [1, 2, 3, 8, 64])
def test_shares_are_all_and_even(lanes: int) -> None:
    for n in [*range(200), 1000, 1024, 4099]:
        found = shares(n, lanes)
        assert len(found) == lanes
        assert [i for low, high in found for i in range(low, high)] == list(range(n))
        sizes = [high - low for low, high in found]
        unit = 16 if n >= 32 * lanes else 4 if n >= 8 * lanes else 1
        assert max(sizes) - min(sizes) < 2 * unit
        assert all(low % unit == 0 or low == n for low, _ in found)


@pytest.mark.parametrize("pieces", [1, 2, 8, 64])
def test_pieces_stay_whole(pieces: int) -> None:
    """However many lanes there are, none begins within a piece; where pieces and lanes are as many
    as powers of two, lanes begin where they do without pieces."""
    for n in (16 * pieces, 33 * pieces + 7, 64 * pieces, 100 * pieces + 1):
        starts = {low for low, _ in shares(n, pieces)} | {n}
        assert len(starts) == pieces + 1
        for lanes in (1, 2, 3, 5, 8, 16, 64):
            found = shares(n, lanes, pieces)
            assert len(found) == lanes
            assert [i for low, high in found for i in range(low, high)] == list(range(n))
            assert {low for low, _ in found} <= starts
            counts = [sum(low <= s < high for s in starts) for low, high in found]
            assert max(counts) - min(counts) <= 1
            if lanes <= pieces and lanes & (lanes - 1) == 0 and n >= 32 * pieces:
                assert found == shares(n, lanes)


def test_other_cuts_are_other_owners() -> None:
    """A product in two pieces on three lanes, and what follows it: rows 33 to 49 change hands."""
    x, w = given(100, 512), given(10, 512)
    y = do("matmul", x, do("permute", w, dims=(1, 0)))
    graph = Graph([x, w], [do("tanh", y), do("sum", y, dim=(1,), keepdim=False)])
    program = divided(graph, lanes=3, blas_bits=64)
    first, *rest = [c for c in program.plan.calls if c.kernel >= 0]
    assert first.shares == [(0, 0), (0, 48), (48, 100)]
    assert any(call.shares != first.shares for call in rest)
    assert meetings(program) == 0
    assert meetings(program, without(program.plan.calls, 0)) > 0
    two = divided(graph, lanes=2, blas_bits=64)  # the cuts of any axis of 100 steps: no barrier
    assert two.schedule.barriers == 0


# -- barriers -----------------------------------------------------------------------------------

_Touch = tuple[Buffer, np.ndarray]  # element numbers


def _grid(const: int, steps: Sequence[tuple[int, range]]) -> np.ndarray:
    total = np.full(1, const, np.int64)
    for c, numbers in steps:
        if c and len(numbers):
            total = (total[:, None] + c * np.arange(numbers.start, numbers.stop)).ravel()
    return np.unique(total)


def _affine(
    kernel: Kernel, access: Access, low: int, high: int, more: Sequence[tuple[int, int]] = ()
) -> np.ndarray:
    axes = [
        (c, range(low, high) if a == kernel.split else range(n))
        for a, (c, n) in enumerate(zip(access.coefs, kernel.extents, strict=True))
    ]
    return _grid(access.const, [*axes, *((s, range(n)) for s, n in more)])


def accesses(kernel: Kernel, low: int, high: int) -> Iterator[tuple[Buffer, np.ndarray, bool]]:
    """(buffer, elements, whether written) of one lane's share: from what the code does, not from
    `reads` and `writes`."""
    if isinstance(kernel, Loop):
        for s in kernel.all_stores:
            more = list(zip(s.strides, s.sizes, strict=True))
            if s.kept:
                yield s.access.buffer, _affine(kernel, s.access, low, high, more), True
            for root in (s.node, *s.index):
                for node in root.walk():
                    if node.kind == "held":
                        continue
                    if node.access is not None and 0 not in kernel.extents:  # a sum of nothing
                        p = node.params
                        more = (
                            list(zip(p["strides"], p["sizes"], strict=True))
                            if node.kind == "take"
                            else []
                        )
                        yield (
                            node.access.buffer,
                            _affine(kernel, node.access, low, high, more),
                            False,
                        )
    elif isinstance(kernel, Rows):
        rows = (low, high) if kernel.split is not None else (0, kernel.extents[0])
        yield kernel.out, np.arange(rows[0] * kernel.width, rows[1] * kernel.width), True
    else:
        for x in kernel.writes:
            yield x.buffer, _affine(kernel, x, low, high), True
        for x in kernel.reads:
            more = [(1, 2)] if isinstance(kernel, Uniform) else []
            yield x.buffer, _affine(kernel, x, low, high, more), False


class Memory:
    """All bytes of a program, numbered: the arena with its shared room, then what is outside."""

    def __init__(self, program: Codegen) -> None:
        self.top = program.arena
        self.first: dict[int, int] = {}

    def bytes(self, buffer: Buffer, elements: np.ndarray) -> np.ndarray:
        room = buffer.memory
        size = buffer.dtype.itemsize
        assert not elements.size or 0 <= elements.min() <= elements.max() < max(room.size, 1)
        if room.place in ("arena", "batch"):
            first = room.offset
        else:
            if id(room) not in self.first:
                self.first[id(room)] = self.top
                self.top += room.bytes
            first = self.first[id(room)]
        return (first + elements[:, None] * size + np.arange(size)).ravel()


def meetings(program: Codegen, calls: Sequence[Call] | None = None) -> int:
    """How many bytes a lane writes that another one touches before the next barrier."""
    memory = Memory(program)
    calls = program.plan.calls if calls is None else calls
    kernels = iter(program.order)
    count = 0
    lanes: list[dict[str, list[np.ndarray]]] = []

    def meet() -> int:
        if not lanes:
            return 0
        writers = np.zeros(memory.top, np.int64)
        users = np.zeros(memory.top, np.int64)
        for lane in lanes:
            written = np.unique(np.concatenate(lane["w"])) if lane["w"] else np.zeros(0, int)
            used = np.unique(np.concatenate([*lane["w"], *lane["r"], np.zeros(0, np.int64)]))
            writers[written] += 1
            users[used.astype(int)] += 1
        return int(np.count_nonzero((writers > 0) & (users > 1)))

    for call in calls:
        if call.kernel < 0:
            count += meet()
            lanes = []
            continue
        kernel = next(kernels)
        lanes = lanes or [{"w": [], "r": []} for _ in range(program.lanes)]
        for lane, (low, high) in zip(lanes, call.shares, strict=True):
            if low < high:
                for buffer, elements, writes in accesses(kernel, low, high):
                    lane["w" if writes else "r"].append(memory.bytes(buffer, elements))
    assert next(kernels, None) is None
    return count + meet()


def divided(
    graph: Graph, state: Any = (), batch: Any = (), lanes: int = 3, **options: Any
) -> Codegen:
    """A program that is divided however small it is."""
    with patch.object(codegen, "_ALONE", 0), patch.object(divide, "_SMALL", 0):
        return Codegen(optimise(graph), state, batch, lanes=lanes, **options)


def without(calls: Sequence[Call], barrier: int) -> list[Call]:
    """The table without its barrier of that number."""
    places = [k for k, c in enumerate(calls) if c.kernel < 0]
    return [c for k, c in enumerate(calls) if k != places[barrier]]


def network() -> tuple[Graph, list[tuple[int, int]]]:
    """Two layers, column sums, a product along the batch, an update, random numbers, a sort."""
    x, w, v = given(24, 40), given(40, 32), given(32, 16)
    s = given(2, dtype=int64)
    mask = do("lt", do("uniform", s, shape=(24, 32), dtype=float32), 0.5)
    h = do("where", mask, do("tanh", do("matmul", x, w)), 0.0)
    m = do("mean", h, dim=(0,), keepdim=True)
    y = do("matmul", do("sub", h, m), v)
    d = do("mul", y, do("sub", 1.0, do("mul", y, y)))
    dv = do("matmul", do("permute", h, dims=(1, 0)), d)
    dh = do("matmul", d, do("permute", v, dims=(1, 0)))
    dw = do("matmul", do("permute", x, dims=(1, 0)), dh)
    best = do(
        "gather", y, do("argsort", do("sum", d, dim=(1,), keepdim=False), dim=0, descending=True)
    )
    outputs = [do("sub", w, dw), do("sub", v, dv), do("add", s, 1), best]
    return Graph([x, w, v, s], outputs), [(1, 0), (2, 1), (3, 2)]


@pytest.mark.parametrize("lanes", [2, 3, 8])
@pytest.mark.parametrize("bits", [0, 64])
def test_a_network_has_the_barriers_that_it_needs(lanes: int, bits: int) -> None:
    graph, state = network()
    program = divided(graph, state, (0,), lanes, blas_bits=bits)
    assert program.lanes == lanes
    assert meetings(program) == 0
    barriers = sum(c.kernel < 0 for c in program.plan.calls)
    assert barriers == program.schedule.barriers > 0
    missed = [k for k in range(barriers) if meetings(program, without(program.plan.calls, k)) == 0]
    assert missed == []  # each one that is left out is seen


def test_one_lane_needs_no_barriers() -> None:
    graph, state = network()
    program = divided(graph, state, (0,), 1)
    assert all(c.kernel >= 0 for c in program.plan.calls)


def test_a_wrong_share_is_seen() -> None:
    graph, state = network()
    program = divided(graph, state, (0,))
    for call in program.plan.calls:
        if call.kernel >= 0 and call.shares[0][1] > 1:
            (low, high), rest = call.shares[0], call.shares[1:]
            call.shares[0] = (low, high + 1)  # a step that another lane has too
            assert meetings(program) > 0
            call.shares = [(low, high), *rest]
    assert meetings(program) == 0


def test_a_network_divides_forward_by_rows() -> None:
    """An affine layer with its activation, twice: not one barrier."""
    x, w, b, v = given(64, 100), given(100, 100), given(100), given(90, 100)
    h = do("tanh", do("linear", x, w, b))
    y = do("softplus", do("linear", h, v))
    assert divided(Graph([x, w, b, v], [y]), lanes=2, blas_bits=64).schedule.barriers == 0


@pytest.mark.parametrize("start", range(0, 90, 30))
def test_random_programs_have_the_barriers_that_they_need(start: int) -> None:
    barriers = seen = 0
    for seed in range(start, start + 30):
        graph = random_graph(seed)
        program = divided(graph)
        assert meetings(program) == 0, seed
        found = sum(c.kernel < 0 for c in program.plan.calls)
        for k in range(found):
            barriers += 1
            seen += meetings(program, without(program.plan.calls, k)) > 0
    assert seen > barriers / 2 > 4  # some stand for caution; most are needed


@pytest.mark.parametrize("seed", range(1000, 1012))
def test_random_programs_divided_are_eager(seed: int) -> None:
    """The division changes no number, and the threads not one bit."""
    graph = random_graph(seed)
    arrays = [np.array(a, order="C") for a in random_arrays(graph, seed)]
    program = compiled(graph, lanes=3)
    assert fuzz_check(lambda _: program, graph, arrays) == ""
    several = program.run(arrays)
    program.threads = 1
    for a, b in zip(several, program.run(arrays), strict=True):
        assert a.tobytes() == b.tobytes()
