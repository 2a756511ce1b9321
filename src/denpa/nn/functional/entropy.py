"""Losses of scores for classes: cross-entropy and the negative log-likelihood."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import float16
from denpa.core.errors import ArgumentError, DimError, DTypeError, ShapeError
from denpa.core.shape import Shape, describe
from denpa.functional import log_softmax
from denpa.functional.common import need_float, single
from denpa.nn.functional._tools import (
    check_legacy,
    check_reduction,
    count,
    fail,
    need_tensors,
    op,
    total,
)


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: None = None,
    ignore_index: int = -100,
    reduce: None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """−Σ_c t_c ln softmax(x)_c: cross-entropy of logits.

    Shapes: input (N, C), (C,) or (N, C, d₁, …). The target holds class indices (int64, the shape
    of the input without C; those equal to `ignore_index` do not count) or probabilities of the
    classes (floating point, one-hot or soft, the shape of the input). `weight` (C,) weighs the
    classes, and 'mean' divides by the sum of the weights of the targets; `label_smoothing` mixes
    the target with the uniform distribution. Its derivative at the logits is (softmax(x) − t)/N
    under 'mean'.

    The result is a 0-dim tensor; with reduction='none' it has the shape of the class indices.
    Errors: ValueError (ArgumentError) for an unknown reduction or a target of another batch size;
    RuntimeError (ShapeError) for other shapes that do not fit; IndexError (DimError) for a class
    out of range; TypeError for what is no tensor, (DTypeError) integer scores, or class indices
    other than int64 and uint8; NotImplementedError for `size_average` and `reduce`; RuntimeError
    for a label_smoothing outside 0 to 1, or an ignore_index ≥ 0 with probabilities.

    >>> import denpa as dp
    >>> x = dp.tensor([[2.0, 0.0], [0.0, 0.0]])
    >>> dp.nn.functional.cross_entropy(x, dp.tensor([0, 1]))
    tensor(0.41)
    """
    check_legacy(size_average, reduce)
    check_reduction(reduction)
    _check_scores("cross_entropy", input, target, weight)
    if not 0.0 <= label_smoothing <= 1.0:
        raise RuntimeError(f"label_smoothing must be between 0 and 1, not {label_smoothing}")
    if input.dtype == float16:
        w = None if weight is None else single(weight)
        rest = (None, ignore_index, None, reduction, label_smoothing)
        return op("cast", cross_entropy(single(input), single(target), w, *rest), dtype=float16)
    dim = 0 if input.ndim == 1 else 1
    if target.shape == input.shape:
        if target.dtype.kind != "f":
            fail(
                DTypeError(
                    f"cross_entropy: a target of the input's shape {list(input.shape)} holds "
                    f"probabilities and must be floating point, not {describe(target)}; "
                    "for one-hot integers use .float()"
                )
            )
        if ignore_index >= 0:
            raise RuntimeError(
                "cross_entropy: ignore_index is not defined for a target of probabilities"
            )
        return _soft(log_softmax(input, dim), target, weight, reduction, label_smoothing, dim)
    classes = _check_target("cross_entropy", input, target, ignore_index)
    logs = log_softmax(input, dim)
    loss = _chosen(logs, target, weight, ignore_index, reduction)
    if label_smoothing == 0.0:
        return loss
    smooth = _even(logs, target, weight, ignore_index, reduction, dim)
    share = label_smoothing / classes if classes else math.inf  # 0·∞: of no classes it is NaN
    result: Tensor = loss * (1.0 - label_smoothing) + smooth * share
    return result


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: None = None,
    ignore_index: int = -100,
    reduce: None = None,
    reduction: str = "mean",
) -> Tensor:
    """−w_t x_t: the negative log-likelihood of class t, for log-probabilities x.

    Shapes and arguments as for `cross_entropy` with class indices.

    The result is a 0-dim tensor; with reduction='none' it has the shape of the class indices.
    Errors: ValueError (ArgumentError) for an unknown reduction or a target of another batch size;
    RuntimeError (ShapeError) for other shapes that do not fit; IndexError (DimError) for a class
    out of range; TypeError for what is no tensor, (DTypeError) integer scores, or class indices
    other than int64 and uint8; NotImplementedError for `size_average` and `reduce`.

    >>> import denpa as dp
    >>> x = dp.tensor([[-0.5, -1.0]])
    >>> dp.nn.functional.nll_loss(x, dp.tensor([1]))
    tensor(1.)
    """
    check_legacy(size_average, reduce)
    check_reduction(reduction)
    _check_scores("nll_loss", input, target, weight)
    _check_target("nll_loss", input, target, ignore_index)
    if input.dtype == float16:
        w = None if weight is None else single(weight)
        y = _chosen(single(input), target, w, ignore_index, reduction)
        return op("cast", y, dtype=float16)
    return _chosen(input, target, weight, ignore_index, reduction)


def _check_scores(name: str, input: Tensor, target: Tensor, weight: Tensor | None) -> None:
    need_tensors(name, input, target)
    need_float(name, input)
    if not input.ndim:
        fail(ShapeError(f"{name} takes scores (N, C), (C,) or (N, C, ...), not {describe(input)}"))
    classes = input.shape[0 if input.ndim == 1 else 1]
    if weight is not None and weight.shape != (classes,):
        fail(
            ShapeError(
                f"{name}: the weight must have one element for each of the {classes} classes of "
                f"{describe(input)}, not {describe(weight)}"
            )
        )


def _check_target(name: str, input: Tensor, target: Tensor, ignore_index: int) -> int:
    """Raise unless the target holds class indices that fit; the number of classes."""
    batch = input.shape[:1] if input.ndim > 1 else ()
    space: Shape = input.shape[2:]
    classes = input.shape[1] if input.ndim > 1 else input.shape[0]
    if target.shape != (*batch, *space):
        text = (
            f"{name}: the target {describe(target)} does not fit the input {describe(input)}; "
            "class "
            f"indices have the shape {[*batch, *space]}"
        )
        if name == "cross_entropy":
            text += f", probabilities the shape {list(input.shape)}"
        if target.ndim == len(batch) + len(space) and batch and target.shape[0] != batch[0]:
            fail(ArgumentError(text))
        fail(ShapeError(text))
    if target.dtype.name not in ("int64", "uint8"):
        fail(
            DTypeError(f"{name}: class indices must be int64, not {describe(target)}; use .long()")
        )
    held = target._value.array
    if held is not None and held.size:
        low, high = int(held.min()), int(held.max())
        if low < 0 or high >= classes:
            kept = held[held != ignore_index]
            wrong = kept[(kept < 0) | (kept >= classes)]
            if wrong.size:
                fail(
                    DimError(
                        f"{name}: target {int(wrong[0])} is out of bounds; the input "
                        f"{describe(input)} has "
                        f"{classes} classes, so targets are 0 to {classes - 1}"
                    )
                )
    return classes


def _may_ignore(target: Tensor, ignore_index: int) -> bool:
    """Whether some target may be `ignore_index`: known where the target is, else it may."""
    held = target._value.array
    if held is None:
        return True
    return bool((held == ignore_index).any())


def _at(logs: Tensor, index: Tensor) -> Tensor:
    """x[n, t[n, d…], d…]."""
    if logs.ndim == 1:
        return op("gather", logs, index)
    n, space = logs.shape[0], logs.shape[2:]
    if not space:
        return op("gather", logs, np.arange(n), index)
    grid: list[Any] = list(np.ogrid[tuple(slice(m) for m in (n, *space))])
    return op("gather", logs, grid[0], index, *grid[1:])


def _chosen(
    logs: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int, reduction: str
) -> Tensor:
    ignores = _may_ignore(target, ignore_index)
    index, kept = target, None
    if index.dtype != np.int64:
        index = op("cast", index, dtype=np.dtype("int64"))
    if ignores:
        ignored = op("eq", target, ignore_index)
        index = op("where", ignored, 0, index)
        kept = op("cast", ~ignored, dtype=logs.dtype)
    picked = _at(logs, index)
    if kept is not None:
        picked = op("where", ignored, 0.0, picked)
    each: Tensor | None = kept
    if weight is not None:
        each = op("gather", weight, index)
        if kept is not None:
            each = each * kept
        picked = picked * each
    if reduction == "none":
        result: Tensor = -picked
        return result
    if reduction == "sum":
        result = -total(picked)
        return result
    if each is None:
        result = total(picked) / -count(picked.shape)
        return result
    weights = total(each)
    nothing: Any = 0.0
    if kept is not None:
        # With nothing left the mean is not a number, and yet no message may reach the scores.
        empty = op("eq", total(kept), 0.0)
        weights = weights + op("cast", empty, dtype=logs.dtype)
        nothing = op("where", empty, tensor_of(math.nan, logs.dtype), 0.0)
    result = nothing - total(picked) / weights
    return result


def _even(
    logs: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int, reduction: str, dim: int
) -> Tensor:
    """The loss against the uniform distribution, times the number of classes."""
    if weight is not None:
        logs = logs * _along(weight, logs, dim)
    loss = -op("sum", logs, dim=(dim,), keepdim=False)
    examples: Any = count(loss.shape)
    ignored = op("eq", target, ignore_index)
    if _may_ignore(target, ignore_index):
        loss = op("where", ignored, 0.0, loss)
        examples = total(op("cast", ~ignored, dtype=logs.dtype))
    if reduction == "none":
        result: Tensor = loss
        return result
    if reduction == "sum":
        return total(loss)
    if weight is not None:
        index = op("where", ignored, 0, target)
        examples = total(op("gather", weight, index) * op("cast", ~ignored, dtype=weight.dtype))
    result = total(loss) / examples
    return result


def _along(weight: Tensor, like: Tensor, dim: int) -> Tensor:
    return op("reshape", weight, shape=weight.shape + (1,) * (like.ndim - dim - 1))


def _soft(
    logs: Tensor, target: Tensor, weight: Tensor | None, reduction: str, smoothing: float, dim: int
) -> Tensor:
    classes = logs.shape[dim]
    if smoothing > 0.0:
        target = target * (1.0 - smoothing) + smoothing / max(classes, 1)
    loss = logs * target
    if weight is not None:
        loss = loss * _along(weight, loss, dim)
    if reduction == "none":
        result: Tensor = -op("sum", loss, dim=(dim,), keepdim=False)
        return result
    if reduction == "sum":
        result = -total(loss)
        return result
    result = total(loss) / (-count(loss.shape) / max(classes, 1))
    return result
