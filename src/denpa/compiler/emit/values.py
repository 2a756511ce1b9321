"""The nodes of a loop's body as instructions: each at the outermost loop that it depends on, at the
width that it needs."""

from __future__ import annotations

from collections.abc import Sequence

from denpa.compiler.emit.nest import Nest
from denpa.compiler.emit.pointwise import POINTWISE, select
from denpa.compiler.lower.kernels import Access, BodyNode
from denpa.core.dtype import DType, bool_, int64


class Values(Nest):
    """Loads, constants and ops, each written once for every loop that it changes in."""

    def _times(self, x: str, scale: int) -> str:
        return x if scale == 1 else self.code.op(f"mul i64 {x}, {scale}")

    def _wide(self, node: BodyNode) -> int:
        return self.width if self._on(node, self.vector) else 1

    def _value(self, node: BodyNode, copy: tuple[int, int]) -> str:
        """The register that holds a node, at the node's own width."""
        if node.kind == "const":
            self.code.width = 1
            return self.code.number(node.number, node.dtype)
        own = (
            copy[0] if self._on(node, self.tile) else 0,
            copy[1] if self._on(node, self.vector) else 0,
        )
        key = (id(node), own)
        for scope in reversed(self.scopes):
            if key in scope:
                return scope[key]
        width = self._wide(node)
        if node.kind == "held":
            result = self.held[id(node.number), own]
        elif node.kind == "load":
            assert node.access is not None
            result = self._load(node.access, node.dtype, own, width)
        elif node.kind == "take":
            result = self._taken(node, own, width)
        else:
            args = [self._operand(a, own, width) for a in node.args]
            self.code.width = width
            result = POINTWISE[node.op].write(self.code, node, *args)
        self.scopes[-1][key] = result
        return result

    def _operand(self, node: BodyNode, copy: tuple[int, int], width: int) -> str:
        """A node at a given width: repeated in every lane if it is narrower."""
        if node.kind == "const":
            self.code.width = width
            return self.code.number(node.number, node.dtype)
        x = self._value(node, copy)
        if self._wide(node) == width:
            return x
        key = ("splat", x, width)
        for scope in reversed(self.scopes):
            if key in scope:
                return scope[key]
        self.code.width = width
        self.scopes[-1][key] = result = self.code.splat(x, node.dtype)
        return result

    def _address(self, access: Access, copy: tuple[int, int], place: int | None = None) -> str:
        """Where an access lies, with the loops before `place` counted in."""
        if place is None:
            place = len(self.order)
        while place and not self._coef(access, place - 1):
            place -= 1
        own = (
            copy[0] if self.tile is not None and place > self.tile else 0,
            copy[1] if self.vector is not None and place > self.vector else 0,
        )
        key = ("at", id(access.buffer), access.const, access.coefs, place, own)
        for scope in reversed(self.scopes):
            if key in scope:
                return scope[key]
        element = self.code.memory(access.buffer.dtype)
        if not place:
            at = self.args.pointer(access.buffer)
            if access.const:
                at = self.code.op(f"getelementptr {element}, ptr {at}, i64 {access.const}")
        else:
            base = self._address(access, copy, place - 1)
            k = place - 1
            i = self.index[k][own[0] if k == self.tile else own[1] if k == self.vector else 0]
            off = self._times(i, self._coef(access, k))
            at = self.code.op(f"getelementptr {element}, ptr {base}, i64 {off}")
        self.scopes[-1][key] = at
        return at

    def _scalar(self, at: str, dtype: DType) -> str:
        """One element from memory."""
        self.code.width = 1
        x = self.code.op(f"load {self.code.memory(dtype)}, ptr {at}, align {dtype.itemsize}")
        return self.code.op(f"icmp ne i8 {x}, 0") if dtype == bool_ else x

    def _load(self, access: Access, dtype: DType, copy: tuple[int, int], width: int) -> str:
        at = self._address(access, copy)
        if width == 1:
            return self._scalar(at, dtype)
        assert self.vector is not None
        step = self._coef(access, self.vector)
        element = self.code.memory(dtype)
        if step == 1:
            many = f"<{width} x {element}>"
            x = self.code.op(f"load {many}, ptr {at}, align {dtype.itemsize}")
            return self.code.op(f"icmp ne {many} {x}, zeroinitializer") if dtype == bool_ else x
        lanes = [
            self._scalar(
                self.code.op(f"getelementptr {element}, ptr {at}, i64 {k * step}") if k else at,
                dtype,
            )
            for k in range(width)
        ]
        return self._gathered(lanes, dtype, width)

    def _gathered(self, lanes: list[str], dtype: DType, width: int) -> str:
        self.code.width = 1
        one = self.code.type(dtype)
        self.code.width = width
        many, x = self.code.type(dtype), "poison"
        for k, lane in enumerate(lanes):
            x = self.code.op(f"insertelement {many} {x}, {one} {lane}, i64 {k}")
        return x

    def _positions(
        self,
        nodes: Sequence[BodyNode],
        sizes: Sequence[int],
        strides: Sequence[int],
        copy: tuple[int, int],
        width: int,
    ) -> str:
        """Σ index·stride, from data: negative indices count from the end, others are checked."""
        total = ""
        for node, size, stride in zip(nodes, sizes, strides, strict=True):
            raw = self._operand(node, copy, width)
            self.code.width = width
            i = self.code.convert(raw, node.dtype, int64)
            t, n = self.code.type(int64), self.code.number(size, int64)
            zero = self.code.number(0, int64)
            below = self.code.op(f"icmp slt {t} {i}, {zero}")
            i = select(self.code, below, int64, self.code.op(f"add {t} {i}, {n}"), i)
            bad = self.code.op(f"icmp uge {t} {i}, {n}")
            self.code.fail_if(bad)
            i = select(self.code, bad, int64, zero, i)
            i = self.code.op(f"mul {t} {i}, {self.code.number(stride, int64)}")
            total = self.code.op(f"add {t} {total}, {i}") if total else i
        return total

    def _taken(self, node: BodyNode, copy: tuple[int, int], width: int) -> str:
        assert node.access is not None
        offset = self._positions(
            node.args, node.params["sizes"], node.params["strides"], copy, width
        )
        at = self._address(node.access, copy)
        element = self.code.memory(node.dtype)
        if width == 1:
            place = self.code.op(f"getelementptr {element}, ptr {at}, i64 {offset}")
            return self._scalar(place, node.dtype)
        assert self.vector is not None
        step = self._coef(node.access, self.vector)
        lanes = []
        for k in range(width):
            self.code.width = width
            one = self.code.op(f"extractelement {self.code.type(int64)} {offset}, i64 {k}")
            if step and k:
                one = self.code.op(f"add i64 {one}, {k * step}")
            place = self.code.op(f"getelementptr {element}, ptr {at}, i64 {one}")
            lanes.append(self._scalar(place, node.dtype))
        return self._gathered(lanes, node.dtype, width)
