"""What `--missing` says at evaluation and prediction is done, also against the run's own way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import write_flowers


@pytest.fixture
def holes(denpa, tmp_path: Path) -> Path:
    """A run on whole rows, and a file in which two of 20 rows lack a value."""
    whole = write_flowers(tmp_path / "whole.csv")
    done = denpa("train", whole, "--target", "kind", "--epochs", "1", "--hidden", "4",
                 "--out", "run", "--quiet")  # fmt: skip
    assert done.code == 0, done.err
    head, *rows = write_flowers(tmp_path / "new.csv", 20).read_text().splitlines()
    for k in (3, 11):
        rows[k] = "," + rows[k].split(",", 1)[1]
    (tmp_path / "new.csv").write_text("\n".join([head, *rows]) + "\n")
    return tmp_path / "new.csv"


def test_evaluate(denpa, holes: Path) -> None:
    assert denpa("evaluate", "run", holes).code == 2  # as in training
    for missing, n in (("drop", 18), ("mean", 20)):
        done = denpa("evaluate", "run", holes, "--missing", missing, "--json")
        assert done.code == 0, done.err
        assert done.json["examples"] == n
    done = denpa("evaluate", "run", holes, "--missing", "error")
    assert (done.code, "missing values" in done.err) == (2, True)


def test_predict(denpa, holes: Path) -> None:
    assert denpa("predict", "run", holes).code == 2
    for missing, rows in (
        ("drop", [k for k in range(20) if k not in (3, 11)]),
        ("mean", list(range(20))),
    ):
        done = denpa("predict", "run", holes, "--missing", missing, "--json")
        assert done.code == 0, done.err
        assert done.json["predictions"]["row"] == rows
