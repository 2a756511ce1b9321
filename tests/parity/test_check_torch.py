"""`dp.check.torch` on PyTorch's own layers, which are right, and on what people write with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from denpa.check.frameworks.known import framework_of
from denpa.check.subjects.torch import torch as check_torch
from denpa.cli.main import main

from .harness import torch

nn, F = torch.nn, torch.nn.functional
RNG = np.random.default_rng(0)
X, T = RNG.standard_normal((6, 4)), np.array([0, 1, 2, 2, 1, 0])


class Half(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * x


class Wide(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return 3 * x

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g):
        return 3 * g.sum(0)


class Affine(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias):
        ctx.save_for_backward(x, weight)
        return x @ weight.t() + bias

    @staticmethod
    def backward(ctx, g):
        x, weight = ctx.saved_tensors
        grad_x = g @ weight
        grad_weight = g.t() @ x
        grad_bias = g.mean(0)
        return grad_x, grad_weight, grad_bias


half = Half.apply  # as people name it


class Calls(nn.Module):
    def forward(self, x):
        return half(x)


def two(middle: Any) -> Any:
    return nn.Sequential(nn.Linear(4, 5), middle, nn.Linear(5, 3))


def named(report: Any) -> list[tuple[str, str, str]]:
    return [(f.part, f.name, f.mistake) for f in report.findings]


@pytest.mark.parametrize("middle", [
    nn.ReLU(), nn.Dropout(0.5), nn.BatchNorm1d(5), nn.LayerNorm(5), nn.GELU(), nn.PReLU(),
], ids=lambda m: type(m).__name__)  # fmt: skip
def test_right_modules(middle: Any) -> None:
    net = two(middle).eval()
    before = {k: v.clone() for k, v in net.state_dict().items()}
    state = torch.get_rng_state().clone()
    found = check_torch(net, X, loss=F.cross_entropy, t=T)
    assert found.ok, str(found)
    assert all(torch.equal(net.state_dict()[k], v) for k, v in before.items())
    assert torch.equal(torch.get_rng_state(), state)
    assert not net.training
    assert net[0].weight.dtype == torch.get_default_dtype() == torch.float32
    assert all(p.grad is None for p in net.parameters())


@pytest.mark.parametrize(("net", "shape"), [
    (nn.LSTM(4, 3), (5, 2, 4)), (nn.GRU(4, 3, batch_first=True), (2, 5, 4)),
    (nn.MultiheadAttention(4, 2), None), (nn.Conv2d(2, 3, 3, stride=2), (2, 2, 7, 7)),
    (nn.GroupNorm(2, 4), (3, 4, 5)), (nn.MaxPool2d(2), (2, 2, 6, 6)),
], ids=lambda m: type(m).__name__)  # fmt: skip
def test_layers_with_other_shapes(net: Any, shape: Any) -> None:
    given = [RNG.standard_normal(shape)] if shape else [RNG.standard_normal((5, 2, 4))] * 3
    found = check_torch(net, *given)
    assert found.ok, str(found)


def test_a_wrong_function_is_found_where_it_is() -> None:
    found = check_torch(two(Calls()), X, loss=F.cross_entropy, t=torch.from_numpy(T))
    assert named(found) == [("1 (Calls), Half", "x", "scale")]
    assert found.findings[0].location.text == "return g * x"
    assert found.findings[0].verified < 1e-8


def test_functions_alone() -> None:
    assert named(check_torch(Half, X)) == [("", "x", "scale")]
    found = check_torch(Affine, X, RNG.standard_normal((3, 4)), np.zeros(3))
    assert named(found) == [("", "bias", "bias-not-summed")]
    assert found.findings[0].location.text == "grad_bias = g.mean(0)"
    assert [f.mistake for f in check_torch(Wide, X).findings] == ["shape"]


def test_a_gradient_that_the_engine_refuses() -> None:
    class Inside(nn.Module):
        def forward(self, x):
            return Wide.apply(x)

    assert [f.mistake for f in check_torch(two(Inside()), X).findings] == ["shape"]


def test_a_cut_graph_frozen_and_float32() -> None:
    class Cut(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Linear(4, 5), nn.Linear(5, 3)
            self.b.weight.requires_grad_(False)

        def forward(self, x):
            return self.b(torch.tensor(self.a(x).detach().numpy()))

    found = check_torch(Cut(), X)
    assert [(f.name, f.also, f.mistake) for f in found.findings] == [
        ("x", ("a.weight", "a.bias"), "missing")
    ]
    assert "torch.tensor(" in found.findings[0].location.text
    assert "b.weight" not in found.compared

    class Single(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = nn.Linear(4, 3)

        def forward(self, x):
            return x.float() @ self.a.weight.T

    found = check_torch(Single(), X)
    assert found.ok
    assert found.case.single


def test_a_row_of_padding_gets_no_gradient_on_purpose() -> None:
    i = np.array([[0, 1, 2], [0, 3, 3]])
    for net in (nn.Embedding(7, 3, padding_idx=0), nn.Sequential(nn.Embedding(7, 3, 3), nn.Tanh())):
        found = check_torch(net, i)
        assert found.ok
        assert "padding" in found.notes[0]


def test_types() -> None:
    assert framework_of(nn.Linear).name == framework_of(Half).name == "torch"
    assert framework_of(torch.ones(2)).name == "torch"


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "model.py").write_text(
        "import torch\n"
        "nn = torch.nn\n"
        "net = nn.Sequential(nn.Linear(64, 8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 10))\n"
        "class Pictures(nn.Module):\n"
        "    def __init__(self, num_classes):\n"
        "        super().__init__()\n"
        "        self.conv = nn.Conv2d(1, 2, 3)\n"
        "        self.out = nn.Linear(72, num_classes)\n"
        "    def forward(self, x):\n"
        "        return torch.log_softmax(self.out(self.conv(x).relu().flatten(1)), 1)\n"
    )
    for name, shape, loss in (
        ("net", "(8, 64)", "cross_entropy"),
        ("Pictures", "(8, 1, 8, 8)", "nll_loss"),
    ):
        given = ["check", f"{tmp_path / 'model.py'}:{name}", "--data", "digits", "--batch", "8"]
        assert main(given) == 0
        assert f"examples of digits, given as {shape}, with {loss}" in capsys.readouterr().out


def test_torch_is_imported_only_when_asked_for() -> None:
    code = (
        "import sys, denpa; from denpa.check.opening import open; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=600).returncode == 0
