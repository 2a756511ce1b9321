"""Products by the BLAS: calls of its `cblas_sgemm` or `cblas_dgemm`, piece by piece."""

from __future__ import annotations

from collections.abc import Callable

from denpa.compiler.emit.code import Arguments, Code
from denpa.compiler.lower.kernels import Access, Product
from denpa.compiler.schedule.owners import unit

SGEMM, DGEMM = 1, 2  # slots of the context that hold the BLAS's functions
_ROW_MAJOR, _PLAIN, _TRANSPOSED = 101, 111, 112


def product(kernel: Product, name: str, bits: int) -> tuple[Code, Arguments, str]:
    """A call of the BLAS for each piece of each matrix of the batch, those in the lane's share.
    `bits`: the width of the BLAS's integers."""
    code = Code()
    args = Arguments(code)
    *batch, m, n, k = range(len(kernel.extents))
    dtype = kernel.c.buffer.dtype
    element, word = code.memory(dtype), f"i{bits}"
    slot = SGEMM if dtype.itemsize == 4 else DGEMM
    where = code.op(f"getelementptr i8, ptr %ctx, i64 {8 * slot}")
    gemm = code.op(f"load ptr, ptr {where}")
    pointers = {x: args.pointer(x.buffer) for x in (kernel.a, kernel.b, kernel.c)}
    extent = {a: str(kernel.extents[a]) for a in (m, n, k)}
    starts: dict[int, str] = {}

    def at(x: Access) -> str:
        place = pointers[x]
        if x.const:
            place = code.op(f"getelementptr {element}, ptr {place}, i64 {x.const}")
        for a, i in starts.items():
            if x.coefs[a]:
                off = code.op(f"mul i64 {i}, {x.coefs[a]}")
                place = code.op(f"getelementptr {element}, ptr {place}, i64 {off}")
        return place

    def narrow(x: str) -> str:
        if bits == 64 or x.isdigit():
            return x
        return code.op(f"trunc i64 {x} to {word}")

    def matrix(x: Access, row: int, column: int) -> tuple[int, int]:
        """(transposition, leading dimension), by the strides; extents of 1 have stride 0."""
        rows, columns = kernel.extents[row], kernel.extents[column]
        down, along = x.coefs[row], x.coefs[column]
        if (along == 1 or columns == 1) and (down >= columns or rows == 1):
            return _PLAIN, max(down, columns, 1)
        return _TRANSPOSED, max(along, rows, 1)

    def call() -> None:
        ta, lda = matrix(kernel.a, m, k)
        tb, ldb = matrix(kernel.b, k, n)
        numbers = [narrow(extent[a]) for a in (m, n, k)]
        places = [at(x) for x in (kernel.a, kernel.b, kernel.c)]
        ldc = max(kernel.c.coefs[m], kernel.extents[n], 1)
        one, zero = code.number(1, dtype), code.number(0, dtype)
        code.say(
            f"call void {gemm}(i32 {_ROW_MAJOR}, i32 {ta}, i32 {tb}, "
            + "".join(f"{word} {x}, " for x in numbers)
            + f"{element} {one}, ptr {places[0]}, {word} {lda}, ptr {places[1]}, {word} {ldb}, "
            f"{element} {zero}, ptr {places[2]}, {word} {ldc})"
        )

    def nest(axes: list[int]) -> None:
        if not axes:
            call()
            return
        first, *rest = axes
        start, stop = "0", str(kernel.extents[first])
        if kernel.split == first:
            start, stop = "%lo", "%hi"

        def body(i: str) -> None:
            starts[first] = i
            nest(rest)

        def piece(start: str, size: str) -> None:
            extent[first] = size
            body(start)

        if first in kernel.pieces:
            _each(code, kernel.extents[first], kernel.pieces[first], start, stop, piece)
        else:
            code.loop(start, stop, 1, body)

    nest([*batch, *kernel.pieces])
    return code, args, code.text(name)


def _each(
    code: Code, n: int, count: int, start: str, stop: str, body: Callable[[str, str], None]
) -> None:
    """`body(first, size)` for each piece of `shares(n, count)` in start … stop−1, whose ends are
    ends of pieces: piece j begins at unit ⌊units·j / count⌋, and ⌈u·count / units⌉ leads back."""
    step = unit(n, count)
    units = -(-n // step)
    code.declares.add("declare i64 @llvm.smin.i64(i64, i64)")

    def number(i: str) -> str:
        whole = code.op(f"udiv i64 {code.op(f'add i64 {i}, {step - 1}')}, {step}")
        scaled = code.op(f"add i64 {code.op(f'mul i64 {whole}, {count}')}, {units - 1}")
        return code.op(f"udiv i64 {scaled}, {units}")

    def first(j: str) -> str:
        whole = code.op(f"udiv i64 {code.op(f'mul i64 {j}, {units}')}, {count}")
        i = code.op(f"mul i64 {whole}, {step}")
        return code.op(f"call i64 @llvm.smin.i64(i64 {i}, i64 {n})")

    def piece(j: str) -> None:
        low, high = first(j), first(code.op(f"add i64 {j}, 1"))
        body(low, code.op(f"sub i64 {high}, {low}"))

    code.loop(number(start), number(stop), 1, piece)
