"""Modules: names of the state, PyTorch's weights in, the same values and gradients out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from .harness import FLOATS, Array, both, check_seen, facts, ints, normal, numpy, torch

Build = Callable[[Any], Any]
ROWS: list[tuple[str, Build, Any]] = []


def row(name: str, build: Build, x: Any) -> None:
    ROWS.append((name, build, x))


X, IMAGE, SIGNAL = normal(5, 4), normal(3, 4, 8, 8, seed=1), normal(3, 4, 9, seed=2)


def activation(name: str) -> Build:
    return lambda m: getattr(m.nn, name)()


for _name in ["Tanh", "Sigmoid", "ReLU", "LeakyReLU", "ELU", "GELU", "SiLU", "Softplus", "Flatten"]:
    row(_name, activation(_name), IMAGE)
row("Softmax", lambda m: m.nn.Softmax(dim=1), X)
row("LogSoftmax", lambda m: m.nn.LogSoftmax(dim=-1), X)
row("LeakyReLU(0.3)", lambda m: m.nn.LeakyReLU(0.3), X)
row("ELU(alpha=2)", lambda m: m.nn.ELU(alpha=2.0), X)
row("GELU(tanh)", lambda m: m.nn.GELU(approximate="tanh"), X)
row("Softplus(2,10)", lambda m: m.nn.Softplus(beta=2, threshold=10), X)
row("Flatten(2)", lambda m: m.nn.Flatten(start_dim=2), IMAGE)
row("Flatten(0,1)", lambda m: m.nn.Flatten(0, 1), IMAGE)
row("Identity", lambda m: m.nn.Identity(), X)
row("Linear", lambda m: m.nn.Linear(4, 3), X)
row("Linear no bias", lambda m: m.nn.Linear(4, 3, bias=False), X)
row("Linear 1d", lambda m: m.nn.Linear(in_features=4, out_features=3), X[0])
row("Linear 3d", lambda m: m.nn.Linear(8, 3), IMAGE)
row("Conv1d", lambda m: m.nn.Conv1d(4, 6, 3), SIGNAL)
row("Conv1d options", lambda m: m.nn.Conv1d(4, 6, 3, 2, 1, 2, 2, False), SIGNAL)
row("Conv2d", lambda m: m.nn.Conv2d(4, 6, 3), IMAGE)
row("Conv2d options", lambda m: m.nn.Conv2d(4, 8, (3, 2), stride=(2, 1), padding=1, dilation=2,
    groups=4),
    IMAGE)  # fmt: skip
row("Conv2d same", lambda m: m.nn.Conv2d(4, 2, 3, padding="same", bias=False), IMAGE)
row("Conv2d unbatched", lambda m: m.nn.Conv2d(4, 2, 3), IMAGE[0])
row("MaxPool2d", lambda m: m.nn.MaxPool2d(2), IMAGE)
row(
    "MaxPool2d options",
    lambda m: m.nn.MaxPool2d(3, stride=2, padding=1, dilation=1, ceil_mode=True),
    IMAGE,
)
row("AvgPool2d", lambda m: m.nn.AvgPool2d(2), IMAGE)
row("AvgPool2d options", lambda m: m.nn.AvgPool2d(3, 2, padding=1, ceil_mode=True,
    count_include_pad=False),
    IMAGE)  # fmt: skip
row("AdaptiveAvgPool2d", lambda m: m.nn.AdaptiveAvgPool2d((1, 3)), IMAGE)
row("BatchNorm1d", lambda m: m.nn.BatchNorm1d(4), X)
row("BatchNorm1d 3d", lambda m: m.nn.BatchNorm1d(4), SIGNAL)
row("BatchNorm1d options", lambda m: m.nn.BatchNorm1d(4, eps=1e-3, momentum=0.5), X)
row("BatchNorm1d momentum=None", lambda m: m.nn.BatchNorm1d(4, momentum=None), X)
row("BatchNorm1d affine=False", lambda m: m.nn.BatchNorm1d(4, affine=False), X)
row("BatchNorm1d no statistics", lambda m: m.nn.BatchNorm1d(4, track_running_stats=False), X)
row("BatchNorm2d", lambda m: m.nn.BatchNorm2d(4), IMAGE)
row(
    "BatchNorm2d bare",
    lambda m: m.nn.BatchNorm2d(4, affine=False, track_running_stats=False),
    IMAGE,
)
row("LayerNorm", lambda m: m.nn.LayerNorm(4), X)
row("LayerNorm(8,8)", lambda m: m.nn.LayerNorm((8, 8), eps=1e-3), IMAGE)
row("LayerNorm plain", lambda m: m.nn.LayerNorm([4], elementwise_affine=False), X)
row("LayerNorm bias=False", lambda m: m.nn.LayerNorm(4, bias=False), X)
row("Dropout(0)", lambda m: m.nn.Dropout(0.0), X)
row("Dropout(1)", lambda m: m.nn.Dropout(p=1.0), X)
row("Embedding", lambda m: m.nn.Embedding(7, 3), ints(7, 2, 5))
row("Embedding padding", lambda m: m.nn.Embedding(7, 3, padding_idx=2), ints(7, 2, 5))
row("Embedding padding<0", lambda m: m.nn.Embedding(7, 3, padding_idx=-1), ints(7, 2, 5))
row("Sequential", lambda m: m.nn.Sequential(m.nn.Linear(4, 6), m.nn.Tanh(), m.nn.Linear(6, 2)), X)
# no bias before batch norm: its gradient is zero on paper and rounding noise in both


def normed(m: Any) -> Any:
    head = [m.nn.Linear(4, 6, bias=False), m.nn.BatchNorm1d(6), m.nn.ReLU(), m.nn.Dropout(0.0)]
    return m.nn.Sequential(*head, m.nn.Linear(6, 2), m.nn.LogSoftmax(1))


def convolutional(m: Any) -> Any:
    head = [m.nn.Conv2d(4, 6, 3, padding=1, bias=False), m.nn.BatchNorm2d(6), m.nn.ReLU()]
    body = [m.nn.MaxPool2d(2), m.nn.Conv2d(6, 2, 3), m.nn.ReLU(), m.nn.Flatten()]
    return m.nn.Sequential(*head, *body, m.nn.Linear(8, 3))


row("MLP with norm", normed, X)
row("CNN", convolutional, IMAGE)
row("named Sequential", lambda m: m.nn.Sequential(__import__("collections").OrderedDict(
    first=m.nn.Linear(4, 3), act=m.nn.ReLU(), second=m.nn.Linear(3, 1))), X)  # fmt: skip
row("nested", lambda m: m.nn.Sequential(m.nn.Sequential(m.nn.Linear(4, 3)), m.nn.Linear(3, 1)), X)


def custom(m: Any) -> Any:
    class Block(m.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.layers = m.nn.ModuleList([m.nn.Linear(4, 4) for _ in range(2)])
            self.scale = m.nn.Parameter(m.ones(4))
            self.register_buffer("shift", m.full((4,), 0.5))
            self.register_parameter("nothing", None)

        def forward(self, x: Any) -> Any:
            for layer in self.layers:
                x = m.tanh(layer(x)) * self.scale + self.shift
            return x

    return Block()


row("custom", custom, X)


def weights(build: Build, dtype: str) -> dict[str, Array]:
    """PyTorch's own draw with noise, so that no scale is 1 and no bias is 0."""
    torch.manual_seed(5)
    state = {k: v.numpy() for k, v in build(torch).state_dict().items()}
    noise = np.random.default_rng(3)
    return {
        k: (v + 0.3 * noise.uniform(0, 1, v.shape)).astype(dtype) if v.dtype.kind == "f" else v
        for k, v in state.items()
    }


def look(net: Any, m: Any, x: Array, label: str) -> Iterator[tuple[str, Any]]:
    t = m.tensor(x)
    if x.dtype.kind == "f":
        t.requires_grad = True
    y = net(t)
    yield from facts(y, label)
    if y.requires_grad:
        net.zero_grad()
        c = np.random.default_rng(4).standard_normal(tuple(y.shape)).astype(str(numpy(y).dtype))
        (y * m.tensor(c)).sum().backward()
        yield from facts(t.grad, f"{label} input grad")
        yield from facts({n: p.grad for n, p in net.named_parameters()}, f"{label} grads")
    yield from facts({n: b.clone() for n, b in net.named_buffers()}, f"{label} buffers")


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("name", "build", "x"), ROWS, ids=[r[0] for r in ROWS])
def test_module(name: str, build: Build, x: Array, dtype: str) -> None:
    state = weights(build, dtype)
    batch = x.astype(dtype) if x.dtype.kind == "f" else x

    def run(m: Any) -> dict[str, Any]:
        net = build(m)
        seen = dict(facts({k: v.detach() * 0 for k, v in net.state_dict().items()}, "state"))
        net = net.to(getattr(m, dtype))
        net.load_state_dict({k: m.tensor(v) for k, v in state.items()})
        seen["modules"] = [n for n, _ in net.named_modules()]
        seen["parameters"] = [
            (n, tuple(p.shape), p.requires_grad) for n, p in net.named_parameters()
        ]
        seen["children"] = [n for n, _ in net.named_children()]
        seen["training"] = net.training
        for step in range(3):  # running statistics move
            scaled = batch if batch.dtype.kind == "i" else (batch * (1 + step)).astype(dtype)
            seen.update(look(net, m, scaled, f"train {step}"))
        net.eval()
        seen.update(look(net, m, batch, "eval"))
        seen.update(facts(net.state_dict(), "state after"))
        return seen

    both(run)


def test_what_a_module_offers() -> None:
    def run(m: Any) -> Any:
        net = m.nn.Sequential(
            m.nn.Linear(4, 3), m.nn.BatchNorm1d(3), m.nn.ModuleList([m.nn.ReLU()])
        )
        seen: list[Any] = [len(net), type(net[0]).__name__, type(net[-1]).__name__, len(net[:2])]
        seen += [
            [type(c).__name__ for c in net.children()],
            [type(c).__name__ for c in net.modules()],
        ]
        seen += [sum(p.numel() for p in net.parameters()), [n for n, _ in net.named_buffers()]]
        net.eval()
        seen += [net.training, net[1].training]
        net.train()
        seen += [net.training, net[1].training, net.train(False) is net, net[1].training]
        net.double()
        seen += [[p.dtype for p in net.parameters()], [b.dtype for b in net.buffers()]]
        net.float()
        net.requires_grad_(False)
        seen += [[p.requires_grad for p in net.parameters()], net[0].weight.dtype]
        seen += [
            net[0].in_features,
            net[0].out_features,
            net[1].num_features,
            net[1].eps,
            net[1].momentum,
        ]
        names: list[str] = []
        net.apply(lambda c: names.append(type(c).__name__))
        return [*seen, names]

    check_seen(run)


def test_lists_of_modules() -> None:
    def run(m: Any) -> Any:
        both_kinds = m.nn.ModuleList([m.nn.Linear(2, 2)])
        both_kinds.append(m.nn.Tanh())
        both_kinds.extend([m.nn.Linear(2, 1)])
        both_kinds.insert(1, m.nn.ReLU())
        both_kinds[0] = m.nn.Linear(2, 3)
        seq = m.nn.Sequential()
        seq.append(m.nn.Linear(1, 1))
        seq.add_module("last", m.nn.ReLU())
        return (
            [type(c).__name__ for c in both_kinds],
            list(both_kinds.state_dict()),
            list(seq.state_dict()),
            [n for n, _ in seq.named_children()],
            len(both_kinds),
        )

    check_seen(run)


def test_shared_parameters_are_counted_once() -> None:
    def run(m: Any) -> Any:
        net = m.nn.Sequential(m.nn.Linear(3, 3), m.nn.Linear(3, 3))
        net[1].weight = net[0].weight
        return (
            [n for n, _ in net.named_parameters()],
            list(net.state_dict()),
            len(list(net.parameters())),
        )

    check_seen(run)


def test_loading_in_part() -> None:
    def run(m: Any) -> Any:
        net = m.nn.Linear(2, 2)
        found = net.load_state_dict({"weight": m.zeros(2, 2), "extra": m.zeros(1)}, strict=False)
        return list(found.missing_keys), list(found.unexpected_keys), net.weight.detach()

    check_seen(run)


def test_zero_grad_and_hooks() -> None:
    def run(m: Any) -> Any:
        net = m.nn.Linear(2, 1)
        net(m.ones(1, 2)).sum().backward()
        before = net.weight.grad.clone()
        net.zero_grad()
        gone = net.weight.grad
        net.bias.requires_grad_(False)
        net(m.ones(1, 2)).sum().backward()
        return before, gone, net.bias.grad, net.weight.grad

    check_seen(run)


def test_forward_hooks() -> None:
    def run(m: Any) -> Any:
        net, seen = m.nn.Linear(2, 1), []
        handle = net.register_forward_hook(lambda mod, args, out: seen.append(tuple(out.shape)))
        net(m.ones(3, 2))
        handle.remove()
        net(m.ones(3, 2))
        return seen

    check_seen(run, optional=True)
