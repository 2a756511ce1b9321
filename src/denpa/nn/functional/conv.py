"""Convolutions: all windows as the rows of one matrix, times the weights.

Images go through a network as views (N, C, H, W) of memory in the order N, H, W, C: then a
window is a few contiguous runs, a row of the matrix is copied fast, and the product comes out in
that order again. Whoever takes a view of a result finds it in row-major order (`autodiff.layout`).
"""

from __future__ import annotations

from denpa.autodiff.mode import as_it_lies
from denpa.autodiff.tensor import Tensor
from denpa.core.errors import ShapeError
from denpa.core.shape import Shape, describe, size_of
from denpa.nn.functional._tools import Ints, fail, ints, need_tensors, op

_SHAPES = {1: "(N, C, L) or (C, L)", 2: "(N, C, H, W) or (C, H, W)"}


def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Ints = 1,
    padding: Ints | str = 0,
    dilation: Ints = 1,
    groups: int = 1,
) -> Tensor:
    """Cross-correlation over one dimension of space.

    Shapes: input (N, C, L) or (C, L), weight (O, C / groups, K), bias (O,); output (N, O, L'),
    where L' = ⌊(L + 2·padding − dilation·(K − 1) − 1) / stride⌋ + 1. padding='same' keeps L
    (stride 1 only).

    Errors: RuntimeError (ShapeError) for ranks, channels, groups or a bias that do not fit, a
    stride or dilation below 1, a negative or unknown padding, a kernel larger than the padded
    input; RuntimeError for 'same' with a stride; TypeError for what is no tensor, (DTypeError) two
    dtypes, or sizes that are no ints.

    >>> import denpa as dp
    >>> x = dp.tensor([[1.0, 2.0, 4.0]])
    >>> dp.nn.functional.conv1d(x, dp.tensor([[[-1.0, 1.0]]]))
    tensor([[1., 2.]])
    """
    return _convolve("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Ints = 1,
    padding: Ints | str = 0,
    dilation: Ints = 1,
    groups: int = 1,
) -> Tensor:
    """Cross-correlation over two dimensions of space.

    Shapes: input (N, C, H, W) or (C, H, W), weight (O, C / groups, Kh, Kw), bias (O,); output
    (N, O, H', W'), each size as in `conv1d`.

    Errors: RuntimeError (ShapeError for most) and TypeError, for what `conv1d` refuses.

    >>> import denpa as dp
    >>> dp.nn.functional.conv2d(dp.ones(1, 1, 4, 4), dp.ones(1, 1, 3, 3), padding="same")[0, 0]
    tensor([[4., 6., 6., 4.],
            [6., 9., 9., 6.],
            [6., 9., 9., 6.],
            [4., 6., 6., 4.]])
    """
    return _convolve("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


@as_it_lies()
def _convolve(
    name: str,
    n: int,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Ints,
    padding: Ints | str,
    dilation: Ints,
    groups: int,
) -> Tensor:
    need_tensors(name, x, weight)
    _check(name, n, x, weight, bias, groups)
    s, d = ints(name, "stride", stride, n, 1), ints(name, "dilation", dilation, n, 1)
    size = weight.shape[2:]
    left, right = _padding(name, n, padding, s, size, d)
    single = x.ndim == n + 1
    if single:
        x = op("reshape", x, shape=(1, *x.shape))
    x = channels_last(x)
    space = tuple(a + m + b for a, m, b in zip(left, x.shape[2:], right, strict=True))
    reach = tuple(e * (k - 1) + 1 for e, k in zip(d, size, strict=True))
    if any(r > m for r, m in zip(reach, space, strict=True)):
        fail(
            ShapeError(
                f"{name}: a kernel that reaches over {list(reach)} does not fit into the padded "
                "input "
                f"{list(space)} of {describe(x)}; make the kernel smaller or padding larger"
            )
        )
    if any(left) or any(right):
        x = op("pad", x, shape=(*x.shape[:2], *space), start=(0, 0, *left), step=(1,) * (n + 2))
    windows = op("unfold", x, size=size, stride=s, dilation=d)  # (N, C, *size, *places)
    places = windows.shape[n + 2 :]
    product = _product if groups == 1 else _grouped
    y = product(windows, weight, bias, n, places, groups)
    return op("reshape", y, shape=y.shape[1:]) if single else y


def channels_last(x: Tensor) -> Tensor:
    """The same tensor in memory of the order N, H, W, C: nothing is copied where it has it
    already.
    """
    batch, c, *space = x.shape
    if c == 1:
        return x
    r = len(x.shape)
    rows = op("permute", x, dims=(0, *range(2, r), 1))
    rows = op("reshape", rows, shape=(batch * size_of(space), c))
    rows = op("reshape", rows, shape=(batch, *space, c))
    return op("permute", rows, dims=(0, r - 1, *range(1, r - 1)))


def _product(
    windows: Tensor, weight: Tensor, bias: Tensor | None, n: int, places: Shape, groups: int
) -> Tensor:
    batch, out = windows.shape[0], weight.shape[0]
    sizes, spots = range(2, n + 2), range(n + 2, 2 * n + 2)
    length = size_of(weight.shape[1:])
    rows = op("permute", windows, dims=(0, *spots, *sizes, 1))
    rows = op("reshape", rows, shape=(batch * size_of(places), length))  # (N·places, size·C)
    kernel = op("permute", weight, dims=(0, *sizes, 1))
    kernel = op("reshape", kernel, shape=(out, length))  # (O, size·C)
    y = op("linear", rows, kernel)
    if bias is not None:
        y = op("add", y, bias)
    y = op("reshape", y, shape=(batch, *places, out))
    return op("permute", y, dims=(0, n + 1, *range(1, n + 1)))


def _grouped(
    windows: Tensor, weight: Tensor, bias: Tensor | None, n: int, places: Shape, groups: int
) -> Tensor:
    batch, out = windows.shape[0], weight.shape[0]
    size, each = weight.shape[2:], weight.shape[1]
    length = size_of(weight.shape[1:])
    sizes, spots = range(3, n + 3), range(n + 3, 2 * n + 3)
    split = op("reshape", windows, shape=(batch, groups, each, *size, *places))
    rows = op("permute", split, dims=(1, 0, *spots, *sizes, 2))
    rows = op("reshape", rows, shape=(groups, batch * size_of(places), length))
    kernel = op("reshape", weight, shape=(groups, out // groups, each, *size))
    kernel = op("permute", kernel, dims=(0, *sizes, 2, 1))
    kernel = op("reshape", kernel, shape=(groups, length, out // groups))
    y = op("matmul", rows, kernel)  # (groups, N·places, O / groups)
    y = op("reshape", y, shape=(groups, batch, *places, out // groups))
    y = op("permute", y, dims=(1, *range(2, n + 2), 0, n + 2))
    y = op("reshape", y, shape=(batch, *places, out))
    if bias is not None:
        y = op("add", y, bias)
    return op("permute", y, dims=(0, n + 1, *range(1, n + 1)))


def _padding(
    name: str, n: int, padding: Ints | str, stride: Shape, size: Shape, dilation: Shape
) -> tuple[Shape, Shape]:
    """Zeros before and after each dimension of space."""
    if not isinstance(padding, str):
        both = ints(name, "padding", padding, n, 0)
        return both, both
    if padding == "valid":
        return (0,) * n, (0,) * n
    if padding != "same":
        fail(ShapeError(f"{name}: padding={padding!r} is not an int, a tuple, 'same' or 'valid'"))
    if any(s != 1 for s in stride):
        raise RuntimeError(
            f"{name}: padding='same' is not defined for stride {stride}; give a number"
        )
    total = tuple(d * (k - 1) for d, k in zip(dilation, size, strict=True))
    left = tuple(t // 2 for t in total)
    return left, tuple(t - a for t, a in zip(total, left, strict=True))


def _check(name: str, n: int, x: Tensor, weight: Tensor, bias: Tensor | None, groups: int) -> None:
    layer = f"Conv{n}d"
    if weight.ndim != n + 2:
        fail(ShapeError(f"{name} takes a weight of {n + 2} dimensions, not {describe(weight)}"))
    if x.ndim not in (n + 1, n + 2):
        fail(
            ShapeError(
                f"{name} takes an input {_SHAPES[n]}, not {describe(x)}; "
                "add the channel dimension with .unsqueeze(1) if there is one channel"
            )
        )
    out, each = weight.shape[:2]
    if groups < 1 or out % groups:
        fail(
            ShapeError(
                f"{name}: groups={groups} must be at least 1 and divide the {out} output channels"
            )
        )
    channels = x.shape[-n - 1]
    if channels != each * groups:
        fail(
            ShapeError(
                f"{name}: the input {describe(x)} has {channels} channels, the weight "
                f"{describe(weight)} with groups={groups} takes {each * groups}; use "
                f"{layer}({channels}, {out}, ...) or change the input"
            )
        )
    if bias is not None:
        need_tensors(name, bias)
        if bias.shape != (out,):
            fail(ShapeError(f"{name} takes a bias of shape {[out]}, not {describe(bias)}"))
