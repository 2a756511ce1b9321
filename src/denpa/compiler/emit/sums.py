"""Sums and extrema in registers, over the loops that are folded.

Sums of floating-point numbers follow the tree that `ops.sums` states: a loop whose steps are too
many to be added one after the other runs in blocks, each with registers of its own (a *level*),
which at its end are added to those of the level around it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from denpa.compiler.emit.pointwise import compare, larger, select
from denpa.compiler.emit.values import Values
from denpa.compiler.lower.kernels import BodyNode, Store
from denpa.core.dtype import DType, bool_, int64


class Sums(Values):
    """What a loop keeps until it ends."""

    level = 0  # how many blocks there are around the place that is written now

    def _copies(self, node: BodyNode | None = None) -> list[tuple[int, int]]:
        r, u = self.copies
        if node is not None:
            r = r if self._on(node, self.tile) else 1
            u = u if self._on(node, self.vector) else 1
        return [(a, b) for a in range(r) for b in range(u)]

    def _store_width(self, s: Store) -> int:
        if self.vector is None or not self._coef(s.access, self.vector):
            return 1
        return self.width

    def _plus(self, dtype: DType, a: str, b: str) -> str:
        word = {"f": "fadd", "b": "or"}.get(dtype.kind, "add")
        return self.code.op(f"{word} {self.code.type(dtype)} {a}, {b}")

    def _identity(self, s: Store) -> str:
        dtype = s.node.dtype
        if s.reduce == "sum":
            return self.code.number(0, dtype)
        if dtype.kind == "f":
            return self.code.number(float("-inf"), dtype)
        lowest = 0 if dtype.kind in "ub" else -(1 << (8 * dtype.itemsize - 1))
        return self.code.number(lowest, dtype)

    @staticmethod
    def _in_tree(s: Store) -> bool:
        """Whether the order of the additions shows."""
        return s.reduce == "sum" and s.node.dtype.kind == "f"

    def _slot(
        self, s: Store, what: str, copy: tuple[int, int], width: int, level: int | None = None
    ) -> str:
        """The variable of a store and a copy: its "sum" (or extremum), the place of the "best", or
        the "base", the running sum before the block that runs."""
        level = (self.level if level is None else level) if self._in_tree(s) else 0
        key = (self.loop.stores.index(s), f"{what}{copy}.{width}.{level}")
        if key not in self.sums:
            self.code.width = width
            self.sums[key] = self.code.alloca(int64 if what == "best" else s.node.dtype)
        self.code.width = width
        return self.sums[key]

    def _read(self, s: Store, copy: tuple[int, int], width: int, level: int | None = None) -> str:
        slot = self._slot(s, "sum", copy, width, level)
        return self.code.op(f"load {self.code.type(s.node.dtype)}, ptr {slot}")

    def _set(self, dtype: DType, x: str, slot: str) -> None:
        self.code.say(f"store {self.code.type(dtype)} {x}, ptr {slot}")

    def _vector_sums(self) -> bool:
        """Whether the vector axis is one that is summed over."""
        if self.vector is None:
            return False
        return not self.axes[self.order[self.vector]].parallel

    def _registers(
        self, s: Store, version: tuple[int, int] | None = None
    ) -> list[tuple[int, tuple[int, int]]]:
        """(width, copy) of what a store is summed in, in every version of the vector axis or in
        one."""
        if not self._vector_sums():
            return [(self._sum_width(s), copy) for copy in self._copies()]
        assert self.vector is not None
        many: dict[int, int] = {}
        for width, steps in self.versions(self.vector) if version is None else [version]:
            many[width] = max(many.get(width, 1), steps)
        return [(width, (0, u)) for width in sorted(many) for u in range(many[width])]

    def _start_sums(self, version: tuple[int, int] | None = None) -> None:
        for s in self.loop.stores:
            if self.level and not self._in_tree(s):
                continue
            for width, copy in self._registers(s, version):
                slot = self._slot(s, "sum", copy, width)
                self._set(s.node.dtype, self._identity(s), slot)
                if s.reduce == "argmax":
                    best = self._slot(s, "best", copy, width)
                    self._set(int64, self.code.number(-1, int64), best)

    # -- blocks ------------------------------------------------------------------------------------

    def in_blocks(
        self,
        place: int,
        bounds: tuple[str, str],
        version: tuple[int, int],
        body: Callable[[str], None],
    ) -> None:
        """One version of the loop at `place`, in the blocks that `Nest.blocks` has for it."""
        (start, stop), stride = bounds, version[0] * version[1]
        sizes = self.blocks.get((place, *version), ())
        if sizes:
            own = version if place == self.vector else None
            self._in_blocks(start, stop, stride, int(stop) - int(start), sizes, own, body)
        else:
            self.code.loop(start, stop, stride, body)

    def _in_blocks(
        self,
        start: str,
        stop: str,
        stride: int,
        whole: int,
        sizes: Sequence[int],
        version: tuple[int, int] | None,
        body: Callable[[str], None],
    ) -> None:
        """`whole`: how far the loop goes in all, by which a block may be cut short."""
        if not sizes:
            self.code.loop(start, stop, stride, body)
            return
        span = stride * prod(sizes)

        def block(i: str) -> None:
            end = self.code.op(f"add i64 {i}, {span}")
            if whole % span:
                cut = self.code.op(f"icmp slt i64 {end}, {stop}")
                end = self.code.op(f"select i1 {cut}, i64 {end}, i64 {stop}")
            self._begin_block(version)
            self._in_blocks(i, end, stride, whole, sizes[1:], version, body)
            self._end_block(version)

        self.code.loop(start, stop, span, block)

    def _begin_block(self, version: tuple[int, int] | None) -> None:
        self.scopes.append({})
        self.level += 1
        self._start_sums(version)
        for s in self.loop.stores:
            if s.mode != "scan" or not self._in_tree(s):
                continue
            for width, copy in self._registers(s, version):
                base = self._running(s, copy, width, self.level - 1)
                self._set(s.node.dtype, base, self._slot(s, "base", copy, width))

    def _end_block(self, version: tuple[int, int] | None) -> None:
        for s in self.loop.stores:
            if not self._in_tree(s):
                continue
            for width, copy in self._registers(s, version):
                inner = self._read(s, copy, width)
                outer = self._read(s, copy, width, self.level - 1)
                x = self._plus(s.node.dtype, outer, inner)
                self._set(s.node.dtype, x, self._slot(s, "sum", copy, width, self.level - 1))
        self.level -= 1
        self.scopes.pop()

    def _running(self, s: Store, copy: tuple[int, int], width: int, level: int) -> str:
        """The sum of all until now."""
        x = self._read(s, copy, width, level)
        if not level or not self._in_tree(s):
            return x
        slot = self._slot(s, "base", copy, width, level)
        base = self.code.op(f"load {self.code.type(s.node.dtype)}, ptr {slot}")
        return self._plus(s.node.dtype, base, x)

    # -- one number more ---------------------------------------------------------------------------

    def _sum_width(self, s: Store) -> int:
        return 1 if self._vector_sums() else self._store_width(s)

    def _accumulate(self, s: Store, copy: tuple[int, int]) -> None:
        dtype, code = s.node.dtype, self.code
        width = self.width if self._vector_sums() else self._sum_width(s)
        if s.reduce == "argmax":
            self._argmax(s, copy, width)
            return
        node = s.node
        if s.reduce == "sum" and node.op == "mul" and node.kind == "op" and dtype.kind == "f":
            a, b = (self._operand(x, copy, width) for x in node.args)
            new = code.intrinsic("fma", dtype, a, b, self._read(s, copy, width))
        else:
            x = self._operand(node, copy, width)
            new = self._both(s, self._read(s, copy, width), x)
        self._set(dtype, new, self._slot(s, "sum", copy, width))

    def _argmax(self, s: Store, copy: tuple[int, int], width: int) -> None:
        code, dtype = self.code, s.node.dtype
        folded = [p for p, a in enumerate(self.order) if not self.axes[a].parallel]
        x = self._operand(s.node, copy, width)
        slot, best = (self._slot(s, what, copy, width) for what in ("sum", "best"))
        i = self.index[folded[0]][0] if folded else "0"
        if width > 1:
            i = code.splat(i, int64)
        t, ti = code.type(dtype), code.type(int64)
        old = code.op(f"load {t}, ptr {slot}")
        at = code.op(f"load {ti}, ptr {best}")
        better = compare(code, dtype, "ogt", "sgt", "ugt", x, old)
        if dtype.kind == "f":  # the first NaN wins
            nan = code.op(f"fcmp uno {t} {x}, {x}")
            was = code.op(f"fcmp ord {t} {old}, {old}")
            first = code.op(f"and {code.type(bool_)} {nan}, {was}")
            better = code.op(f"or {code.type(bool_)} {better}, {first}")
        none = code.op(f"icmp slt {ti} {at}, {code.number(0, int64)}")
        better = code.op(f"or {code.type(bool_)} {better}, {none}")
        self._set(dtype, select(code, better, dtype, x, old), slot)
        self._set(int64, select(code, better, int64, i, at), best)

    # -- the end -----------------------------------------------------------------------------------

    def _held(self, s: Store, copy: tuple[int, int]) -> str:
        width = self._sum_width(s)
        if s.mode == "scan":
            return self._running(s, copy, width, self.level)
        if s.reduce == "argmax":
            slot = self._slot(s, "best", copy, width)
            return self.code.op(f"load {self.code.type(int64)}, ptr {slot}")
        return self._read(s, copy, width)

    def _both(self, s: Store, a: str, b: str) -> str:
        dtype = s.node.dtype
        if s.reduce == "sum":
            return self._plus(dtype, a, b)
        return larger(self.code, dtype, a, b)

    def _total(self, s: Store) -> str:
        """All partial sums as one number, halves added to halves."""
        code, dtype = self.code, s.node.dtype
        parts: dict[int, list[str]] = {}
        for width, copy in self._registers(s):
            parts.setdefault(width, []).append(self._read(s, copy, width))
        total = ""
        for width in sorted(parts, reverse=True):
            code.width, many = width, parts[width]
            while len(many) > 1:
                many = [self._both(s, a, b) for a, b in zip(many[::2], many[1::2], strict=True)]
            x = many[0]
            while width > 1:
                x = self._both(s, *self._halves(x, dtype, width))
                width //= 2
            total = self._both(s, total, x) if total else x
        return total

    def _halves(self, x: str, dtype: DType, width: int) -> tuple[str, str]:
        """The two halves of a vector; the width is theirs from now on."""
        code, half = self.code, width // 2
        code.width = width
        many = code.type(dtype)
        code.width = half
        if half == 1:
            first, second = (code.op(f"extractelement {many} {x}, i64 {k}") for k in (0, 1))
            return first, second
        picks = [", ".join(f"i32 {n}" for n in r) for r in (range(half), range(half, width))]
        first, second = (
            code.op(f"shufflevector {many} {x}, {many} poison, <{half} x i32> <{p}>") for p in picks
        )
        return first, second
