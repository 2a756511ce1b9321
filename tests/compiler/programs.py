"""A random program while the fuzzer makes it: its values, and which of them fit as operands."""

from __future__ import annotations

from typing import Any

import numpy as np

from denpa.core.dtype import DType, bool_, float32, float64, int32, int64, uint8
from denpa.core.graph import Value
from denpa.core.op import OPS
from denpa.core.shape import Shape, broadcast_shapes, size_of
from tests.compiler.judge import EXACT

LARGEST = 20_000
_SIZES = (0, 1, 1, 2, 3, 5, 7, 8, 9, 11, 13, 15, 16, 17, 31, 33, 64, 65)
_WEIGHTS = np.array([1] + [4] * 17) / 69
KINDS = {"f": (float32, float32, float64), "i": (int64, int32), "u": (uint8,), "b": (bool_,)}
_NUMBERS = {
    "f": (0.5, 2.0, -1.0, 1.0, 0.0, -0.0, 3, 0.1, -2, 1e-3, 0.25, 1),
    "i": (1, 2, 3, 0, -1, 7),
    "u": (1, 2, 3, 0, 7),
    "b": (True, False),
}


class Skip(Exception):
    """These operands cannot be had: try another op."""


class Maker:
    """A program while it is made."""

    def __init__(self, rng: np.random.Generator, smooth: bool) -> None:
        self.rng = rng
        self.smooth = smooth  # to be differentiated
        self.live: list[Value] = []
        self.inputs_of_index: list[Value] = []
        self.exact: set[int] = set()  # floats without a rounding error that machines may differ in
        self.made = self.tries = 0

    def chance(self, p: float) -> bool:
        return bool(self.rng.random() < p)

    def one_of(self, choices: Any) -> Any:
        return choices[int(self.rng.integers(len(choices)))]

    def shape(self, low: int = 0, high: int = 4) -> Shape:
        rank = int(self.rng.integers(low, high + 1))
        while True:
            shape = tuple(int(n) for n in self.rng.choice(_SIZES, rank, p=_WEIGHTS))
            if size_of(shape) <= LARGEST // 4:
                return shape

    def dtype(self, kinds: str) -> DType:
        if "f" in kinds and self.chance(0.75):
            return self.one_of(KINDS["f"])
        found: DType = self.one_of(KINDS[self.one_of(kinds)])
        return found

    def new(self, shape: Shape, dtype: DType) -> Value:
        """An input, or (small ones, sometimes) a constant."""
        v = Value(shape, dtype)
        if size_of(shape) <= 64 and self.chance(0.2):
            a = self.rng.integers(0 if dtype.kind in "ub" else -2, 3, shape)
            if dtype.kind == "f" and self.chance(0.5):
                a = self.rng.standard_normal(shape)
            if self.chance(0.3):
                a = np.full(shape, self.one_of(_NUMBERS[dtype.kind]))
            v = Value(shape, dtype, np.asarray(a).astype(dtype))
        self.live.append(v)
        self.exact.add(id(v))
        return v

    def pick(self, kinds: str = "fiub", rank: int = 0, exact: bool = False) -> Value:
        """An operand: one that there is, the latest more often, or a new input."""
        fits = [
            v
            for v in self.live
            if v.dtype.kind in kinds
            and len(v.shape) >= rank
            and (not exact or v.dtype.kind != "f" or id(v) in self.exact)
        ]
        if not fits or self.chance(0.15):
            return self.new(self.shape(rank), self.dtype(kinds))
        back = int(self.rng.geometric(0.35))
        return fits[-back] if back <= len(fits) else self.one_of(fits)

    def partner(self, a: Value, exact: bool = False) -> Value:
        """A tensor that broadcasts with `a`."""
        fits = []
        for v in self.live:
            if v.dtype == a.dtype and (not exact or id(v) in self.exact or v.dtype.kind != "f"):
                try:
                    if size_of(broadcast_shapes(v.shape, a.shape)) <= LARGEST:
                        fits.append(v)
                except Exception:
                    continue
        if fits and self.chance(0.7):
            return self.one_of(fits)
        shape = tuple(1 if self.chance(0.3) else n for n in a.shape)
        return self.new(shape[int(self.rng.integers(len(shape) + 1)) :], a.dtype)

    def other(self, a: Value, exact: bool = False) -> Any:
        """A tensor that broadcasts with `a`, or a number of its kind."""
        return self.number(a.dtype) if self.chance(0.25) else self.partner(a, exact)

    def number(self, dtype: DType) -> Any:
        return self.one_of(_NUMBERS[dtype.kind])

    def emit(self, name: str, *inputs: Any, **params: Any) -> Value:
        op = OPS[name]
        shape, dtype = op.infer(*inputs, **params)
        if size_of(shape) > LARGEST or len(shape) > 6:
            raise Skip
        v = Value(shape, dtype)
        v.op, v.inputs, v.params = op, inputs, params
        tensors = [x for x in inputs if isinstance(x, Value)]
        if dtype.kind != "f" or (
            name in EXACT and all(id(x) in self.exact or x.dtype.kind != "f" for x in tensors)
        ):
            self.exact.add(id(v))
        self.live.append(v)
        self.made += 1
        return v

    def dims(self, rank: int) -> Shape:
        return tuple(d for d in range(rank) if self.chance(0.5))
