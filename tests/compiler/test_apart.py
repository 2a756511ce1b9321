"""What is not the same does not share a program: flags of arguments, the parts of a key."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.compiler.run.cache import key


def differentiated_outside(a: Any, b: Any) -> Any:
    return (a * b + a).sum()


def differentiated_inside(a: Any, b: Any) -> Any:
    y = (a * b + a).sum()
    if a.requires_grad or b.requires_grad:
        y.backward()
    return y.detach()


@pytest.mark.parametrize("f", [differentiated_outside, differentiated_inside])
def test_a_program_is_for_the_arguments_that_take_gradients(f: Any) -> None:
    compiled = dp.compile(f)
    for needs in [*product([False, True], repeat=2), (False, False), (True, False)]:
        found = []
        for g in (f, compiled):
            args = [dp.tensor([1.0, 2.0]), dp.tensor([3.0, 5.0])]
            for t, need in zip(args, needs, strict=True):
                t.requires_grad_(need)
            y = g(*args)
            if y.requires_grad:
                y.backward()
            grads = [None if t.grad is None else t.grad.tolist() for t in args]
            found.append((y.item(), y.requires_grad, grads))
        assert found[0] == found[1], needs
        assert [g is not None for g in found[0][2]] == list(needs)


def test_the_parts_of_a_key_do_not_run_together() -> None:
    parts = [
        ("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""), ("", "abc"), ("c", "ab"), ("a", "b", "c"),
        ("a\0b",), ("a", "\0b"), (), ("",), ("", ""),
    ]  # fmt: skip
    keys = [key(*p) for p in parts]
    assert len(set(keys)) == len(parts)
    assert keys == [key(*p) for p in parts]


def test_numbers_that_are_equal_but_not_the_same() -> None:
    f = dp.compile(lambda x, k: x / k)
    x = dp.ones(1)
    for k in (2, 2.0, True, 0.0, -0.0, 2, -0.0, 0.0):
        with np.errstate(all="ignore"):
            assert f(x, k).tolist() == (x / k).tolist(), k
