"""What happens during training, as typed records. Whoever watches (progress bar, checkpoints, a
page) reads these and never reaches into the loop. `VERSION` grows when a field changes its
meaning."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

VERSION = 1


@dataclass(frozen=True)
class TrainStarted:
    """Before the first step. `first_epoch` is above 1 when a run is resumed.

    `examples` and `validation_examples` count rows (0: none, or not known), `parameters` numbers.

    Errors: TypeError for a missing field; FrozenInstanceError (an AttributeError) if one is set.

    >>> import denpa as dp
    >>> dp.train.TrainStarted(5, 1, 32, 100, 20, parameters=7, seed=0).validation_examples
    20
    """

    epochs: int
    first_epoch: int
    batch_size: int
    examples: int
    validation_examples: int
    parameters: int
    seed: int


@dataclass(frozen=True)
class EpochStarted:
    """Before the first batch of an epoch; epochs count from 1.

    Errors: TypeError for a missing field; FrozenInstanceError (an AttributeError) if one is set.

    >>> import denpa as dp
    >>> dp.train.EpochStarted(epoch=1, batches=12)
    EpochStarted(epoch=1, batches=12)
    """

    epoch: int
    batches: int


@dataclass(frozen=True)
class BatchEnded:
    """After one update. `loss` is this batch's; `accuracy` the epoch's so far, where there is
    one (else None). `batch` counts from 1; `examples` are those of this batch.

    Errors: TypeError for a missing field; FrozenInstanceError (an AttributeError) if one is set.

    >>> import denpa as dp
    >>> event = dp.train.BatchEnded(1, 3, 12, examples=32, loss=0.5, accuracy=0.75)
    >>> f"{event.batch}/{event.batches}: {event.accuracy:.0%}"
    '3/12: 75%'
    """

    epoch: int
    batch: int
    batches: int
    examples: int
    loss: float
    accuracy: float | None


@dataclass(frozen=True)
class EpochEnded:
    """After validation. `row` is the line of the history; `best` says it is the best so far.

    Errors: TypeError for a missing field; FrozenInstanceError (an AttributeError) if one is set.

    >>> import denpa as dp
    >>> dp.train.EpochEnded(1, {"epoch": 1, "train_loss": 0.5}, best=True).row["train_loss"]
    0.5
    """

    epoch: int
    row: dict[str, float]
    best: bool


@dataclass(frozen=True)
class TrainEnded:
    """Once, however training ends: `finished`, `stopped` (early), `interrupted`, `diverged`.

    `epochs` have ended; `best_epoch` is None where there is none; `notes` say what computed.

    Errors: TypeError for a missing field; FrozenInstanceError (an AttributeError) if one is set.

    >>> import denpa as dp
    >>> dp.train.TrainEnded("stopped", epochs=7, best_epoch=5, seconds=1.5).best_epoch
    5
    """

    reason: str
    epochs: int
    best_epoch: int | None
    seconds: float
    notes: dict[str, Any] = field(default_factory=dict)


Event = TrainStarted | EpochStarted | BatchEnded | EpochEnded | TrainEnded
"""What a callback hears of; `isinstance(event, dp.train.EpochEnded)` asks which it is."""


def to_dict(event: Event) -> dict[str, Any]:
    """A record as plain data, with its name and version.

    >>> to_dict(EpochStarted(epoch=1, batches=12))
    {'event': 'EpochStarted', 'version': 1, 'epoch': 1, 'batches': 12}
    """
    return {"event": type(event).__name__, "version": VERSION, **asdict(event)}
