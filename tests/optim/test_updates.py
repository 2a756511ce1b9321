"""Every update against its definition in the paper, written out by hand in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.autodiff.tensor import Tensor
from denpa.core.graph import Graph, Value
from denpa.optim import blocks

START = np.array([0.7, -1.3, 0.2, 2.0])
CURVE = np.array([1.0, 100.0, 0.5, 3.0])  # f(θ) = Σ c θ²


def gradient(theta: np.ndarray) -> np.ndarray:
    return 2 * CURVE * theta


def run(name: str, steps: int = 20, dtype: str = "float64", **options: Any) -> np.ndarray:
    p = dp.tensor(START.astype(dtype), requires_grad=True)
    opt = getattr(dp.optim, name)([p], **options)
    curve = dp.tensor(CURVE.astype(dtype))
    for _ in range(steps):
        opt.zero_grad()
        (curve * p * p).sum().backward()
        opt.step()
    return p.detach().numpy()


def follow(
    rule: Callable[[int, np.ndarray, np.ndarray], np.ndarray], steps: int = 20
) -> np.ndarray:
    theta = START.copy()
    for t in range(1, steps + 1):
        theta = rule(t, theta, gradient(theta))
    return theta


def close(a: np.ndarray, b: np.ndarray) -> None:
    np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("nesterov", [False, True])
def test_sgd_with_momentum_and_decay(nesterov: bool) -> None:
    b = np.zeros(4)

    def rule(t: int, theta: np.ndarray, g: np.ndarray) -> np.ndarray:
        nonlocal b
        g = g + 0.1 * theta
        b = 0.9 * b + g
        return theta - 1e-3 * (g + 0.9 * b if nesterov else b)

    given = {"lr": 1e-3, "momentum": 0.9, "weight_decay": 0.1, "nesterov": nesterov}
    close(run("SGD", **given), follow(rule))


def test_sgd_dampens_all_gradients_but_the_first() -> None:
    b: Any = None

    def rule(t: int, theta: np.ndarray, g: np.ndarray) -> np.ndarray:
        nonlocal b
        b = g if b is None else 0.9 * b + 0.5 * g
        return theta - 1e-3 * b

    close(run("SGD", lr=1e-3, momentum=0.9, dampening=0.5), follow(rule))


def test_maximize_climbs() -> None:
    close(run("SGD", 3, lr=1e-3, maximize=True), follow(lambda t, x, g: x + 1e-3 * g, 3))


def test_adagrad() -> None:
    s = np.full(4, 0.5)

    def rule(t: int, theta: np.ndarray, g: np.ndarray) -> np.ndarray:
        nonlocal s
        s = s + g**2
        return theta - 0.1 / (1 + (t - 1) * 0.2) * g / (np.sqrt(s) + 1e-10)

    close(run("Adagrad", lr=0.1, lr_decay=0.2, initial_accumulator_value=0.5), follow(rule))


@pytest.mark.parametrize("maximize", [False, True])
def test_adadelta(maximize: bool) -> None:
    v, u = np.zeros(4), np.zeros(4)

    def rule(t: int, theta: np.ndarray, g: np.ndarray) -> np.ndarray:
        nonlocal v, u
        g = (-g if maximize else g) + 0.1 * theta
        v = 0.8 * v + 0.2 * g**2
        step = np.sqrt(u + 1e-3) / np.sqrt(v + 1e-3) * g
        u = 0.8 * u + 0.2 * step**2
        return theta - 0.5 * step

    given = {"lr": 0.5, "rho": 0.8, "eps": 1e-3, "weight_decay": 0.1, "maximize": maximize}
    close(run("Adadelta", **given), follow(rule))


@pytest.mark.parametrize("centered", [False, True])
@pytest.mark.parametrize("momentum", [0.0, 0.8])
def test_rmsprop(centered: bool, momentum: float) -> None:
    v, a, b = np.zeros(4), np.zeros(4), np.zeros(4)

    def rule(t: int, theta: np.ndarray, g: np.ndarray) -> np.ndarray:
        nonlocal v, a, b
        v = 0.9 * v + 0.1 * g**2
        a = 0.9 * a + 0.1 * g
        b = momentum * b + g / (np.sqrt(v - a**2 * centered) + 1e-8)
        return theta - 0.01 * b

    close(run("RMSprop", lr=0.01, alpha=0.9, momentum=momentum, centered=centered), follow(rule))


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("amsgrad", [False, True])
@pytest.mark.parametrize("name", ["Adam", "AdamW"])
def test_adam(name: str, amsgrad: bool, inside: bool) -> None:
    m, v, top = np.zeros(4), np.zeros(4), np.zeros(4)
    rate, decay, eps = 0.05, 0.1, 1e-3

    def rule(t: int, theta: np.ndarray, g: np.ndarray) -> np.ndarray:
        nonlocal m, v, top
        if name == "Adam":
            g = g + decay * theta
        else:
            theta = theta - rate * decay * theta
        m = 0.8 * m + 0.2 * g
        v = 0.95 * v + 0.05 * g**2
        top = np.maximum(top, v)
        mhat, vhat = m / (1 - 0.8**t), (top if amsgrad else v) / (1 - 0.95**t)
        return theta - rate * mhat / (np.sqrt(vhat + eps) if inside else np.sqrt(vhat) + eps)

    given = {"lr": rate, "betas": (0.8, 0.95), "eps": eps, "weight_decay": decay}
    close(run(name, **given, amsgrad=amsgrad, eps_inside_sqrt=inside), follow(rule))


CHOICES: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"lr": 4e-3}),
    ("SGD", {"lr": 2e-3, "momentum": 0.9}),
    ("SGD", {"lr": 2e-3, "momentum": 0.9, "nesterov": True, "weight_decay": 1e-3}),
    ("SGD", {"lr": 2e-3, "momentum": 0.5, "dampening": 0.3}),
    ("Adagrad", {"lr": 0.5, "lr_decay": 1e-3}),
    ("Adadelta", {"lr": 0.01, "eps": 1.0}),
    ("RMSprop", {"lr": 0.01, "alpha": 0.9}),
    ("RMSprop", {"lr": 0.003, "alpha": 0.9, "momentum": 0.5, "centered": True}),
    ("Adam", {"lr": 0.05}),
    ("Adam", {"lr": 0.05, "amsgrad": True, "weight_decay": 1e-4, "eps_inside_sqrt": True}),
    ("AdamW", {"lr": 0.05}),
]


@pytest.mark.parametrize(("name", "options"), CHOICES)
def test_finds_the_bottom_of_a_narrow_valley(name: str, options: dict[str, Any]) -> None:
    """f = x² + 100 y², from (−7, 2)."""
    p = dp.tensor([-7.0, 2.0], requires_grad=True)
    opt = getattr(dp.optim, name)([p], **options)
    curve = dp.tensor([1.0, 100.0])
    for _ in range(1500):
        opt.zero_grad()
        loss = (curve * p * p).sum()
        loss.backward()
        opt.step()
    assert loss.item() < 0.02


@pytest.mark.parametrize(("name", "options"), CHOICES)
def test_blocks_give_the_bits_of_the_whole(
    name: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(name, 5, "float32", **options)
    monkeypatch.setattr(blocks, "_BLOCK", 3)
    assert run(name, 5, "float32", **options).tobytes() == whole.tobytes()


@pytest.mark.parametrize("block", [2, 10**6])
def test_a_transposed_parameter_is_updated_in_its_own_memory(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "_BLOCK", block)
    memory = np.arange(6.0).reshape(2, 3)
    p = dp.from_numpy(memory.T).requires_grad_()
    p.grad = dp.ones(3, 2, dtype=dp.float64)
    opt = dp.optim.Adam([p], lr=1.0)
    opt.step()
    np.testing.assert_allclose(memory, np.arange(6.0).reshape(2, 3) - 1, atol=1e-7)
    assert opt.state[p]["exp_avg"].shape == (3, 2)


@pytest.mark.parametrize(("name", "options"), CHOICES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_traced_update_is_the_eager_one(name: str, options: dict[str, Any], dtype: str) -> None:
    """A step on tensors without data makes a program that is the step; state goes in and out."""
    p = dp.tensor(START.astype(dtype), requires_grad=True)
    opt = getattr(dp.optim, name)([p], **options)
    for g in (gradient(START), -0.3 * START):
        p.grad = dp.tensor(g.astype(dtype))
        opt.step()
    before = [np.array(t.detach().numpy()) for t in (p, *opt.state[p].values())]
    g = (0.1 * START + 1).astype(dtype)

    names = [Tensor(Value(t.shape, t.dtype)) for t in (p, *opt.state[p].values())]
    slot, grad = names[0], Tensor(Value(p.shape, p.dtype))
    rate = Tensor(Value((), np.dtype("float32")))
    traced = getattr(dp.optim, name)([slot], **options)
    traced.param_groups[0]["lr"] = rate  # a rate that a schedule changes is an input too
    traced.state[slot] = dict(zip(opt.state[p], names[1:], strict=True))
    inputs = [*(t._value for t in names), grad._value, rate._value]
    slot.grad = grad
    traced.step()
    outputs = [slot._value, *(t._value for t in traced.state[slot].values())]
    graph = Graph(inputs, outputs)
    graph.typecheck()

    lr = np.float32(0.01)
    found = graph(*before, g, np.asarray(lr))
    opt.param_groups[0]["lr"] = float(lr)
    p.grad = dp.tensor(g)
    opt.step()
    for a, t in zip(found, (p, *opt.state[p].values()), strict=True):
        assert a.dtype == t.dtype
        np.testing.assert_allclose(a, t.detach().numpy(), rtol=1e-6 if dtype == "float32" else 1e-7)


def test_half_precision_and_numbers_of_numpy_keep_the_dtype() -> None:
    p = dp.tensor(np.ones(2, np.float16), requires_grad=True)
    q = dp.ones(2, requires_grad=True)
    opt = dp.optim.SGD([p, q], lr=np.float64(0.5), momentum=0.5)
    p.grad, q.grad = dp.ones(2, dtype=dp.float16), dp.ones(2)
    opt.step()
    assert p.detach().numpy().tolist() == q.detach().numpy().tolist() == [0.5, 0.5]
    assert [opt.state[x]["momentum_buffer"].dtype for x in (p, q)] == [dp.float16, dp.float32]
