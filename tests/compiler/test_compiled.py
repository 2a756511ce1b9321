"""`dp.compile`: results, epochs, programs and their number. See test_steps.py for the numbers."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.compiler.run import backend
from denpa.compiler.run.compiled import LIMIT
from denpa.core.errors import ShapeError
from tests.compiler.steps import (
    OPTIMIZERS,
    all_of,
    batch,
    eager,
    graph,
    mlp,
    noisy,
    plain,
    sgd,
)

nn = dp.nn


# -- results -------------------------------------------------------------------------------------


def test_a_compiled_network_can_be_differentiated() -> None:
    net = noisy()
    predict = graph(net)
    for mode in (True, False):
        net.train(mode)
        found = []
        for call in (net, predict):
            dp.manual_seed(1)
            x = dp.tensor(batch(0)[0], requires_grad=True)
            net.zero_grad()
            saved = {k: v.numpy().copy() for k, v in net.state_dict().items()}
            y = call(x)
            (y**2).sum().backward()
            grads = [p.grad.numpy() for p in net.parameters()]
            buffers = [b.numpy().copy() for b in net.buffers()]
            found.append([y.detach().numpy(), x.grad.numpy(), *grads, *buffers])
            net.load_state_dict(saved)
        for a, b in zip(*found, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    with dp.no_grad():
        assert not predict(dp.tensor(batch(0)[0])).requires_grad
    assert predict.training is False
    assert len(list(predict.parameters())) == 6


def test_what_is_changed_between_forward_and_backward_is_found() -> None:
    net = mlp()
    y = graph(net)(batch(0)[0]).sum()
    with dp.no_grad():
        net[0].weight.mul_(2)
    with pytest.raises(RuntimeError, match="changed in place after the call"):
        y.backward()


def test_backward_through_a_step_is_refused() -> None:
    net = mlp()
    loss = graph(plain(net, sgd(net.parameters())))(*batch(0))
    with pytest.raises(RuntimeError, match="calls backward itself"):
        loss.backward()


def test_results_that_are_not_computed() -> None:
    w = dp.ones(3)
    f = graph(lambda x, k=2: {"x": x, "w": w, "c": dp.zeros(2), "n": k, "y": (x * k, None)})
    x = dp.ones(3)
    r = f(x)
    assert r["x"] is x
    assert r["w"] is w
    assert r["n"] == 2
    assert r["y"][1] is None
    r["c"].fill_(7)
    assert f(x)["c"].tolist() == [0, 0]
    assert f(x, k=3)["y"][0].tolist() == [3, 3, 3]


def test_gradients_of_arguments() -> None:
    @graph
    def f(x: Any) -> Any:
        (x * x).sum().backward()
        return x * 2

    x = dp.tensor([1.0, 2.0], requires_grad=True)
    f(x)
    assert x.grad.tolist() == [2, 4]
    f(x)  # it has a gradient: eager mode, which adds
    assert x.grad.tolist() == [4, 8]


def test_memory_that_is_not_contiguous() -> None:
    w = nn.Parameter(dp.from_numpy(np.zeros((3, 4), np.float32).T))
    assert not w.detach().numpy().flags.c_contiguous

    @graph
    def f(x: Any) -> Any:
        with dp.no_grad():
            w.add_(x)
        return w.sum()

    f(dp.ones(4, 3))
    version = w._value.version
    assert f(dp.ones(4, 3)).item() == 24
    assert w._value.version > version
    assert (w.detach().numpy() == 2).all()


def test_random_numbers_are_those_of_eager_mode() -> None:
    g = dp.Generator().manual_seed(5)
    f = graph(lambda x: x + dp.randn(3, generator=g))
    found = [f(dp.zeros(3)).tolist() for _ in range(2)]
    g.manual_seed(5)
    assert found == [dp.randn(3, generator=g).tolist() for _ in range(2)]
    g.manual_seed(5)
    assert f(dp.zeros(3)).tolist() == found[0]


# -- epochs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", ["adam", "dampening"])
@pytest.mark.parametrize("rows", [50, 48])
def test_an_epoch_is_its_steps(rows: int, optimizer: str) -> None:
    x, y = batch(0, rows)
    order = np.random.default_rng(1).permutation(rows)
    rates = np.linspace(0.1, 0.01, -(-rows // 12))
    found = []
    for kind in ("steps", "graph", "eager"):
        dp.manual_seed(0)
        net = noisy()
        opt = OPTIMIZERS[optimizer](net.parameters())
        step = (graph if kind == "graph" else eager)(plain(net, opt))
        told: list[int] = []
        if kind == "steps":
            losses = []
            for k, rate in enumerate(rates):
                opt.param_groups[0]["lr"] = float(rate)
                part = order[12 * k : 12 * k + 12]
                losses.append(step(x[part], y[part]).item())
        else:
            result = step.epoch(
                x, dp.tensor(y), batch_size=12, order=order, options={"lr": rates},
                progress=told.append,
            )  # fmt: skip
            assert result.shape == (len(rates),)
            assert told[-1] == len(rates)
            losses = result.tolist()
        found.append([np.array(losses, np.float32), *all_of(net, opt)])
    for a, b, c in zip(*found, strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(c, a, rtol=1e-5, atol=1e-6)


def test_native_code_runs_the_same_steps() -> None:
    pytest.importorskip("llvmlite")
    x, y = batch(0, 40)
    found = []
    for compile_ in (graph, dp.compile):
        dp.manual_seed(0)
        net = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Dropout(0.4), nn.Linear(6, 3))
        opt = OPTIMIZERS["momentum"](net.parameters())
        step = compile_(plain(net, opt))
        losses = [step(x[:12], y[:12]).item(), *step.epoch(x, y, batch_size=12).tolist()]
        found.append([np.array(losses), *all_of(net, opt)])
        assert len(step.programs()) == 2
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_ctrl_c_leaves_whole_steps() -> None:
    w = dp.zeros(())

    @graph
    def f(x: Any) -> Any:
        w.add_(1)
        return x.sum()

    def stop(done: int) -> None:
        if done >= 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        f.epoch(np.ones((4000, 1)), batch_size=1, progress=stop)
    assert 3 <= w.item() < 4000


def test_errors_of_an_epoch() -> None:
    f = graph(lambda x, y: (x * y).sum(1))
    x = np.ones((5, 2))
    with pytest.raises(ShapeError, match="number of rows, not 5, 4"):
        f.epoch(x, x[:4], batch_size=2)
    with pytest.raises(IndexError, match="row 5; there are rows 0 to 4"):
        f.epoch(x, x, batch_size=2, order=[0, 5])
    with pytest.raises(RuntimeError, match="drop_last"):
        f.epoch(x, x, batch_size=2)
    assert f.epoch(x, x, batch_size=2, drop_last=True).shape == (2, 2)
    with pytest.raises(RuntimeError, match="a number for each of 3 batches"):
        f.epoch(x, x, batch_size=2, options={"lr": [0.1]})


# -- programs and their number -------------------------------------------------------------------


def test_ever_new_shapes_are_told_once_and_run_eagerly() -> None:
    def f(x: Any) -> Any:
        return x.sum()

    step = graph(f)
    for n in range(1, LIMIT + 1):
        step(dp.ones(n))
    with pytest.warns(RuntimeWarning, match="argument x: dim 0 took the sizes 1, 2, 3, 4, …"):
        assert step(dp.ones(20)).item() == 20
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert step(dp.ones(21)).item() == 21
    assert len(step.programs()) == LIMIT


SCALE = 2.0


def test_globals_closures_and_objects_are_guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    settings, shift = {"a": [1.0]}, 0.0

    class Thing:
        factor = 1.0

        def __init__(self) -> None:
            self.bonus, self.other = 0.0, 0

        @dp.compile(backend="graph")
        def run(self, x: Any) -> Any:
            return self.inner(x) * settings["a"][0] + shift

        def inner(self, x: Any) -> Any:
            return x * SCALE + self.bonus

    thing, second = Thing(), Thing()
    one = dp.ones(1)
    assert thing.run(one).item() == 2
    thing.other = 5
    assert thing.run(one).item() == 2
    assert len(thing.run.programs()) == 1
    thing.bonus = 1.0
    assert thing.run(one).item() == 3
    settings["a"][0] = 2.0
    assert thing.run(one).item() == 6
    shift = 1.0
    assert thing.run(one).item() == 7
    monkeypatch.setitem(globals(), "SCALE", 3.0)
    assert thing.run(one).item() == 9
    monkeypatch.undo()
    assert second.run(one).item() == 5


class Box:
    """A place that no look at the function finds."""

    net: Any = None


def test_modules_are_guarded_wherever_they_are() -> None:
    Box.net = nn.Dropout(0.0)
    f = graph(lambda x: Box.net(x).sum())
    assert f(dp.ones(4)).item() == 4
    Box.net.p = 1.0
    assert f(dp.ones(4)).item() == 0
    Box.net.eval()
    assert f(dp.ones(4)).item() == 4


def test_numbers_among_the_arguments_are_part_of_a_program() -> None:
    f = graph(lambda x, k, name="a": x * k if name == "a" else x)
    one = dp.ones(1)
    assert [f(one, k).item() for k in (2, 3, 2.5, 3.5)] == [2, 3, 2.5, 3.5]
    assert f(one, 3, name="b").item() == 1
    assert f(one, 3, "a").item() == 3
    assert str(f(one, -0.0).item()) == "-0.0"
    assert str(f(one, 0.0).item()) == "0.0"
    g = graph(lambda x, pair: x + pair[0] + pair[1])
    assert g(one, [dp.ones(1), 1]).item() == 3
    assert g(one, (dp.ones(1), 2)).item() == 4


def test_the_setting_of_gradients_is_part_of_a_program() -> None:
    w = dp.ones(2, requires_grad=True)
    f = graph(lambda x: (w * x).sum())
    with dp.no_grad():
        assert not f(dp.ones(2)).requires_grad
    assert f(dp.ones(2)).requires_grad


def test_inside_another_one_or_a_trace() -> None:
    inner = graph(lambda x: x * 2)
    outer = graph(lambda x: inner(x) + 1)
    assert outer(dp.ones(2)).tolist() == [3, 3]
    assert not inner.programs()
    assert "mul" in str(dp.func.trace(inner, dp.ones(2)))


def test_anomalies_compile_a_program_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    build = backend.build_of
    monkeypatch.setattr(backend, "build_of", lambda *a: seen.append(a[3]) or build(*a))
    f = graph(lambda x: x * 2)
    f(dp.ones(2))
    with dp.autograd.detect_anomaly():
        f(dp.ones(2))
    assert seen == [False, True]


def test_without_llvmlite_it_is_eager_and_says_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from denpa.compiler.emit import llvm

    monkeypatch.setattr(llvm, "available", lambda: False)
    monkeypatch.setattr(backend, "_told", [False])
    f, g = dp.compile(lambda x: x * 2), dp.compile(lambda x: x * 3)
    with pytest.warns(RuntimeWarning, match="llvmlite is not installed"):
        assert f(np.ones(2)).tolist() == [2, 2]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert g(dp.ones(2)).tolist() == [3, 3]


def test_the_arguments_of_compile() -> None:
    assert dp.compile(disable=True)(lambda x: x)._backend == "eager"
    for wrong in ({"mode": "max-autotune"}, {"dynamic": True}, {"options": {"a": 1}}):
        with pytest.raises(NotImplementedError, match="is not offered"):
            dp.compile(lambda x: x, **wrong)
    with pytest.raises(ValueError, match="'native', 'graph', 'eager'"):
        dp.compile(lambda x: x, backend="inductor")
    with pytest.raises(TypeError, match="a function or a module, not int"):
        dp.compile(3)
