"""Pointwise composites against NumPy, their gradients against central differences, their kinks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denpa as dp
from tests.functional.numeric import check_gradient

X = np.random.default_rng(1).uniform(0.3, 2.0, (3, 4))
Y = np.random.default_rng(2).uniform(0.3, 2.0, (4,))

UNARY = [
    ("exp", np.exp), ("exp2", np.exp2), ("expm1", np.expm1), ("log", np.log), ("log2", np.log2),
    ("log10", np.log10), ("log1p", np.log1p), ("sqrt", np.sqrt), ("square", np.square),
    ("rsqrt", lambda x: 1 / np.sqrt(x)), ("reciprocal", np.reciprocal), ("sin", np.sin),
    ("cos", np.cos), ("tan", np.tan), ("tanh", np.tanh), ("abs", np.abs), ("neg", np.negative),
    ("sigmoid", lambda x: 1 / (1 + np.exp(-x))), ("frac", lambda x: x - np.trunc(x)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "oracle"), UNARY, ids=[n for n, _ in UNARY])
def test_unary(name: str, oracle: Any) -> None:
    f = getattr(dp, name)
    np.testing.assert_allclose(f(dp.tensor(X)).numpy(), oracle(X), rtol=1e-14)
    check_gradient(f, X)


STEPS = [("floor", np.floor), ("ceil", np.ceil), ("trunc", np.trunc), ("round", np.round)]


@pytest.mark.parametrize(("name", "oracle"), STEPS, ids=[n for n, _ in STEPS])
def test_steps_have_slope_zero_and_leave_integers_alone(name: str, oracle: Any) -> None:
    values = np.array([-2.5, -1.2, -0.0, 0.5, 1.5, 3.9])
    x = dp.tensor(values, requires_grad=True)
    y = getattr(dp, name)(x)
    np.testing.assert_array_equal(y.detach().numpy(), oracle(values))
    y.sum().backward()
    assert x.grad.tolist() == [0.0] * 6
    whole = dp.tensor([1, -2])
    assert getattr(dp, name)(whole).tolist() == [1, -2]
    assert getattr(dp, name)(whole).dtype == dp.int64


def test_round_to_decimals() -> None:
    x = dp.tensor([1.25, -3.14159, 1234.5], dtype=dp.float64)
    assert dp.round(x, decimals=1).tolist() == [1.2, -3.1, 1234.5]
    assert dp.round(x, decimals=-2).tolist() == [0.0, 0.0, 1200.0]


BINARY = [
    ("add", np.add), ("sub", np.subtract), ("mul", np.multiply), ("div", np.divide),
    ("pow", np.power), ("remainder", np.remainder), ("maximum", np.maximum),
    ("minimum", np.minimum),
]  # fmt: skip


@pytest.mark.parametrize(("name", "oracle"), BINARY, ids=[n for n, _ in BINARY])
def test_binary_broadcasts(name: str, oracle: Any) -> None:
    f = getattr(dp, name)
    np.testing.assert_allclose(f(dp.tensor(X), dp.tensor(Y)).numpy(), oracle(X, Y), rtol=1e-14)
    check_gradient(f, X, Y)


def test_alpha() -> None:
    check_gradient(lambda a, b: dp.add(a, b, alpha=3), X, Y)
    assert dp.sub(dp.tensor([5]), dp.tensor([2]), alpha=2).tolist() == [1]
    with pytest.raises(RuntimeError, match=r"alpha 0\.5 must be an int for integer tensors"):
        dp.add(dp.tensor([1]), 1, alpha=0.5)


def test_division_rounds_as_python_or_as_c() -> None:
    a, b = [7, -7, 7, -7], [2, 2, -2, -2]
    ints = dp.tensor(a), dp.tensor(b)
    assert dp.div(*ints, rounding_mode="floor").tolist() == [
        x // y for x, y in zip(a, b, strict=True)
    ]
    assert dp.div(*ints, rounding_mode="trunc").tolist() == [
        int(x / y) for x, y in zip(a, b, strict=True)
    ]
    assert dp.div(*ints).dtype == dp.float32
    x = dp.tensor([5.0, 1.0], requires_grad=True)
    y = dp.div(x, dp.tensor([2.0, 0.0]), rounding_mode="floor")
    assert y.tolist() == [2.0, np.inf]
    y[:1].sum().backward()
    assert x.grad.tolist() == [0.0, 0.0]
    with pytest.raises(
        RuntimeError, match="rounding_mode must be None, 'trunc' or 'floor', not 'up'"
    ):
        dp.div(x, 2, rounding_mode="up")


def test_clamp_bounds_take_the_gradient_outside() -> None:
    x = dp.tensor([-2.0, -1.0, 0.0, 1.0, 2.0, np.nan], requires_grad=True)
    y = dp.clamp(x, -1, 1)
    np.testing.assert_array_equal(y.detach().numpy(), [-1, -1, 0, 1, 1, np.nan])
    y.sum().backward()
    assert x.grad.tolist() == [0, 1, 1, 1, 0, 0]
    assert dp.clamp(dp.tensor([1.0, 5.0]), 4, 2).tolist() == [2.0, 2.0]  # max wins
    assert dp.clamp(dp.tensor([1, 5]), min=2.5).dtype == dp.float32
    low = np.array([0.5, 0.5, 1.7, 0.1])
    check_gradient(lambda a, b: dp.clamp(a, min=b, max=dp.tensor(1.9)), X, low)
    with pytest.raises(RuntimeError, match="at least one of min and max must be given"):
        dp.clamp(x)


def test_a_tie_of_maximum_shares_the_gradient() -> None:
    a = dp.tensor([1.0, 2.0], requires_grad=True)
    dp.maximum(a, dp.tensor([1.0, 1.0])).sum().backward()
    assert a.grad.tolist() == [0.5, 1.0]


def test_where() -> None:
    mask = X > 1
    check_gradient(lambda a, b: dp.where(dp.tensor(mask), a, b), X, Y)
    assert dp.where(dp.tensor([True, False]), 1, 2.5).tolist() == [1.0, 2.5]
    (rows,) = dp.where(dp.tensor([False, True, True]))
    assert rows.tolist() == [1, 2]
    with pytest.raises(RuntimeError, match="bool condition, not f32"):
        dp.where(dp.ones(2), 1.0, 0.0)


def test_lerp_addcmul_addcdiv() -> None:
    check_gradient(lambda a, b: dp.lerp(a, b, 0.3), X, Y)
    check_gradient(lambda a, b, c: dp.addcmul(a, b, c, value=0.5), X, Y, X[:, :1])
    check_gradient(lambda a, b, c: dp.addcdiv(a, b, c, value=2), X, Y, X[:, :1])


def test_nan_and_infinity() -> None:
    x = dp.tensor([np.nan, np.inf, -np.inf, 1.0])
    assert dp.isnan(x).tolist() == [True, False, False, False]
    assert dp.isinf(x).tolist() == [False, True, True, False]
    assert dp.isfinite(x).tolist() == [False, False, False, True]
    top = float(np.finfo("f4").max)
    assert dp.nan_to_num(x).tolist() == [0.0, top, -top, 1.0]
    assert dp.nan_to_num(x, nan=7, posinf=8, neginf=9).tolist() == [7.0, 8.0, 9.0, 1.0]
    assert dp.isfinite(dp.tensor([3])).tolist() == [True]


def test_only_tensors_are_taken() -> None:
    with pytest.raises(TypeError, match=r"exp\(\): input must be a Tensor, not float; wrap it"):
        dp.exp(1.0)
    with pytest.raises(TypeError, match=r"add\(\) takes tensors and numbers, not str"):
        dp.add(dp.ones(1), "a")
    with pytest.raises(TypeError, match="unexpected keyword argument 'out'"):
        dp.exp(dp.ones(1), out=dp.ones(1))


@pytest.mark.parametrize("name", ["exp", "sqrt", "sigmoid", "tanh", "log"])
def test_integers_become_floats(name: str) -> None:
    assert getattr(dp, name)(dp.tensor([1, 2])).dtype == dp.float32


def test_close_and_equal() -> None:
    a = dp.tensor([1.0, np.inf, np.nan])
    assert dp.isclose(a, a).tolist() == [True, True, False]
    assert dp.isclose(a, a, equal_nan=True).tolist() == [True, True, True]
    assert dp.allclose(dp.tensor([1.0]), dp.tensor([1.0 + 1e-6]))
    assert not dp.allclose(dp.tensor([1.0]), dp.tensor([1.1]))
    assert dp.equal(dp.tensor([1, 2]), dp.tensor([1, 2]))
    assert not dp.equal(dp.tensor([1, 2]), dp.tensor([[1, 2]]))


def test_logic() -> None:
    a, b = dp.tensor([0, 2, 0, 3]), dp.tensor([0, 0, 1, 1])
    assert dp.logical_and(a, b).tolist() == [False, False, False, True]
    assert dp.logical_or(a, b).tolist() == [False, True, True, True]
    assert dp.logical_xor(a, b).tolist() == [False, True, True, False]
    assert dp.logical_not(a).tolist() == [True, False, True, False]
    assert (a.bool() ^ b.bool()).tolist() == [False, True, True, False]


HALVES = np.array([0.5, -0.0, 1, 60000, 65504, 1e-3, 6e-8, 3, np.inf, -np.inf, np.nan], np.float16)
BESIDE = [65536, 100003, -7e4, 1e-8, 2.0**-26, 0.33333, 1e30, 3]
BY_NUMBER: dict[str, Any] = {
    "x * c": lambda x, y, c: x * c,
    "c * x": lambda x, y, c: c * x,
    "x / c": lambda x, y, c: x / c,
    "c / x": lambda x, y, c: c / x,
    "add": lambda x, y, c: dp.add(x, y, alpha=c),
    "sub": lambda x, y, c: dp.sub(x, y, alpha=c),
    "addcmul": lambda x, y, c: dp.addcmul(x, x, y, value=c),
    "addcdiv": lambda x, y, c: dp.addcdiv(x, y, x, value=c),
    "lerp": lambda x, y, c: dp.lerp(x, y, c),
}


@pytest.mark.parametrize("prepare", [lambda f: f, dp.compile], ids=["eager", "compiled"])
@pytest.mark.parametrize("c", BESIDE)
@pytest.mark.parametrize("name", BY_NUMBER)
def test_half_precision_meets_a_number_that_it_does_not_hold(
    name: str, c: float, prepare: Any
) -> None:
    """Rounded once: the float16 nearest to the exact result, by a hair."""
    inputs = HALVES, HALVES * np.float16(0.5)
    call = prepare(lambda x, y: BY_NUMBER[name](x, y, c))
    found = call(*map(dp.tensor, inputs)).numpy()
    exact = BY_NUMBER[name](*(dp.tensor(x, dtype=dp.float64) for x in inputs), c).numpy()
    assert found.dtype == np.float16
    with np.errstate(all="ignore"):
        nearest = exact.astype(np.float16)
        room = 0.5001 * np.spacing(np.abs(nearest)).astype(np.float64)
        near = np.isfinite(nearest)
        np.testing.assert_array_less(np.abs(found - exact)[near], room[near])
    np.testing.assert_array_equal(found[~near], nearest[~near])


@pytest.mark.parametrize("prepare", [lambda f: f, dp.compile], ids=["eager", "compiled"])
def test_messages_in_half_precision_by_large_and_small_numbers(prepare: Any) -> None:
    def slopes(x: Any) -> Any:
        y = (x * 65536 + x / 1e-5 + 1e-8 * x).sum() * 0.25
        return dp.autograd.grad(y, x)[0]

    x = dp.tensor([0.0, 0.5], dtype=dp.float16, requires_grad=True)
    want = (65536 + 1e5) / 4
    assert prepare(slopes)(x).tolist() == pytest.approx([want] * 2, rel=2e-3)
