"""The pytest plugin, in runs of pytest of its own: what people see when a gradient is wrong."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.repository import ROOT, pyproject

LAYER = """
import numpy as np
import pytest

class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW = self.db = None

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout[0]
        return dout @ self.W.T

class Raises(Affine):
    def backward(self, dout):
        return self.helper(dout)

    def helper(self, dout):
        raise KeyError("mine") from ValueError("its cause")

W, x = np.arange(12.0).reshape(4, 3), np.random.default_rng(0).standard_normal((5, 4))
"""
TESTS = """
def test_wrong(gradients):
    layer = Affine(W, np.zeros(3))
    gradients.layer(layer, x)

@pytest.mark.parametrize("language", ["en", "ja"])
def test_twice(gradients, language):
    for _ in range(2):
        with pytest.raises(AssertionError):
            gradients.layer(Affine(W, np.zeros(3)), x, language=language)

def test_raises(gradients):
    gradients.layer(Raises(W, np.zeros(3)), x)

def test_right(gradients):
    found = gradients.gradient(np.sin, np.ones(3), grad=lambda x, g: g * np.cos(x))
    assert found.ok
"""


def run(folder: Path, *options: str, tests: str = LAYER + TESTS) -> tuple[int, str]:
    (folder / "test_theirs.py").write_text(tests, "utf-8")
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT / "src"),
           "COLUMNS": "160", "PY_COLORS": "0"}  # fmt: skip
    env.pop("PYTEST_ADDOPTS", None)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "denpa_pytest", "-p", "no:cacheprovider",
         "-W", "error", *options],
        cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8", timeout=600,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_failures_are_readable(tmp_path: Path) -> None:
    code, out = run(tmp_path, "-v", "--gradients-html", "pages")
    assert code == 1
    assert "4 passed" not in out
    assert "2 failed, 3 passed" in out
    assert ">       gradients.layer(layer, x)" in out
    assert "✗ db" in out
    assert "the bias gradient is not summed over the batch" in out
    assert "test_theirs.py:16   self.db = dout[0]" in out
    assert "FAILED test_theirs.py::test_wrong - denpa.check.GradientError: Affine" in out
    # Their code and nothing of ours.
    assert 'raise KeyError("mine") from ValueError("its cause")' in out
    assert "its cause" in out
    for ours in ("denpa_pytest.py:", "diagnose.py", "examine.py", "layer.py:"):
        assert ours not in out
    # The pages, one for each failing check.
    page = tmp_path / "pages" / "test_theirs.py-test_wrong.html"
    assert f"page: {Path('pages') / page.name}" in out
    assert "<!doctype html>" in page.read_text("utf-8")
    names = sorted(p.name for p in page.parent.iterdir())
    assert names == [
        "test_theirs.py-test_twice-en-2.html", "test_theirs.py-test_twice-en.html",
        "test_theirs.py-test_twice-ja-2.html", "test_theirs.py-test_twice-ja.html", page.name,
    ]  # fmt: skip
    ja = page.with_name("test_theirs.py-test_twice-ja.html").read_text("utf-8")
    assert 'lang="ja"' in ja


def test_it_costs_nothing_until_it_checks(tmp_path: Path) -> None:
    tests = """
import sys

def test_light(gradients):
    assert not {"numpy", "denpa"} & set(sys.modules)
"""
    code, out = run(tmp_path, tests=tests)
    assert code == 0, out
    assert not (tmp_path / "pages").exists()


def test_it_is_announced_to_pytest() -> None:
    named = pyproject()["project"]["entry-points"]["pytest11"]
    assert named == {"denpa": "denpa_pytest"}
    packages = pyproject()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert "src/denpa_pytest.py" in packages
    for entry in importlib.metadata.entry_points(group="pytest11", name="denpa"):
        assert entry.value == "denpa_pytest"  # as installed, if installed since


def test_an_unknown_check_says_so(tmp_path: Path) -> None:
    tests = "def test_it(gradients):\n    gradients.layers(1)\n"
    code, out = run(tmp_path, tests=tests)
    assert code == 1
    assert "'Gradients' object has no attribute 'layers'" in out


@pytest.mark.parametrize("option", ["--help", "--fixtures"])
def test_it_tells_of_itself(tmp_path: Path, option: str) -> None:
    _, out = run(tmp_path, option, tests="")
    assert "gradients" in out
    assert ("HTML page of each failing" if option == "--help" else "Gradient checks") in out
