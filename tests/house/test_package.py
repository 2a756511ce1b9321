"""What pyproject.toml promises: one version, a command, a light import, types."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys

import denpa as dp
from tests.house.repository import ROOT, pyproject

HEAVY = {"jinja2", "pandas", "polars", "pyarrow", "rich", "PIL", "safetensors", "torch", "pytest"}


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_versions_agree() -> None:
    version = pyproject()["project"]["version"]
    assert importlib.metadata.version("denpa") == version
    assert dp.__version__ == version
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"^## \[(\d.*?)\]", changelog, re.M)[0] == version


def test_import_is_light() -> None:
    code = "import sys, denpa; denpa.Tensor; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = run(code).split()
    assert {"numpy", "denpa"} <= set(loaded)
    assert HEAVY.isdisjoint(loaded), f"import denpa loads {sorted(HEAVY.intersection(loaded))}"


def test_the_command_is_installed() -> None:
    (entry,) = importlib.metadata.entry_points(group="console_scripts", name="denpa")
    assert entry.value == pyproject()["project"]["scripts"]["denpa"]
    assert callable(entry.load())


def test_the_package_says_that_it_is_typed() -> None:
    assert (ROOT / "src/denpa/py.typed").is_file()


def test_pre_commit_is_make_check() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (parts,) = re.findall(r"^check: (.*)$", makefile, re.M)
    assert re.findall(r"entry: make (\w+)$", hooks, re.M) == parts.split()
