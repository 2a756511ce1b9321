"""Arguments, results, and what a call leaves behind."""

from __future__ import annotations

import dataclasses
import os
import tempfile
import threading
import time
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

import denpa as dp
from tests.compiler.stories.told import Box, Wrap, X, compiled, eager, refused

F, nn = dp.nn.functional, dp.nn


def line() -> tuple[Any, Any]:
    dp.manual_seed(0)
    net = nn.Linear(4, 1)
    return net, dp.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)


# -- arguments -------------------------------------------------------------------------------------


@compiled
def the_gradient_of_a_leaf_made_from_an_argument(w: Wrap) -> Iterator[Any]:
    net, _ = line()
    k = [1.0]

    @w
    def attacked(x: Any) -> Any:
        x = x.clone().requires_grad_()
        (net(x).square().mean() * k[0]).backward()
        return x.detach() + 0.1 * x.grad.sign() + x.grad

    yield attacked(X)
    k[0] = -2.0
    yield attacked(X)


@compiled
def keys_and_kinds_of_arguments(w: Wrap) -> Iterator[Any]:
    class Row(dict[str, Any]):
        k = 0.0

    f = w(lambda x, d: x.sum() * (1 if next(iter(d)) is True else 2) * getattr(d, "k", 1.0))
    yield f(X, {1: 0})
    yield f(X, {True: 0})
    row = Row(a=1)
    for k in range(3):
        row.k = float(k)
        yield f(X, row)
    o = Box(1.0)
    g = w(lambda x, o, s: x[s].sum() * o.k)
    for k in range(3):
        o.k = float(k)
        yield g(X, o, slice(k))


@compiled
def an_array_argument_is_a_tensor(w: Wrap) -> Iterator[Any]:
    k = [1.0]
    f = w(lambda a: (dp.tensor(a) * 2 + dp.from_numpy(a) if k[0] else dp.as_tensor(a)).sum())
    yield f(np.ones((2, 2), np.float32))
    k[0] = 0.0
    yield f(np.ones((2, 2), np.float32))


@compiled
def an_argument_with_a_hook(w: Wrap) -> Iterator[Any]:
    k = [1.0]
    f = w(lambda x, y: _pulled(x, y * k[0]))
    for k[0] in (1.0, 2.0):
        u = dp.ones(4, requires_grad=True)
        yield f(u, X)
        yield u.grad
        t = dp.ones(4, requires_grad=True)
        t.register_hook(lambda g: g * 10)
        yield f(t, X)
        yield t.grad


def _pulled(x: Any, y: Any) -> Any:
    (x * y).sum().backward()
    return x.detach()


@refused
def an_argument_computed_from_parameters(w: Wrap) -> Iterator[Any]:
    net, opt = line()

    @w
    def update(loss: Any) -> Any:
        opt.zero_grad()
        loss.backward()
        opt.step()
        return loss

    for _ in range(3):
        yield update(net(X).square().mean())


# -- optimizers ------------------------------------------------------------------------------------


@compiled
def momentum_comes_and_goes(w: Wrap) -> Iterator[Any]:
    net, opt = line()

    @w
    def step(x: Any) -> Any:
        opt.zero_grad()
        loss = net(x).square().mean()
        loss.backward()
        opt.step()
        return loss

    for momentum in (0.9, 0.9, 0.0, 0.0, 0.9, 0, -0.0, 0.8, 0.0, 0.9):
        opt.param_groups[0]["momentum"] = momentum
        yield step(X)
        yield net.weight.detach().clone()
        yield opt.state[net.weight]["momentum_buffer"].clone()


@compiled
def a_step_in_the_place_of_the_optimizers(w: Wrap) -> Iterator[Any]:
    net, opt = line()

    class Still(dp.optim.SGD):
        def step(self, closure: Any = None) -> Any:
            return None

    @w
    def step(x: Any) -> Any:
        opt.zero_grad()
        net(x).square().mean().backward()
        opt.step()
        return net.weight * 1

    yield step(X).detach()
    before = opt.step
    opt.step = lambda closure=None: None
    yield step(X).detach()
    opt.step = before
    yield step(X).detach()
    del opt.step
    opt.__class__ = Still
    yield step(X).detach()


# -- results ---------------------------------------------------------------------------------------


@compiled
def arrays_among_the_results(w: Wrap) -> Iterator[Any]:
    k, a = [1.0], np.ones(2, np.float32)
    f = w(lambda x: (x.sum() * k[0], np.arange(3) * k[0], a))
    for k[0] in (1.0, 2.0):
        y, b, c = f(X)
        assert type(b) is type(c) is np.ndarray
        assert c is a
        yield y
        yield dp.tensor(b)
        b[:] = 7  # nobody else's


@eager
def a_result_of_a_class(w: Wrap) -> Iterator[Any]:
    @dataclasses.dataclass
    class Out:
        loss: Any

    def f(x: Any) -> Any:
        return Out(x.sum())

    g = w(f)
    for k in range(3):
        yield g(X * k).loss


@eager
def a_generator_as_a_result(w: Wrap) -> Iterator[Any]:
    def f(x: Any) -> Any:
        yield x.sum()
        yield x.mean()

    g = w(f)
    for _ in range(3):
        yield from list(g(X))


@refused
def the_text_of_a_tensor(w: Wrap) -> Iterator[Any]:
    f = w(lambda x: {"text": str(x.sum())})
    yield f(X)


# -- what the attempt touches ----------------------------------------------------------------------


@eager
def files_of_numpy(w: Wrap) -> Iterator[Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.npy")
        f = w(lambda x: x.sum() * float(np.load(path)[0]))
        for k in (1.0, 2.0, 3.0):
            np.save(path, np.array([k]))
            yield f(X)


@eager
def a_lock_that_is_taken_before_the_culprit(w: Wrap) -> Iterator[Any]:
    lock = threading.Lock()

    @w
    def f(x: Any) -> Any:
        lock.acquire()
        k = time.time() * 0 + 2
        lock.release()
        return x.sum() * k

    for _ in range(3):
        yield f(X)
        assert not lock.locked()


@eager
def an_attribute_set_before_the_culprit(w: Wrap) -> Iterator[Any]:
    o, n = types.SimpleNamespace(), [0]

    @w
    def f(x: Any) -> Any:
        setattr(o, f"a{n[0]}", 1)
        return x.sum() * (time.time() * 0 + 2)

    for n[0] in range(3):
        yield f(X)
    assert vars(o) == {"a0": 1, "a1": 1, "a2": 1}


@compiled
def rows_with_attributes(w: Wrap) -> Iterator[Any]:
    """The very same object, whose attribute changes."""

    class Row(dict[str, Any]):
        k = 0.0

    f = w(lambda x, d: x.sum() * d.k)
    row = Row(a=1)
    for k in range(4):
        row.k = float(k)
        yield f(X, row)


@compiled
def a_number_stored_again_and_again(w: Wrap) -> Iterator[Any]:
    """What was fine at first is no error later: training does not stop in the middle."""
    o = Box(1.5)

    @w
    def f(x: Any) -> Any:
        o.k = 1.5
        return x.sum() * o.k

    for k in range(6):
        if k == 3:
            o.k = 2.0
        yield f(X)
        assert o.k == 1.5


@compiled
def a_key_in_the_place_of_another(w: Wrap) -> Iterator[Any]:
    d: dict[str, Any] = {"a": 2.0}
    f = w(lambda x: x.sum() * d.get("a", 5.0))
    yield f(X)
    d["b"] = d.pop("a")
    yield f(X)


# -- a state that goes from call to call -----------------------------------------------------------


@compiled
def states_in_attributes_dicts_and_buffers(w: Wrap) -> Iterator[Any]:
    class M(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("m", dp.zeros(4))
            self.h: Any = 0.0  # a number at first
            self.seen: dict[str, Any] = {"v": dp.zeros(4)}

        def forward(self, x: Any) -> Any:
            self.m = 0.9 * self.m + x.mean(0)
            self.h = dp.tanh(self.h + x.sum(0)).detach()
            self.seen["v"] = self.seen["v"] * 0.5 + self.h
            return self.m.sum() + self.h.sum() + self.seen["v"].sum()

    m = M()
    f = w(m)
    for k in range(9):
        yield f(X * k)
        yield m.m
        yield m.h
        if k == 4:
            m.seen["v"] = dp.ones(4)
        if k == 6:
            m.h = 0.5
        if k == 7:
            m.m = dp.ones(4, dtype=dp.float64)


@compiled
def states_that_others_have_too(w: Wrap) -> Iterator[Any]:
    """Two names of one tensor at first: only one of them is replaced."""
    first = dp.zeros(4)
    o, other = Box(first), Box(first)

    @w
    def f(x: Any) -> Any:
        o.k = o.k * 0.5 + x.sum(0)
        return (o.k + other.k).sum()

    for k in range(5):
        try:
            yield f(X * k)
        except dp.core.errors.GraphError:  # refused, or right
            o.k = o.k * 0.5 + (X * k).sum(0)
            yield (o.k + other.k).sum()
        if k == 3:
            other.k = dp.ones(4)


@compiled
def the_state_of_before_under_another_name(w: Wrap) -> Iterator[Any]:
    o: Any = types.SimpleNamespace(h=dp.zeros(4), before=None)
    d: dict[str, Any] = {"h": dp.zeros(4), "g": dp.zeros(4)}

    @w
    def f(x: Any) -> Any:
        o.before = o.h
        o.h = o.h * 0.5 + x.sum(0)
        d["h"].add_(1.0)
        d["g"] = d["h"]
        d["h"] = d["h"] * 2.0
        return o.h * 1

    for k in range(7):
        yield f(X * k)
        yield o.before
        yield o.h
        yield d["g"]
        if k == 4:
            o.h = dp.ones(4)
