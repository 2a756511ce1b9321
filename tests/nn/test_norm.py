from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denpa as dp
from tests.nn.numeric import check

F = dp.nn.functional
RNG = np.random.default_rng(2)


def test_batch_norm_in_training_has_mean_zero_and_variance_one() -> None:
    x = RNG.standard_normal((50, 3)) * [1, 10, 0.1] + [5, -7, 0]
    y = dp.nn.BatchNorm1d(3, dtype=dp.float64)(dp.tensor(x)).detach().numpy()
    np.testing.assert_allclose(y.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(0), x.var(0) / (x.var(0) + 1e-5), rtol=1e-12)


def test_running_statistics_and_prediction() -> None:
    bn = dp.nn.BatchNorm2d(3, momentum=0.25, dtype=dp.float64)
    mean, var = np.zeros(3), np.ones(3)
    for _ in range(4):
        x = RNG.standard_normal((5, 3, 2, 2)) + 1
        bn(dp.tensor(x))
        mean = 0.75 * mean + 0.25 * x.mean((0, 2, 3))
        var = 0.75 * var + 0.25 * x.var((0, 2, 3), ddof=1)
    assert bn.num_batches_tracked.item() == 4
    np.testing.assert_allclose(bn.running_mean.numpy(), mean, atol=1e-14)
    np.testing.assert_allclose(bn.running_var.numpy(), var, atol=1e-14)
    bn.eval()
    x = RNG.standard_normal((5, 3, 2, 2))
    want = (x - mean[:, None, None]) / np.sqrt(var[:, None, None] + 1e-5)
    np.testing.assert_allclose(bn(dp.tensor(x)).detach().numpy(), want, atol=1e-12)
    assert bn.num_batches_tracked.item() == 4, "prediction changes no state"
    one = bn(dp.tensor(x[:1])).detach().numpy()
    np.testing.assert_allclose(one, want[:1], atol=1e-12)


def test_momentum_none_is_the_mean_over_all_batches() -> None:
    bn = dp.nn.BatchNorm1d(2, momentum=None, dtype=dp.float64)
    batches = RNG.standard_normal((5, 4, 2))
    for x in batches:
        bn(dp.tensor(x))
    np.testing.assert_allclose(bn.running_mean.numpy(), batches.mean(1).mean(0), atol=1e-14)


def test_without_running_statistics_prediction_uses_the_batch() -> None:
    bn = dp.nn.BatchNorm1d(2, track_running_stats=False, affine=False).eval()
    assert dict(bn.state_dict()) == {}
    y = bn(dp.tensor([[1.0, 1.0], [3.0, 5.0]]))
    np.testing.assert_allclose(y.numpy(), [[-1, -1], [1, 1]], atol=1e-4)


def test_running_statistics_take_no_part_in_gradients() -> None:
    bn = dp.nn.BatchNorm1d(2)
    x = dp.randn(4, 2, requires_grad=True)
    bn(x).sum().backward()
    assert not bn.running_mean.requires_grad
    assert bn.running_mean.grad_fn is None


@pytest.mark.parametrize("shape", [(5, 3), (4, 3, 2), (2, 3, 3, 2)])
def test_batch_norm_gradient(shape: tuple[int, ...]) -> None:
    check(
        lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True),
        RNG.standard_normal(shape), RNG.standard_normal(3), RNG.standard_normal(3),
    )  # fmt: skip
    mean, var = dp.tensor(RNG.standard_normal(3)), dp.tensor(RNG.random(3) + 0.5)
    check(lambda x: F.batch_norm(x, mean, var), RNG.standard_normal(shape))


def test_messages_through_batch_norm_sum_to_zero() -> None:
    # The output does not change when a constant is added to a channel, so neither may the loss.
    x = dp.tensor(RNG.standard_normal((6, 3)), requires_grad=True)
    (
        F.batch_norm(x, None, None, training=True) * dp.tensor(RNG.standard_normal((6, 3)))
    ).sum().backward()
    np.testing.assert_allclose(x.grad.numpy().sum(0), 0, atol=1e-14)


def test_layer_norm() -> None:
    x, w, b = (
        RNG.standard_normal((4, 2, 3)),
        RNG.standard_normal((2, 3)),
        RNG.standard_normal((2, 3)),
    )
    y = F.layer_norm(dp.tensor(x), (2, 3), dp.tensor(w), dp.tensor(b)).numpy()
    m, v = x.mean((1, 2), keepdims=True), x.var((1, 2), keepdims=True)
    np.testing.assert_allclose(y, (x - m) / np.sqrt(v + 1e-5) * w + b, atol=1e-13)
    check(lambda *t: F.layer_norm(t[0], (2, 3), *t[1:]), x, w, b)


def test_both_forms_of_dropout_have_the_same_expectation() -> None:
    p, x = 0.3, dp.ones(200_000)
    dp.manual_seed(0)
    inverted = dp.nn.Dropout(p)
    original = dp.nn.Dropout(p, scale="prediction")
    # What prediction sees is the mean of what training sees, in each form.
    for layer in (inverted, original):
        seen = layer.train()(x).mean().item()
        assert layer.eval()(x).mean().item() == pytest.approx(seen, abs=0.01)
    assert inverted(x).mean().item() == 1.0
    assert original(x).mean().item() == pytest.approx(0.7)
    y = inverted.train()(x).numpy()
    assert set(np.unique(y)) == {np.float32(0), np.float32(1 / 0.7)}
    assert set(np.unique(original.train()(x).numpy())) == {np.float32(0), np.float32(1)}


def test_dropout_masks_follow_from_the_seed_and_reach_the_gradient() -> None:
    x = dp.ones(50, requires_grad=True)
    dp.manual_seed(3)
    first = F.dropout(x, 0.5)
    second = F.dropout(x, 0.5)
    dp.manual_seed(3)
    assert dp.equal(F.dropout(x, 0.5), first)
    assert not dp.equal(first, second)
    first.sum().backward()
    assert dp.equal(x.grad, first.detach())


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_certain_dropout(p: float) -> None:
    assert F.dropout(dp.ones(20), p).tolist() == [1 - p] * 20


def test_errors() -> None:
    with pytest.raises(ValueError, match="the probability p must be between 0 and 1, not"):
        dp.nn.Dropout(1.5)
    with pytest.raises(ValueError, match="scale='test' is not one of 'training', 'prediction'"):
        dp.nn.Dropout(0.5, scale="test")
    with pytest.raises(ValueError, match="takes more than one value for each channel"):
        dp.nn.BatchNorm1d(3)(dp.ones(1, 3))
    with pytest.raises(ValueError, match=r"BatchNorm2d takes an input of 4 dimensions, not f32"):
        dp.nn.BatchNorm2d(3)(dp.ones(2, 3))
    net = dp.nn.Sequential(dp.nn.BatchNorm1d(4))
    with pytest.raises(RuntimeError, match=r"has 3 channels.*use BatchNorm\(3\)") as caught:
        net(dp.ones(2, 3))
    assert "in layer 0" in str(caught.value)
    with pytest.raises(RuntimeError, match=r"must be \[4\]; use LayerNorm\(\[3\]\)"):
        dp.nn.LayerNorm(4)(dp.ones(2, 3))


def test_a_batch_of_what_comes_from_a_trace_keeps_no_data() -> None:
    bn: Any = dp.nn.BatchNorm1d(3).eval()
    graph = dp.func.trace(bn, dp.ones(2, 3))
    x = RNG.standard_normal((2, 3)).astype("float32")
    np.testing.assert_allclose(graph(x)[0], bn(dp.tensor(x)).detach().numpy(), rtol=1e-6)
