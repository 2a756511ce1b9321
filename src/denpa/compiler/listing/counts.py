"""What a kernel does, counted: its operations, floating-point operations, and bytes moved.

Conventions, so that a count on paper gives the same numbers:

* an operation that gives one floating-point number is one FLOP, whatever it costs (exp, division,
  relu, `where` alike); `addcmul` is two, a sum adds one for each number, a product of m×k by k×n
  is 2·m·n·k;
* whole numbers, truth values (so comparisons too), casts and random bits are none;
* what does not change in an inner loop is computed, and counted, once outside it;
* bytes are those of the elements that a kernel touches, each once: what a perfect cache would move
  (a product's blocks come from memory more often, and lanes may both read a weight).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from denpa.compiler.emit.nest import Nest
from denpa.compiler.lower.fusion import DEAR
from denpa.compiler.lower.index import VIEWS
from denpa.compiler.lower.kernels import (
    Access,
    BodyNode,
    Buffer,
    Kernel,
    Loop,
    Product,
    Rows,
    Store,
    Uniform,
)
from denpa.core.graph import Value
from denpa.core.shape import size_of

_PIECES = frozenset(("cat", "pad", "fold", "scatter_add"))  # loops that place what they are given


@dataclass(frozen=True)
class Operation:
    """One equation that a kernel computes. `label` is the op's name; for an equation of a backward
    pass "δ of " the op that it belongs to."""

    label: str
    op: str
    backward: bool
    scope: str
    line: str  # of the user, "mlp.py:12"; empty where it is not known
    text: str  # that line


def label_of(v: Value) -> str:
    """What a value is called: "relu", "δ of relu", "δ of δ of relu" in a second derivative; of an
    affine layer "δx", "δW" and "δb", where its weight is an input of the program.

    >>> label_of(Value((), None))
    'copy'
    """
    deltas, last = 0, v
    while last.forward is not None:
        deltas, last = deltas + 1, last.forward
    name = last.op.name if last.op is not None else "copy"
    if deltas == 1 and name == "linear" and v.op is not None:
        return f"δ{_part(v, last)} of linear"
    return "δ of " * deltas + name


def _part(v: Value, linear: Value) -> str:
    """Which derivative of x·Wᵀ + b an equation computes: that to x reads W."""
    weight = linear.inputs[1]
    if not isinstance(weight, Value) or weight.op is not None or v.op is None:
        return ""
    if v.op.name == "sum":
        return "b"
    operands = [x for x in v.inputs if isinstance(x, Value)]
    while v.op.name == "matmul" and operands:
        x = operands.pop()
        if x is weight:
            return "x"
        if x.op is not None and x.op.name in VIEWS:
            operands.append(x.inputs[0])
    return "W" if v.op.name == "matmul" else ""


def operations(kernel: Kernel) -> list[Operation]:
    """The equations computed by a kernel, operands before results, each once."""
    if isinstance(kernel, Rows):
        return [Operation("gather rows", "rows", False, "", "", "")]
    found: dict[int, Operation] = {}
    for v, name in _computed(kernel):
        source = v.source
        line, text = ("", "") if source is None else (str(source).split("   ")[0], source.text)
        own = name or (v.op.name if v.op is not None else "copy")
        backward = v.forward is not None
        label = label_of(v) if backward or not name else name
        if kernel.kind == "check":
            label, own = f"is {label} finite?", "check"
        found.setdefault(id(v), Operation(label, own, backward, v.scope, line, text))
    return list(found.values())


def _computed(kernel: Kernel) -> Iterator[tuple[Value, str]]:
    """(equation, its name where it is not the op's)."""
    if not isinstance(kernel, Loop):
        yield from ((v, "") for v in kernel.values)
        return
    for store, result in results(kernel):
        before = 0
        for root in (*store.index, store.node):
            for node in root.walk():
                if node.kind in ("op", "take") and node.value is not None:
                    before += 1
                    yield node.value, ""
        name = result.op.name if result.op is not None else ""
        if store.reduce or (name in _PIECES and store.node.kind != "const"):
            yield result, ""
        elif not before:
            yield result, "fill" if store.node.kind == "const" else "copy"


def results(loop: Loop) -> list[tuple[Store, Value]]:
    """Every store of a loop and the equation whose value it writes."""
    if not loop.epilogue and len(loop.values) == len(loop.stores):
        return list(zip(loop.stores, loop.values, strict=True))
    return [(s, s.access.buffer.value or loop.values[-1]) for s in loop.all_stores]


def flops(kernel: Kernel, width: int) -> tuple[int, int]:
    """(floating-point operations, how many of them are divisions, roots, exp and the like)."""
    size = size_of(kernel.extents)
    if isinstance(kernel, Product):
        return 2 * size, 0
    if kernel.kind == "check":  # 0·x and a sum over all that it looks at
        return 2 * sum(x.buffer.size for x in kernel.reads), 0
    if not isinstance(kernel, Loop):
        return 0, 0
    nest = Nest(kernel, width)
    total, dear = 0, 0
    for node in nodes_of(kernel.all_stores):
        if node.kind == "op" and node.dtype.kind == "f" and node.op != "cast":
            turns = size_of([nest.axes[a].extent for a in nest.order[: nest.depth[id(node)]]])
            total += turns * (2 if node.op == "addcmul" else 1)
            dear += turns if node.op in DEAR else 0
    for s in kernel.stores:
        adds = s.reduce in ("sum", "amax") or s.mode == "add"
        if adds and s.node.dtype.kind == "f":
            total += size
    return total, dear


def nodes_of(stores: Iterable[Store]) -> list[BodyNode]:
    """All nodes of some stores, operands first, each once."""
    found: dict[int, BodyNode] = {}
    for s in stores:
        for root in (*s.index, s.node):
            found.update((id(n), n) for n in root.walk())
    return list(found.values())


Traffic = dict[Buffer, int]


def traffic(kernel: Kernel) -> tuple[Traffic, Traffic, int]:
    """Bytes read of each buffer, bytes written, and bytes read from the table of a mini-batch and
    its row numbers, which are no buffers."""
    reads: dict[Buffer, dict[object, int]] = {}
    writes: dict[Buffer, dict[object, int]] = {}

    def touch(where: dict[Buffer, dict[object, int]], x: Access, index: Iterable[BodyNode]) -> None:
        axes = {a for a, c in enumerate(x.coefs) if c}
        places = [n for root in index for n in root.walk()]
        for node in places:
            if node.access is not None:
                axes |= {a for a, c in enumerate(node.access.coefs) if c}
        key = (x.const, x.coefs, tuple(id(n) for n in places))
        where.setdefault(x.buffer, {})[key] = _elements(x, kernel.extents, axes, bool(places))

    if kernel.kind == "check":  # whole buffers
        return {x.buffer: x.buffer.bytes for x in kernel.reads}, {}, 0
    if isinstance(kernel, Loop):
        for node in nodes_of(kernel.all_stores):
            if node.access is not None and node.kind != "held":
                touch(reads, node.access, node.args)
        for s in kernel.all_stores:
            if s.kept:
                touch(writes, s.access, s.index)
            if s.mode == "add":
                touch(reads, s.access, s.index)
    elif isinstance(kernel, Rows):
        moved = kernel.out.bytes
        return {}, {kernel.out: moved}, moved + 8 * kernel.extents[0]
    else:
        for x in kernel.reads:
            touch(reads, x, ())
        for x in kernel.writes:
            touch(writes, x, ())
    if isinstance(kernel, Uniform):  # seed and number of the draw
        reads = {x.buffer: {"state": 2} for x in kernel.reads}
    return _bytes(reads), _bytes(writes), 0


def _elements(x: Access, extents: Sequence[int], axes: set[int], by_data: bool) -> int:
    """How many elements an access touches; windows that overlap count once."""
    many = size_of([extents[a] for a in axes])
    if by_data or not many:
        return many
    span = 1 + sum(abs(c) * (extents[a] - 1) for a, c in enumerate(x.coefs) if c)
    return min(many, span)


def _bytes(found: dict[Buffer, dict[object, int]]) -> Traffic:
    return {b: min(sum(n.values()), b.size) * b.dtype.itemsize for b, n in found.items()}
