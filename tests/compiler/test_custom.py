"""User-defined Functions in compiled functions: the user's backward is the derivative, whatever
forward does, and a program does what eager mode does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.compiler.trace.program import trace
from denpa.core.graph import Graph
from denpa.core.op import OPS
from tests.compiler.functions import (
    BACKENDS,
    USES,
    Asks,
    Cube,
    Round,
    Softsign,
    SumAndProduct,
    Unused,
    alike,
    batches,
    layer,
    two,
)
from tests.compiler.steps import OPTIMIZERS, all_of

F = dp.nn.functional
nn = dp.nn


# -- against eager mode --------------------------------------------------------------------------


def trained(use: Callable[[Any], Any], backend: str, optimizer: str) -> list[np.ndarray]:
    net = layer(use)
    opt = OPTIMIZERS[optimizer](net.parameters())

    def step(x: Any, y: Any) -> Any:
        opt.zero_grad()
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        opt.step()
        return loss

    run = dp.compile(step, backend=backend)
    losses = [run(x, y).detach().numpy() for x, y in batches(15)]
    if backend != "eager":
        assert len(run.programs()) >= 1
    return [*losses, *all_of(net, opt)]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("use", USES)
def test_training(use: str, backend: str) -> None:
    alike(trained(USES[use], backend, "adam"), trained(USES[use], "eager", "adam"))


@pytest.mark.parametrize("backend", BACKENDS)
def test_training_with_momentum(backend: str) -> None:
    alike(trained(two, backend, "momentum"), trained(two, "eager", "momentum"))


def pulled(use: Callable[[Any], Any], backend: str) -> list[np.ndarray]:
    """The backward of a compiled network, called outside, with updates between the calls."""
    net = layer(use)
    opt = dp.optim.SGD(net.parameters(), lr=0.1)
    predict = dp.compile(net, backend=backend)
    found = []
    for x, y in batches(5):
        opt.zero_grad()
        inside = dp.tensor(x, requires_grad=True)
        loss = F.cross_entropy(predict(inside), dp.tensor(y))
        loss.backward()
        found += [loss.detach().numpy(), inside.grad.numpy()]
        found += [p.grad.numpy().copy() for p in net.parameters()]
        opt.step()
    if backend != "eager":
        assert len(predict.programs()) == 1
    return found


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("use", USES)
def test_backward_outside(use: str, backend: str) -> None:
    alike(pulled(USES[use], backend), pulled(USES[use], "eager"))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("use", ["saved", "two outputs", "chain", "nested", "known", "asks"])
def test_double_backward(use: str, backend: str) -> None:
    """A gradient penalty: the derivative of the user's backward."""
    found = []
    for name in (backend, "eager"):
        net = layer(USES[use])
        opt = dp.optim.Adam(net.parameters(), lr=0.01)

        def step(x: Any, net: Any = net, opt: Any = opt) -> Any:
            opt.zero_grad()
            x = x.clone().requires_grad_() if not x.requires_grad else x
            (g,) = dp.autograd.grad(net(x).sum(), x, create_graph=True)
            loss = ((g**2).sum(1) - 1).pow(2).mean()
            loss.backward(inputs=list(net.parameters()))
            opt.step()
            return loss

        run = dp.compile(step, backend=name)
        losses = [run(dp.tensor(x, requires_grad=True)).detach().numpy() for x, _ in batches(6)]
        found.append([*losses, *all_of(net, opt)])
    alike(*found)


# -- against numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
def test_where_backward_is_right_it_is_the_slope(backend: str) -> None:
    x = np.array([0.7, -1.3, 2.1])

    @dp.compile(backend=backend)
    def f(x: Any) -> Any:
        y = Cube.apply(Softsign.apply(x))
        (g,) = dp.autograd.grad(y.sum(), x, create_graph=True)
        return y, g

    y, g = f(dp.tensor(x, requires_grad=True))
    at = lambda x: (x / (1 + np.abs(x))) ** 3  # noqa: E731
    h = 1e-5
    np.testing.assert_allclose(y.detach().numpy(), at(x), rtol=1e-12)
    slope = (at(x + h) - at(x - h)) / (2 * h)
    np.testing.assert_allclose(g.detach().numpy(), slope, rtol=1e-8)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_second_derivative_is_the_slope_of_the_first(backend: str) -> None:
    @dp.compile(backend=backend)
    def f(x: Any) -> Any:
        (g,) = dp.autograd.grad(Cube.apply(x).sum(), x, create_graph=True)
        (h,) = dp.autograd.grad(g.sum(), x)
        return h

    x = np.array([0.7, -1.3, 2.1])
    np.testing.assert_allclose(f(dp.tensor(x, requires_grad=True)).numpy(), 6 * x, rtol=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
def test_backward_runs_once_for_all_outputs(backend: str) -> None:
    """g·h in the first gradient is there only where both cotangents come at once."""

    @dp.compile(backend=backend)
    def f(a: Any, b: Any) -> Any:
        s, p, _ = SumAndProduct.apply(a, b)
        (s * 2 + p * 5).sum().backward()
        return s

    a, b = dp.tensor([3.0], requires_grad=True), dp.tensor([4.0], requires_grad=True)
    f(a, b)
    assert (a.grad.item(), b.grad.item()) == (2 * 2 + 5 * 4 + 2 * 5, 2 + 3 * 5 * 3)


@pytest.mark.parametrize("backend", ["eager", *BACKENDS])
def test_what_nobody_used_is_none(backend: str) -> None:
    @dp.compile(backend=backend)
    def f(x: Any) -> Any:
        y, z, mask = Unused.apply(x, x * 2)
        (y + mask).sum().backward()
        return mask, z

    x = dp.tensor([3.0, -1.0], requires_grad=True)
    mask, z = f(x)
    assert x.grad.tolist() == [2, 0]
    assert (mask.requires_grad, z.requires_grad) == (False, True)


@pytest.mark.parametrize("backend", ["eager", *BACKENDS])
def test_an_intermediate_is_a_constant_of_backward(backend: str) -> None:
    """As in PyTorch: forward is not recorded, so nothing leads through what it computed."""

    @dp.compile(backend=backend)
    def f(x: Any) -> Any:
        (g,) = dp.autograd.grad(Softsign.apply(x).sum(), x, create_graph=True)
        (h,) = dp.autograd.grad((g + x * 3).sum(), x)
        return g, h

    g, h = f(dp.tensor([1.0, -3.0], requires_grad=True))
    assert (g.tolist(), h.tolist()) == ([1 / 4, 1 / 16], [3, 3])


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_is_saved_is_what_it_was(backend: str) -> None:
    w = nn.Parameter(dp.tensor([2.0]))

    @dp.compile(backend=backend)
    def f() -> Any:
        y = Cube.apply(w)
        with dp.no_grad():
            w.mul_(5)
        y.backward()

    f()
    assert (w.item(), w.grad.item()) == (10, 12)


# -- graphs --------------------------------------------------------------------------------------


def test_a_graph_holds_ops_of_the_table_alone() -> None:
    net = layer(USES["chain"])

    def step(x: Any) -> Any:
        net(x).sum().backward()
        return net(x)

    p = trace(step, (dp.ones(6, 4),), {}, [((6, 4), dp.float32, False)])
    assert all(OPS.get(v.op.name) is v.op for v in p.graph.equations)
    p.graph.typecheck()


def test_a_trace_and_its_backward() -> None:
    """Round has slope 0 and passes messages on; a Function in a graph without a tracer."""
    graph = dp.func.trace(lambda x: Round.apply(x) * x, dp.ones(3, dtype=dp.float64))
    assert all(OPS.get(v.op.name) is v.op for v in graph.equations)
    x = np.array([0.3, 1.1, -2.2])
    r = np.round(x * 4) / 4
    np.testing.assert_allclose(graph(x)[0], r * x, rtol=1e-15)
    backward = dp.func.vjp_graph(graph)
    backward.typecheck()
    np.testing.assert_allclose(backward(x, np.ones(3))[0], r + x, rtol=1e-15)
    cube = dp.func.vjp_graph(dp.func.vjp_graph(dp.func.trace(lambda x: Cube.apply(x), dp.ones(3))))
    x = x.astype("float32")
    one = np.ones(3, "float32")
    np.testing.assert_allclose(cube(x, one, one)[0], 6 * x, rtol=1e-5)


def test_a_trace_that_differentiates() -> None:
    graph = dp.func.trace(dp.func.grad(lambda x: (Round.apply(x) * x).sum()), dp.ones(3))
    x = np.array([0.3, 1.1, -2.2], "float32")
    np.testing.assert_allclose(graph(x)[0], np.round(x * 4) / 4 + x, rtol=1e-6)


def test_what_backward_is_asked_for_is_not_settled_by_a_trace() -> None:
    graph = dp.func.trace(lambda a, b: Asks.apply(a, b), dp.ones(2), dp.ones(2))
    a, b, g = (np.full(2, n, "float32") for n in (2, 3, 1))
    da, db = dp.func.vjp_graph(graph)(a, b, g)
    assert (da.tolist(), db.tolist()) == ([3, 3], [14, 14])


def test_a_result_from_outside_is_a_constant_of_a_graph() -> None:
    y = Cube.apply(dp.tensor([1.0, 2.0], requires_grad=True))
    graph = dp.func.trace(lambda x: x * y, dp.ones(2))
    assert graph(np.full(2, 3, "float32"))[0].tolist() == [3, 24]


def test_a_graph_of_recorded_tensors_is_not_differentiated_wrongly() -> None:
    x = dp.tensor([1.0, 2.0], requires_grad=True)
    graph = Graph([x._value], [(Cube.apply(x) * 2)._value])
    with pytest.raises(NotImplementedError, match=r"make it with dp\.func\.trace"):
        dp.func.vjp_graph(graph)
    square = Graph([x._value], [(x * x)._value])
    one = np.ones(2, "float32")
    assert dp.func.vjp_graph(square)(np.array([5, 7], "float32"), one)[0].tolist() == [10, 14]


@pytest.mark.parametrize("inside", [False, True])
def test_forward_mode_is_refused(inside: bool) -> None:
    x = dp.tensor([1.0, 2.0])

    def f(x: Any) -> Any:
        return dp.func.jvp(Cube.apply, (x,), (x,))[1]

    with pytest.raises(NotImplementedError, match=r"through the Function Cube .* no jvp; use rev"):
        dp.compile(f, backend="graph")(x) if inside else f(x)
