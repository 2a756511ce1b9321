"""What a result is worth: against a constant answer, class by class, and whether it was the end.

An accuracy of 99.2 % is no success where 99.2 % of the rows are of one class. The answer that costs
nothing is always the same: the most frequent class of the training part, or the mean of its
targets. It is judged on the same rows as the network, and the network beats it only if the
difference is more than chance:

* classes: of the rows where one of the two is right and the other wrong, as many as these or more
  would be the network's by the throw of a coin with a probability below 5 % (the exact one-sided
  sign test of McNemar, Psychometrika 12, 1947);
* numbers: the mean difference of the squared errors is above two of its standard errors.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from denpa import nn
from denpa.autodiff.mode import no_grad
from denpa.autodiff.tensor import tensor_of
from denpa.views.record import ClassFigures, Convergence, Verdict, Worth

if TYPE_CHECKING:
    from denpa.data import Data

_CHANCE = 0.05
_EXACT = 1000  # rows up to which the sign test is summed; above, the normal law is as good
_FALL = 0.01  # a loss that falls by less than this in a tenth of the training has settled


def baseline_of(train: Data) -> str | float:
    """The constant answer that the training part suggests: its most frequent class, or its mean."""
    y = train.require_target()
    if train.task == "classification":
        return train.classes[int(np.bincount(y, minlength=len(train.classes)).argmax())]
    return float(y.astype(np.float64).mean())


def worth_of(
    part: str, baseline: str | float, outputs: np.ndarray, y: np.ndarray, classes: Sequence[str]
) -> Worth:
    """Compare outputs (N, K) or (N, 1) for targets `y` with the constant answer `baseline`.

    >>> scores = np.eye(2)[[0, 0, 0, 0, 0, 0]]
    >>> found = worth_of("test", "ok", scores, np.array([0, 0, 0, 1, 1, 1]), ["ok", "fraud"])
    >>> found.score, found.baseline_score, found.verdict, found.never_found
    (0.5, 0.5, 'equal', ['fraud'])
    """
    if not classes:
        return _numbers(part, float(baseline), outputs[:, 0], y[:, 0])
    guess, usual = outputs.argmax(1), list(classes).index(str(baseline))
    right, usually = guess == y, y == usual
    counts = [np.bincount(v, minlength=len(classes)) for v in (y, y[right], guess)]
    figures = [
        ClassFigures(name, *(int(count[k]) for count in counts)) for k, name in enumerate(classes)
    ]
    verdict = _signs(int((right & ~usually).sum()), int((usually & ~right).sum()))
    return Worth(
        part, len(y), "accuracy", str(baseline), float(usually.mean()), float(right.mean()),
        verdict, tuple(figures),
    )  # fmt: skip


def _signs(ours: int, theirs: int) -> Verdict:
    """The verdict on the rows in which the network alone is right, and the baseline alone."""
    n = ours + theirs
    if ours <= theirs:
        return "equal" if ours == theirs else "worse"
    if n <= _EXACT:
        chance = sum(math.comb(n, k) for k in range(theirs + 1)) / 2**n
    else:
        chance = math.erfc((ours - theirs - 1) / math.sqrt(2 * n)) / 2
    return "better" if chance < _CHANCE else "unclear"


def _numbers(part: str, mean: float, output: np.ndarray, y: np.ndarray) -> Worth:
    truth = y.astype(np.float64)
    ours, theirs = (output.astype(np.float64) - truth) ** 2, (mean - truth) ** 2
    gain = theirs - ours  # (N,)
    total, verdict = float(gain.mean()), "worse"
    if total == 0:
        verdict = "equal"
    elif total > 0:
        spread = float(gain.std(ddof=1)) / math.sqrt(len(gain)) if len(gain) > 1 else math.inf
        verdict = "better" if total > 2 * spread else "unclear"
    scores = (math.sqrt(float(theirs.mean())), math.sqrt(float(ours.mean())))
    return Worth(part, len(y), "rmse", mean, *scores, verdict)  # type: ignore[arg-type]


def held_out_baseline(loss: Any, learnt: np.ndarray, held: np.ndarray) -> dict[str, float]:
    """The figures of validation that the constant answer would have: `val_accuracy` for classes
    (N,), `val_loss` for numbers where the loss is one of Denpa's own; else nothing.

    >>> from denpa import nn
    >>> held_out_baseline(nn.CrossEntropyLoss(), np.array([1, 1, 0]), np.array([0, 1, 1, 1]))
    {'val_accuracy': 0.75}
    >>> held_out_baseline(nn.MSELoss(), np.array([[1.0], [3.0]]), np.array([[2.0], [4.0]]))
    {'val_loss': 2.0}
    """
    if learnt.dtype.kind == "i":
        if learnt.ndim != 1 or held.ndim != 1 or learnt.min() < 0:
            return {}
        return {"val_accuracy": float(np.mean(held == np.bincount(learnt).argmax()))}
    if type(loss) not in (nn.MSELoss, nn.L1Loss, nn.SmoothL1Loss, nn.HuberLoss):
        return {}  # a loss of the user's is called for batches alone
    mean = learnt.mean(axis=0, dtype=np.float64).astype(held.dtype)
    with no_grad():
        return {"val_loss": float(loss(tensor_of(np.broadcast_to(mean, held.shape).copy()),
                                       tensor_of(held)))}  # fmt: skip


def convergence(rows: Sequence[Mapping[str, Any]]) -> Convergence | None:
    """Whether the loss (of validation, where there is one) was still falling at the last epoch.

    It was if, in the last quarter of the epochs (at least five), far more pairs of epochs fall than
    rise (Kendall's rank test, 1 %), and the mean of the last third of them is at least 1 % below
    that of the third before. None where a loss is no number, or there is no epoch.

    >>> convergence([{"train_loss": v} for v in (1.0, 0.5, 0.25)]).improving
    True
    >>> convergence([{"train_loss": v} for v in (1.0, 0.5, 0.5, 0.5, 0.5, 0.5)]).improving
    False
    """
    if not rows:
        return None
    column = "val_loss" if "val_loss" in rows[0] else "train_loss"
    values = np.array([row[column] for row in rows], np.float64)
    epochs = len(values)
    if not np.isfinite(values).all():
        return None
    if epochs < 2:
        return Convergence(column, epochs, None)
    tail = values[-max(5, epochs // 4) :]
    third = max(1, len(tail) // 3)
    before, last = float(tail[-2 * third : -third].mean()), float(tail[-third:].mean())
    fall = (before - last) / abs(before) if before else 0.0
    falls = _falls(tail) and fall >= _FALL
    return Convergence(column, epochs, falls, fall if falls else 0.0, third)


def _falls(values: np.ndarray) -> bool:
    """Whether there are more falling pairs than chance would give; of four or fewer values, all."""
    n = len(values)
    later = values[None, :] - values[:, None]  # [i, j]: from i to j
    score = -float(np.sign(later[np.triu_indices(n, 1)]).sum())
    deviation = math.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    return score > min(2.33 * deviation, n * (n - 1) / 2 - 0.5)
