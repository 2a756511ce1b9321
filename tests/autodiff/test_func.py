"""Transforms of functions: forward against reverse, nesting, Jacobians."""

from __future__ import annotations

import numpy as np
import pytest

import denpa as dp
from denpa.func import grad, hessian, jacfwd, jacrev, jvp, value_and_grad, vjp


def f64(x):
    return dp.tensor(x, dtype=dp.float64)


def test_forward_and_reverse_mode_agree():
    """⟨u, Jv⟩ = ⟨Jᵀu, v⟩ for a function with several kinds of ops."""
    rng = np.random.default_rng(0)
    x, v = f64(rng.standard_normal((4, 3))), f64(rng.standard_normal((4, 3)))

    def f(x):
        h = dp.tanh(x @ x.T).softmax(dim=1)
        return dp.cat([h.cumsum(0), x.amax(1, keepdim=True)], dim=1)

    y, tangent = jvp(f, (x,), (v,))
    _, pull = vjp(f, x)
    u = f64(rng.standard_normal(y.shape))
    (cotangent,) = pull(u)
    assert (u * tangent).sum().item() == pytest.approx((cotangent * v).sum().item(), rel=1e-12)


def test_jacobians_agree_and_are_right():
    x = f64([1.0, 2.0, 3.0])

    def f(x):
        return dp.stack([x[0] * x[1], x[1] ** 2])

    expected = [[2.0, 1.0, 0.0], [0.0, 4.0, 0.0]]
    assert jacrev(f)(x).tolist() == expected
    assert jacfwd(f)(x).tolist() == expected


def test_hessian_of_rosenbrock():
    def f(x):
        return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2

    a, b = -1.2, 1.0
    expected = [[1200 * a * a - 400 * b + 2, -400 * a], [-400 * a, 200.0]]
    assert np.allclose(hessian(f)(f64([a, b])).numpy(), expected, rtol=1e-12)
    assert np.allclose(jacrev(jacrev(f))(f64([a, b])).numpy(), expected, rtol=1e-12)


def test_nested_transforms_do_not_confuse_their_variables():
    """d/dx x · d/dy (x + y) = d/dx x · 1 = 1: the classic example of perturbation confusion."""

    def outer(x):
        return x * grad(lambda y: x + y)(f64(1.0))

    assert grad(outer)(f64(1.0)).item() == 1.0
    _, t = jvp(
        lambda x: x * jvp(lambda y: x + y, (f64(1.0),), (f64(1.0),))[1], (f64(1.0),), (f64(1.0),)
    )
    assert t.item() == 1.0


def test_an_inner_derivative_that_closes_over_the_outer_variable():
    """d/dz d/dy (z y)² at y=3 is d/dz 2z²y = 4zy."""
    z = f64(2.0)
    assert grad(lambda z: grad(lambda y: (z * y) ** 2)(f64(3.0)))(z).item() == 24.0


def test_value_and_grad_of_dicts_and_several_arguments():
    p = {"w": f64([1.0, 2.0]), "b": f64(0.5)}

    def loss(p, x):
        return ((p["w"] * x).sum() + p["b"]) ** 2, {"seen": x}

    value, g = value_and_grad(loss, has_aux=True)(p, f64([3.0, 4.0]))
    assert value[0].item() == 11.5**2
    assert g["w"].tolist() == [69.0, 92.0]
    assert g["b"].item() == 23.0
    both = grad(lambda a, b: a * b, argnums=(0, 1))(f64(2.0), f64(5.0))
    assert [t.item() for t in both] == [5.0, 2.0]


def test_results_are_not_recorded_without_an_outer_derivative():
    assert not grad(lambda x: x**2)(f64(3.0)).requires_grad
    w = f64(3.0).requires_grad_()
    assert grad(lambda x: x**2)(w).requires_grad


def test_errors():
    with pytest.raises(RuntimeError, match=r"must return a 0-dim tensor, it returned f64\[2\]"):
        grad(lambda x: x * 2)(f64([1.0, 2.0]))
    with pytest.raises(RuntimeError, match="argnums 2 was given"):
        grad(lambda x: x, argnums=2)(f64(1.0))
    with pytest.raises(RuntimeError, match=r"the output is f64\[2\], its cotangent f64\[3\]"):
        vjp(dp.exp, f64([1.0, 2.0]))[1](f64([1.0, 2.0, 3.0]))


def test_what_a_traced_transform_returns_can_be_differentiated_again():
    """Values and slopes of x³: d(Σ x³)/dx = 3x², d(Σ 3x²)/dx = 6x."""

    def cubes(w):
        return (w * w * w).sum()

    x, ones = np.array([1.0, 2.0]), dp.ones(2, dtype=dp.float64)
    for returned, value, derivative in (
        (lambda z: jvp(cubes, (z,), (ones,))[0], 9.0, [3.0, 12.0]),
        (lambda z: jvp(cubes, (z,), (ones,))[1], 15.0, [6.0, 12.0]),
        (lambda z: vjp(cubes, z)[0], 9.0, [3.0, 12.0]),
        (lambda z: value_and_grad(cubes)(z)[0], 9.0, [3.0, 12.0]),
        (lambda z: grad(cubes)(z).sum(), 15.0, [6.0, 12.0]),
    ):
        graph = dp.func.trace(returned, dp.tensor(x))
        assert graph(x)[0] == value
        assert dp.func.vjp_graph(graph)(x, np.ones(()))[0].tolist() == derivative
