"""The ops that are kernels of their own: reductions, products, sorting, and those that fill an
array piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from denpa.compiler.lower.epilogue import end
from denpa.compiler.lower.index import Affine, broadcast_index, identity
from denpa.compiler.lower.kernels import (
    Access,
    BodyNode,
    Buffer,
    Loop,
    Product,
    Sort,
    Store,
    Uniform,
    View,
    contiguous,
    reshaped,
)
from denpa.compiler.lower.nodes import Nodes
from denpa.core.dtype import DType
from denpa.core.graph import Value
from denpa.core.shape import Shape, size_of

# Measured by `python -m benchmarks.tuned NAME` on one thread of an AMD EPYC (Zen 5), with vectors
# of 16 float32 (AVX-512) / of 8 (`--cpu haswell`), beside an OpenBLAS for AVX2: times as a multiple
# of that with the value here. Another value lets others add, in another order.
# Multiplications from which the BLAS computes a product of few columns, whose bias and activation
# then need a loop of their own. With more (24,000) 64×28 @ 28×10: 1.98 / 1.54; with fewer (6,000)
# 32×20 @ 20×10: 0.63 / 0.83, and a step of 20-32-10 with 32 rows 0.90.
_BLAS = 12_000
# Elements of B that no cache of one core holds. With fewer (2¹⁹) 128×784 @ 784×1024: 1.91 / 0.98;
# with more (2²³) 128×1024 @ 1024×1536: 0.54 / 1.01, and beside an OpenBLAS for AVX-512 1.21 and
# 0.90.
_LARGE = 1 << 20
# Multiplications below which a call of the BLAS for a part does not pay. With fewer (4,096 and
# 8,192) the code is the same; with more (32,768) 32×128 @ 128×10: 0.94, a step of 64-128-10
# (digits): 0.99.
_PIECE = 16_384
# Rows or columns of a piece below which copying the other operand shows. With fewer (32) 512×512 @
# 512×10: 1.16, a step of 256-2048-2048-10: 1.02; with more (128): 1.00, on fewer lanes.
_SHORT = 64
_LANES = 64  # the most that there are
# Elements of B that stay in the first cache: our own loops read it as it is. With fewer (4,096)
# 128×64 @ 64×100: 1.11 / 0.99, 128×100 @ 100×64ᵀ: 0.91 / 0.90; with more (16,384) 128×128 @
# 128×100: 0.95 / 1.03, 128×100 @ 100×128ᵀ: 1.17 / 1.12.
_CACHED = 8_192


def _maker(m: int, n: int, k: int, blas: str) -> str:
    """What computes a product: "loop" (over vectors of B where it lies), "panels" or "blas".

    Measured: products with a vector are bound by memory; with a small B of whole vectors the loop
    runs at the processor's peak; panels beat the BLAS where a lane's share is small, not where B
    itself is larger than a cache, or only a few columns wide.
    """
    if min(m, n, k) <= 1 or m == 2 or m * n * k < _BLAS or (n >= 16 and k * n <= _CACHED):
        return "loop"
    if blas == "all" or (blas == "large" and (n < 16 or k * n > _LARGE)):
        return "blas"
    return "panels"


def _pieces(batch: int, m: int, n: int, k: int) -> tuple[int, int]:
    """In how many pieces the BLAS computes a product, and whether of rows (0) or of columns (1).

    It copies the other operand for each: measured, pieces of 64 rows cost 8 % where there are ten
    columns, of 128 columns 5 % of 2,048, of 256 rows 4 % of a product of 2,048 × 2,048.
    """
    axis, long, short = (0, m, n) if m >= n else (1, n, m)
    least = min(max(short, _SHORT), max(2 * _SHORT, short // 8))
    most = max(long // least, min(2, long // 16))
    most = min(most, m * n * k // _PIECE, _LANES // max(batch, 1))
    return axis, 1 << (max(most, 1).bit_length() - 1)  # as many for each of 2, 4, 8 … lanes


def _reduce(kind: str) -> Callable[[Nodes, Value], None]:
    def lower(self: Nodes, v: Value) -> None:
        x = v.inputs[0]
        dim = v.params["dim"]
        dims: Shape = tuple(sorted(dim)) if isinstance(dim, tuple) else (dim,)
        kept = [d for d in range(len(x.shape)) if d not in dims]

        def into(v: Value, loop: Loop) -> None:
            node = self.node(x, identity(len(x.shape)), loop)
            view = self.new(v)
            steps = dict(zip(kept, contiguous([x.shape[d] for d in kept]), strict=True))
            access = Access(view.buffer, 0, tuple(steps.get(d, 0) for d in range(len(x.shape))))
            store = Store(access, node, reduce=kind)
            self.store(loop, store, v)
            end(self, v, loop, store)

        probe = Loop(x.shape, dims, [], x.shape)
        node = self.node(x, identity(len(x.shape)), probe)
        if self.merge(v, node, x.shape, dims, into) is None:
            loop = Loop(x.shape, dims, [v], x.shape)
            self.append(loop)
            into(v, loop)
            self.same.setdefault((x.shape, dims), []).append(len(self.kernels) - 1)

    return lower


def _cumsum(self: Nodes, v: Value) -> None:
    loop = Loop(v.shape, (v.params["dim"],), [v], v.shape)
    node = self.node(v.inputs[0], identity(len(v.shape)), loop)
    self.append(loop)
    view = self.new(v)
    self.store(loop, Store(Access(view.buffer, 0, view.strides), node, "scan", "sum"), v)


def _matrix(self: Nodes, v: Value) -> View:
    view = self.view_of(v)
    return self.copy(v) if view is None else view


def _blas_ready(view: View) -> bool:
    (m, n), (s, t) = view.shape[-2:], view.strides[-2:]
    by_rows = (t == 1 or n == 1) and (s >= max(n, 1) or m == 1)
    by_columns = (s == 1 or m == 1) and (t >= max(m, 1) or n == 1)
    return by_rows or by_columns


def _matmul(self: Nodes, v: Value) -> None:
    a, b = (_matrix(self, x) for x in v.inputs)
    batch, (m, n), k = v.shape[:-2], v.shape[-2:], a.shape[-1]
    if len(b.shape) == 2 and len(a.shape) > 2:  # one product of all rows
        rows = reshaped(a, (size_of(a.shape[:-1]), k))
        if rows is not None:
            a, batch, m = rows, (), size_of(v.shape[:-1])
    small = b.strides[-1] != 1 and n >= 4 and m >= 8
    floats = v.dtype.name in ("float32", "float64")
    by = _maker(m, n, k, self.blas) if floats else "loop"
    if by == "panels":
        if 1 not in b.strides[-2:]:
            b = self.copy(_as_value(self, b, v))
    elif by == "blas":
        a = a if _blas_ready(a) else self.copy(_as_value(self, a, v))
        b = b if _blas_ready(b) else self.copy(_as_value(self, b, v))
    elif small and b.strides[-2] == 1:  # its rows become vectors
        b = self.copy(_as_value(self, b, v))
    extents = (*batch, m, n, k)
    width = len(batch)

    def spread(view: View, rows: bool) -> Access:
        coefs = [0] * (width + 3)
        lead = len(view.shape) - 2
        for d in range(lead):
            if view.shape[d] != 1:
                coefs[width - lead + d] = view.strides[d]
        coefs[width if rows else width + 2] = view.strides[-2] if view.shape[-2] != 1 else 0
        coefs[width + 2 if rows else width + 1] = view.strides[-1] if view.shape[-1] != 1 else 0
        return Access(view.buffer, view.offset, tuple(coefs))

    out = self.new(v, pad=True)
    steps = out.strides if len(out.strides) == width + 2 else out.strides[-2:]
    c = Access(out.buffer, 0, (*steps, 0))
    left, right = spread(a, True), spread(b, False)
    if by != "loop":
        axis, count = _pieces(size_of(batch), m, n, k)
        pieces = (width + axis, count) if by == "blas" else None
        self.append(Product(extents, left, right, c, v, by, pieces))
        return
    loop = Loop(extents, (width + 2,), [v], extents)
    self.append(loop)
    loads = (BodyNode("load", v.dtype, access=left), BodyNode("load", v.dtype, access=right))
    node = BodyNode("op", v.dtype, loads, "mul", value=v)
    store = Store(c, node, reduce="sum")
    self.store(loop, store, v)
    end(self, v, loop, store)


def _as_value(self: Nodes, view: View, like: Value) -> Value:
    """A value that stands for a view, so that it can be copied."""
    v = Value(view.shape, view.buffer.dtype)
    v.source, v.scope = like.source, like.scope
    self.views[id(v)] = view
    self._held.append(v)
    return v


def _uniform(self: Nodes, v: Value) -> None:
    state = _matrix(self, v.inputs[0])
    if state.strides != (1,):
        state = self.copy(v.inputs[0])
    out = self.new(v)
    axes = (0,) * len(v.shape)
    self.append(
        Uniform(
            v.shape,
            Access(state.buffer, state.offset, axes),
            Access(out.buffer, 0, out.strides),
            v,
        )
    )


def _argsort(self: Nodes, v: Value) -> None:
    x = _matrix(self, v.inputs[0])
    out = self.new(v)
    scratch = Buffer(out.buffer.size, v.dtype, value=v)
    places = Access(out.buffer, 0, out.strides)
    self.append(
        Sort(
            v.shape,
            v.params["dim"],
            v.params["descending"],
            Access(x.buffer, x.offset, x.strides),
            Access(scratch, 0, out.strides),
            places,
            v,
        )
    )


def _cat(self: Nodes, v: Value) -> None:
    nodes = []
    for x in v.inputs:
        loop = Loop(x.shape, (), [v], x.shape)
        nodes.append((x, loop, self.node(x, identity(len(x.shape)), loop)))
    out = self.new(v)
    at = 0
    dim = v.params["dim"]
    for x, loop, node in nodes:
        self.kernels.append(loop)
        self.store(loop, Store(Access(out.buffer, at * out.strides[dim], out.strides), node), v)
        at += x.shape[dim]


def _zeros(self: Nodes, v: Value, like: Sequence[Affine] = ()) -> View:
    view = self.new(v, like)
    loop = Loop(v.shape, (), [v], v.shape)
    self.kernels.append(loop)
    self.store(loop, Store(Access(view.buffer, 0, view.strides), _zero(v.dtype)), v)
    return view


def _zero(dtype: DType) -> BodyNode:
    return BodyNode("const", dtype, number=0)


def _pad(self: Nodes, v: Value) -> None:
    x = v.inputs[0]
    loop = Loop(x.shape, (), [v], x.shape)
    node = self.node(x, identity(len(x.shape)), loop)
    out = _zeros(self, v, [n.access.coefs for n in node.walk() if n.access is not None])
    if not size_of(x.shape):
        return
    self.kernels.append(loop)
    const = sum(a * s for a, s in zip(v.params["start"], out.strides, strict=True))
    coefs = tuple(p * s for p, s in zip(v.params["step"], out.strides, strict=True))
    self.store(loop, Store(Access(out.buffer, const, coefs), node), v)


def assemble(self: Nodes, v: Value, pads: Sequence[Value]) -> None:
    """A sum of pads that nowhere meet, each written where it belongs."""
    loops: dict[Shape, Loop] = {}
    parts = []
    for p in pads:
        x = p.inputs[0]
        loop = loops.setdefault(x.shape, Loop(x.shape, (), [v], x.shape))
        node = self.node(x, identity(len(x.shape)), loop)
        # The other pads add their zeros, which turns -0 into 0.
        parts.append((p, loop, BodyNode("op", v.dtype, (node, _zero(v.dtype)), "add", value=v)))
    like = [n.access.coefs for _, _, node in parts for n in node.walk() if n.access is not None]
    if sum(size_of(p.inputs[0].shape) for p in pads) < size_of(v.shape):
        out = _zeros(self, v, like)
    else:
        out = self.new(v, like)
    self.kernels += loops.values()
    for p, loop, node in parts:
        const = sum(a * s for a, s in zip(p.params["start"], out.strides, strict=True))
        coefs = tuple(k * s for k, s in zip(p.params["step"], out.strides, strict=True))
        self.store(loop, Store(Access(out.buffer, const, coefs), node), v)


def _fold(self: Nodes, v: Value) -> None:
    x = v.inputs[0]
    r = len(v.params["shape"])
    lead = len(x.shape) - 2 * r
    loop = Loop(x.shape, range(lead, len(x.shape)), [v], x.shape)
    node = self.node(x, identity(len(x.shape)), loop)
    like = [
        (*n.access.coefs[:lead], *n.access.coefs[lead + r :])
        for n in node.walk()
        if n.access is not None
    ]
    out = _zeros(self, v, like)
    self.kernels.append(loop)
    space = out.strides[lead:]
    window = [d * s for d, s in zip(v.params["dilation"], space, strict=True)]
    places = [p * s for p, s in zip(v.params["stride"], space, strict=True)]
    access = Access(out.buffer, 0, (*out.strides[:lead], *window, *places))
    self.store(loop, Store(access, node, "add"), v)


def _scatter_add(self: Nodes, v: Value) -> None:
    g, *positions = v.inputs
    lead = len(g.shape) - (len(v.shape) - len(positions))
    loop = Loop(g.shape, range(lead), [v], g.shape)
    here = identity(len(g.shape))
    node = self.node(g, here, loop)
    picked = g.shape[:lead]
    index = tuple(self.node(i, broadcast_index(i, picked, here[:lead]), loop) for i in positions)
    out = _zeros(self, v)
    self.kernels.append(loop)
    n = len(positions)
    access = Access(out.buffer, 0, ((0,) * lead + out.strides[n:]))
    store = Store(access, node, "add", index=index, strides=out.strides[:n], sizes=v.shape[:n])
    self.store(loop, store, v)


LOWER: dict[str, Callable[[Nodes, Value], None]] = {
    "sum": _reduce("sum"),
    "amax": _reduce("amax"),
    "argmax": _reduce("argmax"),
    "cumsum": _cumsum,
    "matmul": _matmul,
    "uniform": _uniform,
    "argsort": _argsort,
    "cat": _cat,
    "pad": _pad,
    "fold": _fold,
    "scatter_add": _scatter_add,
}
"""How ops that are neither pointwise nor views become kernels."""
