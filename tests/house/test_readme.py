"""The readmes tell the truth: their Python runs, their files and make targets exist."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.house.repository import ROOT

READMES = ["README.md", "README.ja.md"]


def blocks(name: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", (ROOT / name).read_text("utf-8"), re.M | re.S)


def without_comments(code: str) -> str:
    return re.sub(r"\s+#.*", "", code)


@pytest.mark.parametrize("name", READMES)
def test_the_python_block_runs_and_learns(name: str) -> None:
    (code,) = blocks(name)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    shown = re.fullmatch(r"loss (\d\.\d{3}), accuracy (\d\.\d{3})\n", done.stdout)
    assert shown is not None, done.stdout
    # Always answering the commoner class, or any straight line, stays far below.
    assert float(shown[2]) > 0.95


def test_both_languages_show_the_same_program() -> None:
    english, japanese = (without_comments(blocks(name)[0]) for name in READMES)
    assert english == japanese


def test_the_record_in_contributing_is_right() -> None:
    record, native = blocks("CONTRIBUTING.md")
    # In a process of its own: an op enters the table for good.
    program = [sys.executable, "-c", record + native + CHECK]
    done = subprocess.run(program, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


CHECK = """
x, h = np.linspace(-2, 2, 9), 1e-5
y = gaussian(x)
(message,) = gaussian.vjp(np.ones(9), y, (x,), {}, (True,))
np.testing.assert_allclose(message, (gaussian(x + h) - gaussian(x - h)) / (2 * h), atol=1e-9)
np.testing.assert_array_equal(gaussian.jvp((np.ones(9),), y, (x,), {}), message)

import denpa as dp
from denpa.compiler.emit import llvm
from denpa.compiler.emit.pointwise import POINTWISE, PointwiseCode
POINTWISE["gaussian"] = PointwiseCode(_gaussian)
compiled = dp.compile(lambda x: gaussian(x) * 2)
if llvm.available():
    np.testing.assert_allclose(compiled(dp.tensor(x)).numpy(), 2 * y, rtol=1e-12)
    assert compiled.programs()
"""


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md", "CHANGELOG.md"])
def test_linked_files_exist(name: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text("utf-8"))
    missing = [x for x in links if not x.startswith("https:") and not (ROOT / x).exists()]
    assert missing == []


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md"])
def test_make_targets_that_are_named_exist(name: str) -> None:
    named = set(re.findall(r"(?:`|^ {4})make ([a-z]+)", (ROOT / name).read_text("utf-8"), re.M))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert named
    assert named <= targets
