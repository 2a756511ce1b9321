"""What happens during training, as typed records. Whoever watches (progress bar, checkpoints, a
page) reads these and never reaches into the loop. `VERSION` grows when a field changes its
meaning."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

VERSION = 1


@dataclass(frozen=True)
class TrainStarted:
    """Before the first step. `first_epoch` is above 1 when a run is resumed."""

    epochs: int
    first_epoch: int
    batch_size: int
    examples: int
    validation_examples: int
    parameters: int
    seed: int


@dataclass(frozen=True)
class EpochStarted:
    """Before the first batch of an epoch; epochs count from 1."""

    epoch: int
    batches: int


@dataclass(frozen=True)
class BatchEnded:
    """After one update. `loss` is this batch's; `accuracy` the epoch's so far, where there is
    one."""

    epoch: int
    batch: int
    batches: int
    examples: int
    loss: float
    accuracy: float | None


@dataclass(frozen=True)
class EpochEnded:
    """After validation. `row` is the line of the history; `best` says it is the best so far."""

    epoch: int
    row: dict[str, float]
    best: bool


@dataclass(frozen=True)
class TrainEnded:
    """Once, however training ends: `finished`, `stopped` (early), `interrupted`, `diverged`."""

    reason: str
    epochs: int
    best_epoch: int | None
    seconds: float
    notes: dict[str, Any] = field(default_factory=dict)


Event = TrainStarted | EpochStarted | BatchEnded | EpochEnded | TrainEnded


def to_dict(event: Event) -> dict[str, Any]:
    """A record as plain data, with its name and version.

    >>> to_dict(EpochStarted(epoch=1, batches=12))
    {'event': 'EpochStarted', 'version': 1, 'epoch': 1, 'batches': 12}
    """
    return {"event": type(event).__name__, "version": VERSION, **asdict(event)}
