"""The text of `Loop` kernels: loops around nodes, stores, and sums in registers."""

from __future__ import annotations

from denpa.compiler.loop_values import Values
from denpa.compiler.loops import Node, Store
from denpa.compiler.nest import Axis
from denpa.compiler.pointwise import compare, larger, select
from denpa.core.dtype import DType, bool_, int64


class LoopWriter(Values):
    """Writes one `Loop`."""

    def write(self, name: str) -> str:
        """The function's text."""
        # Arguments in the order of the stores: equal loops, equal text.
        for s in self.loop.all_stores:
            if s.kept:
                self.args.pointer(s.access.buffer)
        self._nest(0)
        return self.code.text(name)

    def _nest(self, place: int) -> None:
        self._hoist(place)
        first = next((k for k, a in enumerate(self.order) if not self.axes[a].parallel), None)
        at = len(self.order) if first is None else first
        if (self.reducing or self.scan) and place == at:
            self._start_sums()
            self._loops(place)
            self._finish_sums(place)
            return
        self._loops(place)

    def _loops(self, place: int) -> None:
        if place == len(self.order):
            self._body()
            return
        axis = self.axes[self.order[place]]
        if axis.split:
            start = self._times("%lo", axis.scale)
            stop = self._times("%hi", axis.scale)
        else:
            start, stop = "0", str(axis.extent)
        for width, steps in self._versions(place, axis):
            stride = width * steps
            end = stop
            if stride > 1:
                end = self._floor(start, stop, stride)

            def body(i: str, width: int = width, steps: int = steps) -> None:
                self._enter(place, i, width, steps)

            self.code.loop(start, end, stride, body)
            start = end

    def _floor(self, start: str, stop: str, stride: int) -> str:
        """The end of the last whole stride."""
        if start.isdigit() and stop.isdigit():
            return str(int(start) + (int(stop) - int(start)) // stride * stride)
        span = self.code.op(f"sub i64 {stop}, {start}")
        whole = self.code.op(f"and i64 {span}, {-stride}")
        return self.code.op(f"add i64 {start}, {whole}")

    def _versions(self, place: int, axis: Axis) -> list[tuple[int, int]]:
        """(lanes, steps at once), from the widest to what takes the rest."""
        found: list[tuple[int, int]] = []
        if place == self.vector:
            if self.unroll > 1:
                found.append((self.full, self.unroll))
            found.append((self.full, 1))
            if self.full > 4:
                found.append((4, 1))
            found = [v for v in found if v[0] * v[1] <= axis.extent]
        elif place == self.tile:
            found.append((1, self.rows))
        return [*found, (1, 1)]

    def _enter(self, place: int, i: str, width: int, steps: int) -> None:
        old = self.width, self.copies
        self.scopes.append({})
        names = [i]
        for k in range(1, steps):
            names.append(self.code.op(f"add i64 {i}, {k * width}"))
        self.index[place] = names
        if place == self.vector:
            self.width, self.copies = width, (self.copies[0], steps)
        elif place == self.tile:
            self.copies = (steps, self.copies[1])
        self._nest(place + 1)
        self.scopes.pop()
        self.width, self.copies = old

    def _hoist(self, place: int) -> None:
        """Compute what depends on no inner loop before they start."""
        for s in self.loop.stores:
            for root in (*s.index, s.node):
                for node in root.walk():
                    if self.depth[id(node)] == place and node.kind != "const":
                        if place == len(self.order):
                            return  # the body itself asks for what it needs
                        for copy in self._copies(node):
                            self._value(node, copy)

    def _copies(self, node: Node | None = None) -> list[tuple[int, int]]:
        r, u = self.copies
        if node is not None:
            r = r if self._on(node, self.tile) else 1
            u = u if self._on(node, self.vector) else 1
        return [(a, b) for a in range(r) for b in range(u)]

    # -- stores ----------------------------------------------------------------------------------

    def _body(self) -> None:
        ready: list[tuple[Store, str, tuple[int, int]]] = []
        for s in self.loop.stores:
            for copy in self._copies():
                if s.reduce:
                    self._accumulate(s, copy)
                    if s.mode == "scan":
                        ready.append((s, self._held(s, copy), copy))
                else:
                    ready.append((s, self._operand(s.node, copy, self._store_width(s)), copy))
        for s, x, copy in ready:  # all is read before anything is written over
            self._put(s, x, copy)

    def _store_width(self, s: Store) -> int:
        if self.vector is None or not self._coef(s.access, self.vector):
            return 1
        return self.width

    def _put(self, s: Store, x: str, copy: tuple[int, int], place: int | None = None) -> None:
        """Write a register where a store says."""
        dtype, width, code = s.access.buffer.dtype, self._store_width(s), self.code
        at = self._address(s.access, copy, place)
        element = code.memory(dtype)
        if s.index:
            offset = self._positions(s.index, s.sizes, s.strides, copy, 1)
            at = code.op(f"getelementptr {element}, ptr {at}, i64 {offset}")
        step = 1 if width == 1 or self.vector is None else self._coef(s.access, self.vector)
        if width > 1 and step != 1:
            one = code.memory(dtype)
            for k in range(width):
                code.width = width
                lane = code.op(f"extractelement {code.type(dtype)} {x}, i64 {k}")
                spot = code.op(f"getelementptr {one}, ptr {at}, i64 {k * step}") if k else at
                code.width = 1
                self._write(s, lane, spot, dtype)
            return
        code.width = width
        self._write(s, x, at, dtype)

    def _write(self, s: Store, x: str, at: str, dtype: DType) -> None:
        code = self.code
        if s.mode == "add":
            kind = code.memory(dtype)
            kind = kind if code.width == 1 else f"<{code.width} x {kind}>"
            old = code.op(f"load {kind}, ptr {at}, align {dtype.itemsize}")
            if dtype == bool_:
                old = code.op(f"icmp ne {kind} {old}, zeroinitializer")
            x = self._plus(dtype, old, x)
        if dtype == bool_:
            many = "i8" if code.width == 1 else f"<{code.width} x i8>"
            x = code.op(f"zext {code.type(dtype)} {x} to {many}")
            code.say(f"store {many} {x}, ptr {at}, align 1")
            return
        code.say(f"store {code.type(dtype)} {x}, ptr {at}, align {dtype.itemsize}")

    # -- sums in registers -------------------------------------------------------------------------

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

    def _slot(self, k: int, what: str, dtype: DType, width: int) -> str:
        key = (k, f"{what}.{width}.{dtype.name}")
        if key not in self.sums:
            self.code.width = width
            self.sums[key] = self.code.alloca(dtype)
        return self.sums[key]

    def _vector_sums(self) -> bool:
        """Whether the vector axis is one that is summed over."""
        if self.vector is None:
            return False
        return not self.axes[self.order[self.vector]].parallel

    def _start_sums(self) -> None:
        for k, s in enumerate(self.loop.stores):
            widths = {self._sum_width(s)}
            if self._vector_sums():
                widths |= {w for w, _ in self._versions_of_vector()}
            for width in sorted(widths):
                copies = self._copies() if not self._vector_sums() else self._all_copies(width)
                for copy in copies:
                    self.code.width = width
                    slot = self._slot(k, f"sum{copy}", s.node.dtype, width)
                    self.code.width = width
                    t = self.code.type(s.node.dtype)
                    self.code.say(f"store {t} {self._identity(s)}, ptr {slot}")
                    if s.reduce == "argmax":
                        best = self._slot(k, f"best{copy}", int64, width)
                        self.code.width = width
                        none = self.code.number(-1, int64)
                        self.code.say(f"store {self.code.type(int64)} {none}, ptr {best}")

    def _versions_of_vector(self) -> list[tuple[int, int]]:
        assert self.vector is not None
        return self._versions(self.vector, self.axes[self.order[self.vector]])

    def _all_copies(self, width: int) -> list[tuple[int, int]]:
        steps = max((n for w, n in self._versions_of_vector() if w == width), default=1)
        return [(0, u) for u in range(steps)]

    def _sum_width(self, s: Store) -> int:
        return 1 if self._vector_sums() else self._store_width(s)

    def _accumulate(self, s: Store, copy: tuple[int, int]) -> None:
        k, dtype, code = self.loop.stores.index(s), s.node.dtype, self.code
        width = self.width if self._vector_sums() else self._sum_width(s)
        slot = self._slot(k, f"sum{copy}", dtype, width)
        if s.reduce == "argmax":
            self._argmax(s, k, copy, width, slot)
            return
        node = s.node
        if s.reduce == "sum" and node.op == "mul" and node.kind == "op" and dtype.kind == "f":
            a, b = (self._operand(x, copy, width) for x in node.args)
            code.width = width
            old = code.op(f"load {code.type(dtype)}, ptr {slot}")
            new = code.intrinsic("fma", dtype, a, b, old)
        else:
            x = self._operand(node, copy, width)
            code.width = width
            old = code.op(f"load {code.type(dtype)}, ptr {slot}")
            new = self._plus(dtype, old, x) if s.reduce == "sum" else larger(code, dtype, old, x)
        code.say(f"store {code.type(dtype)} {new}, ptr {slot}")

    def _argmax(self, s: Store, k: int, copy: tuple[int, int], width: int, slot: str) -> None:
        code, dtype = self.code, s.node.dtype
        folded = [p for p, a in enumerate(self.order) if not self.axes[a].parallel]
        x = self._operand(s.node, copy, width)
        best = self._slot(k, f"best{copy}", int64, width)
        i = self.index[folded[0]][0] if folded else "0"
        code.width = width
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
        code.say(f"store {t} {select(code, better, dtype, x, old)}, ptr {slot}")
        code.say(f"store {ti} {select(code, better, int64, i, at)}, ptr {best}")

    def _held(self, s: Store, copy: tuple[int, int]) -> str:
        k = self.loop.stores.index(s)
        what, dtype = ("best", int64) if s.reduce == "argmax" else ("sum", s.node.dtype)
        width = self._sum_width(s)
        slot = self._slot(k, f"{what}{copy}", dtype, width)
        self.code.width = width
        return self.code.op(f"load {self.code.type(dtype)}, ptr {slot}")

    def _finish_sums(self, place: int) -> None:
        if self.scan:
            return
        copies = [(0, 0)] if self._vector_sums() else self._copies()
        for k, s in enumerate(self.loop.stores):
            for copy in copies:
                x = self._total(k, s) if self._vector_sums() else self._held(s, copy)
                self.held[id(s), copy] = x
                if s.kept:
                    self._put(s, x, copy, place)
        ready = [
            (s, self._operand(s.node, copy, self._store_width(s)), copy)
            for s in self.loop.epilogue
            for copy in copies
        ]
        for s, x, copy in ready:  # all is read before anything is written over
            self._put(s, x, copy, place)

    def _both(self, s: Store, a: str, b: str) -> str:
        dtype = s.node.dtype
        if s.reduce == "sum":
            return self._plus(dtype, a, b)
        return larger(self.code, dtype, a, b)

    def _total(self, k: int, s: Store) -> str:
        """All partial sums as one number, halves added to halves."""
        code, dtype = self.code, s.node.dtype
        total = ""
        for width in sorted({w for w, _ in self._versions_of_vector()}, reverse=True):
            parts = []
            for copy in self._all_copies(width):
                slot = self._slot(k, f"sum{copy}", dtype, width)
                code.width = width
                parts.append(code.op(f"load {code.type(dtype)}, ptr {slot}"))
            while len(parts) > 1:
                pairs = zip(parts[::2], parts[1::2], strict=True)
                parts = [self._both(s, a, b) for a, b in pairs]
            x = parts[0]
            while width > 1:
                half = width // 2
                halves = []
                for lanes in (range(half), range(half, width)):
                    code.width = width
                    many = code.type(dtype)
                    picks = ", ".join(f"i32 {n}" for n in lanes)
                    if half == 1:
                        halves.append(code.op(f"extractelement {many} {x}, i64 {lanes[0]}"))
                    else:
                        halves.append(
                            code.op(
                                f"shufflevector {many} {x}, {many} poison, <{half} x i32> <{picks}>"
                            )
                        )
                code.width = width = half
                x = self._both(s, *halves)
            code.width = 1
            total = self._both(s, total, x) if total else x
        return total
