"""User-defined Functions for the tests of compiled ones, and a network around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.compiler.emit import llvm

nn = dp.nn
BACKENDS = [
    "graph",
    pytest.param("native", marks=pytest.mark.skipif(not llvm.available(), reason="needs llvmlite")),
]


class Round(dp.autograd.Function):
    """Straight through: the derivative of forward is zero."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        return dp.round(x * 4) / 4

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return g


class Reverse(dp.autograd.Function):
    """Gradient reversal: forward is its argument as it is."""

    @staticmethod
    def forward(ctx: Any, x: Any, weight: float) -> Any:
        ctx.weight = weight
        return x

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return -ctx.weight * g, None


class Clip(dp.autograd.Function):
    """A clipped gradient, in the form with setup_context."""

    @staticmethod
    def forward(x: Any, bound: float) -> Any:
        return x * 1

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.bound = inputs[1]

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return g.clamp(-ctx.bound, ctx.bound), None


class Softsign(dp.autograd.Function):
    """Saves its input, its output and an intermediate; backward can be differentiated only where
    it reads inputs and outputs."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        size = 1 + x.abs()
        y = x / size
        ctx.save_for_backward(x, y, size)
        return y

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        x, y, size = ctx.saved_tensors
        return g / size**2 + 0 * (x + y)


class SumAndProduct(dp.autograd.Function):
    """Two outputs and an integer one; backward has both cotangents at once."""

    @staticmethod
    def forward(ctx: Any, a: Any, b: Any) -> Any:
        ctx.save_for_backward(a, b)
        return a + b, a * b, (a > b).long()

    @staticmethod
    def backward(ctx: Any, g: Any, h: Any, _: Any) -> Any:
        a, b = ctx.saved_tensors
        return 2 * g + h * b + g * h, g + 3 * h * a


class Unused(dp.autograd.Function):
    """Cotangents that are None, gradients that are None, an output without a gradient."""

    @staticmethod
    def forward(ctx: Any, a: Any, b: Any) -> Any:
        ctx.set_materialize_grads(False)
        mask = (a > 0).to(a.dtype)
        ctx.mark_non_differentiable(mask)
        ctx.save_for_backward(mask)
        return a * mask, b * 5, mask

    @staticmethod
    def backward(ctx: Any, g: Any, h: Any, m: Any) -> Any:
        (mask,) = ctx.saved_tensors
        given = [x is not None for x in (g, h, m)]
        return g * mask * (1 + given[0] + 10 * given[1] + 100 * given[2]), None


class Asks(dp.autograd.Function):
    """What is asked for decides what is computed."""

    @staticmethod
    def forward(ctx: Any, a: Any, b: Any) -> Any:
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        a, b = ctx.saved_tensors
        wants = ctx.needs_input_grad
        return g * b if wants[0] else None, g * a * 7 if wants[1] else None


class Outer(dp.autograd.Function):
    """Another Function in its forward, whose backward does not count, and one in its backward,
    whose backward does."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return Reverse.apply(Softsign.apply(x), 3.0) + 1

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        (x,) = ctx.saved_tensors
        return Round.apply(x) * g


class Cube(dp.autograd.Function):
    """Its backward is right and can be differentiated."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        y = x**3
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        x, y = ctx.saved_tensors
        return g * (x**2 + 2 * y / x)


def two(x: Any) -> Any:
    s, p, i = SumAndProduct.apply(x, x.flip(0) * 2)
    return s + p * 0.1 + i


def _unused(x: Any) -> Any:
    y, _, mask = Unused.apply(x, x * 2)
    return y + mask


def _known_and_unknown(x: Any) -> Any:
    s, p, _ = SumAndProduct.apply(x, dp.full(x.shape, 0.5))
    known, q, _ = SumAndProduct.apply(dp.ones(1, requires_grad=True), dp.ones(1))
    return s * p + known * q


USES: dict[str, Callable[[Any], Any]] = {
    "straight through": lambda x: Round.apply(x),
    "reversal": lambda x: Reverse.apply(x, 0.5) + 0.1 * x,
    "clipped": lambda x: Clip.apply(x, 0.01),
    "saved": lambda x: Softsign.apply(x),
    "two outputs": two,
    "one of two outputs": lambda x: SumAndProduct.apply(x, x * 3)[1],
    "unused": _unused,
    "asks": lambda x: Asks.apply(x, dp.ones(3)) + Asks.apply(dp.ones(3), x),
    "nested": lambda x: Outer.apply(x),
    "chain": lambda x: Cube.apply(Round.apply(Clip.apply(Softsign.apply(x + 2), 0.1)) + 0.5),
    "known": _known_and_unknown,
    "without gradients": lambda x: x * Round.apply(x).detach() + _quiet(x),
}


def _quiet(x: Any) -> Any:
    with dp.no_grad():
        return Cube.apply(x)


class Layer(nn.Module):
    """A Function on what a layer gives and on a parameter of its own."""

    def __init__(self, use: Callable[[Any], Any]) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(4, 3), nn.Linear(3, 3)
        self.scale = nn.Parameter(dp.tensor([0.5, -1.0, 2.0]))
        self.use = use

    def forward(self, x: Any) -> Any:
        return self.last(self.use(self.first(x)) * Asks.apply(self.scale, self.scale + 1))


def layer(use: Callable[[Any], Any]) -> Any:
    dp.manual_seed(3)
    return Layer(use)


def batches(n: int) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(0)
    return [(rng.normal(size=(6, 4)).astype("float32"), rng.integers(0, 3, 6)) for _ in range(n)]


def alike(found: Any, wanted: Any) -> None:
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-6)
