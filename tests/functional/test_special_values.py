"""Special values, by hand and by algebra; `tests/parity` holds many more against PyTorch."""

from __future__ import annotations

from math import inf, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import denpa as dp

F = dp.nn.functional


def slopes(call: Any, *values: Any) -> list[list[float]]:
    """The gradients of the sum of a result."""
    leaves = [dp.tensor(v, dtype=dp.float64).requires_grad_() for v in values]
    call(*leaves).sum().backward()
    return [t.grad.tolist() for t in leaves]


# -- clamp -----------------------------------------------------------------------------------------


def test_where_the_bounds_of_clamp_cross_the_upper_one_holds() -> None:
    x, low, high = [-3.0, 0.0, 3.0], [2.0] * 3, [1.0, 1.0, 1.0]
    assert dp.tensor(x).clamp(2, 1).tolist() == [1.0] * 3
    assert dp.clamp(dp.tensor(x), dp.tensor(low), dp.tensor(high)).tolist() == [1.0] * 3
    assert dp.tensor(x).clamp_(dp.tensor(low), dp.tensor(high)).tolist() == [1.0] * 3
    assert slopes(dp.clamp, x, low, high) == [[0.0] * 3, [0.0] * 3, [1.0] * 3]


def test_each_bound_of_clamp_takes_the_slope_where_it_is_the_value() -> None:
    x, low, high = [-3.0, 0.0, 3.0], [-1.0] * 3, [1.0] * 3
    assert slopes(dp.clamp, x, low, high) == [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    assert slopes(dp.clamp_min, x, low) == [[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]]
    assert slopes(dp.clamp_max, x, high) == [[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]


def test_both_bounds_of_clamp_may_be_one_object() -> None:
    bound = 0.5
    assert dp.tensor([0.0, 1.0]).clamp(bound, bound).tolist() == [0.5, 0.5]
    t = dp.tensor([0.5, 0.5])
    assert dp.tensor([0.0, 1.0]).clamp(t, t).tolist() == [0.5, 0.5]


def test_nan_of_a_bound_is_nan() -> None:
    x = dp.tensor([0.0, 5.0, nan])
    for low, high in [(nan, 1.0), (-1.0, nan)]:
        assert dp.isnan(x.clamp(dp.tensor(low), dp.tensor(high))).all()


# -- pad -------------------------------------------------------------------------------------------

MODES = {"circular": "wrap", "replicate": "edge", "reflect": "reflect"}


@given(st.integers(1, 6), st.integers(-5, 5), st.integers(-5, 5), st.sampled_from(sorted(MODES)))
def test_padding_is_cutting_and_padding_of_numpy(n: int, a: int, b: int, mode: str) -> None:
    x = np.arange(1.0, n + 1).reshape(1, n)
    more, less = [max(a, 0), max(b, 0)], [max(-a, 0), max(-b, 0)]
    cut = x[:, less[0] : n - less[1]]
    if n + a + b < 1 or max(more) > (n if mode == "circular" else n - 1) or not cut.size:
        return  # refused, or, where only some mode has a value, worked below by hand
    if mode == "circular":  # what is left goes round
        want = np.pad(cut, [(0, 0), more], mode="wrap")
    else:  # the outside of the whole, then the cut
        whole = np.pad(x, [(0, 0), more], mode=MODES[mode])  # type: ignore[call-overload]
        want = whole[:, less[0] : whole.shape[1] - less[1]]
    found = F.pad(dp.tensor(x), (a, b), mode=mode)
    np.testing.assert_array_equal(found.numpy(), want)


def test_padding_by_hand() -> None:
    x = dp.tensor([[1.0, 2.0, 3.0]])
    assert F.pad(x, (-2, 3), mode="circular").tolist() == [[3.0, 3.0, 3.0, 3.0]]
    assert F.pad(x, (-1, 2), mode="circular").tolist() == [[2.0, 3.0, 2.0, 3.0]]
    assert F.pad(x, (-4, 3), mode="replicate").tolist() == [[3.0, 3.0]]
    assert F.pad(x, (-1, 1), mode="replicate").tolist() == [[2.0, 3.0, 3.0]]
    assert F.pad(x, (-1, 1), mode="reflect").tolist() == [[2.0, 3.0, 2.0]]
    with pytest.raises(RuntimeError, match="leaves nothing of dimension 1"):
        F.pad(x, (-3, 1), mode="circular")
    with pytest.raises(RuntimeError, match=r"by \[-3, 0\] leaves nothing of"):
        F.pad(x, (-3, 0), mode="replicate")


# -- positions -------------------------------------------------------------------------------------


@pytest.mark.parametrize("x", [nan, inf, -inf, 2.0])
def test_the_only_position_of_a_scalar_is_0(x: float) -> None:
    t = dp.tensor(x)
    found = [t.argsort(), t.argsort(descending=True), t.sort().indices, t.topk(1).indices]
    found += [t.argmax(), t.argmin(), t.max(0).indices, t.min(0).indices]
    assert [(i.dtype, i.shape, i.item()) for i in found] == [(dp.int64, (), 0)] * len(found)


def test_nonzero_of_a_scalar() -> None:
    assert dp.nonzero(dp.tensor(3.0)).shape == (1, 0)
    assert dp.nonzero(dp.tensor(0.0)).shape == (0, 0)


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32"])
@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0)])
def test_an_empty_index_names_nothing(shape: tuple[int, ...], dtype: str) -> None:
    x, i = dp.arange(6.0).reshape(2, 3), dp.tensor(np.zeros(shape, dtype))
    assert x.gather(0, i).shape == shape
    source = dp.zeros(*shape)
    for same in (x.scatter(0, i, source), x.scatter(0, i, 9.0), x.scatter_add(1, i, source)):
        assert same.tolist() == x.tolist()


def test_indices_that_are_refused() -> None:
    x, i = dp.zeros(3), dp.tensor(np.array([1], np.uint8))
    for call in (lambda: x.gather(0, i), lambda: x.index_add(0, i, dp.ones(1))):
        with pytest.raises(RuntimeError, match=r"index must be an int64 tensor, not u8\[1\]"):
            call()
    with pytest.raises(IndexError, match=r"must be an integer or bool tensor, not u8\[\]"):
        x[i[0]]


def test_index_add_takes_one_position_and_scalars() -> None:
    assert dp.zeros(2).index_add(0, dp.tensor(1), dp.ones(1)).tolist() == [0.0, 1.0]
    assert dp.tensor(2.0).index_add(0, dp.tensor(0), dp.tensor(3.0)).item() == 5.0


# -- dtypes of lists -------------------------------------------------------------------------------


def test_numbers_of_numpy_in_lists_keep_their_dtype_against_those_of_python() -> None:
    f32, f64, f16, i32 = np.float32(1), np.float64(2), np.float16(1), np.int32(3)
    for data, dtype in [
        ([f32, 2.0], dp.float32), ([1.0, f64], dp.float64), ([1, f16], dp.float16),
        ([f16, 1.0], dp.float32), ([i32, 1], dp.int64), ([True, i32], dp.int32),
        ([[1.0], [f64]], dp.float64), ([dp.tensor(1.0), f64], dp.float64), ([[], []], dp.float32),
        ([np.zeros(2, np.int32), [1.0, 2]], dp.float32), ([i32, 2.5], dp.float32),
    ]:  # fmt: skip
        assert dp.tensor(data).dtype == dtype, data
        assert dp.as_tensor(data).dtype == dtype, data


# -- gradients -------------------------------------------------------------------------------------


def test_a_product_has_the_product_of_the_others_as_its_slope() -> None:
    """PyTorch divides the whole product by the element, which makes NaN of NaN and of infinity."""
    assert slopes(lambda x: dp.prod(x, 0), [nan, 2.0, 3.0])[0][0] == 6.0
    assert slopes(lambda x: dp.prod(x, 0), [inf, 2.0, 3.0]) == [[6.0, inf, inf]]


def test_infinity_in_a_variance_pulls_the_others_away() -> None:
    """2(x − mean)/(n − 1) with an infinite mean; of the infinite element itself it is ∞ − ∞."""
    (found,) = slopes(dp.var, [1.0, 2.0, inf])
    assert found[:2] == [-inf, -inf]
    assert np.isnan(found[2])
    (found,) = slopes(lambda x: dp.var(x, correction=3), [1.0, 2.0, 4.0])  # anything over 0
    assert found == [-inf, -inf, inf]


def test_second_derivatives_of_a_variance() -> None:
    x = dp.tensor([1.0, 2.0, 4.0], dtype=dp.float64)
    want = (np.eye(3) - 1 / 3) * 2 / 2  # of Σ(x − mean)²/(n − 1)
    np.testing.assert_allclose(dp.func.hessian(dp.var)(x).numpy(), want, atol=1e-15)


def test_norms_of_nan() -> None:
    assert dp.norm(dp.tensor([nan, 1.0, 0.0]), 0).item() == 2.0  # NaN is not 0
    for p in (inf, -inf):
        assert dp.isnan(dp.norm(dp.tensor([nan, 1.0]), p))
        assert slopes(lambda x, p=p: dp.norm(x, p, 1), [[nan, 1.0], [3.0, -4.0]])[0][0] == [0, 0]
    assert slopes(lambda x: dp.norm(x, inf), [3.0, -4.0, 4.0]) == [[0.0, -0.5, 0.5]]
    assert dp.norm(dp.tensor([inf, inf]), -1).item() == inf  # 1/(0 + 0)


def test_slopes_of_powers_at_exponent_0() -> None:
    assert slopes(dp.pow, [nan, inf, 0.0, 2.0], [0.0] * 4)[0] == [0.0] * 4
    a, b = (dp.tensor(v, dtype=dp.float64).requires_grad_() for v in (2.0, 0.0))
    (first,) = dp.autograd.grad(a**b, a, create_graph=True)
    assert dp.autograd.grad(first, b)[0].item() == 0.5  # ∂(b aᵇ⁻¹)/∂b = 1/a


def test_the_mixed_second_derivative_of_a_power_at_exponent_0() -> None:
    """∂²aᵇ/∂a∂b = aᵇ⁻¹ (1 + b ln a), which is 1/a at b = 0, where ∂aᵇ/∂a is 0."""
    a = dp.tensor([2.0, 0.5], dtype=dp.float64, requires_grad=True)
    b = dp.zeros(2, dtype=dp.float64, requires_grad=True)
    (slope,) = dp.autograd.grad((a**b).sum(), [a], create_graph=True)
    assert slope.tolist() == [0.0, 0.0]
    (mixed,) = dp.autograd.grad(slope.sum(), [b])
    assert mixed.tolist() == [0.5, 2.0]
