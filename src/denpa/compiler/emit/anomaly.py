"""Anomaly mode of native programs: after every equation its numbers are looked at, and the first
one that made a NaN or an infinity from finite numbers is named with its op and source line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from denpa.autodiff import anomaly
from denpa.compiler.emit.code import Arguments, Code
from denpa.compiler.lower.kernels import Access, Buffer, Kernel, View
from denpa.core.errors import AnomalyError
from denpa.core.graph import Graph, Value


class Check(Kernel):
    """Fails if the buffer of a value holds what is not finite and its operands' buffers do not."""

    kind = "check"

    def __init__(self, value: Value, out: Buffer, inputs: Sequence[Buffer]) -> None:
        super().__init__((out.size,), (False,), [value])
        self.buffers = [out, *inputs]
        self.reads = [Access(b, 0, (0,)) for b in self.buffers]


def checks(graph: Graph, views: dict[int, View]) -> list[Kernel]:
    """A check for each floating-point equation that has a place in memory."""
    found: list[Kernel] = []
    for v in graph.equations:
        own = views.get(id(v))
        if own is None or own.buffer.value is not v or v.dtype.kind != "f" or not own.buffer.size:
            continue
        operands = []
        for x in v.inputs:
            while isinstance(x, Value) and id(x) not in views and x.op is not None:
                x = x.inputs[0]
            if isinstance(x, Value) and id(x) in views and x.dtype.kind == "f":
                operands.append(views[id(x)].buffer)
        found.append(Check(v, own.buffer, operands))
    return found


def check_code(kernel: Check, name: str, width: int) -> tuple[Code, Arguments, str]:
    """Σ 0·x over each buffer: zero for finite numbers, NaN otherwise."""
    code = Code()
    args = Arguments(code)
    finite: list[str] = []
    for buffer in kernel.buffers:
        at, dtype = args.pointer(buffer), buffer.dtype
        element = code.memory(dtype)
        whole = buffer.size // width * width
        slots = {}
        for lanes in (width, 1):
            code.width = lanes
            slots[lanes] = code.alloca(dtype)
            code.say(f"store {code.type(dtype)} {code.number(0, dtype)}, ptr {slots[lanes]}")

        def add(
            i: str,
            lanes: int,
            at: str = at,
            dtype: Any = dtype,
            element: str = element,
            slots: dict[int, str] = slots,
        ) -> None:
            code.width = lanes
            t = code.type(dtype)
            place = code.op(f"getelementptr {element}, ptr {at}, i64 {i}")
            x = code.op(f"load {t}, ptr {place}, align {dtype.itemsize}")
            nothing = code.op(f"fmul {t} {x}, {code.number(0, dtype)}")
            old = code.op(f"load {t}, ptr {slots[lanes]}")
            code.say(f"store {t} {code.op(f'fadd {t} {old}, {nothing}')}, ptr {slots[lanes]}")

        code.loop("0", str(whole), width, lambda i, add=add: add(i, width))  # type: ignore[misc]
        code.loop(str(whole), str(buffer.size), 1, lambda i, add=add: add(i, 1))  # type: ignore[misc]
        fine = ""
        for lanes in (width, 1):
            code.width = lanes
            t = code.type(dtype)
            total = code.op(f"load {t}, ptr {slots[lanes]}")
            yes = code.op(f"fcmp oeq {t} {total}, {code.number(0, dtype)}")
            if lanes > 1:
                bits = code.op(f"bitcast <{lanes} x i1> {yes} to i{lanes}")
                yes = code.op(f"icmp eq i{lanes} {bits}, -1")
            fine = code.op(f"and i1 {fine}, {yes}") if fine else yes
        finite.append(fine)
    code.width = 1
    bad = code.op(f"xor i1 {finite[0]}, true")
    for other in finite[1:]:
        bad = code.op(f"and i1 {bad}, {other}")
    code.fail_if(bad)
    return code, args, code.text(name)


def replay(graph: Graph, arrays: Sequence[np.ndarray], where: str) -> NoReturn:
    """Run the step again equation by equation and raise where the first bad number is made."""
    known: dict[int, Any] = {id(v): v.array for v in graph.constants}
    known |= {id(v): a for v, a in zip(graph.inputs, arrays, strict=True)}
    with np.errstate(all="ignore"):
        for v in graph.equations:
            assert v.op is not None
            args = [known[id(x)] if isinstance(x, Value) else x for x in v.inputs]
            known[id(v)] = result = np.asarray(v.op.eval(*args, **v.params))
            name = v.op.name if v.forward is None else f"the backward pass of {_forward(v)}"
            anomaly.check(name, result, args, v.source, v.scope)
    raise AnomalyError(f"{where} made a NaN or an infinity from finite inputs")


def _forward(v: Value) -> str:
    forward = v.forward
    assert forward is not None
    return forward.op.name if forward.op is not None else "a value"
