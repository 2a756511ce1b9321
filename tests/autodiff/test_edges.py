"""What the tape promises at its edges: roots named twice, modes within modes, copies, aux."""

from __future__ import annotations

import copy
from collections import namedtuple
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.core.errors import AnomalyError, ShapeError


def leaf(*numbers: float) -> Any:
    return dp.tensor(list(numbers), dtype=dp.float64, requires_grad=True)


# -- roots and messages ----------------------------------------------------------------------------


def test_a_root_named_twice_counts_twice() -> None:
    x = leaf(1.0, 2.0)
    y = (x**3).sum()
    (once,) = dp.autograd.grad(y, x, retain_graph=True)
    (twice,) = dp.autograd.grad([y, y], x, retain_graph=True)
    assert twice.tolist() == (2 * once).tolist() == [6.0, 24.0]
    (weighed,) = dp.autograd.grad([y, y], x, [dp.tensor(2.0), dp.tensor(-5.0)])
    assert weighed.tolist() == (-3 * once).tolist()


def test_gradients_are_nobody_elses_memory() -> None:
    """Messages that are passed on as they came: through +, through a view, to several leaves."""
    a, b, c = leaf(1.0, 2.0), leaf(3.0, 4.0), leaf(5.0, 6.0)
    seed = dp.tensor([1.0, 10.0], dtype=dp.float64)
    (a + b + c.reshape(2)).backward(seed)
    for one in (a, b, c):
        one.grad.mul_(0.0)
        assert [t.grad.tolist() for t in (a, b, c)].count([0.0, 0.0]) == 1
        assert seed.tolist() == [1.0, 10.0]
        one.grad = seed.clone()
    found = dp.autograd.grad(a + b, (a, b), seed)
    found[0].mul_(0.0)
    assert found[1].tolist() == seed.tolist() == [1.0, 10.0]


@pytest.mark.parametrize("shape", [(1,), (3,), (2, 1), ()])
def test_a_hook_returns_a_gradient_of_the_same_shape(shape: tuple[int, ...]) -> None:
    x = leaf(1.0, 2.0)
    y = x * 2
    y.register_hook(lambda g: dp.zeros(shape, dtype=dp.float64))
    with pytest.raises(ShapeError, match=r"a hook on .* returned"):
        y.sum().backward()


def test_an_input_that_is_not_there() -> None:
    x, other = leaf(1.0), leaf(2.0)
    for allow in (None, False):
        with pytest.raises(RuntimeError, match="not part of the graph"):
            dp.autograd.grad((x * 2).sum(), (x, other), allow_unused=allow)
    found = dp.autograd.grad((x * 2).sum(), (x, other), allow_unused=True)
    assert found[0].tolist() == [2.0]
    assert found[1] is None


def test_a_gradient_has_the_dtype_of_its_tensor() -> None:
    x = leaf(1.0, 2.0)
    for wrong in (dp.ones(2), dp.ones(3, dtype=dp.float64), dp.ones(2, dtype=dp.int64)):
        with pytest.raises(RuntimeError, match="must have the same shape and dtype"):
            x.grad = wrong
    x.grad = dp.ones(2, dtype=dp.float64)


# -- modes -----------------------------------------------------------------------------------------


def test_modes_within_modes_end_as_they_began() -> None:
    def on() -> bool:
        return bool((leaf(1.0) * 2).requires_grad)

    assert on()
    with dp.no_grad():
        assert not on()
        with dp.no_grad():
            assert not on()
        assert not on()
        with dp.enable_grad():
            assert on()
            with dp.no_grad():
                assert not on()
            assert on()
        assert not on()
        assert dp.no_grad()(on)() is False
        assert dp.enable_grad()(on)() is True
        assert not on()
        with dp.set_grad_enabled(True):
            assert on()
        assert not on()
    assert on()


def test_anomaly_mode_ends_as_it_began() -> None:
    def finds() -> bool:
        try:
            dp.log(-dp.ones(1))
        except AnomalyError:
            return True
        return False

    assert not finds()
    with dp.autograd.detect_anomaly():
        with dp.autograd.detect_anomaly(), dp.no_grad():
            assert finds()
        assert finds()
        with dp.autograd.set_detect_anomaly(False):
            assert not finds()
        assert finds()
    assert not finds()


def test_anomaly_mode_blames_no_op_for_what_it_was_given() -> None:
    bad, good = dp.tensor([float("nan"), 1.0]), dp.ones(2)
    with dp.autograd.detect_anomaly():
        for a, b in ((bad, good), (good, bad), (bad, bad)):
            assert dp.isnan(a + b).any()


# -- transforms ------------------------------------------------------------------------------------


def test_a_tangent_is_a_variable_too() -> None:
    x = dp.tensor([0.3, -0.7], dtype=dp.float64)
    v = leaf(1.0, 2.0)
    weights = dp.tensor([3.0, -5.0], dtype=dp.float64)
    _, moved = dp.func.jvp(lambda t: dp.sin(t) * t.sum(), (x,), (v,))
    (found,) = dp.autograd.grad((moved * weights).sum(), v)  # ∂(wᵀJv)/∂v = Jᵀw
    jacobian = dp.func.jacrev(lambda t: dp.sin(t) * t.sum())(x)
    np.testing.assert_allclose(found.numpy(), weights.numpy() @ jacobian.numpy(), rtol=1e-14)


def test_a_jacobian_for_each_of_several_outputs() -> None:
    x = dp.tensor([0.5, 1.5], dtype=dp.float64)

    def f(t: Any) -> dict[str, Any]:
        return {"a": t**2, "b": (t.prod() * dp.ones(3, dtype=dp.float64), t.sum())}

    expected = {
        "a": np.diag([1.0, 3.0]),
        "b": (np.tile([1.5, 0.5], (3, 1)), np.ones(2)),
    }
    for transform in (dp.func.jacrev, dp.func.jacfwd):
        found = transform(f)(x)
        np.testing.assert_allclose(found["a"].numpy(), expected["a"])
        for part, right in zip(found["b"], expected["b"], strict=True):
            np.testing.assert_allclose(part.numpy(), right)


def test_what_comes_beside_the_output_is_cut_off_unless_an_outer_derivative_needs_it() -> None:
    def f(t: Any) -> Any:
        return (t**2).sum(), {"cube": t**3}

    x = dp.tensor([2.0], dtype=dp.float64)
    g, aux = dp.func.grad(f, has_aux=True)(x)
    assert (g.tolist(), aux["cube"].tolist(), aux["cube"].requires_grad) == ([4.0], [8.0], False)
    outer = dp.func.grad(lambda t: dp.func.grad(f, has_aux=True)(t)[1]["cube"].sum())(x)
    assert outer.tolist() == [12.0]
    named = namedtuple("named", "cube")
    _, aux = dp.func.grad(lambda t: ((t**2).sum(), named(t**3)), has_aux=True)(x)
    assert (type(aux), aux.cube.tolist(), aux.cube.requires_grad) == (named, [8.0], False)


class Parts(dp.autograd.Function):
    """(2x, ⌊x⌋): the second is marked as constant."""

    given: Any = None

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        double, whole, other = x * 2, dp.floor(x), x * 3
        ctx.mark_non_differentiable(whole)
        ctx.set_materialize_grads(False)
        return double, whole, other

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        Parts.given = grads
        return sum(g * k for g, k in zip(grads, (2, 0, 3), strict=True) if g is not None)


def test_outputs_without_a_derivative_and_without_a_reader() -> None:
    x = leaf(1.5)
    double, whole, other = Parts.apply(x)
    assert (double.requires_grad, whole.requires_grad, other.requires_grad) == (True, False, True)
    (double * whole).sum().backward()
    assert x.grad.tolist() == [2.0]
    assert [g is None for g in Parts.given] == [False, True, True]


# -- copies ----------------------------------------------------------------------------------------


def test_a_deep_copy_shares_nothing_and_keeps_what_is_one_one() -> None:
    x = leaf(1.0, 2.0)
    (x * 3).sum().backward()
    tied = copy.deepcopy({"a": x, "b": x, "c": leaf(7.0)})
    assert tied["a"] is tied["b"]
    assert tied["a"].requires_grad
    assert tied["a"].grad.tolist() == [3.0, 3.0]
    tied["a"].grad.zero_()
    tied["a"].data.zero_()
    assert (x.tolist(), x.grad.tolist()) == ([1.0, 2.0], [3.0, 3.0])
    twin, g = copy.deepcopy((x, x.grad))
    assert twin.grad is g
    g, twin = copy.deepcopy((x.grad, x))
    assert twin.grad is g
    assert g is not x.grad


# -- errors ----------------------------------------------------------------------------------------


def test_an_integer_to_a_negative_power() -> None:
    for exponent in (-1, dp.tensor([-1, 2])):
        with pytest.raises(RuntimeError, match="not an integer"):
            dp.tensor([2, 3]) ** exponent


def test_the_bias_of_a_linear_map_has_its_dtype() -> None:
    x, w = dp.ones(4, 3), dp.ones(2, 3)
    assert dp.nn.functional.linear(x, w, dp.ones(2)).tolist() == [[4.0, 4.0]] * 4
    with pytest.raises(RuntimeError, match="one dtype"):
        dp.nn.functional.linear(x, w, dp.ones(2, dtype=dp.float64))
