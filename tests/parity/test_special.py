"""Values and gradients at infinities, NaN, zeros of both signs, subnormal and huge numbers."""

from __future__ import annotations

import warnings
import zlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.special import FLOATS, Known, Special, cases, unlike

from .harness import TOLERANCE, numpy, subject, torch


def run(m: Any, case: Special) -> dict[str, Any]:
    """The result, and the gradients for a fixed random cotangent."""
    leaves = [m.tensor(x).requires_grad_() for x in case.inputs]
    call = case.oracle if m is torch and case.oracle is not None else case.call
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's, of degrees of freedom
        y = call(m, *leaves)
    found = {"out": numpy(y)}
    if y.requires_grad:
        random = np.random.default_rng(zlib.crc32(case.name.encode()))
        message = 0.25 + 0.75 * random.random(tuple(y.shape))  # below 1, lest it overflow
        y.backward(m.tensor(message.astype(case.inputs[0].dtype)))
        for k, leaf in enumerate(leaves):
            zero = np.zeros_like(case.inputs[k])
            found[f"grad{k}"] = zero if leaf.grad is None else numpy(leaf.grad)
    return found


TABLE = [pytest.param(c, d, id=f"{c.name}-{d}".replace(" ", "_")) for d in FLOATS for c in cases(d)]


@pytest.mark.parametrize(("case", "dtype"), TABLE)
def test_special_values(case: Special, dtype: str) -> None:
    want, got = run(torch, case), run(subject, case)
    assert got.keys() == want.keys()
    lines = [unlike(case, got[k], want[k], k, TOLERANCE[dtype]) for k in want]
    assert not any(lines), "\n".join(filter(None, lines))


def hides_something(case: Special, dtype: str, known: Known) -> bool:
    """Whether the case fails without one of its exceptions."""
    bare = replace(case, known=tuple(k for k in case.known if k is not known))
    want, got = run(torch, case), run(subject, case)
    return any(unlike(bare, got[k], want[k], k, TOLERANCE[dtype]) for k in want)


@pytest.mark.parametrize("name", [c.name for c in cases("float32") if c.known])
def test_each_exception_is_needed(name: str) -> None:
    """In one of the dtypes. What PyTorch does by vectors depends on the processor."""
    both = [(d, next(c for c in cases(d) if c.name == name)) for d in FLOATS]
    for index, known in enumerate(both[0][1].known):
        if "by vectors" not in known.reason:
            assert any(hides_something(c, d, c.known[index]) for d, c in both), known.reason
