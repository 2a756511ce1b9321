"""Copies of A and B for products of our own: each reads its operand once, in the order in which a
tile of C takes it.

Each `pack_…` gives the parameters of one LLVM function, and its body.
"""

from __future__ import annotations

from denpa.compiler.emit.code import Code
from denpa.core.dtype import DType

ROWS = 4  # of a tile
APART = 4  # between blocks of four rows of a copied A: powers of two fall into the same cache sets


def _scalar(code: Code, dtype: DType, j: str, p: str, at: str) -> None:
    """panel[p, j] = what lies at `at` if column j is there; else anything: no one reads it."""
    t = code.memory(dtype)
    inside = code.op(f"icmp slt i64 {j}, %n")
    safe = code.op(f"select i1 {inside}, ptr {at}, ptr %b")
    x = code.op(f"load {t}, ptr {safe}, align {dtype.itemsize}")
    to = code.at("%out", t, code.op(f"mul i64 {p}, %wide"), j)
    code.say(f"store {t} {x}, ptr {to}, align {dtype.itemsize}")


def pack_rows(dtype: DType, width: int) -> tuple[str, Code]:
    """Rows of B that run through memory, `n` columns of them, into a panel `wide`."""
    code = Code()
    t, item = code.memory(dtype), dtype.itemsize
    whole = code.op("icmp eq i64 %n, %wide")
    code.width = width
    many = code.type(dtype)

    def vectors() -> None:
        def row(p: str) -> None:
            def vector(j: str) -> None:
                a = code.at("%b", t, code.op(f"mul i64 {p}, %stride"), j)
                to = code.at("%out", t, code.op(f"mul i64 {p}, %wide"), j)
                x = code.op(f"load {many}, ptr {a}, align {item}")
                code.say(f"store {many} {x}, ptr {to}, align {item}")

            code.loop("0", "%wide", width, vector)

        code.loop("0", "%k", 1, row)

    def scalars() -> None:
        code.width = 1

        def row(p: str) -> None:
            off = code.op(f"mul i64 {p}, %stride")
            code.loop(
                "0", "%wide", 1, lambda j: _scalar(code, dtype, j, p, code.at("%b", t, off, j))
            )

        code.loop("0", "%k", 1, row)

    code.unless(code.op(f"xor i1 {whole}, true"), vectors)
    code.unless(whole, scalars)
    return "ptr %b, i64 %stride, i64 %n, i64 %wide, i64 %k, ptr noalias %out", code


def pack_columns(dtype: DType, width: int) -> tuple[str, Code]:
    """Columns of B that run through memory, into a panel: squares of `width` are turned over in
    registers."""
    code = Code()
    t, item = code.memory(dtype), dtype.itemsize
    even = code.op(f"and i64 %k, {-width}")

    def column(j: str) -> None:
        last = code.op(f"add i64 {j}, {width}")
        whole = code.op(f"icmp sle i64 {last}, %n")
        start = code.op(f"select i1 {whole}, i64 {even}, i64 0")
        code.width = width
        many = code.type(dtype)

        def square(p: str) -> None:
            rows = []
            for r in range(width):
                down = code.op(f"mul i64 {code.op(f'add i64 {j}, {r}')}, %stride")
                at = code.at("%b", t, down, p)
                rows.append(code.op(f"load {many}, ptr {at}, align {item}"))
            for r, x in enumerate(_turned(code, rows, many, width)):
                down = code.op(f"mul i64 {code.op(f'add i64 {p}, {r}')}, %wide")
                code.say(f"store {many} {x}, ptr {code.at('%out', t, down, j)}, align {item}")

        code.loop("0", start, width, square)
        code.width = 1

        def rest(p: str) -> None:
            for r in range(width):
                i = code.op(f"add i64 {j}, {r}")
                at = code.at("%b", t, code.op(f"mul i64 {i}, %stride"), p)
                _scalar(code, dtype, i, p, at)

        code.loop(start, "%k", 1, rest)

    code.loop("0", "%wide", width, column)
    return "ptr %b, i64 %stride, i64 %n, i64 %wide, i64 %k, ptr noalias %out", code


def _turned(code: Code, rows: list[str], many: str, width: int) -> list[str]:
    """A square of registers transposed: blocks of 1, 2, 4, … are exchanged across the diagonal."""
    size = 1
    while size < width:
        for i in range(width):
            if i & size:
                continue
            a, b = rows[i], rows[i + size]
            low = [x if not x & size else width + x - size for x in range(width)]
            high = [x + size if not x & size else width + x for x in range(width)]
            for place, picks in ((i, low), (i + size, high)):
                mask = ", ".join(f"i32 {x}" for x in picks)
                rows[place] = code.op(
                    f"shufflevector {many} {a}, {many} {b}, <{width} x i32> <{mask}>"
                )
        size *= 2
    return rows


def pack_left(dtype: DType) -> tuple[str, Code]:
    """Columns of A that run through memory: `rows` of them, four side by side for every k."""
    code = Code()
    t, item = code.memory(dtype), dtype.itemsize
    whole = code.op(f"and i64 %rows, {-ROWS}")
    pace = code.op(f"add i64 %k, {APART}")
    code.width = ROWS
    many = code.type(dtype)

    def step(p: str) -> None:
        row = code.at("%a", t, code.op(f"mul i64 {p}, %ak"))
        to = code.at("%out", t, code.op(f"mul i64 {p}, {ROWS}"))

        def tile(i: str) -> None:
            x = code.op(f"load {many}, ptr {code.at(row, t, i)}, align {item}")
            spot = code.at(to, t, code.op(f"mul i64 {i}, {pace}"))
            code.say(f"store {many} {x}, ptr {spot}, align {item}")

        code.loop("0", whole, ROWS, tile)

    code.loop("0", "%k", 1, step)
    code.width = 1
    base = code.at("%out", t, code.op(f"mul i64 {whole}, {pace}"))

    def rest(i: str) -> None:
        within = code.op(f"sub i64 {i}, {whole}")

        def step(p: str) -> None:
            at = code.at("%a", t, code.op(f"mul i64 {p}, %ak"), i)
            x = code.op(f"load {t}, ptr {at}, align {item}")
            to = code.at(base, t, code.op(f"mul i64 {p}, {ROWS}"), within)
            code.say(f"store {t} {x}, ptr {to}, align {item}")

        code.loop("0", "%k", 1, step)

    code.loop(whole, "%rows", 1, rest)
    return "ptr %a, i64 %ak, i64 %rows, i64 %k, ptr noalias %out", code
