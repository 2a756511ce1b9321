"""What cannot be explained is refused, with what to do instead; what is odd is shown as it is."""

from __future__ import annotations

import json
import math
import time
import tracemalloc
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa import nn
from denpa.core.errors import ArgumentError, DimError, GraphError
from denpa.explanation.condensing import MOST, ROOM

F = nn.functional


def _net() -> Any:
    return nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3))


def _loss(n: int = 6) -> tuple[Any, Any]:
    net = _net()
    return F.cross_entropy(net(dp.randn(n, 4)), dp.tensor([k % 3 for k in range(n)])), net


# -- no loss ---------------------------------------------------------------------------------------


def _freed() -> Any:
    loss, _ = _loss()
    loss.backward()
    return loss


def _stepped() -> Any:
    loss, net = _loss()
    loss.backward(retain_graph=True)
    dp.optim.SGD(net.parameters(), lr=0.1).step()
    return loss


def _data_changed() -> Any:
    x = dp.randn(2, 3)
    loss = (x * dp.tensor(2.0, requires_grad=True)).sum()
    x.mul_(2)
    return loss


def _silent() -> Any:
    with dp.no_grad():
        return _loss()[0]


WRONG: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "a vector": (lambda: _net()(dp.randn(2, 4)), GraphError,
                 r"begin at one number, and this is f32\[2, 3\]; reduce it \(\.sum\(\)"),
    "no tensor": (lambda: 3.0, TypeError, "a loss, a tensor of one element, not float"),
    "nothing": (lambda: None, TypeError, "not NoneType"),
    "an array": (lambda: np.float64(3), TypeError, "not float64"),
    "no_grad": (_silent, GraphError, "under no_grad, detached, or from tensors none of which"),
    "detached": (lambda: _loss()[0].detach(), GraphError, "without a graph"),
    "data alone": (lambda: dp.randn(3).sum(), GraphError, "inputs with requires_grad=True"),
    "a leaf": (lambda: dp.tensor(1.0, requires_grad=True), GraphError, "this is a leaf"),
    "a constant": (lambda: dp.tensor(1.0), GraphError, "without a graph"),
    "freed": (_freed, GraphError, r"has freed this graph; call dp\.explain\(loss\) before "
              r"loss\.backward\(\), or loss\.backward\(retain_graph=True\)"),
    "stepped": (_stepped, GraphError, r"changed in place since it was used \(by "
                r"optimizer\.step\(\)\?\); call dp\.explain\(loss\) before that"),
    "data changed": (_data_changed, GraphError, r"f32\[2, 3\] was changed in place"),
    "no examples": (lambda: _net()(dp.randn(0, 4)).sum(), GraphError,
                    r"f32\[0, 5\] holds no numbers \(a batch of size 0\?\); give at least one"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_loss(name: str) -> None:
    make, kind, words = WRONG[name]
    given = make()
    with pytest.raises(kind, match=words):
        dp.explain(given)


def test_under_no_grad_a_recorded_loss_can_be_explained() -> None:
    loss, net = _loss()
    with dp.no_grad():
        e = dp.explain(loss)
        e.to_dict()
    loss.backward()
    assert e.delta("0.weight") == pytest.approx(net[0].weight.grad.numpy(), rel=1e-5, abs=1e-7)


def test_in_a_trace() -> None:
    @dp.compile
    def step(x: Any) -> Any:
        dp.explain((x * x).sum())
        return x

    with pytest.raises(GraphError, match=r"no numbers in a trace; call it outside dp\.compile"):
        step(dp.tensor([1.0], requires_grad=True))


def test_one_number_of_any_shape_is_a_loss() -> None:
    x = dp.tensor([[2.0]], requires_grad=True)
    e = dp.explain(x * x)
    assert (e.loss, e.delta("x").tolist()) == (4.0, [[4.0]])
    json.dumps(e.to_dict(), allow_nan=False)


# -- asked for what is not there -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "kind", "words"),
    [
        (
            lambda e: e.value("0.weigth"),
            ArgumentError,
            "no value called '0.weigth' here; there are '0.weight'",
        ),
        (lambda e: e.value(3), TypeError, "named by a text, not int"),
        (
            lambda e: e.derivation("0.weight", (5, 0)),
            DimError,
            r"0\.weight: index 5 is out of range for dim 0 of size 5 \(-5 to 4\)",
        ),
        (lambda e: e.derivation("0.weight", 1), DimError, r"shape \[5, 4\]: .* 2 indices, not 1"),
        (lambda e: e.derivation("0.weight", (1.0, 0)), TypeError, "whole numbers, not 1.0"),
        (lambda e: e.derivation("0.weight", (True, 0)), TypeError, "whole numbers, not True"),
        (
            lambda e: e.derivation("0.weight", (0, 0), 6),
            DimError,
            r"example 6 is out of range: the batch has 6 \(0 to 5\)",
        ),
        (lambda e: e.derivation("0.weight", (0, 0), -7), DimError, "example -7 is out of range"),
        (lambda e: e.derivation("0.weight", (0, 0), "a"), TypeError, "number of a row, not 'a'"),
        (lambda e: e.derivation("0", (3, 0), 2), ArgumentError, "belongs to example 3, not to 2"),
        (lambda e: e.derivation("t", 0), ArgumentError, "no message arrives at t"),
        (lambda e: e.blame("0"), None, ""),
        (lambda e: e.blame("1"), ArgumentError, "blame is about parameters; 1 is none"),
        (lambda e: e.blame("0.weight", (9, 9)), DimError, "index 9 is out of range"),
        (lambda e: e.blame("0", (0, 0)), ArgumentError, "several parameters"),
    ],
)
def test_what_is_not_there(ask: Any, kind: type[Exception] | None, words: str) -> None:
    net = _net()
    x, t = dp.randn(6, 4), dp.tensor([0, 1, 2, 0, 1, 2])
    z = net(x)
    criterion = nn.CrossEntropyLoss()
    loss = criterion(z, t)
    e = dp.explain(loss)
    if kind is None:
        ask(e)
        return
    with pytest.raises(kind, match=words):
        ask(e)


def test_where_to_start() -> None:
    loss, _ = _loss()
    assert dp.explain(loss, start=-1).start == 5
    with pytest.raises(DimError, match=r"example 6 is out of range: the batch has 6 \(0 to 5\)"):
        dp.explain(loss, start=6)
    with pytest.raises(TypeError, match=r"not 1\.5"):
        dp.explain(loss, start=1.5)  # type: ignore[arg-type]


def test_names_of_classes() -> None:
    loss, _ = _loss()
    record = dp.explain(loss, classes=["犬", "<b>", ""]).to_dict()
    assert record["batch"]["classes"] == ["犬", "<b>", ""]
    with pytest.raises(ArgumentError, match=r"classes has 2 names, and the target .* number 2"):
        dp.explain(loss, classes=["a", "b"])
    with pytest.raises(TypeError, match="a list of names, not one text"):
        dp.explain(loss, classes="abc")


# -- odd names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "層", "a b", '"', "&amp;", "{}", "\\frac", "]]>", "‮", "$"]
)
def test_odd_names_of_modules(name: str, tmp_path: Any) -> None:
    net = nn.Sequential()
    net.register_module(name, nn.Linear(2, 3))
    net.register_module("out", nn.Linear(3, 1))
    e = dp.explain(net(dp.randn(2, 2)).sum())
    weight = f"{name}.weight"
    assert weight in e.names
    e.derivation(weight, (0, 0), 1)
    e.blame(weight)
    assert weight in str(e)
    record = json.loads(json.dumps(e.to_dict(), allow_nan=False))
    assert weight in [n["name"] for n in record["nodes"]]
    e.save(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("<script") == 2
    assert "<script>alert" not in page
    assert "<script>alert" not in e._repr_html_()


# -- NaN and infinity ------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("where", ["x", "weight"])
def test_nan_and_infinity_are_shown(bad: float, where: str) -> None:
    net = _net()
    x = dp.randn(3, 4)
    with dp.no_grad():
        (x if where == "x" else net[0].weight)[1, 2] = bad
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        e = dp.explain(net(x).square().sum())
        record = e.to_dict()
        text = str(e)
        for name in e.names:
            if e.delta(name) is not None:
                str(e.derivation(name, (0,) * e.value(name).ndim))
        e.blame("0.weight")
        e._repr_html_()
    json.dumps(record, allow_nan=False)
    began = [n for n in record["nodes"] if n["began"]]
    assert [n["role"] for n in began] == [{"x": "input", "weight": "parameter"}[where]]
    counts = began[0]["stats"]
    assert (counts["nan"], counts["inf"]) == ((1, 0) if math.isnan(bad) else (0, 1))
    assert f"NaN or infinity begins at {began[0]['name']}" in text


def test_it_begins_where_an_op_makes_it() -> None:
    x = dp.tensor([1.0, 0.0, -1.0], requires_grad=True)
    record = dp.explain((x.log() * 2).sum()).to_dict()
    (first,) = [n for n in record["nodes"] if n["began"]]
    assert first["op"] == "log"
    assert (first["stats"]["nan"], first["stats"]["inf"]) == (1, 1)


# -- very many -------------------------------------------------------------------------------------


def _chain(n: int) -> tuple[Any, Any]:
    x = dp.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x
    for k in range(n):
        y = y * 0.9999 if k % 2 else y + 1e-4
    return y.sum(), x


def test_a_hundred_thousand_equations() -> None:
    loss, x = _chain(100_000)
    begun = time.process_time()
    e = dp.explain(loss)
    record = e.to_dict()
    assert time.process_time() - begun < 60, "about 8 s"
    text = json.dumps(record, allow_nan=False)
    assert len(text) < 4_000_000
    assert record["facts"]["equations"] == 100_001
    kept = len(record["nodes"])
    assert kept <= 2 * ROOM
    assert record["left_out"] == {"nodes": 100_002 - kept, "samples": 0, "values": 0}
    assert len(str(e).splitlines()) < 60
    first = e.names[0]
    assert float(e.delta(first)[1]) == pytest.approx(0.9999**50_000, rel=1e-9)
    loss.backward()
    assert e.delta(first) == pytest.approx(x.grad.numpy(), rel=1e-3)


def test_a_fan_of_many_readers() -> None:
    x = dp.tensor(2.0, requires_grad=True)
    total = x * 0
    for k in range(3_000):
        total = total + x * float(k)
    e = dp.explain(total)
    assert float(e.delta("x")) == sum(range(3_000))
    assert len(e.messages("x").arriving) == 3_001
    d = e.derivation("x")
    assert d.result == sum(range(3_000))
    assert len(str(d).splitlines()) < 10_000


def test_memory_of_a_large_pass() -> None:
    """A few times the pass itself, as float64."""
    net = nn.Sequential(nn.Linear(784, 500), nn.ReLU(), nn.Linear(500, 10))
    loss = F.cross_entropy(net(dp.randn(100, 784)), dp.tensor([k % 10 for k in range(100)]))
    numbers = 2 * (784 * 500 + 500 * 10 + 100 * (784 + 2 * 500))
    tracemalloc.start()
    try:
        dp.explain(loss).to_dict()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * 8 * numbers


class Cell(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Linear(1, 2), nn.Linear(2, 2)

    def forward(self, x: Any, h: Any) -> Any:
        return (self.a(x) + self.b(h)).tanh()


class Looped(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cell = Cell()

    def forward(self, x: Any) -> Any:
        h = dp.zeros(x.shape[0], 2)
        for k in range(x.shape[1]):
            h = self.cell(x[:, k : k + 1], h)
        return h


@pytest.fixture(scope="module")
def condensed() -> tuple[Any, dict[str, Any]]:
    """A loop of more equations than are stored, and its record."""
    net = Looped()
    e = dp.explain(net(dp.randn(2, MOST // 4 + 50)).square().sum())
    return e, e.to_dict()


def test_what_is_left_of_a_large_pass_holds_together(condensed: Any) -> None:
    e, r = condensed
    assert r["left_out"]["nodes"] + len(r["nodes"]) == len(e.names) > MOST
    nodes = {n["id"]: k for k, n in enumerate(r["nodes"])}
    groups = {g["id"]: g for g in r["groups"]}
    edges = {x["id"]: x for x in r["edges"]}
    assert len(edges) == len(r["edges"])
    for x in r["edges"]:
        assert nodes[x["from"]] < nodes[x["to"]], "one way, between what is there"
    for n in r["nodes"]:
        assert n["group"] is None or n["id"] in groups[n["group"]]["nodes"]
        assert all(i in nodes for i in n["inputs"] if isinstance(i, str))
    for g in r["groups"]:
        assert g["output"] in nodes
        assert g["parent"] is None or g["parent"] in groups
        assert all(i in nodes for i in g["nodes"])
    for s in r["steps"]:
        assert s["node"] in nodes
        assert all(i in edges for i in s["edges"])
    sent = [i for s in r["steps"] if s["kind"] == "send" for i in s["edges"]]
    assert sorted(sent) == sorted(i for i, x in edges.items() if x["sent"]), "each once"


def test_the_messages_of_a_large_pass_add_up(condensed: Any) -> None:
    """At each value that is stored, what arrives by what is stored is its δ."""
    import base64

    e, r = condensed
    kinds = {"f64": "<f8", "f32": "<f4"}

    def array(name: str) -> np.ndarray:
        held = r["arrays"][name]
        return np.frombuffer(base64.b64decode(held["data"]), kinds[held["dtype"]])

    arriving: dict[str, list[np.ndarray]] = {}
    for x in r["edges"]:
        if x["message"] is not None:
            arriving.setdefault(x["from"], []).append(array(x["message"]))
    compared = 0
    for n in r["nodes"]:
        if n["delta"] is None or n["role"] == "loss":
            continue
        delta = e.delta(n["name"]).ravel()
        assert array(n["delta"]) == pytest.approx(delta, rel=1e-5, abs=1e-9)
        assert sum(arriving[n["id"]]) == pytest.approx(delta, rel=1e-4, abs=1e-7)
        compared += 1
    assert compared > 100
    assert {"cell.a.weight", "cell.b.weight"} <= {n["name"] for n in r["nodes"]}


def test_what_is_shut_says_so(condensed: Any) -> None:
    _, r = condensed
    shut = [x for x in r["edges"] if x["local"] and x["local"]["kind"] == "far"]
    assert shut
    assert {x["local"]["why"] for x in shut} == {"size"}
    counts = [g["count"] for g in r["groups"] if len(g["nodes"]) <= 1]
    assert max(counts) > 1
