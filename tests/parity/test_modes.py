"""What the graph records, as in PyTorch: modes, detached tensors, changes in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .harness import check_seen, leaf


def modes(m: Any) -> Any:
    x = leaf(m, 3)
    seen = [m.is_grad_enabled()]
    with m.no_grad():
        seen += [m.is_grad_enabled(), (x * 2).requires_grad]
        with m.enable_grad():
            seen += [m.is_grad_enabled(), (x * 2).requires_grad]
        seen.append(m.is_grad_enabled())
    with m.set_grad_enabled(False):
        seen.append((x * 2).requires_grad)
    m.set_grad_enabled(False)
    seen.append(m.is_grad_enabled())
    m.set_grad_enabled(True)

    def double(t: Any) -> Any:
        return t * 2

    still = m.no_grad()(double)

    seen += [still(x).requires_grad, (x * 2).requires_grad, m.is_grad_enabled()]
    return seen


def mode_after_an_error(m: Any) -> Any:
    try:
        with m.no_grad():
            raise KeyError("x")
    except KeyError:
        pass
    return m.is_grad_enabled()


def inference(m: Any) -> Any:
    x = leaf(m, 3)
    with m.no_grad():
        y = x * 2
        w = m.ones(2, requires_grad=True)
    return y.requires_grad, w.requires_grad, (y + x).requires_grad


def detached(m: Any) -> Any:
    x = leaf(m, 3)
    (x * x.detach()).sum().backward()
    d = x.detach()
    with m.no_grad():
        d += 1
    return x.grad, x, d.requires_grad


def detach_in_place(m: Any) -> Any:
    x = leaf(m, 3)
    y = x * 2
    y.detach_()
    return y.requires_grad, y.is_leaf


def updates_by_hand(m: Any) -> Any:
    w = leaf(m, 3)
    for _ in range(4):
        loss = ((w - 1) ** 2).sum()
        loss.backward()
        with m.no_grad():
            w -= 0.1 * w.grad
        w.grad.zero_()
    return w, w.is_leaf


def changed_in_place_and_fine(m: Any) -> Any:
    x = leaf(m, 3)
    y = x * 2
    y += 1  # neither * nor + needs its result
    y.mul_(3)
    z = y.exp()
    z.sum().backward()
    return x.grad, y


def assigned_in_the_graph(m: Any) -> Any:
    x, v = leaf(m, 3, 4), leaf(m, 4)
    y = x * 1
    y[1] = v * 2
    y[:, 0] = 0.0
    (y * y).sum().backward()
    return y, x.grad, v.grad


SCRIPTS = [
    modes,
    mode_after_an_error,
    inference,
    detached,
    detach_in_place,
    updates_by_hand,
    changed_in_place_and_fine,
    assigned_in_the_graph,
]


@pytest.mark.parametrize("run", SCRIPTS, ids=[s.__name__ for s in SCRIPTS])
def test_script(run: Callable[[Any], Any]) -> None:
    check_seen(run)
