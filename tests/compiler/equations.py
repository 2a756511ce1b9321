"""How the fuzzer makes an equation of each op: operands that fit, parameters that are valid.

`MAKERS` has a row for every op of the table: how often, and how.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from denpa.core.dtype import int32, int64, uint8
from denpa.core.graph import Value
from denpa.core.op import OPS
from denpa.core.shape import Shape, broadcast_shapes, size_of
from tests.compiler.programs import KINDS, Maker, Skip

Make = Callable[[Maker], Any]


def _sure(m: Maker) -> bool:
    """Whether a step function is to be fed with exact numbers only: else rounding decides, which
    the judge sees, at a price."""
    return m.chance(0.9)


def _unary(name: str, kinds: str = "f") -> Make:
    steps = name in ("floor", "round", "sign")
    return lambda m: m.emit(name, m.pick(kinds, exact=steps and _sure(m)))


def _binary(name: str, kinds: str, steps: bool = False) -> Make:
    def make(m: Maker) -> Any:
        exact = steps and _sure(m)
        a = m.pick(kinds, exact=exact)
        b = a if m.chance(0.05) else m.other(a, exact)
        return m.emit(name, *((b, a) if m.chance(0.4) else (a, b)))

    return make


def _positive(name: str) -> Make:
    def make(m: Maker) -> Any:
        x = m.pick("f")
        if m.chance(0.7):
            x = m.emit("abs", x)
            x = m.emit("add", x, 0.5) if m.chance(0.7) else x
        return m.emit(name, x)

    return make


def _div(m: Maker) -> Any:
    a = m.pick("f")
    b = m.other(a)
    if isinstance(b, Value) and m.chance(0.5):
        b = m.emit("add", m.emit("abs", b), 0.5)
    return m.emit("div", *((b, a) if m.chance(0.3) else (a, b)))


def _pow(m: Maker) -> Any:
    a = m.pick("fiu")
    if a.dtype.kind != "f":
        return m.emit("pow", a, m.one_of((0, 1, 2, 3)))
    if m.chance(0.7):
        return m.emit("pow", a, m.one_of((2, 0.5, -1, 3, 0, 1, -0.5, 2.0, -1.5, 1.0)))
    if m.chance(0.3):
        return m.emit("pow", m.one_of((2.0, 0.5, 3)), a)
    return m.emit("pow", m.emit("add", m.emit("abs", a), 0.1), m.partner(a))


def _addcmul(m: Maker) -> Any:
    c = m.pick("f")
    a = m.partner(c)
    return m.emit("addcmul", c, a, m.partner(a))


def _where(m: Maker) -> Any:
    a = m.pick("fiub")
    c = m.pick("b") if m.chance(0.3) else m.emit("lt", m.partner(a, exact=True), m.number(a.dtype))
    b = m.other(a)
    return m.emit("where", c, *((b, a) if m.chance(0.4) else (a, b)))


def _divides(name: str) -> Make:
    def make(m: Maker) -> Any:
        exact = _sure(m)
        a = m.pick("fiu", exact=exact)
        if a.dtype.kind == "f":
            return m.emit(name, a, m.other(a, exact))
        if m.chance(0.5):
            return m.emit(name, a, m.one_of((1, 2, 3, 7) if a.dtype == uint8 else (1, 2, -3, 7)))
        return m.emit(name, a, m.emit("bitwise_or", m.partner(a), 1))  # never zero

    return make


def _cast(m: Maker) -> Any:
    to = m.dtype("fiub")
    x = m.pick("fiub", exact=to.kind != "f" and _sure(m))
    if x.dtype.kind == "f" and to.kind in "iu":  # defined where it fits, and NaN does not
        x = m.emit("abs", x) if to == uint8 else x
        near = m.emit("lt", m.emit("abs", x), 100.0)
        x = m.emit("where", near, x, 0.0)
    return m.emit("cast", x, dtype=to)


def _uniform(m: Maker) -> Any:
    state = m.new((2,), int64)
    return m.emit("uniform", state, shape=m.shape(), dtype=m.one_of(KINDS["f"]))


def _reshape(m: Maker) -> Any:
    x = m.pick()
    n = size_of(x.shape)
    parts = sorted(int(c) for c in m.rng.integers(0, len(x.shape) + 1, 2))
    shape = [size_of(x.shape[a:b]) for a, b in pairwise((0, *parts, len(x.shape)))]
    if m.chance(0.5):
        shape = list(x.shape)
        shape.insert(int(m.rng.integers(len(shape) + 1)), 1)
    if m.chance(0.3) and n:
        k = m.one_of([d for d in range(1, min(n, 40) + 1) if n % d == 0])
        shape = [k, n // k]
    return m.emit("reshape", x, shape=tuple(shape))


def _permute(m: Maker) -> Any:
    x = m.pick()
    return m.emit("permute", x, dims=tuple(int(d) for d in m.rng.permutation(len(x.shape))))


def _broadcast(m: Maker) -> Any:
    x = m.pick()
    if size_of(x.shape) > 2000:
        raise Skip
    lead = tuple(m.one_of((1, 2, 3, 9)) for _ in range(int(m.rng.integers(0, 3))))
    grown = tuple(m.one_of((1, 3, 8, 17)) if n == 1 else n for n in x.shape)
    return m.emit("broadcast_to", x, shape=(*lead, *grown))


def _cat(m: Maker) -> Any:
    x = m.pick(rank=1)
    dim = int(m.rng.integers(len(x.shape)))
    parts = [x]
    for _ in range(int(m.rng.integers(0, 3))):
        shape = (*x.shape[:dim], m.one_of((0, 1, 3, 8)), *x.shape[dim + 1 :])
        same = [v for v in m.live if v.dtype == x.dtype and v.shape == x.shape]
        parts.append(m.one_of(same) if m.chance(0.5) else m.new(shape, x.dtype))
    return m.emit("cat", *parts, dim=dim)


def _slice(m: Maker) -> Any:
    x = m.pick(rank=1)
    start, stop, step = [], [], []
    for n in x.shape:
        a, b = sorted(int(k) for k in m.rng.integers(0, n + 1, 2))
        start.append(a if m.chance(0.6) else 0)
        stop.append(b if m.chance(0.5) else n)
        step.append(m.one_of((1, 1, 2, 3)))
    return m.emit("slice", x, start=tuple(start), stop=tuple(stop), step=tuple(step))


def _pad(m: Maker) -> Any:
    x = m.pick(rank=1)
    start = tuple(m.one_of((0, 0, 1, 2)) for _ in x.shape)
    step = tuple(m.one_of((1, 1, 2, 3)) for _ in x.shape)
    shape = tuple(
        a + max(n - 1, 0) * s + 1 + m.one_of((0, 0, 1, 5)) if n else m.one_of((0, 3))
        for n, a, s in zip(x.shape, start, step, strict=True)
    )
    return m.emit("pad", x, shape=shape, start=start, step=step)


def _flip(m: Maker) -> Any:
    x = m.pick()
    return m.emit("flip", x, dim=m.dims(len(x.shape)))


def _diagonal(m: Maker) -> Any:
    x = m.pick(rank=1)
    n, zeros, ones = min(x.shape[-2:]), (0,) * len(x.shape), (1,) * len(x.shape)
    if len(ones) == 1:
        return m.emit("diagonal", m.emit("broadcast_to", x, shape=(n, n)))
    square = m.emit("slice", x, start=zeros, stop=(*x.shape[:-2], n, n), step=ones)
    return m.emit("diagonal", square)


def _index(m: Maker, n: int, shape: Shape) -> Value:
    """Positions in a dimension of n: an input or constant made for it, or numbers that must fit."""
    if n == 0 and size_of(shape):
        raise Skip
    if m.chance(0.4) and len(shape) == 1 and shape[0] == n:
        v = Value(shape, int64, np.arange(n))
        m.live.append(v)
        return v
    if m.chance(0.2) and n:
        ints = [v for v in m.live if v.dtype == int64]
        if ints:
            return m.emit("remainder", m.one_of(ints), n)
    v = Value(shape, m.one_of((int64, int64, int32, uint8)) if n < 256 else int64)
    if m.chance(0.2):
        v = Value(shape, int64, m.rng.integers(-n, max(n, 1), shape))
    m.inputs_of_index.append(v)  # never an operand of anything else, whose range it would not have
    return v


def _gather(m: Maker) -> Any:
    x = m.pick(rank=1)
    count = int(m.rng.integers(1, min(len(x.shape), 3) + 1))
    first = m.one_of(((), (3,), (7,), (2, 5), (x.shape[0],)))
    index = []
    for k in range(count):
        shape = tuple(1 if k and m.chance(0.3) else n for n in first)
        index.append(_index(m, x.shape[k], shape))
    return m.emit("gather", x, *index)


def _scatter(m: Maker) -> Any:
    shape = m.shape(1, 3)
    count = int(m.rng.integers(1, len(shape) + 1))
    picked = m.one_of(((), (3,), (11,), (2, 5), shape[: count - 1]))
    index = []
    for k in range(count):
        counted = len(picked) == count - 1 and k < count - 1 and picked == shape[: count - 1]
        if counted and m.chance(0.8):  # rows counted through, a column for each
            axis = [1] * (count - 1)
            axis[k] = shape[k]
            v = Value(tuple(axis), int64, np.arange(shape[k]).reshape(axis))
            m.live.append(v)
            index.append(v)
        else:
            index.append(_index(m, shape[k], picked))
    lead = broadcast_shapes(*(i.shape for i in index))
    dtype = m.dtype("fi")
    same = [v for v in m.live if v.shape == (*lead, *shape[count:]) and v.dtype == dtype]
    g = m.one_of(same) if same else m.new((*lead, *shape[count:]), dtype)
    y = m.emit("scatter_add", g, *index, shape=shape)
    return m.emit("sum", y, dim=(count - 1,), keepdim=m.chance(0.5)) if m.chance(0.3) else y


def _windows(m: Maker, x: Value) -> dict[str, Shape]:
    r = min(len(x.shape), m.one_of((1, 2)))
    size = tuple(m.one_of((1, 2, 3)) for _ in range(r))
    stride = tuple(m.one_of((1, 1, 2, 3)) for _ in range(r))
    return {"size": size, "stride": stride, "dilation": tuple(m.one_of((1, 1, 2)) for _ in size)}


def _unfold(m: Maker) -> Any:
    x = m.pick(rank=1)
    return m.emit("unfold", x, **_windows(m, x))


def _fold(m: Maker) -> Any:
    x = m.pick("fi", rank=1)
    params = _windows(m, x)
    shape, dtype = OPS["unfold"].infer(x, **params)
    same = [v for v in m.live if v.shape == shape and v.dtype == dtype]
    y = m.one_of(same) if same and m.chance(0.5) else m.emit("unfold", x, **params)
    space = x.shape[len(x.shape) - len(params["size"]) :]
    del params["size"]
    return m.emit("fold", y, shape=space, **params)


def _reduction(name: str, kinds: str) -> Make:
    def make(m: Maker) -> Any:
        x = m.pick(kinds)
        return m.emit(name, x, dim=m.dims(len(x.shape)), keepdim=m.chance(0.5))

    return make


def _along(name: str, kinds: str) -> Make:
    def make(m: Maker) -> Any:
        x = m.pick(kinds, rank=1, exact=name != "cumsum" and _sure(m))
        more = {"descending": m.chance(0.5)} if name == "argsort" else {}
        return m.emit(name, x, dim=int(m.rng.integers(len(x.shape))), **more)

    return make


def _matmul(m: Maker) -> Any:
    a = m.pick("f" if m.chance(0.9) else "i", rank=2)
    inner = a.shape[-1]
    fits = [v for v in m.live if len(v.shape) >= 2 and v.shape[-2] == inner and v.dtype == a.dtype]
    if fits and m.chance(0.6):
        return m.emit("matmul", a, m.one_of(fits))
    lead = a.shape[:-2] if m.chance(0.3) else ()
    return m.emit("matmul", a, m.new((*lead, inner, m.one_of((1, 3, 8, 17))), a.dtype))


def _linear(m: Maker) -> Any:
    x = m.pick("f", rank=2)
    width = m.one_of((1, 3, 10, 33))
    w = m.new((width, x.shape[-1]), x.dtype)
    bias = m.one_of((None, (width,), (width,), (1,), ()))
    return m.emit("linear", x, w, *(() if bias is None else (m.new(bias, x.dtype),)))


def _each(often: float, **makers: Make) -> dict[str, tuple[float, Make]]:
    return {name: (often, make) for name, make in makers.items()}


MAKERS: dict[str, tuple[float, Make]] = {
    **_each(2, div=_div, where=_where, cast=_cast, reshape=_reshape, matmul=_matmul),
    **_each(1.5, pow=_pow, permute=_permute, broadcast_to=_broadcast, slice=_slice),
    **_each(1.5, gather=_gather, scatter_add=_scatter, linear=_linear),
    **_each(1, addcmul=_addcmul, cat=_cat, pad=_pad, flip=_flip, diagonal=_diagonal),
    **_each(0.7, unfold=_unfold, fold=_fold),
    **{n: (3, _binary(n, "fiub")) for n in ("add", "mul")},
    "sub": (3, _binary("sub", "fiu")),
    **{n: (1, _binary(n, "fiub")) for n in ("maximum", "minimum")},
    **{n: (1, _binary(n, "fiub", steps=True)) for n in ("eq", "lt", "le")},
    **{n: (0.4, _binary(n, "iub")) for n in ("bitwise_and", "bitwise_or", "bitwise_xor")},
    "bitwise_not": (0.5, _unary("bitwise_not", "iub")),
    **{n: (1, _unary(n, "fiu")) for n in ("neg", "abs", "relu", "sign")},
    **{n: (0.7, _unary(n)) for n in ("exp", "expm1", "sin", "cos", "tanh", "sigmoid", "erf")},
    **{n: (0.7, _unary(n)) for n in ("softplus", "floor", "round")},
    **{n: (0.8, _positive(n)) for n in ("log", "log1p", "sqrt")},
    **{n: (0.7, _divides(n)) for n in ("remainder", "floor_divide")},
    "uniform": (0.4, _uniform),
    "detach": (0.4, _unary("detach", "fiub")),
    "sum": (2.5, _reduction("sum", "fiub")),
    "mean": (1.5, _reduction("mean", "f")),
    "amax": (1, _reduction("amax", "fiub")),
    "logsumexp": (1, _reduction("logsumexp", "f")),
    "cumsum": (0.7, _along("cumsum", "fiu")),
    "argmax": (0.7, _along("argmax", "fiub")),
    "argsort": (0.7, _along("argsort", "fiu")),
}
