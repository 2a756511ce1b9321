from __future__ import annotations

import numpy as np
import pytest

from denpa import nn
from denpa.autodiff.function import Function
from denpa.autodiff.tensor import tensor_of
from denpa.functional import manual_seed
from denpa.functional.generator import default_generator
from denpa.nn.functional import dropout
from denpa.train.gradcheck import check_gradients
from denpa.train.models import cnn, mlp

RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 5)).astype(np.float32)
Y = np.array([0, 1, 2, 0, 1, 2])


class Faulty(Function):
    """The identity, whose message is wrong by a factor."""

    factor = 1.0

    @staticmethod
    def forward(ctx, x):
        return x * 1.0

    @staticmethod
    def backward(ctx, g):
        return g * Faulty.factor


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(5, 4), nn.Linear(4, 3)

    def forward(self, x):
        return self.second(Faulty.apply(self.first(x).tanh()))


@pytest.mark.parametrize(("factor", "ok"), [(1.0, True), (1.001, False), (-1.0, False)])
def test_a_planted_fault_is_found(monkeypatch, factor, ok):
    monkeypatch.setattr(Faulty, "factor", factor)
    found = check_gradients(Net(), nn.CrossEntropyLoss(), X, Y)
    assert found.ok is ok
    # Every bias and ten of each matrix.
    assert (found.checked, found.parameters) == (4 + 3 + 10 + 10, 20 + 4 + 12 + 3)
    if not ok:
        assert found.where.startswith("first.")
        assert found.worst == pytest.approx(abs(factor - 1), rel=0.02) or factor < 0


@pytest.mark.parametrize("options", [{}, {"batch_norm": True}, {"dropout": 0.5}])
@pytest.mark.parametrize("activation", ["relu", "gelu", "sigmoid"])
def test_right_networks_pass_and_are_left_as_they_were(options, activation):
    manual_seed(1)
    net = mlp(inputs=5, outputs=3, hidden=[7], activation=activation, **options)
    before = {k: v.numpy().copy() for k, v in net.state_dict().items()}
    found = check_gradients(net, nn.CrossEntropyLoss(), X, Y)
    assert found.ok, found
    assert found.worst > 0
    assert net.training
    assert all(np.array_equal(before[k], v.numpy()) for k, v in net.state_dict().items())
    assert all(p.grad is None for p in net.parameters())


def test_black_pixels_and_zero_biases_are_no_mistake():
    manual_seed(0)
    net = cnn(image=(1, 10, 10), outputs=3, channels=[4], hidden=[6])
    dark = np.zeros((6, 1, 10, 10), np.float32)
    dark[:, :, 4:6, 4:6] = RNG.random((6, 1, 2, 2))
    assert check_gradients(net, nn.CrossEntropyLoss(), dark, Y).ok


def test_a_nan_gradient_is_no_pass(monkeypatch):
    monkeypatch.setattr(Faulty, "factor", float("nan"))
    assert not check_gradients(Net(), nn.CrossEntropyLoss(), X, Y).ok


def test_the_budget_leaves_a_sample_of_each_bias():
    net = mlp(inputs=5, outputs=3, hidden=[50, 40])
    found = check_gradients(net, nn.CrossEntropyLoss(), X, Y, weights=2, budget=0.0)
    assert found.checked == 6 * 2


def test_its_sentence():
    text = str(check_gradients(nn.Linear(5, 3), nn.CrossEntropyLoss(), X, Y, weights=1))
    assert text.startswith(
        "gradients: 4 of 18 checked against numeric ones, largest relative error"
    )


@pytest.mark.parametrize("size", [1.0, 1e6, 1.6e9, 1e12])
@pytest.mark.parametrize("factor", [1.0, 1.001])
def test_a_large_target_costs_digits_and_not_the_verdict(monkeypatch, size, factor):
    """A loss that takes a large mean off again keeps few digits for a small step."""
    monkeypatch.setattr(Faulty, "factor", factor)
    y = size + RNG.normal(size=(6, 1))
    mean, scale = float(y.mean()), max(float(y.std()), size * 1e-7)

    class Rescaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.last = nn.Linear(5, 4), nn.Linear(4, 1)

        def forward(self, x):
            return self.last(Faulty.apply(self.first(x).tanh())) * scale + mean

    def loss(output, target):
        return nn.MSELoss()((output - mean) / scale, (target - mean) / scale)

    manual_seed(0)
    assert check_gradients(Rescaled(), loss, X, y).ok is (factor == 1.0)


def test_what_a_training_left_behind_is_no_part_of_the_check():
    net = nn.Linear(2, 1)
    x = np.random.default_rng(0).normal(size=(64, 2))
    loss = nn.MSELoss()
    loss(net(tensor_of(x.astype(np.float32))), tensor_of(x[:, :1].astype(np.float32))).backward()
    left = net.weight.grad.numpy().copy()
    assert check_gradients(net, loss, x, 2 * x[:, :1]).ok
    np.testing.assert_array_equal(net.weight.grad.numpy(), left)


def test_the_generator_is_as_before_where_the_loss_raises():
    def loss(y, t):
        dropout(y, 0.5)
        raise ZeroDivisionError

    net = nn.Linear(2, 1)
    manual_seed(3)
    before = default_generator.get_state()
    with pytest.raises(ZeroDivisionError):
        check_gradients(net, loss, np.ones((4, 2)), np.ones((4, 1)))
    assert default_generator.get_state().tolist() == before.tolist()
