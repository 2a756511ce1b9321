"""Random numbers: draws of distributions, composed from the uniform numbers of a generator.

What is not a plain uniform is computed in float64 and then rounded.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from denpa.autodiff.mode import no_grad
from denpa.autodiff.rebind import rebind
from denpa.autodiff.tensor import Tensor
from denpa.core.dtype import DType, as_dtype, float64, get_default_dtype, int64
from denpa.core.errors import ShapeError
from denpa.core.shape import Shape, size_of
from denpa.functional.common import (
    cast,
    check_device,
    located,
    need,
    need_float,
    op,
    reshape_to,
    sizes,
    take,
)
from denpa.functional.generator import Generator, default_generator

__all__ = [
    "bernoulli",
    "normal",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "randperm",
]


def uniforms(shape: Shape, dtype: DType, generator: Generator | None) -> Tensor:
    """Uniform numbers in [0, 1) of a floating-point dtype."""
    return (default_generator if generator is None else generator).draw(shape, dtype)


def normals(shape: Shape, dtype: DType, generator: Generator | None) -> Tensor:
    """Standard normal numbers by the method of Box and Muller, in float64, rounded at the end.

    Source: Box, Muller, *A note on the generation of random normal deviates* (1958).
    """
    n = size_of(shape)
    half = (n + 1) // 2
    u = uniforms((2, half), float64, generator)
    with no_grad():
        radius = op("sqrt", op("log", 1.0 - take(u, 0, 0, 1)) * -2.0)  # (1, half); 1 − u is never 0
        angle = take(u, 0, 1, 2) * (2 * math.pi)
        pair = op("cat", radius * op("cos", angle), radius * op("sin", angle), dim=0)
        flat = op("reshape", pair, shape=(2 * half,))
        return cast(reshape_to(take(flat, 0, 0, n), shape), dtype)


def integers(
    low: int, high: int, shape: Shape, dtype: DType, generator: Generator | None
) -> Tensor:
    """Integers in [low, high), equally likely."""
    if high <= low:
        raise located(ShapeError(f"randint: high must be above low, not {high} above {low}"))
    u = uniforms(shape, float64, generator)
    with no_grad():
        whole = cast(op("floor", u * float(high - low)), int64)
        return cast(whole + low if low else whole, dtype)


def _kind(dtype: Any, default: DType | None = None) -> DType:
    if dtype is None:
        return get_default_dtype() if default is None else default
    return as_dtype(dtype)


def rand(
    *shape: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Uniform numbers in [0, 1) in a tensor of the given shape.
    Errors: TypeError for sizes that are no ints and an unknown dtype, (DTypeError) for one that is
    not floating point; RuntimeError (ShapeError) for a negative size; NotImplementedError for a
    device but the CPU.
    >>> import denpa as dp; dp.rand(2, 3).shape
    (2, 3)
    """
    check_device(device)
    return uniforms(sizes("rand", shape, size), _kind(dtype), generator).requires_grad_(
        requires_grad
    )


def randn(
    *shape: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Normal numbers of mean 0 and standard deviation 1 in a tensor of the given shape.
    Errors: as `rand`, but a plain RuntimeError for a dtype that is not floating point.
    >>> import denpa as dp; dp.randn(2, 3).shape
    (2, 3)
    """
    check_device(device)
    kind = _kind(dtype)
    if kind.kind != "f":
        raise RuntimeError(f"randn makes floating-point numbers, not {kind}")
    return normals(sizes("randn", shape, size), kind, generator).requires_grad_(requires_grad)


def randint(
    low: Any = None,
    high: Any = None,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Integers in [low, high), equally likely, in a tensor of shape `size` (int64 unless `dtype`
    says otherwise); `randint(high, size)` counts from 0.
    Errors: as `rand`, but with any dtype; TypeError for no size or no high; RuntimeError
    (ShapeError) for high not above low.
    >>> import denpa as dp; bool((dp.randint(3, (100,)) < 3).all())
    True
    """
    check_device(device)
    if isinstance(high, (tuple, list)) and size is None:
        low, high, size = 0, low, high
    elif high is None or low is None:
        low, high = 0, low if high is None else high
    if size is None or high is None:
        raise TypeError(f"randint() misses its argument {'size' if size is None else 'high'}")
    shape = sizes("randint", (size,))
    result = integers(int(low), int(high), shape, _kind(dtype, int64), generator)
    return result.requires_grad_(requires_grad)


def randperm(
    n: int, *, generator: Generator | None = None, dtype: Any = None, device: Any = None
) -> Tensor:
    """The numbers 0 to n − 1 in random order: (n,), int64 unless `dtype` says otherwise.
    Errors: as `rand`, but with any dtype.
    >>> import denpa as dp; dp.randperm(4).sort().values
    tensor([0, 1, 2, 3])
    """
    check_device(device)
    (count,) = sizes("randperm", (n,))
    order = op("argsort", uniforms((count,), float64, generator), dim=0, descending=False)
    return cast(order, _kind(dtype, int64))


def rand_like(
    input: Tensor, *, generator: Generator | None = None, dtype: Any = None,
    device: Any = None, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """Uniform numbers in [0, 1) with the shape and dtype of another tensor.
    Errors: as `rand`; TypeError for what is no tensor.
    >>> import denpa as dp; dp.rand_like(dp.ones(2, 3)).shape
    (2, 3)
    """
    input = need("rand_like", input)
    kind = _kind(dtype, input.dtype)
    return rand(
        input.shape, generator=generator, dtype=kind, device=device, requires_grad=requires_grad
    )


def randn_like(
    input: Tensor, *, generator: Generator | None = None, dtype: Any = None,
    device: Any = None, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """Standard normal numbers with the shape and dtype of another tensor.
    Errors: as `randn`; TypeError for what is no tensor.
    >>> import denpa as dp; dp.randn_like(dp.ones(2, 3)).shape
    (2, 3)
    """
    input = need("randn_like", input)
    kind = _kind(dtype, input.dtype)
    return randn(
        input.shape, generator=generator, dtype=kind, device=device, requires_grad=requires_grad
    )


def randint_like(
    input: Tensor, low: int, high: int | None = None, *, generator: Generator | None = None,
    dtype: Any = None, device: Any = None,
) -> Tensor:  # fmt: skip
    """Integers in [low, high) with the shape and dtype of another tensor.
    Errors: as `randint`; TypeError for what is no tensor.
    >>> import denpa as dp; dp.randint_like(dp.ones(2), 3, 4)
    tensor([3., 3.])
    """
    check_device(device)
    input = need("randint_like", input)
    low, high = (0, low) if high is None else (low, high)
    return integers(low, high, input.shape, _kind(dtype, input.dtype), generator)


def bernoulli(
    input: Tensor, p: float | None = None, *, generator: Generator | None = None
) -> Tensor:
    """1 with the probability that `input` holds (or with probability p), else 0; of the input's
    shape and dtype.
    Errors: TypeError for what is no tensor, (DTypeError) without p for one that is not floating
    point; RuntimeError for a probability outside of 0 to 1 in input or a float p.
    >>> import denpa as dp; dp.bernoulli(dp.tensor([0.0, 1.0]))
    tensor([0., 1.])
    """
    input = need("bernoulli", input)
    if p is not None:
        return _coin(p, input.shape, input.dtype, generator)
    need_float("bernoulli", input, "its elements are probabilities")
    array = input._value.array
    if array is not None and array.size and not ((array >= 0) & (array <= 1)).all():
        raise RuntimeError("bernoulli: probabilities must be between 0 and 1")
    return _coin(input, input.shape, input.dtype, generator)


def _coin(p: Any, shape: Shape, dtype: DType, generator: Generator | None) -> Tensor:
    if isinstance(p, float) and not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli: the probability must be between 0 and 1, not {p}")
    kind = p.dtype if isinstance(p, Tensor) else float64
    with no_grad():
        return cast(op("lt", uniforms(shape, kind, generator), p), dtype)


def normal(
    mean: Any = 0.0,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Normal numbers of the given mean and standard deviation (numbers or tensors): of shape
    `size`, or of the tensors' common shape.
    Errors: as `rand`, but with any dtype; TypeError for two numbers without size; RuntimeError for
    a negative number as std, (ShapeError) if shapes do not broadcast.
    >>> import denpa as dp; dp.normal(0.0, 1.0, size=(2, 3)).shape
    (2, 3)
    """
    check_device(device)
    if isinstance(std, (int, float)) and std < 0:
        raise RuntimeError(f"normal: the standard deviation cannot be negative: {std}")
    tensors = [x for x in (mean, std) if isinstance(x, Tensor)]
    if size is not None:
        shape = sizes("normal", (size,))
        kind = _kind(dtype)
    elif tensors:
        from denpa.core.shape import broadcast_shapes

        shape = broadcast_shapes(*(t.shape for t in tensors))
        kind = _kind(dtype, tensors[0].dtype)
    else:
        raise TypeError("normal() misses its argument size: mean and std are both numbers")
    with no_grad():
        result = cast(normals(shape, kind, generator) * std + mean, kind)
    return result.requires_grad_(requires_grad)


# In place, as methods.


def _filled(self: Tensor, values: Tensor) -> Tensor:
    return rebind(self, cast(values, self.dtype))


def uniform_(
    self: Tensor, from_: float = 0.0, to: float = 1.0, *, generator: Generator | None = None
) -> Tensor:
    """Fill with uniform numbers in [from, to)."""
    need_float("uniform_", self)
    if to < from_:
        raise RuntimeError(f"uniform_: expected from <= to, not {from_} and {to}")
    u = uniforms(self.shape, self.dtype, generator)
    with no_grad():
        u = u if (from_, to) == (0.0, 1.0) else u * (to - from_) + from_
    return _filled(self, u)


def normal_(
    self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None
) -> Tensor:
    """Fill with normal numbers."""
    need_float("normal_", self)
    return _filled(self, normal(mean, std, self.shape, generator=generator, dtype=self.dtype))


def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Generator | None = None) -> Tensor:
    """Fill with ones (probability p, a number or a tensor) and zeros."""
    return _filled(self, _coin(p, self.shape, self.dtype, generator))


def random_(
    self: Tensor, from_: int = 0, to: int | None = None, *, generator: Generator | None = None
) -> Tensor:
    """Fill with integers in [from, to); `random_(to)` counts from 0."""
    low, high = (0, from_) if to is None and from_ else (from_, to)
    if high is None:
        high = 2 if self.dtype.kind == "b" else 2 ** (
            np.finfo(self.dtype).nmant + 1 if self.dtype.kind == "f"
            else min(53, np.iinfo(self.dtype).bits - (self.dtype.kind == "i"))
        )  # fmt: skip
    return _filled(self, integers(low, high, self.shape, self.dtype, generator))


def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fill with numbers of the exponential distribution, density λ exp(−λx)."""
    need_float("exponential_", self)
    u = uniforms(self.shape, float64, generator)
    with no_grad():
        return _filled(self, op("log", 1.0 - u) * (-1.0 / lambd))
