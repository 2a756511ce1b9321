"""Which values a program is made of: those that it computes from, and those of its derivatives."""

from __future__ import annotations

import numpy as np

from denpa.core.graph import Value, equations_of
from denpa.core.op import OPS


def value(*inputs: Value) -> Value:
    v = Value((), np.dtype("float64"))
    if inputs:
        v.op, v.inputs = OPS["add"], inputs
    return v


def test_a_rule_adds_what_the_derivative_is_computed_from_and_takes_nothing_away() -> None:
    a, b = value(), value()
    inside, outside = value(a, a), value(b, b)
    v = value(inside)
    v.rule = value(outside)
    w = value(v, a)
    assert equations_of([w]) == [a, inside, v, w]
    assert equations_of([w], rules=True) == [a, b, inside, outside, v, w]
    assert equations_of([w], stop=[v], rules=True) == [a, v, w]
    assert equations_of([w], stop=[outside], rules=True) == [a, inside, outside, v, w]
