"""What a compiled program is on disk: the text that its key is made of, and its plan as JSON.

The text says all that decides what is compiled, constants to the bit, and says two things that
differ in two ways: `repr` and `str` do not (a NaN is like any other, `str("1")` is like `str(1)`).
A plan that was read is checked before anything runs by it, since what stands in it are addresses
and numbers of functions: what does not fit this graph is no entry.
"""

from __future__ import annotations

import base64
import hashlib
import io
import struct
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from denpa.compiler.emit.codegen import Call, Plan
from denpa.core.graph import Graph, Value
from denpa.core.op import OPS
from denpa.core.shape import size_of


class Misfit(ValueError):
    """An entry of the cache that does not belong to the program."""


# -- the key -------------------------------------------------------------------------------------


def text_of(graph: Graph) -> str:
    """All of a graph that decides its code, as text: two graphs that differ have two texts.

    Errors: TypeError for what has no text that is known to be its own, such as an object of the
    user among the params.
    """
    names: dict[int, str] = {}
    for v in (*graph.inputs, *graph.constants, *graph.equations):
        names.setdefault(id(v), f"v{len(names)}")

    def kind(v: Value) -> str:
        return f"{names[id(v)]}:{v.dtype.str}{list(v.shape)}"

    lines = ["inputs " + ", ".join(map(kind, graph.inputs))]
    lines += [f"{kind(v)} = {exact(v.array)}" for v in graph.constants]
    for v in graph.equations:
        assert v.op is not None
        if OPS.get(v.op.name) is not v.op:
            raise TypeError(f"{v.op.name} is another op than the table's")
        args = [names[id(x)] if type(x) is Value else exact(x) for x in v.inputs]
        args += [f"{key}={exact(v.params[key])}" for key in sorted(v.params)]
        lines.append(f"{kind(v)} = {v.op.name}({', '.join(args)})")
    lines.append("return " + ", ".join(names[id(v)] for v in graph.outputs))
    return "\n".join(lines)


def exact(x: Any) -> str:
    """A constant as text, with its type and all its bits."""
    kind = type(x)
    if x is None or x is Ellipsis or kind in (bool, int, str, bytes):
        return f"{kind.__name__} {x!r}"
    if kind is float:
        return f"float {struct.pack('<d', x).hex()}"  # a NaN has bits that its name does not show
    if kind is complex:
        return f"complex {struct.pack('<dd', x.real, x.imag).hex()}"
    if isinstance(x, np.dtype) and x.names is None:
        return f"dtype {x.str}"
    if isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in "biufcSU":
        data = np.ascontiguousarray(x).tobytes()
        return f"{kind.__name__} {x.dtype.str}{list(x.shape)} {hashlib.sha256(data).hexdigest()}"
    if kind in (tuple, list):
        return f"{kind.__name__}({', '.join(map(exact, x))})"
    if kind is slice:
        return f"slice({exact(x.start)}, {exact(x.stop)}, {exact(x.step)})"
    if kind is type:
        return f"type {x.__module__}.{x.__qualname__}"
    raise TypeError(f"a constant of type {kind.__name__} has no exact text")


# -- the plan ------------------------------------------------------------------------------------


def meta_of(plan: Plan, name: str, kernels: int, objects: bytes) -> dict[str, Any]:
    """A plan as JSON, with what it belongs to: the key, the number of kernels, the code."""
    data = asdict(plan)
    arrays = io.BytesIO()
    np.savez(arrays, *plan.constants)
    data["constants"] = base64.b64encode(arrays.getvalue()).decode()
    data["where"] = []  # lines of the user change; `codegen` knows them
    code = hashlib.sha256(objects).hexdigest()
    return {"program": name, "kernels": kernels, "code": code, "plan": data}


def plan_of(
    meta: Any,
    objects: bytes,
    name: str,
    graph: Graph,
    state: Sequence[tuple[int, int]],
    batch: Sequence[int],
    lanes: int,
    blas: bool,
) -> Plan:
    """The plan that `meta_of` wrote, checked against the program.

    Errors: Misfit where it is not one that can be run for this graph.
    """
    try:
        _expect(meta["program"] == name, "it is of another program")
        _expect(meta["code"] == hashlib.sha256(objects).hexdigest(), "it is of other code")
        data = dict(meta["plan"])
        with np.load(io.BytesIO(base64.b64decode(data["constants"], validate=True))) as arrays:
            data["constants"] = [arrays[k] for k in arrays.files]
        data["staging"] = {int(k): tuple(x) for k, x in data["staging"].items()}
        data["calls"] = [
            Call(c["kernel"], [tuple(x) for x in c["arguments"]], [tuple(x) for x in c["shares"]])
            for c in data["calls"]
        ]
        plan = Plan(**data)
        _check(plan, graph, dict(state), tuple(batch))
        _check_calls(plan, meta["kernels"])
        _expect(plan.lanes in (1, lanes), f"it has {plan.lanes} lanes")
        _expect(blas or not plan.products, "it calls a BLAS, and there is none")
    except Misfit:
        raise
    except Exception as error:  # of the wrong structure, in one of many ways
        raise Misfit(f"{type(error).__name__}: {error}") from error
    return plan


def _expect(fits: bool, what: str) -> None:
    if not fits:
        raise Misfit(what)


def _whole(x: Any, low: int, high: int) -> bool:
    """Whether `x` is one of low … high−1; True and 1.0 are not 1."""
    return type(x) is int and low <= x < high


def _check(plan: Plan, graph: Graph, state: dict[int, int], batch: tuple[int, ...]) -> None:
    """Memory: every input, output and constant has a base of its own, batches room in the arena."""
    _expect(type(plan.products) is bool and plan.where == [], "products or where")
    _expect(_whole(plan.lanes, 1, 1 << 16) and _whole(plan.arena, 0, 1 << 48), "lanes or arena")
    written = {o: i for i, o in state.items()}
    own = [plan.numbers, *(t for t, _ in plan.staging.values())] if batch else []
    own += plan.constant_bases
    own += list({id(v): b for v, b in zip(graph.inputs, plan.inputs, strict=True)}.values())
    for o, (v, b) in enumerate(zip(graph.outputs, plan.outputs, strict=True)):
        if o in written:  # over the state itself
            _expect(b == plan.inputs[written[o]], f"output {o} ({v}) is not at its state")
        else:
            own.append(b)
    # Base 0 is the arena; the others have one owner each.
    _expect(type(plan.bases) is int and plan.bases == 1 + len(own), "other bases")
    _expect(all(_whole(b, 1, plan.bases) for b in own), "a base that there is not")
    _expect(len(set(own)) == len(own), "one base for two")
    _expect(bool(batch) or plan.numbers == -1, "row numbers without a batch")
    _expect(set(plan.staging) == set(batch), "it gathers other inputs")
    for i, (_, offset) in plan.staging.items():
        size = size_of(graph.inputs[i].shape) * graph.inputs[i].dtype.itemsize
        _expect(_whole(offset, 0, plan.arena - size + 1), f"no room for the batch of input {i}")
    _expect(len(plan.constants) == len(plan.constant_bases), "constants without a base")
    _expect(all(a.flags.c_contiguous for a in plan.constants), "constants with gaps")


def _check_calls(plan: Plan, kernels: Any) -> None:
    """The table: functions that there are, on places that there are."""
    for call in plan.calls:
        _expect(_whole(call.kernel, -1, kernels), "a kernel that there is not")
        if call.kernel < 0:
            _expect(not call.arguments and not call.shares, "a barrier with arguments")
            continue
        _expect(len(call.shares) == plan.lanes, "shares of other lanes")
        for low, high in call.shares:
            _expect(_whole(low, 0, 1 << 62) and _whole(high, low, 1 << 62), "a share")
        for base, offset in call.arguments:
            _expect(_whole(base, 0, plan.bases), "an argument without a base")
            last = plan.arena if base == 0 else 0
            _expect(_whole(offset, 0, last + 1), "an argument beyond the arena")
