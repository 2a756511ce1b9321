"""torch.func: grad, vjp, jvp, Jacobians and Hessians of functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from .harness import check_seen, normal

X, W, B = normal(4), normal(3, 4, seed=1), normal(3, seed=2)
V = normal(4, seed=3)
SCALAR = np.array(2.0)


def net(m: Any, w: Any, b: Any, x: Any) -> Any:
    return m.tanh(w @ x + b)


def scalar(m: Any, *t: Any) -> Any:
    return (net(m, *t) ** 2).sum()


def of(m: Any, *arrays: Any) -> list[Any]:
    return [m.tensor(a) for a in arrays]


def at(f: Callable[..., Any], m: Any) -> Callable[..., Any]:
    return lambda *t: f(m, *t)


SCRIPTS: list[tuple[str, Callable[[Any], Any]]] = [
    ("grad", lambda m: m.func.grad(at(scalar, m))(*of(m, W, B, X))),
    ("grad argnums", lambda m: m.func.grad(at(scalar, m), argnums=2)(*of(m, W, B, X))),
    ("grad argnums tuple", lambda m: m.func.grad(at(scalar, m), argnums=(0, 2))(*of(m, W, B, X))),
    ("grad argnums negative", lambda m: m.func.grad(at(scalar, m), argnums=-1)(*of(m, W, B, X))),
    ("grad has_aux", lambda m: m.func.grad(lambda x: ((x**2).sum(), x * 2),
        has_aux=True)(*of(m, X))),
    ("grad_and_value", lambda m: m.func.grad_and_value(at(scalar, m))(*of(m, W, B, X))),
    ("grad of grad", lambda m: m.func.grad(m.func.grad(lambda x: x**4))(m.tensor(1.5))),
    ("grad of a dict", lambda m: m.func.grad(lambda p, x: scalar(m, p["w"], p["b"], x))(
        {"w": m.tensor(W), "b": m.tensor(B)}, m.tensor(X))),
    ("grad with a number", lambda m: m.func.grad(lambda x, n: (x**n).sum())(m.tensor(X), 3)),
    ("grad with a keyword", lambda m: m.func.grad(lambda x, k=1.0: (x * x * k).sum())(m.tensor(X),
        k=3.0)),
    ("vjp", lambda m: (lambda out, pull: (out, pull(m.tensor(B))))(*m.func.vjp(at(net, m),
        *of(m, W, B, X)))),
    ("vjp tuple", lambda m: (lambda out, pull: (out, pull((m.tensor(X), m.tensor(V)))))(
        *m.func.vjp(lambda x, y: (x * y, x + y), *of(m, X, V)))),
    ("vjp has_aux", lambda m: (lambda out, pull, aux: (out, pull(m.tensor(V)), aux))(
        *m.func.vjp(lambda x: (x.sin(), x * 3), *of(m, X), has_aux=True))),
    ("jvp", lambda m: m.func.jvp(at(net, m), tuple(of(m, W, B, X)), tuple(of(m, W + 1, B + 1, V)))),
    ("jvp one", lambda m: m.func.jvp(lambda x: x.exp(), (m.tensor(X),), (m.tensor(V),))),
    ("jvp has_aux", lambda m: m.func.jvp(lambda x: (x.exp(), x + 1), tuple(of(m, X)),
        tuple(of(m, V)),
                                         has_aux=True)),
    ("jacrev", lambda m: m.func.jacrev(at(net, m), argnums=2)(*of(m, W, B, X))),
    ("jacrev weights", lambda m: m.func.jacrev(at(net, m))(*of(m, W, B, X))),
    ("jacrev two", lambda m: m.func.jacrev(at(net, m), argnums=(0, 1))(*of(m, W, B, X))),
    ("jacrev tuple", lambda m: m.func.jacrev(lambda x: (x * x, x.sum()))(*of(m, X))),
    ("jacrev has_aux", lambda m: m.func.jacrev(lambda x: (x * x, x), has_aux=True)(*of(m, X))),
    ("jacrev scalar", lambda m: m.func.jacrev(lambda x: (x * x).sum())(*of(m, X))),
    ("jacfwd", lambda m: m.func.jacfwd(at(net, m), argnums=2)(*of(m, W, B, X))),
    ("jacfwd weights", lambda m: m.func.jacfwd(at(net, m))(*of(m, W, B, X))),
    ("jacfwd two", lambda m: m.func.jacfwd(at(net, m), argnums=(1, 2))(*of(m, W, B, X))),
    ("jacfwd scalar input", lambda m: m.func.jacfwd(lambda x: x * m.tensor(X))(m.tensor(SCALAR))),
    ("hessian", lambda m: m.func.hessian(lambda x: (x**3).sum() + x.prod())(*of(m, X))),
    ("hessian of a net", lambda m: m.func.hessian(at(scalar, m), argnums=1)(*of(m, W, B, X))),
    ("hessian two", lambda m: m.func.hessian(lambda x, y: (x * x * y).sum(),
        argnums=(0, 1))(*of(m, X, V))),
    ("jacrev of jacfwd", lambda m: m.func.jacrev(m.func.jacfwd(lambda x: x.sin()))(*of(m, X))),
    ("jacfwd of jacrev", lambda m: m.func.jacfwd(m.func.jacrev(lambda x: x.exp() * x))(*of(m, X))),
    ("hessian-vector", lambda m: m.func.jvp(m.func.grad(lambda x: (x**3).sum()), tuple(of(m, X)),
                                            tuple(of(m, V)))),
    ("grad of jvp", lambda m: m.func.grad(lambda x: m.func.jvp(lambda y: (y**3).sum(), (x,),
                                                               (m.tensor(V),))[1])(m.tensor(X))),
    ("captured values", lambda m: (lambda w: m.func.grad(lambda x: (w * x * x).sum())(m.tensor(X)))(
        m.tensor(V, requires_grad=True)).detach()),
    ("independent", lambda m: m.func.grad(lambda x, y: y.sum())(*of(m, X, V))),
    ("jacrev independent", lambda m: m.func.jacrev(lambda x: m.ones(2) * x.detach()[0])(*of(m, X))),
    ("float32", lambda m: m.func.jacfwd(lambda x: m.softmax(x, 0))(m.tensor(X.astype("float32")))),
]  # fmt: skip


@pytest.mark.parametrize("run", [pytest.param(r, id=n) for n, r in SCRIPTS])
def test_script(run: Callable[[Any], Any]) -> None:
    check_seen(run)


# one call of each kind of rule: the forward mode has a code path of its own
FORWARD: list[tuple[str, Callable[[Any, Any], Any]]] = [
    ("pointwise", lambda m, x: m.exp(x) * m.sin(x) / (1 + x * x)),
    ("activations", lambda m, x: m.nn.functional.gelu(x) + m.relu(x) + m.sigmoid(x)),
    ("elu", lambda m, x: m.nn.functional.elu(x) - m.nn.functional.silu(x)),
    ("sum", lambda m, x: x.sum(1) * x.mean(0, keepdim=True).sum()),
    ("var", lambda m, x: x.var(1) + x.std(1)),
    ("prod", lambda m, x: x.prod(1)),
    ("amax", lambda m, x: x.amax(1) - x.amin(1)),
    ("max", lambda m, x: x.max(1)[0]),
    ("norm", lambda m, x: x.norm(dim=1) + x.norm(1, 1)),
    ("cumsum", lambda m, x: x.cumsum(1) ** 2),
    ("sort", lambda m, x: x.sort(1)[0] ** 2),
    ("logsumexp", lambda m, x: x.logsumexp(1)),
    ("softmax", lambda m, x: x.softmax(1) + x.log_softmax(0)),
    ("matmul", lambda m, x: x @ x.T),
    ("bmm", lambda m, x: m.bmm(x[None], x.T[None])),
    ("einsum", lambda m, x: m.einsum("ij,kj->ik", x, x)),
    ("shapes", lambda m, x: x.reshape(4, 3).T.flip(0).roll(1, 0).unsqueeze(0).expand(2, 3, 4) ** 2),
    ("joins", lambda m, x: m.cat([x, x * x]).tril() + m.stack([x, x]).reshape(6, 4)),
    ("pad", lambda m, x: m.nn.functional.pad(x * x, (1, 1))),
    ("index", lambda m, x: x[[0, 2], 1:] ** 2),
    ("gather", lambda m, x: x.gather(1, m.tensor([[0], [1], [3]])) ** 2),
    ("where", lambda m, x: m.where(x > 0, x * x, -x)),
    ("conv1d", lambda m, x: m.nn.functional.conv1d(x[None], x[:2, None, :3].expand(2, 3, 3),
        padding=1)),
    ("max_pool2d", lambda m, x: m.nn.functional.max_pool2d(x[None, None] ** 2, 2)),
    ("layer_norm", lambda m, x: m.nn.functional.layer_norm(x, (4,))),
    ("cross_entropy", lambda m, x: m.nn.functional.cross_entropy(x, m.tensor([1, 0, 3]))),
    ("clamp", lambda m, x: x.clamp(-0.5, 0.5) + m.maximum(x, x * 0)),
]  # fmt: skip


@pytest.mark.parametrize("f", [pytest.param(f, id=n) for n, f in FORWARD])
def test_forward_mode(f: Callable[[Any, Any], Any]) -> None:
    x = normal(3, 4, seed=5)

    def run(m: Any) -> Any:
        out, tangent = m.func.jvp(
            lambda t: f(m, t), (m.tensor(x),), (m.tensor(normal(3, 4, seed=6)),)
        )
        return out, tangent, m.func.jacfwd(lambda t: (f(m, t) ** 2).sum())(m.tensor(x))

    check_seen(run)


@pytest.mark.parametrize("f", [pytest.param(f, id=n) for n, f in FORWARD])
def test_hessians(f: Callable[[Any, Any], Any]) -> None:
    x = normal(3, 4, seed=5)
    weigh = np.cos(np.arange(200.0))

    def run(m: Any) -> Any:
        def total(t: Any) -> Any:
            y = f(m, t).reshape(-1)
            return (y * m.tensor(weigh[: y.shape[0]])).sum()

        return m.func.hessian(total)(m.tensor(x)), m.func.jacrev(m.func.jacrev(total))(m.tensor(x))

    check_seen(run)


def test_functional_call() -> None:
    def run(m: Any) -> Any:
        layer = m.nn.Linear(4, 3).double()
        state = {"weight": m.tensor(W), "bias": m.tensor(B)}
        return m.func.functional_call(layer, state, (m.tensor(X),))

    check_seen(run, optional=True)


def test_vmap() -> None:
    check_seen(lambda m: m.func.vmap(lambda x: x * 2)(m.tensor(W)), optional=True)
