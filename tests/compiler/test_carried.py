"""State that an object holds from call to call: carried by the program, refused, or begun anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.core.errors import GraphError
from tests.compiler.steps import graph
from tests.compiler.stories import X

nn = dp.nn


class Holder:
    """An object whose attributes are the state."""

    h: Any
    v: Any
    w: Any
    scale: Any


def test_a_state_is_part_of_the_program() -> None:
    """Two traces, for the number at first and for tensors, and no more."""

    class Average:
        value: Any = 0.0

        @graph
        def step(self, x: Any) -> Any:
            self.value = 0.9 * self.value + 0.1 * x.mean()
            return self.value

    a = Average()
    a.value = 0.0
    for _ in range(10):
        y = a.step(X)
    assert y is not None
    assert a.step._traces == 2
    losses = [a.value.item()]
    for k in range(40):
        losses.append(a.step.epoch(X, batch_size=5)[0].item())
        assert a.value.item() == losses[-1]
        assert k < 39 or a.step._traces <= 4
    assert losses[-1] == pytest.approx(X.mean().item(), rel=0.02)


def test_states_of_another_shape_or_with_gradients() -> None:
    """They cannot be carried from call to call: refused, or run eagerly, and right in any case."""

    def run(wrap: Any) -> list[Any]:
        o, q, p = Holder(), Holder(), dp.ones(4, requires_grad=True)
        o.scale, q.scale = dp.zeros(4), dp.zeros(4)
        found: list[Any] = []

        @wrap
        def grown(x: Any) -> Any:
            o.scale = dp.cat([o.scale, x[0]])
            return o.scale.sum()

        @wrap
        def learned(x: Any) -> Any:
            p.grad = None
            q.scale = q.scale.detach() * 0.5 + p * x.sum()
            q.scale.sum().backward()
            return p.grad * 1

        for f in (grown, learned):
            for k in range(4):
                found.append(f(X * k).detach().numpy())
        return found

    expected = run(lambda f: f)
    with pytest.warns(RuntimeWarning, match="learned runs eagerly, since .* was computed outside"):
        got = run(graph)
    for a, b in zip(expected, got, strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-5)


def test_tensors_that_share_memory_are_not_parted() -> None:
    """Views that are kept: refused or run eagerly, and right in any case."""

    def run(wrap: Any) -> list[Any]:
        a, found = Holder(), []
        a.h, a.v, a.w = dp.zeros(3), dp.zeros(2), dp.zeros(3)

        @wrap
        def viewed(x: Any) -> Any:
            a.h.add_(x)
            r = a.v.sum()
            a.v = a.h[:2]
            return r

        @wrap
        def parted(x: Any) -> Any:
            a.h = a.h + x
            a.w = a.h.detach()
            return a.w.sum()

        def doubled(x: Any) -> Any:  # the caller's
            a.h.mul_(2.0)
            return a.w.sum() + a.v.sum()

        for k in range(4):
            for f in (viewed, parted, doubled):
                found.append(f(dp.ones(3) * (k + 1)).item())
        return found

    expected = run(lambda f: f)
    with pytest.warns(RuntimeWarning, match=r"sets a\.[hvw] to a view of another tensor"):
        got = run(graph)
    assert got == expected
    h = dp.ones(3)
    alias = h.detach()
    with pytest.raises(GraphError, match="shares memory"):
        graph(lambda x: h.mul_(2.0).sum() + alias.sum())(X)
    p, q = nn.Parameter(dp.ones(2)), nn.Parameter(dp.zeros(2))

    @graph
    def tied(x: Any) -> Any:
        p.data = q.data
        return (p * x).sum()

    with pytest.raises(GraphError, match=r"\.data of f32\[2\] is set to a tensor from outside"):
        tied(dp.ones(2))


def test_a_state_that_is_begun_anew() -> None:
    """Set to None before each sequence: two programs, nothing eager."""
    o = Holder()

    @graph
    def step(x: Any) -> Any:
        o.h = x * 1 if o.h is None else dp.tanh(o.h + x)
        return o.h.sum()

    for k in range(12):
        if k % 3 == 0:
            o.h, h = None, None
        h = X if h is None else dp.tanh(h + X)
        assert step(X).item() == pytest.approx(h.sum().item())
    assert step._traces == 2
    o.h = dp.ones(5, 4)

    @graph
    def ended(x: Any) -> Any:
        y = o.h.sum() + x.sum()
        o.h = None
        return y

    assert ended(X).item() == pytest.approx(20 + X.sum().item())
    assert o.h is None
