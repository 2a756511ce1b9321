"""The native code of pointwise ops: one entry for each, of scalars or vectors alike.

An entry is `PointwiseCode(write)`, where `write(code, node, *operands)` appends LLVM instructions
through `code` (see `emit.Code`) and returns the name of the result. `node` gives dtype and params;
all operands of the arithmetic ops have the dtype of the first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from denpa.compiler.emit.code import Code
from denpa.compiler.lower.kernels import BodyNode
from denpa.core.dtype import DType, bool_


@dataclass(frozen=True)
class PointwiseCode:
    """How one pointwise op is written in LLVM."""

    write: Callable[..., str]


def _arithmetic(floats: str, ints: str, bools: str = "") -> PointwiseCode:
    def write(code: Code, node: BodyNode, a: str, b: str) -> str:
        kind = node.dtype.kind
        word = floats if kind == "f" else bools if kind == "b" else ints
        return code.op(f"{word} {code.type(node.dtype)} {a}, {b}")

    return PointwiseCode(write)


def _intrinsic(name: str) -> PointwiseCode:
    """A float intrinsic of LLVM; on integers the identity."""

    def write(code: Code, node: BodyNode, x: str) -> str:
        return code.intrinsic(name, node.dtype, x) if node.dtype.kind == "f" else x

    return PointwiseCode(write)


def _function(name: str) -> PointwiseCode:
    """A function of `vector_math`."""
    return PointwiseCode(lambda code, node, *xs: code.function(name, node.dtype, *xs))


def _compare(floats: str, signed: str, unsigned: str) -> PointwiseCode:
    def write(code: Code, node: BodyNode, a: str, b: str) -> str:
        dtype = node.args[0].dtype
        return compare(code, dtype, floats, signed, unsigned, a, b)

    return PointwiseCode(write)


def compare(
    code: Code, dtype: DType, floats: str, signed: str, unsigned: str, a: str, b: str
) -> str:
    """A comparison, by the kind of number."""
    word = {"f": f"fcmp {floats}", "i": f"icmp {signed}"}.get(dtype.kind, f"icmp {unsigned}")
    return code.op(f"{word} {code.type(dtype)} {a}, {b}")


def select(code: Code, condition: str, dtype: DType, a: str, b: str) -> str:
    """a where the condition holds, else b."""
    t = code.type(dtype)
    return code.op(f"select {code.type(bool_)} {condition}, {t} {a}, {t} {b}")


def larger(code: Code, dtype: DType, a: str, b: str) -> str:
    """The larger, NaN if either is."""
    if dtype.kind == "f":  # a > b, or a is NaN: a; else b, which may be NaN
        first = code.op(f"fcmp ogt {code.type(dtype)} {a}, {b}")
        nan = code.op(f"fcmp uno {code.type(dtype)} {a}, {a}")
        return select(code, code.op(f"or {code.type(bool_)} {first}, {nan}"), dtype, a, b)
    return select(code, compare(code, dtype, "ogt", "sgt", "ugt", a, b), dtype, a, b)


def _minimum(code: Code, node: BodyNode, a: str, b: str) -> str:
    dtype = node.dtype
    if dtype.kind == "f":
        first = code.op(f"fcmp olt {code.type(dtype)} {a}, {b}")
        nan = code.op(f"fcmp uno {code.type(dtype)} {a}, {a}")
        return select(code, code.op(f"or {code.type(bool_)} {first}, {nan}"), dtype, a, b)
    return select(code, compare(code, dtype, "olt", "slt", "ult", a, b), dtype, a, b)


def _neg(code: Code, node: BodyNode, x: str) -> str:
    t = code.type(node.dtype)
    if node.dtype.kind == "f":
        return code.op(f"fneg {t} {x}")
    return code.op(f"sub {t} {code.number(0, node.dtype)}, {x}")


def _abs(code: Code, node: BodyNode, x: str) -> str:
    if node.dtype.kind == "f":
        return code.intrinsic("fabs", node.dtype, x)
    if node.dtype.kind == "u":
        return x
    zero = code.number(0, node.dtype)
    t = code.type(node.dtype)
    negative = code.op(f"icmp slt {t} {x}, {zero}")
    return select(code, negative, node.dtype, code.op(f"sub {t} {zero}, {x}"), x)


def _sign(code: Code, node: BodyNode, x: str) -> str:
    dtype = node.dtype
    zero, one = code.number(0, dtype), code.number(1, dtype)
    above = compare(code, dtype, "ogt", "sgt", "ugt", x, zero)
    y = select(code, above, dtype, one, zero)
    if dtype.kind == "u":
        return y
    below = compare(code, dtype, "olt", "slt", "ult", x, zero)
    return select(code, below, dtype, code.number(-1, dtype), y)


def _relu(code: Code, node: BodyNode, x: str) -> str:
    zero = code.number(0, node.dtype)
    keep = compare(code, node.dtype, "ugt", "sgt", "ugt", x, zero)  # u: NaN stays
    return select(code, keep, node.dtype, x, zero)


def _addcmul(code: Code, node: BodyNode, c: str, a: str, b: str) -> str:
    t = code.type(node.dtype)
    if node.dtype.kind != "f":
        return code.op(f"add {t} {c}, {code.op(f'mul {t} {a}, {b}')}")
    return code.op(f"fadd {t} {c}, {code.op(f'fmul {t} {a}, {b}')}")


def _where(code: Code, node: BodyNode, c: str, a: str, b: str) -> str:
    return select(code, c, node.dtype, a, b)


def _not(code: Code, node: BodyNode, x: str) -> str:
    ones = code.number(True if node.dtype == bool_ else -1, node.dtype)
    return code.op(f"xor {code.type(node.dtype)} {x}, {ones}")


def _cast(code: Code, node: BodyNode, x: str) -> str:
    return code.convert(x, node.args[0].dtype, node.dtype)


def _safe_divisor(code: Code, dtype: DType, b: str) -> tuple[str, str]:
    """A divisor that cannot trap: 0 is reported and becomes 1, −1 too (and is remembered)."""
    t = code.type(dtype)
    code.fail_if(code.op(f"icmp eq {t} {b}, {code.number(0, dtype)}"))
    zero = code.op(f"icmp eq {t} {b}, {code.number(0, dtype)}")
    safe = select(code, zero, dtype, code.number(1, dtype), b)
    if dtype.kind == "u":
        return safe, ""
    minus = code.op(f"icmp eq {t} {b}, {code.number(-1, dtype)}")
    return select(code, minus, dtype, code.number(1, dtype), safe), minus


def _remainder(code: Code, node: BodyNode, a: str, b: str) -> str:
    dtype = node.dtype
    t, zero = code.type(dtype), code.number(0, dtype)
    if dtype.kind == "u":
        safe, _ = _safe_divisor(code, dtype, b)
        return code.op(f"urem {t} {a}, {safe}")
    if dtype.kind == "i":
        safe, _ = _safe_divisor(code, dtype, b)
        r = code.op(f"srem {t} {a}, {safe}")
        differ = code.op(f"icmp slt {t} {code.op(f'xor {t} {r}, {b}')}, {zero}")
        some = code.op(f"icmp ne {t} {r}, {zero}")
        wrong = code.op(f"and {code.type(bool_)} {differ}, {some}")
        return select(code, wrong, dtype, code.op(f"add {t} {r}, {b}"), r)
    r, wrong = _float_remainder(code, dtype, a, b)
    moved = select(code, wrong, dtype, code.op(f"fadd {t} {r}, {b}"), r)
    none = code.op(f"fcmp oeq {t} {r}, {zero}")
    return select(code, none, dtype, code.intrinsic("copysign", dtype, zero, b), moved)


def _float_remainder(code: Code, dtype: DType, a: str, b: str) -> tuple[str, str]:
    """C's fmod, and whether its sign is not the divisor's."""
    t, zero = code.type(dtype), code.number(0, dtype)
    r = code.op(f"frem {t} {a}, {b}")
    below = code.op(f"fcmp olt {t} {r}, {zero}")
    negative = code.op(f"fcmp olt {t} {b}, {zero}")
    differ = code.op(f"xor {code.type(bool_)} {below}, {negative}")
    some = code.op(f"fcmp une {t} {r}, {zero}")
    return r, code.op(f"and {code.type(bool_)} {differ}, {some}")


def _floor_divide(code: Code, node: BodyNode, a: str, b: str) -> str:
    dtype = node.dtype
    t, zero = code.type(dtype), code.number(0, dtype)
    if dtype.kind == "u":
        safe, _ = _safe_divisor(code, dtype, b)
        return code.op(f"udiv {t} {a}, {safe}")
    if dtype.kind == "i":
        safe, minus = _safe_divisor(code, dtype, b)
        q = code.op(f"sdiv {t} {a}, {safe}")
        r = code.op(f"srem {t} {a}, {safe}")
        differ = code.op(f"icmp slt {t} {code.op(f'xor {t} {r}, {b}')}, {zero}")
        some = code.op(f"icmp ne {t} {r}, {zero}")
        wrong = code.op(f"and {code.type(bool_)} {differ}, {some}")
        lower = code.op(f"sub {t} {q}, {code.number(1, dtype)}")
        q = select(code, wrong, dtype, lower, q)
        return select(code, minus, dtype, code.op(f"sub {t} {zero}, {a}"), q)
    # As NumPy: from the remainder, then rounded to the nearest whole number below.
    r, wrong = _float_remainder(code, dtype, a, b)
    q = code.op(f"fdiv {t} {code.op(f'fsub {t} {a}, {r}')}, {b}")
    q = select(code, wrong, dtype, code.op(f"fsub {t} {q}, {code.number(1, dtype)}"), q)
    whole = code.intrinsic("floor", dtype, q)
    rest = code.op(f"fsub {t} {q}, {whole}")
    up = code.op(f"fcmp ogt {t} {rest}, {code.number(0.5, dtype)}")
    whole = select(code, up, dtype, code.op(f"fadd {t} {whole}, {code.number(1, dtype)}"), whole)
    ratio = code.op(f"fdiv {t} {a}, {b}")
    none = code.op(f"fcmp oeq {t} {q}, {zero}")
    whole = select(code, none, dtype, code.intrinsic("copysign", dtype, zero, ratio), whole)
    by_zero = code.op(f"fcmp oeq {t} {b}, {zero}")
    return select(code, by_zero, dtype, ratio, whole)


def _pow(code: Code, node: BodyNode, a: str, b: str) -> str:
    dtype, t = node.dtype, code.type(node.dtype)
    exponent = node.args[1]
    known = exponent.number if exponent.kind == "const" else None
    if dtype.kind == "f":
        if known in (0, 1, 2, -1, 0.5):  # what NumPy does for these
            if known == 0:
                return code.number(1, dtype)
            if known == 1:
                return a
            if known == 2:
                return code.op(f"fmul {t} {a}, {a}")
            if known == -1:
                return code.op(f"fdiv {t} {code.number(1, dtype)}, {a}")
            return code.intrinsic("sqrt", dtype, a)
        return code.function("pow", dtype, a, b)
    zero, one = code.number(0, dtype), code.number(1, dtype)
    if dtype.kind == "i":
        code.fail_if(code.op(f"icmp slt {t} {b}, {zero}"))
    y, square = one, a
    bits = dtype.itemsize * 8 if known is None else int(known).bit_length()
    for k in range(bits):  # square and multiply, bit by bit of the exponent
        if known is None:
            bit = code.op(f"and {t} {b}, {code.number(_wrapped(1 << k, dtype), dtype)}")
            on = code.op(f"icmp ne {t} {bit}, {zero}")
            y = select(code, on, dtype, code.op(f"mul {t} {y}, {square}"), y)
        elif int(known) >> k & 1:
            y = code.op(f"mul {t} {y}, {square}")
        square = code.op(f"mul {t} {square}, {square}")
    return y


def _wrapped(n: int, dtype: DType) -> int:
    """A bit pattern as a number of that dtype."""
    limit = 1 << (8 * dtype.itemsize)
    return n - limit if dtype.kind == "i" and n >= limit // 2 else n


# fmt: off
POINTWISE: dict[str, PointwiseCode] = {
    "add": _arithmetic("fadd", "add", "or"),
    "sub": _arithmetic("fsub", "sub"),
    "mul": _arithmetic("fmul", "mul", "and"),
    "div": _arithmetic("fdiv", "sdiv"),
    "pow": PointwiseCode(_pow),
    "addcmul": PointwiseCode(_addcmul),
    "neg": PointwiseCode(_neg),
    "abs": PointwiseCode(_abs),
    "sqrt": _intrinsic("sqrt"),
    "floor": _intrinsic("floor"),
    "round": _intrinsic("roundeven"),
    "exp": _function("exp"),
    "log": _function("log"),
    "log1p": _function("log1p"),
    "expm1": _function("expm1"),
    "sin": _function("sin"),
    "cos": _function("cos"),
    "tanh": _function("tanh"),
    "sigmoid": _function("sigmoid"),
    "erf": _function("erf"),
    "softplus": _function("softplus"),
    "relu": PointwiseCode(_relu),
    "maximum": PointwiseCode(lambda code, node, a, b: larger(code, node.dtype, a, b)),
    "minimum": PointwiseCode(_minimum),
    "where": PointwiseCode(_where),
    "sign": PointwiseCode(_sign),
    "remainder": PointwiseCode(_remainder),
    "floor_divide": PointwiseCode(_floor_divide),
    "eq": _compare("oeq", "eq", "eq"),
    "lt": _compare("olt", "slt", "ult"),
    "le": _compare("ole", "sle", "ule"),
    "bitwise_and": _arithmetic("", "and", "and"),
    "bitwise_or": _arithmetic("", "or", "or"),
    "bitwise_xor": _arithmetic("", "xor", "xor"),
    "bitwise_not": PointwiseCode(_not),
    "cast": PointwiseCode(_cast),
}
# fmt: on
"""Every pointwise op."""
