"""Losses of numbers against numbers. Those of classes are in `entropy`."""

from __future__ import annotations

import warnings

import numpy as np

from denpa.autodiff.tensor import Tensor
from denpa.core.errors import ArgumentError, DTypeError
from denpa.core.shape import describe
from denpa.functional.common import single
from denpa.nn.functional._tools import (
    check_legacy,
    check_reduction,
    fail,
    need_tensors,
    op,
    reduced,
    told,
    total,
)

# The slope that PyTorch gives ln p at p = 0: it divides by max(p(1 − p), ε) with this ε.
_STEEPEST = 1.0 / float(np.float32(1e-12))


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: None = None,
    reduce: None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
    *,
    half: bool = False,
) -> Tensor:
    """(y − t)², its mean over all elements or its sum.

    With `half` it is the form of the textbooks, ½N⁻¹Σ(y − t)² with N the number of examples (the
    first dimension): its derivative at the output is (y − t)/N. Under 'sum' and 'none' `half` is
    the ½ alone.

    Input and target have one shape (others broadcast, with a UserWarning). The result is a 0-dim
    tensor; with reduction='none' it has the shape of the losses.
    Errors: ValueError (ArgumentError) for an unknown reduction or a weight of another shape;
    RuntimeError (ShapeError) for shapes that do not broadcast; TypeError for what is no tensor, or
    (DTypeError) two bool tensors; NotImplementedError for `size_average` and `reduce`.

    >>> import denpa as dp
    >>> y, t = dp.tensor([[3.0, 3.0]]), dp.tensor([[1.0, 2.0]])
    >>> dp.nn.functional.mse_loss(y, t), dp.nn.functional.mse_loss(y, t, half=True)
    (tensor(2.5), tensor(2.5))
    """
    check_legacy(size_average, reduce)
    d = _difference("mse_loss", input, target)
    loss = op("mul", d, d)
    if not half:
        return _weighed("mse_loss", loss, weight, reduction)
    check_reduction(reduction)
    if weight is not None:
        loss = loss * weight
    if reduction == "none":
        result: Tensor = loss * 0.5
        return result
    if reduction == "sum":
        result = total(loss) * 0.5
        return result
    result = total(loss) / (2 * (loss.shape[0] if loss.ndim else 1))
    return result


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: None = None,
    reduce: None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """|y − t|, its mean or its sum.

    Input and target have one shape (others broadcast, with a UserWarning). The result is a 0-dim
    tensor; with reduction='none' it has the shape of the losses.
    Errors: ValueError (ArgumentError) for an unknown reduction or a weight of another shape;
    RuntimeError (ShapeError) for shapes that do not broadcast; TypeError for what is no tensor, or
    (DTypeError) two bool tensors; NotImplementedError for `size_average` and `reduce`.

    >>> import denpa as dp
    >>> dp.nn.functional.l1_loss(dp.tensor([3.0, 1.0]), dp.tensor([1.0, 1.0]))
    tensor(1.)
    """
    check_legacy(size_average, reduce)
    return _weighed("l1_loss", abs(_difference("l1_loss", input, target)), weight, reduction)


def huber_loss(
    input: Tensor,
    target: Tensor,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: Tensor | None = None,
) -> Tensor:
    """½d² where |d| = |y − t| ≤ delta, delta·(|d| − ½delta) beyond.

    Source: Huber, *Robust estimation of a location parameter* (1964).

    Input and target have one shape (others broadcast, with a UserWarning). The result is a 0-dim
    tensor; with reduction='none' it has the shape of the losses.
    Errors: ValueError (ArgumentError) for an unknown reduction or a weight of another shape;
    RuntimeError for delta ≤ 0, and (ShapeError) for shapes that do not broadcast; TypeError for
    what is no tensor, or (DTypeError) two bool tensors.

    >>> import denpa as dp
    >>> dp.nn.functional.huber_loss(dp.tensor([0.5, 3.0]), dp.zeros(2), reduction="none")
    tensor([0.125, 2.5  ])
    """
    if delta <= 0:
        raise RuntimeError(f"huber_loss: delta must be greater than 0, not {delta}")
    loss = _bent(_difference("huber_loss", input, target), delta, 1.0, delta)
    return _weighed("huber_loss", loss, weight, reduction)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: None = None,
    reduce: None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """½d²/beta where |d| = |y − t| < beta, |d| − ½beta beyond. beta = 0 is `l1_loss`.

    Input and target have one shape (others broadcast, with a UserWarning). The result is a 0-dim
    tensor; with reduction='none' it has the shape of the losses.
    Errors: ValueError (ArgumentError) for an unknown reduction; RuntimeError for beta < 0, and
    (ShapeError) for shapes that do not broadcast; TypeError for what is no tensor, or (DTypeError)
    two bool tensors; NotImplementedError for `size_average` and `reduce`.

    >>> import denpa as dp
    >>> dp.nn.functional.smooth_l1_loss(dp.tensor([0.5, 3.0]), dp.zeros(2), reduction="none")
    tensor([0.125, 2.5  ])
    """
    check_legacy(size_average, reduce)
    if beta < 0:
        raise RuntimeError(f"smooth_l1_loss: beta must not be negative, it is {beta}")
    d = _difference("smooth_l1_loss", input, target)
    loss = abs(d) if beta == 0 else _bent(d, beta, beta, 1.0)
    return reduced(loss, reduction)


def _bent(d: Tensor, delta: float, width: float, slope: float) -> Tensor:
    """½d²/width where |d| ≤ delta, slope·(|d| − ½delta) beyond."""
    size = abs(d)
    beyond = op("lt", float(delta), size)
    near = op("where", beyond, 0.0, d)  # an infinite difference must not reach the parabola
    curve = near * near * (0.5 / width)
    return op("where", beyond, (size - 0.5 * delta) * float(slope), curve)


def _difference(name: str, input: Tensor, target: Tensor) -> Tensor:
    need_tensors(name, input, target)
    if input.shape != target.shape:
        warnings.warn(
            f"{name}: the target {describe(target)} has another shape than the input "
            f"{describe(input)} "
            "and is broadcast; this is rarely meant, make the shapes equal",
            UserWarning,
            stacklevel=3,
        )
    result: Tensor = input - target
    if input.shape != target.shape:
        told.add(result._value)
    return result


def _weighed(name: str, loss: Tensor, weight: Tensor | None, reduction: str) -> Tensor:
    """With weights the mean is Σwℓ/Σw."""
    if weight is None:
        return reduced(loss, reduction)
    check_reduction(reduction)
    if weight.shape != loss.shape:
        fail(
            ArgumentError(
                f"{name}: the weight {describe(weight)} must have the shape {list(loss.shape)}"
            )
        )
    loss = loss * weight
    return total(loss) / total(weight) if reduction == "mean" else reduced(loss, reduction)


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: None = None,
    reduce: None = None,
    reduction: str = "mean",
) -> Tensor:
    """−(t ln p + (1 − t) ln(1 − p)) of probabilities p, each logarithm held at −100 or above.

    `binary_cross_entropy_with_logits` is more exact where p comes from a sigmoid.

    Input and target have one shape. The result is a 0-dim tensor; with reduction='none' it has the
    shape of the losses.
    Errors: ValueError (ArgumentError) for an unknown reduction or a target of another shape;
    RuntimeError for numbers outside 0 to 1, and (ShapeError) for a weight that does not broadcast;
    TypeError for what is no tensor, and (DTypeError) for integers or two dtypes;
    NotImplementedError for `size_average` and `reduce`.

    >>> import denpa as dp
    >>> dp.nn.functional.binary_cross_entropy(dp.tensor([0.5, 1.0]), dp.tensor([1.0, 1.0]))
    tensor(0.3466)
    """
    check_legacy(size_average, reduce)
    name = "binary_cross_entropy"
    need_tensors(name, input, target)
    if input.shape != target.shape:
        fail(
            ArgumentError(
                f"{name}: the target {describe(target)} must have the shape of the input "
                f"{describe(input)}; reshape one of them"
            )
        )
    if input.dtype != target.dtype or input.dtype.kind != "f":
        fail(
            DTypeError(
                f"{name} takes an input and a target of one floating-point dtype, not "
                f"{describe(input)} and {describe(target)}; use .float()"
            )
        )
    low, high = _range(input)
    edges = not (low > 0.0 and high < 1.0)
    if not (low >= 0.0 and high <= 1.0):
        raise RuntimeError(
            f"{name} takes probabilities between 0 and 1, not {low} to {high}; apply a sigmoid "
            f"first, or use {name}_with_logits"
        )
    low, high = _range(target)
    if not (low >= 0.0 and high <= 1.0):
        raise RuntimeError(
            f"{name} takes targets between 0 and 1, not {low} to {high}; scale them first"
        )
    loss = _entropy_of_bits(input, target) if edges else _inner_entropy(input, target)
    if weight is not None:
        loss = loss * weight
    return reduced(loss, reduction)


def _range(x: Tensor) -> tuple[float, float]:
    """The smallest and the largest element; 0 and 1 while they are not known."""
    held = x._value.array
    if held is None or not held.size:
        return (0.0, 1.0) if held is None else (0.5, 0.5)
    return float(held.min()), float(held.max())


def _inner_entropy(p: Tensor, t: Tensor) -> Tensor:
    yes = op("maximum", op("log", p), -100.0)
    no = op("maximum", op("log1p", -p), -100.0)
    result: Tensor = (t - 1.0) * no - t * yes
    return result


def _entropy_of_bits(p: Tensor, t: Tensor) -> Tensor:
    """At p = 0 and p = 1 a straight line stands in for the logarithm, with PyTorch's slope."""
    zero, one = p <= 0.0, p >= 1.0
    inner = _inner_entropy(op("where", zero | one, 0.5, p), t)
    low = t * (100.0 - p * _STEEPEST)
    high = (1.0 - t) * (100.0 + (p - 1.0) * _STEEPEST)
    return op("where", zero, low, op("where", one, high, inner))


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: None = None,
    reduce: None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """Cross-entropy of σ(x) against t, without forming σ(x): t ln(1 + e⁻ˣ) + (1 − t) ln(1 + eˣ).

    `pos_weight` multiplies the loss of the positive class. Its derivative is (σ(x) − t)/N under
    'mean'.

    Input and target have one shape. The result is a 0-dim tensor; with reduction='none' it has the
    shape of the losses.
    Errors: ValueError (ArgumentError) for an unknown reduction or a target of another shape;
    RuntimeError (ShapeError) for weights that do not broadcast; TypeError for what is no tensor,
    and (DTypeError) for integer logits; NotImplementedError for `size_average` and `reduce`.

    >>> import denpa as dp
    >>> F = dp.nn.functional
    >>> F.binary_cross_entropy_with_logits(dp.tensor([0.0, 100.0]), dp.tensor([1.0, 1.0]))
    tensor(0.3466)
    """
    check_legacy(size_average, reduce)
    name = "binary_cross_entropy_with_logits"
    need_tensors(name, input, target)
    if input.shape != target.shape:
        fail(
            ArgumentError(
                f"{name}: the target {describe(target)} must have the shape of the input "
                f"{describe(input)}; reshape one of them"
            )
        )
    if input.dtype.kind != "f":
        fail(DTypeError(f"{name} takes floating-point logits, not {describe(input)}; use .float()"))
    # −ln σ(x) and −ln σ(−x). The shorter (1 − t)x − ln σ(x) has the derivative (1 − t) − σ(−x),
    # which loses all digits where t is 0 and σ(x) is small.
    right, wrong = op("softplus", -input), op("softplus", input)
    if pos_weight is not None:
        right = right * pos_weight
    loss: Tensor = target * right + (1.0 - target) * wrong
    if weight is not None:
        loss = loss * weight
    return reduced(loss, reduction)


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: None = None,
    reduce: None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """t (ln t − x) for log-probabilities x; 'batchmean' divides the sum by the first dimension, if
    there is one.

    Input and target have one shape, or broadcast. The result is a 0-dim tensor; with
    reduction='none' it has the shape of the losses.
    Errors: ValueError (ArgumentError) for an unknown reduction; RuntimeError (ShapeError) for
    shapes that do not broadcast; TypeError for what is no tensor, and (DTypeError) for a target of
    integers; NotImplementedError for `size_average` and `reduce`.

    >>> import denpa as dp
    >>> p = dp.tensor([[0.5, 0.5]])
    >>> dp.nn.functional.kl_div(p.log(), p, reduction="batchmean")
    tensor(0.)
    """
    check_legacy(size_average, reduce)
    need_tensors("kl_div", input, target)
    check_reduction(reduction, ("none", "batchmean", "mean", "sum"))
    if log_target:
        loss = op("exp", target) * (target - input)
    else:
        none = op("eq", target, 0)
        some = op("where", none, 1.0, target)  # 0 ln 0 = 0
        loss = target * op("log", some) - target * input
        if target.requires_grad:  # a root stands in for t ln t, whose slope at 0 is −∞ too
            loss = loss - op("where", none, op("where", none, target, 1.0) ** 0.5, 0.0)
    if reduction == "batchmean":
        loss, dtype = single(loss), loss.dtype
        result: Tensor = total(loss) / input.shape[0] if input.ndim else total(loss)
        return op("cast", result, dtype=dtype) if dtype != loss.dtype else result
    return reduced(loss, reduction)
