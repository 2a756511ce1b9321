"""Equations on constants are computed now: once in place of once a step."""

from __future__ import annotations

from typing import Any

import numpy as np

from denpa.core.graph import Value
from denpa.core.op import Op
from denpa.ops.kinds import is_number

from .rewrite import Constants, Rule, constant, elements

LARGEST = 4096
"""Elements of a result that is stored in the program, of which there are copies in the cache. What
is known while tracing is computed there, so that the passes meet few such equations: the code of
training steps (mlpbn, cnn, signal, one) is the same with 1,024 and 16,384 (`benchmarks.tuned
fold.LARGEST`)."""


def rule(known: Constants) -> Rule:
    """Any op on constants; a repeated constant stays a repeated constant, which costs no memory."""

    def fold(v: Value, xs: tuple[Any, ...]) -> Any:
        op = v.op
        assert op is not None
        arrays: list[Any] = []
        for x in xs:
            a = x if is_number(x) else known.array(x)
            if a is None:
                break
            arrays.append(a)
        else:
            return None if op.name == "broadcast_to" else _run(op, v, arrays)
        return constant(np.zeros(v.shape, v.dtype)) if 0 in v.shape else None

    return fold


def _run(op: Op, v: Value, arrays: list[Any]) -> Value | None:
    # A reshape shares the memory of the constant, whatever its size.
    if elements(v) > LARGEST and not (op.name == "reshape" and arrays[0].flags.c_contiguous):
        return None
    try:
        with np.errstate(all="ignore"):
            y = np.asarray(op.eval(*arrays, **v.params))
    except Exception:  # such as an integer divided by zero: an error of the run, raised there
        return None
    if (y.shape, y.dtype) != (v.shape, v.dtype):
        return None
    shared = op.name == "reshape" and elements(v) > LARGEST
    return constant(y if shared else np.array(y, order="C"))
