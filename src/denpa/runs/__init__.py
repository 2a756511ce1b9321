"""What `denpa train`, `evaluate` and `predict` do, as a library: data in, a run folder out.

    run = dp.runs.train("houses.csv", target="price", epochs=50)
    run.metrics; run.history; run.report
    run.evaluate(more); run.predict(new)
    dp.runs.load("runs/houses-…"); dp.runs.resume("runs/houses-…", epochs=100)

Read `training` first: a whole run from above. `settings` are its options, `values` what their texts
stand for, `parts` its data, `recipe` its network and optimizer; `job` is a run that is about to
begin, `outcome` what it comes to, `run` one that has ended, `folder` and `record` what it leaves on
disk; `rows`, `evaluation` and `predictions` what it is used for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from denpa.runs.evaluation import Evaluation
    from denpa.runs.predictions import Predictions
    from denpa.runs.run import Run, load
    from denpa.runs.settings import Settings
    from denpa.runs.training import resume, train
    from denpa.runs.voice import Voice

_HOMES = {
    "Evaluation": "evaluation",
    "Predictions": "predictions",
    "Run": "run",
    "load": "run",
    "Settings": "settings",
    "resume": "training",
    "train": "training",
    "Voice": "voice",
}


def __getattr__(name: str) -> Any:  # the command reads the settings alone
    if name in _HOMES:
        return getattr(import_module(f"denpa.runs.{_HOMES[name]}"), name)
    raise AttributeError(f"denpa.runs has no {name!r}")


__all__ = ["Evaluation", "Predictions", "Run", "Settings", "Voice", "load", "resume", "train"]
