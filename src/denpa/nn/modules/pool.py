"""Pooling layers and layers that only change the shape."""

from __future__ import annotations

from typing import Any

from denpa.autodiff.tensor import Tensor
from denpa.nn import functional as F
from denpa.nn.functional._tools import Ints
from denpa.nn.module import Module


class _MaxPool(Module):
    def __init__(
        self,
        kernel_size: Ints,
        stride: Ints | None = None,
        padding: Ints = 0,
        dilation: Ints = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        if return_indices:
            raise NotImplementedError(f"{type(self).__name__}: return_indices is not offered")
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding, self.dilation, self.ceil_mode = padding, dilation, ceil_mode

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPool):
    """The maximum of each window. Shapes: (N, C, L) or (C, L); see `functional.max_pool1d`.

    The result is (N, C, L') or (C, L').
    Errors: NotImplementedError for return_indices; at the call, RuntimeError (ShapeError) for
    another rank, sizes below 1 or a window that does not fit, RuntimeError for a padding over half
    a window; TypeError for what is no tensor, (DTypeError) holds integers, or sizes that are no
    ints.

    >>> import denpa as dp
    >>> dp.nn.MaxPool1d(2)(dp.tensor([[1.0, 3.0, 2.0, 0.0]]))
    tensor([[3., 2.]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the layer."""
        return F.max_pool1d(
            input, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode
        )


class MaxPool2d(_MaxPool):
    """The maximum of each window. Shapes: (N, C, H, W) or (C, H, W); see `functional.max_pool2d`.

    The result is (N, C, H', W') or (C, H', W').
    Errors: NotImplementedError for return_indices; at the call, RuntimeError (ShapeError) for
    another rank, sizes below 1 or a window that does not fit, RuntimeError for a padding over half
    a window; TypeError for what is no tensor, (DTypeError) holds integers, or sizes that are no
    ints.

    >>> import denpa as dp
    >>> dp.nn.MaxPool2d(2)(dp.ones(1, 3, 8, 8)).shape
    (1, 3, 4, 4)
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the layer."""
        return F.max_pool2d(
            input, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode
        )


class AvgPool1d(Module):
    """The mean of each window. Shapes: (N, C, L) or (C, L); see `functional.avg_pool1d`.

    The result is (N, C, L') or (C, L').
    Errors: at the call, RuntimeError (ShapeError) for another rank, sizes below 1 or a window that
    does not fit, RuntimeError for a padding over half a window; TypeError for what is no tensor,
    (DTypeError) holds integers, or sizes that are no ints.

    >>> import denpa as dp
    >>> dp.nn.AvgPool1d(2)(dp.tensor([[1.0, 3.0, 2.0, 0.0]]))
    tensor([[2., 1.]])
    """

    def __init__(
        self,
        kernel_size: Ints,
        stride: Ints | None = None,
        padding: Ints = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding, self.ceil_mode, self.count_include_pad = padding, ceil_mode, count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        """Apply the layer."""
        return F.avg_pool1d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
        )

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool2d(Module):
    """The mean of each window. Shapes: (N, C, H, W) or (C, H, W); see `functional.avg_pool2d`.

    The result is (N, C, H', W') or (C, H', W').
    Errors: at the call, RuntimeError (ShapeError) for another rank, sizes below 1 or a window that
    does not fit, RuntimeError for a padding over half a window; TypeError for what is no tensor,
    (DTypeError) holds integers, or sizes that are no ints; RuntimeError for divisor_override = 0.

    >>> import denpa as dp
    >>> dp.nn.AvgPool2d(2)(dp.ones(1, 3, 8, 8)).shape
    (1, 3, 4, 4)
    """

    def __init__(
        self,
        kernel_size: Ints,
        stride: Ints | None = None,
        padding: Ints = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding, self.ceil_mode, self.count_include_pad = padding, ceil_mode, count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Tensor:
        """Apply the layer."""
        return F.avg_pool2d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class _AdaptiveAvgPool(Module):
    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """Means of `output_size` parts, whatever the length. Shapes: (N, C, L) or (C, L).

    The result is (N, C, output_size) or (C, output_size).
    Errors: at the call, RuntimeError (ShapeError) for another rank or an output_size below 1;
    TypeError for what is no tensor, (DTypeError) holds integers, or an output_size that is no int.

    >>> import denpa as dp
    >>> dp.nn.AdaptiveAvgPool1d(2)(dp.ones(1, 3, 7)).shape
    (1, 3, 2)
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the layer."""
        return F.adaptive_avg_pool1d(input, self.output_size)


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """Means over a grid of `output_size` parts. Shapes: (N, C, H, W) or (C, H, W).

    The result is `(N, C, *output_size)`, or the same without N; None keeps a size.
    Errors: at the call, RuntimeError (ShapeError) for another rank or an output_size below 1;
    TypeError for what is no tensor, (DTypeError) holds integers, or an output_size that is no int.

    >>> import denpa as dp
    >>> dp.nn.AdaptiveAvgPool2d(1)(dp.ones(1, 3, 7, 5)).shape
    (1, 3, 1, 1)
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply the layer."""
        return F.adaptive_avg_pool2d(input, self.output_size)


class Flatten(Module):
    """Dimensions start_dim to end_dim as one.

    Shapes: (N, …) to (N, n), where start_dim is 1.
    Errors: at the call, IndexError (DimError) for a dim out of range; RuntimeError (ShapeError) for
    a start_dim behind end_dim; TypeError for a dim that is no int.

    >>> import denpa as dp
    >>> dp.nn.Flatten()(dp.ones(5, 3, 4)).shape
    (5, 12)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Tensor) -> Tensor:
        """Apply the layer."""
        result: Tensor = input.flatten(self.start_dim, self.end_dim)
        return result

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """One dimension as several.

    Shapes: (…, n, …) to `(…, *unflattened_size, …)`, where one size may be −1.
    Errors: TypeError for a size that is no tuple or list; at the call, RuntimeError (ShapeError)
    for sizes that do not make up the dimension, IndexError (DimError) for a dim out of range.

    >>> import denpa as dp
    >>> dp.nn.Unflatten(1, (3, 4))(dp.ones(5, 12)).shape
    (5, 3, 4)
    """

    def __init__(self, dim: int, unflattened_size: tuple[int, ...]) -> None:
        super().__init__()
        self.dim, self.unflattened_size = dim, tuple(unflattened_size)

    def forward(self, input: Tensor) -> Tensor:
        """Apply the layer."""
        result: Tensor = input.unflatten(self.dim, self.unflattened_size)
        return result

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
