"""The explanation of a program says what is so: shares, conflicts element by element, memory."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from denpa.autodiff.tensor import Tensor
from denpa.compiler.emit.codegen import Codegen
from denpa.compiler.listing.counts import nodes_of
from denpa.compiler.listing.explanation import ProgramExplanation, explain
from denpa.compiler.listing.kernels import names_of
from denpa.compiler.lower.kernels import Access, Kernel, Loop
from denpa.core.errors import ArgumentError
from denpa.nn import functional as F
from tests.compiler.explained import PROGRAMS, array, classes, made, squares, the


@pytest.fixture(scope="module", params=list(PROGRAMS))
def program(request: pytest.FixtureRequest) -> tuple[Codegen, ProgramExplanation]:
    codegen = PROGRAMS[request.param]()
    return codegen, explain(codegen, title=request.param)


# -- what is said about the kernels ----------------------------------------------------------------


def test_what_axes_are() -> None:
    def roles(x: Tensor) -> list[str]:
        (kernel,) = explain(made([a, b], [x])).kernels
        return [axis.role for axis in kernel.axes]

    a, b = array(6, 8), array(8, 4)
    assert roles(a @ b) == ["rows", "columns", "summed"]
    assert roles(a.sum(dim=1)) == ["rows", "summed"]
    assert roles(a.sum(dim=0)) == ["summed", "columns"]
    assert roles(a.amax(1)) == ["rows", "searched"]
    assert roles(a.cumsum(0)) == ["running", "columns"]
    assert roles(a.argsort(dim=1)) == ["rows", "sorted"]
    assert roles(a * 2.0) == ["rows", "columns"]
    assert roles(b.sum()) == ["summed", "summed"]


def test_backward_equations_are_marked() -> None:
    found = explain(classes())
    delta = next(k for k in found.kernels if any(o.label == "δ of relu" for o in k.operations))
    assert delta.phase == "backward"
    assert all(o.backward for o in delta.operations)
    weights = [k for k in found.kernels if any(o.label == "δW of linear" for o in k.operations)]
    assert len(weights) == 2
    assert [o.label for k in found.kernels for o in k.operations].count("δx of linear") == 1
    assert found.kernels[0].operations[0].backward is False
    lines = {o.line.split(":")[0] for k in found.kernels for o in k.operations if o.line}
    assert lines == {"explained.py"}


def test_shares_cover_everything_once(program: tuple[Codegen, ProgramExplanation]) -> None:
    codegen, found = program
    for record, kernel in zip(found.kernels, codegen.order, strict=True):
        assert len(record.shares) == found.lanes
        if not record.split:
            assert record.shares == ((0, 1), *[(0, 0)] * (found.lanes - 1))
            continue
        assert kernel.split is not None
        assert record.axes[kernel.split].role == record.split
        cuts = [a for a, _ in record.shares] + [record.shares[-1][1]]
        assert [b for _, b in record.shares] == cuts[1:]
        assert (cuts[0], cuts[-1]) == (0, kernel.extents[kernel.split])


def test_loops_run_over_all_elements(program: tuple[Codegen, ProgramExplanation]) -> None:
    for record in program[1].kernels:
        if record.kind == "loop":
            assert np.prod([x.extent for x in record.loops], dtype=int) == np.prod(
                [a.extent for a in record.axes], dtype=int
            )
            assert all(x.vector * x.at_once <= max(x.extent, 1) for x in record.loops)


def test_names_of_buffers_are_distinct(program: tuple[Codegen, ProgramExplanation]) -> None:
    names = [r.name for r in program[1].memory.buffers]
    assert len(set(names)) == len(names)


def test_results_of_one_kernel_and_op_have_letters() -> None:
    x = array(64, 64)
    (kernel,) = explain(made([x], [x.sum(dim=1), (x * x).sum(dim=1)])).kernels
    assert list(kernel.writes) == ["sum₁a (output 0)", "sum₁b (output 1)"]


def test_given_names_are_used() -> None:
    found = explain(squares(), names=["x", "t", "fc.weight"])
    assert "fc.weight" in the(found, "mul", "sub", writes="fc.weight").in_place
    assert any("state 3" in k.in_place for k in found.kernels)


# -- barriers --------------------------------------------------------------------------------------


def touched(kernel: Kernel, access: Access, lanes: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """(element, lane) of every access, one by one; of a place that is data, every element."""
    busy = [lane for lane, (low, high) in enumerate(lanes) if low < high]
    chosen: list[Access | None] = []
    if isinstance(kernel, Loop):
        chosen = [n.access for n in nodes_of(kernel.all_stores) if n.kind == "take"]
        chosen += [s.access for s in kernel.stores if s.index]
    if any(x is not None and x.buffer is access.buffer for x in chosen):
        return {(e, lane) for e in range(access.buffer.size) for lane in busy}
    place = np.full((1,) * len(kernel.extents), access.const)
    for a, (n, c) in enumerate(zip(kernel.extents, access.coefs, strict=True)):
        along = np.arange(n).reshape([-1 if d == a else 1 for d in range(len(kernel.extents))])
        if c or a == kernel.split:
            place = place + c * along
    found = set()
    for lane in busy:
        part = place
        if kernel.split is not None:
            part = np.take(place, np.arange(*lanes[lane]), kernel.split)
        found |= {(int(e), lane) for e in np.unique(part)}
    return found


def accesses(kernel: Kernel) -> list[tuple[Access, bool]]:
    return [(x, False) for x in kernel.reads] + [(x, True) for x in kernel.writes]


def test_every_barrier_names_a_real_conflict(program: tuple[Codegen, ProgramExplanation]) -> None:
    codegen, found = program
    names = names_of(codegen, ())
    assert len(found.barriers) == codegen.schedule.barriers
    assert [b.before for b in found.barriers] == list(range(2, codegen.schedule.barriers + 2))
    for b in found.barriers:
        first, then = found.kernels[b.earlier - 1], found.kernels[b.later - 1]
        assert (first.segment, then.segment) == (b.before - 1, b.before)
        assert b.buffer in {*first.reads, *first.writes}
        assert b.buffer in {*then.reads, *then.writes}
        assert b.buffer in {*first.writes, *then.writes}
        early, late = codegen.order[b.earlier - 1], codegen.order[b.later - 1]
        meets = False
        for x, wrote in accesses(early):
            for y, writes in accesses(late):
                same = x.buffer.memory is y.buffer.memory and names[x.buffer] == b.buffer
                if same and (wrote or writes):
                    owners: dict[int, set[int]] = {}
                    for e, lane in touched(early, x, list(first.shares)):
                        owners.setdefault(e, set()).add(lane)
                    two = touched(late, y, list(then.shares))
                    meets |= any(owners.get(e, set()) - {lane} for e, lane in two)
        assert meets, b.reason


def test_the_reason_says_who_meets_whom() -> None:
    found = explain(squares())
    last = found.barriers[-1]
    assert last.buffer in last.reason
    first, then = found.kernels[last.earlier - 1], found.kernels[last.later - 1]
    assert last.reason.startswith(f"kernel {first.number} wrote {last.buffer} by shares of rows;")
    assert f"kernel {then.number} reads " in last.reason


# -- memory ----------------------------------------------------------------------------------------


def test_nothing_alive_at_the_same_time_overlaps(
    program: tuple[Codegen, ProgramExplanation],
) -> None:
    codegen, found = program
    plan = found.memory
    rooms = {r.name: r for r in plan.buffers}
    times: dict[str, list[int]] = {}
    for k in found.kernels:
        for name in (*k.reads, *k.writes):
            if name in rooms:
                times.setdefault(name, []).append(k.segment if found.lanes > 1 else k.number)
    assert set(times) == set(rooms)
    for name, room in rooms.items():
        assert room.offset % 64 == 0
        assert room.offset + room.bytes <= plan.arena == codegen.arena
        assert room.first <= min(times[name])
        assert max(times[name]) <= room.last
    for a in rooms.values():
        together = set()
        for b in rooms.values():
            apart = a.offset + a.bytes <= b.offset or b.offset + b.bytes <= a.offset
            if a is not b and not apart:
                together.add(b.name)
                assert max(times[a.name]) < min(times[b.name]) or max(times[b.name]) < min(
                    times[a.name]
                ), f"{a.name} and {b.name} lie in one room at one time"
        assert together == set(a.shares)
    assert plan.without_reuse == sum(-(-r.bytes // 64) * 64 for r in rooms.values())


def test_reuse_saves_room() -> None:
    plan = explain(squares()).memory
    assert plan.arena < plan.without_reuse
    assert any(r.shares for r in plan.buffers)


# -- text ------------------------------------------------------------------------------------------


def test_text_fits_and_tells_all(program: tuple[Codegen, ProgramExplanation]) -> None:
    found = program[1]
    text = str(found)
    assert max(map(len, text.splitlines())) <= 100
    assert found.title in text.splitlines()[0]
    for k in found.kernels:
        assert sum(line.startswith(f"{k.number:>4} {k.kind}") for line in text.splitlines()) == 1
    assert text.count("barrier: ") == len(found.barriers)
    for k in found.kernels:
        one = str(replace(found, kernel=k.number))
        assert max(map(len, one.splitlines())) <= 100
        assert one.startswith(f"kernel {k.number} of {len(found.kernels)}: {k.kind}")


@pytest.mark.parametrize("lanes", [3, 16, 64])
@pytest.mark.parametrize("rows", [2**8, 2**17, 2**28])
def test_text_fits_for_large_numbers(lanes: int, rows: int) -> None:
    x, y = array(rows, 2**12), array(2**12, 2**14 + 1)
    found = explain(made([x, y], [F.relu(x @ y), x.sum(dim=0)], lanes=lanes))
    assert found.totals["flops"] > 2 * rows * 2**26
    assert max(map(len, str(found).splitlines())) <= 100


def test_json(program: tuple[Codegen, ProgramExplanation]) -> None:
    data = json.loads(json.dumps(program[1].to_dict()))
    assert data["totals"] == program[1].totals
    for record, kernel in zip(data["kernels"], program[1].kernels, strict=True):
        assert record["bytes_read"] == kernel.bytes_read
        assert [o["label"] for o in record["operations"]] == [o.label for o in kernel.operations]


def test_one_kernel_shows_its_loops() -> None:
    codegen = squares()
    found = explain(codegen)
    relu = the(found, "add", "relu")
    (out,) = relu.writes
    text = str(explain(codegen, kernel=relu.number))
    assert "for rows: this lane's share of 64" in text
    assert "8 at a time" in text
    assert text.endswith(f"{out}[128·i + j] = t2")
    product = next(k for k in found.kernels if k.kind == "gemm")
    text = str(explain(codegen, kernel=product.number))
    assert text.endswith("sum over k of batch 0[256·i + k] · state 2[256·j + k]")


def test_graph_and_native_text() -> None:
    codegen = squares()
    relu = the(explain(codegen), "add", "relu")
    assert str(explain(codegen, show="graph")) == str(codegen.graph)
    equations = str(explain(codegen, show="graph", kernel=relu.number)).splitlines()
    assert [x.split(" = ")[1].split("(")[0] for x in equations] == ["add", "relu"]
    text = str(explain(codegen, show="llvm", kernel=relu.number))
    assert f"@{relu.function}(" in text
    assert text in codegen.text


def test_assembly_of_one_kernel() -> None:
    pytest.importorskip("llvmlite")
    from denpa.compiler.emit import llvm

    codegen = squares(triple=llvm.host().triple)
    relu = the(explain(codegen), "add", "relu")
    text = str(explain(codegen, show="assembly", kernel=relu.number))
    assert relu.function in text.splitlines()[0]
    assert "ret" in text


def test_errors_say_what_there_is() -> None:
    codegen = squares()
    count = len(codegen.order)
    for kernel in (0, count + 1, -1):
        with pytest.raises(ArgumentError, match=f"kernel={kernel}.*kernels 1 to {count}"):
            explain(codegen, kernel=kernel)
    with pytest.raises(ArgumentError, match="'asm' is not one of 'plan', 'graph', 'llvm'"):
        explain(codegen, show="asm")
    with pytest.raises(ArgumentError, match=f"add kernel=n, with n from 1 to {count}"):
        explain(codegen, show="llvm")


def test_a_program_that_does_nothing() -> None:
    found = explain(made([array(2)], []))
    assert str(found).startswith("program: 0 kernels")
    with pytest.raises(ArgumentError, match="no kernels"):
        explain(made([array(2)], []), kernel=1)
