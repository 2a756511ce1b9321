"""What tests of data share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.houses import row, write


@pytest.fixture
def houses(tmp_path: Path) -> Path:
    return write(tmp_path / "houses.csv", [row(i) for i in range(60)])
