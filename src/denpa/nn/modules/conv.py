"""Convolution layers."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from denpa.autodiff.tensor import Tensor
from denpa.core.shape import size_of
from denpa.nn import functional as F
from denpa.nn import init
from denpa.nn.functional._tools import Ints, ints
from denpa.nn.module import Module
from denpa.nn.modules.linear import new

_MODES = ("zeros", "reflect", "replicate", "circular")


class _Conv(Module):
    _n: ClassVar[int]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Ints,
        stride: Ints = 1,
        padding: Ints | str = 0,
        dilation: Ints = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        name, n = type(self).__name__, self._n
        if groups < 1 or in_channels % groups or out_channels % groups:
            raise ValueError(
                f"{name}: groups={groups} must be at least 1 and divide "
                f"in_channels={in_channels} and "
                f"out_channels={out_channels}"
            )
        if padding_mode not in _MODES:
            known = ", ".join(_MODES)
            raise ValueError(f"{name}: padding_mode={padding_mode!r} is not one of {known}")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size = ints(name, "kernel_size", kernel_size, n, 1)
        self.stride = ints(name, "stride", stride, n, 1)
        self.dilation = ints(name, "dilation", dilation, n, 1)
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(
                    f"{name}: padding={padding!r} is not an int, a tuple, 'same' or 'valid'"
                )
            if padding == "same" and any(s != 1 for s in self.stride):
                raise ValueError(f"{name}: padding='same' is not defined for stride={stride!r}")
            self.padding: tuple[int, ...] | str = padding
        else:
            self.padding = ints(name, "padding", padding, n, 0)
        self.padding_mode = padding_mode
        self.weight = new((out_channels, in_channels // groups, *self.kernel_size), device, dtype)
        if bias:
            self.bias = new((out_channels,), device, dtype)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the initial values anew."""
        fan_in = size_of(self.weight.shape[1:])
        bound = 1 / math.sqrt(fan_in) if fan_in else 0.0
        for p in self.parameters(recurse=False):
            init.uniform_(p, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        """Apply the layer."""
        padding: Ints | str = self.padding
        if self.padding_mode != "zeros":
            input = F.pad(input, self._around(), mode=self.padding_mode)
            padding = 0
        convolve = F.conv1d if self._n == 1 else F.conv2d
        return convolve(
            input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups
        )

    def _around(self) -> tuple[int, ...]:
        """Padding as `pad` takes it: the last dimension first, before and after."""
        around: list[int] = []
        for k in reversed(range(self._n)):
            if isinstance(self.padding, str):
                t = self.dilation[k] * (self.kernel_size[k] - 1) if self.padding == "same" else 0
                around += [t // 2, t - t // 2]
            else:
                around += [self.padding[k], self.padding[k]]
        return tuple(around)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        text = (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}"
        )
        ones = (1,) * self._n
        if self.padding != (0,) * self._n:
            text += f", padding={self.padding}"
        if self.dilation != ones:
            text += f", dilation={self.dilation}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text


class Conv1d(_Conv):
    """Cross-correlation over one dimension. Shapes: (N, C, L) or (C, L); see `functional.conv1d`.

    weight (out_channels, in_channels / groups, K) and bias start uniform in ±1/√(fan in).

    The result is (N, out_channels, L') or (out_channels, L').
    Errors: ValueError for groups that do not divide the channels, an unknown padding or
    padding_mode, 'same' with a stride, or negative channels; RuntimeError (ShapeError) for a
    kernel_size, stride or dilation below 1 and a negative padding, TypeError for those that are no
    ints; NotImplementedError for a device other than the CPU; RuntimeError for an integer dtype; at
    the call RuntimeError (ShapeError) for shapes that do not fit, TypeError for what is no tensor
    or (DTypeError) has another dtype.

    >>> import denpa as dp
    >>> dp.nn.Conv1d(3, 8, 5, padding="same")(dp.ones(2, 3, 10)).shape
    (2, 8, 10)
    """

    _n = 1


class Conv2d(_Conv):
    """Cross-correlation over two dimensions. Shapes: (N, C, H, W) or (C, H, W); see
    `functional.conv2d`.

    weight (out_channels, in_channels / groups, Kh, Kw) and bias start uniform in ±1/√(fan in).

    The result is (N, out_channels, H', W') or (out_channels, H', W').
    Errors: ValueError, RuntimeError (ShapeError for most), TypeError and NotImplementedError, as
    `Conv1d`.

    >>> import denpa as dp
    >>> dp.nn.Conv2d(1, 32, 3)(dp.ones(64, 1, 28, 28)).shape
    (64, 32, 26, 26)
    """

    _n = 2
