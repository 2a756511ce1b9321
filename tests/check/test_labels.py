"""Targets that are classes: labels and rows of 0 and 1 are drawn as the code wants them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from denpa.check.opening.draws import draws
from tests.check.findings import wrong

File = Callable[..., Any]


NUMBERS = """
    class Loss:
        def forward(self, x, labels):
            e = np.exp(x - x.max(axis=1, keepdims=True))
            self.p, self.labels = e / e.sum(axis=1, keepdims=True), labels
            return -np.mean(np.log(self.p[range(len(x)), labels]))
        def backward(self):
            d = self.p.copy()
            d[range(len(d)), self.labels] -= 1
            return d / len(d)
    class Two:
        def __init__(self):
            r = np.random.default_rng(0)
            self.W = r.normal(size=(4, 2))
        def loss(self, x, labels):
            s = x @ self.W
            e = np.exp(s - s.max(axis=1, keepdims=True))
            self.p = e / e.sum(axis=1, keepdims=True)
            return -np.mean(np.log(self.p[range(len(x)), labels]))
        def gradient(self, x, labels):
            self.loss(x, labels)
            d = self.p.copy()
            d[range(len(d)), labels] -= 1
            return {"W": x.T @ d / len(d)}
"""


@pytest.mark.parametrize("name", ["Loss", "Two"])
def test_labels_are_drawn_from_the_width_of_the_output(file: File, name: str) -> None:
    found = file(NUMBERS, name)
    assert found.ok, str(found)
    high = int(re.findall(r"labels \(5,\) whole numbers 0\.\.(\d)", found.inputs)[0])
    assert high == (1 if name == "Two" else int(re.findall(r"x \(5, (\d)\)", found.inputs)[0]) - 1)


@pytest.mark.parametrize(
    ("name", "old", "new", "of"),
    [("Loss", "return d / len(d)", "return d", {"x"}),
     ("Two", "x.T @ d / len(d)", "x.T @ d", {"W"})],
)  # fmt: skip
def test_a_forgotten_mean_with_labels(
    file: File, name: str, old: str, new: str, of: set[str]
) -> None:
    found = file(NUMBERS, name, old, new)
    assert wrong(found) == of, str(found)
    assert (found.findings[0].mistake, "5 times" in found.findings[0].text) == ("scale", True)


@pytest.mark.parametrize(("n", "k"), [(5, 3), (6, 2), (3, 3), (2, 5), (7, 1)])
def test_labels_reach_every_class_that_they_can(n: int, k: int) -> None:
    found = draws(np.random.default_rng(0))
    labels, rows = found["labels"](n, k), found["onehot"](n, k)
    assert labels.shape == (n,)
    assert len(set(labels)) == min(n, k)
    assert labels.max() < k
    assert rows.shape == (n, k)
    assert (rows.sum(axis=1) == 1).all()
    assert set(found["binary"](n).tolist()) == {0.0, 1.0}
