"""How good a network is on a part of the data: figures, confusion, and the hardest mistakes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from denpa.autodiff.mode import no_grad
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.data import Data, DataError
from denpa.nn import Module
from denpa.report.record import Counted, Mistake, Worth
from denpa.train import metrics
from denpa.train.evaluation import predict
from denpa.train.worth import worth_of

HARDEST = 24
_EPOCH = np.datetime64("1970-01-01T00:00", "m")


@dataclass(frozen=True)
class Evaluation:
    """How good a network is on some rows: its answers, and the figures that follow from them.

    `part` names the rows: "test" ("val" or "train" for a run without the parts before) of a run's
    own data, or "data" for data that were named. `trained_on` is how many of these rows the network
    was trained on, as far as is known; None where the training data cannot be read again.
    `outputs` are (N, K) scores or (N, 1) values; `figures` floats by name ("accuracy", "loss"; for
    a regression "rmse", "r2", "mae", "loss"). `Run.evaluate` returns one.

    Errors: `confusion` and `mistakes()` a DataError (a ValueError) for data without a target;
    FrozenInstanceError (an AttributeError) if a field is set.

    >>> import numpy as np, denpa as dp
    >>> data = dp.data.digits().take([0, 1, 2])  # a 0, a 1 and a 2
    >>> found = dp.runs.Evaluation(data, np.eye(10)[[0, 1, 3]], {})  # the 2 is taken for a 3
    >>> int(found.confusion[2, 3]), [m.predicted for m in found.mistakes()]
    (1, ['3'])
    """

    data: Data
    outputs: np.ndarray  # (N, K) scores or (N, 1) values
    figures: dict[str, float]
    worth: Worth | None = None
    part: str = "test"
    trained_on: int | None = 0

    def of(self, part: str, trained_on: int | None) -> Evaluation:
        """The same, of rows that are called so."""
        return replace(self, part=part, trained_on=trained_on)

    @property
    def classified(self) -> bool:
        """Whether this is a classification."""
        return self.data.task == "classification"

    @property
    def confusion(self) -> np.ndarray | None:
        """Counts (K, K), true classes in rows; None for a regression."""
        if not self.classified:
            return None
        guess, y = self.outputs.argmax(1), self.data.require_target()
        return metrics.confusion(guess, y, len(self.data.classes))

    def mistakes(self) -> list[Mistake]:
        """The wrong answers that the network was surest of, or the largest errors."""
        data, y = self.data, self.data.require_target()
        if not self.classified:
            errors = np.abs(self.outputs[:, 0].astype(np.float64) - y[:, 0])
            worst = np.argsort(-errors, kind="stable")[: HARDEST // 2]
            return [
                Mistake(
                    true=float(y[i, 0]),
                    predicted=float(self.outputs[i, 0]),
                    image=picture(data, i),
                    features=cells(data, i),
                    row=row,
                    counted=counted,
                )
                for i, (row, counted) in zip(worst, places(data, worst), strict=True)
            ]
        p = probabilities(self.outputs)
        guess = self.outputs.argmax(1)
        truth = p[np.arange(len(y)), y]
        wrong = np.flatnonzero(guess != y)
        worst = wrong[np.argsort(truth[wrong], kind="stable")][:HARDEST]
        return [
            Mistake(
                true=data.classes[int(y[i])],
                predicted=data.classes[int(guess[i])],
                probability=float(p[i, guess[i]]),
                probability_true=float(truth[i]),
                image=picture(data, i),
                features=cells(data, i),
                row=row,
                counted=counted,
            )
            for i, (row, counted) in zip(worst, places(data, worst), strict=True)
        ]


def judge(
    net: Module,
    loss: Callable[[Tensor, Tensor], Tensor],
    data: Data,
    backend: str = "native",
    *,
    part: str = "test",
    baseline: str | float | None = None,
    unit: float | None = None,
) -> Evaluation:
    """Predict all rows of `data`, the part of that name, and compare with its targets, and with
    the answer `baseline` to all of them (`baseline_of` the training part). `unit` is that of the
    target, in which `loss` measures."""
    y = data.require_target()
    outputs = predict(net, data.x, backend=backend)
    with no_grad():
        total = float(loss(tensor_of(outputs), tensor_of(y)))
    worth = None if baseline is None else worth_of(part, baseline, outputs, y, data.classes, unit)
    if data.task == "classification":
        # Not `metrics.correct`, which asks first whether the pair is a classification at all.
        right = int(np.count_nonzero(outputs.argmax(1) == y))
        return Evaluation(data, outputs, {"accuracy": right / len(y), "loss": total}, worth, part)
    mae = float(np.mean(np.abs(outputs.astype(np.float64) - y)))
    found = {"rmse": metrics.rmse(outputs, y), "r2": metrics.r2(outputs, y), "mae": mae}
    return Evaluation(data, outputs, {**found, "loss": total}, worth, part)


def places(data: Data, rows: np.ndarray) -> list[tuple[int | str, Counted]]:
    """Where the user finds these rows of `data`: the name of a picture's file, the line of a text
    file, or the index in what was read."""
    if data.rows:
        return [(data.rows[int(i)], "file") for i in rows]
    at = [int(i) for i in (rows if data.kept is None else data.kept[rows])]
    if data.origin is not None and data.origin.path is not None:
        with suppress(DataError):  # the file has gone since it was read
            return [(line, "line") for line in data.origin.lines(at)]
    return [(i, "index") for i in at]


def probabilities(outputs: np.ndarray) -> np.ndarray:
    """Softmax of scores (N, K), in float64.

    >>> import numpy as np
    >>> from denpa.runs.evaluation import probabilities
    >>> probabilities(np.array([[0.0, 0.0]])).tolist()
    [[0.5, 0.5]]
    """
    scores = outputs.astype(np.float64)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    found: np.ndarray = e / e.sum(axis=1, keepdims=True)
    return found


def picture(data: Data, i: int) -> np.ndarray | None:
    """Example i as (H, W) or (H, W, 3) in [0, 1]; None for a row of a table."""
    if data.kind != "images":
        return None
    x = np.clip(data.x[i], 0.0, 1.0)
    return np.asarray(x[0] if len(x) < 3 else np.moveaxis(x[:3], 0, 2))


def cells(data: Data, i: int) -> dict[str, object]:
    """Row i of a table in its own words: categories by name, dates as dates."""
    if data.kind != "table":
        return {}
    found: dict[str, object] = {}
    row, at = data.x[i], 0
    for record in data.encoding["columns"]:
        if record["type"] == "category":
            names = record["categories"]
            part = row[at : at + len(names)]
            found[record["name"]] = names[int(part.argmax())] if part.max() == 1 else None
            at += len(names)
            continue
        value = float(row[at])
        found[record["name"]] = _cell(record, value, 7 if data.x.dtype == np.float32 else 15)
        at += 1
    return found


def _cell(record: dict[str, Any], value: float, digits: int) -> object:
    if record["type"] == "date":
        minutes = round((value + record["origin"]) * 1440)
        return str(_EPOCH + np.timedelta64(minutes, "m")).replace("T00:00", "").replace("T", " ")
    if record["type"] == "bool" and value in (0.0, 1.0):
        return bool(value)
    return float(f"{value:.{digits}g}")  # as people wrote it
