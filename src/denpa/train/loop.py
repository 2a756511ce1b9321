"""The training loop: mini-batches, forward, backward, update, validation, events."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from denpa.autodiff.tensor import Tensor
from denpa.core.errors import AnomalyError, ArgumentError
from denpa.functional.generator import manual_seed
from denpa.nn import Module
from denpa.optim import Adam, Optimizer
from denpa.optim.lr_scheduler import ReduceLROnPlateau
from denpa.train.anomaly import placed
from denpa.train.batches import Batches
from denpa.train.callbacks import ProgressBar
from denpa.train.checkpoint import load_tree
from denpa.train.evaluation import Validation, data_dtypes
from denpa.train.events import BatchEnded, EpochStarted, TrainEnded, TrainStarted
from denpa.train.history import History
from denpa.train.steps import Loss, Steps, Transform, check_backend
from denpa.train.training import Training
from denpa.train.worth import held_out_baseline


def _train_epoch(training: Training, steps: Steps, source: Batches, epoch: int) -> dict[str, float]:
    """All batches of one epoch. Returns the mean loss (without penalty) and the accuracy."""
    training.net.train()
    total, right, seen, batch = 0.0, 0, 0, 0
    classified = True
    for done in steps.epoch(source, epoch, training.several):
        classified = classified and done.right is not None
        bad = False
        for k, (n, value) in enumerate(zip(done.sizes, done.losses, strict=True)):
            batch, total, seen = batch + 1, total + value * n, seen + n
            right += done.right[k] if done.right is not None else 0
            if not math.isfinite(value):
                bad = True
                break
        accuracy = right / seen if classified else None
        training.emit(BatchEnded(epoch, batch, source.batches, n, value, accuracy))
        if bad:
            warnings.warn(
                f"the loss became {value} in epoch {epoch}, batch {batch}; training stopped. Lower "
                "the learning rate, clip the gradients, or find the op with "
                "denpa.autograd.set_detect_anomaly(True)",
                RuntimeWarning,
                stacklevel=3,
            )
            training.stop("diverged")
            break
    row = {"train_loss": total / seen}
    if classified:
        row["train_accuracy"] = right / seen
    return row


def fit(
    net: Module,
    loss: Loss,
    data: Any,
    *,
    optimizer: Optimizer | None = None,
    epochs: int = 10,
    batch_size: int = 128,
    validation: Any = None,
    callbacks: Iterable[Any] = (),
    progress: bool = True,
    seed: int = 0,
    schedule: Any = None,
    schedule_per: str = "epoch",
    penalty: Callable[[Module], Tensor] | None = None,
    transform: Transform | None = None,
    clip: float | None = None,
    monitor: str | None = None,
    resume: Any = None,
    backend: str = "native",
) -> History:
    """Train `net` by mini-batch gradient descent and return the history.

    * `data`: (X, Y) arrays or tensors, a Dataset, or a DataLoader (which then decides the batches).
      X is cast to the network's dtype, or stays as exact as it is where the network standardises it
      (`train.mlp(standardize=...)`); integer Y become int64. Shuffled each epoch from the seed;
      the last, partial batch is kept. Where scores are (N, C), the accuracy is counted for class
      indices (N,) and for one-hot or soft labels (N, C).
    * `loss(output, target)`: a module or function that returns a 0-dim tensor.
    * `optimizer`: Adam with its defaults if None.
    * `validation`: data of the same sort, evaluated after each epoch in evaluation mode.
    * `callbacks`: each is called as `callback(event, training)`; see `dp.train.EarlyStopping`. One
      that does not need to see the network after each single batch says so with the attribute
      `per_batch` ("latest" or "never"), and training is faster; see `dp.train.Callback`.
    * `seed`: of the shuffling, the augmentation and, through `manual_seed`, of dropout.
    * `schedule`: a learning-rate schedule of `dp.optim.lr_scheduler`, stepped per "epoch" or
      "batch".
    * `penalty(net)`: αΩ, added to the loss; `transform(x, rng)`: augmentation of a batch of arrays;
      `clip`: the largest norm of the gradient.
    * `monitor`: the column by which epochs are compared (val_loss, or train_loss without
      validation).
    * `resume`: the path of a checkpoint to go on from, bit for bit as if never stopped.
    * `backend`: "native" compiles the step and runs the loop over mini-batches in native code;
      "eager" computes op by op with NumPy. They agree up to rounding. What cannot be compiled (a
      loss that looks at numbers in Python), or all without llvmlite, runs eagerly after a warning.

    Ctrl-C ends training after the running batch (natively: within about 50 ms) and leaves the best
    weights in the network.

    Errors: ArgumentError (a ValueError) for epochs below 0, a batch_size below 1, another
    `schedule_per`, `per_batch` or `backend`, data that are not two parts of as many rows of finite
    numbers, a `monitor` that is no column, and a checkpoint that is damaged or of another seed;
    TypeError for data of another sort; FileNotFoundError for a missing checkpoint, RuntimeError for
    one of another network. What `net`, `loss` and the callbacks raise passes through (RuntimeError
    for shapes that do not fit).

    >>> import numpy as np
    >>> import denpa as dp
    >>> x = np.linspace(-1, 1, 64, dtype=np.float32)[:, None]
    >>> net = dp.nn.Linear(1, 1)
    >>> opt = dp.optim.SGD(net.parameters(), lr=0.5)
    >>> history = dp.train.fit(
    ...     net, dp.nn.MSELoss(), (x, 3 * x), optimizer=opt, epochs=20, batch_size=16,
    ...     progress=False,
    ... )
    >>> round(net.weight.item(), 3)
    3.0
    """
    if epochs < 0:
        raise ArgumentError(f"epochs must be 0 or more, not {epochs}")
    if schedule_per not in ("epoch", "batch"):
        raise ArgumentError(f"schedule_per must be 'epoch' or 'batch', not {schedule_per!r}")
    check_backend(backend)
    source = Batches(data, batch_size, data_dtypes(net))
    held_out = None
    if validation is not None:
        held_out = Validation(net, loss, validation, backend=backend)
    optimizer = Adam(net.parameters()) if optimizer is None else optimizer
    watched = monitor or ("train_loss" if held_out is None else "val_loss")
    shown = [ProgressBar()] if progress else []
    training = Training(net, optimizer, schedule, [*callbacks, *shown], watched)
    training.seed = seed
    manual_seed(seed)
    if resume is not None:
        try:
            training.load_state_dict(load_tree(resume))
        except (AttributeError, LookupError, TypeError) as error:
            what = f"{type(error).__name__}: {error}"
            raise ArgumentError(f"{resume} is not a checkpoint of this training ({what})") from None
    if source.arrays is not None and held_out is not None and held_out.source.arrays is not None:
        training.history.baseline = held_out_baseline(
            loss, source.arrays[1], held_out.source.arrays[1]
        )
    first = len(training.history) + 1
    started = time.perf_counter()
    training.emit(
        TrainStarted(
            epochs,
            first,
            batch_size,
            source.examples,
            0 if held_out is None else held_out.examples,
            sum(p.numel() for p in net.parameters()),
            seed,
        )
    )
    reason = training._stop or "finished"  # a resumed run may have stopped early already
    steps = Steps(
        net,
        loss,
        optimizer,
        penalty=penalty,
        transform=transform,
        clip=clip,
        seed=seed,
        schedule=schedule if schedule_per == "batch" else None,
        batch_size=batch_size,
        backend=backend,
    )
    training.steps = steps
    try:
        for epoch in range(first, epochs + 1 if training._stop is None else first):
            clock = time.perf_counter()
            rate = float(optimizer.param_groups[0]["lr"])
            training.emit(EpochStarted(epoch, source.batches))
            row: dict[str, float] = {"epoch": epoch}
            row |= _train_epoch(training, steps, source, epoch)
            if held_out is not None:
                try:
                    found = held_out.run(steps.backend)
                except AnomalyError as error:
                    raise placed(error, net, f"epoch {epoch}, validation", None) from None
                row |= {f"val_{name}": value for name, value in found.items()}
            row |= {"learning_rate": rate, "seconds": time.perf_counter() - clock}
            if watched not in row:
                raise ArgumentError(f"monitor is {watched!r}, but there are only {', '.join(row)}")
            if isinstance(schedule, ReduceLROnPlateau):
                schedule.step(row[watched])
            elif schedule is not None and schedule_per == "epoch":
                schedule.step()
            training.end_epoch(row)
            if training._stop is not None:
                reason = training._stop
                break
    except KeyboardInterrupt:
        reason = "interrupted"
    finally:
        steps.close()
        history = training.history
        history.reason = reason
        if training.keep == "best" or reason in ("interrupted", "diverged"):
            training.restore_best()
        seconds = time.perf_counter() - started
        training.emit(TrainEnded(reason, len(history), history.best_epoch, seconds, steps.notes()))
    return history
