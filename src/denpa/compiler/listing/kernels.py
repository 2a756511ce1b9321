"""Every kernel of a compiled program as a record: what it computes, over which axes, by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from denpa.compiler.emit.codegen import Codegen
from denpa.compiler.emit.nest import Nest
from denpa.compiler.listing.body import listing
from denpa.compiler.listing.counts import Operation, flops, label_of, operations, traffic
from denpa.compiler.lower.kernels import Buffer, Kernel, Loop, Product, Rows, Sort

_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Axis:
    """One axis of a kernel: "rows", "columns", "batch", "elements", or "summed", "searched",
    "running" (cumulative sums), "sorted"."""

    role: str
    extent: int


@dataclass(frozen=True)
class LoopLevel:
    """One loop of the native code, outermost first: axes that run through memory as one are one
    loop. `vector` elements are one register, `at_once` of these (or steps) one turn of the loop."""

    axes: str
    extent: int
    split: bool
    vector: int = 1
    at_once: int = 1


@dataclass(frozen=True)
class KernelRecord:
    """One kernel of a program."""

    number: int  # from 1, in the order of execution
    kind: str  # "gemm" (a product, by panels or the BLAS), "loop", "rows", "uniform", "argsort"
    function: str  # native code that computes it; equal code is shared
    phase: str  # "forward", "backward", "update" (of state), or some: "backward+update"
    segment: int  # from 1; a barrier stands between segments
    operations: tuple[Operation, ...]
    axes: tuple[Axis, ...]
    split: str  # role of the axis that is divided over lanes; "" if one lane does all
    shares: tuple[tuple[int, int], ...]  # of every lane, [low, high) along that axis
    loops: tuple[LoopLevel, ...]
    body: tuple[str, ...]
    reads: dict[str, int]  # name of a buffer -> bytes
    writes: dict[str, int]
    in_place: tuple[str, ...]  # state that the kernel overwrites
    flops: int
    dear: int  # those of them that are divisions, roots, exp and the like

    @property
    def bytes_read(self) -> int:
        """Bytes of the elements read, each once."""
        return sum(self.reads.values())

    @property
    def bytes_written(self) -> int:
        """Bytes of the elements written, each once."""
        return sum(self.writes.values())

    def lane_flops(self, lane: int) -> float:
        """What of the FLOPs is this lane's."""
        low, high = self.shares[lane]
        return self.flops * (high - low) / max(sum(b - a for a, b in self.shares), 1)

    @property
    def intensity(self) -> float:
        """Arithmetic intensity: FLOPs for each byte moved."""
        return self.flops / max(self.bytes_read + self.bytes_written, 1)


def names_of(codegen: Codegen, names: Sequence[str]) -> dict[Buffer, str]:
    """What each buffer is called: by its value and the kernel that makes it, as relu₇; inputs by
    `names`, or their numbers."""
    found: dict[Buffer, str] = {}
    makers: dict[str, list[Buffer]] = {}
    for number, kernel in enumerate(codegen.order, 1):
        for x in (*kernel.writes, *kernel.reads):
            b = x.buffer
            if b in found:
                continue
            if b.place in ("input", "batch"):
                known = names[b.number] if b.number < len(names) else ""
                state = b.place == "input" and b.number in codegen.state
                kind = "batch" if b.place == "batch" else "state" if state else "input"
                found[b] = known or f"{kind} {b.number}"
            elif b.place == "constant":
                found[b] = f"constant {b.number}"
            else:
                label = "copy" if b.value is None else label_of(b.value).replace(" of ", "")
                found[b] = label + str(number).translate(_SUBSCRIPT)
                makers.setdefault(found[b], []).append(b)
    for name, buffers in makers.items():
        if len(buffers) > 1:
            found.update(
                (b, f"{name}{'abcdefghijklmnopqrstuvwxyz'[n % 26]}") for n, b in enumerate(buffers)
            )
    for number, b in enumerate(codegen.outputs):
        if b.place == "output" and b in found:
            found[b] += f" (output {number})"
    return found


def records_of(codegen: Codegen, names: dict[Buffer, str]) -> tuple[KernelRecord, ...]:
    """Every kernel, in the order of execution."""
    calls = [c for c in codegen.plan.calls if c.kernel >= 0]
    functions = list(codegen.functions.values())
    records = []
    phases = _phases(codegen.order)
    for number, (kernel, call) in enumerate(zip(codegen.order, calls, strict=True), 1):
        read, written, table = traffic(kernel)
        reads: dict[str, int] = {}
        for b, n in read.items():  # old and new state have one name
            reads[names[b]] = reads.get(names[b], 0) + n
        if isinstance(kernel, Rows):
            reads["table and row numbers"] = table
        own = operations(kernel)
        in_place = [names[b] for b in written if b.place == "input"]
        axes = tuple(map(Axis, _roles(kernel), kernel.extents))
        work, dear = flops(kernel, codegen.width)
        records.append(
            KernelRecord(
                number=number,
                kind=kernel.kind,
                function=functions[call.kernel].removeprefix("@"),
                phase=phases[number - 1],
                segment=kernel.segment + 1,
                operations=tuple(own),
                axes=axes,
                split="" if kernel.split is None else axes[kernel.split].role,
                shares=tuple(call.shares),
                loops=_loops(kernel, axes, codegen.width),
                body=tuple(listing(kernel, names)),
                reads=reads,
                writes={names[b]: n for b, n in written.items()},
                in_place=tuple(in_place),
                flops=work,
                dear=dear,
            )
        )
    return tuple(records)


def _phases(order: Sequence[Kernel]) -> list[str]:
    """What each kernel is part of, by what it leaves behind: a forward op that a kernel of the
    backward pass computes again belongs to that pass. Results of no backward pass are an update
    where they are state, or read by updates only."""
    found: list[str] = []
    readers: dict[Buffer, set[str]] = {}
    for kernel in reversed(order):
        parts = {"forward"} if not kernel.writes else set()
        for x in kernel.writes:
            uses = readers.get(x.buffer, {x.buffer.place})
            if x.buffer.value is not None and x.buffer.value.forward is not None:
                parts.add("backward")
            else:
                parts.add("update" if uses <= {"input", "update"} else "forward")
        if isinstance(kernel, Loop):
            totals = [s.access.buffer.value for s in kernel.stores if not s.kept]
            if any(v is not None and v.forward is not None for v in totals):
                parts.add("backward")
        phase = "+".join(p for p in ("forward", "backward", "update") if p in parts)
        found.append(phase)
        for x in kernel.reads:
            readers.setdefault(x.buffer, set()).add(phase)
    return found[::-1]


def _roles(kernel: Kernel) -> list[str]:
    """What the axes of a kernel are."""
    count = len(kernel.extents)
    if isinstance(kernel, Product):
        return ["batch"] * (count - 3) + ["rows", "columns", "summed"]
    if isinstance(kernel, Rows):
        return ["rows"]
    folded: dict[int, str] = {}
    if isinstance(kernel, Sort):
        folded[kernel.dim] = "sorted"
    if isinstance(kernel, Loop):
        reduces = {s.reduce for s in kernel.stores}
        scans = any(s.mode == "scan" for s in kernel.stores)
        word = "running" if scans else "summed" if reduces & {"sum", ""} else "searched"
        folded |= dict.fromkeys(kernel.reduced, word)
    kept = [a for a in range(count) if a not in folded]
    names = ["batch"] * (len(kept) - 2) + ["rows", "columns"][-len(kept) :] if kept else []
    if len(kept) == 1:
        names = ["elements" if count == 1 else "rows" if kept[0] < max(folded) else "columns"]
    return [folded.get(a) or names.pop(0) for a in range(count)]


def _loops(kernel: Kernel, axes: Sequence[Axis], width: int) -> tuple[LoopLevel, ...]:
    """The loops of a `Loop`, as its code has them; none for others."""
    if not isinstance(kernel, Loop):
        return ()
    nest = Nest(kernel, width)
    levels = []
    for place, k in enumerate(nest.order):
        axis = nest.axes[k]
        roles = "·".join(dict.fromkeys(axes[a].role for a in axis.members))
        vector, at_once = 1, 1
        if place == nest.vector:
            vector = next((w for w in (width, 4) if w <= min(axis.extent, width)), 1)
            at_once = nest.unroll if vector * nest.unroll <= axis.extent else 1
        elif place == nest.tile:
            at_once = nest.rows
        levels.append(LoopLevel(roles, axis.extent, axis.split, vector, at_once))
    return tuple(levels)
