"""`dp.explain` looks and touches nothing: gradients, random numbers, statistics, the graph
are afterwards what they were, and backward() gives the same bits as if nobody had looked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import denpa as dp
from denpa import nn
from denpa.autodiff.mode import STATE
from denpa.core.graph import Value
from tests.explanation.nets import ALL

F = nn.functional
Made = tuple[Any, Any]  # a loss, and the network that has to live as long


# -- networks --------------------------------------------------------------------------------------


def _target(n: int) -> Any:
    return dp.tensor([k % 3 for k in range(n)])


def dropout(n: int) -> Made:
    net = nn.Sequential(nn.Linear(4, 6), nn.Dropout(0.5), nn.ReLU(), nn.Linear(6, 3))
    return F.cross_entropy(net(dp.randn(n, 4)), _target(n)), net


def batch_norm(n: int) -> Made:
    net = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, 3))
    return F.cross_entropy(net(dp.randn(n + 1, 4)), _target(n + 1)), net


def convolution(n: int) -> Made:
    net = nn.Sequential(
        nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(12, 3),
    )  # fmt: skip
    return F.cross_entropy(net(dp.randn(n, 1, 6, 6)), _target(n)), net


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.read, self.go = nn.Linear(2, 3), nn.Linear(3, 3)

    def forward(self, x: Any) -> Any:
        h = dp.zeros(x.shape[0], 3)
        for k in range(x.shape[1]):
            h = (self.read(x[:, k]) + self.go(h)).tanh()
        return h


def loop(n: int) -> Made:
    net = Recurrent()
    return F.cross_entropy(net(dp.randn(n, 5, 2)), _target(n)), net


class Cube(dp.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        (x,) = ctx.saved_tensors
        return 3 * x * x * g


def own_function(n: int) -> Made:
    net = nn.Sequential(nn.Linear(4, 3))
    return F.cross_entropy(Cube.apply(net(dp.randn(n, 4))), _target(n)), net


def in_place(n: int) -> Made:
    net = nn.Sequential(nn.Linear(4, 3))
    z = net(dp.randn(n, 4)) * 2
    z += 1
    z.tanh_()
    return F.cross_entropy(z, _target(n)), net


def shared_weight(n: int) -> Made:
    net = nn.Sequential(nn.Linear(4, 4))
    x = dp.randn(n, 4)
    return (net(net(x).sigmoid()) + net[0].weight.sum()).square().mean(), net


def embedding(n: int) -> Made:
    net = nn.Sequential(nn.Embedding(5, 3), nn.Flatten(), nn.Linear(6, 3))
    return F.cross_entropy(net(dp.tensor([[k % 5, 2] for k in range(n)])), _target(n)), net


def random_inside(n: int) -> Made:
    net = nn.Sequential(nn.Linear(4, 3))
    return (net(dp.randn(n, 4)) * dp.rand(n, 3)).sum(), net


NETS: dict[str, Callable[[int], Made]] = {
    f.__name__: f
    for f in (dropout, batch_norm, convolution, loop, own_function, in_place, shared_weight,
              embedding, random_inside)
}  # fmt: skip


# -- what there is ---------------------------------------------------------------------------------


def values_of(loss: Any) -> list[Value]:
    """All that a loss was made of, by any way that the engine keeps."""
    found: dict[int, Value] = {}
    stack = [loss._value]
    while stack:
        v = stack.pop()
        if id(v) in found:
            continue
        found[id(v)] = v
        stack += [x for x in (*v.inputs, v.rule, v.origin, v.forward) if isinstance(x, Value)]
    return sorted(found.values(), key=lambda v: v.number)


def _bits(a: Any) -> Any:
    return None if a is None else (a.dtype.str, a.shape, a.tobytes(), a.flags.writeable)


def snapshot(loss: Any, net: Any) -> dict[str, Any]:
    """Everything that could change."""
    values = values_of(loss)
    return {
        "graph": [
            (
                id(v), v.op, tuple(map(id, v.inputs)), v.seen, v.version, v.requires_grad, v.number,
                v.scope, v.source, None if v.hooks is None else list(v.hooks), v.owner,
                sorted((k, repr(p)) for k, p in v.params.items()),
            )
            for v in values
        ],
        "arrays": [_bits(v.array) for v in values],
        "parameters": [(n, id(p), _bits(p._value.array), p.requires_grad)
                       for n, p in net.named_parameters()],
        "gradients": [(n, id(p.grad), None if p.grad is None else _bits(p.grad._value.array))
                      for n, p in net.named_parameters()],
        "buffers": [(n, id(b), _bits(b._value.array)) for n, b in net.named_buffers()],
        "random": dp.get_rng_state().tolist(),
        "numpy": repr(np.random.get_state()),
        "training": [m.training for m in net.modules()],
        "mode": (STATE.recording, STATE.anomaly, STATE.backward, STATE.tracer),
    }  # fmt: skip


def look(loss: Any) -> None:
    """All that can be asked."""
    e = dp.explain(loss)
    e.to_dict()
    e._repr_html_()
    str(e)
    sample = None if e.batch_size is None else 0
    for name in e.names:
        e.messages(name)
        if e.delta(name) is not None:
            e.derivation(name, (0,) * e.value(name).ndim)
        if e._node(name).role == "parameter" and sample is not None:
            e.blame(name)
            e.derivation(name, (0,) * e.value(name).ndim, sample)
    if sample is not None:
        e.blame()


def twin(build: Callable[[], Made], seed: int, looks: int) -> list[Any]:
    """The gradients of a network, looked at so often before backward(), and what is drawn next."""
    dp.manual_seed(seed)
    loss, net = build()
    for _ in range(looks):
        look(loss)
    loss.backward()
    found = [_bits(p.grad._value.array) for p in net.parameters() if p.grad is not None]
    found += [_bits(b._value.array) for b in net.buffers()]
    return [*found, dp.randn(3).tolist()]


@pytest.mark.parametrize("name", sorted(NETS))
@settings(deadline=None, max_examples=5)
@given(n=st.integers(1, 4), seed=st.integers(0, 2**31), before=st.booleans())
def test_nothing_changes(name: str, n: int, seed: int, before: bool) -> None:
    dp.manual_seed(seed)
    loss, net = NETS[name](n)
    if before:  # gradients that are there already
        loss.backward(retain_graph=True)
    then = snapshot(loss, net)
    look(loss)
    now = snapshot(loss, net)
    for part, was in then.items():
        assert now[part] == was, part
    assert twin(lambda: NETS[name](n), seed, 2) == twin(lambda: NETS[name](n), seed, 0)


@pytest.mark.parametrize("name", ALL)
def test_nothing_changes_for_any_layer_or_loss(name: str) -> None:
    dp.manual_seed(3)
    loss, net = ALL[name]()
    then = snapshot(loss, net)
    look(loss)
    now = snapshot(loss, net)
    for part, was in then.items():
        assert now[part] == was, part
    assert twin(ALL[name], 3, 1) == twin(ALL[name], 3, 0)


def test_a_failed_look_changes_nothing() -> None:
    net = nn.Sequential(nn.Linear(4, 3))
    z = net(dp.randn(2, 4))
    then = snapshot(z, net)
    with pytest.raises(RuntimeError):
        dp.explain(z)
    with pytest.raises(IndexError):
        dp.explain(z.sum(), start=7)
    assert snapshot(z, net) == then


def test_hooks_do_not_run() -> None:
    net = nn.Sequential(nn.Linear(4, 3), nn.ReLU())
    heard: list[str] = []
    net[0].register_forward_hook(lambda *_: heard.append("forward"))
    net[0].weight.register_hook(lambda g: heard.append("weight"))
    h = net(dp.randn(2, 4))
    h.register_hook(lambda g: heard.append("h") or g * 100)
    h.retain_grad()
    loss = h.sum()
    assert heard == ["forward"]
    e = dp.explain(loss)
    look(loss)
    assert heard == ["forward"]
    assert h.grad is None
    assert e.delta("h").tolist() == [[1.0] * 3] * 2, "without what the hook would do"
    loss.backward()
    assert sorted(heard) == ["forward", "h", "weight"]
    assert h.grad is not None


def test_a_kept_gradient_stays() -> None:
    x = dp.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    y.retain_grad()
    y.sum().backward(retain_graph=True)
    assert y.grad is not None
    kept, own = y.grad, x.grad
    look(y.square().sum())
    assert y.grad is kept
    assert x.grad is own
    assert (kept.tolist(), own.tolist()) == ([1.0, 1.0], [2.0, 2.0])


def test_the_numbers_of_an_explanation_are_its_own() -> None:
    net = nn.Sequential(nn.Linear(2, 2))
    x = dp.randn(3, 2)
    loss = net(x).square().sum()
    e = dp.explain(loss)
    before = e.value("0.weight").copy()
    with dp.no_grad():
        net[0].weight.mul_(0)
        x.mul_(0)
    assert (e.value("0.weight") == before).all(), "what is changed later is not seen"
    with pytest.raises(ValueError, match="read-only"):
        e.value("0.weight")[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        e.delta("0.weight")[0, 0] = 1


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("name", ["convolution", "own_function", "loop", "in_place"])
def test_questions_may_come_after_the_step(
    name: str, large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("denpa.explanation.tape.LARGE", 0 if large else 10**9)

    def asked(late: bool) -> list[Any]:
        dp.manual_seed(1)
        loss, net = NETS[name](3)
        e = dp.explain(loss)
        if late:
            loss.backward()
            dp.optim.SGD(net.parameters(), lr=10.0).step()
        found: list[Any] = [e.to_dict()]
        for n in e.names:
            if e.delta(n) is not None:
                d = e.derivation(n, (0,) * e.value(n).ndim)
                found.append((n, d.result, d.gradient, d.agrees))
        return found

    assert asked(late=True) == asked(late=False)
