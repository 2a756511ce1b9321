"""What a report is made of: plain numbers and names, gathered by whoever trained the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Number = float | int | None
FEW = 3  # rows of a class below which a missed one proves little
Counted = Literal["line", "index", "file"]
Verdict = Literal["better", "unclear", "equal", "worse"]
End = Literal["improving", "surer", "settled", "rising", "climbing", "unknown"]


@dataclass(frozen=True)
class Mistake:
    """One example that the network got most wrong: a picture, or a row of a table.

    `true` and `predicted` are class names, or numbers for a regression. `probability` is what the
    network gave to its answer, `probability_true` what it gave to the right one. `row` is where the
    user finds the example, `counted` how that counts: a "line" of the text file (the header is line
    1), an "index" from 0 into an array or a frame, or the name of a "file".
    """

    true: str | float
    predicted: str | float
    probability: float | None = None
    probability_true: float | None = None
    image: NDArray[Any] | None = None  # (H, W) or (H, W, 3), values in [0, 1]
    features: Mapping[str, object] = field(default_factory=dict)
    row: int | str | None = None
    counted: Counted = "index"


@dataclass(frozen=True)
class LayerHistogram:
    """The values of one layer, counted; `zeros` is the share that is exactly zero."""

    name: str
    counts: Sequence[float]
    edges: Sequence[float]
    mean: float
    std: float
    zeros: float


@dataclass(frozen=True)
class LayerRow:
    """One row of the network's table; None in a shape stands for the batch."""

    name: str
    type: str
    input_shape: Sequence[int | None] | str
    output_shape: Sequence[int | None] | str
    parameters: int


@dataclass(frozen=True)
class Pairs:
    """True and predicted values of a regression, with the unit they are measured in."""

    true: Sequence[float]
    predicted: Sequence[float]
    unit: str = ""


@dataclass(frozen=True)
class DataFacts:
    """Where the data came from; `parts` is the number of examples in each part."""

    name: str
    source: str = ""
    licence: str = ""
    sha256: str = ""
    parts: Mapping[str, int] = field(default_factory=dict)
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class ClassFigures:
    """One class of the held-out rows: how many there are, how many of them were `found`, and how
    often the network `answered` with the class at all."""

    name: str
    rows: int
    found: int
    answered: int

    @property
    def recall(self) -> float | None:
        """Found of all; None where there are none."""
        return self.found / self.rows if self.rows else None

    @property
    def precision(self) -> float | None:
        """The share of right ones among the answers; None where it was never the answer."""
        return self.found / self.answered if self.answered else None


@dataclass(frozen=True)
class Convergence:
    """What a column of losses did at the last of `epochs`.

    `state`: "improving" (it was still falling), "surer" (it was, but the answers have stayed the
    same), "settled", "rising" (while the training loss fell), "climbing" (as the training loss
    did), "unknown" (one epoch). Two losses show it: `first` in epoch `start`, `last` in epoch
    `end`; they lie within what was still falling, else they are the lowest and the last.
    `accuracies` of a "surer" one: the best before, and that of epoch `end`.
    """

    column: str
    epochs: int
    state: End
    start: int = 1
    end: int = 1
    first: float = 0.0
    last: float = 0.0
    accuracies: tuple[float, float] | None = None

    @property
    def improving(self) -> bool | None:
        """Whether a longer training promises better answers; None where that is not known."""
        return None if self.state == "unknown" else self.state == "improving"


def _of(kind: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that are fields of a record."""
    return {f.name: values[f.name] for f in fields(kind)}


@dataclass(frozen=True)
class Worth:
    """What a result is worth: beside an answer that is always the same, by class, and by whether
    training had ended.

    `baseline` is that answer: the most frequent class of the training part, or the mean of its
    targets. `baseline_score` and `score` are the figures of both on the same `rows` rows of `part`:
    rows that are right for "accuracy", in the unit of the target for "rmse". The `verdict` is
    "better" where the network's is better by more than chance, "unclear" where that is not sure.
    `unit` is the standard deviation of a target that losses are measured in; None for classes.
    """

    part: str  # test, val, train
    rows: int
    metric: Literal["accuracy", "rmse"]
    baseline: str | float
    baseline_score: float
    score: float
    verdict: Verdict
    classes: Sequence[ClassFigures] = ()
    convergence: Convergence | None = None
    unit: float | None = None

    @property
    def unequal(self) -> bool:
        """Whether one class has more than twice the rows of another, so that a share of right
        answers says little."""
        counts = [c.rows for c in self.classes if c.rows]
        return bool(counts) and max(counts) > 2 * min(counts)

    @property
    def never_found(self) -> list[str]:
        """Classes of whose rows the network found none."""
        return [c.name for c in self.classes if c.rows and not c.found]

    @property
    def failed(self) -> bool:
        """Whether the result must not look like a success: no better than the baseline, or a class
        of three rows or more never found (one or two may be missed by bad luck)."""
        lost = any(c.rows >= FEW and not c.found for c in self.classes)
        return lost or self.verdict in ("equal", "worse")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Worth:
        """What `to_dict` gave, read again."""
        known = _of(cls, values)
        known["classes"] = tuple(ClassFigures(**_of(ClassFigures, c)) for c in known["classes"])
        if known["convergence"] is not None:
            seen = _of(Convergence, known["convergence"])
            pair = seen["accuracies"]
            seen["accuracies"] = None if pair is None else (pair[0], pair[1])
            known["convergence"] = Convergence(**seen)
        return cls(**known)

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON can hold it."""
        found = asdict(self)
        found["classes"] = [
            {**asdict(c), "recall": c.recall, "precision": c.precision} for c in self.classes
        ]
        if self.convergence is not None:
            found["convergence"]["improving"] = self.convergence.improving
        return {**found, "never_found": self.never_found, "failed": self.failed}


@dataclass(frozen=True)
class ReportData:
    """Everything a report shows. What is empty or None is left out of the page.

    `history` holds columns of equal length: `epoch` (1, 2, … when absent), `learning_rate`,
    `seconds`, and any `train_*` and `val_*` metric (`train_loss`, `val_accuracy`, `val_rmse`, …).
    None and NaN are gaps. `metrics` are headline numbers by name (`test_accuracy`, `test_loss`,
    `test_rmse`, `test_r2`, …); accuracies are shares from 0 to 1.

    Raises ValueError for columns of unequal length, or a confusion matrix without fitting names.

    >>> from denpa.report.record import ReportData
    >>> ReportData(title="digits", history={"train_loss": [0.9, 0.4]}).epochs
    [1, 2]
    """

    title: str
    command: str = ""
    created: str = ""  # ISO 8601
    summary: Sequence[tuple[str, object]] = ()
    metrics: Mapping[str, Number] = field(default_factory=dict)
    worth: Worth | None = None
    gradient_check: str = ""
    gradient_check_passed: bool | None = None
    history: Mapping[str, Sequence[Number]] = field(default_factory=dict)
    best_epoch: int | None = None
    confusion: NDArray[Any] | None = None  # (classes, classes): true in rows, predicted in columns
    classes: Sequence[str] = ()
    scatter: Pairs | None = None
    mistakes: Sequence[Mistake] = ()
    activations: Sequence[LayerHistogram] = ()
    gradients: Sequence[LayerHistogram] = ()
    network: Sequence[LayerRow] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    data: DataFacts | None = None

    def __post_init__(self) -> None:
        lengths = {name: len(column) for name, column in self.history.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(
                f"history columns differ in length: {lengths}; "
                "give each column one value for each epoch (None where there is none)"
            )
        if self.confusion is not None:
            shape, names = np.shape(self.confusion), len(self.classes)
            if shape != (names, names):
                raise ValueError(
                    f"confusion matrix of shape {shape} with {names} class names: "
                    f"expected shape ({names}, {names})"
                )

    @property
    def epochs(self) -> list[int]:
        """The numbers of the epochs, from the column `epoch` or counted from 1."""
        given = self.history.get("epoch")
        if given is not None:
            return [int(e) if e is not None else i + 1 for i, e in enumerate(given)]
        count = max((len(column) for column in self.history.values()), default=0)
        return list(range(1, count + 1))
