"""Linear maps, and tables of vectors."""

from __future__ import annotations

import numpy as np

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.errors import ArgumentError, DTypeError, ShapeError
from denpa.core.op import OPS
from denpa.core.shape import describe, size_of
from denpa.nn.functional._tools import fail, need_tensors, op


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """y = x Wᵀ + b. Shapes: input (..., in), weight (out, in) or (in,), bias (out,) or ().

    The result is (..., out), or (...) for a weight (in,).
    Errors: RuntimeError (ShapeError) for shapes that do not fit; TypeError for what is no tensor,
    and (DTypeError) for two dtypes.

    >>> import denpa as dp
    >>> W = dp.tensor([[2.0, 1.0, 0.0], [0.0, 1.0, 4.0]])
    >>> dp.nn.functional.linear(dp.tensor([2.0, -1.0, 1.0]), W)
    tensor([3., 3.])
    """
    need_tensors("linear", input, weight)
    if bias is not None:
        need_tensors("linear", bias)
    y: Tensor
    if input.ndim > 1 and weight.ndim == 2:
        y = OPS["linear"](input, weight) if bias is None else OPS["linear"](input, weight, bias)
        return y
    if not input.ndim or weight.ndim not in (1, 2):
        fail(
            ShapeError(
                f"linear takes inputs (..., in) and weights (out, in), not {describe(input)} and "
                f"{describe(weight)}"
            )
        )
    else:
        rows = op("reshape", input, shape=(1, *input.shape)) if input.ndim == 1 else input
        columns = op("reshape", weight, shape=(1, *weight.shape)) if weight.ndim == 1 else weight
        y = op("linear", rows, columns)
        shape = input.shape[:-1] if weight.ndim == 1 else (*input.shape[:-1], weight.shape[0])
        y = op("reshape", y, shape=shape)
    return y if bias is None else op("add", y, bias)


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """yₒ = x₁ᵀ Wₒ x₂ + bₒ. Shapes: (..., in1), (..., in2), weight (out, in1, in2), bias (out,).

    The result is (..., out).
    Errors: RuntimeError (ShapeError) for shapes that do not fit; TypeError for what is no tensor,
    and (DTypeError) for two dtypes.

    >>> import denpa as dp
    >>> F = dp.nn.functional
    >>> F.bilinear(dp.ones(1, 2), dp.ones(1, 3), dp.ones(4, 2, 3))
    tensor([[6., 6., 6., 6.]])
    """
    need_tensors("bilinear", input1, input2, weight)
    fits = (
        weight.ndim == 3
        and input1.ndim >= 1
        and input1.shape[:-1] == input2.shape[:-1]
        and (input1.shape[-1], input2.shape[-1]) == weight.shape[1:]
    )
    if not fits:
        fail(
            ShapeError(
                f"bilinear: inputs {describe(input1)} and {describe(input2)} do not fit the weight "
                f"{describe(weight)}, which must be (out, in1, in2)"
            )
        )
    out, n1, n2 = weight.shape
    lead = input1.shape[:-1]
    rows = op("reshape", input1, shape=(size_of(lead), n1))
    flat = op("reshape", op("permute", weight, dims=(0, 2, 1)), shape=(out * n2, n1))
    middle = op("linear", rows, flat)
    middle = op("reshape", middle, shape=(size_of(lead), out, n2))
    right = op("reshape", input2, shape=(size_of(lead), n2, 1))
    y = op("reshape", op("matmul", middle, right), shape=(*lead, out))
    return y if bias is None else y + bias


def embedding(input: Tensor, weight: Tensor, padding_idx: int | None = None) -> Tensor:
    """The rows of `weight` (entries, features) that `input` names: shape (*input.shape, features).

    No gradient reaches row `padding_idx`.

    Errors: IndexError for an index out of range; TypeError (DTypeError) for indices other than
    int64 or int32, TypeError for what is no tensor; RuntimeError (ShapeError) for a weight that is
    no matrix; AssertionError for a padding_idx out of range.

    >>> import denpa as dp
    >>> table = dp.tensor([[0.0, 1.0], [2.0, 3.0]])
    >>> dp.nn.functional.embedding(dp.tensor([1, 1, 0]), table)
    tensor([[2., 3.],
            [2., 3.],
            [0., 1.]])
    """
    need_tensors("embedding", input, weight)
    if input.dtype.name not in ("int64", "int32"):
        fail(
            DTypeError(
                f"embedding takes indices of int64 or int32, not {describe(input)}; use .long()"
            )
        )
    if weight.ndim != 2:
        fail(ShapeError(f"embedding takes a weight (entries, features), not {describe(weight)}"))
    n = weight.shape[0]
    held = input._value.array
    if held is not None and held.size and (held.min() < 0 or held.max() >= n):
        wrong = int(held.min()) if held.min() < 0 else int(held.max())
        raise IndexError(
            f"embedding: index {wrong} is out of range; the table has rows 0 to {n - 1}"
        )
    y = op("gather", weight, input)
    if padding_idx is None:
        return y
    if not -n <= padding_idx < n:
        raise AssertionError(
            f"embedding: padding_idx={padding_idx} is out of range; the table has {n} rows"
        )
    padding = op("eq", input, padding_idx % n)
    padding = op("reshape", padding, shape=(*input.shape, 1))
    return op("where", padding, op("gather", weight.detach(), input), y)


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """1 at the index, 0 elsewhere, int64, in a new last dimension of `num_classes`.

    Without `num_classes` it is the largest index + 1.

    Shape (…) to (…, num_classes).
    Errors: TypeError (DTypeError) for other than int64, TypeError for what is no tensor;
    RuntimeError for a negative index, one of num_classes or more, an empty tensor without
    num_classes, and (ShapeError) num_classes < 1.

    >>> import denpa as dp
    >>> dp.nn.functional.one_hot(dp.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    need_tensors("one_hot", tensor)
    if tensor.dtype != np.int64:
        fail(DTypeError(f"one_hot takes an int64 tensor, not {describe(tensor)}; use .long()"))
    held = tensor._value.array
    low, high = (0, -1) if held is None or not held.size else (int(held.min()), int(held.max()))
    if low < 0:
        raise RuntimeError(f"one_hot: class values must be non-negative, one is {low}")
    if num_classes == -1:
        values = tensor._held()
        if not values.size:
            raise RuntimeError("one_hot of an empty tensor: give num_classes=")
        num_classes = high + 1
    elif num_classes < 1:
        fail(ShapeError(f"one_hot: num_classes={num_classes} must be at least 1"))
    elif high >= num_classes:
        raise RuntimeError(
            f"one_hot: class values must be smaller than num_classes={num_classes}, one is {high}"
        )
    classes = tensor_of(np.arange(num_classes))
    spread = op("reshape", tensor, shape=(*tensor.shape, 1))
    return op("cast", op("eq", spread, classes), dtype=np.dtype("int64"))


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """x / max(‖x‖ₚ, eps) along `dim`.

    Any shape to the same.
    Errors: IndexError (DimError) for a dim out of range; ValueError (ArgumentError) for a negative
    eps or a p that is no number; TypeError for what is no tensor or (DTypeError) holds integers.

    >>> import denpa as dp
    >>> dp.nn.functional.normalize(dp.tensor([3.0, 4.0]), dim=0)
    tensor([0.6, 0.8])
    """
    need_tensors("normalize", input)
    if eps < 0:
        fail(ArgumentError(f"normalize: eps={eps} must not be negative"))
    size: Tensor = input.norm(p, dim, True)
    result: Tensor = input / size.clamp(min=eps)
    return result
