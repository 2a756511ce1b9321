from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import denpa as dp
from tests.nn.numeric import check

F = dp.nn.functional
RNG = np.random.default_rng(0)


def plain_conv2d(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray,
    stride: int,
    padding: int,
    dilation: int,
    groups: int,
) -> np.ndarray:
    """The definition, element by element."""
    n, _, h, width = x.shape
    out, each, kh, kw = w.shape
    x = np.pad(x, [(0, 0), (0, 0), (padding,) * 2, (padding,) * 2])
    oh = (h + 2 * padding - dilation * (kh - 1) - 1) // stride + 1
    ow = (width + 2 * padding - dilation * (kw - 1) - 1) // stride + 1
    y = np.zeros((n, out, oh, ow))
    for i, o, r, c in product(range(n), range(out), range(oh), range(ow)):
        first = o // (out // groups) * each
        total = b[o]
        for m, p, q in product(range(each), range(kh), range(kw)):
            total += (
                w[o, m, p, q]
                * x[i, first + m, r * stride + p * dilation, c * stride + q * dilation]
            )
        y[i, o, r, c] = total
    return y


@pytest.mark.parametrize(
    ("stride", "padding", "dilation", "groups"),
    [(1, 0, 1, 1), (2, 1, 1, 1), (1, 2, 2, 1), (3, 0, 1, 2), (1, 1, 1, 4)],
)
def test_conv2d_is_its_definition(stride: int, padding: int, dilation: int, groups: int) -> None:
    x, w = RNG.standard_normal((2, 4, 7, 6)), RNG.standard_normal((4, 4 // groups, 3, 2))
    b = RNG.standard_normal(4)
    y = F.conv2d(dp.tensor(x), dp.tensor(w), dp.tensor(b), stride, padding, dilation, groups)
    np.testing.assert_allclose(
        y.numpy(), plain_conv2d(x, w, b, stride, padding, dilation, groups), atol=1e-12
    )


@pytest.mark.parametrize(
    "options",
    [{}, {"stride": 2, "padding": 1}, {"padding": "same", "dilation": 2}, {"groups": 2}],
    ids=str,
)
def test_conv2d_gradient(options: dict[str, Any]) -> None:
    w = RNG.standard_normal((4, 2 // options.get("groups", 1), 3, 2))
    check(
        lambda x, w, b: F.conv2d(x, w, b, **options),
        RNG.standard_normal((2, 2, 6, 5)), w, RNG.standard_normal(4),
    )  # fmt: skip


def test_conv1d_is_conv2d_with_one_row() -> None:
    x, w = RNG.standard_normal((2, 3, 9)), RNG.standard_normal((4, 3, 3))
    flat = F.conv1d(dp.tensor(x), dp.tensor(w), stride=2, padding=1)
    tall = F.conv2d(
        dp.tensor(x[:, :, None]), dp.tensor(w[:, :, None]), stride=(1, 2), padding=(0, 1)
    )
    np.testing.assert_allclose(flat.numpy(), tall.numpy()[:, :, 0])


def test_images_without_a_batch() -> None:
    x, w = dp.randn(3, 6, 6), dp.randn(5, 3, 3, 3)
    assert dp.allclose(F.conv2d(x, w), F.conv2d(x.unsqueeze(0), w)[0])
    assert dp.allclose(F.max_pool2d(x, 2), F.max_pool2d(x.unsqueeze(0), 2)[0])


def test_second_derivative_of_conv() -> None:
    # Σ conv(x, w) is bilinear: its mixed second derivative, applied to v, is the gradient at x = v.
    x = dp.tensor(RNG.standard_normal((1, 2, 4, 4)), requires_grad=True)
    w = dp.tensor(RNG.standard_normal((3, 2, 2, 2)), requires_grad=True)
    v = dp.tensor(RNG.standard_normal((1, 2, 4, 4)))
    (gx,) = dp.autograd.grad(F.conv2d(x, w).sum(), x, create_graph=True)
    (mixed,) = dp.autograd.grad((gx * v).sum(), w)
    w2 = w.detach().clone().requires_grad_()
    F.conv2d(v, w2).sum().backward()
    np.testing.assert_allclose(mixed.numpy(), w2.grad.numpy(), atol=1e-12)


POOLS: list[dict[str, Any]] = [
    {"kernel_size": 2},
    {"kernel_size": 3, "stride": 2, "padding": 1},
    {"kernel_size": 3, "stride": 1},
    {"kernel_size": 2, "stride": 3, "ceil_mode": True},
]


def plain_pool(x: np.ndarray, fold: Any, kernel_size: int, stride: int = 0, padding: int = 0,
               ceil_mode: bool = False) -> np.ndarray:  # fmt: skip
    s = stride or kernel_size
    h, w = x.shape[-2:]

    def starts(n: int) -> range:
        last = n + 2 * padding - kernel_size
        count = (last + (s - 1 if ceil_mode else 0)) // s + 1
        if (count - 1) * s >= n + padding:
            count -= 1
        return range(-padding, -padding + count * s, s)

    def cut(i: int, j: int) -> np.ndarray:
        return x[..., max(i, 0) : i + kernel_size, max(j, 0) : j + kernel_size]

    rows = [np.stack([fold(cut(i, j), axis=(-2, -1)) for j in starts(w)], -1) for i in starts(h)]
    return np.stack(rows, -2)


@pytest.mark.parametrize("options", POOLS, ids=str)
def test_pooling_is_its_definition(options: dict[str, Any]) -> None:
    x = RNG.standard_normal((2, 3, 7, 8))
    np.testing.assert_array_equal(
        F.max_pool2d(dp.tensor(x), **options).numpy(), plain_pool(x, np.max, **options)
    )
    mean = F.avg_pool2d(dp.tensor(x), count_include_pad=False, **options)
    np.testing.assert_allclose(mean.numpy(), plain_pool(x, np.mean, **options), atol=1e-14)


@pytest.mark.parametrize("options", POOLS, ids=str)
def test_pooling_gradient(options: dict[str, Any]) -> None:
    x = RNG.permutation(2 * 6 * 7).reshape(1, 2, 6, 7).astype(float)  # no ties
    check(lambda t: F.max_pool2d(t, **options), x)
    check(lambda t: F.avg_pool2d(t, **options), x)


def test_the_first_maximum_takes_the_message() -> None:
    x = dp.tensor([[[1.0, 2.0, 2.0, 0.0], [2.0, 0.0, 2.0, 2.0]]], requires_grad=True)
    F.max_pool2d(x, 2).sum().backward()
    assert x.grad.tolist() == [[[0, 1, 1, 0], [0, 0, 0, 0]]]


def test_padding_never_wins_and_takes_no_message() -> None:
    x = dp.full((1, 2, 2), -float("inf"), requires_grad=True)
    y = F.max_pool2d(x, 2, padding=1)
    assert y.detach().tolist() == [[[-np.inf] * 2] * 2]
    y.sum().backward()
    assert x.grad.tolist() == [[[1, 1], [1, 1]]]


def test_nan_wins() -> None:
    x = dp.tensor([[[np.nan, 1.0], [2.0, 3.0]]])
    assert np.isnan(F.max_pool2d(x, 2).item())


@pytest.mark.parametrize("size", [1, 2, 3, (2, None), (9, 5)])
def test_adaptive_pooling_is_its_definition(size: Any) -> None:
    x = RNG.standard_normal((2, 3, 7, 5))
    h, w = size if isinstance(size, tuple) else (size, size)
    h, w = h or 7, w or 5

    def parts(n: int, length: int) -> list[slice]:
        return [slice(i * length // n, -(-(i + 1) * length // n)) for i in range(n)]

    want = np.stack(
        [np.stack([x[..., r, c].mean((-2, -1)) for c in parts(w, 5)], -1) for r in parts(h, 7)], -2
    )
    np.testing.assert_allclose(F.adaptive_avg_pool2d(dp.tensor(x), size).numpy(), want, atol=1e-14)


def test_wrong_channels_name_layer_shapes_and_remedy() -> None:
    net = dp.nn.Sequential(dp.nn.Conv2d(1, 4, 3), dp.nn.ReLU(), dp.nn.Conv2d(8, 4, 3))
    with pytest.raises(RuntimeError) as caught:
        net(dp.ones(2, 1, 9, 9))
    text = str(caught.value)
    assert "conv2d: the input f32[2, 4, 7, 7] has 4 channels" in text
    assert "the weight f32[4, 8, 3, 3] with groups=1 takes 8" in text
    assert "use Conv2d(4, 4, ...) or change the input" in text
    assert "in layer 2" in text
    assert "net(dp.ones(2, 1, 9, 9))" in text


def test_other_errors_of_conv_and_pool() -> None:
    x, w = dp.ones(1, 1, 4, 4), dp.ones(1, 1, 5, 5)
    with pytest.raises(RuntimeError, match=r"a kernel that reaches over \[5, 5\] does not fit"):
        F.conv2d(x, w)
    with pytest.raises(RuntimeError, match="padding='same' is not defined for stride"):
        F.conv2d(x, w, padding="same", stride=2)
    with pytest.raises(RuntimeError, match=r"add the channel dimension with \.unsqueeze\(1\)"):
        F.conv2d(dp.ones(4, 4), w)
    with pytest.raises(RuntimeError, match="must be at most half of kernel_size=2"):
        F.max_pool2d(x, 2, padding=2)
    with pytest.raises(NotImplementedError, match="return_indices is not offered"):
        F.max_pool2d(x, 2, return_indices=True)
    with pytest.raises(TypeError, match="takes tensors, not ndarray"):
        F.conv2d(np.ones((1, 1, 4, 4)), w)
