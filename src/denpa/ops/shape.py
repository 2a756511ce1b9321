"""Functions that move elements and compute nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from denpa.core.dtype import DType, is_float
from denpa.core.errors import DTypeError, ShapeError
from denpa.core.op import Op, Sample
from denpa.core.shape import Shape, describe, size_of
from denpa.ops.kinds import constant, linear, unbroadcast


def _reshape_infer(x: Any, *, shape: Shape) -> tuple[Shape, DType]:
    if size_of(shape) != size_of(x.shape):
        raise ShapeError(
            f"{describe(x)} has {size_of(x.shape)} elements and cannot take the shape "
            f"{list(shape)}, which has {size_of(shape)}"
        )
    return shape, x.dtype


reshape: Op = linear(
    "reshape",
    lambda x, shape: np.reshape(x, shape),
    _reshape_infer,
    lambda g, x, shape: reshape(g, shape=x.shape),
    law=r"\delta_x = \operatorname{reshape}(\delta_y)",
    given=(Sample(((2, 6),), {"shape": (3, 4)}), Sample(((1,),), {"shape": ()})),
    view=True,
)


def _permute_infer(x: Any, *, dims: Shape) -> tuple[Shape, DType]:
    if sorted(dims) != list(range(len(x.shape))):
        raise ShapeError(f"permute: dims {dims} do not name each dimension of {describe(x)} once")
    return tuple(x.shape[d] for d in dims), x.dtype


def _inverse(dims: Shape) -> Shape:
    return tuple(int(k) for k in np.argsort(dims))


permute: Op = linear(
    "permute",
    lambda x, dims: np.transpose(x, dims),
    _permute_infer,
    lambda g, x, dims: permute(g, dims=_inverse(dims)),
    law=r"\delta_x = \delta_y^\top",
    given=(Sample(((2, 3, 4),), {"dims": (2, 0, 1)}), Sample(((2, 0),), {"dims": (1, 0)})),
    view=True,
)


def _broadcast_infer(x: Any, *, shape: Shape) -> tuple[Shape, DType]:
    tail = shape[len(shape) - len(x.shape) :] if len(shape) >= len(x.shape) else None
    if tail is None or any(n not in (1, m) for n, m in zip(x.shape, tail, strict=True)):
        raise ShapeError(
            f"{describe(x)} cannot be expanded to {list(shape)}: only sizes of 1 repeat"
        )
    return shape, x.dtype


broadcast_to: Op = linear(
    "broadcast_to",
    lambda x, shape: np.broadcast_to(x, shape),
    _broadcast_infer,
    lambda g, x, shape: unbroadcast(g, x.shape),
    law=r"\delta_x = \sum_{\text{copies}} \delta_y",
    given=(Sample(((3, 1),), {"shape": (2, 3, 4)}), Sample(((),), {"shape": (2,)})),
    view=True,
)


def _cat_infer(*xs: Any, dim: int) -> tuple[Shape, DType]:
    first = xs[0]
    for k, x in enumerate(xs):
        fits = len(x.shape) == len(first.shape) and all(
            n == m for d, (n, m) in enumerate(zip(x.shape, first.shape, strict=True)) if d != dim
        )
        if not fits:
            raise ShapeError(
                f"cat: tensor {k} is {describe(x)}, tensor 0 is {describe(first)}; "
                f"all sizes but those of dim {dim} must be equal"
            )
        if x.dtype != first.dtype:
            raise DTypeError(f"cat takes one dtype, not {describe(first)} and {describe(x)}")
    total = sum(x.shape[dim] for x in xs)
    return (*first.shape[:dim], total, *first.shape[dim + 1 :]), first.dtype


def _cat_parts(g: Any, *xs: Any, dim: int) -> list[Any]:
    parts, at = [], 0
    for x in xs:
        start = tuple(at if d == dim else 0 for d in range(len(g.shape)))
        stop = tuple(at + x.shape[dim] if d == dim else n for d, n in enumerate(g.shape))
        parts.append(slice(g, start=start, stop=stop, step=(1,) * len(g.shape)))
        at += x.shape[dim]
    return parts


cat: Op = linear(
    "cat",
    lambda *xs, dim: np.concatenate(xs, axis=dim),
    _cat_infer,
    _cat_parts,
    law=r"\delta_{x_k} = \text{the part of } \delta_y \text{ that came from } x_k",
    given=(
        Sample(((2, 3), (2, 1)), {"dim": 1}),
        Sample(((2,), (0,), (1,)), {"dim": 0}),
    ),
    many=True,
)


def _slice_infer(x: Any, *, start: Shape, stop: Shape, step: Shape) -> tuple[Shape, DType]:
    out = []
    for n, a, b, s in zip(x.shape, start, stop, step, strict=True):
        if not (0 <= a <= n and 0 <= b <= n and s > 0):
            raise ShapeError(
                f"slice {a}:{b}:{s} is outside a dimension of {n}, or its step is not > 0"
            )
        out.append(max(0, -(-(b - a) // s)))
    return tuple(out), x.dtype


def _slices(start: Shape, stop: Shape, step: Shape) -> tuple[Any, ...]:
    return tuple(np.s_[a:b:s] for a, b, s in zip(start, stop, step, strict=True))


def _slice_transpose(g: Any, x: Any, start: Shape, stop: Shape, step: Shape) -> Any:
    return pad(g, shape=x.shape, start=start, step=step)


slice: Op = linear(
    "slice",
    lambda x, start, stop, step: x[_slices(start, stop, step)],
    _slice_infer,
    _slice_transpose,
    law=r"\delta_x = \delta_y \text{ at the elements taken}, 0 \text{ elsewhere}",
    given=(
        Sample(((4, 5),), {"start": (1, 0), "stop": (3, 5), "step": (1, 2)}),
        Sample(((4,),), {"start": (3,), "stop": (3,), "step": (1,)}),
    ),
    view=True,
)


def _pad_infer(x: Any, *, shape: Shape, start: Shape, step: Shape) -> tuple[Shape, DType]:
    for n, size, a, s in zip(x.shape, shape, start, step, strict=True):
        if n and (a < 0 or a + (n - 1) * s >= size):
            raise ShapeError(
                f"{describe(x)} does not fit into {list(shape)} from {start} by {step}"
            )
    return shape, x.dtype


def _place(x: Any, shape: Shape, start: Shape, step: Shape) -> tuple[Any, ...]:
    return tuple(
        np.s_[a : min(size, a + n * s) : s]
        for n, size, a, s in zip(x.shape, shape, start, step, strict=True)
    )


def _pad(x: Any, shape: Shape, start: Shape, step: Shape) -> Any:
    y = np.zeros_like(x, shape=shape)
    if x.size:
        y[_place(x, shape, start, step)] = x
    return y


def _pad_transpose(g: Any, x: Any, shape: Shape, start: Shape, step: Shape) -> Any:
    stop = tuple(
        min(size, a + n * s) if n else a
        for n, size, a, s in zip(x.shape, shape, start, step, strict=True)
    )
    return slice(g, start=start, stop=stop, step=step)


pad: Op = linear(
    "pad",
    _pad,
    _pad_infer,
    _pad_transpose,
    law=r"\delta_x = \delta_y \text{ at the elements of } x",
    given=(
        Sample(((2, 3),), {"shape": (4, 6), "start": (1, 0), "step": (1, 2)}),
        Sample(((0,),), {"shape": (3,), "start": (1,), "step": (1,)}),
    ),
)


def _diagonal_infer(x: Any) -> tuple[Shape, DType]:
    if len(x.shape) < 2 or x.shape[-1] != x.shape[-2]:
        raise ShapeError(f"diagonal takes square matrices, not {describe(x)}")
    return x.shape[:-1], x.dtype


def _on_diagonal(g: Any, x: Any) -> Any:
    """Square matrices of 0 with g on their diagonals: n elements of 0 behind each of its own, in
    rows of n."""
    *rest, n = g.shape
    one = (1,) * len(g.shape)
    zero = (0,) * len(g.shape)
    g = reshape(g, shape=(*g.shape, 1))
    g = pad(g, shape=(*rest, n, n + 1), start=(*zero, 0), step=(*one, 1))
    g = reshape(g, shape=(*rest, n * (n + 1)))
    g = slice(g, start=zero, stop=(*rest, n * n), step=one)
    return reshape(g, shape=x.shape)


diagonal: Op = linear(
    "diagonal",
    lambda x: np.einsum("...ii->...i", x),
    _diagonal_infer,
    _on_diagonal,
    law=r"\delta_x = \operatorname{diag}(\delta_y)",
    given=(Sample(((2, 3, 3),)), Sample(((1, 1),)), Sample(((0, 0),))),
    view=True,
)


def _flip_infer(x: Any, *, dim: Shape) -> tuple[Shape, DType]:
    return x.shape, x.dtype


flip: Op = linear(
    "flip",
    lambda x, dim: np.flip(x, dim).copy(),  # PyTorch's flip is a copy, NumPy's a view
    _flip_infer,
    lambda g, x, dim: flip(g, dim=dim),
    law=r"\delta_x = \operatorname{flip}(\delta_y)",
    given=(Sample(((2, 3),), {"dim": (0, 1)}), Sample(((4,),), {"dim": (0,)})),
)


def _cast_infer(x: Any, *, dtype: DType) -> tuple[Shape, DType]:
    return x.shape, dtype


def _cast_transpose(g: Any, x: Any, dtype: DType) -> Any:
    return cast(g, dtype=x.dtype) if is_float(dtype) else None


cast: Op = linear(
    "cast",
    lambda x, dtype: np.asarray(x).astype(dtype),
    _cast_infer,
    _cast_transpose,
    law=r"\delta_x = \delta_y",
    given=(Sample(((2, 3),), {"dtype": np.dtype("float64")}),),
    analytic=False,
)


def _same(x: Any) -> tuple[Shape, DType]:
    return x.shape, x.dtype


# Its output is a constant for backward: no message passes.
detach: Op = constant("detach", lambda x: x, _same, law="0", given=(Sample(((2, 3),)),))
