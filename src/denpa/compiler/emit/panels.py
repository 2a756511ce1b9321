"""Products C = A·B in native code of our own, for sizes at which a BLAS spends its time on copies.

The scheme is that of Goto and van de Geijn: B is copied panel by panel into rows of a few vectors
that stay in the first cache, a tile of four rows of C is held in registers while k runs, and A is
read where it is, or copied four rows at a time if its rows do not run through memory. Every
element of C is summed over k in the same order, whatever tile or lane it falls into.

Source: Goto, van de Geijn, *Anatomy of high-performance matrix multiplication* (2008).
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from denpa.compiler.emit.code import Arguments, Code
from denpa.compiler.emit.packing import APART, ROWS, pack_columns, pack_left, pack_rows
from denpa.compiler.lower.kernels import Access, Product
from denpa.core.dtype import DType

_VECTORS = 3  # of a tile's rows, at most
_DEPTH = 256  # of a panel: with three vectors of 8 float32, 24 KiB
_FEW = 128  # columns of C below which copying A does not pay
_BLOCK = 128  # rows of A that are gone through with one panel


def panels(kernel: Product, name: str, width: int) -> tuple[Code, Arguments, str]:
    """The product on the lane's share of rows, columns or matrices; `width`: float32 lanes of a
    vector register."""
    writer = _Writer(kernel, width)
    return writer.code, writer.args, writer.write(name)


class _Writer:
    def __init__(self, kernel: Product, width: int) -> None:
        self.kernel = kernel
        self.code = Code()
        self.args = Arguments(self.code)
        self.dtype = kernel.c.buffer.dtype
        self.width = max(2, width * 4 // self.dtype.itemsize)
        self.element = self.code.memory(self.dtype)
        self.starts: dict[int, str] = {}

    def write(self, name: str) -> str:
        kernel, code = self.kernel, self.code
        for x in (kernel.a, kernel.b, kernel.c):
            self.args.pointer(x.buffer)
        *batch, m, n, k = range(len(kernel.extents))
        depth = kernel.extents[k]
        by_columns = kernel.a.coefs[m] == 1 and kernel.a.coefs[k] != 1
        self.left = by_columns and kernel.extents[n] > _FEW  # A is copied
        even = ceil(depth / ceil(depth / _DEPTH))
        self.step = ceil(even / 8) * 8
        most = self.width * _VECTORS
        room = {"panel": self.step * most, "edge": ROWS * most}
        if self.left:
            room["left"] = (self.step + APART) * _BLOCK
        for word, size in room.items():
            code.entry.append(f"  %{word} = alloca [{size} x {self.element}], align 64")
        _share(code, self.dtype, self.width)

        def nest(axes: list[int]) -> None:
            if not axes:
                self._matrix(m, n, k)
                return
            first, *rest = axes
            start, stop = ("%lo", "%hi") if kernel.split == first else self._whole(first)

            def body(i: str) -> None:
                self.starts[first] = i
                nest(rest)

            code.loop(start, stop, 1, body)

        nest(batch)
        return code.text(name)

    def _whole(self, axis: int) -> tuple[str, str]:
        return "0", str(self.kernel.extents[axis])

    def _place(self, x: Access, more: dict[int, str]) -> str:
        """The address of an element, with some loops counted in."""
        at = self.args.pointer(x.buffer)
        if x.const:
            at = self.code.op(f"getelementptr {self.element}, ptr {at}, i64 {x.const}")
        for axis, i in (*self.starts.items(), *more.items()):
            if x.coefs[axis] and i != "0":
                off = i if x.coefs[axis] == 1 else self.code.op(f"mul i64 {i}, {x.coefs[axis]}")
                at = self.code.op(f"getelementptr {self.element}, ptr {at}, i64 {off}")
        return at

    def _least(self, x: str, most: int) -> str:
        return self.code.op(f"call i64 @llvm.smin.i64(i64 {x}, i64 {most})")

    def _matrix(self, m: int, n: int, k: int) -> None:
        """One matrix of the batch."""
        kernel, code, t, w = self.kernel, self.code, self.element, self.width
        code.declares.add("declare i64 @llvm.smin.i64(i64, i64)")
        a, b, c = kernel.a, kernel.b, kernel.c
        top, bottom = ("%lo", "%hi") if kernel.split == m else self._whole(m)
        start, stop = ("%lo", "%hi") if kernel.split == n else self._whole(n)
        depth, ldc = kernel.extents[k], c.coefs[m]
        limit = str(ldc)  # rows of C may have room for what hangs over
        if kernel.split == n:
            end = code.op(f"icmp eq i64 %hi, {kernel.extents[n]}")
            limit = code.op(f"select i1 {end}, i64 {ldc}, i64 %hi")
        by_rows = b.coefs[n] == 1 or kernel.extents[n] == 1

        def deep(k0: str) -> None:
            kk = self._least(code.op(f"sub i64 {depth}, {k0}"), self.step)
            add = code.op(f"icmp ne i64 {k0}, 0")

            def block(i0: str) -> None:
                rows = self._least(code.op(f"sub i64 {bottom}, {i0}"), _BLOCK)
                if self.left:
                    code.say(
                        f"call void @denpa.left.{t}(ptr {self._place(a, {m: i0, k: k0})}, "
                        f"i64 {a.coefs[k]}, i64 {rows}, i64 {kk}, ptr %left)"
                    )
                self._columns(start, stop, lambda j, v, many: panel(i0, rows, j, v, many))

            def panel(i0: str, rows: str, j: str, v: str, many: str) -> None:
                wide = code.op(f"mul i64 {v}, {w}")
                word, stride = ("rows", b.coefs[k]) if by_rows else ("columns", b.coefs[n])
                code.say(
                    f"call void @denpa.{word}.{t}(ptr {self._place(b, {k: k0, n: j})}, "
                    f"i64 {stride}, i64 {many}, i64 {wide}, i64 {kk}, ptr %panel)"
                )
                three = code.op(f"icmp eq i64 {v}, 3")
                two = code.op(f"icmp eq i64 {v}, 2")
                f = code.op(f"select i1 {two}, ptr @denpa.tile.{t}.2, ptr @denpa.tile.{t}.1")
                f = code.op(f"select i1 {three}, ptr @denpa.tile.{t}.3, ptr {f}")
                last = code.op(f"add i64 {j}, {wide}")
                whole = code.op(f"icmp sle i64 {last}, {limit}")
                into = self._place(c, {m: i0, n: j})
                pace = code.op(f"add i64 {kk}, {APART}") if self.left else str(a.coefs[m])
                source = "%left" if self.left else self._place(a, {m: i0, k: k0})

                def tile(i: str) -> None:
                    left = self._least(code.op(f"sub i64 {rows}, {i}"), ROWS)
                    across, along = (1, ROWS) if self.left else (a.coefs[m], a.coefs[k])
                    off = code.op(f"mul i64 {i}, {pace}")
                    here = code.op(f"getelementptr {t}, ptr {source}, i64 {off}")
                    down = code.op(f"mul i64 {i}, {ldc}")
                    to = code.op(f"getelementptr {t}, ptr {into}, i64 {down}")
                    at = code.op(f"select i1 {whole}, ptr {to}, ptr %edge")
                    ld = code.op(f"select i1 {whole}, i64 {ldc}, i64 {w * _VECTORS}")
                    more = code.op(f"and i1 {whole}, {add}")
                    code.say(
                        f"call void {f}(ptr {here}, i64 {across}, i64 {along}, ptr %panel, "
                        f"ptr {at}, i64 {ld}, i64 {kk}, i64 {left}, i1 {more})"
                    )

                    def edge() -> None:
                        code.say(
                            f"call void @denpa.edge.{t}(ptr %edge, i64 {w * _VECTORS}, ptr {to}, "
                            f"i64 {ldc}, i64 {left}, i64 {many}, i1 {add})"
                        )

                    code.unless(whole, edge)

                code.loop("0", rows, ROWS, tile)

            code.loop(top, bottom, _BLOCK, block)

        code.loop("0", str(depth), self.step, deep)

    def _columns(self, start: str, stop: str, body: Callable[[str, str, str], None]) -> None:
        """Panels of three vectors, or two where that leaves no single one: (first column, vectors,
        columns)."""
        code, w = self.code, self.width
        code.declares.add("declare i64 @llvm.smin.i64(i64, i64)")
        place = code.fresh("j")
        code.entry.append(f"  {place} = alloca i64")
        code.say(f"store i64 {start}, ptr {place}")
        head, inside, after = (code.fresh(x) for x in ("head", "panel", "exit"))
        code.say(f"br label {head}")
        code.label(head)
        j = code.op(f"load i64, ptr {place}")
        rest = code.op(f"sub i64 {stop}, {j}")
        code.say(f"br i1 {code.op(f'icmp sgt i64 {rest}, 0')}, label {inside}, label {after}")
        code.label(inside)
        vectors = code.op(f"udiv i64 {code.op(f'add i64 {rest}, {w - 1}')}, {w}")
        even = code.op(f"icmp eq i64 {vectors}, 4")
        v = code.op(f"select i1 {even}, i64 2, i64 {self._least(vectors, _VECTORS)}")
        many = code.op(f"mul i64 {v}, {w}")
        many = code.op(f"call i64 @llvm.smin.i64(i64 {many}, i64 {rest})")
        body(j, v, many)
        code.say(f"store i64 {code.op(f'add i64 {j}, {many}')}, ptr {place}")
        code.say(f"br label {head}")
        code.label(after)


def _share(code: Code, dtype: DType, width: int) -> None:
    """Let the program have the functions that all products of a dtype share."""
    t = code.memory(dtype)
    parts = {f"tile.{t}.{v}": _tile(dtype, width, v) for v in range(1, _VECTORS + 1)}
    parts |= {
        f"rows.{t}": pack_rows(dtype, width),
        f"columns.{t}": pack_columns(dtype, width),
        f"left.{t}": pack_left(dtype),
        f"edge.{t}": _edge(dtype),
    }
    for name, (head, part) in parts.items():
        first = f"define internal void @denpa.{name}({head}) noinline nounwind {{"
        lines = [first, "entry:", *part.entry, *part.lines, "  ret void", "}", ""]
        code.functions[f"@denpa.{name}"] = "\n".join(lines)
        code.declares |= part.declares


def _tile(dtype: DType, width: int, vectors: int) -> tuple[str, Code]:
    """C[rows ≤ 4, vectors] = or += A·panel. Rows that are not there repeat the first one."""
    code = Code()
    t, item = code.memory(dtype), dtype.itemsize
    code.width = width
    many = code.type(dtype)
    first, out = ["%a"], ["%c"]
    for r in range(1, ROWS):
        here = code.op(f"icmp sgt i64 %rows, {r}")
        for pointers, stride in ((first, "%ai"), (out, "%ldc")):
            off = code.op(f"mul i64 {code.op(f'select i1 {here}, i64 {r}, i64 0')}, {stride}")
            pointers.append(code.at(pointers[0], t, off))
    sums = [[code.alloca(dtype) for _ in range(vectors)] for _ in out]
    spots = [[code.at(c, t, str(v * width)) for v in range(vectors)] for c in out]
    for row in sums:
        for s in row:
            code.say(f"store {many} zeroinitializer, ptr {s}")

    def step(p: str) -> None:
        base = code.op(f"mul i64 {p}, {vectors * width}")
        row = code.at("%b", t, base)
        b = [
            code.op(f"load {many}, ptr {code.at(row, t, str(v * width))}, align {item}")
            for v in range(vectors)
        ]
        off = code.op(f"mul i64 {p}, %ak")
        for a, row_sums in zip(first, sums, strict=True):
            code.width = 1
            x = code.op(f"load {t}, ptr {code.at(a, t, off)}, align {item}")
            code.width = width
            x = code.splat(x, dtype)
            for y, s in zip(b, row_sums, strict=True):
                old = code.op(f"load {many}, ptr {s}")
                code.say(f"store {many} {code.intrinsic('fma', dtype, x, y, old)}, ptr {s}")

    def more() -> None:  # all is read before anything is written: rows may be there twice
        for row, places in zip(sums, spots, strict=True):
            for s, p in zip(row, places, strict=True):
                old = code.op(f"load {many}, ptr {p}, align {item}")
                x = code.op(f"load {many}, ptr {s}")
                code.say(f"store {many} {code.op(f'fadd {many} {old}, {x}')}, ptr {s}")

    code.loop("0", "%k", 1, step)
    code.unless(code.op("xor i1 %add, true"), more)
    for row, places in zip(sums, spots, strict=True):
        for s, p in zip(row, places, strict=True):
            code.say(f"store {many} {code.op(f'load {many}, ptr {s}')}, ptr {p}, align {item}")
    head = "ptr %a, i64 %ai, i64 %ak, ptr noalias %b, ptr %c, i64 %ldc, i64 %k, i64 %rows, i1 %add"
    return head, code


def _edge(dtype: DType) -> tuple[str, Code]:
    """C[rows, columns] = or += what a tile that hangs over the edge has left aside."""
    code = Code()
    t, item = code.memory(dtype), dtype.itemsize

    def row(r: str) -> None:
        def column(j: str) -> None:
            x = code.op(
                f"load {t}, ptr {code.at('%s', t, code.op(f'mul i64 {r}, %lds'), j)}, align {item}"
            )
            to = code.at("%c", t, code.op(f"mul i64 {r}, %ldc"), j)
            held = code.fresh("v")
            code.entry.append(f"  {held} = alloca {t}")
            code.say(f"store {t} {x}, ptr {held}")

            def more() -> None:
                old = code.op(f"load {t}, ptr {to}, align {item}")
                code.say(f"store {t} {code.op(f'fadd {t} {old}, {x}')}, ptr {held}")

            code.unless(code.op("xor i1 %add, true"), more)
            code.say(f"store {t} {code.op(f'load {t}, ptr {held}')}, ptr {to}, align {item}")

        code.loop("0", "%columns", 1, column)

    code.loop("0", "%rows", 1, row)
    return "ptr %s, i64 %lds, ptr %c, i64 %ldc, i64 %rows, i64 %columns, i1 %add", code
