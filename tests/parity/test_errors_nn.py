"""Wrong calls to layers, losses, optimizers and data: refused as PyTorch refuses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .harness import check_refused

Call = Callable[[Any], Any]


def F(m: Any) -> Any:
    return m.nn.functional


def leaf(m: Any, *shape: int) -> Any:
    return m.ones(*shape, requires_grad=True)


def net(m: Any) -> Any:
    return m.nn.Sequential(m.nn.Linear(4, 3), m.nn.ReLU())


def load(m: Any, **state: Any) -> Any:
    m.nn.Linear(2, 2).load_state_dict({k: m.zeros(*v) for k, v in state.items()})


def opt(m: Any, name: str, **kw: Any) -> Any:
    return getattr(m.optim, name)([m.nn.Parameter(m.ones(2))], **kw)


def schedule(m: Any, name: str, *args: Any, **kw: Any) -> Any:
    return getattr(m.optim.lr_scheduler, name)(opt(m, "SGD", lr=0.1), *args, **kw)


def clip_infinite(m: Any) -> Any:
    p = leaf(m, 2)
    p.grad = m.full((2,), float("inf"))
    m.nn.utils.clip_grad_norm_([p], 1.0, error_if_nonfinite=True)


def no_super(m: Any) -> Any:
    class Bad(m.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            self.layer = m.nn.Linear(1, 1)

    Bad()


CALLS: dict[str, Call] = {
    # convolution and pooling
    "conv channels": lambda m: F(m).conv2d(m.ones(1, 3, 5, 5), m.ones(2, 4, 3, 3)),
    "conv kernel too big": lambda m: F(m).conv2d(m.ones(1, 1, 2, 2), m.ones(1, 1, 3, 3)),
    "conv rank": lambda m: F(m).conv2d(m.ones(5, 5), m.ones(1, 1, 3, 3)),
    "conv weight rank": lambda m: F(m).conv1d(m.ones(1, 1, 5), m.ones(1, 3)),
    "conv groups": lambda m: F(m).conv2d(m.ones(1, 4, 5, 5), m.ones(3, 2, 3, 3), groups=2),
    "conv bias": lambda m: F(m).conv1d(m.ones(1, 1, 5), m.ones(2, 1, 3), m.ones(3)),
    "conv stride zero": lambda m: F(m).conv1d(m.ones(1, 1, 5), m.ones(1, 1, 3), stride=0),
    "conv negative padding": lambda m: F(m).conv1d(m.ones(1, 1, 5), m.ones(1, 1, 3), padding=-1),
    "conv same stride": lambda m: F(m).conv1d(m.ones(1, 1, 5), m.ones(1, 1, 3), padding="same",
        stride=2),
    "conv padding word": lambda m: F(m).conv1d(m.ones(1, 1, 5), m.ones(1, 1, 3), padding="full"),
    "conv stride length": lambda m: F(m).conv2d(m.ones(1, 1, 5, 5), m.ones(1, 1, 3, 3),
        stride=(1, 1, 1)),
    "Conv2d groups": lambda m: m.nn.Conv2d(3, 4, 3, groups=2),
    "Conv2d same stride": lambda m: m.nn.Conv2d(3, 4, 3, stride=2, padding="same"),
    "Conv2d channels": lambda m: m.nn.Conv2d(3, 4, 3)(m.ones(1, 2, 5, 5)),
    "max_pool rank": lambda m: F(m).max_pool2d(m.ones(4, 4), 2),
    "max_pool padding": lambda m: F(m).max_pool2d(m.ones(1, 4, 4), 2, padding=2),
    "max_pool too small": lambda m: F(m).max_pool2d(m.ones(1, 2, 2), 3),
    "max_pool kernel zero": lambda m: F(m).max_pool2d(m.ones(1, 2, 2), 0),
    "avg_pool padding": lambda m: F(m).avg_pool2d(m.ones(1, 4, 4), 2, padding=2),
    "avg_pool divisor": lambda m: F(m).avg_pool2d(m.ones(1, 4, 4), 2, divisor_override=0),
    "adaptive rank": lambda m: F(m).adaptive_avg_pool2d(m.ones(4, 4), 2),
    # layers
    "Linear input": lambda m: net(m)(m.ones(2, 5)),
    "Linear dtype": lambda m: net(m)(m.ones(2, 4).double()),
    "Linear of ints": lambda m: net(m)(m.ones(2, 4).long()),
    "Embedding padding": lambda m: m.nn.Embedding(3, 2, padding_idx=3),
    "BatchNorm rank": lambda m: m.nn.BatchNorm1d(3)(m.ones(3)),
    "BatchNorm2d rank": lambda m: m.nn.BatchNorm2d(3)(m.ones(2, 3)),
    "BatchNorm features": lambda m: m.nn.BatchNorm1d(3)(m.ones(2, 4)),
    "BatchNorm one row": lambda m: m.nn.BatchNorm1d(3)(m.ones(1, 3)),
    "LayerNorm shape": lambda m: m.nn.LayerNorm(3)(m.ones(2, 4)),
    "layer_norm nothing": lambda m: F(m).layer_norm(m.ones(2), ()),
    "Dropout p": lambda m: m.nn.Dropout(1.5),
    "dropout p": lambda m: F(m).dropout(m.ones(2), -0.1),
    "ModuleList call": lambda m: m.nn.ModuleList([m.nn.ReLU()])(m.ones(1)),
    "Module no forward": lambda m: m.nn.Module()(m.ones(1)),
    "Module no super": no_super,
    "Module attribute": lambda m: m.nn.Linear(1, 1).wait,
    "Module not a module": lambda m: m.nn.Sequential(m.nn.Linear(1, 1), 3),
    "Parameter of ints": lambda m: m.nn.Parameter(m.ones(2).long()),
    "weight not a parameter": lambda m: setattr(m.nn.Linear(1, 1), "weight", m.ones(1, 1)),
    "state missing": lambda m: load(m, weight=(2, 2)),
    "state unexpected": lambda m: load(m, weight=(2, 2), bias=(2,), extra=(1,)),
    "state shape": lambda m: load(m, weight=(2, 3), bias=(2,)),
    "Sequential index": lambda m: net(m)[5],
    "buffer name": lambda m: m.nn.Module().register_buffer("a.b", m.ones(1)),
    # losses
    "mse shapes": lambda m: F(m).mse_loss(m.ones(2, 3), m.ones(2, 4)),
    "reduction word": lambda m: F(m).mse_loss(m.ones(2), m.ones(2), reduction="average"),
    "cross_entropy range": lambda m: F(m).cross_entropy(m.ones(2, 3), m.tensor([0, 3])),
    "cross_entropy negative": lambda m: F(m).cross_entropy(m.ones(2, 3), m.tensor([0, -1])),
    "cross_entropy batch": lambda m: F(m).cross_entropy(m.ones(2, 3), m.tensor([0, 1, 2])),
    "cross_entropy float labels": lambda m: F(m).cross_entropy(m.ones(2, 3), m.tensor([0.0, 1.0])),
    "cross_entropy weight": lambda m: F(m).cross_entropy(m.ones(2, 3), m.tensor([0, 1]),
        weight=m.ones(2)),
    "cross_entropy smoothing": lambda m: F(m).cross_entropy(m.ones(2, 3), m.tensor([0, 1]),
        label_smoothing=2.0),
    "cross_entropy int32": lambda m: F(m).cross_entropy(m.ones(2, 3),
        m.tensor([0, 1], dtype=m.int32)),
    "nll range": lambda m: F(m).nll_loss(m.ones(2, 3), m.tensor([0, 5])),
    "nll batch": lambda m: F(m).nll_loss(m.ones(2, 3), m.tensor([0])),
    "bce shapes": lambda m: F(m).binary_cross_entropy(m.ones(2), m.ones(2, 1)),
    "bce range": lambda m: F(m).binary_cross_entropy(m.full((2,), 1.5), m.ones(2)),
    "bce logits shapes": lambda m: F(m).binary_cross_entropy_with_logits(m.ones(2), m.ones(2, 1)),
    "huber delta": lambda m: F(m).huber_loss(m.ones(2), m.ones(2), delta=-1.0),
    # training
    "unknown keyword optimizer": lambda m: opt(m, "Adam", momentum=0.9),
    "lr negative": lambda m: opt(m, "SGD", lr=-1.0),
    "momentum negative": lambda m: opt(m, "SGD", lr=0.1, momentum=-1.0),
    "nesterov alone": lambda m: opt(m, "SGD", lr=0.1, nesterov=True),
    "betas": lambda m: opt(m, "Adam", betas=(1.0, 0.9)),
    "eps": lambda m: opt(m, "Adam", eps=-1.0),
    "decay": lambda m: opt(m, "AdamW", weight_decay=-1.0),
    "alpha": lambda m: opt(m, "RMSprop", alpha=-1.0),
    "rho": lambda m: opt(m, "Adadelta", rho=1.5),
    "lr_decay": lambda m: opt(m, "Adagrad", lr_decay=-1.0),
    "no parameters": lambda m: m.optim.SGD([], lr=0.1),
    "one tensor": lambda m: m.optim.SGD(m.nn.Parameter(m.ones(2)), lr=0.1),
    "not tensors": lambda m: m.optim.SGD([1.0], lr=0.1),
    "not leaves": lambda m: m.optim.SGD([leaf(m, 2) * 2], lr=0.1),
    "doubled in groups": lambda m: (lambda p: m.optim.SGD([{"params": [p]}, {"params": [p]}],
        lr=0.1))(leaf(m, 2)),
    "lbfgs closure": lambda m: opt(m, "LBFGS").step(),
    "lbfgs groups": lambda m: m.optim.LBFGS([{"params": [leaf(m, 1)]}, {"params": [leaf(m, 1)]}]),
    "optimizer state": lambda m: opt(m, "SGD").load_state_dict(
        {"state": {}, "param_groups": [{"params": [0, 1]}]}),
    "lambda count": lambda m: schedule(m, "LambdaLR", [lambda e: 1, lambda e: 1]),
    "one cycle length": lambda m: schedule(m, "OneCycleLR", 0.1),
    "one cycle strategy": lambda m: schedule(m, "OneCycleLR", 0.1, total_steps=5,
        anneal_strategy="up"),
    "one cycle past its end": lambda m: (lambda s: [s.step() for _ in range(9)])(
        schedule(m, "OneCycleLR", 0.1, total_steps=5)),
    "linear factor": lambda m: schedule(m, "LinearLR", start_factor=2.0),
    "plateau factor": lambda m: schedule(m, "ReduceLROnPlateau", factor=1.0),
    "plateau mode": lambda m: schedule(m, "ReduceLROnPlateau", mode="least"),
    "plateau no metric": lambda m: schedule(m, "ReduceLROnPlateau").step(),
    "clip infinite": lambda m: clip_infinite(m),
    # data
    "dataset sizes": lambda m: m.utils.data.TensorDataset(m.ones(2), m.ones(3)),
    "loader options": lambda m: m.utils.data.DataLoader([1, 2], shuffle=True, sampler=[0]),
    "loader size": lambda m: m.utils.data.DataLoader([1, 2], batch_size=0),
    "split sum": lambda m: m.utils.data.random_split([1, 2, 3], [1, 1]),
    "split fractions": lambda m: m.utils.data.random_split([1, 2, 3], [1.5, -0.5]),
    "collate shapes": lambda m: list(m.utils.data.DataLoader([m.ones(2), m.ones(3)], batch_size=2)),
    "collate kinds": lambda m: list(m.utils.data.DataLoader([object(), object()], batch_size=2)),
    # init
    "init of 1d": lambda m: m.nn.init.kaiming_uniform_(m.ones(3)),
    "xavier of 1d": lambda m: m.nn.init.xavier_normal_(m.ones(3)),
    "init mode": lambda m: m.nn.init.kaiming_normal_(m.ones(3, 3), mode="fan_middle"),
    "init gain": lambda m: m.nn.init.calculate_gain("cube"),
    "orthogonal of 1d": lambda m: m.nn.init.orthogonal_(m.ones(3)),
}  # fmt: skip


@pytest.mark.parametrize("call", [pytest.param(c, id=n) for n, c in CALLS.items()])
def test_refused_alike(call: Call) -> None:
    check_refused(call)
