from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import denpa as dp
from tests.nn.numeric import check

F = dp.nn.functional
RNG = np.random.default_rng(1)


def leaf(x: Any) -> dp.Tensor:
    return dp.tensor(x, dtype=dp.float64, requires_grad=True)


def test_the_derivative_of_bce_with_logits_keeps_its_digits_on_both_sides() -> None:
    # (1 − t) − σ(−x) would be 3.58e-7 at −15 and 0 at −20.
    for target, x in ((0.0, -15.0), (0.0, -20.0), (1.0, 15.0), (1.0, 20.0)):
        z = dp.tensor([x], requires_grad=True)
        F.binary_cross_entropy_with_logits(z, dp.tensor([target])).backward()
        wanted = (1 if target == 0 else -1) / (1 + math.exp(abs(x)))
        assert z.grad.item() == pytest.approx(wanted, rel=1e-6)


def test_textbook_squared_error() -> None:
    x, w = leaf([[2, -1, 1]]), leaf([[2, 0], [1, 1], [0, 4]])
    t = dp.tensor([[1.0, 2.0]], dtype=dp.float64)
    F.mse_loss(x @ w, t, half=True).backward()
    assert x.grad.tolist() == [[4, 3, 4]]
    assert w.grad.tolist() == [[4, 2], [-2, -1], [2, 1]]


def test_textbook_softmax() -> None:
    x, w = leaf([[2, -1, 1]]), leaf([[2, 0], [1, 1], [0, 4]])
    z = x @ w
    assert z.detach().tolist() == [[3, 3]]
    F.cross_entropy(z, dp.tensor([0])).backward()
    np.testing.assert_allclose(x.grad.numpy(), [[-1, 0, 2]], atol=1e-15)


def test_textbook_logistic() -> None:
    # h = −(y ln ŷ + (1 − y) ln(1 − ŷ)) with ŷ = σ(x): ∂h/∂x = ŷ − y and ∂h/∂y = −x.
    x, y = leaf(0.7), leaf(0.3)
    F.binary_cross_entropy_with_logits(x, y).backward()
    assert x.grad.item() == pytest.approx(1 / (1 + math.exp(-0.7)) - 0.3, abs=1e-15)
    assert y.grad.item() == pytest.approx(-0.7, abs=1e-15)


N, K = 6, 4
LOGITS = RNG.standard_normal((N, K))
CLASSES = RNG.integers(0, K, N)
BITS = RNG.random((N, K))


def softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


@pytest.mark.parametrize(
    ("loss", "y", "t", "count"),
    [
        (lambda z: F.cross_entropy(z, dp.tensor(CLASSES)), softmax(LOGITS), np.eye(K)[CLASSES], N),
        (
            lambda z: F.cross_entropy(z, dp.tensor(np.eye(K)[CLASSES])),
            softmax(LOGITS), np.eye(K)[CLASSES], N,
        ),
        (
            lambda z: F.nll_loss(F.log_softmax(z, 1), dp.tensor(CLASSES)),
            softmax(LOGITS), np.eye(K)[CLASSES], N,
        ),
        (
            lambda z: F.binary_cross_entropy_with_logits(z, dp.tensor(BITS)),
            1 / (1 + np.exp(-LOGITS)), BITS, N * K,
        ),
        (
            lambda z: F.binary_cross_entropy(dp.sigmoid(z), dp.tensor(BITS)),
            1 / (1 + np.exp(-LOGITS)), BITS, N * K,
        ),
        (lambda z: F.mse_loss(z, dp.tensor(BITS), half=True), LOGITS, BITS, N),
    ],
    ids=["softmax, classes", "softmax, one-hot", "log-softmax, nll", "logits", "sigmoid", "half"],
)  # fmt: skip
def test_output_layer_with_its_loss_gives_the_difference(
    loss: Callable[[dp.Tensor], dp.Tensor], y: np.ndarray, t: np.ndarray, count: int
) -> None:
    z = leaf(LOGITS)
    loss(z).backward()
    np.testing.assert_allclose(z.grad.numpy(), (y - t) / count, atol=1e-14)


def test_half_is_the_textbooks_form() -> None:
    y, t = RNG.standard_normal((5, 3)), RNG.standard_normal((5, 3))
    got = dp.nn.MSELoss(half=True)(dp.tensor(y), dp.tensor(t)).item()
    assert got == pytest.approx(0.5 / 5 * ((y - t) ** 2).sum())
    assert dp.nn.MSELoss(half=True, reduction="sum")(dp.tensor(y), dp.tensor(t)).item() == (
        pytest.approx(0.5 * ((y - t) ** 2).sum())
    )


PLAIN: list[tuple[str, Callable[..., Any], Callable[..., Any]]] = [
    ("mse", F.mse_loss, lambda y, t: (y - t) ** 2),
    ("l1", F.l1_loss, lambda y, t: abs(y - t)),
    ("huber", lambda y, t, reduction: F.huber_loss(y, t, reduction, 0.7),
     lambda y, t: np.where(abs(y - t) <= 0.7, 0.5 * (y - t) ** 2, 0.7 * (abs(y - t) - 0.35))),
    ("smooth", lambda y, t, reduction: F.smooth_l1_loss(y, t, reduction=reduction, beta=0.5),
     lambda y, t: np.where(abs(y - t) < 0.5, (y - t) ** 2, abs(y - t) - 0.25)),
    ("logits", F.binary_cross_entropy_with_logits,
     lambda y, t: -(t * np.log(1 / (1 + np.exp(-y))) + (1 - t) * np.log(1 / (1 + np.exp(y))))),
]  # fmt: skip


@pytest.mark.parametrize(("name", "f", "plain"), PLAIN, ids=[p[0] for p in PLAIN])
def test_losses_are_their_formulas(name: str, f: Any, plain: Any) -> None:
    y, t = RNG.standard_normal((4, 3)), RNG.random((4, 3))
    want = plain(y, t)
    for reduction, total in (("none", want), ("mean", want.mean()), ("sum", want.sum())):
        got = f(dp.tensor(y), dp.tensor(t), reduction=reduction)
        np.testing.assert_allclose(got.numpy(), total, atol=1e-14)
    check(lambda y, t: f(y, t, reduction="none"), y, t)


def test_cross_entropy_of_soft_labels_is_the_definition() -> None:
    t = softmax(RNG.standard_normal((N, K)))
    want = -(t * np.log(softmax(LOGITS))).sum(1)
    got = F.cross_entropy(dp.tensor(LOGITS), dp.tensor(t), reduction="none")
    np.testing.assert_allclose(got.numpy(), want, atol=1e-14)


def test_label_smoothing_is_a_mixture_with_the_uniform_distribution() -> None:
    hard, x = dp.tensor(CLASSES), dp.tensor(LOGITS)
    mixed = 0.8 * np.eye(K)[CLASSES] + 0.2 / K
    got = F.cross_entropy(x, hard, label_smoothing=0.2)
    assert got.item() == pytest.approx(F.cross_entropy(x, dp.tensor(mixed)).item(), abs=1e-14)


def test_class_weights_and_ignored_targets() -> None:
    w = np.array([1.0, 2.0, 0.5, 3.0])
    target = CLASSES.copy()
    target[1] = -100
    kept = np.arange(N) != 1
    logs = np.log(softmax(LOGITS))[np.arange(N), CLASSES]
    want = -(w[CLASSES] * logs)[kept].sum() / w[CLASSES][kept].sum()
    got = F.cross_entropy(dp.tensor(LOGITS), dp.tensor(target), dp.tensor(w))
    assert got.item() == pytest.approx(want, abs=1e-14)
    check(
        lambda z: F.cross_entropy(z, dp.tensor(target), dp.tensor(w), label_smoothing=0.1), LOGITS
    )


def test_nothing_but_ignored_targets_is_nan_and_sends_no_message() -> None:
    z = leaf(LOGITS)
    loss = F.cross_entropy(z, dp.full((N,), -100))
    assert math.isnan(loss.item())
    loss.backward()
    assert not z.grad.numpy().any()


def test_cross_entropy_of_images_of_classes() -> None:
    x, t = RNG.standard_normal((2, 3, 4, 5)), RNG.integers(0, 3, (2, 4, 5))
    flat = F.cross_entropy(dp.tensor(x.transpose(0, 2, 3, 1).reshape(-1, 3)), dp.tensor(t.ravel()))
    assert F.cross_entropy(dp.tensor(x), dp.tensor(t)).item() == pytest.approx(flat.item())


def test_extreme_logits_neither_overflow_nor_vanish() -> None:
    z = leaf([[1000.0, -1000.0]])
    F.cross_entropy(z, dp.tensor([1])).backward()
    assert z.grad.tolist() == [[1, -1]]
    x = leaf([1000.0, -1000.0])
    loss = F.binary_cross_entropy_with_logits(x, dp.tensor([0.0, 1.0]), reduction="none")
    assert loss.detach().tolist() == [1000, 1000]
    loss.sum().backward()
    assert x.grad.tolist() == [1, -1]


def test_probabilities_of_zero_and_one() -> None:
    p = leaf([0.0, 1.0, 0.0])
    t = dp.tensor([0.0, 1.0, 1.0], dtype=dp.float64)
    loss = F.binary_cross_entropy(p, t, reduction="none")
    assert loss.detach().tolist() == [0, 0, 100]
    loss.sum().backward()
    assert p.grad.tolist()[:2] == [0, 0]
    assert p.grad.tolist()[2] == pytest.approx(-1e12)


def test_kl_div_of_a_distribution_with_zeros() -> None:
    p = np.array([[0.0, 0.25, 0.75]])
    q = np.array([[0.2, 0.3, 0.5]])
    got = F.kl_div(dp.tensor(np.log(q)), dp.tensor(p), reduction="batchmean")
    assert got.item() == pytest.approx(0.25 * math.log(0.25 / 0.3) + 0.75 * math.log(0.75 / 0.5))


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: F.cross_entropy(dp.ones(2, 3), dp.tensor([0, 3])), IndexError,
         r"target 3 is out of bounds; the input f32\[2, 3\] has 3 classes, so targets are 0 to 2"),
        (lambda: F.cross_entropy(dp.ones(2, 3), dp.tensor([0, 1, 2])), ValueError,
         r"class indices have the shape \[2\], probabilities the shape \[2, 3\]"),
        (lambda: F.cross_entropy(dp.ones(2, 3), dp.tensor([0.0, 1.0])), RuntimeError,
         r"class indices must be int64, not f32\[2\]; use \.long\(\)"),
        (lambda: F.cross_entropy(dp.ones(2, 3), dp.ones(2, 3).long()), RuntimeError,
         r"for one-hot integers use \.float\(\)"),
        (lambda: F.cross_entropy(dp.ones(2, 3), dp.tensor([0, 1]), reduction="avg"), ValueError,
         "reduction='avg' is not one of 'none', 'mean', 'sum'"),
        (lambda: F.binary_cross_entropy(dp.tensor([1.5]), dp.ones(1)), RuntimeError,
         "apply a sigmoid first, or use binary_cross_entropy_with_logits"),
        (lambda: F.binary_cross_entropy(dp.ones(2), dp.ones(3)), ValueError,
         r"the target f32\[3\] must have the shape of the input f32\[2\]"),
        (lambda: F.mse_loss(dp.ones(2), dp.ones(2), size_average=True), NotImplementedError,
         "use reduction="),
        (lambda: F.huber_loss(dp.ones(2), dp.ones(2), delta=0), RuntimeError,
         "delta must be greater than 0"),
    ],
)  # fmt: skip
def test_errors(call: Callable[[], Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()


def test_a_target_of_another_shape_is_warned_about() -> None:
    with pytest.warns(UserWarning, match=r"the target f32\[3\] has another shape than the input"):
        F.mse_loss(dp.ones(2, 3), dp.ones(3))
