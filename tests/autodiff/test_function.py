"""User-defined functions."""

from __future__ import annotations

import numpy as np
import pytest

import denpa as dp
from denpa.core.errors import GraphError, ShapeError


class Cube(dp.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x**2


class SumAndProduct(dp.autograd.Function):
    @staticmethod
    def forward(ctx, a, b, times):
        ctx.save_for_backward(a, b)
        ctx.times = times
        return a + b, a * b * times

    @staticmethod
    def backward(ctx, g_sum, g_product):
        a, b = ctx.saved_tensors
        return g_sum + g_product * b * ctx.times, g_sum + g_product * a * ctx.times, None


def leaf(x):
    return dp.tensor(x, dtype=dp.float64, requires_grad=True)


def test_backward_is_used_and_can_be_differentiated():
    x = leaf(2.0)
    (first,) = dp.autograd.grad(Cube.apply(x), x, create_graph=True)
    (second,) = dp.autograd.grad(first, x)
    assert (first.item(), second.item()) == (12.0, 12.0)


def test_several_outputs_of_which_one_is_unused():
    a, b = leaf(2.0), leaf(3.0)
    s, p = SumAndProduct.apply(a, b, 10.0)
    (s + p).backward()
    assert (a.grad.item(), b.grad.item()) == (31.0, 21.0)
    a.grad = b.grad = None
    SumAndProduct.apply(a, b, 10.0)[1].backward()
    assert (a.grad.item(), b.grad.item()) == (30.0, 20.0)


def test_a_wrong_number_of_gradients_names_the_function():
    class Forgets(dp.autograd.Function):
        @staticmethod
        def forward(ctx, a, b):
            return a * b

        @staticmethod
        def backward(ctx, g):
            return g

    with pytest.raises(GraphError, match=r"Forgets.backward returned 1 gradients for the 2"):
        Forgets.apply(leaf(1.0), leaf(2.0)).backward()


def test_a_gradient_of_the_wrong_shape_names_both():
    class Wrong(dp.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.sum()

        @staticmethod
        def backward(ctx, g):
            return g

    with pytest.raises(ShapeError, match=r"returned f64\[\] for an argument of f64\[2\]"):
        Wrong.apply(leaf([1.0, 2.0])).backward()


def test_a_saved_tensor_that_was_changed():
    x = leaf([1.0])
    y = Cube.apply(x)
    with dp.no_grad():
        x.mul_(2)
    with pytest.raises(GraphError, match="changed in place"):
        y.sum().backward()


def test_without_gradients_forward_alone_runs():
    assert Cube.apply(dp.tensor(2.0)).item() == 8.0
    assert np.asarray(Cube.apply(dp.tensor([2.0]))).tolist() == [8.0]
