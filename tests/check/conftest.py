"""What the tests of the check share: a file of somebody's code, checked as the command does it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import denpa as dp
from denpa.check.opening.load import beside, load, run_theirs
from denpa.check.opening.open import Given, opened, reported


@pytest.fixture
def checked(tmp_path: Path) -> Callable[..., Any]:
    """The report on NAME of a file with this text."""

    def run(text: str, name: str, **given: Any) -> Any:
        file = tmp_path / "theirs.py"
        file.write_text("import numpy as np\n" + textwrap.dedent(text), encoding="utf-8")
        found, _ = load(f"{file}:{name}", 60.0)
        if isinstance(given.get("gradient"), str):
            given["gradient"] = beside(f"{file}:{name}", given["gradient"])
        asked = Given(**given)
        subject = run_theirs(lambda: opened(found, name, asked), name, "making it", 60.0)
        return run_theirs(lambda: reported(subject, asked), name, "checking it", 60.0)

    return run


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Any]:
    """The report on NAME of a file with this text, opened as the command does it."""

    def run(text: str, name: str, old: str = "", new: str = "", **given: Any) -> Any:
        text = textwrap.dedent(text)
        assert not old or text.count(old) == 1, old
        path = tmp_path / "theirs.py"
        path.write_text("import numpy as np\n" + text.replace(old, new), encoding="utf-8")
        return dp.check.file(f"{path}:{name}", **given)

    return run
