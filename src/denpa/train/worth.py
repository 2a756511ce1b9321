"""What a result is worth: against a constant answer, class by class, and whether it was the end.

An accuracy of 99.2 % is no success where 99.2 % of the rows are of one class. The answer that costs
nothing is always the same: the most frequent class of the training part, or the mean of its
targets. It is judged on the same rows as the network, and the network beats it, or is worse, only
if the difference is more than chance:

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
from denpa.report.record import ClassFigures, Convergence, End, Verdict, Worth

if TYPE_CHECKING:
    from denpa.data import Data

_CHANCE = 0.05
_EXACT = 1000  # rows up to which the sign test is summed; above, the normal law is as good
_NOTED = 0.01  # a share of the loss by which it must have changed
_FIVE, _ONE = 1.645, 2.326  # what 5 % and 1 % of normal deviates are above
_MOST = 500  # points of a trend; of longer ones, means of neighbours are compared
_LEARNT = 0.99  # a share of right answers in training that leaves little to learn


def baseline_of(train: Data) -> str | float:
    """The constant answer that the training part suggests: its most frequent class, or its mean."""
    y = train.require_target()
    if train.task == "classification":
        return train.classes[int(np.bincount(y, minlength=len(train.classes)).argmax())]
    return float(y.astype(np.float64).mean())


def worth_of(
    part: str,
    baseline: str | float,
    outputs: np.ndarray,
    y: np.ndarray,
    classes: Sequence[str],
    unit: float | None = None,
) -> Worth:
    """Compare outputs (N, K) or (N, 1) for targets `y` with the constant answer `baseline`; `unit`
    is what losses of numbers are measured in.

    >>> scores = np.eye(2)[[0, 0, 0, 0, 0, 0]]
    >>> found = worth_of("test", "ok", scores, np.array([0, 0, 0, 1, 1, 1]), ["ok", "fraud"])
    >>> found.score, found.baseline_score, found.verdict, found.never_found
    (0.5, 0.5, 'equal', ['fraud'])
    """
    if not classes:
        return _numbers(part, float(baseline), outputs[:, 0], y[:, 0], unit)
    guess, usual = outputs.argmax(1), list(classes).index(str(baseline))
    right, usually = guess == y, y == usual
    counts = [np.bincount(v, minlength=len(classes)) for v in (y, y[right], guess)]
    figures = [
        ClassFigures(name, *(int(count[k]) for count in counts)) for k, name in enumerate(classes)
    ]
    verdict = _signs(int((right & ~usually).sum()), int((usually & ~right).sum()))
    return Worth(
        part,
        len(y),
        "accuracy",
        str(baseline),
        float(usually.mean()),
        float(right.mean()),
        verdict,
        tuple(figures),
    )


def _signs(ours: int, theirs: int) -> Verdict:
    """The verdict on the rows in which the network alone is right, and the baseline alone."""
    less, n = min(ours, theirs), ours + theirs
    if n <= _EXACT:
        chance = sum(math.comb(n, k) for k in range(less + 1)) / 2**n
    else:
        chance = math.erfc((n - 2 * less - 1) / math.sqrt(2 * n)) / 2
    if ours > theirs:
        return "better" if chance < _CHANCE else "unclear"
    return "worse" if chance < _CHANCE else "equal"


def _numbers(
    part: str, mean: float, output: np.ndarray, y: np.ndarray, unit: float | None
) -> Worth:
    truth = y.astype(np.float64)
    # Not `metrics.rmse`: the verdict needs the squared error of each row.
    ours, theirs = (output.astype(np.float64) - truth) ** 2, (mean - truth) ** 2
    gain = theirs - ours  # (N,)
    total, verdict = float(gain.mean()), "worse"  # also of NaN
    spread = float(gain.std(ddof=1)) / math.sqrt(len(gain)) if len(gain) > 1 else math.inf
    if total > 0:
        verdict = "better" if total > 2 * spread else "unclear"
    elif -2 * spread <= total <= 0:
        verdict = "equal"
    scores = (math.sqrt(float(theirs.mean())), math.sqrt(float(ours.mean())))
    return Worth(part, len(y), "rmse", mean, *scores, verdict, unit=unit)  # type: ignore[arg-type]


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
        return {
            "val_loss": float(
                loss(tensor_of(np.broadcast_to(mean, held.shape).copy()), tensor_of(held))
            )
        }


def convergence(
    rows: Sequence[Mapping[str, Any]], baseline: float | None = None
) -> Convergence | None:
    """What the loss (of validation, where there is one) did at the end of training.

    "improving": over the last quarter of the epochs (at least five) it falls by more than chance
    and by 1 % or more, and its lowest value lies there. More than chance: so many more pairs of
    epochs fall than rise as would in at most one of 20 curves that do not change (Mann,
    Econometrica 13, 1945, with Kendall's variance; of four epochs or fewer, all pairs). By 1 %:
    the median slope of all pairs (Sen, Journal of the American Statistical Association 63, 1968),
    over the whole quarter. "surer" instead, where the accuracy ends no higher than it was and
    cannot rise by much: all training rows are right; or 99 % of them, or all of validation, and
    more than `baseline`, the validation accuracy of a constant answer.

    "rising": in the epochs after the lowest (at least five; their order tells nothing of it) it
    rises by the same test, here at 1 %, and the last is 1 % or more above the lowest;
    "climbing" where the training loss does not fall meanwhile. Else it has "settled". None where a
    loss is no number, or there is no epoch.

    >>> convergence([{"train_loss": v} for v in (1.0, 0.5, 0.25)]).state
    'improving'
    >>> convergence([{"train_loss": v} for v in (1.0, 0.5, 0.5, 0.5, 0.5, 0.5)]).state
    'settled'
    >>> losses = [(0.9, 0.9), (0.5, 0.6), (0.3, 0.7), (0.2, 0.8), (0.1, 0.9), (0.1, 1), (0.1, 1.1)]
    >>> seen = convergence([{"train_loss": t, "val_loss": v} for t, v in losses])
    >>> seen.state, seen.start, seen.first, seen.end, seen.last
    ('rising', 2, 0.6, 7, 1.1)
    """
    if not rows:
        return None
    column = "val_loss" if "val_loss" in rows[0] else "train_loss"
    values = np.array([row[column] for row in rows], np.float64)
    epochs = len(values)
    if not np.isfinite(values).all():
        return None
    if epochs < 2:
        return Convergence(column, epochs, "unknown")
    best, begin = int(values.argmin()), max(0, epochs - max(5, epochs // 4))
    if best >= begin and _falls(values[begin:]):
        half = begin + (epochs - begin) // 2
        start, end = begin + int(values[begin:half].argmax()), half + int(values[half:].argmin())
        ends = (start + 1, end + 1, float(values[start]), float(values[end]))
        name = column.replace("loss", "accuracy")
        if name in rows[0] and _learnt(rows[begin:], baseline):
            before, now = max(row[name] for row in rows[begin:half]), rows[end][name]
            if now <= before:
                return Convergence(column, epochs, "surer", *ends, (before, now))
        return Convergence(column, epochs, "improving", *ends)
    state: End = "settled"
    after = values[best + 1 :]
    risen = values[-1] - values[best] >= _NOTED * abs(values[best])
    if len(after) >= 5 and risen and _rises(after, _ONE):
        learnt = [row.get("train_loss", math.nan) for row in rows[best:]]
        state = "rising" if _slope(np.array(learnt)) < 0 else "climbing"
    return Convergence(
        column, epochs, state, best + 1, epochs, float(values[best]), float(values[-1])
    )


def _learnt(rows: Sequence[Mapping[str, Any]], baseline: float | None) -> bool:
    """Whether so many answers are right that a falling loss can hardly change them."""
    train, val = (
        float(np.median([row.get(name, 0.0) for row in rows]))
        for name in ("train_accuracy", "val_accuracy")
    )
    beaten = baseline is not None and val > baseline
    return train == 1 or (beaten and (train >= _LEARNT or val == 1))


def _pairs(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """The change of every pair of values, how far apart the two are, and of how many values."""
    if len(values) > _MOST:
        values = np.array([part.mean() for part in np.array_split(values, _MOST)])
    i, j = np.triu_indices(len(values), 1)
    return values[j] - values[i], j - i, len(values)


def _rises(values: np.ndarray, bound: float = _FIVE) -> bool:
    """Whether so many more pairs rise than fall: `bound` standard deviations, or all of them."""
    change, _, n = _pairs(values)
    deviation = math.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    return float(np.sign(change).sum()) > min(bound * deviation + 1, len(change) - 0.5)


def _slope(values: np.ndarray) -> float:
    """The change from the first to the last value along the median slope."""
    change, apart, n = _pairs(values)
    return float(np.median(change / apart)) * (n - 1)


def _falls(values: np.ndarray) -> bool:
    noted = _NOTED * abs(float(np.median(values)))
    return _rises(-values) and -_slope(values) >= noted
