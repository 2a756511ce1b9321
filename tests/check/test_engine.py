"""The engine's own rules as right cases: none is blamed, none missing, a broken one is seen."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

import denpa as dp
from denpa.check.diagnose import report
from denpa.check.examine import examine
from denpa.check.gallery.engine import deep, modules, primitives
from denpa.check.subject import Subject
from denpa.check.subjects.primitive import Primitive
from denpa.core.op import OPS


def blamed(cases: Iterable[tuple[str, Subject]]) -> list[str]:
    found = []
    for title, subject in cases:
        told = report(examine(subject, budget=600.0))
        if not told.ok:
            found.append(f"{title}\n{told}")
    return found


def test_no_primitive_is_blamed() -> None:
    cases = list(primitives(range(1)))
    assert not blamed(cases)
    without = {"floor_divide", "uniform", "detach"}  # no derivative, and they say so
    refused = {n for n, op in OPS.items() if op.vjp is None}
    assert {title.split()[1] for title, _ in cases} >= set(OPS) - without - refused


def test_no_layer_and_no_loss_is_blamed() -> None:
    cases = list(modules(range(1)))
    assert not blamed(cases)
    classes = {
        n for n, c in vars(dp.nn).items()
        if inspect.isclass(c) and issubclass(c, dp.nn.Module) and n != "Module"
    }  # fmt: skip
    seen = {title.split("(")[0].split(" ")[0] for title, _ in cases}
    assert classes - seen == {"ModuleDict", "ModuleList", "ParameterList", "Sequential"}  # holders


def test_no_deep_network_is_blamed() -> None:
    for title, subject in deep():
        told = report(examine(subject, budget=600.0, evaluations=250))
        assert told.ok, f"{title}\n{told}"
        assert len(told.compared) == 101


@pytest.mark.parametrize("name", ["exp", "mul", "matmul", "sum", "unfold"])
def test_a_broken_primitive_is_blamed(name: str) -> None:
    op = OPS[name]

    def twice(*given: Any) -> Any:
        assert op.vjp is not None
        return [None if m is None else 2 * m for m in op.vjp(*given)]

    case = examine(Primitive(replace(op, vjp=twice), op.samples[0]))
    told = report(case)
    assert not told.ok
    assert {f.mistake for f in told.findings} == {"scale"}
    assert told.findings[0].text.startswith("it is 2 times")
