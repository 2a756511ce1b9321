"""The file of tests of the documentation, packed and run by otter-grader."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import SUBMISSIONS, notebook, shown


def otter(folder: Path, *argv: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "otter", *argv], cwd=folder, capture_output=True, text=True,
        timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an autograder."""
    folder = tmp_path_factory.mktemp("otter")
    (folder / "tests").mkdir()
    (folder / "tests/q1.py").write_text(shown("test_case"))
    (folder / "requirements.txt").write_text("denpa\n")
    otter(folder, "generate", "-t", "tests", "-o", "autograder.zip")
    return folder


@pytest.mark.parametrize("student", ["right", "bias", "broken"])  # each takes seconds
def test_each_submission_gets_the_points_of_its_gradients(packed: Path, student: str) -> None:
    code, points = SUBMISSIONS[student]
    notebook(packed / student / "affine.ipynb", (code, {}))
    otter(packed, "run", "-a", "autograder.zip", "-o", student, f"{student}/affine.ipynb")
    found = json.loads((packed / student / "results.json").read_text())
    cases = {t["name"]: (t.get("score"), t.get("max_score")) for t in found["tests"]}
    assert sum(s for s, _ in cases.values() if s) == sum(points), cases
    if student == "bias":
        assert "summed" in json.dumps(found)
