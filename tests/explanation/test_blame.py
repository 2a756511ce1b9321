"""Which example pushed a weight, and how a derivation goes on."""

from __future__ import annotations

import numpy as np
import pytest

import denpa as dp
from denpa import nn

F = nn.functional


def line():
    """E = ½Σ(w·x_n − t_n)², whose terms are (w·x_n − t_n)·x_n."""
    w = dp.tensor([[2.0]], requires_grad=True)
    x = dp.tensor([[1.0], [-3.0], [0.5]])
    t = dp.tensor([[1.0], [1.0], [1.0]])
    return dp.explain(0.5 * ((x @ w - t) ** 2).sum()), [1.0, 21.0, 0.0]


def test_the_largest_first_and_by_hand():
    e, terms = line()
    found = e.blame("w", (0, 0))
    assert [(s.sample, s.term) for s in found.shares] == [(1, 21.0), (0, 1.0), (2, 0.0)]
    assert (found.total, found.rest, found.coupled) == (22.0, 0.0, ())
    assert [e.derivation("w", (0, 0), sample=k).result for k in range(3)] == terms
    assert e.blame("w").total == 22.0
    data = found.to_dict()
    assert (data["schema"], data["version"]) == ("denpa.blame", 1)


def test_a_derivation_follows_the_largest_term():
    e, _ = line()
    d = e.derivation("w", (0, 0))
    assert d.levels[1].index[0] == 1, "the example with the largest term"
    assert d.levels[0].terms[d.levels[0].chosen].product == 21.0
    assert d.product == pytest.approx(21.0)


def test_a_penalty_belongs_to_no_example():
    dp.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    x, t = dp.randn(6, 3), dp.tensor([0, 1, 0, 1, 1, 0])
    penalty = 0.3 * net[0].weight.square().sum()
    e = dp.explain(F.cross_entropy(net(x), t) + penalty)
    w = net[0].weight.detach().numpy().astype(float)
    found = e.blame("0.weight", (1, 2))
    assert found.rest == pytest.approx(0.6 * w[1, 2])
    plain = dp.explain(F.cross_entropy(net(x), t)).blame("0.weight", (1, 2))
    assert [s.term for s in found.shares] == pytest.approx([s.term for s in plain.shares])


def test_each_example_alone_gives_its_term():
    """What the loss of one example alone says, divided by N."""
    dp.manual_seed(1)
    net = nn.Sequential(nn.Conv2d(1, 2, 2), nn.Tanh(), nn.Flatten(), nn.Linear(8, 3))
    x, t = dp.randn(4, 1, 3, 3), dp.tensor([0, 2, 1, 1])
    e = dp.explain(F.cross_entropy(net(x), t))
    for k in range(4):
        net.zero_grad()
        (F.cross_entropy(net(x[k : k + 1]), t[k : k + 1]) / 4).backward()
        for name, p in net.named_parameters():
            at = tuple(n - 1 for n in p.shape)
            assert e.derivation(name, at, sample=k).result == pytest.approx(
                float(p.grad[at]), rel=1e-4
            )
            (share,) = [s for s in e.blame(name).shares if s.sample == k]
            assert share.norm == pytest.approx(float(np.linalg.norm(p.grad.numpy())), rel=1e-4)


def test_rows_of_a_layer_matrix_add_up():
    dp.manual_seed(2)
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    e = dp.explain(net(dp.randn(5, 3)).square().sum())
    matrix = e.jacobian("1", sample=2)
    w, delta = net[2].weight.detach().numpy(), e.delta("2")[2]
    assert np.allclose(matrix, w.T * delta)
    assert np.allclose(matrix.sum(1), e.delta("1")[2])
    diagonal = e.jacobian("0", sample=2)
    assert np.allclose(diagonal, np.diag(np.diag(diagonal)))


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda e: e.derivation("0.weigth", (0, 0)), "there are '0.weight'"),
        (
            lambda e: e.derivation("0.weight", (9, 0)),
            r"out of range for dim 0 of size 4 \(-4 to 3\)",
        ),
        (lambda e: e.derivation("0.weight", 1), "has 2 indices, not 1"),
        (lambda e: e.derivation("0.weight", (0, 0), sample=5), r"the batch has 5 \(0 to 4\)"),
        (lambda e: e.derivation("0", (1, 0), sample=2), "belongs to example 1, not to 2"),
        (lambda e: e.blame("0", (0, 0)), "0 has several parameters"),
        (lambda e: e.blame("1"), "about parameters; 1 is none"),
        (lambda e: e.jacobian("1"), "say which: sample=0"),
    ],
)
def test_what_cannot_be_asked_says_so(ask, says):
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    x = dp.randn(5, 3)
    e = dp.explain(net(x).square().sum())
    with pytest.raises((ValueError, IndexError), match=says):
        ask(e)


def test_hooks_are_neither_run_nor_hidden():
    ran = []
    h = dp.tensor([1.0, 2.0], requires_grad=True)
    u = h * 1
    u.register_hook(lambda g: ran.append(1) or g * 2)
    e = dp.explain((u * u).sum())
    d = e.derivation("h", 0)
    assert (d.result, d.gradient, d.agrees) == (2.0, None, None)
    assert "backward() gives" not in d.text()
    assert "hooks of tensors are left out" in str(e)
    assert [c["what"] for c in e.to_dict()["checks"]] == ["local"]
    assert not ran


def test_one_row_alone_and_infinity_are_json():
    import json

    logits = dp.randn(3, requires_grad=True)
    json.dumps(dp.explain(F.cross_entropy(logits, dp.tensor(2))).to_dict(), allow_nan=False)
    found = dp.explain("1/x", x=0).derivation("x").to_dict()
    assert json.loads(json.dumps(found, allow_nan=False))["result"] == "-inf"


def test_a_symbol_with_a_layer_takes_a_power():
    net = nn.Sequential(nn.Conv1d(2, 2, 3, padding=1), nn.GELU())
    e = dp.explain((net(dp.randn(2, 2, 8)) ** 2).sum())
    assert e.to_dict()["nodes"]
