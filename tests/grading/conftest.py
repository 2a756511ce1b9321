"""These tests need nbgrader and otter-grader; without them none is collected."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs/how-to/mark-a-class.md"

collect_ignore_glob: list[str] = []
if any(importlib.util.find_spec(name) is None for name in ("nbgrader", "otter")):
    collect_ignore_glob.append("test_*.py")

AFFINE = """
import numpy as np

class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T
"""
# A submission, and what it earns of 2 points for x, 3 for W, 1 for b.
SUBMISSIONS = {
    "right": (AFFINE, (2, 3, 1)),
    "bias": (AFFINE.replace("dout.sum(axis=0)", "dout[0]"), (2, 3, 0)),
    "half": (AFFINE.replace("self.x.T @ dout", "2 * self.x.T @ dout"), (2, 0, 1)),
    "none": (re.sub(r"= (self.x.T @ dout|dout.sum.*)", r"= -(\1)", AFFINE)
             .replace("return dout", "return -dout"), (0, 0, 0)),
    "broken": (AFFINE.replace("dout @ self.W.T", "dout @ self.V"), (0, 0, 0)),
}  # fmt: skip


def shown(mark: str) -> str:
    """The piece of Python on the page of the documentation that has this mark."""
    (found,) = (
        code
        for code in re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
        if mark in code
    )
    return str(found)


def notebook(path: Path, *cells: tuple[str, dict[str, Any]]) -> None:
    """Write a notebook of cells with code and metadata."""
    made = [
        {"cell_type": "code", "id": f"c{n}", "source": source, "metadata": metadata,
         "outputs": [], "execution_count": None}
        for n, (source, metadata) in enumerate(cells)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": made, "nbformat": 4, "nbformat_minor": 5,
                                "metadata": {"kernelspec": kernel}}))  # fmt: skip
