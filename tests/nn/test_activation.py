from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import denpa as dp
from tests.nn.numeric import check

F = dp.nn.functional
ERF = np.vectorize(math.erf)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


# name, options, formula in NumPy, slope at 0 (PyTorch's where there is a kink)
TABLE: list[tuple[str, dict[str, Any], Any, float]] = [
    ("relu", {}, lambda x: np.maximum(x, 0), 0),
    ("leaky_relu", {"negative_slope": 0.2}, lambda x: np.where(x > 0, x, 0.2 * x), 0.2),
    ("elu", {"alpha": 1.5}, lambda x: np.where(x > 0, x, 1.5 * np.expm1(x)), 1.5),
    ("celu", {"alpha": 2.0}, lambda x: np.where(x > 0, x, 2 * np.expm1(x / 2)), 1),
    ("gelu", {}, lambda x: x * 0.5 * (1 + ERF(x / math.sqrt(2))), 0.5),
    ("gelu", {"approximate": "tanh"},
     lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))), 0.5),
    ("silu", {}, lambda x: x * sigmoid(x), 0.5),
    ("mish", {}, lambda x: x * np.tanh(np.log1p(np.exp(x))), 0.6),
    ("softplus", {"beta": 2.0}, lambda x: np.log1p(np.exp(2 * x)) / 2, 0.5),
    ("logsigmoid", {}, lambda x: np.log(sigmoid(x)), 0.5),
    ("sigmoid", {}, sigmoid, 0.25),
    ("tanh", {}, np.tanh, 1),
    ("softsign", {}, lambda x: x / (1 + abs(x)), 1),
    ("tanhshrink", {}, lambda x: x - np.tanh(x), 0),
    ("hardtanh", {}, lambda x: np.clip(x, -1, 1), 1),
    ("relu6", {}, lambda x: np.clip(x, 0, 6), 0),
    ("hardsigmoid", {}, lambda x: np.clip(x / 6 + 0.5, 0, 1), 1 / 6),
]  # fmt: skip
IDS = [f"{name}{options or ''}" for name, options, _, _ in TABLE]
X = np.array([-3.3, -1.2, -0.4, 0.3, 0.9, 2.7, 6.4])


@pytest.mark.parametrize(("name", "options", "formula", "slope"), TABLE, ids=IDS)
def test_values_gradients_and_the_slope_at_zero(
    name: str, options: dict[str, Any], formula: Any, slope: float
) -> None:
    f = getattr(F, name)
    np.testing.assert_allclose(f(dp.tensor(X), **options).numpy(), formula(X), atol=1e-14)
    check(lambda x: f(x, **options), X)
    zero = dp.tensor(0.0, dtype=dp.float64, requires_grad=True)
    f(zero, **options).backward()
    assert zero.grad.item() == pytest.approx(slope, abs=1e-15)


@pytest.mark.parametrize(("name", "options", "formula", "slope"), TABLE, ids=IDS)
def test_far_out_nothing_is_nan(
    name: str, options: dict[str, Any], formula: Any, slope: float
) -> None:
    x = dp.tensor([-1e4, -200.0, 200.0, 1e4], requires_grad=True)
    y = getattr(F, name)(x, **options)
    y.sum().backward()
    assert dp.isfinite(y).all()
    assert dp.isfinite(x.grad).all()


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "selu", "silu", "hardtanh", "mish"])
def test_inplace_gives_the_same_and_changes_the_input(name: str) -> None:
    x = dp.tensor(X)
    want = getattr(F, name)(x)
    assert getattr(F, name)(x, inplace=True) is x
    assert dp.equal(x, want)


def test_selu_keeps_mean_zero_and_variance_one() -> None:
    dp.manual_seed(0)
    y = F.selu(dp.randn(400_000, dtype=dp.float64))
    assert abs(y.mean().item()) < 0.01
    assert y.var().item() == pytest.approx(1, abs=0.01)


def test_prelu_has_a_weight_for_each_channel() -> None:
    x, w = np.random.default_rng(0).standard_normal((2, 3, 4)), np.array([0.1, 0.2, 0.3])
    want = np.where(x > 0, x, w[:, None] * x)
    np.testing.assert_allclose(F.prelu(dp.tensor(x), dp.tensor(w)).numpy(), want)
    check(F.prelu, x, w)
    with pytest.raises(
        RuntimeError, match=r"the weight f64\[3\] must have one element, or one for each"
    ):
        F.prelu(dp.tensor(x[:, :2]), dp.tensor(w))


def test_glu_and_softmin() -> None:
    x = np.random.default_rng(0).standard_normal((3, 4))
    np.testing.assert_allclose(F.glu(dp.tensor(x)).numpy(), x[:, :2] * sigmoid(x[:, 2:]))
    check(F.glu, x)
    assert dp.allclose(F.softmin(dp.tensor(x), 1), F.softmax(dp.tensor(-x), 1))
    with pytest.raises(RuntimeError, match="must be even, to be halved"):
        F.glu(dp.ones(3))


def test_modules_compute_their_functions() -> None:
    nn, x = dp.nn, dp.randn(3, 4)
    pairs = [
        (nn.ReLU(), F.relu(x)), (nn.LeakyReLU(0.3), F.leaky_relu(x, 0.3)),
        (nn.ELU(2.0), F.elu(x, 2.0)),
        (nn.GELU("tanh"), F.gelu(x, approximate="tanh")), (nn.SiLU(), F.silu(x)),
        (nn.Softplus(2.0, 1.0), F.softplus(x, 2.0, 1.0)), (nn.Sigmoid(), F.sigmoid(x)),
        (nn.Tanh(), F.tanh(x)), (nn.Softmax(0), F.softmax(x, 0)),
        (nn.LogSoftmax(1), F.log_softmax(x, 1)), (nn.Hardtanh(-0.5, 0.2), F.hardtanh(x, -0.5, 0.2)),
        (nn.Threshold(0.1, 7.0), F.threshold(x, 0.1, 7.0)),
    ]  # fmt: skip
    for module, want in pairs:
        assert dp.equal(module(x), want), module


def test_gelu_of_infinity() -> None:
    """x·Φ(x) → x for x → ∞; where PyTorch computes many floats at once it says nan."""
    x = dp.tensor([float("inf")] * 20)
    for dtype in (dp.float32, dp.float64):
        assert (F.gelu(x.to(dtype)) == float("inf")).all()


def test_unknown_options_are_refused() -> None:
    with pytest.raises(ValueError, match="approximate='erf' is not one of 'none', 'tanh'"):
        dp.nn.GELU("erf")
    with pytest.raises(ValueError, match="Softmax: give dim="):
        dp.nn.Softmax()(dp.ones(2, 2))
    with pytest.raises(TypeError):
        F.relu(dp.ones(2), slope=1)
    with pytest.raises(TypeError, match="takes tensors, not list"):
        F.elu([1.0])
