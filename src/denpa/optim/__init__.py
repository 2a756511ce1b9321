"""Optimizers and learning-rate schedules under PyTorch's names.

Read `optimizer` first: what all share; then `sgd`: an update as a pure function.
"""

from __future__ import annotations

from typing import Any

from denpa.core.errors import not_offered
from denpa.optim import lr_scheduler
from denpa.optim.adadelta import Adadelta
from denpa.optim.adagrad import Adagrad
from denpa.optim.adam import Adam, AdamW
from denpa.optim.lbfgs import LBFGS
from denpa.optim.optimizer import Optimizer
from denpa.optim.rmsprop import RMSprop
from denpa.optim.sgd import SGD


def __getattr__(name: str) -> Any:
    raise not_offered("denpa.optim", name, globals())


__all__ = [
    "LBFGS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Optimizer",
    "RMSprop",
    "lr_scheduler",
]
