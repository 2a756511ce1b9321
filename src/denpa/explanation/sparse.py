"""A local derivative as data: which elements of y an element of x reaches, and how strongly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from denpa.core.shape import Shape, size_of

Index = tuple[int, ...]


@dataclass(frozen=True)
class Map:
    """∂y/∂x as a sparse linear map: its kind, the shapes of x and y, and what the kind needs.

    Kinds: pointwise, linear.x, linear.w, linear.b, matmul.a, matmul.b, reduce, same, permute, take,
    put, running, scalar, dense, far. `held` has arrays (float64 or integers) and plain values.

    >>> import numpy as np
    >>> square = Map("pointwise", (2,), (2,), {"partial": np.array([2.0, 6.0])})
    >>> square.reach((1,))
    [((1,), 6.0)]
    """

    kind: str
    x: Shape
    y: Shape
    held: dict[str, Any] = field(default_factory=dict)

    def reach(self, index: Sequence[int]) -> list[tuple[Index, float]]:
        """What one element of x reaches: pairs of an index of y and ∂y_j/∂x_i.

        Errors: LookupError where the map is too large to be held (kind `far`).
        """
        at = tuple(int(i) for i in index)
        return _REACH[self.kind](self, at)

    def pull(self, g: np.ndarray, absolute: bool = False) -> np.ndarray | None:
        """What all elements of x receive when `g`, of y's shape, arrives: Σ_j g_j ∂y_j/∂x_i. With
        `absolute` every ∂y_j/∂x_i counts by its size, which bounds rounding errors. None for `far`.
        """
        return pulled(self, g, absolute)


# -- the whole map at once -------------------------------------------------------------------------


def _folded(g: np.ndarray, shape: Shape) -> np.ndarray:
    """Summed over the axes along which x was repeated."""
    lead = g.ndim - len(shape)
    dims = tuple(range(lead)) + tuple(
        lead + d for d, n in enumerate(shape) if n == 1 and g.shape[lead + d] != 1
    )
    return np.asarray(g.sum(axis=dims)).reshape(shape)


def pulled(m: Map, g: np.ndarray, absolute: bool) -> np.ndarray | None:
    """See `Map.pull`."""
    with np.errstate(all="ignore"):
        return _pulled(m, g, absolute)


def _pulled(m: Map, g: np.ndarray, absolute: bool) -> np.ndarray | None:
    def held(name: str) -> np.ndarray:
        a = np.asarray(m.held[name], np.float64)
        return np.abs(a) if absolute else a

    kind = m.kind
    if kind == "pointwise":
        return _folded(g * held("constant" if "constant" in m.held else "partial"), m.x)
    if kind == "linear.x":
        return np.asarray(g @ held("other"))
    if kind == "linear.w":
        other = held("other")
        rows = g.reshape(-1, g.shape[-1]).T @ other.reshape(-1, other.shape[-1])
        return np.asarray(rows)
    if kind == "linear.b":
        return _folded(g, m.x)
    if kind == "matmul.a":
        return _folded(g @ np.swapaxes(held("other"), -1, -2), m.x)
    if kind == "matmul.b":
        return _folded(np.swapaxes(held("other"), -1, -2) @ g, m.x)
    if kind == "reduce":
        kept = tuple(1 if d in m.held["dims"] else n for d, n in enumerate(m.x))
        partial = held("partial" if "partial" in m.held else "constant")
        return np.asarray(g.reshape(kept) * np.broadcast_to(partial, m.x))
    if kind == "same":
        return g.reshape(m.x)
    if kind == "permute":
        return np.asarray(np.transpose(g, [int(k) for k in np.argsort(m.held["dims"])]))
    if kind == "take":
        sums = np.zeros(size_of(m.x) + 1)
        np.add.at(sums, m.held["index"].ravel(), g.ravel())  # −1, none, is the last place
        return sums[:-1].reshape(m.x)
    if kind == "put":
        index = m.held["index"]
        return np.asarray(np.where(index < 0, 0.0, g.ravel()[index]))
    if kind == "running":
        if not m.x:
            return g
        d = m.held["dim"]
        return np.asarray(np.flip(np.cumsum(np.flip(g, d), axis=d), d))
    if kind == "scalar":
        return np.asarray(g.reshape(()) * held("partial"))
    if kind == "dense":
        return np.asarray(g.ravel() @ held("matrix")).reshape(m.x)
    return None


# -- reading a map, element by element -------------------------------------------------------------


def _indices(shape: Shape, fixed: dict[int, int]) -> list[Index]:
    """All indices of a shape with some of their places given."""
    return list(
        product(*(range(n) if d not in fixed else (fixed[d],) for d, n in enumerate(shape)))
    )


def _aligned(index: Index, x: Shape, y: Shape) -> list[Index]:
    """Where an element goes when x is broadcast to y."""
    lead = len(y) - len(x)
    kept = {lead + d: i for d, i in enumerate(index) if not (x[d] == 1 and y[lead + d] != 1)}
    return _indices(y, kept)


def _reach_pointwise(m: Map, at: Index) -> list[tuple[Index, float]]:
    to = _aligned(at, m.x, m.y)
    if "constant" in m.held:
        return [(j, m.held["constant"]) for j in to]
    return [(j, float(m.held["partial"][j])) for j in to]


def _reach_linear_x(m: Map, at: Index) -> list[tuple[Index, float]]:
    w = m.held["other"][:, at[-1]]
    return [((*at[:-1], j), float(w[j])) for j in range(len(w))]


def _reach_linear_w(m: Map, at: Index) -> list[tuple[Index, float]]:
    j, i = at
    x = m.held["other"]
    return [((*r, j), float(x[(*r, i)])) for r in _indices(m.y[:-1], {})]


def _reach_linear_b(m: Map, at: Index) -> list[tuple[Index, float]]:
    return [(j, 1.0) for j in _aligned(at, m.x, m.y)]


def _reach_matmul(m: Map, at: Index) -> list[tuple[Index, float]]:
    """y[r, i, k] = Σ_j a[r, i, j] b[r, j, k], the leading axes broadcast."""
    left = m.kind == "matmul.a"
    other = m.held["other"]
    lead = _aligned(at[:-2], m.x[:-2], m.y[:-2])
    found = []
    for r in lead:
        o = tuple(
            0 if n == 1 else i
            for n, i in zip(other.shape[:-2], r[len(r) - other.ndim + 2 :], strict=True)
        )
        if left:
            i, j = at[-2:]
            found += [((*r, i, k), float(other[(*o, j, k)])) for k in range(m.y[-1])]
        else:
            j, k = at[-2:]
            found += [((*r, i, k), float(other[(*o, i, j)])) for i in range(m.y[-2])]
    return found


def _reach_reduce(m: Map, at: Index) -> list[tuple[Index, float]]:
    dims = m.held["dims"]
    to = tuple(
        0 if d in dims else i for d, i in enumerate(at) if m.held["keepdim"] or d not in dims
    )
    partial = m.held["partial"][at] if "partial" in m.held else m.held["constant"]
    return [(to, float(partial))]


def _reach_same(m: Map, at: Index) -> list[tuple[Index, float]]:
    k = int(np.ravel_multi_index(at, m.x)) if at else 0
    return [(tuple(int(i) for i in np.unravel_index(k, m.y)) if m.y else (), 1.0)]


def _reach_permute(m: Map, at: Index) -> list[tuple[Index, float]]:
    return [(tuple(at[d] for d in m.held["dims"]), 1.0)]


def _flat(at: Index, shape: Shape) -> int:
    return int(np.ravel_multi_index(at, shape)) if at else 0


def _unflat(k: int, shape: Shape) -> Index:
    return tuple(int(i) for i in np.unravel_index(k, shape)) if shape else ()


def _reach_take(m: Map, at: Index) -> list[tuple[Index, float]]:
    hit = np.flatnonzero(m.held["index"].ravel() == _flat(at, m.x))
    return [(_unflat(int(j), m.y), 1.0) for j in hit]


def _reach_put(m: Map, at: Index) -> list[tuple[Index, float]]:
    j = int(m.held["index"][at])
    return [] if j < 0 else [(_unflat(j, m.y), 1.0)]


def _reach_running(m: Map, at: Index) -> list[tuple[Index, float]]:
    if not at:
        return [((), 1.0)]
    d = m.held["dim"]
    return [((*at[:d], j, *at[d + 1 :]), 1.0) for j in range(at[d], m.y[d])]


def _reach_scalar(m: Map, at: Index) -> list[tuple[Index, float]]:
    return [((0,) * len(m.y), float(m.held["partial"][at]))]


def _reach_dense(m: Map, at: Index) -> list[tuple[Index, float]]:
    column = m.held["matrix"][:, _flat(at, m.x)]
    return [(_unflat(int(j), m.y), float(column[j])) for j in np.flatnonzero(column)]


def _reach_far(m: Map, at: Index) -> list[tuple[Index, float]]:
    raise LookupError(
        f"the Jacobian of a user's rule from {list(m.x)} to {list(m.y)} is too large to be held"
    )


_REACH: dict[str, Callable[[Map, Index], list[tuple[Index, float]]]] = {
    "pointwise": _reach_pointwise,
    "linear.x": _reach_linear_x,
    "linear.w": _reach_linear_w,
    "linear.b": _reach_linear_b,
    "matmul.a": _reach_matmul,
    "matmul.b": _reach_matmul,
    "reduce": _reach_reduce,
    "same": _reach_same,
    "permute": _reach_permute,
    "take": _reach_take,
    "put": _reach_put,
    "running": _reach_running,
    "scalar": _reach_scalar,
    "dense": _reach_dense,
    "far": _reach_far,
}
