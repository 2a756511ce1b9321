"""The record that pages are drawn from, and what is put into boxes."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest

import denpa as dp
from denpa import nn
from denpa.explanation import laws, record
from denpa.explanation.groups import MOST

F = nn.functional


def two_layers(rows=4, classes=2):
    dp.manual_seed(5)
    net = nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, classes))
    x = dp.tensor(np.random.default_rng(0).normal(size=(rows, 2)).astype("f4"))
    t = dp.tensor(np.arange(rows) % classes)
    return net, x, t


def decoded(r, name):
    held = r["arrays"][name]
    kind = {"f64": "<f8", "f32": "<f4", "i64": "<i8", "i32": "<i4", "u8": "u1"}[held["dtype"]]
    return np.frombuffer(base64.b64decode(held["data"]), kind).reshape(held["shape"])


def test_the_numbers_are_those_of_numpy():
    """Forwards and backwards written out for softmax with cross-entropy."""
    net, x, t = two_layers()
    e = dp.explain(nn.CrossEntropyLoss()(net(x), t))
    r = json.loads(json.dumps(e.to_dict(), allow_nan=False))
    W1, b1, W2, b2 = (p.detach().numpy().astype(float) for p in net.parameters())
    X, T = x.numpy().astype(float), t.numpy()
    z1 = X @ W1.T + b1
    h = 1 / (1 + np.exp(-z1))
    z2 = h @ W2.T + b2
    p = np.exp(z2) / np.exp(z2).sum(1, keepdims=True)
    d2 = (p - np.eye(2)[T]) / 4
    d1 = d2 @ W2 * h * (1 - h)
    truth = {
        "0.weight": (W1, d1.T @ X), "0.bias": (b1, d1.sum(0)), "0": (z1, d1), "1": (h, d2 @ W2),
        "2.weight": (W2, d2.T @ h), "2.bias": (b2, d2.sum(0)), "2": (z2, d2), "x": (X, d1 @ W1),
        "loss": (-np.log(p[np.arange(4), T]).mean(), np.ones(())),
    }  # fmt: skip
    nodes = {n["name"]: n for n in r["nodes"]}
    for name, (value, delta) in truth.items():
        assert np.allclose(decoded(r, nodes[name]["value"]), value, rtol=1e-12, atol=1e-14), name
        assert np.allclose(decoded(r, nodes[name]["delta"]), delta, rtol=1e-12, atol=1e-14), name
    (group,) = r["groups"]
    spell = group["law"]["spell"]
    assert np.allclose(decoded(r, spell["left"]), p)
    assert np.array_equal(decoded(r, spell["right"]), np.eye(2)[T])
    assert (spell["over"], group["law"]["from"]) == (4.0, nodes["2"]["id"])
    assert group["count"] == sum(n["op"] is not None for n in r["nodes"]) - 3


def test_steps_go_forwards_then_back_and_a_sum_waits_for_its_last_message():
    x = dp.tensor(3.0, requires_grad=True)
    u = x * x
    E = u + x * 2.0 + x
    r = dp.explain(E).to_dict()
    steps = r["steps"]
    kinds = [s["kind"] for s in steps]
    forward = kinds.index("seed")
    assert set(kinds[:forward]) == {"value"}
    edges = {e["id"]: e for e in r["edges"]}
    x_id = next(n["id"] for n in r["nodes"] if n["name"] == "x")
    (total,) = [s for s in steps if s["kind"] == "sum"]
    assert total["node"] == x_id
    assert len(total["edges"]) == 4
    assert sum(float(decoded(r, edges[k]["message"])) for k in total["edges"]) == 9.0
    sent = [k for s in steps[: steps.index(total)] if s["kind"] == "send" for k in s["edges"]]
    assert set(total["edges"]) <= set(sent), "no sum before its last message"


def test_a_law_is_shown_only_where_it_holds(monkeypatch):
    net, x, t = two_layers(classes=3)
    right = dp.explain(F.cross_entropy(net(x), t)).to_dict()
    assert right["groups"][-1]["law"] is not None
    smooth = dp.explain(F.cross_entropy(net(x), t, label_smoothing=0.2)).to_dict()
    assert smooth["groups"][-1]["law"] is None
    summed = dp.explain(F.cross_entropy(net(x), t, reduction="sum")).to_dict()
    assert summed["groups"][-1]["law"]["spell"]["over"] == 1.0
    squares = dp.explain(F.mse_loss(net(x), dp.zeros(4, 3)))
    (law,) = [laws.law_of(squares._tape, squares._home, g) for g in squares._groups]
    assert law is not None
    assert (law.over, law.factor) == (6.0, "(y - t) / (N / 2)")
    assert np.allclose((law.left - law.right) / law.over, squares.delta("2"))


def test_groups_are_modules_and_closing_any_leaves_no_circle():
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 4))

        def forward(self, x):
            y = self.first(x)
            return dp.tanh(y + x) * x

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = nn.Sequential(Block(), Block())
            self.out = nn.Linear(4, 1)

        def forward(self, x):
            return self.out(self.blocks(x))

    net = Net()
    e = dp.explain(F.mse_loss(net(dp.randn(3, 4)), dp.zeros(3, 1)))
    r = e.to_dict()
    groups = {g["id"]: g for g in r["groups"]}
    names = [g["name"] for g in r["groups"]]
    assert {"blocks", "blocks.0", "blocks.1", "blocks.0.first", "mse_loss"} <= set(names)
    for g in r["groups"]:
        assert g["parent"] is None or list(groups).index(g["parent"]) < list(groups).index(g["id"])
    home = {n["id"]: n["group"] for n in r["nodes"]}

    def inside(group, outer):
        while group is not None and group != outer:
            group = groups[group]["parent"]
        return group == outer

    for g in groups:
        equations = [n["id"] for n in r["nodes"] if n["op"] is not None]
        within = [inside(home[n], g) for n in equations]
        first = within.index(True)
        assert all(within[first : first + sum(within)]), "a run of equations"
        last = [n for n, w in zip(equations, within, strict=True) if w][-1]
        assert groups[g]["output"] == last
    for n in r["nodes"]:  # a leaf stands where all its readers are
        readers = [x["to"] for x in r["edges"] if x["from"] == n["id"]]
        if n["op"] is None and n["group"] is not None:
            assert all(inside(home[y], n["group"]) for y in readers)


def test_a_long_loop_is_cut_into_boxes():
    w = dp.tensor(0.5, requires_grad=True)
    y = w
    for _ in range(400):
        y = dp.tanh(y * w)
    e = dp.explain(y)
    outer = [g for g in e._groups if g.parent is None]
    direct = [n for n in e._tape.nodes if e._home[n] is None]
    assert 1 < len(outer) + len(direct) <= MOST + 5
    assert sum(g.count for g in outer) + sum(n.op is not None for n in direct) == 800
    for g in e._groups:
        inner = [h for h in e._groups if h.parent is g]
        assert len(inner) + len(g.nodes) <= MOST + 5


def test_what_does_not_fit_is_left_out_and_said(monkeypatch):
    monkeypatch.setattr(record, "BUDGET", 4000)
    net, x, t = two_layers(rows=50)
    e = dp.explain(F.cross_entropy(net(x), t), start=33)
    r = e.to_dict()
    samples = r["batch"]["samples"]
    assert 33 in samples
    assert len(samples) < 50
    assert r["left_out"]["samples"] == 50 - len(samples)
    nodes = {n["name"]: n for n in r["nodes"]}
    kept = decoded(r, nodes["2"]["value"])
    assert np.allclose(kept, e.value("2")[samples])
    assert nodes["2"]["shape"] == [50, 2], "the shape is the whole one"
    assert r["batch"]["start"] == 33


def test_nan_is_shown_and_where_it_began():
    x = dp.tensor([1.0, -1.0, 4.0], requires_grad=True)
    y = dp.log(x)
    z = y * 2.0
    r = dp.explain(z.sum()).to_dict()
    json.dumps(r, allow_nan=False)
    nodes = {n["name"]: n for n in r["nodes"]}
    assert [nodes[k]["began"] for k in ("x", "y", "z")] == [False, True, False]
    assert nodes["y"]["stats"]["nan"] == 1
    assert nodes["x"]["stats"] is None
    assert np.isnan(decoded(r, nodes["y"]["value"])[1])


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.bool_, np.float64])
def test_equal_bytes_are_stored_once(dtype):
    arrays = record.Arrays()
    a = np.array([[1, 0], [0, 1]], dtype)
    assert arrays.add(a) == arrays.add(a.copy()) != arrays.add(a.T[:1])
    name = arrays.add(a)
    assert np.array_equal(decoded({"arrays": arrays.table}, name), a)


def test_of_mnist_size_it_stays_small():
    net = nn.Sequential(nn.Linear(784, 50), nn.Sigmoid(), nn.Linear(50, 10))
    x, t = dp.rand(100, 784), dp.tensor(np.arange(100) % 10)
    e = dp.explain(F.cross_entropy(net(x), t))
    text = json.dumps(e.to_dict())
    assert len(text) < 2_500_000
    assert {n["name"]: n["show"] for n in e.to_dict()["nodes"]}["x"]["width"] == 28


def test_weights_that_read_an_image_are_tiles_of_its_size():
    net = nn.Sequential(nn.Flatten(), nn.Linear(48, 5), nn.Tanh(), nn.Linear(5, 2))
    e = dp.explain(net(dp.rand(3, 1, 6, 8)).square().mean())
    shown = {n["name"]: n["show"] for n in e.to_dict()["nodes"]}
    assert shown["1.weight"] == {
        "kind": "tiles", "height": 6, "width": 8, "columns": 10,
    }  # fmt: skip
    assert shown["3.weight"] is None
