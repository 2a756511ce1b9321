"""What a run folder is used for afterwards: figures for old or new data, and predictions."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from denpa.core.errors import ArgumentError
from denpa.data import Data, DataError, get, read
from denpa.nn import Module
from denpa.nn.serialize import write_atomically
from denpa.train import assemble
from denpa.train.assemble import NAMED
from denpa.train.assess import predict
from denpa.train.judge import Verdict, judge, probabilities
from denpa.train.run_folder import MODEL, read_model, read_run
from denpa.train.settings import Settings, nearest
from denpa.train.steps import check_backend

FORMATS = (".csv", ".npz", ".parquet")


@dataclass(frozen=True)
class Loaded:
    """A run folder in memory."""

    path: Path
    record: dict[str, Any]
    net: Module
    encoding: dict[str, Any]

    @property
    def settings(self) -> Settings:
        """The settings of the run."""
        known = {k: v for k, v in self.record["settings"].items() if v is not None}
        test = known.pop("test", None)
        return replace(Settings.from_values(known), test=test)

    @property
    def baseline(self) -> str | float:
        """The constant answer that the run's training part suggests."""
        answer: str | float = self.record["worth"]["baseline"]
        return answer

    @property
    def unit(self) -> float | None:
        """The standard deviation of the target that losses are measured in; None for classes."""
        return assemble.unit_of(self.record["network"])

    @property
    def loss(self) -> assemble.Loss:
        """The loss that the run was trained with."""
        return assemble.make_loss(self.settings, self.record["network"]["rescale"])


def load_run(path: str | Path) -> Loaded:
    """Read a run folder; an ArgumentError says what is wrong with it."""
    record = read_run(path)
    folder = Path(path)
    net, meta = read_model(folder / MODEL, assemble.network, record.get("model_sha256"))
    net.eval()
    return Loaded(folder, record, net, meta["encoding"])


@dataclass(frozen=True)
class Evaluation:
    """How good a run's network is on some rows.

    `part` names them: "test" ("val" or "train" for a run without the parts before) of the run's own
    data, or "data" for data that were named. `trained_on` is how many of these rows the network was
    trained on, as far as is known; None where the training data cannot be read again.
    """

    verdict: Verdict
    part: str
    trained_on: int | None


def evaluate_run(
    path: str | Path,
    data: str | Path | None = None,
    *,
    target: str | None = None,
    missing: str | None = None,
    data_dir: str | None = None,
    backend: str = "native",
) -> Evaluation:
    """How good the run's network is on `data`, or, without data, on the run's own test part.

    That part is read again, split again and compared with what it was. Rows of `data` that are rows
    of the training part are counted: by the SHA-256 of the whole, and where the run's own data are
    still there, one by one.
    """
    check_backend(backend)
    run = load_run(path)
    if data is None:
        if target is not None:
            raise ArgumentError("--target goes with DATA; the run's own test part has its target")
        part, rows = _own_part(run, data_dir)
        learnt = len(rows) if part == "train" else 0
        return Evaluation(_judged(run, rows, backend, part), part, learnt)
    found = _new_data(run, data, target=target, missing=missing, data_dir=data_dir)
    if found.y is None:
        name = (run.encoding.get("target") or {}).get("name")
        raise DataError(
            f"{data}: there is no target {name!r} to compare predictions with; use denpa predict "
            "for data without one"
        )
    seen = _trained_on(run, found, data_dir)
    # What is said of the worth of a part; one that was learnt is worth nothing.
    worth = "train" if seen and 2 * seen > len(found) else "test"
    return Evaluation(_judged(run, found, backend, worth), "data", seen)


def _judged(run: Loaded, rows: Data, backend: str, part: str) -> Verdict:
    baseline, unit = run.baseline, run.unit
    return judge(run.net, run.loss, rows, backend, part=part, baseline=baseline, unit=unit)


def fillings(data: Data) -> tuple[str, ...]:
    """What is to be said of the missing cells of new data that were filled."""
    return () if data.filled is None else data.notes


def _trained_on(run: Loaded, found: Data, data_dir: str | None) -> int | None:
    """How many of these rows are rows of the training part, None where that cannot be known."""
    record = run.record["data"]
    parts = {record["sha256_parts"].get(k): k for k in ("test", "validation")}
    if found.sha256 in parts:
        return 0
    if found.sha256 in (record["sha256"], record["sha256_parts"]["train"]):
        return int(record["parts"]["train"])
    try:
        _, own = _own_parts(run, data_dir)
    except (DataError, ArgumentError, OSError):
        return None
    for part, digest in own.hashes().items():
        noisy = part == "train" and run.settings.label_noise
        if digest != record["sha256_parts"].get(part) and not noisy:
            return None  # other data stand in that place today
    # Equal rows of a table with few values say nothing: only those that are alone of their kind.
    kinds = Counter(_rows(own.whole))
    learnt = {row for row in _rows(own.train) if kinds[row] == 1}
    return sum(row in learnt for row in _rows(found))


def _rows(data: Data) -> list[bytes]:
    """A digest of each row with its target."""
    x, y = data.x.reshape(len(data), -1), data.require_target().reshape(len(data), -1)
    cells = (np.concatenate(pair, dtype=np.float64) for pair in zip(x, y, strict=True))
    return [hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in cells]


def _own_parts(run: Loaded, data_dir: str | None) -> tuple[Settings, assemble.Parts]:
    """The parts of the run's data, read and divided again, before any noise on labels."""
    record, settings = run.record["data"], run.settings
    where = record["path"]
    source = settings.source if where is None else where
    if where is not None and not Path(where).exists() and Path(settings.source).exists():
        source = settings.source
    own = settings.source == "mnist"
    asked = replace(
        settings,
        source=source,
        data_dir=data_dir or settings.data_dir,
        test=None if own else settings.test,
    )
    data, own_test = assemble.load(asked)
    return settings, assemble.divide(replace(settings, label_noise=0.0), data, own_test)


def _own_part(run: Loaded, data_dir: str | None) -> tuple[str, Data]:
    settings, parts = _own_parts(run, data_dir)
    name, part = parts.judge()
    key = {"val": "validation"}.get(name, name)
    if key == "train" and settings.label_noise:
        return name, part  # the hash is that of the labels with noise
    if part.sha256 != run.record["data"]["sha256_parts"].get(key):
        raise ArgumentError(
            f"{run.path}: {settings.source} is not as it was when the run was made (the SHA-256 of "
            f"its {key} part differs); name data to judge on: denpa evaluate {run.path} DATA"
        )
    return name, part


def _new_data(
    run: Loaded,
    source: str | Path,
    *,
    target: Any,
    missing: str | None,
    data_dir: str | None,
) -> Data:
    """New data, read as the training data were."""
    encoding, text = run.encoding, str(source)
    if text in NAMED:
        data, test = get(text, data_dir)
        data = data if test is None else test
        shape = tuple(run.record["data"]["shape"])
        if encoding["kind"] != "images" or data.x.shape[1:] != shape:
            raise DataError(
                f"{text}: images of shape {data.x.shape[1:]} (channels, height, width) do not fit "
                f"this run, which was trained on {encoding['kind']} of shape {shape}"
            )
        classes = list(run.record["data"]["classes"])
        if list(data.classes) != classes and target is not False:
            raise DataError(f"{text}: its classes are not those of the run: {', '.join(classes)}")
        return data
    path = Path(text).expanduser()
    hint = nearest(text, NAMED)
    if hint and not path.exists():
        raise DataError(f"{text}: no such file or folder, and no named data set.{hint}")
    return read(str(path), encoding=encoding, missing=missing, target=target)


@dataclass(frozen=True)
class Predictions:
    """One prediction a row, in the order of the data. `rows` are numbers from 0, the header not
    counted, or names of pictures; `scores` (N, K) are probabilities of the classes, None for a
    regression; `notes` say which missing cells were filled, and with what."""

    rows: Sequence[int] | Sequence[str]
    values: list[str] | list[float]
    scores: np.ndarray | None
    classes: tuple[str, ...]
    dropped: bool = False  # rows that lack a value were left out
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def columns(self) -> dict[str, list[Any]]:
        """Columns by name: row (or file), prediction, and p(class) for each class."""
        named = bool(self.rows) and isinstance(self.rows[0], str)
        found: dict[str, list[Any]] = {"file" if named else "row": list(self.rows)}
        found["prediction"] = list(self.values)
        if self.scores is not None:
            for k, name in enumerate(self.classes):
                found[f"p({name})"] = [float(f"{p:.9g}") for p in self.scores[:, k]]
        return found

    def to_csv(self) -> str:
        """CSV text with one line a row."""
        columns = self.columns()
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
        return out.getvalue()

    def to_npz(self) -> bytes:
        """NPZ bytes: arrays row or file, prediction, and probabilities, classes."""
        columns = self.columns()
        first = next(iter(columns))
        arrays: dict[str, Any] = {
            first: np.array(columns[first]),
            "prediction": np.array(columns["prediction"]),
        }
        if self.scores is not None:
            arrays["probabilities"] = self.scores.astype(np.float32)
            arrays["classes"] = np.array(self.classes)
        out = io.BytesIO()
        np.savez(out, **arrays)
        return out.getvalue()

    def save(self, path: str | Path) -> None:
        """Write .csv, .npz or .parquet, whole or not at all."""
        path = Path(path)
        kind = check_output(path)
        if kind == ".csv":
            content = self.to_csv().encode("utf-8")
        elif kind == ".npz":
            content = self.to_npz()
        else:
            content = self._to_parquet()
        try:
            write_atomically(path, content)
        except OSError as error:
            raise ArgumentError(
                f"{path}: the predictions could not be written ({error.strerror or error})"
            ) from error

    def _to_parquet(self) -> bytes:
        import pandas as pd

        out = io.BytesIO()
        try:
            pd.DataFrame(self.columns()).to_parquet(out, index=False)
        except ImportError:
            raise ArgumentError(
                "Parquet files need pyarrow: pip install 'denpa[parquet]', or write .csv"
            ) from None
        return out.getvalue()


def check_output(path: Path) -> str:
    """The kind of file to write, by its ending; known before the work is done."""
    kind = path.suffix.lower()
    if kind not in FORMATS:
        raise ArgumentError(
            f"{path}: predictions can be written to {', '.join(FORMATS)}, not {kind or 'a name '}"
            f"{'' if kind else 'without an ending'}"
        )
    if not path.parent.is_dir():
        raise ArgumentError(f"{path}: there is no folder {str(path.parent)!r}; make it first")
    return kind


def predict_run(
    path: str | Path,
    data: str | Path,
    *,
    missing: str | None = None,
    data_dir: str | None = None,
    backend: str = "native",
) -> Predictions:
    """The run's predictions for new data; the order of the rows is kept."""
    check_backend(backend)
    run = load_run(path)
    found = _new_data(run, data, target=False, missing=missing, data_dir=data_dir)
    outputs = predict(run.net, found.x, backend=backend)
    rows: Any = found.rows or list(range(len(found)))
    dropped, notes = found.kept is not None, fillings(found)
    if found.kept is not None and not found.rows:
        rows = [int(i) for i in found.kept]
    if run.record["data"]["task"] == "regression":
        # As many digits as float32 gives in standard units, and so ever fewer of larger scales.
        scale = run.record["network"]["rescale"][1][0]
        places = 8 - math.floor(math.log10(scale))
        values = [round(float(v), places) for v in outputs[:, 0]]
        return Predictions(rows, values, None, (), dropped, notes)
    classes = tuple(run.record["data"]["classes"])
    names = [classes[int(k)] for k in outputs.argmax(1)]
    return Predictions(rows, names, probabilities(outputs), classes, dropped, notes)
