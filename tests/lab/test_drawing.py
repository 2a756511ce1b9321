"""The values and messages of a graph, and its drawing."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import denpa as dp
from denpa.core.errors import ArgumentError
from denpa.lab import Lab, draw_graph, messages
from denpa.lab.layout import layout
from denpa.lab.style import svg


def number(value: float) -> dp.Tensor:
    return dp.tensor(value, dtype=dp.float64)


def split_and_joined(x: dp.Tensor) -> dp.Tensor:
    return (1 + dp.exp(x)) * (1 + dp.exp(-x))


def softmax_with_loss(x: dp.Tensor, t: dp.Tensor) -> dp.Tensor:
    e = dp.exp(x)
    return -(dp.log(e / e.sum()) * t).sum()


def test_a_value_receives_the_sum_of_what_its_readers_send() -> None:
    rows = messages(split_and_joined, number(0.5), names=["x"])
    sent = [m for row in rows for x, m in zip(row.inputs, row.sends, strict=True) if x == 0]
    up, down = np.exp(0.5), np.exp(-0.5)
    assert len(sent) == 2
    assert [float(m) for m in sent if m is not None] == pytest.approx(
        [up * (1 + down), -down * (1 + up)]
    )
    assert rows[0].message == pytest.approx(up - down)


def test_a_value_that_one_equation_reads_twice_gets_two_messages() -> None:
    rows = messages(lambda x: x * x, number(3.0))
    assert rows[1].inputs == (0, 0)
    assert rows[1].sends == (3.0, 3.0)
    assert rows[0].message == 6.0


def test_the_messages_are_those_of_the_engine() -> None:
    x, t = dp.tensor([1.0, 2.0, 3.0], dtype=dp.float64), dp.tensor([0.0, 1.0, 0.0]).double()
    rows = messages(softmax_with_loss, x, t)
    y = np.exp(x.numpy()) / np.exp(x.numpy()).sum()
    np.testing.assert_allclose(rows[0].message, y - t.numpy(), rtol=1e-12)
    np.testing.assert_allclose(rows[1].message, -np.log(y), rtol=1e-12)
    assert [row.op for row in rows] == ["", "", "exp", "Σ", "÷", "log", "×", "Σ", "× −1"]
    assert rows[-1].message == 1


def test_messages_go_where_a_gradient_is_asked_for() -> None:
    x, t = number(1.0).requires_grad_(), number(2.0)
    rows = messages(lambda x, t: (x - t) ** 2, x, t)
    assert rows[0].message == -2
    assert rows[1].message is None
    assert rows[2].sends == (-2, None)
    assert x.grad is None


def test_a_tensor_of_outside_is_a_constant() -> None:
    t = number(2.0)
    rows = messages(lambda x: x * t, number(3.0))
    assert [row.name for row in rows] == ["v0", "v1", "v2"]
    assert (rows[1].op, rows[1].value, rows[1].message) == ("", 2.0, None)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ([], ["v0", "v1", "v2", "v3"]),
        (["a", "b"], ["a", "b", "v2", "v3"]),
        (["a", "b", "y"], ["a", "b", "v2", "y"]),
        (["a", "b", "s", "y"], ["a", "b", "s", "y"]),
    ],
)
def test_names(names: list[str], found: list[str]) -> None:
    rows = messages(lambda a, b: (a + b) * 2, number(1.0), number(2.0), names=names)
    assert [row.name for row in rows] == found
    assert rows[-1].op == "× 2"


def test_it_must_compute_one_number() -> None:
    for function in (lambda x: x * 2, lambda x: (x.sum(), x.sum()), lambda x: x):
        with pytest.raises(ArgumentError, match="one number"):
            messages(function, dp.ones(3))


def test_a_drawing_shows_each_value_and_message() -> None:
    figure, axes = Lab("drawn").axes()
    inputs = [number(v) for v in (3.0, 5.0, 10.0)]
    rows = draw_graph(axes, lambda a, b, c: (a + b) * c, *inputs, names=["a", "b", "c", "y"])
    assert [row.name for row in rows] == ["a", "b", "c", "v3", "y"]
    _, texts = svg(figure, "en")
    shown = ["3", "10", "5", "10", "8", "10", "10", "8", "80", "1", "value", "message", "+", "×"]
    assert sorted(t.strip() for t in texts) == sorted([*shown, "a", "b", "c", "y"])


def test_a_drawing_is_made_of_any_shape() -> None:
    figure, axes = Lab("drawn").axes()
    x, w = dp.ones(2, 3), dp.ones(3, 100)
    draw_graph(axes, lambda x, w: 0.5 * ((x @ w - 1e-9) ** 2).sum(), x, w)
    _, texts = svg(figure, "en")
    assert "3×100" in texts
    assert "1  1  1\n1  1  1" in texts


def test_a_layout_crosses_no_edge_that_it_need_not() -> None:
    arcs = [(0, 2), (1, 3), (2, 5), (3, 4), (4, 6), (5, 6), (6, 7)]
    points, ways = layout(arcs, gap=1.0)
    assert all(points[a][0] < points[b][0] for a, b in arcs)
    segments = [s for way in ways for s in pairwise(way)]
    for (p, q), (r, s) in ((x, y) for x in segments for y in segments):
        assert p[0] != r[0] or (p[1] - r[1]) * (q[1] - s[1]) >= 0
    column = sorted(y for x, y in points.values() if x == points[0][0])
    assert all(b - a >= 1 - 1e-9 for a, b in pairwise(column))
