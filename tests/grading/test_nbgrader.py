"""The cell of the documentation in an assignment that nbgrader releases, collects and marks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import AFFINE, SUBMISSIONS, notebook, shown

SOLUTION = f"### BEGIN SOLUTION\n{AFFINE}\n### END SOLUTION"
CELL = shown("### BEGIN HIDDEN TESTS")
STRICT = CELL.replace('score(report, {"x": 2, "W": 3, "b": 1})', "assert report.ok")


def nbgrader(course: Path, *argv: str) -> None:
    # It calls alembic by its name.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {**os.environ, "PATH": path, "JUPYTER_PREFER_ENV_PATH": "1", "HOME": str(course)}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *argv], cwd=course, env=env, capture_output=True,
        text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def marked(grade_id: str, **more: Any) -> dict[str, Any]:
    usual = {"schema_version": 3, "grade": False, "solution": False, "locked": False,
             "task": False, "grade_id": grade_id}  # fmt: skip
    return {"nbgrader": {**usual, **more}}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with a homework that is marked."""
    course = tmp_path_factory.mktemp("course")
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'c'\nc.ExecutePreprocessor.timeout = 60\n"
    )
    notebook(
        course / "source/ps1/affine.ipynb",
        (SOLUTION, marked("affine", solution=True)),
        (CELL, marked("points", grade=True, locked=True, points=6)),
        (STRICT, marked("strict", grade=True, locked=True, points=4)),
    )
    nbgrader(course, "generate_assignment", "ps1")
    released = json.loads((course / "release/ps1/affine.ipynb").read_text())
    for student, (code, _) in SUBMISSIONS.items():
        released["cells"][0]["source"] = code
        path = course / "submitted" / student / "ps1/affine.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(released))
    nbgrader(course, "autograde", "ps1")
    return course


def test_the_hidden_cell_is_not_released(course: Path) -> None:
    released = (course / "release/ps1/affine.ipynb").read_text()
    assert "denpa" not in released
    assert "### BEGIN" not in released


def test_each_submission_gets_the_points_of_its_gradients(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nbgrader.api import Gradebook

    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        got = {
            student: {
                grade.name: grade.auto_score
                for grade in book.find_submission_notebook("affine", "ps1", student).grades
            }
            for student in SUBMISSIONS
        }
    want = {
        student: {"points": sum(points), "strict": 4 if sum(points) == 6 else 0}
        for student, (_, points) in SUBMISSIONS.items()
    }
    assert got == want


def test_the_feedback_names_the_mistake(course: Path) -> None:
    marked = json.loads((course / "autograded/bias/ps1/affine.ipynb").read_text())
    outputs = json.dumps(marked["cells"][1]["outputs"])
    assert "summed over the batch" in outputs or "bias" in outputs
    assert "db" in outputs
