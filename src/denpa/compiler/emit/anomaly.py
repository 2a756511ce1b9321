"""Anomaly mode of native programs: the numbers are looked at where the rule of
`denpa.autodiff.anomaly` may find something to blame, so that eager mode judges that step."""

from __future__ import annotations

from collections.abc import Sequence

from denpa.compiler.emit.code import Arguments, Code
from denpa.compiler.lower.kernels import Access, Buffer, Kernel, View
from denpa.core.graph import Graph, Value


class Check(Kernel):
    """Fails if a buffer holds a NaN and the other ones, its operands', do not; with `finite`, if it
    holds an infinity too."""

    kind = "check"

    def __init__(self, value: Value, buffers: Sequence[Buffer], finite: bool) -> None:
        super().__init__((buffers[0].size,), (False,), [value])
        self.buffers, self.finite = list(buffers), finite
        self.reads = [Access(b, 0, (0,)) for b in self.buffers]


def checks(graph: Graph, views: dict[int, View], outputs: Sequence[Buffer]) -> list[Kernel]:
    """Checks of what is computed: results must be finite; in the forward pass no equation may make
    a NaN."""
    found: list[Kernel] = []
    for v in graph.equations:
        own = views.get(id(v))
        if own is None or own.buffer.value is not v or v.dtype.kind != "f" or not own.buffer.size:
            continue
        if v.forward is None:
            found.append(Check(v, [own.buffer, *_operands(v, views)], False))
    given = {id(v) for v in (*graph.inputs, *graph.constants)}
    for v, buffer in zip(graph.outputs, outputs, strict=True):
        if id(v) not in given and v.dtype.kind == "f" and buffer.size:
            found.append(Check(v, [buffer], True))
    return found


def _operands(v: Value, views: dict[int, View]) -> list[Buffer]:
    found = []
    for x in v.inputs:
        while isinstance(x, Value) and id(x) not in views and x.op is not None:
            x = x.inputs[0]
        if isinstance(x, Value) and id(x) in views and x.dtype.kind == "f":
            found.append(views[id(x)].buffer)
    return found


def check_code(kernel: Check, name: str, width: int) -> tuple[Code, Arguments, str]:
    """A buffer's mark becomes 1 at an element that is NaN (or, with `finite`, infinite: 0·x is NaN
    then); it is in order if its mark is 0."""
    code = Code()
    args = Arguments(code)
    right: list[str] = []
    for buffer in kernel.buffers:
        at = args.pointer(buffer)
        slots = _marks(code, buffer, at, width, kernel.finite)
        right.append(_zero(code, buffer, slots))
    code.width = 1
    bad = code.op(f"xor i1 {right[0]}, true")
    for other in right[1:]:
        bad = code.op(f"and i1 {bad}, {other}")
    code.fail_if(bad)
    return code, args, code.text(name)


def _marks(code: Code, buffer: Buffer, at: str, width: int, finite: bool) -> dict[int, str]:
    """Where the marks of a buffer lie, by their number of lanes."""
    dtype = buffer.dtype
    element = code.memory(dtype)
    whole = buffer.size // width * width
    slots = {}
    for lanes in (width, 1):
        code.width = lanes
        slots[lanes] = code.alloca(dtype)
        code.say(f"store {code.type(dtype)} {code.number(0, dtype)}, ptr {slots[lanes]}")

    def add(i: str, lanes: int) -> None:
        code.width = lanes
        t = code.type(dtype)
        place = code.op(f"getelementptr {element}, ptr {at}, i64 {i}")
        x = code.op(f"load {t}, ptr {place}, align {dtype.itemsize}")
        looked_at = code.op(f"fmul {t} {x}, {code.number(0, dtype)}") if finite else x
        wrong = code.op(f"fcmp uno {t} {looked_at}, {looked_at}")
        old = code.op(f"load {t}, ptr {slots[lanes]}")
        kind = "i1" if lanes == 1 else f"<{lanes} x i1>"
        new = code.op(f"select {kind} {wrong}, {t} {code.number(1, dtype)}, {t} {old}")
        code.say(f"store {t} {new}, ptr {slots[lanes]}")

    code.loop("0", str(whole), width, lambda i: add(i, width))
    code.loop(str(whole), str(buffer.size), 1, lambda i: add(i, 1))
    return slots


def _zero(code: Code, buffer: Buffer, slots: dict[int, str]) -> str:
    """Whether all marks of a buffer are 0."""
    dtype, found = buffer.dtype, ""
    for lanes, slot in slots.items():
        code.width = lanes
        t = code.type(dtype)
        total = code.op(f"load {t}, ptr {slot}")
        yes = code.op(f"fcmp oeq {t} {total}, {code.number(0, dtype)}")
        if lanes > 1:
            bits = code.op(f"bitcast <{lanes} x i1> {yes} to i{lanes}")
            yes = code.op(f"icmp eq i{lanes} {bits}, -1")
        found = code.op(f"and i1 {found}, {yes}") if found else yes
    return found
