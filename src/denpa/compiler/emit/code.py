"""LLVM text, instruction by instruction: what the kernels' writers share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from denpa.compiler.emit import vector_math
from denpa.core.dtype import DType, bool_, float16, float32, float64, int32, int64

_TYPES = {
    "float16": "half",
    "float32": "float",
    "float64": "double",
    "bool": "i1",
    "int8": "i8",
    "uint8": "i8",
    "int16": "i16",
    "int32": "i32",
    "int64": "i64",
}


def literal(number: Any, dtype: DType) -> str:
    """A number as LLVM writes it: integers in decimal, floats by their bits.

    >>> literal(1, np.dtype("float32")), literal(True, np.dtype("bool"))
    ('0x3FF0000000000000', 'true')
    """
    if dtype.kind == "b":
        return "true" if number else "false"
    if dtype.kind in "iu":
        return str(int(np.asarray(number).astype(dtype)))
    with np.errstate(all="ignore"):
        exact = np.asarray(number, dtype)
    if dtype.itemsize == 2:
        return f"0xH{int(exact.view(np.uint16)):04X}"
    return f"0x{int(exact.astype(np.float64).view(np.uint64)):016X}"


class Code:
    """The body of one function while it is written. `width`: lanes of the instructions now."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.entry: list[str] = []  # allocas
        self.declares: set[str] = set()
        self.functions: dict[str, str] = {}
        self.width = 1
        self.block = "entry"
        self.may_fail = False
        self._count = 0

    # -- names -----------------------------------------------------------------------------------

    def fresh(self, word: str = "t") -> str:
        """A name that is not taken."""
        self._count += 1
        return f"%{word}{self._count}"

    def type(self, dtype: DType) -> str:
        """LLVM's type of a number in a register, at the width of now."""
        one = _TYPES[dtype.name]
        return one if self.width == 1 else f"<{self.width} x {one}>"

    @staticmethod
    def memory(dtype: DType) -> str:
        """LLVM's type of one element in memory."""
        return "i8" if dtype.kind == "b" else _TYPES[dtype.name]

    def number(self, x: object, dtype: DType) -> str:
        """A constant."""
        one = literal(x, dtype)
        return one if self.width == 1 else f"splat ({_TYPES[dtype.name]} {one})"

    # -- instructions ----------------------------------------------------------------------------

    def say(self, line: str) -> None:
        """An instruction without a result."""
        self.lines.append(f"  {line}")

    def op(self, text: str) -> str:
        """An instruction; the name of its result."""
        name = self.fresh()
        self.lines.append(f"  {name} = {text}")
        return name

    def at(self, base: str, element: str, *offsets: str) -> str:
        """The address base[offset + …], in elements of a type."""
        for x in offsets:
            if x != "0":
                base = self.op(f"getelementptr {element}, ptr {base}, i64 {x}")
        return base

    def alloca(self, dtype: DType) -> str:
        """A variable of the width of now."""
        name = self.fresh("v")
        self.entry.append(f"  {name} = alloca {self.type(dtype)}")
        return name

    def intrinsic(self, name: str, dtype: DType, *args: str) -> str:
        """A float intrinsic of LLVM, such as fabs or fma."""
        t = self.type(dtype)
        bits = f"f{8 * dtype.itemsize}"
        full = f"@llvm.{name}.{bits if self.width == 1 else f'v{self.width}{bits}'}"
        self.declares.add(f"declare {t} {full}({', '.join([t] * len(args))})")
        return self.op(f"call {t} {full}({', '.join(f'{t} {a}' for a in args)})")

    def function(self, name: str, dtype: DType, *args: str) -> str:
        """A function of `vector_math`; half precision goes through single."""
        if dtype.itemsize == 2:
            wide = [self.convert(a, dtype, float32) for a in args]
            return self.convert(self.function(name, float32, *wide), float32, dtype)
        one = _TYPES[dtype.name]
        symbol = vector_math.symbol(name, one, self.width)
        if symbol not in self.functions:
            found = vector_math.define(name, one, self.width)
            self.functions[symbol] = found.text
            self.declares |= found.declares
        t = self.type(dtype)
        return self.op(f"call {t} {symbol}({', '.join(f'{t} {a}' for a in args)})")

    def convert(self, x: str, old: DType, new: DType) -> str:
        """As NumPy's astype."""
        if old == new:
            return x
        a, b = self.type(old), self.type(new)
        if new.kind == "b":
            word = "fcmp une" if old.kind == "f" else "icmp ne"
            return self.op(f"{word} {a} {x}, {self.number(0, old)}")
        if old == float64 and new == float16:  # processors have no such step
            return self.convert(self._to_odd(x), float32, new)
        if old.kind == "f" and new.kind == "f":
            return self.op(
                f"{'fpext' if new.itemsize > old.itemsize else 'fptrunc'} {a} {x} to {b}"
            )
        if old.kind == "f":
            # Through 64 bits, as the processor does: what does not fit wraps as in NumPy.
            wide = self.op(f"fptosi {a} {x} to {self.type(int64)}")
            return self.convert(wide, int64, new)
        if new.kind == "f":
            return self.op(f"{'sitofp' if old.kind == 'i' else 'uitofp'} {a} {x} to {b}")
        small, large = (8 * d.itemsize if d.kind != "b" else 1 for d in (old, new))
        if small == large:
            return x
        word = "trunc" if small > large else "sext" if old.kind == "i" else "zext"
        return self.op(f"{word} {a} {x} to {b}")

    def _to_odd(self, x: str) -> str:
        """float64 to float32, rounded to odd: a last bit that remembers whether anything was cut
        off, so that rounding once more cannot err (Boldo, Melquiond, *Emulation of FMA*, 2008)."""
        wide, single = self.type(float64), self.type(float32)
        y = self.op(f"fptrunc {wide} {x} to {single}")
        back = self.op(f"fpext {single} {y} to {wide}")
        sizes = [self.intrinsic("fabs", float64, v) for v in (back, x)]
        above = self.op(f"fcmp ogt {wide} {sizes[0]}, {sizes[1]}")
        cut = self.op(f"fcmp une {wide} {back}, {x}")
        bits = self.type(int32)
        word = self.op(f"bitcast {single} {y} to {bits}")
        down = self.op(f"zext {self.type(bool_)} {above} to {bits}")
        word = self.op(f"sub {bits} {word}, {down}")
        odd = self.op(f"zext {self.type(bool_)} {cut} to {bits}")
        return self.op(f"bitcast {bits} {self.op(f'or {bits} {word}, {odd}')} to {single}")

    def splat(self, x: str, dtype: DType) -> str:
        """One number in every lane."""
        one, many = _TYPES[dtype.name], self.type(dtype)
        first = self.op(f"insertelement {many} poison, {one} {x}, i64 0")
        return self.op(
            f"shufflevector {many} {first}, {many} poison, <{self.width} x i32> zeroinitializer"
        )

    def fail_if(self, condition: str) -> None:
        """Remember that something is wrong with the numbers, such as an index out of range."""
        self.may_fail = True
        if self.width > 1:
            bits = self.op(f"bitcast <{self.width} x i1> {condition} to i{self.width}")
            condition = self.op(f"icmp ne i{self.width} {bits}, 0")
        old = self.op("load i64, ptr %failed")
        more = self.op(f"zext i1 {condition} to i64")
        self.say(f"store i64 {self.op(f'or i64 {old}, {more}')}, ptr %failed")

    # -- control ---------------------------------------------------------------------------------

    def label(self, name: str) -> None:
        """The start of a block."""
        self.lines.append(f"{name[1:]}:")
        self.block = name[1:]

    def loop(self, start: str, stop: str, step: int, body: Callable[[str], None]) -> None:
        """for (i = start; i < stop; i += step) body(i). Numbers as bounds are seen as such."""
        if start.isdigit() and stop.isdigit():
            count = -(-(int(stop) - int(start)) // step)
            if count <= 0:
                return
            if count == 1:
                body(start)
                return
        head, inside, after = (self.fresh(w) for w in ("head", "body", "exit"))
        i, more = self.fresh("i"), self.fresh("next")
        before = self.block
        self.say(f"br label {head}")
        self.label(head)
        place = len(self.lines)
        self.lines.append("")  # the phi, once the last block of the body is known
        test = self.op(f"icmp slt i64 {i}, {stop}")
        self.say(f"br i1 {test}, label {inside}, label {after}")
        self.label(inside)
        body(i)
        self.say(f"{more} = add i64 {i}, {step}")
        self.lines[place] = f"  {i} = phi i64 [ {start}, %{before} ], [ {more}, %{self.block} ]"
        self.say(f"br label {head}")
        self.label(after)

    def unless(self, condition: str, body: Callable[[], None]) -> None:
        """Run `body` where the condition does not hold."""
        inside, after = self.fresh("then"), self.fresh("done")
        self.say(f"br i1 {condition}, label {after}, label {inside}")
        self.label(inside)
        body()
        self.say(f"br label {after}")
        self.label(after)

    def text(self, name: str) -> str:
        """The whole function: (arguments, first, end of the lane's share, context) -> 1 if it
        failed."""
        head = [f"define internal i64 {name}(ptr %args, i64 %lo, i64 %hi, ptr %ctx) nounwind {{"]
        entry = ["entry:", *self.entry]
        last = ["  ret i64 0", "}"]
        if self.may_fail:
            entry += ["  %failed = alloca i64", "  store i64 0, ptr %failed"]
            last = ["  %status = load i64, ptr %failed", "  ret i64 %status", "}"]
        return "\n".join([*head, *entry, *self.lines, *last]) + "\n"


class Arguments:
    """The pointers that a kernel gets: one for each buffer that it touches."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.buffers: list[object] = []
        self._names: dict[int, str] = {}

    def pointer(self, buffer: object) -> str:
        """The register that holds where `buffer` begins."""
        name = self._names.get(id(buffer))
        if name is None:
            k = len(self.buffers)
            self.buffers.append(buffer)
            name = self._names[id(buffer)] = f"%a{k}"
            self.code.entry += [
                f"  %slot{k} = getelementptr i8, ptr %args, i64 {8 * k}",
                f"  {name} = load ptr, ptr %slot{k}",
            ]
        return name
