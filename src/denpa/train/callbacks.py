"""What can be hung onto training. A callback is any `callback(event, training)`; classes with
`state_dict`/`load_state_dict` go into checkpoints, so that a resumed run is as if never stopped."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

from denpa.core.errors import ArgumentError
from denpa.report.progress import TrainingBar
from denpa.train.checkpoint import save_tree
from denpa.train.events import BatchEnded, EpochEnded, EpochStarted, Event, TrainEnded, TrainStarted
from denpa.train.training import Training


class EarlyStopping:
    """Stop when `monitor` has not improved by more than `min_delta` for `patience` epochs, and give
    the network the weights of its best epoch.

    Source: Prechelt, *Early stopping — but when?* (1998).

    `monitor` is a column of the history (None: that of the training); higher is better for one that
    ends in "accuracy".

    Errors: ArgumentError (a ValueError) for a patience below 1, and in training for a column that
    there is not.

    >>> import numpy as np, denpa as dp
    >>> net, x = dp.nn.Linear(1, 1), np.ones((4, 1))
    >>> still = dp.optim.SGD(net.parameters(), lr=0)
    >>> stop = dp.train.EarlyStopping(patience=2)
    >>> history = dp.train.fit(net, dp.nn.MSELoss(), (x, x), optimizer=still, epochs=9,
    ...     callbacks=[stop], progress=False, backend="eager")
    >>> len(history), history.best_epoch, history.reason
    (3, 1, 'stopped')
    """

    per_batch = "never"

    def __init__(
        self, patience: int = 10, monitor: str | None = None, min_delta: float = 0.0
    ) -> None:
        if patience < 1:
            raise ArgumentError(f"patience must be at least 1, not {patience}")
        self.patience, self.monitor, self.min_delta = patience, monitor, min_delta
        self.best = math.inf
        self.waited = 0

    def __call__(self, event: Event, training: Training) -> None:
        """Count the epochs without improvement."""
        if isinstance(event, TrainStarted):
            training.keep = "best"
        if not isinstance(event, EpochEnded):
            return
        name = self.monitor or training.history.monitor
        if name not in event.row:
            known = ", ".join(k for k in event.row if k != "epoch")
            raise ArgumentError(f"early stopping watches {name!r}, but there are only {known}")
        value = event.row[name] * (-1 if name.endswith("accuracy") else 1)
        if value < self.best - self.min_delta:
            self.best, self.waited = value, 0
        else:
            self.waited += 1
            if self.waited >= self.patience:
                training.stop("stopped")

    def state_dict(self) -> dict[str, Any]:
        """Where the count stands."""
        return {"best": self.best, "waited": self.waited}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on counting from there."""
        self.best, self.waited = float(state["best"]), int(state["waited"])


class Checkpoint:
    """Write all that training goes on from, after every epoch, atomically, to one file.

    `path`: a text or a Path; `fit(resume=path)` goes on from the file.

    Errors: TypeError for what is no path; in training an OSError where the file cannot be written.

    >>> import tempfile, numpy as np, denpa as dp
    >>> net, x = dp.nn.Linear(1, 1), np.ones((4, 1))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = folder + "/checkpoint.safetensors"
    ...     options = {"callbacks": [dp.train.Checkpoint(path)], "backend": "eager"}
    ...     options["progress"] = False
    ...     first = dp.train.fit(net, dp.nn.MSELoss(), (x, x), epochs=1, **options)
    ...     more = dp.train.fit(net, dp.nn.MSELoss(), (x, x), epochs=3, resume=path, **options)
    >>> len(first), len(more)
    (1, 3)
    """

    per_batch = "never"

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def __call__(self, event: Event, training: Training) -> None:
        """Write the file when an epoch has ended."""
        if isinstance(event, EpochEnded):
            save_tree(self.path, training.state_dict())


class ProgressBar:
    """The live bar in the terminal; one line an epoch where the output is no terminal.

    `file` is where it is drawn (standard output if None). `fit` has one unless `progress=False`.

    Errors: in training an AttributeError for a `file` without `write`.

    >>> import io, numpy as np, denpa as dp
    >>> net, x, out = dp.nn.Linear(1, 1), np.ones((4, 1)), io.StringIO()
    >>> history = dp.train.fit(net, dp.nn.MSELoss(), (x, x), epochs=2, progress=False,
    ...     callbacks=[dp.train.ProgressBar(out)], backend="eager")
    >>> [line.split(" · ")[0] for line in out.getvalue().splitlines()]
    ['epoch 1/2', 'epoch 2/2']
    """

    per_batch = "latest"

    def __init__(self, file: Any = None) -> None:
        self._file = file
        self._bar: TrainingBar | None = None

    def __call__(self, event: Event, training: Training) -> None:
        """Draw what the event says."""
        if isinstance(event, TrainStarted):
            self._bar = TrainingBar(event.epochs, file=self._file)
        elif self._bar is None:
            return
        elif isinstance(event, EpochStarted):
            self._bar.update(epoch=event.epoch, batch=0, batches=event.batches)
        elif isinstance(event, BatchEnded):
            self._bar.update(
                epoch=event.epoch,
                batch=event.batch,
                batches=event.batches,
                loss=event.loss,
                accuracy=event.accuracy,
            )
        elif isinstance(event, EpochEnded):
            row = event.row
            self._bar.end_epoch(
                epoch=event.epoch,
                seconds=row["seconds"],
                loss=row["train_loss"],
                accuracy=row.get("train_accuracy"),
                val_loss=row.get("val_loss"),
                val_accuracy=row.get("val_accuracy"),
            )
        elif isinstance(event, TrainEnded):
            self._bar.close()
            self._bar = None
