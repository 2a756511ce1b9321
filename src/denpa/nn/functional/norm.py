"""Normalisation, and dropout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from denpa.autodiff.mode import no_grad
from denpa.autodiff.rebind import rebind
from denpa.autodiff.tensor import Tensor
from denpa.core.dtype import float16
from denpa.core.errors import ArgumentError, ShapeError
from denpa.core.shape import describe, size_of
from denpa.functional.common import need_float, single
from denpa.functional.random import uniforms
from denpa.nn.functional._tools import fail, need_tensors, op, store

_SCALES = ("training", "prediction")


def dropout(
    input: Tensor,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    scale: str = "training",
) -> Tensor:
    """Set elements to zero with probability p, in training only.

    scale='training' divides what is left by 1 − p ("inverted dropout"), so nothing is done in
    prediction. scale='prediction' is the original form: training leaves the rest as it is, and
    prediction multiplies by 1 − p. Both have the same expectation.
    Source: Srivastava et al., *Dropout* (2014).

    Any shape to the same.
    Errors: ValueError (ArgumentError) for a p outside 0 to 1 or an unknown scale; TypeError for
    what is no tensor, or (DTypeError) holds integers in training; RuntimeError for inplace=True on
    a leaf that requires a gradient.

    >>> import denpa as dp
    >>> F = dp.nn.functional
    >>> F.dropout(dp.ones(2), 0.25, training=False, scale="prediction")
    tensor([0.75, 0.75])
    """
    need_tensors("dropout", input)
    if not 0.0 <= p <= 1.0:
        fail(ArgumentError(f"dropout: the probability p must be between 0 and 1, not {p}"))
    if scale not in _SCALES:
        fail(ArgumentError(f"dropout: scale={scale!r} is not one of 'training', 'prediction'"))
    if not training:
        return input if scale == "training" else store(input, input * (1.0 - p), inplace)
    if p == 0.0:
        return input
    need_float("dropout", input)
    with no_grad():
        u = uniforms(input.shape, input.dtype, None)
        mask = op("cast", op("le", p, u) if p < 1.0 else op("lt", u, 0.0), dtype=input.dtype)
        if scale == "training" and p < 1.0:
            mask = mask * (1.0 / (1.0 - p))
    return store(input, input * mask, inplace)


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-05,
) -> Tensor:
    """(x − μ)/√(σ² + eps)·weight + bias for each channel (dim 1).

    In training μ and σ² are those of the batch, and the running statistics move towards them by
    `momentum` (the variance with n − 1 in the denominator); otherwise the running ones are used.
    Shapes: input (N, C, ...), the others (C,). Source: Ioffe, Szegedy, *Batch normalization*
    (2015).

    The result has the shape of the input.
    Errors: RuntimeError without running statistics outside training, and (ShapeError) for shapes
    that do not fit; ValueError (ArgumentError) for one value for each channel in training;
    TypeError for what is no tensor or (DTypeError) holds integers.

    >>> import denpa as dp
    >>> x = dp.tensor([[1.0], [3.0]])
    >>> dp.nn.functional.batch_norm(x, None, None, training=True, eps=0.0)
    tensor([[-1.],
            [ 1.]])
    """
    need_tensors("batch_norm", input)
    need_float("batch_norm", input)
    if input.ndim < 2:
        fail(ShapeError(f"batch_norm takes an input (N, C, ...), not {describe(input)}"))
    channels = input.shape[1]
    named = {
        "running_mean": running_mean,
        "running_var": running_var,
        "weight": weight,
        "bias": bias,
    }
    for name, t in named.items():
        if t is not None and t.shape != (channels,):
            fail(
                ShapeError(
                    f"batch_norm: the input {describe(input)} has {channels} channels (dim 1), but "
                    f"{name} is {describe(t)}; use BatchNorm({channels}) or change the input"
                )
            )
    if input.dtype == float16:
        w, b = (None if t is None else single(t) for t in (weight, bias))
        x, moments = single(input), (running_mean, running_var)
        y = batch_norm(x, *moments, w, b, training, momentum, eps)
        return op("cast", y, dtype=float16)
    dims = (0, *range(2, input.ndim))
    column = (channels,) + (1,) * (input.ndim - 2)
    n = size_of(input.shape) // channels if channels else 0

    def spread(t: Tensor) -> Tensor:
        return t if input.ndim == 2 else op("reshape", t, shape=column)

    if training:
        if n == 1:
            fail(
                ArgumentError(
                    f"batch_norm in training takes more than one value for each channel, not "
                    f"{describe(input)}; use a larger batch, or .eval()"
                )
            )
        # (C,); of an empty batch they are 0: NaN would reach the gradients
        average = "mean" if n else "sum"
        mean = op(average, input, dim=dims, keepdim=False)
        centred = op("sub", input, spread(mean))
        # c·c, not c²: the slope 2c may overflow where the message, 0·c, does not
        var = op(average, op("mul", centred, centred), dim=dims, keepdim=False)
        with no_grad():
            if n and running_mean is not None:
                _move(running_mean, mean, momentum, 1.0)
            if n and running_var is not None:
                _move(running_var, var, momentum, n / (n - 1) if n > 1 else 1.0)
    elif running_mean is None or running_var is None:
        raise RuntimeError("batch_norm outside training takes running_mean and running_var")
    else:
        centred = op("sub", input, spread(_as(running_mean, input)))
        var = _as(running_var, input)
    factor = op("pow", op("add", var, eps), -0.5)
    factor = spread(factor if weight is None else op("mul", factor, weight))
    if bias is None:
        return op("mul", centred, factor)
    return op("addcmul", spread(bias), centred, factor)


def _as(t: Tensor, like: Tensor) -> Tensor:
    return t if t.dtype == like.dtype else op("cast", t, dtype=like.dtype)


def _move(running: Tensor, batch: Tensor, momentum: Any, factor: float) -> None:
    """running ← (1 − momentum)·running + momentum·factor·batch, outside the graph."""

    def step(old: Any, new: Any) -> Any:  # of arrays and of tensors alike
        return old * (1 - momentum) + new * (momentum * factor)

    held, array = running._value.array, batch._value.array
    if held is None or array is None or isinstance(momentum, Tensor):
        rebind(running, step(running, _as(batch, running)))
    else:
        held[...] = step(held, array)
        running._value.shared().version += 1


def layer_norm(
    input: Tensor,
    normalized_shape: int | Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-05,
) -> Tensor:
    """(x − μ)/√(σ² + eps)·weight + bias, with μ and σ² over the last dimensions `normalized_shape`.

    Source: Ba, Kiros, Hinton, *Layer normalization* (2016).

    Shapes: input `(…, *normalized_shape)`, weight and bias `normalized_shape`; the result is like
    the input.
    Errors: RuntimeError (ShapeError) for shapes that do not fit; TypeError for what is no tensor or
    (DTypeError) holds integers.

    >>> import denpa as dp
    >>> dp.nn.functional.layer_norm(dp.tensor([[1.0, 3.0]]), (2,), eps=0.0)
    tensor([[-1.,  1.]])
    """
    need_tensors("layer_norm", input)
    need_float("layer_norm", input)
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    r = len(shape)
    if not r or input.shape[input.ndim - r :] != shape or input.ndim < r:
        fail(
            ShapeError(
                f"layer_norm: the last dimensions of the input {describe(input)} must be "
                f"{list(shape)}; "
                f"use LayerNorm({list(input.shape[-max(r, 1) :])}) or change the input"
            )
        )
    for name, t in (("weight", weight), ("bias", bias)):
        if t is not None and t.shape != shape:
            fail(ShapeError(f"layer_norm takes a {name} of shape {list(shape)}, not {describe(t)}"))
    if input.dtype == float16:
        w, b = (None if t is None else single(t) for t in (weight, bias))
        y = layer_norm(single(input), shape, w, b, eps)
        return op("cast", y, dtype=float16)
    dims = tuple(range(input.ndim - r, input.ndim))
    mean = op("mean", input, dim=dims, keepdim=True)
    centred = op("sub", input, mean)
    var = op("mean", op("pow", centred, 2), dim=dims, keepdim=True)
    y = op("mul", centred, op("pow", var + eps, -0.5))
    if weight is not None:
        y = op("mul", y, weight)
    return y if bias is None else op("add", y, bias)
