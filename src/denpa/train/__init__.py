"""Training: the loop, what watches it, and what it leaves behind.

In:  a network, an optimizer, data.
Out: the trained network, its history, checkpoints.

Read `loop` first. `batches` says which examples come when, `steps` does the updates (as native
code, or one by one), `events` are what `callbacks` hear, `history` and `checkpoint` what is kept.
`evaluation` and `metrics` judge, `worth` says what a result is worth; `models` makes networks from
plain data, `gradcheck` looks at their gradients before the first step.
"""

from __future__ import annotations

from denpa.train.callbacks import Checkpoint, EarlyStopping, ProgressBar
from denpa.train.ensemble import Ensemble
from denpa.train.evaluation import evaluate, predict
from denpa.train.events import (
    BatchEnded,
    EpochEnded,
    EpochStarted,
    Event,
    TrainEnded,
    TrainStarted,
)
from denpa.train.gradcheck import GradientCheck, check_gradients
from denpa.train.history import History
from denpa.train.loop import fit
from denpa.train.models import build, cnn, mlp
from denpa.train.training import Callback, Training

__all__ = [
    "BatchEnded",
    "Callback",
    "Checkpoint",
    "EarlyStopping",
    "Ensemble",
    "EpochEnded",
    "EpochStarted",
    "Event",
    "GradientCheck",
    "History",
    "ProgressBar",
    "TrainEnded",
    "TrainStarted",
    "Training",
    "build",
    "check_gradients",
    "cnn",
    "evaluate",
    "fit",
    "mlp",
    "predict",
]
