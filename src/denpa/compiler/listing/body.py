"""What stands in a kernel, a line for each number that it computes; and the equations of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from denpa.compiler.listing.counts import nodes_of
from denpa.compiler.lower.kernels import Access, BodyNode, Buffer, Kernel, Loop, Product, Rows, Sort
from denpa.core.graph import Graph

_AXES = "ijklmnpq"  # names of loops, outermost first


def listing(kernel: Kernel, names: Mapping[Buffer, str]) -> list[str]:
    """The body of a kernel's loops; i, j, k, … count its axes."""
    if isinstance(kernel, Rows):
        return [f"{names[kernel.out]}[i] = row i of the mini-batch, {kernel.width} numbers"]
    if isinstance(kernel, Product):
        a, b, c = (_place(x, names) for x in (kernel.a, kernel.b, kernel.c))
        axis = _letter(len(kernel.extents) - 1)
        return [f"{c} = sum over {axis} of {a} · {b}"]
    if kernel.kind == "check":
        first, *rest = (names[x.buffer] for x in kernel.reads)
        given = f" while {', '.join(rest)} are" if rest else ""
        return [f"fail if {first} is not finite{given}"]
    if not isinstance(kernel, Loop):
        read, wrote = _place(kernel.reads[0], names), _place(kernel.writes[0], names)
        if isinstance(kernel, Sort):
            return [f"{wrote} = places of {read} in order along {_letter(kernel.dim)}"]
        return [f"{wrote} = random in [0, 1), from seed and count in {read}"]
    return _body(kernel, names)


def _letter(axis: int) -> str:
    return _AXES[axis] if axis < len(_AXES) else f"i{axis}"


def _place(x: Access, names: Mapping[Buffer, str], index: Sequence[str] = ()) -> str:
    """buffer[16·i + j]: places counted in elements from the buffer's start."""
    terms = [_letter(a) if c == 1 else f"{c}·{_letter(a)}" for a, c in enumerate(x.coefs) if c]
    terms += index
    if x.const or not terms:
        terms.append(str(x.const))
    return f"{names[x.buffer]}[{' + '.join(terms).replace('+ -', '- ')}]"


def _body(loop: Loop, names: Mapping[Buffer, str]) -> list[str]:
    lines: list[str] = []
    known: dict[int, str] = {}
    totals: dict[int, str] = {}  # by store, where an epilogue reads them

    def places(index: Sequence[BodyNode], strides: Sequence[int]) -> list[str]:
        found = [known[id(n)] for n in index]
        return [x if s == 1 else f"{s}·{x}" for x, s in zip(found, strides, strict=True)]

    def compute(nodes: Sequence[BodyNode]) -> None:
        for node in nodes:
            if id(node) in known:
                continue
            if node.kind == "const":
                number = node.number
                known[id(node)] = f"{number:g}" if type(number) is float else str(number)
            elif node.kind == "held":
                known[id(node)] = totals[id(node.number)]
            elif node.access is not None:
                known[id(node)] = _place(
                    node.access,
                    names,
                    places(node.args, node.params["strides"]) if node.kind == "take" else (),
                )
            else:
                args = ", ".join(known[id(a)] for a in node.args)
                known[id(node)] = f"t{len(lines) + 1}"
                lines.append(f"{known[id(node)]} = {node.op}({args})")

    compute(nodes_of(loop.stores))
    for s in loop.stores:
        value = known[id(s.node)]
        if s.reduce:
            axes = ", ".join(_letter(a) for a in sorted(loop.reduced))
            scan = "running " if s.mode == "scan" else ""
            value = f"{scan}{s.reduce} over {axes} of {value}"
            if loop.epilogue:
                totals[id(s)] = f"t{len(lines) + 1}"
                lines.append(f"{totals[id(s)]} = {value}")
                value = totals[id(s)]
        if s.kept:
            at = _place(s.access, names, places(s.index, s.strides))
            lines.append(f"{at} {'+=' if s.mode == 'add' else '='} {value}")
    compute(nodes_of(loop.epilogue))
    lines += [f"{_place(s.access, names)} = {known[id(s.node)]}" for s in loop.epilogue]
    return lines


def program(graph: Graph, kernel: Kernel | None) -> str:
    """The equations of a graph, or those of them that one kernel computes."""
    text = str(graph)
    if kernel is None:
        return text
    own = {id(v) for v in kernel.values}
    if isinstance(kernel, Loop):
        own |= {id(n.value) for n in nodes_of(kernel.all_stores) if n.kind in ("op", "take")}
    lines = text.splitlines()[1 + len(graph.constants) :]
    chosen = [x for x, v in zip(lines, graph.equations, strict=False) if id(v) in own]
    return "\n".join(x.strip() for x in chosen)
