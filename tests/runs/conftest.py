"""A table to train on, and training that saves after each epoch."""

from __future__ import annotations

from pathlib import Path

import pytest

from denpa.runs import saver


@pytest.fixture
def table(tmp_path: Path) -> Path:
    lines = [f"{k % 7},{k % 5},{'yes' if k % 7 > k % 5 else 'no'}" for k in range(30)]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(["a,b,kind", *lines]) + "\n")
    return path


@pytest.fixture
def each_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint after each epoch, written before the next one begins."""
    save = saver.Saver._save

    def at_once(self: saver.Saver) -> None:
        save(self)
        self._wait()

    monkeypatch.setattr(saver, "PERIOD", 0.0)
    monkeypatch.setattr(saver.Saver, "_save", at_once)
