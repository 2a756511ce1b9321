"""Functions that are made of pieces are looked at where the other pieces are, too; what belongs to
a file is no gradient's by its shape alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import denpa as dp

HEAD = "import numpy as np\n"
HARD = """
class HardTanh:
    def forward(self, x):
        self.x = x
        return np.clip(x, -3, 3)
    def backward(self, dout):
        return np.where(np.abs(self.x) < 3, dout, 0 * dout)
"""
CAPPED = """
def capped(x):
    return np.where(x > 4, 4 + 0.5 * (x - 4), x).sum()
def dcapped(x):
    return np.where(x > 4, 0.5, 1.0)
"""
LEAKY = """
def leaky(x, alpha=0.25):
    return np.where(x > 0, x, alpha * x)
def leaky_grad(x, alpha=0.25):
    return np.where(x > 0, 1.0, alpha)
"""
SCORE = """
Y = np.linspace(0.1, 0.9, 20).reshape(5, 4)
def score(z):
    return np.sum((z - Y) ** 2)
def dscore(z):
    return 2 * (z - Y)
"""


def report(tmp_path: Path, text: str, name: str) -> Any:
    (tmp_path / "theirs.py").write_text(HEAD + text)
    return dp.check.file(f"{tmp_path / 'theirs.py'}:{name}")


@pytest.mark.parametrize(
    ("text", "name", "old", "new"),
    [
        (HARD, "HardTanh", "np.where(np.abs(self.x) < 3, dout, 0 * dout)", "dout"),
        (CAPPED, "capped", "x > 4, 0.5, 1.0", "x > 4, 1.0, 1.0"),
        (LEAKY, "leaky", "1.0, alpha)", "1.0, 2 * alpha)"),
        (SCORE, "score", "return 2 *", "return 3 *"),
    ],
)
def test_pieces_far_away(tmp_path: Path, text: str, name: str, old: str, new: str) -> None:
    found = report(tmp_path, text, name)
    assert found.ok, str(found)
    assert set(found.compared) <= {"x", "z"}
    wrong = report(tmp_path, text.replace(old, new), name)
    assert wrong.findings, str(wrong)
