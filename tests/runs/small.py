"""Small runs on a table, ended where a test wants it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import denpa as dp
from denpa.runs.voice import Silent
from denpa.train.events import BatchEnded

FILES = ["checkpoint.safetensors", "history.csv", "model.safetensors", "report.html", "run.json"]
QUICK: dict[str, Any] = {"hidden": (3,), "batch_size": 8, "backend": "eager", "progress": False}


class Heard(Silent):
    """A voice that keeps what it is told."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.lines: list[str] = []

    def warn(self, text: object) -> None:
        self.warnings.append(str(text))

    def line(self, text: object = "") -> None:
        self.lines.append(str(text))


def train(table: Path, **options: Any) -> dp.runs.Run:
    given = {"target": "kind", "out": table.parent / "run", "epochs": 4, "seed": 1}
    return dp.runs.train(str(table), **{**given, **QUICK, **options})


def weights(run: dp.runs.Run) -> bytes:
    return (run.path / "model.safetensors").read_bytes()


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


class Stop(Exception):
    pass


def stop_in(monkeypatch: pytest.MonkeyPatch, epoch: int, act: Any = None) -> None:
    """End the next training in the middle of an epoch as a crash would: nothing is told."""

    def fit(*given: Any, callbacks: Any, **named: Any) -> Any:
        def stop(event: Any, training: Any) -> None:
            if isinstance(event, BatchEnded) and event.epoch == epoch and event.batch == 2:
                if act is None:
                    raise Stop
                act()

        return dp.train.fit(*given, callbacks=[*callbacks, stop], **named)

    monkeypatch.setattr("denpa.runs.training.fit", fit)


def killed(table: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run that ended in its fourth epoch, with two checkpoints."""
    with monkeypatch.context() as patch:
        stop_in(patch, 4)
        with pytest.raises(Stop):
            train(table)
    return table.parent / "run"


def flip(path: Path, at: int = -1) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)
