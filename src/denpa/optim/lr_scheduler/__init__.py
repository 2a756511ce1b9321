"""Learning-rate schedules under PyTorch's names.

A schedule sets `lr` of each group when it is made and at each `step()`, which is called after the
optimizer's own (once an epoch, or once a batch for the cyclic ones). Most compute the next rate
from the present one, so that several can act on one optimizer.

Read `base` first.
"""

from __future__ import annotations

from denpa.optim.lr_scheduler.base import LRScheduler
from denpa.optim.lr_scheduler.combine import ChainedScheduler, SequentialLR
from denpa.optim.lr_scheduler.cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from denpa.optim.lr_scheduler.cyclic import CyclicLR, OneCycleLR
from denpa.optim.lr_scheduler.factors import (
    ConstantLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiplicativeLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)
from denpa.optim.lr_scheduler.plateau import ReduceLROnPlateau

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]
