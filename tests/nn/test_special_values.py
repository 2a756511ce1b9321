"""Losses and layers at infinities and NaN, of one number and of none."""

from __future__ import annotations

from math import inf, nan
from typing import Any

import numpy as np
import pytest

import denpa as dp

F = dp.nn.functional


@pytest.mark.parametrize("d", [inf, -inf])
def test_far_losses_pull_with_their_steepest_slope(d: float) -> None:
    for call, slope in [
        (lambda x: F.huber_loss(x, dp.zeros(1), delta=0.5), 0.5),
        (lambda x: F.smooth_l1_loss(x, dp.zeros(1), beta=2.0), 1.0),
        (lambda x: F.l1_loss(x, dp.zeros(1)), 1.0),
    ]:
        x = dp.tensor([d], requires_grad=True)
        y = call(x)
        y.backward()
        assert (y.item(), x.grad.item()) == (inf, np.sign(d) * slope)


def test_far_losses_do_not_overflow() -> None:
    top = float(np.finfo(np.float32).max)
    assert F.smooth_l1_loss(dp.tensor([top]), dp.zeros(1), beta=2.0).item() == top


def test_batchmean_of_a_scalar_is_the_loss() -> None:
    x, t = dp.tensor(-0.5), dp.tensor(0.25)
    want = 0.25 * (np.log(0.25) + 0.5)
    assert F.kl_div(x, t, reduction="batchmean").item() == pytest.approx(want, rel=1e-6)


def test_the_divergence_of_negative_targets_is_not_a_number() -> None:
    assert dp.isnan(F.kl_div(dp.tensor([-0.5]), dp.tensor([-1.0])))
    assert F.kl_div(dp.tensor([-0.5]), dp.tensor([0.0])).item() == 0.0  # 0 ln 0 = 0


@pytest.mark.parametrize("prepare", [lambda f: f, dp.compile], ids=["eager", "compiled"])
@pytest.mark.parametrize("reduction", ["none", "sum", "mean", "batchmean"])
def test_the_slope_of_kl_div_at_target_0_is_that_of_the_logarithm(
    reduction: str, prepare: Any
) -> None:
    def slopes(x: Any, t: Any) -> Any:
        return dp.autograd.grad(F.kl_div(x, t, reduction=reduction).sum(), [x, t])

    x = dp.tensor([-1.0, -2.0, -3.0, 0.5], requires_grad=True)
    t = dp.tensor([0.0, 0.5, 1.0, -0.0], requires_grad=True)
    by_x, by_t = prepare(slopes)(x, t)
    n = 4 if "mean" in reduction else 1
    np.testing.assert_allclose(by_x.numpy() * n, [0, -0.5, -1, 0])
    want = [-np.inf, np.log(0.5) + 1 + 2, 1 + 3, -np.inf]  # ln t + 1 − x
    np.testing.assert_allclose(by_t.numpy() * n, want, rtol=1e-6)


def test_binary_cross_entropy_has_the_slope_of_its_bounded_logarithms() -> None:
    """ln 0 counts as −100, so the loss is a straight line in the target: its slope is 100, where
    PyTorch has that of the unbounded logarithm, ∞."""
    p = dp.tensor([0.0, 1.0, 0.0, 0.5], dtype=dp.float64)
    t = dp.tensor([0.25, 0.5, 0.5, 0.5], dtype=dp.float64, requires_grad=True)
    (slope,) = dp.autograd.grad(F.binary_cross_entropy(p, t, reduction="sum"), [t])
    further = F.binary_cross_entropy(p, t.detach() + 0.25, reduction="none")
    before = F.binary_cross_entropy(p, t.detach(), reduction="none")
    np.testing.assert_allclose(slope.numpy(), (further - before).numpy() / 0.25, atol=1e-12)
    assert slope.tolist() == [100, -100, 100, 0]


def test_bce_refuses_targets_outside_0_and_1() -> None:
    for t in (-0.5, 1.5, nan):
        with pytest.raises(RuntimeError, match=r"takes targets between 0 and 1, not"):
            F.binary_cross_entropy(dp.tensor([0.5]), dp.tensor([t]))


def test_slope_of_hardsigmoid_at_nan_is_0() -> None:
    x = dp.tensor([nan, 0.0, -3.0, 5.0], requires_grad=True)
    y = F.hardsigmoid(x)
    y.sum().backward()
    np.testing.assert_array_equal(y.detach().numpy(), np.array([nan, 0.5, 0.0, 1.0], np.float32))
    np.testing.assert_allclose(x.grad.numpy(), [0.0, 1 / 6, 0.0, 0.0], rtol=1e-6)


@pytest.mark.parametrize("shape", [(0, 3), (0, 3, 4), (2, 3, 0)])
@pytest.mark.parametrize("momentum", [0.1, None])
def test_batch_norm_learns_nothing_from_nothing(shape: tuple[int, ...], momentum: float) -> None:
    layer = dp.nn.BatchNorm1d(3, momentum=momentum)
    assert layer(dp.zeros(*shape)).shape == shape
    assert layer.running_mean.tolist() == [0.0] * 3
    assert layer.running_var.tolist() == [1.0] * 3
    assert layer.num_batches_tracked.item() == 1


def test_batch_norm_of_one_huge_number_gives_0() -> None:
    """The variance is infinite, so each (x − μ)/σ is 0, and so is its slope."""
    x = dp.zeros(6, 1)
    x[0] = 0.9 * float(np.finfo(np.float32).max)
    x.requires_grad_()
    y = F.batch_norm(x, None, None, training=True)
    (y * dp.arange(6.0)[:, None] / 10).sum().backward()
    assert y.tolist() == x.grad.tolist() == [[0.0]] * 6


def test_batch_norm_of_float16_overflows_no_more_than_that_of_float32() -> None:
    """(x − μ)/σ of 300, −300, … is ±1, and of equal numbers 0, with no slope."""
    x = dp.tensor(np.array([[300, 7], [-300, 7]] * 2, np.float16), requires_grad=True)
    y = F.batch_norm(x, None, None, training=True)
    y.sum().backward()
    assert y.dtype == dp.float16
    assert y.tolist() == [[1.0, 0.0], [-1.0, 0.0]] * 2
    assert x.grad.tolist() == [[0.0, 0.0]] * 4
    assert F.layer_norm(x.detach()[:, :1].T, (4,)).tolist() == [[1.0, -1.0] * 2]


def test_float16_is_averaged_in_float32() -> None:
    x = dp.full((8,), 30000.0, dtype=dp.float16)
    assert (x.mean().item(), x.mean().dtype) == (30000.0, dp.float16)
    assert (x.std().item(), x.var().dtype) == (0.0, dp.float16)
    assert dp.norm(x[:1] / 100).item() == 300.0
    assert F.l1_loss(x, x * 0).item() == 30000.0
