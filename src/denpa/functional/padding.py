"""Padding tensors: constants, reflections and repetitions on the sides."""

from __future__ import annotations

from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.errors import ArgumentError, ShapeError
from denpa.core.shape import Shape, describe
from denpa.functional.common import copy_of, ints, located, need, op
from denpa.functional.pick import select_at

__all__ = ["pad"]


def pad(input: Tensor, pad: Any, mode: str = "constant", value: Any = None) -> Tensor:
    """More elements on the sides; `pad` counts (left, right) from the last dimension backwards.

    Modes: "constant" (`value`, 0 by default), "reflect", "replicate", "circular". Negative counts
    cut off; "circular" then repeats what is left, the others what the input has.
    Errors: TypeError for what is no tensor, counts that are no ints and, in a floating-point
    tensor, a `value` that is no number (DTypeError); ValueError (ArgumentError) for a `value` in
    another mode; OverflowError for one too large for an integer dtype, ValueError for NaN there;
    RuntimeError (ShapeError) for an odd or too long list of counts, and counts that reflect or
    repeat more than there is or cut off too much; NotImplementedError for an unknown mode, and
    modes but "constant" unless all but the first one or two dims are padded.

    >>> import denpa as dp
    >>> dp.nn.functional.pad(dp.ones(2), (1, 2))
    tensor([0., 1., 1., 0., 0.])
    """
    x = need("pad", input)
    counts = ints("pad", (pad,))
    rank, pairs = len(x.shape), len(counts) // 2
    if len(counts) % 2 or pairs > rank:
        raise located(
            ShapeError(
                f"pad takes two counts for each of at most {rank} dimensions, not {list(counts)}"
            )
        )
    sides = [(0, 0)] * (rank - pairs) + [(counts[2 * k], counts[2 * k + 1]) for k in range(pairs)][
        ::-1
    ]
    if mode == "constant":
        return _constant(x, sides, 0 if value is None else value)
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(
            f"pad: mode {mode!r} is not offered; the modes are constant, reflect, replicate, "
            "circular"
        )
    if value is not None:
        raise located(ArgumentError(f"pad: mode {mode!r} takes no value"))
    if rank not in (pairs + 1, pairs + 2):
        raise NotImplementedError(
            f"pad: mode {mode!r} pads all but the first one or two dimensions, not {pairs} of "
            f"{rank}"
        )
    space = [n + a + b for n, (a, b) in zip(x.shape, sides, strict=True)][rank - pairs :]
    if mode != "circular" and max(space, default=1) < 1:
        raise located(ShapeError(f"pad: {mode} by {list(counts)} leaves nothing of {describe(x)}"))
    for d, (a, b) in enumerate(sides):
        if a or b:
            x = select_at(x, d, _beyond(x, d, a, b, mode))
    return x


def _constant(x: Tensor, sides: list[tuple[int, int]], value: Any) -> Tensor:
    start = tuple(max(-a, 0) for a, _ in sides)
    stop = tuple(n - max(-b, 0) for n, (_, b) in zip(x.shape, sides, strict=True))
    if any(a > b for a, b in zip(start, stop, strict=True)):
        raise located(ShapeError(f"pad: {describe(x)} has fewer elements than are to be cut off"))
    one = (1,) * len(sides)
    if start != (0,) * len(sides) or stop != x.shape:
        x = op("slice", x, start=start, stop=stop, step=one)
    more = tuple((max(a, 0), max(b, 0)) for a, b in sides)
    shape = tuple(n + a + b for n, (a, b) in zip(x.shape, more, strict=True))
    if shape == x.shape:
        return copy_of(x)
    before: Shape = tuple(a for a, _ in more)
    y = op("pad", x, shape=shape, start=before, step=one)
    if value == 0:
        return y
    inside = np.zeros(shape, np.bool_)
    inside[tuple(np.s_[a : a + n] for a, n in zip(before, x.shape, strict=True))] = True
    if y.dtype.kind in "iub":
        value = y.dtype.type(value).item()
    return op("where", tensor_of(inside), y, value)


def _beyond(x: Tensor, d: int, before: int, after: int, mode: str) -> np.ndarray:
    """The positions along one dimension that the padded tensor reads."""
    n = x.shape[d]
    if n == 0:
        raise located(ShapeError(f"pad: {describe(x)} has nothing to repeat along dim {d}"))
    if mode != "replicate" and max(before, after) > (n if mode == "circular" else n - 1):
        raise located(
            ShapeError(
                f"pad: {mode} by {(before, after)} reaches over dimension {d} of {describe(x)}"
            )
        )
    k = np.arange(-before, n + after)
    first, left = max(-before, 0), n + min(before, 0) + min(after, 0)
    if n + before + after < 0 or (left < 1 and k.size and mode == "circular"):
        raise located(
            ShapeError(
                f"pad: {mode} by {(before, after)} leaves nothing of dimension {d} of {describe(x)}"
            )
        )
    if mode == "replicate":
        return np.clip(k, 0, n - 1)
    if mode == "circular":  # what is left after the cut goes round
        return np.asarray(first + (k - first) % max(left, 1))
    return np.where(k < 0, -k, np.where(k >= n, 2 * (n - 1) - k, k))
