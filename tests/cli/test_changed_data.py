"""A run goes on with the data that it began with, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import write_flowers


@pytest.mark.parametrize("change", ["one value", "one label", "the order of the rows"])
def test_a_run_is_not_resumed_with_data_that_changed_under_their_size(
    denpa, tmp_path: Path, change: str
) -> None:
    path = write_flowers(tmp_path / "t.csv")
    begun = denpa("train", path, "--target", "kind", "--epochs", "1", "--hidden", "4",
                  "--out", "run", "--quiet")  # fmt: skip
    assert begun.code == 0, begun.err
    right = path.read_text()
    head, *rows = right.splitlines()
    if change == "one value":
        rows[3] = "1.999," + rows[3].split(",", 1)[1]
    elif change == "one label":
        rows[3] = rows[3].replace("setosa", "virginica")
    else:
        rows.reverse()
    path.write_text("\n".join([head, *rows]) + "\n")
    done = denpa("train", "--resume", "run", "--epochs", "2")
    assert done.code == 2
    assert "is not as it was when the run was started" in done.err
    path.write_text(right)
    assert denpa("train", "--resume", "run", "--epochs", "2", "--quiet").code == 0
