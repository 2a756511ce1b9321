"""Optimizers: fifty steps with every option, saved and loaded half way; clipping of gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .harness import FLOATS, both, check_seen, facts, normal, numpy, positive

STEPS = 50
X, T = normal(12, 4, seed=1), normal(12, 2, seed=2)
START = [
    normal(5, 4, seed=3) / 2,
    normal(5, seed=4) / 2,
    normal(2, 5, seed=5) / 2,
    normal(2, seed=6),
]
CURVE = positive(6, seed=7)

OPTIONS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}), ("SGD", {"lr": 0.05}), ("SGD", {"lr": 0.05, "momentum": 0.9}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.05, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "dampening": 0.3}),
    ("SGD", {"lr": 0.01, "maximize": True}),
    ("SGD", {"lr": 0.05, "momentum": 0.5, "weight_decay": 0.01, "nesterov": True}),
    ("Adagrad", {}), ("Adagrad", {"lr": 0.1}), ("Adagrad", {"lr": 0.1, "lr_decay": 0.1}),
    ("Adagrad", {"lr": 0.1, "weight_decay": 0.1}),
    ("Adagrad", {"lr": 0.1, "initial_accumulator_value": 0.5}),
    ("Adagrad", {"lr": 0.1, "eps": 1e-3}), ("Adagrad", {"lr": 0.1, "maximize": True}),
    ("Adadelta", {}), ("Adadelta", {"lr": 0.3, "rho": 0.8, "eps": 1e-3}),
    ("Adadelta", {"weight_decay": 0.1}), ("Adadelta", {"lr": 0.1, "maximize": True}),
    ("Adadelta", {"rho": 1.0}), ("Adadelta", {"rho": 0.0, "eps": 1e-2}),
    ("RMSprop", {}), ("RMSprop", {"lr": 0.02, "alpha": 0.9}),
    ("RMSprop", {"lr": 0.01, "momentum": 0.9}),
    ("RMSprop", {"centered": True}), ("RMSprop",
    {"centered": True, "momentum": 0.5, "weight_decay": 0.1}),
    ("RMSprop", {"eps": 1e-2, "maximize": True}),
    ("Adam", {}), ("Adam", {"lr": 0.02}), ("Adam", {"lr": 0.02, "betas": (0.8, 0.95)}),
    ("Adam", {"lr": 0.02, "eps": 1e-3}), ("Adam", {"lr": 0.02, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.02, "amsgrad": True}), ("Adam", {"lr": 0.02, "maximize": True}),
    ("Adam", {"lr": 0.02, "amsgrad": True, "weight_decay": 0.01, "betas": (0.5, 0.9)}),
    ("AdamW", {}), ("AdamW", {"lr": 0.02}), ("AdamW", {"lr": 0.02, "weight_decay": 0.3}),
    ("AdamW", {"lr": 0.02, "amsgrad": True, "eps": 1e-4}),
    ("AdamW", {"lr": 0.02, "maximize": True}),
]  # fmt: skip
NAMES = ["SGD", "Adadelta", "Adagrad", "RMSprop", "Adam", "AdamW"]
GROUPED = [
    ("SGD", {"momentum": 0.9}),
    ("Adadelta", {}),
    ("Adagrad", {}),
    ("RMSprop", {}),
    ("Adam", {}),
    ("AdamW", {}),
]


def network(m: Any, dtype: str) -> Any:
    net = m.nn.Sequential(m.nn.Linear(4, 5), m.nn.Tanh(), m.nn.Linear(5, 2)).to(getattr(m, dtype))
    net.load_state_dict(
        {k: m.tensor(a.astype(dtype)) for k, a in zip(net.state_dict(), START, strict=True)}
    )
    return net


def objective(m: Any, net: Any, dtype: str) -> Any:
    x, t = m.tensor(X.astype(dtype)), m.tensor(T.astype(dtype))
    return lambda: m.nn.functional.mse_loss(net(x), t)


def descend(loss: Any, opt: Any, steps: int) -> list[float]:
    seen = []
    for _ in range(steps):
        opt.zero_grad()
        value = loss()
        value.backward()
        opt.step()
        seen.append(value.detach())
    return seen


def observe(params: Any, losses: list[Any], m: Any) -> dict[str, Any]:
    return dict(facts({"params": [p.detach() for p in params], "losses": m.stack(losses)}, "run"))


def label(row: tuple[str, dict[str, Any]]) -> str:
    return row[0] + "".join(f",{k}={v}" for k, v in row[1].items()).replace(" ", "")


def room(dtype: str) -> float:
    """Fifty steps let rounding grow: tenfold in float64; float32 starts nearer to the edge."""
    return 10.0 if dtype == "float64" else 5.0


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("name", "kw"), OPTIONS, ids=[label(r) for r in OPTIONS])
def test_small_net(name: str, kw: dict[str, Any], dtype: str) -> None:
    def run(m: Any) -> dict[str, Any]:
        net = network(m, dtype)
        opt = getattr(m.optim, name)(net.parameters(), **kw)
        return observe(net.parameters(), descend(objective(m, net, dtype), opt, STEPS), m)

    both(run, room(dtype))


@pytest.mark.parametrize(("name", "kw"), OPTIONS, ids=[label(r) for r in OPTIONS])
def test_quadratic(name: str, kw: dict[str, Any]) -> None:
    def run(m: Any) -> dict[str, Any]:
        w = m.nn.Parameter(m.tensor(normal(6)))
        curve = m.tensor(CURVE)
        opt = getattr(m.optim, name)([w], **kw)
        return observe([w], descend(lambda: (curve * w * w).sum() + w.sum(), opt, STEPS), m)

    both(run)


@pytest.mark.parametrize(("name", "kw"), OPTIONS, ids=[label(r) for r in OPTIONS])
def test_saved_and_loaded_half_way(name: str, kw: dict[str, Any]) -> None:
    def run(m: Any) -> dict[str, Any]:
        net = network(m, "float64")
        make, loss = getattr(m.optim, name), objective(m, net, "float64")
        opt = make(net.parameters(), **kw)
        first = descend(loss, opt, 20)
        state = opt.state_dict()
        fresh = make(net.parameters(), lr=123.0)
        fresh.load_state_dict(state)
        seen = observe(net.parameters(), first + descend(loss, fresh, STEPS - 20), m)
        seen["keys"] = sorted(state), [g["params"] for g in state["param_groups"]]
        seen["state"] = sorted(state["state"][0]) if state["state"] else []
        seen["lr"] = fresh.param_groups[0]["lr"]
        return seen

    both(run, 10.0)


@pytest.mark.parametrize(("name", "kw"), GROUPED, ids=[r[0] for r in GROUPED])
def test_groups_with_their_own_options(name: str, kw: dict[str, Any]) -> None:
    def run(m: Any) -> dict[str, Any]:
        net = network(m, "float64")
        groups = [
            {"params": net[0].parameters(), "lr": 0.003},
            {"params": [net[2].weight], "weight_decay": 0.2},
        ]
        opt = getattr(m.optim, name)(groups, lr=0.02, **kw)
        opt.add_param_group({"params": net[2].bias, "lr": 0.05})
        seen = observe(net.parameters(), descend(objective(m, net, "float64"), opt, STEPS), m)
        seen["lr"] = [float(g["lr"]) for g in opt.param_groups]
        seen["decay"] = [float(g["weight_decay"]) for g in opt.param_groups]
        seen["sizes"] = [len(g["params"]) for g in opt.param_groups]
        return seen

    both(run, 10.0)


@pytest.mark.parametrize("name", NAMES)
def test_a_parameter_without_gradient_stays(name: str) -> None:
    def run(m: Any) -> Any:
        used, idle = m.nn.Parameter(m.ones(3)), m.nn.Parameter(m.ones(3))
        opt = getattr(m.optim, name)([used, idle], lr=0.01, weight_decay=0.1)
        for _ in range(3):
            opt.zero_grad()
            (used * used).sum().backward()
            opt.step()
        cleared = used.grad is not None
        opt.zero_grad()
        none = used.grad is None
        (used * used).sum().backward()
        opt.zero_grad(set_to_none=False)
        return used.detach(), idle.detach(), idle.grad, cleared, none, used.grad

    check_seen(run, 5.0)


@pytest.mark.parametrize("name", NAMES)
def test_step_takes_a_closure(name: str) -> None:
    def run(m: Any) -> Any:
        w = m.nn.Parameter(m.ones(3))
        opt = getattr(m.optim, name)([w], lr=0.1)

        def closure() -> Any:
            opt.zero_grad()
            loss = (w * w).sum()
            loss.backward()
            return loss

        return opt.step(closure).detach(), opt.step(closure).detach(), w.detach()

    check_seen(run)


@pytest.mark.parametrize("name", NAMES)
def test_defaults(name: str) -> None:
    shared = ["lr", "momentum", "dampening", "weight_decay", "nesterov", "maximize", "betas", "eps",
              "amsgrad", "alpha", "rho", "centered", "lr_decay",
              "initial_accumulator_value"]  # fmt: skip

    def run(m: Any) -> Any:
        opt = getattr(m.optim, name)([m.nn.Parameter(m.ones(1))])
        return {k: opt.defaults[k] for k in shared if k in opt.defaults}

    check_seen(run)


SEARCHES: list[dict[str, Any]] = [
    {}, {"lr": 0.5}, {"line_search_fn": "strong_wolfe"},
    {"max_iter": 5, "history_size": 3, "lr": 0.3},
    {"line_search_fn": "strong_wolfe", "history_size": 4, "max_iter": 7, "tolerance_change": 1e-12},
    {"max_iter": 4, "max_eval": 3, "line_search_fn": "strong_wolfe"},
    {"tolerance_grad": 1e-1, "lr": 0.2},
]  # fmt: skip


@pytest.mark.parametrize("kw", SEARCHES, ids=[label(("LBFGS", k)) for k in SEARCHES])
@pytest.mark.parametrize("problem", ["net", "valley", "bowl"])
def test_lbfgs(problem: str, kw: dict[str, Any]) -> None:
    def run(m: Any) -> dict[str, Any]:
        if problem == "net":
            net = network(m, "float64")
            params, loss = list(net.parameters()), objective(m, net, "float64")
        else:
            w = m.nn.Parameter(
                m.tensor(np.array([-0.3, 0.4, 0.2]) if problem == "bowl" else np.array([-0.5, 0.6]))
            )
            params = [w]
            loss = (
                (lambda: ((w - 1) ** 2).sum() + (w[0] * w[1] - w[2]) ** 2)
                if problem == "bowl"
                else (lambda: (1 - w[0]) ** 2 + 5 * (w[1] - w[0] ** 2) ** 2)
            )
        given = {"lr": 0.1} | kw if problem == "valley" and "line_search_fn" not in kw else kw
        opt = m.optim.LBFGS(params, **given)
        calls, losses = [], []

        def closure() -> Any:
            calls.append(1)
            opt.zero_grad()
            value = loss()
            value.backward()
            return value

        # near the minimum of a net each search multiplies rounding by about 100, in PyTorch too
        for _ in range(2 if problem == "net" else 4):
            losses.append(opt.step(closure).detach())
        return observe(params, losses, m) | {"calls": len(calls)}

    both(run, 1e3)


NORMS: list[Any] = [2.0, 1.0, float("inf"), 3.0]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("kind", NORMS)
@pytest.mark.parametrize("limit", [0.5, 100.0])
def test_clip_grad_norm(limit: float, kind: float, dtype: str) -> None:
    def run(m: Any) -> dict[str, Any]:
        net = network(m, dtype)
        objective(m, net, dtype)().backward()
        total = m.nn.utils.clip_grad_norm_(net.parameters(), limit, norm_type=kind)
        one = m.nn.utils.clip_grad_norm_(net[0].weight, 0.01)
        return dict(facts([total, one, [p.grad for p in net.parameters()]], "clip"))

    both(run)


def test_clip_grad_value() -> None:
    def run(m: Any) -> Any:
        net = network(m, "float64")
        objective(m, net, "float64")().backward()
        m.nn.utils.clip_grad_value_(net.parameters(), 0.05)
        return [p.grad for p in net.parameters()]

    check_seen(run)


def test_clipping_without_gradients_and_with_infinite_ones() -> None:
    def run(m: Any) -> Any:
        w = m.nn.Parameter(m.ones(2))
        nothing = m.nn.utils.clip_grad_norm_([w], 1.0)
        w.grad = m.tensor([float("inf"), 1.0])
        infinite = m.nn.utils.clip_grad_norm_([w], 1.0)
        return nothing, infinite, w.grad

    check_seen(run)


def test_parameters_to_vector() -> None:
    def run(m: Any) -> Any:
        net = network(m, "float64")
        flat = m.nn.utils.parameters_to_vector(net.parameters())
        m.nn.utils.vector_to_parameters(flat * 2, net.parameters())
        return flat.detach(), [numpy(p) for p in net.parameters()]

    check_seen(run, optional=True)
