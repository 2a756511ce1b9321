"""Small graphs written by hand, for tests of what is done to them."""

from __future__ import annotations

from typing import Any

import numpy as np

from denpa.compiler.passes.rewrite import constant
from denpa.core.dtype import bool_, float32
from denpa.core.graph import Graph, Value
from denpa.core.op import OPS


def given(*shape: int, dtype: Any = float32) -> Value:
    return Value(shape, dtype)


def do(name: str, *inputs: Any, **params: Any) -> Value:
    op = OPS[name]
    v = Value(*op.infer(*inputs, **params))
    v.op, v.inputs, v.params = op, inputs, params
    return v


def known(a: Any, dtype: Any = float32) -> Value:
    return constant(np.asarray(a, dtype))


def body(graph: Graph) -> list[str]:
    """The equations as printed, without types: `v1 = neg(v0)`."""
    out = []
    for line in str(graph).splitlines()[1:]:
        name, _, rest = line.strip().partition(": ")
        out.append(f"{name} = {rest.partition(' = ')[2]}" if rest else name)
    return [line for line in out if not line.endswith("= constant")]


def special(v: Value, seed: int = 0) -> np.ndarray:
    """Numbers with zeros of both signs, infinities and NaN among them."""
    rng = np.random.default_rng([seed, v.number % 97])
    if v.dtype == bool_:
        return rng.random(v.shape) < 0.5
    if v.dtype.kind != "f":
        return rng.integers(0 if v.dtype.kind == "u" else -3, 4, v.shape).astype(v.dtype)
    a = rng.standard_normal(v.shape)
    odd = rng.choice([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 1e-40], v.shape)
    return np.asarray(np.where(rng.random(v.shape) < 0.5, odd, a)).astype(v.dtype)


def same_bits(a: Graph, b: Graph) -> None:
    for seed in range(3):
        arrays = [special(v, seed) for v in a.inputs]
        for x, y in zip(a(*arrays), b(*arrays), strict=True):
            assert (x.shape, x.dtype) == (y.shape, y.dtype)
            if x.dtype.kind == "f":
                x, y = (np.where(np.isnan(z), np.float32(7.0).astype(z.dtype), z) for z in (x, y))
            assert x.tobytes() == y.tobytes(), (x, y)
