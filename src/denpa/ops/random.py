"""Random numbers as a function of a counter.

Element i of draw n under seed s is a fixed function of (s, n, i): Philox 4x64-10 on the key (s, 0)
and the counter (i // words, 0, n, 0). So masks can be drawn in any order, on any number of threads
and in compiled code, and are the same bits everywhere.
Source: Salmon, Moraes, Dror, Shaw, *Parallel random numbers: as easy as 1, 2, 3* (2011).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from denpa.core.dtype import DType
from denpa.core.errors import DTypeError
from denpa.core.op import Op, Sample
from denpa.core.shape import Shape, describe, size_of
from denpa.ops.kinds import constant

_MASK = 2**64 - 1


def _uniform_infer(state: Any, *, shape: Shape, dtype: DType) -> tuple[Shape, DType]:
    if state.shape != (2,) or state.dtype != np.int64:
        raise DTypeError(f"uniform takes a state (seed, draw) of i64[2], not {describe(state)}")
    if dtype.kind != "f":
        raise DTypeError(f"uniform makes floating-point numbers, not {dtype}")
    return shape, dtype


def _uniform(state: Any, shape: Shape, dtype: DType) -> Any:
    seed, draw = (int(s) & _MASK for s in np.asarray(state))
    # NumPy advances the counter before the first block: start one below (0, 0, draw, 0).
    start = ((draw << 128) - 1) % 2**256
    counter = np.array([start >> (64 * k) & _MASK for k in range(4)], np.uint64)
    bits = np.random.Philox(key=np.array([seed, 0], np.uint64), counter=counter)
    n = size_of(shape)
    if dtype == np.float64:
        u = (bits.random_raw(n) >> np.uint64(11)) * 2.0**-53
    else:  # two numbers of 24 bits from each word (11 for half precision), the low half first
        words = bits.random_raw((n + 1) // 2).astype("<u8", copy=False).view("<u4")[:n]
        keep = 24 if dtype == np.float32 else 11
        u = (words >> np.uint32(32 - keep)).astype(dtype) * dtype.type(2.0**-keep)
    return u.reshape(shape)


uniform: Op = constant(
    "uniform",
    _uniform,
    _uniform_infer,
    law="0",
    given=(
        Sample((np.array([1, 2]),), {"shape": (3, 5), "dtype": np.dtype("float32")}),
        Sample((np.array([-1, 0]),), {"shape": (), "dtype": np.dtype("float64")}),
    ),
)
