"""The text of `Loop` kernels: loops around nodes, and stores."""

from __future__ import annotations

from denpa.compiler.emit.sums import Sums
from denpa.compiler.lower.kernels import Store
from denpa.core.dtype import DType, bool_


class LoopWriter(Sums):
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
        for width, steps in self.versions(place):
            stride = width * steps
            end = stop
            if stride > 1:
                end = self._floor(start, stop, stride)

            def body(i: str, width: int = width, steps: int = steps) -> None:
                self._enter(place, i, width, steps)

            self.in_blocks(place, (start, end), (width, steps), body)
            start = end

    def _floor(self, start: str, stop: str, stride: int) -> str:
        """The end of the last whole stride."""
        if start.isdigit() and stop.isdigit():
            return str(int(start) + (int(stop) - int(start)) // stride * stride)
        span = self.code.op(f"sub i64 {stop}, {start}")
        whole = self.code.op(f"and i64 {span}, {-stride}")
        return self.code.op(f"add i64 {start}, {whole}")

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

    def _finish_sums(self, place: int) -> None:
        if self.scan:
            return
        copies = [(0, 0)] if self._vector_sums() else self._copies()
        for s in self.loop.stores:
            for copy in copies:
                x = self._total(s) if self._vector_sums() else self._held(s, copy)
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
