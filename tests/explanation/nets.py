"""One small network for every layer and loss of Denpa: what explanations are tried on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import denpa as dp
from denpa import nn

Build = Callable[[], tuple[Any, Any]]  # a loss, and the network that has to live as long
F = nn.functional


def _rows(*shape: int) -> Any:
    return dp.randn(*shape)


def _net(*layers: Any, shape: tuple[int, ...] = (5, 4)) -> Build:
    def build() -> tuple[Any, Any]:
        made = [layer() if callable(layer) and not isinstance(layer, nn.Module) else layer
                for layer in layers]  # fmt: skip
        net = nn.Sequential(*made)
        y = net(_rows(*shape))
        return (y * _rows(*y.shape)).sum(), net

    return build


def _between(layer: Callable[[], Any]) -> Build:
    return _net(lambda: nn.Linear(4, 6), layer, lambda: nn.Linear(6, 2))


def _embedding() -> tuple[Any, Any]:
    net = nn.Sequential(nn.Embedding(7, 3), nn.Flatten(), nn.Linear(6, 2))
    return net(dp.tensor([[0, 1], [2, 2], [6, 0]])).square().sum(), net


def _bilinear() -> tuple[Any, Any]:
    layer = nn.Bilinear(3, 2, 4)
    return layer(_rows(5, 3), _rows(5, 2)).square().mean(), layer


def _conv(kind: Any, *space: int) -> Build:
    return _net(lambda: kind(2, 3, 2, padding=1), nn.Tanh(), shape=(3, 2, *space))


def _pool(pool: Any, *space: int) -> Build:
    conv = nn.Conv1d if len(space) == 1 else nn.Conv2d
    return _net(lambda: conv(2, 3, 2), pool, shape=(3, 2, *space))


def _glu() -> tuple[Any, Any]:
    net = nn.Sequential(nn.Linear(4, 6), nn.GLU(), nn.Linear(3, 1))
    return net(_rows(5, 4)).sum(), net


LAYERS: dict[str, Build] = {
    **{name: _between(getattr(nn, name)) for name in (
        "CELU", "ELU", "GELU", "SELU", "Hardsigmoid", "Hardtanh", "LeakyReLU", "LogSigmoid", "Mish",
        "PReLU", "ReLU", "ReLU6", "SiLU", "Sigmoid", "Softplus", "Softsign", "Tanh", "Tanhshrink",
        "Identity", "Dropout")},
    **{name: _between(lambda name=name: getattr(nn, name)(dim=1))
       for name in ("Softmax", "Softmin", "LogSoftmax")},
    "Threshold": _between(lambda: nn.Threshold(0.1, 0.5)),
    "GLU": _glu,
    "Linear": _net(lambda: nn.Linear(4, 3)),
    "Linear without bias": _net(lambda: nn.Linear(4, 3, bias=False)),
    "Linear on sequences": _net(lambda: nn.Linear(4, 3), nn.Tanh(), shape=(5, 2, 4)),
    "BatchNorm1d": _between(lambda: nn.BatchNorm1d(6)),
    "BatchNorm2d": _net(lambda: nn.Conv2d(2, 3, 2), lambda: nn.BatchNorm2d(3), shape=(3, 2, 4, 4)),
    "LayerNorm": _between(lambda: nn.LayerNorm(6)),
    "Embedding": _embedding,
    "Bilinear": _bilinear,
    "Conv1d": _conv(nn.Conv1d, 6),
    "Conv2d": _conv(nn.Conv2d, 4, 4),
    "Conv2d in groups": _net(lambda: nn.Conv2d(4, 4, 3, groups=2, stride=2), shape=(3, 4, 5, 5)),
    "AvgPool1d": _pool(nn.AvgPool1d(2), 7),
    "AvgPool2d": _pool(nn.AvgPool2d(2), 5, 5),
    "MaxPool1d": _pool(nn.MaxPool1d(2), 7),
    "MaxPool2d": _pool(nn.MaxPool2d(2, stride=1), 5, 5),
    "AdaptiveAvgPool1d": _pool(nn.AdaptiveAvgPool1d(2), 6),
    "AdaptiveAvgPool2d": _pool(nn.AdaptiveAvgPool2d(2), 5, 5),
    "Flatten": _net(lambda: nn.Conv1d(2, 3, 2), nn.Flatten(), lambda: nn.Linear(9, 2),
                    shape=(3, 2, 4)),
    "Unflatten": _net(lambda: nn.Linear(4, 6), nn.Unflatten(1, (2, 3)), lambda: nn.Linear(3, 2)),
}  # fmt: skip


def _loss(
    make: Callable[[], Any], target: Callable[[], Any], out: int = 3, last: Any = None
) -> Build:
    def build() -> tuple[Any, Any]:
        net = nn.Sequential(
            nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, out), *([last] if last else [])
        )
        return make()(net(_rows(6, 4)), target()), net

    return build


def _classes() -> Any:
    return dp.tensor([0, 2, 1, 1, 0, 2])


def _shares() -> Any:
    return F.softmax(_rows(6, 3), dim=1)


LOSSES: dict[str, Build] = {
    "CrossEntropyLoss": _loss(nn.CrossEntropyLoss, _classes),
    "CrossEntropyLoss summed": _loss(lambda: nn.CrossEntropyLoss(reduction="sum"), _classes),
    "CrossEntropyLoss weighted": _loss(
        lambda: nn.CrossEntropyLoss(dp.tensor([1.0, 2.0, 3.0]), label_smoothing=0.1), _classes),
    "CrossEntropyLoss of shares": _loss(nn.CrossEntropyLoss, _shares),
    "NLLLoss": _loss(nn.NLLLoss, _classes, last=nn.LogSoftmax(1)),
    "MSELoss": _loss(nn.MSELoss, lambda: _rows(6, 3)),
    "L1Loss": _loss(nn.L1Loss, lambda: _rows(6, 3)),
    "HuberLoss": _loss(nn.HuberLoss, lambda: _rows(6, 3)),
    "SmoothL1Loss": _loss(nn.SmoothL1Loss, lambda: _rows(6, 3)),
    "BCELoss": _loss(nn.BCELoss, lambda: dp.rand(6, 3), last=nn.Sigmoid()),
    "BCEWithLogitsLoss": _loss(nn.BCEWithLogitsLoss, lambda: dp.rand(6, 3)),
    "KLDivLoss": _loss(lambda: nn.KLDivLoss(reduction="batchmean"), _shares, last=nn.LogSoftmax(1)),
}  # fmt: skip
ALL = {**LAYERS, **{f"{name} (loss)": build for name, build in LOSSES.items()}}
