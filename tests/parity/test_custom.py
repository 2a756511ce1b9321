"""User-defined Functions in a compiled function, against PyTorch's eager ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .harness import check_seen, normal

Body = Callable[[Any, Any], Any]


def compiled(m: Any, f: Callable[..., Any]) -> Callable[..., Any]:
    """In Denpa compiled; in PyTorch, the reference, as it is."""
    return f if m.__name__ == "torch" else m.compile(f, backend="graph")


def rules(m: Any) -> dict[str, Any]:
    class Straight(m.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return m.round(x)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g

    class Reverse(m.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(x: Any, weight: float) -> Any:
            return x.clone()

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            ctx.weight = inputs[1]

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return -ctx.weight * g.clamp(-1, 1), None

    class Cube(m.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            y = x**3
            ctx.save_for_backward(x, y)
            return y

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            x, y = ctx.saved_tensors
            return g * (x**2 + 2 * y / x)

    class Constant(m.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            size = 1 + x.abs()
            ctx.save_for_backward(x, size)
            return x / size

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            x, size = ctx.saved_tensors
            return g * x / size**2

    class Many(m.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, a: Any, b: Any) -> Any:
            ctx.set_materialize_grads(False)
            mask = (a > b).to(a.dtype)
            ctx.mark_non_differentiable(mask)
            ctx.save_for_backward(a, b)
            return a + b, a * b, mask, (a > b).long()

        @staticmethod
        def backward(ctx: Any, g: Any, h: Any, *rest: Any) -> Any:
            a, b = ctx.saved_tensors
            wants = ctx.needs_input_grad
            da = (0 if g is None else g) + (0 if h is None else h * b) + a * 0
            db = (1 if g is None else 2 * g) + (1 if h is None else h * a) + b * 0
            return da if wants[0] else None, db if wants[1] else None

    class Around(m.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return Reverse.apply(x * 2, 3.0)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            (x,) = ctx.saved_tensors
            return g * Cube.apply(x)

    made = (Straight, Reverse, Cube, Constant, Many, Around)
    return {cls.__name__: cls.apply for cls in made}


BODIES: dict[str, Callable[[dict[str, Any], Any, Any], Any]] = {
    "straight": lambda r, x, w: r["Straight"](x * w) * x,
    "reverse": lambda r, x, w: r["Reverse"](x * w, 0.5) * 3 + w,
    "cube": lambda r, x, w: r["Cube"](x) * r["Cube"](w * x),
    "constant": lambda r, x, w: r["Constant"](x * w),
    "two": lambda r, x, w: r["Many"](x, w)[0] * r["Many"](x, w * 2)[1],
    "one hub": lambda r, x, w: (lambda s, p, mask, i: s * p + mask + i)(*r["Many"](x, w)),
    "one of two": lambda r, x, w: r["Many"](x * w, w)[1],
    "one argument": lambda r, x, w: r["Many"](x.detach(), w)[0] + x,
    "around": lambda r, x, w: r["Around"](x * w),
    "flags": lambda r, x, w: r["Many"](x, w)[1] + r["Many"](x, w)[2] * 5,
}


@pytest.mark.parametrize("body", BODIES)
def test_first(body: str) -> None:
    """Backward inside: value, flags of every output, gradients."""

    def run(m: Any) -> Any:
        r = rules(m)

        def f(x: Any, w: Any) -> Any:
            y = BODIES[body](r, x, w)
            gx, gw = m.autograd.grad((y * y).sum(), [x, w], allow_unused=True)
            return y.detach(), gx, gw

        x, w = (m.tensor(normal(3, seed=k), requires_grad=True) for k in (1, 2))
        return compiled(m, f)(x, w)

    check_seen(run)


@pytest.mark.parametrize("body", BODIES)
def test_second(body: str) -> None:
    def run(m: Any) -> Any:
        r = rules(m)

        def f(x: Any, w: Any) -> Any:
            y = BODIES[body](r, x, w)
            (g,) = m.autograd.grad((y * y).sum(), [w], create_graph=True)
            hx, hw = m.autograd.grad((g * g + w).sum(), [x, w], allow_unused=True)
            return g.detach(), m.zeros(3).double() if hx is None else hx, hw

        x, w = (m.tensor(normal(3, seed=k), requires_grad=True) for k in (1, 2))
        return compiled(m, f)(x, w)

    check_seen(run)


@pytest.mark.parametrize("body", BODIES)
def test_training(body: str) -> None:
    """Twenty steps of Adam, and the gradients of a network whose backward is called outside."""

    def run(m: Any) -> Any:
        r = rules(m)
        w = m.tensor(normal(3, seed=2), requires_grad=True)
        opt = m.optim.Adam([w], lr=0.05)

        def step(x: Any) -> Any:
            opt.zero_grad()
            loss = (BODIES[body](r, x, w) ** 2).mean()
            loss.backward()
            opt.step()
            return loss

        def outputs(x: Any) -> Any:
            return BODIES[body](r, x, w), r["Many"](x, w)

        step, net = compiled(m, step), compiled(m, outputs)
        losses = [step(m.tensor(normal(3, seed=10 + k))).detach() for k in range(20)]
        w.grad = None
        x = m.tensor(normal(3, seed=5), requires_grad=True)
        y, (s, p, mask, index) = net(x)
        flags = [t.requires_grad for t in (y, s, p, mask, index)]
        (y * y + p + s).sum().backward()
        return losses, w.detach(), w.grad, x.grad, flags, mask, index

    check_seen(run)
