"""Pointwise ops repeat their operands by themselves: nobody need repeat them in memory.

What is computed before it is repeated is computed once for all rows; a number in place of an array
of it is part of an instruction, not a read from memory.
"""

from __future__ import annotations

from typing import Any

from denpa.core.graph import Value
from denpa.core.op import OPS
from denpa.core.shape import broadcast_shapes
from denpa.ops.kinds import is_number

from .layout import grows_left
from .rewrite import Constants, Rule, made_by, make

_OTHERS = ("cast", "floor_divide", "bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_not")
POINTWISE = frozenset(
    name
    for name, op in OPS.items()
    if op.kind == "pointwise" or name in (*_OTHERS, "eq", "lt", "le")
)
"""Ops that work element by element and broadcast."""

_REPEATS = ("broadcast_to", "reshape")

# NumPy raises a tensor to a Python number by other means than to an array of it, and `addcmul`
# takes tensors only.
_TENSORS_ONLY = ("pow", "addcmul", "remainder", "floor_divide")


def rule(known: Constants) -> Rule:
    """Operands that are one number become that number; repeated operands are read where they are;
    an op on nothing but repeated operands is computed before it is repeated."""

    def elide(v: Value, xs: tuple[Any, ...]) -> Any:
        assert v.op is not None
        for x in xs:
            if type(x) is Value and (x.op is None or x.op.name in _REPEATS):
                break
        else:
            return None
        if 0 in v.shape:
            return None
        # A reshape that adds sizes of 1 in front is left out only where another operand has the
        # rank of the result; otherwise it would come back after this equation.
        for through in (True, False):
            found = [_bare(x, through) for x in xs]
            if v.op.name not in _TENSORS_ONLY:
                _numbers(v, found, known)
            shape = broadcast_shapes(*(x.shape for x in found if not is_number(x)))
            if shape == v.shape:
                break
        if all(a is b for a, b in zip(found, xs, strict=True)):
            return None
        y = make(v.op.name, *found, like=v, **v.params)
        return y if shape == v.shape else make("broadcast_to", y, like=v, shape=v.shape)

    return elide


def _bare(x: Any, through: bool) -> Any:
    """The operand before it was repeated."""
    while made_by(x, "broadcast_to") or (
        through and made_by(x, "reshape") and grows_left(x.inputs[0].shape, x.shape)
    ):
        x = x.inputs[0]
    return x


def _numbers(v: Value, found: list[Any], known: Constants) -> None:
    """Constants of one number as that number, as long as a tensor remains that tells the dtype."""
    assert v.op is not None
    first = 1 if v.op.name == "where" else 0
    tensors = sum(not is_number(x) for x in found[first:])
    for k in range(first, len(found)):
        x = found[k]
        if tensors > 1 and type(x) is Value:
            n = known.number(x)
            if n is not None:
                found[k] = n
                tensors -= 1
