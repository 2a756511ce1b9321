"""What cuts a graph, functions that call modules, and random numbers."""

from __future__ import annotations

import functools
import random

import numpy as np

import denpa as dp
from denpa.check.subjects.model import function, model
from tests.check.test_model import Calls, F, Half, Square, T, X, two


def test_a_cut_graph_and_a_plain_list() -> None:
    class Cut(dp.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = dp.nn.Linear(4, 5), dp.nn.Linear(5, 3)

        def forward(self, x):
            return self.b(self.a(x).tanh().detach())

    found = model(Cut(), F.cross_entropy, X, T)
    assert [(f.name, f.also, f.mistake) for f in found.findings] == [
        ("x", ("a.weight", "a.bias"), "missing")
    ]
    assert found.findings[0].location.text == "return self.b(self.a(x).tanh().detach())"
    assert "届きません" in model(Cut(), F.cross_entropy, X, T, language="ja").findings[0].text
    assert found.compared["b.weight"].ok

    class Plain(dp.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = [dp.nn.Linear(4, 5)]
            self.b = dp.nn.Linear(5, 3)

        def forward(self, x):
            return self.b(self.layers[0](x))

    found = model(Plain(), None, X)
    assert [(f.name, f.also) for f in found.findings] == [("layers[0].weight", ("layers[0].bias",))]
    assert "plain list" in found.findings[0].text
    assert "use ModuleList" in found.notes[0]
    assert "ModuleList" in model(Plain(), None, X, language="ja").notes[0]


def test_a_wrong_network_of_right_layers_is_told_where_numbers_leave_the_graph() -> None:
    class Centred(dp.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = dp.nn.Linear(4, 3)

        def forward(self, x):
            h = self.a(x)
            with dp.no_grad():
                m = h.mean()
            return h - m

    found = model(Centred(), None, X)
    assert not found.ok
    assert "numbers leave the graph" in found.notes[-1]
    assert "m = h.mean()" in found.notes[-1] or "with dp.no_grad():" in found.notes[-1]
    assert "計算グラフから外れて" in model(Centred(), None, X, language="ja").notes[-1]


def test_all_gradients_zero_is_said() -> None:
    class Steps(dp.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = dp.nn.Linear(4, 3)

        def forward(self, x):
            return (self.a(x) * 1e-3).round()

    found = model(Steps(), None, X)
    assert found.ok
    assert "every gradient is 0" in found.notes[-1]
    assert not any("every" in n for n in model(dp.nn.Linear(4, 3), None, X).notes)


def test_modules_that_a_function_calls() -> None:
    class Scaled(dp.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = dp.nn.Linear(4, 3)

        def forward(self, x, *, scale):
            return Half.apply(self.a(x)) * scale if scale < 0 else self.a(x).tanh() * scale

    net = Scaled()
    before = [(p.dtype, p.detach().numpy().copy()) for p in net.parameters()]
    for f, name in (
        (lambda x: net(x, scale=2.0), "net."),
        (functools.partial(net, scale=2.0), "net."),
        (functools.partial(net.forward, scale=2.0), "self."),
        (functools.partial(lambda m, x: m(x, scale=2.0), net), "x0."),
        (lambda x, m=net: m(x, scale=2.0), "m."),
    ):
        found = function(f, X)
        assert found.ok
        assert list(found.compared)[1:] == [f"{name}a.weight", f"{name}a.bias"]
    assert not function(lambda x: net(x, scale=-1.0), X).ok
    for p, (kind, a) in zip(net.parameters(), before, strict=True):
        assert p.dtype == kind
        assert np.array_equal(p.detach().numpy(), a)


def test_a_function_that_inherits_forward() -> None:
    found = model(two(Calls(Half)), None, X)  # its forward is Square's
    assert {f.part for f in found.findings} == {"1 (Calls), Half"}
    assert model(two(Calls(Square)), None, X).ok


def test_random_numbers_of_python_and_of_dropout() -> None:
    class Sometimes(dp.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = dp.nn.Linear(4, 3)

        def forward(self, x):
            return self.a(x) * (2 if random.random() < 0.5 else 1)

    state = random.getstate()
    for seed in range(4):
        assert model(Sometimes(), None, X, seed=seed).ok
    assert random.getstate() == state
    # In float32 dropout drops others: that is no rounding.
    for seed in range(6):
        dp.manual_seed(seed)
        net = dp.nn.Sequential(dp.nn.Linear(4, 8), dp.nn.Dropout(0.5), dp.nn.Linear(8, 3))
        assert not any("rounding" in n for n in model(net, F.cross_entropy, X, T).notes)
