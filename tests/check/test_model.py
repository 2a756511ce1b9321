"""Networks, Functions and functions of Denpa tensors, right ones and such as people write."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.check.frameworks.base import patched
from denpa.check.frameworks.engine import DENPA
from denpa.check.opening.losses import Examples, usual_loss
from denpa.check.subjects.layer import Layer
from denpa.check.subjects.model import checked, function, model
from denpa.check.subjects.network import Network
from denpa.core.errors import ArgumentError

F = dp.nn.functional
RNG = np.random.default_rng(0)
X, T = RNG.standard_normal((6, 4)), np.array([0, 1, 2, 2, 1, 0])


class Square(dp.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * x * g


class Half(Square):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * x


class Wide(dp.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return 3 * x

    @staticmethod
    def backward(ctx, g):
        return 3 * g.sum(0)


class Affine(dp.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias):
        ctx.save_for_backward(x, weight)
        return x @ weight + bias

    @staticmethod
    def backward(ctx, g):
        x, weight = ctx.saved_tensors
        grad_weight = x.T @ g
        grad_bias = g[0]
        return g @ weight.T, grad_weight, grad_bias


class Calls(dp.nn.Module):
    def __init__(self, f: Any) -> None:
        super().__init__()
        self.f = f

    def forward(self, x):
        return self.f.apply(x)


def two(middle: Any) -> Any:
    return dp.nn.Sequential(dp.nn.Linear(4, 5), middle, dp.nn.Linear(5, 3))


def named(report: Any) -> list[tuple[str, str, str]]:
    return [(f.part, f.name, f.mistake) for f in report.findings]


@pytest.mark.parametrize("middle", [
    dp.nn.ReLU(), dp.nn.Dropout(0.5), dp.nn.BatchNorm1d(5), dp.nn.LayerNorm(5), dp.nn.GELU(),
    dp.nn.Sequential(dp.nn.Linear(5, 5), dp.nn.ELU()), Calls(Square),
], ids=lambda m: type(m).__name__)  # fmt: skip
@pytest.mark.parametrize("loss", [F.cross_entropy, None], ids=["loss", "output"])
def test_right_networks(middle: Any, loss: Any) -> None:
    net = two(middle)
    before = {k: v.numpy().copy() for k, v in net.state_dict().items()}
    state = dp.get_rng_state().numpy().copy()
    found = model(net.eval(), loss, X, None if loss is None else T)
    assert found.ok, str(found)
    assert all((net.state_dict()[k].numpy() == v).all() for k, v in before.items())
    assert (dp.get_rng_state().numpy() == state).all()
    assert not net.training
    assert net[0].weight.dtype == np.float32
    assert dp.get_default_dtype() == np.float32


def test_several_inputs_and_outputs_and_integers() -> None:
    class Two(dp.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = dp.nn.Embedding(7, 4)

        def forward(self, word, x):
            y = self.table(word) * x
            return {"y": y.tanh(), "rest": (y.sum(), word)}

    found = model(Two(), None, (np.array([1, 1, 6]), X[:3]))
    assert found.ok
    assert list(found.compared) == ["x", "table.weight"]
    assert model(two(dp.nn.Tanh()), lambda y, t: ((y - t) ** 2).mean(), X, X[:, :3]).ok
    assert model(two(dp.nn.Tanh()), lambda y: (y**2).mean(), X).ok


def test_a_wrong_function_is_found_where_it_is() -> None:
    found = model(two(Calls(Half)), F.cross_entropy, X, T)
    assert named(found) == [("1 (Calls), Half", "x", "scale")]
    assert found.findings[0].location.text == "return g * x"
    assert found.findings[0].verified < 1e-8
    assert found.parts["0 (Linear)"].ok
    deep = dp.nn.Sequential(two(Calls(Square)), two(Calls(Half)))
    # The second network takes 4 numbers, so the first gives 4.
    deep[0][2] = dp.nn.Linear(5, 4)
    assert named(model(deep, None, X)) == [("1.1 (Calls), Half", "x", "scale")]


def test_a_gradient_of_the_wrong_shape_is_a_finding() -> None:
    # The engine itself refuses it; the report is on the Function.
    assert [f.mistake for f in model(two(Calls(Wide)), None, X).findings] == ["shape"]
    assert [f.mistake for f in function(Wide, X).findings] == ["shape"]


def test_what_is_unused_or_frozen_is_no_mistake() -> None:
    class Unused(dp.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = dp.nn.Linear(4, 5), dp.nn.Linear(5, 3)

        def forward(self, x):
            return self.a(x)

    assert model(Unused(), None, X).ok
    net = two(dp.nn.ReLU())
    net[0].requires_grad_(False)
    assert "0.weight" not in model(net, None, X).compared


def test_state_kept_between_calls_and_gradients_within_forward() -> None:
    class Counts(dp.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.n = dp.nn.Linear(4, 3), 0

        def forward(self, x):
            self.n += 1
            return self.a(x) * self.n

    found = model(Counts(), None, X)
    assert found.ok
    assert "fresh copy" in found.notes[0]

    class Slope(dp.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = dp.nn.Linear(4, 3)

        def forward(self, x):
            y = self.a(x).tanh().sum()
            return dp.autograd.grad(y, self.a.weight, create_graph=True)[0] * self.a.weight

    assert model(Slope(), None, X).compared["a.weight"].ok


def test_dropout_drops_the_same_whatever_the_user_drew_before() -> None:
    found = []
    for seed in (1, 2):
        dp.manual_seed(seed)
        found.append(model(dp.nn.Sequential(dp.nn.Dropout(0.5)).eval(), None, X + 10))
    claims = [f.case.claims["x"] for f in found]
    assert (claims[0] == claims[1]).all()
    assert 0 < (claims[0] == 0).sum() < X.size  # in training mode, though the net was not


def test_buffers_start_alike_in_every_evaluation() -> None:
    class Centres(dp.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = dp.nn.Linear(4, 3)
            self.register_buffer("mean", dp.zeros(3))

        def forward(self, x):
            y = self.a(x)
            with dp.no_grad():
                self.mean.mul_(0.9).add_(0.1 * y.mean(dim=0))
            return (y - self.mean).tanh() * self.mean.sum().detach() + y

    found = model(Centres(), None, X)
    assert not any("fresh copy" in n for n in found.notes)
    assert "random" not in [f.mistake for f in found.findings]


@pytest.mark.parametrize("loss", [dp.nn.CrossEntropyLoss(), dp.nn.CrossEntropyLoss(dp.ones(3))])
def test_a_loss_that_is_a_module(loss: Any) -> None:
    assert model(two(dp.nn.Tanh()), loss, X, T).ok
    assert loss.weight is None or loss.weight.dtype == np.float32


def test_zeros_are_moved_off_the_kinks() -> None:
    net = two(dp.nn.ReLU())
    with dp.no_grad():
        net[0].bias.zero_()
    x = X * (X > 0.5)
    x[0] = 0
    found = model(net, F.cross_entropy, x, T)
    assert found.ok
    assert sum(c.kinks for c in found.compared.values()) == 0
    assert "zeros in x, 0.bias were replaced" in found.notes[0]


def test_code_that_computes_in_float32() -> None:
    class Single(dp.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = dp.nn.Linear(4, 3)

        def forward(self, x):
            return x.float() @ self.a.weight.T  # float64 weights do not go with it

    found = model(Single(), None, X)
    assert found.ok
    assert found.case.single


def test_what_is_no_module() -> None:
    with pytest.raises(ArgumentError, match=r"check\.layer takes layers"):
        model(X, None, X)
    with pytest.raises(ArgumentError, match="returned NoneType"):
        function(lambda x: None, X)
    with pytest.raises(RuntimeError, match="3 features"):
        model(two(dp.nn.ReLU()), None, X[:, :3])


def test_patches_are_undone() -> None:
    before = vars(Half)["backward"]
    inherited = type("Inherited", (Half,), {})
    with patched(Half, "backward", lambda ctx, g: g), patched(inherited, "backward", print):
        assert vars(Half)["backward"] is not before
    assert vars(Half)["backward"] is before
    assert "backward" not in vars(inherited)
    kept = vars(Half)["forward"]
    subject = Network(DENPA, two(Calls(Half)), (X,))
    assert [p.name for p in subject.parts(subject.values)] == [
        "0 (Linear)", "1 (Calls)", "2 (Linear)"
    ]  # fmt: skip
    assert vars(Half)["forward"] is kept


@pytest.mark.parametrize(
    ("output", "classes", "expected"),
    [
        (RNG.standard_normal((6, 3)), 3, "cross_entropy"),
        (np.full((6, 3), 1 / 3), 3, "nll_loss of the logarithm"),
        (np.log(np.full((6, 3), 1 / 3)), 3, "nll_loss"),
        (RNG.standard_normal((6, 1)), 2, "binary_cross_entropy_with_logits"),
        (RNG.standard_normal((6, 1)), 0, "mse_loss"),
    ],
)
def test_the_loss_that_fits(output: np.ndarray, classes: int, expected: str) -> None:
    y = T % max(classes, 1) if classes else X[:, :1]
    assert usual_loss(DENPA, output, Examples("them", X, y, classes), None)[2] == expected


def test_a_loss_that_fits_nothing() -> None:
    data = Examples("digits", X, T, 3)
    with pytest.raises(ArgumentError, match=r"the output is \(6, 2\); digits has 3 classes"):
        usual_loss(DENPA, X[:, :2], data, None)
    with pytest.raises(ArgumentError, match="6 rows, one an example"):
        usual_loss(DENPA, X[:3], data, None)


class TwoLayers:
    """784-50-10 as a textbook writes it."""

    def __init__(self, n: int, h: int, k: int) -> None:
        self.params = {"W1": RNG.standard_normal((n, h)) / 28, "b1": np.zeros(h),
                       "W2": RNG.standard_normal((h, k)) / 7, "b2": np.zeros(k)}  # fmt: skip
        self.grads: dict[str, Any] = {}

    def forward(self, x, t):
        p = self.params
        self.x, self.t = x, t
        self.h = np.maximum(x @ p["W1"] + p["b1"], 0)
        a = self.h @ p["W2"] + p["b2"]
        e = np.exp(a - a.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)
        return -np.log(self.y[np.arange(len(t)), t]).mean()

    def backward(self, dout):
        d = self.y.copy()
        d[np.arange(len(self.t)), self.t] -= 1
        d *= dout / len(self.t)
        g, p = self.grads, self.params
        g["W2"], g["b2"] = self.h.T @ d, d.sum(axis=0)
        dh = d @ p["W2"].T * (self.h > 0)
        g["W1"], g["b1"] = self.x.T @ dh, dh.sum(axis=0)
        return dh @ p["W1"].T


@pytest.mark.parametrize("kind", ["textbook", "module"])
def test_a_whole_network_takes_few_evaluations(kind: str) -> None:
    """Half a second of them; every number of every matrix would take 80,000."""
    x, t = RNG.random((100, 784)), RNG.integers(0, 10, 100)
    calls = []
    if kind == "textbook":

        class Counted(TwoLayers):
            def forward(self, x, t):
                calls.append("forward")
                return super().forward(x, t)

        found = checked(Layer(Counted(784, 50, 10), (x, t)), 0, 600.0, "en")
        biases = ("b1", "b2")
    else:
        net = dp.nn.Sequential(dp.nn.Linear(784, 50), dp.nn.ReLU(), dp.nn.Linear(50, 10))
        net.register_forward_hook(lambda *_: calls.append("forward"))
        found = model(net, F.cross_entropy, x, t, budget=600.0)
        biases = ("0.bias", "2.bias")
    assert found.ok, str(found)
    assert [found.compared[b].checked + found.compared[b].kinks for b in biases] == [50, 10]
    assert 100 < len(calls) < 1500


def test_a_module_given_as_a_layer_is_sent_to_where_it_is_checked() -> None:
    with pytest.raises(ArgumentError, match=r"Linear is a module.*check\.model checks it"):
        dp.check.layer(dp.nn.Linear(3, 2), np.ones((2, 3)))
    with pytest.raises(ArgumentError, match=r"Linear はモジュール.*check\.model"):
        dp.check.layer(dp.nn.Linear(3, 2), np.ones((2, 3)), language="ja")
