"""From settings to all that a run trains with: network, loss, optimizer, schedule, penalty."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np

from denpa import nn
from denpa.autodiff.tensor import Tensor
from denpa.data import Augment, Data, Standardizer
from denpa.nn import penalty
from denpa.optim import SGD, Adadelta, Adagrad, Adam, AdamW, Optimizer, RMSprop, lr_scheduler
from denpa.runs.settings import Settings
from denpa.train.ensemble import Ensemble
from denpa.train.models import Standardize, build

Loss = Callable[[Tensor, Tensor], Tensor]


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
        "mse": nn.MSELoss,
        "huber": nn.HuberLoss,
        "l1": nn.L1Loss,
    }
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
