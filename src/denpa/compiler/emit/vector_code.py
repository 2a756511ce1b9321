"""Instructions on a whole vector register of floats: what `vector_math` writes its functions in.

None carries a fast-math flag, and none but `libm` goes lane by lane.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import partialmethod

from denpa.compiler.emit.vector_numbers import NUMBERS


def suffix(type: str, width: int) -> str:
    """How LLVM's names of functions end, of `width` lanes of a type."""
    bits = "f32" if type == "float" else "f64"
    return bits if width == 1 else f"v{width}{bits}"


class VectorCode:
    """The body of one function as it grows: each method adds instructions and names their value.

    A value is a name or a Python number, which stands for that number in every lane.
    """

    def __init__(self, type: str, width: int, share: VectorCode | None = None) -> None:
        self.type = type
        self.width = width
        self.numbers = NUMBERS[type]
        self.bits = 32 if type == "float" else 64
        self.kind = self.lanes(type)
        self.ints = self.lanes(f"i{self.bits}")
        self.lines: list[str] = share.lines if share else []
        self.declares: set[str] = share.declares if share else set()

    def lanes(self, element: str) -> str:
        """The type of as many of an element as there are lanes."""
        return element if self.width == 1 else f"<{self.width} x {element}>"

    def _literal(self, value: str | float) -> str:
        if isinstance(value, str):
            return value
        if self.type == "float":
            value = struct.unpack("f", struct.pack("f", value))[0]
        scalar = f"{self.type} 0x{struct.unpack('Q', struct.pack('d', value))[0]:016X}"
        return scalar.split()[1] if self.width == 1 else f"splat ({scalar})"

    def _whole(self, value: str | int) -> str:
        if isinstance(value, str):
            return value
        value &= (1 << self.bits) - 1
        return f"{value}" if self.width == 1 else f"splat (i{self.bits} {value})"

    def emit(self, instruction: str) -> str:
        """Adds an instruction; its value."""
        name = f"%v{len(self.lines)}"
        self.lines.append(f"  {name} = {instruction}")
        return name

    def _float(self, instruction: str, a: str | float, b: str | float) -> str:
        return self.emit(f"{instruction} {self.kind} {self._literal(a)}, {self._literal(b)}")

    add = partialmethod(_float, "fadd")
    sub = partialmethod(_float, "fsub")
    mul = partialmethod(_float, "fmul")
    div = partialmethod(_float, "fdiv")

    def negative(self, a: str) -> str:
        """−a: the sign bit turned over."""
        return self.emit(f"fneg {self.kind} {a}")

    def intrinsic(self, name: str, *args: str | float) -> str:
        """A function of LLVM's own, on every lane."""
        head = f"{self.kind} @llvm.{name}.{suffix(self.type, self.width)}"
        self.declares.add(f"declare {head}({', '.join([self.kind] * len(args))})")
        given = ", ".join(f"{self.kind} {self._literal(a)}" for a in args)
        return self.emit(f"call {head}({given})")

    def fma(self, a: str | float, b: str | float, c: str | float) -> str:
        """a·b + c, rounded once."""
        return self.intrinsic("fma", a, b, c)

    def polynomial(self, x: str, coefficients: Sequence[float], square: str = "") -> str:
        """Σ cᵢ xⁱ, by Horner's rule in x² over pairs: as many products as in x, half the latency.

        `square` is x², where it is there already.
        """
        square = square or self.mul(x, x)
        pairs = [coefficients[i : i + 2] for i in range(0, len(coefficients), 2)]
        y: str | float = 0.0
        for i, (c, *odd) in reversed(list(enumerate(pairs))):
            pair: str | float = self.fma(x, odd[0], c) if odd else c
            y = pair if i == len(pairs) - 1 else self.fma(y, square, pair)
        return str(y)

    def test(self, relation: str, a: str, b: str | float) -> str:
        """Whether a stands in this relation ("olt", …; false for NaN) to b."""
        return self._float(f"fcmp {relation}", a, b)

    def select(self, condition: str, a: str | float, b: str | float) -> str:
        """a in the lanes where the condition holds, b in the others."""
        given = f"{self.kind} {self._literal(a)}, {self.kind} {self._literal(b)}"
        return self.emit(f"select {self.lanes('i1')} {condition}, {given}")

    def at_most(self, x: str, limit: float) -> str:
        """The lesser of the two; NaN for NaN."""
        return self.select(self.test("ogt", x, limit), limit, x)

    def at_least(self, x: str, limit: float) -> str:
        """The greater of the two; NaN for NaN."""
        return self.select(self.test("olt", x, limit), limit, x)

    def to_bits(self, x: str) -> str:
        """The bits of x, as integers."""
        return self.emit(f"bitcast {self.kind} {x} to {self.ints}")

    def from_bits(self, x: str) -> str:
        """The numbers with these bits."""
        return self.emit(f"bitcast {self.ints} {x} to {self.kind}")

    def whole(self, instruction: str, a: str | int, b: str | int) -> str:
        """An instruction on integers as wide as the type."""
        return self.emit(f"{instruction} {self.ints} {self._whole(a)}, {self._whole(b)}")

    def sign_bit(self, x: str) -> str:
        """Whether the sign bit is set: for a select it costs nothing; a comparison with 0 does."""
        return self.emit(f"icmp slt {self.ints} {self.to_bits(x)}, {self._whole(0)}")

    def libm(self, name: str, *args: str) -> str:
        """A function of the C library, called once for each lane; errno is nobody's business.

        `nobuiltin`: LLVM would turn pow(x, 2) into x·x where it sees the 2, and so give other bits.
        """
        of = ", ".join([self.type] * len(args))
        self.declares.add(f"declare {self.type} @{name}({of})")
        end = "nobuiltin nounwind willreturn memory(none)"
        result = "poison"
        for i in range(self.width):
            lane = args
            if self.width > 1:
                lane = tuple(self.emit(f"extractelement {self.kind} {a}, i32 {i}") for a in args)
            given = ", ".join(f"{self.type} {a}" for a in lane)
            y = self.emit(f"call {self.type} @{name}({given}) {end}")
            if self.width == 1:
                return y
            result = self.emit(f"insertelement {self.kind} {result}, {self.type} {y}, i32 {i}")
        return result
