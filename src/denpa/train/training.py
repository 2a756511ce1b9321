"""A training run in progress, and what hears of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.errors import ArgumentError
from denpa.functional.generator import default_generator
from denpa.nn import Module
from denpa.optim import Optimizer
from denpa.train.events import BatchEnded, EpochEnded, Event
from denpa.train.history import History
from denpa.train.steps import Steps


class Callback(Protocol):
    """Called with each event and the training that it comes from.

    Native code does many batches before Python is asked. A callback whose class (or, for a
    function, which itself) has the attribute `per_batch` says how much of that it must see:
    "each" batch, with the network as that batch left it, which is so if nothing is said; the
    "latest" now and then; or "never".

    Errors: TypeError if Callback itself is called: it is a type to annotate with. `fit` raises an
    ArgumentError (a ValueError) for another `per_batch`.

    >>> import numpy as np, denpa as dp
    >>> def say(event, training):
    ...     if isinstance(event, dp.train.EpochEnded):
    ...         print("epoch", event.epoch)
    >>> say.per_batch = "never"
    >>> net, x = dp.nn.Linear(1, 1), np.ones((4, 1))
    >>> history = dp.train.fit(net, dp.nn.MSELoss(), (x, x), epochs=2, callbacks=[say],
    ...     progress=False, backend="eager")
    epoch 1
    epoch 2
    """

    def __call__(self, event: Event, training: Training, /) -> None:
        """Act on one event."""


def per_batch(callback: Any) -> str:
    """Which BatchEnded events a callback needs: "each", "latest" or "never".

    What a class says does not bind a subclass with a `__call__` of its own.

    >>> import denpa as dp
    >>> per_batch(dp.train.EarlyStopping()), per_batch(print)
    ('never', 'each')
    """
    said = getattr(callback, "__dict__", {}).get("per_batch")
    if said is None:
        for kind in type(callback).__mro__:
            said = kind.__dict__.get("per_batch")
            if said is not None or "__call__" in kind.__dict__:
                break
    if said not in (None, "each", "latest", "never"):
        raise ArgumentError(f"per_batch is 'each', 'latest' or 'never', not {said!r} ({callback})")
    return said or "each"


class Training:
    """One run in progress: what callbacks see, and what a checkpoint holds.

    `fit` makes it. It has `net`, `optimizer`, `schedule`, `history`, `seed` and `keep` ("last", or
    "best": the network ends with the weights of its best epoch); `stop()` ends it after the epoch.

    Errors: `load_state_dict` an ArgumentError (a ValueError) for the state of another seed.

    >>> import numpy as np, denpa as dp
    >>> def once(event, training):
    ...     if isinstance(event, dp.train.EpochEnded):
    ...         training.stop("enough")
    >>> net, x = dp.nn.Linear(1, 1), np.ones((4, 1))
    >>> dp.train.fit(net, dp.nn.MSELoss(), (x, x), epochs=9, callbacks=[once], progress=False,
    ...     backend="eager").reason
    'enough'
    """

    def __init__(
        self,
        net: Module,
        optimizer: Optimizer,
        schedule: Any,
        callbacks: Sequence[Any],
        monitor: str,
    ) -> None:
        self.net, self.optimizer, self.schedule = net, optimizer, schedule
        self.callbacks = list(callbacks)
        self.history = History(monitor=monitor)
        self.keep = "last"
        self.seed = 0
        self.steps: Steps | None = None  # what computes; `steps.compiled` is the native program
        self._best: dict[str, Tensor] | None = None
        self._stop: str | None = None

    def stop(self, reason: str = "stopped") -> None:
        """End after this epoch."""
        self._stop = reason

    def emit(self, event: Event) -> None:
        """Tell the callbacks, in the order in which they were given."""
        for callback in self.callbacks:
            if not isinstance(event, BatchEnded) or per_batch(callback) != "never":
                callback(event, self)

    def several(self) -> bool:
        """Whether several batches may be done before the callbacks hear of the last one."""
        return all(per_batch(callback) != "each" for callback in self.callbacks)

    def end_epoch(self, row: dict[str, float]) -> None:
        """Enter a row into the history; remember the weights if it is the best."""
        history = self.history
        sign = -1 if history.monitor.endswith("accuracy") else 1
        value = sign * row[history.monitor]
        best = math.isfinite(value) and (
            history.best_epoch is None or value < sign * history.best[history.monitor]
        )
        history.rows.append(row)
        if best:
            history.best_epoch = int(row["epoch"])
            self._best = {k: _copy(v) for k, v in self.net.state_dict().items()}
        self.emit(EpochEnded(int(row["epoch"]), row, best))

    def restore_best(self) -> None:
        """Give the network the weights of its best epoch."""
        if self._best is not None:
            self.net.load_state_dict(self._best)

    def state_dict(self) -> dict[str, Any]:
        """All that the run goes on from."""
        return {
            "history": self.history.to_dict(),
            "net": dict(self.net.state_dict()),
            "best": self._best,
            "optimizer": self.optimizer.state_dict(),
            "schedule": None if self.schedule is None else self.schedule.state_dict(),
            "random": default_generator.get_state(),
            "seed": self.seed,
            "stop": self._stop,
            "callbacks": [
                c.state_dict() if hasattr(c, "state_dict") else None for c in self.callbacks
            ],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        if state["seed"] != self.seed:
            raise ArgumentError(
                f"the checkpoint was made with seed {state['seed']}, this run has seed {self.seed}"
            )
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.schedule is not None and state["schedule"] is not None:
            self.schedule.load_state_dict(state["schedule"])
        default_generator.set_state(state["random"])
        saved = state["history"]
        self.history = History(saved["rows"], saved["monitor"], saved["best_epoch"])
        self._best, self._stop = state["best"], state["stop"]
        for callback, known in zip(self.callbacks, state["callbacks"], strict=False):
            if known is not None:
                callback.load_state_dict(known)


def _copy(t: Tensor) -> Tensor:
    return tensor_of(t.detach().numpy().copy())
