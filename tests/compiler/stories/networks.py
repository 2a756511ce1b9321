"""Networks, optimizers, hooks; what a call sets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import denpa as dp
from tests.compiler.stories.told import Box, Wrap, X, compiled

F, nn = dp.nn.functional, dp.nn


# -- networks, optimizers, hooks -------------------------------------------------------------------


@compiled
def a_network_in_a_dict(w: Wrap) -> Iterator[Any]:
    dp.manual_seed(0)
    d = {"net": nn.Sequential(nn.Linear(4, 2))}
    f = w(lambda x: d["net"](x).sum())
    yield f(X)
    d["net"].append(nn.Tanh())
    yield f(X)
    d["net"][1] = nn.ReLU()
    yield f(X)
    d["net"] = nn.Sequential(nn.Linear(4, 3))
    yield f(X)


@compiled
def subclasses_of_layers(w: Wrap) -> Iterator[Any]:
    class Mine(nn.Dropout):
        pass

    class Line(nn.Linear):
        pass

    dp.manual_seed(0)
    drop, line = Mine(0.5), Line(4, 4)
    f = w(lambda x: drop(line(x)).sum())
    yield f(X)
    drop.p = 0.9
    yield f(X)
    line.bias = None
    yield f(X)
    drop.eval()
    yield f(X)


@compiled
def hooks(w: Wrap) -> Iterator[Any]:
    t, k = dp.ones(4, requires_grad=True), [1.0]
    net = nn.Tanh()
    handle = t.register_hook(lambda g: g * k[0])

    @w
    def f(x: Any) -> Any:
        t.grad = None
        (net(x) * t).sum().backward()
        return t.grad * 1

    yield f(X)
    k[0] = 2.0
    yield f(X)
    handle.remove()
    yield f(X)
    t.register_hook(lambda g: g * 5)
    yield f(X)
    before = net.register_forward_hook(lambda m, i, o: o * k[0])
    yield f(X)
    k[0] = 3.0
    yield f(X)
    before.remove()
    net.register_forward_hook(lambda m, i, o: o * 7)
    yield f(X)


@compiled
def state_of_an_optimizer(w: Wrap) -> Iterator[Any]:
    p = dp.ones(4, requires_grad=True)
    opt = dp.optim.Adam([p], lr=0.1)

    @w
    def f(x: Any) -> Any:
        opt.zero_grad()
        loss = (x * p).sum()
        loss.backward()
        opt.step()
        return loss

    for k in range(12):
        yield f(X)
        yield p.detach().clone()
        if k == 3:
            opt.param_groups[0]["betas"] = (0.5, 0.9)
        if k == 5:
            opt.state.clear()
        if k == 7:
            opt.state[p]["exp_avg"] = dp.ones(4)
        if k == 9:
            opt.state[p]["step"] = dp.tensor(1.0)
    assert opt.state[p]["step"].item() == 3


@compiled
def a_rate_that_code_reads(w: Wrap) -> Iterator[Any]:
    p = dp.ones(4, requires_grad=True)
    opt = dp.optim.SGD([p], lr=0.1)

    @w
    def f(x: Any) -> Any:
        opt.zero_grad()
        loss = (x * p).sum() * opt.param_groups[0]["lr"]
        loss.backward()
        opt.step()
        return loss

    for _ in range(4):
        yield f(X)
        opt.param_groups[0]["lr"] *= 0.5


@compiled
def an_attribute_of_an_optimizer(w: Wrap) -> Iterator[Any]:
    opt: Any = dp.optim.SGD([dp.ones(1, requires_grad=True)], lr=0.1)
    opt.scale = Box(2.0)
    f = w(lambda x: x.sum() * opt.scale.k)
    yield f(X)
    opt.scale.k = 3.0
    yield f(X)


# -- what a call sets ------------------------------------------------------------------------------


@compiled
def modes_set_inside(w: Wrap) -> Iterator[Any]:
    net = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3))

    @w
    def f(x: Any) -> Any:
        net.train()
        return net(x).sum() + net[1].running_mean.sum()

    dp.manual_seed(0)
    net[0].reset_parameters()
    for _ in range(3):
        yield f(X)
        assert net.training
        net.eval()
        yield f(X)


@compiled
def results_kept_in_attributes(w: Wrap) -> Iterator[Any]:
    class M(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.line = nn.Linear(4, 2)
            self.last: Any = None
            self.seen: dict[str, Any] = {}

        def forward(self, x: Any) -> Any:
            self.last = self.line(x)
            self.seen["a"] = self.last * 2
            return self.last.sum()

    dp.manual_seed(0)
    m = M()
    f = w(m)
    for k in range(5):
        yield f(X * k)
        yield m.last.detach()
        yield m.seen["a"].detach()
        if k == 2:
            m.seen.clear()
        if k == 3:
            m.line = nn.Linear(4, 3)


@compiled
def made_when_first_asked_for(w: Wrap) -> Iterator[Any]:
    class M(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.place: Any = None
            self.table: Any = None

        def forward(self, x: Any) -> Any:
            if self.place is None:
                self.place = dp.arange(4).float()
                self.table = {"k": 2.0}
            return (x + self.place).sum() * self.table["k"]

    m = M()
    f = w(m)
    yield f(X)
    yield f(X)
    m.place = dp.ones(4)
    yield f(X)
    m.table["k"] = 3.0
    yield f(X)


@compiled
def whether_a_result_was_kept(w: Wrap) -> Iterator[Any]:
    """Only that it is there is read, not its numbers."""
    o = Box(dp.zeros(()))

    @w
    def f(x: Any) -> Any:
        y = x.sum() * (2.0 if o.k is None else 1.0)
        o.k = y
        return y * 1

    for k in range(6):
        yield f(X)
        if k in (2, 4):
            o.k = None


@compiled
def a_gradient_from_outside_as_it_is(w: Wrap) -> Iterator[Any]:
    t, k = dp.ones(4, requires_grad=True), [1.0]
    f = w(lambda x: (t.grad, x.sum() * k[0]))
    for n in range(3):
        t.grad = dp.ones(4) * n
        found, y = f(X)
        assert found is t.grad
        yield found
        yield y
    k[0] = 2.0
    yield f(X)[1]
