"""Values and gradients at infinities, NaN, zeros of both signs, subnormal and huge numbers."""

from __future__ import annotations

import warnings
import zlib
from typing import Any

import numpy as np
import pytest

from tests.special import FLOATS, Special, cases, unlike

from .harness import TOLERANCE, numpy, subject, torch


def run(m: Any, case: Special) -> dict[str, Any]:
    """The result, and the gradients for a fixed random cotangent."""
    leaves = [m.tensor(x).requires_grad_() for x in case.inputs]
    call = case.oracle if m is torch and case.oracle is not None else case.call
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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        want, got = run(torch, case), run(subject, case)
    assert got.keys() == want.keys()
    lines = [unlike(case, got[k], want[k], k, TOLERANCE[dtype]) for k in want]
    assert not any(lines), "\n".join(filter(None, lines))
