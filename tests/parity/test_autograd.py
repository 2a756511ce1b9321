"""Backward as PyTorch does it: leaves, hooks, user functions, accumulation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from .harness import check_seen, leaf, normal

X = normal(3, 4)


SCRIPTS: list[Callable[[Any], Any]] = []


def script(run: Callable[[Any], Any]) -> Callable[[Any], Any]:
    SCRIPTS.append(run)
    return run


@script
def flags(m: Any) -> Any:
    x = leaf(m, 3)
    y = x * 2
    z = y.detach()
    p = m.nn.Parameter(m.ones(2))
    leaves = [x, z, p, m.ones(2), m.ones(2, requires_grad=True)]
    seen = [(t.requires_grad, t.is_leaf, t.grad is None, t.grad_fn is None) for t in leaves]
    return seen, y.requires_grad, y.is_leaf, y.grad_fn is not None


@script
def requires_grad_in_place(m: Any) -> Any:
    x = m.ones(2)
    back = x.requires_grad_() is x
    seen = [back, x.requires_grad]
    x.requires_grad_(False)
    seen.append(x.requires_grad)
    x.requires_grad = True
    (x * 3).sum().backward()
    return seen, x.grad


@script
def accumulate(m: Any) -> Any:
    x = leaf(m, 3)
    (x * x).sum().backward()
    first = x.grad.clone()
    (x * 3).sum().backward()
    second = x.grad.clone()
    x.grad = None
    x.sum().backward()
    x.grad.zero_()
    x.exp().sum().backward()
    return first, second, x.grad


@script
def cotangents(m: Any) -> Any:
    x = leaf(m, 3)
    (x * x).backward(m.tensor([1.0, 2.0, 3.0]).double())
    one = x.grad.clone()
    (x * x).backward(gradient=m.ones(3).double())
    return one, x.grad


@script
def retained_graph(m: Any) -> Any:
    x = leaf(m, 3)
    y = (x * x).exp().sum()
    y.backward(retain_graph=True)
    y.backward()
    return x.grad


@script
def created_graph(m: Any) -> Any:
    x = leaf(m, 3)
    y = (x**3).sum()
    (g,) = m.autograd.grad(y, x, create_graph=True)
    (h,) = m.autograd.grad(g.sum(), x, create_graph=True)
    (k,) = m.autograd.grad(h.sum(), x)
    return g.detach(), h.detach(), k, x.grad, g.requires_grad, k.requires_grad


@script
def gradient_penalty(m: Any) -> Any:
    net = m.nn.Linear(4, 1).double()
    net.load_state_dict({"weight": m.tensor(normal(1, 4)), "bias": m.zeros(1).double()})
    x = leaf(m, 3, 4)
    y = m.tanh(net(x)).sum()
    (g,) = m.autograd.grad(y, [x], create_graph=True)
    ((g.norm(2, dim=1) - 1) ** 2).mean().backward()
    return net.weight.grad, x.grad, net.bias.grad


@script
def grad_forms(m: Any) -> Any:
    x, w, u = leaf(m, 3), leaf(m, 3), leaf(m, 3)
    y = x * w
    one = m.autograd.grad(y, x, m.ones(3).double(), retain_graph=True)
    two = m.autograd.grad(y, [x, w], grad_outputs=[m.ones(3).double()], retain_graph=True)
    three = m.autograd.grad([y.sum(), (x * 2).sum()], (x, w), retain_graph=True)
    four = m.autograd.grad(y.sum(), (x, u), allow_unused=True)
    return one, two, three, four, x.grad, type(one).__name__


@script
def grad_of_inner_values(m: Any) -> Any:
    x = leaf(m, 3)
    y = x.exp()
    z = (y * y).sum()
    return m.autograd.grad(z, y)


@script
def materialised_grads(m: Any) -> Any:
    x, u = leaf(m, 3), leaf(m, 3)
    return m.autograd.grad(x.sum(), (x, u), allow_unused=True, materialize_grads=True)


@script
def backward_to_some(m: Any) -> Any:
    x, w = leaf(m, 3), leaf(m, 3)
    (x * w).sum().backward(inputs=[x])
    return x.grad, w.grad


@script
def backward_of_many(m: Any) -> Any:
    x = leaf(m, 3)
    m.autograd.backward([x.sum(), (x * x).sum()])
    one = x.grad.clone()
    m.autograd.backward([x * 2], [m.ones(3).double()])
    return one, x.grad


@script
def retained_grads(m: Any) -> Any:
    x = leaf(m, 3)
    y = x * 2
    y.retain_grad()
    z = y.exp()
    z.sum().backward()
    return x.grad, y.grad, y.retains_grad, x.retains_grad


@script
def hooks(m: Any) -> Any:
    x, seen = leaf(m, 3), []
    y = x * 2
    y.register_hook(lambda g: seen.append(g.clone()))
    handle = y.register_hook(lambda g: g * 10)
    x.register_hook(lambda g: g + 1)
    (y * y).sum().backward()
    first = x.grad.clone()
    handle.remove()
    x.grad = None
    z = x * 2
    (z * z).sum().backward()
    return seen, first, x.grad


@script
def hook_sees_the_whole_sum(m: Any) -> Any:
    x, seen = leaf(m, 2), []
    y = x * 1
    y.register_hook(lambda g: seen.append(g.clone()))
    (y * 2 + y * 3 + y.exp()).sum().backward()
    return seen


@script
def function(m: Any) -> Any:
    seen: list[Any] = []

    class Cube(m.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any, scale: float) -> Any:
            ctx.save_for_backward(x)
            ctx.scale = scale
            return scale * x**3

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            (x,) = ctx.saved_tensors
            seen.append(ctx.needs_input_grad)
            return 3 * ctx.scale * x * x * g, None

    x = leaf(m, 3)
    y = Cube.apply(x, 2.0)
    (g,) = m.autograd.grad(y.sum(), x, create_graph=True)
    (h,) = m.autograd.grad(g.sum(), x)
    with m.no_grad():
        quiet = Cube.apply(x, 1.0)
    return y.detach(), g.detach(), h, [list(s) for s in seen], y.requires_grad, quiet.requires_grad


@script
def function_of_many(m: Any) -> Any:
    seen: list[Any] = []

    class Both(m.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, a: Any, b: Any) -> Any:
            ctx.save_for_backward(a, b)
            return a * b, a + b

        @staticmethod
        def backward(ctx: Any, g: Any, h: Any) -> Any:
            a, b = ctx.saved_tensors
            seen.append([list(ctx.needs_input_grad), g.clone(), h.clone()])
            return g * b + h, g * a + h

    a, b = leaf(m, 3), m.tensor(normal(3, seed=1))
    p, q = Both.apply(a, b)
    (p * 2).sum().backward(retain_graph=True)  # q is unused: its cotangent is zero
    one = a.grad.clone()
    (p.sum() + q.sum()).backward()
    return p.detach(), q.detach(), one, a.grad, b.grad, seen


@script
def function_with_none(m: Any) -> Any:
    class Straight(m.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any, y: Any) -> Any:
            return x.round() if hasattr(x, "round") else x

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g, None

    x, y = leaf(m, 3), leaf(m, 3)
    (Straight.apply(x, y) * x).sum().backward()
    return x.grad, y.grad


@script
def deep_chain(m: Any) -> Any:
    x = leaf(m, 2)
    y = x
    for _ in range(5000):
        y = y * 0.999 + 0.001
    y.sum().backward()
    return y.detach(), x.grad


@script
def shared_paths(m: Any) -> Any:
    x = leaf(m, 3)
    a, b = x.exp(), x.sin()
    c = a * b + a
    (c * c + b).sum().backward()
    return x.grad


@script
def unused_outputs(m: Any) -> Any:
    x = leaf(m, 3, 4)
    values, index = x.max(1)
    a, b = x.split([1, 2])[0], x.sort(0)[0]
    (values.sum() + a.sum() + b[0].sum()).backward()
    return x.grad, index.requires_grad


@script
def integer_results_need_no_gradient(m: Any) -> Any:
    x = leaf(m, 3)
    return [
        (x > 0).requires_grad,
        x.argmax().requires_grad,
        x.long().requires_grad,
        x.sign().requires_grad,
    ]


@script
def copies(m: Any) -> Any:
    x = leaf(m, 3)
    y = x.clone()
    y.sum().backward()
    import copy

    z = copy.deepcopy(x)
    return x.grad, z.requires_grad, z.is_leaf, z.detach(), z is x


@script
def grad_can_be_set(m: Any) -> Any:
    x = leaf(m, 3)
    x.grad = m.ones(3).double()
    (x * 2).sum().backward()
    return x.grad, x.grad.requires_grad


@pytest.mark.parametrize("run", SCRIPTS, ids=[s.__name__ for s in SCRIPTS])
def test_script(run: Callable[[Any], Any]) -> None:
    check_seen(run)


@pytest.mark.parametrize("run", [
    pytest.param(lambda m: m.autograd.functional.jacobian(lambda x: x**2, m.tensor(X[0])),
        id="jacobian"),
    pytest.param(lambda m: m.autograd.functional.hessian(lambda x: (x**3).sum(), m.tensor(X[0])),
        id="hessian"),
    pytest.param(lambda m: m.inference_mode()(lambda: m.ones(1) * 2)(), id="inference_mode"),
    pytest.param(lambda m: m.no_grad()(m.inference_mode(False)(lambda: m.is_grad_enabled()))(),
        id="inference_mode(False) in no_grad"),
    pytest.param(lambda m: [switch(lambda: m.is_grad_enabled())() for switch in (
        m.no_grad, m.inference_mode, m.enable_grad)], id="switches without parentheses"),
    pytest.param(lambda m: m.autograd.gradcheck(lambda x: x.sin(),
        (m.tensor(X, requires_grad=True),)),
                 id="gradcheck"),
])  # fmt: skip
def test_more(run: Callable[[Any], Any]) -> None:
    check_seen(run, optional=True)


def test_numpy_gets_what_was_put_in() -> None:
    def run(m: Any) -> Any:
        x = m.tensor(X)
        return x.numpy(), x.detach().numpy(), np.asarray(x), m.ones(2).numpy(), x.cpu().numpy()

    check_seen(run)
