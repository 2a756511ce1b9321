"""The record of a training run: one row an epoch."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Any

from denpa.core.faces import face
from denpa.data.errors import counted
from denpa.report.record import Convergence
from denpa.train.worth import convergence


@dataclass(repr=False)
class History:
    """What `fit` returns. `rows` has one dict an epoch: epoch, train_loss, learning_rate, seconds,
    and, where they apply, train_accuracy, val_loss, val_accuracy.

    `baseline` holds the figures of validation that a constant answer has (the most frequent class
    of the training data, or their mean), where they are known: a network has to beat them.

    `history["val_loss"]` is a column; `reason` says how training ended (`finished`, `stopped`,
    `interrupted`, `diverged`).

    Errors: KeyError for a column that there is not; `best` a ValueError where no epoch has ended.

    >>> import denpa as dp
    >>> rows = [{"epoch": 1, "train_loss": 0.5}, {"epoch": 2, "train_loss": 0.25}]
    >>> history = dp.train.History(rows, best_epoch=2)
    >>> history["train_loss"], history.best, len(history)
    ([0.5, 0.25], {'epoch': 2, 'train_loss': 0.25}, 2)
    """

    rows: list[dict[str, float]] = field(default_factory=list)
    monitor: str = "train_loss"
    best_epoch: int | None = None
    reason: str = "running"
    baseline: dict[str, float] = field(default_factory=dict)

    def __getitem__(self, column: str) -> list[float]:
        if self.rows and column not in self.rows[0]:
            known = ", ".join(self.rows[0])
            raise KeyError(f"no column {column!r} in the history; there are {known}")
        return [row[column] for row in self.rows]

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        if not self.rows:
            return f"History({self.reason}, no epoch)"
        last = self.rows[-1]
        shown = [
            f"{k} {v:.4g}" + (f" (baseline {self.baseline[k]:.4g})" if k in self.baseline else "")
            for k, v in last.items()
            if k.startswith(("train_", "val_"))
        ]
        parts = [f"{self.reason} after {counted(int(last['epoch']), 'epoch')}: {', '.join(shown)}"]
        if self.best_epoch is not None:
            parts.append(f"best {self.monitor} in epoch {self.best_epoch}")
        seen = self.convergence
        if seen is not None and seen.improving:
            parts.append(f"{seen.column} still falling at the end: train longer (larger epochs=)")
        return f"History({'; '.join(parts)})"

    def _repr_html_(self) -> str:
        return str(face("history")(self))

    @property
    def convergence(self) -> Convergence | None:
        """What the loss did at the last epoch: whether it was still falling, for one."""
        return convergence(self.rows, self.baseline.get("val_accuracy"))

    @property
    def best(self) -> dict[str, float]:
        """The row of the best epoch."""
        if self.best_epoch is None:
            raise ValueError("no epoch has ended yet")
        return next(r for r in self.rows if r["epoch"] == self.best_epoch)

    @classmethod
    def from_csv(
        cls, text: str, best_epoch: int | None = None, reason: str = "finished"
    ) -> History:
        """The rows of `to_csv`, read again.

        >>> History.from_csv(History([{"epoch": 1, "train_loss": 0.5}]).to_csv()).rows
        [{'epoch': 1, 'train_loss': 0.5}]
        """
        rows = [
            {k: int(v) if k in ("epoch", "member") else float(v) for k, v in row.items()}
            for row in csv.DictReader(io.StringIO(text))
        ]
        monitor = "val_loss" if rows and "val_loss" in rows[0] else "train_loss"
        return cls(rows, monitor, best_epoch, reason)

    def to_csv(self) -> str:
        """The rows as CSV text, numbers in full precision."""
        out = io.StringIO()
        columns = list(self.rows[0]) if self.rows else ["epoch"]
        writer = csv.DictWriter(out, columns, lineterminator="\n")
        writer.writeheader()
        for row in self.rows:
            writer.writerow({k: repr(v) for k, v in row.items()})
        return out.getvalue()

    def to_dict(self) -> dict[str, Any]:
        """The whole record as plain data."""
        return {
            "rows": self.rows,
            "monitor": self.monitor,
            "best_epoch": self.best_epoch,
            "reason": self.reason,
        }
