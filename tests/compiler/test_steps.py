"""Compiled steps against eager mode, step by step. The program runs in NumPy (backend="graph"),
so that what is tested is the tracing; native code has tests of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import denpa as dp
from tests.compiler.steps import (
    OPTIMIZERS,
    Step,
    all_of,
    batch,
    eager,
    graph,
    mlp,
    noisy,
    plain,
    sgd,
)

F = dp.nn.functional
nn = dp.nn


def with_penalty(net: Any, opt: Any) -> Callable[..., Any]:
    def step(x: Any, y: Any) -> Any:
        opt.zero_grad()
        output = net(x)
        loss = F.cross_entropy(output, y)
        (loss + 0.01 * nn.penalty.l2(net) + 0.001 * nn.penalty.l1(net)).backward()
        norm = nn.utils.clip_grad_norm_(net.parameters(), 0.1)
        opt.step()
        return {"loss": loss, "right": (output.argmax(1) == y).sum(), "norm": norm}

    return step


def clipped(net: Any, opt: Any) -> Callable[..., Any]:
    def step(x: Any, y: Any) -> Any:
        opt.zero_grad(set_to_none=False)
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        nn.utils.clip_grad_value_(net.parameters(), 0.05)
        opt.step()
        return loss, 3, None

    return step


def accumulating(net: Any, opt: Any) -> Callable[..., Any]:
    """Gradients of two halves, added; then those of the call before stay in .grad."""

    def step(x: Any, y: Any) -> Any:
        n = len(x) // 2
        for part in (slice(0, n), slice(n, None)):
            F.cross_entropy(net(x[part]), y[part]).backward()
        opt.step()
        for p in net.parameters():
            p.grad *= 0.5
        return net(x).sum()

    return step


def by_hand(net: Any, opt: Any) -> Callable[..., Any]:
    def step(x: Any, y: Any) -> Any:
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        for p in net.parameters():
            p.data -= 0.1 * p.grad
            p.grad = None
        with dp.no_grad():
            net[0].bias[0] += 1.0
            net[0].weight.mul_(0.9)
            net[0].weight[1:3, 0].zero_()
            net[0].weight.detach().clamp_(-0.2, 0.2)
        return loss

    return step


def one_message(net: Any, opt: Any) -> Callable[..., Any]:
    """Two leaves are sent the same message; the gradient of one of them is then changed."""
    a, b = nn.Parameter(dp.zeros(3)), nn.Parameter(dp.ones(3))

    def step(x: Any, y: Any) -> Any:
        a.grad = b.grad = None
        ((a + b) * x[:, :3].cos().sum(0).to(a.dtype)).sum().backward()
        a.grad.mul_(5)
        opt.zero_grad()
        F.cross_entropy(net(x), y).backward()
        opt.step()
        return a.grad, b.grad

    return step


def two_updates(net: Any, opt: Any) -> Callable[..., Any]:
    """What the first update leaves is what the second differentiates."""

    def step(x: Any, y: Any) -> Any:
        losses = []
        for _ in range(2):
            opt.zero_grad()
            loss = F.cross_entropy(net(x), y)
            loss.backward()
            opt.step()
            losses.append(loss.detach())
        return losses

    return step


def double_backward(net: Any, opt: Any) -> Callable[..., Any]:
    def step(x: Any, y: Any) -> Any:
        opt.zero_grad()
        loss = F.cross_entropy(net(x), y)
        grads = dp.autograd.grad(loss, list(net.parameters()), create_graph=True)
        total = loss + sum((g * g).sum() for g in grads)
        total.backward()
        opt.step()
        return total

    return step


def numbers(result: Any) -> list[np.ndarray]:
    if isinstance(result, dp.Tensor):
        return [result.detach().numpy()]
    if isinstance(result, dict):
        result = result.values()
    return [
        n for r in result if r is not None for n in numbers(r if not isinstance(r, int) else [])
    ]


def follow(
    make: Callable[[], Any],
    optimizer: Callable[[Any], Any],
    step_of: Step,
    between: Callable[[int, Any, Any], Any] = lambda k, net, opt: None,
    dtype: str = "float32",
    steps: int = 4,
) -> list[Any]:
    """Run both ways; everything must be the same after every step. Returns the compiled one."""
    histories, functions = [], []
    for compile_ in (eager, graph):
        dp.manual_seed(3)
        net = make().to(dtype)
        opt = optimizer(net.parameters())
        step = compile_(step_of(net, opt))
        history = []
        for k in range(steps):
            between(k, net, opt)
            x, y = batch(k, dtype=dtype)
            history.append((numbers(step(x, y)), all_of(net, opt)))
        histories.append(history)
        functions.append(step)
    tolerance = 1e-5 if dtype == "float32" else 1e-12
    for ours, theirs in zip(histories[1], histories[0], strict=True):
        for a, b in zip(ours, theirs, strict=True):
            assert len(a) == len(b)
            for p, q in zip(a, b, strict=True):
                assert (p.shape, p.dtype) == (q.shape, q.dtype)
                np.testing.assert_allclose(p, q, rtol=tolerance, atol=tolerance)
    return functions


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer(name: str) -> None:
    step = follow(noisy, OPTIMIZERS[name], plain)[1]
    assert len(step.programs()) == 1


@pytest.mark.parametrize(
    "step_of",
    [with_penalty, clipped, accumulating, by_hand, one_message, two_updates, double_backward],
    ids=lambda f: f.__name__,
)
@pytest.mark.parametrize("make", [mlp, noisy])
def test_every_kind_of_step(make: Any, step_of: Step) -> None:
    assert len(follow(make, sgd, step_of)[1].programs()) <= 2


def test_float64() -> None:
    follow(noisy, OPTIMIZERS["adam"], plain, dtype="float64")


def test_a_schedule_is_followed_without_a_new_program() -> None:
    def warm(k: int, net: Any, opt: Any) -> None:
        opt.param_groups[0]["lr"] = 0.1 * k  # the first is 0

    assert len(follow(mlp, sgd, plain, warm, steps=6)[1].programs()) == 1


def test_an_option_that_changes_becomes_an_input() -> None:
    def cycle(k: int, net: Any, opt: Any) -> None:
        opt.param_groups[0]["betas"] = (0.9 - 0.01 * k, 0.999)

    step = follow(mlp, OPTIMIZERS["adam"], plain, cycle, steps=6)[1]
    assert len(step.programs()) == 2


def test_train_and_eval_are_two_programs() -> None:
    def swap(k: int, net: Any, opt: Any) -> None:
        net.train(k % 2 == 0)

    assert len(follow(noisy, sgd, plain, swap)[1].programs()) == 2


def test_changes_between_calls_are_seen() -> None:
    def change(k: int, net: Any, opt: Any) -> None:
        if k == 1:
            net[3].p = 0.8
        elif k == 2:
            net[0].weight.requires_grad_(False)
        elif k == 3:
            saved = opt.state_dict()
            opt.load_state_dict(saved)
            dp.manual_seed(9)
        elif k == 4:
            net[4] = nn.Linear(6, 3, bias=False)
        elif k == 5:
            net.double()
            net.float()
        elif k == 6:
            net.append(nn.Tanh())

    follow(noisy, OPTIMIZERS["rmsprop"], plain, change, steps=8)


def test_a_shared_parameter() -> None:
    def shared() -> Any:
        first = nn.Linear(4, 4)
        return nn.Sequential(first, nn.Tanh(), first, nn.Linear(4, 3))

    follow(shared, sgd, plain)


LOSSES: dict[str, tuple[Any, Any]] = {
    "MSELoss": (nn.MSELoss(), "float"),
    "L1Loss": (nn.L1Loss(), "float"),
    "SmoothL1Loss": (nn.SmoothL1Loss(), "float"),
    "HuberLoss": (nn.HuberLoss(), "float"),
    "BCEWithLogitsLoss": (nn.BCEWithLogitsLoss(), "unit"),
    "CrossEntropyLoss": (nn.CrossEntropyLoss(label_smoothing=0.1), "class"),
    "NLLLoss": (lambda a, b: nn.NLLLoss()(F.log_softmax(a, 1), b), "class"),
    "BCELoss": (lambda a, b: nn.BCELoss()(a.sigmoid(), b), "unit"),
    "KLDivLoss": (lambda a, b: nn.KLDivLoss(reduction="batchmean")(F.log_softmax(a, 1), b), "unit"),
}


def test_no_loss_is_left_out() -> None:
    offered = {name for name in dir(nn) if name.endswith("Loss")}
    assert offered - set(LOSSES) <= {"PoissonNLLLoss", "GaussianNLLLoss", "MarginRankingLoss"}


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss(name: str) -> None:
    loss, kind = LOSSES[name]

    def step_of(net: Any, opt: Any) -> Callable[..., Any]:
        def step(x: Any, y: Any) -> Any:
            opt.zero_grad()
            target = y if kind == "class" else y[:, None] * dp.ones(1, 3) / 2
            found = loss(net(x), target)
            found.backward()
            opt.step()
            return found

        return step

    follow(mlp, sgd, step_of, steps=2)
