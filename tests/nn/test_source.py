"""Equations and errors name the user's line, however the layers are nested."""

from __future__ import annotations

import pytest

import denpa as dp
from denpa import nn
from denpa.core.graph import equations_of


class Twice(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(3, 3), nn.Tanh())

    def forward(self, x):
        h = self.inner(x)  # the line of linear and tanh
        return h * 2  # the line of mul


def lines(tensor):
    return {v.op.name: v.source.text for v in equations_of([tensor._value]) if v.op is not None}


def test_layers_of_ours_belong_to_the_line_that_calls_them():
    net = nn.Sequential(nn.Linear(3, 3), nn.Sequential(nn.Tanh()))
    y = net(dp.ones(2, 3))  # here
    assert set(lines(y).values()) == {"y = net(dp.ones(2, 3))  # here"}


def test_lines_inside_a_module_of_the_users():
    y = nn.Sequential(Twice(), nn.Sigmoid())(dp.ones(2, 3))
    found = lines(y)
    assert found["linear"] == found["tanh"] == "h = self.inner(x)  # the line of linear and tanh"
    assert found["mul"] == "return h * 2  # the line of mul"
    assert found["sigmoid"].startswith("y = nn.Sequential(")
    after = dp.ones(1, requires_grad=True).exp()  # nothing is left behind
    assert lines(after)["exp"].startswith("after = ")


def test_hooks_have_lines_of_their_own_and_errors_leave_nothing_behind():
    layer = nn.Linear(3, 3)

    def hook(module, args, output):
        return output.exp()  # in the hook

    layer.register_forward_hook(hook)
    assert lines(layer(dp.ones(1, 3)))["exp"] == "return output.exp()  # in the hook"
    with pytest.raises(RuntimeError, match=r"layer\(dp.ones\(1, 4\)\)"):
        layer(dp.ones(1, 4))
    with pytest.raises(RuntimeError, match=r"dp.ones\(2\) \+ dp.ones\(3\)"):
        dp.ones(2) + dp.ones(3)
