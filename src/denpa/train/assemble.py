"""From settings and data to all that a run trains with: parts, network, loss, optimizer."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from denpa import nn
from denpa.autodiff.tensor import Tensor
from denpa.core.errors import ArgumentError
from denpa.data import Augment, Data, DataError, Standardizer, get, label_noise, read, split
from denpa.nn import penalty
from denpa.optim import SGD, Adadelta, Adagrad, Adam, AdamW, Optimizer, RMSprop, lr_scheduler
from denpa.train.ensemble import Ensemble
from denpa.train.models import Standardize, build
from denpa.train.settings import Settings, flag, nearest

NAMED = ("digits", "mnist")
Loss = Callable[[Tensor, Tensor], Tensor]
_LABELS = 0x6C6162656C73  # keeps the noise on labels apart from other uses of the same seed


@dataclass(frozen=True)
class Parts:
    """The data of a run, whole and in parts. A part without rows is None."""

    whole: Data
    train: Data
    validation: Data | None
    test: Data | None

    def sizes(self) -> dict[str, int]:
        """Rows of each part."""
        return {k: 0 if p is None else len(p) for k, p in self._named()}

    def hashes(self) -> dict[str, str]:
        """SHA-256 of each part that has rows."""
        return {k: p.sha256 for k, p in self._named() if p is not None}

    def _named(self) -> list[tuple[str, Data | None]]:
        return [("train", self.train), ("validation", self.validation), ("test", self.test)]

    def judge(self) -> tuple[str, Data]:
        """The part that final figures come from: test, else validation, else train."""
        if self.test is not None:
            return "test", self.test
        if self.validation is not None:
            return "val", self.validation
        return "train", self.train


def load(settings: Settings) -> tuple[Data, Data | None]:
    """The data that `settings.source` names, and the test part that came with them, if any."""
    source = settings.source
    if not source:
        raise ArgumentError(
            f"name the data to train on: {', '.join(NAMED)}, or a file or folder of yours"
        )
    if source in NAMED:
        of_files = ("target", "task", "classes", "drop", "keep", "no_header", "missing", "signal",
                    "image_size")  # fmt: skip
        for name in of_files:
            if getattr(settings, name) not in (None, (), False):
                raise ArgumentError(
                    f"{flag(name)} does not go with {source}: its pictures and labels are fixed"
                )
        return get(source, settings.data_dir)
    if settings.data_dir is not None:
        raise ArgumentError(
            f"--data-dir says where the files of mnist are; it does not go with {source}"
        )
    size = settings.image_size
    path = Path(source).expanduser()
    hint = nearest(source, NAMED)
    if hint and not path.exists():
        raise DataError(f"{source}: no such file or folder, and no named data set.{hint}")
    data = read(
        str(path),
        target=settings.target,
        task=settings.task,
        missing=settings.missing,
        drop=settings.drop,
        keep=settings.keep,
        no_header=settings.no_header,
        signal=settings.signal,
        image_size=None if size is None else size[0] if len(size) == 1 else (size[0], size[1]),
        classes=settings.classes,
    )
    data.require_target()
    return data, None


def divide(settings: Settings, data: Data, own_test: Data | None) -> Parts:
    """Split into parts: stratified, by the seed. Then the data are read as the training part says;
    what the other parts hold has no influence on it, nor on the split, missing values included."""
    y, task = data.targets, data.task
    assert task is not None
    # A classification is split by its labels, so a row without one is in no part.
    known = np.flatnonzero(y >= 0) if task == "classification" else np.arange(len(y))
    shares = (settings.validation, settings.test or 0.0)
    rows = [known[r] for r in split(y[known], task, shares, settings.seed)]
    if data.kept is not None and _lacking(rows, y, data.kept, task):
        # Only where a part would be empty, or training lack a class, do missing values have a say.
        known = np.intersect1d(known, data.kept)
        rows = [known[r] for r in split(y[known], task, shares, settings.seed)]
    data = replace(data.fit_to(rows[0]), reading=None)  # the file's own cells can go
    parts = [data.take_source(r) if len(r) else None for r in rows]
    for name, part in zip(("training", "validation", "test"), parts, strict=True):
        if part is not None and not len(part):
            raise DataError(
                f"{data.source}: every row of the {name} part lacks a value, so that"
                " missing='drop' leaves nothing of it. Give it more rows, or another --seed."
            )
    train = parts[0]
    assert train is not None
    if task == "classification":
        gone = np.setdiff1d(y[y >= 0], train.require_target())
        if len(gone):
            names = ", ".join(repr(data.classes[c]) for c in gone)
            note = f"every row of {names} lacks a value: nothing is learnt of it"
            data = replace(data, notes=(*data.notes, note))
    if settings.label_noise:
        rng = np.random.Generator(np.random.Philox(key=[settings.seed, _LABELS]))
        wrong = label_noise(train.require_target(), settings.label_noise, len(data.classes), rng)
        train = replace(train, y=wrong)
    return Parts(data, train, parts[1], own_test if own_test is not None else parts[2])


def _lacking(rows: list[np.ndarray], y: np.ndarray, complete: np.ndarray, task: str) -> bool:
    """Whether a part has no complete row, or training none of a class that has some."""
    if any(len(r) and not np.isin(r, complete).any() for r in rows):
        return True
    learnt = y[np.intersect1d(rows[0], complete)]
    return task == "classification" and len(np.setdiff1d(y[complete], learnt)) > 0


def describe(settings: Settings, train: Data) -> dict[str, Any]:
    """The plain data that the network is built from (`build`), with the numbers of the training
    part: standardised columns for a table, a rescaled output for a regression."""
    shape = train.x.shape[1:]
    y = train.require_target()
    regression = train.task == "regression"
    spec: dict[str, Any] = {
        "model": settings.model,
        "outputs": 1 if regression else len(train.classes),
        "hidden": list(settings.hidden or ()),
        "activation": settings.activation,
        "batch_norm": settings.batch_norm,
        "dropout": settings.dropout,
        "dropout_scale": settings.dropout_scale,
        "standardize": None,
        "rescale": None,
    }
    if settings.model == "cnn":
        spec |= {"image": list(shape), "channels": list(settings.channels or ())}
    else:
        spec["inputs"] = int(np.prod(shape))
    if train.kind != "images":
        fitted = Standardizer.fit(train.x)
        along = (-1, *[1] * (len(shape) - 1))  # (D,), or (C, 1) for signals
        spec["standardize"] = [v.reshape(along).tolist() for v in (fitted.mean, fitted.scale)]
    if regression:
        fitted = Standardizer.fit(y)
        spec["rescale"] = [fitted.mean.tolist(), fitted.scale.tolist()]
    return spec


def scaled(spec: dict[str, Any], part: Data) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets as the `core` of the network takes them: float32, in standard units."""
    pair = []
    for values, key in ((part.x, "standardize"), (part.require_target(), "rescale")):
        if spec[key] is not None:
            mean, scale = (np.array(v, np.float64).reshape(-1) for v in spec[key])
            values = Standardizer(mean, scale).transform(values)
        pair.append(values)
    return pair[0], pair[1]


def core(net: nn.Sequential) -> nn.Sequential:
    """The network without the layers that change units at its ends, sharing all others: what is
    trained, and what gradients are checked on. There, no digits go to the units."""
    inner = [(n, m) for n, m in net.named_children() if not isinstance(m, Standardize)]
    return nn.Sequential(OrderedDict(inner))


def network(meta: dict[str, Any]) -> nn.Module:
    """The network of a model file's header: one, or an ensemble of equal ones."""
    members = [build(meta["network"]) for _ in range(meta["members"])]
    return join(members, meta["task"])


def join(members: list[nn.Sequential], task: str) -> nn.Module:
    """One network from the members of an ensemble; a single one stays itself."""
    if len(members) == 1:
        return members[0]
    return Ensemble(members, probabilities=task == "classification")


def core_loss(settings: Settings) -> Loss:
    """The loss of the `core`. A regression's is that of the standardised target, so that learning
    rates do not depend on its unit."""
    if settings.loss == "cross-entropy":
        return nn.CrossEntropyLoss(label_smoothing=settings.label_smoothing)
    kinds: dict[str, type[nn.Module]] = {
        "mse": nn.MSELoss, "huber": nn.HuberLoss, "l1": nn.L1Loss,
    }  # fmt: skip
    return kinds[settings.loss]()


def make_loss(settings: Settings, rescale: Any) -> Loss:
    """The same loss for the whole network, whose outputs are in the target's unit."""
    base = core_loss(settings)
    if rescale is None:
        return base
    mean, scale = float(rescale[0][0]), float(rescale[1][0])

    def standardised(output: Tensor, target: Tensor) -> Tensor:
        found: Tensor = base((output - mean) / scale, (target - mean) / scale)
        return found

    return standardised


def unit_of(spec: dict[str, Any]) -> float | None:
    """The standard deviation of the target in training, in which its losses are measured."""
    return None if spec["rescale"] is None else float(spec["rescale"][1][0])


def make_optimizer(settings: Settings, net: nn.Module) -> Optimizer:
    """The optimizer that the settings name."""
    assert settings.lr is not None
    lr, decay, momentum = settings.lr, settings.weight_decay or 0.0, settings.momentum or 0.0
    parameters = list(net.parameters())
    match settings.optimizer:
        case "adam":
            return Adam(parameters, lr=lr, weight_decay=decay)
        case "adamw":
            return AdamW(parameters, lr=lr, weight_decay=decay)
        case "adagrad":
            return Adagrad(parameters, lr=lr, weight_decay=decay)
        case "adadelta":
            return Adadelta(parameters, lr=lr, weight_decay=decay)
        case "rmsprop":
            return RMSprop(parameters, lr=lr, weight_decay=decay, momentum=momentum)
    nesterov = settings.optimizer == "nesterov"
    return SGD(parameters, lr=lr, momentum=momentum, weight_decay=decay, nesterov=nesterov)


def make_schedule(settings: Settings, optimizer: Optimizer, batches: int) -> tuple[Any, str]:
    """The schedule of the learning rate, or None, and whether it steps per epoch or per batch."""
    assert settings.epochs is not None
    assert settings.lr is not None
    epochs, warm = settings.epochs, settings.warmup
    if settings.schedule == "onecycle":
        total = epochs * batches
        return lr_scheduler.OneCycleLR(optimizer, settings.lr, total_steps=total), "batch"
    if settings.schedule == "plateau":
        patience = max(2, epochs // 20)
        plateau = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.3, patience=patience)
        return plateau, "epoch"
    after: Any = None
    rise: Any = None
    if warm:
        rise = lr_scheduler.LinearLR(optimizer, start_factor=1 / (warm + 1), total_iters=warm)
    match settings.schedule:
        case "step":
            after = lr_scheduler.StepLR(optimizer, max(1, (epochs - warm) // 3), gamma=0.1)
        case "exponential":
            after = lr_scheduler.ExponentialLR(optimizer, 0.95)
        case "cosine":
            after = lr_scheduler.CosineAnnealingLR(optimizer, epochs - warm)
    if rise is None or after is None:
        return rise or after, "epoch"
    return lr_scheduler.SequentialLR(optimizer, [rise, after], milestones=[warm]), "epoch"


def make_penalty(settings: Settings) -> Callable[[nn.Module], Tensor] | None:
    """αΩ on the weights, or None."""
    a, b = settings.l1, settings.l2
    if not a and not b:
        return None

    def omega(net: nn.Module) -> Tensor:
        terms = [w * f(net) for w, f in ((a, penalty.l1), (b, penalty.l2)) if w]
        total: Tensor = terms[0] if len(terms) == 1 else terms[0] + terms[1]
        return total

    return omega


def make_transform(settings: Settings) -> Augment | None:
    """The random changes of each batch of pictures, or None."""
    given = settings.augment
    if not given:
        return None
    return Augment(
        shift=int(given.get("shift", 0)),
        rotate=given.get("rotate", 0.0),
        noise=given.get("noise", 0.0),
    )
