"""Pooling. A window over several dimensions is folded one dimension after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from denpa.autodiff.mode import as_it_lies
from denpa.autodiff.tensor import Tensor
from denpa.core.errors import ShapeError
from denpa.core.shape import Shape, describe
from denpa.functional.common import copy_of, need_float, take
from denpa.nn.functional._tools import Ints, fail, ints, need_tensors, op
from denpa.nn.functional.conv import channels_last


def max_pool1d(
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    dilation: Ints = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor:
    """The maximum of each window; see `max_pool2d`. Shapes: (N, C, L) or (C, L).

    The result is (N, C, L') or (C, L') with L' = ⌊(L + 2·padding − dilation·(kernel_size − 1) − 1)
    / stride⌋ + 1 (⌈ ⌉ with ceil_mode).
    Errors: RuntimeError (ShapeError) for another rank, sizes below 1, a negative padding or a
    window that does not fit, RuntimeError for a padding over half a window; TypeError for what is
    no tensor, (DTypeError) holds integers, or sizes that are no ints; NotImplementedError for
    return_indices.

    >>> import denpa as dp
    >>> dp.nn.functional.max_pool1d(dp.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
    tensor([[3., 2.]])
    """
    return _max(
        "max_pool1d", 1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices
    )


def max_pool2d(
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    dilation: Ints = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor:
    """The maximum of each window. Shapes: (N, C, H, W) or (C, H, W).

    The gradient goes to the first maximum of the window, row by row; a NaN is greater than any
    number. Padding never wins. `stride` is `kernel_size` unless given; with `ceil_mode` a last
    window that hangs over the edge counts too.

    The result is (N, C, H', W') or (C, H', W'), each size as in `max_pool1d`.
    Errors: RuntimeError (ShapeError) for another rank, sizes below 1, a negative padding or a
    window that does not fit, RuntimeError for a padding over half a window; TypeError for what is
    no tensor, (DTypeError) holds integers, or sizes that are no ints; NotImplementedError for
    return_indices.

    >>> import denpa as dp
    >>> x = dp.tensor([[[1.0, 5.0], [5.0, 2.0]]], requires_grad=True)
    >>> dp.nn.functional.max_pool2d(x, 2).sum().backward()
    >>> x.grad
    tensor([[[0., 1.],
             [0., 0.]]])
    """
    return _max(
        "max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices
    )


def avg_pool1d(
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """The mean of each window; see `avg_pool2d`. Shapes: (N, C, L) or (C, L).

    The result is (N, C, L') or (C, L') with L' = ⌊(L + 2·padding − kernel_size) / stride⌋ + 1 (⌈ ⌉
    with ceil_mode).
    Errors: RuntimeError (ShapeError) for another rank, sizes below 1, a negative padding or a
    window that does not fit, RuntimeError for a padding over half a window; TypeError for what is
    no tensor, (DTypeError) holds integers, or sizes that are no ints.

    >>> import denpa as dp
    >>> dp.nn.functional.avg_pool1d(dp.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
    tensor([[2., 1.]])
    """
    return _avg(
        "avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None
    )


def avg_pool2d(
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | None = None,
    padding: Ints = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window. Shapes: (N, C, H, W) or (C, H, W).

    The sum is divided by the size of the window (without `count_include_pad` by the number of its
    elements that are not padding), or by `divisor_override`.

    The result is (N, C, H', W') or (C, H', W'), each size as in `avg_pool1d`.
    Errors: RuntimeError (ShapeError) for another rank, sizes below 1, a negative padding or a
    window that does not fit, RuntimeError for a padding over half a window; TypeError for what is
    no tensor, (DTypeError) holds integers, or sizes that are no ints; RuntimeError for
    divisor_override = 0.

    >>> import denpa as dp
    >>> dp.nn.functional.avg_pool2d(dp.tensor([[[1.0, 5.0], [4.0, 2.0]]]), 2)
    tensor([[[3.]]])
    """
    if divisor_override == 0:
        raise RuntimeError("avg_pool2d: divisor_override must not be 0")
    return _avg(
        "avg_pool2d",
        2,
        input,
        kernel_size,
        stride,
        padding,
        ceil_mode,
        count_include_pad,
        divisor_override,
    )


def adaptive_avg_pool1d(input: Tensor, output_size: Ints) -> Tensor:
    """Means of `output_size` equal parts; see `adaptive_avg_pool2d`.

    Shapes: (N, C, L) to (N, C, output_size), or both without N.
    Errors: RuntimeError (ShapeError) for another rank, or an output_size below 1 or of more than
    one number; TypeError for what is no tensor, (DTypeError) holds integers, or an output_size that
    is no int.

    >>> import denpa as dp
    >>> dp.nn.functional.adaptive_avg_pool1d(dp.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
    tensor([[2., 1.]])
    """
    return _adaptive("adaptive_avg_pool1d", 1, input, output_size)


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """Means over a grid of `output_size` parts, whatever the size of the input.

    Part i of n covers the elements from ⌊iL/n⌋ to ⌈(i+1)L/n⌉ of a dimension of L. None keeps the
    size.

    Shapes: (N, C, H, W) to `(N, C, *output_size)`, or both without N.
    Errors: RuntimeError (ShapeError) for another rank, or an output_size below 1 or of more than
    two numbers; TypeError for what is no tensor, (DTypeError) holds integers, or an output_size
    that is no int.

    >>> import denpa as dp
    >>> dp.nn.functional.adaptive_avg_pool2d(dp.ones(1, 3, 7, 5), (2, None)).shape
    (1, 3, 2, 5)
    """
    return _adaptive("adaptive_avg_pool2d", 2, input, output_size)


class _Frame:
    """Where the windows lie along one dimension: `count` of them, `size` elements each."""

    def __init__(
        self, length: int, size: int, stride: int, padding: int, dilation: int, ceil: bool
    ):
        reach = dilation * (size - 1) + 1
        room = length + 2 * padding - reach
        self.count = (room + (stride - 1 if ceil else 0)) // stride + 1
        if ceil and (self.count - 1) * stride >= length + padding:
            self.count -= 1  # the last window must start inside the input or its left padding
        self.length, self.size, self.stride = length, size, stride
        self.padding, self.dilation = padding, dilation
        end = (self.count - 1) * stride + reach
        self.extent = max(end, padding + length) if padding or end > length else length

    def parts(self, x: Tensor, dim: int) -> list[Tensor]:
        """Element j of every window, for each j."""
        if self.extent != self.length:
            shape = (*x.shape[:dim], self.extent, *x.shape[dim + 1 :])
            start = tuple(self.padding if k == dim else 0 for k in range(x.ndim))
            x = op("pad", x, shape=shape, start=start, step=(1,) * x.ndim)
        span = (self.count - 1) * self.stride + 1
        offsets = [j * self.dilation for j in range(self.size)]
        return [take(x, dim, a, a + span, self.stride) for a in offsets]

    def inside(self, j: int) -> np.ndarray:
        """For each window, whether its element j is an element of the input."""
        at = np.arange(self.count) * self.stride + j * self.dilation - self.padding
        return (at >= 0) & (at < self.length)

    def elements(self, with_padding: bool) -> np.ndarray:
        """The number of elements of each window; what hangs over the padding never counts."""
        start = np.arange(self.count) * self.stride - self.padding
        stop = np.minimum(start + self.size, self.length + self.padding)
        if not with_padding:
            start, stop = np.maximum(start, 0), np.minimum(stop, self.length)
        return stop - start


def _frames(
    name: str,
    n: int,
    x: Tensor,
    kernel_size: Ints,
    stride: Ints | None,
    padding: Ints,
    dilation: Ints,
    ceil: bool,
) -> list[_Frame]:
    need_tensors(name, x)
    need_float(name, x)
    if x.ndim not in (n + 1, n + 2) or 0 in x.shape[-n - 1 :]:
        form = "(N, C, L) or (C, L)" if n == 1 else "(N, C, H, W) or (C, H, W)"
        fail(ShapeError(f"{name} takes an input {form}, not {describe(x)}"))
    k = ints(name, "kernel_size", kernel_size, n, 1)
    s = k if stride is None or stride in ((), []) else ints(name, "stride", stride, n, 1)
    p, d = ints(name, "padding", padding, n, 0), ints(name, "dilation", dilation, n, 1)
    frames = []
    for length, size, step, pad, gap in zip(x.shape[-n:], k, s, p, d, strict=True):
        if pad > (gap * (size - 1) + 1) // 2:
            raise RuntimeError(
                f"{name}: padding={padding} must be at most half of kernel_size={kernel_size}"
            )
        frame = _Frame(length, size, step, pad, gap, ceil)
        if frame.count < 1:
            fail(
                ShapeError(
                    f"{name}: a window of {kernel_size} does not fit into {describe(x)}; "
                    "make the window smaller or padding larger"
                )
            )
        frames.append(frame)
    return frames


@as_it_lies()
def _max(
    name: str,
    n: int,
    x: Tensor,
    kernel_size: Ints,
    stride: Ints | None,
    padding: Ints,
    dilation: Ints,
    ceil: bool,
    indices: bool,
) -> Tensor:
    if indices:
        raise NotImplementedError(f"{name}: return_indices is not offered")
    frames = _frames(name, n, x, kernel_size, stride, padding, dilation, ceil)
    # Last dimension first: the first maximum of the first row that has it is the first of the
    # window.
    for k in range(1, n + 1):
        x = _largest(x, x.ndim - k, frames[n - k])
    if all(frame.size == 1 for frame in frames):  # nothing was computed
        x = copy_of(x)
    # So that the messages come back in that order too, where a Flatten follows.
    return channels_last(x) if x.ndim == n + 2 else x


def _largest(x: Tensor, dim: int, frame: _Frame) -> Tensor:
    best, *rest = frame.parts(x, dim)
    column = (frame.count,) + (1,) * (x.ndim - dim - 1)
    started = frame.inside(0)
    for j, part in enumerate(rest, 1):
        inside = frame.inside(j)
        later = (best < part) | ~op("eq", part, part)
        if not (started.all() and inside.all()):
            # Padding loses, and the first element that is not padding wins against it.
            later = (later | (~started).reshape(column)) & inside.reshape(column)
            started = started | inside
        best = op("where", later, part, best)
    return best


@as_it_lies()
def _avg(
    name: str,
    n: int,
    x: Tensor,
    kernel_size: Ints,
    stride: Ints | None,
    padding: Ints,
    ceil: bool,
    count_include_pad: bool,
    divisor: int | None,
) -> Tensor:
    frames = _frames(name, n, x, kernel_size, stride, padding, 1, ceil)
    for k in range(1, n + 1):
        x = _total(x, x.ndim - k, frames[n - k])
    if divisor is not None:
        result: Tensor = x / divisor
        return result
    counts = frames[0].elements(count_include_pad)
    if n == 2:
        counts = np.outer(counts, frames[1].elements(count_include_pad))
    if (counts == counts.flat[0]).all():
        result = x / int(counts.flat[0])
        return result
    return op("div", x, counts.astype(x.dtype))


def _total(x: Tensor, dim: int, frame: _Frame) -> Tensor:
    if frame.count == 1 and frame.size == frame.extent == frame.length:
        return op("sum", x, dim=(dim,), keepdim=True)
    first, *rest = frame.parts(x, dim)
    for part in rest:
        first = first + part
    return first


@as_it_lies()
def _adaptive(name: str, n: int, x: Tensor, output_size: Any) -> Tensor:
    need_tensors(name, x)
    need_float(name, x)
    if x.ndim not in (n + 1, n + 2) or 0 in x.shape[-n - 1 :]:
        form = "(N, C, L) or (C, L)" if n == 1 else "(N, C, H, W) or (C, H, W)"
        fail(ShapeError(f"{name} takes an input {form}, not {describe(x)}"))
    wanted = list(output_size) if isinstance(output_size, (tuple, list)) else [output_size] * n
    space: Shape = x.shape[-n:]
    if len(wanted) == n:
        wanted = [m if w is None else w for w, m in zip(wanted, space, strict=True)]
    out = ints(name, "output_size", wanted, n, 1)
    if out == tuple(space):
        return copy_of(x)
    for k in range(1, n + 1):
        x = _parts_mean(x, x.ndim - k, out[n - k])
    return x


def _parts_mean(x: Tensor, dim: int, n: int) -> Tensor:
    length = x.shape[dim]
    if length == n:
        return x
    if length % n == 0:
        size = length // n
        result: Tensor = _total(x, dim, _Frame(length, size, size, 0, 1, False)) / size
        return result
    mean: Callable[[int, int], Tensor] = lambda a, b: (  # noqa: E731
        op("sum", take(x, dim, a, b), dim=(dim,), keepdim=True) / (b - a)
    )
    parts = [mean(i * length // n, -(-(i + 1) * length // n)) for i in range(n)]
    return op("cat", *parts, dim=dim)
