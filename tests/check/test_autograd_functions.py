"""Functions of Denpa alone, outside of a network: an autograd.Function, and code on tensors."""

from __future__ import annotations

import numpy as np
import pytest

import denpa as dp
from denpa.check.subjects.model import function
from denpa.core.errors import ArgumentError
from tests.check.test_model import Affine, Half, Square, X, named


def test_functions_alone() -> None:
    assert function(Square, X).ok
    assert named(function(Half, X)) == [("", "x", "scale")]
    found = function(Affine, X, np.random.default_rng(1).standard_normal((4, 3)), np.zeros(3))
    assert named(found) == [("", "bias", "bias-not-summed")]
    assert found.findings[0].location.text == "grad_bias = g[0]"
    assert function(lambda x, w: (x @ w).tanh(), X, X.T).ok
    with pytest.raises(ArgumentError, match="no argument is an array of floats"):
        function(Square, np.array([1, 2]))


def test_a_function_in_two_steps_with_two_outputs() -> None:
    class Both(dp.autograd.Function):
        @staticmethod
        def forward(x, k):
            return x * k, x.sin()

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(inputs[0])
            ctx.k = inputs[1]

        @staticmethod
        def backward(ctx, g, h):
            (x,) = ctx.saved_tensors
            return g * ctx.k + h * x.cos(), None

    assert function(Both, X, 3.0).ok

    class Few(Both):
        @staticmethod
        def backward(ctx, g, h):
            return g * ctx.k

    with pytest.raises(ArgumentError, match="returned 1 gradients for the 2 arguments"):
        function(Few, X, 3.0)


def test_an_input_changed_in_place() -> None:
    class Changes(dp.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            x.mul_(2.0)
            return x.clone()

        @staticmethod
        def backward(ctx, g):
            return 2 * g

    assert [f.mistake for f in function(Changes, X).findings] == ["input-changed"]

    class Declared(Changes):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.mul_(2.0)

    assert function(Declared, X).ok
